# SPDX-License-Identifier: LGPL-2.1-or-later
"""export and reference: each form read back, ONNX, and the C code against PyTorch."""
import hashlib
import json
import os
import shutil
import struct

import numpy
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import ElectraForPreTraining, ElectraForTokenClassification

from training.export import (Int8Graph, panels, quantise, read_config, read_safetensors,
                             unpanelled)
from training.networks import discriminator_from, new_detector, read_tensors, save
from training.text import CLS, KINDS, SEP, Encoder

TEXTS = ["The captain opened all the windows, and nobody knew why.", "Yes.",
         "An old farmer walk trough the wood on Sundays."]


@pytest.fixture(scope="module")
def exported(finetuned, stage, tmp_path_factory):
    """Folders of the finetuned network by form."""
    folder = tmp_path_factory.mktemp("forms")
    for form in "int8", "fp16", "fp32":
        assert stage("export", finetuned / "last", folder / form, "--form", form) == 0
    return {form: folder / form for form in ("int8", "fp16", "fp32")}


def inputs(vocabulary, text):
    """(ids, types) with [CLS] and [SEP], int64 [1, tokens]."""
    ids, types, _, _ = Encoder(vocabulary).encode([text])[0]
    return torch.tensor([[CLS, *ids, SEP]]), torch.tensor([[0, *types, 0]])


def logits_of(model, vocabulary, text):
    ids, types = inputs(vocabulary, text)
    with torch.no_grad():
        return model.eval()(input_ids=ids, token_type_ids=types).logits.numpy()


def test_int8_is_within_half_a_step(exported, finetuned):
    exact = read_tensors(finetuned / "last" / "model.safetensors")
    stored = load_file(exported["int8"] / "model.safetensors")
    for name, tensor in exact.items():
        if tensor.ndim != 2:
            assert torch.equal(stored[name], tensor), name
            continue
        scale = stored[f"{name}_scale"]
        values = torch.from_numpy(unpanelled(stored[name].numpy()))
        assert values.dtype == torch.int8 and scale.dtype == torch.float32
        error = (values.double() * scale.double()[:, None] - tensor.double()).abs()
        clipped = tensor.abs() > 127.5 * scale[:, None]
        assert (values[clipped].abs() == 127).all() and clipped.double().mean() < 0.05
        assert (error <= 0.5001 * scale.double()[:, None])[~clipped].all(), name
    assert sum(1 for name in stored if name.endswith("_scale")) == sum(
        tensor.ndim == 2 for tensor in exact.values())


