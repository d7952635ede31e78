"""Datasets of the Hub: what they have by configuration and split, fetched once as files, checked, and taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.hub.hub_datasets import Address, parse_address
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.spec import make_spec, parse_spec
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub.dataset import CONVERTED, parts_of
from bigmodel_studio.protocol import DatasetDownloaded, DatasetListing, DownloadDataset, HubFile, LookAtDataset
from bigmodel_studio.training.data.text_files import split_corpus
from tests.hub_models import large
from tests.hub_tasks import answer, problem
from tests.loopback_hub import Fault, LoopbackHub
from tests.parquet_files import needs_parquet, write_parquet

NAME = "org/rows"
OWN = {
    "README.md": b"# Rows",
    "data/train-00000-of-00002.parquet": large(1, 9000),
    "data/train-00001-of-00002.parquet": large(2, 7000),
    "data/test-00000-of-00001.parquet": large(3, 3000),
    "data/test.csv": b"text,label\n",
    "rows.py": b"raise SystemExit('never run')",
    "dataset_infos.json": b"{}",
}


def converted(hub: LoopbackHub, **files: bytes) -> None:
    names = {name.replace("_", "/") + "/0000.parquet": data for name, data in files.items()}
    hub.add(f"datasets/{NAME}", names, branches={"main", CONVERTED})


def fetched(**more: Any) -> DatasetDownloaded:
    result = answer(DownloadDataset(id=NAME, **more))
    assert isinstance(result, DatasetDownloaded)
    return result


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("org/rows", Address("org/rows")),
        ("hf://datasets/org/rows", Address("org/rows")),
        ("https://huggingface.co/datasets/org/rows/", Address("org/rows")),
        ("hf://datasets/org/rows@v1.0/en/us:train", Address("org/rows", "v1.0", "en/us", "train")),
        (" org/rows:test ", Address("org/rows", "", "", "test")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "rows", "../rows", "org/../rows", "https://example.org/org/rows", "org/rows two"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(StudioError, match="not a dataset address"):
        parse_address(text)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["default/train/0000.parquet", "de/validation/0000.parquet"], {("default", "train"), ("de", "validation")}),
        (["train.csv", "test.csv"], {("default", "train"), ("default", "test")}),
        (["en/dev.jsonl", "en/train/1.jsonl"], {("en", "validation"), ("en", "train")}),
        (["all.txt", "script.py", "x.json.gz"], {("default", "train")}),
        (["latest-trains.txt"], {("default", "train")}),
    ],
)
def test_splits_go_by_the_words_in_names(names: list[str], found: set[tuple[str, str]]) -> None:
    parts = parts_of([HubFile(name=name, bytes=1) for name in names])
    assert {(part.config, part.split) for part in parts} == found


def test_the_hubs_parquet_is_taken_first_and_a_split_of_it_is_a_folder(hub: LoopbackHub, cache: Path) -> None:
    converted(hub, default_train=large(1, 5000), default_test=large(2, 2000), de_train=large(3, 10))
    seen = answer(LookAtDataset(id=NAME))
    assert isinstance(seen, DatasetListing)
    assert [(p.config, p.split, p.bytes, p.here_bytes) for p in seen.parts] == [
        ("de", "train", 10, 0), ("default", "test", 2000, 0), ("default", "train", 5000, 0),
    ]  # fmt: skip
    assert hub.sent_bytes == 0
    done = fetched(split="train")
    [copy] = done.copies
    assert (done.bytes, done.fetched_bytes) == (5000, 5000)
    assert copy.paths == (str(cache / "datasets--org--rows" / "snapshots" / done.revision / "default" / "train"),)
    assert [path.read_bytes() for path in Path(copy.paths[0]).iterdir()] == [large(1, 5000)]
    assert fetched(split="train").fetched_bytes == 0
    both = fetched()
    assert [copy.split for copy in both.copies] == ["test", "train"]
    assert both.fetched_bytes == 2000
    assert [(c.config, c.split) for c in hub_datasets.copies()] == [("default", "test"), ("default", "train")]


def test_without_it_the_files_of_the_repository_are_taken_each_split_in_one_format(hub: LoopbackHub) -> None:
    hub.add(f"datasets/{NAME}", OWN)
    done = fetched()
    named = {copy.split: [Path(path).name for path in copy.paths] for copy in done.copies}
    assert named == {
        "test": ["test-00000-of-00001.parquet"],
        "train": ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"],
    }
    assert not hub.asked("rows.py")
    hub.add("datasets/org/script", {"script.py": b"", "README.md": b""})
    assert problem(DownloadDataset(id="org/script")).code == "dataset-no-files"


def test_where_the_hub_has_converted_only_a_beginning_the_files_of_the_repository_are_taken(hub: LoopbackHub) -> None:
    files = {**OWN, "default/partial-train/0000.parquet": b"x"}
    hub.add(f"datasets/{NAME}", files, branches={"main", CONVERTED})
    assert {copy.split for copy in fetched().copies} >= {"test", "train"}
    assert [path.partition("?")[0] for path in hub.asked("/api/datasets/")] == [
        "/api/datasets/org/rows/revision/refs%2Fconvert%2Fparquet",
        "/api/datasets/org/rows",
    ]


def test_what_it_has_not_is_said_with_what_it_has(hub: LoopbackHub) -> None:
    converted(hub, en_train=b"1", de_train=b"2")
    told = problem(DownloadDataset(id=NAME))
    assert (told.code, told.arguments["configs"]) == ("dataset-config", "de, en")
    told = problem(DownloadDataset(id=NAME, config="en", split="test"))
    assert (told.code, told.arguments["splits"]) == ("dataset-split", "train")
    assert problem(DownloadDataset(id="org/none")).code == "hub-sign-in"
    assert problem(DownloadDataset(id=NAME, revision="v9")).code == "hub-no-revision"
    assert hub.sent_bytes == 0
    hub.repos[f"datasets/{NAME}"].gated = True
    told = problem(DownloadDataset(id=NAME, config="en"))
    assert told.code == "hub-gated"
    assert str(told.arguments["page"]).endswith("/datasets/org/rows")


def test_a_wrong_byte_is_found_and_a_name_that_leads_out_is_left_out(hub: LoopbackHub, cache: Path) -> None:
    converted(hub, default_train=large(1, 5000))
    hub.faults.append(Fault("/resolve/", how="flip", at=100, times=1))
    assert fetched().again == ("default/train/0000.parquet",)
    repo = hub.add("datasets/org/bad", {"../../x/train/0.parquet": b"out"})
    assert problem(DownloadDataset(id="org/bad")).code == "dataset-no-files"
    assert repo.files
    assert not list(cache.rglob("x"))


def test_it_goes_to_the_trash_and_comes_back_but_not_while_a_run_learns_from_it(hub: LoopbackHub) -> None:
    hub.add(f"datasets/{NAME}", {"train.txt": b"a text of some words\n" * 99})
    [copy] = fetched().copies
    run = create_run(make_spec({"name": "on it", "data": {"train": list(copy.paths)}}))
    with pytest.raises(StudioError, match="on it is training on org/rows"):
        hub_datasets.remove(NAME, Trash())
    (run.path / "spec.toml").unlink()
    removed = hub_datasets.remove(NAME, Trash())
    assert (removed.kind, removed.bytes, hub_datasets.copies()) == ("dataset", 99 * 21, [])
    with pytest.raises(StudioError, match="no dataset org/rows"):
        hub_datasets.remove(NAME, Trash())
    hub_datasets.restore(removed, Trash())
    assert [each.id for each in hub_datasets.copies()] == [NAME]
    assert split_corpus(copy.paths, 0.1).train


@needs_parquet
def test_a_fetched_split_is_ordinary_data_and_an_address_is_none(hub: LoopbackHub, tmp_path: Path) -> None:
    written = Path(write_parquet(tmp_path / "w.parquet", {"text": ["one text", "another"]}))
    converted(hub, default_train=written.read_bytes())
    [copy] = fetched().copies
    [part] = split_corpus(copy.paths, 0.0).train
    assert part.path.read_text("utf-8") == "one text\n\nanother\n\n"
    with pytest.raises(StudioError, match="hf://datasets/org/rows is a Hub address"):
        parse_spec('name = "x"\n[data]\ntrain = ["hf://datasets/org/rows"]', tmp_path)
