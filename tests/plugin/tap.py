# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of the main module, or those named on the command line, as TAP."""

import sys
import unittest


class TapResult(unittest.TestResult):
    """Meson counts each test by itself."""

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "ok", ""

    def addSkip(self, test, reason):
        self.outcome = "ok", f" # SKIP {reason}"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.outcome = "not ok", ""

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcome = "not ok", ""

    def stopTest(self, test):
        super().stopTest(test)
        for _, trace in self.failures + self.errors:
            print("# " + trace.replace("\n", "\n# "))
        self.failures.clear()
        self.errors.clear()
        name = ".".join(test.id().split(".")[1:])
        print(f"{self.outcome[0]} {self.testsRun} - {name}{self.outcome[1]}", flush=True)


def main():
    tests = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    suite = tests.loadTestsFromNames(sys.argv[1:], module) if sys.argv[1:] else \
        tests.loadTestsFromModule(module)
    print(f"1..{suite.countTestCases()}", flush=True)
    suite.run(TapResult())
