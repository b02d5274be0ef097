# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugin's preferences: how much to report, which rules are off."""

from gi.repository import GObject, Gtk, PeasGtk

from .i18n import _
from .session import session

LEVELS = {
    "careful": _("Careful: few false alarms"),
    "default": _("Default"),
    "thorough": _("Thorough: few errors missed"),
}


class Configurable(GObject.Object, PeasGtk.Configurable):
    __gtype_name__ = "ProofdGeditConfigurable"

    def do_create_configure_widget(self):
        return Preferences()


class Preferences(Gtk.Box):
    __gtype_name__ = "ProofdGeditPreferences"

    def __init__(self):
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=12, margin=12)
        level = Gtk.ComboBoxText()
        for name, text in LEVELS.items():
            level.append(name, text)
        level.set_active_id(session.settings.level)
        level.connect("changed", self.on_level)
        self.rules = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        for text, widget in [(_("_How much to report:"), level),
                             (_("Rules that are off:"), self.rules)]:
            self.add(Gtk.Label(label=text, use_underline=True, mnemonic_widget=widget, xalign=0))
            self.add(widget)
        self.fill()
        self.show_all()

    def fill(self):
        for child in self.rules.get_children():
            child.destroy()
        for rule in session.settings.rules_off:
            button = Gtk.Button(label=_("Turn on the rule %s") % rule, halign=Gtk.Align.START)
            button.connect("clicked", self.on_rule, rule)
            self.rules.add(button)
        if not session.settings.rules_off:
            self.rules.add(Gtk.Label(label=_("None"), xalign=0))
        self.rules.show_all()

    @staticmethod
    def on_level(level):
        session.settings.level = level.get_active_id()

    def on_rule(self, _button, rule):
        session.settings.rules_off = [r for r in session.settings.rules_off if r != rule]
        self.fill()
