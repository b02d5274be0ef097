# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds the library also where it is installed beside the plugin, outside of /usr."""

from pathlib import Path

import gi


def require_proofd():
    """ValueError, with what is missing, where it is nowhere."""
    try:
        gi.require_version("Proofd", "1")
    except ValueError:
        gi.require_version("GIRepository", "2.0")
        from gi.repository import GIRepository
        # LIB/gedit/plugins/proofd/typelib.py, which a link in the user's folder may lead to
        beside = Path(__file__).resolve().parents[3] / "girepository-1.0"
        GIRepository.Repository.prepend_search_path(str(beside))
        gi.require_version("Proofd", "1")
