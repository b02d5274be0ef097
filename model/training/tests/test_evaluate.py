# SPDX-License-Identifier: LGPL-2.1-or-later
"""evaluate: figures against figures computed here by hand, thresholds within their bounds."""
import json
import os
import random

import numpy
import pytest
import torch
from transformers import ElectraForTokenClassification

from training.evaluate import Settings
from training.measures import (Ranking, best_temperature, chance_wrong, f_score, gold_sets,
                               reliability, score_findings)
from training.text import CLS, KINDS, SEP, Encoder
from training.thresholds import (GRID, LEVELS, START, Findings, Search, by_kinds, effective,
                                 table_of_kinds, written)

with_proof = pytest.mark.skipif("PROOF" not in os.environ, reason="PROOF is not set")


@pytest.fixture(scope="module")
def judged(finetuned, gold, corrupted, stage, tmp_path_factory):
    """What `evaluate network` writes."""
    out = tmp_path_factory.mktemp("evaluate") / "network.json"
    assert stage("evaluate", "network", finetuned / "last", "--sets", gold, "--out", out, "--held",
                 corrupted, "--set", "precision=fp32") == 0
    return json.loads(out.read_text())


@pytest.fixture(scope="module")
def by_hand(finetuned, gold, vocabulary):
    """{set: [(chance with "teh" as a sure error, bad, of a sentence without error)]}, a word each:
    sentence by sentence through Transformers."""
    model = ElectraForTokenClassification.from_pretrained(finetuned / "last").eval()
    encoder, result = Encoder(vocabulary), {}
    for name, records in gold_sets(gold).items():
        words = result[name] = []
        for record in records:
            ids, types, spans, _ = encoder.encode([record["text"]])[0]
            with torch.no_grad():
                logits = model(input_ids=torch.tensor([[CLS, *ids, SEP]]),
                               token_type_ids=torch.tensor([[0, *types, 0]])).logits[0, 1:-1]
            pieces = 1 - torch.softmax(logits.double(), 1)[:, 0]
            for (start, end), bad in zip(record["tokens"], record["bad"]):
                chance = max(float(own) for own, (a, b) in zip(pieces, spans)
                             if a < end and b > start)
                if record["text"][start:end] == "teh" and chance > 0.02:
                    chance = 1.0
                words.append((chance, bad, not any(record["bad"])))
    return result


def counted(words, threshold):
    """(precision, recall, F0.5, false alarms per 1,000 words)."""
    right = sum(bad for chance, bad, _ in words if chance > threshold)
    found = sum(chance > threshold for chance, _, _ in words)
    wrong = sum(bad for _, bad, _ in words)
    precision, recall = right / max(1, found), right / max(1, wrong)
    score = 1.25 * precision * recall / (0.25 * precision + recall) if right else 0
    clean = [chance > threshold for chance, _, clean in words if clean]
    return precision, recall, score, 1000 * sum(clean) / len(clean)


def row(figures):
    return tuple(figures[name] for name in ("precision", "recall", "f05", "false_alarms"))


def test_network_at_the_common_threshold(judged, by_hand):
    assert judged["labels"] == list(KINDS) and judged["sets"].keys() == by_hand.keys()
    for name, words in by_hand.items():
        figures = judged["sets"][name]
        assert figures["words"] == len(words)
        assert row(figures["common"]) == pytest.approx(counted(words, judged["threshold"]))
    scores = {i / 100: counted(by_hand["errors"], i / 100)[2] for i in range(5, 100)}
    assert scores[judged["threshold"]] == max(scores.values()) > 0.5


def test_network_at_the_best_threshold(judged, by_hand):
    words, figures = by_hand["errors"], judged["sets"]["errors"]
    every = [counted(words, threshold) for threshold in
             sorted({chance for chance, _, _ in words} | {0.0})]
    assert figures["best"]["f05"] == pytest.approx(max(own[2] for own in every))
    assert figures["recall_at_precision"] == pytest.approx(
        max((own[1] for own in every if own[0] >= 0.65), default=0))
    for point in figures["curve"]:
        assert row(point) == pytest.approx(counted(words, point["threshold"]))
    assert figures["best"]["f05"] >= figures["alone"]["best"]["f05"]
    assert "best" not in judged["sets"]["clean"]


