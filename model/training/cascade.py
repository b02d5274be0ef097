# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a detector's exits: small heads between its layers, at which a sentence without anything
doubtful leaves (DeeBERT, Xin et al. 2020). The network itself is their teacher and stays as it is.

An exit gives each token two chances: that it is wrong, and that the last layer's P(wrong) will be
`doubt` or more. A sentence whose largest second chance is at most the exit's threshold leaves.

OUT/last has SRC's three files, with the exits beside the weights; every other tensor is as in SRC.
OUT/log.jsonl has a line every few steps, and for --dev what each exit lets go: the share of all
sentences and tokens, and of those tokens that the network doubts. A run that was stopped resumes
from OUT/checkpoint.pt when the same command is given again.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, gelu

from .detector import Detector
from .export import in_form, read_config, read_stored, write
from .loop import Batches, LoopSettings, Masters, Run
from .networks import device_of
from .settings import key
from .text import CLS, SEP

LAST_LABELS = ("other", "wrong")  # kinds, or one logit
EXIT_SIZE = 64  # PD_EXIT_SIZE of ../electra-private.h


@dataclass(frozen=True)
class Settings(LoopSettings):
    tokens: int = key(3_000_000, "train on so many tokens of sentences, then stop")
    learning_rate: float = key(2e-3, "largest learning rate")
    exits: tuple = key(("3", "4"), "layers after which there is one")
    thresholds: tuple = key(("0.038", "0.155"), "of each exit")
    doubt: float = key(0.4, "P(wrong) from which the network doubts a token")


def add_arguments(parser):
    parser.add_argument("src", metavar="SRC", help="model, in any form that the service reads")
    parser.add_argument("--train", nargs="+", required=True, metavar="DIR",
                        help="arrays of sentences, right ones and others; labels do not count")
    parser.add_argument("--dev", nargs="+", default=[], metavar="DIR",
                        help="arrays to count on what leaves")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this run")


