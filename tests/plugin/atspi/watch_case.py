# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of proofd-watch share: a screen, a bus with accessibility, real keys and clicks.

Environment: PROOFD_WATCH: the program; the rest as case.py. Needs the Python that has gi, which is
Debian's: a test's file calls use_system_python() first.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

WATCH = os.environ["PROOFD_WATCH"]
PATIENCE = 60  # seconds: generous, for machines under load
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
SYSTEM_PYTHON = "/usr/bin/python3"
GTK_PROGRAM = Path(__file__).with_name("gtk_program.py")
READERS = ("GetText", "GetStringAtOffset", "GetCharacterAtOffset")  # and GetTextAtOffset, ...


def use_system_python():
    """Goes on under Debian's Python, if this one has no gi."""
    try:
        import gi  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        if os.path.exists(SYSTEM_PYTHON) and os.path.realpath(sys.executable) != \
                os.path.realpath(SYSTEM_PYTHON):
            os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])


use_system_python()
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from case import BusCase, die_with_test  # noqa: E402  pylint: disable=wrong-import-position
from display import start_display  # noqa: E402  pylint: disable=wrong-import-position


def missing():
    """What is not there that every one of these tests needs, or ""."""
    try:
        import gi  # pylint: disable=import-outside-toplevel
        gi.require_version("Atspi", "2.0")
        gi.require_version("Gio", "2.0")
    except (ImportError, ValueError):
        return "python3-gi, gir1.2-atspi-2.0"
    programs = [name for name in ("Xvfb", "xdotool", "openbox") if not shutil.which(name)]
    return ", ".join(programs + ([] if os.path.exists(LAUNCHER) else ["at-spi2-core"]))


