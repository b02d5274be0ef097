# SPDX-License-Identifier: LGPL-2.1-or-later
"""Forms of words: go, goes, went, gone, going; child, children; good, better, best; real, really.

From WordNet 3.0's lemmas and exceptions (Debian's wordnet-base) and its rules of detachment
(morphy(7WN)), for the words that a corpus has.
"""
import collections
from pathlib import Path

# Rules of detachment, and the tag (Penn Treebank) of the form that has the ending.
ENDINGS = {
    "noun": [("s", "", "NNS"), ("ses", "s", "NNS"), ("xes", "x", "NNS"), ("zes", "z", "NNS"),
             ("ches", "ch", "NNS"), ("shes", "sh", "NNS"), ("men", "man", "NNS"),
             ("ies", "y", "NNS")],
    "verb": [("s", "", "VBZ"), ("ies", "y", "VBZ"), ("es", "e", "VBZ"), ("es", "", "VBZ"),
             ("ed", "e", "VBD"), ("ed", "", "VBD"), ("ied", "y", "VBD"), ("ing", "e", "VBG"),
             ("ing", "", "VBG")],
    "adj": [("er", "", "JJR"), ("est", "", "JJS"), ("er", "e", "JJR"), ("est", "e", "JJS"),
            ("ier", "y", "JJR"), ("iest", "y", "JJS")],
}
IRREGULAR_BE = {"be": "VB", "am": "VBP", "are": "VBP", "is": "VBZ", "was": "VBD", "were": "VBD",
                "been": "VBN", "being": "VBG"}
SUFFIXES = ("ly", "ally", "ity", "ness", "ment", "tion", "ation", "sion", "ance", "ence", "ant",
            "ent", "al", "ial", "ic", "ical", "ive", "ous", "ful", "less", "able", "ible", "er",
            "or", "ist", "ism", "y", "ed", "ing", "cy", "ce", "t", "th", "ty", "en", "ize", "ise",
            "e", "s", "")


class Families:
    """Word forms. `counts`: {word in lower case: how often the corpus has it}."""

    def __init__(self, wordnet, counts):
        self.counts = counts
        self.lemmas = {kind: set() for kind in ("noun", "verb", "adj", "adv")}
        for kind, lemmas in self.lemmas.items():
            with open(Path(wordnet) / f"index.{kind}", encoding="utf-8") as file:
                lemmas.update(line.split(" ", 1)[0] for line in file if not line.startswith(" "))
        self.verbs = collections.defaultdict(dict)  # lemma: {form: tag}
        self.nouns = collections.defaultdict(dict)
        self.adjectives = collections.defaultdict(dict)
        self.lemma_of = {"verb": {}, "noun": {}, "adj": {}}
        for kind, table in (("noun", self.nouns), ("verb", self.verbs), ("adj", self.adjectives)):
            self.fill(Path(wordnet), kind, table)
        self.verbs["be"] = dict(IRREGULAR_BE)
        self.verbs["have"] = {"have": "VB", "has": "VBZ", "had": "VBD", "having": "VBG"}
        self.derived = self.derivations()

    def fill(self, wordnet, kind, table):
        """The forms that the corpus has, by the exceptions, or else by the rules."""
        exceptions = collections.defaultdict(list)
        with open(wordnet / f"{kind}.exc", encoding="utf-8") as file:
            for line in file:
                form, *lemmas = line.split()
                exceptions[form] = lemmas
        base = {"noun": "NN", "verb": "VB", "adj": "JJ"}[kind]
        irregular = {"noun": "NNS", "verb": "VBD", "adj": "JJR"}[kind]
        owners = self.lemma_of[kind]
        for word in self.counts:
            if word in self.lemmas[kind]:
                table[word].setdefault(word, base)
                owners.setdefault(word, word)
            for lemma in exceptions.get(word, ()):
                if lemma in self.counts and lemma != word:
                    tag = irregular if not word.endswith("ing") else "VBG"
                    tag = "JJS" if kind == "adj" and word.endswith("st") else tag
                    table[lemma].update({lemma: base, word: tag})
                    owners[word] = lemma
            if word in exceptions or len(word) < 4:
                continue
            for ending, instead, tag in ENDINGS[kind]:
                lemma = word[:len(word) - len(ending)] + instead
                if (word.endswith(ending) and lemma in self.lemmas[kind] and len(lemma) > 1
                        and lemma in self.counts and not word.endswith("ss")
                        and not (ending == "es" and not instead and lemma[-1] not in "sxzho")):
                    table[lemma].update({lemma: base, word: tag})
                    owners.setdefault(word, lemma)

    def derivations(self):
        """{word: [words of another part of speech with the same stem]}: success, successful."""
        stems = collections.defaultdict(set)
        words = [w for w, n in self.counts.items() if n >= 200 and len(w) >= 4 and w.isalpha()]
        for word in words:
            for suffix in SUFFIXES:
                stem = word[:len(word) - len(suffix)]
                if word.endswith(suffix) and len(stem) >= 4:
                    stems[stem[:-1] + "y" if stem[-1] == "i" else stem].add(word)
        found = collections.defaultdict(set)
        for stem, group in stems.items():
            if len(group) > 12:
                continue
            for word in group:
                for other in group:
                    if other != word and 2 * len(stem) > max(len(word), len(other)) and \
                            self.classes(word) != self.classes(other) and \
                            self.lemma(word) != self.lemma(other):
                        found[word].add(other)
        return {word: sorted(others) for word, others in found.items()}

    def classes(self, word):
        return {kind for kind, lemmas in self.lemmas.items() if self.lemma(word) in lemmas}

    def lemma(self, word):
        return self.lemma_of["verb"].get(word) or self.lemma_of["noun"].get(word) or word

    def verb_forms(self, word):
        """{form: tag} of the verb that `word` (lower case) is a form of, or {}."""
        if word in IRREGULAR_BE:
            return self.verbs["be"]
        if word in ("have", "has", "had", "having"):
            return self.verbs["have"]
        return self.verbs.get(self.lemma_of["verb"].get(word, ""), {})

    def noun_forms(self, word):
        """{form: tag} of the noun that `word` (lower case) is a form of, or {}."""
        return self.nouns.get(self.lemma_of["noun"].get(word, ""), {})

    def adjective_forms(self, word):
        """{form: tag} of the adjective that `word` (lower case) is a form of, or {}."""
        return self.adjectives.get(self.lemma_of["adj"].get(word, ""), {})
