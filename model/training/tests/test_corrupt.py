# SPDX-License-Identifier: LGPL-2.1-or-later
"""corrupt: labels that are exact, kinds, density, the channel of misspellings, alignment."""
import json
import random

import pytest

from training import people
from training.corrupt import STARTS
from training.noise import Channel, changes_of
from training.text import KIND_ID, KINDS, Arrays, Encoder, case_type


def records_of(folder):
    return [json.loads(line) for line in (folder / "sentences.jsonl").read_text().splitlines()]


def bare(text):
    """The text without what `corrupt` may change at both ends without calling it an error."""
    start = next((start for start in STARTS if text.startswith(start)), "")
    return text[len(start):].rstrip(".").lower()


def test_files_and_labels_agree(corrupted, vocabulary):
    records, arrays = records_of(corrupted), Arrays(corrupted)
    assert len(records) == len(arrays) == 400
    coded = Encoder(vocabulary).encode([r["text"] for r in records], [r["edits"] for r in records])
    for i, (ids, types, _, labels) in enumerate(coded):
        assert [list(part) for part in arrays[i]] == [ids, types, labels]


def test_undoing_the_edits_gives_a_right_sentence(corrupted, prepared, corrections):
    right = set((prepared / "train" / "sentences.txt").read_text().splitlines())
    for line in (corrections / "pairs.jsonl").read_text().splitlines():
        right.add(json.loads(line)["after"])
    right = {bare(text) for text in right}
    for record in records_of(corrupted):
        assert bare(people.undone(record["text"], record["edits"])) in right, record
        at = -1
        for edit in record["edits"]:
            assert at <= edit["start"] <= edit["end"] and edit["kind"] in KIND_ID
            assert record["text"][edit["start"]:edit["end"]] != edit["right"]
            at = edit["end"]


def test_each_error_is_labelled_and_nothing_else(corrupted):
    records, arrays = records_of(corrupted), Arrays(corrupted)
    for i, record in enumerate(records):
        labels = set(arrays[i][2].tolist()) - {0}
        assert labels == {KIND_ID[edit["kind"]] for edit in record["edits"]} or len(labels) < len(
            record["edits"]), record
        assert bool(labels) == bool(record["edits"])


def test_density_and_sources(corrupted):
    records = records_of(corrupted)
    wrong = [record for record in records if record["edits"]]
    assert 0.5 < len(wrong) / len(records) < 0.9
    assert 0.1 < sum(len(record["edits"]) > 1 for record in wrong) / len(wrong) < 0.7
    assert {record["source"] for record in records} == {"people", "clean", "synthetic"}
    kinds = {edit["kind"] for record in records for edit in record["edits"]}
    assert {"spelling", "determiner", "agreement", "verb-form", "missing-word"} <= kinds


def test_same_seed_same_files(corrupt_into, corrupted, tmp_path):
    assert corrupt_into(tmp_path / "again") == 0
    assert corrupt_into(tmp_path / "two", "--set", "processes=2") == 0
    assert corrupt_into(tmp_path / "other", "--set", "seed=2") == 0
    first = (corrupted / "sentences.jsonl").read_bytes()
    assert (tmp_path / "again" / "sentences.jsonl").read_bytes() == first
    assert (tmp_path / "two" / "sentences.jsonl").read_bytes() == first
    assert (tmp_path / "other" / "sentences.jsonl").read_bytes() != first


def test_samples_of_a_generator(corrupt_into, pretrained, tmp_path):
    assert corrupt_into(tmp_path, "--generator", pretrained / "generator", "--set", "generator=1",
                        "--set", "people=0", "--set", "rules=0", "--set", "noise=0") == 0
    made = [(record["text"][edit["start"]:edit["end"]], edit["right"])
            for record in records_of(tmp_path) if record["source"] == "synthetic"
            for edit in record["edits"]]
    assert len(made) > 100
    assert all(wrong.isalpha() and " " not in right and wrong.lower() != right.lower()
               for wrong, right in made)


def test_pairs_that_are_none_are_named(tmp_path):
    good = {"before": "a b", "after": "a c", "repo": "x/y"}
    for bad in ("[1]", "{}", json.dumps({**good, "before": 1}), "{"):
        (tmp_path / "pairs.jsonl").write_text(f"{json.dumps(good)}\n{bad}\n")
        with pytest.raises(ValueError, match="pairs.jsonl:2: not a pair of sentences"):
            list(people.read([tmp_path / "pairs.jsonl"]))


