# SPDX-License-Identifier: LGPL-2.1-or-later
"""The training loop of `pretrain` and `finetune`: batches, optimiser, schedule, checkpoints, log.

A run is a function of its settings and seed: stopped and resumed anywhere it gives the same weights
as one that was not stopped (bit for bit on a CPU).
"""
import contextlib
import dataclasses
import hashlib
import json
import math
import os
import re
import signal
import sys
import time
from pathlib import Path

import numpy
import torch
from tqdm import tqdm

from .settings import key
from .text import CLS, SEP, Arrays

POOL_BATCHES = 100  # batches that are sorted by length together
CLIP = 1.0  # largest norm of the gradient
IGNORED = -100  # label of specials and padding
# A run may be resumed with other values of these.
BUDGET = {"tokens", "schedule", "final_lr_share", "warmup", "checkpoint_minutes", "minutes",
          "threads", "device", "log_steps", "snapshots", "dev_tokens", "patience"}


@dataclasses.dataclass(frozen=True)
class LoopSettings:
    """What all training has in common."""
    tokens: int = key(10_000_000, "train on so many tokens of sentences, then stop")
    batch_tokens: int = key(4096, "tokens in a batch at most, padding included")
    learning_rate: float = key(3e-4, "largest learning rate")
    warmup: float = key(0.02, "share of the tokens in which the learning rate rises from 0")
    schedule: str = key("linear", "learning rate after that: linear, cosine or constant")
    final_lr_share: float = key(0.0, "learning rate at the end, as a share of the largest")
    layer_decay: float = key(1.0, "learning rate of each layer as a share of the next one's")
    weight_decay: float = key(0.01, "of AdamW; not of biases and layer norms")
    dropout: float = key(0.0, "dropout everywhere")
    ema: float = key(0.999, "moving average of weights, which is what is saved; 0: none")
    seed: int = key(1, "of new weights, order of sentences, dropout, sampling")
    precision: str = key("bf16", "of weights in the network: bf16 (masters stay float32) or fp32")
    device: str = key("", "cpu, cuda, ...; empty: CUDA where there is one")
    threads: int = key(1, "threads on a CPU")
    minutes: float = key(0.0, "stop after so many minutes, to be resumed; 0: no limit")
    checkpoint_minutes: float = key(5.0, "minutes between checkpoints")
    log_steps: int = key(20, "steps between lines of log.jsonl")
    snapshots: tuple = key((), "tokens seen at which weights go to OUT/snapshots/TOKENS")
    dev_tokens: int = key(500_000, "evaluate on --dev each time so many tokens were seen")
    patience: int = key(0, "stop after so many evaluations without a better one; 0: never")

    def __post_init__(self):
        for name, allowed in (("schedule", ("linear", "cosine", "constant")),
                              ("precision", ("bf16", "fp32"))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}, not one of "
                                 + ", ".join(allowed))
        for name in "tokens", "batch_tokens", "log_steps", "threads":
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, less than 1")

    def dtype(self):
        return torch.bfloat16 if self.precision == "bf16" else torch.float32


