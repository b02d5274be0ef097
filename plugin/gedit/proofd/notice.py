# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message above a text."""

from gi.repository import Gtk


def new_notice(message):
    bar = Gtk.InfoBar(message_type=Gtk.MessageType.WARNING, show_close_button=True)
    bar.get_content_area().add(Gtk.Label(label=message, wrap=True, xalign=0, visible=True))
    bar.connect("response", lambda bar, _response: bar.destroy())
    bar.show()
    return bar
