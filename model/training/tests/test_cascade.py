# SPDX-License-Identifier: LGPL-2.1-or-later
"""cascade: what an exit is taught, what it lets go, and the weights file that it is written to."""
import json
import shutil

import numpy
import pytest
import torch
from torch.nn.functional import gelu

from training.detector import Detector
from training.export import out_of_form, read_stored
from training.loop import Batches
from training.networks import discriminator_from, save

SHAPES = {"dense.weight": (64, 32), "dense.bias": (64,), "out.weight": (2, 64), "out.bias": (2,)}
THRESHOLD, DOUBT = 0.25, 0.4


@pytest.fixture(scope="module")
def teacher(small, vocabulary, tmp_path_factory):
    """A network with random weights that doubts some tokens and is sure of others."""
    network = discriminator_from(small)
    with torch.no_grad():
        network.classifier.weight.normal_(0, 0.5, generator=torch.Generator().manual_seed(3))
        network.classifier.bias[0] = 11.0
    folder = tmp_path_factory.mktemp("teacher") / "network"
    save(network, vocabulary, folder)
    return folder


@pytest.fixture(scope="module")
def cascade_into(prepared, corrupted, stage):
    """Runs `cascade` with one exit: cascade_into(source, folder, "--set", ...) gives the status."""
    sizes = {"exits": 1, "thresholds": THRESHOLD, "tokens": 20000, "batch_tokens": 512,
             "learning_rate": 1e-2, "log_steps": 4, "dev_tokens": 20000, "precision": "fp32",
             "device": "cpu"}
    words = [word for pair in sizes.items() for word in ("--set", "{}={}".format(*pair))]

    def run(source, folder, *more):
        return stage("cascade", source, "--train", prepared / "train", corrupted, "--dev",
                     corrupted, "--out", folder, *words, *more)
    return run


@pytest.fixture(scope="module")
def cascaded(cascade_into, teacher, tmp_path_factory):
    """A run of `cascade` on that network, in float32."""
    out = tmp_path_factory.mktemp("cascade")
    assert cascade_into(teacher, out) == 0
    return out


def stored_in(folder):
    return read_stored(folder / "model.safetensors")


def lines_of(run):
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def left_and_doubted(folder, arrays, doubt):
    """By the tensors in `folder`: the share of sentences that leave, and of doubted tokens."""
    weights = {name.split(".", 2)[2]: torch.from_numpy(tensor)
               for name, tensor in out_of_form(stored_in(folder)).items()
               if name.startswith("exit.1.")}
    detector = Detector(folder, "fp32")
    batches = Batches([arrays], 512)
    left, doubted = [], []
    for index in batches.in_order():
        batch = batches.collate(index, detector.device)
        with torch.no_grad():
            states = detector.network.electra(
                input_ids=batch["ids"], token_type_ids=batch["types"],
                attention_mask=batch["mask"], output_hidden_states=True).hidden_states
            wrong = 1 - detector.head(states[-1]).softmax(-1)[..., 0]
            dense = gelu(states[1] @ weights["dense.weight"].T + weights["dense.bias"])
            logits = dense @ weights["out.weight"].T + weights["out.bias"]
        for row, length in enumerate(batches.lengths[index]):
            chances = logits[row, 1:length + 1, 1].sigmoid()
            left.append(bool((chances <= weights["threshold"]).all()))
            doubted.append(int((wrong[row, 1:length + 1] >= doubt).sum()))
    left, doubted = numpy.array(left), numpy.array(doubted)
    return left.mean(), doubted[left].sum() / doubted.sum()


def test_other_tensors_stay(cascaded, teacher):
    before, after = stored_in(teacher), stored_in(cascaded / "last")
    assert {name for name in after if name not in before} == {
        f"exit.1.{name}" for name in (*SHAPES, "threshold")}
    assert all(after[name].dtype == tensor.dtype and numpy.array_equal(after[name], tensor)
               for name, tensor in before.items())
    assert all(after[f"exit.1.{name}"].shape == shape for name, shape in SHAPES.items())
    assert after["exit.1.threshold"] == numpy.array([THRESHOLD], numpy.float32)
    assert (cascaded / "last/vocab.txt").read_bytes() == (
        teacher / "vocab.txt").read_bytes()
    assert json.loads((cascaded / "last/config.json").read_text())["num_hidden_layers"] == 2


def test_exits_learn(cascaded):
    losses = [line["exit 1"] for line in lines_of(cascaded) if "loss" in line]
    assert losses[-1] < 0.8 * losses[0]


def test_counts_are_those_of_the_file(cascaded, corrupted):
    figures = [line["dev"] for line in lines_of(cascaded) if "dev" in line][-1]["1"]
    left, doubted = left_and_doubted(cascaded / "last", corrupted, DOUBT)
    assert figures["sentences"] == pytest.approx(left, abs=0.006)  # two of 400, on the edge
    assert figures["doubted"] == pytest.approx(doubted, abs=0.006)
    assert figures["doubted"] < figures["sentences"]
    assert 0 < figures["sentences"] < 1


def test_int8_and_again(cascaded, cascade_into, stage, tmp_path):
    """export keeps exits, in the form of the rest; another run puts its own in their place."""
    assert stage("export", cascaded / "last", tmp_path / "int8") == 0
    exported = stored_in(tmp_path / "int8")
    assert exported["exit.1.dense.weight"].shape == (4, 8, 16, 4)
    assert exported["exit.1.out.weight"].dtype == numpy.int8
    assert exported["exit.1.threshold"] == numpy.array([THRESHOLD], numpy.float32)
    assert cascade_into(tmp_path / "int8", tmp_path / "again", "--set", "tokens=600",
                        "--set", "thresholds=0.2") == 0
    again = stored_in(tmp_path / "again/last")
    assert again.keys() == exported.keys()
    assert again["exit.1.dense.weight"].dtype == numpy.int8
    assert again["exit.1.threshold"] == numpy.array([0.2], numpy.float32)
    same = {name for name in again if numpy.array_equal(again[name], exported[name])}
    assert {name for name in again if not name.startswith("exit.")} <= same
    assert "exit.1.dense.weight" not in same


@pytest.mark.parametrize("setting, message", [
    ("exits=2", "2 is not between 1 and 1"), ("thresholds=1", "1.0 is not between 0 and 1"),
    ("thresholds=0.1,0.2", "exits: 1, but thresholds: 2")])
def test_settings_that_do_not_fit(cascade_into, teacher, tmp_path, capsys, setting, message):
    assert cascade_into(teacher, tmp_path / "out", "--set", setting) == 2
    assert message in capsys.readouterr().err


def test_last_label_must_be_other(cascade_into, teacher, tmp_path, capsys):
    shutil.copytree(teacher, tmp_path / "model")
    path = tmp_path / "model/config.json"
    config = json.loads(path.read_text())
    config["id2label"]["16"] = "noise"
    path.write_text(json.dumps(config))
    assert cascade_into(tmp_path / "model", tmp_path / "out") == 2
    assert "the last label is noise" in capsys.readouterr().err
