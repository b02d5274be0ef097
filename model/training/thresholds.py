# SPDX-License-Identifier: LGPL-2.1-or-later
"""The thresholds of levels.ini, fitted to the findings that proofd makes when it reports nearly
everything. daemon/engine/levels.h says what each key means, sentence.c how it is used."""
import contextlib
import tempfile
from pathlib import Path

import numpy

from .measures import f_score, gold_sets, rates, sampled, tokens_of, write_json
from .product import Proof, folder_of_models
from .sorts import by_kind, known_words
from .text import KINDS

LEVELS = ("careful", "default", "thorough")
BETA = {"careful": 0.5, "default": 0.5, "thorough": 1.0}  # of the F score that is to be best
UNKNOWN_RULE = "spelling/unknown"
# P(wrong) from which repairs are looked for, whatever n-grams say: not fitted; below what is
# reported, so that nothing is lost, and no lower, for each place costs a forward pass
LOOK = {"careful": 0.4, "default": 0.4, "thorough": 0.1}
PERMISSIVE = {"unknown": 0.02, "unknown-name": 0.02, "look": 0.1, "report": 0.05, "unrepaired": 1}
STEPS = [0.05, 0.08, 0.1, 0.12, 0.15, *(round(0.2 + 0.05 * i, 2) for i in range(16)), 0.97, 0.98,
         0.99]
GRID = {"unknown": STEPS, "unknown-name": STEPS, "report": STEPS}
START = {"unknown": 0.1, "unknown-name": 0.5, "report": 0.5}
UNREPAIRED = {"careful": 1, "default": 1, "thorough": 0.97}  # not fitted
PRICES = (0.0, 0.003, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6)  # F score for all alarms allowed
LEAST_FINDINGS = 30  # of a kind that may have its own threshold
RULE, UNKNOWN, NAME, MODEL = range(4)
HEADER = """\
# How sure a finding must be at each level; daemon/engine/levels.h says what each key means.
# Fitted by `python -m training evaluate levels` on the dev sets, see MODEL_CARD.md.
"""


def group_of(finding, text):
    """Which thresholds decide on a finding, and its chance there; sentence.c has the reverse."""
    if finding["rule"] == UNKNOWN_RULE:
        lower = text[finding["start"]].islower()
        return (UNKNOWN if lower else NAME), 1 - 2 * (1 - finding["confidence"])
    return (MODEL if finding["rule"].endswith("/model") else RULE), finding["confidence"]


class Findings:
    """All findings of one set as arrays [findings]: group, kind, chance, clean (in a sentence
    without error); and which tokens each flags."""

    def __init__(self, gold, answers, name):
        columns, self.of, self.token = [], [], []
        first = 0
        for record, answer in zip(gold, answers, strict=True):
            for finding in answer.get("findings", ()):
                for i in tokens_of(record["tokens"], finding):
                    self.of.append(len(columns))
                    self.token.append(first + i)
                columns.append((*group_of(finding, record["text"]), KINDS.index(finding["kind"]),
                                not any(record["bad"])))
            first += len(record["tokens"])
        group, chance, kind, clean = zip(*columns) if columns else ((),) * 4
        self.group, self.kind = numpy.array(group, int), numpy.array(kind, int)
        self.chance = numpy.array(chance)
        self.clean = numpy.array(clean, bool)
        self.of, self.token = numpy.array(self.of, int), numpy.array(self.token, int)
        self.bad = numpy.array([bad for record in gold for bad in record["bad"]], bool)
        self.n_bad = int(self.bad.sum())
        self.clean_words = sum(len(record["bad"]) for record in gold if not any(record["bad"]))

    def kept(self, thresholds):
        """Which findings are reported, as sentence.c decides."""
        report = numpy.array([effective(thresholds, kind) for kind in KINDS])
        least = numpy.where(self.group == UNKNOWN, thresholds["unknown"], numpy.where(
            self.group == NAME, thresholds["unknown-name"], report[self.kind]))
        return (self.group == RULE) | (self.chance >= least)

    def figures(self, thresholds):
        kept = self.kept(thresholds)
        hits = numpy.zeros(len(self.bad), bool)
        hits[self.token[kept[self.of]]] = True
        right, found = int((hits & self.bad).sum()), int(hits.sum())
        alarms = int((kept & self.clean).sum())
        return {**rates(right, found - right, self.n_bad - right),
                "false_alarms": 1000 * alarms / self.clean_words if self.clean_words else None}


