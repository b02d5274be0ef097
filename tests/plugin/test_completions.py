# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the shells complete: the table against each program's --help and manual page, and the files
made from it, asked in bash, zsh and fish.

Environment: PROOF, PROOFD_BINARY, PROOFD_LSP, PROOFD_HTTP, PROOF_EDITOR, PROOFD_WATCH: the
programs, those that were built; COMPLETIONS: the folder with the files; GENERATE: the program that
made them; MANUAL: folders of manual pages in Markdown, separated by ":".
"""
import importlib.util
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import tap

SPEC = importlib.util.spec_from_file_location("generate", os.environ["GENERATE"])
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)
FOLDER = Path(os.environ["COMPLETIONS"])
BINARIES = {"proof": os.environ["PROOF"], "proofd": os.environ["PROOFD_BINARY"],
            "proofd-lsp": os.environ.get("PROOFD_LSP"),
            "proofd-http": os.environ.get("PROOFD_HTTP"),
            "proof-editor": os.environ.get("PROOF_EDITOR"),
            "proofd-watch": os.environ.get("PROOFD_WATCH")}
PATIENCE_S = 120


def help_of(program, command):
    arguments = ["help", command] if command else ["--help"]
    return subprocess.run([BINARIES[program], *arguments], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout.decode()


def options_in(text):
    """{(short, long)} of GOption's help, without GApplication's --help-all and the like."""
    return {(short or "", name) for short, name in re.findall(
        r"(?m)^  (?:-(\w), )?--(?!help-)([\w-]+)", text)}


class TestTable(unittest.TestCase):
    def test_is_what_help_says(self):
        for program, commands in generate.PROGRAMS.items():
            if not BINARIES[program]:
                continue
            for command, (options, _, _) in commands.items():
                if command == "help":
                    continue
                with self.subTest(program=program, command=command):
                    told = options_in(help_of(program, command))
                    self.assertEqual({(short, name) for short, name, *_ in options}, told)

    def test_commands(self):
        told = re.search(r"Other commands[^\n]*\n((?:  \w.*\n)+)", help_of("proof", ""))[1]
        commands = re.findall(r"(?m)^  (\w+)", told)
        self.assertEqual(set(generate.PROGRAMS["proof"]) - {"", "check", "help"}, set(commands))
        self.assertEqual(generate.PROGRAMS["proof"]["help"][1].split(), ["check", *commands])

    def test_manual_pages(self):
        """Each option, and each command of proof, is on the program's page."""
        for program, commands in generate.PROGRAMS.items():
            if not BINARIES[program]:
                continue
            path = next(Path(folder, f"{program}.1.md") for folder in
                        os.environ["MANUAL"].split(":")
                        if Path(folder, f"{program}.1.md").exists())
            page = path.read_text()
            for command, (options, _, _) in commands.items():
                with self.subTest(program=program, command=command):
                    self.assertTrue(not command or re.search(rf"(?m)^{command}$", page))
                    for _, name, *_ in options:
                        self.assertIn(f"--{name}", page)


def in_bash(words):
    script = (f"source '{FOLDER}/{words[0]}'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
              f"_{words[0].replace('-', '_')}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return subprocess.run(["bash", "--norc", "-c", script, "bash", *words],
                          stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S).stdout.decode()


def in_fish(words):
    line = " ".join(words)
    with tempfile.TemporaryDirectory() as home:
        out = subprocess.run(
            ["fish", "--no-config", "-c",
             f"source '{FOLDER}/{words[0]}.fish'; complete -C '{line}'"],
            stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S,
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home})
    return "".join(line.split("\t")[0] + "\n" for line in out.stdout.decode().splitlines())


ZSH = """PROMPT='> '; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; LISTMAX=0
zstyle ':completion:*' insert-tab false
compadd () {{
    if [[ ${{@[1,(i)(-|--)]}} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> {hits}; builtin compadd "$@"
}}
done-widget () {{ print DONE >> {hits} }}; zle -N done-widget; bindkey '^Xd' done-widget
print READY > {hits}
"""


def in_zsh(words):
    """In a terminal of its own, with a real Tab; compadd tells what it is given."""
    with tempfile.TemporaryDirectory() as home:
        hits = Path(home, "hits")
        Path(home, ".zshrc").write_text(ZSH.format(folder=FOLDER, hits=hits))
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-d", "-i"], {
                "PATH": os.environ["PATH"], "HOME": home, "ZDOTDIR": home, "TERM": "dumb",
                "LC_ALL": "C.UTF-8"})
        try:
            wait_for(hits, "READY", terminal)
            os.write(terminal, " ".join(words).encode() + b"\t\x18d")
            return wait_for(hits, "DONE", terminal)
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            os.close(terminal)


def wait_for(path, line, terminal):
    end = time.monotonic() + PATIENCE_S
    shown = b""
    while not path.exists() or line not in path.read_text().splitlines():
        if time.monotonic() > end:
            raise TimeoutError(shown.decode(errors="replace"))
        if select.select([terminal], [], [], .05)[0]:
            shown += os.read(terminal, 4096)  # or it would wait for us
    return path.read_text()


CASES = [  # what is typed, what must be offered, what must not
    (("proof", "--lev"), {"--level"}, {"--local"}),
    (("proof", "--level", "c"), {"careful"}, {"default"}),
    (("proof", "sta"), {"status"}, {"score"}),
    (("proof", "model", "ver"), {"verify"}, {"use"}),
    (("proof", "words", ""), {"add", "remove", "import", "list"}, {"verify"}),
    (("proof", "batch", "--jo"), {"--jobs"}, {"--json"}),
    (("proof", "-l", "en_U"), {"en_US"}, {"en_GB"}),
    (("proof", "help", "ex"), {"explain"}, {"batch"}),
    (("proofd", "--idle"), {"--idle-exit"}, {"--replace"}),
    (("proof-editor", "--ver"), {"--version"}, {"--help"}),
    (("proofd-watch", "--pa"), {"--pause"}, {"--resume"}),
]


class TestShells(unittest.TestCase):
    def ask(self, shell, how):
        if shutil.which(shell) is None:
            self.skipTest(f"there is no {shell}")
        for words, wanted, unwanted in CASES:
            if not BINARIES[words[0]]:
                continue
            with self.subTest(" ".join(words)):
                offered = {line.rstrip("=") for line in how(words).split()}
                self.assertLessEqual(wanted, offered)
                self.assertFalse(unwanted & offered if words[-1] else set(), offered)

    def test_bash(self):
        self.ask("bash", in_bash)
        self.assertIn("careful\n", in_bash(("proof", "--level", "=", "car")))

    def test_fish(self):
        self.ask("fish", in_fish)

    def test_zsh(self):
        self.ask("zsh", in_zsh)

    def test_they_are_whole(self):
        """Each shell reads the files without complaint; ShellCheck too."""
        for program, binary in BINARIES.items():
            if not binary:
                continue
            checks = {"bash": FOLDER / program, "zsh": FOLDER / f"_{program}",
                      "fish": FOLDER / f"{program}.fish"}
            for shell, path in checks.items():
                with self.subTest(str(path)):
                    self.assertGreater(path.stat().st_size, 100)
                    if shutil.which(shell):
                        subprocess.run([shell, "-n", path], check=True)


if __name__ == "__main__":
    tap.main()
