"""Models of the Hub's cache from a shell: listed, described, talked to, removed; nothing is fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.models import library, uses
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.protocol import ModelRef
from tests.hub_caches import cached

NAME = "organisation/" + "a-name-as-long-as-people-give-them-x" + "-v1"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert commands.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert commands.main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    return said.err


def files_of(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


@pytest.mark.parametrize("links", [True, False])
def test_a_hub_model_is_used_by_its_id(
    capsys: pytest.CaptureFixture[str], cache: Path, causal_folders: dict[str, Path], links: bool
) -> None:
    cached(cache, NAME, files_of(causal_folders["gpt2"]), links=links)
    (listed,) = [entry for entry in asked(capsys, "models") if entry["source"] == "hub"]
    described = asked(capsys, "describe", NAME)
    assert (listed["id"], listed["parameters"]) == (NAME, described["parameters"])
    asking = ("generate", NAME, "--prompt", "a b", "--greedy", "--max-new-tokens", "3")
    here = ("generate", str(causal_folders["gpt2"]), *asking[2:])
    assert asked(capsys, *asking)["text"] == asked(capsys, *here)["text"]
    assert library.record(ModelRef(source="hub", id=NAME)).last_used > 0


def test_a_copy_that_is_not_whole_is_refused_with_the_reason(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    folder = cached(cache, NAME)
    (folder / "blobs" / "0.incomplete").write_bytes(b"x")
    for command in (["describe", NAME], ["generate", NAME, "--prompt", "a"]):
        assert "incomplete" in refused(capsys, *command)


def test_remove_says_what_it_removed(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    folder = cached(cache, NAME)
    record = asked(capsys, "remove", NAME)
    assert (record["id"], record["source"]) == (NAME, "hub")
    assert record["disk_bytes"] > 0
    assert not folder.exists()
    assert [removed.name for removed in Trash().items()] == [NAME]
    assert "neither a folder nor a model" in refused(capsys, "remove", NAME)


def test_remove_for_good_leaves_nothing(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    folder = cached(cache, NAME)
    assert commands.main(["remove", NAME, "--for-good"]) == 0
    assert "freed" in capsys.readouterr().err
    assert not folder.exists()
    assert Trash().items() == []


def test_what_cannot_be_removed_says_why(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    folder = cached(cache, NAME)
    uses.note(ModelRef(source="hub", id=NAME), loaded=True)
    assert "is loaded" in refused(capsys, "remove", NAME)
    assert folder.is_dir()
    assert "is part of the application" in refused(capsys, "remove", "starter-gpt")
    assert "There is no model" in refused(capsys, "remove", "starter-gtp")


def test_clean_says_what_is_left_over_and_with_yes_cleans_it_up(
    capsys: pytest.CaptureFixture[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_leftovers, "QUIET_S", -1.0)
    whole = cached(cache, NAME) / "blobs" / f"{'b' * 64}.incomplete"
    never = cached(cache, "org/never", {"config.json": b"{}"})
    for part in (whole, never / "blobs" / "0.incomplete"):
        part.write_bytes(b"x" * 1000)
    for arguments in (["clean"], ["clean", "--yes"]):
        said = asked(capsys, *arguments)
        assert [(left["id"], left["bytes"], left["whole"]) for left in said["leftovers"]] == [
            ("org/never", 1002, False),
            (NAME, 1000, True),
        ]
        assert said["cleaned"] == (arguments[-1] == "--yes") == (not whole.exists()) == (not never.exists())
    assert [removed.name for removed in Trash().items()] == ["org/never"]
    assert commands.main(["clean"]) == 0
    assert "No leftover download files." in capsys.readouterr().err


def test_the_list_says_what_is_wrong_and_what_the_cache_takes(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    cached(cache, NAME, {"pytorch_model.bin": b"x", "config.json": b"{}"})
    assert commands.main(["models"]) == 0
    said = capsys.readouterr()
    (line,) = [line for line in said.out.splitlines() if NAME in line]
    assert "architecture" in line
    assert "takes 3 B" in said.err
