#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proofd-http: the API, what it refuses, and how it lives with its service and its clients.

Environment: as http_case.py.
"""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import unittest
import urllib.parse
from pathlib import Path

import tap
from http_case import FORM, LETTER, PROOFD_HTTP, SECONDS, HttpCase, code_points, places

MAX_CONNECTIONS = 128  # PD_HTTP_MAX_CONNECTIONS


def slow_text(n):
    """n sentences, each another one, with an error in each."""
    return " ".join(f"I recieve number {i} of all these letters tomorrow." for i in range(n))


class Check(HttpCase):
    def test_same_as_proof(self):
        answer = self.check(LETTER)
        self.assertGreater(len(answer["matches"]), 7)
        self.assert_same(LETTER, places(LETTER, answer["matches"]))
        for match in answer["matches"]:
            self.check_match(LETTER, match)
        sentences = [LETTER[code_points(LETTER, start):code_points(LETTER, end)]
                     for start, end in answer["sentenceRanges"]]
        self.assertEqual(sentences, [
            "She go to school every days.",
            "\U0001F600 I recieve the the cat, and it's tail is long.",
            "He want to by a new car tomorow.", "They has many informations about it."])

    def check_match(self, text, match):
        units = text.encode("utf-16-le")
        place = units[2 * match["offset"]:2 * (match["offset"] + match["length"])]
        context = match["context"]
        shown = context["text"].encode("utf-16-le")[2 * context["offset"]:][:2 * context["length"]]
        self.assertEqual(shown, place)
        self.assertIn(place.decode("utf-16-le"), match["sentence"])
        self.assertNotIn("\n", context["text"])
        self.assertTrue(match["message"] and match["shortMessage"])
        self.assertNotIn("", [replacement["value"] for replacement in match["replacements"]])

    def test_shape(self):
        answer = self.check("I recieve it.")
        self.assertEqual(list(answer), ["software", "warnings", "language", "matches",
                                        "sentenceRanges"])
        self.assertEqual(answer["software"]["apiVersion"], 1)
        self.assertEqual(answer["warnings"], {"incompleteResults": False})
        match, = answer["matches"]
        self.assertEqual(list(match), [
            "message", "shortMessage", "replacements", "offset", "length", "context", "sentence",
            "type", "rule", "ignoreForIncompleteSentence", "contextForSureMatch"])
        self.assertEqual(match["replacements"][0], {"value": "receive"})
        self.assertEqual((match["offset"], match["length"]), (2, 7))
        self.assertEqual(match["context"], {"text": "I recieve it.", "offset": 2, "length": 7})
        self.assertEqual(match["sentence"], "I recieve it.")
        self.assertEqual(match["type"], {"typeName": "UnknownWord"})
        self.assertEqual(match["rule"], {
            "id": "HUNSPELL_RULE", "description": "Unknown word", "issueType": "misspelling",
            "category": {"id": "TYPOS", "name": "Possible Typo"}})

    def test_get(self):
        query = urllib.parse.urlencode({"text": "I recieve it.", "language": "en-US"})
        self.assertEqual(self.answer(f"/v2/check?{query}"), self.check("I recieve it."))
        mixed = self.answer("/v2/check?language=en-US", {"text": "I recieve it."})
        self.assertEqual(mixed, self.check("I recieve it."))

    def test_annotated(self):
        data = {"annotation": [
            {"markup": "<p>\U0001F600"}, {"text": "I recieve the "}, {"markup": "<b>"},
            {"text": "hous"}, {"markup": "</b>"}, {"text": "."},
            {"markup": "</p><p>", "interpretAs": "\n\n"}, {"text": "She go home."}]}
        whole = "<p>\U0001F600I recieve the <b>hous</b>.</p><p>She go home."
        answer = self.answer("/v2/check", {"data": json.dumps(data), "language": "en-US"})
        found = [whole[start:end] for start, end, _ in places(whole, answer["matches"])]
        self.assertEqual(found, ["recieve", "hous", "go"])
        for match in answer["matches"]:
            self.assertEqual(match["context"]["text"].replace("...", "") in whole, True)
        ranges = [whole[code_points(whole, start):code_points(whole, end)]
                  for start, end in answer["sentenceRanges"]]
        self.assertEqual(ranges, ["I recieve the <b>hous</b>.", "She go home."])
        plain = self.answer("/v2/check", {"data": '{"text": "I recieve it."}',
                                          "language": "en-US"})
        self.assertEqual(plain["matches"], self.check("I recieve it.")["matches"])

    def test_nothing(self):
        for text in ("", " ", "\n\n", "\U0001F600", "Fine."):
            self.assertEqual(self.check(text)["matches"], [])
        self.assertEqual(self.check(LETTER, mode="textLevelOnly")["matches"], [])

    def test_filters(self):
        def rules(**parameters):
            return {match["rule"]["id"] for match in self.check(LETTER, **parameters)["matches"]}

        every = rules()
        self.assertLessEqual({"HUNSPELL_RULE", "ENGLISH_WORD_REPEAT_RULE"}, every)
        self.assertEqual(rules(disabledRules="HUNSPELL_RULE,NO_SUCH_RULE"),
                         every - {"HUNSPELL_RULE"})
        self.assertEqual(rules(disabledRules="spelling/unknown"), every - {"HUNSPELL_RULE"})
        self.assertEqual(rules(enabledRules="HUNSPELL_RULE", enabledOnly="true"),
                         {"HUNSPELL_RULE"})
        self.assertEqual(rules(enabledCategories="MISC", enabledOnly="yes"),
                         {"ENGLISH_WORD_REPEAT_RULE"})
        self.assertNotIn("HUNSPELL_RULE", rules(disabledCategories="TYPOS"))

    def test_level(self):
        text = ("The informations was send by the man which lives here since long time.\n"
                "I am agree with you about the most of things that you have say it.\n")
        picky = self.check(text, level="picky")["matches"]
        self.assert_same(text, places(text, self.check(text)["matches"]))
        self.assert_same(text, places(text, picky), "--language", "en_US", "--variant", "us",
                         "--level", "thorough")

    def test_sloppy_encoding(self):
        """LibreOffice 7.4 sends text as it is."""
        answer = self.answer("/v2/check", "text=R&D, 100% of it: I recieve é.&language=en-US"
                             .encode())
        match, = answer["matches"]
        self.assertEqual(match["offset"], len("R&D, 100% of it: I "))

    def test_variants(self):
        def found(language, **parameters):
            text = "The colour of the house and the color of the garden are both very nice today."
            return [text[start:end] for start, end, _ in
                    places(text, self.check(text, language, **parameters)["matches"])]

        self.assertEqual(found("en-US"), ["colour"])
        self.assertEqual(found("en-GB"), ["color"])
        self.assertEqual(found("auto", preferredVariants="en-GB,de-DE"), ["color"])
        self.assertEqual(found("auto"), found("en"))

    def test_auto(self):
        english = "This is a long text that is written in English, so that it can be detected."
        german = "Das ist ein langer Text auf Deutsch, damit man die Sprache auch erkennen kann."
        for text, code in ((english, "en-US"), (german, "de-DE")):
            language = self.check(text, "auto")["language"]
            self.assertEqual(language["code"], code)
            self.assertEqual(language["detectedLanguage"]["code"], code)
            self.assertGreater(language["detectedLanguage"]["confidence"], .4)
        given = self.check(german, "en-US")["language"]
        self.assertEqual((given["code"], given["detectedLanguage"]["code"]), ("en-US", "de-DE"))
        self.assertEqual(self.check("Hm", "auto")["language"]["detectedLanguage"],
                         {"name": "English (US)", "code": "en-US", "confidence": 0,
                          "source": "fallback"})
        self.assertEqual(self.check("Hm", "auto", preferredLanguages="de")["language"]["code"],
                         "de-DE")
        misspelt = german.replace("langer", "langger")
        self.assertEqual(len(self.check(misspelt, "auto")["matches"]), 1)
        self.assertEqual(self.check(misspelt, "auto", noopLanguages="de")["matches"], [])

    def test_german(self):
        text = "Ich habe gestren ein Hauss gesehen."
        self.assert_same(text, places(text, self.check(text, "de-DE")["matches"]), "--language",
                         "de_DE")

    def test_bad_requests(self):
        for status, message, form in (
                (400, "Missing 'text' or 'data' parameter", {"language": "en"}),
                (400, "Set only 'text' or 'data' parameter, not both",
                 {"language": "en", "text": "a", "data": "{}"}),
                (400, "Could not parse JSON from 'data' parameter",
                 {"language": "en", "data": "x"}),
                (400, "Missing 'language' parameter, e.g. 'language=en-US'", {"text": "a"}),
                (400, "'xx' is not a language code known to LanguageTool. Supported language codes "
                      "are: ", {"text": "a", "language": "xx"}),
                (400, "If 'level' is set, it must be set to 'default' or 'picky'",
                 {"text": "a", "language": "en", "level": "high"}),
                (400, "You specified 'preferredVariants' but you didn't specify 'language=auto'",
                 {"text": "a", "language": "en", "preferredVariants": "en-GB"}),
                (400, "A parameter is not valid UTF-8", "text=%FF&language=en"),
                (400, "A parameter has a NUL character in it", "text=%00&language=en")):
            self.refused(status, message, "/v2/check", form)

    def test_one_request_a_connection(self):
        for path in ("/v2/info", "/v2/nope", "/v2/check?language=en&text=a", "/v2/info"):
            connection = self.connect()
            self.assertEqual(self.ask(path, connection=connection).headers["Connection"], "close")
            self.assertIsNone(connection.sock)

    def test_many_at_once(self):
        texts = [f"I recieve number {i} of them. She go home {i} times." for i in range(10)]
        joins = [self.in_background(self.check, text) for text in texts]
        for text, join in zip(texts, joins):
            answer, = join()
            self.assertEqual([text[start:end] for start, end, _ in
                              places(text, answer["matches"])][:1], ["recieve"])


class Lists(HttpCase):
    def test_languages(self):
        languages = self.answer("/v2/languages")
        self.assertIn({"name": "English (US)", "code": "en", "longCode": "en-US"}, languages)
        self.assertIn({"name": "German (Germany)", "code": "de", "longCode": "de-DE"}, languages)
        self.assertIn({"name": "English", "code": "en", "longCode": "en"}, languages)
        names = [language["name"] for language in languages]
        self.assertEqual(names, sorted(names))
        for language in languages:
            self.check("Fine.", language["longCode"])

    def test_information(self):
        self.assertEqual(self.answer("/v2/info")["software"]["apiVersion"], 1)
        configuration = self.answer("/v2/configinfo?language=en-US")
        self.assertEqual(configuration["parameter"], {"maxTextLength": 1000000})
        rules = {rule["ruleId"]: rule for rule in configuration["rules"]}
        self.assertEqual(rules["HUNSPELL_RULE"]["isDictionaryBasedSpellingRule"], "yes")
        self.assertEqual(rules["EN_A_VS_AN"]["categoryId"], "GRAMMAR")
        self.refused(400, "'language' parameter missing", "/v2/configinfo")
        self.refused(400, "'xx' is not a language code", "/v2/configinfo?language=xx")
        for path, text in (("/v2/maxtextlength", "1000000"), ("/v2/healthcheck", "OK")):
            response = self.ask(path)
            self.assertEqual((response.status, response.text), (200, text))

    def test_all_rules_are_known(self):
        """Each rule of the service has an id of its own here."""
        rules = [line.split()[0] for line in self.proof("explain").splitlines()]
        configured = self.answer("/v2/configinfo?language=en")["rules"]
        self.assertEqual(len(configured), len(rules))

    def test_words(self):
        text = "I recieve tset and helllo."
        self.assertEqual(len(self.check(text)["matches"]), 3)
        self.assertEqual(self.answer("/v2/words"), {"words": []})
        user = {"username": "u", "apiKey": "k"}
        self.assertEqual(self.answer("/v2/words/add", {"word": "helllo", **user}),
                         {"added": True})
        self.assertEqual(self.answer("/v2/words/add", {"words": "recieve tset", "mode": "batch"}),
                         {"added": True})
        self.assertEqual(self.check(text)["matches"], [])
        self.assertEqual(self.proof("words").split(), ["helllo", "recieve", "tset"])
        self.assertEqual(self.answer("/v2/words?offset=1&limit=1"), {"words": ["recieve"]})
        self.assertEqual(self.answer("/v2/words?offset=9"), {"words": []})
        self.assertEqual(self.answer("/v2/words/delete", {"word": "helllo"}),
                         {"deleted": True})
        self.assertEqual(self.answer("/v2/words/delete", {"word": "helllo"}),
                         {"deleted": False})
        self.assertEqual(len(self.check(text)["matches"]), 1)

    def test_bad_words(self):
        for message, form in (("'word' parameter missing", {}),
                              ("'words' parameter missing", {"mode": "batch"}),
                              ("Invalid word, cannot be empty or whitespace only", {"word": " "}),
                              ("Invalid word, you can only words that don't contain spaces",
                               {"word": "a b"}),
                              ("a word", {"word": "x" * 201}),
                              ("Too many words", {"mode": "batch", "words": "a " * 1001})):
            self.refused(400, message, "/v2/words/add", form)
        self.refused(400, "'limit' must be a number", "/v2/words?limit=-1")
        self.refused(400, "'offset' must be a number", "/v2/words?offset=x")
        self.refused(405, "/words/add needs to be called with POST", "/v2/words/add")
        self.refused(405, "/words needs to be called with GET", "/v2/words", {})

    def test_other_paths(self):
        self.refused(404, "Unsupported action: 'nope'. Please see ", "/v2/nope")
        self.refused(404, "Unsupported action: 'check/'", "/v2/check/", {})
        self.refused(400, "Missing arguments for LanguageTool API", "/")
        self.refused(400, "You have '/v2/' in your path, but not at the root", "/lt/v2/check")
        self.refused(404, "Not found", "/favicon.ico")
        refused = self.refused(405, "/check needs to be called with GET or POST", "/v2/check",
                               method="DELETE")
        self.assertEqual(refused.headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.assertEqual(self.ask("/v2/info", method="HEAD").status, 200)


class Trust(HttpCase):
    def test_hosts(self):
        for host in ("localhost", f"localhost:{self.port}", "[::1]:8081", "127.0.0.1"):
            self.assertEqual(self.ask("/v2/info", headers={"Host": host}).status, 200)
        for host in ("evil.example", "localhost.evil.example", "192.168.1.1", ""):
            refused = self.refused(403, "Access with this Host denied", "/v2/check",
                                   {"text": "a", "language": "en"}, headers={"Host": host})
            self.assertNotIn("Access-Control-Allow-Origin", refused.headers)

    def test_origins(self):
        for origin in ("https://evil.example", "null", f"http://localhost:{self.port}",
                       "moz-extension://1234"):
            refused = self.refused(403, "Access with this Origin denied", "/v2/words/add",
                                   {"word": "evil"}, headers={"Origin": origin})
            self.assertNotIn("Access-Control-Allow-Origin", refused.headers)
            self.assertEqual(self.ask("/v2/check", method="OPTIONS",
                                      headers={"Origin": origin}).status, 403)
        self.refused(403, "Access from another site denied", "/v2/info",
                     headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(self.answer("/v2/words"), {"words": []})

    def test_allowed(self):
        server = self.start_server("--port", "0", "--allow-origin", "https://mail.example",
                                   "--allow-origin", "moz-extension://*", "--allow-host",
                                   "proof.lan")
        self.port = self.wait_for_port(server)
        for origin in ("https://mail.example", "moz-extension://1234"):
            for path, form in (("/v2/check", {"text": "I recieve it.", "language": "en"}),
                               ("/v2/check", {}), ("/v2/nope", None)):
                response = self.ask(path, form, headers={"Origin": origin, "Host": "proof.lan"})
                self.assertEqual(response.headers["Access-Control-Allow-Origin"], origin)
                self.assertEqual(response.headers["Vary"], "Origin")
        preflight = self.ask("/v2/check", method="OPTIONS", headers={
            "Origin": "https://mail.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-a",
            "Access-Control-Request-Private-Network": "true"})
        self.assertEqual((preflight.status, preflight.text), (204, ""))
        for name, value in (("Origin", "https://mail.example"), ("Headers", "content-type, x-a"),
                            ("Methods", "GET, HEAD, POST, OPTIONS"), ("Private-Network", "true")):
            self.assertEqual(preflight.headers[f"Access-Control-Allow-{name}"], value)
        self.refused(403, "Access with this Origin denied", "/v2/info",
                     headers={"Origin": "https://mail.example.evil.example"})

    def test_length(self):
        server = self.start_server("--port", "0", "--max-text-length", "20")
        self.port = self.wait_for_port(server)
        self.assertEqual(self.ask("/v2/maxtextlength").text, "20")
        self.assertEqual(self.check("\U0001F600" * 10)["matches"], [])
        self.refused(413, "Your text exceeds the limit of 20 characters (it's 21 characters). "
                          "Please submit a shorter text.", "/v2/check",
                     {"text": "x" * 21, "language": "en"})
        body = 20 * 9 + 65536
        self.refused(413, "Your text exceeds the limit of 20 characters", "/v2/check",
                     "language=en&text=".ljust(body, "x"))
        for form in ("language=en&text=".ljust(body + 1, "x"),
                     (b"x" * 70000 for _ in range(100))):  # the latter in chunks
            self.refused(413, "Your text's length exceeds this server's hard limit of 20 "
                              "characters.", "/v2/check", form)

    def test_head_is_bounded(self):
        connection = self.connect()
        with self.assertRaises((OSError, http.client.HTTPException)):
            response = self.ask("/v2/info", headers={"X": "x" * 1000000}, connection=connection)
            if response.status >= 400:
                raise http.client.HTTPException(response.status)
        self.assertEqual(self.ask("/v2/info").status, 200)

    def test_connections_are_bounded(self):
        kept = [self.connect() for _ in range(MAX_CONNECTIONS)]
        for connection in kept:
            connection.connect()
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.ask("/v2/healthcheck")
        self.assertEqual(self.ask("/v2/healthcheck", connection=kept[0]).status, 200)
        self.wait_until(self.is_served)

    def is_served(self):
        try:
            return self.ask("/v2/healthcheck").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def test_log_has_no_text(self):
        self.check("Secretword is a blorpy grumf.")
        self.refused(400, "", "/v2/check", {"text": "Secretword", "language": "xx"})
        self.refused(403, "", "/v2/check", {"text": "Secretword"}, headers={"Origin": "https://a"})
        self.server.send_signal(signal.SIGTERM)
        log = "".join(self.log) + self.server.stderr.read()
        self.assertEqual(self.server.wait(SECONDS), 0)
        self.assertNotIn("Secretword", log)
        self.assertNotIn("blorpy", log)

    def test_warns_of_the_network(self):
        server = self.start_server("--port", "0", "--listen", "0.0.0.0")
        self.wait_for_line("0.0.0.0.*nothing is encrypted, and there is no password", server)

    def test_loopback_alone(self):
        """Nothing answers at this machine's other addresses."""
        listening = []
        for name in ("tcp", "tcp6"):
            for line in open(f"/proc/{self.server.pid}/net/{name}", encoding="ascii"):
                address, _, port = line.split()[1].partition(":")
                if port and int(port, 16) == self.port and line.split()[3] == "0A":
                    listening.append(address)
        self.assertIn("0100007F", listening)
        self.assertLessEqual(set(listening), {"0100007F", "0" * 24 + "01000000"})


