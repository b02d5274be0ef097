#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command proof, run on real files: in-process, and with a bus and the service of its own.

Environment: as case.py. Findings are unknown and repeated words, which do not depend on a model's
opinion.
"""

import contextlib
import fcntl
import json
import os
import pty
import signal
import stat
import struct
import subprocess
import tempfile
import termios
import time

import tap
from case import PROOF, TEXT, BusCase, Case

FIXED = "I receive it.\nThe cat sat on the mat.\n"
NOBODY = 65534


def unknown_word(findings):
    """The one finding about a word that does not exist."""
    found, = [finding for finding in findings if finding["rule"] == "spelling/unknown"]
    return found


class Output(Case):
    def test_human(self):
        self.write("a.txt")
        out = self.proof("a.txt", status=1)
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^a\.txt:1:3: .*recieve.*\[spelling/unknown\]$")
        self.assertEqual(lines[1], "    I recieve it.")
        self.assertEqual(lines[2], "      ^~~~~~~")
        self.assertTrue(lines[3].startswith("      receive"), lines[3])
        self.assertIn("a.txt:2:5:", out)  # the second "the", not the space before it
        self.assertEqual(lines[-1], "3 findings.")
        self.assertNotIn("\033", out)

    def test_text(self):
        """Text in quotes instead of a file; what may be a file's name is one."""
        out = self.proof("She go home.", status=1)
        self.assertIn("<text>:1:5: ", out)
        self.assertIn("goes", out)
        self.assertEqual(self.proof("--fix", "--quiet", "I recieve it."), "I receive it.\n")
        self.proof("All is well here.")
        for name in ("my letter.txt", "./my letter", "/my letter", "letter", "", "~/my letter"):
            self.proof(name, status=2)
            self.assertIn("No such file", self.errors, name)
        self.write("I recieve it.", "All is well here.\n")
        self.proof("I recieve it.")
        self.proof(b"I recieve \xff it.", status=2)
        self.assertIn("<text>:1: byte 10: not UTF-8", self.errors)

    def test_underline_of_wide_text(self):
        lines = self.proof(status=1, stdin="日本 e\u0301 recieve\n").splitlines()
        at = next(i for i, line in enumerate(lines) if "“recieve”" in line)
        self.assertEqual(lines[at + 1], "    日本 e\u0301 recieve")
        self.assertEqual(lines[at + 2], " " * (4 + 4 + 1 + 1 + 1) + "^~~~~~~")

    def test_long_line_is_cut(self):
        text = "It is what it is. " * 20 + "I recieve it. " + "It is what it is. " * 20 + "\n"
        self.env["COLUMNS"] = "60"
        lines = self.proof(status=1, stdin=text).splitlines()
        self.assertLess(len(lines[1]), 60)
        at = lines[2].index("^")
        self.assertEqual(lines[1][at:at + 7], "recieve")

    def test_colour(self):
        for option, env, wanted in (("always", {}, True), ("never", {}, False),
                                    ("auto", {}, False), ("always", {"NO_COLOR": "1"}, True)):
            out = self.proof("--color", option, status=1, stdin=TEXT, env={**self.env, **env})
            self.assertEqual("\033[" in out, wanted, (option, env))

    def on_terminal(self, *args, **env):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        path = self.write("a.txt")
        process = subprocess.Popen([PROOF, *args, path], stdout=follower, stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env={**self.env, **env})
        process.communicate(timeout=300)
        os.close(follower)
        out = b""
        try:
            while chunk := os.read(leader, 4096):
                out += chunk
        except OSError:
            pass
        os.close(leader)
        return out.decode()

    def test_terminal(self):
        self.assertIn("\033[", self.on_terminal())
        self.assertNotIn("\033[", self.on_terminal(NO_COLOR="1"))
        self.assertNotIn("\033[", self.on_terminal(TERM="dumb"))
        self.assertNotIn("\033[", self.on_terminal("--color=never"))

    def test_terminal_is_not_obeyed(self):
        name = "a\033[31m.txt"
        self.write(name, "I recieve \033]0;title\007 it.\n")
        out = self.proof(name, status=1)
        self.assertNotIn("\033", out)
        self.assertNotIn("\007", out)
        self.assertNotIn("\033", self.proof("--gnu", name, status=1))

    def test_gnu(self):
        self.write("a.txt")
        for line in self.proof("--gnu", "a.txt", status=1).splitlines():
            self.assertRegex(line, r"^a\.txt:[12]:\d+: \S")
        self.assertEqual(self.proof("--gnu", status=0, stdin="This is fine.\n"), "")

    def test_json(self):
        self.write("a.txt", "é recieve it.\nThis is fine.\n")
        self.write("b.txt", "This is fine.\n")
        out = self.proof("--json", "a.txt", "none.txt", "b.txt", status=2)
        report = json.loads(out)
        self.assertRegex(report["version"], r"^\d+\.\d+")
        self.assertEqual(report["level"], "default")
        a, none, b = report["files"]
        self.assertEqual((a["file"], none["file"], b["file"]), ("a.txt", "none.txt", "b.txt"))
        self.assertIn("No such file", none["error"])
        self.assertEqual(b["findings"], [])
        finding = unknown_word(a["findings"])
        self.assertEqual(sorted(finding), ["column", "confidence", "kind", "length", "line",
                                           "message", "offset", "replacements", "rule",
                                           "scores"])
        self.assertEqual((finding["line"], finding["column"], finding["offset"],
                          finding["length"]), (1, 3, 2, 7))
        self.assertEqual((finding["kind"], finding["rule"]), ("spelling", "spelling/unknown"))
        self.assertTrue(0 <= finding["confidence"] <= 1)
        self.assertEqual(finding["replacements"][0], "receive")
        self.check_scores(finding)

    def test_odd_names(self):
        name = 'a "b" \\c\n.txt'
        self.write(name)
        report = json.loads(self.proof("--json", name, status=1))
        self.assertEqual(report["files"][0]["file"], name)
        done = self.run_proof("--json", b"\xff.txt")
        self.assertEqual(done.returncode, 2)
        json.loads(done.stdout)

    def check_sarif(self, log):
        """What the 2.1.0 schema demands of the parts that proof writes."""
        self.assertEqual(log["version"], "2.1.0")
        self.assertTrue(log["$schema"].endswith("sarif-schema-2.1.0.json"))
        run, = log["runs"]
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "proof")
        rules = [rule["id"] for rule in driver["rules"]]
        for rule in driver["rules"]:
            for text in ("shortDescription", "fullDescription", "help"):
                self.assertTrue(rule[text]["text"], (rule["id"], text))
        self.assertEqual(len(rules), len(set(rules)))
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        self.assertIsInstance(run["invocations"][0]["executionSuccessful"], bool)
        for result in run["results"]:
            self.assertIn(result["level"], ("none", "note", "warning", "error"))
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertTrue(result["message"]["text"])
            self.assertTrue(0 <= result["rank"] <= 100)
            place = result["locations"][0]["physicalLocation"]
            self.check_region(place["region"])
            for fix in result.get("fixes", []):
                change, = fix["artifactChanges"]
                self.assertEqual(change["artifactLocation"], place["artifactLocation"])
                replacement, = change["replacements"]
                self.check_region(replacement["deletedRegion"])
                self.assertIsInstance(replacement["insertedContent"]["text"], str)
        return run

    def check_region(self, region):
        for name in ("startLine", "startColumn", "endLine", "endColumn"):
            self.assertGreaterEqual(region[name], 1)
        self.assertGreaterEqual(region["charOffset"], 0)
        self.assertGreaterEqual(region["charLength"], 0)

    def test_sarif(self):
        self.write("a b.txt", "é recieve it.\nThe the cat.\n")
        run = self.check_sarif(json.loads(self.proof("--sarif", "a b.txt", status=1)))
        first = next(x for x in run["results"] if x["ruleId"] == "spelling/unknown")
        place = first["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a%20b.txt")
        self.assertEqual(place["region"], {"startLine": 1, "startColumn": 3, "endLine": 1,
                                           "endColumn": 10, "charOffset": 2, "charLength": 7})
        replacement = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
        self.assertEqual(replacement["insertedContent"]["text"], "receive")
        self.assertEqual(replacement["deletedRegion"], place["region"])
        self.assertTrue(run["invocations"][0]["executionSuccessful"])

    def test_sarif_trouble(self):
        run = self.check_sarif(json.loads(self.proof("--sarif", "none.txt", status=2)))
        self.assertFalse(run["invocations"][0]["executionSuccessful"])
        notes = run["invocations"][0]["toolExecutionNotifications"]
        self.assertIn("none.txt", notes[0]["message"]["text"])

    def test_options(self):
        out = self.proof("--disable=spelling", "--kind=spelling", stdin=TEXT)
        self.assertIn("Nothing found", out)
        self.proof("-d", "spelling/unknown,extra-word", "-d", "punctuation", "-k",
                   "spelling,extra-word", stdin=TEXT)
        self.write("words", "# names\nrecieve\n\nteh\n")
        self.proof("--words", "words", "--kind", "spelling", stdin=TEXT)
        report = json.loads(self.proof("--max-candidates=0", "--json", status=1, stdin=TEXT))
        for finding in report["files"][0]["findings"]:
            if finding["kind"] == "spelling":
                self.assertEqual(finding["replacements"], [])
                self.assertEqual(finding["scores"], [])
        self.assertEqual(self.proof("-q", stdin="This is fine.\n"), "")
        self.assertEqual(self.proof("-q", stdin="It has a nice colour.\n"), "")
        self.assertIn("variant of English", self.proof("--variant=us", "--gnu", status=1,
                                                  stdin="It has a nice colour.\n"))

    def test_bad_options(self):
        for args, message in ((["--level=carefull"], 'did you mean "careful"'),
                              (["--variant=uk"], "any, us, gb"),
                              (["--disable=spelling/unknow"], 'did you mean "spelling/unknown"'),
                              (["--kind=none"], "spelling"), (["--format=pdf"], "markdown"),
                              (["--color=red"], "always"), (["--max-candidates=51"], "0..50"),
                              (["--max-candidates=x"], "max-candidates"), (["--nope"], "--nope"),
                              (["--json", "--fix"], "only one"), (["--language=xx_XX"], "xx"),
                              (["--words=none"], "none"), (["batch", "file"], "standard input"),
                              (["batch", "--jobs=-1"], "--jobs"), (["status", "x"], "status"),
                              (["words", "ad", "x"], 'did you mean "add"'),
                              (["words", "add"], "add"),
                              (["words", "list", "x"], "list"), (["batc"], 'did you mean "batch"'),
                              (["help", "scor"], "score"), (["help", "xyzzy"], "xyzzy")):
            out = self.proof(*args, status=2)
            self.assertEqual(out, "", args)
            self.assertIn(message, self.errors, args)

    def test_markdown(self):
        text = "# Recieve `recieve`\n\n```\nrecieve seperate\n```\n\nI re**cieve** it.\n"
        self.write("a.md", text)
        self.write("a.txt", text)
        md = json.loads(self.proof("--json", "--kind=spelling", "a.md", status=1))
        txt = json.loads(self.proof("--json", "--kind=spelling", "a.txt", status=1))
        self.assertLess(len(md["files"][0]["findings"]), len(txt["files"][0]["findings"]))
        forced = json.loads(self.proof("--json", "--kind=spelling", "--format=markdown", "a.txt",
                                       status=1))
        self.assertEqual(forced["files"][0]["findings"], md["files"][0]["findings"])

    def test_language(self):
        german = "Das ist ein schöner Tag und wir gehen zusamen in den Garten.\n"
        out = self.proof("--language=de_DE", "--gnu", status=1, stdin=german)
        self.assertIn("zusamen", out)
        self.env["LC_ALL"] = "de_DE.UTF-8"
        self.assertEqual(self.proof("--gnu", status=1, stdin=german), out)
        self.env["LC_ALL"] = "xx_XX.UTF-8"  # no dictionary: en_US
        self.proof("--kind=spelling", status=1, stdin=TEXT)


