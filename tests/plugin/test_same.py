#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same text gets the same findings through every door, whatever is in it.

Random texts are put together from sentences with and without errors. `proof --local`, with the
engine in its own process, is what all others are compared with: `proof` through the bus, the HTTP
API, the language server, the same text after others, and the same text with markup in it.

Environment: as http_case.py, and PROOFD_LSP; PROOFD_ROUNDS: how many times as many texts as usual.
"""

import html
import json
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lsp"))
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import tap  # noqa: E402
from http_case import HttpCase, code_points, places  # noqa: E402
from lsp_case import NEVER, LspCase  # noqa: E402

SEED = 20260801
ROUNDS = int(os.environ.get("PROOFD_ROUNDS", "1"))
N_TEXTS = 12
SENTENCES = [
    "She go to school every days.", "I recieve it.", "The the cat sat on teh mat.",
    "He want to by a new car tomorow.", "They has many informations about it.",
    "It's tail is long, and the dog wagged it's tail too.", "A apple a day is an good idea.",
    "This sentence is right.", "We went home early, because it rained.",
    "Their is a problem here.",
    "\U0001F600 Smileys stand befor words \U0001F469\u200D\U0001F52C and behind them \U0001F600.",
    "Caf\u00e9 na\u00efve r\u00e9sum\u00e9s are writen with accents.",
    "Cafe\u0301s are allways open.",
    "\u201cQuotes\u201d \u2014 and dashs \u2014 are here\u2026",
    "Dr. Smith, e.g., dont know this .",
    "See http://example.org/teh and mail@example.org, wich are adresses.", "i am at home ,now.",
    "\u4e2d\u6587 stands in the midle.", "\u05e9\u05dc\u05d5\u05dd is a freindly word.",
    "Zero\u200bwidth and soft\u00adhyphens are seperate things.",
    "I has 3.14 pies and 1,000 thing.",
]
BETWEEN = [" ", " ", " ", "  ", "\n", "\r\n", "\n\n", "\r\n\r\n", "\n\n\n", "\t", " \n"]
PROSE = SENTENCES[:10] + [SENTENCES[11], SENTENCES[-1]]  # whose words may all be marked
ODD_TEXTS = ["", " ", "\n", "\r\n", ".", "teh", "teh\r\n", "\U0001F600", "a\u0301teh",
             "I recieve it.\u2028I recieve it."]
# which proof counts in its own way
MORE_ODD_TEXTS = ["\ufeffteh", "I recieve it.\rI recieve it."]


def random_text(source):
    parts = []
    for _ in range(source.randrange(1, 9)):
        parts += [source.choice(SENTENCES), source.choice(BETWEEN)]
    return "".join(parts if source.random() < 0.5 else parts[:-1])


def texts(name, n=N_TEXTS):
    source = random.Random(f"{SEED} {name}")
    return [random_text(source) for _ in range(n * ROUNDS)]


class Same:
    """What `proof --local` says of texts, all in one process."""

    def local(self, all_texts, text_format, *options):
        """A list of findings for each text: dictionaries of proof's JSON."""
        paths = [self.write(f"{i}.txt", text) for i, text in enumerate(all_texts)]
        return self.report(paths, "--local", f"--format={text_format}", *options)

    def matches(self, **form):
        """What the HTTP API finds, on one connection: the server has a limit."""
        self.line = getattr(self, "line", None) or self.connect()
        form = {"language": "en-US", **form}
        return self.answer("/v2/check", form, connection=self.line)["matches"]

    def report(self, paths, *options):
        done = self.run_proof("--json", "--language=en_US", *options, *paths)
        self.assertEqual(done.stderr, b"")
        self.assertIn(done.returncode, (0, 1))
        return [file["findings"] for file in json.loads(done.stdout)["files"]]


class Doors(Same, HttpCase, LspCase):
    def test_bus(self):
        sources = texts("bus") + ODD_TEXTS + MORE_ODD_TEXTS
        for text_format in "plain", "markdown", "html", "latex", "rst", "commit", "code:c":
            wanted = self.local(sources, text_format)
            paths = [self.work / f"{i}.txt" for i in range(len(sources))]
            self.assertEqual(self.report(paths, f"--format={text_format}"), wanted, text_format)

    def test_http(self):
        sources = texts("http") + ODD_TEXTS
        for text, findings in zip(sources, self.local(sources, "plain", "--variant=us")):
            got = places(text, self.matches(text=text))
            self.assertEqual(len(got), len(findings), text)
            for (start, end, first), finding in zip(sorted(got), findings):
                self.assert_place(text, (start, end, first), finding)

    def assert_place(self, text, place, finding):
        """A place may be wider where something is inserted or deleted; the result is the same."""
        start, end, first = place
        start_, end_ = finding["offset"], finding["offset"] + finding["length"]
        first_ = (finding["replacements"] or [None])[0]
        self.assertTrue(start <= start_ and end_ <= end, (text, place, finding))
        self.assertEqual(first is None, first_ is None, (text, place, finding))
        if first is not None:
            self.assertEqual(text[:start] + first + text[end:],
                             text[:start_] + first_ + text[end_:])

    def test_lsp(self):
        client = self.session(settings=NEVER)
        languages = {"plain": "plaintext", "markdown": "markdown", "html": "html",
                     "latex": "latex"}
        for text_format, language in languages.items():
            for i, text in enumerate(texts(f"lsp {text_format}", N_TEXTS // 2) + ODD_TEXTS):
                uri = f"file:///home/writer/{language}{i}"
                client.open(uri, text, language)
                self.check_document(client, text, text_format, uri)
                client.close(uri)

    def check_document(self, client, text, text_format, uri):
        LspCase.check(self, client, text, text_format=text_format, uri=uri)


class Order(Same, HttpCase):
    """What is found in a text does not depend on what the same process checked before."""

    def batch(self, sources, *options):
        """Findings by text, of `proof batch` over the texts in this order."""
        lines = "".join(json.dumps({"id": text, "text": text}) + "\n" for text in sources)
        done = self.run_proof("batch", "--local", "--language=en_US", *options,
                              stdin=lines)
        self.assertEqual(done.stderr, b"")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer["id"] for answer in answers], list(sources))
        return {answer["id"]: answer["findings"] for answer in answers}

    def test_order(self):
        loop = ("A loop only yields a value if broken via some form of break ...; statement, in "
                "which case it yields the value resulting from the {} of the statement's "
                "expression (EXPR above), or () if there is no EXPR expression.")
        once = [loop.format("evaulation"), *SENTENCES, *texts("order", 3 * N_TEXTS)]
        mended = [self.mend(text, found) for text, found in self.batch(once).items()]
        sources = list(dict.fromkeys(once + mended + [loop.format("evaluation")]))
        wanted = self.batch(sources, "--jobs=1")
        self.assertEqual(self.batch(sources[::-1], "--jobs=1"), wanted)
        self.assertEqual(self.batch(sources, "--jobs=2"), wanted)
        for text in random.Random(SEED).sample(sources, 8) + sources[-1:]:
            self.assertEqual(self.batch([text]), {text: wanted[text]})

    def mend(self, text, findings):
        """The text with the first repair of each finding, from the last: what the engine judges."""
        for finding in reversed(findings):
            if finding["replacements"]:
                text = (text[:finding["start"]] + finding["replacements"][0] +
                        text[finding["end"]:])
        return text


