#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/gedit: what somebody does who writes in gedit."""

from gedit_case import LINES, WAVE, GeditCase, wait_for
import tap

TEXT = "I recieve it. She go there.\n"


class Write(GeditCase):
    def test_types_and_corrects_by_key(self):
        """One undo takes the correction back, and nothing else."""
        path = self.open_text("")
        self.type("I recieve it. ")
        self.wait_underlined((WAVE, "recieve"))
        self.key("ctrl+F7")
        self.correct_by_key("receive")
        self.wait_underlined()
        self.wait_saved(path, "I receive it. \n")
        self.key("ctrl+z")
        self.wait_underlined((WAVE, "recieve"))
        self.wait_saved(path, "I recieve it. \n")
        self.key("ctrl+shift+z")
        self.wait_underlined()
        self.wait_saved(path, "I receive it. \n")

    def test_corrects_by_mouse(self):
        path = self.open_text(TEXT)
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        self.click_on(18)
        self.click("goes")
        self.wait_underlined((WAVE, "recieve"))
        self.click_on(4)
        self.click("receive")
        self.wait_underlined()
        self.wait_saved(path, "I receive it. She goes there.\n")

    def test_word_is_not_underlined_while_it_is_typed(self):
        self.open_text("")
        self.type("I recieve")
        self.key("Left")
        self.wait_underlined((WAVE, "recieve"))
        self.key("End")
        self.type("d")
        self.wait_underlined()
        self.type(" ")
        self.wait_underlined((WAVE, "recieved"))

    def test_goes_to_findings(self):
        """By keys, forwards and backwards, around the end; each is explained in the status bar."""
        path = self.open_text(TEXT)
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        self.key("ctrl+F7")
        self.wait_seen("“recieve” is not in the dictionary: did you mean “receive”?")
        self.key("ctrl+F7", "ctrl+F7", "ctrl+shift+F7")
        self.wait_seen("“go” may be the wrong form of the verb: use “goes”.")
        self.type("goes")
        self.wait_underlined((WAVE, "recieve"))
        self.wait_saved(path, "I recieve it. She goes there.\n")

    def test_lists_findings(self):
        """A row takes to its place."""
        path = self.open_text("\n" * 200 + TEXT)
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        self.choose("List of Findings")
        self.wait_seen("2 findings: 1 spelling, 1 grammar and style")
        self.wait_seen("201")
        self.click("go", times=2)
        self.type("went")
        self.wait_seen("1 finding: 1 spelling, 0 grammar and style")
        self.wait_saved(path, "\n" * 200 + "I recieve it. She went there.\n")

    def test_explains_under_the_mouse(self):
        self.open_text(TEXT)
        self.wait_underlined((WAVE, "recieve"), (LINES, "go"))
        x, y = self.place_of(4)
        n = self.n_windows()
        self.xdotool("mousemove", x, y, "mousemove_relative", 1, 0)
        wait_for(lambda: self.n_windows() == n + 1, "a tooltip")
        self.xdotool("mousemove_relative", 0, 60)
        wait_for(lambda: self.n_windows() == n, "no tooltip beside the text")

    def test_adds_a_word(self):
        self.open_text("The Fediverse and blorgify. We saw the blorgify.\n")
        self.wait_underlined((WAVE, "Fediverse"), (WAVE, "blorgify"), (WAVE, "blorgify"))
        self.key("ctrl+F7", "ctrl+F7")
        self.correct_by_key("Add “blorgify” to the dictionary")
        self.wait_underlined((WAVE, "Fediverse"))
        self.assertEqual(self.words.read_text(), "blorgify\n")
        self.proof("words", "remove", "blorgify")
        self.wait_underlined((WAVE, "Fediverse"), (WAVE, "blorgify"), (WAVE, "blorgify"))

    def test_ignores(self):
        """A place; a word; a rule, in all texts."""
        path = self.open_text("We saw the blorgify. She go there.\n\nWe saw blorgify here.\n\n"
                              "He wrot it.\n\nI recieve it.\n")
        self.wait_underlined((WAVE, "blorgify"), (LINES, "go"), (WAVE, "blorgify"), (WAVE, "wrot"),
                             (WAVE, "recieve"))
        self.key("ctrl+F7", "ctrl+F7", "ctrl+F7", "ctrl+F7")
        self.correct_by_key("Ignore here")
        self.wait_underlined((WAVE, "blorgify"), (LINES, "go"), (WAVE, "blorgify"),
                             (WAVE, "recieve"))
        self.key("ctrl+Home", "ctrl+F7")
        self.correct_by_key("Ignore “blorgify” in this text")
        self.wait_underlined((LINES, "go"), (WAVE, "recieve"))
        self.key("ctrl+Home", "ctrl+F7", "ctrl+F7")
        self.correct_by_key("Turn off the rule spelling/unknown")
        self.wait_underlined((LINES, "go"))
        self.assertIn("rules-off=spelling/unknown;", self.own_settings.read_text())
        self.assertFalse(self.words.exists())
        self.close_gedit()
        self.start_gedit(path)
        self.wait_underlined((LINES, "go"))

    # --- helpers ---

    def place_of(self, column):
        """A character of the first line, on the screen."""
        return self.see("place", str(column))

    def click_on(self, column):
        self.xdotool("mousemove", *self.place_of(column), "click", 3)


if __name__ == "__main__":
    tap.main()
