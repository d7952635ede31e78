"""What is dropped is sorted by what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.opening import sort_paths


def _model(folder: Path, architecture: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_each_kind_is_told_apart(tmp_path: Path, home: Path) -> None:
    picture = tmp_path / "Cat.JPG"
    picture.write_bytes(b"")
    album = tmp_path / "album"
    (album / "deep").mkdir(parents=True)
    (album / "deep" / "a.png").write_bytes(b"")
    gpt, resnet = _model(tmp_path / "gpt", "GPT2LMHeadModel"), _model(tmp_path / "net", "ResNetForImageClassification")
    run, foreign = paths.runs() / "mine", tmp_path / "theirs"
    for folder in (run, foreign):
        folder.mkdir()
        (folder / "spec.toml").write_text("")
    text = tmp_path / "tales.txt"
    text.write_text("Once")
    data = [tmp_path / name for name in ("a.csv", "b.parquet", "c.json")]
    for path in data:
        path.write_text(" [{}]")
    opened = sort_paths([picture, album, text, gpt, resnet / "model.safetensors", run, foreign, *data])
    assert opened.pictures == [picture, album]
    assert opened.texts == [text]
    assert opened.data == data
    assert opened.models == [gpt, resnet]
    assert opened.chat_models == [gpt]
    assert opened.runs == ["mine", str(foreign)]
    assert opened.problems == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("gone", "open-missing"), ("a.pdf", "open-unknown"), ("a.json", "open-unknown"), ("empty", "open-unknown")],
)
def test_what_is_nothing_is_a_problem(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "a.json").write_bytes(b"{}")
    (tmp_path / "empty").mkdir()
    assert [problem.code for problem in sort_paths([tmp_path / name]).problems] == [code]


def test_a_broken_config_is_said(tmp_path: Path) -> None:
    folder = _model(tmp_path / "broken", "x")
    (folder / "config.json").write_text("{")
    assert [problem.code for problem in sort_paths([folder]).problems] == ["config-broken"]
