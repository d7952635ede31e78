"""The task that tries models on a user's own examples, one model after the other: what each said, how long, how much.

What is done with an example of a task is a line in ``TRIALS``; a model or a picture that cannot be used spoils no
other. The models are let go of at the end, for they were not chosen to stay.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import torch

from bigmodel_studio.core.advice.ranking import TASKS
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import failed
from bigmodel_studio.engine.generation.generate import generate
from bigmodel_studio.engine.images.classify import chances, labels, probabilities, several_classes
from bigmodel_studio.engine.images.pictures import read_picture
from bigmodel_studio.engine.models.loading import LoadedModel, load_tokenizer
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.masked_lm import fill
from bigmodel_studio.protocol import (
    LEAST_PROBABILITY,
    Done,
    Event,
    Example,
    Generate,
    ModelRef,
    Progress,
    Sampling,
    Token,
    Tried,
    Try,
    Turn,
)

GREEDY = Sampling(max_new_tokens=64, greedy=True, seed=0)
"""So that each model says what it holds most probable, and the same again."""
REPORT_EVERY_S = 0.25


class Answer(NamedTuple):
    """What a model said as it is shown, and what of it is compared with the expected answer.

    ``whole``: the expected must be all of it (a label), and not only stand in it (a text).
    """

    shown: str
    compared: str
    whole: bool = False


Work = Generator[None, None, Answer]
"""Yields now and then while an example is worked on; returns the answer."""
Trial = Callable[[str], Work]
"""What is done with one input."""


def try_(request: Try, session: Session) -> Iterator[Event]:
    """Yield one ``Tried`` for each model and example, by model; ends with ``Done(None)``."""
    if request.task not in TRIALS:
        raise StudioError("task-not-tried", task=request.task, tasks=", ".join(TRIALS))
    if not request.examples:
        raise StudioError("try-nothing", detail="no example was given")
    if not request.models:
        raise StudioError("try-nothing", detail="no model was chosen")
    try:
        for place, ref in enumerate(request.models):
            yield from _one_model(request, ref, place, session)
    finally:
        session.release()
    yield Done()


def is_right(answer: Answer, expected: str) -> bool | None:
    """Return whether it is what was expected, in whatever case and spacing; of a label with several names one is
    enough.
    """
    wanted, answered = _plain(expected), _plain(answer.compared)
    if not wanted:
        return None
    return wanted in {answered, *map(_plain, answered.split(","))} if answer.whole else wanted in answered


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _one_model(request: Try, ref: ModelRef, place: int, session: Session) -> Iterator[Event]:
    count = len(request.examples)
    try:
        loaded = yield from session.load(ref)
        kinds = TASKS[request.task].kinds
        if loaded.facts.kind not in kinds:
            raise StudioError("kind-wrong", model=loaded.facts.name, kind=loaded.facts.kind, wanted=kinds[0], others="")
        trial = TRIALS[request.task](loaded, session)
    except Exception as error:  # of this model: the next may do
        problem = failed(error).problem
        for number in range(count):
            yield Tried(model=ref, example=number, error=problem)
        return
    for number, example in enumerate(request.examples):
        yield Progress(what="trying", done=place * count + number, total=len(request.models) * count)
        yield from _one_example(trial, loaded, number, example)


def _one_example(trial: Trial, loaded: LoadedModel, number: int, example: Example) -> Iterator[Event]:
    memory, started = _Memory(loaded), time.perf_counter()
    reported_at = started
    work = trial(example.input)
    try:
        while True:
            try:
                next(work)
            except StopIteration as end:
                answer: Answer = end.value
                break
            memory.look()
            if time.perf_counter() - reported_at > REPORT_EVERY_S:
                reported_at = time.perf_counter()
                yield Progress(what="trying-example")
    except Exception as error:  # of this example: the next may do
        yield Tried(model=loaded.facts.model, example=number, error=failed(error).problem)
        return
    finally:
        work.close()
    seconds = time.perf_counter() - started
    memory.look()
    yield Tried(
        model=loaded.facts.model,
        example=number,
        output=answer.shown,
        right=is_right(answer, example.expected),
        seconds=seconds,
        memory_bytes=memory.bytes,
    )


class _Memory:
    """The model's weights, and the most that was taken beside them since this was made.

    On an accelerator torch counts what is allocated; on a CPU it is how much the process has grown, seen now and then.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        self._weights = loaded.facts.weight_bytes
        self._device = loaded.device
        self._process = psutil.Process()
        if loaded.device.type != "cpu":
            with contextlib.suppress(RuntimeError, AttributeError, NotImplementedError):
                torch.accelerator.reset_peak_memory_stats(loaded.device)
        self._first = self._most = self._now()

    def look(self) -> None:
        """See how much it is now."""
        self._most = max(self._most, self._now())

    @property
    def bytes(self) -> int:
        """Of the weights, and beside them."""
        return self._weights + self._most - self._first

    def _now(self) -> int:
        if self._device.type == "cpu":
            return int(self._process.memory_info().rss)
        try:
            return int(torch.accelerator.max_memory_allocated(self._device))
        except (RuntimeError, AttributeError, NotImplementedError):
            return 0


