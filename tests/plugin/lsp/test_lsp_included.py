#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
r"""Files that a LaTeX text takes in with \input and its like, shown under their own names.

Environment: as lsp_client.py.
"""

import os

from lsp_case import PULL, LspCase, places
import tap

TEH = "I saw teh cat.\n"
ONE, NONE = 1, 0


class Included(LspCase):
    def uri(self, name):
        return (self.work.resolve() / name).as_uri()

    def put(self, name, text=TEH):
        (self.work / name).parent.mkdir(parents=True, exist_ok=True)
        self.write(name, text)

    def open(self, client, text, name="main.tex"):
        """Waits until the text itself is checked."""
        client.open(self.uri(name), text, "latex")
        client.pushed(self.uri(name), lambda found: True)

    def shows(self, client, name, n_findings):
        client.pushed(self.uri(name), lambda found: len(found) == n_findings)

    def pushes(self, client, name):
        return [message for message in client.messages("textDocument/publishDiagnostics")
                if message["params"]["uri"] == self.uri(name)]

    def settle(self, client):
        """What was asked of the service before is answered after this: a text of its own."""
        client.open("file:///home/writer/last.txt", TEH)
        client.pushed("file:///home/writer/last.txt", len)
        client.close("file:///home/writer/last.txt")
        client.pushed("file:///home/writer/last.txt", lambda found: not found)

    def test_commands(self):
        names = ("input.tex", "include.tex", "subfile.tex", "dir/import.tex", "with.ltx",
                 "a b/é.tex")
        for name in names:
            self.put(name)
        for name in ("comment.tex", "escaped.tex"):
            self.put(name)
        client = self.session()
        self.open(client, "Fine.\n\\input{input}\n\\include {include.tex}\n\\subfile{subfile}\n"
                  "\\import{dir/}{import} \\input{with.ltx}\n\\input{a b/é}\n"
                  "% \\input{comment}\n\\\\input{escaped}\n\\input{missing}\n\\input{}\\input\n")
        for name in names:
            self.shows(client, name, ONE)
            place, = places(client.diagnostics[self.uri(name)]["diagnostics"])
            self.assertEqual(place, (0, 6, 9))
        self.settle(client)
        self.assertEqual(client.shown(), [])
        self.assertEqual(len(client.diagnostics), len(names) + 2, client.diagnostics.keys())

    def test_format_of_included(self):
        self.put("a.tex", "I saw \\emph{teh} cat, $zzot$ and \\cite{zzat}.\n")
        client = self.session()
        self.open(client, "\\input{a}\n")
        self.shows(client, "a.tex", ONE)

    def test_nested_and_cycles(self):
        """Names in included files are relative to the text that is open, as TeX has it."""
        self.put("chapters/a.tex", TEH + "\\input{chapters/b}\n\\input{main}\n")
        self.put("chapters/b.tex", TEH + "\\input{chapters/a}\\input{chapters/b}\n")
        self.put("main.tex", TEH + "\\input{chapters/a}\n")
        client = self.session()
        self.open(client, TEH + "\\input{chapters/a}\n")
        for name in ("chapters/a.tex", "chapters/b.tex", "main.tex"):
            self.shows(client, name, ONE)
        self.settle(client)
        self.assertEqual(len(self.pushes(client, "chapters/b.tex")), 1)

    def test_bounds(self):
        for number in range(70):
            self.put(f"f{number:02}.tex")
        self.put("long.tex", TEH + "A cat. " * 160000)
        self.put("binary.tex", b"I saw teh \xff cat.\n")
        os.mkfifo(self.work / "pipe.tex")
        (self.work / "dir.tex").mkdir()
        client = self.session()
        self.open(client, "\\input{long}\\input{binary}\\input{pipe}\\input{dir}\n" +
                  "".join(f"\\input{{f{number:02}}}\n" for number in range(70)))
        for number in range(60):
            self.shows(client, f"f{number:02}.tex", ONE)
        self.settle(client)
        self.assertEqual(len(client.diagnostics), 1 + 60 + 1)

    def test_parent_changes(self):
        self.put("a.tex")
        self.put("b.tex", TEH + "\\input{c}\n")
        self.put("c.tex")
        client = self.session()
        main = self.uri("main.tex")
        self.open(client, "\\input{a}\n")
        self.shows(client, "a.tex", ONE)
        client.change(main, (0, 7, 0, 8, "b"))
        self.shows(client, "a.tex", NONE)
        self.shows(client, "b.tex", ONE)
        self.shows(client, "c.tex", ONE)
        client.save(main)
        self.settle(client)
        client.change(main, (0, 0, 0, 0, "% "))
        self.shows(client, "b.tex", NONE)
        self.shows(client, "c.tex", NONE)
        client.change(main, (0, 0, 0, 2, ""))
        self.shows(client, "c.tex", ONE)
        client.close(main)
        self.shows(client, "b.tex", NONE)
        self.shows(client, "c.tex", NONE)

    def test_file_changes(self):
        self.put("a.tex", TEH + "\\input{b}\n")
        self.put("b.tex")
        client = self.session()
        self.open(client, "\\input{a}\n\\input{later}\n")
        self.shows(client, "b.tex", ONE)
        self.put("a.tex", "Fine.\n")
        self.shows(client, "a.tex", NONE)
        self.shows(client, "b.tex", NONE)
        self.put("later.tex")
        self.shows(client, "later.tex", ONE)
        self.put("new.tex", TEH * 2)
        os.replace(self.work / "new.tex", self.work / "later.tex")  # as editors save
        self.shows(client, "later.tex", 2)
        os.unlink(self.work / "later.tex")
        self.shows(client, "later.tex", NONE)

    def test_open_in_the_editor(self):
        """Such a file is the editor's: checked once, as it is there; what it includes stays."""
        self.put("a.tex", TEH + "\\input{b}\n")
        self.put("b.tex")
        client = self.session()
        self.open(client, "\\input{a}\n")
        self.shows(client, "a.tex", ONE)
        self.shows(client, "b.tex", ONE)
        client.open(self.uri("a.tex"), "I saw teh cat on teh mat.\n", "latex")
        self.shows(client, "a.tex", 2)
        self.shows(client, "b.tex", ONE)
        self.settle(client)
        self.assertEqual(client.diagnostics[self.uri("a.tex")]["version"], 1)
        self.put("a.tex", "Fine.\n\\input{b}\n")
        self.settle(client)
        self.shows(client, "a.tex", 2)
        client.close(self.uri("a.tex"))
        self.put("a.tex", TEH * 3)
        self.shows(client, "a.tex", 3)

    def test_open_in_an_editor_that_pulls(self):
        """What was pushed for a file is taken back when the editor pulls it."""
        self.put("a.tex")
        client = self.session(PULL)
        client.open(self.uri("main.tex"), "\\input{a}\n", "latex")
        self.shows(client, "a.tex", ONE)
        client.open(self.uri("a.tex"), TEH, "latex")
        self.shows(client, "a.tex", NONE)
        self.assertEqual(len(client.pull(self.uri("a.tex"))["items"]), 1)
        self.assertEqual(client.diagnostics[self.uri("a.tex")]["diagnostics"], [])

    def test_two_parents(self):
        """A file stays shown as long as one text takes it in."""
        self.put("a.tex")
        client = self.session()
        self.open(client, "\\input{a}\n", "one.tex")
        self.open(client, "\\input{a}\n", "two.tex")
        self.shows(client, "a.tex", ONE)
        self.settle(client)
        client.change(self.uri("one.tex"), "Nothing.\n")
        self.settle(client)
        self.shows(client, "a.tex", ONE)
        client.close(self.uri("one.tex"))
        self.settle(client)
        self.shows(client, "a.tex", ONE)
        client.close(self.uri("two.tex"))
        self.shows(client, "a.tex", NONE)

    def test_words(self):
        self.put("a.tex", "A zzword.\n")
        client = self.session()
        self.open(client, "\\input{a}\n")
        self.shows(client, "a.tex", ONE)
        self.proof("words", "add", "zzword")
        self.shows(client, "a.tex", NONE)

    def test_setting(self):
        self.put("a.tex")
        client = self.session(settings={"checkIncludedFiles": False})
        self.open(client, TEH + "\\input{a}\n")
        self.settle(client)
        self.assertNotIn(self.uri("a.tex"), client.diagnostics)
        client.settings = {}
        client.notify("workspace/didChangeConfiguration", settings=None)
        self.shows(client, "a.tex", ONE)
        client.settings = {"checkIncludedFiles": False}
        client.notify("workspace/didChangeConfiguration", settings=None)
        self.shows(client, "a.tex", NONE)

    def test_not_latex(self):
        self.put("a.tex")
        client = self.session()
        client.open(self.uri("a.md"), TEH + "\\input{a}\n", "markdown")
        self.shows(client, "a.md", ONE)
        client.open("untitled:Untitled-1", TEH + "\\input{a}\n", "latex")
        client.pushed("untitled:Untitled-1", len)
        self.settle(client)
        self.assertNotIn(self.uri("a.tex"), client.diagnostics)


if __name__ == "__main__":
    tap.main()
