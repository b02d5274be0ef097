# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures of detection and correction.

Gold: a JSON object a line, {"id", "text", "tokens": [[start, end]], "bad": [0 or 1 a token],
"edits": [{"start", "end", "replacements"}]}, offsets in code points. Findings: {"id", "findings":
[{"start", "end", "replacements", ...}]}; start == end marks a place where a word is missing.
"""
import json
import random
from pathlib import Path

import numpy

BINS = 10
CURVE_POINTS = 60


def read_lines(path):
    """The JSON objects of a file, one a line. Raises ValueError with file and line."""
    records = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    records.append(json.loads(line))
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path}:{number}: {error}") from None
    return records


def write_json(path, value):
    """Writes `value` to the file `path`, whose folder is made; never half a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def gold_sets(folder):
    """{name: records} of folder/*.jsonl, in the order of names."""
    sets = {path.stem: read_lines(path) for path in sorted(Path(folder).glob("*.jsonl"))}
    if not sets:
        raise ValueError(f"{folder}: no file *.jsonl")
    for name, records in sets.items():
        for record in records:
            if not {"id", "text", "tokens", "bad", "edits"} <= record.keys():
                raise ValueError(f"{folder}/{name}.jsonl: a line is not a gold sentence")
    return sets


def sampled(sets, size, seed):
    """At most `size` sentences of each set, in their order; all if size is 0."""
    result = {}
    for name, records in sets.items():
        chosen = range(len(records))
        if 0 < size < len(records):
            chosen = sorted(random.Random(seed).sample(chosen, size))
        result[name] = [records[i] for i in chosen]
    return result


def source_of(record):
    """Where a sentence comes from: its repository, or its id up to the last hyphen; or None."""
    if "repo" in record:
        return record["repo"]
    source, hyphen, _ = str(record["id"]).rpartition("-")
    return source if hyphen else None


def f_score(precision, recall, beta=0.5):
    """F-beta: recall counts beta times as much as precision."""
    weighed = beta * beta * precision + recall
    return (1 + beta * beta) * precision * recall / weighed if weighed else 0.0


def rates(right, wrong, missed):
    """Precision, recall and F0.5 of counts."""
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    return {"precision": precision, "recall": recall, "f05": f_score(precision, recall)}


# --- findings ---------------------------------------------------------------------------------

def tokens_of(tokens, finding):
    """Indices of the tokens that a finding flags; an empty one flags the token after it."""
    start, end = finding["start"], finding["end"]
    if end > start:
        return [i for i, (s, e) in enumerate(tokens) if s < end and e > start]
    return [i for i, (s, _) in enumerate(tokens) if s >= start][:1]


def squash(text):
    return " ".join(text.split())


def repairs(text, edit, finding, take):
    """Does one of the first `take` replacements give the text that one of the edit's gives?"""
    if finding["start"] > edit["end"] or finding["end"] < edit["start"]:
        return False
    gap = " " * (edit["start"] == edit["end"])
    wanted = {squash(text[:edit["start"]] + replacement + gap + text[edit["end"]:])
              for replacement in edit["replacements"]}
    gaps = ("", " ") if finding["start"] == finding["end"] else ("",)
    return any(squash(text[:finding["start"]] + replacement + after + text[finding["end"]:])
               in wanted
               for replacement in finding.get("replacements", [])[:take] for after in gaps)


def by_record(gold, answers, name):
    """For each gold sentence its findings. Raises ValueError if one has no answer."""
    found = {answer["id"]: answer.get("findings") for answer in answers}
    for record in gold:
        if found.get(record["id"]) is None:
            raise ValueError(f"{name}: no findings for sentence {record['id']}")
    return [found[record["id"]] for record in gold]


def hits(record, findings):
    """For each token of a gold sentence: does a finding flag it?"""
    flagged = {i for finding in findings for i in tokens_of(record["tokens"], finding)}
    return [i in flagged for i in range(len(record["tokens"]))]


