#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that use a LanguageTool server find with proofd-http what proof finds.

Environment: as http_case.py; OPENAPI: the description of the API; PROOFD_CLIENTS: the virtual
environment with tests/plugin/requirements.txt, which `./dev test --clients` makes.
"""

import json
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import tap
from http_case import LETTER, SECONDS, HttpCase, code_points

CLIENTS = Path(os.environ.get("PROOFD_CLIENTS") or "/nonexistent") / "bin"
OFFICE_PYTHON = "/usr/bin/python3"
OFFICE = Path(__file__).with_name("libreoffice_client.py")

PYTHON = """
import json, sys, language_tool_python
tool = language_tool_python.LanguageTool("en-US", remote_server=sys.argv[1])
text = sys.stdin.read()
json.dump([[match.offset, match.error_length, match.replacements] for match in tool.check(text)],
          sys.stdout)
"""


def has_uno():
    return shutil.which("soffice") and subprocess.run(
        [OFFICE_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


class Clients(HttpCase):
    def url(self, path=""):
        return f"http://localhost:{self.port}{path}"

    def run_client(self, *command, text=LETTER, status=0):
        done = subprocess.run([str(part) for part in command], input=text, env=self.env, text=True,
                              cwd=self.work, capture_output=True, timeout=4 * SECONDS, check=False)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        return done.stdout

    @unittest.skipUnless(has_uno(), "needs libreoffice-writer and python3-uno")
    def test_libreoffice(self):
        """Its own client, with the settings that the dialog makes."""
        text = LETTER.replace("cat, ", "cat & more + 100%, ")  # which 7.4 sends as they are
        errors = json.loads(self.run_client(OFFICE_PYTHON, OFFICE, self.dir, self.url("/v2"),
                                            text=text))
        self.assert_same(text, [
            (code_points(text, start), code_points(text, start + length),
             suggestions[0] if suggestions else None)
            for start, length, _, suggestions in errors])
        self.assertTrue(all(comment for _, _, comment, _ in errors))

    @unittest.skipUnless((CLIENTS / "language_tool_python").exists(),
                         "needs language_tool_python (./dev test --clients)")
    def test_language_tool_python(self):
        """Its positions are code points."""
        found = json.loads(self.run_client(CLIENTS / "python", "-c", PYTHON, self.url()))
        self.assert_same(LETTER, [(start, start + length, replacements[0] if replacements else None)
                                  for start, length, replacements in found])

    @unittest.skipUnless((CLIENTS / "pylanguagetool").exists(),
                         "needs pylanguagetool (./dev test --clients)")
    def test_pylanguagetool(self):
        """A command for the terminal: shows the places and what they would be corrected to."""
        path = self.write("letter.txt", LETTER)
        out = self.run_client(CLIENTS / "pylanguagetool", "--api-url", self.url("/v2/"), "--lang",
                              "en-US", "--no-color", path, status=1)
        marked = [line.strip() for line in out.splitlines() if re.fullmatch(r" *\^+ *", line)]
        wanted = self.proof_places(LETTER)
        self.assertEqual(len(marked), len(wanted))
        for (start, end, first), mark in zip(wanted, marked):
            if first:
                self.assertEqual(len(mark), end - start)
                self.assertIn(first, out)

    @unittest.skipUnless((CLIENTS / "st").exists(), "needs schemathesis (./dev test --clients)")
    def test_description(self):
        """Answers are as openapi.yaml says, whatever is sent. Not asked: that all that fits it is
        accepted, for which languages are installed, and what JSON is in data, it cannot say."""
        out = self.run_client(
            CLIENTS / "st", "run", os.environ["OPENAPI"], "--url", self.url("/v2"), "--seed", "1",
            "--max-examples", "30", "--phases", "examples,coverage,fuzzing", "--exclude-checks",
            "positive_data_acceptance", "--generation-database", "none", "--no-color")
        self.assertRegex(out, r"(\d+) generated, \1 passed")


if __name__ == "__main__":
    tap.main()
