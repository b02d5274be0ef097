# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares the whole of proofd with what it was, on gold sets (SETS/*.jsonl, see measures.py), and
with Hunspell alone and Harper.

Prints a table of the figures and what is wanted of them. The table TABLE (JSON) has the figures of
one version and for each sentence an outcome: a figure of proofd that is worse than there ends with
status 1, after the sentences that became worse. What was found is kept in WORK, the new table in
WORK/table.json, all sentences that became worse in WORK/worse.txt.

It needs the command hunspell, and of Python packages NumPy alone.
"""
import argparse
import hashlib
import itertools
import json
import os
import string
import sys
from pathlib import Path

from .measures import edit_outcomes, figures, gold_sets, hits, sampled, write_json
from .product import Harper, Hunspell, Proof, folder_of_models
from .sorts import SORTS, by_kind, by_sort, known_words

ROOT = Path(__file__).resolve().parents[2]
SEED = 0  # chooses the sample
OWN = "proofd"
TOGETHER = "all with edits"  # the sets whose edits are known, as one
NATIVE = "corrections"  # the set of errors by native writers
TOLERANCE = {"f05": 0.002, "top1": 0.002, "top5": 0.002, "false_alarms": 0.1}  # absolute
# What is wanted: at which level (None: any), of which set or sort of words, which figure.
WANTED = (
    ("careful", "clean", "false_alarms", 1.5),
    ("default", "clean", "false_alarms", 4.0),
    ("thorough", "clean", "false_alarms", 10.0),
    ("default", "corrections", "top1", 0.45),
    ("default", "languagetool-examples", "top1", 0.30),
    ("default", "harper-strings", "top1", 0.50),
    ("default", TOGETHER, "found_top1", 0.70),
    ("default", TOGETHER, "found_top5", 0.85),
    ("default", "non-word", "top1", 0.90),
    ("default", "real-word", "found_top1", 0.60),
)
COLUMNS = (("precision", "P", 3), ("recall", "R", 3), ("f05", "F0.5", 3),
           ("false_alarms", "alarms", 2), ("top1", "top1", 3), ("top5", "top5", 3),
           ("found_top1", "found:1", 3), ("found_top5", "found:5", 3))
NAMES = {"false_alarms": "false alarms per 1,000 words of clean sentences, at most",
         "top1": "first correction right", "found_top1": "first correction right, of those found",
         "found_top5": "one of five right, of those found"}

# An outcome is one of OUTCOMES: tokens missed, tokens flagged although right, and points for
# repairs (2 by the first correction of an edit, 1 by one of the first five), each up to LARGEST.
LARGEST = (3, 3, 4)
OUTCOMES = dict(zip(itertools.product(*(range(n + 1) for n in LARGEST)),
                    "." + string.digits + string.ascii_letters + "!#$%&()*+,-/:;<=>"))
ROW = 100  # sentences a line of the table
SHOWN = 20  # sentences printed of each set


def add_arguments(parser):
    parser.add_argument("--sets", metavar="DIR", type=Path,
                        default=ROOT.parent / "shared" / "eval" / "dev",
                        help="gold sets (%(default)s)")
    parser.add_argument("--table", metavar="FILE", type=Path,
                        default=ROOT / "tests" / "eval" / "table.json",
                        help="what to compare with (%(default)s)")
    parser.add_argument("--update", action="store_true", help="write TABLE anew")
    parser.add_argument("--sample", metavar="N", type=int, default=0,
                        help="take only N sentences of each set")
    parser.add_argument("--level", choices=("careful", "default", "thorough"), default="default")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True,
                        help="check with Hunspell alone and Harper too (%(default)s)")
    parser.add_argument("--proof", metavar="FILE", default="proof", help="the command proof")
    parser.add_argument("--model", metavar="DIR", type=Path,
                        default=ROOT / "model" / "data" / "en", help="%(default)s")
    parser.add_argument("--harper", metavar="DIR", type=Path,
                        help="harper.mjs and the packages it needs; none: without Harper")
    parser.add_argument("--work", metavar="DIR", type=Path, default=ROOT / "build" / "eval",
                        help="%(default)s")
    parser.add_argument("--jobs", metavar="N", type=int, default=len(os.sched_getaffinity(0)),
                        help="processes or threads (%(default)s)")


# --- findings ---------------------------------------------------------------------------------

def checkers(arguments, models, files):
    """{system: Checker}."""
    part = f"sample-{arguments.sample}" if arguments.sample else "whole"
    folder = arguments.work / part
    systems = {OWN: Proof(arguments.proof, models, files, arguments.level, arguments.jobs,
                          folder / f"{OWN}-{arguments.level}")}
    if arguments.peers:
        systems["Hunspell"] = Hunspell(folder / "hunspell")
    if arguments.peers and arguments.harper:
        systems["Harper"] = Harper(arguments.harper, arguments.jobs, folder / "harper")
    return systems


def findings_of(arguments, sets):
    """{system: {set: [findings of each sentence]}}."""
    found = {}
    with folder_of_models(arguments.model, arguments.model) as (models, files):
        for system, checker in checkers(arguments, models, files).items():
            found[system] = {}
            for name, records in sets.items():
                print(f"{system}: {name}, {len(records)} sentences", file=sys.stderr, flush=True)
                found[system][name] = [answer["findings"]
                                       for answer in checker.findings(name, records)]
                if len(found[system][name]) != len(records):
                    raise ValueError(f"{system}: {len(found[system][name])} answers on {name}, "
                                     f"{len(records)} sentences")
    return found


# --- figures ----------------------------------------------------------------------------------

def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(own) for key, own in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def system_figures(sets, found, known):
    """{"sets": {name: figures}, "kinds": {kind: figures}, "sorts": {sort: figures}}; kinds of the
    sets with edits, sorts of the native writers' set."""
    result = {name: figures(records, found[name]) for name, records in sets.items()}
    with_edits = [name for name, row in result.items() if row["edits"]]
    gold = [record for name in with_edits for record in sets[name]]
    answers = [findings for name in with_edits for findings in found[name]]
    result[TOGETHER] = figures(gold, answers)
    for row in result.values():
        del row["kinds"], row["rules"]
    return rounded({"sets": result, "kinds": by_kind(gold, answers, known),
                    "sorts": by_sort(sets[NATIVE], found[NATIVE], known)
                    if NATIVE in sets else {}})