def edit_outcomes(record, findings):
    """For each edit of a gold sentence {"found", "top1", "top5"}: is one of its tokens flagged or
    the edit repaired, and do the first, or the first five, replacements of a finding repair it?"""
    flagged, outcomes = hits(record, findings), []
    for edit in record["edits"]:
        places = tokens_of(record["tokens"], edit) or [len(flagged) - 1]  # missing at the end
        top1, top5 = (any(repairs(record["text"], edit, finding, take) for finding in findings)
                      for take in (1, 5))
        outcomes.append({"found": top5 or any(flagged[i] for i in places), "top1": top1,
                         "top5": top5})
    return outcomes


def tally(gold, found):
    """Counts of tokens, alarms and repaired edits, and of findings by kind and by rule."""
    count = dict.fromkeys(("right", "wrong", "missed", "clean_words", "alarms", "edits", "found",
                           "top1", "top5"), 0)
    kinds, rules = {}, {}
    for record, findings in zip(gold, found):
        bad, flags = record["bad"], hits(record, findings)
        clean = not any(bad)
        for finding in findings:
            right = any(bad[i] for i in tokens_of(record["tokens"], finding))
            for table, key in (kinds, finding.get("kind")), (rules, finding.get("rule")):
                if key is not None:
                    row = table.setdefault(key, {"findings": 0, "right": 0, "alarms": 0})
                    row["findings"] += 1
                    row["right"] += right
                    row["alarms"] += clean
        count["right"] += sum(1 for b, h in zip(bad, flags) if b and h)
        count["wrong"] += sum(1 for b, h in zip(bad, flags) if h and not b)
        count["missed"] += sum(1 for b, h in zip(bad, flags) if b and not h)
        count["clean_words"] += len(bad) if clean else 0
        count["alarms"] += len(findings) if clean else 0
        for outcome in edit_outcomes(record, findings):
            count["edits"] += 1
            for key, value in outcome.items():
                count[key] += value
    return count, kinds, rules


def shares(count):
    """The share of edits that the first (top1), or one of the first five (top5), replacements
    repairs, of all and of those whose place was found; None where there are none."""
    result = {}
    for whole, prefix in ("edits", ""), ("found", "found_"):
        for key in "top1", "top5":
            result[prefix + key] = count[key] / count[whole] if count[whole] else None
    return result


def score_findings(gold, answers, name="findings"):
    """figures() of answers, which may be in any order."""
    return figures(gold, by_record(gold, answers, name))


def figures(gold, found):
    """Figures of the findings of each gold sentence: detection by token, false alarms (findings per
    1,000 words of the sentences without error; None where there is no such sentence), and
    shares()."""
    count, kinds, rules = tally(gold, found)
    result = {"sentences": len(gold), **rates(count["right"], count["wrong"], count["missed"]),
              "false_alarms": 1000 * count["alarms"] / count["clean_words"]
              if count["clean_words"] else None, "edits": count["edits"],
              "found": count["found"], **shares(count)}
    if not any(any(record["bad"]) for record in gold):
        result.update(dict.fromkeys(("precision", "recall", "f05")))
    return {**result, "kinds": kinds, "rules": rules}


# --- chances ----------------------------------------------------------------------------------

