#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/vscode: its own checks, its package, and the package in VS Code with the real server.

Environment: as case.py; PROOFD_LSP: the language server; PROOFD_VSCODE: a directory with what npm
has installed, which `./dev test --clients` does. Without it, or without Chromium, in which VS Code
is shown, the tests are skipped.
"""

import json
import os
import re
import secrets
import select
import shutil
import subprocess
import unittest
import urllib.parse
import zipfile
from pathlib import Path

import tap
from case import BusCase, Case, die_with_test

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "plugin" / "vscode"
LSP_SOURCE = ROOT / "plugin" / "lsp"
INSTALLED = Path(os.environ.get("PROOFD_VSCODE", "/nonexistent"))
SERVER = INSTALLED / "test/editor/node_modules/code-server/lib/vscode"
NODE = INSTALLED / "test/editor/node_modules/.bin/node"
LSP = os.environ.get("PROOFD_LSP", "")
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)
DEADLINE_S = 500

TEXTS = {
    "letter.md": "# A letter\n\nI 😀 recieve it. She *go* to school every days.\n\n"
                 "    indented recieve\n\nIt is `recieve` here.\n",
    "notes.txt": "Teh cat sat.\r\nYour welcome to come.\r\n",
    "right.md": "The cat sat on the mat.\n",
}


def copy_source(target):
    """The extension's folder, as it is in the source tree, with what npm has installed."""
    ignore = shutil.ignore_patterns("node_modules", "out", "LICENSE.txt")
    shutil.copytree(SOURCE, target, ignore=ignore)
    (target / "node_modules").symlink_to(INSTALLED / "node_modules")


class Manifest(unittest.TestCase):
    def test_version_is_that_of_proofd(self):
        version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text())[1]
        for name in "package.json", "package-lock.json":
            self.assertEqual(json.loads((SOURCE / name).read_text())["version"], version, name)

    def test_settings_are_those_of_the_server(self):
        """Of settings that it does not know it warns; such languages it leaves alone."""
        manifest = json.loads((SOURCE / "package.json").read_text())
        settings = manifest["contributes"]["configuration"]["properties"]
        known = set(re.findall(r'"(\w+)"', (LSP_SOURCE / "settings.c").read_text()))
        self.assertEqual([name for name in settings if name.split(".")[1] not in known], [])
        known = set(re.findall(r'"([^"]+)"', (LSP_SOURCE / "formats.c").read_text()))
        known |= set(settings["proofd.formats"]["default"])
        languages = settings["proofd.enabledLanguages"]["default"]
        self.assertEqual([name for name in languages if name not in known], [])

    def test_lock_files_name_no_host(self):
        for lock in SOURCE / "package-lock.json", SOURCE / "test/editor/package-lock.json":
            packages = json.loads(lock.read_text())["packages"]
            self.assertGreater(len(packages), 100)
            named = [name for name, package in packages.items() if "resolved" in package]
            self.assertEqual(named, [])


@unittest.skipUnless((INSTALLED / "installed").exists(),
                     "needs the npm packages of plugin/vscode: ./dev test --clients")
class Extension(Case):
    def setUp(self):
        super().setUp()
        (self.dir / "LICENSES").symlink_to(ROOT / "LICENSES")
        self.folder = self.dir / "plugin" / "vscode"
        copy_source(self.folder)

    def npm(self, *args):
        done = subprocess.run(["npm", *args], cwd=self.folder, env=self.env, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        return done.stdout.decode()

    def test_checks(self):
        """Types, lint, unit tests."""
        self.assertIn("# fail 0", self.npm("run", "check"))

    def test_package(self):
        self.npm("run", "package")
        with zipfile.ZipFile(self.folder / "out" / "proofd.vsix") as package:
            names = {name.removeprefix("extension/") for name in package.namelist()}
            notices = package.read("extension/out/THIRD-PARTY.txt").decode()
            readme = package.read("extension/README.md").decode()
        self.assertGreaterEqual(names, {
            "package.json", "package.nls.json", "package.nls.de.json", "l10n/bundle.l10n.de.json",
            "out/extension.js", "icon.png", "LICENSE.txt",
            "out/terminateProcess.sh", "CHANGELOG.md"})
        stray = re.compile(r"\.ts$|^test/|node_modules")
        self.assertEqual(list(filter(stray.search, names)), [])
        self.assertIn("vscode-languageclient 9.0.1 (MIT)", notices)
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme):
            self.assertIn(picture, names)


@unittest.skipUnless((INSTALLED / "installed").exists() and CHROMIUM and os.path.exists(LSP),
                     "needs proofd-lsp, Chromium and the npm packages of plugin/vscode: "
                     "./dev test --clients")
