#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-pieces.py - word pieces of random texts are those of Hugging Face's tokenizers (TAP)

Environment: PIECES: the program pieces; PROOFD_MODELS; PROOFD_PYTHON: a Python with tokenizers,
without which this is skipped; PROOFD_ROUNDS: how many times as many texts as usual.
"""

import base64
import os
import random
import subprocess
import sys

SEED = 20260801
N_TEXTS = 3000
INSIDE = "--inside"  # the first argument of this script when PROOFD_PYTHON runs it

# Ranges with something odd in them: marks, ideographs, spaces, controls, case, width, formats.
RANGES = [(0x20, 0x7E)] * 6 + [
    (0x00, 0x1F), (0x80, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F),
    (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x20A0, 0x20FF), (0x2100, 0x21FF), (0x3000, 0x30FF), (0x4E00, 0x4E40),
    (0xAC00, 0xAC40), (0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF),
    (0x1D400, 0x1D4FF), (0x1F300, 0x1F6FF), (0x20000, 0x20040), (0x2F800, 0x2F840),
    (0xE0000, 0xE007F), (0xFFF0, 0xFFFF)]
WORDS = ["the", "Unaffable", "naïve", "RESUMÉ", "don't", "中文", "x" * 101, "é" * 60, "[CLS]",
         "co-operate", "3.14", "ﬁnal", "İstanbul", "ΑΣ", "ß", "Å", "\u1e9e"]


def random_text(source):
    parts = []
    for _ in range(source.randrange(1, 25)):
        if source.random() < 0.4:
            parts.append(source.choice(WORDS))
        else:
            low, high = source.choice(RANGES)
            parts.append("".join(chr(source.randint(low, high))
                                 for _ in range(source.randrange(1, 6))))
        if source.random() < 0.5:
            parts.append(source.choice([" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003"]))
    return "".join(parts)


def load_tokenizer(path):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    with open(path, encoding="utf-8") as f:
        vocabulary = {token.rstrip("\n"): i for i, token in enumerate(f)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]",
                                           max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def cut(tokenizer, text):
    """"id start end" of each piece, in bytes."""
    at = [0]
    for char in text:
        at.append(at[-1] + len(char.encode()))
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return " ".join(f"{i} {at[a]} {at[b]}" for i, (a, b) in zip(encoding.ids, encoding.offsets))


def compare(texts):
    """The first text whose pieces differ, or None."""
    path = os.path.join(os.environ["PROOFD_MODELS"], "en", "vocab.txt")
    tokenizer = load_tokenizer(path)
    lines = "".join(base64.b64encode(text.encode()).decode() + "\n" for text in texts)
    ours = subprocess.run([os.environ["PIECES"], path], input=lines, stdout=subprocess.PIPE,
                          check=True, text=True).stdout.splitlines()
    assert len(ours) == len(texts)
    for text, got in zip(texts, ours):
        wanted = cut(tokenizer, text)
        if got.strip() != wanted:
            return f"{text!a}: {got.strip()}, not {wanted}"
    return None


def inside():
    try:
        import tokenizers  # noqa: F401  pylint: disable=unused-import
    except ImportError:
        print("1..0 # SKIP no package tokenizers")
        return 0
    source = random.Random(SEED)
    n_texts = N_TEXTS * int(os.environ.get("PROOFD_ROUNDS", "1"))
    difference = compare([random_text(source) for _ in range(n_texts)])
    print("1..1")
    print("ok 1 - random texts" if difference is None else "not ok 1 - random texts")
    if difference is not None:
        print(f"# seed {SEED}: {difference}")
    return 0 if difference is None else 1


def main():
    if sys.argv[1:] == [INSIDE]:
        return inside()
    python = os.environ.get("PROOFD_PYTHON")
    if not python:
        print("1..0 # SKIP PROOFD_PYTHON names no Python with the package tokenizers")
        return 0
    return subprocess.run([python, __file__, INSIDE], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
