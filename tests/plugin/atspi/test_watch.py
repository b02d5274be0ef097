#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd-watch and programs with GTK: what the user types, sees, clicks and undoes.

Environment: as watch_case.py.
"""

import shutil
import subprocess
import sys
import unittest
from pathlib import Path

# pylint: disable=wrong-import-position
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from watch_case import PATIENCE, SYSTEM_PYTHON, GtkCase  # noqa: E402
import tap  # noqa: E402


class Correct(GtkCase):
    @unittest.skipUnless(shutil.which("gedit"), "needs gedit")
    def test_gedit(self):
        """By mouse. What adds and takes away is two steps in GTK, the word between them is gone."""
        self.start_watch()
        _, text = self.start_program("gedit", "--standalone")
        self.type("I recieve the cat ")
        panel = self.until_panel("recieve", "receive", "Ignore", "Add to dictionary")
        self.assertEqual(self.count(), 1)
        x, y, width, height = self.accessible(text, "GetCharacterExtents", "(iu)", 17, 0,
                                              interface="Text")
        self.assertGreaterEqual(panel["Corrections"][1], y + height)  # below the caret's line
        self.assertLess(panel["Corrections"][1], y + height + 30)
        self.assertLess(abs(panel["Corrections"][0] - x - width), 30)
        self.click("receive")
        self.until_text(text, "I receive the cat ")
        self.until_no_panel()
        self.assertEqual(self.get(text, "CaretOffset", "Text"), 18)
        self.type("sat")  # the program has had the focus all the time
        self.until_text(text, "I receive the cat sat")
        self.key("ctrl+z", "ctrl+z", "ctrl+z")
        self.until_text(text, "I recieve the cat ")

    @unittest.skipUnless(shutil.which("gedit"), "needs gedit")
    def test_one_step(self):
        """What only adds, or only takes away, is one step to undo."""
        self.start_watch()
        _, text = self.start_program("gedit", "--standalone")
        for wrong, correction, right in (
                ("It ocurred here ", "occurred", "It occurred here "),
                ("I saw the the cat. ", "Delete “the”", "I saw the cat. ")):
            self.key("ctrl+a", "Delete")
            self.type(wrong)
            self.click(correction)
            self.until_text(text, right)
            self.key("ctrl+z")
            self.until_text(text, wrong)

    def test_gtk4(self):
        """It does not say where the caret is: the corner. Its text is editable with the focus."""
        self.start_watch()
        _, text = self.start_gtk("4")
        self.type("I recieve the cat ")
        x, y, width, height = self.until_panel("receive")["Corrections"]
        self.assertEqual((x + width, y + height), (1000 - 16, 700 - 16))
        self.click("receive")
        self.until_text(text, "I receive the cat ")
        self.key("ctrl+z", "ctrl+z")
        self.until_text(text, "I recieve the cat ")

    def test_umlauts(self):
        """Programs differ in what length of an insertion they want."""
        self.settings.write_text("[watch]\nlanguage=de_DE\n")
        self.start_watch()
        _, text = self.start_gtk()
        self.type("Wir gruessen alle schoenen Katzen ")
        self.until(self.count, bool, "a finding")
        self.click("schönen")
        self.until_text(text, "Wir gruessen alle schönen Katzen ")

    def test_keyboard(self):
        """All by keys, none of which the program gets."""
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve teh cat ")
        self.until(self.count, lambda n: n == 2, "two findings")
        self.until_panel("the")  # the nearest to the caret
        self.tell("--correct")
        self.until_keys()
        self.key("Page_Down")
        self.until_panel("receive")
        self.key("1")
        self.until_text(text, "I receive teh cat ")
        self.until_panel("the")
        self.tell("--correct")
        self.until_keys()
        self.key("Return")
        self.until_text(text, "I receive the cat ")
        self.type("ate ")
        self.until_text(text, "I receive the cat ate ")

    def until_keys(self):
        """A button of the panel has the focus, as a screen reader would tell."""
        def focused():
            root = self.of_process(self.watch.pid)
            return [node for node in self.walk(root) if self.states(node) & 1 << 12]
        self.until(focused, bool, "the panel with the keyboard")

    def test_escape(self):
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve the cat ")
        self.until_panel("receive")
        self.tell("--correct")
        self.until_keys()
        self.key("Escape")
        self.until_no_panel()
        self.type("here ")  # goes to the program, and what was closed stays closed
        self.until_text(text, "I recieve the cat here ")
        self.type("and teh dog ")
        self.until_panel("the")

    def test_ignore_and_add(self):
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve the blorfs ")
        self.until(self.count, lambda n: n == 2, "two findings")
        self.click("Add to dictionary")
        self.until(self.count, lambda n: n == 1, "one finding")
        self.assertEqual(self.proof("words", "list").split(), ["blorfs"])
        self.click("Ignore")
        self.until(self.count, lambda n: n == 0, "no finding")
        self.until_no_panel()
        self.assertEqual(self.text(text), "I recieve the blorfs ")

    def test_unfinished_word(self):
        """The word at the caret gets its time."""
        self.settings.write_text("[watch]\nunfinished-word-delay=60000\n")
        self.start_watch()
        self.start_gtk()
        self.type("I recieve it and relly")
        self.until_panel("receive")
        self.assertEqual(self.count(), 1)
        self.settings.write_text("[watch]\nunfinished-word-delay=100\n")
        self.until(self.count, lambda n: n == 2, "the last word as well")


class Settings(GtkCase):
    def test_corner(self):
        """As on Wayland, where a program cannot place its windows."""
        self.settings.write_text("[watch]\npanel=corner\n")
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve it ")
        x, y, width, height = self.until_panel("receive")["Corrections"]
        self.assertEqual((x + width, y + height), (1000 - 16, 700 - 16))
        self.click("receive")
        self.until_text(text, "I receive it ")

    def test_wayland(self):
        """With XWayland: the corner by itself, and a window that takes the focus for --correct."""
        self.start_watch(WAYLAND_DISPLAY="wayland-test")
        _, text = self.start_gtk()
        self.type("I recieve it ")
        x, y, width, height = self.until_panel("receive")["Corrections"]
        self.assertEqual((x + width, y + height), (1000 - 16, 700 - 16))
        self.tell("--correct")
        self.until(lambda: self.xdotool_says("getactivewindow", "getwindowname"),
                   lambda name: name == "Corrections", "the window with the focus")
        self.key("Return")
        self.until_text(text, "I receive it ")

    def xdotool_says(self, *args):
        done = subprocess.run(["xdotool", *args], env=self.env, capture_output=True, check=False)
        return done.stdout.decode().strip()

    def test_wrong_setting(self):
        """It is named, and what was right before holds."""
        self.start_watch()
        self.start_gtk()
        self.settings.write_text("[watch]\n\nlevel=strict\n")
        message = (f'{self.settings}:3: level: "strict" is none of careful, default, thorough')
        self.until_panel(message)
        self.assertIn(message, (self.dir / "proofd-watch.log").read_text())
        self.type("I recieve it ")
        self.until(self.count, bool, "a finding")

    def test_no_editor(self):
        """Settings that no program opens: the panel says where they are."""
        share = self.dir / "share"  # without programs
        share.mkdir()
        for name in ("icons", "mime"):
            (share / name).symlink_to(f"/usr/share/{name}")
        self.start_watch(XDG_DATA_DIRS=str(share))
        self.tell("--settings")
        self.until(self.panel, lambda panel: any(name.startswith(f"{self.settings}: ")
                                                 for name in panel), "the file's name")

    def test_wrong_language(self):
        """The service knows what is there; its message is shown."""
        self.settings.write_text("[watch]\nlanguage=xx_XX\n")
        self.start_watch()
        self.start_gtk()
        self.type("I recieve it ")
        panel = self.until(self.panel, lambda panel: any("xx_XX" in name for name in panel),
                           "the service's message")
        self.assertTrue(any("en_US" in name for name in panel), panel)

    def test_tray(self):
        """The desktop's icon: its count, and its menu's orders."""
        tray = self.beside(SYSTEM_PYTHON, str(Path(__file__).with_name("tray.py")))
        self.until((self.dir / "python3.log").read_text, lambda log: "ready" in log, "the tray")
        self.start_watch()
        item = self.until((self.dir / "python3.log").read_text, lambda log: "item " in log,
                          "the icon").split("item ")[1].split()
        menu = (item[0], item[1] + "/Menu")
        self.start_gtk()
        self.type("I recieve it ")
        self.until(lambda: self.property(item, "org.kde.StatusNotifierItem", "XAyatanaLabel"),
                   lambda label: label == "1", "the count")
        labels = self.until(lambda: self.menu(menu), lambda menu: "Never in gtk-program" in menu,
                            "the menu")
        self.click_item(menu, labels["Pause"])
        self.until_no_panel()
        self.until(lambda: self.property(item, "org.kde.StatusNotifierItem", "Title"),
                   lambda title: title == "proofd: paused", "the title")
        self.click_item(menu, labels["Quit"])
        self.assertEqual(self.watch.wait(PATIENCE), 0)
        self.assertIsNone(tray.poll())

    def property(self, node, interface, name):
        return self.call(self.session, *node, "org.freedesktop.DBus.Properties", "Get", "(ss)",
                         interface, name)[0]

    def menu(self, node):
        """{label: number} of its items."""
        _, root = self.call(self.session, *node, "com.canonical.dbusmenu", "GetLayout", "(iias)",
                            0, -1, [])
        return {properties.get("label", ""): number for number, properties, _ in root[2]}

    def click_item(self, node, number):
        from gi.repository import GLib  # pylint: disable=import-outside-toplevel
        self.call(self.session, *node, "com.canonical.dbusmenu", "Event", "(isvu)", number,
                  "clicked", GLib.Variant("s", ""), 0)


class Command(GtkCase):
    def test_not_running(self):
        for option in ("--pause", "--resume", "--correct", "--settings", "--quit"):
            self.assertIn("it is not running", self.tell(option, status=2))

    def test_usage(self):
        self.assertIn("--frob", self.tell("--frob", status=2))
        self.tell("--version")

    def test_no_display(self):
        self.env["DISPLAY"] = ":987654"
        self.assertIn("there is no display", self.tell(status=2))

    def test_no_bus(self):
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.assertIn("proofd-watch: ", self.tell(status=2))

    def test_second(self):
        """There is one in a session; another start ends at once."""
        self.start_watch()
        self.tell()
        self.assertIsNone(self.watch.poll())
        self.tell("--correct")
        self.until_panel("No text that is watched has the focus.")


if __name__ == "__main__":
    tap.main()
