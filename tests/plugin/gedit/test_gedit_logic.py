#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/gedit without gedit: its plain logic, its translations, and what the service knows.

Environment: as gedit_case.py.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path
from types import ModuleType, SimpleNamespace

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent.parent), os.environ["PROOFD_GEDIT"]]
import tap  # noqa: E402
from case import Case  # noqa: E402
# not through proofd/__init__.py, which needs gedit
sys.modules["proofd"] = ModuleType("proofd")
sys.modules["proofd"].__path__ = [str(Path(os.environ["PROOFD_GEDIT"]) / "proofd")]
from proofd import formats, i18n, logic  # noqa: E402

LANGUAGES = """
import gi
gi.require_version("GtkSource", "4")
from gi.repository import GtkSource
print(*GtkSource.LanguageManager.get_default().get_language_ids())
"""


def finding(start, length, kind="spelling"):
    return SimpleNamespace(start=start, length=length, kind=kind)


class Spans(unittest.TestCase):
    def test_moves(self):
        """(span, start, removed, inserted) and where it is then."""
        for span, edit, moved in [
                (None, (0, 1, 1), None),
                ((5, 9), (0, 0, 3), (8, 12)),  # before
                ((5, 9), (0, 3, 0), (2, 6)),
                ((5, 9), (10, 4, 2), (5, 9)),  # behind
                ((5, 9), (6, 1, 4), (5, 12)),  # inside
                ((5, 9), (5, 0, 2), (5, 11)),  # at its borders
                ((5, 9), (9, 0, 2), (5, 11)),
                ((5, 9), (3, 10, 1), (3, 4)),  # all of it
                ((5, 9), (3, 4, 0), (3, 5)),  # its beginning
                ((5, 9), (7, 4, 0), (5, 7)),  # its end
                ((5, 5), (5, 0, 2), (5, 7))]:
            with self.subTest(span=span, edit=edit):
                self.assertEqual(logic.move(span, *edit), moved)

    def test_union(self):
        self.assertEqual(logic.union(None, (1, 2)), (1, 2))
        self.assertEqual(logic.union((1, 2), None), (1, 2))
        self.assertEqual(logic.union((4, 5), (1, 2)), (1, 5))

    def test_what_is_underlined(self):
        self.assertEqual(logic.span_of(finding(3, 4), 9), (3, 7))
        self.assertEqual(logic.span_of(finding(3, 0), 9), (2, 4))
        self.assertEqual(logic.span_of(finding(0, 0), 9), (0, 1))
        self.assertEqual(logic.span_of(finding(9, 0), 9), (8, 9))

    def test_correction_takes_a_space_along(self):
        """Only where words go."""
        for inserted, before, after, wanted in [
                ("the", " ", " ", (4, 7)), ("", " ", " ", (3, 7)), ("", " ", ".", (3, 7)),
                ("", " ", "", (3, 7)), ("", " ", "\n", (3, 7)), ("", "", " ", (4, 8)),
                ("", "\n", " ", (4, 8)), ("", "(", ")", (4, 7)), ("", " ", "x", (4, 7))]:
            with self.subTest(inserted=inserted, before=before, after=after):
                self.assertEqual(logic.widen((4, 7), inserted, before, after), wanted)
        self.assertEqual(logic.widen((4, 4), "", " ", " "), (4, 4))