class Trouble(Case):
    def test_status(self):
        self.proof(stdin="This is fine.\n", status=0)
        self.proof(stdin=TEXT, status=1)
        self.proof("none.txt", status=2)

    def test_encoding(self):
        self.write("latin1.txt", b"one\ncaf\xe9 recieve\n")
        self.write("binary", b"\x7fELF\0\0")
        self.write("utf16.txt", "recieve".encode("utf-16"))
        self.proof("latin1.txt", status=2)
        self.assertIn("latin1.txt:2: byte 7: not UTF-8", self.errors)
        self.proof("binary", status=2)
        self.assertIn("binary:1: byte 4: a NUL", self.errors)
        self.proof("utf16.txt", status=2)
        self.assertIn("UTF-16", self.errors)
        self.proof(status=2, stdin=b"\xff\xff")
        self.assertIn("<stdin>:1: byte 0", self.errors)

    def test_mark(self):
        self.write("mark.txt", b"\xef\xbb\xbfRecieve it.\n")
        out = self.proof("--gnu", "--kind=spelling", "mark.txt", status=1)
        self.assertTrue(out.startswith("mark.txt:1:1:"), out)
        self.proof("--fix", "--kind=spelling", "mark.txt")
        self.assertEqual((self.work / "mark.txt").read_bytes(), b"\xef\xbb\xbfReceive it.\n")

    def test_odd_files(self):
        self.write("empty", "")
        self.assertIn("Nothing found", self.proof("empty"))
        self.proof("empty", "--fix")
        self.proof(".", status=2)
        self.assertIn("directory", self.errors)
        self.write("emoji", "😀😀😀\n")
        self.proof("emoji")
        self.write("large", "word " * (16 * 1024 * 1024 // 5 + 1))
        self.proof("large", status=2)
        self.assertIn("16777216", self.errors)

    def test_rest_goes_on(self):
        self.write("a.txt")
        out = self.proof("none.txt", "a.txt", "--gnu", status=2)
        self.assertIn("a.txt:1:3:", out)
        self.assertIn("none.txt: No such file", self.errors)

    def test_closed_pipe(self):
        self.write("many.txt", TEXT * 2000)
        read, write = os.pipe()
        process = subprocess.Popen([PROOF, "--gnu", "--max-candidates=0", "many.txt"], stdout=write,
                                   stderr=subprocess.PIPE, env=self.env, cwd=self.work)
        os.close(write)
        os.close(read)
        errors = process.communicate(timeout=300)[1]
        self.assertEqual(process.returncode, -signal.SIGPIPE)
        self.assertEqual(errors, b"")

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROOF, "--gnu"], input=TEXT.encode(), stdout=full,
                                  stderr=subprocess.PIPE, env=self.env, timeout=300, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"No space left", done.stderr)

    def test_interrupt(self):
        # what runs these tests in the background, as nohup does, may ignore the signal
        process = subprocess.Popen(
            [PROOF, "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=self.env,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        process.stdin.write(b'{"id": 1, "text": "I recieve it."}\n')
        process.stdin.flush()
        self.assertIn(b'"id":1', process.stdout.readline())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=300), -signal.SIGINT)
        process.communicate()

    def test_values_that_say_nothing(self):
        for option in (["--kind", ""], ["--kind", ","], ["--max-candidates", "-1"],
                       ["--language", ""], ["--kind=spelling", "--max-candidates=0"]):
            self.proof(*option, status=2, stdin="I recieve it.\n")
            self.assertIn(option[0].split("=")[0], self.errors)

    def test_no_model(self):
        self.proof("--models", self.work, status=1, stdin="I recieve it.\n")
        self.assertIn(f"no model for en_US in {self.work}", self.errors)
        self.proof("--models", self.work, "-q", status=1, stdin="I recieve it.\n")
        self.assertEqual(self.errors, "")

    def test_no_bus(self):
        self.proof("-v", stdin="This is fine.\n")
        self.assertIn("working in this process", self.errors)
        self.proof(stdin="This is fine.\n")
        self.assertEqual(self.errors, "")

    def test_help(self):
        for args in ([], ["check"], ["batch"], ["score"], ["explain"], ["words"],
                     ["status"]):
            self.assertIn("Usage:", self.proof(*args, "--help"))
        self.assertEqual(self.proof("help", "batch"), self.proof("batch", "--help"))
        self.assertIn("--sarif", self.proof("help"))
        self.assertRegex(self.proof("--version"), r"^proof \d+\.\d+\.\d+\n$")
        self.assertIn("Usage:", self.proof("-v", "batch", "--help"))


