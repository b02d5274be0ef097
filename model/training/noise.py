# SPDX-License-Identifier: LGPL-2.1-or-later
"""Misspellings by a noisy channel (Kernighan, Church and Gale 1990; Brill and Moore 2000): what
people typed for what, one letter's change at a time, counted in their corrections.

A change is (left, wrong, right): after the letter `left` (^ at the start of a word), `wrong` was
typed where `right` is meant; either may be empty, and a transposition has two letters. Slips of
neighbouring keys, which few corrections show, are added.
"""
import collections
import difflib

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def neighbours():
    """{letter: letters beside it on an English keyboard}"""
    found = collections.defaultdict(str)
    for row in KEYS:
        for a, b in zip(row, row[1:]):
            found[a] += b
            found[b] += a
    for upper, lower in zip(KEYS, KEYS[1:]):
        for i, c in enumerate(lower):
            for d in upper[i:i + 2]:
                found[c] += d
                found[d] += c
    return dict(found)


def changes_of(wrong, right):
    """The changes between two words, or [] if there are more than three."""
    for i in range(len(right) - 1):
        if wrong == right[:i] + right[i + 1] + right[i] + right[i + 2:]:
            return [(right[i - 1] if i else "^", wrong[i:i + 2], right[i:i + 2])]
    found = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, wrong, right,
                                                       autojunk=False).get_opcodes():
        if tag != "equal":
            found.append((right[j1 - 1] if j1 else "^", wrong[i1:i2], right[j1:j2]))
    short = all(len(wrong) <= 2 and len(right) <= 2 for _, wrong, right in found)
    return found if len(found) <= 3 and short else []


class Channel:
    """Draws misspellings. `pairs`: [(wrong, right)] words of corrections, of which `known` (a set
    of words in lower case) has the right one and not the wrong one."""

    def __init__(self, pairs, known, keyboard_share=0.15):
        self.known = known
        self.keyboard_share = keyboard_share
        self.keys = neighbours()
        self.real = collections.defaultdict(collections.Counter)  # right: {wrong: count}
        counts = collections.Counter()
        for wrong, right in pairs:
            wrong, right = wrong.lower(), right.lower()
            if not (right in known and wrong not in known and right.isalpha() and wrong.isalpha()):
                continue
            self.real[right][wrong] += 1
            counts.update(changes_of(wrong, right))
        self.changes = collections.defaultdict(list)  # (left, right): [(wrong, count)]
        for (left, wrong, right), count in counts.items():
            self.changes[left, right].append((wrong, count))

    def slip(self, word, random):
        """`word` (lower case) with one change drawn by the channel, or None."""
        if random.random() < self.keyboard_share:
            at = random.randrange(len(word))
            beside = self.keys.get(word[at])
            if beside is None:
                return None
            slipped = random.choice(beside)
            keep = random.choice(("", "", word[at]))
            return word[:at] + slipped + keep + word[at + 1:]
        places, weights = [], []
        for at in range(len(word) + 1):
            left = word[at - 1] if at else "^"
            for size in (0, 1, 2):
                for wrong, count in self.changes.get((left, word[at:at + size]), ()):
                    if at + size <= len(word):
                        places.append((at, size, wrong))
                        weights.append(count)
        if not places:
            return None
        at, size, wrong = random.choices(places, weights)[0]
        return word[:at] + wrong + word[at + size:]

    def confusable(self, word, frequent):
        """[(other word, weight)]: words of the set `frequent` that one change makes of `word`."""
        found = collections.Counter()
        for at in range(len(word) + 1):
            left = word[at - 1] if at else "^"
            for size in (0, 1, 2):
                if at + size > len(word):
                    continue
                for wrong, count in self.changes.get((left, word[at:at + size]), ()):
                    other = word[:at] + wrong + word[at + size:]
                    if other in frequent and other != word:
                        found[other] += count
        return list(found.items())

    def misspell(self, word, random):
        """A misspelling of `word` that is no word itself and keeps its capitals, or None."""
        lower = word.lower()
        if len(lower) < 3 or not lower.isalpha() or not lower.isascii():
            return None
        made = None
        if lower in self.real and random.random() < 0.5:
            made = random.choices(*zip(*self.real[lower].items()))[0]
        else:
            made = self.slip(lower, random)
            if made and len(lower) > 6 and random.random() < 0.15:
                made = self.slip(made, random)
        if not made or len(made) < 2 or made == lower or made in self.known:
            return None
        if word.isupper():
            return made.upper()
        return made[0].upper() + made[1:] if word[0].isupper() else made
