# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes words.tsv to standard output: how often each word occurs in good English.

FILE: plain prose, as it is or compressed with zstd (.zst); of each the first characters count, so
that no source drowns the others. Words are in lower case as written (names stay out that way);
only those that Hunspell's en_US or en_GB dictionary knows are kept. Needs the commands hunspell
and, for .zst, zstd.

Each line: word TAB count, most frequent first.
"""
import collections
import contextlib
import re
import subprocess
import sys
from dataclasses import dataclass

from .settings import key

WORD = re.compile(r"(?<![A-Za-z'’])[a-z]+(?:['’][a-z]+)*(?![A-Za-z'’])")


@dataclass(frozen=True)
class Settings:
    words: int = key(30000, "words kept")
    million_characters: float = key(12.0, "millions of characters read of each file")


@contextlib.contextmanager
def open_text(path):
    """Lines of a UTF-8 file, decompressed if its name ends in .zst; may be left early."""
    if not str(path).endswith(".zst"):
        with open(path, encoding="utf-8") as lines:
            yield lines
        return
    with open(path, "rb") as file, subprocess.Popen(
            ["zstd", "-dcq"], stdin=file, stdout=subprocess.PIPE, text=True,
            encoding="utf-8") as zstd:
        try:
            yield zstd.stdout
            if not zstd.stdout.read(1) and zstd.wait():
                raise ValueError(f"{path}: zstd cannot read it")
        finally:
            zstd.kill()


def count_words(path, n_characters, count):
    """Adds the words of the first `n_characters` of a file to the Counter `count`."""
    with open_text(path) as lines:
        for line in lines:
            count.update(w.replace("’", "'") for w in WORD.findall(line))
            n_characters -= len(line)
            if n_characters < 0:
                break


def first_fields(path):
    """The words that the lines of a table begin with, in order."""
    with open(path, encoding="utf-8") as lines:
        return [line.split("\t")[0] for line in lines]


def unknown(words, dictionary):
    """Those of the words that the dictionary does not know."""
    run = subprocess.run(["hunspell", "-d", dictionary, "-i", "utf-8", "-l"],
                         input="\n".join(words), text=True, check=False, capture_output=True)
    if run.returncode:
        raise ValueError(f"hunspell -d {dictionary}: {run.stderr.strip()}")
    return set(run.stdout.split("\n"))


def add_arguments(parser):
    parser.add_argument("files", nargs="+", metavar="FILE")


def run(arguments, settings):
    from tqdm import tqdm  # what only uses this module does without

    count = collections.Counter()
    for path in tqdm(arguments.files, unit="file", disable=None):
        count_words(path, settings.million_characters * 1e6, count)
    ranked = [w for w, n in count.most_common(2 * settings.words)]
    bad = unknown(ranked, "en_US") & unknown(ranked, "en_GB")
    for word in [w for w in ranked if w not in bad][: settings.words]:
        sys.stdout.write(f"{word}\t{count[word]}\n")
    return 0
