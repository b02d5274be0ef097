#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arch Linux's packages, built with the makepkg that is here."""

import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin"))
import tap
from chroot import KEPT, ROOT, call

PKGBUILD = ROOT / "packaging" / "arch" / "PKGBUILD"


class Arch(unittest.TestCase):
    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_shell(self):
        done = subprocess.run(["shellcheck", PKGBUILD], stdout=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    @unittest.skipUnless(shutil.which("makepkg") and shutil.which("bsdtar"),
                         "needs makepkg and bsdtar")
    def test_packages(self):
        """Each one is made, no file is in two; the PKGBUILD itself fails if one is in none."""
        out, log = KEPT / "arch", KEPT / "arch.log"
        shutil.rmtree(out, ignore_errors=True)
        log.unlink(missing_ok=True)
        call([sys.executable, ROOT / "packaging" / "package.py", "arch", out], log)
        text = PKGBUILD.read_text(encoding="utf-8")
        names = set(re.search(r"^pkgname=\(([^)]*)\)", text, re.MULTILINE).group(1).split())
        owner = {}
        for path in sorted(out.glob("*.pkg.tar.zst")):
            listed = subprocess.run(["bsdtar", "-tf", path], check=True, text=True,
                                    stdout=subprocess.PIPE).stdout.splitlines()
            info = subprocess.run(["bsdtar", "-xOf", path, ".PKGINFO"], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout
            name = re.search(r"^pkgname = (\S+)", info, re.MULTILINE).group(1)
            names.remove(name)
            for file in listed:
                if not file.endswith("/") and not file.startswith("."):
                    self.assertNotIn(file, owner, name)
                    owner[file] = name
        self.assertEqual(names, set())
        self.assertEqual(owner["usr/share/proofd/models/en/model.safetensors"], "proofd-model-en")


if __name__ == "__main__":
    tap.main()
