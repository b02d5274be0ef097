# SPDX-License-Identifier: LGPL-2.1-or-later
"""pretrain and diversity: both objectives, resuming, what is written, measures by hand."""
import json
import math

import numpy
import pytest
import torch
from transformers import ElectraForMaskedLM, ElectraForPreTraining

from training.diversity import Tally, bleu, readable
from training.pretrain import Pretraining, Settings
from training.replaced import draw, inside, masked_places, seeded
from training.text import CLS, PAD, SEP

MEASURES = {"perplexity", "restored", "restored_sample", "fooled", "entropy", "mutual_information",
            "self_bleu", "distinct", "distinct_text", "temperature", "tokens", "objective",
            "samples"}
ADVERSARIAL = ("--set", "objective=adversarial", "--set", "adversarial_after=1500")


def lines_of(folder, name="log.jsonl"):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def values(folder, name):
    return [line[name] for line in lines_of(folder) if name in line]


def weights(folder):
    return [(folder / name / "model.safetensors").read_bytes()
            for name in ("generator", "discriminator")]


def test_maximum_likelihood_learns(pretrained):
    for name in "mlm", "rtd":
        losses = values(pretrained, name)
        assert numpy.mean(losses[-3:]) < 0.9 * losses[0], name
    dev = values(pretrained, "dev")
    assert len(dev) == 4 and dev[3]["mlm"] < dev[0]["mlm"]
    assert all(0 <= dev[3][name] <= 1 for name in ("restored", "precision", "recall"))


def test_networks_that_are_written(pretrained, vocabulary):
    for folder in pretrained, pretrained / "snapshots" / "4000":
        generator = ElectraForMaskedLM.from_pretrained(folder / "generator")
        discriminator = ElectraForPreTraining.from_pretrained(folder / "discriminator")
        words = generator.electra.embeddings.word_embeddings.weight
        assert torch.equal(words, discriminator.electra.embeddings.word_embeddings.weight)
        assert torch.equal(words, generator.generator_lm_head.weight)
        assert (folder / "generator" / "vocab.txt").read_bytes() == vocabulary.read_bytes()
    assert weights(pretrained) != weights(pretrained / "snapshots" / "4000")


def test_measures_of_diversity(pretrained):
    lines = lines_of(pretrained, "diversity.jsonl")
    assert [line["temperature"] for line in lines] == [0.7, 1.3] * 2
    assert lines[0]["tokens"] >= 4000 and lines[2]["tokens"] >= 16000
    for line in lines:
        assert line.keys() == MEASURES and line["objective"] == "maximum-likelihood"
        assert line["mutual_information"] >= 0 and 0 <= line["self_bleu"] <= 1
        assert line["samples"] and all("[" in sample for sample in line["samples"])
        assert len(line["distinct"]) == 3 and max(line["distinct"]) <= 1
    for cold, hot in zip(lines[::2], lines[1::2]):
        assert cold["entropy"] < hot["entropy"]
    assert lines[2]["perplexity"] < lines[0]["perplexity"]


def test_the_stage_measures_the_same(pretrained, prepared, stage, capsys):
    assert stage("diversity", pretrained, "--dev", prepared / "held", "--sentences", 12,
                 "--temperature", 0.7, 1.3) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    written = lines_of(pretrained, "diversity.jsonl")[2:]
    for own, other in zip(printed, written, strict=True):
        assert own == {name: other[name] for name in own}


@pytest.mark.parametrize("words", [(), ADVERSARIAL, (*ADVERSARIAL, "--set", "updates=alternating")],
                         ids=["likelihood", "adversarial", "alternating"])
def test_resumed_is_uninterrupted(pretrain_into, tmp_path, words):
    words = [*words, "--set", "tokens=3000"]
    assert pretrain_into(tmp_path / "whole", *words) == 0
    assert pretrain_into(tmp_path / "parts", *words, "--set", "minutes=1e-9") == 0
    assert not (tmp_path / "parts" / "diversity.jsonl").read_text()
    for _ in range(4):
        assert pretrain_into(tmp_path / "parts", *words, "--set", "minutes=1e-9") == 0
    assert pretrain_into(tmp_path / "parts", *words) == 0
    assert weights(tmp_path / "parts") == weights(tmp_path / "whole")
    assert (tmp_path / "parts" / "diversity.jsonl").read_text() == \
        (tmp_path / "whole" / "diversity.jsonl").read_text() != ""
    rewards = [line for line in lines_of(tmp_path / "whole") if "reward" in line]
    assert bool(rewards) == bool(words[:-2])
    assert all(line["tokens"] > 1500 and line["reward"] < 0 for line in rewards)


