#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-training.py [PYTEST-ARGUMENT...] - the tests of model/training as TAP

Runs pytest in the Python that PROOFD_PYTHON names, which has model/training/requirements.txt.
Where the variable is not set all is skipped, in CI it fails.
"""

import os
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "model" / "training" / "tests"
INSIDE = "--inside"  # the first argument of this script when PROOFD_PYTHON runs it


class Tap:
    """A pytest plugin: one line for each test, written to `out`."""

    def __init__(self, out):
        self.out, self.n_tests, self.skipped = out, 0, ""

    def result(self, outcome, name, details=""):
        self.n_tests += 1
        print(f"{outcome} {self.n_tests} - {name}{self.skipped}", file=self.out)
        for line in details.splitlines():
            print(f"# {line}", file=self.out)
        self.out.flush()
        self.skipped = ""

    def pytest_collectreport(self, report):
        if report.failed:
            self.result("not ok", report.nodeid, report.longreprtext)

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.replace("#", "")
        if report.skipped and report.when != "teardown":
            self.skipped = " # SKIP"
            self.result("ok", name)
        elif report.failed:
            self.result("not ok", name, report.longreprtext)
        elif report.when == "call":
            self.result("ok", name)


def inside(arguments):
    """Runs pytest here; returns the exit status."""
    import pytest
    tap = Tap(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    status = pytest.main(["-p", "no:cacheprovider", "-p", "no:terminal", *arguments, str(TESTS)],
                         plugins=[tap])
    if tap.n_tests == 0:
        tap.result("not ok", f"no test was run: pytest ended with {int(status)}")
    print(f"1..{tap.n_tests}", file=tap.out, flush=True)
    return int(status)


def main():
    if sys.argv[1:2] == [INSIDE]:
        return inside(sys.argv[2:])
    python = os.environ.get("PROOFD_PYTHON")
    if not python:
        print("not ok 1 - PROOFD_PYTHON is not set\n1..1" if os.environ.get("CI") == "true"
              else "1..0 # SKIP PROOFD_PYTHON is not set", flush=True)
        return 0
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.execvp(python, [python, os.path.abspath(__file__), INSIDE, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
