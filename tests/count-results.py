#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""count-results.py DIRECTORY - prints "PASSED FAILED" for the tests in Meson's logs

A TAP program counts with its subtests, any other as one test. JUnit's counts leave out programs
that crash, time out or stop half-way; testlog.json has these: each is one more failure. What was
skipped is neither passed nor failed and is named on stderr.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

FINE = {"OK", "SKIP", "EXPECTEDFAIL"}


def main():
    logs = Path(sys.argv[1])
    if not (logs / "testlog.junit.xml").exists():
        sys.exit("no test was run: there is none of that name")
    with open(logs / "testlog.json", encoding="utf-8") as lines:
        results = {entry["name"]: entry["result"] for entry in map(json.loads, lines)}
    passed = 0
    failures = {}  # of each program: how many
    skipped = []
    for suite in ElementTree.parse(logs / "testlog.junit.xml").iter("testsuite"):
        # A TAP program is a suite "PROJECT.PROGRAM", any other a case of the suite "PROJECT".
        program = suite.get("name").partition(".")[2]
        for case in suite.iter("testcase"):
            name = program or case.get("name")
            if case.find("skipped") is not None:
                skipped.append(f"{name}: {case.get('name')}" if program else name)
            elif case.find("failure") is not None or case.find("error") is not None:
                failures[name] = failures.get(name, 0) + 1
            else:
                passed += bool(program) or results[name] in FINE
    for name, result in results.items():
        if result not in FINE:
            failures.setdefault(name, 1)
    for name in skipped:
        print(f"skipped: {name}", file=sys.stderr)
    print(passed, sum(failures.values()))


if __name__ == "__main__":
    main()