class Markup(Same, HttpCase):
    """A text with markup between its words has the findings of the text without."""

    def mapped(self, findings, starts):
        """(start, end, rule, message, replacements) with `starts` of each character.

        None are proposed where markup lies inside.
        """
        found = []
        for f in findings:
            start = starts[f["offset"]]
            end = starts[f["offset"] + f["length"] - 1] + 1 if f["length"] else start
            found.append((start, end, f["rule"], f["message"],
                          f["replacements"] if end - start == f["length"] else []))
        return found

    def decorate(self, source, text, marks, quote):
        """The text with some words in marks, and where each of its characters stands then."""
        out, starts = "", []
        for word in text.split(" "):
            before, after = source.choice(marks) if word and source.random() < 0.2 else ("", "")
            out += " " * bool(starts)
            starts += [len(out) - 1] * bool(starts)
            out += before
            for char in word:
                starts.append(len(out))
                out += quote(char)
            out += after
        return out, starts + [len(out)]

    def compare(self, name, text_format, marks, quote):
        source = random.Random(f"{SEED} {name}")
        plain = [" ".join(source.choice(PROSE) for _ in range(source.randrange(1, 6)))
                 for _ in range(3 * N_TEXTS * ROUNDS)]
        decorated = [self.decorate(source, text, marks, quote) for text in plain]
        wanted = self.local(plain, "plain")
        got = self.local([text for text, _ in decorated], text_format)
        for i, (text, starts) in enumerate(decorated):
            identity = range(len(text) + 1)
            self.assertEqual(self.mapped(got[i], identity), self.mapped(wanted[i], starts), text)

    def test_markdown(self):
        self.compare("markdown", "markdown", [("*", "*"), ("**", "**"), ("[", "](http://x.y)")],
                     lambda char: char)

    def test_html(self):
        self.compare("html", "html", [("<b>", "</b>"), ("<a href='x'>", "</a>"), ("<i>", "</i>")],
                     lambda char: html.escape(char, False))

    def test_latex(self):
        self.compare("latex", "latex", [("\\emph{", "}"), ("\\textbf{", "}")], lambda char: char)


class Annotated(Same, HttpCase):
    """Markup that the client names between the words changes no finding either."""

    def annotate(self, source, text):
        """Parts of it, all of them in a row, and where each character of the text stands there."""
        parts, starts, whole = [], [], ""
        for word in text.replace(" ", " \0").split("\0"):
            if source.random() < 0.3:
                parts.append({"markup": source.choice(["<b>", "</b>", "\U0001F600", "\n\n"])})
                whole += parts[-1]["markup"]
            parts.append({"text": word})
            starts += range(len(whole), len(whole) + len(word))
            whole += word
        return parts, whole, starts

    def assert_match(self, whole, starts, text, got, wanted):
        start, end = (code_points(text, wanted["offset"] + n) for n in (0, wanted["length"]))
        shown = (code_points(whole, got["offset"]),
                 code_points(whole, got["offset"] + got["length"]))
        place = starts[start], starts[end - 1] + 1
        keys = ["message", "rule", "sentence"]
        if place[1] - place[0] == end - start:
            self.assertEqual(shown, place, (text, got))
            keys.append("replacements")
        else:  # markup inside: it is not shown with the word beside it
            self.assertTrue(place[0] <= shown[0] and shown[1] <= place[1], (text, got))
        for key in keys:
            self.assertEqual(got[key], wanted[key])

    def test_annotated(self):
        source = random.Random(f"{SEED} annotated")
        for text in texts("annotated"):
            parts, whole, starts = self.annotate(source, text)
            got = self.matches(data=json.dumps({"annotation": parts}))
            wanted = self.matches(text=text)
            self.assertEqual(len(got), len(wanted), text)
            for one, other in zip(got, wanted):
                self.assert_match(whole, starts, text, one, other)


if __name__ == "__main__":
    tap.main()
