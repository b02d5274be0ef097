# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test with a bus, the real service, and a language server of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from case import BusCase  # noqa: E402  pylint: disable=wrong-import-position
from lsp_client import LspClient  # noqa: E402  pylint: disable=wrong-import-position

URI = "file:///work/a.txt"
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
