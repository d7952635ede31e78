"""The command ``score``: how well a language model predicts a text, token by token."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import DeviceName, DtypeName, Json, Model, PrecisionName, events_of, model_of
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Cancelled, Done, Scored, ScoredToken, ScoreText


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(score)


def score(
    model: Model,
    text: Annotated[str | None, typer.Option(help="The text to score.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file in UTF-8 with the text.")] = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    precision: PrecisionName = "stored",
    json: Json = False,
) -> None:
    """Score a text with a language model: its perplexity, and the loss of each token."""
    if (text is None) == (file is None):
        raise StudioError("score-text-or-file")
    whole = _read(file) if file is not None else text or ""
    ref = model_of(model, device=device, dtype=dtype, precision=precision)
    tokens: list[ScoredToken] = []
    result: Scored | None = None
    stopped = False
    for event in events_of(ScoreText(model=ref, text=whole)):
        if isinstance(event, ScoredToken):
            tokens.append(event)
        elif isinstance(event, Done | Cancelled) and isinstance(event.result, Scored):
            result = event.result
        stopped = stopped or isinstance(event, Cancelled)
    if result is not None:
        _show(result, tokens, model, json=json)
    if stopped:
        raise typer.Exit(output.EXIT_STOPPED)


def _show(result: Scored, tokens: list[ScoredToken], model: str, *, json: bool) -> None:
    if json:
        rows = [
            {
                "id": token.id,
                "text": token.text or token.shown,
                "loss": None if token.logprob is None else -token.logprob,
                "rank": token.rank,
                "entropy": token.entropy,
            }
            for token in tokens
        ]
        found = {"id": model, "perplexity": result.perplexity, "loss": result.loss, "predicted": result.predicted}
        output.print_json({**found, "tokens": rows})
        return
    output.print_table(
        ("token", "loss", "rank"),
        [
            (
                repr(token.text or token.shown)[1:-1],
                "–" if token.logprob is None else numbers.decimal(-token.logprob, 3),
                "–" if token.rank is None else numbers.exact(token.rank),
            )
            for token in tokens
        ],
        right=(1, 2),
    )
    output.print_facts(
        [
            ("perplexity", numbers.decimal(result.perplexity, 3)),
            ("loss per token", numbers.decimal(result.loss, 3)),
            ("tokens predicted", numbers.exact(result.predicted)),
        ]
    )


def _read(path: Path) -> str:
    """Return a file's text. Raises ``StudioError`` "score-file" where there is none that can be read."""
    try:
        if path.stat().st_size > limits.SCORED_BYTES:
            raise StudioError("score-file", path=str(path), detail=f"it is larger than {limits.SCORED_BYTES >> 20} MB")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StudioError("score-file", path=str(path), detail=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise StudioError("score-file", path=str(path), detail="it is not UTF-8") from None
