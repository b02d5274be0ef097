# SPDX-License-Identifier: LGPL-2.1-or-later
"""finetune: what it learns, resuming, refusals, snapshots, learning from a teacher."""
import json

import numpy
import pytest
import torch
from transformers import ElectraForTokenClassification

from training.finetune import Settings, distance, loss_of, measure
from training.loop import Batches, rate_factor
from training.networks import discriminator_from, read_tensors, save, small_discriminator
from training.text import KINDS

WORDS = "electra.embeddings.word_embeddings.weight"


def log_of(folder, name):
    """(the values of `name`, in order)."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [line[name] for line in lines if name in line]


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def test_it_learns(finetuned):
    losses, dev = log_of(finetuned, "loss"), log_of(finetuned, "dev")
    assert numpy.mean(losses[-3:]) < 0.6 * losses[0]
    assert len(dev) == 2 and dev[1]["loss"] < dev[0]["loss"]
    assert all(0 <= figures[name] <= 1 for figures in dev for name in ("f", "precision", "recall"))
    assert dev[-1]["kinds"].keys() <= set(KINDS)


def test_weights_that_are_written(finetuned, small):
    for folder in (finetuned / "best", finetuned / "last", finetuned / "snapshots" / "8000",
                   finetuned / "snapshots" / "16000"):
        model = ElectraForTokenClassification.from_pretrained(folder)
        assert [model.config.id2label[i] for i in range(len(KINDS))] == list(KINDS)
        assert (folder / "vocab.txt").read_bytes() == (small / "vocab.txt").read_bytes()
    assert len({weights(finetuned / name) for name in (
        "last", "snapshots/8000", "snapshots/16000")}) == 3
    before, after = (read_tensors(folder / "model.safetensors")
                     for folder in (small, finetuned / "last"))
    assert torch.equal(before[WORDS], after[WORDS])  # frozen, and exact in spite of bfloat16
    assert not torch.equal(before["classifier.weight"], after["classifier.weight"])


def test_resumed_is_uninterrupted(finetune_into, tmp_path):
    words = ["--set", "tokens=5000", "--set", "dropout=0.1"]
    assert finetune_into(tmp_path / "whole", *words) == 0
    for _ in range(3):  # one step each
        assert finetune_into(tmp_path / "parts", *words, "--set", "minutes=1e-9") == 0
    assert log_of(tmp_path / "parts", "loss") == []
    assert finetune_into(tmp_path / "parts", *words) == 0
    assert log_of(tmp_path / "parts", "loss") == log_of(tmp_path / "whole", "loss") != []
    assert weights(tmp_path / "parts" / "last") == weights(tmp_path / "whole" / "last")


def test_lines_after_the_checkpoint_are_written_anew(finetune_into, tmp_path):
    words = ["--set", "tokens=1500", "--set", "log_steps=1"]
    assert finetune_into(tmp_path, *words) == 0
    steps = log_of(tmp_path, "step")
    with open(tmp_path / "log.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"step": steps[-1] + 1, "tokens": 9999, "loss": 0}) + '\n{"step"')
    assert finetune_into(tmp_path, "--set", "tokens=3000", "--set", "log_steps=1") == 0
    assert log_of(tmp_path, "step") == list(range(1, len(log_of(tmp_path, "step")) + 1))
    assert len(log_of(tmp_path, "step")) > len(steps) + 1 and 0 not in log_of(tmp_path, "loss")


def test_refusals(finetune_into, prepared, stage, small, tmp_path, capsys):
    short = ("--set", "tokens=600")
    assert finetune_into(tmp_path / "out", *short) == 0
    for words, named in ((("--set", "wrong_weight=3"), "wrong_weight = 1.0"),
                         (("--set", "seed=2"), "seed = 1"),
                         (("--train", prepared / "train"), "there are no labels")):
        assert finetune_into(tmp_path / "out", *short, *words) == 2
        assert named in capsys.readouterr().err
    for value, named in (("schedule=none", "schedule is 'none'"), ("tokens=0", "tokens is 0"),
                         ("tokens=many", "tokens is 'many'"), ("rate=1", "no setting rate")):
        assert finetune_into(tmp_path / "other", "--set", value) == 2
        assert named in capsys.readouterr().err
    assert stage("finetune", "--train", tmp_path / "none", "--start", small,
                 "--out", tmp_path / "other") == 2
    assert "none" in capsys.readouterr().err


def test_teacher(finetune_into, small, vocabulary, tmp_path):
    teacher = discriminator_from(small)
    with torch.no_grad():  # one that contradicts the labels
        teacher.classifier.bias[KINDS.index("pronoun")] += 4
    save(teacher, vocabulary, tmp_path / "teacher")
    distances = {}
    for weight in "0", "1":
        out = tmp_path / f"out{weight}"
        assert finetune_into(out, "--set", "tokens=6000", "--set", "learning_rate=1e-2",
                             "--set", f"distil_weight={weight}", "--set", "ema=0",
                             "--set", f"teacher={tmp_path / 'teacher'}") == 0
        distances[weight] = log_of(out, "distance")
    assert distances["1"][-1] < 0.5 * distances["1"][0]
    assert distances["0"][-1] > 4 * distances["1"][-1]


def test_loss_by_hand():
    logits = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    labels = torch.tensor([0, 2])
    chances = torch.softmax(logits, 1)
    right, wrong = -chances[0, 0].log(), -chances[1, 2].log()
    assert loss_of(logits, labels, Settings()) == pytest.approx(float(right + wrong) / 2)
    assert loss_of(logits, labels, Settings(wrong_weight=3.0)) == pytest.approx(
        float(right + 3 * wrong) / 4)
    focal = (1 - chances[0, 0]) ** 2 * right + (1 - chances[1, 2]) ** 2 * wrong
    assert loss_of(logits, labels, Settings(focal=2.0)) == pytest.approx(float(focal) / 2)
    assert distance(logits, logits, 2.0) == pytest.approx(0.0, abs=1e-6)
    assert distance(logits, logits.flip(1), 2.0) > 0.01


def test_measure_by_brute_force():
    draw = numpy.random.default_rng(4)
    labels = draw.integers(0, 3, 300) * (draw.random(300) < 0.4)
    chances = numpy.round(numpy.clip(0.3 * (labels > 0) + 0.6 * draw.random(300), 0, 1), 2)
    scores = {}
    for threshold in numpy.unique(chances):
        found, wrong = chances >= threshold, labels > 0
        right = (found & wrong).sum()
        precision, recall = right / found.sum(), right / wrong.sum()
        scores[threshold] = 1.25 * precision * recall / max(1e-9, 0.25 * precision + recall)
    figures = measure(chances, labels)
    assert figures["f"] == pytest.approx(max(scores.values()), abs=1e-5)
    assert scores[figures["threshold"]] == max(scores.values())
    assert figures["kinds"][KINDS[2]] == pytest.approx(
        (chances[labels == 2] >= figures["threshold"]).mean(), abs=1e-4)


def test_schedule():
    linear = Settings(tokens=1000, warmup=0.1, final_lr_share=0.2)
    assert [rate_factor(linear, tokens) for tokens in (0, 50, 100, 550, 1000, 2000)] == \
        pytest.approx([0, 0.5, 1, 0.6, 0.2, 0.2])
    assert rate_factor(Settings(tokens=1000, warmup=0.0, schedule="cosine"), 500) == \
        pytest.approx(0.5)
    assert rate_factor(Settings(tokens=1000, schedule="constant"), 900) == 1


def test_batches_have_each_sentence_once(corrupted, prepared):
    folders = [corrupted, prepared / "train"]
    batches = Batches(folders, 512, seed=3)
    epochs = [list(batches.epoch(number)) for number in (0, 1)]
    for epoch in epochs:
        assert sorted(numpy.concatenate(epoch)) == batches.used.tolist()
        assert all(len(index) == 1 or len(index) * (batches.lengths[index].max() + 2) <= 512
                   for index in epoch)
    assert [list(index) for index in epochs[0]] != [list(index) for index in epochs[1]]
    skipped = list(batches.epoch(0, 7))
    assert [list(index) for index in skipped] == [list(index) for index in epochs[0][7:]]
    last = batches.collate(numpy.array([len(batches.lengths) - 1, 0]), "cpu")
    for row, (part, i) in enumerate(((1, -1), (0, 0))):
        arrays = batches.parts[part]
        ids = arrays[len(arrays) + i if i < 0 else i][0].tolist()
        assert last["ids"][row][last["mask"][row] > 0].tolist() == [101, *ids, 102]
        assert not last["ids"][row][last["mask"][row] == 0].any()


def test_start_from_other_labels_takes_the_encoder(small, vocabulary, tmp_path):
    save(small_discriminator(layers=2, hidden=32, heads=2, intermediate=64, embedding=32, seed=9,
                             labels=("O", "wrong")), vocabulary, tmp_path / "two")
    model = discriminator_from(tmp_path / "two")
    assert model.classifier.out_features == len(KINDS)
    given = read_tensors(tmp_path / "two" / "model.safetensors")
    assert torch.equal(model.electra.encoder.layer[1].output.dense.weight,
                       given["electra.encoder.layer.1.output.dense.weight"])
    whole = discriminator_from(small)
    assert torch.equal(whole.classifier.weight,
                       read_tensors(small / "model.safetensors")["classifier.weight"])
