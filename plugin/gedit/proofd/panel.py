# SPDX-License-Identifier: LGPL-2.1-or-later
"""All findings of a text, as a list in the bottom panel."""

from gi.repository import Gtk, Pango

from . import logic
from .i18n import _

MAX_ROWS = 1000
COLUMNS = (_("Line"), _("Text"), _("Explanation"))


class Panel(Gtk.Box):
    """go(offset, length) is called for the row that was chosen."""

    __gtype_name__ = "ProofdGeditPanel"

    def __init__(self, go):
        super().__init__(orientation=Gtk.Orientation.VERTICAL, margin=6, spacing=6)
        self.label = Gtk.Label(xalign=0, wrap=True)
        self.store = Gtk.ListStore(int, str, str, int, int)  # the columns; start, length
        self.list = Gtk.TreeView(model=self.store, enable_search=False)
        for number, title in enumerate(COLUMNS):
            cell = Gtk.CellRendererText(ellipsize=Pango.EllipsizeMode.END if number == 2 else
                                        Pango.EllipsizeMode.NONE)
            column = Gtk.TreeViewColumn(title, cell, text=number)
            column.set_expand(number == 2)
            self.list.append_column(column)
        self.list.connect("row-activated", lambda _list, path, _column: go(
            *self.store[path][3:5]))
        scrolled = Gtk.ScrolledWindow(expand=True)
        scrolled.add(self.list)
        self.add(self.label)
        self.add(scrolled)
        self.show_all()

    def fill(self, checker):
        """checker: None where no text is shown"""
        findings = checker.findings if checker else logic.Findings([])
        problem = checker and checker.problem
        text = findings.summary()
        if len(findings) > MAX_ROWS:
            text += " " + _("The first %d are shown.") % MAX_ROWS
        self.label.set_text(problem or text)
        rows = [self.row(checker, finding) for finding in findings.items[:MAX_ROWS]]
        if rows != [list(row) for row in self.store]:  # or else the selection would be lost
            self.store.clear()
            for row in rows:
                self.store.append(row)

    @staticmethod
    def row(checker, finding):
        line = checker.buffer.get_iter_at_offset(finding.start).get_line() + 1
        return [line, logic.shorten(checker.words_of(finding)), finding.message,
                finding.start, finding.length]