def effective(thresholds, kind):
    return thresholds.get(f"report-{kind}", thresholds["report"])


class Search:
    """Looks for thresholds with the best mean F score of `level` over `sets` ({name: Findings})
    where false alarms stay within the settings' limits; each own threshold of a kind has its cost.
    `bound` and `side`: no threshold is below (side 1) or above (-1) that of `bound`."""

    def __init__(self, sets, level, settings, bound=None, side=0):
        self.sets, self.beta, self.own_cost = sets, BETA[level], settings.own_cost
        self.bound, self.side = bound, side
        self.grid = dict(GRID)
        if level != "careful":
            self.grid["unknown"] = [step for step in GRID["unknown"]
                                    if step <= settings.most_unknown]
        limits = {"clean": getattr(settings, level)}
        if level == "default":
            limits["corrections"] = settings.corrected
        self.limits = {name: limit for name, limit in limits.items() if name in sets}
        kinds = numpy.concatenate([found.kind[found.group == MODEL] for found in sets.values()])
        self.kinds = [kind for i, kind in enumerate(KINDS) if (kinds == i).sum() >= LEAST_FINDINGS]

    def in_order(self, thresholds):
        if self.bound is None:
            return True
        pairs = [(thresholds[key], self.bound[key]) for key in GRID]
        pairs += [(effective(thresholds, kind), effective(self.bound, kind)) for kind in KINDS]
        return all((own - other) * self.side >= 0 for own, other in pairs)

    def value(self, thresholds, price):
        """(mean F score less costs, are the limits kept?). `price`: of all alarms allowed."""
        figures = {name: found.figures(thresholds) for name, found in self.sets.items()}
        score = numpy.mean([f_score(figures[name]["precision"], figures[name]["recall"], self.beta)
                            for name, found in self.sets.items() if found.n_bad])
        used = [figures[name]["false_alarms"] / limit for name, limit in self.limits.items()]
        owned = sum(1 for key in thresholds if key not in GRID)
        return (float(score) - self.own_cost * owned - price * sum(used),
                all(share <= 1 for share in used))

    def moves(self):
        """(key, value) of each change of one threshold; value None: the kind has none of its
        own."""
        for key, values in self.grid.items():
            yield from ((key, value) for value in values)
        for kind in self.kinds:
            yield from ((f"report-{kind}", value) for value in (None, *self.grid["report"]))

    def climb(self, thresholds, price, bounded):
        """Makes every change that is for the better until none is left. `bounded`: only within
        the limits."""
        best = self.value(thresholds, price)[0]
        while True:
            before = best
            for key, value in self.moves():
                tried = {**thresholds, key: value}
                if value is None:
                    del tried[key]
                if tried == thresholds or not self.in_order(tried):
                    continue
                score, within = self.value(tried, price)
                if score > best + 1e-6 and (within or not bounded):
                    best, thresholds = score, tried
            if best == before:
                return thresholds

    def run(self, start):
        """The best thresholds found within the limits; ValueError if there are none."""
        found = []
        thresholds = dict(start)
        for price in PRICES:
            thresholds = self.climb(thresholds, price, False)
            score, within = self.value(thresholds, 0.0)
            if within:
                found.append((score, thresholds))
        if not found:
            raise ValueError("no thresholds keep false alarms to " + ", ".join(
                f"{limit} on {name}" for name, limit in self.limits.items()))
        return self.climb(max(found, key=lambda pair: pair[0])[1], 0.0, True)


def raw_findings(arguments, settings, sets):
    """{name: answers} where nearly everything is reported."""
    lines = "".join(f"{key}={value}\n" for key, value in PERMISSIVE.items())
    levels = "".join(f"[{level}]\n{lines}" for level in LEVELS)
    with contextlib.ExitStack() as stack:
        models, files = stack.enter_context(
            folder_of_models(arguments.model, arguments.data, {"levels.ini": levels}))
        folder = arguments.work or stack.enter_context(tempfile.TemporaryDirectory())
        proof = Proof(arguments.proof, models, files, "thorough", settings.jobs,
                      Path(folder, "findings-permissive"))
        return {name: proof.findings(name, records) for name, records in sets.items()}


