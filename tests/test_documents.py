"""What the documents name is there: paths, and commands of the command line."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Any

import pytest
import typer

from bigmodel_studio.cli.commands import command_line
from tests.import_graph import ROOT

SUFFIXES = (".py", ".md", ".json", ".toml", ".txt", ".ts")
OF_RUNS = {"spec.toml", "train.py", "control.json"}
"""Files that a run has, or an exported one."""
FOLDERS = ("bigmodel_studio", "tests", "packaging", "benchmarks", "resources", ".ci")


def _tree() -> list[str]:
    """Every file and folder of the project, as "/" and its path."""
    paths = [*ROOT.glob("*"), *(path for folder in FOLDERS for path in [ROOT / folder, *(ROOT / folder).rglob("*")])]
    return [f"/{path.relative_to(ROOT).as_posix()}" for path in paths if "__pycache__" not in path.parts]


def paths_in(text: str) -> set[str]:
    """The paths in back quotes: `client/lane.py`, `training/loop/run`, `engine/tasks.TASKS`, `dev.py test core`."""
    words = {word for quoted in re.findall(r"`([^`\n]+)`", text) for word in quoted.split()}
    paths = {word.rstrip("/") for word in words if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", word)}
    return {path for path in paths if ("/" in path or path.endswith(SUFFIXES)) and not path.startswith((".venv", "-"))}


def is_there(path: str, tree: list[str]) -> bool:
    """Whether a path of the project ends so, with or without ``.py``; or a module that has the name after a dot."""
    if any(fnmatch(each, f"*/{path}") or fnmatch(each, f"*/{path}.py") for each in tree):
        return True
    module, _, name = path.rpartition(".")
    files = [each for each in tree if module and each.endswith(f"/{module}.py")]
    return any(re.search(rf"\b{re.escape(name)}\b", (ROOT / each[1:]).read_text("utf-8")) for each in files)


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"])
def test_every_path_that_a_document_names_is_there(document: str) -> None:
    tree = _tree()
    named = paths_in((ROOT / document).read_text("utf-8")) - OF_RUNS - set(SUFFIXES)
    assert named
    assert sorted(path for path in named if not is_there(path, tree)) == []


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("client/lane.py", True),
        ("engine/tasks.TASKS", True),
        ("training/data/parquet*.py", True),
        ("client/lines.py", False),
        ("engine/tasks.NOTHING", False),
        ("lane/client.py", False),
    ],
)
def test_a_path_is_there_or_not(path: str, there: bool) -> None:
    assert is_there(path, _tree()) is there


def test_every_command_that_the_readme_names_is_there() -> None:
    command: Any = typer.main.get_command(command_line())  # typer's own copy of click has no types
    named = set(re.findall(r"^bigmodel-studio ([\w-]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert len(named) > 20
    assert sorted(named - set(command.commands)) == []
