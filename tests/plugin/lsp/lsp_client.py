# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client of the language server for tests: one process, messages in and out, nothing hidden.

Environment: PROOFD_LSP: the program; PATIENCE: seconds to wait for anything (120); the rest as
case.py.
"""

import json
import os
import queue
import subprocess
import threading

from case import die_with_test

LSP = os.environ["PROOFD_LSP"]
PATIENCE = int(os.environ.get("PATIENCE", "120"))  # generous, for machines under load


class Closed(Exception):
    """The server closed its output."""


class LspClient:
    """Answers the server's requests by itself: configuration from `settings`, null else."""

    def __init__(self, env, cwd=None, args=()):
        self.process = subprocess.Popen([LSP, *args], stdin=subprocess.PIPE, env=env, cwd=cwd,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        preexec_fn=die_with_test)
        self.incoming = queue.Queue()
        self.settings = {}  # the section proofd
        self.answers = {}  # method -> function of params, for requests of the server
        self.seen = []  # all that came and is no response, in order
        self.diagnostics = {}  # uri -> the last that was pushed
        self.responses = {}
        self.next_id = 1
        self.versions = {}
        self.errors = []
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.read_errors, daemon=True).start()

    # --- messages ---

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode())

    def read(self):
        stream = self.process.stdout
        while True:
            length = None
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.incoming.put(None)
                return
            self.incoming.put(json.loads(stream.read(length)))

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send_body(self, body):
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def send(self, message):
        self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method, **params):
        self.send({"method": method, "params": params})

    def ask(self, method, params=None, request_id=None):
        """Sends a request; its id."""
        if request_id is None:
            request_id = self.next_id
            self.next_id += 1
        message = {"id": request_id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return request_id

    def take(self):
        """Waits for one message, and deals with it."""
        message = self.incoming.get(timeout=PATIENCE)
        if message is None:
            raise Closed(self.errors)
        if "method" not in message:
            self.responses[message["id"]] = message
            return
        self.seen.append(message)
        params = message.get("params")
        if message["method"] == "textDocument/publishDiagnostics":
            self.diagnostics[params["uri"]] = params
        if "id" in message:
            self.answer(message, params)

    def answer(self, message, params):
        method = message["method"]
        if method in self.answers:
            result = self.answers[method](params)
        elif method == "workspace/configuration":
            result = [self.settings for _ in params["items"]]
        else:
            result = None
        self.send({"id": message["id"], "result": result})

    def wait(self, condition):
        """Until condition() is true of what came; its value."""
        while not (value := condition()):
            self.take()
        return value

    def response(self, request_id):
        self.wait(lambda: request_id in self.responses)
        return self.responses.pop(request_id)

    def request(self, method, **params):
        """The result; an error is an AssertionError."""
        answer = self.response(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def fail(self, method, params):
        """The code of the error."""
        return self.response(self.ask(method, params))["error"]["code"]

    def messages(self, method):
        return [message for message in self.seen if message["method"] == method]

    def shown(self):
        return [message["params"]["message"] for message in self.messages("window/showMessage")]

    # --- a session ---

    def initialize(self, capabilities=None, options=None, **more):
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities or {}}
        if options is not None:
            params["initializationOptions"] = options
        params.update(more)
        result = self.request("initialize", **params)
        self.notify("initialized")
        return result

    def open(self, uri, text, language="plaintext"):
        self.versions[uri] = 1
        self.notify("textDocument/didOpen", textDocument={
            "uri": uri, "languageId": language, "version": 1, "text": text})

    def change(self, uri, *changes):
        """Each: (text) or (start line, start character, end line, end character, text)."""
        self.versions[uri] += 1
        events = []
        for change in changes:
            if isinstance(change, str):
                events.append({"text": change})
            else:
                line, character, end_line, end_character, text = change
                events.append({"text": text, "range": {
                    "start": {"line": line, "character": character},
                    "end": {"line": end_line, "character": end_character}}})
        self.notify("textDocument/didChange", contentChanges=events,
                    textDocument={"uri": uri, "version": self.versions[uri]})

    def save(self, uri):
        self.notify("textDocument/didSave", textDocument={"uri": uri})

    def close(self, uri):
        self.notify("textDocument/didClose", textDocument={"uri": uri})

    def pushed(self, uri, condition):
        """The diagnostics, as soon as condition(diagnostics) is true."""
        self.wait(lambda: uri in self.diagnostics and
                  condition(self.diagnostics[uri]["diagnostics"]))
        return self.diagnostics[uri]["diagnostics"]

    def pull(self, uri, previous=None):
        params = {"textDocument": {"uri": uri}}
        if previous is not None:
            params["previousResultId"] = previous
        return self.request("textDocument/diagnostic", **params)

    def end(self):
        """shutdown, exit; the process's status."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
