#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-hardening.py FILE... [--fortified] - the built files, units and the profile are hardened

Environment: BUILD_DIR.
"""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "plugin"))
import tap  # noqa: E402

UNITS = {"proofd.service": 2.0, "proofd-http.service": 2.0}  # exposure, at most
FILES = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
FORTIFIED = "--fortified" in sys.argv


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                          text=True, env={**os.environ, "LC_ALL": "C"}).stdout


class Files(unittest.TestCase):
    def check(self, pattern, *command, every=True):
        """Is @pattern in what @command says of every file, or of any?"""
        found = [bool(re.search(pattern, output(*command, file))) for file in FILES]
        self.assertTrue(all(found) if every else any(found), (pattern, FILES, found))

    def test_position_independent(self):
        self.check(r"Type:\s+DYN", "readelf", "--file-header")

    def test_relro(self):
        self.check("GNU_RELRO", "readelf", "--program-headers", "--wide")
        self.check("BIND_NOW|NOW", "readelf", "--dynamic", "--wide")

    def test_stack_cannot_be_executed(self):
        self.check(r"GNU_STACK\s.*\sRW\s", "readelf", "--program-headers", "--wide")

    def test_stack_protector(self):
        self.check("__stack_chk_fail", "readelf", "--dyn-syms", "--wide")

    @unittest.skipUnless(FORTIFIED, "built without optimization, or with a sanitizer")
    def test_fortified(self):
        self.check(r"__\w+_chk\b(?<!__stack_chk)", "readelf", "--dyn-syms", "--wide", every=False)

    @unittest.skipUnless(os.uname().machine == "x86_64", "CET is of x86")
    def test_control_flow(self):
        self.check("endbr64", "objdump", "--disassemble", "--section=.text")


class Units(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_exposure(self):
        for unit, most in UNITS.items():
            path = next(Path(os.environ["BUILD_DIR"]).rglob(unit), None)
            if path is None:
                continue  # built without it
            text = output("systemd-analyze", "security", "--offline=true", "--no-pager", path)
            score = float(re.search(r"exposure level for \S+: ([\d.]+)", text)[1])
            with self.subTest(unit):
                self.assertLessEqual(score, most, text)


class Profile(unittest.TestCase):
    @unittest.skipUnless(shutil.which("apparmor_parser"), "apparmor_parser is not installed")
    def test_parser_accepts(self):
        text = output("apparmor_parser", "--skip-kernel-load", "--skip-cache",
                      ROOT / "packaging" / "apparmor" / "usr.bin.proofd")
        self.assertNotIn("error", text)


if __name__ == "__main__":
    del sys.argv[1:]
    tap.main()