def test_ranking_by_brute_force():
    draw = numpy.random.default_rng(5)
    truths = (draw.random(400) < 0.2).astype(int)
    clean = numpy.where(truths, 0, draw.random(400) < 0.5).astype(bool)
    chances = numpy.round(numpy.clip(0.3 * truths + 0.7 * draw.random(400), 0, 1), 2)
    ranking = Ranking(chances, truths, clean)
    words = list(zip(chances, truths, clean))
    every = [counted(words, threshold) for threshold in (*numpy.unique(chances), -1)]
    for point in (*ranking.curve(), ranking.best(), ranking.at(0.3), ranking.at(chances[0])):
        assert row(point) == pytest.approx(counted(words, point["threshold"]))
    assert ranking.best()["f05"] == pytest.approx(max(own[2] for own in every))
    assert ranking.recall_at(0.65) == max(own[1] for own in every if own[0] >= 0.65)


def test_network_by_kind_source_and_example(judged, by_hand):
    figures, threshold = judged["sets"]["errors"], judged["threshold"]
    wrong = [chance for chance, bad, _ in by_hand["errors"] if bad]
    kinds = figures["kinds"]["word"]
    assert kinds["words"] == len(wrong) and kinds["found"] == sum(
        chance > threshold for chance in wrong) == sum(kinds["as"].values())
    found = figures["found_as"].values()
    assert sum(own["found"] for own in found) == sum(
        chance > threshold for chance, _, _ in by_hand["errors"])
    assert sum(own["right"] for own in found) == kinds["found"]
    assert figures["sources"].keys() == {"errors", "right"}
    for example in figures["examples"]["found"]:
        marks = [word for word in example["words"] if word["bad"] and word["found"]]
        assert {example["text"][mark["start"]:mark["end"]] for mark in marks} == {"teh"}
    held = judged["held"]
    assert held["tokens"] == sum(sum(own.values()) for own in held["confusion"].values())


def test_curve(finetuned, gold, stage, tmp_path):
    assert stage("evaluate", "curve", finetuned / "snapshots", "--sets", gold, "--out",
                 tmp_path / "curve.json", "--sample", 8, "--set", "threshold=0.4") == 0
    points = json.loads((tmp_path / "curve.json").read_text())
    assert [point["tokens"] for point in points] == [8000, 16000]
    for point in points:
        assert point["threshold"] == 0.4
        assert point["mean"] == pytest.approx(point["sets"]["errors"]["common"]["f05"])
        assert point["sets"]["clean"]["sentences"] == 8


def test_findings_by_hand():
    gold = [
        {"id": 1, "text": "He go home .", "tokens": [[0, 2], [3, 5], [6, 10], [11, 12]],
         "bad": [0, 1, 0, 0], "edits": [{"start": 3, "end": 5, "replacements": ["goes", "went"]}]},
        {"id": 2, "text": "I saw cat .", "tokens": [[0, 1], [2, 5], [6, 9], [10, 11]],
         "bad": [0, 0, 1, 0], "edits": [{"start": 6, "end": 6, "replacements": ["a"]}]},
        {"id": 3, "text": "All is well .", "tokens": [[0, 3], [4, 6], [7, 11], [12, 13]],
         "bad": [0, 0, 0, 0], "edits": []}]
    answers = [
        {"id": 3, "findings": [{"start": 4, "end": 11, "kind": "other", "rule": "r"}]},
        {"id": 2, "findings": [{"start": 6, "end": 6, "replacements": ["the", "a"], "kind": "d"}]},
        {"id": 1, "findings": [{"start": 3, "end": 5, "replacements": ["went"], "kind": "verb"},
                               {"start": 0, "end": 2, "kind": "verb"}]}]
    figures = score_findings(gold, answers)
    assert figures["precision"] == 2 / 5 and figures["recall"] == 1
    assert figures["f05"] == pytest.approx(1.25 * 0.4 / (0.25 * 0.4 + 1))
    assert figures["false_alarms"] == 1000 * 1 / 4
    assert figures["edits"] == 2 and figures["top1"] == 0.5 and figures["top5"] == 1
    assert figures["kinds"] == {"verb": {"findings": 2, "right": 1, "alarms": 0},
                                "d": {"findings": 1, "right": 1, "alarms": 0},
                                "other": {"findings": 1, "right": 0, "alarms": 1}}
    assert figures["rules"] == {"r": {"findings": 1, "right": 0, "alarms": 1}}
    assert score_findings(gold[2:], answers)["f05"] is None
    with pytest.raises(ValueError, match="no findings for sentence 2"):
        score_findings(gold, answers[:1] + answers[2:])


