"""The task that measures quality: perplexity on a bundled text in a precision, beside the model as stored.

Both read the same windows of the same text, one model after the other, so that one is in memory at a time. The text is
the stories of this project: a model that was trained on them does better there than elsewhere.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import torch
from msgspec.structs import replace

from bigmodel_studio.core.models import library, quality
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.decoding import Decoder, decoder_of
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.session import Session, physical_cores
from bigmodel_studio.protocol import Done, Event, Generate, MeasureQuality, ModelRef, Progress, Quality

WINDOW = 512
"""Tokens that are read in a row, at most."""
TOKENS = 1024
"""Tokens that are read in all."""
PIECE = 64
"""Tokens that are read between two chances to stop."""
_CHARACTERS = 20 * TOKENS
_BESIDE = 1.2
"""What running a model takes, in its weights (``core.advice.fits``)."""
_FLOAT32_BYTES = 4


class Reading(NamedTuple):
    """What a model made of the text: the loss in all, and the most likely token at each place."""

    loss: float
    likeliest: list[int]


def measure_quality(request: MeasureQuality, session: Session) -> Iterator[Event]:
    """End with ``Done(Quality)``, kept in the home. Raises ``StudioError`` where the model can't be loaded so."""
    ref = request.model
    folder = library.resolve(ref)
    stored_ref = replace(ref, precision="stored", dtype="auto", device="cpu")
    passes = 1 if ref.precision == "stored" else 2
    if ref.precision != "stored":
        yield Progress(what="compiling")
        compiling.wait_until_ready()
    found, ids = yield from _reading(replace(ref, device="cpu"), folder, 0, passes)
    stored: Reading | None = None
    if passes == 2 and _fits(stored_ref, folder):
        stored, _ = yield from _reading(stored_ref, folder, 1, passes)
    result = Quality(
        model=ref,
        tokens=ids,
        perplexity=math.exp(found.loss / ids),
        stored_perplexity=None if stored is None else math.exp(stored.loss / ids),
        top1_agreement=None if stored is None else _agreement(found, stored),
        measured=time.time(),
        fingerprint=quality.fingerprint(folder),
    )
    quality.keep(result)
    yield Done(result=result)


def _agreement(one: Reading, other: Reading) -> float:
    same = sum(a == b for a, b in zip(one.likeliest, other.likeliest, strict=True))
    return same / len(one.likeliest)


def _fits(ref: ModelRef, folder: Path) -> bool:
    """Return whether the model as stored fits into memory beside what is used now."""
    stored = loading.open_stored(folder, library.name_of(ref))
    width = 1 if stored.is_packed() else _FLOAT32_BYTES
    return _BESIDE * width * stored.parameters < psutil.virtual_memory().available


def _reading(ref: ModelRef, folder: Path, number: int, passes: int) -> Generator[Event, None, tuple[Reading, int]]:
    """Load a model, read the text and free the model; return what it made of it, and how many tokens it predicted."""
    yield Progress(what="loading")
    loaded = loading.load(ref, folder, threads=physical_cores(), few_threads=physical_cores())
    try:
        refuse_kind(Generate, loaded.facts.name, loaded.facts.kind)
        windows = windows_of(loaded)
        total = sum(len(window) - 1 for window in windows)
        loss, likeliest = 0.0, list[int]()
        for window in windows:
            _, decoder = decoder_of(loaded)
            for part, best in read(decoder, window):
                loss += part
                likeliest += best
                yield Progress(what="reading", done=number * total + len(likeliest), total=passes * total)
            decoder.release()
        return Reading(loss, likeliest), total
    finally:
        loaded.fast.close()
        del loaded
        gc.collect()


def windows_of(loaded: LoadedModel) -> list[list[int]]:
    """Return the text as windows of tokens that the model can see at once, each after the token that begins a text."""
    tokenizer = loaded.tokenizer
    assert tokenizer is not None
    text = paths.sample_text().read_text(encoding="utf-8")[:_CHARACTERS]
    begin = list(tokenizer("")["input_ids"])[:1]
    ids = list(tokenizer(text, add_special_tokens=False)["input_ids"])[:TOKENS]
    length = min(WINDOW, loaded.facts.context_length or WINDOW) - len(begin)
    windows = [begin + ids[start : start + length] for start in range(0, len(ids), length)]
    found = [window for window in windows if len(window) > 1]
    if not found:
        raise StudioError("quality-no-tokens", model=loaded.facts.name)
    return found


def read(decoder: Decoder, ids: list[int]) -> Iterator[tuple[float, list[int]]]:
    """Feed a window a piece at a time; yield its loss in nats, and the most likely token at each place."""
    for start in range(0, len(ids) - 1, PIECE):
        fed = ids[start : min(start + PIECE, len(ids) - 1)]
        targets = torch.tensor(ids[start + 1 : start + 1 + len(fed)])
        logits = decoder.verify(fed).float().cpu()
        loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
        yield float(loss), logits.argmax(-1).tolist()
