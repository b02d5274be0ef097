#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd-watch and LibreOffice Writer: one start for all, for it takes long.

Environment: as watch_case.py.
"""

import shutil
import sys
import unittest
from pathlib import Path

# pylint: disable=wrong-import-position
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from watch_case import WatchCase  # noqa: E402
import tap  # noqa: E402

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/AutoCorrect"><prop oor:name="ChangeUnderlineWeight"
oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="LastCompatibilityCheckID"
oor:op="fuse"><value>tests</value></prop></item></oor:items>"""


@unittest.skipUnless(shutil.which("soffice"), "needs libreoffice-writer")
class Office(WatchCase):
    def start_writer(self):
        user = self.dir / "office" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(SETTINGS)
        self.env["SAL_USE_VCLPLUGIN"] = "gtk3"
        self.start_watch()
        self.writer, _ = self.start_program(
            "soffice", "--writer", "--norestore", "--nologo",
            f"-env:UserInstallation=file://{self.dir}/office")

    def paragraph(self):
        """The one with the caret."""
        return self.until(lambda: self.texts(self.writer.pid), bool, "a paragraph")[0]

    def start_typing(self):
        """It takes keys some time after its text says that it has the focus."""
        def type_one():
            if not self.text(self.paragraph()):
                self.type("x")
            return self.text(self.paragraph())
        self.until(type_one, bool, "a letter in the document")
        self.key("ctrl+a", "Delete")
        self.until(lambda: self.text(self.paragraph()), lambda text: text == "", "nothing")

    def test_writer(self):
        self.start_writer()
        self.start_typing()

        # a paragraph that looks the same everywhere: one step to undo; its positions are UTF-16
        self.put_face(self.paragraph(), len("😀 ".encode()))
        self.type("I relly like the cat.")
        self.until_text(self.paragraph(), "😀 I relly like the cat.")
        self.click("really")
        text = self.paragraph()
        self.until_text(text, "😀 I really like the cat.")
        self.until(lambda: self.get(text, "CaretOffset", "Text"), lambda at: at == 25,
                   "the caret where it was, at the end")  # one more in UTF-16
        self.until_no_panel()
        self.key("ctrl+z")
        self.until_text(text, "😀 I relly like the cat.")
        self.key("ctrl+y")
        self.until_text(text, "😀 I really like the cat.")

        # another one, in which a word is bold: that stays, so it takes two steps
        self.key("ctrl+End", "Return", "ctrl+b")
        self.type("Bold")
        self.key("ctrl+b")
        self.type(" and wierdly here.")
        self.until_text(self.paragraph(), "Bold and wierdly here.")
        self.click("weirdly")
        text = self.paragraph()
        self.until_text(text, "Bold and weirdly here.")
        attributes, start, end = self.accessible(text, "GetAttributeRun", "(ib)", 1, False,
                                                 interface="Text")
        self.assertEqual((start, end), (0, 4))
        self.assertIn("weight", attributes)
        self.key("ctrl+z", "ctrl+z")
        self.until_text(text, "Bold and wierdly here.")


if __name__ == "__main__":
    tap.main()