def test_other_settings_are_refused(pretrain_into, prepared, stage, tmp_path, capsys):
    assert pretrain_into(tmp_path, "--set", "tokens=500") == 0
    assert pretrain_into(tmp_path, "--set", "tokens=500", "--set", "mask_share=0.2") == 2
    assert "mask_share = 0.15" in capsys.readouterr().err
    for value, named in (("objective=both", "objective is 'both'"), ("mask_share=1", "mask_share"),
                         ("generator_width=33", "33 is not a multiple of 32"),
                         ("generator_steps=0", "generator_steps")):
        assert pretrain_into(tmp_path / "other", "--set", value) == 2
        assert named in capsys.readouterr().err
    assert stage("pretrain", "--train", prepared / "train", "--dev", prepared / "held",
                 "--out", tmp_path / "other") == 2
    assert "--vocabulary" in capsys.readouterr().err


@pytest.mark.parametrize("reward", ["original", "loss"])
def test_reinforce_by_hand(vocabulary, reward):
    settings = Settings(layers=1, width=32, heads=2, generator_layers=1, generator_width=32,
                        objective="adversarial", reward=reward, device="cpu")
    pretraining = Pretraining("", vocabulary, settings)
    logits = torch.tensor([[1.0, 0.0, 2.0], [0.5, 0.0, 0.0]], requires_grad=True)
    drawn, restored = torch.tensor([2, 1]), torch.tensor([False, True])
    judged = torch.tensor([-3.0, 2.0])
    loss, mean = pretraining.adversarial_loss(logits, drawn, restored, judged, torch.tensor(9.0))
    original = [math.log(1 / (1 + math.exp(-3))), math.log(1 / (1 + math.exp(2)))]
    said = original if reward == "original" else [-math.log(1 / (1 + math.exp(3))), -original[1]]
    chances = torch.softmax(logits.detach(), 1)
    middle = sum(said) / 2
    assert mean == pytest.approx(middle, abs=1e-6)
    assert float(loss.detach()) == pytest.approx(-sum(
        (own - middle) * math.log(chances[i, drawn[i]]) for i, own in enumerate(said)) / 2,
        abs=1e-6)
    loss.backward()
    for i, own in enumerate(said):
        wanted = -(own - middle) / 2 * (torch.nn.functional.one_hot(drawn[i], 3) - chances[i])
        assert torch.allclose(logits.grad[i], wanted, atol=1e-6)


def test_masks_and_draws():
    ids = torch.tensor([[CLS, *range(1000, 1020), SEP], [CLS, 7, SEP, *[PAD] * 19]])
    with seeded(1, torch.device("cpu")):
        places = masked_places(ids, 0.15)
        drawn = draw(torch.log(torch.tensor([[0.2, 0.0, 0.8]])).repeat(4000, 1))
    assert places.sum(1).tolist() == [3, 1] and not places[~inside(ids)].any()
    assert (drawn == 1).sum() == 0 and 0.77 < (drawn == 2).double().mean() < 0.83


def test_measures_by_hand():
    assert bleu([1, 2, 3, 4, 5], [[1, 2, 3, 4, 5]]) == pytest.approx(1)
    assert bleu([1, 2, 3, 4], [[5, 6, 7, 8]]) == 0
    assert bleu([1, 2, 3, 4], [[1, 2, 9, 4]]) == pytest.approx((3 / 4 * 2 / 4 * 1 / 3 / 2) ** 0.25)
    tally = Tally(1.0)
    even = torch.zeros(2, 4)
    tally.distribution(even, torch.tensor([0, 1]), torch.tensor([0, 3]))
    tally.discriminated(torch.tensor([[-1.0, 2.0]]), torch.tensor([[8, 9]]), torch.tensor([[7, 7]]))
    tally.rows([[CLS, 5, 6, 7]], [[[CLS, 5, 5, 5]], [[CLS, 5, 5, 5]]], [[False, False, True, True]])
    figures = tally.figures()
    assert figures["perplexity"] == pytest.approx(4) and figures["entropy"] == pytest.approx(
        math.log(4), abs=1e-5)
    assert figures["mutual_information"] == pytest.approx(0, abs=1e-5)
    assert figures["restored_sample"] == 0.5 and figures["fooled"] == 0.5
    assert figures["distinct"] == [0.5, 0.5, 1] and figures["distinct_text"] == [1, 1, 1]
    assert figures["self_bleu"] == pytest.approx(1)
    pieces = ["a", "walk", "##ing", "cat", "dog"]
    assert readable([0, 1, 2, 3], [0, 1, 2, 4], [True, False, False, True], pieces) == \
        "[a] walking [cat > dog]"