class Fix(Case):
    def fix(self, *args, **more):
        return self.proof("--fix", "--kind", "spelling,extra-word", *args, **more)

    def assert_clean(self, *names):
        self.assertEqual(sorted(os.listdir(self.work)), sorted(names))

    def test_fix(self):
        path = self.write("a.txt")
        path.chmod(0o640)
        inode = path.stat().st_ino
        self.assertEqual(self.fix("a.txt"), "")
        self.assertEqual(path.read_text(), FIXED)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o640)
        self.assertNotEqual(path.stat().st_ino, inode)
        self.assertIn("3 of 3 findings corrected, 1 file changed", self.errors)
        self.fix("a.txt")
        self.assertIn("0 of 0", self.errors)
        self.assert_clean("a.txt")

    def test_kind(self):
        path = self.write("a.txt")
        self.proof("--fix", "--kind=extra-word", "a.txt")
        self.assertEqual(path.read_text(), TEXT.replace("The the", "The"))

    def test_left_over(self):
        self.write("a.txt", "Xqzvbnwwpt is here.\n")
        done = self.run_proof("--fix", "--kind=spelling", "a.txt")
        self.assertIn(done.returncode, (0, 1))
        left = done.stderr.decode().split(" of ")
        self.assertEqual(done.returncode, int(left[0].split()[-1]) < int(left[1].split()[0]))

    def test_stdin(self):
        self.assertEqual(self.fix(stdin=TEXT), FIXED)
        self.assertEqual(self.fix(stdin="This is fine.\n"), "This is fine.\n")
        self.assertEqual(self.fix(stdin="no line end: recieve"), "no line end: receive")

    def test_links(self):
        path = self.write("real.txt")
        (self.work / "link.txt").symlink_to("real.txt")
        (self.work / "far.txt").symlink_to("link.txt")
        self.fix("far.txt", "link.txt", "real.txt")  # one file under three names
        self.assertEqual(path.read_text(), FIXED)
        self.assertTrue((self.work / "far.txt").is_symlink())
        self.assertIn("1 file changed", self.errors)
        self.assert_clean("far.txt", "link.txt", "real.txt")

    def test_all_or_none(self):
        path = self.write("a.txt")
        self.write("bad.txt", b"\xff\n")
        self.fix("a.txt", "bad.txt", status=2)
        self.assertEqual(path.read_text(), TEXT)
        self.assertIn("no file was changed", self.errors)
        self.fix("a.txt", "none.txt", status=2)
        self.assertEqual(path.read_text(), TEXT)
        self.assert_clean("a.txt", "bad.txt")

    def as_nobody(self):
        if os.geteuid() != 0:
            return {}
        os.chmod(self.dir, 0o755)
        for path in self.dir.rglob("*"):
            os.chown(path, NOBODY, NOBODY)
        try:
            subprocess.run([PROOF, "--version"], user=NOBODY, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("the build is not readable for others")
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def test_read_only_directory(self):
        first = self.write("a.txt")
        locked = self.work / "locked"
        locked.mkdir()
        second = locked / "b.txt"
        second.write_text(TEXT)
        user = self.as_nobody()
        locked.chmod(0o555)
        self.fix("a.txt", "locked/b.txt", status=2, **user)
        self.assertIn("locked/b.txt: cannot write beside it", self.errors)
        self.assertEqual(first.read_text(), TEXT)
        self.assertEqual(second.read_text(), TEXT)
        self.assert_clean("a.txt", "locked")
        locked.chmod(0o755)

    def test_read_only_file(self):
        path = self.write("a.txt")
        user = self.as_nobody()
        path.chmod(0o444)
        self.fix("a.txt", status=2, **user)
        self.assertIn("a.txt: cannot be written", self.errors)
        self.assertEqual(path.read_text(), TEXT)

    def test_diff_with_byte_order_mark(self):
        path = self.write("a.txt", "\ufeffI recieve it.\n")
        diff = self.proof("--diff", "a.txt", status=1)
        subprocess.run(["patch", "-s", path], input=diff.encode(), check=True)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "\ufeffI receive it.\n")

    def test_diff(self):
        text = "".join(f"Line number {i} is here.\n" for i in range(30))
        text = text.replace("Line number 7 is", "Line nummber 7 is").replace(
            "Line number 21 is", "See the the line 21").replace("29 is here.\n", "29 is heere.")
        path = self.write("a.txt", text)
        other = self.write("sp ace.txt", "I recieve it.\n")
        diff = self.proof("--diff", "--kind=spelling,extra-word", "a.txt", "sp ace.txt", status=1)
        self.assertEqual(path.read_text(), text)
        self.assertIn("\\ No newline at end of file", diff)
        self.assertEqual(diff.count("@@ -"), 4)
        subprocess.run(["patch", "-p0", "-s"], input=diff.encode(), cwd=self.work, check=True)
        patched = path.read_text()
        self.assertEqual(other.read_text(), "I receive it.\n")
        path.write_text(text)
        self.fix("a.txt")
        self.assertEqual(path.read_text(), patched)
        self.assertIn("Line number 7 is here.", patched)
        self.assertIn("See the line 21 here.", patched)
        self.assertEqual(self.proof("--diff", "--kind=spelling,extra-word", "a.txt"), "")

    def test_line_ends(self):
        path = self.write("dos.txt", b"I recieve it.\r\nThis is fine.\r\n")
        self.fix("dos.txt")
        self.assertEqual(path.read_bytes(), b"I receive it.\r\nThis is fine.\r\n")


