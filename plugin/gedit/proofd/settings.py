# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds for all documents: ~/.config/gedit/proofd.conf."""

import os

from gi.repository import GLib, GObject

GROUP = "proofd"
LEVELS = ("careful", "default", "thorough")


class Settings(GObject.Object):
    __gtype_name__ = "ProofdGeditSettings"
    __gsignals__ = {"changed": (GObject.SignalFlags.RUN_LAST, None, ())}

    def __init__(self):
        super().__init__()
        self.path = os.path.join(GLib.get_user_config_dir(), "gedit", "proofd.conf")
        self.file = GLib.KeyFile()
        try:
            self.file.load_from_file(self.path, GLib.KeyFileFlags.KEEP_COMMENTS)
        except GLib.Error as error:
            if not error.matches(GLib.file_error_quark(), GLib.FileError.NOENT):
                print(f"proofd: {self.path}: {error.message}")

    @property
    def level(self):
        try:
            level = self.file.get_string(GROUP, "level")
        except GLib.Error:
            return "default"
        return level if level in LEVELS else "default"

    @level.setter
    def level(self, level):
        self.file.set_string(GROUP, "level", level)
        self.save()

    @property
    def rules_off(self):
        try:
            return sorted(set(self.file.get_string_list(GROUP, "rules-off")))
        except GLib.Error:
            return []

    @rules_off.setter
    def rules_off(self, rules):
        self.file.set_string_list(GROUP, "rules-off", sorted(set(rules)))
        self.save()

    def save(self):
        """What cannot be written holds until gedit ends."""
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            GLib.file_set_contents(self.path, self.file.to_data()[0].encode())
        except (GLib.Error, OSError) as error:
            print(f"proofd: {self.path}: {error}")
        self.emit("changed")
