# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test with a bus, the real service, and a language server of its own."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from case import BusCase  # noqa: E402  pylint: disable=wrong-import-position
from lsp_client import LspClient  # noqa: E402  pylint: disable=wrong-import-position

URI = "file:///home/writer/a.txt"
PUSH = {"workspace": {"configuration": True, "workspaceEdit": {"documentChanges": True}},
        "textDocument": {"publishDiagnostics": {"versionSupport": True},
                         "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {
                             "valueSet": ["quickfix"]}}, "isPreferredSupport": True}}}
PULL = {**PUSH, "textDocument": {**PUSH["textDocument"], "diagnostic": {}},
        "workspace": {**PUSH["workspace"], "diagnostics": {"refreshSupport": True}}}
NEVER = {"unfinishedWordDelay": 0}


def places(diagnostics):
    """(line, start character, end character) of each."""
    return [(d["range"]["start"]["line"], d["range"]["start"]["character"],
             d["range"]["end"]["character"]) for d in diagnostics]


def codes(diagnostics):
    return [d["code"] for d in diagnostics]


def units(text, encoding):
    if encoding == "utf-8":
        return len(text.encode())
    return len(text) if encoding == "utf-32" else len(text.encode("utf-16-le")) // 2


class LspCase(BusCase):
    def client(self, **more):
        client = LspClient(more.pop("env", self.env), cwd=self.work, **more)
        self.addCleanup(client.kill)
        return client

    def session(self, capabilities=None, settings=None, options=None, **more):
        """A client that has got through initialize."""
        client = self.client(**more)
        client.settings = settings or {}
        client.initialize(PUSH if capabilities is None else capabilities, options)
        return client

    def action(self, client, place, title, uri=URI, **context):
        """The action whose title starts so, for the place (line, start, end)."""
        line, start, end = place
        actions = client.request("textDocument/codeAction", textDocument={"uri": uri}, range={
            "start": {"line": line, "character": start}, "end": {"line": line, "character": end}},
            context={"diagnostics": [], **context})
        found = [action for action in actions if action["title"].startswith(title)]
        assert found, [action["title"] for action in actions]
        return found[0]

    def run_action(self, client, place, title, uri=URI):
        command = self.action(client, place, title, uri)["command"]
        return client.request("workspace/executeCommand", command=command["command"],
                              arguments=command["arguments"])

    def findings(self, text, text_format="plain", encoding="utf-16"):
        """What `proof` finds: (line, start and end character, rule, message) of each, sorted."""
        path = self.write("same", text)
        done = self.run_proof("--json", f"--format={text_format}", path)
        self.assertEqual(done.stderr, b"")
        report, = json.loads(done.stdout)["files"]
        lines = text.replace("\r\n", "\n").split("\n")
        found = []
        for f in report["findings"]:
            line = lines[f["line"] - 1]
            start = f["column"] - 1
            found.append((f["line"] - 1, units(line[:start], encoding),
                          units(line[:start + f["length"]], encoding), f["rule"], f["message"]))
        return sorted(found)

    def check(self, client, text, encoding="utf-16", text_format="plain", uri=URI):
        """What is pushed at last is what `proof` finds in the text; that."""
        wanted = self.findings(text, text_format, encoding)
        client.pushed(uri, lambda diagnostics: wanted == sorted(
            (*place, d["code"], d["message"])
            for place, d in zip(places(diagnostics), diagnostics, strict=True)))
        return wanted
