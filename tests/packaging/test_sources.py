#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sources as `meson dist` makes them: they build, pass their tests, and install by the rules.

What is committed is what counts. Environment: none.
"""

import fnmatch
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin"))
import tap
from chroot import KEPT, ROOT, call

# Where files may go, by the Filesystem Hierarchy Standard, XDG's rules, and what reads them.
FOLDERS = [
    "/usr/bin", "/usr/include/proofd-1", "/usr/lib/ARCH", "/usr/lib/ARCH/enchant-2",
    "/usr/lib/ARCH/gedit/plugins", "/usr/lib/ARCH/gedit/plugins/proofd",
    "/usr/lib/ARCH/girepository-1.0", "/usr/lib/ARCH/pkgconfig", "/usr/lib/systemd/user",
    "/usr/share/applications", "/usr/share/bash-completion/completions",
    "/usr/share/dbus-1/interfaces", "/usr/share/dbus-1/services", "/usr/share/doc/proofd",
    "/usr/share/doc/proofd/*", "/usr/share/emacs/site-lisp", "/usr/share/fish/vendor_completions.d",
    "/usr/share/gir-1.0", "/usr/share/glib-2.0/schemas", "/usr/share/icons/hicolor/*/apps",
    "/usr/share/locale/*/LC_MESSAGES", "/usr/share/man/man1", "/usr/share/man/man5",
    "/usr/share/metainfo", "/usr/share/nvim/site/pack/dist-bundle/opt", "/usr/share/proofd",
    "/usr/share/proofd/models/en", "/usr/share/vim/vimfiles/pack/dist-bundle/opt/proofd/*",
    "/usr/share/zsh/site-functions",
]
PROGRAMS = {"/usr/bin"}


def multiarch():
    return subprocess.run(["gcc", "-print-multiarch"], stdout=subprocess.PIPE, text=True,
                          check=False).stdout.strip()


@unittest.skipUnless(shutil.which("git") and (ROOT / ".git").exists(), "needs a git repository")
class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        KEPT.mkdir(parents=True, exist_ok=True)
        cls.log = KEPT / "sources.log"
        cls.log.unlink(missing_ok=True)
        cls.folder = Path(tempfile.mkdtemp(prefix="sources-", dir=KEPT))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.env = dict(os.environ, LC_ALL="C.UTF-8")
        cls.env.pop("DESTDIR", None)
        git = ["git", "-c", "safe.directory=*"]
        call([*git, "clone", "--quiet", "--shared", ROOT, cls.folder / "clone"], cls.log)
        call(["meson", "setup", cls.folder / "set-up", cls.folder / "clone"], cls.log, env=cls.env)
        call(["meson", "dist", "-C", cls.folder / "set-up", "--no-tests", "--formats", "xztar"],
             cls.log, env=cls.env)
        cls.tarball = next((cls.folder / "set-up" / "meson-dist").glob("*.tar.xz"))
        with tarfile.open(cls.tarball) as tarball:
            cls.names = tarball.getnames()
            tarball.extractall(cls.folder)
        cls.tree = cls.folder / cls.tarball.name.removesuffix(".tar.xz")
        cls.build = cls.folder / "build"
        call(["meson", "setup", cls.build, cls.tree, "--prefix=/usr", "--buildtype=plain",
              f"--libdir=lib/{multiarch()}", "--sysconfdir=/etc", "--wrap-mode=nodownload"],
             cls.log, env=cls.env)
        call(["meson", "compile", "-C", cls.build], cls.log, env=cls.env)
        cls.installed = cls.folder / "installed"
        call(["meson", "install", "-C", cls.build, "--no-rebuild", "--strip"], cls.log,
             env=dict(cls.env, DESTDIR=str(cls.installed)))

    def files(self):
        return sorted(path for path in self.installed.rglob("*") if not path.is_dir())

    def test_complete(self):
        """Nothing is missing in the tarball, nothing is in it that was not committed."""
        top = self.tree.name
        committed = subprocess.run(["git", "-C", self.folder / "clone", "ls-files", "-z"],
                                   stdout=subprocess.PIPE, text=True, check=True).stdout
        wanted = {f"{top}/{name}" for name in committed.split("\0") if name}
        plain = {name for name in self.names if not (self.folder / name).is_dir()}
        self.assertEqual(plain, wanted)

    def test_tests_pass(self):
        """Those that need neither a bus nor other programs: the rest is run with the checkout."""
        call(["meson", "test", "-C", self.build, "--no-rebuild", "--suite", "unit", "--suite",
              "source", "--timeout-multiplier", "5"], self.log, env=self.env)

    def test_folders(self):
        """Each file is where the rules want its sort."""
        folders = [folder.replace("ARCH", multiarch()) for folder in FOLDERS]
        for path in self.files():
            folder = "/" + str(path.parent.relative_to(self.installed))
            self.assertTrue(any(fnmatch.fnmatchcase(folder, known) for known in folders), path)

    def test_modes(self):
        """Programs can be run, libraries and data only read; nothing is writable for others."""
        for path in self.files():
            if path.is_symlink():
                continue
            folder = "/" + str(path.parent.relative_to(self.installed))
            mode = path.stat().st_mode & 0o7777
            self.assertIn(mode, (0o755,) if folder in PROGRAMS else (0o644, 0o755), path)

    def test_no_trace_of_the_builder(self):
        """What is installed names neither the folder of the sources nor that of the build."""
        for path in self.files():
            if not path.is_symlink():
                self.assertNotIn(bytes(self.folder), path.read_bytes(), path)


if __name__ == "__main__":
    tap.main()
