# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors by rule in right sentences: what learners and hurried writers do, by kind.

A rule takes a Draft and gives proposals (weight, i, j, text, kind): the tokens i to j (not with j)
become `text`; i == j inserts before token i, an empty text deletes. The weight says how sure it
is that the result is wrong. Tags are the Penn Treebank's, by TextBlob's tagger (De Smedt and
Daelemans 2012), so they are wrong now and then, as are the rules.
"""
from .people import PREPOSITIONS, TOKEN

MODALS = frozenset("can could may might must shall should will would cannot can't couldn't won't "
                   "wouldn't shouldn't mustn't 'll".split())
DO = frozenset("do does did don't doesn't didn't".split())
HAVE = frozenset("has have had having hasn't haven't hadn't 've".split())
BE = frozenset("am is are was were be been being isn't aren't wasn't weren't 're".split())
SINGULAR = frozenset("a an this that each every one another either neither".split())
PLURAL = frozenset("these those many several few both various two three four five six seven eight "
                   "nine ten most all other different some numerous certain such".split())
POSSESSIVE = frozenset("my your his her its our their whose".split())
ARTICLES = ("a", "an", "the")
PRONOUN_CASES = {"i": "me", "me": "I", "he": "him", "him": "he", "she": "her", "we": "us",
                 "us": "we", "they": "them", "them": "they", "who": "whom", "whom": "who"}
PRONOUN_SWAPS = {
    "which": ("who", "what", "that"), "who": ("which", "what"), "that": ("what", "which"),
    "what": ("that", "which"), "its": ("it's", "their", "it"), "it's": ("its",),
    "their": ("there", "they're", "its", "they", "them"), "your": ("you're", "you"),
    "my": ("me", "mine"), "our": ("us", "ours", "are"), "his": ("him", "he"),
    "her": ("she", "hers"),
    "itself": ("himself", "themselves"), "himself": ("themselves", "hisself"),
    "themselves": ("themself", "itself", "theirselves"), "whose": ("who's", "which"),
    "they": ("it", "there"), "it": ("they", "its"), "there": ("their", "it"),
    "this": ("these", "it"), "mine": ("my",), "theirs": ("their",)}
DETERMINER_SWAPS = {
    "a": ("an", "the", "the", "one"), "an": ("a", "a", "the"), "the": ("a", "a", "an"),
    "this": ("these", "these", "that"), "these": ("this", "this", "that"),
    "that": ("those", "this"), "those": ("that", "these"), "much": ("many",), "many": ("much",),
    "fewer": ("less",), "less": ("fewer",), "few": ("little",), "little": ("few",),
    "some": ("any", "a"), "any": ("some", "no"), "every": ("all", "each"), "each": ("every", "all"),
    "all": ("every",), "another": ("other", "an other"), "other": ("another", "others"),
    "others": ("other", "another"), "both": ("either",), "no": ("not",)}
COMMON_PREPOSITIONS = "in on at of for to with from by about into".split()
LINKERS = frozenset("and or but so because although though while if when that than as where "
                    "whether since".split())
EASILY_DROPPED = frozenset("to it that is are was were be been has have had do does and not as "
                           "than there if so who which of in on at for with by from about".split())
INSERTED = ("to", "of", "that", "is", "for", "it", "the", "in", "are", "be", "a", "and", "been",
            "have", "with", "on")


class Draft:
    """A right sentence in tokens, with their tags.

    spaces[i] stands before token i; low[i] is the token in lower case with ' for ’."""

    def __init__(self, text, tagger, families):
        spans = [match.span() for match in TOKEN.finditer(text)]
        self.text = text
        self.tokens = [text[s:e] for s, e in spans]
        ends = [0] + [e for _, e in spans]
        self.spaces = [text[ends[i]:spans[i][0]] for i in range(len(spans))]
        self.tail = text[ends[-1]:]
        self.low = [token.lower().replace("’", "'") for token in self.tokens]
        self.families = families
        self.tags = tagger(self.tokens)
        self.helpers = [self.helper_of(i) for i in range(len(self.tokens))]
        self.mend_tags()

    def __len__(self):
        return len(self.tokens)

    def between(self, i, j):
        """The text of the tokens i to j, without the space before."""
        return "".join(self.spaces[k] * (k > i) + self.tokens[k] for k in range(i, j))

    def uncapitalised(self):
        """The first token as it would be inside the sentence."""
        first = self.tokens[0]
        return first if first == "I" or self.tag(0) == "NNP" else first[0].lower() + first[1:]

    def before(self, i):
        return self.low[i - 1] if i > 0 else ""

    def after(self, i):
        return self.low[i + 1] if i + 1 < len(self.low) else ""

    def tag(self, i):
        return self.tags[i] if 0 <= i < len(self.tags) else ""

    def helper_of(self, i):
        """The nearest word before i that is no adverb: what governs a verb at i."""
        at = i - 1
        while at >= 0 and i - at < 4 and (self.low[at] in ("not", "n't", "also", "ever", "never")
                                          or self.low[at].endswith("ly")):
            at -= 1
        return self.low[at] if at >= 0 else ""

    def mend_tags(self):
        """A verb's tag by its helper, where the tagger does not look."""
        for i, helper in enumerate(self.helpers):
            forms = self.families.verb_forms(self.low[i])
            tag = forms.get(self.low[i])
            if tag == "VB" and (helper in MODALS or helper in DO
                                or helper == "to" and self.tags[i][:2] == "VB"):
                self.tags[i] = "VB"
            elif tag in ("VBD", "VBN") and (helper in HAVE or helper in BE):
                self.tags[i] = "VBN"
            elif tag == "VB" and self.tags[i][:2] == "VB":
                self.tags[i] = "VBP"

    def noun_head(self, i):
        """The word before the adjectives before noun i."""
        at = i - 1
        while at >= 0 and i - at < 4 and self.tags[at] in ("JJ", "JJR", "JJS", "VBN", "RB"):
            at -= 1
        return self.low[at] if at >= 0 else ""


