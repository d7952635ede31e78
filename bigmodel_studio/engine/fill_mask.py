"""The words that a masked language model would put where some are hidden."""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

MASK = "[MASK]"
"""How a hidden word is written in a prompt, whatever the tokenizer calls it."""
CANDIDATES = 5


def fill(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: str, context: int, most: int = CANDIDATES
) -> dict[str, Any]:
    """The most probable tokens for each ``[MASK]`` of a prompt, which is cut where it is longer than ``context``."""
    encoded = tokenizer(prompt.replace(MASK, str(tokenizer.mask_token)), truncation=True, max_length=context)
    ids = torch.tensor([encoded["input_ids"]], device=model.device)
    output: Any = model(input_ids=ids)
    logits = getattr(output, "prediction_logits", None)
    chances = (output.logits if logits is None else logits)[0].float().softmax(-1).cpu()
    text, masks = prompt, []
    for place in (ids[0] == tokenizer.mask_token_id).nonzero().flatten().tolist():
        best = chances[place].topk(min(most, chances.shape[-1]))
        candidates = [
            {"token": str(tokenizer.decode([token])).strip(), "probability": round(chance, 4)}
            for token, chance in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]
        masks.append({"candidates": candidates})
        text = text.replace(MASK, str(candidates[0]["token"]), 1)
    return {"prompt": prompt, "text": text, "masks": masks}
