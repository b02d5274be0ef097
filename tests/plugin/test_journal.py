# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the service writes to the journal: a journal of our own, in a mount namespace, where the
socket has the name that GLib knows.

Environment: as case.py.
"""
import os
import shutil
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

import tap
from case import BusCase

JOURNAL = Path("/run/systemd/journal")
SECRET = "Xyzzyplugh"
ISOLATED = ["unshare", "--mount", "--map-root-user"]


def can_isolate():
    return shutil.which("unshare") and subprocess.run(
        [*ISOLATED, "mount", "-t", "tmpfs", "none", "/run"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False).returncode == 0


def fields_of(datagram):
    """{name: value} of the journal's native protocol."""
    fields = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
            datagram = rest
        else:
            name, size = line, int.from_bytes(rest[:8], "little")
            value, datagram = rest[8:8 + size], rest[8 + size + 1:]
        fields[name.decode()] = value.decode()
    return fields


class InJournal(BusCase):
    """Inside of the namespace. The service's standard error is connected to the journal."""

    def setUp(self):
        JOURNAL.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, JOURNAL)
        super().setUp()
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.bind(str(JOURNAL / "socket"))
        self.journal.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.journal.settimeout(120)
        self.stdout = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.stdout.bind(str(JOURNAL / "stdout"))
        self.stdout.listen()
        error = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        error.connect(str(JOURNAL / "stdout"))
        self.service = subprocess.Popen([os.environ["PROOFD_BINARY"]], env=self.env, stderr=error)
        error.close()
        self.addCleanup(self.close)
        self.seen = []

    def close(self):
        self.service.kill()
        self.service.wait()
        self.journal.close()
        self.stdout.close()

    def wait_for(self, message):
        while not self.seen or message not in self.seen[-1]["MESSAGE"]:
            self.seen.append(fields_of(self.journal.recv(1 << 16)))
        return self.seen[-1]

    def test_events(self):
        event = self.wait_for("ready")
        self.assertRegex(event["MESSAGE_ID"], "^[0-9a-f]{32}$")
        self.assertEqual(event["PRIORITY"], "6")
        self.assertTrue(event["CODE_FILE"].endswith("daemon/service.c"), event)
        self.assertRegex(event["CODE_LINE"], "^[0-9]+$")
        self.proof("check", stdin=f"She go home with {SECRET}.\n", status=1)
        event = self.wait_for("en_US is loaded")
        self.assertEqual(event["PROOFD_LANGUAGE"], "en_US")
        self.proof("words", "add", SECRET)
        conf = Path(self.env["XDG_CONFIG_HOME"], "proofd", "proofd.conf")
        conf.parent.mkdir(parents=True, exist_ok=True)
        conf.write_text("[check]\nlevel=loud\n")
        event = self.wait_for("level=loud")
        self.assertEqual(event["PROOFD_SETTINGS"], str(conf))
        self.assertEqual(event["PRIORITY"], "4")
        self.assertIn("proofd.conf:2:", event["MESSAGE"])
        self.proof("explain", "-:1:5", stdin=f"She go home with {SECRET}.\n", status=0)
        self.service.terminate()
        self.wait_for("asked to stop")
        self.service.wait()
        ids = {event["MESSAGE"].split()[0]: event["MESSAGE_ID"] for event in self.seen}
        self.assertEqual(len(set(ids.values())), len({event["MESSAGE_ID"] for event in self.seen}))
        for event in self.seen:
            self.assertNotIn(SECRET.lower(), str(event).lower())


class TestJournal(unittest.TestCase):
    def test_in_a_namespace(self):
        if not can_isolate():
            self.skipTest("no mount namespace can be had here")
        done = subprocess.run(
            [*ISOLATED, "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"", "sh",
             sys.executable, __file__, "InJournal"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=500, check=False)
        out = done.stdout.decode()
        self.assertIn("ok 1 - InJournal.test_events", out)
        self.assertNotIn("not ok", out)
        self.assertNotIn("SKIP", out)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.argv.append("TestJournal")
    tap.main()
