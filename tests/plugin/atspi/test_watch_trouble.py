#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd-watch: what it must not read, and programs that hang, die and change meanwhile.

Environment: as watch_case.py.
"""

import os
import signal
import sys
from pathlib import Path

# pylint: disable=wrong-import-position
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from watch_case import PATIENCE, GtkCase  # noqa: E402
import tap  # noqa: E402


class Leave(GtkCase):
    """Where nothing is to be read."""

    def check_fields(self, version, *decisions):
        """Types into the fields below the text, one after the other, then into the text."""
        self.start_watch()
        program, text = self.start_gtk(version)
        calls = self.watch_calls()
        for why in decisions:
            self.visit(program, why)
        self.key(*["shift+Tab"] * len(decisions))
        self.type("I recieve it ")
        self.until_panel("receive")
        self.assertEqual(self.count(), 1)
        self.assertTrue(any("member=GetText" in line for line in self.until_seen(calls)))
        self.check_unread(calls, [text])

    def test_password(self):
        self.check_fields("3", "a password", "a single line")

    def test_password_gtk4(self):
        """A Gtk.Entry that hides its text looks like one that does not."""
        self.check_fields("4", *["perhaps a single line"] * 2, "a password")

    def test_password_single_line(self):
        self.check_single_line(self.start_gtk)

    def test_password_gtk4_single_line(self):
        self.settings.write_text("[watch]\nsingle-line=true\n")
        self.check_fields("4", *["perhaps a single line"] * 2, "a password")

    def test_lists(self):
        """A program that is not to be watched, until the file says something else."""
        self.settings.write_text("[watch]\nnever=Other;GTK-program\n")
        self.start_watch()
        calls = self.watch_calls()
        _, text = self.start_gtk()
        self.type("I recieve it ")
        self.until(calls.read_text, lambda log: "member=TextChanged" in log, "events")
        self.until(self.watch_log, lambda log: "its program is not watched" in log, "a decision")
        self.check_unread(calls)
        self.settings.write_text("[watch]\nnever=\n")
        self.until_panel("receive")
        self.settings.write_text("[watch]\nnever=\nonly=gedit\n")
        self.until_no_panel()
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.text(text), "I recieve it ")

    def test_never(self):
        """The menu's order, which is an action on the bus."""
        self.start_watch()
        self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        self.activate("never")
        self.until_no_panel()
        self.assertIn("gtk-program", self.settings.read_text())

    def activate(self, action):
        self.call(self.session, "org.proofd.Watch", "/org/proofd/Watch", "org.gtk.Actions",
                  "Activate", "(sava{sv})", action, [], {})

    def test_pause(self):
        self.assertFalse(self.is_enabled())
        self.start_watch()
        self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        self.tell("--pause")
        self.until_no_panel()
        self.until(self.is_enabled, lambda on: not on, "accessibility as it was")
        self.until(self.registered, lambda events: not events, "no events")
        self.type("and teh cat ")
        self.tell("--resume")
        self.until(self.registered, bool, "events")
        self.type("sat ")
        self.until(self.count, lambda n: n == 2, "both findings")
        self.tell("--quit")
        self.watch.wait(PATIENCE)
        self.assertEqual(self.watch.returncode, 0)
        self.assertFalse(self.is_enabled())

    def test_terminated(self):
        """A session that ends leaves nothing turned on."""
        self.start_watch()
        self.watch.terminate()
        self.assertEqual(self.watch.wait(PATIENCE), 0)
        self.assertFalse(self.is_enabled())


class Trouble(GtkCase):
    def test_program_dies(self):
        self.start_watch()
        program, _ = self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        program.kill()
        self.until_no_panel()
        self.assertEqual(self.count(), 0)

    def test_program_hangs(self):
        """The panel says so, the agent goes on, and another program is served."""
        self.start_watch()
        program, text = self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        program.send_signal(signal.SIGSTOP)
        self.click("receive")
        self.until_panel("The program did not take the correction.")
        program.send_signal(signal.SIGCONT)
        self.until_panel("receive")
        self.click("receive")
        self.until_text(text, "I receive it ")

    def test_text_changed_meanwhile(self):
        """A click on what is not there any more changes nothing."""
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        self.watch.send_signal(signal.SIGSTOP)
        self.key("ctrl+a")
        self.type("Another text, as long as that ")
        self.until_text(text, "Another text, as long as that ")
        x, y, width, height = self.last_place
        self.xdotool("mousemove", x + width // 2, y + height // 2, "click", 1)
        self.watch.send_signal(signal.SIGCONT)
        self.until_no_panel_or_said()
        self.assertEqual(self.text(text), "Another text, as long as that ")

    def until_panel(self, *names):
        panel = super().until_panel(*names)
        self.last_place = panel[names[0]]
        return panel

    def until_no_panel_or_said(self):
        said = "The text is another one by now, so nothing was changed."
        self.until(self.panel, lambda panel: "receive" not in panel and
                   (not panel or said in panel), "that nothing was done")

    def test_service_dies(self):
        self.start_watch()
        _, text = self.start_gtk()
        self.type("I recieve it ")
        self.until_panel("receive")
        os.kill(int((self.dir / "pid").read_text()), signal.SIGKILL)
        self.until(self.count, lambda n: n == 0, "no finding")
        self.until_panel("receive")  # it is started again, and opens the text anew
        self.click("receive")
        self.until_text(text, "I receive it ")

    def test_no_service(self):
        """One that cannot start is told, in the panel that was asked for and once in the log."""
        (self.dir / "start").write_text("exit 3\n")
        self.start_watch()
        self.start_gtk()
        self.type("I recieve it ")
        trouble = "nothing is checked: "
        log = self.until(self.watch_log, lambda log: trouble in log, "the trouble")
        self.tell("--correct")
        self.until_panel(log.split(trouble)[1].splitlines()[0])
        self.assertEqual(self.watch_log().count(trouble), 1)

    def test_long_text(self):
        """A megabyte: the paragraphs around the caret are read, and corrected in their place."""
        line = "This line is fine and it is here. "
        path = self.write("long.txt", (line * 30 + "\n") * 1000)
        self.start_watch()
        _, text = self.start_gtk("3", path)
        n = self.get(text, "CharacterCount", "Text")
        self.assertGreater(n, 1000000)
        calls = self.watch_calls()
        self.type("I recieve it ")
        self.click("receive")
        self.until(lambda: self.accessible(text, "GetText", "(ii)", n, n + 13,
                                           interface="Text")[0],
                   lambda end: end == "I receive it ", "the correction")
        self.assertEqual(self.get(text, "CharacterCount", "Text"), n + 13)
        self.assertLess(os.path.getsize(calls), 1000000)

    def check_focus_moves(self, version):
        """Fast, from the text to the password and back: the last one holds."""
        self.start_watch()
        program, text = self.start_gtk(version)
        calls = self.watch_calls()
        self.type("I recieve it ")
        for _ in range(10):
            self.key("Tab")
            self.type("teh ")
            self.key("shift+Tab")
        self.until_panel("receive")
        self.key("Tab")
        self.until_no_panel()
        self.assertNotEqual(self.focused(program.pid), text)
        self.assertEqual(self.text(text), "I recieve it ")
        self.check_unread(calls, [text])

    def test_focus_moves(self):
        self.check_focus_moves("3")

    def test_focus_moves_gtk4(self):
        self.check_focus_moves("4")


if __name__ == "__main__":
    tap.main()