def outcome(record, findings):
    """One of OUTCOMES' keys."""
    flags = hits(record, findings)
    missed = sum(1 for bad, hit in zip(record["bad"], flags) if bad and not hit)
    false = sum(1 for bad, hit in zip(record["bad"], flags) if hit and not bad)
    points = sum(edit["top1"] + edit["top5"] for edit in edit_outcomes(record, findings))
    return tuple(map(min, (missed, false, points), LARGEST))


def rows_of_outcomes(records, found):
    codes = "".join(OUTCOMES[outcome(*pair)] for pair in zip(records, found))
    return [codes[i:i + ROW] for i in range(0, len(codes), ROW)]


def hash_of(records):
    return hashlib.sha256(json.dumps(records, sort_keys=True).encode()).hexdigest()[:16]


# --- what became worse ------------------------------------------------------------------------

def compared(row):
    """The figures of a row that must not become worse, {key: figure}, higher being better."""
    return {key: -row[key] if key == "false_alarms" else row[key]
            for key in TOLERANCE if row.get(key) is not None}


def worse_figures(old, new):
    """Lines about the figures of a system that are worse than they were."""
    lines = []
    for part in "sets", "sorts":
        for name, row in old[part].items():
            now = compared(new[part].get(name, {}))
            for key, before in compared(row).items():
                if key not in now or now[key] < before - TOLERANCE[key] - 1e-9:
                    after = abs(now[key]) if key in now else "none"
                    lines.append(f"{name}: {key} was {abs(before)}, is {after}")
    return lines


def changed(sets, found, rows):
    """({set: [(record, findings, old outcome, new)]} of the sentences that became worse in
    something, number that became better only)."""
    meaning = {code: outcome for outcome, code in OUTCOMES.items()}
    worse, better = {name: [] for name in sets}, 0
    for name, records in sets.items():
        for record, findings, code in zip(records, found[name], "".join(rows[name])):
            old, new = meaning[code], outcome(record, findings)
            if new[0] > old[0] or new[1] > old[1] or new[2] < old[2]:
                worse[name].append((record, findings, old, new))
            else:
                better += new != old
    return worse, better


def changes(text, places):
    """Places of a text and what is put there, on one line."""
    return "; ".join(f'"{text[place["start"]:place["end"]]}"' + (
        " -> " + ", ".join(f'"{right}"' for right in place["replacements"][:5])
        if place.get("replacements") else "") for place in places) or "nothing"


def described(name, record, findings, old, new):
    """A sentence that became worse, some lines."""
    text = record["text"]
    wanted = record["edits"] or [{"start": start, "end": end} for (start, end), bad
                                 in zip(record["tokens"], record["bad"]) if bad]
    parts = [f"{what} {before}, now {after}" for what, before, after in
             zip(("missed", "false", "repairs"), old, new) if before != after]
    return (f"{name} {record['id']}: {'; '.join(parts)}\n    {text}\n"
            f"    marked: {changes(text, findings)}\n    wanted: {changes(text, wanted)}")


