# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts to measure with, made from the sentences of tests/golden, the same in every run."""
import gzip
import json
import random
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = ROOT / "tests" / "golden" / "sentences.txt.gz"
PLAIN = re.compile(r"[A-Za-z][A-Za-z',; -]*[a-z][,.]")  # no quotation, number or abbreviation
LONGEST = 20  # words of a golden sentence

WRONG_FORMS = {
    "is": "are", "are": "is", "was": "were", "were": "was", "has": "have", "have": "has",
    "this": "these", "these": "this", "their": "there", "there": "their", "its": "it's",
    "your": "you're", "than": "then", "to": "too", "he": "him", "she": "her", "they": "them",
    "a": "an", "an": "a", "go": "goes", "do": "does", "does": "do", "come": "comes",
    "made": "make", "said": "say", "took": "take", "went": "go", "gave": "give"}


def golden_sentences():
    """All lines of five words and more that are prose."""
    with gzip.open(SENTENCES, "rt", encoding="utf-8") as lines:
        texts = [line.rstrip("\n").split("\t", 1)[1] for line in lines]
    return [text for text in texts if text.count(" ") >= 4 and text.isprintable()]


class Writer:
    """Writes new sentences by joining golden ones with commas; none comes twice."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        clauses = [text[:-1].split(" ") for text in golden_sentences() if PLAIN.fullmatch(text)]
        self.small = {word for clause in clauses for word in clause
                      if word.islower() and word != "i" and not word.startswith("i'")}
        for clause in clauses:
            if clause[0].lower() in self.small:
                clause[0] = clause[0].lower()
        self.clauses = {n: [clause for clause in clauses if len(clause) == n]
                        for n in range(5, LONGEST + 1)}
        self.joined = [" ".join(clause) for clause in clauses]
        self.written = set()

    def sentence(self, n_words):
        """A new one of exactly so many words, at least five."""
        while True:
            clauses, rest = [], n_words
            while rest:
                lengths = [n for n, some in self.clauses.items()
                           if some and (n == rest or n <= rest - 5)]
                n = self.rng.choice(lengths)
                clauses.append(" ".join(self.rng.choice(self.clauses[n])))
                rest -= n
            text = ", ".join(clauses)
            if text not in self.written:
                self.written.add(text)
                return text[0].upper() + text[1:] + "."

    def sentences(self, n_words, n):
        return [self.sentence(n_words) for _ in range(n)]

    def misspelt(self, word):
        """A word that is none: two letters exchanged, one left out, or one twice."""
        while True:
            i = self.rng.randrange(1, len(word) - 2)
            wrong = self.rng.choice((word[:i] + word[i + 1] + word[i] + word[i + 2:],
                                     word[:i] + word[i + 1:], word[:i] + word[i] + word[i:]))
            if wrong != word and wrong not in self.small:
                return wrong

    def with_errors(self, n_words, n_errors):
        """A new sentence with so many errors, half misspellings and half wrong forms where it has
        words for them, at least three words apart."""
        while True:
            words = self.sentence(n_words)[:-1].split(" ")
            places = list(range(1, len(words)))
            self.rng.shuffle(places)
            wrong = {}
            for i in places:
                if len(wrong) == n_errors:
                    break
                if any(abs(i - other) < 3 for other in wrong):
                    continue
                if words[i] in WRONG_FORMS and self.rng.random() < .5:
                    wrong[i] = WRONG_FORMS[words[i]]
                elif words[i].isalpha() and words[i].islower() and len(words[i]) > 4:
                    wrong[i] = self.misspelt(words[i])
            if len(wrong) == n_errors:
                return " ".join(wrong.get(i, word) for i, word in enumerate(words)) + "."

    def document(self, n_bytes):
        """Paragraphs of five sentences, about so many bytes, all of them ASCII."""
        paragraphs, size = [], 0
        while size < n_bytes:
            clauses = self.rng.choices(self.joined, k=10)
            paragraphs.append(" ".join(f"{a[0].upper()}{a[1:]}, {b}."
                                       for a, b in zip(clauses[::2], clauses[1::2])))
            size += len(paragraphs[-1]) + 2
        return "\n\n".join(paragraphs)[:n_bytes]

    def editing_session(self, text, n):
        """n edits of `text`, [(kind, start, removed, inserted)]: sentences typed key by key at the
        ends of paragraphs, wrong keys taken back ("type", "delete"), the last word deleted at
        once ("delete"), then two sentences pasted ("paste")."""
        ends = [match.start() for match in re.finditer(r"\n\n|$", text)]
        places = sorted(self.rng.sample(ends, min(len(ends), n // 40 + 1)), reverse=True)
        edits = []
        while len(edits) < n:  # later places first: an edit does not move those to come
            place = places.pop(0) if places else 0
            edits += self.sentence_typed(place)
        return edits[:n]

    def sentence_typed(self, start):
        sentence = " " + self.sentence(self.rng.randint(6, 14))
        edits = []
        for i, letter in enumerate(sentence):
            if self.rng.random() < .08:
                edits += [("type", start + i, 0, self.rng.choice("etaoins")),
                          ("delete", start + i, 1, "")]
            edits.append(("type", start + i, 0, letter))
        end = start + len(sentence)
        last = len(sentence) - sentence.rindex(" ")
        pasted = f" {self.sentence(10)} {self.sentence(15)}"
        return [*edits, ("delete", end - last, last, ""), ("paste", end - last, 0, pasted)]


def prose(n_words, folder=None):
    """Texts of about so many words together, paragraphs of right English: clean.jsonl of `folder`,
    or golden sentences, five to a text. Raises OSError, ValueError."""
    if folder:
        with open(Path(folder) / "clean.jsonl", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
    else:
        sentences = golden_sentences()
        random.Random(1).shuffle(sentences)
        texts = [" ".join(sentences[i:i + 5]) for i in range(0, len(sentences), 5)]
    n = 0
    for i, text in enumerate(texts):
        if n >= n_words:
            return texts[:i]
        n += len(text.split())
    return texts