# ---------------------------------------------------------------------------------------------- by task


def _talking(loaded: LoadedModel, session: Session) -> Trial:
    def trial(text: str) -> Work:
        turns = (Turn("user", text),)
        return (yield from _generated(Generate(model=loaded.facts.model, turns=turns, sampling=GREEDY), session))

    return trial


def _writing(loaded: LoadedModel, session: Session) -> Trial:
    def trial(text: str) -> Work:
        return (yield from _generated(Generate(model=loaded.facts.model, prompt=text, sampling=GREEDY), session))

    return trial


def _generated(request: Generate, session: Session) -> Work:
    pieces: list[str] = []
    with contextlib.closing(generate(request, session)) as events:  # type: ignore[type-var]
        for event in events:
            if isinstance(event, Token):
                pieces.append(event.text)
            yield
    text = "".join(pieces).strip()
    return Answer(text, text)


def _recognising(loaded: LoadedModel, session: Session) -> Trial:
    def trial(path: str) -> Work:
        picture = read_picture(Path(path))
        yield
        (best,) = labels(probabilities(picture, loaded), loaded, 1)
        return Answer(f"{best.label} ({numbers.percent(best.probability)})", best.label, whole=True)

    return trial


def _sorting_texts(loaded: LoadedModel, session: Session) -> Trial:
    tokenizer = load_tokenizer(loaded.folder, loaded.facts.name)

    def trial(text: str) -> Work:
        inputs = tokenizer(
            text,
            truncation=loaded.facts.context_length is not None,
            return_tensors="pt",
            max_length=loaded.facts.context_length,
        )
        yield
        with torch.inference_mode():
            logits = loaded.model(**inputs.to(loaded.device)).logits[0].float()
        found = chances(logits, loaded)
        many = int((found >= LEAST_PROBABILITY).sum()) if several_classes(loaded.model.config) else 1
        best = list(labels(found, loaded, max(1, many)))
        shown = ", ".join(f"{each.label} ({numbers.percent(each.probability)})" for each in best)
        return Answer(shown, ",".join(each.label for each in best[:many]), whole=True)

    return trial


def _filling(loaded: LoadedModel, session: Session) -> Trial:
    tokenizer = load_tokenizer(loaded.folder, loaded.facts.name)
    if tokenizer.mask_token_id is None:
        raise StudioError("tokenizer-no-mask")

    def trial(text: str) -> Work:
        yield
        with torch.inference_mode():
            filled = fill(loaded.model, tokenizer, text, loaded.facts.context_length, 1)
        if filled.error is not None:
            raise StudioError.of(filled.error)
        words = ", ".join(mask[0].token for mask in filled.masks)
        return Answer(words, words, whole=True)

    return trial


TRIALS: dict[str, Callable[[LoadedModel, Session], Trial]] = {
    "chat": _talking,
    "write": _writing,
    "recognise": _recognising,
    "classify-text": _sorting_texts,
    "fill-mask": _filling,
}
"""By task of ``core.advice.ranking``: those that have ``examples`` there."""
