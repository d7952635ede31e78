"""The command ``text TASK MODEL INPUT…``: what models make of texts that they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import DeviceName, DtypeName, Json, Model, PrecisionName, events_of, model_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import (
    Cancelled,
    ClassifyTexts,
    Done,
    Embedded,
    EmbedTexts,
    Filled,
    FillMask,
    ModelRef,
    NextSentencePrediction,
    PredictNextSentence,
    Request,
    Rewrite,
    Rewritten,
    Similarities,
    Tagged,
    TagWords,
    TextAnswer,
    TextClassified,
)


class Asked(NamedTuple):
    """What a request is made of. ``pairs``: the texts belong together two by two."""

    model: ModelRef
    texts: tuple[str, ...]
    top_k: int
    pairs: bool
    to: str

    def in_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the texts two by two. Raises ``StudioError`` "text-pairs" where one is left over."""
        if len(self.texts) % 2:
            raise StudioError("text-pairs", count=len(self.texts))
        return tuple(zip(self.texts[::2], self.texts[1::2], strict=True))


def _classify(asked: Asked) -> Request:
    inputs = asked.in_pairs() if asked.pairs else tuple((text,) for text in asked.texts)
    return ClassifyTexts(model=asked.model, inputs=inputs, top_k=asked.top_k)


TASKS: dict[str, Callable[[Asked], Request]] = {
    "fill-mask": lambda asked: FillMask(model=asked.model, texts=asked.texts, top_k=asked.top_k),
    "next-sentence": lambda asked: PredictNextSentence(model=asked.model, pairs=asked.in_pairs()),
    "classify": _classify,
    "tag": lambda asked: TagWords(model=asked.model, texts=asked.texts),
    "summarize": lambda asked: Rewrite(model=asked.model, texts=asked.texts, purpose="summarize"),
    "translate": lambda asked: Rewrite(model=asked.model, texts=asked.texts, purpose="translate", to=asked.to),
    "embed": lambda asked: EmbedTexts(model=asked.model, texts=asked.texts),
}


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(text)


def text(
    task: Annotated[str, typer.Argument(metavar="TASK", help="One of: " + ", ".join(TASKS) + ".")],
    model: Model,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT…", help="Texts with [MASK] for fill-mask; pairs for next-sentence.")
    ],
    top_k: Annotated[int, typer.Option(help="Number of candidates per mask, or classes per text.")] = 5,
    pairs: Annotated[bool, typer.Option("--pairs", help="Classify the texts in pairs.")] = False,
    to: Annotated[str, typer.Option(help="Target language as the model names it, such as de.")] = "",
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    precision: PrecisionName = "stored",
    json: Json = False,
) -> None:
    """Have a model read texts: fill masks, classify, tag, embed, summarise; a bad text spoils no other."""
    if task not in TASKS:
        raise StudioError("text-task", task=task, known=", ".join(TASKS))
    ref = model_of(model, device=device, dtype=dtype, precision=precision)
    request = TASKS[task](Asked(ref, tuple(inputs), top_k, pairs, to))
    answers: list[TextAnswer] = []
    similarities: Similarities | None = None
    stopped = False
    for event in events_of(request):
        if isinstance(event, TextAnswer):
            answers.append(event)
            if not json:
                _print(event)
        elif isinstance(event, Done) and isinstance(event.result, Similarities):
            similarities = event.result
        stopped = stopped or isinstance(event, Cancelled)
    if json:
        rows = [_plain(answer) for answer in answers]
        for row, cosines in zip(rows, similarities.cosines if similarities is not None else (), strict=False):
            row["similarities"] = cosines
        output.print_json(rows)
    elif similarities is not None:
        _print_similarities(similarities)
    if stopped:
        raise typer.Exit(output.EXIT_STOPPED)
    failed = [answer.error for answer in answers if answer.error is not None]
    if failed and len(failed) == len(answers):
        output.leave(failed[0], "input")


def _plain(answer: TextAnswer) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    plain.pop("type", None)
    plain["error"] = sentence(answer.error) if answer.error is not None else None
    return plain | {"code": answer.error.code if answer.error is not None else None}


def _print(answer: TextAnswer) -> None:
    for line in _lines(answer):
        output.write(line)
    if answer.error is not None:
        output.write(f"  error: {sentence(answer.error)}")


def _lines(answer: TextAnswer) -> list[str]:
    match answer:
        case NextSentencePrediction():
            return [f"{numbers.percent(answer.follows):>6}  {answer.first} | {answer.second}"]
        case Filled():
            masks = (", ".join(_share(each.token, each.probability) for each in mask) for mask in answer.masks)
            return [answer.filled or answer.text, *(f"  {mask}" for mask in masks)]
        case TextClassified():
            shares = [_share(each.label, each.probability) for each in answer.predictions]
            answer_text = ", ".join(shares or [f"{value:.4f}" for value in answer.values])
            if answer.several_classes:
                answer_text = f"{', '.join(answer.chosen) or 'no class'} ({answer_text})"
            return [" | ".join(filter(None, (answer.text, answer.second))), f"  {answer_text}"]
        case Tagged():
            ways = [("greedy", answer.greedy, answer.greedy_logprob)] if answer.greedy != answer.viterbi else []
            ways += [("viterbi", answer.viterbi, answer.viterbi_logprob)]
            return [
                f"{name:>8} {total:8.3f}  " + " ".join(map("/".join, zip(answer.words, tags, strict=True)))
                for name, tags, total in ways
            ]
        case Rewritten():
            return [answer.text, f"  {answer.output}"]
        case Embedded():
            return [f"{answer.tokens:>5} tokens  {answer.text}"]


def _share(name: str, probability: float) -> str:
    return f"{name} {numbers.percent(probability)}"


def _print_similarities(similarities: Similarities) -> None:
    for row in similarities.cosines:
        output.write("  " + " ".join(f"{numbers.decimal(value, 4):>7}" for value in row))
