"""The command ``catalog``: the reference models as they were published, and the check of an article's figures."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json, result_of
from bigmodel_studio.core.advice.articles import CLAIMS, Claim
from bigmodel_studio.core.advice.catalog import CATALOG, Reference
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Describe, Description, ModelRef


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(catalog)


def catalog(
    article: Annotated[bool, typer.Option("--article", help="Check common claims about models.")] = False,
    json: Json = False,
) -> None:
    """List the models that are known as published: “describe reference:ID” and “plan reference:ID” take each."""
    if article:
        _print_claims(json)
    elif json:
        output.print_json([_record(reference) for reference in CATALOG])
    else:
        header = ("ID", "MODEL", "PARAMETERS", "LAYERS", "WIDTH", "HEADS", "CONTEXT", "SOURCE")
        output.print_table(header, [_row(reference) for reference in CATALOG], right=(2, 3, 4, 5, 6))


def _record(reference: Reference) -> dict[str, Any]:
    record = {"id": f"reference:{reference.id}", **reference._asdict()}
    record["published"] = reference.published._asdict()
    record["source"] = reference.source._asdict()
    return record


def _row(reference: Reference) -> list[str]:
    shape = reference.published
    counts = [numbers.exact(each) if each else numbers.NOTHING for each in (shape.layers, shape.width, shape.heads)]
    context = numbers.exact(shape.context) if shape.context else numbers.NOTHING
    return [
        f"reference:{reference.id}", reference.title, numbers.count(shape.parameters), *counts, context,
        reference.source.citation,
    ]  # fmt: skip


def _described(id_: str) -> Description:
    output.say(f"counting reference:{id_}")
    found = result_of(Describe(model=ModelRef(source="reference", id=id_)))
    assert isinstance(found, Description)
    return found


def _computed(claim: Claim, descriptions: dict[str, Description]) -> str:
    return claim.computed(descriptions[claim.reference]) if claim.computed is not None else ""


def _print_claims(json: bool) -> None:
    descriptions = {
        id_: _described(id_) for id_ in dict.fromkeys(claim.reference for claim in CLAIMS if claim.reference)
    }
    records = [
        {
            "subject": claim.subject,
            "figure": claim.figure,
            "claimed": claim.claimed,
            "published": claim.published,
            "computed": _computed(claim, descriptions),
            "source": claim.source._asdict(),
            "meaning": claim.meaning,
        }
        for claim in CLAIMS
    ]
    if json:
        output.print_json(records)
        return
    for record, claim in zip(records, CLAIMS, strict=True):
        output.write(f"{claim.subject}, {claim.figure.lower()}: the article says {claim.claimed}")
        output.write(f"  published: {claim.published} ({claim.source.citation}, {claim.source.place})")
        if record["computed"]:
            output.write(f"  computed:  {record['computed']}")
        output.write(f"  {claim.meaning}")
