# SPDX-License-Identifier: LGPL-2.1-or-later
"""The running service cannot do what it does not need: a debugger makes its process try."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugin"))
import tap  # noqa: E402
from case import BusCase  # noqa: E402

TRIES = {
    "a socket of the Internet": "(int)socket(2, 1, 0)",
    "a program": "(int)execve(\"/bin/true\", 0, 0)",
    "another process": "(int)fork()",
    "a file of others for writing": "(int)open(\"{work}/letter.txt\", 1)",
    "a new file": "(int)open(\"{work}/new.txt\", 65, 384)",
    "memory that can be written and executed": "(long)mmap(0, 4096, 7, 34, -1, 0)",
}
ALLOWED = {
    "a Unix socket": "(int)socket(1, 1, 0)",
    "a file for reading": "(int)open(\"{work}/letter.txt\", 0)",
}
FILES = ("a file of others for writing", "a new file")  # by Landlock, which a kernel may not have


def has_landlock():
    create_ruleset, version = 444, 1
    return ctypes.CDLL(None).syscall(create_ruleset, None, 0, version) > 0


class Sandbox(BusCase):
    def start(self):
        """Returns: the process of the service, after it did some work"""
        self.proof("words", "add", "Fediverse")
        self.proof("check", stdin="The Fediverse grows.\n")
        return int((self.dir / "pid").read_text())

    def status(self, pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def test_status(self):
        pid = self.start()
        status = self.status(pid)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        for task in Path(f"/proc/{pid}/task").iterdir():
            thread = (task / "status").read_text()
            self.assertIn("Seccomp:\t2", thread)

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    @unittest.skipUnless(os.geteuid() == 0, "only root may trace the service")
    def test_running_process(self):
        pid = self.start()
        letter = self.write("letter.txt")
        calls = {name: call for name, call in {**TRIES, **ALLOWED}.items()
                 if has_landlock() or name not in FILES}
        command = ["gdb", "-nx", "-batch", "-p", str(pid)]
        for call in calls.values():
            command += ["-ex", "print " + call.replace("{work}", str(self.work))]
        done = subprocess.run(command, env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300, text=True)
        results = [int(n) for n in re.findall(r"^\$\d+ = (-?\d+)$", done.stdout, re.MULTILINE)]
        self.assertEqual(len(results), len(calls), done.stdout)
        for (name, _), result in zip(calls.items(), results):
            with self.subTest(name):
                if name in TRIES:
                    self.assertEqual(result, -1)
                else:
                    self.assertGreaterEqual(result, 0)
        self.assertEqual(letter.read_text(), self.write("same.txt").read_text())
        self.assertFalse((self.work / "new.txt").exists())
        self.proof("check", stdin="The Fediverse still grows.\n")  # it goes on


if __name__ == "__main__":
    tap.main()
