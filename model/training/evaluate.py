# SPDX-License-Identifier: LGPL-2.1-or-later
"""How good a model is, on gold sets (SETS/*.jsonl, see measures.py) that it was never trained on.

  network MODEL    the network alone, and with the words that Hunspell does not know: precision,
                   recall, curves, kinds, sources, calibration, examples
  curve SNAPSHOTS  the same in short for each folder SNAPSHOTS/TOKENS: score by tokens seen
  product MODEL    the whole of proofd, through `proof batch`, and others' findings beside it
  levels MODEL     fits the thresholds of levels.ini to the raw findings of `proof batch`

MODEL is a folder in Hugging Face form; for product and levels with words.tsv and confusions.tsv,
which are taken from --data where it has none.
"""
import random
from dataclasses import dataclass
from pathlib import Path

import numpy

from . import product, thresholds
from .detector import Detector, unknown_words
from .measures import (Ranking, best_temperature, chance_wrong, gold_sets, reliability, sampled,
                       source_of, write_json)
from .settings import key
from .text import KINDS, Arrays

DATA = Path(__file__).resolve().parents[1] / "data" / "en"
PRECISION = 0.65  # at which recall is reported
LONGEST_EXAMPLE = 200  # characters


@dataclass(frozen=True)
class Settings:
    precision: str = key("bf16", "of the encoder: bf16 or fp32")
    batch_tokens: int = key(8192, "tokens a batch, padding included")
    threshold: float = key(0.0, "common to all sets; 0: that with the best mean F0.5")
    dictionaries: str = key("en_US,en_GB", "of the command hunspell")
    least_unknown: float = key(0.02, "chance from which an unknown word in lower case is found")
    held_sentences: int = key(5000, "of --held, evenly; 0: all")
    examples: int = key(20, "sentences of each sort that are kept of each set")
    jobs: int = key(2, "of `proof batch`")
    seed: int = key(0, "chooses samples and examples")
    careful: float = key(1.5, "most false alarms per 1,000 words of `clean` at this level")
    default: float = key(4.0, "the same at this level")
    thorough: float = key(10.0, "the same at this level")
    corrected: float = key(8.0, "most false alarms on right sentences of `corrections`, default")
    most_unknown: float = key(0.15, "highest threshold for unknown words in lower case, which "
                                    "users expect to be found; not for `careful`")
    own_cost: float = key(0.001, "mean F0.5 that a kind's own threshold must gain")


def add_arguments(parser):
    parser.add_argument("what", choices=("network", "curve", "product", "levels"))
    parser.add_argument("model", metavar="MODEL", type=Path, help="folder; SNAPSHOTS for curve")
    parser.add_argument("--sets", metavar="DIR", type=Path, required=True, help="gold sets")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="what to write")
    parser.add_argument("--sample", metavar="N", type=int, default=0,
                        help="take only N sentences of each set")
    parser.add_argument("--held", metavar="ARRAYS", type=Path,
                        help="network: labelled arrays, for the confusion of kinds")
    parser.add_argument("--proof", metavar="FILE", default="proof", help="the command proof")
    parser.add_argument("--data", metavar="DIR", type=Path, default=DATA,
                        help="product, levels: files that MODEL lacks (%(default)s)")
    parser.add_argument("--work", metavar="DIR", type=Path,
                        help="product, levels: folder of findings, reused where they fit")
    parser.add_argument("--level", default="default", help="product: %(default)s")
    parser.add_argument("--findings", metavar="NAME=DIR", action="append", default=[],
                        help="product: score DIR/SET.jsonl too, another checker's findings")
    parser.add_argument("--hunspell", action="store_true",
                        help="product: score Hunspell alone (en_US) too")


class Judged:
    """A set as the network sees it: for each gold token of all sentences, one after the other,
    `logits` [words, labels], `chances`, `truths`, `unknown` and `clean` [words]; `starts`
    [sentences + 1]."""

    def __init__(self, detector, records, settings, name):
        self.records = records
        self.labels = detector.labels
        self.starts = numpy.cumsum([0] + [len(record["tokens"]) for record in records])
        self.logits = detector.words(records, name)
        self.alone = chance_wrong(self.logits)
        self.truths = numpy.concatenate([record["bad"] for record in records]).astype(int)
        self.clean = numpy.concatenate([[not any(record["bad"])] * len(record["bad"])
                                        for record in records]).astype(bool)
        self.unknown = unknown_words(records, settings.dictionaries)
        found = self.unknown & (self.alone > settings.least_unknown)
        self.chances = numpy.where(found, 1.0, self.alone)
        self.kinds = self.logits[:, 1:].argmax(axis=1) + 1
        self.ranking = Ranking(self.chances, self.truths, self.clean)

    def has_errors(self):
        return bool(self.truths.any())

    def sentences(self):
        """(record, slice of its words) of each sentence."""
        return ((record, slice(*self.starts[i:i + 2])) for i, record in enumerate(self.records))

    def kind(self, i):
        """What a found word is called: by its label, or as Hunspell has it."""
        return "spelling" if self.unknown[i] else self.labels[self.kinds[i]]


