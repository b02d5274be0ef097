#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/gedit: kinds of texts, on and off, a service that goes, other plugins."""

import os
import signal

from gedit_case import LINES, SETTINGS, WAVE, GeditCase, wait_for
import tap

METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<metadata><document uri="{}" atime="1"><entry key="{}" value="{}"/></document></metadata>
"""


class States(GeditCase):
    def remember(self, path, key, value):
        """As gedit has it of a document from another day."""
        metadata = self.dir / "home" / "data" / "gedit" / "gedit-metadata.xml"
        metadata.write_text(METADATA.format(path.as_uri(), key, value))

    def test_code_and_markup(self):
        """Comments and strings of a program; a list of data is left alone until it is turned on."""
        code = self.write("a.py", '# I recieve it.\nblorgify = freind\nx = "She go there."\n')
        data = self.write("b.json", '{"recieve": "I wrot it."}\n')
        markup = self.write("c.md", "I `recieve` it, and *wrot* it.\n")
        self.start_gedit(code, data, markup)
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        self.key("ctrl+alt+Page_Down")
        self.wait_seen("b.json")
        self.wait_underlined()
        self.choose("Check This Text")
        self.wait_underlined((WAVE, "recieve"), (WAVE, "wrot"))
        self.key("ctrl+alt+Page_Down")
        self.wait_underlined((WAVE, "wrot"))

    def test_off_is_remembered(self):
        path = self.open_text("I recieve it.\n")
        self.wait_underlined((WAVE, "recieve"))
        self.choose("Check This Text")
        self.wait_underlined()
        self.close_gedit()
        other = self.write("other.txt", "I recieve it.\n")
        self.start_gedit(other, path)
        self.wait_underlined((WAVE, "recieve"))
        self.key("ctrl+alt+Page_Down")
        self.wait_seen("letter.txt")
        self.wait_underlined()
        self.choose("Check This Text")
        self.wait_underlined((WAVE, "recieve"))

    def test_languages(self):
        """The spell checker's; one without a dictionary; one that is chosen."""
        path = self.write("letter.txt", "Ich habe einen Breif.\n")
        self.remember(path, "gedit-spell-language", "de_DE")
        self.gedit = self.start_gedit(path)
        self.wait_underlined((WAVE, "Breif"))
        self.close_gedit()
        path.write_text("I recieve it.\n")
        self.remember(path, "gedit-proofd-language", "xx_XX")
        self.start_gedit(path)
        self.choose("List of Findings")
        wait_for(lambda: any("xx_XX" in name for name in self.see("names")), "it says why")
        self.wait_underlined()
        self.choose("Language of the Text…")
        self.wait_seen("Select")
        wait_for(lambda: self.key("Down") or "en_US" in self.see("names"), "English is chosen")
        self.click("Select")
        self.wait_underlined((WAVE, "recieve"))

    def test_service_goes_and_comes(self):
        path = self.open_text("I recieve it.\n")
        self.wait_underlined((WAVE, "recieve"))
        os.kill(int((self.dir / "pid").read_text()), signal.SIGKILL)
        self.key("ctrl+End")
        self.type(" She go there.")
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        self.wait_saved(path, "I recieve it. She go there.\n")

    def test_no_service(self):
        """Writing goes on; the service is found once it is there."""
        service = self.dir / "services" / "proofd.service"
        text = service.read_text()
        service.unlink()
        path = self.open_text("I recieve it.\n")
        self.choose("List of Findings")
        wait_for(lambda: any("org.proofd.Checker1" in name for name in self.see("names")),
                 lambda: f"it says why: {self.see('names')}")
        service.write_text(text)
        self.wait_underlined((WAVE, "recieve"))
        self.key("ctrl+F7", "ctrl+Home")
        self.type("So ")
        self.wait_saved(path, "So I recieve it.\n")

    def test_windows_and_tabs(self):
        """A text moves to another window; the same word is added in one and right in both."""
        first = self.write("first.txt", "We saw the blorgify.\n")
        second = self.write("second.txt", "A blorgify is here.\n")
        self.start_gedit(first, second)
        self.wait_underlined((WAVE, "blorgify"))
        self.key("ctrl+F7")
        self.correct_by_key("Add “blorgify” to the dictionary")
        self.wait_underlined()
        self.key("ctrl+Home")
        self.type("I wrot it. ")
        self.wait_underlined((WAVE, "wrot"))
        self.key("ctrl+alt+Page_Down")
        self.wait_seen("second.txt")
        self.wait_underlined()
        self.key("ctrl+Home")
        self.type("I recieve it. ")
        self.wait_underlined((WAVE, "recieve"))
        self.key("ctrl+s")
        wait_for(lambda: "recieve" in second.read_text(), "it is saved")

    def test_reload_and_large(self):
        """A text of a megabyte is followed; a file that is read again is another text."""
        sentence = "This is one of the many long sentences of a book. "
        paragraph = sentence * 20 + "\n\n"
        path = self.open_text("I recieve it.\n\n" + paragraph * 1000)
        self.wait_underlined((WAVE, "recieve"))
        self.key("ctrl+End")
        self.type("She go there. I am her.")
        self.key("ctrl+s")
        wait_for(lambda: path.read_text().endswith("I am her.\n"), "it is saved")
        path.write_text("I wrot it.\n")
        self.key("F10")
        self.click("Reload")
        self.wait_underlined((WAVE, "wrot"))

    def test_plugin_goes_and_comes(self):
        """Turned off in the preferences, it leaves nothing behind."""
        self.open_text("I recieve it.\n")
        self.wait_underlined((WAVE, "recieve"))
        self.settings.write_text(SETTINGS.format(""))
        self.wait_underlined()
        self.key("F10")
        self.click("Tools")
        self.assertNotIn("Proofreading", self.see("names"))
        self.key("Escape", "Escape", "ctrl+F7", "ctrl+End")
        self.type("She go there. ")
        self.settings.write_text(SETTINGS.format("'proofd'"))
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))


class WithSpell(GeditCase):
    plugins = "'proofd', 'spell'"

    def test_beside_the_spell_checker(self):
        """Both underline; each has its part of the menu."""
        path = self.open_text("I recieve it. She go there.\n")
        wait_for(lambda: [LINES, "go"] in self.see("underlines"), "grammar is underlined")
        self.key("ctrl+F7")
        self.correct_by_key("receive")
        self.wait_underlined((LINES, "go"))
        self.wait_saved(path, "I receive it. She go there.\n")


if __name__ == "__main__":
    tap.main()
