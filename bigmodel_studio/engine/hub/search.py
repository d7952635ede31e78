"""The task that searches the Hub for models, one page of one answer at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from huggingface_hub import constants
from huggingface_hub.utils._http import fix_hf_endpoint_in_url

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.faults import NonsenseError, understanding
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, HubModel, HubPage, Progress, SearchHub

EXPAND = (
    "safetensors", "downloads", "likes", "lastModified", "pipeline_tag", "library_name", "tags", "gated", "private",
    "usedStorage",
)  # fmt: skip
SORTS = {"downloads": "downloads", "likes": "likes", "trending": "trendingScore", "updated": "lastModified"}
MOST = 100
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
"""Of a number by the name that safetensors gives its type; those of 8 bits and fewer are one byte here."""


def search_hub(request: SearchHub, session: Session) -> Iterator[Event]:
    """End with ``Done(HubPage)``."""
    yield Progress(what="searching")
    with client.asking(request.words, "search"):
        if request.after:
            if not request.after.startswith(f"{constants.ENDPOINT}/"):
                raise StudioError("hub-refused", host=request.after[:80], status=0)
            answer = client.get(request.after)
        else:
            answer = client.get(f"{constants.ENDPOINT}/api/models", params=parameters(request))
        with understanding():
            rows = answer.json()
        if not isinstance(rows, list):
            raise NonsenseError("no list")
        # A mirror may hand on the Hub's own address.
        following = fix_hf_endpoint_in_url(answer.links.get("next", {}).get("url", ""), constants.ENDPOINT)
    models = tuple(model_of(row) for row in rows if isinstance(row, dict) and row.get("id"))
    yield Done(result=HubPage(models=models, next=following if models else ""))


def parameters(request: SearchHub) -> dict[str, Any]:
    """Return the query, as the Hub's interface wants it."""
    filters = [request.library, f"license:{request.licence}" if request.licence else ""]
    bounds = [
        f"min:{request.least_parameters}" if request.least_parameters else "",
        f"max:{request.most_parameters}" if request.most_parameters else "",
    ]
    asked: dict[str, Any] = {
        "search": request.words.strip(),
        "pipeline_tag": request.task,
        "filter": [each for each in filters if each],
        "num_parameters": ",".join(filter(None, bounds)),
        "sort": SORTS[request.sort],
        "limit": max(1, min(request.limit, MOST)),
        "expand": list(EXPAND),
    }
    return {name: value for name, value in asked.items() if value}


def model_of(row: dict[str, Any]) -> HubModel:
    """Return a repository as the Hub lists it; what is missing or odd is left out."""
    tags = [tag for tag in row.get("tags") or () if isinstance(tag, str)]
    counts = _counts(row.get("safetensors"))
    parameters_, size = sum(counts.values()), sum(count * BYTES.get(name, 1) for name, count in counts.items())
    if not counts:
        parameters_ = (
            _number((row.get("safetensors") or {}).get("total")) if isinstance(row.get("safetensors"), dict) else 0
        )
    return HubModel(
        id=_text(row.get("id") or row.get("modelId")),
        task=_text(row.get("pipeline_tag")),
        library=_text(row.get("library_name")),
        licence=_tagged(tags, "license:"),
        parameters=parameters_,
        bytes=size or _number(row.get("usedStorage")),
        downloads=_number(row.get("downloads")),
        likes=_number(row.get("likes")),
        updated=_seconds(row.get("lastModified")),
        gated=bool(row.get("gated")),
        private=bool(row.get("private")),
        base_model=_tagged(tags, "base_model:").rpartition(":")[2],
    )


def _counts(safetensors: Any) -> dict[str, int]:
    found = safetensors.get("parameters") if isinstance(safetensors, dict) else None
    return {str(name): _number(count) for name, count in found.items()} if isinstance(found, dict) else {}


def _tagged(tags: list[str], start: str) -> str:
    return next((tag.removeprefix(start) for tag in tags if tag.startswith(start)), "")[:120]


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else 0


def _seconds(value: Any) -> float:
    try:
        return dt.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0
