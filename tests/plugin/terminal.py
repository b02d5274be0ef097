# SPDX-License-Identifier: LGPL-2.1-or-later
"""A terminal that programs are tried in: a Vim's :terminal, asked over a channel.

It takes keys as a keyboard would send them, and knows what stands on the screen and how.
"""

import json
import os
import pty
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

ANSWER_S = 60


class Peer:
    """A Vim that has connected to our socket: it evaluates what it is told to (:help channel)."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(1)
        self.listener.settimeout(ANSWER_S)
        self.socket = None
        self.n_asked = 0

    def accept(self):
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(ANSWER_S)
        self.decoder = json.JSONDecoder()
        self.rest = ""

    def expression(self, text):
        """Its value. What fails there is an error here."""
        self.n_asked += 1
        number = -self.n_asked
        self.socket.sendall(json.dumps(["expr", text, number]).encode() + b"\n")
        while True:
            answer, value = self.read()
            if answer == number:
                assert value != "ERROR", text
                return value

    def read(self):
        while True:
            text = self.rest.lstrip()
            try:
                message, end = self.decoder.raw_decode(text)
                self.rest = text[end:]
                return message
            except ValueError:
                data = self.socket.recv(65536)
                assert data, f"the end, after {text!r}"
                self.rest += data.decode(errors="surrogateescape")

    def close(self):
        if self.socket:
            self.socket.close()
        self.listener.close()


def quote(text):
    """As Vim's string."""
    return "'" + text.replace("'", "''") + "'"


class Terminal:
    """Runs a program in a window of so many lines and columns."""

    def __init__(self, command, env, cwd, rows=24, columns=80):
        self.dir = Path(tempfile.mkdtemp(prefix="terminal-"))
        self.peer = Peer(self.dir / "socket")
        self.master, slave = pty.openpty()
        script = self.dir / "driver.vim"
        script.write_text(f"let g:channel = ch_open('unix:{self.peer.path}', {{'mode': 'json'}})\n")
        # what it needs to be a terminal for others, whatever the environment of the test
        own = {**env, "TERM": "xterm", "HOME": str(self.dir)}
        size = f"set lines={rows + 2} columns={columns} laststatus=0 encoding=utf-8"
        self.vim = subprocess.Popen(
            ["vim", "-N", "-u", "NONE", "-i", "NONE", "-n", "--cmd", size, "-S", script],
            stdin=slave, stdout=slave, stderr=slave, env=own, cwd=cwd, start_new_session=True)
        os.close(slave)
        self.reader = threading.Thread(target=self.read_all)
        self.reader.start()
        self.peer.accept()
        # the variables of the test, none of this Vim's
        clean = ["env", "-i", *(f"{name}={value}" for name, value in env.items()),
                 "TERM=xterm-256color"]
        words = ", ".join(quote(str(word)) for word in [*clean, *command])
        self.buffer = self.peer.expression(
            f"term_start([{words}], {{'term_rows': {rows}, 'term_cols': {columns},"
            f" 'curwin': 1, 'cwd': {quote(str(cwd))}}})")
        self.rows = rows

    def read_all(self):
        """What this Vim draws is not looked at, but it waits where nobody reads it."""
        try:
            while os.read(self.master, 65536):
                pass
        except OSError:
            pass  # it has ended

    def send(self, keys):
        """Keys by Vim's names: <Esc>, <CR>, <C-R>; <lt> is the character."""
        text = keys.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\<")
        self.peer.expression(f'term_sendkeys({self.buffer}, "{text}")')

    def lines(self):
        return self.peer.expression(
            f"map(range(1, {self.rows}), {{_, row -> term_getline({self.buffer}, row)}})")

    def cells(self, row):
        """Of a row, from 1: (characters, set of attributes, colour of the text, of the ground)."""
        cells = self.peer.expression(
            f"map(term_scrape({self.buffer}, {row}), {{_, cell -> [cell.chars,"
            " filter(['bold', 'italic', 'underline', 'reverse'],"
            " {_, what -> term_getattr(cell.attr, what)}), cell.fg, cell.bg]})")
        return [(text, set(attributes), fg, bg) for text, attributes, fg, bg in cells]

    def cursor(self):
        """(row, column), from 1."""
        return tuple(self.peer.expression(f"term_getcursor({self.buffer})[0:1]"))

    def has_ended(self):
        return self.peer.expression(f"term_getstatus({self.buffer})") == "finished"

    def close(self):
        self.peer.close()
        self.vim.kill()
        self.vim.wait()
        self.reader.join()
        os.close(self.master)
        shutil.rmtree(self.dir, ignore_errors=True)
