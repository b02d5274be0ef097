#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replays recorded sessions of editors: each message is sent, each answer compared.

sessions/*.json: a list of {"send": message} and {"expect": message}. What is expected comes in its
order, responses by their id; "*" stands for any value, and members that are not named may be there.

Environment: as lsp_client.py.
"""

import json
from pathlib import Path

from lsp_case import LspCase
import tap
from lsp_client import PATIENCE

SESSIONS = Path(__file__).resolve().parent / "sessions"


def fits(wanted, got):
    if wanted == "*":
        return True
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(
            name in got and fits(value, got[name]) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list) and len(wanted) == len(got) and all(map(fits, wanted, got))
    return wanted == got


class Replay(LspCase):
    def replay(self, name):
        client = self.client()
        client.answer = lambda message, params: None  # the session has the answers
        n_seen = 0
        for step in json.loads((SESSIONS / name).read_text(encoding="utf-8")):
            if "send" in step:
                client.send(step["send"])
                continue
            wanted = step["expect"]
            if "method" in wanted:
                while len(client.seen) <= n_seen:
                    client.take()
                got = client.seen[n_seen]
                n_seen += 1
            else:
                got = client.response(wanted["id"])
            self.assertTrue(fits(wanted, got), f"wanted {wanted}\ngot {got}")
        self.assertEqual(client.process.wait(PATIENCE), 0)

    def test_pushing_editor(self):
        self.replay("push.json")

    def test_pulling_editor(self):
        self.replay("pull.json")


if __name__ == "__main__":
    tap.main()
