"""Arguments with bytes that are no UTF-8: names of files work, texts are refused, and nothing ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bigmodel_studio.cli import commands, output
from bigmodel_studio.core.text.printable import printable
from bigmodel_studio.protocol import Problem

BAD = "x\udcff"
"""As Python has the bytes ``x\\xff`` of a command line."""
LONG_LIVED = {"bench", "open", "tour"}
"""Commands that open a window or work for minutes whatever they are given."""


def every_command() -> Iterator[tuple[tuple[str, ...], Any]]:
    def below(group: Any, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*before, name))
            elif name not in LONG_LIVED:
                yield (*before, name), command

    yield from below(typer.main.get_command(commands.command_line()), ())


def lines() -> Iterator[list[str]]:
    """Each command with the bytes as its arguments, and with each of its options set to them."""
    for name, command in every_command():
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        options = [each for each in command.params if each.param_type_name == "option" and not each.is_flag]
        required = [each for each in options if each.required]
        if arguments:
            yield [*name, *([BAD] * len(arguments)), *(word for each in required for word in (each.opts[0], "1"))]
        for option in options:
            others = [word for each in required if each is not option for word in (each.opts[0], "1")]
            yield [*name, *(["starter-gpt"] * len(arguments)), option.opts[0], BAD, *others]


@pytest.mark.parametrize("line", list(lines()), ids=lambda line: printable(" ".join(line), one_line=True))
def test_every_command_refuses_them_in_words(
    line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert commands.main(line) in (0, 2)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "Internal error" not in captured.err
    assert BAD not in captured.out + captured.err, "the terminal is not given a byte that is no character"


def test_a_text_is_refused_by_the_name_of_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["generate", "starter-gpt", "--prompt", BAD]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: --prompt isn't UTF-8 text: x\\udcff.\nhint: ")


def test_a_name_that_is_not_utf8_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    value = [{"image": "bad\udce9.jpg", "problem": Problem(code="x"), "share": float("nan")}]
    output.print_json(value)
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["image"], record["problem"]["code"], record["share"]) == ("bad\udce9.jpg", "x", None)
    output.write(output.json_line(value))
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert json.loads(printed) == [record]
