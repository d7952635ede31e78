"""The ledger: what the Hub saw and what was noted is the same, request for request."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import pytest

from bigmodel_studio.core.system.requests_sent import Ledger
from bigmodel_studio.engine import requests_sent
from bigmodel_studio.protocol import CheckCopy, Download, LookAtRepo, NetworkRequest, SearchHub
from tests.hub_models import NAME, published
from tests.hub_tasks import answer, events
from tests.loopback_hub import Fault, LoopbackHub


def taken() -> tuple[NetworkRequest, ...]:
    ledger = Ledger()
    ledger.add(requests_sent.take())
    return tuple(ledger.requests())


def pairs(noted: tuple[NetworkRequest, ...]) -> Counter[tuple[str, str]]:
    return Counter((each.method, each.path) for each in noted)


def seen(hub: LoopbackHub) -> Counter[tuple[str, str]]:
    return Counter((method, urlsplit(path).path) for method, path, _ in hub.requests)


def test_every_request_is_noted_with_its_host_purpose_and_bytes(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    for request in (SearchHub(words="m"), LookAtRepo(id=NAME), Download(id=NAME), CheckCopy(id=NAME)):
        answer(request)
    noted = taken()
    assert pairs(noted) == seen(hub)
    assert {each.purpose for each in noted} == {"search", "look", "download", "check"}
    assert {each.host for each in noted} == {hub.url.removeprefix("http://"), hub.cdn.removeprefix("http://")}
    files = [each for each in noted if each.path.startswith("/cdn/")]
    assert sum(each.received_bytes for each in files) == 240_000
    assert all(each.status in (200, 302) for each in noted)
    assert all(each.time > 1e9 and 0 <= each.seconds < 60 for each in noted)


@pytest.mark.parametrize(("how", "status"), [("cut", 200), ("stall", 200), ("", 503)])
def test_those_that_fail_are_noted_too(hub: LoopbackHub, how: str, status: int) -> None:
    hub.add(NAME, published())
    hub.faults.append(Fault("/cdn/", status=0 if how else 503, how=how, at=50_000))
    events(Download(id=NAME))
    noted = taken()
    assert pairs(noted) == seen(hub)
    assert noted[-1].status == status


def test_one_without_an_answer_has_no_status(point: object) -> None:
    assert callable(point)
    point("http://127.0.0.1:1")
    events(LookAtRepo(id=NAME))
    (noted,) = taken()
    assert (noted.status, noted.host, noted.received_bytes) == (0, "127.0.0.1:1", 0)
