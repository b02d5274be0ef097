#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The provider for Enchant in real programs: enchant-2, gedit (gspell), GNOME Text Editor (GTK 4).

Environment, beside that of case.py: MODULE, ORDERING: the provider and the enchant.ordering that
is shipped; MODULE_DIR: module-dir.so; SYSTEM_MODULES: where libenchant finds its own.
"""

import json
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from case import BusCase, die_with_test  # noqa: E402
from display import DEADLINE, start_display, wait_for  # noqa: E402

TEXT = "I recieve a letter from teh man. He wrot it yesterday, and his freind read it.\n"
DISPLAY_TOOLS = ["Xvfb", "xdotool", "import"]


def missing(*programs):
    return [name for name in programs if shutil.which(name) is None]


class EnchantCase(BusCase):
    """A user who has the provider and the shipped ordering."""

    def setUp(self):
        super().setUp()
        modules = self.dir / "modules"
        self.config = self.dir / "enchant"
        modules.mkdir()
        self.config.mkdir()
        for module in Path(os.environ["SYSTEM_MODULES"]).glob("*.so"):
            if module.name != "enchant_proofd.so":
                (modules / module.name).symlink_to(module)
        (modules / "enchant_proofd.so").symlink_to(os.environ["MODULE"])
        shutil.copy(os.environ["ORDERING"], self.config / "enchant.ordering")
        self.env.update(ENCHANT_CONFIG_DIR=str(self.config), ENCHANT_TEST_MODULES=str(modules))
        self.words = self.dir / "home" / "data" / "proofd" / "words.txt"

    def preloaded(self):
        return dict(self.env, LD_PRELOAD=os.environ["MODULE_DIR"])

    def start(self, *command, **more):
        child = subprocess.Popen(command, env=self.preloaded(), preexec_fn=die_with_test,
                                 cwd=self.work, **more)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def enchant(self, *command, stdin=""):
        return subprocess.run(command, input=stdin, env=self.preloaded(), cwd=self.work,
                              capture_output=True, text=True, check=True, timeout=DEADLINE).stdout


@unittest.skipIf(missing("enchant-2", "enchant-lsmod-2"), "needs enchant-2")
class Commands(EnchantCase):
    def test_lists(self):
        self.assertIn("proofd (proofd: Hunspell dictionaries and your own words)",
                      self.enchant("enchant-lsmod-2"))
        listed = self.enchant("enchant-lsmod-2", "-list-dicts").splitlines()
        self.assertIn("en_US (proofd)", listed)
        self.assertIn("en_GB (proofd)", listed)
        self.assertIn("en_US (proofd)", self.enchant("enchant-lsmod-2", "-lang", "en_US"))

    def test_off(self):
        (self.config / "enchant.ordering").unlink()
        self.assertNotIn("en_US (proofd)", self.enchant("enchant-lsmod-2", "-lang", "en_US"))

    def test_same_as_proof(self):
        """What the provider finds wrong is what proof calls misspelled."""
        texts = {"en_US": TEXT,
                 "de_DE": "Der Zug hatte Verspäthung. Das ist ein schlechtes Zeichn für alle.\n"}
        for language, text in texts.items():
            with self.subTest(language):
                wrong = self.enchant("enchant-2", "-l", "-d", language, stdin=text).split()
                wrong = [word.rstrip(".") for word in wrong]  # a letter, to the German dictionary
                path = self.write(f"{language}.txt", text)
                found = json.loads(self.proof("--json", "--kind=spelling", "-l", language,
                                              str(path), status=1))["files"][0]["findings"]
                self.assertEqual(wrong, [text[f["offset"]:f["offset"] + f["length"]]
                                         for f in found])
                self.assertGreater(len(wrong), 1)

    def ask(self, child, line):
        """One word to a running enchant-2 -a; its answer."""
        child.stdin.write(line + "\n")
        child.stdin.flush()
        answer = child.stdout.readline().strip()
        self.assertEqual(child.stdout.readline(), "\n")
        return answer

    def test_own_words_live(self):
        """proof words add, while a program runs that has the dictionary open."""
        child = self.start("enchant-2", "-a", "-d", "en_US", stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdin.close)
        self.addCleanup(child.stdout.close)
        child.stdout.readline()  # its name
        self.assertRegex(self.ask(child, "Fediverse"), "^[&#] Fediverse")
        self.proof("words", "add", "Fediverse")
        wait_for(lambda: self.ask(child, "Fediverse") == "*", "the word is accepted")
        self.assertIn("Fediverse", self.ask(child, "Fedivrese"))

    def test_add(self):
        """A word that a program adds is known to the service."""
        self.enchant("enchant-2", "-a", "-d", "en_US", stdin="*Fediverse\nFediverse\n")
        self.assertEqual(self.words.read_text(), "Fediverse\n")
        self.assertEqual(self.proof("words", "list"), "Fediverse\n")
        self.assertIn("Fediverse", (self.config / "en_US.dic").read_text())


@unittest.skipIf(missing(*DISPLAY_TOOLS), "needs " + ", ".join(DISPLAY_TOOLS))
class Editors(EnchantCase):
    """With a display of their own. Underlines are red, and nothing else is."""

    settings = """[org/gnome/gedit/plugins]