class Batch(Case):
    def batch(self, lines, *args, status=1):
        text = lines if isinstance(lines, (bytes, str)) else "".join(f"{x}\n" for x in lines)
        return [json.loads(line) for line in
                self.proof("batch", *args, stdin=text, status=status).splitlines()]

    def test_batch(self):
        out = self.batch(['{"id": "a", "text": "é I recieve it."}', "", '{"text":"","id":2}'])
        self.assertEqual([x["id"] for x in out], ["a", 2])
        finding = unknown_word(out[0]["findings"])
        self.assertEqual(list(finding), ["start", "end", "kind", "rule", "confidence", "message",
                                         "replacements", "scores"])
        self.assertEqual((finding["start"], finding["end"]), (4, 11))
        self.assertEqual(finding["replacements"][0], "receive")
        self.check_scores(finding)
        self.assertEqual(out[1]["findings"], [])
        self.batch(['{"id": 1, "text": "This is fine."}'], status=0)
        self.batch([], status=0)

    def test_ids(self):
        ids = ["1", "-2.50", "1e3", "123456789012345678901234567890", '"x\\"y"', '"\\u00e9"', '""']
        out = self.proof("batch", stdin="".join('{"id":%s,"text":"x"}\n' % i for i in ids))
        self.assertEqual([line.split(',"findings"')[0] for line in out.splitlines()],
                         ['{"id":%s' % i for i in ids])

    def test_language(self):
        german = "Wir gehen heute zusamen in den Garten."
        out = self.batch(['{"id":1,"text":"%s","language":"de_DE"}' % german,
                          '{"id":2,"text":"x","language":"xx_XX"}'], status=2)
        self.assertEqual(out[0]["findings"][0]["kind"], "spelling")
        self.assertIn("xx", out[1]["error"])

    def test_bad_lines(self):
        lines = [b'{"id": 1, "text": "This is fine."}', b"nonsense", b'{"id": "b"}',
                 b'{"text": "x"}',
                 b'{"id": 5, "text": "\\u0000"}', b'{"id": 6, "text": "\xff"}', b"[" * 100000,
                 b'{"id": 8, "text": "I recieve it."}']
        for jobs in ("1", "2"):
            out = self.batch(b"\n".join(lines), "--jobs", jobs, status=2)
            self.assertEqual([x["id"] for x in out], [1, "b", 8])
            self.assertIn("text", out[1]["error"])
            self.assertEqual(out[2]["findings"][0]["start"], 2)
            for number in range(2, 8):
                self.assertIn(f"line {number}: ", self.errors)

    def test_long_line(self):
        long = '{"id": 1, "text": "%s"}' % ("x" * (16 * 1024 * 1024))
        out = self.batch([long, '{"id": 2, "text": "This is fine."}'], status=2)
        self.assertEqual(out, [{"id": 2, "findings": []}])
        self.assertIn("line 1: longer than 16777216 bytes", self.errors)

    def test_jobs_keep_order(self):
        words = ["recieve", "seperate", "definately", "untill", "This is fine"]
        lines = ['{"id": %d, "text": "%s"}' % (i, " ".join(["I see it now."] * (i * 7 % 5) +
                 ["And " + words[i % 5] + " it."])) for i in range(120)]
        text = "\n".join(lines)
        one = self.proof("batch", "--max-candidates=0", stdin=text, status=1)
        many = self.proof("batch", "--max-candidates=0", "--jobs=3", stdin=text, status=1)
        self.assertEqual(many, one)
        self.assertEqual([json.loads(x)["id"] for x in one.splitlines()], list(range(120)))

    def test_answers_at_once(self):
        """Whoever writes a line and waits for its answer gets it, with one job and with more."""
        for jobs in ("1", "2"):
            process = subprocess.Popen([PROOF, "batch", "--jobs", jobs], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, env=self.env)
            for number in range(3):
                process.stdin.write(b'{"id": %d, "text": "I recieve it."}\n' % number)
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["id"], number)
            process.stdin.close()
            self.assertEqual(process.wait(timeout=300), 1)
            process.stdout.close()

    def test_long_line_among_short_ones(self):
        """The others go on behind it, and wait for their turn to be written."""
        long = " ".join("I see it now. And %s it." % word for word in ("recieve", "untill") * 40)
        lines = [json.dumps({"id": i, "text": long if i == 3 else f"He saw teh {i}. "})
                 for i in range(60)]
        one, many = (self.proof("batch", "--max-candidates=0", "--jobs", jobs,
                                stdin="\n".join(lines), status=1) for jobs in ("1", "3"))
        self.assertEqual(many, one)
        self.assertEqual([json.loads(x)["id"] for x in one.splitlines()], list(range(60)))

    def peak(self, n_lines, jobs):
        """Bytes of memory, at most, for so many lines of a megabyte."""
        with tempfile.TemporaryFile() as lines:
            for i in range(n_lines):
                lines.write(b'{"id": %d, "text": "fine%s"}\n' % (i, b" " * 1000000))
            lines.seek(0)
            process = subprocess.Popen([PROOF, "batch", "--local", "--jobs", jobs], stdin=lines,
                                       stdout=subprocess.DEVNULL, env=self.env)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss * 1024

    def test_memory_does_not_grow(self):
        for jobs in ("1", "2"):
            few = self.peak(40, jobs)
            self.assertLess(self.peak(120, jobs), few + 32 * 1024 * 1024)

    def test_output_fails(self):
        """Nobody can take the answers: it ends at once, though the input does not."""
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        for jobs in ("1", "2"):
            with open("/dev/full", "wb") as full:
                process = subprocess.Popen([PROOF, "batch", "--jobs", jobs], stdin=subprocess.PIPE,
                                           stdout=full, stderr=subprocess.PIPE, env=self.env)
            self.feed_until_it_ends(process)
            self.assertEqual(process.stderr.read(),
                             b"proof: cannot write standard output: No space left on device\n")
            process.stderr.close()
            self.assertEqual(process.returncode, 2)

    def test_reader_leaves(self):
        for jobs in ("1", "2"):
            process = subprocess.Popen([PROOF, "batch", "--jobs", jobs], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, env=self.env)
            process.stdin.write(b'{"id": 0, "text": "I recieve it."}\n')
            process.stdin.flush()
            self.assertEqual(json.loads(process.stdout.readline())["id"], 0)
            process.stdout.close()
            self.feed_until_it_ends(process)
            self.assertEqual(process.returncode, -signal.SIGPIPE)

    def feed_until_it_ends(self, process):
        with self.assertRaises(BrokenPipeError):
            while True:
                process.stdin.write(b'{"id": 1, "text": "I recieve it."}\n')
                process.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(timeout=300)

    def test_progress(self):
        """Only on a terminal, and only if that is not where the answers go."""
        leader, follower = pty.openpty()
        line = b'{"id": 1, "text": "I recieve it."}\n'
        done = subprocess.run([PROOF, "batch"], input=line * 50, stdout=subprocess.PIPE,
                              stderr=follower, env=self.env, timeout=300, check=False)
        os.close(follower)
        out = b""
        try:
            while chunk := os.read(leader, 4096):
                out += chunk
        except OSError:
            pass
        os.close(leader)
        self.assertEqual(done.stdout.count(b"\n"), 50)
        self.assertRegex(out, rb"\r\d+ texts?, ")
        self.assertTrue(out.endswith(b"\033[K"), out)
        self.batch(line)
        self.assertEqual(self.errors, "")


