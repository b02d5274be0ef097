#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the language server shows and does: diagnostics, actions, hover, settings, the service.

Environment: as lsp_client.py.
"""

import os
import signal
import subprocess
import threading
import time

from lsp_case import NEVER, PULL, PUSH, URI, LspCase, codes, places
import tap
from case import die_with_test
from lsp_client import PATIENCE

CONTENT_MODIFIED = -32801
LAZY = {**PUSH, "textDocument": {**PUSH["textDocument"], "codeAction": {
    **PUSH["textDocument"]["codeAction"], "dataSupport": True,
    "resolveSupport": {"properties": ["edit"]}}}}
TEXT = "I recieve it.\nShe go to school every days.\n"
RECIEVE = (0, 2, 9)


class Diagnostics(LspCase):
    def test_members(self):
        client = self.session()
        client.open(URI, TEXT)
        found = client.pushed(URI, lambda found: len(found) == 3)
        self.assertEqual(codes(found), ["spelling/unknown", "verb-form/model", "noun-number/model"])
        self.assertEqual([d["severity"] for d in found], [1, 2, 2])
        self.assertEqual({d["source"] for d in found}, {"proofd"})
        self.assertTrue(all(d["data"].isdigit() for d in found))
        self.assertIn("receive", found[0]["message"])

    def pulled(self, client, n_items, previous=None):
        """The whole report, of @n_items. A slow service's first may be what is known by then; a
        refresh follows, and the next pull has the rest."""
        while True:
            n_refreshed = len(client.messages("workspace/diagnostic/refresh"))
            report = client.pull(URI, previous)
            if report["kind"] == "full" and len(report["items"]) == n_items:
                return report
            client.wait(lambda n=n_refreshed: len(client.messages(
                "workspace/diagnostic/refresh")) > n)

    def test_pull(self):
        client = self.session(PULL)
        client.open(URI, TEXT)
        report = self.pulled(client, 3)
        again = client.pull(URI, report["resultId"])
        self.assertEqual(again, {"kind": "unchanged", "resultId": report["resultId"]})
        client.change(URI, (0, 2, 0, 9, "receive "))
        self.pulled(client, 2, report["resultId"])
        self.assertEqual(client.messages("textDocument/publishDiagnostics"), [])

    def test_refresh(self):
        """A word that another program adds is told to a client that pulls."""
        client = self.session(PULL)
        client.open(URI, TEXT)
        self.pulled(client, 3)
        n_refreshed = len(client.messages("workspace/diagnostic/refresh"))
        self.proof("words", "add", "recieve")
        client.wait(lambda: len(client.messages("workspace/diagnostic/refresh")) > n_refreshed)
        self.pulled(client, 2)

    def test_progress(self):
        client = self.session({**PUSH, "window": {"workDoneProgress": True}})
        client.open(URI, TEXT * 2000)
        client.wait(lambda: client.messages("$/progress"))
        begin = client.messages("$/progress")[0]["params"]
        self.assertEqual(begin["value"]["kind"], "begin")
        self.assertIn("a.txt", begin["value"]["title"])
        client.notify("window/workDoneProgress/cancel", token=begin["token"])
        client.wait(lambda: client.messages("$/progress")[-1]["params"]["value"]["kind"] == "end")
        client.pushed(URI, lambda found: not found)
        client.change(URI, TEXT)
        client.request("workspace/executeCommand", command="proofd.check", arguments=[URI])
        client.pushed(URI, lambda found: len(found) == 3)


class Unfinished(LspCase):
    """Nothing is said about the word that is being written."""

    def typed(self, settings=None, capabilities=None):
        client = self.session(capabilities, settings=NEVER if settings is None else settings)
        client.open(URI, "I recieve it.\n\n")
        if capabilities is None:
            client.pushed(URI, lambda found: len(found) == 1)
        for i, letter in enumerate("I saw teh"):
            client.change(URI, (1, i, 1, i, letter))
        return client

    def assert_hidden(self, client):
        """The first finding goes, which takes an answer of the service; teh did not come."""
        client.change(URI, (0, 2, 0, 9, "receive"), (1, 8, 1, 9, "h"))
        client.pushed(URI, lambda found: not found)
        for message in client.messages("textDocument/publishDiagnostics"):
            self.assertNotIn((1, 6, 9), places(message["params"]["diagnostics"]))

    def test_hidden_until_a_space(self):
        client = self.typed()
        self.assert_hidden(client)
        client.change(URI, (1, 9, 1, 9, " "))
        self.assertEqual(places(client.pushed(URI, len)), [(1, 6, 9)])

    def test_until_an_edit_elsewhere(self):
        client = self.typed()
        self.assert_hidden(client)
        client.change(URI, (0, 0, 0, 0, " "))
        self.assertEqual(places(client.pushed(URI, len)), [(1, 6, 9)])

    def test_until_saved(self):
        client = self.typed()
        self.assert_hidden(client)
        client.save(URI)
        self.assertEqual(places(client.pushed(URI, len)), [(1, 6, 9)])

    def test_until_the_cursor_is_elsewhere(self):
        client = self.typed()
        self.assert_hidden(client)
        for line, shown in ((1, False), (0, True)):
            place = {"line": line, "character": 7 if line else 0}
            client.request("textDocument/codeAction", textDocument={"uri": URI},
                           range={"start": place, "end": place}, context={"diagnostics": []})
            self.assertEqual(shown, bool(shown and client.pushed(URI, len)))

    def test_until_nobody_types(self):
        client = self.typed({"unfinishedWordDelay": 200})
        client.pushed(URI, lambda found: len(found) == 2)

    def test_pull_after_a_pause(self):
        client = self.typed(capabilities=PULL)
        first = places(client.pull(URI)["items"])
        self.assertIn(first, ([RECIEVE], []))  # of a slow service, nothing is known yet
        deadline = time.monotonic() + PATIENCE
        while len(client.pull(URI)["items"]) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)


class Actions(LspCase):
    def opened(self, capabilities=None, **more):
        client = self.session(capabilities, **more)
        client.open(URI, TEXT)
        client.pushed(URI, lambda found: len(found) == 3)
        return client

    def test_replace(self):
        client = self.opened()
        action = self.action(client, RECIEVE, "Replace with “receive”")
        self.assertTrue(action["isPreferred"])
        self.assertEqual(action["kind"], "quickfix")
        self.assertEqual(codes(action["diagnostics"]), ["spelling/unknown"])
        change, = action["edit"]["documentChanges"]
        self.assertEqual(change["textDocument"], {"uri": URI, "version": 1})
        self.assertEqual(change["edits"], [{"newText": "receive", "range": {
            "start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 9}}}])

    def test_resolve(self):
        client = self.opened(LAZY)
        action = self.action(client, RECIEVE, "Replace with “receive”")
        self.assertNotIn("edit", action)
        client.change(URI, (0, 0, 0, 0, "Now "))
        resolved = client.request("codeAction/resolve", **action)
        self.assertEqual(resolved["title"], action["title"])
        edit, = resolved["edit"]["documentChanges"][0]["edits"]
        self.assertEqual(edit["range"]["start"], {"line": 0, "character": 6})
        command = self.action(client, RECIEVE, "Add “recieve” to the dictionary")
        self.assertEqual(client.request("codeAction/resolve", **command), command)
        client.change(URI, "")
        self.assertEqual(client.fail("codeAction/resolve", action), CONTENT_MODIFIED)

    def test_only(self):
        client = self.opened()
        for only, some in ((["quickfix"], True), (["refactor"], False), ([""], True), ([], True),
                           (["source.fixAll", "quickfix"], True), (["quickfix.other"], False)):
            found = client.request(
                "textDocument/codeAction", textDocument={"uri": URI}, context={"only": only},
                range={"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 3}})
            self.assertEqual(bool(found), some, only)

    def test_quick_fix_of_kate(self):
        """It asks for the whole text, names one diagnostic, and does all that it is offered."""
        client = self.session()
        client.open(URI, TEXT)
        found = client.pushed(URI, lambda found: len(found) == 3)
        end = {"line": TEXT.count("\n"), "character": 0}
        whole = {"start": {"line": 0, "character": 0}, "end": end}

        def ask(**context):
            return [action["title"] for action in client.request(
                "textDocument/codeAction", textDocument={"uri": URI}, range=whole,
                context=context)]

        self.assertEqual(ask(diagnostics=[found[0]]), ["Replace with “receive”"])
        everything = ask(diagnostics=found)
        self.assertIn("Add “recieve” to the dictionary", everything)
        self.assertEqual(ask(diagnostics=[found[0]], triggerKind=1), everything)
        self.assertEqual(ask(diagnostics=[]), everything)
        self.assertEqual(ask(diagnostics=[{"range": 3}]), everything)

    def test_dictionary(self):
        client = self.opened()
        self.run_action(client, RECIEVE, "Add “recieve”")
        client.pushed(URI, lambda found: len(found) == 2)
        self.assertEqual(self.proof("words", "list"), "recieve\n")

    def test_ignore_here(self):
        client = self.opened()
        client.change(URI, (3, 0, 3, 0, "They recieve it.\n"))
        client.pushed(URI, lambda found: len(found) == 4)
        self.run_action(client, RECIEVE, "Ignore this here")
        found = client.pushed(URI, lambda found: len(found) == 3)
        self.assertIn((2, 5, 12), places(found))

    def test_ignore_word(self):
        client = self.opened()
        other = "file:///home/writer/b.txt"
        client.open(other, TEXT)
        self.run_action(client, RECIEVE, "Ignore “recieve”")
        client.pushed(URI, lambda found: len(found) == 2)
        client.pushed(other, lambda found: len(found) == 3)

    def test_turn_rule_off(self):
        client = self.opened()
        self.run_action(client, RECIEVE, "Turn off the rule spelling/unknown")
        client.pushed(URI, lambda found: len(found) == 2)
        self.assertIn('"spelling/unknown" to the setting proofd.disable', client.shown()[-1])

    def test_command_of_the_client(self):
        client = self.client()
        result = client.initialize(PUSH, {"clientCommands": ["proofd.disableRule"]})
        commands = result["capabilities"]["executeCommandProvider"]["commands"]
        self.assertNotIn("proofd.disableRule", commands)
        self.assertIn("proofd.addWord", commands)

    def test_client_without_actions(self):
        client = self.opened({})
        command = self.action(client, RECIEVE, "Replace with “receive”")
        self.assertEqual(command["command"], "proofd.replace")
        client.request("workspace/executeCommand", command=command["command"],
                       arguments=command["arguments"])
        client.wait(lambda: client.messages("workspace/applyEdit"))
        edit = client.messages("workspace/applyEdit")[0]["params"]["edit"]
        self.assertEqual(edit["changes"][URI][0]["newText"], "receive")

    def hover(self, client, line, character):
        return client.request("textDocument/hover", textDocument={"uri": URI},
                              position={"line": line, "character": character})

    def test_hover(self):
        client = self.opened()
        self.assertIsNone(self.hover(client, 0, 11))
        hover = self.hover(client, 0, 4)
        self.assertEqual(hover["contents"]["kind"], "plaintext")
        self.assertIn("recieve", hover["contents"]["value"])
        self.assertIn("spelling/unknown", hover["contents"]["value"])
        self.assertEqual(hover["range"]["end"], {"line": 0, "character": 9})

    def test_hover_in_markdown(self):
        client = self.opened({**PUSH, "textDocument": {"hover": {"contentFormat": ["markdown"]}}})
        contents = self.hover(client, 1, 5)["contents"]
        self.assertEqual(contents["kind"], "markdown")
        self.assertIn("**Form of the verb**", contents["value"])


class Settings(LspCase):
    def found(self, settings, text=TEXT, language="plaintext", **more):
        client = self.session(settings=settings, **more)
        client.open(URI, text, language)
        client.wait(lambda: URI in client.diagnostics)
        return client

    def test_each(self):
        for settings, n in (({"disable": ["spelling"]}, 2), ({"words": ["recieve"]}, 2),
                            ({"enable": False}, 0), ({"enabledLanguages": ["markdown"]}, 0),
                            ({"formats": {"plaintext": "off"}}, 0), ({}, 3)):
            client = self.found(settings)
            client.pushed(URI, lambda found, n=n: len(found) == n)
            self.assertEqual(client.shown(), [], settings)
            client.kill()

    def test_severity(self):
        client = self.found({"severity": {"spelling": "hint", "verb-form/model": "error"}})
        found = client.pushed(URI, lambda found: len(found) == 3)
        self.assertEqual([d["severity"] for d in found], [4, 1, 2])

    def test_wrong_ones(self):
        client = self.found({"level": "fast", "languge": "x", "words": ["recieve", 7],
                             "severity": {"speling": "hint", "other": 1},
                             "enable": "yes", "disable": ["spelling/unknwn", "verb-form"]})
        found = client.pushed(URI, lambda found: len(found) == 1)
        self.assertEqual(codes(found), ["noun-number/model"])
        shown = "\n".join(client.shown())
        for part in ('proofd.level: "fast"', "proofd.languge", "proofd.words: 7",
                     "severity.speling",
                     "severity.other: 1", 'proofd.enable: "yes"', '"spelling/unknwn"'):
            self.assertIn(part, shown)

    def test_changed(self):
        client = self.found({})
        client.pushed(URI, lambda found: len(found) == 3)
        client.settings = {"disable": ["spelling"]}
        client.notify("workspace/didChangeConfiguration", settings=None)
        client.pushed(URI, lambda found: len(found) == 2)

    def test_pushed_by_the_client(self):
        client = self.session({}, options={"proofd": {"disable": ["spelling"]}})
        client.open(URI, TEXT)
        client.pushed(URI, lambda found: len(found) == 2)
        client.notify("workspace/didChangeConfiguration",
                      settings={"proofd": {"disable": ["verb-form", "noun-number"]}})
        client.pushed(URI, lambda found: codes(found) == ["spelling/unknown"])

    def test_registration(self):
        capabilities = {**PUSH, "workspace": {**PUSH["workspace"], "didChangeConfiguration": {
            "dynamicRegistration": True}}}
        client = self.session(capabilities)
        client.wait(lambda: client.messages("client/registerCapability"))
        row, = client.messages("client/registerCapability")[0]["params"]["registrations"]
        self.assertEqual(row["method"], "workspace/didChangeConfiguration")

    def test_not_while_typing(self):
        client = self.found({"checkWhileTyping": False})
        client.pushed(URI, lambda found: len(found) == 3)
        client.change(URI, (0, 0, 0, 0, "Teh teh. "))
        self.assertEqual(places(client.pushed(URI, lambda found: found[0]["code"][0] != "x"))[-1],
                         (1, 23, 27))
        client.save(URI)
        client.pushed(URI, lambda found: len(found) > 3)

    def test_language(self):
        client = self.found({"language": "xx"})
        client.wait(client.shown)
        self.assertIn("xx", client.shown()[0])
        self.assertIn("en_US", client.shown()[0])

    def test_guessed_language(self):
        german = "Das ist ein deutscher Satz, in dem ein Wort falsch geschrieben ist: Fehlre.\n"
        languages = self.proof("status")
        if "de_DE" not in languages:
            self.skipTest("needs the dictionary de_DE")
        client = self.session(settings={"language": "auto"})
        for number, text in enumerate((german, "% !TeX spellcheck = de_DE\nEin Fehlre.\n")):
            uri = f"file:///home/writer/{number}.txt"
            client.open(uri, text)
            client.pushed(uri, lambda found: "Fehler" in "".join(d["message"] for d in found))
        client.open(URI, TEXT * 3)
        client.pushed(URI, lambda found: len(found) == 9)


class Service(LspCase):
    def test_killed_and_back(self):
        client = self.session()
        client.open(URI, TEXT)
        client.pushed(URI, lambda found: len(found) == 3)
        self.run_action(client, RECIEVE, "Ignore “recieve”")
        client.pushed(URI, lambda found: len(found) == 2)
        pid = int((self.dir / "pid").read_text())
        os.kill(pid, signal.SIGKILL)
        client.change(URI, (0, 0, 0, 0, "Teh cat. "))
        client.change(URI, (2, 0, 2, 0, " Fine.\n"))
        found = client.pushed(URI, lambda found: len(found) == 3)
        self.assertEqual(places(found)[0], (0, 0, 3))
        self.assertNotEqual(int((self.dir / "pid").read_text()), pid)

    def test_no_bus_then_one(self):
        address = f"unix:path={self.dir}/late"
        client = self.session(env={**self.env, "DBUS_SESSION_BUS_ADDRESS": address})
        client.open(URI, TEXT)
        client.wait(client.shown)
        other = "file:///home/writer/b.txt"
        client.open(other, TEXT)
        (self.dir / "late.conf").write_text(
            (self.dir / "bus.conf").read_text().replace(f"unix:dir={self.dir}", address))
        with subprocess.Popen(["dbus-daemon", f"--config-file={self.dir}/late.conf", "--nofork"],
                              env={**self.env, "DBUS_SESSION_BUS_ADDRESS": address},
                              stderr=subprocess.DEVNULL, preexec_fn=die_with_test) as bus:
            for uri in (URI, other):
                client.pushed(uri, lambda found: len(found) == 3)
            bus.terminate()
        self.assertEqual(len([m for m in client.shown() if "tried again" in m]), 1)

    def test_flood(self):
        """One client changes its text without end; another's text is checked all the same."""
        flood = self.session()
        flood.open(URI, TEXT * 20)
        flood.pushed(URI, len)
        other = self.session()
        answered = threading.Event()
        sent = []

        def type_on():
            while not answered.is_set():
                flood.change(URI, (0, 0, 0, 0, f"Teh cat {len(sent)}. "))
                sent.append(time.monotonic())
        typist = threading.Thread(target=type_on)
        typist.start()
        try:
            while len(sent) < 500:
                time.sleep(0.01)
            other.open(URI, TEXT)
            other.pushed(URI, lambda found: len(found) == 3)
            self.assertTrue(typist.is_alive())
        finally:
            answered.set()
            typist.join()
        self.assertGreaterEqual(len(sent), 500)


if __name__ == "__main__":
    tap.main()
