#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command proof in other languages. PROOFD_LOCALES: the translations of this build."""

import tap
from test_cli import Case

# The language, one of its messages (a part), "1 finding." and "2 findings.", "0 words" and "1 word"
TABLE = [
    ("de", "„recieve“ steht nicht im Wörterbuch:", "1 Fund.", "2 Funde.", "0 Wörter", "1 Wort"),
    ("es", "«recieve» no está en el diccionario:", "1 aviso.", "2 avisos.", "0 palabras",
     "1 palabra"),
    ("fr", "«\u00a0recieve\u00a0» n’est pas dans", "1 problème.", "2 problèmes.", "0 mot", "1 mot"),
    ("zh_CN", "“recieve”不在词典中：", "发现 1 个问题。", "发现 2 个问题。", "0 个单词", "1 个单词"),
]


class EachLanguage(Case):
    def test_findings(self):
        for language, message, one, two, *_ in TABLE:
            with self.subTest(language):
                self.env.update(LANGUAGE=language)
                out = self.proof(stdin="I recieve it.\n", status=1)
                self.assertIn(message, out)
                self.assertEqual(out.splitlines()[-1], one)
                out = self.proof(stdin="I recieve it. I recieve it.\n", status=1)
                self.assertEqual(out.splitlines()[-1], two)

    def test_words(self):
        for language, *_, none, one in TABLE:
            with self.subTest(language):
                self.env.update(LANGUAGE=language)
                self.assertRegex(self.proof("doctor", status=1), f"(?m) {none}$")
                self.proof("words", "add", "proofd")
                self.assertRegex(self.proof("doctor", status=1), f"(?m) {one}$")
                self.proof("words", "remove", "proofd")


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
