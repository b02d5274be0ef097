# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes ranking.ini: how much each feature of a repair counts; daemon/engine/ranking.h names them.

A place is right as it is, or one of the engine's proposals is: a log-linear model over these
(Berger et al. 1996), fitted by maximum likelihood with an L2 penalty to sentences whose errors are
known. These must be others than the network has learned from (`corrupt --held`), or it looks too
sure. Places whose error no proposal mends tell nothing, and are left out.
"""
import contextlib
import json
import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from tqdm import tqdm

from .product import folder_of_models
from .settings import key

GROUPS = ("known", "unknown")
LEAST_DOUBT = 0.04  # as in candidates.c
SITE = ("keep", "keep-capital", "doubt")  # weights of leaving the place as it is
HEADER = """\
# How much each feature of a repair counts; daemon/engine/ranking.h says what each means.
# Fitted by `python -m training ranking`.
"""


@dataclass(frozen=True)
class Settings:
    sentences: int = key(6000, "sentences, drawn by chance")
    rounds: int = key(2, "times that the weights are fitted and the proposals made again")
    penalty: float = key(1.0, "L2, of all places together")
    seed: int = key(1, "of the draw")


def add_arguments(parser):
    parser.add_argument("model", type=Path, metavar="MODEL",
                        help="the folder that ships; its ranking.ini is where the fit begins")
    parser.add_argument("--errors", type=Path, required=True, metavar="DIR",
                        help="held-out sentences with errors (corrupt --held)")
    parser.add_argument("--features", required=True, metavar="COMMAND",
                        help="tests/bench/features as built")
    parser.add_argument("--out", type=Path, required=True, metavar="ranking.ini")


def feature_names():
    """In the engine's order, which is that of the names in ranking.c."""
    source = Path(__file__).resolve().parents[2] / "daemon" / "engine" / "ranking.c"
    return re.findall(r'\[PD_FEATURE_\w+\] = "([\w-]+)"', source.read_text(encoding="utf-8"))


def squashed(text):
    return " ".join(text.split())


def label_of(site, record):
    """0: right as it is; 1 + i: proposal i mends it; None: it is wrong and nothing does."""
    data = record["text"].encode()
    start, end = (len(data[:site[side]].decode()) for side in ("start", "end"))
    near = [edit for edit in record["edits"]
            if edit["start"] <= end and edit["end"] >= start
            and (edit["end"] > start or edit["start"] == edit["end"])
            and (edit["start"] < end or edit["start"] == edit["end"] == start)]
    if not near:
        return 0
    wanted = {squashed(record["text"][:edit["start"]] + edit["right"]
                       + record["text"][edit["end"]:]) for edit in near}
    for i, proposal in enumerate(site["proposals"]):
        made = data[:proposal["start"]] + proposal["text"].encode() + data[proposal["end"]:]
        if squashed(made.decode()) in wanted:
            return 1 + i
    return None


def places(command, models, records):
    """Yields (site, label) of each doubtful place that teaches something."""
    with subprocess.Popen([command, models, "en_US"], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, encoding="utf-8") as engine:
        for record in tqdm(records, unit="sentences", disable=None):
            with contextlib.suppress(BrokenPipeError):  # its end is seen below
                engine.stdin.write(json.dumps({"text": record["text"]}) + "\n")
                engine.stdin.flush()
            line = engine.stdout.readline()
            if not line:
                raise OSError(f"{command} ended early")
            for site in json.loads(line):
                label = label_of(site, record)
                if label is not None:
                    yield site, label, record["text"]
        engine.stdin.close()


def arrays_of(found, unknown):
    """Features [places, alternatives, weights] (leaving it is the first), a mask, labels."""
    chosen = [(site, label, text) for site, label, text in found if site["unknown"] == unknown]
    if not chosen:
        raise ValueError(f"no place with a word that is {'un' * unknown}known")
    most = 1 + max(len(site["proposals"]) for site, _, _ in chosen)
    n = len(chosen[0][0]["proposals"][0]["features"])
    x = numpy.zeros((len(chosen), most, n + len(SITE)))
    mask = numpy.zeros((len(chosen), most), bool)
    for k, (site, _, text) in enumerate(chosen):
        wrong = min(max(site["wrong"], LEAST_DOUBT), 1 - LEAST_DOUBT)
        first = text.encode()[site["start"]:site["end"]].decode()[:1]
        x[k, 0, n:] = 1, first.isupper(), -numpy.log(wrong / (1 - wrong))
        mask[k, :1 + len(site["proposals"])] = True
        for i, proposal in enumerate(site["proposals"]):
            x[k, 1 + i, :n] = proposal["features"]
    return (torch.tensor(x), torch.tensor(mask),
            torch.tensor([label for _, label, _ in chosen], dtype=torch.long))


def fitted(x, mask, labels, penalty):
    """Weights with the best penalised likelihood, and figures of the fit."""
    scale = x[mask].std(0).clamp_min(1e-3)
    weights = torch.zeros(x.shape[2], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        scores = ((x / scale) @ weights).masked_fill(~mask, -torch.inf)
        value = torch.nn.functional.cross_entropy(scores, labels, reduction="sum") \
            + penalty * (weights ** 2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    scores = ((x / scale) @ weights.detach()).masked_fill(~mask, -torch.inf)
    wrong = labels > 0
    best = scores[:, 1:].argmax(1) + 1
    figures = {"places": len(labels), "wrong": int(wrong.sum()),
               "first right": float((best == labels)[wrong].double().mean()),
               "nats a place": float(torch.nn.functional.cross_entropy(scores, labels))}
    return (weights.detach() / scale).tolist(), figures


def written(weights):
    names = [*feature_names(), *SITE]
    lines = [HEADER]
    for group in GROUPS:
        lines.append(f"[{group}]")
        lines += [f"{name}={weight:.4g}" for name, weight in zip(names, weights[group])]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def run(arguments, settings):
    lines = (arguments.errors / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
    random.Random(settings.seed).shuffle(lines)
    records = [json.loads(line) for line in lines[:settings.sentences]]
    text = (arguments.model / "ranking.ini").read_text(encoding="utf-8")
    for _ in range(settings.rounds):
        with folder_of_models(arguments.model, arguments.model,
                              {"ranking.ini": text}) as (models, _):
            found = list(places(arguments.features, models, records))
        weights = {}
        for group in GROUPS:
            weights[group], figures = fitted(*arrays_of(found, group == "unknown"),
                                             settings.penalty)
            print(group, *(f"{name} {value:.4g}" for name, value in figures.items()))
        text = written(weights)
    arguments.out.write_text(text, encoding="utf-8")
    return 0