active-plugins=['spell']
[org/gnome/gedit/plugins/spell]
highlight-misspelled=true
[org/gnome/TextEditor]
spellcheck=true
restore-session=false
"""

    def setUp(self):
        super().setUp()
        keyfile = self.dir / "home" / "config" / "glib-2.0" / "settings"
        keyfile.mkdir(parents=True)
        (keyfile / "keyfile").write_text(self.settings)
        self.words.parent.mkdir(parents=True)
        self.words.write_text("Blorgify\nFediverse\n")
        (self.dir / "home").chmod(0o700)  # it is XDG_RUNTIME_DIR too
        start_display(self, "720x360")
        self.env.update(GSETTINGS_BACKEND="keyfile", GSK_RENDERER="cairo", GDK_BACKEND="x11",
                        LC_ALL="C.UTF-8", LANGUAGE="en_US", LANG="en_US.UTF-8", NO_AT_BRIDGE="1",
                        GTK_A11Y="none")
        self.env.pop("G_DEBUG", None)  # these programs have warnings of their own

    def red(self):
        """Places (x, y) of red pixels."""
        header, data = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"],
                                      env=self.env, stdout=subprocess.PIPE, check=True,
                                      timeout=DEADLINE).stdout.split(b"\n255\n", 1)
        width = int(header.split()[1])
        reds = range(0, len(data), 3)
        return [(i // 3 % width, i // 3 // width) for i in reds
                if data[i] > 170 and data[i + 1] < 110 and data[i + 2] < 110]

    def open_editor(self, program, *options):
        path = self.write("letter.txt", "Fediverse Blorgify\n\n\nrecieve\n")
        child = self.start(program, *options, str(path), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        red = wait_for(self.red, f"{program} underlines something")
        maps = Path(f"/proc/{child.pid}/maps").read_text()
        self.assertIn(str(Path(os.environ["MODULE"]).resolve()), maps)
        rows = [y for _, y in red]
        self.assertLess(max(rows) - min(rows), 12, "more than one line is underlined")
        return path, red

    def xdotool(self, *args):
        subprocess.run(["xdotool", *args], env=self.env, check=True, timeout=DEADLINE,
                       stdout=subprocess.DEVNULL)

    def n_windows(self):
        """Those that are shown; a menu is one."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "gedit"],
                               env=self.env, stdout=subprocess.PIPE, timeout=DEADLINE).stdout
        return len(found.split())

    @unittest.skipIf(missing("gedit"), "needs gedit")
    def test_gedit(self):
        """Underlines, and a correction chosen from the menu of the word."""
        path, red = self.open_editor("gedit", "--standalone")
        x, y = red[len(red) // 2]
        n = self.n_windows()
        self.xdotool("mousemove", str(x), str(y - 5), "click", "3")
        wait_for(lambda: self.n_windows() == n + 1, "a menu opens")
        self.xdotool("key", "Down", "Right")
        wait_for(lambda: self.n_windows() == n + 2, "the suggestions open")
        self.xdotool("key", "Return")
        wait_for(lambda: not self.red(), "nothing is underlined")
        self.xdotool("key", "ctrl+s")
        wait_for(lambda: path.read_text() == "Fediverse Blorgify\n\n\nreceive\n",
                 "the correction is saved")

    @unittest.skipIf(missing("gnome-text-editor"), "needs gnome-text-editor")
    def test_text_editor(self):
        self.open_editor("gnome-text-editor", "--standalone")


if __name__ == "__main__":
    tap.main()
