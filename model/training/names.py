# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes names.txt to standard output: names and terms of good English that no dictionary has.

FILE: plain prose, a paragraph a line, as it is or compressed with zstd (.zst). What Hunspell's
en_US or en_GB knows is left out. A name is capitalised inside sentences and hardly ever written
small; a term is written small, in several files. Edited prose has misspellings too, so these are
left out: what people correct (--confusions), what is one letter, or two in a long word, from a word
that is many times as frequent, what has a capital more often, and two words run together that are
mostly written apart or with a hyphen. Many names are a letter away from a common word (Pierson,
Collodi), so of rare ones and of terms what a list of misspellings has (--misspellings) is left out,
too, but only if what was meant is more frequent, or people correct it. Needs the commands hunspell
and, for .zst, zstd.

Each line: a word, with its capitals; in the order of their bytes.
"""
import collections
import re
import sys
from dataclasses import dataclass

from tqdm import tqdm

from .settings import key
from .words import first_fields, open_text, unknown

LETTERS = r"[^\W\d_]"
SMALL = r"[^\W\d_A-ZÀ-ÖØ-Þ]"
NAME = re.compile(rf"(?<=[a-z,;] )(?:Ma?c)?(?=[^\W\d_a-z]){LETTERS}{SMALL}{{2,}}"
                  rf"(?:'(?!s\b){LETTERS}+)?(?![\w@/-])")
TERM = re.compile(r"(?<![\w@/.'-])[a-z]{4,}(?![\w@/'-]|\.\w)")
PIECE = re.compile(r"[a-z]+|[^a-z -]+")


@dataclass(frozen=True)
class Settings:
    names: int = key(40000, "names kept")
    terms: int = key(8000, "terms kept")
    name_paragraphs: int = key(3, "paragraphs that a name is in, at least")
    term_paragraphs: int = key(6, "paragraphs that a term is in, at least")
    term_files: int = key(3, "files that a term is in, at least")
    small: float = key(0.05, "how often a name is written small, for each time it is not, at most")
    ratio: float = key(20.0, "a word this many times as frequent, one letter away, was meant")
    far_ratio: float = key(300.0, "the same, two letters away")
    listed_paragraphs: int = key(20, "paragraphs from which a name is none of the misspellings")
    listed_ratio: float = key(5.0, "a misspelling's right word is this many times as frequent")
    apart: float = key(2.0, "two words run together: how often they are apart for each, at most")
    million_characters: float = key(200.0, "millions of characters read of each file")


def paragraphs_of(path, n_characters):
    """The first paragraphs of a file, about so many characters."""
    with open_text(path) as lines:
        for line in lines:
            yield line.replace("’", "'")
            n_characters -= len(line)
            if n_characters < 0:
                break


def count(paths, settings):
    """How many paragraphs each name and each word in lower case is in, and how many files each of
    the latter: three Counters."""
    names, words, files = (collections.Counter() for _ in range(3))
    for path in tqdm(paths, unit="file", disable=None):
        here = collections.Counter()
        for paragraph in paragraphs_of(path, settings.million_characters * 1e6):
            names.update(set(NAME.findall(paragraph)))
            here.update(set(TERM.findall(paragraph)))
        words.update(here)
        files.update(here.keys())
    return names, words, files


def shortened(word, n_letters):
    """The words that lack up to `n_letters` of the letters of a word."""
    found = {word}
    for _ in range(n_letters):
        found |= {w[:i] + w[i + 1:] for w in found for i in range(len(w))}
    return found


class Neighbours:
    """Finds frequent words a letter or two from a word: such words have a shortened form in common
    (SymSpell's symmetric deletion)."""

    def __init__(self, frequency, least):
        self.frequency = frequency
        self.by_form = collections.defaultdict(list)
        for word, n in frequency.items():
            if n >= least:
                for form in shortened(word, 1):
                    self.by_form[form].append(word)

    def largest(self, word, n_letters):
        """The frequency of the most frequent of them; with two letters, one of them is missing
        or both are elsewhere."""
        return max((self.frequency[other] for form in shortened(word, n_letters)
                    for other in self.by_form.get(form, ()) if other != word), default=0)


def meant(word, n, neighbours, settings):
    """Whether a word in `n` paragraphs is rather a slip for a frequent one."""
    if neighbours.largest(word, 1) >= settings.ratio * n:
        return True
    return len(word) >= 7 and neighbours.largest(word, 2) >= settings.far_ratio * n


def read_misspellings(path):
    """{wrong: [right]} of lines "wrong->right, right, why"; what stands behind the last comma may
    be a remark."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            wrong, arrow, right = line.rstrip("\n").partition("->")
            if arrow:
                found[wrong] = [word.strip() for word in right.split(",") if word.strip()]
    return found


@dataclass(frozen=True)
class Slips:
    """What is known of wrong words: those that people correct, and listed misspellings."""
    corrected: set
    misspellings: dict

    def has(self, word, n, words, settings):
        """Whether a word in `n` paragraphs is rather a listed misspelling."""
        small = word.lower()
        right = self.misspellings.get(small)
        if right is None or n >= settings.listed_paragraphs:
            return False
        return (small in self.corrected
                or max(words[w] for w in right) >= settings.listed_ratio * n)


def count_apart(paths, joined, settings):
    """How often each word of `joined` is written as two, by the paragraphs read."""
    apart = collections.Counter()
    for path in tqdm(paths, unit="file", disable=None):
        for paragraph in paragraphs_of(path, settings.million_characters * 1e6):
            pieces = PIECE.findall(paragraph)
            apart.update(joined.intersection(a + b for a, b in zip(pieces, pieces[1:])))
    return apart


def chosen_names(names, words, slips, settings):
    frequent = {w: n for w, n in names.items() if n >= settings.name_paragraphs}
    alien = unknown(list(frequent), "en_US") & unknown(list(frequent), "en_GB")
    neighbours = Neighbours(frequent, settings.ratio * settings.name_paragraphs)
    return [w for w, n in names.most_common() if w in alien and w in frequent
            and words[w.lower()] <= settings.small * n
            and not meant(w, n, neighbours, settings)
            and not slips.has(w, n, words, settings)][: settings.names]


def chosen_terms(names, words, files, slips, paths, settings):
    frequent = [w for w, n in words.most_common() if n >= settings.term_paragraphs]
    alien = unknown(frequent, "en_US") & unknown(frequent, "en_GB")
    neighbours = Neighbours(words, settings.ratio * settings.term_paragraphs)
    terms = [w for w in frequent if w in alien and w not in slips.corrected
             and files[w] >= settings.term_files and names[w.capitalize()] < words[w]
             and not meant(w, words[w], neighbours, settings)
             and not slips.has(w, words[w], words, settings)]
    apart = count_apart(paths, set(terms), settings)
    return [w for w in terms if apart[w] <= settings.apart * words[w]][: settings.terms]


def add_arguments(parser):
    parser.add_argument("--confusions", required=True, metavar="CONFUSIONS.tsv",
                        help="wrong TAB right TAB count: what people correct")
    parser.add_argument("--misspellings", metavar="FILE",
                        help="wrong->right, right: a list of misspellings, as codespell's "
                             "dictionary.txt")
    parser.add_argument("files", nargs="+", metavar="FILE")


def run(arguments, settings):
    slips = Slips(set(first_fields(arguments.confusions)),
                  read_misspellings(arguments.misspellings) if arguments.misspellings else {})
    names, words, files = count(arguments.files, settings)
    chosen = {*chosen_names(names, words, slips, settings),
              *chosen_terms(names, words, files, slips, arguments.files, settings)}
    for word in sorted(chosen, key=str.encode):
        sys.stdout.write(f"{word}\n")
    return 0
