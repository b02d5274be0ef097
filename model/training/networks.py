# SPDX-License-Identifier: LGPL-2.1-or-later
"""The networks: Transformers' Electra classes, read from and written to folders in Hugging Face
form (config.json, vocab.txt, model.safetensors; model/FORMAT.md)."""
import copy
import json
import os
import re
import shutil
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import (ElectraConfig, ElectraForMaskedLM, ElectraForPreTraining,
                          ElectraForTokenClassification)

from .export import unpanelled
from .text import KINDS

CASE_TYPES = 4
SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
         "intermediate_size", "hidden_act", "max_position_embeddings", "initializer_range",
         "layer_norm_eps", "pad_token_id")


def read_tensors(path):
    """{name: float32 tensor} of a safetensors file; int8 rows, packed or not, times NAME_scale
    where that is."""
    with safe_open(str(path), "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    scales = {name for name in tensors if name.endswith("_scale") and name[:-6] in tensors}
    return {name: torch.from_numpy(unpanelled(tensor.numpy())).float()
            * tensors[f"{name}_scale"].float()[:, None]
            if f"{name}_scale" in scales else tensor.float()
            for name, tensor in tensors.items() if name not in scales}


def read_config(folder):
    """ElectraConfig of a folder that holds an ELECTRA or a BERT encoder. ValueError if neither."""
    given = json.loads((Path(folder) / "config.json").read_text())
    if given.get("model_type") == "electra":
        return ElectraConfig(**{name: given[name] for name in (
            *SIZES, "embedding_size", "type_vocab_size", "id2label", "label2id") if name in given})
    if given.get("model_type") == "bert":
        return ElectraConfig(**{name: given[name] for name in SIZES if name in given},
                             embedding_size=given["hidden_size"], type_vocab_size=CASE_TYPES)
    raise ValueError(f"{folder}/config.json: neither ELECTRA nor BERT")


def read_weights(folder):
    """{name: float32 tensor} with ELECTRA's names. The token types of a BERT encoder are not case
    types: all four start as its first row."""
    tensors = read_tensors(Path(folder) / "model.safetensors")
    if any(name.startswith("electra.") for name in tensors):
        return tensors
    tensors = {re.sub(r"^(bert\.)?(embeddings|encoder)\.", r"electra.\2.", name): tensor
               for name, tensor in tensors.items()}
    name = "electra.embeddings.token_type_embeddings.weight"
    tensors[name] = tensors[name][:1].repeat(CASE_TYPES, 1)
    return tensors


def with_dropout(config, dropout):
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    config.classifier_dropout = dropout
    return config


def with_labels(config, labels):
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    return config


def built(kind, config, attention, tensors, seed, where):
    """A network of class `kind`, in float32, with `tensors` where it has a parameter of that name
    and shape; others are drawn from `seed`. The whole encoder must be given, or nothing of it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = kind._from_config(config, attn_implementation=attention, dtype=torch.float32)
    named = dict(model.named_parameters())
    for name, tensor in tensors.items():
        if name in named and named[name].shape == tensor.shape:
            named[name].data.copy_(tensor)
        elif name in named and name.startswith("electra."):
            raise ValueError(f"{where}: {name} is {list(tensor.shape)}, not "
                             f"{list(named[name].shape)}")
    absent = [name for name in named if name.startswith("electra.") and name not in tensors]
    if tensors and absent:
        raise ValueError(f"{where}: there is no {absent[0]}")
    return model


def discriminator_from(folder, labels=KINDS, attention="eager", dropout=0.0, seed=1):
    """ElectraForTokenClassification with `labels` from `folder`: one with the same labels is taken
    whole; of ElectraForPreTraining or a BERT encoder only the encoder, with a new classifier."""
    config, tensors = read_config(folder), read_weights(folder)
    if [config.id2label[i] for i in range(config.num_labels)] != list(labels):
        tensors = {name: tensor for name, tensor in tensors.items() if name.startswith("electra.")}
    return built(ElectraForTokenClassification, with_dropout(with_labels(config, labels), dropout),
                 attention, tensors, seed, folder)


def detector_from(folder, attention="eager", dropout=0.0, seed=1):
    """ElectraForPreTraining (one logit a token: replaced) from `folder`; its head is new where the
    folder has none."""
    config = with_dropout(with_labels(read_config(folder), ("LABEL_0", "LABEL_1")), dropout)
    return built(ElectraForPreTraining, config, attention, read_weights(folder), seed, folder)


def generator_from(folder, attention="eager"):
    """ElectraForMaskedLM from `folder`."""
    model = built(ElectraForMaskedLM, with_dropout(read_config(folder), 0.0), attention,
                  read_weights(folder), 0, folder)
    model.generator_lm_head.weight = model.electra.embeddings.word_embeddings.weight
    return model


def generator_beside(discriminator, layers, width, attention="eager", seed=1):
    """ElectraForMaskedLM with `layers` layers of `width`, new; width 0: the first `layers` layers
    of `discriminator`. share_embeddings() makes its embeddings those of the discriminator."""
    config = copy.deepcopy(discriminator.config)
    config.num_hidden_layers = layers
    if not width:
        if layers > discriminator.config.num_hidden_layers:
            raise ValueError(f"generator of {layers} layers, discriminator of "
                             f"{discriminator.config.num_hidden_layers}")
        given = {name: tensor for name, tensor in exact_values(discriminator).items()
                 if name.startswith("electra.")}
        return built(ElectraForMaskedLM, config, attention, given, seed, "discriminator")
    if width % 32:
        raise ValueError(f"generator width {width} is not a multiple of 32")
    config.hidden_size, config.intermediate_size = width, 4 * width
    config.num_attention_heads = width // 32
    return built(ElectraForMaskedLM, config, attention, {}, seed, "")


def share_embeddings(generator, discriminator):
    """Both embed with the discriminator's parameters, and the generator's output layer is the word
    embeddings (Clark et al. 2020, section 3.2)."""
    generator.electra.embeddings = discriminator.electra.embeddings
    generator.generator_lm_head.weight = discriminator.electra.embeddings.word_embeddings.weight


def new_detector(vocabulary, layers, hidden, heads, attention="eager", dropout=0.0, seed=1):
    """ElectraForPreTraining of the given sizes, with random weights."""
    config = sized_config(vocabulary, layers, hidden, heads, 4 * hidden, hidden)
    return built(ElectraForPreTraining, with_dropout(config, dropout), attention, {}, seed, "")


def sized_config(vocabulary, layers, hidden, heads, intermediate, embedding):
    return ElectraConfig(
        vocab_size=vocabulary, num_hidden_layers=layers, hidden_size=hidden,
        num_attention_heads=heads, intermediate_size=intermediate, embedding_size=embedding,
        type_vocab_size=CASE_TYPES)


def small_discriminator(vocabulary=30522, layers=2, hidden=64, heads=2, intermediate=128,
                        embedding=64, labels=KINDS, attention="eager", dropout=0.0, seed=1):
    """ElectraForTokenClassification of the given sizes, with random weights."""
    config = with_labels(sized_config(vocabulary, layers, hidden, heads, intermediate, embedding),
                         labels)
    return built(ElectraForTokenClassification, with_dropout(config, dropout), attention, {}, seed,
                 "")


def exact_values(model):
    """{name: float32 tensor} of the parameters; a tied one only once."""
    return {name: parameter.detach().float().cpu().contiguous()
            for name, parameter in model.named_parameters()}


def save(model, vocabulary, folder, values=None, half=False):
    """Writes `model` to `folder`, whole or not at all, in place of what is there. `values`
    ({name: tensor}) go before the model's own; `half`: float16 rather than float32."""
    folder = Path(folder)
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for leftover in new, old:
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir(parents=True)
    dtype = torch.float16 if half else torch.float32
    tensors = {name: (values or {}).get(name, tensor).detach().cpu().to(dtype).contiguous()
               for name, tensor in model.named_parameters()}
    save_file(tensors, str(new / "model.safetensors"), metadata={"format": "pt"})
    config = model.config.to_dict()
    config.update(architectures=[type(model).__name__], dtype=str(dtype)[6:])
    (new / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shutil.copyfile(vocabulary, new / "vocab.txt")
    if folder.exists():
        os.rename(folder, old)
    os.rename(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def device_of(name):
    """The device called `name`; "": the first CUDA device, or else the CPU."""
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def attention_for(device):
    """On a CPU the backward pass of fused attention is slow for short sentences."""
    return "sdpa" if device.type == "cuda" else "eager"