class Lists(unittest.TestCase):
    items = [finding(2, 3), finding(5, 4), finding(20, 0), finding(30, 10, "agreement"),
             finding(32, 2)]
    findings = logic.Findings(items)
    empty = logic.Findings([])

    def test_at_a_place(self):
        for offset, wanted in [(1, None), (2, 0), (4, 0), (5, 1), (9, 1), (10, None), (19, 2),
                               (20, 2), (31, 3), (33, 4), (40, 3), (41, None)]:
            with self.subTest(offset):
                found = self.findings.at(offset)
                self.assertIs(found, None if wanted is None else self.items[wanted])
        self.assertIsNone(self.empty.at(3))

    def test_next_and_previous(self):
        for offset, following, previous in [(0, 0, 4), (2, 1, 4), (3, 1, 0), (20, 3, 1),
                                            (32, 0, 3), (99, 0, 4)]:
            with self.subTest(offset):
                self.assertIs(self.findings.next(offset), self.items[following])
                self.assertIs(self.findings.previous(offset), self.items[previous])
        self.assertIsNone(self.empty.next(3))
        self.assertIsNone(self.empty.previous(3))

    def test_while_it_is_typed(self):
        word = finding(5, 4)
        self.assertEqual([logic.is_typed(word, at) for at in (None, 5, 6, 9, 10)],
                         [False, False, True, True, False])
        self.assertEqual(logic.Findings(self.items, 7).items, [self.items[0], *self.items[2:]])
        self.assertEqual(logic.Findings(self.items, 7).next(3), self.items[2])

    def test_near_a_span(self):
        """Against all of them, one by one."""
        for start in range(45):
            for end in range(start, 45):
                near = self.findings.near(start, end)
                for item in self.items:
                    if item.start <= end and item.start + item.length >= start:
                        self.assertIn(item, near)
        self.assertEqual(self.findings.near(12, 13), self.items[:2])

    def test_labels(self):
        for text, action, label in [("goes", "replace", "goes"), ("", "delete", "Delete “the”"),
                                    ("a ", "insert", "Insert “a”"), ("x" * 50, "replace",
                                                                     "x" * 39 + "…")]:
            self.assertEqual(logic.label_of(SimpleNamespace(text=text, action=action), "the"),
                             label)
        self.assertEqual(self.findings.summary(),
                         "5 findings: 4 spelling, 1 grammar and style")

    def test_words_of_ones_own(self):
        self.assertEqual([logic.is_word(word) for word in ("naïve", "", "a b", "a\tb", "ä" * 100,
                                                           "ä" * 101)],
                         [True, False, False, False, True, False])


class Formats(Case):
    def test_each_is_known_to_the_service(self):
        """The formats by their names on both sides."""
        names = {formats.format_of(name) for name in
                 [None, *formats.PROSE, *formats.PROGRAMS, *formats.SAME]}
        self.assertNotIn(None, names)
        for name in sorted(names):
            self.proof("--format", name, "-", stdin="")
        self.assertIsNone(formats.format_of("csv"))

    def test_each_is_known_to_gtksourceview(self):
        known = subprocess.run(["/usr/bin/python3", "-c", LANGUAGES], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, check=False).stdout.decode().split()
        if not known:
            self.skipTest("needs gir1.2-gtksource-4")
        self.assertEqual({*formats.PROSE, *formats.PROGRAMS, *formats.SAME} - set(known), set())


class Translations(Case):
    def test_beside_the_plugin(self):
        """The catalogue of the prefix that it was installed in, or none."""
        if "PROOFD_LOCALES" not in os.environ:
            self.skipTest("needs PROOFD_LOCALES")
        os.environ["LANGUAGE"] = "de"
        self.addCleanup(os.environ.__setitem__, "LANGUAGE", "")
        (self.dir / "share").mkdir()
        (self.dir / "share" / "locale").symlink_to(os.environ["PROOFD_LOCALES"])
        here = self.dir / "lib" / "gedit" / "plugins" / "proofd" / "i18n.py"
        locales = os.environ.pop("PROOFD_LOCALES")
        self.addCleanup(os.environ.__setitem__, "PROOFD_LOCALES", locales)
        self.assertEqual(i18n.find_translations(here).gettext("Ignore here"), "Hier ignorieren")
        os.environ["LANGUAGE"] = "xx"
        self.assertEqual(i18n.find_translations(here).gettext("Ignore here"), "Ignore here")


if __name__ == "__main__":
    tap.main()
