"""Headers of foreign models: read by another process, which may be killed, and what ended it is never read again."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from bigmodel_studio.core.models import headers, library
from bigmodel_studio.core.models.headers import Headers
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.helper_process import HelperEndedError
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import ModelRef
from tests.hub_caches import cached


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing remembered, and no model of the Hub but a test's."""
    monkeypatch.setattr(library, "_headers", Headers())
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def of_hub(name: str) -> ModelRef:
    return ModelRef(source="hub", id=name)


def problem(name: str) -> str | None:
    record = next(each for each in library.records() if each.id == name)
    return record.problem.code if record.problem is not None else None


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be stopped for a while")
def test_a_header_that_is_not_read_in_time_is_refused_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(tmp_path / "hub", "some/good")
    assert problem("some/good") is None
    process = headers.HELPER._process
    assert process is not None
    psutil.Process(process.pid).suspend()
    slow = cached(tmp_path / "hub", "some/slow")
    with monkeypatch.context() as hurried:
        hurried.setattr(limits, "HEADER_READER_S", 0.05)
        assert problem("some/slow") == "headers-slow"
    assert process.poll() is not None
    monkeypatch.setattr(library, "_headers", Headers())  # as the next start finds it
    with monkeypatch.context() as none:
        none.setattr(headers, "HELPER", None)
        record = library.record(of_hub("some/slow"))
        assert record.problem is not None
        assert (record.problem.code, record.problem.arguments["model"]) == ("headers-slow", "some/slow")
        assert "{" not in sentence(record.problem) + hint(record.problem)
        assert problem("some/good") is None
    os.utime(next(slow.rglob("config.json")), ns=(1, 1))
    assert library.record(of_hub("some/slow")).problem is None


class _DiesOf:
    """The helper, which ends whenever it reads one file."""

    def __init__(self, name: str) -> None:
        self._name, self.asked = name, [0]

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        self.asked.append(len(request["paths"]))
        if any(self._name in path for path in request["paths"]):
            raise HelperEndedError
        return _HELPER.ask(request, seconds)


_HELPER = headers.HELPER


def test_a_file_that_ends_the_process_costs_no_other_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"some/model-{number}" for number in range(5)]
    for name in names:
        cached(tmp_path / "hub", name)
    dies = _DiesOf("model-3")
    monkeypatch.setattr(headers, "HELPER", dies)
    assert [problem(name) for name in names] == [None, None, None, "headers-memory", None]
    assert dies.asked == [0, 5, 1, 1, 1, 1, 1]


def test_a_model_whose_header_ends_the_process_is_refused_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(tmp_path / "hub", "some/model")
    dies = _DiesOf("some--model")
    monkeypatch.setattr(headers, "HELPER", dies)
    for _ in range(2):
        with pytest.raises(StudioError, match="is refused") as refused:
            next(Session().load(of_hub("some/model")))
        assert refused.value.problem.code == "headers-memory"
    assert dies.asked == [0, 1]


def test_what_the_system_refuses_is_said_and_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(tmp_path / "hub", "some/model")
    answers = [{"answers": [{"system": [5, "Input/output error", "/x"]}]}] * 2

    class Fails:
        def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
            return answers.pop()

    monkeypatch.setattr(headers, "HELPER", Fails())
    assert problem("some/model") == "folder-unreadable"
    monkeypatch.setattr(headers, "HELPER", _HELPER)
    assert problem("some/model") is None
