# SPDX-License-Identifier: LGPL-2.1-or-later
"""A generator's samples as errors: real words that nearly fit, drawn where one word is masked."""
import torch

from .networks import generator_from
from .replaced import generator_logits
from .text import CLS, MASK, SEP, Encoder


class Samples:
    """Draws replacements from the masked language model in `folder` (stage pretrain)."""

    def __init__(self, folder, vocabulary, temperature, margin):
        torch.set_num_threads(1)
        self.model = generator_from(folder).eval()
        self.encoder = Encoder(vocabulary)
        self.temperature, self.margin = temperature, margin
        pieces = self.encoder.tokenizer.convert_ids_to_tokens(range(self.model.config.vocab_size))
        self.pieces = pieces
        self.words = torch.tensor([len(piece) > 1 and piece.isascii() and piece.isalpha()
                                   or piece in ("a", "i") for piece in pieces])

    def logits_at(self, ids, types, place):
        """Float32 [vocabulary]: the log chances at token `place`, which is masked."""
        row = torch.tensor([[CLS, *ids, SEP]])
        places = torch.zeros_like(row, dtype=torch.bool)
        places[0, place + 1] = True
        batch = {"ids": row.masked_fill(places, MASK), "mask": torch.ones_like(row),
                 "types": torch.tensor([[0, *types, 0]])}
        with torch.no_grad():
            return torch.log_softmax(generator_logits(self.model, batch, places)[0], 0)

    def replacement(self, tokens, low, draw):
        """(i, other word) for one of `tokens` (a list of strings, `low` in lower case) that is a
        single piece; or None. Only words that are less likely there than the right one by the
        margin (in nats) are drawn, so that few are right too. `draw`: random.Random."""
        ids, types, spans, _ = self.encoder.encode([" ".join(tokens)])[0]
        starts, at = {}, 0
        for i, token in enumerate(tokens):
            starts[at, at + len(token)] = i
            at += len(token) + 1
        places = [k for k, span in enumerate(spans) if span in starts and self.words[ids[k]]]
        if not places:
            return None
        place = draw.choice(places)
        scores = self.logits_at(ids, types, place)
        allowed = self.words & (scores < scores[ids[place]] - self.margin)
        chances = torch.softmax(scores.masked_fill(~allowed, -1e9) / self.temperature, 0)
        best, index = chances.topk(100)
        other = self.pieces[draw.choices(index.tolist(), best.tolist())[0]]
        i = starts[spans[place]]
        return None if other == low[i] else (i, other)
