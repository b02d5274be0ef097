#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Links and pictures of the manual (docs/), the README files and other Markdown; the manual's HTML.

Environment: DOCS_HTML: where the HTML was built; empty: it was not. DOCS_PAGES: the pages that
docs/meson.build names, separated by spaces.
"""

import html.parser
import os
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "plugin"))
sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
HTML = os.environ.get("DOCS_HTML", "")
PAGES = os.environ["DOCS_PAGES"].split()
SKIPPED = {".git", "build", "node_modules", "LICENSES", ".pytest_cache"}
MAX_PNG_BYTES = 60 * 1000
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def documents():
    """All Markdown files but those of test data."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix == ".md" and "tests/plugin/data" not in str(path):
                yield path


def prose(text):
    """Markdown without its blocks of code and code spans, which have no links."""
    text = re.sub(r"^( *)```.*?^\1```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "`", text)


def links(path):
    """(is a picture, text, target) of each link."""
    for mark, text, target in LINK.findall(prose(path.read_text(encoding="utf-8"))):
        yield bool(mark), text, target


def anchors(path):
    """Where a link may point to in a page, as GitHub and lowdown name headings."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def is_outside(target):
    return re.match(r"https?://|mailto:", target)


def problem_of(path, target):
    """What is wrong with a link, or None."""
    name, _, anchor = target.partition("#")
    file = path if not name else (path.parent / name)
    if not file.exists():
        return "there is no such file"
    if anchor and anchor not in anchors(file):
        return "the page has no such heading"
    if DOCS in path.parents and DOCS not in file.resolve().parents:
        return "a page of the manual is installed without the sources"
    return None


class Page(html.parser.HTMLParser):
    """What a page of HTML refers to, and where it can be entered."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.ids, self.title = [], set(), ""
        self.in_title = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.targets += [values[key] for key in ("href", "src") if key in values]
        self.ids.add(values.get("id"))
        self.in_title = tag == "title"

    def handle_data(self, data):
        self.title += data if self.in_title else ""
        self.in_title = False


class Markdown(unittest.TestCase):
    maxDiff = None

    def test_links_and_pictures(self):
        broken, count = [], 0
        for path in documents():
            for _, _, target in links(path):
                count += 1
                problem = None if is_outside(target) else problem_of(path, target)
                if problem:
                    broken.append(f"{path.relative_to(ROOT)}: {target}: {problem}")
        self.assertEqual(broken, [])
        self.assertGreater(count, 100)

    def test_every_page_is_reachable(self):
        seen, waiting = set(), [DOCS / "index.md"]
        while waiting:
            path = waiting.pop()
            if path in seen or not path.exists():
                continue
            seen.add(path)
            waiting += [path.parent / target.partition("#")[0] for _, _, target in links(path)
                        if re.match(r"[\w-]+\.md(#|$)", target)]
        self.assertEqual(sorted(DOCS.glob("*.md")), sorted(seen))

    def test_every_page_is_built(self):
        self.assertEqual(sorted(PAGES), sorted(path.stem for path in DOCS.glob("*.md")))

    def test_pictures(self):
        used = {(path.parent / target).resolve() for path in documents()
                for is_picture, _, target in links(path) if is_picture}
        pictures = set((DOCS / "images").iterdir())
        self.assertEqual(pictures - used, set(), "pictures that no page shows")
        for path in sorted(pictures):
            with self.subTest(path.name):
                self.assertIn(path.suffix, (".png", ".svg"))
                if path.suffix == ".png":
                    self.assertLess(path.stat().st_size, MAX_PNG_BYTES)

    def test_pictures_have_a_description(self):
        for path in DOCS.glob("*.md"):
            for is_picture, text, target in links(path):
                if is_picture:
                    self.assertGreater(len(text.split()), 2, (path.name, target))

    def test_pages_say_what_users_need(self):
        """A page of a program: how to install it, turn it off, and what to do if it fails."""
        for path in DOCS.glob("*.md"):
            if path.stem in ("index", "settings", "privacy", "developers", "troubleshooting"):
                continue
            headings = " ".join(anchors(path))
            self.assertRegex(headings, "install", path.name)
            self.assertRegex(headings, "not-work|wrong|trouble|problem", path.name)
            self.assertRegex(path.read_text(encoding="utf-8"), r"[Tt]urn (it )?off", path.name)

    def test_examples_are_those_installed(self):
        page = (DOCS / "lsp.md").read_text(encoding="utf-8")
        for name, language in (("kate.json", "json"), ("helix.toml", "toml")):
            example = (ROOT / "plugin" / "lsp" / name).read_text(encoding="utf-8")
            block = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)[1]
            self.assertTrue(example.endswith(block), name)


@unittest.skipUnless(HTML and Path(HTML, "index.html").exists(), "needs lowdown")
class Built(unittest.TestCase):
    def setUp(self):
        self.pages = {name: Page(Path(HTML, f"{name}.html")) for name in PAGES}

    def test_titles(self):
        titles = {page.title for page in self.pages.values()}
        self.assertEqual(len(titles), len(PAGES))
        self.assertNotIn("", titles)

    def test_links(self):
        """As they are where the pages, the style sheet and the pictures are installed."""
        broken = []
        for name, page in self.pages.items():
            for target in filter(lambda target: not is_outside(target), page.targets):
                file, _, anchor = target.partition("#")
                stem = Path(file).stem if file else name
                if file.startswith("images/") or file == "style.css":
                    good = (DOCS / file).is_file()
                elif file and not file.endswith(".html"):
                    good = False
                else:
                    good = stem in self.pages and (not anchor or anchor in self.pages[stem].ids)
                if not good:
                    broken.append(f"{name}.html: {target}")
        self.assertEqual(broken, [])


if __name__ == "__main__":
    tap.main()
