#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libproofd from Python, from JavaScript and in its examples, with the real service.

Environment: as case.py; PROOFD_LIBRARY: the folder with libproofd.so and Proofd-1.typelib;
PROOFD_EXAMPLE: check.c, built. What needs python3-gi, gjs, busctl, or pkg-config and a compiler is
skipped where they are missing.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import tap
from case import BusCase

HERE = Path(__file__).resolve().parent
CLIENT = HERE.parents[1] / "plugin" / "client"
LIBRARY = os.environ.get("PROOFD_LIBRARY", "/nonexistent")
EXAMPLE = os.environ.get("PROOFD_EXAMPLE", "/nonexistent")
TEXT = "\U0001f600 *Zorbulon* did recieve `teh` it.\n\nShe go home.\n"
SANITIZED = "ASAN_OPTIONS" in os.environ  # its library loads into no other program


def python_with_gi():
    """Debian's own, where another python3 comes first."""
    for python in dict.fromkeys((sys.executable, shutil.which("python3"), "/usr/bin/python3")):
        done = subprocess.run([python, "-c", "import gi"], stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 0:
            return python
    return None


PYTHON = python_with_gi()
HAS_TYPELIB = os.path.exists(f"{LIBRARY}/Proofd-1.typelib") and not SANITIZED


class LibraryCase(BusCase):
    def setUp(self):
        super().setUp()
        self.env.update(GI_TYPELIB_PATH=LIBRARY, LD_LIBRARY_PATH=LIBRARY)

    def run_program(self, *command, status=0):
        done = subprocess.run(command, env=self.env, cwd=self.work, timeout=600, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        self.errors = done.stderr.decode()
        return done.stdout.decode()


class Library(LibraryCase):
    """From other languages, all of it."""

    def expected(self, *options):
        """What `proof` finds in the same text: [start, length, kind, rule, message, candidates]."""
        path = self.write("text.md", TEXT)
        found = json.loads(self.proof("check", "--json", "--language=en_US", *options, str(path),
                                      status=1))
        return [[f["offset"], f["length"], f["kind"], f["rule"], f["message"], f["replacements"]]
                for f in found["files"][0]["findings"]]

    def check_use(self, *command):
        out = json.loads(self.run_program(*command, TEXT))
        words = self.write("words", "zorbulon\n")
        expected = self.expected("--max-candidates=3", f"--words={words}")
        for row in expected:
            row[0] += 1  # the text's first character has two units
        self.assertEqual(len(expected), 2)
        self.assertEqual(out["check"], expected)
        self.assertEqual(out["async"], expected)
        self.assertEqual(out["document"], expected)
        self.assertEqual(out["ignored"], expected[1:])
        self.assertEqual(out["suggest"], expected[0][5])
        start, length, kind, rule = expected[0][:4]
        self.assertEqual(out["explain"][:4], [start, length, False, ""])
        self.assertGreater(out["explain"][4], 2)
        self.assertEqual(out["explain"][5:7], [kind, rule])
        self.assertEqual(out["explain"][7][0][:4], [start, length, kind, rule])
        self.assertEqual(out["score"], [True, True])
        self.assertEqual(out["words"], ["frobnicate"])
        self.assertTrue(out["changed"])
        self.assertTrue(out["error"][0], out["error"])
        self.assertEqual(out["options"], ["markdown", ["zorbulon"], 3])
        self.assertRegex(out["version"], r"^\d+\.\d+")

    @unittest.skipUnless(HAS_TYPELIB and PYTHON, "needs python3-gi and Proofd-1.typelib")
    def test_python(self):
        self.check_use(PYTHON, str(HERE / "use_library.py"))

    @unittest.skipUnless(HAS_TYPELIB and shutil.which("gjs"), "needs gjs and Proofd-1.typelib")
    def test_javascript(self):
        self.check_use("gjs", str(HERE / "use_library.js"))
        self.assertEqual(self.errors, "")


class Examples(LibraryCase):
    """Those of plugin/client/examples; the README shows them as they are."""

    lines = "2+7 “recieve” is not in the dictionary: did you mean “receive”?\n"

    def shown(self, name):
        self.assertIn((CLIENT / "examples" / name).read_text(),
                      (CLIENT / "README.md").read_text())

    @unittest.skipUnless(os.path.exists(EXAMPLE), "needs check.c, built")
    def test_c(self):
        self.shown("check.c")
        self.assertEqual(self.run_program(EXAMPLE, "I recieve it.", status=1), self.lines)
        self.assertEqual(self.run_program(EXAMPLE, "I have it."), "")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.run_program(EXAMPLE, "I have it.", status=2)
        self.assertIn("no session bus", self.errors)

    @unittest.skipUnless(HAS_TYPELIB and PYTHON, "needs python3-gi and Proofd-1.typelib")
    def test_python(self):
        self.shown("check.py")
        example = str(CLIENT / "examples" / "check.py")
        self.assertEqual(self.run_program(PYTHON, example, "I recieve it.", status=1), self.lines)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.run_program(PYTHON, example, status=2)
        self.assertIn("no session bus", self.errors)

    @unittest.skipUnless(shutil.which("busctl"), "needs busctl, of systemd")
    def test_shell(self):
        self.shown("check.sh")
        out = self.run_program("sh", str(CLIENT / "examples" / "check.sh"))
        finding, = json.loads(out)["data"][0]
        self.assertEqual(finding[:2], [2, 7])
        self.assertEqual(finding[5], "spelling/unknown")

    @unittest.skipUnless(shutil.which("pkg-config") and shutil.which("cc") and not SANITIZED,
                         "needs pkg-config and a C compiler")
    def test_pkg_config(self):
        """As the first lines of check.c say, from the build folder."""
        self.env["PKG_CONFIG_PATH"] = str(Path(LIBRARY).parents[1] / "meson-uninstalled")
        flags = shlex.split(self.run_program("pkg-config", "--cflags", "--libs", "proofd-1"))
        self.run_program("cc", "-Wall", "-Wextra", "-Werror", str(CLIENT / "examples" / "check.c"),
                         "-o", str(self.work / "check"), *flags)
        self.assertEqual(self.run_program(str(self.work / "check"), status=1), self.lines)


if __name__ == "__main__":
    tap.main()
