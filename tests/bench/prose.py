# SPDX-License-Identifier: LGPL-2.1-or-later
"""Words a second from one end to the other: proof batch, Harper and Hunspell on the same texts,
in turn. The time that a program takes for one short text is taken off: its start."""
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lines_of(texts):
    return "".join(json.dumps({"id": str(i), "text": text}) + "\n"
                   for i, text in enumerate(texts))


class Program:
    """`plain`: it reads the texts as they are, not as JSON lines."""

    def __init__(self, command, plain=False, folder=None):
        self.command, self.plain, self.folder = [str(part) for part in command], plain, folder

    def seconds(self, texts):
        text = "".join(f"{one}\n" for one in texts) if self.plain else lines_of(texts)
        environment = os.environ | {"PROOFD_MODELS": str(ROOT / "model" / "data")}
        start = time.perf_counter()
        done = subprocess.run(self.command, input=text, text=True, check=False, cwd=self.folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 1):  # 1: proof has found something
            raise OSError(f"{self.command[0]}: {done.stderr.strip()}")
        return seconds


def programs(build, harper, say):
    """{name: Program}, those that are installed; `harper`: the folder of harper.mjs, None: not
    wanted."""
    batch = [Path(build) / "plugin" / "cli" / "proof", "batch", "--local", "--quiet",
             "--language", "en_US"]
    found = {"proof batch": Program(batch),
             "proof batch, findings alone": Program([*batch, "--max-candidates", "0"])}
    if harper and not (shutil.which("node") and (harper / "node_modules").is_dir()):
        say(f"harper.js is left out: it is not installed in {harper}")
    elif harper:
        found["harper.js"] = Program(["node", "harper.mjs"], folder=harper)
    if shutil.which("hunspell"):
        found["hunspell -l"] = Program(["hunspell", "-d", "en_US", "-i", "UTF-8", "-l"], plain=True)
    else:
        say("hunspell -l is left out: it is not installed")
    return found


def measure(build, harper, texts, rounds, say):
    """{"words_per_s": {program: median}, "words": of the texts}"""
    found = programs(build, harper, say)
    n_words = sum(len(text.split()) for text in texts)
    rates = {name: [] for name in found}
    for _ in range(rounds):
        for name, program in found.items():
            start = program.seconds(["Yes."])
            rates[name].append(n_words / max(program.seconds(texts) - start, 1e-3))
    return {"words_per_s": {name: statistics.median(some) for name, some in rates.items()},
            "words": n_words}
