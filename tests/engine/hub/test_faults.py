"""What can go wrong between here and the Hub: each fault has a code, a sentence and a way out of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bigmodel_studio.core.text.messages import hint, sentence
from bigmodel_studio.protocol import CheckCopy, Download, HubRepo, LookAtRepo, Problem, Request, SearchHub
from tests.hub_models import NAME, published
from tests.hub_tasks import answer, problem
from tests.loopback_hub import Fault, LoopbackHub

API, FILES = "/api/models/org/model", "/cdn/"
SEEN: dict[str, str] = {}
"""By sentence, whose it is: no two faults say the same."""


def told(found: Problem) -> str:
    """The code, once its sentence and way out are seen to be its own."""
    said = f"{sentence(found)} {hint(found)}"
    assert "{" not in said
    assert hint(found)
    assert SEEN.setdefault(sentence(found), found.code) == found.code
    return found.code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(API, status=401), "hub-sign-in"),
        (Fault(API, status=403), "hub-forbidden"),
        (Fault(API, status=404), "hub-not-found"),
        (Fault(API, status=404, headers={"X-Error-Code": "RevisionNotFound"}), "hub-no-revision"),
        (Fault(API, status=400), "hub-refused"),
        (Fault(API, status=429, headers={"Retry-After": "17"}), "hub-busy"),
        (Fault(API, status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), "hub-busy"),
        (Fault(API, status=500), "hub-broken"),
        (Fault(API, status=503), "hub-broken"),
        (Fault(API, how="stall", at=10), "hub-stalled"),
        (Fault(API, how="cut", at=10), "hub-cut"),
        (Fault(API, how="body", body=b"<html>"), "hub-nonsense"),
        (Fault(API, how="body", body=b"{}"), "hub-nonsense"),
        (Fault(FILES, status=401), "hub-sign-in"),
        (Fault(FILES, status=403), "hub-forbidden"),
        (Fault(FILES, status=404), "hub-not-found"),
        (Fault(FILES, status=429, headers={"Retry-After": "17"}), "hub-busy"),
        (Fault(FILES, status=502), "hub-broken"),
        (Fault(FILES, how="stall", at=50_000), "hub-stalled"),
        (Fault(FILES, how="cut", at=50_000), "hub-cut"),
        (Fault(FILES, how="flip", at=50_000), "hub-wrong-sum"),
    ],
)
def test_each_has_its_own_sentence_and_what_came_stays(hub: LoopbackHub, fault: Fault, code: str) -> None:
    hub.add(NAME, published())
    hub.faults.append(fault)
    found = problem(Download(id=NAME))
    assert told(found) == code
    assert len(hub.asked(fault.path)) <= 4, "it is not tried again without end"
    if code == "hub-busy":
        assert found.arguments["seconds"] == (17 if fault.headers["Retry-After"] == "17" else 60)
    hub.faults.clear()
    sent = hub.sent_bytes
    answer(Download(id=NAME))  # it goes on where it was
    small = 1000
    if fault.path == FILES and fault.at and code != "hub-wrong-sum":
        assert hub.sent_bytes - sent <= 240_000 - 40_000 + small


def test_a_stall_is_noticed_within_its_time(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bigmodel_studio.engine.hub.transfer.STALL_S", 0.3)
    hub.add(NAME, published())
    hub.faults.append(Fault(FILES, how="stall", at=50_000))
    assert problem(Download(id=NAME)).code == "hub-stalled"  # the Hub itself never ends that answer


@pytest.mark.parametrize(
    "request_", [SearchHub(words="x"), LookAtRepo(id=NAME), Download(id=NAME)], ids=["search", "look", "download"]
)
class TestNoWay:
    """The Hub is not reached at all."""

    def test_no_network(self, point: Callable[[str], None], request_: Request) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            point(f"http://127.0.0.1:{closed.getsockname()[1]}")
            assert told(problem(request_)) == "hub-no-network"

    def test_no_such_host(self, point: Callable[[str], None], request_: Request) -> None:
        point("http://no-such-host.invalid")
        assert problem(request_).code == "hub-no-network"

    def test_tls(self, hub: LoopbackHub, point: Callable[[str], None], request_: Request) -> None:
        point(hub.url.replace("http://", "https://"))
        assert told(problem(request_)) == "hub-tls"

    def test_offline(self, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, cache: Path, request_: Request) -> None:
        def none(*_: object, **__: object) -> socket.socket:
            raise AssertionError("a socket")

        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        monkeypatch.setattr(socket, "socket", none)
        monkeypatch.setattr(socket, "create_connection", none)
        monkeypatch.setattr(socket, "getaddrinfo", none)
        assert told(problem(request_)) == "hub-locked"
        assert hub.requests == []


def test_a_gated_model_says_where_its_conditions_are(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = hub.add(NAME, published(), gated=True, readers={"hf_reader"})
    hub.tokens |= {"hf_reader": "ann", "hf_stranger": "bob"}
    looked = answer(LookAtRepo(id=NAME))  # that it exists, and what it holds, is no secret
    assert isinstance(looked, HubRepo)
    assert looked.model.gated
    for token in ("", "hf_stranger"):
        monkeypatch.setenv("HF_TOKEN", token)
        found = problem(Download(id=NAME))
        assert told(found) == "hub-gated"
        assert f"{hub.url}/{NAME}" in hint(found)
    monkeypatch.setenv("HF_TOKEN", "hf_reader")
    answer(Download(id=NAME))
    assert all("authorization" not in headers for _, path, headers in hub.requests if path.startswith("/cdn/"))
    assert repo.gated


def test_a_private_model_is_not_told_from_none(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(NAME, published(), private=True, readers={"hf_reader"})
    hub.tokens |= {"hf_reader": "ann", "hf_stranger": "bob"}
    assert problem(LookAtRepo(id=NAME)).code == "hub-sign-in"
    monkeypatch.setenv("HF_TOKEN", "hf_stranger")
    assert problem(LookAtRepo(id=NAME)).code == "hub-not-found"
    monkeypatch.setenv("HF_TOKEN", "hf_reader")
    answer(LookAtRepo(id=NAME))


def test_a_token_that_is_no_more(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(NAME, published())
    monkeypatch.setenv("HF_TOKEN", "hf_old")
    assert told(problem(LookAtRepo(id=NAME))) == "hub-token-old"


@pytest.mark.parametrize("name", ["../x", "a/b/c", "a b", "", "x" * 100, "-a", "a..b"])
def test_a_name_that_is_none(hub: LoopbackHub, name: str) -> None:
    assert told(problem(LookAtRepo(id=name))) == "hub-name"
    assert problem(Download(id=name)).code == "hub-name"
    assert hub.requests == []


@pytest.mark.parametrize("revision", ["../../x", "none", "a/../../b"])
def test_a_revision_that_is_none(hub: LoopbackHub, cache: Path, revision: str) -> None:
    hub.add(NAME, published())
    assert problem(Download(id=NAME, revision=revision)).code == "hub-no-revision"
    assert not cache.exists()


def test_a_copy_that_is_not_there_cannot_be_checked(hub: LoopbackHub) -> None:
    assert problem(CheckCopy(id=NAME)).code == "model-unknown"


def test_a_slow_transfer_ends_with_a_sentence_of_its_own(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bigmodel_studio.core.system.limits.HUB_SLOW_S", 0.05)
    monkeypatch.setattr("bigmodel_studio.core.system.limits.HUB_SLOW_BYTES_PER_S", 10**9)
    hub.add(NAME, published())
    hub.bytes_per_s = 200_000
    assert told(problem(Download(id=NAME))) == "hub-slow"


def test_a_web_page_in_place_of_a_file_is_refused_at_once(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    page = Fault(
        "/cdn/", status=200, headers={"Content-Type": "text/html; charset=utf-8"}, body=b"<html>Sign in</html>"
    )
    hub.faults.append(page)
    assert told(problem(Download(id=NAME))) == "hub-nonsense"
    assert len(hub.asked("/cdn/")) == 1


def test_redirects_end_after_five_and_lead_to_no_other_protocol(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    hub.faults.append(Fault("/cdn/", status=302, headers={"Location": f"{hub.cdn}/cdn/again"}))
    assert told(problem(Download(id=NAME))) == "hub-nonsense"
    assert len(hub.asked("/cdn/")) <= 6
    hub.faults[:] = [Fault("/cdn/", status=302, headers={"Location": "ftp://127.0.0.1/x"})]
    assert told(problem(Download(id=NAME))) == "hub-nonsense"


def test_a_json_answer_above_the_limit_is_refused(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(NAME, published())
    answer(LookAtRepo(id=NAME))
    monkeypatch.setattr("bigmodel_studio.core.system.limits.HUB_JSON_BYTES", 100)
    assert told(problem(LookAtRepo(id=NAME))) == "hub-nonsense"
