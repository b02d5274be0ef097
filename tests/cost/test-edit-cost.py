#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-edit-cost.py VALGRIND PROGRAM - an edit costs the same, whatever the document's length

Instructions as callgrind counts them: no time, so the machine's load changes nothing.
"""

import os
import re
import subprocess
import sys
import tempfile

SIZES = {"1 kB": 1000, "100 kB": 100_000, "10 MB": 10_000_000}
MOST = 2.0  # times the cost in the shortest document
# A line without end is looked at up to some kB around an edit, which is more than a document of
# 1 kB holds: there the others are compared with 100 kB.
KINDS = {"paragraphs": "1 kB", "lines": "1 kB", "line": "100 kB"}


def instructions(valgrind, program, kind, n_bytes):
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [valgrind, "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no",
             f"--callgrind-out-file={os.path.join(directory, 'out')}",
             program, kind, str(n_bytes)],
            capture_output=True, text=True, check=False)
    match = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or match is None:
        sys.exit(f"Bail out! {program} {kind} {n_bytes}: status {done.returncode}\n{done.stderr}")
    n_edits = int(done.stdout.split()[0])
    return int(match[1]) / n_edits


def main():
    valgrind, program = sys.argv[1:]
    failed = False
    print(f"1..{len(KINDS)}")
    for number, (kind, base) in enumerate(KINDS.items(), 1):
        cost = {name: instructions(valgrind, program, kind, n) for name, n in SIZES.items()}
        growth = cost["10 MB"] / cost[base]
        shown = ", ".join(f"{value / 1e6:.3f} million in {name}" for name, value in cost.items())
        print(f"# {kind}: instructions of one edit: {shown}")
        ok = cost[base] > 0 and max(cost.values()) / cost[base] < MOST
        failed |= not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {kind}: 10 MB cost {growth:.2f} x {base}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
