# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the parts of the plugin share: one connection to the service for all documents of gedit."""

from gi.repository import GObject, Proofd

from .settings import Settings


class Session(GObject.Object):
    """Lives while a view has the plugin on. changed: the findings or the state of a view's text."""

    __gtype_name__ = "ProofdGeditSession"
    __gsignals__ = {"changed": (GObject.SignalFlags.RUN_LAST, None, (object,))}

    def __init__(self):
        super().__init__()
        self.client = None
        self.settings = Settings()
        self.checkers = {}  # by view

    def add(self, checker):
        if self.client is None:
            self.client = Proofd.Client()
        self.checkers[checker.view] = checker
        self.emit("changed", checker)

    def remove(self, checker):
        self.checkers.pop(checker.view, None)
        self.emit("changed", checker)
        if not self.checkers:
            self.client = None


session = Session()
