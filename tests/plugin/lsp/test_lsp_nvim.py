#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Neovim's own client, without a screen: real keys, the setup of docs/lsp.md.

Environment: as editors.py.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
import tap  # noqa: E402  pylint: disable=wrong-import-position
from case import die_with_test  # noqa: E402  pylint: disable=wrong-import-position
from editors import (MARKDOWN, TEXT, EditorCase, needs,  # noqa: E402
                     page_block)


@unittest.skipIf(*needs("nvim"))
class Neovim(EditorCase):
    def setUp(self):
        super().setUp()
        config = self.dir / "home" / "config" / "nvim"
        config.mkdir(parents=True)
        version = subprocess.run(["nvim", "--version"], stdout=subprocess.PIPE, check=True).stdout
        minor = int(version.split(b"NVIM v0.")[1].split(b".")[0])
        heading = "for Neovim 0.11 and newer" if minor >= 11 else "Neovim 0.7 to 0.10"
        (config / "init.lua").write_text(page_block(heading, "lua"), encoding="utf-8")

    def start(self, path):
        self.socket = str(self.dir / "nvim.sock")
        self.log = open(self.dir / "nvim.log", "wb")  # pylint: disable=consider-using-with
        self.nvim = subprocess.Popen(
            ["nvim", "--headless", "-n", "-i", "NONE", "--listen", self.socket, str(path)],
            env=self.env, cwd=self.work, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, preexec_fn=die_with_test)
        self.addCleanup(self.log.close)
        self.addCleanup(self.stop)
        self.until(lambda: self.remote("--remote-expr", "1"), lambda answer: answer == "1", "start")

    def stop(self):
        self.nvim.kill()
        self.nvim.wait()

    def remote(self, *arguments):
        done = subprocess.run(["nvim", "--headless", "--server", self.socket, *arguments],
                              env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        return done.stdout.decode().strip()

    def lua(self, expression):
        return json.loads(self.remote("--remote-expr",
                                      f"luaeval('vim.json.encode({expression})')"))

    def run_lua(self, code):
        path = self.dir / "step.lua"
        path.write_text(code)
        self.remote("--remote-expr", f"execute('luafile {path}')")

    def keys(self, keys):
        self.remote("--remote-send", keys)

    def shown(self):
        """As findings() of editors.py, with Neovim's columns counted in characters."""
        lines = self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, true)")
        found = []
        for d in self.lua("vim.diagnostic.get(0)"):
            if d["lnum"] >= len(lines):
                return None  # of a text that was longer
            line = lines[d["lnum"]].encode()
            start = len(line[:d["col"]].decode())
            length = len(line[d["col"]:d["end_col"]].decode())
            found.append((d["lnum"] + 1, start + 1, length, d["code"], d["message"]))
        return sorted(found)

    def check_file(self, name, text):
        path = self.write(name, text)
        wanted = self.findings(path)
        self.assertGreater(len(wanted), 1)
        self.start(path)
        self.assertEqual(self.until(self.shown, lambda found: found == wanted, "diagnostics"),
                         wanted)

    def test_same_findings(self):
        self.check_file("a.txt", TEXT)

    def test_same_findings_in_markdown(self):
        self.check_file("a.md", MARKDOWN)

    def test_typing(self):
        path = self.write("a.txt", "This is fine.\n")
        self.start(path)
        self.until(lambda: self.lua("#vim.lsp.get_active_clients()"), lambda n: n == 1, "client")
        self.keys("GoShe go to school, and 😀 teh cat sat.<Esc>:w<CR>")
        self.until(path.read_text, lambda text: "cat" in text, "written")
        wanted = self.findings(path)
        self.assertIn((2, 25, 3), [finding[:3] for finding in wanted])
        self.until(self.shown, lambda found: found == wanted, "diagnostics")
        self.keys("ggdG:w<CR>")
        self.until(self.shown, lambda found: found == [], "no diagnostics")

    def test_code_action_and_hover(self):
        path = self.write("a.txt", "This is fine.\nI saw 😀 teh cat.\n")
        self.start(path)
        self.until(self.shown, lambda found: len(found) == 1, "diagnostics")
        self.keys("G0fh")  # on the h of teh
        self.run_lua("vim.lsp.buf.hover()")
        pages = self.until(
            lambda: [self.lua(f"vim.api.nvim_buf_get_lines(vim.fn.winbufnr({number}), 0, -1, true)")
                     for number in range(2, 1 + self.lua("#vim.api.nvim_list_wins()"))],
            lambda pages: pages and any(pages[0]), "hover")
        self.assertIn("teh", pages[0][0])
        self.assertIn("dictionary", " ".join(pages[0]))
        self.run_lua("chosen = {}; vim.ui.select = function(items, _, use)"
                     " for _, item in ipairs(items) do"
                     "  table.insert(chosen, (item.action or item[2]).title) end"
                     " use(items[1], 1) end; vim.lsp.buf.code_action()")
        self.until(lambda: self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, true)"),
                   lambda lines: lines == ["This is fine.", "I saw 😀 the cat."], "corrected")
        self.until(self.shown, lambda found: found == [], "no diagnostics")
        titles = self.lua("chosen")
        self.assertEqual(titles[0], "Replace with “the”")
        self.assertIn("Add “teh” to the dictionary", titles)


if __name__ == "__main__":
    tap.main()
