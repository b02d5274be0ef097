# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two underlines: a wave for misspelled words, two lines for grammar and style.

They differ in form, so that nobody needs the colour; screen readers tell underlines by form too.
"""

from gi.repository import Gdk, Pango

from .logic import is_spelling, span_of

STYLES = {
    True: (Pango.Underline.ERROR, "#e01b24"),
    False: (Pango.Underline.DOUBLE, "#3584e4"),
}


class Underlines:
    """The tags of a buffer; they are no part of its text, nor of what undo takes back."""

    def __init__(self, buffer):
        self.buffer = buffer
        self.tags = {}
        for spelling, (underline, colour) in STYLES.items():
            rgba = Gdk.RGBA()
            rgba.parse(colour)
            self.tags[spelling] = buffer.create_tag(None, underline=underline,
                                                    underline_rgba=rgba)

    def remove(self):
        for tag in self.tags.values():
            self.buffer.get_tag_table().remove(tag)
        self.tags = {}

    def draw(self, findings, span):
        """Makes a span show those findings that are in it."""
        n_chars = self.buffer.get_char_count()
        start, end = max(span[0], 0), min(span[1], n_chars)
        bounds = [self.buffer.get_iter_at_offset(start), self.buffer.get_iter_at_offset(end)]
        for tag in self.tags.values():
            self.buffer.remove_tag(tag, *bounds)
        for finding in findings:
            first, last = span_of(finding, n_chars)
            if first < end and last > start:
                self.buffer.apply_tag(self.tags[is_spelling(finding)],
                                      self.buffer.get_iter_at_offset(max(first, start)),
                                      self.buffer.get_iter_at_offset(min(last, end)))