def judge(model, arguments, settings, detector=None):
    sets = sampled(gold_sets(arguments.sets), arguments.sample, settings.seed)
    detector = detector or Detector(model, settings.precision, settings.batch_tokens)
    return {name: Judged(detector, records, settings, name) for name, records in sets.items()}


def common_threshold(sets, settings):
    """The threshold with the best mean F0.5 over the sets that have errors."""
    rankings = [judged.ranking for judged in sets.values() if judged.has_errors()]
    if settings.threshold or not rankings:
        return settings.threshold or 0.5
    return max((i / 100 for i in range(5, 100)),
               key=lambda t: sum(ranking.at(t)["f05"] for ranking in rankings))


def short_figures(judged, threshold):
    """Figures of one set at the common threshold, and the best where it has errors."""
    result = {"sentences": len(judged.records), "words": len(judged.truths),
              "common": judged.ranking.at(threshold)}
    if judged.has_errors():
        result["best"] = judged.ranking.best()
        result["recall_at_precision"] = judged.ranking.recall_at(PRECISION)
    return result


def recall_by_kind(judged, threshold):
    """{gold kind: {words, found, as: {label: words}}}, for sets whose sentences have "kinds"."""
    table = {}
    for record, words in judged.sentences():
        kinds = record.get("kinds") or []
        if not kinds:
            continue
        for place, edit in enumerate(record["edits"]):
            kind = kinds[min(place, len(kinds) - 1)]
            row = table.setdefault(kind, {"words": 0, "found": 0, "as": {}})
            for i in gold_words(record, edit, words.start):
                row["words"] += 1
                if judged.chances[i] > threshold:
                    row["found"] += 1
                    row["as"][judged.kind(i)] = row["as"].get(judged.kind(i), 0) + 1
    return table


def gold_words(record, edit, first):
    """Places, in arrays where the record's words begin at `first`, of the edit's bad words."""
    for i, ((start, end), bad) in enumerate(zip(record["tokens"], record["bad"])):
        inside = start < edit["end"] and end > edit["start"]
        if bad and (inside or edit["start"] == edit["end"] and end >= edit["start"]):
            yield first + i
            if not inside:
                return


def precision_by_kind(judged, threshold):
    """{label: {found, right}} of the words above the threshold."""
    table = {}
    for i in numpy.flatnonzero(judged.chances > threshold):
        row = table.setdefault(judged.kind(i), {"found": 0, "right": 0})
        row["found"] += 1
        row["right"] += int(judged.truths[i])
    return table


def by_source(judged, threshold):
    """{source: figures}; false alarms count sentences without error."""
    places = {}
    for record, words in judged.sentences():
        source = source_of(record)
        if source is not None:
            places.setdefault(source, []).append(numpy.arange(words.start, words.stop))
    table = {}
    for source, parts in sorted(places.items()):
        words = numpy.concatenate(parts)
        ranking = Ranking(judged.chances[words], judged.truths[words], judged.clean[words])
        table[source] = {"words": len(words), **ranking.at(threshold)}
    return table if len(table) > 1 else {}


def examples_of(judged, threshold, settings):
    """Short sentences with a word found, missed or flagged although right, chosen at random."""
    sorts = {"found": [], "missed": [], "alarm": []}
    for record, words in judged.sentences():
        if len(record["text"]) > LONGEST_EXAMPLE:
            continue
        hits = judged.chances[words] > threshold
        bad = judged.truths[words] > 0
        marks = [{"start": start, "end": end, "bad": bool(wrong), "found": bool(hit),
                  "chance": round(float(judged.alone[i]), 3), "kind": judged.kind(i)}
                 for i, (start, end), hit, wrong in zip(
                     range(words.start, words.stop), record["tokens"], hits, bad) if hit or wrong]
        sort = "found" if (hits & bad).any() else "missed" if bad.any() else "alarm"
        if marks:
            sorts[sort].append({"id": record["id"], "text": record["text"], "words": marks})
    chance = random.Random(settings.seed)
    return {sort: chance.sample(found, min(len(found), settings.examples))
            for sort, found in sorts.items()}


