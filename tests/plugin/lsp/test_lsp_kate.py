#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kate on a screen of its own, with the setup of docs/lsp.md: what its server publishes.

Environment: as editors.py.
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position
from case import PATIENCE, die_with_test  # noqa: E402  pylint: disable=wrong-import-position
from display import start_display  # noqa: E402  pylint: disable=wrong-import-position
from editors import (LSP, MARKDOWN, TEXT, EditorCase, needs,  # noqa: E402
                     page_block)


@unittest.skipIf(*needs("kate"))
@unittest.skipIf(*needs("Xvfb"))
class Kate(EditorCase):
    def start(self, path):
        program = self.dir / "bin" / "proofd-lsp"
        program.unlink()
        self.log = self.dir / "published"
        program.write_text(f"#!/bin/sh\n'{LSP}' \"$@\" | tee '{self.log}'\n")
        program.chmod(0o755)
        config = self.dir / "home" / "config"
        (config / "kate" / "lspclient").mkdir(parents=True)
        (config / "kate" / "lspclient" / "settings.json").write_text(
            page_block("## Kate", "json"), encoding="utf-8")
        (config / "katerc").write_text(  # that it may start the server is answered already
            "[Kate Plugins]\nlspclientplugin=true\n"
            f"[lspclient]\nAllowedServerCommandLines={program}\n")
        start_display(self, "1000x600")
        self.run_beside(["kate", "--new", "--block", str(path)])

    def run_beside(self, command):
        process = subprocess.Popen(command, env=self.env, cwd=self.work, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, preexec_fn=die_with_test)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def published(self, path):
        """(line, rule, message) of each finding that was published last."""
        log = self.log.read_bytes().decode() if self.log.exists() else ""
        found = None
        for body in re.split(r"Content-Length: \d+\r\n\r\n", log):
            if "publishDiagnostics" in body and body.endswith("}"):
                params = json.loads(body)["params"]
                self.assertEqual(params["uri"], path.resolve().as_uri())
                found = sorted((d["range"]["start"]["line"] + 1, d["code"], d["message"])
                               for d in params["diagnostics"])
        return found

    def check_file(self, name, text):
        path = self.write(name, text)
        wanted = sorted((line, rule, message) for line, _, _, rule, message in self.findings(path))
        self.assertGreater(len(wanted), 1)
        self.start(path)
        self.until(lambda: self.published(path), lambda found: found == wanted, "diagnostics")

    def test_same_findings(self):
        self.check_file("a.txt", TEXT)

    def press(self, key):
        """A key for Kate's window, which it gets as a person's."""
        found = self.until(lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", r"\.txt"], env=self.env, check=False,
            stdout=subprocess.PIPE).stdout.split(), bool, "a window")
        subprocess.run(["xdotool", "windowfocus", "--sync", found[-1], "key", key], env=self.env,
                       check=True, timeout=PATIENCE)

    @unittest.skipIf(*needs("xdotool"))
    def test_quick_fix_corrects_one_thing(self):
        """Kate does all that it is offered; see is_quick_fix() in plugin/lsp/actions.c."""
        path = self.write("a.txt", "Teh cat goes to school every days.\n")
        self.start(path)
        self.until(lambda: self.published(path), lambda found: found and len(found) == 2,
                   "diagnostics")
        self.press("ctrl+period")
        self.until(lambda: self.published(path), lambda found: len(found) == 1, "the correction")
        self.press("ctrl+s")
        self.until(path.read_text, lambda text: text.startswith("The"), "the saved text")
        self.assertEqual(path.read_text(), "The cat goes to school every days.\n")
        self.assertEqual(self.proof("words"), "")

    def test_same_findings_in_markdown(self):
        self.check_file("a.md", MARKDOWN)


if __name__ == "__main__":
    tap.main()
