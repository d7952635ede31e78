"""The command ``quality``: perplexity of a precision on a bundled text, and agreement with the model as stored."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json, Model, model_of, result_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import MeasureQuality, Quality


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("quality")(quality)


def quality(
    model: Model,
    precision: Annotated[str, typer.Option("--precision", help="stored, 8-bit or 4-bit.")] = "4-bit",
    json: Json = False,
) -> None:
    """Measure how well a language model predicts a bundled text in a precision, beside its weights as stored."""
    found = result_of(MeasureQuality(model=model_of(model, precision=precision)))
    assert isinstance(found, Quality)
    if json:
        plain = {**msgspec.to_builtins(found), "id": model, "precision": found.model.precision}
        for inner in ("type", "model", "fingerprint"):
            plain.pop(inner)
        output.print_json(plain)
        return
    facts = [
        ("model", f"{model}, {output.PRECISIONS[found.model.precision]}"),
        ("perplexity", numbers.decimal(found.perplexity, 3)),
    ]
    if found.stored_perplexity is not None:
        facts.append(("as stored", numbers.decimal(found.stored_perplexity, 3)))
    if found.top1_agreement is not None:
        facts.append(("same top token", numbers.percent(found.top1_agreement)))
    facts.append(("tokens predicted", numbers.exact(found.tokens)))
    output.print_facts(facts)
    if found.stored_perplexity is None and found.model.precision != "stored":
        output.say("The model as stored doesn't fit into memory: nothing to compare with.")
