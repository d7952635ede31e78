"""Classes of texts as CSV, read back by another reader; and lines of a file that are read one by one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bigmodel_studio.core.data.class_table import as_csv
from bigmodel_studio.core.text.lines import MOST_BYTES, read_lines
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Label, Problem, TextClassified


def test_texts_with_commas_quotes_and_breaks_come_back_as_they_were() -> None:
    answers = [
        TextClassified(text='He said "no, 谢谢"', second="a\nb", predictions=(Label("x,y", 0.75), Label("z", 0.25))),
        TextClassified(text="", error=Problem(code="text-empty")),
    ]
    first, second = csv.DictReader(io.StringIO(as_csv(answers), newline=""))
    assert (first["text"], first["second"], first["class_1"]) == ('He said "no, 谢谢"', "a\nb", "x,y")
    assert (float(first["probability_1"]), float(first["probability_2"]), first["error"]) == (0.75, 0.25, "")
    assert (second["class_1"], second["error"]) == ("", "The text is empty.")


def test_lines_with_words_are_read_and_no_more_than_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffone\r\n\r\n  \nzwei ä\nthree".encode())
    assert read_lines(path, 10) == ["one", "zwei ä", "three"]
    assert read_lines(path, 1) == ["one"]
    path.write_bytes(b"one\n\xff\xfe\x00")
    with pytest.raises(StudioError, match=r"a\.txt, line 2 is not UTF-8"):
        read_lines(path, 10)
    path.write_text("é" * 10 + "\n" + "ü" * MOST_BYTES)
    assert read_lines(path, 10) == ["é" * 10]
