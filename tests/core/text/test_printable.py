"""Text that others wrote steers no terminal: not through a table, a sentence, JSON, a label or a run's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.cli import commands, output
from bigmodel_studio.core.specs.spec import parse_spec
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.core.text.printable import printable, steers

HOSTILE = "a\x1b[31m\x07\x9b2J\x7f\r\u202eb\u2066c"


def test_what_steers_a_terminal_is_escaped_and_everything_else_stays() -> None:
    assert printable(HOSTILE) == r"a\u001b[31m\u0007\u009b2J\u007f\u000d\u202eb\u2066c"
    assert printable("a\tb\nc 你好 שלום 👩‍💻") == "a\tb\nc 你好 שלום 👩‍💻"
    assert printable("a\tb\nc", one_line=True) == r"a\u0009b\u000ac"
    for number in [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]:
        assert steers(chr(number))
        assert chr(number) in "\t\n" or chr(number) not in printable(f"a{chr(number)}b")


def test_every_way_of_printing_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    output.write(HOSTILE)
    output.say(HOSTILE)
    output.print_table(["name"], [[HOSTILE + "\n"]])
    output.print_facts([(HOSTILE, HOSTILE)])
    output.print_json({HOSTILE: HOSTILE})
    said = capsys.readouterr()
    assert not steers((said.out + said.err).replace("\n", ""))


def test_json_with_escapes_reads_as_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({HOSTILE: [HOSTILE]})
    assert json.loads(capsys.readouterr().out) == {HOSTILE: [HOSTILE]}


def test_a_label_of_a_table_is_escaped_in_a_preview(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"a text {n},{'good' if n % 2 else HOSTILE.replace(chr(13), '')}\n" for n in range(40))
    (tmp_path / "d.csv").write_text("text,label\n" + rows, encoding="utf-8")
    spec = tmp_path / "s.toml"
    spec.write_text(
        'name = "a"\nobjective = "classify-text"\n[data]\ntrain = ["d.csv"]\n[model]\nbase = "starter-bert"\n'
    )
    assert commands.main(["preview", str(spec)]) == 0
    said = capfd.readouterr()
    assert r"\u001b[31m" in said.out
    assert not steers((said.out + said.err).replace("\n", "").replace("\t", ""))


def test_a_runs_name_has_no_control_characters(tmp_path: Path) -> None:
    for sign in ("\\u001b", "\\n", "\\u202e"):
        with pytest.raises(StudioError, match=r"^name is") as refused:
            parse_spec(f'name = "a{sign}b"\n[data]\ntrain = ["x.txt"]\n', tmp_path)
        assert "control characters" in hint(refused.value.problem)
        assert not steers(sentence(refused.value.problem))