class Score(Case):
    def test_score(self):
        self.write("a.txt", "He goes to school every day.\nHe go to school every days.\n\n")
        lines = self.proof("score", "a.txt").split("\n")
        good, bad, empty = (line.split("\t") for line in lines[:3])
        self.assertEqual(good[1], "He goes to school every day.")
        self.assertLess(float(bad[0]), float(good[0]))
        self.assertLessEqual(float(good[0]), 0)
        self.assertEqual(float(empty[0]), 0)
        self.assertEqual(len(lines), 4)

    def test_many(self):
        text = "".join(f"This is line {i}.\n" for i in range(150))
        lines = self.proof("score", stdin=text).splitlines()
        self.assertEqual([line.split("\t")[1] for line in lines], text.splitlines())

    def test_trouble(self):
        self.write("bad.txt", b"This is fine.\n\xff\nThis is fine.\n")
        self.assertEqual(len(self.proof("score", "bad.txt", status=2).splitlines()), 2)
        self.assertIn("bad.txt:2: not UTF-8", self.errors)
        self.proof("score", "none.txt", "bad.txt", status=2)
        self.assertIn("none.txt: No such file", self.errors)
        self.proof("score", "--language=de_DE", stdin="x\n", status=2)


class Words(Case):
    def test_all_words_or_none(self):
        self.proof("words", "add", "recieve", "teh")
        self.proof("words", "remove", "recieve", "nope", "teh", status=2)
        self.assertIn("nope", self.errors)
        good = self.write("good.txt", "flurbish\n")
        self.proof("words", "import", good, "/nonexistent", status=2)
        self.assertEqual(self.proof("words"), "recieve\nteh\n")

    def test_words(self):
        self.assertEqual(self.proof("words"), "")
        self.proof("words", "add", "recieve", "teh", "Zyxwv")
        self.assertEqual(sorted(self.proof("words", "list").split()), ["Zyxwv", "recieve", "teh"])
        self.proof("--kind=spelling", stdin=TEXT)
        self.proof("words", "remove", "teh")
        self.proof("--kind=spelling", stdin=TEXT, status=1)
        self.proof("words", "remove", "teh", status=2)
        self.assertIn("teh", self.errors)

    def test_import(self):
        self.write("list", "personal_ws-1.1 en 2 utf-8\nrecieve\n\n# no word\nteh\n")
        self.proof("words", "import", "list")
        self.assertEqual(sorted(self.proof("words").split()), ["recieve", "teh"])
        self.proof("words", "import", "-", stdin="zyxwv\n")
        self.assertIn("zyxwv", self.proof("words"))
        self.write("bad", "good\ntwo words\n")
        self.proof("words", "import", "bad", status=2)
        self.assertIn('bad: the word "two words"', self.errors)
        self.assertNotIn("good", self.proof("words"))
        self.proof("words", "import", "none", status=2)

    def test_bad_words(self):
        for word in ("", "a b", "a\tb", "x" * 201, b"\xff"):
            self.proof("words", "add", "fine", word, status=2)
        self.assertEqual(self.proof("words"), "")


