#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd-watch and programs with Qt, whose positions are UTF-16.

Environment: as watch_case.py.
"""

import subprocess
import os
import sys
import unittest
from pathlib import Path

# pylint: disable=wrong-import-position
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from watch_case import SYSTEM_PYTHON, WatchCase  # noqa: E402
import tap  # noqa: E402

PROGRAM = Path(__file__).with_name("qt_program.py")


def has_qt():
    return os.path.exists(SYSTEM_PYTHON) and subprocess.run(
        [SYSTEM_PYTHON, "-c", "import PyQt5.QtWidgets"], capture_output=True,
        check=False).returncode == 0


@unittest.skipUnless(has_qt(), "needs python3-pyqt5")
class Qt(WatchCase):
    def start_qt(self, kind="rich"):
        return self.start_program(SYSTEM_PYTHON, str(PROGRAM), kind)

    def test_correct(self):
        """The panel is at the caret; what adds and takes away is two steps."""
        self.start_watch()
        _, text = self.start_qt()
        self.put_face(text, 3)
        self.type("I recieve the cat ")
        self.until_text(text, "😀 I recieve the cat ")
        x, y, _, height = self.accessible(text, "GetCharacterExtents", "(iu)", 19, 0,
                                          interface="Text")
        panel = self.until_panel("receive")["Corrections"]
        self.assertLess(abs(panel[0] - x), 40)
        self.assertLess(abs(panel[1] - y - height), 40)
        self.click("receive")
        self.until_text(text, "😀 I receive the cat ")
        self.until_no_panel()
        self.type("sat")
        self.until_text(text, "😀 I receive the cat sat")
        self.key("ctrl+z", "ctrl+z", "ctrl+z")
        self.until_text(text, "😀 I recieve the cat ")

    def test_one_step(self):
        self.start_watch()
        _, text = self.start_qt("plain")
        self.type("It ocurred here ")
        self.click("occurred")
        self.until_text(text, "It occurred here ")
        self.key("ctrl+z")
        self.until_text(text, "It ocurred here ")

    def test_umlauts(self):
        """Qt wants the length of an insertion in its own positions, not in bytes."""
        self.settings.write_text("[watch]\nlanguage=de_DE\n")
        self.start_watch()
        _, text = self.start_qt()
        self.type("Wir sehen alle schoenen Katzen ")
        self.click("schönen")
        self.until_text(text, "Wir sehen alle schönen Katzen ")

    def test_password(self):
        self.start_watch()
        program, text = self.start_qt()
        calls = self.watch_calls()
        self.visit(program, "a password")
        self.visit(program, "perhaps a single line")
        self.key("shift+Tab", "shift+Tab")
        self.type("I recieve it ")
        self.until_panel("receive")
        self.assertEqual(self.count(), 1)
        self.check_unread(calls, [text])
        self.assertEqual(self.text(text), "I recieve it ")

    def test_password_single_line(self):
        """Qt does not say what is a single line, but always what is a password."""
        self.check_single_line(self.start_qt)


if __name__ == "__main__":
    tap.main()