class Life(HttpCase):
    def test_service_comes_back(self):
        self.check("I recieve it.")
        for _ in range(3):
            self.kill_service()
            self.assertEqual(len(self.check("I recieve it.")["matches"]), 1)

    def test_bus_is_gone(self):
        self.check("I recieve it.")
        self.bus.kill()
        self.bus.wait()
        self.refused(503, "proofd cannot be reached", "/v2/check",
                     {"text": "I recieve it.", "language": "en-US"})
        self.assertEqual(self.ask("/v2/healthcheck").text, "OK")

    def test_no_bus(self):
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.port = self.wait_for_port(self.start_server("--port", "0"))
        self.refused(503, "proofd cannot be reached", "/v2/check",
                     {"text": "I recieve it.", "language": "en-US"})

    def test_stops_when_answered(self):
        self.check("I recieve it.")  # the model is read before, not in the time for stopping
        before = self.statistics()["checks"]
        n = 50 // int(os.environ.get("PROOFD_SLOWNESS", "1"))  # it stops after 10 seconds anyway
        connection = self.connect()
        connection.request("POST", "/v2/check", urllib.parse.urlencode(
            {"text": slow_text(n), "language": "en-US"}), FORM)
        self.wait_for_checks(before)
        self.server.send_signal(signal.SIGTERM)
        answer = json.loads(connection.getresponse().read())
        self.assertGreaterEqual(len(answer["matches"]), n)
        self.assertEqual(self.server.wait(SECONDS), 0)

    def statistics(self):
        done = subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.proofd.Checker1", "--object-path",
             "/org/proofd/Checker1", "--method", "org.freedesktop.DBus.Properties.Get",
             "org.proofd.Checker1", "Statistics"], env=self.env, capture_output=True, text=True,
            check=True)
        return {name: int(value) for name, value in
                re.findall(r"'([a-z-]+)': <(?:\w+ )?(\d+)>", done.stdout)}

    def wait_for_checks(self, before=None):
        """Until one is under way; @before, what "checks" was: or until one more is done."""
        def is_under_way():
            now = self.statistics()
            return now["running"] > 0 or before is not None and now["checks"] > before
        self.wait_until(is_under_way)

    def test_client_leaves(self):
        """Nobody waits for the answer any more: the service need not go on."""
        self.check("I recieve it.")  # what comes next is the check, not the list of languages
        before = self.statistics()["cancelled"]
        connection = self.connect()
        connection.request("POST", "/v2/check", urllib.parse.urlencode(
            {"text": slow_text(15000), "language": "en-US"}), FORM)
        self.wait_for_checks()
        connection.close()
        self.wait_until(lambda: self.statistics()["cancelled"] > before)

    def test_timeout(self):
        server = self.start_server("--port", "0", "--timeout", "1")
        self.port = self.wait_for_port(server)
        self.refused(500, "Checking took longer than 1.0 seconds, which is this server's limit. "
                          "Please make sure you have selected the proper language or consider "
                          "submitting a shorter text.", "/v2/check",
                     {"text": slow_text(15000), "language": "en-US"})

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "a sanitizer keeps what was freed")
    def test_connections_leave_nothing(self):
        def resident():
            status = Path(f"/proc/{self.server.pid}/status").read_text(encoding="ascii")
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

        def connect(n):
            for _ in range(n):
                self.ask("/v2/healthcheck")
                with self.connect_bare() as left:
                    left.sendall(b"GET /v2/heal")
        connect(200)
        before = resident()
        connect(1000)
        self.assertLess(resident(), before + 300)  # kB; 0.4 kB for each would be more

    def connect_bare(self):
        return socket.create_connection(("127.0.0.1", self.port), SECONDS)

    def test_port_is_taken(self):
        server = self.start_server("--port", str(self.port))
        self.assertEqual(server.wait(SECONDS), 1)
        self.assertIn(f"cannot listen on 127.0.0.1, port {self.port}", server.stderr.read())

    def test_wrong_options(self):
        for arguments, message in ((["--port", "x"], "x"), (["--listen", "localhost"], "localhost"),
                                   (["--listen", "unix:relative"], "unix:relative"),
                                   (["--nope"], "--nope")):
            server = self.start_server(*arguments)
            self.assertIn(server.wait(SECONDS), (1, 2))
            self.assertIn(message, server.stderr.read())
        done = subprocess.run([PROOFD_HTTP, "--version"], capture_output=True, text=True,
                              check=True)
        self.assertRegex(done.stdout, r"^proofd-http \d")


