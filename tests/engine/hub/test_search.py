"""Searching the Hub: words, filters, sorts and pages, as its own client would parse them."""

from __future__ import annotations

import pytest

from bigmodel_studio.protocol import HubPage, SearchHub, Sort
from tests.hub_tasks import answer, problem
from tests.loopback_hub import Fault, LoopbackHub


def found(request: SearchHub) -> HubPage:
    page = answer(request)
    assert isinstance(page, HubPage)
    return page


def names(request: SearchHub) -> list[str]:
    return [model.id for model in found(request).models]


@pytest.fixture
def models(hub: LoopbackHub) -> LoopbackHub:
    """Three models, unlike in everything that one may ask for."""
    for number, (name, task, library, licence) in enumerate(
        [
            ("org/tiny-chat", "text-generation", "transformers", "mit"),
            ("org/large-chat", "text-generation", "transformers", "apache-2.0"),
            ("other/pictures", "image-classification", "timm", "mit"),
        ]
    ):
        hub.add(
            name,
            {},
            facts={
                "pipeline_tag": task,
                "library_name": library,
                "tags": [f"license:{licence}", "base_model:finetune:org/base", library],
                "downloads": 10 * number,
                "likes": 100 - number,
                "trendingScore": [2, 3, 1][number],
                "lastModified": f"2026-0{3 - number}-01T00:00:00.000Z",
                "safetensors": {"parameters": {"BF16": 1000 * 10**number, "F32": 10}, "total": 1000 * 10**number + 10},
            },
        )
    hub.add("org/hidden-chat", {}, private=True)
    return hub


def test_a_model_is_told_with_its_facts(models: LoopbackHub) -> None:
    (model,) = found(SearchHub(words="tiny")).models
    assert (model.id, model.task, model.library, model.licence) == (
        "org/tiny-chat",
        "text-generation",
        "transformers",
        "mit",
    )
    assert (model.parameters, model.bytes) == (1010, 2 * 1000 + 4 * 10)
    assert (model.downloads, model.likes, model.base_model) == (0, 100, "org/base")
    assert model.updated == 1772323200.0  # 2026-03-01, in UTC
    assert not model.gated
    assert not model.private


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (SearchHub(words="chat"), {"org/tiny-chat", "org/large-chat"}),
        (SearchHub(task="image-classification"), {"other/pictures"}),
        (SearchHub(library="timm"), {"other/pictures"}),
        (SearchHub(licence="mit"), {"org/tiny-chat", "other/pictures"}),
        (SearchHub(licence="mit", library="transformers"), {"org/tiny-chat"}),
        (SearchHub(most_parameters=20_000), {"org/tiny-chat", "org/large-chat"}),
        (SearchHub(least_parameters=2_000, most_parameters=20_000), {"org/large-chat"}),
        (SearchHub(words="nothing of that name"), set()),
    ],
)
def test_words_and_filters(models: LoopbackHub, request_: SearchHub, expected: set[str]) -> None:
    assert set(names(request_)) == expected


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("downloads", "other/pictures"),
        ("likes", "org/tiny-chat"),
        ("trending", "org/large-chat"),
        ("updated", "org/tiny-chat"),
    ],
)
def test_sorts(models: LoopbackHub, sort: Sort, first: str) -> None:
    assert names(SearchHub(sort=sort))[0] == first


def test_pages_follow_each_other_to_the_last(hub: LoopbackHub) -> None:
    for number in range(7):
        hub.add(f"org/model-{number}", {}, facts={"downloads": 100 - number})
    seen, after = [], ""
    for expected in (3, 3, 1):
        page = found(SearchHub(words="model", limit=3, after=after))
        assert len(page.models) == expected
        seen += [model.id for model in page.models]
        after = page.next
    assert seen == [f"org/model-{number}" for number in range(7)]
    assert after == ""


def test_the_next_page_is_asked_of_the_mirror(hub: LoopbackHub) -> None:
    for number in range(2):
        hub.add(f"org/model-{number}", {})
    hub.called = "https://huggingface.co"
    page = found(SearchHub(limit=1))
    assert page.next.startswith(hub.url)
    assert len(found(SearchHub(limit=1, after=page.next)).models) == 1


def test_a_next_page_elsewhere_is_not_asked_for(hub: LoopbackHub) -> None:
    elsewhere = hub.url.replace("127.0.0.1", "127.0.0.2")
    assert problem(SearchHub(after=f"{elsewhere}/api/models?cursor=1")).code == "hub-refused"
    assert hub.requests == []


@pytest.mark.parametrize("body", [b"<html>Welcome to the hotel</html>", b'{"models": 1}', b"[" * 100_000])
def test_what_is_no_answer_of_a_hub_is_said_to_be_none(hub: LoopbackHub, body: bytes) -> None:
    hub.faults.append(Fault("/api/models", how="body", body=body))
    assert problem(SearchHub(words="x")).code == "hub-nonsense"


def test_odd_records_are_left_out_or_shown_without_what_is_odd(hub: LoopbackHub) -> None:
    odd = (
        b'[1, {"id": "org/a", "downloads": -1, "tags": [3], "safetensors": {"parameters": {"F32": "x"}}},'
        b' {"id": "org/b", "lastModified": "yesterday", "safetensors": 5, "usedStorage": 7, "tags": null}]'
    )
    hub.faults.append(Fault("/api/models", how="body", body=odd))
    first, second = found(SearchHub()).models
    assert (first.id, first.downloads, first.parameters) == ("org/a", 0, 0)
    assert (second.id, second.updated, second.bytes) == ("org/b", 0.0, 7)
