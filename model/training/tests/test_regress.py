# SPDX-License-Identifier: LGPL-2.1-or-later
"""regress: figures by hand, and what it says of a `proof` that became worse, with a made-up
command that finds the words of a table."""
import json
import subprocess
import sys

import pytest
from conftest import MODEL, gold_record

from training.measures import edit_outcomes
from training.regress import LARGEST, OUTCOMES, worse_figures
from training.sorts import by_kind, by_sort, kind_of_edit, known_words, sort_of

FINDER = """#!{python}
import json, sys
table = {table}
assert sys.argv[1] != "batch" or "--level=default" in sys.argv
for line in sys.stdin:
    record, found, at = json.loads(line), [], 0
    for word in record["text"].split():
        at = record["text"].index(word, at)
        if word in table:
            found.append(dict(start=at, end=at + len(word), replacements=table[word]{more}))
        at += len(word)
    print(json.dumps(dict(id=record["id"], findings=found)))
"""
GOOD = {"teh": ["the", "ten"], "go": ["went", "goes"], "loose": ["lose"]}


def sets_of(folder):
    """Two gold sets: four wrong words in three sentences and a right one; two clean ones."""
    sets = {"corrections": [
        gold_record("fix", 0, "She saw teh cat", (2,), "the"),
        gold_record("fix", 1, "They loose time here", (1,), "lose"),
        {"id": "fix-2", "text": "She go home to thier", "bad": [0, 1, 0, 0, 1],
         "tokens": [[0, 3], [4, 6], [7, 11], [12, 14], [15, 20]], "kinds": ["article", "case"],
         "edits": [{"start": 4, "end": 6, "replacements": ["goes"]},
                   {"start": 15, "end": 20, "replacements": ["them", "theirs"]}]},
        gold_record("fix", 3, "All of this is right")],
        "clean": [gold_record("clean", i, text) for i, text in
                  enumerate(("We go there every day", "Nothing is wrong in here"))]}
    folder.mkdir()
    for name, records in sets.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    return sets


@pytest.fixture
def regress(stage, tmp_path):
    """regress(WORDS, ARGUMENT...): with a `proof` that finds these words; gives the status."""
    sets_of(tmp_path / "sets")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "model.safetensors").touch()

    def run(words, *more):
        proof = tmp_path / "proof"
        proof.write_text(FINDER.format(python=sys.executable, table=words,
                                       more=', kind="spelling"'))
        proof.chmod(0o755)
        arguments = {"--sets": tmp_path / "sets", "--table": tmp_path / "table.json", "--proof":
                     proof, "--model": tmp_path / "en", "--work": tmp_path / "work"}
        return stage("regress", *(word for pair in arguments.items() for word in pair), *more)
    return run


def test_figures_and_table(regress, tmp_path, capsys):
    assert regress(GOOD, "--no-peers", "--update") == 0
    printed = capsys.readouterr().out
    table = json.loads((tmp_path / "table.json").read_text())
    own = table["systems"]["proofd"]
    row = own["sets"]["corrections"]
    assert (row["precision"], row["recall"], row["false_alarms"]) == (1, 0.75, 0)
    assert (row["edits"], row["found"], row["top1"], row["top5"]) == (4, 3, 0.5, 0.75)
    assert (row["found_top1"], row["found_top5"]) == (0.6667, 1)
    assert own["sets"]["clean"]["false_alarms"] == 100 and own["sets"]["clean"]["f05"] is None
    assert own["sets"]["all with edits"] == row
    assert own["sorts"]["non-word"] == {"edits": 2, "found": 1, "top1": 0.5, "top5": 0.5,
                                        "found_top1": 1, "found_top5": 1}
    assert own["sorts"]["real-word"]["found_top1"] == 0.5
    assert own["kinds"]["spelling"] == {"precision": 1, "recall": 0.5, "f05": 0.8333, "edits": 2,
                                        "findings": 3}
    assert own["kinds"]["agreement"]["recall"] == 1
    assert own["kinds"]["agreement"]["precision"] is None
    meaning = {code: key for key, code in OUTCOMES.items()}
    assert [meaning[code] for code in table["outcomes"]["corrections"][0]] == \
        [(0, 0, 2), (0, 0, 2), (1, 0, 1), (0, 0, 0)]
    assert [meaning[code] for code in table["outcomes"]["clean"][0]] == [(0, 1, 0), (0, 0, 0)]
    lines = [line.split() for line in printed.splitlines()]
    assert ["proofd", "corrections", "1.000", "0.750", "0.938", "0.00", "0.500", "0.750", "0.667",
            "1.000"] in lines
    assert any(line[:1] == ["clean"] and line[-4:] == ["100.000", "4.000", "not", "yet"]
               for line in lines)
    assert any(line[:1] == ["corrections"] and line[-2:] == ["0.500", "0.450"] for line in lines)