class Ranking:
    """Precision and recall at any threshold, from a chance and a truth (0 or 1) for each token.
    `clean` marks the tokens of sentences without error: false alarms are counted there."""

    def __init__(self, chances, truths, clean):
        order = numpy.argsort(-chances, kind="stable")
        self.chances = chances[order]
        self.right = numpy.concatenate([[0], numpy.cumsum(truths[order])])
        self.alarms = numpy.concatenate([[0], numpy.cumsum(clean[order])])
        self.n_clean = int(clean.sum())

    def at(self, threshold):
        """Figures where a chance above `threshold` counts as found."""
        return self.first(int(numpy.searchsorted(-self.chances, -threshold, side="left")),
                          threshold)

    def first(self, n, threshold):
        """Figures of the n tokens with the highest chances."""
        right, total = int(self.right[n]), int(self.right[-1])
        alarms = 1000 * int(self.alarms[n]) / self.n_clean if self.n_clean else None
        return {"threshold": float(threshold), **rates(right, n - right, total - right),
                "false_alarms": alarms}

    def cuts(self):
        """Numbers of tokens at which a threshold can cut (between different chances), and there
        precision, recall and F0.5."""
        n = numpy.flatnonzero(numpy.diff(self.chances, append=-1.0)) + 1
        right = self.right[n]
        precision, recall = right / n, right / max(1, self.right[-1])
        weighed = numpy.maximum(0.25 * precision + recall, 1e-12)
        return n, precision, recall, 1.25 * precision * recall / weighed

    def threshold_of(self, n):
        """A threshold that the first n tokens pass, and no other."""
        after = self.chances[n] if n < len(self.chances) else 0.0
        return (float(self.chances[n - 1]) + float(after)) / 2

    def best(self):
        """Figures at the threshold with the best F0.5."""
        n, _, _, score = self.cuts()
        if not len(n):
            return self.first(0, 1.0)
        cut = int(n[score.argmax()])
        return self.first(cut, self.threshold_of(cut))

    def recall_at(self, precision):
        """The largest recall at which precision is still at least `precision`; 0 if at none."""
        _, precisions, recalls, _ = self.cuts()
        return float(recalls[precisions >= precision].max(initial=0.0))

    def curve(self):
        """About CURVE_POINTS figures along the curve, evenly by recall."""
        n, _, recall, _ = self.cuts()
        if not len(n):
            return []
        wanted = numpy.linspace(recall[0], recall[-1], CURVE_POINTS)
        places = numpy.unique(numpy.minimum(numpy.searchsorted(recall, wanted), len(n) - 1))
        return [self.first(int(n[i]), self.threshold_of(int(n[i]))) for i in places]


# --- calibration ------------------------------------------------------------------------------

def chance_wrong(logits, temperature=1.0):
    """1 - P(O), [words], of the logits [words, labels] divided by the temperature (Guo et al.
    2017)."""
    scaled = logits.astype(numpy.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    exponents = numpy.exp(scaled)
    return 1.0 - exponents[:, 0] / exponents.sum(axis=1)


def negative_log_likelihood(chances, truths, weights):
    chances = numpy.clip(chances, 1e-7, 1 - 1e-7)
    losses = -numpy.where(truths > 0, numpy.log(chances), numpy.log(1 - chances))
    return float((losses * weights).sum() / weights.sum())


def best_temperature(logits, truths, weights):
    """The temperature with the least negative log-likelihood of right or wrong, by golden
    section between 1/4 and 4."""
    def loss(log_temperature):
        return negative_log_likelihood(chance_wrong(logits, numpy.exp(log_temperature)), truths,
                                       weights)
    low, high, ratio = -numpy.log(4.0), numpy.log(4.0), (5 ** 0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = loss(left), loss(right)
    while high - low > 0.005:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = loss(right)
    return float(numpy.exp((low + high) / 2))


def reliability(chances, truths, weights):
    """Figures of the calibration of chances: a row for each tenth, expected calibration error
    and negative log-likelihood. `share`: weight in the bin; `chance`, `wrong`: the means there."""
    bins = numpy.minimum((chances * BINS).astype(int), BINS - 1)
    weights = weights / weights.sum()
    rows = []
    for i in range(BINS):
        here = bins == i
        share = float(weights[here].sum())
        rows.append({"from": i / BINS, "words": int(here.sum()), "share": share,
                     "chance": float((chances * weights)[here].sum() / share) if share else None,
                     "wrong": float((truths * weights)[here].sum() / share) if share else None})
    error = sum(row["share"] * abs(row["chance"] - row["wrong"]) for row in rows if row["words"])
    return {"ece": error, "nll": negative_log_likelihood(chances, truths, weights), "bins": rows}
