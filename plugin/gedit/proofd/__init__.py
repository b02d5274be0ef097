# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd in gedit: underlines wrong words and corrects them. See ../README.md."""

import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gedit", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("PeasGtk", "1.0")

from .typelib import require_proofd  # noqa: E402
require_proofd()

from .app import AppActivatable  # noqa: E402, F401
from .config import Configurable  # noqa: E402, F401
from .view import ViewActivatable  # noqa: E402, F401
from .window import WindowActivatable  # noqa: E402, F401
