# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sentences as the network sees them: words, case types, WordPiece ids, labels, and arrays of
them in files that are mapped, not read.

A folder of arrays: ids.npy uint16 [tokens], types.npy uint8 [tokens], labels.npy uint8 [tokens]
(absent where nothing is labelled), starts.npy int64 [sentences + 1]: sentence i is
ids[starts[i]:starts[i + 1]], with neither [CLS] nor [SEP] nor padding.
"""
import re
from pathlib import Path

import numpy
from transformers import BertTokenizerFast

# The labels of the discriminator, in this order; pd_kind_name() of the engine names them so too.
KINDS = ("O", "spelling", "confused-word", "verb-form", "agreement", "noun-number", "determiner",
         "preposition", "pronoun", "adjective-adverb", "word-order", "missing-word", "extra-word",
         "punctuation", "letter-case", "apostrophe", "other")
KIND_ID = {kind: i for i, kind in enumerate(KINDS)}
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d+(?:[.,]\d+)*|[^\w\s]")
PAD, UNKNOWN, CLS, SEP, MASK = 0, 100, 101, 102, 103
MAX_TOKENS = 126  # of a sentence, without [CLS] and [SEP]; longer ones are cut


def case_type(word):
    """Token type of a word: 0 lower or not only letters, 1 Capitalised, 2 ALL CAPS, 3 miXed."""
    if not (word.isascii() and word.isalpha()) or word.islower():
        return 0
    if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
        return 1
    return 2 if word.isupper() else 3


class Encoder:
    """WordPiece with case types and labels, for a vocabulary file (one piece a line)."""

    def __init__(self, vocabulary):
        self.tokenizer = BertTokenizerFast(str(vocabulary), do_lower_case=True)

    def encode(self, texts, edits=None):
        """For each text (ids, types, spans, labels): lists of one value a token, spans as code
        points. `edits`: for each text a list of {"start", "end", "kind"}; labels are 0 where none
        is given. All pieces of a word have the word's label; an edit that covers no word (something
        is missing) labels the word after it, or the last word."""
        coded = self.tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True,
                               return_attention_mask=False, return_token_type_ids=False)
        result = []
        for i, text in enumerate(texts):
            spans = coded["offset_mapping"][i]
            words = [match.span() for match in WORD.finditer(text)]
            home, types = self.words_of(text, spans, words)
            labels = self.labels_of(spans, words, home, edits[i] if edits else ())
            result.append((coded["input_ids"][i], types, spans, labels))
        return result

    @staticmethod
    def words_of(text, spans, words):
        """For each token the index of its word (-1: none) and its case type."""
        home, types = [], []
        at, kind_of = 0, {}
        for start, _ in spans:
            while at < len(words) and words[at][1] <= start:
                at += 1
            if at == len(words) or start < words[at][0]:
                home.append(-1)
                types.append(0)
                continue
            if at not in kind_of:
                kind_of[at] = case_type(text[words[at][0]:words[at][1]])
            home.append(at)
            types.append(kind_of[at])
        return home, types

    @staticmethod
    def labels_of(spans, words, home, edits):
        labels = [0] * len(spans)
        for edit in edits:
            kind = KIND_ID[edit["kind"]]
            start, end = edit["start"], edit["end"]
            hit = [i for i, (a, b) in enumerate(spans) if a < end and b > start and end > start]
            if not hit:  # nothing, or but a space, stands there: the word after it
                hit = [i for i, (a, _) in enumerate(spans) if a >= start][:1]
            if not hit:
                hit = [len(spans) - 1] * (len(spans) > 0)
            whole = {home[i] for i in hit} - {-1}
            for i in hit:
                labels[i] = kind
            for i, word in enumerate(home):
                if word in whole:
                    labels[i] = kind
        return labels


class ArrayWriter:
    """Writes a folder of arrays; `add` sentences, then `close`."""

    def __init__(self, folder, labelled):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.parts = {"ids": [], "types": [], **({"labels": []} if labelled else {})}
        self.lengths = []

    def add(self, ids, types, labels=None):
        self.parts["ids"].append(numpy.array(ids[:MAX_TOKENS], numpy.uint16))
        self.parts["types"].append(numpy.array(types[:MAX_TOKENS], numpy.uint8))
        if "labels" in self.parts:
            self.parts["labels"].append(numpy.array(labels[:MAX_TOKENS], numpy.uint8))
        self.lengths.append(min(len(ids), MAX_TOKENS))

    def close(self):
        for name, parts in self.parts.items():
            kind = numpy.uint16 if name == "ids" else numpy.uint8
            whole = numpy.concatenate(parts) if parts else numpy.zeros(0, kind)
            numpy.save(self.folder / f"{name}.npy", whole)
        starts = numpy.zeros(len(self.lengths) + 1, numpy.int64)
        numpy.cumsum(self.lengths, out=starts[1:])
        numpy.save(self.folder / "starts.npy", starts)


class Arrays:
    """A folder of arrays, mapped. `len`, and [i] gives (ids, types, labels or None)."""

    def __init__(self, folder):
        folder = Path(folder)
        self.ids, self.types, self.starts = (numpy.load(folder / f"{name}.npy", mmap_mode="r")
                                             for name in ("ids", "types", "starts"))
        labels = folder / "labels.npy"
        self.labels = numpy.load(labels, mmap_mode="r") if labels.exists() else None
        if len(self.ids) != self.starts[-1] or len(self.types) != self.starts[-1]:
            raise ValueError(f"{folder}: ids, types and starts do not belong together")

    def __len__(self):
        return len(self.starts) - 1

    def __getitem__(self, i):
        part = slice(self.starts[i], self.starts[i + 1])
        return self.ids[part], self.types[part], None if self.labels is None else self.labels[part]

    def lengths(self):
        """Tokens of each sentence, int64 [sentences]."""
        return numpy.diff(self.starts)