class Exit(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.dense = torch.nn.Linear(hidden, EXIT_SIZE)
        self.out = torch.nn.Linear(EXIT_SIZE, 2)

    def forward(self, hidden):
        """Logits [..., 2]: wrong; doubted by the last layer."""
        return self.out(gelu(self.dense(hidden)))


class Exits(torch.nn.Module):
    """Its tensors have the names that they have in the weights file: exit.LAYERS.dense.weight."""

    def __init__(self, hidden, layers):
        super().__init__()
        self.exit = torch.nn.ModuleDict({str(layer): Exit(hidden) for layer in layers})

    def forward(self, states):
        """[(layer, logits)]; `states`: what each layer gives, the embeddings first."""
        return [(int(name), head(states[int(name)])) for name, head in self.exit.items()]


def thresholds_of(settings, layers):
    """{layer: threshold} by settings, in order. ValueError if they do not fit `layers` layers."""
    if not settings.exits or len(settings.exits) != len(settings.thresholds):
        raise ValueError(f"exits: {len(settings.exits)}, but thresholds: "
                         f"{len(settings.thresholds)}")
    result = {int(layer): float(chance)
              for layer, chance in zip(settings.exits, settings.thresholds)}
    for layer, threshold in result.items():
        if not 1 <= layer < layers:
            raise ValueError(f"exits: {layer} is not between 1 and {layers - 1}")
        if not 0 < threshold < 1:
            raise ValueError(f"thresholds: {threshold} is not between 0 and 1")
    return dict(sorted(result.items()))


@torch.no_grad()
def looked_at(detector, batch):
    """(what each layer gives, float32 P(wrong) [sentences, width], which of these are tokens)."""
    output = detector.network.electra(
        input_ids=batch["ids"], token_type_ids=batch["types"], attention_mask=batch["mask"],
        output_hidden_states=True)
    states = [state.float() for state in output.hidden_states]
    wrong = 1 - detector.head(states[-1]).softmax(-1)[..., 0]
    inside = batch["mask"].bool() & (batch["ids"] != CLS) & (batch["ids"] != SEP)
    return states, wrong, inside


def step_with(detector, exits, masters, settings):
    """The function of one update, for loop.Run."""
    def step(batch, factor):
        states, wrong, inside = looked_at(detector, batch)
        wanted = torch.stack([wrong, (wrong >= settings.doubt).float()], -1)[inside]
        losses = {f"exit {layer}": binary_cross_entropy_with_logits(logits[inside], wanted)
                  for layer, logits in exits(states)}
        loss = sum(losses.values())
        loss.backward()
        masters.step(factor)
        return {"loss": loss, **losses}
    return step


@torch.no_grad()
def leaving(detector, exits, thresholds, doubt, batches):
    """{layer: {"sentences", "tokens", "doubted": share of all that leaves there or before}}."""
    counts = {layer: numpy.zeros(3) for layer in thresholds}
    whole = numpy.zeros(3)
    for index in batches.in_order():
        states, wrong, inside = looked_at(detector, batches.collate(index, detector.device))
        each = torch.stack([torch.ones(len(index), device=wrong.device), inside.sum(1),
                            ((wrong >= doubt) & inside).sum(1)]).double()
        left = torch.zeros(len(index), dtype=torch.bool, device=wrong.device)
        whole += each.sum(1).cpu().numpy()
        for layer, logits in exits(states):
            chances = logits[..., 1].sigmoid().masked_fill(~inside, 0)
            left |= chances.amax(1) <= thresholds[layer]
            counts[layer] += each[:, left].sum(1).cpu().numpy()
    return {layer: {name: round(float(value), 5) for name, value in zip(
        ("sentences", "tokens", "doubted"), count / numpy.maximum(whole, 1))}
            for layer, count in counts.items()}


def with_exits(stored, values, thresholds):
    """The tensors of a weights file, as stored, with the exits' `values` ({name: float32 array}) in
    the form of the others; exits that it had are gone."""
    form = "int8" if any(tensor.dtype == numpy.int8 for tensor in stored.values()) else "fp32"
    kept = {name: tensor for name, tensor in stored.items() if not name.startswith("exit.")}
    return {**kept, **in_form(values, form),
            **{f"exit.{layer}.threshold": numpy.array([threshold], numpy.float32)
               for layer, threshold in thresholds.items()}}, form


def run(arguments, settings):
    source = Path(arguments.src)
    device = device_of(settings.device)
    if device.type == "cpu":
        torch.set_num_threads(settings.threads)
    detector = Detector(source, settings.precision, settings.batch_tokens)
    detector.network.to(device)
    detector.device = device
    size = detector.network.config
    if detector.labels[-1] not in LAST_LABELS:
        raise ValueError(f"{source}/config.json: the last label is {detector.labels[-1]}, which "
                         "would be the kind of all that leaves, and not other")
    thresholds = thresholds_of(settings, size.num_hidden_layers)
    torch.manual_seed(settings.seed)
    exits = Exits(size.hidden_size, thresholds).to(device)
    masters = Masters(dict(exits.named_parameters()), size.num_hidden_layers,
                      settings.learning_rate, settings.layer_decay, settings.weight_decay,
                      settings.ema)
    dev = Batches(arguments.dev, settings.batch_tokens) if arguments.dev else None

    def snapshot(folder):
        values = {name: tensor.cpu().numpy() for name, tensor in masters.result().items()}
        stored, form = with_exits(read_stored(source / "model.safetensors"), values, thresholds)
        write(folder, source, read_config(source), stored, form)

    def evaluate():
        with masters.averaged():
            return leaving(detector, exits, thresholds, settings.doubt, dev), None

    training = Run(settings, arguments.out,
                   Batches(arguments.train, settings.batch_tokens, settings.seed),
                   {"exits": masters}, step_with(detector, exits, masters, settings), snapshot,
                   evaluate if dev else None, source)
    training.train()
    snapshot(Path(arguments.out) / "last")
    return 0
