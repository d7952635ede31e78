"""Each command is found in the one module that is imported for it."""

from __future__ import annotations

import subprocess
import sys

from typer.main import get_command

from bigmodel_studio.cli.commands import SUBJECTS, command_line

_ALWAYS = {"open", "doctor", "tour"}


def test_each_subject_has_the_commands_that_it_is_imported_for() -> None:
    for subject, names in SUBJECTS.items():
        found = set(get_command(command_line(subject)).commands)  # type: ignore[attr-defined]
        assert found - _ALWAYS == set(names), subject
    everything = get_command(command_line()).commands  # type: ignore[attr-defined]
    assert set(everything) == _ALWAYS.union(*SUBJECTS.values())


def test_a_command_imports_no_other_subject() -> None:
    look = (
        "import sys; from bigmodel_studio.cli import commands; commands.main(['describe', './nothing']);"
        "print(*[name for name in sys.modules if name.startswith('bigmodel_studio.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        f"bigmodel_studio.cli.{name}" for name in ("commands", "foreign_bytes", "models", "output")
    }
