#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's packages: built in a bare Debian 12 from what they declare, then installed and tried.

Logs and packages are kept in build/packaging. PROOFD_DEBS names a folder with packages and their
source that were built before, to try these instead.
"""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin"))
import tap
from chroot import ENVIRONMENT, KEPT, ROOT, Chroot, as_root, call, missing

CONTROL = (ROOT / "packaging" / "debian" / "control").read_text(encoding="utf-8")
NAMES = re.findall(r"^Package: (\S+)", CONTROL, re.MULTILINE)
# Two machines that have nothing in common but the packages that building needs.
FIRST = {"LC_ALL": "C.UTF-8", "TZ": "UTC-12", "DEB_BUILD_OPTIONS": "parallel=2"}
SECOND = {"LC_ALL": "C", "TZ": "UTC+11", "LANG": "de_DE.UTF-8",
          "DEB_BUILD_OPTIONS": "nocheck parallel=1"}
# What a package manager itself changes when a package comes and goes.
OWN_TRACES = re.compile(r"^\./(proc|dev|tmp|srv|root/\.cache|var/(cache|lib/(apt|dpkg)|log)|"
                        r"etc/ld\.so\.cache|home/builder)(/|$)")


def log_of(name):
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name}.log"
    path.unlink(missing_ok=True)
    return path


def build(chroot, folder, umask, variables):
    """Builds the source package of /srv as any user, without a network."""
    chroot.run(f"umask {umask}; mkdir -p {folder} && cd {folder} && dpkg-source -x /srv/*.dsc && "
               "cd proofd-*/ && dpkg-buildpackage -us -uc -b", user="builder", network=False,
               **variables)
    return chroot.dir / folder.lstrip("/")


def build_twice():
    """(folder of packages, folder of those of a second build)"""
    folder, log = KEPT / "debs", log_of("build")
    shutil.rmtree(folder, ignore_errors=True)
    call([sys.executable, ROOT / "packaging" / "package.py", "source", folder], log)
    chroot = Chroot(log)
    try:
        chroot.put(sorted(folder.iterdir()))
        chroot.run("apt-get build-dep -q -y --no-install-recommends /srv/*.dsc")
        first = build(chroot, "/home/builder/first", "022", FIRST)
        call(["cp", *sorted(first.glob("proofd_*.*")), *sorted(first.glob("*.deb")), folder], log)
        second = build(chroot, "/home/builder/the/second", "002", SECOND)
        other = KEPT / "debs-again"
        shutil.rmtree(other, ignore_errors=True)
        other.mkdir()
        call(["cp", *sorted(second.glob("*.deb")), other], log)
    finally:
        chroot.close()
    return folder, other


@functools.cache
def build_once():
    """What build_twice() gives, or how it failed, which a second attempt would not change."""
    given = os.environ.get("PROOFD_DEBS")
    try:
        return (Path(given), None) if given else build_twice()
    except (AssertionError, OSError) as error:
        return error


def builds():
    """As build_twice(), once for all tests; the second folder is None if they are given."""
    done = build_once()
    if isinstance(done, Exception):
        raise AssertionError(f"the packages cannot be built: {str(done)[-2000:]}")
    return done


def debs(*names):
    """Their files; of all packages, without those of debug symbols, if none is named."""
    folder = builds()[0]
    return [next(folder.glob(f"{name}_*.deb")) for name in names or NAMES]


def field(deb, name):
    return subprocess.run(["dpkg-deb", "-f", deb, name], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


def files(deb):
    """Paths of what is no folder, with a leading slash."""
    lines = subprocess.run(["dpkg-deb", "-c", deb], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.splitlines()
    return [line.split(None, 5)[5].split(" -> ")[0][1:] for line in lines if line[0] != "d"]


def older(deb, folder):
    """@deb once more with a version just below its own, dependencies likewise."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    version = field(deb, "Version")
    control = tree / "DEBIAN" / "control"
    control.write_text(control.read_text().replace(version, version + "~"))
    subprocess.run(["dpkg-deb", "-b", "--root-owner-group", "-Znone", tree, folder], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / deb.name.replace(version, version + "~")


@unittest.skipIf(missing(), missing())
class Packages(unittest.TestCase):
    """Files alone; nothing is installed."""

    def test_builds_in_a_bare_system(self):
        """From the declared build dependencies, its own tests included, without a network."""
        folder = builds()[0]
        for name in NAMES:
            self.assertTrue(list(folder.glob(f"{name}_*.deb")), name)

    def test_is_reproducible(self):
        """Elsewhere, later, in another time zone, by a user with another umask: the same bytes."""
        folder, other = builds()
        if other is None:
            self.skipTest("built only once")
        for deb in sorted(folder.glob("*.deb")):
            again = other / deb.name
            if hashlib.sha256(deb.read_bytes()).digest() != \
                    hashlib.sha256(again.read_bytes()).digest():
                done = subprocess.run(["diffoscope", deb, again], stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, check=False)
                self.fail(f"{deb.name}: {done.stdout[:4000]}")

    def test_lintian(self):
        """Not even a pedantic tag, but those that the lintian-overrides explain."""
        folder = builds()[0]
        done = subprocess.run(["lintian", "--allow-root", "--pedantic", "--display-experimental",
                               "--display-info", *folder.glob("*.dsc"), *folder.glob("*.changes")],
                              stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_split(self):
        """No file in two packages; weights in that of the model alone, which any machine takes."""
        owner = {}
        for deb in debs():
            for path in files(deb):
                self.assertNotIn(path, owner, deb.name)
                owner[path] = field(deb, "Package")
        models = {name for path, name in owner.items() if "/proofd/models/" in path}
        self.assertEqual(models, {"proofd-model-en"})
        self.assertEqual(field(debs("proofd-model-en")[0], "Architecture"), "all")
        self.assertLess(debs("proofd")[0].stat().st_size, 2_000_000)

    def test_any_processor(self):
        """Faster code is chosen at run time: nothing was built for the builder's own machine."""
        if builds()[1] is None:
            self.skipTest("was built elsewhere")
        log = (KEPT / "build.log").read_text(errors="replace")
        self.assertIn("-O2", log)
        for option in ("-march=native", "-mtune=native", "-mcpu=native", "-ffast-math"):
            self.assertNotIn(option, log)


@unittest.skipIf(missing(), missing())
class Installed(unittest.TestCase):
    """In a bare system of its own for each test."""

    def setUp(self):
        builds()  # has a system of its own, and there is one at a time
        self.chroot = Chroot(log_of(self.id().rpartition(".")[2]))
        self.addCleanup(self.chroot.close)

    def install(self, paths, *options):
        self.chroot.put(paths)
        names = " ".join(f"/srv/{path.name}" for path in paths)
        self.chroot.run(f"apt-get install -q -y {' '.join(options)} {names}")

    def test_new_user(self):
        """Three packages, and `proof` corrects: no bus, no settings, no network, no locale."""
        self.install(debs("proofd", "proofd-model-en", "libproofd1"))
        for user in ("builder", "root"):
            status, out, err = self.chroot.ask('proof "She go home."', user=user, network=False)
            self.assertEqual((status, err), (1, ""), out)
            self.assertIn("goes", out)
            self.assertEqual(self.chroot.ask('proof "She goes home."', user=user)[0], 0)

    def test_activation(self):
        """Where there is a bus the service starts by itself, with its model."""
        self.install(debs("proofd", "proofd-model-en", "libproofd1"))
        status, out, err = self.chroot.ask(
            'dbus-run-session -- sh -c \'proof "She go home."; proof status\'', user="builder")
        self.assertEqual(status, 0, (out, err))
        self.assertIn("goes", out)
        self.assertRegex(out, r"(?m)^service +running")
        self.assertRegex(out, r"(?m)^model +en$")

    def test_upgrade_and_purge(self):
        """From the version before to this, no question, and nothing stays behind."""
        old = KEPT / "older"
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir()
        before = [older(deb, old) for deb in debs()]
        self.chroot.put(before + debs())
        names = [" ".join(f"/srv/{path.name}" for path in paths) for paths in (before, debs())]
        listed = self.chroot.ask(f"apt-get install -s --no-install-recommends {names[0]}")[1]
        others = {line.split()[1] for line in listed.splitlines() if line.startswith("Inst ")}
        self.chroot.run("apt-get install -q -y --no-install-recommends "
                        + " ".join(sorted(others - set(NAMES))))
        snapshot = self.paths()
        self.chroot.run(f"apt-get install -q -y --no-install-recommends {names[0]}")
        self.assertEqual(self.versions(), {field(deb, "Version") for deb in before})
        self.chroot.run(f"apt-get install -q -y --no-install-recommends {names[1]}")
        self.assertEqual(self.versions(), {field(deb, "Version") for deb in debs()})
        conffiles = self.chroot.ask("dpkg-query -W -f '${Conffiles}' " + " ".join(NAMES))[1]
        self.assertEqual(conffiles.strip(), "")
        self.assertEqual(self.chroot.ask("dpkg --audit")[1], "")
        self.chroot.run("dpkg --purge " + " ".join(NAMES))
        self.assertEqual(self.paths() - snapshot, set())
        self.assertEqual(snapshot - self.paths(), set())
        self.assertNotIn("proofd", self.chroot.ask("dpkg-query -W -f '${Package}\n'")[1])

    def versions(self):
        return set(self.chroot.ask("dpkg-query -W -f '${Version}\n' " + " ".join(NAMES))[1].split())

    def paths(self):
        listed = self.chroot.ask("cd / && find . -xdev")[1].splitlines()
        return {path for path in listed if not OWN_TRACES.match(path)}

    def test_autopkgtest(self):
        """debian/tests, as Debian runs them."""
        folder = builds()[0]
        results = KEPT / "autopkgtest"
        call(as_root(["rm", "-rf", results]), self.chroot.log)
        # the packages are offered beside Debian's, and so is what they need
        variables = [f"{key}={value}" for key, value in {**ENVIRONMENT, "HOME": "/root"}.items()]
        call(self.chroot.command("env", "-i", *variables, "autopkgtest", "--output-dir", results,
                                 "--apt-upgrade", *sorted(folder.glob("*.dsc")), *debs(), "--",
                                 "chroot", self.chroot.dir), self.chroot.log)
        summary = (results / "summary").read_text()
        tests = (ROOT / "packaging" / "debian" / "tests" / "control").read_text()
        for name in re.findall(r"^Tests: (\S+)", tests, re.MULTILINE):
            self.assertRegex(summary, rf"(?m)^{name} +PASS$")


if __name__ == "__main__":
    tap.main()
