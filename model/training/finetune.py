# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a discriminator that names kinds of errors: token classification with the labels of
text.KINDS on folders of labelled arrays.

OUT/best has the weights with the best F0.5 on --dev, OUT/last those of the end, OUT/snapshots/N
those after N tokens; OUT/log.jsonl a line every few steps. A run that was stopped resumes from
OUT/checkpoint.pt when the same command is given again.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax

from .loop import IGNORED, Batches, LoopSettings, Masters, Run
from .measures import Ranking
from .networks import attention_for, device_of, discriminator_from, exact_values, save
from .settings import key
from .text import KINDS


@dataclass(frozen=True)
class Settings(LoopSettings):
    wrong_weight: float = key(1.0, "weight in the loss of tokens that are wrong")
    label_smoothing: float = key(0.0, "share of the label spread over all kinds")
    focal: float = key(0.0, "gamma of the focal loss (Lin et al. 2017); 0: cross-entropy")
    freeze_word_embeddings: bool = key(True, "leave the word embeddings as they are")
    teacher: str = key("", "folder of a larger model with the same labels to learn from, or empty")
    distil_weight: float = key(0.5, "share of the loss that compares with the teacher")
    distil_temperature: float = key(2.0, "temperature of both in that comparison")


def add_arguments(parser):
    parser.add_argument("--train", nargs="+", required=True, metavar="DIR",
                        help="labelled arrays to train on, one after another")
    parser.add_argument("--dev", nargs="+", default=[], metavar="DIR",
                        help="labelled arrays to evaluate on")
    parser.add_argument("--start", required=True, metavar="FOLDER",
                        help="model to start from: ELECTRA, or a BERT encoder")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this run")


def logits_of(model, batch):
    """Float32 [sentences, width, labels]."""
    return model(input_ids=batch["ids"], attention_mask=batch["mask"],
                 token_type_ids=batch["types"]).logits.float()


def loss_of(logits, labels, settings):
    """Mean loss over tokens, weighted; logits [tokens, labels], labels [tokens]."""
    each = cross_entropy(logits, labels, reduction="none",
                         label_smoothing=settings.label_smoothing)
    if settings.focal:
        right = softmax(logits, 1).gather(1, labels[:, None])[:, 0]
        each = each * (1 - right) ** settings.focal
    weights = torch.where(labels > 0, settings.wrong_weight, 1.0)
    return (weights * each).sum() / weights.sum()


def distance(logits, teacher, temperature):
    """Mean Kullback-Leibler divergence from the teacher at `temperature`, times its square (Hinton
    et al. 2015); both [tokens, labels]."""
    return temperature ** 2 * kl_div(log_softmax(logits / temperature, 1),
                                     log_softmax(teacher / temperature, 1),
                                     log_target=True, reduction="batchmean")


def probabilities(model, batches, device):
    """(P(wrong) float64 [tokens], labels [tokens], mean cross-entropy) over all of `batches`."""
    chances, labels, loss = [], [], 0.0
    model.eval()
    with torch.no_grad():
        for index in batches.in_order():
            batch = batches.collate(index, device)
            valid = batch["labels"] != IGNORED
            logits, wanted = logits_of(model, batch)[valid], batch["labels"][valid]
            loss += float(cross_entropy(logits, wanted, reduction="sum"))
            chances.append(1 - softmax(logits.double(), 1)[:, 0].cpu().numpy())
            labels.append(wanted.cpu().numpy())
    model.train()
    labels = numpy.concatenate(labels)
    return numpy.concatenate(chances), labels, loss / len(labels)


def measure(chances, labels):
    """{"f", "precision", "recall", "threshold", "kinds": recall of each kind}: of tokens, at the
    threshold with the best F0.5."""
    wrong = labels > 0
    ranking = Ranking(chances, wrong, ~wrong)
    n, precision, recall, score = ranking.cuts()
    best = int(numpy.argmax(score))
    threshold = float(ranking.chances[n[best] - 1])
    kinds = {kind: round(float((chances[labels == i] >= threshold).mean()), 4)
             for i, kind in enumerate(KINDS) if i and (labels == i).any()}
    return {"f": round(float(score[best]), 5), "precision": round(float(precision[best]), 5),
            "recall": round(float(recall[best]), 5), "threshold": round(threshold, 5),
            "kinds": kinds}


def build(arguments, settings):
    """(model, teacher or None, {name: float32 tensor} of the weights at the start)."""
    device = device_of(settings.device)
    if device.type == "cpu":
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    model = discriminator_from(arguments.start, attention=attention_for(device),
                               dropout=settings.dropout, seed=settings.seed)
    exact = exact_values(model)
    model = model.to(device, settings.dtype()).train()
    if settings.freeze_word_embeddings:
        model.electra.embeddings.word_embeddings.weight.requires_grad_(False)
    if not settings.teacher:
        return model, None, exact
    teacher = discriminator_from(settings.teacher, attention=attention_for(device))
    return model, teacher.to(device, settings.dtype()).eval(), exact


def step_with(model, teacher, masters, settings):
    """The function of one update, for loop.Run."""
    def step(batch, factor):
        valid = batch["labels"] != IGNORED
        logits = logits_of(model, batch)[valid]
        loss = loss_of(logits, batch["labels"][valid], settings)
        logged = {"loss": loss}
        if teacher is not None:
            with torch.no_grad():
                wanted = logits_of(teacher, batch)[valid]
            far = distance(logits, wanted, settings.distil_temperature)
            loss = (1 - settings.distil_weight) * loss + settings.distil_weight * far
            logged["distance"] = far
        loss.backward()
        masters.step(factor)
        return logged
    return step


def run(arguments, settings):
    model, teacher, exact = build(arguments, settings)
    masters = Masters({name: parameter for name, parameter in model.named_parameters()
                       if parameter.requires_grad}, model.config.num_hidden_layers,
                      settings.learning_rate, settings.layer_decay, settings.weight_decay,
                      settings.ema)
    batches = Batches(arguments.train, settings.batch_tokens, settings.seed, labelled=True)
    dev = Batches(arguments.dev, settings.batch_tokens, labelled=True) if arguments.dev else None

    def snapshot(folder):
        save(model, Path(arguments.start) / "vocab.txt", folder, {**exact, **masters.result()})

    def evaluate():
        with masters.averaged():
            chances, labels, loss = probabilities(model, dev, model.device)
        figures = measure(chances, labels)
        return {**figures, "loss": round(loss, 6)}, figures["f"]

    training = Run(settings, arguments.out, batches, {"discriminator": masters},
                   step_with(model, teacher, masters, settings), snapshot,
                   evaluate if dev else None, arguments.start)
    training.train()
    snapshot(Path(arguments.out) / "last")
    return 0
