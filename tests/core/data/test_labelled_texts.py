"""Texts with classes and tagged sentences, as people keep them, and every mistake named by file and line."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from bigmodel_studio.core.data import conll, faults, labelled_texts
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.labelled_texts import check_tables, labels_of, read_labelled, split
from bigmodel_studio.core.text.messages import StudioError


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    return str(path)


def pairs(path: str, columns: Columns | None = None) -> list[tuple[str, str, int]]:
    return [(each.text, each.label, each.line) for each in read_labelled([path], columns or Columns())]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'text,category\r\n"one, with\nline",x\r\ntwo,y\r\n'),
        ("a.csv", '\ufeffcategory,text\nx,"one, with\nline"\ny,two\n'),
        ("a.tsv", 'text\tlabel\n"one, with\nline"\tx\ntwo\ty\n'),
    ],
)
def test_tables_are_read_as_the_rfc_says(tmp_path: Path, name: str, text: str) -> None:
    found = pairs(written(tmp_path, name, text))
    assert [each[:2] for each in found] == [("one, with\nline", "x"), ("two", "y")]
    assert found[0][2] < found[1][2]


def test_json_lines_and_folders(tmp_path: Path) -> None:
    lines = [json.dumps({"sentence": "one", "label": 1}), "", json.dumps({"text": "two", "intent": "y"})]
    assert pairs(written(tmp_path, "a.jsonl", "\n".join(lines))) == [("one", "1", 1), ("two", "y", 3)]
    written(tmp_path, "texts/good/1.txt", "fine")
    written(tmp_path, "texts/bad/1.txt", "poor\n")
    assert pairs(str(tmp_path / "texts")) == [("poor", "bad", 0), ("fine", "good", 0)]


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,said,what\n1,one,x\n2,two,y\n")
    assert pairs(path, Columns("said", "what")) == [("one", "x", 2), ("two", "y", 3)]
    with pytest.raises(StudioError) as caught:
        pairs(path, Columns("sayd", "what"))
    assert caught.value.problem.code == "data-column"
    assert "id, said, what" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.csv", "text,label\none,x\ntwo\n", 3),
        ("a.csv", "text,label\none,\n", 2),
        ("a.csv", 'text,label\n"one,x\n', 2),
        ("a.jsonl", '{"text": "one", "label": "x"}\n{"text": "two"}\n', 2),
        ("a.jsonl", "not json\n", 1),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, name: str, text: str, line: int) -> None:
    with pytest.raises(StudioError) as caught:
        pairs(written(tmp_path, name, text))
    assert caught.value.problem.code == "data-row"
    assert caught.value.problem.arguments["line"] == line
    assert "a." in str(caught.value)


@pytest.mark.parametrize(
    ("train", "evaluation", "code", "detail"),
    [
        ("fine,x\nbad,y\nlonely\n", "", "data-row", "it has 1 columns, and 2 are needed"),
        ("fine,x\nso,x\n", "", "data-one-class", ""),
        ("fine,x\nbad,y\n", "so,x\nwhat,\n", "data-row", "it has no class"),
        ("fine,x\nbad,y\n", "so,x\nwhat,z\n", "data-row", "the class z is missing from the training data"),
        ("fine,x\nbad,y\n", "\n", "data-empty", ""),
    ],
)
def test_tables_are_refused_before_a_run_is_made(
    tmp_path: Path, train: str, evaluation: str, code: str, detail: str
) -> None:
    given = [
        [written(tmp_path, name, f"text,label\n{rows}")] if rows else []
        for name, rows in (("a.csv", train), ("b.csv", evaluation))
    ]
    with pytest.raises(StudioError) as refused:
        check_tables(given[0], given[1], Columns())
    assert refused.value.problem.code == code
    assert refused.value.problem.arguments.get("detail", "") == detail


def test_tables_are_checked_by_their_first_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled_texts, "MOST_CHECKED", 3)
    check_tables([written(tmp_path, "a.csv", "text,label\na,x\nb,x\nc,x\nlonely\n")], [], Columns())


def test_classes_that_texts_have_several_of_are_told_apart_before_a_run_is_made(tmp_path: Path) -> None:
    train = [written(tmp_path, "a.csv", "text,labels\na,x|y\nb,z\nc,x|z\n")]
    evaluation = [written(tmp_path, "b.csv", "text,labels\na,y|x\nb,w|x\n")]
    columns = Columns(several=True)
    check_tables(train, [], columns)
    with pytest.raises(StudioError, match="the class w is missing from the training data"):
        check_tables(train, evaluation, columns)


def test_what_is_no_such_data_is_refused(tmp_path: Path) -> None:
    codes = []
    (tmp_path / "latin.csv").write_bytes(b"text,label\n\xe9t\xe9,x\n")
    for path in (
        str(tmp_path / "none.csv"),
        written(tmp_path, "a.pdf", "x"),
        written(tmp_path, "e.csv", "text,label\n"),
    ):
        with pytest.raises(StudioError) as caught:
            pairs(path)
        codes.append(caught.value.problem.code)
    assert codes == ["data-missing", "data-no-labels", "data-empty"]
    with pytest.raises(StudioError, match="not UTF-8"):
        pairs(str(tmp_path / "latin.csv"))
    with pytest.raises(StudioError) as caught:
        labels_of(read_labelled([written(tmp_path, "one.csv", "text,label\na,x\nb,x\n")]))
    assert caught.value.problem.code == "data-one-class"


def test_each_class_is_split_alike(tmp_path: Path) -> None:
    rows = "".join(f"t{number},{'x' if number % 4 else 'y'}\n" for number in range(400))
    texts = read_labelled([written(tmp_path, "a.csv", "text,label\n" + rows)])
    train, evaluation = split(texts, 0.1)
    assert len(train) + len(evaluation) == 400
    assert sorted(sum(each.label == label for each in evaluation) for label in "xy") == [10, 30]
    assert split(texts, 0.0)[1] == []


def test_sentences_of_words_with_tags(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\t\nPeter\tB-PER\nBlackburn\tI-PER\n\n\n"
    path = written(tmp_path, "a.conll", text)
    sentences = conll.read_sentences([path])
    assert [(each.words, each.tags, each.line) for each in sentences] == [
        (("EU", "rejects"), ("B-ORG", "O"), 3),
        (("Peter", "Blackburn"), ("B-PER", "I-PER"), 6),
    ]
    assert conll.tags_of(sentences) == ("O", "B-ORG", "B-PER", "I-PER")
    with pytest.raises(StudioError) as caught:
        conll.read_sentences([written(tmp_path, "b.conll", "word O\nlonely\n")])
    assert caught.value.problem.arguments["line"] == 2


@pytest.mark.shared
def test_real_files(shared_assets: Path) -> None:
    banking = read_labelled([str(shared_assets / "text-banking77" / "train.csv")])
    assert (len(banking), len(labels_of(banking))) == (10_003, 77)
    sentences = conll.read_sentences([str(shared_assets / "ner-wnut17" / "train.conll")])
    assert (len(sentences), len(conll.tags_of(sentences))) == (3394, 13)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.conll"])
def test_a_line_without_an_end_is_never_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(faults, "MOST_LINE", 1 << 20)
    path = tmp_path / name
    with open(path, "wb") as stream:
        stream.write(b"a" * (1 << 17))
        stream.truncate(1 << 30)  # a hole: a gigabyte of zeros in one line
    read = conll.read_sentences if name.endswith("conll") else read_labelled
    tracemalloc.start()
    with pytest.raises(StudioError) as refused:
        read([str(path)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.problem.code == "data-row"
    assert refused.value.problem.arguments["line"] == 1
    assert peak < 16 << 20


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("train/pos/1.txt", "train/neg/2.txt", "test/pos/3.txt"), "data-split-folder"),
        (("all/pos/1.txt", "all/neg/2.txt"), "data-deeper"),
    ],
)
def test_folders_of_texts_are_no_classes_where_they_are_splits_or_hold_the_classes(
    tmp_path: Path, names: tuple[str, ...], code: str
) -> None:
    for name in names:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_text("a text", "utf-8")
    with pytest.raises(StudioError) as caught:
        read_labelled([str(tmp_path / "data")])
    assert caught.value.problem.code == code
