"""How a sentence-transformers folder makes one vector of a text: which tokens count, and after how many it is cut.

Such a folder says it in ``modules.json``, in the config of its pooling, and in ``sentence_bert_config.json`` (Reimers
and Gurevych 2019). A folder that says nothing has the mean over all tokens.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F

from bigmodel_studio.core.models.folder import read_json
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.files import read_quietly
from bigmodel_studio.core.text.messages import StudioError

Pool = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(states [texts, tokens, width], mask [texts, tokens, 1]) -> [texts, width], float32."""
MODULES_FILE, LENGTH_FILE, POOLING_FILE = "modules.json", "sentence_bert_config.json", "config.json"
_KNOWN = ("Transformer", "Pooling", "Normalize")


def _mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return (states * mask).sum(1) / mask.sum(1).clamp(min=1)


def _first(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    place = mask[..., 0].argmax(dim=1)
    return states[torch.arange(len(states)), place]


def _last(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    place = states.shape[1] - 1 - mask[..., 0].flip(1).argmax(dim=1)
    return states[torch.arange(len(states)), place]


def _weighted(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = mask * torch.arange(1, states.shape[1] + 1, device=states.device)[None, :, None]
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


POOLS: dict[str, Pool] = {
    "cls_token": _first,
    "max_tokens": lambda states, mask: states.masked_fill(mask == 0, -1e9).amax(1),
    "mean_tokens": _mean,
    "mean_sqrt_len_tokens": lambda states, mask: (states * mask).sum(1) / mask.sum(1).clamp(min=1).sqrt(),
    "weightedmean_tokens": _weighted,
    "lasttoken": _last,
}
"""By what follows ``pooling_mode_`` in the config, in the order in which several are joined."""


class Pooling(NamedTuple):
    """Which pools make the vector, one after the other; after how many tokens a text is cut, None: nowhere."""

    modes: tuple[str, ...] = ("mean_tokens",)
    most_tokens: int | None = None
    lower: bool = False

    def vectors(self, states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return [texts, tokens, width] and [texts, tokens] to [texts, width × modes], each of length 1, float32."""
        mask = attention_mask.unsqueeze(-1).float()
        return F.normalize(torch.cat([POOLS[mode](states.float(), mask) for mode in self.modes], dim=-1), dim=-1)


def pooling_of(folder: Path) -> Pooling:
    """Read how a folder makes its vectors.

    Raises ``StudioError``: "embed-module" (a step that is not done here), and as ``read_json`` does.
    """
    modes = Pooling().modes
    for module in _modules(folder):
        kind = str(module.get("type", "")).rpartition(".")[2]
        if kind not in _KNOWN:
            raise StudioError("embed-module", file=MODULES_FILE, module=kind[:40])
        if kind == "Pooling":
            modes = _modes(folder / Path(str(module.get("path") or "")).name / POOLING_FILE)
    table = read_json(folder / LENGTH_FILE) if (folder / LENGTH_FILE).is_file() else {}
    most = table.get("max_seq_length")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise StudioError("config-broken", file=LENGTH_FILE, detail="max_seq_length is no number of tokens")
    return Pooling(modes, most, table.get("do_lower_case") is True)


def _modules(folder: Path) -> list[dict[str, Any]]:
    path = folder / MODULES_FILE
    if not path.is_file():
        return []
    try:
        if path.stat().st_size > limits.JSON_BYTES:
            raise ValueError("too long")
        found = json.loads(read_quietly(path).decode("utf-8-sig"))
    except (ValueError, RecursionError, OSError) as error:
        raise StudioError("config-broken", file=MODULES_FILE, detail="it is no JSON list") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise StudioError("config-broken", file=MODULES_FILE, detail="it is no list of modules")
    return found


def _modes(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise StudioError("config-broken", file=f"{path.parent.name}/{path.name}", detail="it is missing")
    table = read_json(path)
    named = table.get("pooling_mode")
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    short = {name.partition("_")[0]: name for name in ("cls_token", "max_tokens", "mean_tokens")}
    chosen = {short.get(str(name), str(name)) for name in names}
    chosen |= {mode for mode in POOLS if table.get(f"pooling_mode_{mode}") is True}
    if not chosen or not chosen <= set(POOLS):
        detail = f"its pooling is {', '.join(sorted(chosen)) or 'none'}"
        raise StudioError("config-broken", file=f"{path.parent.name}/{path.name}", detail=detail)
    return tuple(mode for mode in POOLS if mode in chosen)