def test_unchanged_and_better(regress, capsys):
    assert regress(GOOD, "--no-peers", "--update") == 0
    assert regress(GOOD, "--no-peers") == 0
    assert "0 sentences became worse, 0 better" in capsys.readouterr().out
    assert regress({**GOOD, "thier": ["theirs"]}, "--no-peers") == 0
    assert "0 sentences became worse, 1 better" in capsys.readouterr().out


def test_worse(regress, tmp_path, capsys):
    assert regress(GOOD, "--no-peers", "--update") == 0
    before = (tmp_path / "table.json").read_text()
    capsys.readouterr()
    worse = {**GOOD, "loose": ["loss", "lose"], "every": ["each"], "thier": ["their"]}
    assert regress(worse, "--no-peers") == 1
    printed = capsys.readouterr().out
    assert "corrections: top1 was 0.5, is 0.25" in printed
    assert "clean: false_alarms was 100.0, is 200.0" in printed
    assert "real-word: top1 was 0.5, is 0" in printed
    assert "corrections: f05" not in printed
    assert ('corrections fix-1: repairs 2, now 1\n    They loose time here\n'
            '    marked: "loose" -> "loss", "lose"\n    wanted: "loose" -> "lose"') in printed
    assert 'clean clean-0: false 1, now 2' in printed and "wanted: nothing" in printed
    assert "2 sentences became worse, 1 better" in printed
    assert (tmp_path / "work" / "worse.txt").read_text().count("marked:") == 2
    assert (tmp_path / "table.json").read_text() == before
    assert regress(worse, "--no-peers", "--update") == 0 == regress(worse, "--no-peers")


def test_only_the_same_is_compared(regress, tmp_path, capsys):
    assert regress(GOOD, "--no-peers") == 0
    assert "nothing is compared" in capsys.readouterr().err
    assert regress(GOOD, "--no-peers", "--update") == 0
    assert regress({}, "--no-peers", "--sample", 1) == 0
    assert "made with --sample 0, so nothing is compared" in capsys.readouterr().err
    gold = tmp_path / "sets" / "clean.jsonl"
    gold.write_text(gold.read_text().replace("wrong", "false"))
    assert regress(GOOD, "--no-peers") == 2
    assert "made from other gold sets (clean)" in capsys.readouterr().err
    assert regress(GOOD, "--no-peers", "--update") == 0 == regress(GOOD, "--no-peers")
    assert regress(GOOD, "--sets", tmp_path / "none") == 2
    assert "--sets DIR says where" in capsys.readouterr().err


def test_peers(regress, tmp_path, monkeypatch, capsys):
    harper = tmp_path / "harper"
    harper.mkdir()
    for name in "harper.mjs", "package-lock.json":
        (harper / name).touch()
    node = harper / "node"
    node.write_text(FINDER.format(python=sys.executable, table={"go": ["goes"]}, more=""))
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(harper), prepend=":")
    assert regress(GOOD, "--update", "--harper", harper, "--jobs", 3) == 0
    systems = json.loads((tmp_path / "table.json").read_text())["systems"]
    assert list(systems) == ["proofd", "Hunspell", "Harper"]
    assert systems["Hunspell"]["sets"]["corrections"]["recall"] == 0.5
    assert systems["Hunspell"]["sorts"]["non-word"]["found"] == 2
    assert systems["Harper"]["sets"]["corrections"]["top1"] == 0.25
    assert systems["Harper"]["kinds"]["agreement"]["precision"] == 1
    kept = (tmp_path / "work" / "whole" / "harper" / "corrections.jsonl").read_text()
    assert [json.loads(line)["id"] for line in kept.splitlines()] == [
        f"fix-{i}" for i in range(4)]
    node.write_text("#!/bin/false\n")  # its findings are kept
    assert regress(GOOD, "--harper", harper) == 0
    assert "Harper" in capsys.readouterr().out
    assert regress({"teh": ["the"]}, "--no-peers", "--update") == 0
    after = json.loads((tmp_path / "table.json").read_text())["systems"]
    assert after["Harper"] == systems["Harper"] and after["proofd"] != systems["proofd"]
    (harper / "harper.mjs").write_text("another")
    assert regress(GOOD, "--harper", harper) == 2
    assert "harper.mjs: status 1" in capsys.readouterr().err