def calibration(sets):
    """Temperature and reliability on all sets, each with the same weight."""
    logits = numpy.concatenate([judged.logits for judged in sets.values()])
    truths = numpy.concatenate([judged.truths for judged in sets.values()])
    weights = numpy.concatenate([numpy.full(len(judged.truths), 1 / len(judged.truths))
                                 for judged in sets.values()])
    temperature = best_temperature(logits, truths, weights)
    return {"temperature": temperature,
            "before": reliability(chance_wrong(logits), truths, weights),
            "after": reliability(chance_wrong(logits, temperature), truths, weights)}


def held_figures(detector, folder, settings):
    """Detection by token and confusion of kinds, {gold: {found as: tokens}}, on labelled arrays;
    "O" where the most probable label is none."""
    arrays = Arrays(folder)
    if arrays.labels is None:
        raise ValueError(f"{folder}: there is no labels.npy")
    size = min(settings.held_sentences or len(arrays), len(arrays))
    chosen = numpy.linspace(0, len(arrays) - 1, size).astype(int)
    sentences = [arrays[i] for i in chosen]
    logits = numpy.concatenate(detector.pieces([(ids, types) for ids, types, _ in sentences],
                                               "held"))
    labels = numpy.concatenate([own[:detector.longest] for _, _, own in sentences])
    clean = numpy.concatenate([[not own.any()] * len(own[:detector.longest])
                               for _, _, own in sentences]).astype(bool)
    truths = (labels > 0).astype(int)
    ranking = Ranking(chance_wrong(logits), truths, clean)
    table = {}
    for gold, found in zip(labels, logits.argmax(axis=1)):
        row = table.setdefault(KINDS[gold], {})
        row[detector.labels[found]] = row.get(detector.labels[found], 0) + 1
    return {"sentences": size, "tokens": len(labels), "best": ranking.best(),
            "recall_at_precision": ranking.recall_at(PRECISION), "curve": ranking.curve(),
            "confusion": table}


def network(arguments, settings):
    detector = Detector(arguments.model, settings.precision, settings.batch_tokens)
    sets = judge(arguments.model, arguments, settings, detector)
    threshold = common_threshold(sets, settings)
    result = {"model": arguments.model.name, "labels": detector.labels, "threshold": threshold,
              "precision_of_recall": PRECISION, "sets": {}, "calibration": calibration(sets)}
    for name, judged in sets.items():
        figures = short_figures(judged, threshold)
        if judged.has_errors():
            alone = Ranking(judged.alone, judged.truths, judged.clean)
            figures.update(alone={"best": alone.best(), "common": alone.at(threshold),
                                  "recall_at_precision": alone.recall_at(PRECISION)},
                           curve=judged.ranking.curve())
        figures.update(kinds=recall_by_kind(judged, threshold),
                       found_as=precision_by_kind(judged, threshold),
                       sources=by_source(judged, threshold),
                       examples=examples_of(judged, threshold, settings))
        result["sets"][name] = figures
    if arguments.held:
        result["held"] = held_figures(detector, arguments.held, settings)
    write_json(arguments.out, result)
    print(network_table(result))


def network_table(result):
    lines = [f"{'set':24}{'best':>6}{'P':>8}{'R':>7}{'F0.5':>7}   at {result['threshold']:.2f}: "
             f"P      R      F0.5   alarms/1,000"]
    for name, figures in result["sets"].items():
        best, common = figures.get("best"), figures["common"]
        left = "{threshold:6.2f}{precision:8.3f}{recall:7.3f}{f05:7.3f}".format(**best) \
            if best else " " * 28
        alarms = common["false_alarms"]
        lines.append(f"{name:24}{left}" + " " * 10 + "{precision:7.3f}{recall:7.3f}{f05:7.3f}"
                     .format(**common) + (f"{alarms:9.1f}" if alarms is not None else ""))
    return "\n".join(lines)


def curve(arguments, settings):
    """A line for each snapshot: {"tokens", "threshold", "mean": F0.5, "sets": {name: figures}}."""
    folders = sorted((folder for folder in arguments.model.iterdir() if folder.name.isdigit()),
                     key=lambda folder: int(folder.name))
    if not folders:
        raise ValueError(f"{arguments.model}: no folder whose name is a number of tokens")
    points = []
    for folder in folders:
        sets = judge(folder, arguments, settings)
        threshold = common_threshold(sets, settings)
        figures = {name: short_figures(judged, threshold) for name, judged in sets.items()}
        mean = numpy.mean([figures[name]["common"]["f05"] for name, judged in sets.items()
                           if judged.has_errors()])
        points.append({"tokens": int(folder.name), "threshold": threshold, "mean": float(mean),
                       "sets": figures})
        write_json(arguments.out, points)
        print(f"{folder.name} tokens: mean F0.5 {mean:.3f} at {threshold:.2f}", flush=True)


def run(arguments, settings):
    {"network": network, "curve": curve, "product": product.evaluate,
     "levels": thresholds.fit}[arguments.what](arguments, settings)
    return 0
