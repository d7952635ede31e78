"""Parquet: each objective learns from it what it learns from a plain file of the same, in flat memory; what is wrong is
named by file and row; without the optional library one sentence says how to install it.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from bigmodel_studio.core.data import picture_listing
from bigmodel_studio.core.data import records as records_module
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.conll import read_sentences, tags_of
from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.data.labelled_texts import read_labelled
from bigmodel_studio.core.data.picture_listing import pictures_in, read_listing
from bigmodel_studio.core.data.records import records
from bigmodel_studio.core.runs.launch import check_inputs, create_run
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, make_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError, command
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data import readers
from bigmodel_studio.training.data.chat_files import Chat, Fault, read_chats
from bigmodel_studio.training.data.text_files import split_corpus
from bigmodel_studio.training.loop.run import FINISHED, run
from tests.parquet_files import class_label, class_labels, image, needs_parquet, write_parquet
from tests.training.conftest import losses, make_text
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec

TAGS = ("O", "B-place", "I-place")


@pytest.fixture(autouse=True)
def parquet_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "READERS", dict(records_module.READERS))
    monkeypatch.setattr(picture_listing, "READERS", dict(picture_listing.READERS))
    readers.use_all()


def quiet(*_: object) -> None:
    pass


def text_spec(*train: Path | str, **more: Any) -> RunSpec:
    return make_spec(
        {
            "name": "rows",
            "data": {"train": list(map(str, train)), "evaluation": 0.1},
            "model": {"layers": 1, "heads": 2, "width": 16, "context": 16, "tokenizer": "train:300"},
            "schedule": {"steps": 3, "batch": 4, "evaluate_every": 3, "checkpoint_every": 3},
            "launch": {"device": "cpu", "threads": 1},
            **more,
        }
    )


@needs_parquet
def test_texts_are_learnt_from_as_from_a_text_file_with_a_blank_line_after_each(tmp_path: Path) -> None:
    rows = [*make_text(9000).split("\n"), None, "  "]
    one = write_parquet(tmp_path / "a" / "one.parquet", {"id": list(range(len(rows))), "text": rows})
    plain = tmp_path / "plain.txt"
    plain.write_text("".join(f"{row}\n\n" for row in rows if row and row.strip()), "utf-8")
    corpus = split_corpus([str(tmp_path / "a")], 0.1)
    assert corpus.train[0].path.read_text("utf-8") == plain.read_text("utf-8")
    assert corpus.train[0].path.name == "one.parquet.txt"
    runs = [create_run(text_spec(path)) for path in (one, plain)]
    assert [run(each.path, resume=False) for each in runs] == [FINISHED, FINISHED]
    assert losses(runs[0]) == losses(runs[1])

    other = write_parquet(tmp_path / "other.parquet", {"a": ["x y"] * 5, "said": ["z"] * 5})
    with pytest.raises(StudioError, match=r"other\.parquet has no column text / .*; it has: a, said"):
        split_corpus([other], 0.0)
    assert split_corpus([other], 0.0, "said").train[0].path.read_text("utf-8") == "z\n\n" * 5
    alone = write_parquet(tmp_path / "alone.parquet", {"n": [1, 2], "Said": ["z", "z"]})
    assert split_corpus([alone], 0.0).train[0].end == 6


@needs_parquet
def test_classes_of_texts_have_their_names(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {"text": ["one", "two", "three", "four"], "label": [1, 0, 1, 1]}
    path = write_parquet(tmp_path / "a.parquet", columns, {"label": class_label("bad", "good")})
    found = [(each.text, each.label, each.line) for each in read_labelled([path])]
    assert found == [("one", "good", 1), ("two", "bad", 2), ("three", "good", 3), ("four", "good", 4)]
    columns = {"said": ["one", "two"], "Mood": [3, 4]}
    path = write_parquet(tmp_path / "b.parquet", columns)
    assert [each.label for each in read_labelled([path], Columns("said", "mood"))] == ["3", "4"]
    path = write_parquet(tmp_path / "c.parquet", {"text": ["one", "two"], "label": ["x", None]})
    with pytest.raises(StudioError, match=r"c\.parquet, row 2: it has no class"):
        read_labelled([path])
    unknown: dict[str, list[Any]] = {"text": ["one", "two"], "label": [0, -1]}
    path = write_parquet(tmp_path / "d.parquet", unknown, {"label": class_label("bad", "good")})
    with pytest.raises(StudioError, match=r"d\.parquet, row 2: it has no class"):
        read_labelled([path])


@needs_parquet
def test_a_text_that_is_not_utf8_is_named_by_its_row(tmp_path: Path) -> None:
    import pyarrow as pa

    path = write_parquet(tmp_path / "a.parquet", {"text": pa.array([b"one", b"tw\xf6", b"three"]).view(pa.string())})
    with pytest.raises(StudioError, match=r"a\.parquet, line 2 is not UTF-8"):
        list(records(Path(path)))
    assert [row for row, _ in records(Path(path), (), Faults.passing())] == [1, 3]
    with pytest.raises(StudioError, match=r"a\.parquet, line 2 is not UTF-8"):
        split_corpus([path], 0.0)


@needs_parquet
def test_tags_of_words_have_their_names(tmp_path: Path) -> None:
    words, numbers = [["go", "to", "New", "York"], ["see"]] * 4, [[0, 0, 1, 2], [0]] * 4
    columns: dict[str, list[Any]] = {"id": list(map(str, range(8))), "tokens": words, "ner_tags": numbers}
    path = write_parquet(tmp_path / "a.parquet", columns, {"ner_tags": class_labels(*TAGS)})
    found = read_sentences([path])
    assert found[2] == (("go", "to", "New", "York"), ("O", "O", "B-place", "I-place"), path, 3)
    assert tags_of(found) == ("O", "B-place", "I-place")
    lines = tmp_path / "a.jsonl"
    tags = [[TAGS[tag] for tag in row] for row in numbers]
    lines.write_text("\n".join(json.dumps({"words": w, "tags": t}) for w, t in zip(words, tags, strict=True)))
    assert [each[:2] for each in read_sentences([str(lines)])] == [each[:2] for each in found]
    path = write_parquet(tmp_path / "b.parquet", {"tokens": words, "tags": numbers})
    with pytest.raises(StudioError, match=r"b\.parquet, row 1: its tags are numbers"):
        read_sentences([path])
    path = write_parquet(tmp_path / "c.parquet", {"tokens": [["a"], ["b", "c"]], "tags": [["O"], ["O"]]})
    with pytest.raises(StudioError, match=r"c\.parquet, row 2: it has no list of words with a tag for each"):
        read_sentences([path])


@needs_parquet
@pytest.mark.parametrize(
    "columns",
    [
        {"messages": [[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]]},
        {"conversations": [[{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]], "system": [None]},
        {"instruction": ["Hi"], "input": [None], "output": ["Ho"]},
    ],
)
def test_conversations_are_those_of_json(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    bad = {name: [None] for name in columns}
    path = tmp_path / "chats.parquet"
    write_parquet(path, {name: [*values, *bad[name], *values] for name, values in columns.items()})
    first, fault, last = read_chats(path)
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]
    assert isinstance(first, Chat)
    assert isinstance(last, Chat)
    assert (first.messages, first.line, last.messages, last.line) == (said, 1, said, 3)
    assert isinstance(fault, Fault)
    assert str(fault).startswith(f"{path}, row 2: ")


def as_tables(folder: Path, *, parquet: bool) -> list[str]:
    """The pictures of a folder of classes by a table of their paths and, where it may be, in a Parquet file."""
    files = [(file, file.parent.name) for file in sorted(folder.rglob("*.*"))]
    table = folder.parent / "list.csv"
    with open(table, "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["image", "label"], *([file.relative_to(table.parent), c] for file, c in files)])
    if not parquet:
        return [str(table)]
    labels = sorted({label for _, label in files})
    columns: dict[str, list[Any]] = {
        "image": [{"bytes": file.read_bytes(), "path": file.name} for file, _ in files],
        "label": [labels.index(label) for _, label in files],
    }
    features = {"image": image(), "label": class_label(*labels)}
    return [str(table), write_parquet(folder.parent / "p" / "list.parquet", columns, features)]


@needs_parquet
def test_pictures_of_a_table_and_of_parquet_are_learnt_as_those_of_folders(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "pictures", each=6)
    given = [str(folder), *as_tables(folder, parquet=True)]
    built = [objectives.build(resolve_spec(tiny_spec(Path(each))), None, quiet) for each in given]
    for other in built[1:]:
        for step in (1, 2):
            one, two = built[0].batch(step), other.batch(step)
            assert all(torch.equal(one[name], two[name]) for name in one)
        evaluated = zip(built[0].evaluation_batches(), other.evaluation_batches(), strict=True)
        assert all(
            torch.equal(a["pictures"], b["pictures"]) and torch.equal(a["labels"], b["labels"]) for a, b in evaluated
        )
    made = create_run(tiny_spec(Path(given[2]).parent, schedule={"steps": 4}))
    assert run(made.path, resume=False) == FINISHED, made.status().message
    shown = made.samples()[-1]["predictions"]
    assert {each["expected"] for each in shown} == {"blue", "green", "red"}
    assert all(Path(each["image"]).is_file() and "list.parquet" in each["image"] for each in shown)


def test_a_table_of_pictures_is_trained_on_and_a_bad_picture_is_named_by_its_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = make_pictures(tmp_path / "pictures", each=6)
    (folder / "red" / "00.png").write_bytes(b"no picture")
    [table] = as_tables(folder, parquet=False)
    made = create_run(tiny_spec(Path(table), schedule={"steps": 4}))
    assert run(made.path, resume=False) == FINISHED, made.status().message
    lines = Path(table).read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "red/00.png" in text)
    assert f"skipped {folder / 'red' / '00.png'} ({table}, line {line}): " in capfd.readouterr().out
    assert {each["expected"] for each in made.samples()[-1]["predictions"]} == {"blue", "green", "red"}


@needs_parquet
def test_pictures_may_be_bytes_alone_or_paths_and_a_row_without_one_is_named(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(stream, "JPEG")
    (tmp_path / "b.jpg").write_bytes(stream.getvalue())
    one = write_parquet(tmp_path / "one.parquet", {"img": [stream.getvalue()] * 2, "label": ["x", "y"]})
    two = write_parquet(tmp_path / "two.parquet", {"file": ["b.jpg"], "class": ["x"]})
    found = list(pictures_in([one, two]))
    assert [(each.path.name, each.label, each.line) for each in found] == [
        ("row-000001.jpg", "x", 1), ("row-000002.jpg", "y", 2), ("b.jpg", "x", 1),
    ]  # fmt: skip
    assert all(each.path.read_bytes() == stream.getvalue() for each in found)
    bad = write_parquet(tmp_path / "bad.parquet", {"img": [stream.getvalue(), None], "label": ["x", "y"]})
    with pytest.raises(StudioError, match=r"bad\.parquet, row 2: it has no picture"):
        read_listing([bad], 0.1)
    gone = write_parquet(tmp_path / "gone.parquet", {"path": ["b.jpg", "gone.jpg"], "label": ["x", "y"]})
    with pytest.raises(StudioError, match=r"gone\.parquet, row 2: there is no file"):
        read_listing([gone], 0.1)


@needs_parquet
def test_stopped_while_pictures_are_unpacked_nothing_half_made_is_left(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "pictures", each=2)
    _, path = as_tables(folder, parquet=True)
    unpacked = paths.cache() / "parquet"

    def stop(*_: object) -> None:
        assert list(unpacked.rglob("row-*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_listing([path], 0.1, say=stop)
    gc.collect()
    assert list(unpacked.iterdir()) == []
    assert len(read_listing([path], 0.1).train) == 6
    assert all(each.path.is_file() for each in read_listing([path], 0.1).train)


@needs_parquet
@pytest.mark.parametrize("damage", ["not parquet at all", "cut"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = Path(write_parquet(tmp_path / "a.parquet", {"text": ["one"] * 50, "label": ["x", "y"] * 25}))
    path.write_bytes(damage.encode() if damage != "cut" else path.read_bytes()[:-40])
    for use in (lambda: read_labelled([str(path)]), lambda: split_corpus([str(path)], 0.1)):
        with pytest.raises(StudioError, match=r"a\.parquet can.t be read as Parquet: "):
            use()


def test_without_the_library_one_sentence_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1")
    for name in ("pyarrow", "pyarrow.parquet", "datasets"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    uses = (
        lambda: check_inputs(text_spec(path)),
        lambda: check_inputs(text_spec(tmp_path)),
        lambda: next(records(path)),
        lambda: split_corpus([str(path)], 0.1),
        lambda: read_labelled([str(path)]),
    )
    for use in uses:
        with pytest.raises(StudioError) as caught:
            use()
        assert caught.value.problem.code == "parquet-missing"
        assert command(caught.value.problem) == f'Install it with: {sys.executable} -m pip install "datasets>=4"'
    plain = tmp_path / "plain.txt"
    plain.write_text("the rest works without it\n" * 9)
    assert split_corpus([str(plain)], 0.1).train


@needs_parquet
def test_names_of_classes_want_the_library_that_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {"text": ["one", "two"], "label": [1, 0]}
    path = write_parquet(tmp_path / "a.parquet", columns, {"label": class_label("bad", "good")})
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(StudioError) as caught:
        read_labelled([path])
    assert caught.value.problem.code == "parquet-missing"


MEASURE = """
import resource, sys
from pathlib import Path
from bigmodel_studio.training.data.record_texts import parquet_as_text as as_text
as_text(Path(sys.argv[1]), "", lambda *_: None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(as_text(Path(sys.argv[2]), "", lambda *_: None).stat().st_size)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@needs_parquet
@pytest.mark.skipif(sys.platform == "win32", reason="the peak is asked of getrusage")
def test_memory_stays_flat_on_one_large_row_group(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    random = np.random.default_rng(0)
    files = []
    for name, rows in (("small", 200), ("large", 20_000)):
        texts = [random.bytes(2000).hex() for _ in range(rows)]
        parquet.write_table(pa.table({"text": texts}), tmp_path / f"{name}.parquet", row_group_size=rows)
        files.append(str(tmp_path / f"{name}.parquet"))
    answer = subprocess.run([sys.executable, "-c", MEASURE, *files], check=True, capture_output=True, text=True)
    size, grown = map(int, answer.stdout.split())
    assert size == 20_000 * 4002
    assert grown < 24_000_000