def others(forms, word, *tags):
    return [form for form, tag in forms.items() if form != word and tag in tags]


def verb_form(d):
    for i, word in enumerate(d.low):
        forms, tag, helper = d.families.verb_forms(word), d.tag(i), d.helpers[i]
        if not forms or tag[:2] != "VB" or word in BE and helper not in MODALS:
            continue
        if tag == "VB":
            for form in others(forms, word, "VBG", "VBZ", "VBD"):
                yield 1, i, i + 1, form, "verb-form"
            if helper in MODALS:
                yield 0.6, i, i, "to", "extra-word"
                if word == "have":
                    yield 0.6, i, i + 1, "of", "confused-word"
            elif helper == "to" and d.before(i) == "to":
                for form in others(forms, word, "VBG"):
                    yield 1, i - 1, i + 1, form, "verb-form"
        elif tag == "VBN":
            for form in others(forms, word, "VB", "VBG" if helper in HAVE else "VB", "VBD", "VBZ"):
                yield 1, i, i + 1, form, "verb-form"
        elif tag == "VBG":
            for form in others(forms, word, "VB"):
                sure = helper in BE or d.tag(i - 1) == "IN"
                yield 1 if sure else 0.4, i, i + 1, form, "verb-form"
                if d.tag(i - 1) == "IN" or d.tag(i - 1)[:2] == "VB" and helper not in BE:
                    yield 0.7, i, i + 1, "to " + form, "verb-form"
        elif tag in ("VBD", "VBP", "VBZ"):
            yield from finite(d, i, word, forms, tag)


