#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""RPM's packages, built with the rpmbuild that is here, and what rpmlint says to them."""

import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin"))
import tap
from chroot import KEPT, ROOT, call

RPM = ROOT / "packaging" / "rpm"
SPEC = RPM / "proofd.spec"


@unittest.skipUnless(shutil.which("rpmbuild") and shutil.which("rpmlint"),
                     "needs rpmbuild and rpmlint")
class Rpm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.out = KEPT / "rpm"
        shutil.rmtree(cls.out, ignore_errors=True)
        cls.out.mkdir(parents=True)
        log = KEPT / "rpm.log"
        log.unlink(missing_ok=True)
        call([sys.executable, ROOT / "packaging" / "package.py", "rpm", cls.out], log)

    def test_packages(self):
        """Each one that the spec names, and no file in two of them."""
        spec = SPEC.read_text(encoding="utf-8")
        names = {"proofd", *re.findall(r"^%package -n (\S+)", spec, re.MULTILINE),
                 *("proofd-" + name for name in re.findall(r"^%package ([a-z]\S*)", spec,
                                                           re.MULTILINE))}
        owner = {}
        for path in self.out.glob("*.rpm"):
            name, listed = [subprocess.run(["rpm", "-qp", *query, path], check=True, text=True,
                                           stdout=subprocess.PIPE).stdout
                            for query in (["--qf", "%{NAME}"], ["-l"])]
            if path.name.endswith(".src.rpm"):
                continue
            self.assertIn(name, names)
            names.remove(name)
            for file in listed.split():
                if not re.match(r"/usr/lib/\.build-id|/usr/share/proofd(/models)?$", file):
                    self.assertNotIn(file, owner, name)
                    owner[file] = name
        self.assertEqual(names, set())
        self.assertEqual(owner["/usr/share/proofd/models/en/model.safetensors"], "proofd-model-en")

    def test_rpmlint(self):
        """No error and no warning but those that rpmlint.toml explains."""
        done = subprocess.run(["rpmlint", "-c", RPM / "rpmlint.toml", SPEC,
                               *sorted(self.out.glob("*.rpm"))], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertIn(" 0 errors, 0 warnings", done.stdout)


if __name__ == "__main__":
    tap.main()
