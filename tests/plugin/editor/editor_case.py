# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof-editor on a display, a bus and an accessibility bus of its own, with the real service.

Environment, beside that of case.py: PROOF_EDITOR: the program.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from case import BusCase, die_with_test  # noqa: E402
from display import DEADLINE, start_display, wait_for  # noqa: E402

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's, which has gi
A11Y_LAUNCHERS = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"]
SCREEN = "1280x800"


def missing():
    names = [name for name in ("Xvfb", "xdotool", "import") if shutil.which(name) is None]
    if not any(map(os.path.exists, A11Y_LAUNCHERS)):
        names.append("at-spi2-core")
    has_gi = os.path.exists(PYTHON) and subprocess.run(
        [PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"],
        capture_output=True).returncode == 0
    return names + ([] if has_gi else ["python3-gi with Atspi"])


@unittest.skipIf(missing(), "needs " + ", ".join(missing()))
class EditorCase(BusCase):
    """A user at a display."""

    def setUp(self):
        super().setUp()
        launcher = next(path for path in A11Y_LAUNCHERS if os.path.exists(path))
        (self.dir / "services" / "a11y.service").write_text(
            f"[D-BUS Service]\nName=org.a11y.Bus\nExec={launcher}\n")
        home = self.dir / "home"
        home.chmod(0o700)  # it is XDG_RUNTIME_DIR too
        self.words = home / "data" / "proofd" / "words.txt"
        self.state = home / "state" / "proof-editor" / "state.ini"
        self.env.update(
            XDG_STATE_HOME=str(home / "state"), XDG_CACHE_HOME=str(home / "cache"),
            GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi", LANGUAGE="",
            GTK_IM_MODULE="gtk-im-context-simple", NO_AT_BRIDGE="1")
        start_display(self, SCREEN)
        self.probe = None

    # --- the program ---

    def start(self, *files, env=None):
        log = open(self.dir / "editor.log", "ab")
        self.addCleanup(log.close)
        child = subprocess.Popen([os.environ["PROOF_EDITOR"], *map(str, files)],
                                 env=env or self.env, cwd=self.work, stdout=log, stderr=log,
                                 preexec_fn=die_with_test)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.child = child
        return child

    def open(self, text="", name="letter.md"):
        """Starts it with a file of that text; gives the file's path when all is checked."""
        path = self.write(name, text)
        self.start(path)
        self.wait_title(name)
        return path

    def log(self):
        return (self.dir / "editor.log").read_text(errors="replace")

    def wait_end(self):
        self.child.wait(timeout=DEADLINE)
        self.assertEqual(self.child.returncode, 0, self.log())

    # --- what a screen reader learns ---

    def start_probe(self):
        self.probe = subprocess.Popen([PYTHON, str(HERE / "probe.py")], env=self.env, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, preexec_fn=die_with_test)
        probe = self.probe
        self.addCleanup(probe.wait)
        self.addCleanup(probe.kill)
        self.addCleanup(probe.stdout.close)
        self.addCleanup(probe.stdin.close)

    def ask(self, *question):
        """None where there is no answer yet."""
        if self.probe is None:
            self.start_probe()
        self.probe.stdin.write(json.dumps(question) + "\n")
        self.probe.stdin.flush()
        return json.loads(self.probe.stdout.readline()).get("answer")

    def names(self, role):
        return self.ask("names", role) or []

    def wait_name(self, role, name):
        return wait_for(lambda: name in self.names(role), f"{role} “{name}”; {self.log()}")

    def wait_label(self, part):
        wait_for(lambda: any(part in name for name in self.names("label")), f"label “{part}”")

    def wait_title(self, part):
        wait_for(lambda: any(part in name for name in self.names("frame")), f"window {part}")

    def underline(self, offset):
        """error, double, or None."""
        answer = self.ask("attributes", offset)
        return answer and answer[0].get("underline")

    def wait_underline(self, offset, kind):
        wait_for(lambda: self.underline(offset) == kind, f"underline {kind} at {offset}")

    def text(self):
        return self.ask("text")

    def wait_text(self, text):
        wait_for(lambda: self.text() == text, f"text {text!r}, not {self.text()!r}")

    def wait_caret(self, offset):
        wait_for(lambda: self.ask("caret") == offset, f"caret at {offset}, not {self.ask('caret')}")

    def wait_focus(self, part):
        """Something with that name has the focus."""
        wait_for(lambda: any(part in (node["name"] or "") for node in self.ask("focus") or []),
                 f"focus on “{part}”, not {self.ask('focus')}")

    # --- keys, pointer, pixels ---

    def xdotool(self, *args):
        return subprocess.run(["xdotool", *map(str, args)], env=self.env, check=True,
                              timeout=DEADLINE, stdout=subprocess.PIPE, text=True).stdout

    def key(self, *keys):
        self.xdotool("key", "--delay", "60", *keys)

    def type(self, text):
        self.xdotool("type", "--delay", "30", text)

    def popups(self):
        """Windows of the program that are shown, the main ones included."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "proof-editor"],
                               env=self.env, stdout=subprocess.PIPE, timeout=DEADLINE)
        return found.stdout.decode().split()

    def place(self, window):
        """x, y, width, height on the screen."""
        rows = dict(row.split("=") for row in
                    self.xdotool("getwindowgeometry", "--shell", window).split())
        return tuple(int(rows[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))

    def pixels(self):
        """Rows of (red, green, blue) of the screen."""
        header, data = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"],
                                      env=self.env, stdout=subprocess.PIPE, check=True,
                                      timeout=DEADLINE).stdout.split(b"\n255\n", 1)
        width = int(header.split()[1])
        return [[tuple(data[i:i + 3]) for i in range(row, row + 3 * width, 3)]
                for row in range(0, len(data), 3 * width)]

    def colored(self, is_color, width=600):
        """Places (x, y) of such pixels in the text's part of the window."""
        return [(x, y) for y, row in enumerate(self.pixels()) for x, pixel in
                enumerate(row[:width]) if is_color(*pixel)]

    def red(self):
        return self.colored(lambda r, g, b: r > 170 and g < 110 and b < 110)

    def blue(self):
        return self.colored(lambda r, g, b: b > 140 and r < 100 and g < 150)

    def kill_service(self):
        os.kill(int((self.dir / "pid").read_text()), signal.SIGKILL)
