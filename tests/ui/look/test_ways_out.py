"""What the window says of a problem names no command of a shell: its user may never have opened one."""

from __future__ import annotations

import re
import string

from PySide6.QtWidgets import QApplication

from bigmodel_studio.core.text.messages import SENTENCES
from bigmodel_studio.core.text.sentences.commands import COMMANDS
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n

COMMAND = re.compile(r"bigmodel-studio |\bpip |python3? |dev\.py|\{command\}|(?<!\w)--\w|\bdoctor\b", re.I)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_way_out_is_a_command(qapp: QApplication) -> None:
    told = {}
    for code, (sentence, hint) in SENTENCES.items():
        arguments = {name: f"{{{name}}}" for name in _names(sentence) | _names(hint)}
        told[code] = i18n.sentences(Problem(code=code, arguments=dict(arguments)))
    assert {code: both for code, both in told.items() if any(map(COMMAND.search, both))} == {}
    assert [code for code, both in told.items() if bool(both[1]) != bool(SENTENCES[code][1])] == []


def test_the_command_line_has_a_command_instead_and_needs_nothing_that_does_not_come_with_the_problem() -> None:
    for code, hint in COMMANDS.items():
        assert hint != SENTENCES[code][1], code
        assert _names(hint) - {"command"} <= _names(" ".join(SENTENCES[code])) | {"near", "size", "model", "run"}, code
