# SPDX-License-Identifier: LGPL-2.1-or-later
"""A trained discriminator that labels the words of sentences, and what Hunspell says of them."""
import json
import subprocess
import unicodedata
from pathlib import Path

import numpy
import torch
from tqdm import tqdm

from .measures import chance_wrong
from .networks import attention_for, detector_from, device_of, discriminator_from, read_config
from .text import CLS, PAD, SEP, Encoder

PRECISIONS = {"bf16": torch.bfloat16, "fp32": torch.float32}
SURELY_RIGHT = 30.0  # logit of O for a word that the network does not see


class Detector:
    """A folder in Hugging Face form, weights fp32, fp16, bf16 or int8 with NAME_scale; one logit
    (ElectraForPreTraining) or several labels of which the first is O. The encoder computes in
    `precision`, the head in fp32. Raises ValueError or OSError for what is no such folder."""

    def __init__(self, folder, precision="bf16", batch_tokens=8192):
        folder = Path(folder)
        if precision not in PRECISIONS:
            raise ValueError(f"precision {precision}: there are {', '.join(PRECISIONS)}")
        given = json.loads((folder / "config.json").read_text())
        self.device = device_of("")
        attention = attention_for(self.device)
        if "ElectraForPreTraining" in given.get("architectures", ()):
            self.labels = ("O", "wrong")
            self.network = detector_from(folder, attention)
        else:
            config = read_config(folder)
            self.labels = tuple(config.id2label[i] for i in range(config.num_labels))
            self.network = discriminator_from(folder, self.labels, attention)
        if self.labels[0] != "O":
            raise ValueError(f"{folder}/config.json: label 0 is {self.labels[0]}, not O")
        self.network.eval().to(self.device)
        self.network.electra.to(PRECISIONS[precision])
        self.encoder = Encoder(folder / "vocab.txt")
        self.longest = self.network.config.max_position_embeddings - 2
        self.batch_tokens = batch_tokens

    def head(self, hidden):
        """Logits [..., labels] of the encoder's output; one logit is the second of (0, logit)."""
        if hasattr(self.network, "discriminator_predictions"):
            logit = self.network.discriminator_predictions(hidden)
            return torch.stack([torch.zeros_like(logit), logit], dim=-1)
        return self.network.classifier(hidden)

    def forward(self, sentences):
        """Logits [tokens, labels], float32, of each (ids, types)."""
        length = max(len(ids) for ids, _ in sentences) + 2
        ids = numpy.full((len(sentences), length), PAD, numpy.int64)
        types = numpy.zeros_like(ids)
        for row, (own_ids, own_types) in enumerate(sentences):
            end = len(own_ids) + 1
            ids[row, 0], ids[row, end] = CLS, SEP
            ids[row, 1:end], types[row, 1:end] = own_ids, own_types
        ids, types = (torch.from_numpy(array).to(self.device) for array in (ids, types))
        hidden = self.network.electra(input_ids=ids, token_type_ids=types,
                                      attention_mask=(ids != PAD).long()).last_hidden_state
        logits = self.head(hidden.float()).cpu().numpy()
        return [logits[row, 1:len(own) + 1] for row, (own, _) in enumerate(sentences)]

    @torch.inference_mode()
    def pieces(self, sentences, what="sentences"):
        """Logits [tokens, labels] of each (ids, types), cut where the network's positions end."""
        cut = [(ids[:self.longest], types[:self.longest]) for ids, types in sentences]
        order = sorted(range(len(cut)), key=lambda i: len(cut[i][0]))
        logits = [None] * len(cut)
        with tqdm(total=len(cut), desc=what, unit="sentence", disable=None) as bar:
            while order:
                size = max(1, self.batch_tokens // (len(cut[order[-1]][0]) + 2))
                batch, order = order[-size:], order[:-size]
                for i, own in zip(batch, self.forward([cut[i] for i in batch])):
                    logits[i] = own
                bar.update(len(batch))
        return logits

    def words(self, records, what="sentences"):
        """Logits [words, labels] of the gold tokens of all records, one after the other: for each
        those of its piece that is most surely wrong."""
        coded = self.encoder.encode([record["text"] for record in records])
        logits = self.pieces([(ids, types) for ids, types, _, _ in coded], what)
        return numpy.concatenate([worst_pieces(record["tokens"], spans, own)
                                  for record, (_, _, spans, _), own in zip(records, coded, logits)])


def worst_pieces(tokens, spans, logits):
    """Logits [tokens, labels]: of the pieces that overlap a token those with the largest 1 - P(O).
    `spans` and `tokens` are (start, end) in order; `logits` may end before `spans`."""
    result = numpy.zeros((len(tokens), logits.shape[1]), numpy.float32)
    result[:, 0] = SURELY_RIGHT
    chances = chance_wrong(logits) if len(logits) else ()
    first = 0
    for row, (start, end) in enumerate(tokens):
        while first < len(logits) and spans[first][1] <= start:
            first += 1
        last = first
        while last < len(logits) and spans[last][0] < end:
            last += 1
        if last > first:
            result[row] = logits[first + int(numpy.argmax(chances[first:last]))]
    return result


def unknown_words(records, dictionaries):
    """For the gold tokens of all records, bool [words]: lower case, and in none of Hunspell's
    `dictionaries` ("en_US,en_GB"). Raises OSError if the command hunspell fails."""
    written = [record["text"][start:end].replace("’", "'")
               for record in records for start, end in record["tokens"]]
    asked = sorted({word for word in written if word.islower() and not word.isspace()
                    and not any(unicodedata.category(char) == "Cc" for char in word)})
    done = subprocess.run(["hunspell", "-d", dictionaries, "-l", "-i", "utf-8"],
                          input="\n".join(asked) + "\n", text=True, capture_output=True,
                          check=False)
    if done.returncode != 0 or "Can't open" in done.stderr:
        raise OSError(f"hunspell -d {dictionaries}: {done.stderr.strip()}")
    unknown = set(done.stdout.split("\n"))
    return numpy.array([word in unknown for word in written], bool)