def test_manifest(exported, stage):
    folder = exported["fp32"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {"config.json", "model.safetensors", "vocab.txt"}
    for name, entry in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    golden = manifest["golden"]
    assert len(golden["ids"]) == len(golden["types"]) == len(golden["wrong"]) > 5
    assert all(0 < chance < 1 for chance in golden["wrong"])
    (folder / "names.txt").write_text("Xyz\n")
    assert stage("manifest", folder, "--version", "2.0.0") == 0
    again = json.loads((folder / "manifest.json").read_text())
    assert "names.txt" in again["files"] and again["version"] == "2.0.0"
    assert again["golden"] == golden
    (folder / "names.txt").unlink()


def test_products_are_packed_and_aligned(exported):
    """What is multiplied lies in panels that begin with a line of the cache (model/int8.h)."""
    path = exported["int8"] / "model.safetensors"
    stored = load_file(path)
    (length,) = struct.unpack("<Q", path.read_bytes()[:8])
    index = json.loads(path.read_bytes()[8:8 + length])
    packed = [name for name, tensor in stored.items() if tensor.ndim == 4]
    assert packed and all(stored[name].shape[2:] == (16, 4) for name in packed)
    assert all((8 + length + index[name]["data_offsets"][0]) % 64 == 0 for name in packed)
    assert not any("embeddings." in name or "classifier" in name for name in packed)
    values = numpy.arange(32 * 8, dtype=numpy.uint8).view(numpy.int8).reshape(32, 8)
    assert panels(values)[1, 1, 3].tolist() == values[19, 4:8].tolist()
    assert (unpanelled(panels(values)) == values).all()


def test_average(finetuned, stage, tmp_path, capsys):
    one, best = finetuned / "last", finetuned / "best"
    assert stage("export", one, tmp_path / "mean", "--form", "fp32", "--average", best) == 0
    mean, first, second = (read_tensors(folder / "model.safetensors")
                           for folder in (tmp_path / "mean", one, best))
    for name, tensor in mean.items():
        assert torch.allclose(tensor, (first[name] + second[name]) / 2, atol=1e-7), name
    small = new_detector(30522, 1, 32, 2)
    save(small, one / "vocab.txt", tmp_path / "small")
    assert stage("export", one, tmp_path / "none", "--average", tmp_path / "small") == 2
    assert "not of the same shape" in capsys.readouterr().err


def test_scales_have_the_least_error():
    weights = numpy.random.default_rng(2).standard_normal((40, 64)).astype(numpy.float32)
    weights[3], weights[4, 5] = 0, 30
    values, scale = quantise(weights, 7)
    plain = numpy.where(numpy.abs(weights).max(1) > 0, numpy.abs(weights).max(1) / 7, 1)[:, None]
    error, plain_error = (((step * numpy.clip(numpy.rint(weights / step), -7, 7) - weights) ** 2)
                          .sum(1) for step in (scale[:, None], plain))
    assert (error <= plain_error + 1e-6).all() and error.sum() < 0.98 * plain_error.sum()
    assert not values[3].any() and numpy.abs(values).max() == 7


def test_fp16_and_fp32(exported, finetuned):
    exact = read_tensors(finetuned / "last" / "model.safetensors")
    half, whole = (load_file(exported[form] / "model.safetensors") for form in ("fp16", "fp32"))
    for name, tensor in exact.items():
        assert torch.equal(half[name], tensor.half() if tensor.ndim == 2 else tensor)
        assert torch.equal(whole[name], tensor)


def test_both_readers_agree(exported, finetuned):
    for folder in (*exported.values(), finetuned / "last"):
        arrays = read_safetensors(folder / "model.safetensors")
        tensors = read_tensors(folder / "model.safetensors")
        assert arrays.keys() == tensors.keys()
        assert all(numpy.array_equal(arrays[name], tensors[name].numpy()) for name in arrays)


def test_bfloat16_is_read(finetuned, tmp_path):
    tensors = {name: tensor.bfloat16() for name, tensor in load_file(
        finetuned / "last" / "model.safetensors").items()}
    save_file(tensors, str(tmp_path / "model.safetensors"))
    arrays = read_safetensors(tmp_path / "model.safetensors")
    assert all(numpy.array_equal(arrays[name], tensor.float().numpy())
               for name, tensor in tensors.items())


def test_config_and_vocabulary_are_kept(exported, finetuned):
    given = json.loads((finetuned / "last" / "config.json").read_text())
    for folder in exported.values():
        config = json.loads((folder / "config.json").read_text())
        assert config["architectures"] == ["ElectraForTokenClassification"]
        assert [config["id2label"][str(i)] for i in range(len(KINDS))] == list(KINDS)
        assert config["label2id"] == {kind: i for i, kind in enumerate(KINDS)}
        assert config["type_vocab_size"] == 4
        assert all(given[name] == value for name, value in config.items())
        assert (folder / "vocab.txt").read_bytes() == \
            (finetuned / "last" / "vocab.txt").read_bytes()


def test_forms_compute_nearly_the_same(exported, finetuned, vocabulary):
    exact = ElectraForTokenClassification.from_pretrained(finetuned / "last")
    for form, most in ("fp32", 1e-6), ("fp16", 1e-2), ("int8", 0.1):
        model = discriminator_from(exported[form])
        differences = [numpy.abs(logits_of(model, vocabulary, text)
                                 - logits_of(exact, vocabulary, text)).max() for text in TEXTS]
        assert max(differences) < most, form


@pytest.mark.skipif("PROOFD_BENCH" not in os.environ, reason="PROOFD_BENCH is not set")
@pytest.mark.parametrize("form", ["int8", "fp16", "fp32"])
def test_c_code_computes_the_same(exported, stage, form, tmp_path, capfd):
    (tmp_path / "texts.txt").write_text("\n".join(TEXTS) + "\n")
    words = ["reference", "--model", exported[form], "--bench", os.environ["PROOFD_BENCH"],
             "--sentences", tmp_path / "texts.txt", "parity"]
    assert stage(*words) == 0
    assert "3 sentences" in capfd.readouterr().out
    shutil.copytree(exported[form], tmp_path / "other")
    path = tmp_path / "other" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-8])  # cut short: the C code must refuse it
    words[2] = tmp_path / "other"
    assert stage(*words) == 2