def halves(sets, answers):
    """The sets' sentences at places 0, 1, 4, 5, ..., and the others: a sentence and its corrected
    side stay together."""
    for half in range(2):
        chosen = {name: [i for i in range(len(records)) if i // 2 % 2 == half]
                  for name, records in sets.items()}
        yield {name: Findings([records[i] for i in chosen[name]],
                              [answers[name][i] for i in chosen[name]], name)
               for name, records in sets.items()}


def checked(sets, answers, settings):
    """Figures of the default level by halves: fitted to one, measured on the other."""
    first, second = halves(sets, answers)
    result = []
    for fitted, other in (first, second), (second, first):
        thresholds = Search(fitted, "default", settings).run(START)
        result.append({name: found.figures(thresholds) for name, found in other.items()})
    return {name: {key: (result[0][name][key] + result[1][name][key]) / 2
                   for key, value in figures.items() if value is not None}
            for name, figures in result[0].items()}


def written(levels):
    """The text of levels.ini."""
    lines = [HEADER]
    for level in LEVELS:
        thresholds = levels[level]
        own = [f"report-{kind}" for kind in KINDS if f"report-{kind}" in thresholds]
        lines += [f"[{level}]", f"unknown={thresholds['unknown']:g}",
                  f"unknown-name={thresholds['unknown-name']:g}", f"look={LOOK[level]:g}"]
        lines += [f"{key}={thresholds[key]:g}" for key in ("report", *own)]
        lines.append(f"unrepaired={UNREPAIRED[level]:g}")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def by_kinds(sets, answers, found, thresholds):
    """sorts.by_kind() of all sets with errors together, at these thresholds."""
    gold, kept = [], []
    for name, records in sets.items():
        if found[name].n_bad:
            own = iter(found[name].kept(thresholds))
            gold += records
            kept += [[finding for finding in answer["findings"] if next(own)]
                     for answer in answers[name]]
    return by_kind(gold, kept, known_words(sets))


def fit(arguments, settings):
    sets = sampled(gold_sets(arguments.sets), arguments.sample, settings.seed)
    answers = raw_findings(arguments, settings, sets)
    found = {name: Findings(records, answers[name], name) for name, records in sets.items()}
    middle = Search(found, "default", settings).run(START)
    levels = {"default": middle}
    for level, side in ("careful", 1), ("thorough", -1):
        levels[level] = Search(found, level, settings, middle, side).run(middle)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(written(levels), encoding="utf-8")
    figures = {level: {name: one.figures(levels[level]) for name, one in found.items()}
               for level in LEVELS}
    kinds = {level: by_kinds(sets, answers, found, levels[level]) for level in LEVELS}
    figures["default, fitted to the other half"] = checked(sets, answers, settings)
    write_json(arguments.out.with_suffix(".json"), {"thresholds": levels, "figures": figures,
                                                       "kinds": kinds})
    print(table(figures))
    print(table_of_kinds(kinds))


def table_of_kinds(kinds):
    """In Markdown: precision / recall of each kind at each level."""
    def both(row):
        return " / ".join("-" if row.get(key) is None else f"{row[key]:.3f}".lstrip("0")
                          for key in ("precision", "recall"))

    lines = ["| kind | edits | " + " | ".join(kinds) + " |",
             "| --- |" + " --- |" * (1 + len(kinds))]
    for kind, row in kinds[LEVELS[-1]].items():
        lines.append(f"| {kind} | {row['edits']} | " + " | ".join(
            both(level.get(kind, {})) for level in kinds.values()) + " |")
    return "\n".join(lines)


def table(figures):
    lines = []
    for level, sets in figures.items():
        lines.append(f"{level}:")
        for name, row in sets.items():
            alarms = row.get("false_alarms")
            lines.append("  {:24}{precision:7.3f}{recall:7.3f}{f05:7.3f}".format(name, **row)
                         + (f"{alarms:7.2f} alarms" if alarms is not None else ""))
    return "\n".join(lines)
