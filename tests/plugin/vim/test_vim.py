#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugin/vim in a real Vim and a real Neovim: keys in, what is on the screen out.

Environment: as vim_case.py.
"""

import os
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position
from vim_case import PLUGIN, Neovim, Vim  # noqa: E402  pylint: disable=wrong-import-position
from editors import MARKDOWN, TEXT, needs  # noqa: E402  pylint: disable=wrong-import-position

TEH = (1, 12, 3, "spelling/unknown")


class Tests:
    """What holds in both."""

    # --- finding ---

    def test_same_findings(self):
        path = self.write("a.txt", TEXT)
        self.open(path)
        self.assertGreater(len(self.wait_for_same(path)), 3)
        self.see("[Proofd:5]")

    def test_same_findings_in_markdown(self):
        path = self.write("a.md", MARKDOWN)
        self.open(path)
        self.assertEqual([w[3].split("/")[0] for w in self.wait_for_same(path)],
                         ["spelling", "verb-form", "spelling"])

    def test_underlines_differ_by_kind(self):
        self.open(self.write("a.txt", "I saw teh cat.\nShe go home.\nIt is fine . Yes.\n"))
        self.keys(":highlight ProofdSpelling cterm=underline ctermfg=red<CR>"
                  ":highlight ProofdGrammar cterm=bold ctermfg=blue<CR>")
        self.until(lambda: self.terminal.cells(1)[6][1], lambda a: "underline" in a, "spelling")
        self.until(lambda: self.terminal.cells(2)[4][1], lambda a: "bold" in a, "grammar")
        self.assertNotIn("underline", self.terminal.cells(1)[4][1])
        self.assertNotIn("bold", self.terminal.cells(2)[2][1])

    def test_typing(self):
        path = self.write("a.txt", "This is fine.\n")
        self.open(path)
        self.keys("GoShe go to school, and 😀 teh cat sat.<Esc>:w<CR>")
        self.until(path.read_text, lambda text: "cat" in text, "written")
        self.assertIn((2, 25, 3), [w[:3] for w in self.wait_for_same(path)])
        self.keys("ggdG:w<CR>")
        self.wait_for([])

    def test_the_word_being_typed_is_left_alone(self):
        self.open(self.write("a.txt", "\n"), setup="let g:proofd_unfinished_word_delay = 0\n")
        self.keys("iI saw teh cat and teh")
        self.wait_for([(1, 7, 3, "spelling/unknown")])
        self.keys(" dog.")
        self.wait_for([(1, 7, 3, "spelling/unknown"), (1, 19, 3, "spelling/unknown")])

    def test_edits_of_many_kinds(self):
        """After each, what is shown is what `proof` finds in what is written."""
        path = self.write("a.txt", TEXT + "Naïve 𝒳 e\u0301té teh\ttab.\n" + "teh end\n" * 3)
        self.open(path)
        self.wait_for_same(path)
        for number, keys in enumerate((
                "ggxx", "u", "jddp", "GoA new teh line<CR>and one more, teh<Esc>", "uu<C-R>",
                ":%s/teh/the/g<CR>", "u", "yyPjp", ":g/^teh/d<CR>", "u", ":%!sort<CR>",
                ":2,3join<CR>", "ggO日本 teh 本<Esc>", ":%normal Ax<CR>", "u", ":%!cat<CR>",
                "gg0iteh <Esc>.", "ggguG", "u")):
            self.keys(f"{keys}:silent write!<CR>:let g:n = {number}<CR>")
            self.until(lambda: self.evaluate("get(g:, 'n', -1)"), lambda n, want=number: n == want,
                       keys)
            self.wait_for_same(path)

    def test_several_buffers_and_windows(self):
        first = self.write("a.txt", TEXT)
        second = self.write("b.md", MARKDOWN)
        self.open(first)
        self.keys(f":split {second}<CR>")
        wanted = self.wait_for_same(second)
        self.see(f"b.md [Proofd:{len(wanted)}]")
        self.keys("<C-W>j")
        self.wait_for_same(first)
        self.see("a.txt [Proofd:5]")
        self.keys(":bdelete<CR>")
        self.wait_for_same(second)
        self.keys(f":edit {first}<CR>")
        self.wait_for_same(first)

    def test_file_that_changes_outside(self):
        path = self.write("a.txt", TEXT)
        self.open(path, setup="set autoread\n")
        self.wait_for_same(path)
        path.write_text("A teh.\n" + TEXT, encoding="utf-8")
        os.utime(path, (1, 1))
        self.keys(":checktime<CR>")
        self.until(self.text, lambda lines: lines[0] == "A teh.", "read again")
        self.wait_for_same(path)
        path.write_text("Fine.\nI saw teh cat.\n", encoding="utf-8")
        self.keys(":edit!<CR>")
        self.wait_for_same(path)
        self.keys(":saveas b.txt<CR>ggOAnother teh.<Esc>:w<CR>")
        self.wait_for([(1, 9, 3, "spelling/unknown"), (3, 7, 3, "spelling/unknown")])

    def test_odd_bytes(self):
        """No UTF-8, surrogates, beyond Unicode, NUL, a carriage return within a line."""
        path = self.write("a.txt", b"a \xff\xfe teh\x00cat \xed\xa0\x80 teh\n"
                                   b"one\rtwo teh\nlast teh \xf4\x90\x80\x80\n")
        self.open("-c", f"edit ++enc=utf-8 ++bad=keep {path}")
        lines = ("map(filter(proofd#findings(bufnr()), {_, f -> 'teh' ==#"
                 " strpart(getline(f.lnum), f.col - 1, f.end_col - f.col)}), 'v:val.lnum')")
        self.until(lambda: self.evaluate(lines), lambda found: found == [1, 1, 2, 3], "findings")
        self.keys("Goand teh too<Esc>")
        self.until(lambda: self.evaluate(lines), lambda found: found == [1, 1, 2, 3, 4], "another")

    def test_long_text(self):
        line = "I saw the cat, which sat on the mat.\n"
        path = self.write("a.txt", line * 20000 + "I saw teh cat.\n" + line * 20000)
        self.open(path)
        self.wait_for([(20001, 7, 3, "spelling/unknown")])
        self.keys("gg5000dd:ProofNext<CR>")
        self.wait_for([(15001, 7, 3, "spelling/unknown")])
        self.assertEqual(self.evaluate("[line('.'), col('.')]"), [15001, 7])

    # --- correcting ---

    def test_fix_by_menu(self):
        self.open(self.write("a.txt", "I saw 😀 teh cat.\n"))
        self.wait_for([(1, 9, 3, "spelling/unknown")])
        self.keys("fe:ProofFix<CR>")
        screen = self.see("Replace with “the”")
        self.assertIn("Add “teh” to the dictionary", screen)
        self.keys(self.first)
        self.until(self.text, lambda lines: lines == ["I saw 😀 the cat."], "corrected")
        self.wait_for([])
        self.keys("u")
        self.until(self.text, lambda lines: lines == ["I saw 😀 teh cat."], "one undo")
        self.wait_for([(1, 9, 3, "spelling/unknown")])

    def test_menu_that_is_left(self):
        self.open(self.write("a.txt", "I saw teh cat.\n"))
        self.wait_for([(1, 7, 3, "spelling/unknown")])
        self.keys("fe:ProofFix<CR>")
        self.see("Replace with “the”")
        self.keys("<Esc>")
        self.until(self.screen, lambda screen: "Replace with" not in screen, "gone")
        self.assertEqual(self.text(), ["I saw teh cat."])

    def test_fix_first(self):
        self.open(self.write("a.txt", "I saw teh cat and teh dog.\n"),
                  setup="nmap zz <Plug>(proofd-fix-first)\n")
        self.wait_for([(1, 7, 3, "spelling/unknown"), (1, 19, 3, "spelling/unknown")])
        self.keys("$Fhzz")
        self.until(self.text, lambda lines: lines == ["I saw teh cat and the dog."], "corrected")
        self.assertEqual(self.evaluate("col('.')"), 19)
        self.keys("0zz")
        self.see("nothing is found at the cursor")
        self.keys("wwzzx")
        self.until(self.text, lambda lines: lines == ["I saw he cat and the dog."], "both")
        self.keys("uu")
        self.until(self.text, lambda lines: lines == ["I saw teh cat and the dog."], "two undos")

    def test_fix_range(self):
        path = self.write("a.txt", "teh one\nteh two of teh\nFine.\nteh three\n")
        self.open(path)
        wanted = self.wait_for_same(path)
        self.assertEqual(len(wanted), 4)
        self.keys(":1,2ProofFix<CR>")
        self.until(self.text, lambda lines: lines[:2] == ["The one", "The two of the"] or
                   lines[:2] == ["the one", "the two of the"], "corrected")
        self.assertEqual(self.text()[2:], ["Fine.", "teh three"])
        self.keys("u")
        self.until(self.text, lambda lines: "\n".join(lines) + "\n" == path.read_text(), "undone")
        self.wait_for(wanted)

    def test_fix_takes_words_away(self):
        path = self.write("a.txt", "Here she saw the the cat, and I like it.\n")
        self.open(path)
        self.assertEqual(len(self.wait_for_same(path)), 1)
        self.keys("$:%ProofFix<CR>")
        self.until(self.text, lambda lines: lines == ["Here she saw the cat, and I like it."],
                   "corrected")
        self.wait_for([])
        self.keys("iX<Esc>u")
        self.until(self.text, lambda lines: lines == ["Here she saw the cat, and I like it."],
                   "a step of its own")

    def test_what_cannot_be_changed(self):
        self.open(self.write("a.txt", "I saw teh cat.\n"))
        self.wait_for([(1, 7, 3, "spelling/unknown")])
        self.keys(":set nomodifiable<CR>:1ProofFix<CR>")
        self.see("'modifiable' is off")
        self.assertEqual(self.text(), ["I saw teh cat."])

    # --- the rest of the commands ---

    def test_add_and_ignore(self):
        self.open(self.write("a.txt", "A fooz, a barz, a fooz.\nOne quuz and two quuz.\n"))
        self.until(self.shown, lambda shown: len(shown) == 5, "five findings")
        self.keys("gg0fz:ProofAdd<CR>")
        self.until(self.shown, lambda shown: [s[0] for s in shown] == [1, 2, 2], "added")
        self.see("“fooz” is in the dictionary now")
        self.assertEqual(self.proof("words", "list").split(), ["fooz"])
        self.keys("fb:ProofIgnore<CR>")
        self.until(self.shown, lambda shown: [s[0] for s in shown] == [2, 2], "ignored")
        self.keys("jfz:ProofIgnore!<CR>")
        self.wait_for([])
        self.keys(":ProofAdd Qwertz<CR>")
        self.see("“Qwertz” is in the dictionary now")

    def test_explain(self):
        self.open(self.write("a.txt", "I saw teh cat.\n"))
        self.wait_for([(1, 7, 3, "spelling/unknown")])
        self.keys("ft:ProofExplain<CR>")
        self.see("dictionary")
        self.see("spelling/unknown")
        self.keys("0")
        self.until(self.screen, lambda screen: "spelling/unknown" not in screen, "gone")
        self.keys("ft:ProofExplain!<CR>")
        self.see("spelling/unknown")
        self.keys(":pclose<CR>0:ProofExplain<CR>")
        self.see("nothing is found at the cursor")

    def test_next_and_previous(self):
        path = self.write("a.txt", TEXT)
        self.open(path, setup="nmap ]p <Plug>(proofd-next)\nnmap [p <Plug>(proofd-prev)\n")
        wanted = [w[:2] for w in self.wait_for_same(path)]

        def go(keys, number):
            self.keys(keys)
            self.until(lambda: tuple(self.evaluate("[line('.'), charcol('.')]")),
                       lambda place: place == wanted[number], keys)

        go("gg0]p", 0)
        go("]p", 1)
        go("2]p", 3)
        go("[p", 2)
        go("G]p", 0)
        go("[p", 4)
        go(":ProofPrev 2<CR>", 2)
        self.keys(":set nowrapscan<CR>G]p")
        self.see("no other finding that way")

    def test_location_list(self):
        path = self.write("a.txt", TEXT)
        self.open(path)
        wanted = self.wait_for_same(path)
        self.keys(":ProofList<CR>")
        self.see("a.txt|1 col 3")
        self.keys(":3<CR><CR>")
        self.until(lambda: self.evaluate("[line('.'), charcol('.')]"),
                   lambda place: tuple(place) == wanted[2][:2], "the third")
        self.keys(":ProofFix!<CR>")
        self.until(lambda: self.evaluate("len(getloclist(0))"), lambda n: n == 4, "up to date")
        self.keys(":lclose<CR>u")
        self.until(lambda: self.evaluate("len(getloclist(0))"), lambda n: n == 5, "up to date")

    def test_quickfix_list(self):
        first = self.write("a.txt", TEXT)
        second = self.write("b.txt", "I saw teh cat.\n")
        self.open(first)
        self.wait_for_same(first)
        self.keys(f":split {second}<CR>")
        self.wait_for_same(second)
        self.keys(":ProofList!<CR>")
        self.see("b.txt|1 col 7")
        self.assertEqual(len(self.evaluate("getqflist()")), 6)
        self.keys(":cclose<CR>:call setqflist([], 'f')<CR><C-W>tggx")
        self.wait_for([(1, 6, 3, "spelling/unknown")])
        self.assertEqual(self.evaluate("getqflist()"), [])

    def test_files_that_a_text_takes_in(self):
        self.write("part.tex", "I saw teh cat.\n")
        self.open(self.write("main.tex", "\\documentclass{article}\n\\begin{document}\nFine.\n"
                                         "\\input{part}\n\\end{document}\n"))
        self.until(lambda: self.evaluate("len(proofd#editor('Elsewhere'))"), lambda n: n == 1,
                   "a finding in part.tex")
        self.keys(":ProofList!<CR>")
        self.see("part.tex|1 col 7")

    def test_on_and_off(self):
        path = self.write("a.txt", "I saw teh cat.\n")
        wanted = [(1, 7, 3, "spelling/unknown")]
        self.open(path)
        self.wait_for(wanted)
        self.keys(":ProofToggle<CR>")
        self.wait_for([])
        self.see("off in this buffer")
        self.keys(":ProofFix<CR>")
        self.see("this buffer is not checked")
        self.keys(":edit!<CR>:ProofToggle<CR>")
        self.wait_for(wanted)
        self.keys(":ProofStop!<CR>")
        self.wait_for([])
        self.keys(":ProofStart<CR>")
        self.wait_for(wanted)
        self.keys(":ProofStatus<CR>")
        self.see("This buffer is checked as text: 1 finding")

    def test_only_what_it_knows_and_what_is_wanted(self):
        self.open(self.write("a.py", "# I saw teh cat.\n"), wait=False)
        self.keys(":ProofStatus<CR>")
        self.see("This buffer is not checked")
        self.keys("<CR>:ProofStart<CR>")
        self.wait_for([(1, 9, 3, "spelling/unknown")])
        self.keys(":enew<CR>:ProofStart<CR>iI saw teh cat. <Esc>")
        self.wait_for([(1, 7, 3, "spelling/unknown")])
        self.keys(":set filetype=python<CR>")
        self.wait_for([])

    def test_settings(self):
        self.open(self.write("a.txt", "I saw teh cat.\nShe go home.\n"),
                  setup="let g:proofd_disable = ['spelling']\n")
        self.wait_for([(2, 5, 2, "verb-form/model")])
        self.keys(":let g:proofd_disable = []<CR>:let b:proofd_words = ['teh']<CR>:ProofStart<CR>")
        self.wait_for([(2, 5, 2, "verb-form/model")])
        self.keys(":unlet b:proofd_words<CR>:ProofStart<CR>")
        self.wait_for([(1, 7, 3, "spelling/unknown"), (2, 5, 2, "verb-form/model")])
        self.keys(":let g:proofd_level = 'strict'<CR>:ProofStart<CR>")
        self.see("proofd.level")

    def test_language_of_spell(self):
        self.open(self.write("a.txt", "Er hat ein Haus gekaufft.\n"),
                  setup="let g:loaded_spellfile_plugin = 1\n")  # it asks whether to download
        self.keys(":setlocal spell spelllang=de_de<CR>")
        self.wait_for([(1, 17, 8, "spelling/unknown")])

    # --- trouble ---

    def test_program_that_is_missing(self):
        self.open(self.write("a.txt", "I saw teh cat.\n"), wait=False,
                  setup="let g:proofd_command = '/nonexistent/proofd-lsp'\n")
        self.see("/nonexistent/proofd-lsp is not installed")
        self.see("[Proofd:!]")
        self.keys(":ProofFix<CR>")
        self.see("proofd-lsp is not ready")
        self.keys(":unlet g:proofd_command<CR>:ProofStart<CR>")
        self.wait_for([(1, 7, 3, "spelling/unknown")])

    def server_pid(self):
        home = f"HOME={self.env['HOME']}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "comm").read_text().startswith("proofd-lsp") and \
                        home in (process / "environ").read_bytes().split(b"\0"):
                    return int(process.name)
            except OSError:
                continue  # it has ended
        raise AssertionError("there is no server")

    def test_server_that_dies(self):
        wanted = [(1, 7, 3, "spelling/unknown")]
        self.open(self.write("a.txt", "I saw teh cat.\n"), setup="let g:proofd_pause = 100\n")
        self.wait_for(wanted)
        os.kill(self.server_pid(), signal.SIGKILL)
        self.see("starting it again in 1 s")
        self.wait_for(wanted)
        self.keys("GoI saw teh dog. <Esc>")
        self.wait_for(wanted + [(2, 7, 3, "spelling/unknown")])

    def test_server_that_dies_again_and_again(self):
        program = self.dir / "dies"
        program.write_text("#!/bin/sh\necho no luck >&2\nexit 3\n")
        program.chmod(0o755)
        self.open(self.write("a.txt", "I saw teh cat.\n"), wait=False,
                  setup=f"let g:proofd_pause = 1\nlet g:proofd_command = ['{program}']\n")
        self.until(lambda: self.evaluate("proofd#server#describe()[1]"),
                   lambda state: "failed" in state and "with status 3" in state, "given up")
        self.assertIn("proofd-lsp ended 5 times", self.evaluate("execute('messages')"))

    def test_server_that_does_not_answer(self):
        wanted = [(1, 7, 3, "spelling/unknown")]
        self.open(self.write("a.txt", "I saw teh cat.\n"),
                  setup="let g:proofd_pause = 100\nlet g:proofd_timeout = 500\n")
        self.wait_for(wanted)
        os.kill(self.server_pid(), signal.SIGSTOP)
        self.keys("ft:ProofFix!<CR>")
        self.until(lambda: self.evaluate("execute('messages')"),
                   lambda said: "since it did not answer" in said, "told")
        self.wait_for(wanted)
        self.keys(":ProofFix!<CR>")
        self.until(self.text, lambda lines: lines == ["I saw the cat."], "corrected")

    def test_service_that_dies(self):
        wanted = [(1, 7, 3, "spelling/unknown")]
        self.open(self.write("a.txt", "I saw teh cat.\n"))
        self.wait_for(wanted)
        os.kill(int((self.dir / "pid").read_text()), signal.SIGKILL)
        self.keys("GoI saw teh dog. <Esc>")
        self.wait_for(wanted + [(2, 7, 3, "spelling/unknown")])

    def test_no_bus(self):
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.open(self.write("a.txt", "I saw teh cat.\n"))
        self.until(lambda: self.evaluate("execute('messages')"),
                   lambda said: "cannot check anything now" in said, "told")

    # --- form ---

    def test_help(self):
        self.open(wait=False)
        self.keys(":execute 'helptags' globpath(&packpath, 'pack/*/opt/proofd/doc')<CR>")
        self.keys(":help proofd<CR>")
        self.see("proofd.txt")
        for command in ("Start", "Stop", "Toggle", "Fix", "Add", "Ignore", "Explain", "Next",
                        "Prev", "List", "Status"):
            self.keys(f":help :Proof{command}<CR>")
            self.until(lambda c=command: self.evaluate("getline('.')"),
                       lambda line, c=command: f"*:Proof{c}*" in line, command)
        self.assertNotIn("E1", self.evaluate("execute('messages')"))

    def test_compiles(self):
        self.open(self.write("a.txt", "Fine.\n"))
        for path in sorted((PLUGIN / "autoload").rglob("*.vim")):
            name = str(path.relative_to(PLUGIN / "autoload"))
            if self.name == "vim" or not path.read_text().startswith("vim9script"):
                self.keys(f":runtime autoload/{name}<CR>")
        self.keys(":silent! defcompile<CR>:let g:compiled = 1<CR>")
        self.until(lambda: self.evaluate("get(g:, 'compiled', 0)"), bool, "compiled")
        self.assertNotIn("Error", self.evaluate("execute('messages')"))

    def test_nothing_is_said_at_start_and_end(self):
        self.open(self.write("a.txt", "Fine.\n"))
        said = [line for line in self.evaluate("execute('messages')").split("\n")
                if line and "a.txt" not in line and "Bram" not in line]
        self.assertEqual(said, [])
        pid = self.server_pid()
        self.keys(":qa!<CR>")
        self.until(self.terminal.has_ended, bool, "the end")
        self.until(lambda: os.path.exists(f"/proc/{pid}"), lambda there: not there, "its server")


@unittest.skipIf(*needs("vim"))
class InVim(Tests, Vim):
    first = "1"


@unittest.skipIf(*needs("vim"))  # the terminal
@unittest.skipIf(*needs("nvim"))
class InNeovim(Tests, Neovim):
    first = "1<CR>"

    def test_health(self):
        self.open(self.write("a.txt", "Fine.\n"))
        self.keys(":checkhealth proofd<CR>")
        self.see("There is a D-Bus session")
        self.assertIn("Buffers that are checked: 1", self.screen())
        self.assertNotIn("ERROR", self.screen())

    def test_other_diagnostics_commands(self):
        self.open(self.write("a.txt", "Fine.\nI saw teh cat.\n"))
        self.wait_for([(2, 7, 3, "spelling/unknown")])
        self.keys(":lua vim.diagnostic.goto_next()<CR>")
        self.see("“teh”")
        self.assertEqual(self.evaluate("[line('.'), col('.')]"), [2, 7])


if __name__ == "__main__":
    tap.main()
