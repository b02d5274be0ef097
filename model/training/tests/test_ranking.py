# SPDX-License-Identifier: LGPL-2.1-or-later
"""ranking: which proposal mends a place, and what is fitted to places made up by a script."""
import configparser
import json
import sys

import pytest

from training.ranking import GROUPS, SITE, feature_names, label_of

NAMES = feature_names()

# Stands in for tests/bench/features: two places a sentence, one of each group. Where one is wrong,
# its right repair has much of one feature (known: gain; unknown: sound); of the others all have
# what chance gives them.
ENGINE = """#!{python}
import json, random, sys
names = {names!r}
assert sys.argv[2] == "en_US"
draw = random.Random(1)
for line in sys.stdin:
    text = json.loads(line)["text"]
    n_wrong = int(text.split()[-2]) % 3
    sites = []
    for word, unknown, telling in (("wrng", True, "sound"), ("knot", False, "gain")):
        start = text.encode().index(word.encode())
        proposals = []
        for repair in ("wrong", "wring", "not", "knob"):
            features = [draw.gauss(0, 1) for _ in names]
            right = repair == "wrong" and n_wrong > 0 or repair == "not" and n_wrong > 1
            features[names.index(telling)] += 5 * right
            proposals.append({{"start": start, "end": start + 4, "text": repair,
                              "features": features}})
        sites.append({{"start": start, "end": start + 4, "unknown": unknown, "wrong": 0.5,
                      "proposals": proposals}})
    print(json.dumps(sites), flush=True)
"""


def site(record, word, *repairs, until=None):
    """The place of `word`, or the gap before it; repairs (text[, start, end]), in characters."""
    text = record["text"]
    start = text.index(word)
    end = start + len(word) if until is None else until

    def to_bytes(at):
        return len(text[:at].encode())

    proposals = [{"text": repair, "start": to_bytes(place[0] if place else start),
                  "end": to_bytes(place[1] if place else end)} for repair, *place in repairs]
    return {"start": to_bytes(start), "end": to_bytes(end), "proposals": proposals}


def test_label_of_a_wrong_word():
    record = {"text": "Née, she go to schools.",
              "edits": [{"start": 9, "end": 11, "right": "goes"},
                        {"start": 15, "end": 22, "right": "school"}]}
    assert label_of(site(record, "go", ("went",), ("goes",)), record) == 2
    assert label_of(site(record, "go", ("went",)), record) is None
    assert label_of(site(record, "she", ("he",)), record) == 0
    assert label_of(site(record, "to", ("too",)), record) == 0
    assert label_of(site(record, "schools", ("school",), ("a school",)), record) == 1


def test_label_of_a_missing_and_an_extra_word():
    record = {"text": "We want go home.", "edits": [{"start": 8, "end": 8, "right": "to "}]}
    assert label_of(site(record, "go", ("to go",)), record) == 1
    assert label_of(site(record, "want", ("wants",)), record) == 0
    assert label_of(site(record, "home", ("homes",)), record) == 0
    record = {"text": "It is is so.", "edits": [{"start": 6, "end": 9, "right": ""}]}
    assert label_of(site(record, "is so", ("", 5, 8), until=8), record) == 1
    record = {"text": "The cat it self.", "edits": [{"start": 8, "end": 15, "right": "itself"}]}
    assert label_of(site(record, "self", ("elf",), ("itself", 8, 15)), record) == 2
    assert label_of(site(record, "cat", ("cats",)), record) == 0


def test_names_are_the_engine_s():
    assert NAMES[0] == "gain" and NAMES[-1] == "sound"
    assert len(NAMES) == len(set(NAMES)) > 20 and not set(NAMES) & set(SITE)


@pytest.fixture(scope="module")
def rank(stage, tmp_path_factory):
    """Runs the stage with a command instead of the engine: rank(script) gives the exit status and
    the path of what was written."""
    folder = tmp_path_factory.mktemp("ranking")
    model, errors, command = folder / "model", folder / "errors", folder / "features"
    model.mkdir()
    errors.mkdir()
    (model / "model.safetensors").write_text("")
    (model / "ranking.ini").write_text("")
    records = []
    for i in range(600):
        text = f"It is wrng and knot so, {i} times."
        edits = [{"start": 6, "end": 10, "right": "wrong"}, {"start": 15, "end": 19,
                                                             "right": "not"}]
        records.append({"text": text, "edits": edits[:i % 3]})
    (errors / "sentences.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))

    def run(script, *more):
        command.write_text(script.format(python=sys.executable, names=NAMES))
        command.chmod(0o755)
        (folder / "ranking.ini").unlink(missing_ok=True)
        return stage("ranking", model, "--errors", errors, "--features", command, "--out",
                     folder / "ranking.ini", *more), folder / "ranking.ini"
    return run


def test_fit(rank, capsys):
    status, path = rank(ENGINE, "--set", "rounds=1")
    assert status == 0
    assert "first right" in capsys.readouterr().out
    read = configparser.ConfigParser()
    read.read(path)
    assert read.sections() == list(GROUPS)
    for group, telling in (("known", "gain"), ("unknown", "sound")):
        weights = {name: float(value) for name, value in read[group].items()}
        assert list(weights) == [*NAMES, *SITE]
        best = max(NAMES, key=weights.get)
        assert best == telling and weights[best] > 2 * sorted(map(weights.get, NAMES))[-2]
        assert weights["keep"] > weights[best]  # with little of it a place is right as it is


def test_fewer_sentences_and_other_trouble(rank, capsys):
    assert rank(ENGINE, "--set", "rounds=1", "--set", "sentences=30")[0] == 0
    capsys.readouterr()
    status, path = rank("#!/bin/sh\nread -r line\n")
    assert status == 2 and "ended early" in capsys.readouterr().err
    assert not path.exists()
    both = '("wrng", True, "sound"), ("knot", False, "gain")'
    status, _ = rank(ENGINE.replace(both, '("knot", False, "gain"),'))
    assert status == 2 and "a word that is unknown" in capsys.readouterr().err
