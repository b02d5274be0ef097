# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of the command proof share: a home of its own for each, and a bus with the service.

Environment: PROOF, PROOFD_BINARY: the programs; PROOFD_MODELS: the models (source tree:
model/data).
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PROOF = os.environ["PROOF"]
PROOFD = os.environ.get("PROOFD_BINARY", "")
PATIENCE = 120  # seconds: generous, for machines under load
TEXT = "I recieve it.\nThe the cat sat on teh mat.\n"


def die_with_test():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Case(unittest.TestCase):
    """A directory, a home and an environment of its own for each test."""

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="proof-cli-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        home = self.dir / "home"
        home.mkdir()
        self.env = {key: value for key, value in os.environ.items()
                    if not key.startswith(("LC_", "LANG", "XDG_", "DBUS_"))
                    and key not in ("NO_COLOR", "COLUMNS", "DISPLAY")}
        self.env.update(HOME=str(home), XDG_DATA_HOME=str(home / "data"), LC_ALL="C.UTF-8",
                        XDG_RUNTIME_DIR=str(home), TERM="xterm",
                        XDG_CONFIG_HOME=str(home / "config"),
                        DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/bus")
        self.work = self.dir / "work"
        self.work.mkdir()

    def write(self, name, text=TEXT):
        path = self.work / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_proof(self, *args, stdin="", **more):
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        options = dict(env=self.env, cwd=self.work, timeout=300)
        options.update(more)
        return subprocess.run([PROOF, *args], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **options)

    def proof(self, *args, status=0, stdin="", **more):
        """Runs it, asserts how it ends, and gives what it wrote to standard output."""
        done = self.run_proof(*args, stdin=stdin, **more)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        self.errors = done.stderr.decode()
        return done.stdout.decode()

    def check_scores(self, finding):
        """One for each replacement, best first; the best of a misspelling improves the sentence."""
        self.assertEqual(len(finding["scores"]), len(finding["replacements"]))
        self.assertEqual(finding["scores"], sorted(finding["scores"], reverse=True))
        self.assertGreater(finding["scores"][0], 0)

    def until(self, ask, condition, what):
        """Asks until the answer is right; the answer."""
        deadline = time.monotonic() + PATIENCE
        while not condition(answer := ask()):
            self.assertLess(time.monotonic(), deadline, f"{what}: {answer}")
            time.sleep(0.05)
        return answer


@unittest.skipUnless(shutil.which("dbus-daemon") and PROOFD and os.path.exists(PROOFD),
                     "needs dbus-daemon and proofd")
class BusCase(Case):
    """With a private bus whose only activatable service is the real one, just built."""

    config = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={0}</listen><auth>EXTERNAL</auth>
<servicedir>{0}/services</servicedir><policy context="default"><allow send_destination="*"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""

    def setUp(self):
        super().setUp()
        (self.dir / "services").mkdir()
        (self.dir / "services" / "proofd.service").write_text(
            f"[D-BUS Service]\nName=org.proofd.Checker1\nExec=/bin/sh {self.dir}/start\n")
        (self.dir / "start").write_text(f"echo $$ >'{self.dir}/pid'\nexec '{PROOFD}'\n")
        (self.dir / "bus.conf").write_text(self.config.format(self.dir))
        del self.env["DBUS_SESSION_BUS_ADDRESS"]
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.dir}/bus.conf", "--nofork", "--print-address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.env,
            preexec_fn=die_with_test)
        self.addCleanup(self.stop_bus)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().decode().strip()

    def stop_bus(self):
        self.bus.terminate()
        self.bus.wait()
        self.bus.stdout.close()
