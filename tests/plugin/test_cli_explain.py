#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof explain: rules, and places as text, JSON and HTML.

Environment: as case.py.
"""

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from unicodedata import east_asian_width

import tap
from case import TEXT, BusCase, Case

SENTENCE = "It rains. She go to school.\n"
COMPLETION = Path(os.environ["COMPLETIONS"], "proof")


def columns(line):
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


class Rules(Case):
    def test_list(self):
        lines = self.proof("explain").splitlines()
        rules = [line.split()[0] for line in lines]
        self.assertEqual(rules, sorted(rules))
        self.assertIn("spelling/unknown", rules)
        self.assertTrue(all(len(line.split()) > 1 for line in lines))
        pages = json.loads(self.proof("explain", "--json"))
        self.assertEqual([page["rule"] for page in pages], rules)

    def test_each_rule(self):
        """Each can be explained, and turned off as its page says."""
        for rule in (line.split()[0] for line in self.proof("explain").splitlines()):
            out = self.proof("explain", rule)
            page, = json.loads(self.proof("explain", "--json", rule))
            self.assertEqual(page["rule"], rule)
            self.assertNotEqual(page["wrong"], page["right"])
            self.assertIn(f"{rule}: {page['title']}", out)
            self.assertIn(page["wrong"], out)
            self.assertIn(page["right"], out)
            option, = re.findall(r"--disable=\S+", out)
            self.assertNotIn(rule, self.proof("--gnu", option, stdin="This is fine.\n"))

    def test_wide_letters(self):
        """Chinese has no spaces to end a line at, and its letters take two columns."""
        self.env.update(LANGUAGE="zh_CN")
        out = self.proof("explain", "spelling/unknown")
        text = out.split("\n\n")[1].splitlines()
        self.assertGreater(len(text), 1)
        for line in text:
            self.assertTrue(line.startswith("    "))
            self.assertLessEqual(columns(line), 78)
            self.assertNotIn(line[4], "，。；：！？、）”")
        self.assertGreater(columns(text[0]), 70)
        self.assertRegex(out, r"(?m)^    错误  I .*\n    正确  I ")
        status = self.proof("status", "--local").splitlines()
        self.assertEqual([columns(line[:re.search(r"  +", line).end()]) for line in status],
                         [12] * len(status))

    def test_kind(self):
        pages = json.loads(self.proof("explain", "--json", "spelling"))
        self.assertEqual([page["rule"] for page in pages],
                         ["spelling/model", "spelling/unknown", "spelling/variant"])
        self.assertIn("spelling/unknown: ", self.proof("explain", "spelling"))

    def test_slips(self):
        for rule, hint in (("speling/unknown", 'did you mean "spelling/unknown"'),
                           ("spelling/xyzzy", "spelling/model, spelling/unknown"),
                           ("xyzzy", "FILE:LINE:COLUMN"), ("a.txt:3", "FILE:LINE:COLUMN")):
            self.assertEqual(self.proof("explain", rule, status=2), "")
            self.assertIn(hint, self.errors)
        self.proof("explain", "spelling", "agreement", status=2)
        self.proof("explain", "--html", "spelling", status=2)

    def test_completion(self):
        script = (f'proof() {{ "{os.environ["PROOF"]}" "$@"; }}; source "{COMPLETION}"\n'
                  "COMP_WORDS=(proof explain spelling/un); COMP_CWORD=2; _proof\n"
                  'echo "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script], env=self.env, cwd=self.work,
                              stdout=subprocess.PIPE, check=True)
        self.assertEqual(done.stdout, b"spelling/unknown\n")


class Reader(HTMLParser):
    """The text of a page, what it would load, and whether its elements nest."""

    void = {"meta", "rect"}

    def __init__(self, page):
        super().__init__()
        self.text, self.loads, self.open = "", [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        if tag in ("script", "link", "img"):
            self.loads.append(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


class Place(Case):
    def explain(self, where, *args, **more):
        return json.loads(self.proof("explain", "--json", where, *args, **more))

    def test_json(self):
        self.write("a.txt", "Fine.\nThe é day. " + SENTENCE)
        report = self.explain("a.txt:2:27")
        self.assertEqual((report["file"], report["line"], report["column"], report["offset"],
                          report["length"], report["text"]), ("a.txt", 2, 26, 31, 2, "go"))
        self.assertEqual(report["sentence"]["text"], "She go to school.")
        self.assertIs(report["known"], True)
        self.assertIn(report["chances"][0]["kind"], ("agreement", "verb-form"))
        self.assertAlmostEqual(sum(c["chance"] for c in report["chances"]), 1, delta=0.01)
        words = {c["text"]: c["log_odds"] for c in report["contributions"]}
        self.assertEqual(list(words), ["She", "to", "school", "."])
        self.assertGreater(words["She"], words["."])
        self.assertGreater(words["She"], 1)
        finding, = report["findings"]
        self.assertIn("goes", finding["replacements"])
        self.assertEqual([page["rule"] for page in report["rules"]], [finding["rule"]])
        self.assertEqual(report["reason"], "")

    def test_text(self):
        self.write("a.txt", SENTENCE)
        out = self.proof("explain", "a.txt:1:15", env={**self.env, "COLUMNS": "70"})
        lines = out.splitlines()
        self.assertEqual(lines[0], "a.txt:1:15: “go”")
        self.assertEqual(lines[1], "    She go to school.")
        self.assertEqual(lines[2], "        ^~")
        self.assertIn("Reported at level default", lines)
        self.assertRegex(out, r"(?m)^     \d\d\.\d %  (agreement|verb-form) +█")
        self.assertRegex(out, r"(?m)^    She +\+\d+\.\d\d +│█+▌?$")
        self.assertRegex(out, r"(?m)^    go +· +│$")
        axes = {line.index("│") for line in lines if "│" in line}
        self.assertEqual(len(axes), 1)
        self.assertLess(max(map(len, lines)), 80)
        self.assertNotIn("\033", out)
        self.assertIn("\033[", self.proof("explain", "--color=always", "a.txt:1:15"))

    def test_not_reported(self):
        report = self.explain("-:1:4", stdin="She goes to school.\n")
        self.assertEqual((report["file"], report["text"]), ("<stdin>", "goes"))
        self.assertEqual(report["findings"], [])
        self.assertIn("level default", report["reason"])
        self.assertIn(report["reason"].split()[0],
                      self.proof("explain", "-:1:4", stdin="She goes to school.\n"))
        off = self.explain("-:1:3", "--disable=spelling", stdin=TEXT)
        self.assertIn("turned off", off["reason"])

    def test_where(self):
        """As --gnu prints it, with its colon; files with colons; Markdown by the name."""
        for name in ("a.txt", "b:1:2.md"):
            self.write(name)
            found = self.proof("--gnu", name, status=1).splitlines()[0]
            where = found.split(" ")[0]
            self.assertEqual(self.explain(where)["text"], "recieve")
        self.write("c.md", "She *go* to school.\n")
        self.assertEqual(self.explain("c.md:1:5")["text"], "go")
        self.assertTrue(self.explain("c.md:1:5")["findings"])

    def test_outside(self):
        self.write("a.txt", "é recieve it.\r\n\nFine.\n")
        self.write("empty.txt", "")
        for where, told in (("a.txt:4:1", "it has 3 lines"), ("a.txt:0:1", "it has 3 lines"),
                            ("a.txt:1:14", "13 columns"), ("a.txt:1:0", "13 columns"),
                            ("a.txt:2:1", "0 columns"), ("empty.txt:1:1", "0 lines"),
                            ("none.txt:1:1", "No such file")):
            self.assertEqual(self.proof("explain", where, status=2), "", where)
            self.assertIn(told, self.errors, where)
        self.proof("explain", "-:1:1", stdin=" \n", status=2)
        self.assertIn("no word", self.errors)
        self.assertEqual(self.explain("a.txt:1:13")["text"], ".")

    def test_other_language(self):
        report = self.explain("-:1:1", "--language=de_DE", stdin="Tagg.\n")
        self.assertEqual((report["chances"], report["contributions"]), ([], []))
        self.assertIs(report["known"], False)
        out = self.proof("explain", "-:1:1", "--language=de_DE", stdin="Tagg.\n")
        self.assertNotIn("What the model says", out)

    def test_html(self):
        text = ("See <b>\"x\" & 'y'</b> she recieve \033[1m\u202eit,\n"
                "in <script>alert(1)</script>.\n")
        page = self.proof("explain", "--html", "-:1:30", stdin=text)
        reader = Reader(page)
        self.assertEqual((reader.open, reader.loads), ([], []))
        self.assertIn("“recieve”", reader.text)
        self.assertIn("receive", reader.text)
        self.assertIn("spelling/unknown", reader.text)
        self.assertNotIn("\033", page)
        self.assertNotIn("\u202e", page)
        self.assertIn("prefers-color-scheme:dark", page)
        self.assertIn("<mark>recieve</mark>", page)
        fine = self.proof("explain", "--html", "-:1:4", stdin="She goes to school.\n")
        self.assertIn("Not reported", Reader(fine).text)
        self.proof("explain", "--html", "--json", "-:1:4", stdin=text, status=2)

    def test_html_in_a_locale_with_commas(self):
        page = self.proof("explain", "--html", "-:1:15", stdin=SENTENCE,
                          env={**self.env, "LC_ALL": "", "LC_NUMERIC": "de_DE.UTF-8",
                               "LC_MESSAGES": "en_US"})
        self.assertRegex(page, r'style="--a:1\.000"')


class Service(BusCase):
    def test_same_as_in_process(self):
        self.write("a.md", "# Héading\n\nI *recieve* the 日本 mail.\n\nShe go home with it.\n")
        for where in ("a.md:3:5", "a.md:5:5", "a.md:5:8"):
            for form in ("--json", "--html", "--color=never"):
                done = self.run_proof("-v", "explain", form, where)
                here = self.run_proof("--local", "explain", form, where)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(done.stdout, here.stdout, (where, form))
        self.assertTrue(json.loads(self.proof("status", "--json"))["running"])

    def test_errors(self):
        self.proof("explain", "-:1:1", stdin=" \n", status=2)
        self.assertIn("no word", self.errors)
        self.proof("explain", "--language=xx_XX", "-:1:1", stdin=TEXT, status=2)
        self.assertIn("xx", self.errors)


if __name__ == "__main__":
    tap.main()