def test_calibration():
    draw = numpy.random.default_rng(1)
    logits = draw.normal(0, 2, (20000, 1)) * numpy.array([[-0.5, 0.5]])
    truths = (draw.random(20000) < chance_wrong(logits)).astype(int)
    weights = numpy.ones(20000)
    assert best_temperature(3 * logits, truths, weights) == pytest.approx(3, rel=0.1)
    calm = reliability(chance_wrong(logits), truths, weights)
    sure = reliability(chance_wrong(3 * logits), truths, weights)
    assert calm["ece"] < 0.02 < sure["ece"] and calm["nll"] < sure["nll"]
    assert sum(own["words"] for own in calm["bins"]) == 20000
    empty = Ranking(numpy.zeros(0), numpy.zeros(0, int), numpy.zeros(0, bool))
    assert empty.best()["f05"] == 0 and empty.curve() == []


def made_up_findings(name, sentences, bad_share, seed):
    """(gold, answers): of ten words one may be bad; findings are likelier there, and surer."""
    chooser = random.Random(seed)
    gold, answers = [], []
    for number in range(sentences):
        words = [chooser.choice(("go", "cat", "Mary")) for _ in range(10)]
        text, tokens = " ".join(words), []
        for word in words:
            start = tokens[-1][1] + 1 if tokens else 0
            tokens.append([start, start + len(word)])
        place = chooser.randrange(10) if chooser.random() < bad_share else -1
        found = []
        for i, (start, end) in enumerate(tokens):
            if chooser.random() < (0.9 if i == place else 0.12):
                sure = chooser.betavariate(5, 2) if i == place else chooser.betavariate(2, 3)
                rule = chooser.choices(("grammar/model", "spelling/unknown", "grammar/rule"),
                                       (12, 6, 1))[0]
                found.append({"start": start, "end": end, "rule": rule,
                              "kind": chooser.choice(("agreement", "determiner")),
                              "confidence": 0.3 + 0.7 * sure, "scores": [4 * sure]})
        bad = [int(i == place) for i in range(10)]
        gold.append({"id": f"{name}-{number}", "text": text, "tokens": tokens, "bad": bad,
                     "edits": []})
        answers.append({"id": f"{name}-{number}", "findings": found})
    return gold, answers


def test_thresholds_obey_their_bounds():
    sets = {name: Findings(*made_up_findings(name, 120, share, seed), name)
            for name, share, seed in (("essays", 0.7, 1), ("corrections", 0.5, 2),
                                      ("clean", 0.0, 3))}
    settings = Settings(careful=10.0, default=12.0, thorough=16.0, corrected=14.0,
                        most_unknown=1.0)
    unbounded = Search(sets, "default", Settings(default=1e9, corrected=1e9)).run(START)
    assert sets["clean"].figures(unbounded)["false_alarms"] > 12
    assert unbounded["unknown"] <= Settings().most_unknown
    levels = {"default": Search(sets, "default", settings).run(START)}
    for level, side in ("careful", 1), ("thorough", -1):
        levels[level] = Search(sets, level, settings, levels["default"], side).run(
            levels["default"])
    for level in LEVELS:
        assert sets["clean"].figures(levels[level])["false_alarms"] <= getattr(settings, level)
    assert sets["corrections"].figures(levels["default"])["false_alarms"] <= 14
    for lower, higher in (("thorough", "default"), ("default", "careful")):
        assert all(levels[lower][key] <= levels[higher][key] for key in GRID)
        assert all(effective(levels[lower], kind) <= effective(levels[higher], kind)
                   for kind in KINDS)
        kept = [sets["essays"].kept(levels[level]) for level in (lower, higher)]
        assert not (kept[1] & ~kept[0]).any()
    text = written(levels)
    for level in LEVELS:
        own = dict(line.split("=") for line in
                   text.split(f"[{level}]\n")[1].split("\n\n")[0].splitlines())
        assert {key: float(value) for key, value in own.items()
                if key not in ("look", "unrepaired")} == pytest.approx(levels[level])
        assert set(own) >= {"look", "unrepaired"}
    with pytest.raises(ValueError, match="no thresholds keep false alarms to 0.01 on clean"):
        Search(sets, "careful", Settings(careful=0.01)).run(START)


