#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes words.tsv: how often each word occurs in good English.

usage: words.py [--max N] [--characters N] FILE.txt.zst... > words.tsv

FILES: plain prose, compressed with zstd; of each the first N million characters count, so that
no source drowns the others. Words are in lower case as written (names stay out that way); only
those that Hunspell's en_US or en_GB dictionary knows are kept.

Each line: word TAB count, most frequent first.
"""
import argparse
import collections
import re
import subprocess
import sys

WORD = re.compile(r"(?<![A-Za-z'’])[a-z]+(?:['’][a-z]+)*(?![A-Za-z'’])")


def count_words(path, n_characters, count):
    with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE, text=True,
                          encoding="utf-8") as zstd:
        for line in zstd.stdout:
            count.update(w.replace("’", "'") for w in WORD.findall(line))
            n_characters -= len(line)
            if n_characters < 0:
                zstd.kill()
                break


def unknown(words, dictionary):
    """Those of the words that the dictionary does not know."""
    run = subprocess.run(["hunspell", "-d", dictionary, "-i", "utf-8", "-l"],
                         input="\n".join(words), text=True, check=True, capture_output=True)
    return set(run.stdout.split("\n"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--max", type=int, default=30000, help="words kept (30000)")
    parser.add_argument("--characters", type=float, default=12,
                        help="millions of characters of each file (12)")
    parser.add_argument("files", nargs="+", metavar="FILE.txt.zst")
    args = parser.parse_args()
    count = collections.Counter()
    for path in args.files:
        count_words(path, args.characters * 1e6, count)
    ranked = [w for w, n in count.most_common(2 * args.max)]
    bad = unknown(ranked, "en_US") & unknown(ranked, "en_GB")
    for word in [w for w in ranked if w not in bad][: args.max]:
        sys.stdout.write(f"{word}\t{count[word]}\n")


if __name__ == "__main__":
    main()
