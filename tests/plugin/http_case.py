# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private bus with the service, and proofd-http in front of it.

Environment: as case.py; PROOFD_HTTP: the program.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse

from case import BusCase, die_with_test

PROOFD_HTTP = os.environ["PROOFD_HTTP"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECONDS = 120  # the longest wait for what must come
LETTER = ("She go to school every days. \U0001F600 I recieve the the cat, and it's tail is long.\n"
          "He want to by a new car tomorow.\n\nThey has many informations about it.\n")


class HttpCase(BusCase):
    def setUp(self):
        super().setUp()
        self.port = None
        self.log = []
        self.server = self.start_server("--port", "0")
        self.port = self.wait_for_port()

    def start_server(self, *arguments, **more):
        options = dict(env=self.env, preexec_fn=die_with_test)
        options.update(more)
        server = subprocess.Popen([PROOFD_HTTP, *arguments], stderr=subprocess.PIPE, text=True,
                                  **options)
        self.addCleanup(self.stop_server, server)
        return server

    def stop_server(self, server):
        if server.poll() is None:
            server.kill()
        server.wait()
        server.stderr.close()

    def wait_for_line(self, pattern, server=None):
        """The match in the next line of the log that has it."""
        for line in (server or self.server).stderr:
            self.log.append(line)
            found = re.search(pattern, line)
            if found:
                return found
        self.fail(f"proofd-http ended without {pattern}: {self.log}")

    def wait_for_port(self, server=None):
        return int(self.wait_for_line(r"listening on http://127\.0\.0\.1:(\d+)", server)[1])

    def connect(self, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=SECONDS)
        self.addCleanup(connection.close)
        return connection

    def ask(self, path, form=None, headers=(), method=None, connection=None):
        """The response, with its body as `text`; POST if there is a form."""
        connection = connection or self.connect()
        body = urllib.parse.urlencode(form) if isinstance(form, dict) else form
        sent = {**(FORM if form is not None else {}), **dict(headers)}
        connection.request(method or ("GET" if form is None else "POST"), path, body, sent)
        response = connection.getresponse()
        response.text = response.read().decode()
        return response

    def answer(self, path, form=None, **more):
        response = self.ask(path, form, **more)
        self.assertEqual(response.status, 200, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        return json.loads(response.text)

    def check(self, text, language="en-US", **parameters):
        return self.answer("/v2/check", {"text": text, "language": language, **parameters})

    def refused(self, status, beginning, path, form=None, **more):
        response = self.ask(path, form, **more)
        self.assertEqual(response.status, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertTrue(response.text.startswith(f"Error: {beginning}"), response.text)
        return response

    def proof_places(self, text, *options):
        """(start, end, first correction) of each finding of `proof --json`."""
        options = options or ("--language", "en_US", "--variant", "us")
        path = self.write("text.txt", text)
        done = self.run_proof("--json", *options, str(path))
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return [(finding["offset"], finding["offset"] + finding["length"],
                 (finding["replacements"] or [None])[0])
                for finding in json.loads(done.stdout)["files"][0]["findings"]]

    def assert_same(self, text, places, *options):
        """Are these all of proof's places, (start, end, first correction) in code points?

        Where proof deletes or inserts, the place may be wider: the text that comes out is the same.
        """
        wanted = self.proof_places(text, *options)
        self.assertEqual(len(places), len(wanted), (places, wanted))
        for (start, end, first), (start_, end_, first_) in zip(sorted(places), sorted(wanted)):
            self.assertTrue(start <= start_ and end_ <= end, (places, wanted))
            if first_:
                self.assertEqual((start, end), (start_, end_))
            self.assertEqual(first is None, first_ is None)
            if first is not None:
                self.assertEqual(text[:start] + first + text[end:],
                                 text[:start_] + first_ + text[end_:])

    def in_background(self, call, *arguments):
        """Runs it in a thread; the result is `join()[0]`."""
        results = []
        thread = threading.Thread(target=lambda: results.append(call(*arguments)))
        thread.start()

        def join():
            thread.join(SECONDS)
            self.assertFalse(thread.is_alive())
            return results
        return join

    def wait_until(self, condition):
        end = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(.01)

    def kill_service(self):
        os.kill(int((self.dir / "pid").read_text()), signal.SIGKILL)


def code_points(text, position):
    """What UTF-16 counts as `position` code units."""
    return len(text.encode("utf-16-le")[:2 * position].decode("utf-16-le"))


def places(text, matches):
    """(start, end, first replacement) of LanguageTool's matches, in code points."""
    return [(code_points(text, match["offset"]),
             code_points(text, match["offset"] + match["length"]),
             match["replacements"][0]["value"] if match["replacements"] else None)
            for match in matches]