class Sockets(HttpCase):
    def ask_unix(self, path):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(str(path))
            client.sendall(b"GET /v2/healthcheck HTTP/1.1\r\nHost: localhost\r\n"
                           b"Connection: close\r\n\r\n")
            return b"".join(iter(lambda: client.recv(4096), b"")).decode()

    def test_unix(self):
        path = self.dir / "http.sock"
        for _ in range(2):  # the second time beside what kill -9 has left
            server = self.start_server("--listen", f"unix:{path}")
            self.wait_for_line(f"listening on unix:{path}", server)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o700)
            self.assertTrue(self.ask_unix(path).endswith("OK"))
            second = self.start_server("--listen", f"unix:{path}")
            self.assertEqual(second.wait(SECONDS), 1)
            server.kill()
            server.wait()
        server = self.start_server("--listen", f"unix:{path}")
        self.wait_for_line(f"listening on unix:{path}", server)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(SECONDS), 0)
        self.assertFalse(path.exists())

    def test_inherited(self):
        """As systemd starts it."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            server = self.start_server(port, command=[
                "sh", "-c", f"exec 3<&{listener.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 "
                            f"exec '{PROOFD_HTTP}' --port 1"], inherited=listener.fileno())
            self.assertEqual(self.wait_for_port(server), port)
        self.port = port
        self.assertEqual(len(self.check("I recieve it.")["matches"]), 1)

    def start_server(self, *arguments, command=None, inherited=None, **more):
        if command is None:
            return super().start_server(*arguments, **more)
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=self.env,
                                  pass_fds=[inherited])
        self.addCleanup(self.stop_server, server)
        return server


if __name__ == "__main__":
    tap.main()