def finite(d, i, word, forms, tag):
    for form in others(forms, word, "VBG"):
        yield 0.6, i, i + 1, form, "verb-form"
        if tag != "VBD":
            yield 0.2, i, i + 1, ("is " if tag == "VBZ" else "are ") + form, "verb-form"
    if tag == "VBD":
        for form in others(forms, word, "VB"):
            yield 0.5, i, i + 1, form, "verb-form"
            yield 0.15, i, i + 1, "was " + form, "verb-form"
            yield 0.15, i, i + 1, "did " + word, "verb-form"
        for form in others(forms, word, "VBD", "VBN"):
            yield 1, i, i + 1, form, "verb-form"
        if not word.endswith("ed"):
            for form in others(forms, word, "VB"):
                yield 0.3, i, i + 1, form + ("d" if form.endswith("e") else "ed"), "verb-form"
    elif d.tag(i - 1) in ("NN", "NNS", "PRP", "WDT", "WP"):
        for form in others(forms, word, "VBD"):
            yield 0.25, i, i + 1, form, "verb-form"


AGREEMENT = {"is": ("are", "are", "be"), "are": ("is", "is", "be"), "was": ("were",),
             "am": ("is", "are"), "were": ("was",), "has": ("have",), "have": ("has",),
             "does": ("do",), "do": ("does",),
             "doesn't": ("don't",), "don't": ("doesn't",), "isn't": ("aren't",),
             "aren't": ("isn't",), "wasn't": ("weren't",), "hasn't": ("haven't",)}


def agreement(d):
    for i, word in enumerate(d.low):
        helper = d.helpers[i]
        if helper in MODALS or helper == "to" or helper in DO:
            continue
        for other in AGREEMENT.get(word, ()):
            yield 1, i, i + 1, other, "agreement"
        if word in AGREEMENT:
            continue
        forms, tag = d.families.verb_forms(word), d.tag(i)
        if tag == "VBZ":
            for form in others(forms, word, "VB"):
                yield 1, i, i + 1, form, "agreement"
        elif tag == "VBP" or tag == "VB" and d.tag(i - 1) in ("PRP", "NNS", "WDT"):
            if i and d.before(i) not in (",", "and", "or", "let", "us", "please", ":"):
                for form in others(forms, word, "VBZ"):
                    yield 0.8, i, i + 1, form, "agreement"


def noun_number(d):
    for i, word in enumerate(d.low):
        tag, head = d.tag(i), d.noun_head(i)
        if tag not in ("NN", "NNS") or not word.isalpha() or len(word) < 3:
            continue
        forms = d.families.noun_forms(word)
        if tag == "NN":
            for form in others(forms, word, "NNS"):
                yield 1 if head in SINGULAR else 0.3, i, i + 1, form, "noun-number"
            if len(forms) == 1 and not word.endswith(("s", "ing")) and head not in SINGULAR:
                yield 0.4, i, i + 1, word + "s", "noun-number"
        elif d.tag(i + 1) not in ("NN", "NNS"):
            sure = head in PLURAL or d.tag(i - 1) == "CD"
            for form in others(forms, word, "NN"):
                yield 1 if sure else 0.7, i, i + 1, form, "noun-number"
                if form + "s" != word and not word.endswith("ies"):
                    yield 0.3, i, i + 1, word + "s", "noun-number"


BEFORE_NOUN_PHRASES = ("IN", "TO", "VB", "VBD", "VBZ", "VBP", "VBG", "CC", ",")


def determiner(d):
    for i, word in enumerate(d.low):
        tag = d.tag(i)
        if word in ARTICLES:
            noun = d.tag(i + 1) in ("NN", "JJ", "NNS", "NNP", "NNPS", "JJS", "VBN", "VBG")
            drop = 0.8 if noun else 0.4
            yield drop, i, i + 1, "", "determiner"
        for other in DETERMINER_SWAPS.get(word, ()):
            if word in ("that", "all", "no", "less", "little") and d.tag(i + 1)[:2] != "NN":
                continue
            yield 0.35 if word in ARTICLES else 0.6, i, i + 1, other, "determiner"
        if word in POSSESSIVE and i and word != "whose":
            yield 0.12, i, i + 1, "", "determiner"
        if tag[:2] in ("NN", "JJ") and (i == 0 or d.tag(i - 1) in BEFORE_NOUN_PHRASES):
            plural = tag in ("NNS", "NNPS")
            yield 0.35, i, i, "the", "extra-word"
            yield 0.2 if plural else 0.12, i, i, "an" if word[0] in "aeiou" else "a", "extra-word"


