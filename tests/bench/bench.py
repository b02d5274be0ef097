#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures how fast proofd is, beside others, in one run; README.md here says what each figure is.

BUILD_DIR is a build directory with all its programs built. ./dev bench installs and builds what
this needs. What cannot be had is left out with a line on standard error, and null in the JSON.
"""
import argparse
import dataclasses
import datetime
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import bus
import network
import prose
import report
import texts

PARTS = ("network", "latency", "keystrokes", "start", "memory", "prose")
SEED = 20261122


@dataclasses.dataclass
class Plan:
    rounds: int  # of the network: how often each has its turn
    turn_seconds: float
    shape_seconds: float  # no further round after that
    sentences: int  # of one row of latency, and the seconds after which it ends
    row_seconds: float
    lengths: tuple  # words of a sentence
    clients: tuple
    documents: tuple  # (bytes, checked to its end before?, candidates)
    edits: int
    edit_seconds: float
    cold_starts: int
    activations: int
    memory_sentences: int
    memory_seconds: float
    words: int  # of the prose
    prose_rounds: int
    harper: bool


QUICK = Plan(
    rounds=3, turn_seconds=.02, shape_seconds=2, sentences=300, row_seconds=4, lengths=(25,),
    clients=(1,), documents=((1_000, True, 0), (10_000_000, False, 0)), edits=300, edit_seconds=3,
    cold_starts=9, activations=2, memory_sentences=1000, memory_seconds=5, words=1000,
    prose_rounds=1, harper=False)
FULL = Plan(
    rounds=9, turn_seconds=.05, shape_seconds=60, sentences=640, row_seconds=10,
    lengths=(10, 25, 60), clients=(1, 8, 64),
    documents=((1_000, True, 0), (1_000, True, 5), (100_000, True, 0), (1_000_000, True, 0),
               (10_000_000, False, 0)),
    edits=600, edit_seconds=20, cold_starts=31, activations=9, memory_sentences=10_000,
    memory_seconds=300, words=5000, prose_rounds=3, harper=True)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def latency(service, writer, plan):
    """Rows of sentences without errors, findings alone, and with two errors and candidates."""
    rows = []
    for n_words in plan.lengths:
        for clients in plan.clients:
            right = writer.sentences(n_words, plan.sentences)
            wrong = [writer.with_errors(n_words, 2) for _ in range(plan.sentences)]
            for sentences, candidates in (right, 0), (wrong, 5):
                rows.append({"words": n_words, "clients": clients, "candidates": candidates,
                             **bus.checks(service, sentences, clients, candidates,
                                          plan.row_seconds)})
    return rows


def keystrokes(service, writer, plan):
    return [{"bytes": n_bytes, "known": known, "candidates": candidates,
             **bus.keystrokes(service, writer, n_bytes, plan.edits, plan.edit_seconds, candidates,
                              known)}
            for n_bytes, known, candidates in plan.documents]


def measure(arguments, plan):
    """{part: what it found}"""
    build, result = arguments.build_dir, {}

    def wanted(part):
        if part in arguments.only:
            say(part)
        return part in arguments.only

    writer = texts.Writer(SEED)
    if wanted("network"):
        result["network"] = network.measure(build / "tests" / "bench" / "bench", plan.rounds,
                                            plan.turn_seconds, plan.shape_seconds,
                                            arguments.quick, say)
        result["network"]["shares"] = network.shares(result["network"])
    with bus.Bus(build) as service:
        if wanted("start"):
            result["start"] = {"cold": bus.cold_starts(build, plan.cold_starts),
                               "activation": bus.activations(service, plan.activations)}
        if wanted("memory"):
            result["memory"] = bus.after_many(service, writer, plan.memory_sentences,
                                              plan.memory_seconds)
        if wanted("latency"):
            result["latency"] = latency(service, writer, plan)
        if wanted("keystrokes"):
            result["keystrokes"] = keystrokes(service, writer, plan)
    if wanted("prose"):
        harper = arguments.harper if plan.harper else None
        result["prose"] = prose.measure(build, harper, texts.prose(plan.words, arguments.sets),
                                        plan.prose_rounds, say)
    return result


def machine():
    """What it ran on."""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True,
                            text=True, check=False, cwd=Path(__file__).parent).stdout.strip()
    return {"date": datetime.date.today().isoformat(), "processor": names[0] if names else None,
            "processors": os.cpu_count(), "load_before": os.getloadavg()[0],
            "commit": commit or None}


def parse(words):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir", metavar="BUILD_DIR", type=Path)
    parser.add_argument("--quick", action="store_true",
                        help="half a minute: fewer samples, sizes and peers")
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-",
                        help="write all figures as one JSON object to FILE; without FILE to "
                             "standard output, instead of the table")
    parser.add_argument("--only", metavar="PART,...", default=",".join(PARTS),
                        help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--sets", metavar="DIR",
                        help="take prose from DIR/clean.jsonl (default: tests/golden)")
    parser.add_argument("--harper", metavar="DIR", type=Path,
                        help="harper.mjs and the packages it needs; none: without Harper")
    arguments = parser.parse_args(words)
    arguments.only = arguments.only.split(",")
    unknown = sorted(set(arguments.only) - set(PARTS))
    if unknown:
        parser.error(f"--only: there is no {unknown[0]}; there are {', '.join(PARTS)}")
    if arguments.sets and not Path(arguments.sets, "clean.jsonl").is_file():
        parser.error(f"--sets: there is no clean.jsonl in {arguments.sets}")
    return arguments


def main(words):
    arguments = parse(words)
    start = time.monotonic()
    about = machine()
    try:
        result = measure(arguments, QUICK if arguments.quick else FULL)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench: {error}")
    about["seconds"] = time.monotonic() - start
    result = report.rounded({**report.headline(result), "quick": arguments.quick,
                             "machine": about, **result})
    if arguments.json == "-":
        print(json.dumps(result))
        return
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(report.table(result))


if __name__ == "__main__":
    main(sys.argv[1:])
