"""The account: a token is tried, kept where every Hugging Face tool looks, and said nowhere."""

from __future__ import annotations

import logging
import stat
import sys
from pathlib import Path

import huggingface_hub
import pytest

from bigmodel_studio.engine import requests_sent
from bigmodel_studio.protocol import Account, Download, SignIn, SignOut, WhoAmI
from tests.hub_models import NAME, published
from tests.hub_tasks import answer, events, problem
from tests.loopback_hub import LoopbackHub

TOKEN = "hf_abcdefghijklmnopqrstuvwxyzabcd"


@pytest.fixture(autouse=True)
def known(hub: LoopbackHub) -> None:
    hub.tokens[TOKEN] = "ann"


def test_a_token_is_tried_and_kept_for_all_tools(cache: Path) -> None:
    assert answer(SignIn(token=f" {TOKEN}\n")) == Account(name="ann")
    kept = cache.parent / "token"
    assert kept.read_text() == TOKEN
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE((cache.parent / "stored_tokens").stat().st_mode) == 0o600
    assert huggingface_hub.get_token() == TOKEN
    assert answer(WhoAmI()) == Account(name="ann")
    assert answer(SignOut()) == Account()
    assert huggingface_hub.get_token() is None
    assert answer(WhoAmI()) == Account()


@pytest.mark.parametrize("token", ["", "hf_wrong", "two words", f"{TOKEN}\nX: y"])
def test_one_that_the_hub_does_not_know_is_not_kept(cache: Path, token: str) -> None:
    assert problem(SignIn(token=token)).code == "hub-token"
    assert not (cache.parent / "token").exists()


def test_the_token_is_said_nowhere(
    hub: LoopbackHub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    hub.add(NAME, published(), private=True, readers={TOKEN})
    request = SignIn(token=TOKEN)
    with caplog.at_level(logging.DEBUG):
        said = [*events(request), *events(Download(id=NAME)), *events(WhoAmI())]
        hub.repos.clear()
        said += events(Download(id=NAME))
    sent = requests_sent.take()
    assert any(headers.get("authorization") == f"Bearer {TOKEN}" for _, _, headers in hub.requests)
    for text in (repr(request), str(said), str(sent), caplog.text, *capfd.readouterr()):
        assert TOKEN not in text
