# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the program adds: a menu in Tools, and keys."""

from gi.repository import Gedit, Gio, GObject

from .i18n import _

KEYS = {
    "win.proofd-next": ["<Primary>F7"],
    "win.proofd-previous": ["<Primary><Shift>F7"],
}


class AppActivatable(GObject.Object, Gedit.AppActivatable):
    __gtype_name__ = "ProofdGeditApp"

    app = GObject.Property(type=Gedit.App)

    def do_activate(self):
        menu = Gio.Menu()
        for label, action in [(_("_Check This Text"), "win.proofd-check"),
                              (_("_Next Finding"), "win.proofd-next"),
                              (_("_Previous Finding"), "win.proofd-previous"),
                              (_("_List of Findings"), "win.proofd-list"),
                              (_("Lan_guage of the Text…"), "win.proofd-language")]:
            menu.append(label, action)
        item = Gio.MenuItem.new_submenu(_("P_roofreading"), menu)
        self.extension = self.extend_menu("tools-section")
        self.extension.append_menu_item(item)
        for action, keys in KEYS.items():
            self.app.set_accels_for_action(action, keys)

    def do_deactivate(self):
        for action in KEYS:
            self.app.set_accels_for_action(action, [])
        self.extension = None
