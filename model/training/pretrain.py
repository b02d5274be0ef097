# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a generator and a discriminator by replaced-token detection, as ELECTRA does (Clark et al.
2020): a small masked language model fills masked places, the discriminator says which tokens are
not the original ones; loss = MLM + 50 RTD.

With objective = adversarial the generator is trained against the discriminator instead: its samples
are rewarded for what the discriminator makes of them (REINFORCE, appendix F).

OUT/generator and OUT/discriminator have the weights of the end, OUT/snapshots/N those after N
tokens; OUT/log.jsonl a line every few steps, OUT/diversity.jsonl the measures of the generator at
each snapshot. A run that was stopped resumes when the same command is given again.
"""
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import (binary_cross_entropy_with_logits, cross_entropy, log_softmax,
                                 logsigmoid)

from .diversity import chosen_batches, judge_from, measured
from .loop import Batches, LoopSettings, Masters, Run, cut_log
from .networks import (attention_for, detector_from, device_of, exact_values, generator_beside,
                       new_detector, save, share_embeddings)
from .replaced import (draw, generator_logits, inside, masked_places, replaced_logits, seeded,
                       with_drawn)
from .settings import key

EMBEDDINGS = "electra.embeddings."
BASELINE_DECAY = 0.99  # of the moving average of rewards


@dataclass(frozen=True)
class Settings(LoopSettings):
    ema: float = key(0.0, "moving average of weights, which is what is saved; 0: none")
    layers: int = key(6, "of a discriminator without --start")
    width: int = key(384, "hidden size of a discriminator without --start")
    heads: int = key(12, "attention heads of a discriminator without --start")
    generator_layers: int = key(2, "layers of the generator")
    generator_width: int = key(128, "hidden size of the generator, a multiple of 32; 0: the first "
                                    "layers of the discriminator")
    generator_learning_rate: float = key(5e-4, "largest learning rate of the generator")
    freeze_word_embeddings: bool = key(False, "leave the word embeddings as they are")
    mask_share: float = key(0.15, "share of the tokens that are masked")
    rtd_weight: float = key(50.0, "weight of the discriminator's loss")
    temperature: float = key(1.0, "of sampling from the generator")
    objective: str = key("maximum-likelihood", "maximum-likelihood or adversarial generator")
    reward: str = key("original", "adversarial: original, log D of each sample, D the chance that "
                                  "it is original; or loss, the discriminator's loss there")
    adversarial_after: int = key(1_000_000, "adversarial: maximum likelihood for so many tokens")
    mlm_weight: float = key(0.0, "adversarial: weight of maximum likelihood beside the reward")
    entropy_bonus: float = key(0.0, "adversarial: weight of the entropy of the generator")
    updates: str = key("joint", "joint: both in each step; or alternating")
    generator_steps: int = key(1, "alternating: steps of the generator in turn")
    discriminator_steps: int = key(1, "alternating: steps of the discriminator in turn")
    measured_sentences: int = key(400, "sentences of --dev that are measured on")
    temperatures: tuple = key(("0.7", "1.0", "1.3"), "at which diversity is measured")

    def __post_init__(self):
        super().__post_init__()
        for name, allowed in (("objective", ("maximum-likelihood", "adversarial")),
                              ("reward", ("original", "loss")),
                              ("updates", ("joint", "alternating"))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}, not {' or '.join(allowed)}")
        if not (self.temperature > 0 and 0 < self.mask_share < 1):
            raise ValueError("temperature must be above 0, mask_share between 0 and 1")
        if min(self.generator_steps, self.discriminator_steps, self.measured_sentences) < 1:
            raise ValueError("generator_steps, discriminator_steps and measured_sentences must be "
                             "at least 1")


def add_arguments(parser):
    parser.add_argument("--train", nargs="+", required=True, metavar="DIR",
                        help="arrays to train on; labels are not read")
    parser.add_argument("--dev", nargs="+", required=True, metavar="DIR",
                        help="arrays to measure on")
    parser.add_argument("--start", default="", metavar="FOLDER",
                        help="discriminator or BERT encoder to start from (default: random)")
    parser.add_argument("--vocabulary", metavar="FILE",
                        help="vocabulary (default: the one beside --start)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this run")


def discriminator_loss(logits, replaced, within):
    """-log D where a token is original, -log(1 - D) where it is replaced, mean over `within`; all
    [sentences, width], D = 1 - sigmoid(logits)."""
    return binary_cross_entropy_with_logits(logits[within], replaced[within].float())


class Pretraining:
    """Both networks, what trains them, and the state that is not in them."""

    def __init__(self, start, vocabulary, settings):
        self.settings = settings
        self.pieces = vocabulary.read_text(encoding="utf-8").splitlines()
        self.vocabulary, self.device = vocabulary, device_of(settings.device)
        if self.device.type == "cpu":
            torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.build(start)
        self.steps = self.tokens = 0
        self.baseline = torch.zeros((), device=self.device)
        self.judge = judge_from(start, self.device) if start else None

    def build(self, start):
        chosen, attention = self.settings, attention_for(self.device)
        same = {"attention": attention, "dropout": chosen.dropout, "seed": chosen.seed}
        self.discriminator = detector_from(start, **same) if start else new_detector(
            len(self.pieces), chosen.layers, chosen.width, chosen.heads, **same)
        self.generator = generator_beside(self.discriminator, chosen.generator_layers,
                                          chosen.generator_width, attention, chosen.seed)
        share_embeddings(self.generator, self.discriminator)
        self.exact = exact_values(self.discriminator)
        for model in self.discriminator, self.generator:
            model.to(self.device, chosen.dtype()).train()
        share_embeddings(self.generator, self.discriminator)
        words = self.discriminator.electra.embeddings.word_embeddings.weight
        words.requires_grad_(not chosen.freeze_word_embeddings)
        self.masters = {
            "shared": self.masters_of(self.discriminator, True, chosen.learning_rate),
            "discriminator": self.masters_of(self.discriminator, False, chosen.learning_rate),
            "generator": self.masters_of(self.generator, False, chosen.generator_learning_rate)}

    def masters_of(self, model, embeddings, learning_rate):
        """Masters of the embeddings, which both networks share, or of all but those."""
        named = {name: parameter for name, parameter in model.named_parameters()
                 if name.startswith(EMBEDDINGS) == embeddings and parameter.requires_grad}
        chosen = self.settings
        return Masters(named, model.config.num_hidden_layers, learning_rate, chosen.layer_decay,
                       chosen.weight_decay, chosen.ema)

    def state(self):
        return {"steps": self.steps, "tokens": self.tokens, "baseline": self.baseline}

    def load(self, state):
        self.steps, self.tokens = state["steps"], state["tokens"]
        self.baseline = state["baseline"]

    def turn(self):
        """(whether the generator, whether the discriminator is trained in this step)."""
        if self.settings.updates == "joint":
            return True, True
        cycle = self.settings.generator_steps + self.settings.discriminator_steps
        generator = self.steps % cycle < self.settings.generator_steps
        return generator, not generator

    def step(self, batch, factor):
        """One update, for loop.Run."""
        of_generator, of_discriminator = self.turn()
        adversarial = (self.settings.objective == "adversarial"
                       and self.tokens >= self.settings.adversarial_after)
        ids = batch["ids"]
        places = masked_places(ids, self.settings.mask_share)
        with torch.set_grad_enabled(of_generator):
            logits = generator_logits(self.generator, batch, places)
            mlm = cross_entropy(logits, ids[places])
        logged, loss = {"mlm": mlm}, mlm if of_generator else 0.0
        if of_discriminator or adversarial:
            drawn = draw(logits.detach(), self.settings.temperature)
            changed = with_drawn(ids, places, drawn)
            with torch.set_grad_enabled(of_discriminator):
                judged = replaced_logits(self.discriminator, batch, changed)
                rtd = discriminator_loss(judged, changed != ids, inside(ids))
            logged.update(rtd=rtd, drawn_right=(drawn == ids[places]).double().mean())
            if adversarial and of_generator:
                loss, reward = self.adversarial_loss(logits, drawn, drawn == ids[places],
                                                     judged.detach()[places], mlm)
                logged["reward"] = reward
            loss = loss + self.settings.rtd_weight * rtd if of_discriminator else loss
        loss.backward()
        for name, wanted in (("generator", of_generator), ("discriminator", of_discriminator),
                             ("shared", True)):
            if wanted:
                self.masters[name].step(factor)
        self.steps, self.tokens = self.steps + 1, self.tokens + batch["tokens"]
        return {"loss": loss, **logged}

    def adversarial_loss(self, logits, drawn, restored, judged, mlm):
        """(L_G, mean reward) by REINFORCE (Williams 1992) with a moving average of rewards as the
        baseline: L_G = -E log D(x~), of which the gradient is E (reward - baseline) grad log p.
        logits [masked, vocabulary]; drawn, restored, judged (the discriminator's) [masked]."""
        chosen = self.settings
        logs = log_softmax(logits / chosen.temperature, 1)
        reward = logsigmoid(-judged)
        if chosen.reward == "loss":
            reward = torch.where(restored, -reward, -logsigmoid(judged))
        mean = reward.mean()
        self.baseline = mean if not self.baseline else torch.lerp(mean, self.baseline,
                                                                  BASELINE_DECAY)
        loss = -((reward - self.baseline) * logs.gather(1, drawn[:, None])[:, 0]).mean()
        if chosen.entropy_bonus:
            loss = loss + chosen.entropy_bonus * (logs.exp() * logs).sum(1).mean()
        return (loss + chosen.mlm_weight * mlm if chosen.mlm_weight else loss), mean

    @torch.no_grad()
    def evaluate(self, dev, chosen):
        """Figures of both networks on the sentences `chosen` of `dev`."""
        sums = dict.fromkeys(("mlm", "restored", "places", "rtd", "tokens", "found", "said",
                              "replaced"), 0.0)
        self.mode(False)
        for number, index in enumerate(chosen):
            batch = dev.collate(index, self.device)
            ids, within = batch["ids"], inside(batch["ids"])
            with seeded(number, self.device):
                places = masked_places(ids, self.settings.mask_share)
                logits = generator_logits(self.generator, batch, places)
                changed = with_drawn(ids, places, draw(logits, self.settings.temperature))
            judged = replaced_logits(self.discriminator, batch, changed)
            wrong, said = (changed != ids), (judged > 0) & within
            for name, value in (
                    ("mlm", cross_entropy(logits, ids[places], reduction="sum")),
                    ("restored", (logits.argmax(1) == ids[places]).sum()),
                    ("places", places.sum()), ("tokens", within.sum()),
                    ("rtd", discriminator_loss(judged, wrong, within) * within.sum()),
                    ("found", (said & wrong).sum()), ("said", said.sum()),
                    ("replaced", wrong.sum())):
                sums[name] += float(value)
        self.mode(True)
        return {"mlm": round(sums["mlm"] / sums["places"], 5),
                "restored": round(sums["restored"] / sums["places"], 5),
                "rtd": round(sums["rtd"] / sums["tokens"], 6),
                "precision": round(sums["found"] / max(1.0, sums["said"]), 5),
                "recall": round(sums["found"] / max(1.0, sums["replaced"]), 5)}

    def mode(self, training):
        self.generator.train(training)
        self.discriminator.train(training)

    def measure(self, dev, chosen, path):
        """Appends the measures of the generator, at each temperature, to the file `path`."""
        self.mode(False)
        lines = [measured(self.generator, self.discriminator, self.judge, dev, chosen, self.pieces,
                          float(temperature), self.settings.mask_share)
                 for temperature in self.settings.temperatures]
        self.mode(True)
        with open(path, "a", encoding="utf-8") as file:
            for line in lines:
                line = {"tokens": self.tokens, "objective": self.settings.objective, **line}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def save(self, folder):
        """Writes folder/generator and folder/discriminator."""
        shared = {**self.exact, **self.masters["shared"].result()}
        for name, model in (("generator", self.generator), ("discriminator", self.discriminator)):
            values = {name: tensor for name, tensor in shared.items()
                      if name.startswith(EMBEDDINGS)}
            save(model, self.vocabulary, Path(folder) / name,
                 {**values, **self.masters[name].result()})


def run(arguments, settings):
    if not (arguments.vocabulary or arguments.start):
        raise ValueError("random weights need --vocabulary")
    vocabulary = Path(arguments.vocabulary or Path(arguments.start) / "vocab.txt")
    pretraining = Pretraining(arguments.start, vocabulary, settings)
    batches = Batches(arguments.train, settings.batch_tokens, settings.seed)
    dev = Batches(arguments.dev, 2048)
    chosen = chosen_batches(dev, settings.measured_sentences)
    diversity = Path(arguments.out) / "diversity.jsonl"

    def snapshot(folder):
        pretraining.save(folder)
        pretraining.measure(dev, chosen, diversity)

    training = Run(settings, arguments.out, batches, pretraining.masters, pretraining.step,
                   snapshot, lambda: (pretraining.evaluate(dev, chosen), None), arguments.start,
                   pretraining)
    cut_log(diversity, "tokens", training.tokens)
    if training.train():
        cut_log(diversity, "tokens", training.tokens - 1)
        pretraining.measure(dev, chosen, diversity)
    pretraining.save(arguments.out)
    return 0
