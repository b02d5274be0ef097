#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The language server's life, its messages, and texts that change.

Environment: as lsp_client.py.
"""

import json
import random
import subprocess
import time

from lsp_case import NEVER, PUSH, URI, LspCase, places, units
import tap
from lsp_client import LSP, PATIENCE

PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED, CANCELLED = -32002, -32800


class Life(LspCase):
    def test_options(self):
        def run(*args):
            return subprocess.run([LSP, *args], env=self.env, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertRegex(run("--version").stdout.decode(), r"^proofd-lsp \d+\.\d+\.\d+\n$")
        self.assertIn("language server", run("--help").stdout.decode())
        for wrong, named in (("--wrong", "--wrong"), ("file.txt", "file.txt")):
            done = run(wrong)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(named, done.stderr.decode())
        self.assertEqual(run("--stdio").returncode, 1)  # nobody there: standard input ends

    def test_initialize(self):
        client = self.client(args=["--stdio"])
        self.assertEqual(client.fail("textDocument/hover", {}), NOT_INITIALIZED)
        client.notify("textDocument/didOpen", textDocument={})  # is no request: no answer
        result = client.initialize(PUSH)
        self.assertEqual(result["serverInfo"]["name"], "proofd-lsp")
        can = result["capabilities"]
        self.assertEqual(can["positionEncoding"], "utf-16")
        self.assertEqual(can["textDocumentSync"], {"openClose": True, "change": 2, "save": True})
        self.assertNotIn("diagnosticProvider", can)
        self.assertEqual(client.fail("initialize", {"capabilities": {}}), INVALID_REQUEST)
        self.assertEqual(client.fail("textDocument/completion", {}), NO_METHOD)
        self.assertEqual(client.fail("workspace/executeCommand", {"command": "rm"}), INVALID_PARAMS)
        self.assertEqual(client.fail("textDocument/hover", {"textDocument": {"uri": "x"}}),
                         INVALID_PARAMS)
        self.assertEqual(client.end(), 0)
        self.assertEqual(client.errors, [])

    def test_params_of_any_type(self):
        client = self.session()
        client.open(URI, "This is fine.\n")
        for method in ("textDocument/hover", "textDocument/codeAction", "codeAction/resolve",
                       "workspace/executeCommand", "textDocument/diagnostic"):
            for params in ({}, [], {"textDocument": 1}, {"textDocument": {"uri": [1]}},
                           {"textDocument": {"uri": URI}, "position": {"line": -1}},
                           {"textDocument": {"uri": URI}, "range": None, "data": {"uri": URI}},
                           {"command": "proofd.ignoreHere", "arguments": [URI, "x"]},
                           {"command": "proofd.replace", "arguments": [URI, "1"]}):
                if method == "textDocument/diagnostic" and URI in json.dumps(params):
                    continue
                self.assertEqual(client.fail(method, params), INVALID_PARAMS, (method, params))
        for method in ("textDocument/didOpen", "textDocument/didChange", "textDocument/didSave",
                       "textDocument/didClose", "window/workDoneProgress/cancel", "$/setTrace",
                       "$/cancelRequest", "workspace/didChangeConfiguration", "no/such"):
            for params in ({}, [], {"textDocument": {"uri": 1}}, {"token": []}, {"id": {}},
                           {"textDocument": {"uri": URI}, "contentChanges": [1, {}, {"text": 1}]}):
                client.send({"method": method, "params": params})
            client.send({"method": method})
        self.assertEqual(client.fail("no/such", {}), NO_METHOD)
        self.assertEqual(client.end(), 0)

    def test_after_shutdown(self):
        client = self.session()
        client.request("shutdown")
        self.assertEqual(client.fail("textDocument/hover", {}), INVALID_REQUEST)
        client.notify("exit")
        self.assertEqual(client.process.wait(PATIENCE), 0)

    def test_exit_without_shutdown(self):
        client = self.session()
        client.notify("exit")
        self.assertEqual(client.process.wait(PATIENCE), 1)

    def test_end_of_input(self):
        client = self.session()
        client.process.stdin.close()
        self.assertEqual(client.process.wait(PATIENCE), 1)

    def test_shutdown_and_exit_at_once(self):
        client = self.session()
        request = client.ask("shutdown")
        client.notify("exit")
        self.assertIsNone(client.response(request)["result"])
        self.assertEqual(client.process.wait(PATIENCE), 0)

    def test_parent_ends(self):
        with subprocess.Popen(["sleep", "600"]) as parent:
            client = self.client()
            client.initialize(PUSH, processId=parent.pid)
            parent.kill()
        self.assertEqual(client.process.wait(PATIENCE), 1)

    def test_parent_in_an_option(self):
        with subprocess.Popen(["sleep", "600"]) as parent:
            client = self.client(args=[f"--clientProcessId={parent.pid}"])
            client.initialize(PUSH, processId=None)
            parent.kill()
        self.assertEqual(client.process.wait(PATIENCE), 1)


class Messages(LspCase):
    """What is no message gets an error, and the next one its answer."""

    def error_of(self, client, data):
        client.send_bytes(data)
        client.wait(lambda: None in client.responses)
        error = client.responses.pop(None)["error"]
        self.assertEqual(client.fail("no/such", {}), NO_METHOD, data)  # still there
        return error

    def test_bad_bodies(self):
        client = self.session()
        for body, code, named in (
                (b"{", PARSE_ERROR, "not JSON"), (b"", None, ""), (b"\xff{}", PARSE_ERROR, "UTF-8"),
                (b"[]", INVALID_REQUEST, "object"), (b"1", INVALID_REQUEST, "object"),
                (b'{}{"jsonrpc":"2.0","method":"x"}', PARSE_ERROR, "one value"),
                (b"{'jsonrpc':'2.0'}", PARSE_ERROR, "string"),
                (b'{"jsonrpc":"2.0","method":"\\377"}', PARSE_ERROR, "escape"),
                # json-glib's message ends within a character
                (('{"' + 40 * "\u00e9\U0001F600" + '"}').encode(), PARSE_ERROR, "not JSON"),
                (b'{"jsonrpc":"2.0","method":"x","params":/*"*/' + b"[" * 100000, PARSE_ERROR,
                 "comment"),
                (b"{}", INVALID_REQUEST, "jsonrpc"),
                (b'{"jsonrpc":"1.0","method":"x"}', INVALID_REQUEST, "jsonrpc"),
                (b'{"jsonrpc":"2.0","method":7}', INVALID_REQUEST, "method"),
                (b'{"jsonrpc":"2.0","method":"x","params":"y"}', INVALID_REQUEST, "params"),
                (b'{"jsonrpc":"2.0","method":"x","id":{}}', INVALID_REQUEST, "id"),
                (b'{"jsonrpc":"2.0","id":null}', INVALID_REQUEST, "method"),
                (b'{"jsonrpc":"2.0","method":"x","params":' + b"[" * 100000 + b"}", PARSE_ERROR,
                 "deep")):
            if code is None:
                continue
            error = self.error_of(client, b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.assertEqual(error["code"], code, body)
            self.assertIn(named, error["message"])
        self.assertEqual(client.end(), 0)

    def test_bad_headers(self):
        client = self.session()
        for header in (b"GET / HTTP/1.1\r\n\r\n", b"Content-Length: x\r\n\r\n", b"\0\0\0\n",
                       b"Content-Length: -5\r\n\r\n", b"Content-Type: text\r\n\r\n",
                       b"x" * 100000 + b"\n", b"Content-Length: 0\r\n\r\n"):
            self.assertEqual(self.error_of(client, header)["code"], PARSE_ERROR, header)

    def test_good_headers(self):
        client = self.session()
        body = b'{"jsonrpc":"2.0","id":"a","method":"no/such"}'
        for header in (b"content-length:%d\n\n", b"Content-Type: x; charset=utf-8\r\n"
                       b"Content-Length:   %d  \r\n\r\n", b"\r\n\nContent-Length: %d\r\n\r\n"):
            client.send_bytes(header % len(body) + body)
            self.assertEqual(client.response("a")["error"]["code"], NO_METHOD)

    def test_wrong_lengths(self):
        client = self.session()
        body = b'{"jsonrpc":"2.0","id":"a","method":"no/such"}'
        for length in (len(body) - 10, len(body) - 1):
            self.assertEqual(
                self.error_of(client, b"Content-Length: %d\r\n\r\n%s" % (length, body))["code"],
                PARSE_ERROR)

    def test_too_long(self):
        client = self.session()
        client.send_body(b" " * (16 * 1024 * 1024))
        client.wait(lambda: None in client.responses)
        self.assertIn("16 MiB", client.responses.pop(None)["error"]["message"])
        self.assertEqual(client.fail("no/such", {}), NO_METHOD)

    def test_byte_by_byte(self):
        client = self.session()
        body = '{"jsonrpc":"2.0","id":"é","method":"no/such"}'.encode()
        for byte in b"Content-Length: %d\r\n\r\n%s" % (len(body), body):
            client.send_bytes(bytes([byte]))
        self.assertEqual(client.response("é")["error"]["code"], NO_METHOD)

    def test_responses_nobody_asked_for(self):
        client = self.session()
        for message in ({"id": 999, "result": None}, {"id": "a", "result": 1},
                        {"id": None, "error": {"code": 1, "message": "x"}},
                        {"id": 1, "error": {"code": 1, "message": "x"}}):
            client.send(message)
        self.assertEqual(client.fail("no/such", {}), NO_METHOD)

    def test_same_id_twice(self):
        client = self.session(capabilities={**PUSH, "textDocument": {"diagnostic": {}}})
        client.answers["workspace/configuration"] = lambda params: None
        client.open(URI, "I recieve it.\n")
        client.settings = None
        client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}}, "x")
        client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}}, "x")
        answers = [client.response("x"), client.response("x")]
        self.assertEqual(sorted("error" in answer for answer in answers), [False, True])

    def test_cancel(self):
        client = self.client()
        client.answers["workspace/configuration"] = lambda params: time.sleep(0.2) or [{}]
        client.initialize({**PUSH, "textDocument": {"diagnostic": {}}})
        client.open(URI, "I recieve it.\n")
        for request in (client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}}),
                        client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}}, "s")):
            client.notify("$/cancelRequest", id=request)
            self.assertEqual(client.response(request)["error"]["code"], CANCELLED)
        client.notify("$/cancelRequest", id=12345)
        self.assertEqual(len(client.pull(URI)["items"]), 1)

    def test_nul_and_half_pairs(self):
        """They count as one unit, so what follows is where the editor says."""
        client = self.session()
        client.send_body(json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
            "textDocument": {"uri": URI, "languageId": "text", "version": 1,
                             "text": "A\0 \ud800 \udc00 \U0001F600 recieve.\n"}}}).encode())
        self.assertEqual(places(client.pushed(URI, len)), [(0, 10, 17)])


class Sync(LspCase):
    def test_encodings(self):
        text = "é 日本 \U0001F600 I recieve it.\r\nA \U0001F600\U0001F600 teh b.\r\n"
        for names, encoding in ((["utf-8", "utf-16"], "utf-8"), (["utf-32", "utf-16"], "utf-32"),
                                (["utf-16"], "utf-16"), (["utf-7", "utf-8"], "utf-8"),
                                (["ebcdic"], "utf-16"), (None, "utf-16")):
            client = self.client()
            general = {} if names is None else {"general": {"positionEncodings": names}}
            result = client.initialize({**PUSH, **general})
            self.assertEqual(result["capabilities"]["positionEncoding"], encoding)
            client.open(URI, text)
            self.check(client, text, encoding)
            start = units("A \U0001F600", encoding)
            client.change(URI, (1, start, 1, units("A \U0001F600\U0001F600", encoding), "x"))
            changed = text.replace("\U0001F600\U0001F600 teh", "\U0001F600x teh")
            self.check(client, changed, encoding)
            self.assertEqual(client.end(), 0)

    def test_version(self):
        client = self.session()
        client.open(URI, "I recieve it.\n")
        client.pushed(URI, len)
        self.assertEqual(client.diagnostics[URI]["version"], 1)
        client.change(URI, (0, 0, 0, 0, "Now teh. "))
        client.pushed(URI, lambda found: len(found) == 2)
        self.assertEqual(client.diagnostics[URI]["version"], 2)

    def test_several_changes_and_whole_texts(self):
        client = self.session(settings=NEVER)
        client.open(URI, "One recieve.\nTwo.\n")
        client.change(URI, (1, 3, 1, 3, " teh "), (0, 0, 0, 4, ""), (0, 0, 0, 0, "A cat. I "))
        self.check(client, "A cat. I recieve.\nTwo teh .\n")
        client.change(URI, "A whole new text with teh error. 😀\n")
        self.check(client, "A whole new text with teh error. 😀\n")
        client.change(URI, "")
        client.pushed(URI, lambda found: not found)
        client.change(URI, "I recieve.", (0, 10, 0, 10, " It."), (99, 99, 99, 99, " teh."))
        self.check(client, "I recieve. It. teh.")

    def test_close_and_open_again(self):
        client = self.session()
        client.open(URI, "I recieve it.\n")
        client.pushed(URI, len)
        client.close(URI)
        client.pushed(URI, lambda found: not found)
        client.change(URI, "teh")  # of no document: nothing
        client.open(URI, "I saw teh cat.\n")
        self.assertEqual(places(client.pushed(URI, len)), [(0, 6, 9)])

    def test_random_edits(self):
        """However a text came about, its findings are those of the text."""
        seed = random.randrange(2**32)
        print(f"# seed {seed}")
        chance = random.Random(seed)
        words = ["I", "recieve", "teh", "cat", "goes", "every", "days", "😀", "é", "She", "go", "to"]
        text = "She go to school every days. I recieve it.\nThe the cat sat.\n"
        client = self.session(settings=NEVER)
        client.open(URI, text)
        for _ in range(6):
            for _ in range(chance.randrange(1, 12)):
                start = chance.randrange(len(text) + 1)
                end = min(len(text), start + chance.choice((0, 0, 0, 1, 3, 20)))
                new = chance.choice((" ", ".", "\r\n", "\n", "")) + " ".join(
                    chance.choices(words, k=chance.randrange(4))) + chance.choice((" ", ". ", ""))
                client.change(URI, (*position(text, start), *position(text, end), new))
                text = text[:position_end(text, start)] + new + text[position_end(text, end):]
            client.save(URI)
            self.check(client, text)


def position_end(text, offset):
    """Between CR and LF is no position: before both."""
    return offset - 1 if text[offset - 1:offset + 1] == "\r\n" else offset


def position(text, offset):
    before = text[:position_end(text, offset)].replace("\r\n", "\n").split("\n")
    return len(before) - 1, units(before[-1], "utf-16")


if __name__ == "__main__":
    tap.main()
