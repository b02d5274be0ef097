# SPDX-License-Identifier: LGPL-2.1-or-later
"""gtk_program.py VERSION [TEXT-FILE] - a small program with GTK 3 or 4: a text, a password, a line

With GTK 4, whose text is undone with Ctrl+Z, a Gtk.PasswordEntry as well. SIGSTOP is how a test
lets it hang.
"""

import sys

import gi
VERSION = sys.argv[1]
gi.require_version("Gtk", f"{VERSION}.0")
from gi.repository import GLib, Gtk  # noqa: E402  pylint: disable=wrong-import-position


def activate(application):
    window = Gtk.ApplicationWindow(application=application, default_width=600, default_height=400)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    text = Gtk.TextView(accepts_tab=False, vexpand=True, wrap_mode=Gtk.WrapMode.WORD)
    password = Gtk.Entry(visibility=False)
    if VERSION == "4":
        password.set_input_purpose(Gtk.InputPurpose.PASSWORD)
    line = Gtk.Entry()
    scrolled = Gtk.ScrolledWindow(vexpand=True)
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            text.get_buffer().set_text(file.read())
        text.get_buffer().place_cursor(text.get_buffer().get_end_iter())
    if VERSION == "4":
        scrolled.set_child(text)
        window.set_child(box)
        for widget in (scrolled, password, line, Gtk.PasswordEntry()):
            box.append(widget)
        window.present()
    else:
        scrolled.add(text)
        window.add(box)
        for widget in (scrolled, password, line):
            box.add(widget)
        window.show_all()
    text.grab_focus()


GLib.set_prgname("gtk-program")
app = Gtk.Application(application_id="org.proofd.TestProgram")
app.connect("activate", activate)
app.run()
