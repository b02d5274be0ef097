# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was checked is nowhere after it: not in a log, a file, or a core dump.

Environment: as http_case.py and lsp/lsp_client.py.
"""

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent / "lsp"))
import tap
from case import PROOFD, die_with_test
from http_case import PROOFD_HTTP, SECONDS, HttpCase
from lsp_case import PUSH, URI
from lsp_client import LSP, LspClient

# Each in another place; no dictionary, no message and no file of ours has them.
SECRETS = ("Zworblakine", "Quimplefrast", "Vexnurdolph", "Brindwhozzle", "Glimvortschen",
           "Plaxnubbertry", "Snorvelquick", "Druntzifolk", "Kwelbrastine", "Yombriclasp")
(CHECKED, EXPLAINED, SCORED, JSON, ASKED, ANNOTATED, OPENED, TYPED, WRONG, IGNORED) = SECRETS
OWN = "Flarnquistle"  # the user's word, which is to be kept


def limits(pid):
    lines = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    return {line[:26].strip(): line[26:].split()[0] for line in lines[1:]}


class Privacy(HttpCase):
    daemon_options = ("--verbose",)

    def setUp(self):
        self.hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (self.hard, self.hard))  # the programs inherit it
        temporary = tempfile.TemporaryDirectory(prefix="proof-tmp-")
        self.addCleanup(temporary.cleanup)
        self.temporary = Path(temporary.name)
        with mock.patch.dict(os.environ, TMPDIR=temporary.name, G_MESSAGES_DEBUG="all"):
            super().setUp()

    def start_server(self, *arguments, **more):
        options = " ".join(self.daemon_options)
        (self.dir / "start").write_text(
            f"echo $$ >'{self.dir}/pid'\n"
            f"exec '{PROOFD}' {options} >>'{self.dir}/proofd.log' 2>&1\n")
        return super().start_server(*arguments, **more)

    def daemon(self):
        return int((self.dir / "pid").read_text())

    # --- a session ---

    def use_command(self):
        self.proof("check", "-v", stdin=f"I recieve the {CHECKED} and {OWN}.\n", status=1)
        seen = self.errors
        self.proof("words", "add", OWN)
        self.proof("explain", "-:1:3", stdin=f"I recieve the {EXPLAINED} today.\n")
        self.proof("score", "-v", stdin=f"This {SCORED} is here.\n")
        seen += self.errors
        self.run_proof("check", "-v", "--json", f"--language={WRONG}", stdin=f"A {JSON}.\n")
        return seen

    def use_http(self):
        text = f"I recieve the {ASKED}."
        self.assertTrue(self.check(text)["matches"])
        self.answer("/v2/check", {"language": "en-US", "data":
                                  f'{{"annotation": [{{"text": "A {ANNOTATED} recieve"}}]}}'})
        self.ask("/v2/check", {"language": "en-US", "data": f'{{"annotation": [{ANNOTATED}'})
        self.ask("/v2/check", {"language": WRONG, "text": ASKED})
        self.ask(f"/v2/{WRONG}?text={WRONG}")

    def use_lsp(self):
        client = LspClient(self.env, cwd=self.work)
        self.addCleanup(client.kill)
        client.initialize(PUSH, {"ignoreWords": [IGNORED]})
        client.open(URI, f"I recieve the {OPENED} and {IGNORED}.\n")
        client.pushed(URI, lambda found: found)
        client.change(URI, (0, 0, 0, 0, f"{TYPED} "))
        client.wait(lambda: client.diagnostics[URI].get("version") == 2)
        client.send_body(f'{{"jsonrpc": "2.0", "{WRONG}": '.encode())
        client.fail("textDocument/hover", {WRONG: WRONG})
        client.close(URI)
        self.assertEqual(limits(client.process.pid)["Max core file size"], "0")
        client.end()
        return "".join(client.errors)

    # --- what is left of it ---

    def traces(self, where):
        """(path, word) of each secret below a folder"""
        for path in sorted(where.rglob("*")):
            if path.is_file() and self.work not in path.parents:
                data = path.read_bytes().lower()
                yield from ((str(path), word) for word in SECRETS if word.lower().encode() in data)

    def test_session(self):
        logs = self.use_command()
        self.use_http()
        logs += self.use_lsp()
        for pid in (self.daemon(), self.server.pid):
            self.assertEqual(limits(pid)["Max core file size"], "0")
        before = [*self.traces(self.dir), *self.traces(self.temporary)]
        os.kill(self.daemon(), signal.SIGTERM)
        self.wait_until(lambda: "asked to stop" in (self.dir / "proofd.log").read_text())
        self.server.terminate()
        logs += "".join(self.log) + self.server.stderr.read()
        self.assertIn("listening on", logs)
        self.assertEqual(before + [*self.traces(self.dir), *self.traces(self.temporary)], [])
        self.assertEqual([word for word in SECRETS if word.lower() in logs.lower()], [], logs)
        words = Path(self.env["XDG_DATA_HOME"], "proofd", "words.txt")
        self.assertEqual(words.read_text(encoding="utf-8").split(), [OWN])


class PrivacyOfAllMessages(Privacy):
    daemon_options = ()  # --verbose would name fewer of GLib's parts than G_MESSAGES_DEBUG=all


class CoreDumps(HttpCase):
    """With the limit taken away again, and a signal that makes others leave one."""

    def crash(self, process):
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (self.hard, self.hard))
        process.send_signal(signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGSEGV
        self.assertEqual(os.WTERMSIG(status), signal.SIGSEGV)
        return os.WCOREDUMP(status)

    def start(self, *command):
        resource.setrlimit(resource.RLIMIT_CORE, (self.hard, self.hard))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=self.env, cwd=self.work,
                                   preexec_fn=die_with_test)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        return process

    def wait_for_start(self, process, line):
        if line:
            self.assertTrue(any(line in got for got in process.stdout), "it ended")

    def test_crash(self):
        self.env["ASAN_OPTIONS"] = "handle_segv=0:" + self.env.get("ASAN_OPTIONS", "")
        self.hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        pattern = Path("/proc/sys/kernel/core_pattern").read_text(encoding="utf-8")
        if self.hard == 0 or re.match(r"[|/]|\s*$", pattern):
            self.skipTest("no program can leave a core dump in its own folder here")
        if not self.crash(self.start("sleep", "1000")):
            self.skipTest("no program leaves a core dump here")
        for core in self.work.iterdir():
            core.unlink()
        starts = {(PROOFD, "--replace", "--verbose"): b"ready",
                  (PROOFD_HTTP, "--port=0"): b"listening",
                  (LSP,): b"", (os.environ["PROOF"], "check", "-"): b""}
        for command, line in starts.items():
            with self.subTest(command[0]):
                process = self.start(*command)
                self.wait_until(lambda: limits(process.pid)["Max core file size"] == "0")
                self.wait_for_start(process, line)
                self.assertFalse(self.crash(process))
                self.assertEqual(list(self.work.iterdir()), [])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
