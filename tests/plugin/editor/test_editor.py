#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof-editor as people use it: keys and clicks go in, the file on the disk comes out."""

import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from editor_case import EditorCase, wait_for  # noqa: E402
import tap  # noqa: E402

TEXT = "I recieve a letter every days.\n\nShe go to school.\n"
TEXT_DE = "Der Zug hatte Verspäthung.\n"
RECIEVE, DAYS, GO = 2, 25, 36  # where they stand in it


class Corrections(EditorCase):
    def test_type_and_correct_by_mouse(self):
        path = self.open("")
        self.type("I recieve it. ")
        self.wait_underline(4, "error")
        red = wait_for(self.red, "a red underline")
        n = len(self.popups())
        x, y = red[len(red) // 2]
        self.xdotool("mousemove", x, y - 6, "click", 3)
        popups = wait_for(lambda: len(self.popups()) > n and self.popups(), "a menu")
        self.point_at("receive", popups[-1])
        self.xdotool("click", 1)
        self.wait_text("I receive it. ")
        self.key("ctrl+s")
        wait_for(lambda: path.read_text() == "I receive it. ", "the file is right")

    def point_at(self, name, menu):
        """Moves the pointer up the menu until it brings the focus to the row of that name."""
        left, top, width, height = self.place(menu)
        was_elsewhere = False  # the first row has the focus from the start
        for y in range(top + height - 10, top, -8):
            self.xdotool("mousemove", left + width // 2, y)
            time.sleep(0.1)
            has_focus = any(node["name"] == name for node in self.ask("focus") or [])
            if was_elsewhere and has_focus:
                return
            was_elsewhere |= not has_focus
        self.fail(f"no row “{name}”")

    def test_correct_by_keys(self):
        path = self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        self.key("F8")
        self.wait_caret(RECIEVE)
        self.key("ctrl+period")
        self.wait_name("menu item", "receive")
        self.key("Return")
        self.wait_text(TEXT.replace("recieve", "receive"))
        self.key("F8")
        self.wait_caret(DAYS)
        self.key("shift+F10")
        self.wait_name("menu item", "day")
        self.key("Return")
        self.wait_text(TEXT.replace("recieve", "receive").replace("days", "day"))
        self.key("shift+F8")
        self.wait_caret(GO - 1)
        self.key("ctrl+s")
        wait_for(lambda: path.read_text() == self.text(), "the file is right")
        self.key("ctrl+z")
        self.wait_text(TEXT.replace("recieve", "receive"))
        self.key("ctrl+z")
        self.wait_text(TEXT)
        self.wait_underline(RECIEVE, "error")

    def test_explanation(self):
        """Under the pointer, and as a page by a key."""
        self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        red = wait_for(self.red, "a red underline")
        n = len(self.popups())
        x, y = red[len(red) // 2]
        self.xdotool("mousemove", 5, 300)
        self.xdotool("mousemove", x, y - 6)
        self.xdotool("mousemove_relative", 1, 0)
        wait_for(lambda: len(self.popups()) > n, "a tooltip")
        self.xdotool("mousemove", 5, 300)
        self.key("F8", "ctrl+e")
        self.wait_label("Unknown word")
        self.wait_label("What the model says of it")

    def test_for_screen_readers(self):
        """Attributes tell both kinds apart; the description says what is wrong."""
        self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        self.wait_underline(DAYS, "double")
        self.assertEqual(self.ask("attributes", RECIEVE)[1:], [RECIEVE, RECIEVE + 7])
        self.assertNotIn("underline", self.ask("attributes", 0)[0])
        self.assertEqual(self.ask("description"), "")
        self.key("F8")
        wait_for(lambda: "recieve" in self.ask("description"), "a description")
        self.key("ctrl+End")
        wait_for(lambda: self.ask("description") == "", "no description")
        unnamed = [node for node in self.ask("tree")
                   if node["role"] in ("entry", "combo box", "text", "list item")
                   and (not node["name"] or node["name"].startswith(("Gtk", "_")))]
        self.assertEqual(unnamed, [])


class Decisions(EditorCase):
    def test_add_word_and_take_back(self):
        self.open("The blorgify is here. It is well.\n")
        self.wait_underline(4, "error")
        self.key("F8", "ctrl+period")
        self.wait_name("menu item", "Add to Words")
        self.key("Escape")
        self.key("ctrl+d")
        wait_for(lambda: self.words.exists() and "blorgify" in self.words.read_text(), "the word")
        self.wait_underline(4, None)
        self.key("ctrl+alt+z")
        wait_for(lambda: "blorgify" not in self.words.read_text(), "no word")
        self.wait_underline(4, "error")

    def test_ignore_here_and_word(self):
        self.open(TEXT + "\nThey recieve too. He recieve more.\n")
        self.wait_underline(RECIEVE, "error")
        second = TEXT.__len__() + 6
        self.wait_underline(second, "error")
        self.key("F8", "ctrl+i")
        self.wait_underline(RECIEVE, None)
        self.assertEqual(self.underline(second), "error")
        self.key("ctrl+alt+z")
        self.wait_underline(RECIEVE, "error")
        self.key("ctrl+Home", "F8")
        self.wait_caret(RECIEVE)
        self.key("alt+w")  # Ignore Word, in the sidebar
        self.wait_underline(RECIEVE, None)
        self.wait_underline(second, None)

    def test_rule_off(self):
        """For all texts, remembered, and taken back in the list of decisions."""
        path = self.open(TEXT)
        self.wait_underline(GO, "double")
        self.key("F8", "F8", "F8")
        self.wait_caret(GO)
        self.key("alt+r")
        self.wait_underline(GO, None)
        wait_for(lambda: self.state.exists() and "verb-form" in self.state.read_text(), "state")
        self.key("ctrl+q")
        self.wait_end()
        self.start(path)
        self.wait_underline(RECIEVE, "error")
        self.assertIsNone(self.underline(GO))
        self.key("F10")
        self.wait_name("menu item", "Ignored and Turned Off…")
        self.key("i")
        self.wait_label("is off")
        self.key("Tab", "space")
        wait_for(lambda: not any("is off" in name for name in self.names("label")), "an empty list")
        self.key("Escape")
        self.wait_underline(GO, "double")


class Sidebar(EditorCase):
    def test_list_by_keys(self):
        path = self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        self.key("ctrl+l")
        self.wait_focus("recieve")
        self.key("Down", "Return")
        self.wait_caret(DAYS)
        self.wait_focus("Text")
        self.wait_name("push button", "Correct to: day")
        self.key("ctrl+l")
        self.wait_focus("days")
        self.key("Tab")
        self.wait_focus("Correct to: day")
        self.key("space")
        self.wait_text(TEXT.replace("days", "day"))
        self.key("ctrl+s")
        wait_for(lambda: "every day." in path.read_text(), "the file is right")

    def test_filter(self):
        self.open(TEXT)
        self.wait_underline(GO, "double")
        wait_for(lambda: len(self.names("list item")) == 3, "three rows")
        self.key("alt+h")  # Show
        self.wait_focus("Show")
        self.key("space")
        self.key("Down", "Return")  # Grammar and style
        wait_for(lambda: len(self.names("list item")) == 2, "two rows")

    def test_statistics(self):
        self.open("She go home. It is `here`.\n")
        self.key("ctrl+Tab")
        self.wait_label("6 Words")
        self.wait_label("2 Sentences")
        self.wait_label("1 Verb form")
        self.wait_label("ms Time of the last check")

    def test_language_and_level(self):
        """Another language, by keys; remembered."""
        self.open(TEXT_DE, "brief.txt")
        self.wait_text(TEXT_DE)
        wait_for(lambda: self.key("alt+l") or "Language" in str(self.ask("focus")), "the languages")
        self.key("space")
        self.wait_label("German (Germany)")
        labels = self.names("label")
        shown = max(i for i, name in enumerate(labels) if name == "As the service is set")
        self.key(*["Down"] * (labels.index("German (Germany)") - shown), "Return")
        self.wait_underline(TEXT_DE.index("V"), "error")
        self.key("alt+v", "space", "End", "Return")
        wait_for(lambda: self.state.exists() and "level=thorough" in self.state.read_text() and
                 "language=de_DE" in self.state.read_text(), "state")


class Files(EditorCase):
    def test_bytes_are_kept(self):
        """Byte order mark, Windows line ends, no line end at the end."""
        path = self.open(b"\xef\xbb\xbfOne.\r\nTwo.", "dos.txt")
        self.wait_text("One.\nTwo.")
        self.key("ctrl+End")
        self.key("Return", "X")
        self.key("ctrl+s")
        wait_for(lambda: path.read_bytes() == b"\xef\xbb\xbfOne.\r\nTwo.\r\nX", "the bytes")

    def test_invalid_utf8(self):
        path = self.write("old.txt", b"Gr\xfc\xdfe\n")
        self.start(path)
        self.wait_label("is not UTF-8: the first invalid byte is in line 1 (byte 3)")
        self.type("new")
        self.wait_text("new")
        self.assertEqual(path.read_bytes(), b"Gr\xfc\xdfe\n")

    def test_changed_on_disk(self):
        path = self.open("One.\n")
        self.wait_text("One.\n")
        path.write_text("Two.\n")
        self.wait_label("Another program has changed")
        self.type("My ")
        self.key("ctrl+s")
        self.wait_label("was not saved")
        self.assertEqual(path.read_text(), "Two.\n")
        self.key("alt+t")  # Overwrite
        wait_for(lambda: path.read_text() == "My One.\n", "the file is written")

    def test_unsaved_work(self):
        path = self.open("One.\n")
        self.wait_text("One.\n")
        self.type("My ")
        self.wait_text("My One.\n")
        self.key("ctrl+w")
        self.wait_label("Save the changes of")
        self.key("Escape")
        wait_for(lambda: self.child.poll() is None and len(self.popups()) == 1, "still there")
        self.key("ctrl+w")
        self.wait_label("Save the changes of")
        self.key("Return")
        self.wait_end()
        self.assertEqual(path.read_text(), "My One.\n")

    def test_several_windows(self):
        first, second = self.write("one.md", "One.\n"), self.write("two.txt", "Two.\n")
        self.start(first, second)
        self.wait_title("one.md")
        self.wait_title("two.txt")
        self.assertEqual(len(self.names("frame")), 2)

    def test_new_file(self):
        """A name that is not there yet is an empty text; Save makes the file."""
        path = self.work / "new.md"
        self.start(path)
        self.wait_title("new.md")
        self.type("Well.")
        self.wait_text("Well.")
        self.key("ctrl+s")
        wait_for(lambda: path.exists() and path.read_text() == "Well.", "the file")


class Program(EditorCase):
    def test_search(self):
        self.open(TEXT)
        self.wait_text(TEXT)
        self.key("ctrl+f")
        wait_for(lambda: [node for node in self.ask("focus") or [] if node["name"] != "Text"],
                 "the entry has the focus")
        self.type("school")
        self.wait_label("1 of 1")
        self.key("Escape")
        self.wait_caret(TEXT.index("school"))

    def test_window_is_remembered(self):
        path = self.open(TEXT)
        self.wait_text(TEXT)
        window = self.popups()[0]
        _, _, width, height = self.place(window)
        self.xdotool("windowsize", window, width - 100, height - 60)
        wait_for(lambda: self.place(window)[2:] == (width - 100, height - 60), "another size")
        self.key("F9")
        wait_for(lambda: not self.names("combo box"), "no sidebar")
        self.key("ctrl+w")
        self.wait_end()
        self.start(path)
        self.wait_title("letter.md")
        wait_for(lambda: self.popups(), "a window")
        self.assertEqual(self.place(self.popups()[0])[2:], (width - 100, height - 60))
        self.assertEqual(self.names("combo box"), [])

    def test_dark(self):
        self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        self.assertGreater(min(self.pixels()[400][300]), 200)
        self.key("F10")
        self.wait_name("menu item", "Dark")
        self.key("d")
        wait_for(lambda: max(self.pixels()[400][300]) < 80, "a dark text")
        wait_for(lambda: self.state.exists() and "dark" in self.state.read_text(), "state")

    def test_service_killed(self):
        self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        (self.dir / "start").rename(self.dir / "away")
        self.kill_service()
        self.wait_label("The text is not checked now")
        self.key("ctrl+Home")
        self.type("Teh end. ")
        self.wait_text("Teh end. " + TEXT)
        (self.dir / "away").rename(self.dir / "start")
        self.wait_underline(0, "error")
        self.wait_underline(len("Teh end. ") + RECIEVE, "error")

    def test_keys_reach_all(self):
        """From the text, Control and Tab go to each part of the window, and round."""
        self.open(TEXT)
        self.wait_underline(RECIEVE, "error")
        self.key("F8")
        wanted = {"Language", "Level", "Findings", "Show", "Correct to: receive", "Ignore Here",
                  "Open", "Save", "Main menu"}
        found = set()
        for _ in range(40):
            self.key("ctrl+Tab")
            found |= {node["name"] for node in self.ask("focus") or []}
        self.assertEqual({name for name in wanted
                          if not any(name in other for other in found)}, set(), found)

    def test_without_a_bus(self):
        path = self.write("letter.md", TEXT)
        self.start(path, env=dict(self.env, DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/bus",
                                  GTK_A11Y="none"))
        wait_for(lambda: self.popups(), "a window")
        window = self.popups()[0]
        time.sleep(1)  # the text is read; no one can tell from outside
        self.xdotool("windowfocus", window)
        self.key("ctrl+End")
        self.type("More.")
        self.key("ctrl+s")
        wait_for(lambda: path.read_text() == TEXT + "More.", "the file is right")

    def test_options(self):
        self.start("--version", env=dict(self.env, DISPLAY=""))
        self.wait_end()
        self.assertRegex(self.log(), r"^proof-editor \d")


if __name__ == "__main__":
    tap.main()
