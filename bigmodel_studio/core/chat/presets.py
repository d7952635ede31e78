"""Presets of how tokens are chosen, and the key by which a setting names one: ready ones and the user's own.

It knows nothing of the form that shows them.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bigmodel_studio.protocol import Sampling

PRESETS: dict[str, Sampling] = {
    "balanced": Sampling(),
    "precise": Sampling(temperature=0.2, top_k=40, top_p=0.9),
    "creative": Sampling(temperature=1.2, top_k=0, top_p=1.0, min_p=0.05),
}
"""Ready presets; "balanced" leaves everything to the model's own ``generation_config``."""
READY = "@"
"""How the key of a ready preset begins, so that no name of the user's is taken for one."""


def preset(key: str, own: Mapping[str, Sampling]) -> Sampling | None:
    """Return the preset of a key, None where there is none (any more)."""
    return PRESETS.get(key.removeprefix(READY)) if key.startswith(READY) else own.get(key)


def without_seed(sampling: Sampling) -> Sampling:
    """Return what a preset keeps of a sampling: all but the seed, which is of one reply."""
    return msgspec.structs.replace(sampling, seed=None)
