"""Downloads from the Hub: what comes, how it goes on, what is checked, and what other tools make of it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, scan_cache_dir, snapshot_download

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import library
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.hub import cache_files
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    CheckCopy,
    CopyChecked,
    Download,
    Downloaded,
    Downloading,
    HubRepo,
    LookAtRepo,
    ModelRef,
)
from tests.hub_models import NAME, NEEDED, large, published
from tests.hub_tasks import answer, events, problem
from tests.loopback_hub import Fault, LoopbackHub, sibling

SHARD = "model-00002-of-00002.safetensors"


def fetched(**more: Any) -> Downloaded:
    result = answer(Download(id=NAME, **more))
    assert isinstance(result, Downloaded)
    return result


def folder_of(cache: Path) -> Path:
    return cache / "models--org--model"


def blobs(cache: Path) -> list[str]:
    return sorted(path.name for path in (folder_of(cache) / "blobs").iterdir())


def files_in(snapshot: str) -> set[str]:
    return {str(path.relative_to(snapshot)) for path in Path(snapshot).rglob("*") if path.is_file()}


def asked_for(hub: LoopbackHub, name: str) -> int:
    return len(hub.asked(f"/resolve/{hub.repos[NAME].commit}/{name}"))


# ---------------------------------------------------------------------------------------------- what comes


def test_only_what_is_needed_comes_and_every_tool_takes_it(hub: LoopbackHub, cache: Path) -> None:
    files = published()
    repo = hub.add(NAME, files)
    said = events(Download(id=NAME))
    progress = [event for event in said if isinstance(event, Downloading)]
    assert progress[-1].done_bytes == progress[-1].total_bytes == sum(len(files[name]) for name in NEEDED)
    assert {file.state for file in progress[-1].files} == {"done"}
    done = answer(Download(id=NAME))
    assert isinstance(done, Downloaded)
    assert (done.revision, done.fetched_bytes) == (repo.commit, 0)  # the second time nothing comes
    assert files_in(done.path) == NEEDED
    assert all(Path(done.path, name).read_bytes() == files[name] for name in NEEDED)
    assert not [name for name in blobs(cache) if name.endswith(hub_cache.UNFINISHED)]
    (cached,) = scan_cache_dir(cache).repos
    assert (cached.repo_id, cached.nb_files, cached.size_on_disk) == (NAME, len(NEEDED), done.bytes)
    assert not scan_cache_dir(cache).warnings
    assert snapshot_download(NAME, cache_dir=cache, local_files_only=True) == done.path
    checked = HfApi(endpoint=hub.url).verify_repo_checksums(NAME, cache_dir=cache)
    assert (checked.mismatches, checked.extra_paths) == ([], [])
    assert library.record(ModelRef(source="hub", id=NAME)).path == done.path


def test_what_others_fetched_is_not_fetched_again(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, published())
    snapshot_download(NAME, cache_dir=cache, endpoint=hub.url, allow_patterns=["*.safetensors", "*.json"])
    assert fetched().fetched_bytes == len(hub.repos[NAME].files["README.md"])


def test_a_file_may_be_named(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    assert files_in(fetched(files=("train.py", "onnx/model.onnx")).path) == {"train.py", "onnx/model.onnx"}
    assert problem(Download(id=NAME, files=("../config.json",))).code == "hub-no-file"


def test_a_model_without_safetensors_is_not_fetched(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, {"config.json": b"{}", "pytorch_model.bin": b"x"})
    assert problem(Download(id=NAME)).code == "hub-no-safetensors"
    assert not folder_of(cache).exists()


def test_a_later_commit_replaces_what_changed_alone(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, published())
    before = fetched()
    hub.add(NAME, published() | {"config.json": b'{"model_type": "gpt2"}'})
    after = fetched()
    assert after.revision != before.revision
    assert after.fetched_bytes == len(hub.repos[NAME].files["config.json"])
    assert (folder_of(cache) / "refs" / "main").read_text() == after.revision
    old = answer(CheckCopy(id=NAME, revision=after.revision))
    assert isinstance(old, CopyChecked)
    assert (old.bad, old.missing) == ((), ())


@pytest.mark.parametrize("branch", ["v1.0", "refs/pr/7"])
def test_a_branch_or_a_tag_is_known_by_its_name(hub: LoopbackHub, cache: Path, branch: str) -> None:
    hub.add(NAME, published(), branches={"main", branch})
    done = fetched(revision=branch)
    assert snapshot_download(NAME, revision=branch, cache_dir=cache, local_files_only=True) == done.path
    assert not (folder_of(cache) / "refs" / "main").exists()
    assert fetched(revision=done.revision).fetched_bytes == 0


# ---------------------------------------------------------------------------------------------- stopped and gone on


def test_stopped_it_goes_on_where_it_was(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, published(shards=1, shard_bytes=400_000))
    hub.bytes_per_s = 400_000
    task = run_task(Download(id=NAME), Session())
    for event in task:
        if isinstance(event, Downloading) and event.done_bytes > 100_000:
            break
    task.throw(Stopped())
    task.close()
    partial = [name for name in blobs(cache) if name.endswith(cache_files.UNDER_WAY)]
    assert len(partial) == 1
    kept = (folder_of(cache) / "blobs" / partial[0]).stat().st_size
    assert kept > 100_000
    copy = hub_cache.look(NAME)
    assert copy.problem is not None
    assert copy.problem.code == "hub-unfinished"  # nobody takes it for whole meanwhile
    hub.bytes_per_s, hub.requests[:] = 0, []
    done = fetched()
    assert done.fetched_bytes == 400_000 - kept
    ranges = [headers["range"] for _, path, headers in hub.requests if "/cdn/" in path]
    assert ranges == [f"bytes={kept}-"]
    assert not [name for name in blobs(cache) if name.endswith(hub_cache.UNFINISHED)]


@pytest.mark.parametrize("how", ["stall", "cut"])
def test_a_connection_that_fails_once_is_gone_on_with(hub: LoopbackHub, monkeypatch: Any, how: str) -> None:
    monkeypatch.setattr("bigmodel_studio.engine.hub.transfer.PATIENCE_S", 30.0)
    hub.add(NAME, published())
    hub.faults.append(Fault("/cdn/", how=how, at=50_000, times=1))
    done = fetched()
    assert done.fetched_bytes == done.bytes


def test_a_part_that_was_damaged_meanwhile_is_fetched_anew(hub: LoopbackHub, cache: Path) -> None:
    files = published()
    hub.add(NAME, files)
    name = hashlib.sha256(files[SHARD]).hexdigest()
    (folder_of(cache) / "blobs").mkdir(parents=True)
    for part, again in ((b"\0" * 50_000, (SHARD,)), (b"\0" * 500_000, ())):
        (folder_of(cache) / "blobs" / f"{name}{cache_files.UNDER_WAY}").write_bytes(part)
        done = fetched()
        assert done.again == again  # one that is too long is seen to be wrong at once
        blob = folder_of(cache) / "blobs" / name
        assert blob.read_bytes() == files[SHARD]
        blob.unlink()


def test_a_server_without_ranges_begins_anew(hub: LoopbackHub, monkeypatch: Any) -> None:
    monkeypatch.setattr("bigmodel_studio.engine.hub.transfer.PATIENCE_S", 30.0)
    files = published()
    hub.add(NAME, files)
    hub.ranges = False
    hub.faults.append(Fault("/cdn/", how="cut", at=50_000, times=1))
    done = fetched()
    assert Path(done.path, SHARD).read_bytes() == files[SHARD]
    assert done.fetched_bytes > done.bytes


# ---------------------------------------------------------------------------------------------- what is wrong


def test_a_flipped_byte_is_found_and_that_file_alone_fetched_again(hub: LoopbackHub) -> None:
    files = published()
    hub.add(NAME, files)
    done = fetched()
    blob = Path(done.path, SHARD).resolve()
    blob.write_bytes(files[SHARD][:1000] + bytes([files[SHARD][1000] ^ 1]) + files[SHARD][1001:])
    checked = answer(CheckCopy(id=NAME))
    assert checked == CopyChecked(id=NAME, revision=done.revision, good=len(NEEDED) - 1, bad=(SHARD,))
    again = fetched()
    assert (again.again, again.fetched_bytes) == ((SHARD,), len(files[SHARD]))
    assert blob.read_bytes() == files[SHARD]
    assert answer(CheckCopy(id=NAME)) == CopyChecked(id=NAME, revision=done.revision, good=len(NEEDED))


def test_a_byte_flipped_on_the_way_is_fetched_again_and_twice_is_an_error(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, published())
    hub.faults.append(Fault("/cdn/", how="flip", at=1000, times=1))
    done = fetched()
    assert len(done.again) == 1
    shutil.rmtree(cache)
    hub.faults.append(Fault("/cdn/", how="flip", at=1000))
    wrong = problem(Download(id=NAME))
    assert wrong.code == "hub-wrong-sum"
    assert wrong.arguments["file"] in hub.repos[NAME].files


def test_a_missing_file_is_told(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    done = fetched()
    Path(done.path, "tokenizer.json").unlink()
    checked = answer(CheckCopy(id=NAME))
    assert isinstance(checked, CopyChecked)
    assert checked.missing == ("tokenizer.json",)


def test_more_than_was_said_never_fills_the_disk(hub: LoopbackHub, cache: Path) -> None:
    files = published(shards=1)
    hub.add(NAME, files)
    name = next(name for name in files if name.endswith(".safetensors"))
    hub.faults.append(Fault("/cdn/", how="body", body=files[name] + large(5, 500_000)))
    assert problem(Download(id=NAME)).code == "hub-wrong-sum"
    assert sum(path.stat().st_size for path in (folder_of(cache) / "blobs").iterdir()) < 10_000


def test_the_disk_is_looked_at_first(hub: LoopbackHub, monkeypatch: Any, cache: Path) -> None:
    hub.add(NAME, published())
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**6, 10**6 - 1000, 1000))
    full = problem(Download(id=NAME))
    assert (full.code, full.arguments["free"]) == ("hub-disk-full", "1.0 kB")
    assert not folder_of(cache).exists()
    assert hub.sent_bytes == 0


def test_a_disk_that_fills_up_meanwhile_keeps_what_came(hub: LoopbackHub, monkeypatch: Any, cache: Path) -> None:
    hub.add(NAME, published())
    real = os.fsync

    def full(handle: int) -> None:
        if os.fstat(handle).st_size > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    assert problem(Download(id=NAME)).code == "hub-disk-full-now"
    monkeypatch.setattr(os, "fsync", real)
    assert fetched().fetched_bytes == 120_000  # the other shard; this one was there, and is checked


# ---------------------------------------------------------------------------------------------- strangers


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a/../../x", "a//b", "C:x", "a\\..\\x", "", ".", "x\0y"])
def test_a_file_that_would_lie_outside_is_left_out(hub: LoopbackHub, cache: Path, name: str) -> None:
    files = published()
    repo = hub.add(NAME, files)
    repo.siblings = [*(sibling(*each) for each in files.items()), sibling(name, b"evil")]
    assert files_in(fetched().path) == NEEDED
    looked = answer(LookAtRepo(id=NAME))
    assert isinstance(looked, HubRepo)
    assert {file.name for file in looked.files} == set(files)
    assert problem(Download(id=NAME, files=(name or "x",))).code == "hub-no-file"
    assert not (cache / "x").exists()


@pytest.mark.parametrize("field", ["blobId", "lfs", "size"])
def test_checksums_and_sizes_that_are_none(hub: LoopbackHub, cache: Path, field: str) -> None:
    files = published()
    repo = hub.add(NAME, files)
    repo.siblings = [sibling(*each) for each in files.items()]
    odd = next(each for each in repo.siblings if each["rfilename"] == SHARD)
    odd[field] = {"blobId": "../../../x", "lfs": {"sha256": "../../x", "size": 1, "pointerSize": 1}, "size": -5}[field]
    if field == "blobId":
        del odd["lfs"]
    if field == "size":
        assert problem(Download(id=NAME)).code == "hub-nonsense"
    else:
        assert SHARD not in files_in(fetched().path)
    assert not list(cache.parent.rglob("x*"))


def test_a_commit_that_is_none(hub: LoopbackHub, cache: Path) -> None:
    hub.add(NAME, published(), commit="../../../x")
    assert problem(Download(id=NAME)).code == "hub-nonsense"
    assert not cache.exists()


def test_very_many_files(hub: LoopbackHub) -> None:
    files = published()
    repo = hub.add(NAME, files)
    many = [sibling(f"data/{number}.json", b"{}") for number in range(20_001)]
    repo.siblings = [*many, *(sibling(*each) for each in files.items())]
    looked = answer(LookAtRepo(id=NAME))
    assert isinstance(looked, HubRepo)
    assert {file.name for file in looked.files if file.needed} == NEEDED
    assert len(looked.files) < 6000
    assert files_in(fetched().path) == NEEDED
    repo.siblings = [sibling(f"model-{number:05}-of-20001.safetensors", b"x") for number in range(20_001)]
    assert problem(Download(id=NAME)).code == "hub-too-many-files"


def test_a_look_tells_what_it_is(hub: LoopbackHub) -> None:
    files = published()
    repo = hub.add(NAME, files | {"README.md": b"# Card\n" + b"x" * 400_000}, facts={"tags": ["license:mit"]})
    looked = answer(LookAtRepo(id=NAME))
    assert isinstance(looked, HubRepo)
    assert (looked.revision, looked.model.licence) == (repo.commit, "mit")
    assert looked.card.startswith("# Card")
    assert len(looked.card) == 300_000
    shard = next(file for file in looked.files if file.name == SHARD)
    assert (shard.bytes, shard.sha256, shard.here) == (120_000, hashlib.sha256(files[SHARD]).hexdigest(), False)
    fetched()
    after = answer(LookAtRepo(id=NAME))
    assert isinstance(after, HubRepo)
    assert after.needed_bytes == 0