def test_unknown_setting_and_rule_are_named(corrupt_into, tmp_path, capsys):
    assert corrupt_into(tmp_path, "--set", "sentence=3") == 2
    assert "there is no setting sentence" in capsys.readouterr().err
    assert corrupt_into(tmp_path, "--set", "kinds=verbs=1") == 2
    assert "there is no rule verbs" in capsys.readouterr().err
    assert corrupt_into(tmp_path, "--set", "kinds=agreement=much") == 2
    assert "agreement=much is not RULE=WEIGHT" in capsys.readouterr().err


def test_trouble_in_processes_ends_the_run(corrupt_into, tmp_path, capsys):
    for wrong, told in ((("--set", "kinds=verbs=1"), "there is no rule verbs"),
                        (("--wordnet", tmp_path / "none"), "none")):
        assert corrupt_into(tmp_path / "out", "--set", "processes=2", *wrong) == 2
        assert told in capsys.readouterr().err


@pytest.mark.parametrize("wrong, right, kinds", [
    ("She go to school every days.", "She goes to school every day.",
     ["agreement", "noun-number"]),
    ("He put it in the the box.", "He put it in the box.", ["extra-word"]),
    ("I saw cat.", "I saw a cat.", ["determiner"]),
    ("We want go home.", "We want to go home.", ["missing-word"]),
    ("However he left.", "However, he left.", ["punctuation"]),
    ("I recieve it.", "I receive it.", ["spelling"]),
    ("Its a dog.", "It's a dog.", ["apostrophe"]),
    ("in english", "in English", ["letter-case"]),
    ("He works good.", "He works well.", ["confused-word"]),
    ("alot of it", "a lot of it", ["spelling"]),
    ("in the morning the", "in the morning", ["extra-word"]),
    ("sing beautiful", "sing beautifully", ["adjective-adverb"])])
def test_alignment(wrong, right, kinds):
    known = {"go", "goes", "days", "day", "beautiful", "beautifully", "good", "well", "english"}
    edits = people.edits_between(wrong, right, known)
    assert [edit["kind"] for edit in edits] == kinds
    assert people.undone(wrong, edits) == right


def test_alignment_of_any_two_texts():
    draw = random.Random(3)
    words = "a the cat sat , on . mat it's don’t 1,000 (so)".split()
    for _ in range(500):
        wrong, right = (" ".join(draw.choices(words, k=draw.randrange(9))) for _ in range(2))
        edits = people.edits_between(wrong, right)
        assert edits is None or people.undone(wrong, edits) == right


@pytest.mark.parametrize("wrong, right, changes", [
    ("teh", "the", [("t", "eh", "he")]), ("recieve", "receive", [("c", "ie", "ei")]),
    ("hapen", "happen", [("p", "", "p")]), ("abandonned", "abandoned", [("n", "n", "")])])
def test_changes_of_letters(wrong, right, changes):
    found = changes_of(wrong, right)
    assert found == changes or [(w, r) for _, w, r in found] == [(w, r) for _, w, r in changes]


def test_misspellings_are_no_words_and_keep_capitals():
    known = {"receive", "their", "believe", "happen"}
    channel = Channel([("recieve", "receive"), ("thier", "their"), ("hapen", "happen")], known)
    draw = random.Random(1)
    made = [channel.misspell(word, draw) for word in ["Believe", "THEIR", "happen"] * 100]
    made = [word for word in made if word]
    assert len(made) > 100 and not {word.lower() for word in made} & known
    assert all(word.isupper() or word[1:].islower() for word in made)
    assert channel.misspell("of", draw) is None and channel.misspell("42nd", draw) is None


def test_labels_of_pieces(vocabulary):
    encoder = Encoder(vocabulary)
    text = "He liked xylophonists , and I"
    edits = [{"start": 9, "end": 21, "kind": "spelling"}, {"start": 24, "end": 24,
                                                           "kind": "missing-word"}]
    ids, types, spans, labels = encoder.encode([text], [edits])[0]
    names = [KINDS[label] for label in labels]
    assert names[:2] == ["O", "O"] and names[-3:] == ["O", "missing-word", "O"]
    assert set(names[2:-3]) == {"spelling"} and len(names) > 6
    assert types[0] == 1 and types[-1] == 1 and spans[0] == (0, 2) and len(ids) == len(types)
    words = ("so", "So", "SO", "sO", "I'm", "7", "A")
    assert [case_type(word) for word in words] == [0, 1, 2, 3, 0, 0, 1]