def preposition(d):
    for i, word in enumerate(d.low):
        if word in PREPOSITIONS and d.tag(i) in ("IN", "TO") and not (
                word == "to" and d.tag(i + 1) == "VB"):
            for other in COMMON_PREPOSITIONS:
                if other != word:
                    yield 0.12, i, i + 1, other, "preposition"
            yield 0.5 if i else 0.1, i, i + 1, "", "missing-word"
        if d.tag(i - 1)[:2] == "VB" and d.before(i) not in BE and d.before(i) not in HAVE and \
                d.tag(i) in ("DT", "PRP", "PRP$", "NN", "NNS"):
            for other in ("to", "about", "of", "for", "with", "on", "in", "at"):
                yield 0.06, i, i, other, "extra-word"
        if i and d.before(i) not in PREPOSITIONS:
            if word in ("home", "abroad", "there", "here"):
                yield 0.5, i, i, "to", "extra-word"
            elif word in ("yesterday", "tomorrow", "next", "last", "every"):
                yield 0.5, i, i, "in", "extra-word"


def pronoun(d):
    for i, word in enumerate(d.low):
        if word in PRONOUN_CASES:
            yield 0.6, i, i + 1, PRONOUN_CASES[word], "pronoun"
        for other in PRONOUN_SWAPS.get(word, ()):
            if word == "that" and d.tag(i) not in ("WDT", "IN"):
                continue
            kind = "confused-word" if "'" in other or other in ("there", "are") else "pronoun"
            yield 0.5, i, i + 1, "I" if other == "i" else other, kind
        if word in ("it", "they", "he", "she", "i", "we", "you", "there"):
            verb = d.tag(i + 1) in ("VBZ", "VBP", "VBD", "MD")
            if verb:
                yield 0.5, i, i + 1, "", "missing-word"
        if d.tag(i) in ("NN", "NNS") and d.tag(i + 1) in ("VBZ", "VBP", "VBD"):
            yield 0.05, i + 1, i + 1, "it" if d.tag(i) == "NN" else "they", "extra-word"


def adjective_adverb(d):
    for i, word in enumerate(d.low):
        tag, counts = d.tag(i), d.families.counts
        if tag == "JJ":
            adverb = word[:-1] + "ily" if word.endswith("y") else \
                word[:-1] + "y" if word.endswith("le") else word + "ly"
            if adverb in counts:
                yield 0.7, i, i + 1, adverb, "adjective-adverb"
            forms = d.families.adjective_forms(word)
            if d.before(i) not in ("more", "most", "as", "so", "very", "too", "less"):
                yield 0.1, i, i, "more", "extra-word"
            for form in others(forms, word, "JJR", "JJS"):
                yield 0.3, i, i + 1, form, "adjective-adverb"
        elif tag == "RB" and word.endswith("ly"):
            for adjective in (word[:-2], word[:-3] + "y", word[:-1] + "e"):
                if adjective in d.families.lemmas["adj"] and adjective in counts:
                    yield 1, i, i + 1, adjective, "adjective-adverb"
        elif tag in ("JJR", "JJS", "RBR", "RBS"):
            forms, degree = d.families.adjective_forms(word), "more" if tag[-1] == "R" else "most"
            for form in others(forms, word, "JJ", "JJR", "JJS"):
                yield 1, i, i + 1, form, "adjective-adverb"
                if len(form) < len(word) and form in d.families.lemmas["adj"]:
                    yield 0.6, i, i + 1, f"{degree} {form}", "adjective-adverb"
            if word not in ("more", "most", "less", "least", "better", "best"):
                yield 0.5, i, i, degree, "extra-word"
        if word == "more" and d.tag(i + 1) == "JJ":
            yield 0.4, i, i + 1, "most", "adjective-adverb"
        elif word == "most" and d.before(i) == "the":
            yield 0.4, i, i + 1, "more", "adjective-adverb"
        elif word in ("good", "well"):
            yield 0.5, i, i + 1, "well" if word == "good" else "good", "adjective-adverb"


