"""Several classes in a field: what parts them is found where it is certain, else asked; and the split of such texts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.data import label_sets, labelled_texts
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.kinds import objective_of
from bigmodel_studio.core.data.labelled_tables import Labelled
from bigmodel_studio.core.specs.spec import spec_of
from bigmodel_studio.core.text.messages import StudioError

SEVERAL = Columns(several=True)


@pytest.mark.parametrize(
    ("values", "separator"),
    [
        (["a;b", "c"], ";"),
        (["a|b", "new york|c"], "|"),
        (["a,b", "a", "b", "a,c", "c", "b,c"], ","),
        (["0,3,27", "27", "3", "0", "0,27", "3,27"], ","),
        (["a", "b", ""], label_sets.ALONE),
        (['["a", "b"]', "[]"], label_sets.LISTS),
        (["['a', 'b']", "['c']", "[3, 4]"], label_sets.LISTS),
        ([], label_sets.ALONE),
        (["Food, drink", "Home"], None),
        (["Smith, John", "Smith, Jane", "Doe, John", "Doe, Jane"], None),
        (["a;b", "c,d"], None),
        (["toxic obscene", "toxic"], None),
        (["a/b", "a"], None),
        (["['a' 'b']", "['c']"], None),
    ],
)
def test_what_parts_classes_is_found_only_where_it_is_certain(values: list[str], separator: str | None) -> None:
    assert label_sets.separator_of(values) == separator


@pytest.mark.parametrize(
    ("value", "separator", "classes"),
    [
        (" a; b ;;a;", ";", ("a", "b")),
        ("", ";", ()),
        ("new york", label_sets.ALONE, ("new york",)),
        (r"""["it\u2019s, so", "b\"c"]""", label_sets.LISTS, ("it’s, so", 'b"c')),
        (r"['it\'s', 'a, b', 7]", label_sets.LISTS, ("it's", "a, b", "7")),
        ("[ ]", label_sets.LISTS, ()),
        ("a b", " ", ("a", "b")),
    ],
)
def test_classes_of_a_value(value: str, separator: str, classes: tuple[str, ...]) -> None:
    assert label_sets.classes_in(value, separator) == classes


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.text(min_size=1).map(str.strip).filter(bool), max_size=4, unique=True), min_size=1))
def test_lists_as_json_and_python_write_them_are_read_back(rows: list[list[str]]) -> None:
    written = [json.dumps(row) for row in rows]
    if any(written):
        assert label_sets.separator_of(written) == label_sets.LISTS
    assert [list(label_sets.classes_in(value, label_sets.LISTS)) for value in written] == rows


def test_classes_that_seem_joined() -> None:
    assert label_sets.seem_joined(["a;b", "a", "b", "c;a", "c"])
    assert not label_sets.seem_joined(["a;b", "c"])
    assert not label_sets.seem_joined(["card arrival", "card, lost", "top-up"])
    assert not label_sets.seem_joined(["a", "b"])


def rows_in(path: Path, columns: Columns = SEVERAL, separator: str = "") -> list[tuple[str, tuple[str, ...]]]:
    (texts,), _ = labelled_texts.with_classes(
        [labelled_texts.read_labelled([str(path)], columns)], separator, str(path)
    )
    return [(each.text, each.labels) for each in texts]


def test_records_have_lists_or_separated_classes(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    records = [{"text": "x y", "labels": ["b", "a;c", 3]}, {"text": "z", "labels": []}, {"text": "w", "labels": ""}]
    lines.write_text("\n".join(map(json.dumps, records)), "utf-8")
    assert rows_in(lines) == [("x y", ("b", "a;c", "3")), ("z", ()), ("w", ())]
    lines.write_text('{"text": "x", "labels": "a;b"}\n{"text": "y", "labels": ["a;b"]}\n', "utf-8")
    assert rows_in(lines) == [("x", ("a", "b")), ("y", ("a;b",))]
    for value, words in (
        ("null", "no classes"),
        ("[true]", "not all texts"),
        ("[1.5]", "not all"),
        ("[[]]", "not all"),
    ):
        lines.write_text('{"text": "x", "labels": ["a"]}\n{"text": "y", "labels": ' + value + "}\n", "utf-8")
        with pytest.raises(StudioError, match=f"line 2.*{words}"):
            rows_in(lines)
    lines.write_text('{"text": "x", "labels": ["a"]}\n', "utf-8")
    with pytest.raises(StudioError, match=r"line 1.*its class is a list; set data\.multi_label"):
        labelled_texts.read_labelled([str(lines)])


def test_lists_of_classes_that_nobody_asked_for_are_named(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"text": "it rains", "topics": ["wet"]}\n', "utf-8")
    with pytest.raises(StudioError) as refused:
        labelled_texts.read_labelled([str(lines)])
    assert (refused.value.problem.code, refused.value.problem.arguments["column"]) == ("data-class-lists", "topics")
    assert rows_in(lines) == [("it rains", ("wet",))]
    assert objective_of(lines) == "classify-text"


def test_tables_have_separated_classes_or_lists(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("label,text,labels\n1,it rains,wet;cold\n2,it is fine,\n", "utf-8")
    assert rows_in(table) == [("it rains", ("wet", "cold")), ("it is fine", ())]
    table.write_text("text,labels\nit rains,\"['wet', 'cold']\"\nit is fine,[]\n", "utf-8")
    assert rows_in(table) == [("it rains", ("wet", "cold")), ("it is fine", ())]
    table.write_text("text,labels\nit rains,wet cold\nit is fine,wet\n", "utf-8")
    with pytest.raises(StudioError) as refused:
        rows_in(table)
    assert refused.value.problem.code == "data-label-separator"
    assert "“wet cold”" in str(refused.value)
    assert rows_in(table, separator=" ") == [("it rains", ("wet", "cold")), ("it is fine", ("wet",))]
    assert rows_in(table, separator=";") == [("it rains", ("wet cold",)), ("it is fine", ("wet",))]


def test_columns_are_found_by_their_values_too(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    rows = [f"it was number {n} again,{'a|b' if n % 2 else 'b|c'},{n}" for n in range(20)]
    table.write_text("\n".join(["said,kinds,n", *rows]), "utf-8")
    assert rows_in(table)[:2] == [("it was number 0 again", ("b", "c")), ("it was number 1 again", ("a", "b"))]


def test_each_folder_is_a_class(tmp_path: Path) -> None:
    for name in ("a", "b;c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.txt").write_text("it was", "utf-8")
    assert rows_in(tmp_path) == [("it was", ("a",)), ("it was", ("b;c",))]


def text(*labels: str, number: int = 0) -> Labelled:
    return Labelled("it was", "", "a.csv", number, several=labels)


def test_there_is_something_to_learn() -> None:
    assert labelled_texts.labels_of([text("a"), text()]) == ("a",)
    assert labelled_texts.labels_of([text("b", "a"), text("c")]) == ("a", "b", "c")
    for same in ([text("a", "b"), text("b", "a")], [text(), text()]):
        with pytest.raises(StudioError, match="same classes"):
            labelled_texts.labels_of(same)


def test_every_class_is_held_out_in_its_share() -> None:
    random = np.random.default_rng(0)
    texts = []
    for number in range(2000):
        rare = [f"rare{n}" for n in range(8) if random.random() < 0.02]
        common = [name for name, share in (("most", 0.8), ("half", 0.5)) if random.random() < share]
        texts.append(text(*rare, *common, number=number))
    train, evaluation = labelled_texts.split(texts, 0.2)
    assert sorted(each.line for each in (*train, *evaluation)) == list(range(2000))
    assert (train, evaluation) == labelled_texts.split(texts, 0.2), "the same file is split the same"
    whole, held = (Counter(label for each in part for label in each.labels or ("",)) for part in (texts, evaluation))
    for label, count in whole.items():
        assert held[label] / count == pytest.approx(0.2, abs=0.04), label


def test_fields_that_do_not_fit_together(tmp_path: Path) -> None:
    def spec(objective: str = "classify-text", **data: object) -> None:
        raw = {"name": "a", "objective": objective, "model": {"base": "b"}, "data": {"train": ["x.csv"], **data}}
        spec_of(raw, tmp_path)

    spec(multi_label=True, label_separator=" | ")
    for wrong, field in (
        ({"objective": "tag", "multi_label": True}, "data.multi_label"),
        ({"label_separator": ";"}, "data.label_separator"),
        ({"multi_label": True, "label_separator": "and"}, "data.label_separator"),
        ({"multi_label": True, "label_separator": "\n"}, "data.label_separator"),
    ):
        with pytest.raises(StudioError) as refused:
            spec(**wrong)
        assert refused.value.problem.arguments["field"] == field