def test_onnx(exported, finetuned, stage, vocabulary, tmp_path):
    save(new_detector(30522, 2, 32, 2, seed=4), vocabulary, tmp_path / "detector")
    for kind, folder in ((ElectraForTokenClassification, finetuned / "last"),
                         (ElectraForPreTraining, tmp_path / "detector")):
        model = kind.from_pretrained(folder)
        assert stage("export", folder, "--onnx", tmp_path / "net.onnx", "--form", "fp32") == 0
        session = onnxruntime.InferenceSession(tmp_path / "net.onnx",
                                               providers=["CPUExecutionProvider"])
        for text in TEXTS:
            ids, types = (part.int().numpy() for part in inputs(vocabulary, text))
            (logits,) = session.run(None, {"ids": ids, "types": types})
            wanted = logits_of(model, vocabulary, text)
            assert numpy.abs(logits.reshape(wanted.shape) - wanted).max() < 1e-5
    assert stage("export", finetuned / "last", "--onnx", tmp_path / "net.onnx") == 0
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx",
                                           providers=["CPUExecutionProvider"])
    ids, types = (part.int().numpy() for part in inputs(vocabulary, TEXTS[0]))
    int8 = logits_of(discriminator_from(exported["int8"]), vocabulary, TEXTS[0])
    assert numpy.abs(session.run(None, {"ids": ids, "types": types})[0] - int8).max() < 1e-5


def test_int8_graph(exported, vocabulary):
    weights = read_safetensors(exported["int8"] / "model.safetensors")
    graph = Int8Graph(weights, read_config(exported["int8"])).build()
    made = {one.name: onnx.numpy_helper.to_array(one) for one in graph.graph.initializer}
    name = "electra.encoder.layer.0.output.dense"
    assert numpy.allclose(made[f"{name}.int8"].T * made[f"{name}.scale"][:, None],
                          weights[f"{name}.weight"], rtol=1e-6, atol=0)
    session = onnxruntime.InferenceSession(graph.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    model = discriminator_from(exported["int8"])
    for text in TEXTS:
        ids, types = (part.int().numpy() for part in inputs(vocabulary, text))
        (logits,) = session.run(None, {"ids": ids, "types": types})
        assert numpy.abs(logits - logits_of(model, vocabulary, text)).max() < 0.3


def test_measure(exported, finetuned, stage, tmp_path):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS)
    (tmp_path / "texts.jsonl").write_text(lines)
    assert stage("export", finetuned / "last", "--measure", tmp_path / "texts.jsonl",
                 "--json", tmp_path / "rows.json") == 0
    rows = {row["form"]: row for row in json.loads((tmp_path / "rows.json").read_text())}
    for form, folder in exported.items():
        assert rows[form]["bytes"] == (folder / "model.safetensors").stat().st_size
    assert rows["fp32"]["largest"] == 0 < rows["int8"]["mean"] < 0.01
    assert rows["int8, 1 layers"]["bytes"] < rows["int8"]["bytes"]
    assert rows["int8, embeddings int4"]["bytes"] < rows["int8"]["bytes"]


def test_refusals(finetuned, stage, tmp_path, capsys):
    source = tmp_path / "source"
    shutil.copytree(finetuned / "last", source)
    tensors = load_file(source / "model.safetensors")
    assert stage("export", source) == 2
    tensors["classifier.weight"][0, 0] = 1e6
    save_file(tensors, str(source / "model.safetensors"))
    assert stage("export", source, tmp_path / "out", "--form", "fp16") == 2
    tensors["classifier.weight"][0, 0] = float("nan")
    save_file(tensors, str(source / "model.safetensors"))
    assert stage("export", source, tmp_path / "out") == 2
    (source / "model.safetensors").write_bytes(b"not safetensors")
    assert stage("export", source, tmp_path / "out") == 2
    errors = capsys.readouterr().err.splitlines()
    assert "nothing to do" in errors[0] and "no safetensors" in errors[3]
    assert all("classifier.weight holds a number that is not finite" in line
               for line in errors[1:3])
    assert not (tmp_path / "out").exists()
