# SPDX-License-Identifier: LGPL-2.1-or-later
"""How good and how various a generator's samples are, on held-out sentences with fixed masks: one
line of JSON for each temperature.

perplexity, entropy (nats) and mutual_information between context and sample, H(mean p) - mean H(p),
are of its distribution at that temperature; restored is the share of places where the most likely
token is the original, restored_sample where the drawn one is; fooled: the share of wrong tokens
that the discriminator takes for original; distinct: different among all 1-, 2- and 3-grams that end
with a drawn token (distinct_text: with the original token); self_bleu: BLEU-4 of each of some draws
for the same masked sentence against the others; coherence: mean log P(right) that a fixed judge
gives the tokens of sampled sentences (coherence_text: of the original ones).
"""
import collections
import json
import math
import sys
from pathlib import Path

import numpy
import torch

from .loop import Batches
from .networks import (attention_for, detector_from, device_of, discriminator_from, generator_from,
                       read_config)
from .replaced import (draw, generator_logits, inside, log_right, masked_places, replaced_logits,
                       seeded, with_drawn)
from .text import KINDS

DRAWS = 4  # samples of one masked sentence, for self-BLEU
SHOWN = 8  # sample sentences that are written out
SHOWN_TOKENS = range(8, 26)  # their lengths


def judge_from(folder, device):
    """The discriminator in `folder` that judges coherence, or None where it has no trained head."""
    config = json.loads((Path(folder) / "config.json").read_text())
    kinds = {"ElectraForPreTraining": detector_from,
             "ElectraForTokenClassification": discriminator_from}
    build = kinds.get((config.get("architectures") or [""])[0])
    if build is discriminator_from and read_config(folder).num_labels != len(KINDS):
        build = None
    return build(folder, attention=attention_for(device)).to(device).eval() if build else None


def chosen_batches(batches, count, seed=1):
    """Index arrays of `count` sentences, the same for the same arrays and seed."""
    used = batches.used
    pick = numpy.random.default_rng(seed).permutation(used)[:count]
    return batches.cut(pick[numpy.argsort(-batches.lengths[pick], kind="stable")])


def grams(row, n):
    return [tuple(row[i:i + n]) for i in range(len(row) - n + 1)]


def bleu(row, others):
    """BLEU-4 (Papineni et al. 2002) of a list of ids against lists of the same length; counts of 2-
    to 4-grams plus one (Lin and Och 2004)."""
    logs = 0.0
    for n in range(1, min(4, len(row)) + 1):
        own = collections.Counter(grams(row, n))
        most = collections.Counter()
        for other in others:
            most |= collections.Counter(grams(other, n))
        same, plus = (own & most).total(), int(n > 1)
        if not same + plus:
            return 0.0
        logs += math.log((same + plus) / (own.total() + plus))
    return math.exp(logs / min(4, len(row)))


def readable(ids, drawn, places, pieces):
    """A sentence with [original > drawn] where a token was replaced, [original] where restored."""
    words = []
    for original, sample, masked in zip(ids, drawn, places):
        text = pieces[original]
        joined = text.startswith("##") and words and not masked
        if masked:
            text = f"[{text}]" if original == sample else f"[{text} > {pieces[sample]}]"
        if joined:
            words[-1] += text[2:]
        else:
            words.append(text)
    return " ".join(words)


