#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command proof in German. PROOFD_LOCALES: the translations of this build."""

import tap
from test_cli import Case


class German(Case):
    def setUp(self):
        super().setUp()
        self.env.update(LANGUAGE="de")

    def test_report(self):
        out = self.proof(stdin="I recieve it.\n", status=1)
        self.assertIn("„recieve“ steht nicht im Wörterbuch: Ist „receive“ gemeint?", out)
        self.assertEqual(out.splitlines()[-1], "1 Fund.")
        self.assertIn("Nichts gefunden in 1 Datei.", self.proof(stdin="It is here.\n"))

    def test_trouble(self):
        self.proof("--level=carefull", status=2)
        self.assertIn("; ist „careful“ gemeint?", self.errors)

    def test_variant(self):
        out = self.proof("--variant=us", stdin="It has a new colour.\n", status=1)
        self.assertIn("„colour“ schreibt man im verlangten Englisch „color“.", out)

    def test_explain(self):
        text = "It rains. She go to school.\n"
        out = self.proof("explain", "-:1:15", stdin=text)
        for line in ("<stdin>:1:15: „go“", "Gemeldet auf Stufe default",
                     "Was das Modell dazu sagt"):
            self.assertIn(line, out.splitlines())
        self.assertRegex(out, r"(?m)^    falsch   .+\n    richtig  ")
        self.assertIn("Zum Abschalten:", self.proof("explain", "spelling/unknown"))
        self.assertIn("Die Wahrscheinlichkeit, dass hier",
                      self.proof("explain", "-:1:1", stdin="She goes to school.\n"))
        page = self.proof("explain", "--html", "-:1:15", stdin=text)
        self.assertIn('<html lang="de">', page)
        self.assertIn("lässt es falsch aussehen", page)
        self.proof("explain", "speling/unknown", status=2)
        self.assertIn("ist „spelling/unknown“ gemeint?", self.errors)
        self.proof("explain", "-:2:1", stdin="It is.\n", status=2)
        self.assertIn("Die Datei hat 1 Zeile", self.errors)

    def test_not_in_c(self):
        self.env.update(LC_ALL="C")
        self.assertIn("Nothing found in 1 file.", self.proof(stdin="It is here.\n"))


if __name__ == "__main__":
    tap.main()
