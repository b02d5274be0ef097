#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emacs with eglot and flymake, in batch mode, with the setup of docs/lsp.md.

Environment: as editors.py.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position
from editors import TEXT, EditorCase, needs, page_block  # noqa: E402

STEPS = Path(__file__).resolve().parent / "eglot.el"


def has_eglot():
    done = subprocess.run(["emacs", "--batch", "-f", "package-initialize", "-l", "eglot"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


@unittest.skipIf(*needs("emacs"))
class Eglot(EditorCase):
    def setUp(self):
        super().setUp()
        if not has_eglot():
            self.skipTest("needs eglot (the package elpa-eglot, or Emacs 29)")
        self.setup = self.dir / "setup.el"
        self.setup.write_text("(package-initialize)\n" + page_block("## Emacs", "elisp"),
                              encoding="utf-8")

    def run_emacs(self, path, n):
        done = subprocess.run(["emacs", "--batch", "-l", self.setup, "-l", STEPS, path, str(n)],
                              env=self.env, cwd=self.work, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        lines = [line for line in done.stdout.decode().splitlines() if line.startswith("{")]
        return {step.pop("step"): step for step in map(json.loads, lines)}

    def test_session(self):
        path = self.write("a.txt", TEXT)
        wanted = self.findings(path)
        steps = self.run_emacs(path, len(wanted))
        for row, finding in zip(wanted, steps["opened"]["found"], strict=True):
            self.assertEqual(list(row[:3]), finding[:3])
            self.assertIn(row[4], finding[3])
        path.write_text("I saw teh cat.\n" + TEXT, encoding="utf-8")
        self.assertEqual([list(row[:3]) for row in self.findings(path)],
                         [finding[:3] for finding in steps["typed"]["found"]])
        self.assertEqual(steps["corrected"]["line"], "I saw the cat.")
        self.assertEqual([[row[0] + 1, *row[1:3]] for row in wanted],
                         [finding[:3] for finding in steps["after"]["found"]])
        self.assertIn("recieve", steps["hover"]["text"])
        self.assertIn("shut down", steps)


if __name__ == "__main__":
    tap.main()