def test_kinds_and_sorts_by_hand():
    def edit(text, wrong, right, **more):
        start = text.index(wrong)
        return {"text": text}, {"start": start, "end": start + len(wrong), "replacements": [right],
                                **more}

    known = {"She", "go", "goes", "their", "there", "don't"}
    record, own = edit("She go home", "go", "goes")
    assert kind_of_edit(record, own, known) == "agreement"
    assert kind_of_edit(record, own, ()) == "spelling"
    assert kind_of_edit({**record, "kinds": ["confusion"]}, own, known) == "confused-word"
    assert kind_of_edit({**record, "kinds": ["verb form"]}, own, known) == "agreement"
    assert kind_of_edit({**record, "kinds": ["comma", "article"]}, own, known) == "agreement"
    assert kind_of_edit(record, {**own, "kind": "doubled word"}, known) == "extra-word"
    assert sort_of(record["text"], own, known) == "real-word"
    for text, wrong, right, sort in (("thier", "thier", "their", "non-word"),
                                     ("a part", "a part", "apart", None),
                                     ("don’t", "don’t", "go", "real-word"),
                                     ("go", "go", "gone", None)):
        record, own = edit(text, wrong, right)
        assert sort_of(text, own, known) == sort
    assert known_words({"one": [gold_record("one", 0, "The teh don’t", (1,), "the")]}) == {
        "The", "the", "don't"}


def test_no_edits():
    gold = [gold_record("clean", 0, "All is well")]
    assert by_kind(gold, [[]], set()) == {}
    assert by_sort(gold, [[]], set())["non-word"]["top1"] is None


def test_places_found():
    text = "We saw it last year"
    record = {"text": text, "tokens": [[0, 2], [3, 6], [7, 9], [10, 14], [15, 19]],
              "edits": [{"start": 19, "end": 19, "replacements": ["."]},
                        {"start": 3, "end": 6, "replacements": ["see"]}]}
    last, first = edit_outcomes(record, [{"start": 15, "end": 19, "replacements": ["year."]}])
    assert last == {"found": True, "top1": True, "top5": True}
    assert first == {"found": False, "top1": False, "top5": False}
    _, first = edit_outcomes(record, [{"start": 0, "end": 6, "replacements": ["I saw"]}])
    assert first == {"found": True, "top1": False, "top5": False}


def test_outcomes_are_distinct():
    assert len(set(OUTCOMES.values())) == len(OUTCOMES) == 80
    assert OUTCOMES[0, 0, 0] == "." and LARGEST in OUTCOMES


def test_tolerance():
    def system(top1, alarms):
        return {"sets": {"one": {"top1": top1, "false_alarms": alarms, "recall": 0.5}},
                "sorts": {}}

    assert worse_figures(system(0.5, 4.0), system(0.498, 4.1)) == []
    assert worse_figures(system(0.5, 4.0), system(0.4979, 4.0)) == [
        "one: top1 was 0.5, is 0.4979"]
    assert worse_figures(system(0.5, 4.0), system(0.6, 4.2)) == [
        "one: false_alarms was 4.0, is 4.2"]
    assert worse_figures(system(0.5, 4.0), {"sets": {}, "sorts": {}}) == [
        "one: top1 was 0.5, is none", "one: false_alarms was 4.0, is none"]


def test_needs_numpy_alone():
    blocked = "import sys; sys.modules.update(torch=None, transformers=None, tqdm=None); "
    subprocess.run([sys.executable, "-c", blocked + "import training.regress"], cwd=MODEL,
                   check=True)
