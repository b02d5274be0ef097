# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real gedit with the plugin, on a display and a bus of its own; somebody who types and clicks,
and somebody who sees what a screen reader sees.

Environment, beside that of case.py: PROOFD_GEDIT: the plugin's folder; PROOFD_LIBRARY: where the
library and its typelib are.
"""

import json
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from case import BusCase, die_with_test  # noqa: E402
from display import DEADLINE, start_display, wait_for  # noqa: E402

PLUGIN = Path(os.environ["PROOFD_GEDIT"])
LIBRARY = os.environ["PROOFD_LIBRARY"]
PYTHON = "/usr/bin/python3"  # Debian's, which has python3-gi
SEE = Path(__file__).resolve().parent / "see.py"
TOOLS = ["gedit", "Xvfb", "xdotool"]
FILES = [Path(LIBRARY, "Proofd-1.typelib"), Path("/usr/libexec/at-spi-bus-launcher")]
SETTINGS = """[org/gnome/gedit/plugins]
active-plugins=[{}]
[org/gnome/gedit/plugins/spell]
highlight-misspelled=true
"""
WAVE, LINES = "error", "double"  # the underlines' names


def find_missing():
    missing = [name for name in TOOLS if shutil.which(name) is None]
    missing += [path.name for path in FILES if not path.exists()]
    see = subprocess.run([PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"],
                         stderr=subprocess.DEVNULL, check=False)
    return missing + (["gir1.2-atspi-2.0"] if see.returncode else [])


MISSING = find_missing()


@unittest.skipIf(MISSING, "needs " + ", ".join(MISSING) + ": ./dev test --clients installs it")
class GeditCase(BusCase):
    plugins = "'proofd'"

    def setUp(self):
        super().setUp()
        home = self.dir / "home"
        home.chmod(0o700)  # it is XDG_RUNTIME_DIR too
        self.settings = home / "config" / "glib-2.0" / "settings" / "keyfile"
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(SETTINGS.format(self.plugins))
        self.install(home / "data" / "gedit" / "plugins")
        (self.dir / "services" / "a11y.service").write_text(
            "[D-BUS Service]\nName=org.a11y.Bus\n"
            "Exec=/usr/libexec/at-spi-bus-launcher --launch-immediately\n")
        self.words = home / "data" / "proofd" / "words.txt"
        self.own_settings = home / "config" / "gedit" / "proofd.conf"
        self.log = self.dir / "gedit.log"
        start_display(self, "960x800")
        self.env.update(GSETTINGS_BACKEND="keyfile", GDK_BACKEND="x11", LANGUAGE="en",
                        LD_LIBRARY_PATH=LIBRARY, PYTHONDONTWRITEBYTECODE="1")
        self.env.pop("GI_TYPELIB_PATH", None)
        # the Python in gedit looks for its modules beside the first python3 of PATH
        self.env["PATH"] = "/usr/bin:/bin:" + self.env["PATH"]
        for name in ["G_DEBUG", "GIO_USE_VFS", "MALLOC_PERTURB_"]:  # gedit has its own warnings
            self.env.pop(name, None)

    def install(self, user_plugins):
        """In a prefix of its own, and links to there, as the page for users says."""
        lib = self.dir / "prefix" / "lib"
        plugins = lib / "gedit" / "plugins"
        shutil.copytree(PLUGIN / "proofd", plugins / "proofd",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PLUGIN / "proofd.plugin", plugins)
        (lib / "girepository-1.0").mkdir()
        (lib / "girepository-1.0" / "Proofd-1.typelib").symlink_to(FILES[0])
        user_plugins.mkdir(parents=True)
        for path in plugins.iterdir():
            (user_plugins / path.name).symlink_to(path)

    def tearDown(self):
        if self.log.exists():
            self.assertNotIn("Traceback", self.log.read_text())
        super().tearDown()

    # --- gedit ---

    def start_gedit(self, *paths):
        """Ends when the test does."""
        with open(self.log, "ab") as log:
            child = subprocess.Popen(["gedit", "--standalone", *map(str, paths)], env=self.env,
                                     cwd=self.work, stdout=log, stderr=log,
                                     preexec_fn=die_with_test)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        wait_for(lambda: "Save" in self.see("names"), "gedit shows its window")
        return child

    def open_text(self, text, name="letter.txt"):
        """The file; gedit shows it."""
        path = self.write(name, text)
        self.gedit = self.start_gedit(path)
        return path

    def close_gedit(self):
        self.key("ctrl+q")
        self.gedit.wait(timeout=DEADLINE)

    # --- somebody who types and clicks ---

    def xdotool(self, *args):
        subprocess.run(["xdotool", *map(str, args)], env=self.env, check=True, timeout=DEADLINE,
                       stdout=subprocess.DEVNULL)

    def key(self, *keys):
        self.xdotool("key", "--clearmodifiers", "--delay", 30, *keys)

    def type(self, text):
        self.xdotool("type", "--delay", 30, text)

    def n_windows(self):
        """Those that are shown: menus and tooltips are some."""
        return len(subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "gedit"], env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=DEADLINE,
            check=False).stdout.split())

    def click(self, name, button=1, times=1):
        """On the thing with that name, once it stands still."""
        places = [None, None]

        def stands():
            places.append(self.see("where", name))
            return places[-1] and places[-1] == places[-2]

        wait_for(stands, lambda: f"{name!r} among {self.see('names')}")
        self.xdotool("mousemove", *places[-1], "click", "--repeat", times, button)

    def choose(self, *names):
        """In the window's menu of tools."""
        self.key("F10")
        for name in ["Tools", "Proofreading", *names]:
            self.click(name)

    def correct_by_key(self, label):
        """In the context menu at the cursor."""
        self.key("shift+F10")
        self.wait_seen(label)
        names = self.see("names")
        heading = max(i for i, name in enumerate(names) if name.startswith("“"))
        between = names[heading:names.index(label)]
        self.key(*["Down"] * sum(1 for name in between if name), "Return")

    # --- what is to be seen ---

    def see(self, *args):
        done = subprocess.run([PYTHON, str(SEE), *args], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=DEADLINE, check=False)
        return json.loads(done.stdout or "null") or []

    def wait_seen(self, name):
        wait_for(lambda: name in self.see("names"),
                 lambda: f"{name!r} among {self.see('names')}")

    def wait_underlined(self, *wanted):
        """All underlines of the text: (form, words)."""
        wanted = [list(one) for one in wanted]
        wait_for(lambda: self.see("underlines") == wanted,
                 lambda: f"{wanted}, not {self.see('underlines')}")

    def wait_saved(self, path, text):
        self.key("ctrl+s")
        wait_for(lambda: path.read_text() == text, lambda: f"{text!r}, not {path.read_text()!r}")
