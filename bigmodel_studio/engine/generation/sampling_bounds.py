"""Bounds of sampling settings, checked before anything is loaded: nothing here imports torch."""

from __future__ import annotations

import math

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Sampling


def check_sampling(sampling: Sampling) -> None:
    """Check that each field is within what makes sense. Raises ``StudioError`` "sampling-invalid"."""

    def within(value: float | None, low: float, high: float) -> bool:
        return value is None or (math.isfinite(value) and low <= value <= high)

    rules = (
        ("max_new_tokens", within(sampling.max_new_tokens, 1, 10**7), "1 or more"),
        ("temperature", within(sampling.temperature, 0, 100), "0 (greedy) to 100"),
        ("top_k", within(sampling.top_k, 0, 10**9), "0 (off) or more"),
        ("top_p", within(sampling.top_p, 0, 1), "0 to 1 (off)"),
        ("min_p", within(sampling.min_p, 0, 1), "0 (off) to 1"),
        ("typical_p", within(sampling.typical_p, 0.001, 1), "0.001 to 1 (off)"),
        ("presence_penalty", within(sampling.presence_penalty, -100, 100), "-100 to 100, 0 being off"),
        ("frequency_penalty", within(sampling.frequency_penalty, -100, 100), "-100 to 100, 0 being off"),
        ("repetition_penalty", within(sampling.repetition_penalty, 0.01, 100), "0.01 to 100, 1 being off"),
        ("seed", within(sampling.seed, 0, 2**63 - 1), "0 to 9223372036854775807 (2^63 − 1)"),
        ("beams", within(sampling.beams, 1, 64), "1 (off) to 64"),
    )
    for field, valid, may_be in rules:
        if not valid:
            raise StudioError("sampling-invalid", field=field, was=str(getattr(sampling, field)), may_be=may_be)