class Editor(BusCase):
    """VS Code serves its window to a headless Chromium; extensions and tests run in the server."""

    def setUp(self):
        super().setUp()
        (self.dir / "LICENSES").symlink_to(ROOT / "LICENSES")
        self.folder = self.dir / "plugin" / "vscode"
        copy_source(self.folder)
        programs = self.dir / "bin"
        programs.mkdir()
        (programs / "proofd-lsp").symlink_to(LSP)
        self.env.update(PATH=f"{programs}:{self.env['PATH']}", EXTENSIONS_GALLERY="{}",
                        PROOFD_EDITOR_TEST=str(self.dir / "plan.json"))

    def spawn(self, *args, **more):
        process = subprocess.Popen(args, env=self.env, cwd=self.work, stderr=subprocess.STDOUT,
                                   preexec_fn=die_with_test, **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def expected(self, path):
        """What proof finds: start and end in UTF-16 units, and the rule."""
        text = path.read_bytes().decode()
        found = json.loads(self.run_proof("--json", str(path)).stdout)["files"][0]["findings"]
        units = lambda chars: len(text[:chars].encode("utf-16-le")) // 2
        return [[units(each["offset"]), units(each["offset"] + each["length"]), each["rule"]]
                for each in found]

    def start_vscode(self):
        """Returns the port and the secret that it can be reached with, and its process."""
        data, token = self.dir / "vscode", secrets.token_hex(16)
        server = [NODE, SERVER / "out" / "server-main.js", f"--server-data-dir={data}"]
        self.build()
        (data / "data" / "Machine").mkdir(parents=True)
        (data / "data" / "Machine" / "settings.json").write_text(json.dumps({
            "security.workspace.trust.enabled": False, "telemetry.telemetryLevel": "off",
            "extensions.autoCheckUpdates": False, "workbench.startupEditor": "none"}))
        subprocess.run([*server, f"--install-extension={self.folder}/out/proofd.vsix"], check=True,
                       env=self.env, timeout=120, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        process = self.spawn(*server, "--host=127.0.0.1", "--port=0", f"--connection-token={token}",
                             "--accept-server-license-terms", "--telemetry-level=off",
                             "--force-disable-user-env",
                             stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        for line in process.stdout:
            found = re.search(rb"Extension host agent listening on (\d+)", line)
            if found:
                return int(found[1]), token, process
        self.fail("VS Code's server did not start")

    def build(self):
        subprocess.run(["npm", "run", "package"], cwd=self.folder, env=self.env, check=True,
                       timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["node", "build.mjs", "--tests"], cwd=self.folder, env=self.env, check=True,
                       timeout=120)

    def show(self, port, token):
        tests = f"vscode-remote://127.0.0.1:{port}{self.folder}/test/editor"
        query = urllib.parse.urlencode({
            "tkn": token, "folder": self.work, "payload": json.dumps([
                ["extensionDevelopmentPath", tests],
                ["extensionTestsPath", f"{tests}/out/main.js"]])})
        self.spawn(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
                   "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                   f"--user-data-dir={self.dir}/chromium", "--window-size=1200,800",
                   f"http://127.0.0.1:{port}/?{query}", stdout=subprocess.DEVNULL)

    def test_in_vscode(self):
        results = self.dir / "results"
        os.mkfifo(results)
        files = {str(path): self.expected(path)
                 for path in (self.write(name, text) for name, text in TEXTS.items())}
        self.assertGreater(sum(map(len, files.values())), 4)
        (self.dir / "plan.json").write_text(json.dumps({"files": files, "results": str(results)}))
        port, token, server = self.start_vscode()
        self.show(port, token)
        outcomes = self.read_results(results, server)
        self.assertGreater(len(outcomes), 8)
        failed = {name: error for name, error in outcomes.items() if error}
        self.assertFalse(failed, "\n".join(f"{name}: {error}" for name, error in failed.items()))
        words = self.proof("words", "list").split()
        self.assertEqual(words, ["plorfing", "wibbling"])

    def read_results(self, fifo, server):
        """Waits for what the tests write in the end, while VS Code writes its own log."""
        source = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, source)
        text, log = b"", b""
        while not text.endswith(b"}"):
            ready, _, _ = select.select([source, server.stdout], [], [], DEADLINE_S)
            self.assertTrue(ready, "VS Code says no more: " + log.decode(errors="replace"))
            if server.stdout in ready:
                part = os.read(server.stdout.fileno(), 65536)
                self.assertTrue(part, "VS Code ended: " + log.decode(errors="replace"))
                log = (log + part)[-20000:]
            if source in ready:
                text += os.read(source, 65536)
        return json.loads(text)


if __name__ == "__main__":
    tap.main()