def test_thresholds_decide_by_hand():
    text = "Teh cat go home"
    gold = [{"id": 1, "text": text, "tokens": [[0, 3], [4, 7], [8, 10], [11, 15]],
             "bad": [1, 0, 1, 0], "edits": []}]
    found = [{"start": 0, "end": 3, "rule": "spelling/unknown", "kind": "spelling",
              "confidence": 0.9, "scores": []},
             {"start": 4, "end": 7, "rule": "grammar/model", "kind": "determiner",
              "confidence": 0.62, "scores": [0.2]},
             {"start": 8, "end": 10, "rule": "grammar/model", "kind": "agreement",
              "confidence": 0.7, "scores": [2.0]}]
    one = Findings(gold, [{"id": 1, "findings": found}], "one")
    start = {**START, "unknown-name": 0.6, "report": 0.65}
    for changed, kept in (({}, [1, 0, 1]), ({"report": 0.6}, [1, 1, 1]),
                          ({"report": 0.8}, [1, 0, 0]),
                          ({"unknown-name": 0.85}, [0, 0, 1]),
                          ({"report-determiner": 0.5}, [1, 1, 1]),
                          ({"report-agreement": 0.9}, [1, 0, 0])):
        assert one.kept({**start, **changed}).tolist() == [bool(own) for own in kept]
    assert one.figures(start)["f05"] == 1 and one.figures(start)["false_alarms"] is None
    assert one.figures({**start, "report": 0.6})["precision"] == pytest.approx(2 / 3)
    assert f_score(0.5, 0.25, 1.0) == pytest.approx(1 / 3)
    kinds = by_kinds({"one": gold}, {"one": [{"findings": found}]}, {"one": one}, start)
    assert set(kinds) == {"spelling", "agreement"} and kinds["agreement"]["precision"] == 1
    assert "| agreement | 0 | 1.000 / - |" in table_of_kinds({"thorough": kinds})


@with_proof
def test_product(finetuned, gold, stage, tmp_path):
    assert stage("export", finetuned / "last", tmp_path / "model") == 0
    words = ["--sets", gold, "--proof", os.environ["PROOF"], "--set", "jobs=1", "--work",
             tmp_path / "work"]
    loose = [word for name in ("careful", "default", "thorough", "corrected")
             for word in ("--set", f"{name}=1000")]
    assert stage("evaluate", "levels", tmp_path / "model", *words, *loose,
                 "--out", tmp_path / "model" / "levels.ini") == 0
    assert stage("evaluate", "product", tmp_path / "model", *words, "--hunspell",
                 "--out", tmp_path / "product.json",
                 "--findings", f"again={tmp_path / 'work' / 'findings-default'}") == 0
    systems = json.loads((tmp_path / "product.json").read_text())["systems"]
    fitted = json.loads((tmp_path / "model" / "levels.json").read_text())["figures"]["default"]
    assert systems["again"] == systems["proofd"]
    assert systems["Hunspell"]["errors"]["recall"] == 1
    assert systems["Hunspell"]["clean"]["precision"] is None
    for name in "precision", "recall":  # the service decides as thresholds.py does
        assert systems["proofd"]["errors"][name] == pytest.approx(fitted["errors"][name])
    assert systems["proofd"]["errors"]["recall"] > 0.9
    kept = (tmp_path / "work" / "findings-default" / "errors.jsonl").read_text()
    gold_ids = [record["id"] for record in gold_sets(gold)["errors"]]
    assert [json.loads(line)["id"] for line in kept.splitlines()] == gold_ids


def test_refusals(finetuned, gold, stage, tmp_path, capsys):
    out = ("--out", tmp_path / "out.json")
    (tmp_path / "broken.jsonl").write_text('{"id": 1}\n')
    (tmp_path / "empty").mkdir()
    for words, named in (
            (("network", finetuned / "last", "--sets", tmp_path), "not a gold sentence"),
            (("network", finetuned / "last", "--sets", tmp_path / "empty"), "no file *.jsonl"),
            (("network", tmp_path, "--sets", gold), "config.json"),
            (("curve", finetuned, "--sets", gold), "a number of tokens"),
            (("product", tmp_path, "--sets", gold, "--proof", "/bin/true"), "model.safetensors"),
            (("product", finetuned / "last", "--sets", gold, "--proof", "/none"), "/none")):
        assert stage("evaluate", *words, *out) == 2, words
        assert named in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