def derived(d):
    """Another word of the same stem: success for successful."""
    for i, word in enumerate(d.low):
        if d.tag(i)[:2] in ("NN", "JJ", "VB", "RB"):
            for other in d.families.derived.get(word, ()):
                adjective = d.tag(i)[:2] in ("JJ", "RB") and \
                    d.families.classes(other) & {"adj", "adv"}
                yield 0.3, i, i + 1, other, "adjective-adverb" if adjective else "confused-word"


def word_order(d):
    def swap(i, weight):
        first, second = d.tokens[i], d.tokens[i + 1]
        if i == 0 and first != "I":
            first, second = first[0].lower() + first[1:], second[0].upper() + second[1:]
        return weight, i, i + 2, second + d.spaces[i + 1] + first, "word-order"

    for i in range(len(d) - 1):
        one, two = d.tag(i), d.tag(i + 1)
        if not d.spaces[i + 1] or not d.tokens[i].isalpha() or not d.tokens[i + 1].isalpha():
            continue
        if one == "JJ" and two in ("NN", "NNS") and d.tag(i + 2)[:2] != "NN":
            yield swap(i, 0.5)
        elif one == "RB" and two[:2] in ("VB", "JJ") or one[:2] == "VB" and two == "RB":
            yield swap(i, 0.4)
        elif one == "MD" and two in ("PRP", "RB") or one == "PRP" and d.low[i + 1] in BE:
            yield swap(i, 0.5)
        elif one in ("DT", "PRP$") and two in ("JJ", "NN", "NNS") or one == "RB" and two == "DT":
            yield swap(i, 0.2)
        elif one in ("NN", "NNS") and two in ("NN", "NNS") or one == "IN" and two == "DT":
            yield swap(i, 0.15)
        elif d.low[i] in BE and two in ("PRP", "EX", "RB"):
            yield swap(i, 0.3)


def missing_word(d):
    for i, word in enumerate(d.low):
        if word not in EASILY_DROPPED or i == 0:
            continue
        weight = {"to": 1.0 if d.tag(i + 1) == "VB" else 0.5, "that": 0.1, "not": 0.1, "so": 0.1,
                  "and": 0.4}.get(word, 0.6)
        if word in BE:
            weight = 0.9
        yield weight, i, i + 1, "", "missing-word"
    for i in range(1, len(d) - 1):
        content = d.tokens[i].isalpha() and d.tag(i)[:2] in ("NN", "VB")
        if content and d.before(i) in ("a", "an", "the", "to"):
            yield 0.08, i, i + 1, "", "missing-word"


def extra_word(d):
    for i in range(1, len(d)):
        if not d.tokens[i].isalpha() or not d.spaces[i]:
            continue
        twice = d.low[i - 1] if d.tokens[i - 1].isalpha() else "the"
        yield 0.08, i, i, twice, "extra-word"
        for word in INSERTED:
            yield 0.02, i, i, word, "extra-word"
        if d.before(i) in ("because", "although", "despite", "inside", "outside", "all", "both"):
            yield 0.3, i, i, "of", "extra-word"
        if d.tag(i) == "TO" and d.tag(i - 1) in ("VB", "VBD", "VBZ", "VBP", "NN"):
            yield 0.2, i, i, "for", "extra-word"


