#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The units under systemd: a Debian 12 is booted as a container; the manager of its user runs them.

Needs a Debian 12 here, too: what this build made is installed into it. Environment: BUILD: the
build folder, whose prefix is /usr/local.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin"))
import tap
from chroot import KEPT, Chroot, as_root, call, missing

PACKAGES = ("systemd systemd-sysv dbus dbus-user-session libpam-systemd curl procps "
            "libglib2.0-bin libglib2.0-0 libdbus-1-3 libicu72 libhunspell-1.7-0 libcmark0.30.2 "
            "libexttextcat-2.0-0 libexttextcat-data libjson-glib-1.0-0 libopenblas0-serial "
            "libseccomp2 libsoup-3.0-0 hunspell-en-us")
USER = "writer"
SECONDS = 300  # the longest wait for what must come


def why_not():
    """Why no container can be booted here; None: it can."""
    if not shutil.which("systemd-nspawn") or not shutil.which("nsenter"):
        return "needs systemd-nspawn and nsenter"
    if os.geteuid() != 0:
        return "needs root"
    if "VERSION_CODENAME=bookworm" not in Path("/etc/os-release").read_text(encoding="utf-8"):
        return "needs Debian 12, whose libraries are the container's"
    return missing()


@unittest.skipIf(why_not(), why_not())
class Systemd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        KEPT.mkdir(parents=True, exist_ok=True)
        cls.log = KEPT / "systemd.log"
        cls.log.unlink(missing_ok=True)
        chroot = Chroot(cls.log)
        cls.addClassCleanup(chroot.close)
        chroot.run(f"apt-get install -q -y --no-install-recommends {PACKAGES}")
        chroot.run(f"useradd --create-home {USER}; mkdir -p /var/lib/systemd/linger; "
                   f"touch /var/lib/systemd/linger/{USER}")
        call(["meson", "install", "-C", os.environ["BUILD"], "--no-rebuild", "--quiet",
              "--destdir", chroot.dir], cls.log)
        chroot.run("ldconfig")
        cls.boot(chroot.dir)

    @classmethod
    def boot(cls, folder):
        with open(cls.log, "ab") as output:
            cls.nspawn = subprocess.Popen(
                as_root(["systemd-nspawn", "-D", folder, "-b", "--private-network", "--register=no",
                         "--keep-unit", "--console=pipe"]), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ,
                                               "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        cls.addClassCleanup(cls.power_off)
        cls.uid = (folder / "home" / USER).stat().st_uid
        cls.wait(lambda: cls.first() and cls.run_inside("systemctl --user list-units")[0] == 0)

    @classmethod
    def power_off(cls):
        cls.nspawn.terminate()  # it asks the container to shut down
        try:
            cls.nspawn.wait(SECONDS)
        except subprocess.TimeoutExpired:
            cls.nspawn.kill()
            cls.nspawn.wait()

    @classmethod
    def wait(cls, condition):
        end = time.monotonic() + SECONDS
        while not (value := condition()):
            if cls.nspawn.poll() is not None or time.monotonic() > end:
                raise AssertionError(cls.log.read_text(errors="replace")[-4000:])
            time.sleep(.1)
        return value

    @classmethod
    def first(cls):
        """(nullable): the container's process 1, as this system counts"""
        children = Path(f"/proc/{cls.nspawn.pid}/task/{cls.nspawn.pid}/children").read_text()
        return children.split()[0] if children else None

    @classmethod
    def run_inside(cls, script, user=True):
        """As the user, or as root: (status, what it printed)"""
        runtime = f"/run/user/{cls.uid}"
        who = [f"--setuid={cls.uid}", f"--setgid={cls.uid}"] if user else []
        home = f"/home/{USER}" if user else "/root"
        done = subprocess.run(
            ["nsenter", "-t", cls.first(), "-m", "-u", "-i", "-n", "-p", "-r", "-w", *who, "env",
             "-i", f"HOME={home}", "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
             f"XDG_RUNTIME_DIR={runtime}", f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus",
             "sh", "-c", f"cd; {script}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
        return done.returncode, done.stdout

    def ask(self, script, status=0, **how):
        got, output = self.run_inside(script, **how)
        self.assertEqual(got, status, output)
        return output

    def property(self, name, unit="proofd"):
        return self.ask(f"systemctl --user show --value -p {name} {unit}").strip()

    def status_of(self, unit):
        """/proc/PID/status of its main process"""
        lines = self.ask(f"cat /proc/{self.property('MainPID', unit)}/status").splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def assert_fenced_in(self, unit):
        status = self.status_of(unit)
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))
        self.assertEqual(int(status["CapBnd"], 16), 0)

    def test_service(self):
        self.ask("systemctl --user stop proofd-http.socket proofd-http proofd; rm -rf .local")
        self.assertEqual(self.property("ActiveState"), "inactive")
        self.assertIn("receive", self.ask("echo I recieve it | proof check", status=1))
        self.assertEqual(self.property("ActiveState"), "active")  # systemd started it, not the bus
        self.assert_fenced_in("proofd")
        self.ask("proof words add Flarnquistle")
        self.assertEqual(self.ask("cat .local/share/proofd/words.txt"), "Flarnquistle\n")
        self.assertRegex(self.property("StatusText"), "documents: 0")
        self.assertEqual(self.property("MemorySwapMax"), "0")

    def test_watchdog(self):
        self.ask("proof words")
        fed = int(self.property("WatchdogTimestampMonotonic"))
        self.assertGreater(fed, 0)
        self.wait(lambda: int(self.property("WatchdogTimestampMonotonic")) > fed)
        first = self.property("MainPID")
        self.ask(f"kill -STOP {first}")
        self.wait(lambda: self.property("MainPID") != first)  # it starved
        self.assertIn("receive", self.ask("echo I recieve it | proof check", status=1))

    def test_http(self):
        self.ask("systemctl --user start proofd-http.socket")
        answer = self.ask("curl -sS -d language=en-US -d 'text=I recieve it.' "
                          "http://127.0.0.1:8081/v2/check")
        self.assertIn('"receive"', re.sub(r"\s", "", answer))
        self.assert_fenced_in("proofd-http")

    def test_without_namespaces(self):
        folder = "/run/user/$(id -u)/systemd/user/proofd.service.d"
        self.ask("systemctl --user stop proofd")
        self.ask(f"mkdir -p {folder} && printf '[Service]\nExecStart=\nExecStart=/bin/sh -c "
                 f"\"exit 217\"\n' >{folder}/fails.conf && systemctl --user daemon-reload")
        self.assertIn("no user namespaces", self.run_inside("proof doctor")[1])
        self.ask(f"rm -r {folder} && systemctl --user daemon-reload && "
                 "systemctl --user reset-failed proofd")
        self.assertNotIn("no user namespaces", self.run_inside("proof doctor")[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # with the cleanups
    tap.main()
