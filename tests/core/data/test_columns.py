"""Which columns of a table are taken: by name, by values that leave no doubt, and otherwise none without asking."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.data.columns import NO_COLUMNS, Columns
from bigmodel_studio.core.data.labelled_texts import read_labelled
from bigmodel_studio.core.text.messages import StudioError, hint, sentence

SAID = ("I really like this phone", "the battery dies at noon", "works so well for me", "never again from this shop")
PROSE = [f"{words}, day {day}" for day in range(6) for words in SAID]
CLASSES = ["pos", "neg"] * 12


def table(path: Path, header: str, rows: list[list[str]], sign: str = ",") -> str:
    lines = [header] if header else []
    lines += [sign.join(f'"{cell}"' if sign in cell else cell for cell in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def refusal(path: str, columns: Columns = NO_COLUMNS) -> StudioError:
    with pytest.raises(StudioError) as caught:
        read_labelled([path], columns)
    assert "{" not in sentence(caught.value.problem) + hint(caught.value.problem)
    return caught.value


def test_an_unknown_header_is_no_example(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "comment,stars", [list(row) for row in zip(PROSE, CLASSES, strict=True)])
    found = read_labelled([path])
    assert [(each.text, each.label) for each in found] == list(zip(PROSE, CLASSES, strict=True))


def test_text_and_class_do_not_change_places(tmp_path: Path) -> None:
    rows = [[label, text, "", ""] for text, label in zip(PROSE, CLASSES, strict=True)]
    assert {each.label for each in read_labelled([table(tmp_path / "d.csv", "v1,v2,,", rows)])} == {"pos", "neg"}


def test_without_a_header_the_first_row_is_an_example(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "", [list(row) for row in zip(PROSE, CLASSES, strict=True)])
    assert len(read_labelled([path])) == len(PROSE)


def test_a_number_that_names_a_row_is_never_the_text(tmp_path: Path) -> None:
    rows = [[str(1000 + n), text, label] for n, (text, label) in enumerate(zip(PROSE, CLASSES, strict=True))]
    assert read_labelled([table(tmp_path / "d.csv", "id,tweet,label", rows)])[0].text == PROSE[0]
    words = [[str(1000 + n), f"word{n}", label] for n, label in enumerate(CLASSES)]
    error = refusal(table(tmp_path / "w.csv", "id,term,label", words))
    assert error.problem.code == "data-columns"
    assert "id (1000, 1001, 1002); term (word0, word1, word2)" in str(error)  # each column with three values


def test_two_texts_a_row_are_not_halved_in_silence(tmp_path: Path) -> None:
    rows = [[text, f"{text} indeed", label] for text, label in zip(PROSE, CLASSES, strict=True)]
    path = table(tmp_path / "d.csv", "sentence1,sentence2,label", rows)
    assert refusal(path).problem.code == "data-second-text"
    assert read_labelled([path], Columns(text="sentence1"))[0].text == PROSE[0]  # one may be named
    mrpc = [[label, "1", "2", text, f"{text} indeed"] for text, label in zip(PROSE, CLASSES, strict=True)]
    path = table(tmp_path / "d.tsv", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", mrpc, "\t")
    error = refusal(path)
    assert error.problem.code == "data-second-text"
    assert "“#1 String” and “#2 String”" in str(error)


def test_another_separator_is_named(tmp_path: Path) -> None:
    rows = [[f"well, {text.partition(',')[0]}", label] for text, label in zip(PROSE, CLASSES, strict=True)]
    assert refusal(table(tmp_path / "d.csv", "", rows, ";")).problem.code == "data-separator"


def test_ragged_rows_and_a_second_header_are_named_by_line(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "text,label", [["good", "pos"], ["bad", "neg", "extra"]])
    assert refusal(path).problem.arguments["line"] == 3
    path = table(tmp_path / "h.csv", "text,label", [["good", "pos"], ["text", "label"], ["bad", "neg"]])
    assert refusal(path).problem.arguments["line"] == 3


def test_a_quote_in_a_file_of_tabs_is_a_character(tmp_path: Path) -> None:
    rows = [[f'"{text}' if n % 5 == 0 else text, str(n % 2)] for n, text in enumerate(PROSE)]
    found = read_labelled([table(tmp_path / "d.tsv", "sentence\tlabel", rows, "\t")])
    assert [each.text for each in found] == [row[0] for row in rows]


def test_classes_that_are_numbers(tmp_path: Path) -> None:
    def lines(path: Path, labels: list[float]) -> str:
        path.write_text("\n".join(json.dumps({"text": "so it is", "label": label}) for label in labels))
        return str(path)

    assert [each.label for each in read_labelled([lines(tmp_path / "whole.jsonl", [0.0, 1.0])])] == ["0", "1"]
    error = refusal(lines(tmp_path / "fractions.jsonl", [1.0, 0.37]))
    assert error.problem.code == "data-row"
    assert "0.37" in str(error)


def test_records_without_known_names_are_read_where_their_values_leave_no_doubt(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    rows = [{"n": n, "said": text, "mood": label} for n, (text, label) in enumerate(zip(PROSE, CLASSES, strict=True))]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert [(each.text, each.label) for each in read_labelled([str(path)])] == list(zip(PROSE, CLASSES, strict=True))
    path.write_text("\n".join(json.dumps({**row, "also": row["said"]}) for row in rows))
    assert refusal(str(path)).problem.code == "data-second-text"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".tsv", ".jsonl"]))
def test_any_bytes_are_read_or_refused_by_name(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(data)
    with contextlib.suppress(StudioError):
        read_labelled([str(path)])


def test_a_column_a_class_is_asked_for_and_read_where_texts_may_have_several(tmp_path: Path) -> None:
    rows = [[text, str(n % 2), str(int(n % 3 == 0))] for n, text in enumerate(PROSE)]
    wanted = [tuple(name for name, flag in zip(("toxic", "rude"), row[1:], strict=True) if flag == "1") for row in rows]
    csv_path = table(tmp_path / "d.csv", "text,toxic,rude", rows)
    json_path = tmp_path / "d.jsonl"
    records = [{"text": text, "toxic": bool(int(toxic)), "rude": int(rude)} for text, toxic, rude in rows]
    json_path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    for path in (csv_path, str(json_path)):
        assert refusal(path).problem.arguments["columns"] == "toxic, rude"
        assert [each.labels for each in read_labelled([path], Columns(several=True))] == wanted
        assert len({each.label for each in read_labelled([path], Columns(label="rude"))}) == 2
    table(tmp_path / "d.csv", "text,toxic,rude", [*rows * 60, [PROSE[0], "2", "0"]])
    assert "its toxic is neither 0 nor 1" in str(refusal(csv_path, Columns(several=True)))


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        ("text,label\nfine,a\n".encode("utf-16"), "data-utf16", "UTF-16"),
        (b"\x1f\x8b\x08\x00", "data-binary", "gzip"),
        (b"text,label\n" + b"fine words here,a\n" * 9000 + b"a\0b,a\n", "data-row", "zero byte"),
        (b"text;label\nso, so and so;a\nyes, a, b;b\n", "data-separator", "';'"),
        (b"# by me\ntext,label\n" + b"it is fine so,a\nit is not so,b\n" * 4, "data-row", "line 1: it has 1 columns"),
        (b"text,label\nit is so,0.25\nit is not,0.75\n", "data-row", "a number with a fraction (0.25)"),
        (b'text,label\nfine,a\n"not closed,b\nso,a\n', "data-row", "line 3: a quote opens a field here"),
        (b"text,label,label\nfine,a,b\n", "data-columns", "label (b)"),
        (b"text,text_pair,label\nfine,bad,b\n", "data-second-text", "text_pair"),
    ],
)
def test_a_table_that_is_something_else_is_refused_by_name(tmp_path: Path, data: bytes, code: str, words: str) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(data)
    error = refusal(str(path))
    assert error.problem.code == code
    assert words in str(error)


def test_what_spreadsheets_write_is_no_class_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("sep=,\ntext,label\nfine,1.0\nbad,0\nwell,1\n", "utf-8")
    assert [(each.text, each.label, each.line) for each in read_labelled([str(path)])] == [
        ("fine", "1", 3), ("bad", "0", 4), ("well", "1", 5)
    ]  # fmt: skip


def test_columns_without_a_header_are_named_by_number(tmp_path: Path) -> None:
    rows = [[label, "Mon 6 Apr 2009", text] for text, label in zip(PROSE, CLASSES, strict=True)]
    path = table(tmp_path / "d.csv", "", rows)
    assert refusal(path).problem.code == "data-second-text"
    for number in ("3", "column 3"):
        found = read_labelled([path], Columns(text=number))
        assert [(each.text, each.label) for each in found] == list(zip(PROSE, CLASSES, strict=True))
    assert len(read_labelled([path], Columns(text="3", label="1"))) == len(PROSE)


def test_json_that_is_no_lines_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    for indent, words in ((1, "a JSON array begins here"), (None, "a JSON array begins here")):
        path.write_text(json.dumps([{"text": "it is fine so", "label": "a"}], indent=indent), "utf-8")
        assert words in str(refusal(str(path)))
    path.write_text(json.dumps({"text": "it is fine so", "label": "a"}, indent=1), "utf-8")
    assert "JSON over several lines" in str(refusal(str(path)))


def both(path: Path, header: str, *columns: list[str]) -> tuple[str, str]:
    """Return the same rows as a table and as JSON lines."""
    rows = [list(row) for row in zip(*columns, strict=True)]
    lines = path.with_suffix(".jsonl")
    lines.write_text(
        "".join(json.dumps(dict(zip(header.split(","), row, strict=True))) + "\n" for row in rows), "utf-8"
    )
    return table(path, header, rows), str(lines)


def test_two_usual_names_of_texts_or_of_classes_are_asked_about(tmp_path: Path) -> None:
    other = ["news", "news", "sport", "sport"] * 6
    for path in both(tmp_path / "a.csv", "title,text,label", PROSE[::-1], PROSE, CLASSES):
        assert refusal(path).problem.code == "data-second-text"
        assert read_labelled([path], Columns(text="title"))[0].text == PROSE[-1]
    for path in both(tmp_path / "b.csv", "text,label,category", PROSE, CLASSES, other):
        error = refusal(path)
        assert error.problem.code == "data-second-class"
        assert "“label” and “category”" in str(error)
        assert {each.label for each in read_labelled([path], Columns(label="category"))} == {"news", "sport"}


def test_a_usual_name_is_left_aside_where_its_values_are_no_texts_or_no_other_classes(tmp_path: Path) -> None:
    numbers, numbered = [str(1000 + n) for n in range(24)], [str(n) for n in map(CLASSES.index, CLASSES)]
    for path in both(tmp_path / "a.csv", "title,text,label,class", numbers, PROSE, CLASSES, numbered):
        found = read_labelled([path])
        assert (found[0].text, found[0].label) == (PROSE[0], "pos")
    for path in both(tmp_path / "b.csv", "text,content,label", numbers, PROSE, CLASSES):
        assert read_labelled([path])[0].text == PROSE[0]
