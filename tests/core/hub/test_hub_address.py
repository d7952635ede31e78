"""Where the Hub is: what the settings say comes before what the environment says."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.hub.hub_address import endpoint


def test_the_setting_then_the_environment_then_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint() == "https://huggingface.co"
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:8080/")
    assert endpoint() == "http://127.0.0.1:8080"
    assert endpoint("https://mirror.example.org/hub/") == "https://mirror.example.org/hub"
