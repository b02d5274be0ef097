# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replaced tokens: which are masked, what the generator draws for them, what the discriminator says
of it (Clark et al. 2020, section 3.1)."""
import contextlib

import torch
from torch.nn.functional import log_softmax, logsigmoid

from .text import CLS, MASK, PAD, SEP


@contextlib.contextmanager
def seeded(seed, device):
    """Random numbers within start from `seed`; those outside go on as if nothing had been drawn."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def inside(ids):
    """bool, like `ids`: neither special nor padding."""
    return (ids != PAD) & (ids != CLS) & (ids != SEP)


def masked_places(ids, share):
    """bool [sentences, width]: `share` of the tokens of each sentence, at least one."""
    within = inside(ids)
    score = torch.rand(ids.shape, device=ids.device).masked_fill(~within, -1.0)
    rank = score.argsort(1, descending=True).argsort(1)
    count = (share * within.sum(1, keepdim=True)).round().clamp(min=1)
    return within & (rank < count)


def generator_logits(generator, batch, places):
    """Float32 [masked, vocabulary], for the masked places in row order."""
    hidden = generator.electra(
        input_ids=batch["ids"].masked_fill(places, MASK), attention_mask=batch["mask"],
        token_type_ids=batch["types"]).last_hidden_state[places]
    return generator.generator_lm_head(generator.generator_predictions(hidden)).float()


def draw(logits, temperature=1.0):
    """One id for each row of `logits`, by its chance at `temperature`: int64 [masked]."""
    cumulative = torch.softmax(logits / temperature, 1).cumsum(1)
    at = torch.rand(len(logits), 1, device=logits.device) * cumulative[:, -1:]
    return torch.searchsorted(cumulative, at).clamp(max=logits.shape[1] - 1)[:, 0]


def with_drawn(ids, places, drawn):
    """A copy of `ids` with `drawn` at the masked places."""
    changed = ids.clone()
    changed[places] = drawn
    return changed


def replaced_logits(discriminator, batch, ids):
    """Float32 [sentences, width]: above 0 where a token seems to be replaced."""
    return discriminator(input_ids=ids, attention_mask=batch["mask"],
                         token_type_ids=batch["types"]).logits.float()


def log_right(discriminator, batch, ids):
    """log P(token is right) [sentences, width], by one logit a token or by labels."""
    logits = replaced_logits(discriminator, batch, ids)
    return logsigmoid(-logits) if logits.ndim == 2 else log_softmax(logits, 2)[..., 0]