class Status(Case):
    def test_status(self):
        out = self.proof("status")
        self.assertIn("none (", out)
        self.assertIn("en_US", out)
        self.assertRegex(out, r"model +en\n")
        report = json.loads(self.proof("status", "--json"))
        self.assertFalse(report["running"])
        self.assertFalse(report["bus"])
        self.assertIn("en_US", report["languages"])
        self.assertEqual(report["model"], "en")
        self.assertRegex(report["model-hash"], "^[0-9a-f]{64}$")


class Service(BusCase):
    def test_same_as_in_process(self):
        self.write("a.md", "# Héading\n\nI *recieve* the the 日本 mail.\n\nShe go home.\n")
        for args in (["--json"], ["--gnu"], ["--sarif"], ["--diff"], ["--level=careful", "--json"],
                     ["--max-candidates=2", "--json"], ["--disable=spelling", "--gnu"]):
            done = self.run_proof("-v", "a.md", *args)
            here = self.run_proof("--local", "a.md", *args)
            self.assertEqual(done.stderr, b"")
            self.assertEqual((done.returncode, done.stdout), (here.returncode, here.stdout), args)
        self.assertTrue(json.loads(self.proof("status", "--json"))["running"])

    def test_status(self):
        self.assertIn("not running", self.proof("status"))
        self.proof(stdin=TEXT, status=1)
        out = self.proof("status")
        self.assertRegex(out, r"service +running, version \d")
        self.assertRegex(out, r"model +en\n")
        self.assertIn("statistics", out)
        report = json.loads(self.proof("status", "--json"))
        self.assertIn("en_US", report["service"]["Languages"])
        self.assertEqual(report["service"]["Version"], report["version"])

    def test_words(self):
        self.proof("words", "add", "recieve", "teh")
        self.assertEqual(self.proof("words"), "recieve\nteh\n")
        self.proof("--kind=spelling", stdin=TEXT)
        self.assertEqual(self.proof("--local", "words"), "recieve\nteh\n")
        self.proof("words", "remove", "teh")
        self.assertEqual(self.proof("words"), "recieve\n")
        self.proof("words", "remove", "teh", status=2)

    def test_batch_and_score(self):
        lines = '{"id": 1, "text": "I recieve it."}\n{"id": 2, "text": "x", "language": "xx"}\n'
        self.assertEqual(self.proof("batch", stdin=lines, status=2),
                         self.proof("--local", "batch", stdin=lines, status=2))
        self.assertEqual(self.proof("score", stdin="He go.\n\nHe goes.\n"),
                         self.proof("score", "--local", stdin="He go.\n\nHe goes.\n"))

    def test_errors(self):
        self.proof("--language=xx_XX", stdin=TEXT, status=2)
        self.assertIn("xx", self.errors)
        self.proof("score", "--language=de_DE", stdin="x\n", status=2)

    def test_service_is_killed(self):
        """In the middle of a batch: the next line is answered by a new one, or without one."""
        process = subprocess.Popen([PROOF, "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.env)
        for number in range(3):
            process.stdin.write(b'{"id": %d, "text": "I recieve it."}\n' % number)
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            self.assertEqual(answer["findings"][0]["replacements"][0], "receive")
            self.kill_service()
            if number == 1:  # not to be started any more
                (self.dir / "services" / "proofd.service").unlink()
                self.bus.send_signal(signal.SIGHUP)
                time.sleep(0.5)
        process.communicate()
        self.assertEqual(process.returncode, 1)

    def kill_service(self):
        pid = self.dir / "pid"
        if pid.exists():  # not any more once proof works by itself
            os.kill(int(pid.read_text()), signal.SIGKILL)
            pid.unlink()
            time.sleep(0.2)


if __name__ == "__main__":
    tap.main()
