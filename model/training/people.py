# SPDX-License-Identifier: LGPL-2.1-or-later
"""Corrections by people: what changed between two sentences, and of which kind each change is.

An edit is {"start", "end", "right", "kind"}: code points of the wrong text, what stands there in
the right text, and a kind of text.KINDS. Edits are in order and do not overlap; applied, they
give the right text.
"""
import difflib
import json
import re

from .words import open_text

TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+(?:[.,]\d+)*|\w+|[^\w\s]")
# Repositories whose corrections are a development set.
NEVER = {"rust-lang/book", "rust-lang/rfcs", "milvus-io/milvus-docs", "apache/apisix-website"}

# Closed classes, as in daemon/engine/findings.c.
DETERMINERS = frozenset("a an the this that these those some any each every no another many much "
                        "few little".split())
PREPOSITIONS = frozenset("about above across after against along among around as at before behind "
                         "below between by during for from in into near of off on onto out over "
                         "since through to toward towards under until up upon with within "
                         "without".split())
PRONOUNS = frozenset("i me my mine myself you your yours yourself he him his himself she her hers "
                     "herself it its itself we us our ours ourselves they them their theirs "
                     "themselves who whom whose which".split())
AUXILIARIES = frozenset("is are am was were be has have do does".split())


def differ_by(a, b, ending):
    """Do the words differ by `ending` alone (perhaps with the stem's last e or doubled letter)?"""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    stem = 0
    while stem < len(shorter) and shorter[stem] == longer[stem]:
        stem += 1
    return (longer.endswith(ending) and stem >= 2 and len(shorter) - stem <= 1
            and len(longer) - stem <= len(ending) + 1)


def kind_of_words(wrong, right, before, known):
    """Kind of a change from one word to another; both in lower case."""
    both = {wrong, right}
    if wrong.replace("'", "").replace("-", "") == right.replace("'", "").replace("-", ""):
        return "apostrophe"
    for words, kind in ((DETERMINERS, "determiner"), (PREPOSITIONS, "preposition"),
                        (PRONOUNS, "pronoun")):
        if both <= words:
            return kind
    if known is not None and wrong not in known and wrong.isalpha():
        return "spelling"
    if differ_by(wrong, right, "ly"):
        return "adjective-adverb"
    if any(differ_by(wrong, right, ending) for ending in ("ing", "ed", "en")):
        return "verb-form"
    if differ_by(wrong, right, "s"):
        return "noun-number" if before in DETERMINERS else "agreement"
    if both <= AUXILIARIES:
        return "agreement"
    return "confused-word"


def kind_of_change(wrong, right, before="", known=None):
    """Kind of a change of text; `before`: the word before it; `known`: words that exist."""
    a, b = (" ".join(text.lower().replace("’", "'").split()) for text in (wrong, right))
    if not b:
        return "extra-word" if any(c.isalnum() for c in a) else "punctuation"
    if not a:
        if not any(c.isalnum() for c in b):
            return "punctuation"
        return "determiner" if b in DETERMINERS else "missing-word"
    if a == b:
        return "other" if wrong == right else "letter-case"
    if not (a[0].isalnum() and b[0].isalnum()):
        return "punctuation"
    if a.replace(" ", "") == b.replace(" ", ""):
        return "spelling"
    if " " in a or " " in b:
        return "apostrophe" if a.replace(" ", "-") == b or b.replace(" ", "-") == a else "other"
    return kind_of_words(a, b, before.lower(), known)


def tokens_of(text):
    return [match.span() for match in TOKEN.finditer(text)]


def edits_between(wrong, right, known=None):
    """The edits that turn `wrong` into `right`, by aligned tokens; exact for any two texts."""
    a, b = tokens_of(wrong), tokens_of(right)
    matcher = difflib.SequenceMatcher(None, [wrong[s:e] for s, e in a], [right[s:e] for s, e in b],
                                      autojunk=False)
    spans = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        if i2 - i1 == j2 - j1:  # word for word: an edit each
            spans += [(*a[i1 + k], *b[j1 + k]) for k in range(i2 - i1)]
        else:
            spans.append((a[i1][0] if i1 < i2 else None, a[i2 - 1][1] if i1 < i2 else None,
                          b[j1][0] if j1 < j2 else None, b[j2 - 1][1] if j1 < j2 else None))
            spans[-1] = fit_gap(spans[-1], a, b, i1, j1, len(wrong), len(right))
    return exact(wrong, right, spans, known)


def fit_gap(span, a, b, i, j, wrong_length, right_length):
    """Where one side has no token the empty span lies before the next token on that side."""
    ws, we, rs, re_ = span
    if ws is None:
        ws = we = a[i][0] if i < len(a) else wrong_length
    if rs is None:
        rs = re_ = b[j][0] if j < len(b) else right_length
    return ws, we, rs, re_


def exact(wrong, right, spans, known):
    """Edits from pairs of spans, widened so that the text between them is the same on both sides;
    None where that can't be done."""
    edits, at_wrong, at_right = [], 0, 0
    for ws, we, rs, re_ in [*spans, (len(wrong), len(wrong), len(right), len(right))]:
        between, other = wrong[at_wrong:ws], right[at_right:rs]
        if between != other:
            if edits and between.lstrip() == other.lstrip():  # the space after a deleted word
                edits[-1]["end"] += len(between) - len(between.lstrip())
                edits[-1]["right"] += other[:len(other) - len(other.lstrip())]
            elif between.rstrip() == other.rstrip():
                kept = len(between.rstrip())
                ws, rs = at_wrong + kept, at_right + kept
            else:
                return None
        if (ws, rs) == (len(wrong), len(right)) and (we, re_) == (ws, rs):
            break
        before = TOKEN.findall(wrong[max(0, ws - 30):ws])
        edits.append({"start": ws, "end": we, "right": right[rs:re_],
                      "kind": kind_of_change(wrong[ws:we], right[rs:re_],
                                             before[-1] if before else "", known)})
        at_wrong, at_right = we, re_
    return edits if undone(wrong, edits) == right else None


def undone(text, edits):
    """The right text."""
    for edit in reversed(edits):
        text = text[:edit["start"]] + edit["right"] + text[edit["end"]:]
    return text


def read(paths):
    """Yields the pairs of JSON lines files (.zst: compressed) that may be trained on, {"before",
    "after", "repo", "strong", "kinds"}. Raises ValueError naming file and line."""
    for path in paths:
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    pair = json.loads(line)
                    if not (isinstance(pair["before"], str) and isinstance(pair["after"], str)):
                        raise TypeError("before and after must be strings")
                    wanted = pair["repo"] not in NEVER and pair["before"] != pair["after"]
                except (json.JSONDecodeError, KeyError, TypeError) as error:
                    raise ValueError(f"{path}:{number}: not a pair of sentences: {error}") from None
                if wanted:
                    yield pair
