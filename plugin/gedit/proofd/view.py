# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a text's view adds: the underlines of a checker, explanations, corrections."""

from gi.repository import Gedit, GLib, GObject, Gtk

from . import logic
from .checker import Checker, disconnect
from .i18n import _

MESSAGE_CHARS = 60  # where a long message goes on in the next line


class ViewActivatable(GObject.Object, Gedit.ViewActivatable):
    __gtype_name__ = "ProofdGeditView"

    view = GObject.Property(type=Gedit.View)

    def __init__(self):
        super().__init__()
        self.checker = None
        self.handlers = []
        self.pressed = None  # where the mouse asked for a menu

    def do_activate(self):
        if self.checker is None:
            self.checker = Checker(self.view)
        self.had_tooltip = self.view.get_has_tooltip()
        self.view.set_has_tooltip(True)
        for signal, function in [("query-tooltip", self.on_query_tooltip),
                                 ("button-press-event", self.on_button_press)]:
            self.handlers.append((self.view, self.view.connect(signal, function)))
        # after GtkSourceView, so that corrections come first in the menu
        self.handlers.append((self.view, self.view.connect_after("populate-popup",
                                                                 self.on_populate_popup)))
        self.checker.attach()

    def do_deactivate(self):
        disconnect(self.handlers)
        self.checker.detach()
        self.view.set_has_tooltip(self.had_tooltip)

    def offset_at(self, window, x, y):
        """The character at a place of one of the view's windows; None beside the text."""
        x, y = self.view.window_to_buffer_coords(window, x, y)
        over, place = self.view.get_iter_at_location(x, y)
        return place.get_offset() if over else None

    def on_query_tooltip(self, _view, x, y, keyboard, tooltip):
        offset = self.checker.buffer.props.cursor_position if keyboard else \
            self.offset_at(Gtk.TextWindowType.WIDGET, x, y)
        finding = None if offset is None else self.checker.findings.at(offset)
        if finding is None:
            return False
        tooltip.set_text(finding.message)
        return True

    def on_button_press(self, _view, event):
        self.pressed = None
        if event.triggers_context_menu():
            self.pressed = self.offset_at(self.view.get_window_type(event.window), event.x, event.y)
        return False

    def on_populate_popup(self, _view, menu):
        offset, self.pressed = self.pressed, None
        if not isinstance(menu, Gtk.Menu):
            return
        if offset is None:
            offset = self.checker.buffer.props.cursor_position
        finding = self.checker.findings.at(offset)
        if finding is not None:
            fill(menu, self.entries(finding))

    def entries(self, finding):
        """(label, function) of a menu; None: a line; no function: a heading."""
        checker = self.checker
        words = checker.words_of(finding)
        yield finding.message, None
        for candidate in finding.candidates:
            function = checker.correct if self.view.get_editable() else None
            yield (logic.label_of(candidate, words),
                   function and (lambda candidate=candidate: function(finding, candidate)))
        yield None
        yield _("Ignore here"), lambda: checker.ignore(finding)
        if logic.is_spelling(finding) and logic.is_word(words):
            shown = logic.shorten(words)
            yield _("Ignore “%s” in this text") % shown, lambda: checker.ignore_word(words)
            yield _("Add “%s” to the dictionary") % shown, lambda: checker.add_word(words)
        yield (_("Turn off the rule %s") % finding.rule,
               lambda: checker.turn_off(finding.rule))
        yield None


def fill(menu, entries):
    """Puts entries above those that are there."""
    for position, entry in enumerate(entries):
        if entry is None:
            item = Gtk.SeparatorMenuItem()
        else:
            label, function = entry
            item = Gtk.MenuItem(label=label, sensitive=function is not None)
            item.get_child().set_properties(wrap=True, max_width_chars=MESSAGE_CHARS)
            if function is not None:
                # once the menu is closed: what it does may open something
                item.connect("activate", lambda _item, function=function: GLib.idle_add(
                    lambda: function() and None))
        item.show()
        menu.insert(item, position)
