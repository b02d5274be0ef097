#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof on files that are not plain text. Environment: as case.py"""

import tap
from case import Case

FILES = {"a.c": "int recieve; /* We definately do. */\n",
         "a.tex": "\\section{A} We definately \\cite{recieve}.\n",
         "a.html": "<p class='recieve'>We definately do.</p>\n",
         "a.rst": "Text::\n\n  recieve\n\nWe definately do.\n",
         "a.js": "x = f('I dont know the way, but you do.')\n",
         "COMMIT_EDITMSG": "Do it\n\nWe definately do.\n# recieve\n"}


class Formats(Case):
    """The format is what --format says, or the file's name."""

    def test_fix(self):
        """A repair leaves the rest of the file as it was, and is written as the format wants it."""
        for name, text in FILES.items():
            self.write(name, text)
            self.proof("--fix", name)
            self.assertEqual((self.work / name).read_text(encoding="utf-8"),
                             text.replace("definately", "definitely").replace("dont", "don\\'t"))

    def test_option(self):
        found = self.proof("--gnu", "--format=code:python", status=1,
                           stdin="recieve = 1  # We definately do.\n")
        self.assertIn("definately", found)
        self.assertNotIn("recieve", found)

    def test_unknown(self):
        self.proof("--format=code:pyton", status=2)
        self.assertIn('did you mean "code:python"', self.errors)
        self.proof("--format=nothing", status=2)
        self.assertIn("latex, rst, commit, code:NAME", self.errors)


if __name__ == "__main__":
    tap.main()
