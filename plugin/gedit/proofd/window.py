# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a window adds: actions, the list of findings, their number in the status bar."""

from gi.repository import Gedit, Gio, GLib, GObject, Gtk

from . import logic
from .checker import disconnect
from .i18n import _
from .language import LanguageDialog
from .panel import Panel
from .session import session


class WindowActivatable(GObject.Object, Gedit.WindowActivatable):
    __gtype_name__ = "ProofdGeditWindow"

    window = GObject.Property(type=Gedit.Window)

    def do_activate(self):
        self.handlers = [(session, session.connect("changed", self.on_changed))]
        self.cursor_handlers = []
        self.actions = {}
        self.add_action("proofd-next", lambda: self.go_to(logic.Findings.next))
        self.add_action("proofd-previous", lambda: self.go_to(logic.Findings.previous))
        self.add_action("proofd-list", self.show_panel)
        self.add_action("proofd-language", lambda: LanguageDialog(self.window, self.checker))
        self.check = Gio.SimpleAction.new_stateful("proofd-check", None,
                                                   GLib.Variant("b", False))
        self.check.connect("change-state", self.on_check)
        self.window.add_action(self.check)
        self.panel = Panel(self.select)
        self.panel.connect("map", lambda _panel: self.panel.fill(self.checker))
        self.status = Gtk.Button(relief=Gtk.ReliefStyle.NONE, focus_on_click=False)
        self.status.connect("clicked", lambda _button: self.show_panel())
        statusbar = self.window.get_statusbar()
        statusbar.pack_end(self.status, False, False, 0)
        self.context = statusbar.get_context_id("proofd")
        self.window.get_bottom_panel().add_titled(self.panel, "ProofdGeditPanel", _("Findings"))
        self.do_update_state()  # gedit calls it before, where this is the first panel

    def add_action(self, name, function):
        action = Gio.SimpleAction.new(name, None)
        action.connect("activate", lambda _action, _parameter: function())
        self.window.add_action(action)
        self.actions[name] = action

    def do_deactivate(self):
        disconnect(self.handlers)
        disconnect(self.cursor_handlers)
        for name in [*self.actions, "proofd-check"]:
            self.window.remove_action(name)
        self.window.get_statusbar().remove_all(self.context)
        self.status.destroy()
        self.panel.destroy()

    @property
    def checker(self):
        """Of the text that is shown; None where there is none."""
        return session.checkers.get(self.window.get_active_view())

    def do_update_state(self):
        """Another text is shown, or its state is another one."""
        disconnect(self.cursor_handlers)
        document = self.window.get_active_document()
        if document is not None:
            self.cursor_handlers.append((document, document.connect(
                "notify::cursor-position", self.on_cursor)))
        self.refresh()

    def on_changed(self, _session, checker):
        if checker.view == self.window.get_active_view():
            self.refresh()

    def on_cursor(self, *_args):
        checker = self.checker
        if checker is not None and not checker.is_changing:  # or else it is done once for all
            self.show_message()

    def on_check(self, _action, state):
        self.checker.enabled = state.get_boolean()

    def refresh(self):
        checker = self.checker
        on = checker is not None and checker.enabled
        self.check.set_enabled(checker is not None)
        self.check.set_state(GLib.Variant("b", on))
        for name, action in self.actions.items():
            action.set_enabled(checker is not None if name == "proofd-language" else on)
        self.status.set_visible(on)
        if on:
            self.status.set_label(_("No proofreading") if checker.problem else
                                  logic.count_label(len(checker.findings)))
            self.status.set_tooltip_text(checker.problem or _("Show the list of findings"))
        if self.panel.get_mapped():
            self.panel.fill(checker)
        self.show_message()

    def show_message(self):
        """What is wrong at the cursor, for those who use no mouse."""
        statusbar = self.window.get_statusbar()
        statusbar.remove_all(self.context)
        checker = self.checker
        finding = checker and checker.findings.at(checker.buffer.props.cursor_position)
        if finding:
            statusbar.push(self.context, finding.message)

    def show_panel(self):
        panel = self.window.get_bottom_panel()
        panel.set_visible_child(self.panel)
        panel.show()
        self.panel.list.grab_focus()

    def go_to(self, choose):
        """From the beginning of what is selected, as the last one was."""
        buffer = self.checker.buffer
        bounds = buffer.get_selection_bounds()
        offset = bounds[0].get_offset() if bounds else buffer.props.cursor_position
        finding = choose(self.checker.findings, offset)
        if finding is None:
            self.window.get_statusbar().push(self.context, _("Nothing was found"))
        else:
            self.select(finding.start, finding.length)

    def select(self, start, length):
        view, buffer = self.window.get_active_view(), self.window.get_active_document()
        buffer.select_range(buffer.get_iter_at_offset(start),
                            buffer.get_iter_at_offset(start + length))
        view.scroll_to_mark(buffer.get_insert(), 0.1, False, 0, 0)
        view.grab_focus()
