"""Hidden words from both sides, and whether one sentence followed another (Devlin et al. 2018, section 3.1)."""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.training.data.masked_examples import drawn_openings, masked_batch
from bigmodel_studio.training.data.masking import IGNORED, Masking
from bigmodel_studio.training.data.segments import Sentences
from bigmodel_studio.training.data.shuffling import generator
from bigmodel_studio.training.script.parts.settings import SEED, UPDATE, Batch, array

CONTEXT = 128
PAIRS = True  # whether there is a second stretch, of which the model says whether it follows
SHARE = 0.15  # of the tokens are hidden
WHOLE_WORDS = False
CLS = 2
SEP = 3
PAD = 0
MASK = 4


@functools.cache
def masking() -> Masking:
    return Masking(CLS, SEP, PAD, MASK, array("ordinary"), array("continues"), SHARE, WHOLE_WORDS)


def batch(step: int) -> Batch:
    """Return stretches from random places of the text, with words hidden by chance."""
    random = generator(SEED, 0, step)
    text = Sentences(array("tokens"), array("sentences"), array("documents"), array("openings"))
    openings = drawn_openings(random, text, UPDATE, pairs=PAIRS)
    made = masked_batch(random, text, openings, masking(), CONTEXT, pairs=PAIRS)
    return {name: torch.from_numpy(values) for name, values in made.items()}


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of hidden words, and, for pairs, of what is said of them."""
    given = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in batch}
    output = model(**given)
    hidden = batch["labels"] != IGNORED
    if PAIRS:
        words = F.cross_entropy(output.prediction_logits[hidden].float(), batch["labels"][hidden], reduction="sum")
        follows = output.seq_relationship_logits.float()
        return torch.stack([words, F.cross_entropy(follows, batch["next_sentence_label"], reduction="sum")])
    else:
        return F.cross_entropy(output.logits[hidden].float(), batch["labels"][hidden], reduction="sum").view(1)


def counts(batch: Batch) -> torch.Tensor:
    """Return how many words are hidden, and how many pairs there are."""
    hidden = (batch["labels"] != IGNORED).sum()
    if PAIRS:
        return torch.stack([hidden, torch.full_like(hidden, len(batch["labels"]))])
    else:
        return hidden.view(1)
