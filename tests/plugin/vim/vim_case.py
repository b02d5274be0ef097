# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of plugin/vim share: a Vim or a Neovim in a terminal, with the real service.

Environment: as editors.py of tests/plugin/lsp.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]),
                str(Path(__file__).resolve().parents[1] / "lsp")]
sys.dont_write_bytecode = True
from editors import EditorCase  # noqa: E402  pylint: disable=wrong-import-position
from terminal import ANSWER_S, Peer, Terminal  # noqa: E402  pylint: disable=wrong-import-position

PLUGIN = Path(__file__).resolve().parents[3] / "plugin" / "vim"
SETUP = """set nomore shortmess+=I
filetype plugin on
syntax off
packadd proofd
set laststatus=2 statusline=%t\\ [%{proofd#statusline()}]
"""


class EditorProgram(EditorCase):
    """Subclasses are Vim and Neovim."""

    rows, columns = 24, 80

    def install(self, pack):
        """As a package would: below pack/*/opt, which :packadd looks through."""
        pack.parent.mkdir(parents=True)
        shutil.copytree(PLUGIN, pack)

    def open(self, *arguments, setup="", wait=True):
        """Starts the editor with files or options; what setup says comes before the plugin."""
        self.configure(setup + SETUP)
        self.terminal = Terminal(self.command(*arguments), self.env, self.work, self.rows,
                                 self.columns)
        self.addCleanup(self.terminal.close)
        self.connect()
        if wait:
            self.until(lambda: self.evaluate("proofd#server#is_ready()"), bool, "the server")

    def keys(self, keys):
        self.terminal.send(keys)

    def screen(self):
        return "\n".join(self.terminal.lines())

    def see(self, text):
        """Waits until that stands on the screen; the screen."""
        return self.until(self.screen, lambda screen: text in screen, f"to see {text!r}")

    def text(self):
        return self.evaluate("getline(1, '$')")

    def findings(self, path=None):
        """What `proof` finds: as shown()."""
        return sorted((line, column, length, rule)
                      for line, column, length, rule, _ in super().findings(path))

    def shown(self):
        """(line, column in characters, length in characters, rule) of what the editor knows."""
        found = []
        for f, lines in self.evaluate("map(proofd#findings(bufnr()),"
                                      " {_, f -> [f, getline(f.lnum, f.end_lnum)]})"):
            start = len(lines[0].encode()[:f["col"] - 1].decode())
            end = "\n".join(lines[:-1] + [lines[-1].encode()[:f["end_col"] - 1].decode()])
            found.append((f["lnum"], start + 1, len(end) - start, f["rule"]))
        return sorted(found)

    def wait_for(self, wanted):
        """Waits until it shows these findings, and underlines them; see shown()."""
        self.until(self.shown, lambda shown: shown == wanted, f"the findings {wanted}")
        self.until(self.underlined, lambda marks: marks == [w[:3] for w in wanted], "the marks")

    def wait_for_same(self, path):
        """Waits until it shows what `proof` finds in the file, which has what the buffer has."""
        wanted = self.findings(path)
        self.wait_for(wanted)
        return wanted


class Vim(EditorProgram):
    name = "vim"

    def configure(self, setup):
        home = Path(self.env["HOME"])
        self.install(home / ".vim" / "pack" / "test" / "opt" / "proofd")
        self.peer = Peer(self.dir / "inner")
        self.addCleanup(self.peer.close)
        (home / ".vimrc").write_text(
            f"set nocompatible encoding=utf-8\n{setup}"
            f"let g:test_channel = ch_open('unix:{self.dir}/inner', {{'mode': 'json'}})\n",
            encoding="utf-8")

    def command(self, *arguments):
        return ["vim", "-n", "-i", "NONE", *arguments]

    def connect(self):
        self.peer.accept()

    def evaluate(self, expression):
        return self.peer.expression(expression)

    def underlined(self):
        """(line, column, length) of each text property, in characters."""
        found = []
        for p, line in self.evaluate("map(prop_list(1, {'end_lnum': -1}),"
                                     " {_, p -> [p, getline(p.lnum)]})"):
            line = line.encode()
            start = len(line[:p["col"] - 1].decode())
            length = len(line[p["col"] - 1:p["col"] - 1 + p["length"]].decode())
            if p["start"]:
                found.append([p["lnum"], start + 1, 0])
            found[-1][2] += length + (0 if p["end"] else 1)
        return sorted(map(tuple, found))


class Neovim(EditorProgram):
    name = "nvim"

    def configure(self, setup):
        home = Path(self.env["HOME"])
        self.install(home / "data" / "nvim" / "site" / "pack" / "test" / "opt" / "proofd")
        (home / "config" / "nvim").mkdir(parents=True)
        (home / "config" / "nvim" / "init.vim").write_text(setup, encoding="utf-8")

    def command(self, *arguments):
        return ["nvim", "-n", "-i", "NONE", "--listen", str(self.dir / "inner"), *arguments]

    def connect(self):
        self.until(lambda: self.remote("1"), lambda answer: answer == "1", "the editor")

    def remote(self, expression):
        """The answer; none where Neovim waits for a key, as after a long message."""
        try:
            done = subprocess.run(
                ["nvim", "--headless", "--server", str(self.dir / "inner"), "--remote-expr",
                 expression], env={**self.env, "NVIM_LOG_FILE": "/dev/null"}, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=ANSWER_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{expression}: no answer:\n{self.screen()}") from None
        return done.stdout.decode(errors="replace").strip()

    def evaluate(self, expression):
        """By a file, since --remote-expr shortens what is long."""
        path = self.dir / "answer"
        answer = self.remote(f"writefile([json_encode({expression})], '{path}')")
        self.assertEqual(answer, "0", expression)
        return json.loads(path.read_text(encoding="utf-8"))

    def underlined(self):
        """(line, column, length) of each mark, in characters."""
        found = []
        marks = self.evaluate("map(nvim_buf_get_extmarks(0, nvim_create_namespace('proofd-marks'),"
                              " 0, -1, {'details': v:true}),"
                              " {_, m -> [m, getline(m[1] + 1, m[3].end_row + 1)]})")
        for (_, row, col, details), lines in marks:
            lines = lines or [""]  # an old mark, behind what the text is now
            start = len(lines[0].encode()[:col].decode(errors="replace"))
            end = "\n".join(lines[:-1] +
                            [lines[-1].encode()[:details["end_col"]].decode(errors="replace")])
            found.append((row + 1, start + 1, len(end) - start))
        return sorted(found)
