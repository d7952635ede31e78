"""The Hub's cache as it is listed: what is whole, what is not and why, how large it is, and what using it leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import library, uses
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.protocol import ModelRef
from tests.hub_caches import COMMIT, cached, config, model_files, weights
from tests.work import calls

OTHER_COMMIT = "f" * 40
NOTES_AND_ENDS = """
import time
from bigmodel_studio.core.models import uses
from bigmodel_studio.protocol import ModelRef
ref = ModelRef(source="hub", id="org/model")
uses.note(ref, loaded=True)
uses.note(ref, loaded=False)
assert uses.is_loaded(ref)
uses.note(ref, loaded=True)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(paths, "resources", lambda: tmp_path / "resources")
    (tmp_path / "hub").mkdir()
    return tmp_path / "hub"


def only_record() -> ModelRecord:
    (record,) = library.records()
    return record


def why_not() -> str:
    record = only_record()
    assert record.problem is not None
    assert sentence(record.problem)
    assert hint(record.problem)
    with pytest.raises(StudioError):
        library.resolve(record.ref)
    return record.problem.code


@pytest.mark.parametrize("links", [True, False])
def test_a_whole_copy(cache: Path, links: bool) -> None:
    files = model_files()
    cached(cache, "org/model", files, links=links)
    record = only_record()
    assert (record.id, record.source, record.kind) == ("org/model", "hub", "causal-lm")
    assert record.problem is None
    assert record.revision == COMMIT
    assert record.disk_bytes == sum(map(len, files.values()))
    assert (record.parameters, record.bytes) == (28, 112)
    assert library.parse_model("org/model") == record.ref
    assert library.resolve(record.ref) == cache / "models--org--model" / "snapshots" / COMMIT


def test_blobs_count_once_over_revisions(cache: Path) -> None:
    files = model_files()
    cached(cache, "org/model", files)
    folder = cached(cache, "org/model", {**files, "README.md": b"new"}, commit=OTHER_COMMIT)
    assert only_record().disk_bytes == sum(map(len, files.values())) + 3
    assert only_record().revision == OTHER_COMMIT
    (folder / "refs" / "main").write_text(COMMIT)
    assert only_record().revision == COMMIT
    assert library.resolve(ModelRef(source="hub", id="org/model", revision=OTHER_COMMIT)).name == OTHER_COMMIT


def test_the_hubs_own_client_sees_the_same(cache: Path) -> None:
    from huggingface_hub import scan_cache_dir

    cached(cache, "org/linked", {**model_files(), "onnx/config.txt": b"more"})
    cached(cache, "org/linked", {**model_files(), "README.md": b"new"}, commit=OTHER_COMMIT)
    cached(cache, "alone", model_files("BertModel"))
    theirs = {repo.repo_id: (repo.size_on_disk, repo.last_accessed) for repo in scan_cache_dir(cache).repos}
    assert {record.id: (record.disk_bytes, record.last_used) for record in library.records()} == theirs


def test_without_a_main_the_newest_revision_is_used(cache: Path) -> None:
    folder = cached(cache, "org/model")
    cached(cache, "org/model", commit=OTHER_COMMIT)
    os.utime(folder / "snapshots" / COMMIT, (1, 1))
    shutil.rmtree(folder / "refs")
    assert only_record().revision == OTHER_COMMIT


def test_where_the_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert hub_cache.root() == tmp_path / "xdg" / "huggingface" / "hub"
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    assert hub_cache.root() == tmp_path / "hf" / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "here"))
    assert hub_cache.root() == tmp_path / "here"
    assert list(hub_cache.ids()) == []


# ---------------------------------------------------------------------------------------------- not whole


def test_a_blob_that_is_gone(cache: Path) -> None:
    folder = cached(cache, "org/model", {**model_files(), "onnx/config.txt": b"x"})
    (folder / "snapshots" / COMMIT / "onnx" / "config.txt").resolve().unlink()
    assert why_not() == "hub-files-missing"
    assert only_record().problem.arguments["files"] == "onnx/config.txt"  # type: ignore[union-attr]
    assert only_record().kind == "causal-lm"


def test_a_download_that_was_not_finished(cache: Path) -> None:
    folder = cached(cache, "org/model", {"config.json": config()})
    (folder / "blobs" / "abc.12345678.incomplete").write_bytes(bytes(5000))
    assert why_not() == "hub-unfinished"
    assert "5.0 kB" in sentence(only_record().problem)  # type: ignore[arg-type]
    assert only_record().disk_bytes == 5000 + len(config())


