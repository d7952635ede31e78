"""What tests keep to: none asserts a time or sleeps where it can wait for a condition; settings name what is there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
CLOCKS = {"perf_counter", "monotonic", "process_time", "thread_time"}
READS_A_CLOCK = {
    "engine/templates/test_templates.py": "the deadline of a loop that waits",
    "engine/models/test_hostile_configs.py": "processor time: what C++ does cannot be counted",
    "ui/window/test_restart.py": "the deadline of a loop that waits",
    "conftest.py": "how long what a test leaves may take to end",
    "client/test_sampler.py": "the time that a made-up sample carries",
    "training/conftest.py": "the deadline of wait_for",
    "ui/test_instance.py": "the deadline of a loop that waits",
    "test_logger.py": "the deadline of a loop that waits",
}
SLEEPS = {
    "conftest.py": "between two looks at what is left",
    "faults/scripted_engine.py": "an engine that is slow, or deaf",
    "faults/test_lane.py": "lanes closed at different moments of their start: any moment has to do",
    "faults/test_random_moments.py": "the random moment of a kill",
    "engine/templates/test_templates.py": "between two looks",
    "fork_server.py": "until a process is handed over",
    "loopback_hub.py": "a slow network",
    "test_logger.py": "between two looks",
    "training/conftest.py": "between two looks",
    "training/objectives/test_classify_images.py": "the random moment of a kill",
    "training/runs/test_faults.py": "the random moment of a kill",
    "ui/test_app.py": "between two looks",
    "ui/test_instance.py": "between two looks",
    "ui/window/test_restart.py": "between two looks",
}


def calls_of(path: Path) -> Iterator[tuple[str, str]]:
    """Every ``object.method()`` that the code of a file calls, as (object, method)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value).rpartition(".")[2], node.func.attr


def sleeps(called: tuple[str, str]) -> bool:
    return called == ("time", "sleep") or called == ("qtbot", "wait") or called[1] in ("qWait", "qSleep")


def reads_a_clock(called: tuple[str, str]) -> bool:
    return called[0] == "time" and called[1] in CLOCKS


@pytest.mark.parametrize(("finds", "known"), [(sleeps, SLEEPS), (reads_a_clock, READS_A_CLOCK)])
def test_only_these_sleep_or_read_a_clock(finds: Any, known: dict[str, str]) -> None:
    """A condition is awaited (``waitUntil``, ``settle``, ``wait_for``); work is counted (``tests.work``), not timed."""
    found = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py") if any(map(finds, calls_of(path)))}
    assert found == set(known)


def test_what_the_settings_of_the_tools_name_is_there(repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["tool"]
    folders = ("bigmodel_studio", "tests", "packaging", "benchmarks")
    sources = [path.read_text("utf-8") for folder in folders for path in (repository / folder).rglob("*.py")]
    names = {name for text in sources for name in re.findall(r"\bdef (\w+)", text)}
    for name in settings["ruff"]["lint"]["pep8-naming"]["extend-ignore-names"]:
        pattern = re.compile(name.replace("*", r"\w+"))
        assert any(map(pattern.fullmatch, names)), f"nothing defines {name}"
    for marker in settings["pytest"]["ini_options"]["markers"]:
        marked = f"mark.{marker.partition(':')[0]}"
        assert any(marked in text for text in sources), f"no test has {marker}"