class Tally:
    """Sums over batches at one temperature."""

    def __init__(self, temperature):
        self.temperature = temperature
        self.sums = collections.Counter()
        self.mean = 0.0
        self.seen = {(n, of): set() for n in (1, 2, 3) for of in ("drawn", "text")}

    def distribution(self, logits, original, drawn):
        """logits [masked, vocabulary], original and drawn [masked]."""
        logs = torch.log_softmax(logits / self.temperature, 1)
        chances = logs.exp()
        self.mean = self.mean + chances.double().sum(0)
        self.sums.update({
            "places": len(original), "entropy": -float((chances * logs).sum()),
            "surprise": -float(logs.gather(1, original[:, None]).sum()),
            "restored": int((logits.argmax(1) == original).sum()),
            "restored_sample": int((drawn == original).sum())})

    def discriminated(self, logits, ids, changed):
        """logits of the discriminator, ids and ids with samples, all [sentences, width]."""
        wrong = ids != changed
        self.sums.update({"wrong": int(wrong.sum()), "fooled": int((logits[wrong] < 0).sum())})

    def judged(self, of_changed, of_text, within):
        self.sums.update({"judged": int(within.sum()), "coherence": float(of_changed[within].sum()),
                          "coherence_text": float(of_text[within].sum())})

    def rows(self, ids, samples, places):
        """ids, places and each of samples: lists of one list a sentence, [CLS] first."""
        for i, row in enumerate(ids):
            for at in (at for at, masked in enumerate(places[i]) if masked):
                for n in (1, 2, 3):
                    for of, source in (("drawn", samples[0][i]), ("text", row)):
                        if at + 1 >= n:
                            self.seen[n, of].add(tuple(source[at + 1 - n:at + 1]))
                            self.sums[n, of] += 1
            draws = [sample[i] for sample in samples]
            self.sums["bleu"] += sum(bleu(draw_, draws[:k] + draws[k + 1:])
                                     for k, draw_ in enumerate(draws)) / len(draws)
            self.sums["sentences"] += 1

    def figures(self):
        sums, places = self.sums, self.sums["places"]
        mean = self.mean / places
        entropy = sums["entropy"] / places
        figures = {
            "temperature": self.temperature, "perplexity": math.exp(sums["surprise"] / places),
            "restored": sums["restored"] / places,
            "restored_sample": sums["restored_sample"] / places,
            "fooled": sums["fooled"] / max(1, sums["wrong"]), "entropy": entropy,
            "mutual_information": -float(torch.special.xlogy(mean, mean).sum()) - entropy,
            "self_bleu": sums["bleu"] / sums["sentences"]}
        for name in "coherence", "coherence_text":
            if sums["judged"]:
                figures[name] = sums[name] / sums["judged"]
        figures = {name: round(value, 5) for name, value in figures.items()}
        for name, of in (("distinct", "drawn"), ("distinct_text", "text")):
            figures[name] = [round(len(self.seen[n, of]) / max(1, sums[n, of]), 5)
                             for n in (1, 2, 3)]
        return figures


@torch.no_grad()
def measured(generator, discriminator, judge, batches, chosen, pieces, temperature, share=0.15):
    """{"temperature", figures, "samples": sentences}; `pieces`: the vocabulary, a list; `judge` may
    be None; `chosen`: of chosen_batches(). Masks and draws are the same at each call."""
    tally, shown, device = Tally(temperature), [], generator.device
    for number, index in enumerate(chosen):
        batch = batches.collate(index, device)
        ids = batch["ids"]
        with seeded(number, device):
            places = masked_places(ids, share)
            logits = generator_logits(generator, batch, places)
            drawn = [draw(logits, temperature) for _ in range(DRAWS)]
        tally.distribution(logits, ids[places], drawn[0])
        changed = [with_drawn(ids, places, each) for each in drawn]
        tally.discriminated(replaced_logits(discriminator, batch, changed[0]), ids, changed[0])
        if judge is not None:
            tally.judged(log_right(judge, batch, changed[0]), log_right(judge, batch, ids),
                         inside(ids))
        lengths = batch["mask"].sum(1).tolist()
        lists = [[row[:length - 1] for row, length in zip(each.tolist(), lengths)]
                 for each in (ids, places, *changed)]
        tally.rows(lists[0], lists[2:], lists[1])
        shown += [readable(row[1:], drawn_[1:], masked[1:], pieces) for row, masked, drawn_ in
                  zip(*lists[:3]) if len(row) in SHOWN_TOKENS]
    return {**tally.figures(), "samples": shown[::max(1, len(shown) // SHOWN)][:SHOWN]}


def add_arguments(parser):
    parser.add_argument("run", metavar="DIR", help="folder that has generator and discriminator")
    parser.add_argument("--dev", nargs="+", required=True, metavar="DIR",
                        help="arrays to measure on")
    parser.add_argument("--judge", metavar="FOLDER", help="discriminator that judges coherence")
    parser.add_argument("--sentences", type=int, default=400, help="how many (default: 400)")
    parser.add_argument("--temperature", nargs="+", type=float, default=[0.7, 1.0, 1.3],
                        help="of sampling (default: 0.7 1.0 1.3)")


def run(arguments):
    device, folder = device_of(""), Path(arguments.run)
    generator = generator_from(folder / "generator", attention_for(device)).to(device).eval()
    discriminator = detector_from(folder / "discriminator", attention_for(device)).to(device).eval()
    judge = judge_from(arguments.judge, device) if arguments.judge else None
    batches = Batches(arguments.dev, 2048)
    pieces = (folder / "generator" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    chosen = chosen_batches(batches, arguments.sentences)
    for temperature in arguments.temperature:
        line = measured(generator, discriminator, judge, batches, chosen, pieces, temperature)
        json.dump(line, sys.stdout, ensure_ascii=False)
        print()
    return 0