def test_what_was_finished_later_leaves_it_whole(cache: Path) -> None:
    folder = cached(cache, "org/model")
    blob = (folder / "snapshots" / COMMIT / "config.json").resolve()
    blob.with_name(f"{blob.name}.12345678.incomplete").write_bytes(bytes(7))
    assert only_record().problem is None


def test_a_folder_without_files(cache: Path) -> None:
    shutil.rmtree(cached(cache, "org/model") / "snapshots")
    assert why_not() == "hub-empty"


def test_a_shard_that_the_index_names_is_absent(cache: Path) -> None:
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index = b'{"weight_map": {"a": "%s", "b": "%s"}}' % tuple(name.encode() for name in shards.values())
    files = {"config.json": config(), "model.safetensors.index.json": index, shards["a"]: weights({"a": (2,)})}
    folder = cached(cache, "org/model", files)
    assert only_record().problem.code == "weights-shard-missing"  # type: ignore[union-attr]
    cached(cache, "org/model", {shards["b"]: weights({"b": (3,)})})
    assert only_record().problem is None
    assert only_record().parameters == 5
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"config.json": config(), "pytorch_model.bin": b"x"}, "weights-not-safetensors"),
        ({"config.json": config()}, "weights-missing"),
        ({"model-q4.gguf": b"GGUF"}, "weights-truncated"),
        ({"unet.onnx": b"x"}, "model-other-program"),
        ({"unet.yaml": b"x"}, "hub-no-config"),
        ({"adapter_config.json": b"{}", "adapter_model.safetensors": weights()}, "adapter-without-base"),
        (model_files("CLIPVisionTower"), "architecture-unused"),
        ({**model_files(), "config.json": config(quantization_config={"quant_method": "awq"})}, "quantised-weights"),
        ({**model_files(), "config.json": b"{"}, "config-broken"),
    ],
)
def test_what_cannot_be_used_says_why(cache: Path, files: dict[str, bytes], code: str) -> None:
    cached(cache, "org/model", files)
    record = only_record()
    assert record.problem is not None
    assert record.problem.code == code
    assert record.disk_bytes == sum(map(len, files.values()))


def test_other_folders_are_no_models(cache: Path) -> None:
    (cache / "datasets--org--data" / "snapshots" / COMMIT).mkdir(parents=True)
    (cache / ".locks" / "models--org--model").mkdir(parents=True)
    (cache / "models--a--b--c").mkdir()
    (cache / "models--file").write_text("")
    assert library.records() == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_cannot_be_read_hides_no_other(cache: Path) -> None:
    folder = cached(cache, "org/locked")
    cached(cache, "org/open")
    (folder / "snapshots").chmod(0)
    try:
        assert {r.id: r.problem and r.problem.code for r in library.records()} == {
            "org/locked": "folder-unreadable",
            "org/open": None,
        }
    finally:
        (folder / "snapshots").chmod(0o755)


# ---------------------------------------------------------------------------------------------- last used


def test_listing_is_no_use(cache: Path) -> None:
    folder = cached(cache, "org/model")
    for blob in (folder / "blobs").iterdir():
        os.utime(blob, (1_000_000, 999_999))
    library.records()
    assert only_record().last_used == 1_000_000


def test_a_use_of_ours_is_known(cache: Path) -> None:
    folder = cached(cache, "org/model")
    for blob in (folder / "blobs").iterdir():
        os.utime(blob, (1_000_000, 999_999))
    ref = ModelRef(source="hub", id="org/model")
    before = time.time() - 1  # a disk rounds times
    uses.note(ref, loaded=True)
    noted = only_record().last_used
    assert noted >= before
    assert uses.is_loaded(ref)
    with subprocess.Popen([sys.executable, "-c", NOTES_AND_ENDS], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        uses.note(ref, loaded=False)
        assert uses.is_loaded(ref)  # by the other, whose note did not take ours away
        other.kill()
    assert not uses.is_loaded(ref)
    assert only_record().last_used >= noted


# ---------------------------------------------------------------------------------------------- many


def test_three_hundred_models_are_listed_at_once(cache: Path) -> None:
    shapes = {f"transformer.h.{n}.attn.c_attn.weight": (1, 1) for n in range(100)}
    files = {"config.json": config(), "model.safetensors": weights(shapes), "tokenizer.json": b"{}", "README.md": b"x"}
    for number in range(300):
        cached(cache, f"org/model-{number:03d}", files)
    assert len(library.records()) == 300
    assert calls(library.records) < 300 * 500, "headers that were read are read again"


def test_a_name_of_sixty_characters(cache: Path) -> None:
    name = "organisation/" + "x" * 47
    cached(cache, name)
    assert only_record().id == name
    assert library.parse_model(name) == only_record().ref