class Batches:
    """Batches of sentences of like length from folders of arrays. The order is a function of seed
    and epoch: a permutation, cut into pools, each sorted by length, cut, and its batches shuffled.
    """

    def __init__(self, folders, batch_tokens, seed=1, labelled=False):
        self.parts = [Arrays(folder) for folder in folders]
        for folder, part in zip(folders, self.parts):
            if labelled and part.labels is None:
                raise ValueError(f"{folder}: there are no labels")
        self.labelled, self.batch_tokens, self.seed = labelled, batch_tokens, seed
        self.first = numpy.cumsum([0] + [len(part) for part in self.parts])
        self.lengths = numpy.concatenate([part.lengths() for part in self.parts])
        self.used = numpy.flatnonzero(self.lengths)
        if not len(self.used):
            raise ValueError(f"{', '.join(map(str, folders))}: no sentences")

    def sizes(self):
        """[[sentences, tokens]] of each folder."""
        return [[len(part), len(part.ids)] for part in self.parts]

    def cut(self, pool):
        """Sentences, longest first, to batches: a list of index arrays."""
        batches, at = [], 0
        while at < len(pool):
            count = max(1, self.batch_tokens // (int(self.lengths[pool[at]]) + 2))
            batches.append(pool[at:at + count])
            at += count
        return batches

    def epoch(self, number, skip=0):
        """Index arrays of the batches of epoch `number`, without the first `skip`."""
        order = numpy.random.default_rng((self.seed, number)).permutation(self.used)
        pool_of = numpy.cumsum(self.lengths[order] + 2) // (POOL_BATCHES * self.batch_tokens)
        edges = numpy.flatnonzero(numpy.diff(pool_of)) + 1
        for i, pool in enumerate(numpy.split(order, edges)):
            batches = self.cut(pool[numpy.argsort(-self.lengths[pool], kind="stable")])
            if skip >= len(batches):
                skip -= len(batches)
                continue
            for j in numpy.random.default_rng((self.seed, number, i)).permutation(
                    len(batches))[skip:]:
                yield batches[j]
            skip = 0

    def in_order(self):
        """Index arrays of all sentences once, longest first, for evaluation."""
        return self.cut(self.used[numpy.argsort(-self.lengths[self.used], kind="stable")])

    def collate(self, index, device):
        """{"ids", "types", "mask", "labels": int64 [sentences, longest + 2], "tokens": how many,
        without specials}; labels only where the arrays are labelled."""
        lengths = self.lengths[index]
        width = int(lengths.max()) + 2
        columns = numpy.arange(width)
        whole = {"ids": numpy.zeros((len(index), width), numpy.int64),
                 "types": numpy.zeros((len(index), width), numpy.int64)}
        if self.labelled:
            whole["labels"] = numpy.full((len(index), width), IGNORED, numpy.int64)
        owner = numpy.searchsorted(self.first, index, "right") - 1
        inside = (columns >= 1) & (columns <= lengths[:, None])
        for k in numpy.unique(owner):
            part, mine = self.parts[k], owner == k
            rows, at = numpy.nonzero(inside & mine[:, None])
            source = part.starts[index[rows] - self.first[k]] + at - 1
            for name, values in whole.items():
                values[rows, at] = getattr(part, name)[source]
        whole["ids"][:, 0] = CLS
        whole["ids"][numpy.arange(len(index)), lengths + 1] = SEP
        whole["mask"] = (columns < (lengths + 2)[:, None]).astype(numpy.int64)
        batch = {name: torch.from_numpy(values).to(device, non_blocking=True)
                 for name, values in whole.items()}
        batch["tokens"] = int(lengths.sum())
        return batch


def depth_of(name, layers):
    """0 embeddings, 1 ... layers, layers + 1 heads."""
    layer = re.search(r"encoder\.layer\.(\d+)\.", name)
    if layer:
        return int(layer.group(1)) + 1
    return 0 if "embeddings" in name else layers + 1


class Masters:
    """Float32 masters of some parameters, AdamW (Loshchilov and Hutter 2019) over them, and their
    moving average. The network holds copies of the masters in its own precision."""

    def __init__(self, named, layers, learning_rate, layer_decay, weight_decay, ema):
        """`named`: {name: parameter}, parameters in the network's precision."""
        self.named, self.decay = named, ema
        self.values = {name: parameter if parameter.dtype == torch.float32
                       else torch.nn.Parameter(parameter.detach().float())
                       for name, parameter in named.items()}
        groups = {}
        for name, value in self.values.items():
            rate = learning_rate * layer_decay ** (layers + 1 - depth_of(name, layers))
            decay = weight_decay if value.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(value)
        self.optimiser = torch.optim.AdamW(
            [{"params": values, "rate": rate, "weight_decay": decay}
             for (rate, decay), values in groups.items()], fused=True) if groups else None
        self.average = {name: value.detach().clone() for name, value in self.values.items()
                        } if ema else {}
        self.updates = 0

    def step(self, factor):
        """One update with learning rate times `factor` by the gradients of the network, which are
        freed."""
        if not self.optimiser:
            return
        for name, parameter in self.named.items():
            if parameter.dtype != torch.float32:
                gradient, parameter.grad = parameter.grad, None
                self.values[name].grad = None if gradient is None else gradient.float()
        torch.nn.utils.clip_grad_norm_(self.values.values(), CLIP, foreach=True)
        for group in self.optimiser.param_groups:
            group["lr"] = group["rate"] * factor
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.updates += 1
        if self.average:
            share = min(self.decay, (1 + self.updates) / (10 + self.updates))
            torch._foreach_lerp_(list(self.average.values()),
                                 [value.detach() for value in self.values.values()], 1 - share)
        self.show(self.values)

    def show(self, values):
        """Copies `values` to the network."""
        with torch.no_grad():
            for name, parameter in self.named.items():
                if parameter is not values[name]:
                    parameter.copy_(values[name])

    def result(self):
        """{name: float32 tensor}: the average, or else the masters."""
        return self.average or {name: value.detach() for name, value in self.values.items()}

    @contextlib.contextmanager
    def averaged(self):
        """The network has the averaged weights within."""
        kept = {name: value.detach().clone() for name, value in self.values.items()
                } if self.average else {}
        if kept:
            self.show(self.average)
        yield
        if kept:
            self.show(kept)

    def state(self):
        return {"values": {name: value.detach() for name, value in self.values.items()},
                "average": self.average, "updates": self.updates,
                "optimiser": self.optimiser.state_dict() if self.optimiser else None}

    def load(self, state):
        with torch.no_grad():
            for name, value in self.values.items():
                value.copy_(state["values"][name])
            for name, value in self.average.items():
                value.copy_(state["average"][name])
        self.updates = state["updates"]
        if self.optimiser:
            rates = [group["rate"] for group in self.optimiser.param_groups]
            self.optimiser.load_state_dict(state["optimiser"])
            for group, rate in zip(self.optimiser.param_groups, rates):
                group["rate"] = rate
        self.show(self.values)


def cut_log(path, name, last):
    """Leaves those lines of a JSONL file of which `name` is at most `last`."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if line.endswith("\n") and json.loads(line)[name] <= last]
    path.with_suffix(".new").write_text("".join(kept))
    os.replace(path.with_suffix(".new"), path)


def digest(folder):
    """SHA-256 of the weights in `folder`; "" without a folder."""
    if not folder:
        return ""
    with open(Path(folder) / "model.safetensors", "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rate_factor(settings, tokens):
    """Share of the largest learning rate after `tokens` tokens."""
    share = min(1.0, tokens / settings.tokens)
    if share < settings.warmup:
        return share / settings.warmup
    if settings.schedule == "constant":
        return 1.0
    past = (share - settings.warmup) / max(1e-9, 1 - settings.warmup)
    left = 1 - past if settings.schedule == "linear" else (1 + math.cos(math.pi * past)) / 2
    return settings.final_lr_share + (1 - settings.final_lr_share) * left


class Run:
    """One training run in folder `out`.

    masters: {name: Masters}. step(batch, factor): one update, returns {name: scalar tensor} to be
    logged as means, always a "loss". snapshot(folder): saves weights. evaluate(): (figures for the
    log, score: the higher the better, or None), or None. start: folder of the weights at the start,
    or "". extra: an object with state() and load(), for what else the stage must keep; or None.
    """

    def __init__(self, settings, out, batches, masters, step, snapshot, evaluate=None, start="",
                 extra=None):
        self.settings, self.out, self.batches = settings, Path(out), batches
        self.masters, self.step_of, self.snapshot = masters, step, snapshot
        self.evaluate, self.extra = evaluate, extra
        self.same = {**dataclasses.asdict(settings), "--train": batches.sizes(),
                     "--start": digest(start)}
        self.device = next(iter(next(iter(masters.values())).values.values())).device
        self.out.mkdir(parents=True, exist_ok=True)
        self.step = self.tokens = self.epoch = self.batch = 0
        self.sums, self.counts, self.seconds = {}, {}, 0.0
        self.best = {"score": -math.inf, "worse": 0}
        self.stop = ""
        self.resume()

    def resume(self):
        """Takes up OUT/checkpoint.pt if it is there. ValueError if it is of another run."""
        path = self.out / "checkpoint.pt"
        if not path.exists():
            (self.out / "log.jsonl").write_text("")
            return
        state = torch.load(path, map_location=self.device, weights_only=False)
        for name, value in self.same.items():
            if name not in BUDGET and state["same"].get(name) != value:
                raise ValueError(f"{path}: was made with {name} = {state['same'].get(name)!r}, not "
                                 f"{value!r}")
        for name, masters in self.masters.items():
            masters.load(state["masters"][name])
        for name in "step", "tokens", "epoch", "batch", "sums", "counts", "seconds", "best":
            setattr(self, name, state[name])
        torch.set_rng_state(state["random"].cpu())
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(state["random_cuda"].cpu(), self.device)
        if self.extra:
            self.extra.load(state["extra"])
        cut_log(self.out / "log.jsonl", "step", self.step)
        print(f"{path}: resumed at step {self.step}, {self.tokens} tokens", file=sys.stderr)

    def checkpoint(self):
        state = {name: getattr(self, name) for name in (
            "step", "tokens", "epoch", "batch", "sums", "counts", "seconds", "best", "same")}
        state.update(
            masters={name: masters.state() for name, masters in self.masters.items()},
            random=torch.get_rng_state(), extra=self.extra.state() if self.extra else None)
        if self.device.type == "cuda":
            state["random_cuda"] = torch.cuda.get_rng_state(self.device)
        torch.save(state, self.out / "checkpoint.new")
        os.replace(self.out / "checkpoint.new", self.out / "checkpoint.pt")

    def log(self, figures):
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, "tokens": self.tokens, **figures}) + "\n")

    def log_means(self, clock, factor):
        """The means since the last line; `clock`: (time, tokens) of it."""
        means = {name: round(float(value) / self.counts[name], 6)
                 for name, value in self.sums.items()}
        seconds = time.monotonic() - clock[0]
        self.log({**means, "lr": self.settings.learning_rate * factor,
                  "tokens_per_second": round((self.tokens - clock[1]) / max(seconds, 1e-9)),
                  "seconds": round(self.seconds, 1)})
        self.sums, self.counts = {}, {}
        return time.monotonic(), self.tokens

    def index_arrays(self):
        """The rest of this epoch, then all others; counts `epoch` and `batch` on."""
        while True:
            for index in self.batches.epoch(self.epoch, self.batch):
                self.batch += 1
                yield index
            self.epoch, self.batch = self.epoch + 1, 0

    def after_step(self, before):
        """Snapshots and evaluation that the step from `before` tokens has made due."""
        for at in sorted(int(float(text)) for text in self.settings.snapshots):
            if before < at <= self.tokens:
                self.snapshot(self.out / "snapshots" / str(at))
        every = self.settings.dev_tokens
        ends = self.tokens >= self.settings.tokens
        if self.evaluate and every and (ends or before // every != self.tokens // every):
            figures, score = self.evaluate()
            self.log({"dev": figures})
            if score is None:
                return
            if score > self.best["score"]:
                self.best = {"score": score, "worse": 0, "tokens": self.tokens}
                self.snapshot(self.out / "best")
            else:
                self.best["worse"] += 1
            if self.settings.patience and self.best["worse"] >= self.settings.patience:
                self.stop = f"no better for {self.best['worse']} evaluations"

    def advance(self, index):
        """One step on the sentences `index`; returns the factor of the learning rate."""
        batch = self.batches.collate(index, self.device)
        factor = rate_factor(self.settings, self.tokens + batch["tokens"])
        for name, value in self.step_of(batch, factor).items():
            self.sums[name] = self.sums.get(name, 0.0) + value.detach().double()
            self.counts[name] = self.counts.get(name, 0) + 1
        self.step += 1
        self.tokens += batch["tokens"]
        return factor

    def train(self):
        """Trains until the tokens are used up, patience or `minutes` end, or SIGTERM or SIGINT
        comes; always leaves a checkpoint. Returns whether the tokens are used up."""
        handlers = {number: signal.signal(number, self.interrupted)
                    for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            with tqdm(total=self.settings.tokens, initial=self.tokens, unit="tok",
                      unit_scale=True, disable=None) as bar:
                self.steps(bar)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        print(f"{self.out}: step {self.step}, {self.tokens} tokens"
              + (f"; stopped: {self.stop}" if self.stop else ""), file=sys.stderr)
        return self.tokens >= self.settings.tokens

    def interrupted(self, number, _):
        self.stop = signal.Signals(number).name

    def steps(self, bar):
        begun, already = time.monotonic(), self.seconds
        saved, clock = begun, (begun, self.tokens)
        stream = self.index_arrays()
        while self.tokens < self.settings.tokens and not self.stop:
            before = self.tokens
            factor = self.advance(next(stream))
            self.seconds = already + time.monotonic() - begun
            bar.update(self.tokens - before)
            if self.step % self.settings.log_steps == 0:
                bar.set_postfix(loss=f"{float(self.sums['loss']) / self.counts['loss']:.4f}")
                clock = self.log_means(clock, factor)
            self.after_step(before)
            if self.settings.minutes and time.monotonic() - begun > 60 * self.settings.minutes:
                self.stop = self.stop or f"{self.settings.minutes:g} minutes are over"
            if time.monotonic() - saved > 60 * self.settings.checkpoint_minutes:
                self.checkpoint()
                saved = time.monotonic()
        self.checkpoint()
