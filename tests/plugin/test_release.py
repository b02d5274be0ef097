# SPDX-License-Identifier: LGPL-2.1-or-later
"""packaging/release.py, on a small project of its own under git.

Environment: RELEASE: the program.
"""
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import tap

RELEASE = os.environ["RELEASE"]
SPEC = importlib.util.spec_from_file_location("release", RELEASE)
release = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(release)

MESON = "project('proofd', 'c', version: '1.2.0')\n"
NEWS = "# News\n\n## 1.2.0 (2026-01-31)\n\n- More.\n\n## 1.1.9 (2025-12-01)\n\n- Some.\n"
MANIFEST = {"name": "proofd-model-xx", "version": "7", "licence": "Apache-2.0"}


class TestNews(unittest.TestCase):
    def test_good(self):
        self.assertEqual([section[:2] for section in release.news(NEWS)],
                         [("1.2.0", "2026-01-31"), ("1.1.9", "2025-12-01")])
        self.assertEqual(release.news("# News\n\n## 0.1.0 (not released yet)\n\nFirst.\n")[0][1],
                         "not released yet")

    def test_bad(self):
        for text, part in (
                ("News\n", "NEWS.md:1"),
                ("# News\n", "there is no version"),
                ("# News\n\nHello.\n", "NEWS.md:3: text before"),
                ("# News\n## 1.0\nx\n", "NEWS.md:2: \"## 1.0\" is not"),
                ("# News\n## 1.0.0 (2026-02-30)\nx\n", "2026-02-30 is no date"),
                ("# News\n## 1.0.0 (2026-02-01)\n", "nothing is said of 1.0.0"),
                (NEWS.replace("1.1.9", "1.10.0"), "1.10.0 stands below 1.2.0"),
                (NEWS.replace("2025-12-01", "not released yet"), "only the first version")):
            with self.subTest(part), self.assertRaises(release.Refused) as raised:
                release.news(text)
            self.assertIn(part, str(raised.exception))


@unittest.skipUnless(shutil.which("git") and shutil.which("meson"), "needs git and meson")
class TestRelease(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="proofd-release-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.root = self.dir / "sources"
        (self.root / "model" / "data" / "xx").mkdir(parents=True)
        (self.root / "model" / "data" / "xx" / "manifest.json").write_text(json.dumps(MANIFEST))
        (self.root / "model" / "data" / "xx" / "vocab.txt").write_text("[UNK]\n")
        (self.root / "meson.build").write_text(MESON)
        (self.root / "NEWS.md").write_text(NEWS)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "LC_ALL": "C.UTF-8",
                    "GNUPGHOME": str(self.dir / "gnupg"), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.email", "release@example.org")
        self.git("config", "user.name", "Release")
        self.commit()

    def git(self, *arguments):
        return subprocess.run(["git", "-C", self.root, *arguments], check=True, env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def run_release(self, status=0):
        done = subprocess.run(
            [sys.executable, RELEASE, "--root", self.root, "--build", self.dir / "build",
             "--no-tests", self.dir / "out"], env=self.env, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        return done.stdout + done.stderr

    def test_files(self):
        self.assertIn("there is no key to sign with", self.run_release())
        out = self.dir / "out"
        self.assertEqual(sorted(path.name for path in out.iterdir()), [
            "SHA256SUMS", "proofd-1.2.0.spdx.json", "proofd-1.2.0.tar.xz"])
        for line in (out / "SHA256SUMS").read_text().splitlines():
            value, name = line.split("  ")
            self.assertEqual(hashlib.sha256((out / name).read_bytes()).hexdigest(), value)
        with tarfile.open(out / "proofd-1.2.0.tar.xz") as archive:
            self.assertIn("proofd-1.2.0/NEWS.md", archive.getnames())
        self.assertEqual(self.git("tag"), "")

    def test_bill_of_materials(self):
        self.run_release()
        first = (self.dir / "out" / "proofd-1.2.0.spdx.json").read_text()
        bill = json.loads(first)
        self.assertEqual(bill["spdxVersion"], "SPDX-2.3")
        packages = {package["name"]: package for package in bill["packages"]}
        self.assertEqual(packages["proofd-model-xx"]["versionInfo"], "7")
        self.assertEqual(packages["proofd"]["licenseDeclared"],
                         "LGPL-2.1-or-later AND Apache-2.0 AND FSFAP")
        self.assertIn("all-MiniLM-L6-v2", packages)
        files = {file["fileName"]: file for file in bill["files"]}
        self.assertEqual(set(files), {"./model/data/xx/manifest.json",
                                      "./model/data/xx/vocab.txt"})
        self.assertEqual(files["./model/data/xx/vocab.txt"]["checksums"][1]["checksumValue"],
                         hashlib.sha256(b"[UNK]\n").hexdigest())
        known = {"SPDXRef-DOCUMENT", *(thing["SPDXID"] for thing in
                                       bill["packages"] + bill["files"])}
        self.assertEqual(len(known), 1 + len(packages) + len(files))
        for relation in bill["relationships"]:
            self.assertIn(relation["spdxElementId"], known)
            self.assertIn(relation["relatedSpdxElement"], known)

    def test_refused(self):
        (self.root / "new.c").write_text("")
        self.assertIn("not committed:\n?? new.c", self.run_release(1))
        self.commit()
        (self.root / "NEWS.md").write_text(NEWS.replace("2026-01-31", "not released yet"))
        self.commit()
        self.assertIn("1.2.0 has no date yet", self.run_release(1))
        (self.root / "NEWS.md").write_text(NEWS.replace("1.2.0", "1.3.0"))
        self.commit()
        self.assertIn("its first version is 1.3.0, but meson.build has 1.2.0", self.run_release(1))
        (self.root / "NEWS.md").write_text(NEWS)
        (self.root / "plugin" / "emacs").mkdir(parents=True)
        (self.root / "plugin" / "emacs" / "proofd.el").write_text(";; Version: 1.1.9\n")
        self.commit()
        self.assertIn("proofd.el: its version is 1.1.9, but", self.run_release(1))
        self.git("rm", "--quiet", "plugin/emacs/proofd.el")
        (self.root / "packaging" / "rpm").mkdir(parents=True)
        (self.root / "packaging" / "rpm" / "proofd.spec").write_text("Name: proofd\n")
        self.commit()
        self.assertIn("proofd.spec: no version is where one should be", self.run_release(1))
        self.git("rm", "--quiet", "packaging/rpm/proofd.spec")
        self.git("tag", "v1.2.0")
        self.commit()
        self.assertIn("the tag v1.2.0 is on another commit", self.run_release(1))
        self.assertFalse((self.dir / "out").exists())

    @unittest.skipUnless(shutil.which("gpg"), "needs gpg")
    def test_signed(self):
        (self.dir / "gnupg").mkdir(mode=0o700)
        self.addCleanup(subprocess.run, ["gpgconf", "--kill", "all"], env=self.env, check=False)
        subprocess.run(["gpg", "--batch", "--passphrase", "", "--quick-generate-key",
                        "release@example.org", "ed25519", "sign"], env=self.env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertIn("signed by release@example.org", self.run_release())
        out = self.dir / "out"
        subprocess.run(["gpg", "--verify", out / "SHA256SUMS.asc", out / "SHA256SUMS"],
                       env=self.env, check=True, stderr=subprocess.DEVNULL)
        self.git("verify-tag", "v1.2.0")
        self.run_release()  # once more: the tag is there already


if __name__ == "__main__":
    tap.main()
