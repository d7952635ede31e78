"""A Hub on loopback that huggingface_hub, in this process, takes for the real one; and a cache of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

from bigmodel_studio.engine import requests_sent
from bigmodel_studio.engine.hub import client, transfer
from tests.loopback_hub import LoopbackHub, serving


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Hub's cache, empty."""
    folder = tmp_path / "huggingface" / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "huggingface" / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(tmp_path / "huggingface" / "stored_tokens"))
    return folder


@pytest.fixture
def point(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have an address taken for the Hub's; one does not wait long for it."""
    monkeypatch.setattr(transfer, "PATIENCE_S", 0.5)
    monkeypatch.setattr(transfer, "STALL_S", 1.0)
    monkeypatch.setattr(client, "ANSWER_S", 1.0)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    huggingface_hub.close_session()

    def point_at(url: str) -> None:
        monkeypatch.setattr(constants, "ENDPOINT", url)
        monkeypatch.setattr(huggingface_hub.hf_api.api, "endpoint", url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")

    yield point_at
    huggingface_hub.close_session()
    requests_sent.take()


@pytest.fixture
def hub(point: Callable[[str], None]) -> Iterator[LoopbackHub]:
    """The Hub."""
    with serving() as served:
        point(served.url)
        yield served
        huggingface_hub.close_session()
