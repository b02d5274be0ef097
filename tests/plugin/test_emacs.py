#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/emacs in a real Emacs, in batch, with the real service.

Environment: as case.py.
"""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import tap
from case import PROOF, BusCase

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugin" / "emacs"
TESTS = Path(__file__).resolve().parent / "emacs" / "proofd-tests.el"
EMACS = shutil.which("emacs")
# where Debian's packages for Emacs are, which -Q leaves out
DEBIAN = [arg for folder in sorted(Path("/usr/share/emacs/site-lisp/elpa").glob("*"))
          for arg in ("-L", str(folder))]
sys.dont_write_bytecode = True


@unittest.skipUnless(EMACS, "needs Emacs: ./dev test --clients installs it")
class EmacsCase(BusCase):
    def setUp(self):
        super().setUp()
        self.package = self.dir / "package"
        self.package.mkdir()
        for path in PACKAGE.glob("*.el"):
            shutil.copy(path, self.package)
        self.env.update(PROOF=PROOF, PROOFD_PID_FILE=str(self.dir / "pid"),
                        PROOFD_SERVICE_FILE=str(self.dir / "services" / "proofd.service"))

    def emacs(self, *args, **more):
        """Runs Emacs in batch and gives what it wrote; asserts that it ends well."""
        done = subprocess.run(
            [EMACS, "--batch", "-Q", *DEBIAN, "-L", str(self.package), *args],
            env=self.env, cwd=self.work,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            timeout=400, check=False, **more)
        output = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, output)
        return output


class Batch(EmacsCase):
    """A test for each ert-deftest of emacs/proofd-tests.el."""

    @classmethod
    def add(cls, name, needs_bus):
        def test(self):
            if not needs_bus:
                self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
            output = self.emacs("-f", "package-initialize", "-l", str(TESTS), "--eval",
                                f"(ert-run-tests-batch-and-exit '{name})")
            self.assertRegex(output, r"Ran 1 tests, \d results as expected")
            if ", 1 skipped" in output:
                self.skipTest("needs markdown-mode")

        setattr(cls, f"test_{name}", test)


class Package(EmacsCase):
    """The files as a package."""

    def test_compiles_without_warnings(self):
        output = self.emacs("--eval", "(setq byte-compile-error-on-warn t)",
                            "-f", "batch-byte-compile",
                            *sorted(map(str, self.package.glob("*.el"))))
        self.assertNotIn("Warning", output)
        self.assertEqual(len(list(self.package.glob("*.elc"))), 4)

    def test_has_clean_docstrings(self):
        for path in sorted(self.package.glob("*.el")):
            output = self.emacs("--eval", f'(checkdoc-file "{path}")')
            self.assertNotIn(".el:", output)

    def test_is_installed_from_its_folder(self):
        output = self.emacs("--eval", f"""(progn
            (require 'package)
            (setq package-user-dir "{self.dir}/elpa" load-path (cdr load-path))
            (package-initialize)
            (package-install-file "{self.package}")
            (global-proofd-mode)
            (princ (locate-library "proofd-correct")))""")
        self.assertIn("/elpa/proofd-0.1.0/proofd-correct.el", output)

    def test_is_clean_for_package_lint(self):
        output = self.emacs("-f", "package-initialize", "--eval", f"""(progn
            (unless (require 'package-lint nil t) (princ "missing") (kill-emacs 0))
            (setq package-lint-main-file "{self.package}/proofd.el")
            (dolist (file (directory-files "{self.package}" t "el$"))
              (with-current-buffer (find-file-noselect file)
                (pcase-dolist (`(,line ,_ ,type ,text) (package-lint-buffer))
                  (princ (format "lint: %s:%d: %s\n" file line text))))))""")
        if output.endswith("missing"):
            self.skipTest("needs elpa-package-lint")
        # there is no home page yet; package-lint 0.16 is older than Emacs 28
        left = [line for line in output.splitlines() if line.startswith("lint: ") and
                not line.endswith(("Homepage or URL header.", "in all released Emacs versions."))]
        self.assertEqual(left, [])


for match in re.finditer(r"^\(ert-deftest ([-\w]+) \(\)\n(  :tags '\(no-bus\))?",
                         TESTS.read_text(), re.MULTILINE):
    Batch.add(match[1], not match[2])


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    tap.main()