def compare(sets, found, old, new, path):
    """Prints what is worse than in the table `old`, and writes all sentences that became worse to
    `path`. Returns the exit status."""
    lines = worse_figures(old["systems"][OWN], new["systems"][OWN])
    worse, better = changed(sets, found, old["outcomes"])
    texts = {name: [described(name, *one) for one in ones] for name, ones in worse.items()}
    path.write_text("".join(text + "\n" for own in texts.values() for text in own),
                    encoding="utf-8")
    total = sum(map(len, texts.values()))
    if lines and total:
        print("\nSentences that became worse:")
        for own in texts.values():
            print("\n".join(own[:SHOWN]), end="\n" if own else "")
            if len(own) > SHOWN:
                print(f"... and {len(own) - SHOWN} more, in {path}")
    print(f"\n{total} sentences became worse, {better} better.")
    if lines:
        print("Worse than the table:\n  " + "\n  ".join(lines))
    return 1 if lines else 0


# --- the table --------------------------------------------------------------------------------

def number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def laid_out(rows, left):
    """Lines of cells in columns, the first `left` of them aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) if i < left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in rows]


def wanted_rows(systems, level):
    """What is wanted at a level beside what each system has."""
    rows = [("", "", *systems, "wanted", "")]
    for at, name, key, wanted in WANTED:
        own = [{**figures["sets"], **figures["sorts"]}.get(name, {}).get(key)
               for figures in systems.values()]
        if at == level and own[0] is not None:
            met = own[0] <= wanted if key == "false_alarms" else own[0] >= wanted
            rows.append((name, NAMES[key], *(number(value, 3) for value in own),
                         number(wanted, 3), "" if met else "not yet"))
    return rows


def table(systems, level):
    """All figures as text."""
    heads = [head for _, head, _ in COLUMNS]
    lines = laid_out([("", f"level {level}", *heads)] + [
        (system, name, *(number(row[key], digits) for key, _, digits in COLUMNS))
        for system, own in systems.items() for name, row in own["sets"].items()], 2)
    lines += ["", "By kind, in the sets with edits:"] + laid_out(
        [("", "", "P", "R", "F0.5", "edits", "findings")] + [
            (system, kind, *(number(row[key], 3) for key in ("precision", "recall", "f05")),
             str(row["edits"]), str(row["findings"]))
            for system, own in systems.items() for kind, row in own["kinds"].items()], 2)
    lines += ["", f"One word for one word, in {NATIVE}:"] + laid_out(
        [("", "", "edits", "found", *heads[-4:])] + [
            (system, sort, str(row["edits"]), str(row["found"]),
             *(number(row[key], 3) for key, _, _ in COLUMNS[-4:]))
            for system, own in systems.items() for sort, row in own["sorts"].items()], 2)
    return "\n".join([*lines, "", "Wanted:", *laid_out(wanted_rows(systems, level), 2)])


def read_table(arguments, gold):
    """The table to compare with, or None; says why there is none. ValueError if it was made from
    other gold sets."""
    if arguments.update:
        return None
    if not arguments.table.exists():
        print(f"{arguments.table}: not there, so nothing is compared", file=sys.stderr)
        return None
    old = json.loads(arguments.table.read_text(encoding="utf-8"))
    if old["gold"] != gold:
        differ = sorted(name for name in {*old["gold"], *gold}
                        if old["gold"].get(name) != gold.get(name))
        raise ValueError(f"{arguments.table}: made from other gold sets ({', '.join(differ)}); "
                         "--update makes it anew, --table FILE names another")
    for key in "level", "sample":
        if old[key] != getattr(arguments, key):
            print(f"{arguments.table}: made with --{key} {old[key]}, so nothing is compared",
                  file=sys.stderr)
            return None
    return old


def kept_systems(arguments, gold):
    """Figures of other systems in the table that is to be written anew, if they still hold."""
    if not arguments.update or not arguments.table.exists():
        return {}
    old = json.loads(arguments.table.read_text(encoding="utf-8"))
    same = old["gold"] == gold and old["sample"] == arguments.sample
    return {system: own for system, own in old["systems"].items() if system != OWN} if same else {}


def run(arguments):
    if not arguments.sets.is_dir():
        raise ValueError(f"{arguments.sets}: there are no gold sets; --sets DIR says where")
    sets = gold_sets(arguments.sets)
    gold = {name: hash_of(records) for name, records in sets.items()}
    old = read_table(arguments, gold)
    sets = sampled(sets, arguments.sample, SEED)
    found, known = findings_of(arguments, sets), known_words(sets)
    systems = {system: system_figures(sets, own, known) for system, own in found.items()}
    print(table(systems, arguments.level))
    new = {"gold": gold, "level": arguments.level, "sample": arguments.sample,
           "systems": {**kept_systems(arguments, gold), **systems},
           "outcomes": {name: rows_of_outcomes(records, found[OWN][name])
                        for name, records in sets.items()}}
    write_json(arguments.table if arguments.update else arguments.work / "table.json", new)
    if old is None:
        return 0
    return compare(sets, found[OWN], old, new, arguments.work / "worse.txt")
