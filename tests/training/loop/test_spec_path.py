"""How a spec goes from what makes a run to the training loop: what it names is parsed once a process, by one module."""

from __future__ import annotations

import ast
import inspect
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.core.runs.launch import check_inputs, create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs import resolved as resolving
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.training import __main__ as process
from bigmodel_studio.training.loop import run as running
from bigmodel_studio.training.loop.run import FINISHED
from bigmodel_studio.training.loop.training_loop import Loop
from tests.import_graph import sources
from tests.training.conftest import with_changes

MAY_PARSE = {
    "bigmodel_studio.core.specs.resolved",  # the names in a spec
    "bigmodel_studio.core.models.library",
    "bigmodel_studio.cli.models",  # MODEL on the command line, which is no part of a spec
}


@pytest.fixture
def fine_tuning(spec: RunSpec, causal_folders: dict[str, Path]) -> RunSpec:
    return with_changes(spec, model={"base": str(causal_folders["gpt2"])}, schedule={"steps": 1})


def counted(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[Any]:
    """Have a function's arguments noted at each call; what has been noted."""
    calls: list[Any] = []
    original: Callable[..., Any] = getattr(module, name)

    def noted(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return original(*given, **named)

    monkeypatch.setattr(module, name, noted)
    return calls


def test_only_one_module_parses_the_names_in_a_spec() -> None:
    parsing = {
        module
        for module, path in sources().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "parse_model"
    }
    assert parsing <= MAY_PARSE


def test_a_base_model_is_parsed_once_before_the_run_is_made(
    fine_tuning: RunSpec, causal_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = counted(monkeypatch, resolving, "parse_model")
    found = check_inputs(fine_tuning)
    assert found.base == ModelRef(source="local", id=str(causal_folders["gpt2"]))
    create_run(found)
    assert parsed == [(fine_tuning.model.base,)]


def test_a_run_reads_its_spec_once_and_parses_it_once_on_the_way_to_the_loop(
    fine_tuning: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_run(fine_tuning)
    names = counted(monkeypatch, resolving, "parse_model")
    read = counted(monkeypatch, RunFolder, "spec")
    parsed = counted(monkeypatch, running, "parse_spec")
    path: list[str] = []
    begin = Loop.__init__

    def noted(loop: Loop, *given: Any) -> None:
        path.extend(frame.frame.f_globals["__name__"] for frame in inspect.stack()[1:])
        begin(loop, *given)

    monkeypatch.setattr(Loop, "__init__", noted)
    monkeypatch.setattr(process, "lower_priority", lambda: None)
    monkeypatch.setattr(process, "_stop_at_signals", lambda _control: None)
    monkeypatch.setattr(sys, "argv", ["training", str(folder.path)])
    assert process.main() == FINISHED
    assert (names, len(read), parsed) == ([(fine_tuning.model.base,)], 1, [])
    ours = list(dict.fromkeys(name for name in path if name.startswith("bigmodel_studio.")))
    assert ours == ["bigmodel_studio.training.loop.run", "bigmodel_studio.training.__main__"]


def test_a_run_is_resumed_without_its_base_model_which_may_be_gone(
    spec: RunSpec, causal_folders: dict[str, Path], tmp_path: Path
) -> None:
    base = tmp_path / "base"
    shutil.copytree(causal_folders["gpt2"], base)
    folder = create_run(with_changes(spec, model={"base": str(base)}, schedule={"steps": 1}))
    assert running.run(folder.path, resume=False) == FINISHED
    shutil.rmtree(base)
    assert running.run(folder.path, resume=True) == FINISHED
