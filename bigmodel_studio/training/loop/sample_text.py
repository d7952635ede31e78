"""A model's own words, as samples of a training need them: short, few, and the same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def ends_of(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Return the tokens that end an answer: the tokenizer's end of text, and those of the model's generation
    settings.
    """
    configured = getattr(model.generation_config, "eos_token_id", None)
    known = [tokenizer.eos_token_id, *(configured if isinstance(configured, list) else [configured])]
    return frozenset(token for token in known if isinstance(token, int))


def continued(
    model: PreTrainedModel,
    prompt: list[int],
    new_tokens: int,
    temperature: float,
    ends: frozenset[int],
    generator: torch.Generator,
) -> list[int]:
    """Return at most ``new_tokens`` ids after ``prompt``: the most probable ones at temperature 0, drawn otherwise."""
    ids: list[int] = []
    cache = None
    inputs = torch.tensor([prompt], device=model.device)
    while len(ids) < new_tokens:
        output = model(input_ids=inputs, past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        logits = output.logits[0, -1].float().cpu()
        if temperature > 0:
            chosen = int(torch.multinomial(torch.softmax(logits / temperature, -1), 1, generator=generator))
        else:
            chosen = int(logits.argmax())
        if chosen in ends:
            break
        ids.append(chosen)
        inputs = torch.tensor([[chosen]], device=model.device)
    return ids