@unittest.skipIf(missing(), f"needs {missing()}")
class WatchCase(BusCase):
    """On a screen of its own; the test reads programs as a screen reader would."""

    watch_config = "[watch]\n"
    n_marks = 0

    def setUp(self):
        os.environ["GSETTINGS_BACKEND"] = "memory"  # what the bus itself starts gets it so
        super().setUp()
        (self.dir / "services" / "a11y.service").write_text(
            f"[D-BUS Service]\nName=org.a11y.Bus\nExec={LAUNCHER}\n")
        home = self.dir / "home"
        self.settings = home / "config" / "proofd" / "watch.conf"
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(self.watch_config)
        self.env.update(XDG_CACHE_HOME=str(home / "cache"),
                        GTK_THEME="Adwaita", NO_AT_BRIDGE="0",
                        PROOFD_LOCALES=os.environ.get("PROOFD_LOCALES", ""))
        start_display(self, "1000x700", "-noreset")
        self.beside("openbox", "--config-file", str(self.window_manager()))
        self.until(lambda: self.xdotool_status("get_num_desktops"), lambda status: status == 0,
                   "the window manager")
        self.connect()

    def window_manager(self):
        """A new window gets the focus."""
        path = self.dir / "openbox.xml"
        path.write_text('<openbox_config xmlns="http://openbox.org/3.4/rc"><focus><focusNew>yes'
                        "</focusNew></focus></openbox_config>")
        return path

    def beside(self, *command, **more):
        env = dict(self.env, **more)
        log = open(self.dir / f"{Path(command[0]).name}.log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, env=env, cwd=self.work, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, preexec_fn=die_with_test,
                                   start_new_session=True)
        self.addCleanup(process.wait)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        """With those that it started, such as LibreOffice's own."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def connect(self):
        """This process itself looks at programs, on the test's bus."""
        from gi.repository import Gio  # pylint: disable=import-outside-toplevel
        flags = Gio.DBusConnectionFlags
        flags = flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION
        self.session = Gio.DBusConnection.new_for_address_sync(
            self.env["DBUS_SESSION_BUS_ADDRESS"], flags, None, None)
        self.call(self.session, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                  "org.freedesktop.DBus", "UpdateActivationEnvironment", "(a{ss})",
                  {"DISPLAY": self.env["DISPLAY"]})  # as sessions do; Qt finds the bus by it
        address = self.call(self.session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus",
                            "GetAddress")[0]
        self.a11y = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.addCleanup(self.a11y.close_sync)
        self.addCleanup(self.session.close_sync)

    @staticmethod
    def call(bus, name, path, interface, method, signature=None, *arguments):
        from gi.repository import Gio, GLib  # pylint: disable=import-outside-toplevel
        packed = GLib.Variant(signature, arguments) if signature else None
        return bus.call_sync(name, path, interface, method, packed, None,
                             Gio.DBusCallFlags.NONE, 20000, None).unpack()

    # --- waiting ---

    def until(self, ask, condition, what):
        """Asks until the answer is right; the answer."""
        deadline = time.monotonic() + PATIENCE
        while not condition(answer := ask()):
            self.assertLess(time.monotonic(), deadline, f"{what}: {answer!r}{self.logs()}")
            time.sleep(0.05)
        return answer

    def logs(self):
        return "".join(f"\n--- {path.name}: {path.read_text(errors='replace')[-1500:]}"
                       for path in self.dir.glob("*.log"))

    # --- what programs show ---

    def accessible(self, node, method, signature=None, *arguments, interface="Accessible"):
        return self.call(self.a11y, *node, f"org.a11y.atspi.{interface}", method, signature,
                         *arguments)

    def get(self, node, name, interface="Accessible"):
        return self.call(self.a11y, *node, "org.freedesktop.DBus.Properties", "Get", "(ss)",
                         f"org.a11y.atspi.{interface}", name)[0]

    def children(self, node):
        """Its children that are there; programs that end meanwhile have none."""
        from gi.repository import GLib  # pylint: disable=import-outside-toplevel
        try:
            return [tuple(child) for child in self.accessible(node, "GetChildren")[0]]
        except GLib.Error:
            return []

    def states(self, node):
        low, high = self.accessible(node, "GetState")[0]
        return low | high << 32

    def walk(self, node):
        yield node
        for child in self.children(node):
            if child[1] != "/org/a11y/atspi/null":
                yield from self.walk(child)

    def programs(self):
        return self.children(("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"))

    def of_process(self, pid):
        """The root of the tree of a process, or of one that it started; or None."""
        for node in self.programs():
            found = self.call(self.a11y, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus", "GetConnectionUnixProcessID", "(s)",
                              node[0])[0]
            if os.getsid(found) == pid:
                return node
        return None

    def texts(self, pid):
        """Editable texts of a process that have the focus and more than a line."""
        from gi.repository import GLib  # pylint: disable=import-outside-toplevel
        wanted = 1 << 7 | 1 << 12 | 1 << 17  # editable, focused, multi-line
        root = self.of_process(pid)
        found = []
        try:
            for node in self.walk(root) if root else ():
                if self.states(node) & wanted == wanted:
                    found.append(node)
        except GLib.Error:
            pass
        return found

    def focused(self, pid):
        """The editable text of a process that has the focus, or None."""
        wanted = 1 << 7 | 1 << 12
        for node in self.walk(self.of_process(pid)):
            if self.states(node) & wanted == wanted:
                return node
        return None

    def text(self, node):
        count = self.get(node, "CharacterCount", "Text")
        return self.accessible(node, "GetText", "(ii)", 0, count, interface="Text")[0]

    # --- the agent ---

    def start_watch(self, *args, **more):
        self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"  # GTK's
        self.watch = self.beside(WATCH, *args, **{"G_MESSAGES_DEBUG": "proofd", **more})
        self.until(self.has_watch, bool, "the agent's name on the bus")
        self.until(self.is_enabled, bool, "accessibility to be on")
        self.until(self.registered, lambda events: "Object:TextCaretMoved:" in events,
                   "the agent's events")

    def watch_log(self):
        return (self.dir / "proofd-watch.log").read_text()

    def has_watch(self):
        return self.call(self.session, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                         "org.freedesktop.DBus", "NameHasOwner", "(s)", "org.proofd.Watch")[0]

    def is_enabled(self):
        return self.call(self.session, "org.a11y.Bus", "/org/a11y/bus",
                         "org.freedesktop.DBus.Properties", "Get", "(ss)", "org.a11y.Status",
                         "IsEnabled")[0]

    def registered(self):
        """The events that programs are asked for, of anybody."""
        events = self.call(self.a11y, "org.a11y.atspi.Registry", "/org/a11y/atspi/registry",
                           "org.a11y.atspi.Registry", "GetRegisteredEvents")[0]
        return {event for _, event in events}

    def tell(self, *args, status=0):
        done = subprocess.run([WATCH, *args], env=self.env, capture_output=True, timeout=PATIENCE,
                              check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr.decode()

    def count(self):
        """How many findings the agent has: its action's state."""
        actions = self.call(self.session, "org.proofd.Watch", "/org/proofd/Watch",
                            "org.gtk.Actions", "DescribeAll")[0]
        return actions["count"][2][0]

    def panel(self):
        """{name: (x, y, width, height) on the screen} of what the panel shows; {}: not there."""
        from gi.repository import GLib  # pylint: disable=import-outside-toplevel
        shown = {}
        try:
            root = self.of_process(self.watch.pid)
            for node in self.walk(root) if root else ():
                name = self.get(node, "Name")
                is_button = self.accessible(node, "GetRole")[0] == 43
                if name and self.states(node) & 1 << 25 and (is_button or name not in shown):
                    shown[name] = self.accessible(node, "GetExtents", "(u)", 0,
                                                  interface="Component")[0]
        except GLib.Error:
            return {}
        return shown

    def until_panel(self, *names):
        return self.until(self.panel, lambda panel: all(name in panel for name in names),
                          f"{names} in the panel")

    def until_no_panel(self):
        self.until(self.panel, lambda panel: "Close" not in panel, "no panel")

    # --- what was asked of programs ---

    def watch_calls(self):
        """From now on, what anybody asks of the texts of programs is in the file."""
        address = self.call(self.session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus",
                            "GetAddress")[0]
        self.beside("dbus-monitor", "--address", address)
        path = self.dir / "dbus-monitor.log"
        self.until_seen(path)
        return path

    def until_seen(self, calls):
        """Until all that is on the bus by now is in the file too; its lines."""
        def ask():
            self.n_marks += 1
            mark = f"org.proofd.Mark{self.n_marks}"
            self.call(self.a11y, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                      "org.freedesktop.DBus", "NameHasOwner", "(s)", mark)
            return mark in calls.read_text(errors="replace")
        self.until(ask, bool, "the monitor")
        return calls.read_text(errors="replace").splitlines()

    def check_unread(self, calls, but=()):
        """Nobody but this test asked for any piece of a text, but of those in @but."""
        own = self.a11y.get_unique_name()
        asked = [line for line in self.until_seen(calls)
                 if "interface=org.a11y.atspi.Text;" in line and
                 any(f"member={member}" in line for member in READERS) and
                 f"sender={own} " not in line and
                 not any(f"path={node[1]};" in line for node in but)]
        self.assertEqual(asked, [])

    # --- the user ---

    def xdotool(self, *args):
        subprocess.run(["xdotool", *map(str, args)], env=self.env, check=True, timeout=PATIENCE)

    def xdotool_status(self, *args):
        return subprocess.run(["xdotool", *args], env=self.env, capture_output=True,
                              check=False).returncode

    def type(self, text):
        self.xdotool("type", "--delay", "8", "--", text)

    def key(self, *keys):
        for key in keys:
            self.xdotool("key", key)

    def click(self, name):
        """On a button of the panel."""
        x, y, width, height = self.until_panel(name)[name]
        self.xdotool("mousemove", x + width // 2, y + height // 2, "click", 1)

    def start_program(self, *command, **more):
        """Starts a program, waits until its text has the focus; its process and text."""
        program = self.beside(*command, **more)
        found = self.until(lambda: self.texts(program.pid), bool, f"{command}: a focused text")
        return program, found[0]

    def next_field(self, program):
        """Goes on to the next text by Tab; that text."""
        before = self.focused(program.pid)
        self.key("Tab")
        return self.until(lambda: self.focused(program.pid),
                          lambda now: now not in (None, before), "another focus")

    def visit(self, program, why):
        """Types into the next text, until it was looked at with that in it, and left alone."""
        field = self.next_field(program)
        wrong = "recieve teh "
        self.type(wrong)
        self.until(lambda: self.get(field, "CharacterCount", "Text"), lambda n: n == len(wrong),
                   "what was typed")
        decision = f"not watched: {why} ({field[1]})"
        n_before = self.watch_log().count(decision)
        self.key("Left")
        self.until(self.watch_log, lambda log: log.count(decision) > n_before, decision)
        self.assertEqual(self.count(), 0)

    def check_single_line(self, start):
        """Where the program tells passwords from single lines, the user may have these read."""
        self.settings.write_text("[watch]\nsingle-line=true\n")
        self.start_watch()
        program, text = start()
        calls = self.watch_calls()
        self.visit(program, "a password")
        line = self.next_field(program)
        self.type("I recieve it ")
        self.until_panel("receive")
        self.check_unread(calls, [text, line])

    def put_face(self, node, length):
        """A letter beyond 16 bits, which xdotool cannot be relied on to type; @length as wanted."""
        self.accessible(node, "InsertText", "(isi)", 0, "😀 ", length, interface="EditableText")
        self.key("ctrl+End")

    def until_text(self, node, text):
        self.until(lambda: self.text(node), lambda now: now == text, "the text")


class GtkCase(WatchCase):
    """With a small program with GTK 3 or 4."""

    def start_gtk(self, version="3", *args):
        import gi  # pylint: disable=import-outside-toplevel
        if f"{version}.0" not in gi.Repository.get_default().enumerate_versions("Gtk"):
            self.skipTest(f"needs gir1.2-gtk-{version}.0")
        return self.start_program(SYSTEM_PYTHON, str(GTK_PROGRAM), version, *map(str, args))
