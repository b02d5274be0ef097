# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures of findings by the kind of error, and for two sorts of wrong words: those that no
dictionary has, and real words in the wrong place."""
from .measures import edit_outcomes, f_score, shares, tokens_of
from .people import TOKEN, kind_of_change
from .product import DICTIONARY, WORD
from .words import unknown

# Kinds that a gold set names, where they say the same as one of text.KINDS.
SAME = {"spelling": "spelling", "comma": "punctuation", "punctuation": "punctuation",
        "article": "determiner", "preposition": "preposition", "missing word": "missing-word",
        "extra word": "extra-word", "doubled word": "extra-word", "confusion": "confused-word",
        "apostrophe": "apostrophe", "case": "letter-case"}
SORTS = ("non-word", "real-word")


def plain(word):
    return word.replace("’", "'")


def known_words(sets):
    """The words that Hunspell knows, of those in the texts and replacements of gold sets."""
    asked = sorted({plain(word) for records in sets.values() for record in records
                    for text in (record["text"], *(right for edit in record["edits"]
                                                   for right in edit["replacements"]))
                    for word in WORD.findall(text)})
    return set(asked) - unknown(asked, DICTIONARY)


def kind_of_edit(record, edit, known):
    """Kind of a gold edit: its own, that of its sentence if there is one alone, or by what
    changes."""
    names = [edit["kind"]] if "kind" in edit else record.get("kinds") or []
    if len(names) == 1 and names[0] in SAME:
        return SAME[names[0]]
    return kind_of_repair(record["text"], edit, known)


def kind_of_repair(text, place, known):
    """Kind of the change that the first replacement of an edit or finding makes."""
    if not place.get("replacements"):
        return "other"
    wrong = text[place["start"]:place["end"]]
    before = TOKEN.findall(text[max(0, place["start"] - 30):place["start"]])
    return kind_of_change(wrong, place["replacements"][0], before[-1] if before else "",
                          {wrong.lower()} if plain(wrong) in known else ())


def by_kind(gold, found, known):
    """{kind: figures}: precision, the share of the findings of a kind (their own, or else by what
    they change) that flag a wrong token; recall, the share of the gold edits of a kind whose place
    is found, as whatever kind; None where there is none. `edits` and `findings` counted."""
    table = {}

    def row(kind):
        return table.setdefault(kind, {"edits": 0, "found": 0, "findings": 0, "right": 0})

    for record, findings in zip(gold, found):
        for edit, outcome in zip(record["edits"], edit_outcomes(record, findings)):
            own = row(kind_of_edit(record, edit, known))
            own["edits"] += 1
            own["found"] += outcome["found"]
        for finding in findings:
            own = row(finding.get("kind") or kind_of_repair(record["text"], finding, known))
            own["findings"] += 1
            own["right"] += any(record["bad"][i] for i in tokens_of(record["tokens"], finding))
    return {kind: kind_figures(own) for kind, own in sorted(
        table.items(), key=lambda pair: (-pair[1]["edits"], pair[0]))}


def kind_figures(own):
    precision = own["right"] / own["findings"] if own["findings"] else None
    recall = own["found"] / own["edits"] if own["edits"] else None
    return {"precision": precision, "recall": recall,
            "f05": None if None in (precision, recall) else f_score(precision, recall),
            "edits": own["edits"], "findings": own["findings"]}


def sort_of(text, edit, known):
    """"non-word" or "real-word" where an edit puts a word that Hunspell knows for one word, which
    it does not know, or knows; None for other edits."""
    wrong = text[edit["start"]:edit["end"]]
    if not WORD.fullmatch(wrong) or not any(
            WORD.fullmatch(right) and plain(right) in known for right in edit["replacements"]):
        return None
    return SORTS[plain(wrong) in known]


def by_sort(gold, found, known):
    """{sort: figures}: how many edits are of the sort, and shares()."""
    table = {sort: dict.fromkeys(("edits", "found", "top1", "top5"), 0) for sort in SORTS}
    for record, findings in zip(gold, found):
        for edit, outcome in zip(record["edits"], edit_outcomes(record, findings)):
            sort = sort_of(record["text"], edit, known)
            if sort:
                table[sort]["edits"] += 1
                for key, value in outcome.items():
                    table[sort][key] += value
    return {sort: {"edits": count["edits"], "found": count["found"], **shares(count)}
            for sort, count in table.items()}
