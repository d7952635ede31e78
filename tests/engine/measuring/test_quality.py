"""Quality of a precision: perplexity against transformers' own loss, agreement, and what is remembered of it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from bigmodel_studio.core.models.quality import quality_of
from bigmodel_studio.core.system import paths
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.measuring import quality
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.weights import KIND_OF, dequantised, pack
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Cancelled, Done, MeasureQuality, ModelRef, Progress, Quality
from tests.engine.packed.conftest import kernel
from tests.small_models import causal_folders, local, session

__all__ = ["causal_folders", "kernel", "session"]
WINDOW, TOKENS = 24, 60


@pytest.fixture
def ref(kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, causal_folders: dict[str, Path]) -> ModelRef:
    """A small Llama at 4 bits, the kernels being ready, and a short text."""
    monkeypatch.delenv(compiling.VARIABLE)
    monkeypatch.setattr(quality, "WINDOW", WINDOW)
    monkeypatch.setattr(quality, "TOKENS", TOKENS)
    return msgspec.structs.replace(local(causal_folders["llama"]), precision="4-bit")


def measured(ref: ModelRef, session: Session) -> Quality:
    *_, end = run_task(MeasureQuality(model=ref), session)
    assert isinstance(end, Done), end
    assert isinstance(end.result, Quality)
    return end.result


def by_transformers(folder: Path, *, packed: bool) -> tuple[float, list[int]]:
    """Perplexity and the likeliest tokens, computed by transformers over the same windows."""
    model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    if packed:
        for name, module in model.named_modules():
            if isinstance(module, torch.nn.Linear):
                if name == "lm_head":
                    module.weight = torch.nn.Parameter(module.weight.detach().clone())
                module.weight.data = dequantised(pack(module.weight.detach(), KIND_OF["4-bit"]))
    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
    begin = tokenizer("")["input_ids"][:1]
    ids = tokenizer(paths.sample_text().read_text(encoding="utf-8")[:4000], add_special_tokens=False)["input_ids"]
    step = WINDOW - len(begin)
    windows = [torch.tensor([begin + ids[:TOKENS][start : start + step]]) for start in range(0, TOKENS, step)]
    with torch.inference_mode():
        rows = torch.cat([model(window).logits[0, :-1] for window in windows])
    targets = torch.cat([window[0, 1:] for window in windows])
    return math.exp(torch.nn.functional.cross_entropy(rows, targets)), rows.argmax(-1).tolist()


def test_perplexity_is_that_of_transformers_and_is_remembered_until_the_files_change(
    ref: ModelRef, session: Session, causal_folders: dict[str, Path]
) -> None:
    folder = causal_folders["llama"]
    found = measured(ref, session)
    stored, likeliest = by_transformers(folder, packed=False)
    packed, packed_likeliest = by_transformers(folder, packed=True)
    assert found.stored_perplexity == pytest.approx(stored, rel=1e-4)
    assert math.log(found.perplexity) == pytest.approx(math.log(packed), abs=0.04)  # activations have 8 bits, too
    assert found.tokens == len(likeliest)
    agreement = sum(a == b for a, b in zip(likeliest, packed_likeliest, strict=True)) / len(likeliest)
    assert found.top1_agreement == pytest.approx(agreement, abs=0.05)
    assert quality_of(ref, folder) == found
    assert quality_of(local(folder), folder) is None, "of another precision nothing was measured"
    config = folder / "config.json"
    before = config.stat()
    try:
        os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        assert quality_of(ref, folder) is None
    finally:
        os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_does_not_fit_as_stored_is_not_compared(
    ref: ModelRef, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = psutil.virtual_memory()._replace(available=1000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: tight)
    found = measured(ref, session)
    assert (found.stored_perplexity, found.top1_agreement) == (None, None)
    assert found.perplexity > 1


def test_a_measurement_that_is_stopped_leaves_nothing(
    ref: ModelRef, session: Session, causal_folders: dict[str, Path]
) -> None:
    changed = msgspec.structs.replace(ref, precision="8-bit")
    events = run_task(MeasureQuality(model=changed), session)
    for event in events:
        if isinstance(event, Progress) and event.what == "reading":
            break
    assert isinstance(events.throw(Stopped()), Cancelled)
    assert quality_of(changed, causal_folders["llama"]) is None
