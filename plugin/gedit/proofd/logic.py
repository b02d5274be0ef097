# SPDX-License-Identifier: LGPL-2.1-or-later
"""What needs no GTK: which finding, which part of a text, which words.

Positions are code points, as GtkTextBuffer's and those of the service. A span is (start, end).
"""

from bisect import bisect_left, bisect_right

from .i18n import _, ngettext

END_SIGNS = ".,;:!?"
LINE_ENDS = "\n\r\u2028\u2029"
WORDS_SHOWN = 40  # characters of the text in a menu


def is_spelling(finding):
    return finding.kind == "spelling"


def span_of(finding, n_chars):
    """What is underlined: the words, or for a gap the characters beside it."""
    start, end = finding.start, finding.start + finding.length
    if finding.length == 0:
        start, end = max(start - 1, 0), min(end + 1, n_chars)
    return start, end


def union(span, other):
    if span is None or other is None:
        return span or other
    return min(span[0], other[0]), max(span[1], other[1])


def move(span, start, removed, n_inserted):
    """Where a span is after an edit; what comes at its borders belongs to it."""
    if span is None:
        return None

    def place(offset, after):
        if offset < start or (offset == start and not after):
            return offset
        if offset > start + removed or (offset == start + removed and after):
            return offset - removed + n_inserted
        return start + n_inserted if after else start

    return place(span[0], False), place(span[1], True)


def is_typed(finding, cursor):
    """Is somebody writing there? Then nobody wants to be told yet."""
    return cursor is not None and finding.start < cursor <= finding.start + max(finding.length, 1)


class Findings:
    """Those of a text, by start. Reading one costs a microsecond: a question reads few."""

    def __init__(self, items, typing=None):
        """typing: where somebody writes; what is wrong there is left out"""
        self.items = list(items)
        self.starts = [finding.start for finding in self.items]
        self.longest = max((finding.length for finding in self.items), default=0) + 1
        if typing is not None:
            typed = {self.items.index(f) for f in self.near(typing, typing) if is_typed(f, typing)}
            self.items = [f for number, f in enumerate(self.items) if number not in typed]
            self.starts = [s for number, s in enumerate(self.starts) if number not in typed]

    def __len__(self):
        return len(self.items)

    def near(self, start, end):
        """At least those that overlap or touch a span."""
        return self.items[bisect_left(self.starts, start - self.longest):
                          bisect_right(self.starts, end + 1)]

    def at(self, offset):
        """The one at a place, the shortest of several; one that ends there counts as well."""
        at = [f for f in self.near(offset, offset)
              if f.start - (f.length == 0) <= offset <= f.start + max(f.length, 1)]
        # of two that meet there, the one that begins
        return min(at, key=lambda f: (f.start + f.length == offset and f.length > 0, f.length),
                   default=None)

    def next(self, offset):
        """The first one behind a place, or else the first of all."""
        number = bisect_right(self.starts, offset)
        return self.items[number % len(self)] if self.items else None

    def previous(self, offset):
        """The last one before a place, or else the last of all."""
        return self.items[bisect_left(self.starts, offset) - 1] if self.items else None

    def summary(self):
        n_spelling = sum(1 for finding in self.items if is_spelling(finding))
        return _("%(all)s: %(spelling)d spelling, %(other)d grammar and style") % {
            "all": count_label(len(self)), "spelling": n_spelling,
            "other": len(self) - n_spelling}


def widen(span, inserted, before, after):
    """Which part a correction replaces: where words go, one of the spaces around them goes too.

    before, after: the characters around, "" at the ends of the text
    """
    start, end = span
    if inserted or start == end:
        return span
    at_line_start = before == "" or before in LINE_ENDS
    at_end = after == "" or after in LINE_ENDS or after == " " or after in END_SIGNS
    if before == " " and at_end:
        return start - 1, end
    if at_line_start and after == " ":
        return start, end + 1
    return span


def shorten(text):
    line = " ".join(text.split())
    return line if len(line) <= WORDS_SHOWN else line[:WORDS_SHOWN - 1] + "…"


def label_of(candidate, words):
    """A correction in a menu."""
    text = shorten(candidate.text)
    if candidate.action == "delete" or not text:
        return _("Delete “%s”") % shorten(words)
    if candidate.action == "insert":
        return _("Insert “%s”") % text
    return text


def is_word(words):
    """Can it be one of the user's words?"""
    return bool(words) and not any(c.isspace() for c in words) and len(words.encode()) <= 200


def count_label(n_findings):
    return ngettext("%d finding", "%d findings", n_findings) % n_findings
