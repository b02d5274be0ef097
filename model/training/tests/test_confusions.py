# SPDX-License-Identifier: LGPL-2.1-or-later
"""confusions: what people write for what, and what `corrupt` makes of it."""
import json

from training.confusions import changes, kept, made, words


def test_changes_of_one_word():
    found = list(changes(words("She go to school alot."),
                         words("She goes to school a lot.")))
    assert found == [("go", "goes"), ("alot", "a lot")]


def test_made(tmp_path):
    def sentence(text, start, end, right, kind="confused-word", source="synthetic"):
        return {"text": text, "source": source,
                "edits": [{"start": start, "end": end, "right": right, "kind": kind}]}

    records = [sentence("I should of gone", 9, 11, "have")] * 3 + [
        sentence("It is peak", 6, 10, "the peak"),   # for the engine to insert
        sentence("It is teh", 6, 9, "the", "spelling"),
        sentence("A fare one", 2, 6, "fair", source="people"),
        sentence("Once more", 0, 4, "one")] * 2
    path = tmp_path / "sentences.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert made(path, 2) == [("of", "have"), ("once", "one")]
    assert made(path, 3) == [("of", "have")]


def test_kept_needs_two_repositories_or_frequent_words(monkeypatch):
    monkeypatch.setattr("training.confusions.homophones", lambda sounding: [("peak", "peek")])
    count = {("then", "than"): 3, ("teh", "the"): 2, ("foo", "bar"): 9}
    repos = {("then", "than"): {"a"}, ("teh", "the"): {"a", "b"}, ("foo", "bar"): {"a"}}
    assert kept(count, repos, ["then", "than", "the"], ["peak", "peek"]) == {
        ("then", "than"): 3, ("than", "then"): 2, ("teh", "the"): 2, ("peak", "peek"): 1}
