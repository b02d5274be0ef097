#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/emacs in a real Emacs in a terminal, set up as docs/emacs.md says, with real keys.

Environment: as case.py.
"""

import os
import re
import shutil
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position
from terminal import Terminal  # noqa: E402  pylint: disable=wrong-import-position
from test_emacs import ROOT, EmacsCase  # noqa: E402  pylint: disable=wrong-import-position

ROWS, COLUMNS = 24, 80
TEXT = "She go to school every days. I recieve it."


def page_block(heading):
    """The first Emacs Lisp after the heading, as a user copies it."""
    page = (ROOT / "docs" / "emacs.md").read_text().split(heading, 1)[1]
    return re.search(r"```elisp\n(.*?)```", page, re.DOTALL)[1]


@unittest.skipUnless(shutil.which("vim"), "needs Vim for its terminal: ./dev test --clients")
class Keys(EmacsCase):
    def setUp(self):
        super().setUp()
        home = Path(self.env["HOME"])
        (home / ".emacs.d").mkdir(parents=True)
        # as package-install-file does
        (home / ".emacs.d" / "init.el").write_text(
            "(setq inhibit-startup-screen t native-comp-async-report-warnings-errors nil)\n"
            f'(add-to-list \'load-path "{self.package}")\n{page_block("## Enable")}')
        self.path = self.dir / "letter.txt"
        self.terminal = Terminal(["emacs", "-nw", "--no-site-file", str(self.path)], self.env,
                                 self.work, ROWS, COLUMNS)
        self.addCleanup(self.terminal.close)
        self.see("letter.txt")

    def screen(self):
        return "\n".join(self.terminal.lines())

    def see(self, text):
        self.until(self.screen, lambda screen: text in screen, f"to see {text!r}")

    def type(self, keys):
        self.terminal.send(keys)

    def first_line(self):
        return self.terminal.lines()[1 if self.has_menu() else 0].rstrip()

    def has_menu(self):
        return self.terminal.lines()[0].startswith("File Edit")

    def underlined(self):
        """The words of the text that are underlined, and the colour of each."""
        words, row = [], 2 if self.has_menu() else 1
        last = None
        for text, attributes, colour, _ in self.terminal.cells(row):
            mark = colour if "underline" in attributes else None
            if mark and mark == last:
                words[-1][0] += text
            elif mark:
                words.append([text, mark])
            last = mark
        return words

    def until_underlined(self, *wanted):
        return self.until(lambda: [word for word, _ in self.underlined()],
                          lambda words: words == list(wanted), f"{wanted} underlined")

    def test_letter(self):
        self.type(TEXT + " ")
        self.until_underlined("go", "days", "recieve")
        self.see("Proofd:3")
        marks = dict(self.underlined())
        self.assertEqual(marks["go"], marks["days"])
        self.assertNotEqual(marks["go"], marks["recieve"])
        self.type("<C-A><Esc>$")
        self.see("goes")
        self.type("<CR>")
        self.until(self.first_line, lambda line: line.startswith("She goes to"), "the correction")
        self.until_underlined("days", "recieve")
        self.type("<C-_>")  # undo
        self.until(self.first_line, lambda line: line == TEXT, "the text as it was")
        self.type("<C-E>")  # a word at point is not underlined while it changes
        self.until_underlined("go", "days", "recieve")
        self.type("<Esc>$1")  # the nearest one, the first correction by its number
        self.until(self.first_line, lambda line: line.endswith("I receive it."), "the correction")
        self.type("<C-X><C-S>")
        self.until(self.path.exists, bool, "the file")
        self.assertEqual(self.path.read_text().strip(), TEXT.replace("recieve", "receive"))
        self.type("<C-X><C-C>")
        self.until(self.terminal.has_ended, bool, "the end")

    def test_word_and_mode(self):
        self.type("I recieve a letter, and we recieve another. ")
        self.until_underlined("recieve", "recieve")
        self.type("<C-A><C-F><C-F><C-F><Esc>xproofd-add-word<CR>")
        self.see("Accept in all programs: recieve")
        self.type("<CR>")
        self.until_underlined()
        self.assertIn("recieve", self.proof("words", "list"))
        self.type("<C-E>teh cat ")
        self.until_underlined("teh")
        self.see("Proofd:1")
        self.type("<Esc>xglobal-proofd-mode<CR>")
        self.until_underlined()
        self.assertNotIn("Proofd:", self.screen())


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    tap.main()