def punctuation(d):
    for i, token in enumerate(d.tokens):
        if token == "," and 0 < i < len(d) - 1:
            early = i <= 6 and (d.low[0] in LINKERS or d.tag(0) in ("RB", "IN", "VBG"))
            listed = "," in d.tokens[i + 1:i + 5] or "," in d.tokens[max(0, i - 4):i]
            yield 0.9 if early else 0.5 if listed else 0.35, i, i + 1, "", "punctuation"
            yield 0.06, i, i + 1, ";", "punctuation"
            if d.after(i) in LINKERS:
                yield 0.05, i, i + 1, ".", "punctuation"
        elif token == "?" and i == len(d) - 1:
            yield 0.7, i, i + 1, ".", "punctuation"
        elif token in (".", ":", ";") and i < len(d) - 1:
            yield 0.1, i, i + 1, ",", "punctuation"
        elif i > 1 and d.spaces[i] and d.before(i) not in (",", ";", ":", ".", "-"):
            if d.tag(i - 1) in ("NN", "NNS", "PRP") and d.tag(i) in ("VBZ", "VBP", "VBD", "MD"):
                yield 0.15, i, i, ",", "punctuation"
            elif d.low[i] in ("that", "than", "because", "of", "to") or \
                    d.before(i) in ("that", "and", "such"):
                yield 0.12, i, i, ",", "punctuation"
            elif d.tag(i) in ("IN", "NN", "DT"):
                yield 0.02, i, i, ",", "punctuation"


def letter_case(d):
    for i, token in enumerate(d.tokens):
        if token == "I" or token[:2] in ("I'", "I’"):
            yield 0.8, i, i + 1, "i" + token[1:], "letter-case"
        elif not token.isalpha() or not token.isascii():
            continue
        elif token.istitle() and d.tag(i) == "NNP" and i and len(token) > 2:
            yield 0.5, i, i + 1, token.lower(), "letter-case"
        elif token.isupper() and len(token) > 1:
            yield 0.1, i, i + 1, token.lower(), "letter-case"
        elif token.islower() and len(token) > 2 and i:
            weight = 0.02 if d.tag(i)[:2] == "NN" else 0.04
            yield weight, i, i + 1, token.title(), "letter-case"


CONTRACTED = {"its": "it's", "your": "you're", "whose": "who's", "were": "we're", "lets": "let's",
              "well": "we'll", "ill": "I'll"}


def apostrophe(d):
    for i, token in enumerate(d.tokens):
        low = d.low[i]
        if "'" in low and low != "o'clock":
            bare = token.replace("'", "").replace("’", "")
            if low.endswith("'s"):
                yield 0.8, i, i + 1, bare, "apostrophe"
                yield 0.2, i, i + 1, bare[:-1], "apostrophe"
            elif low not in ("we're", "i'll", "we'll", "he'll", "she'll"):
                yield 1, i, i + 1, bare, "apostrophe"
            if low.endswith("n't"):
                yield 0.2, i, i + 1, token[:-3] + "nt'", "apostrophe"
        elif d.tag(i) == "NNS" and low.endswith("s") and len(low) > 3:
            yield 0.35, i, i + 1, token[:-1] + "'s", "apostrophe"
        elif low in CONTRACTED:
            kind = "apostrophe" if low in ("its", "lets") else "confused-word"
            yield 0.7, i, i + 1, CONTRACTED[low], kind


def spacing(d):
    """Words written together or apart."""
    counts = d.families.counts
    for i, word in enumerate(d.low):
        if not word.isalpha():
            continue
        if i + 1 < len(d) and d.low[i + 1].isalpha() and d.spaces[i + 1] == " " and \
                len(word) + len(d.low[i + 1]) < 12:
            yield 0.06, i, i + 2, d.tokens[i] + d.tokens[i + 1], "spelling"
            if word + d.low[i + 1] in counts:
                yield 1, i, i + 2, d.tokens[i] + d.tokens[i + 1], "spelling"
        for cut in range(2, len(word) - 1):
            if counts.get(word[:cut], 0) > 2000 and counts.get(word[cut:], 0) > 2000:
                yield 0.2, i, i + 1, d.tokens[i][:cut] + " " + d.tokens[i][cut:], "spelling"


RULES = {"verb-form": verb_form, "agreement": agreement, "noun-number": noun_number,
         "determiner": determiner, "preposition": preposition, "pronoun": pronoun,
         "adjective-adverb": adjective_adverb, "derived": derived, "word-order": word_order,
         "missing-word": missing_word, "extra-word": extra_word, "punctuation": punctuation,
         "letter-case": letter_case, "apostrophe": apostrophe, "spacing": spacing}
