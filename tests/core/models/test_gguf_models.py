"""GGUF models in the library: those of the user, of LM Studio and of Ollama, and what is said of them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from bigmodel_studio.core.models import gguf_models, headers, library, removal
from bigmodel_studio.core.models.gguf import read_header
from bigmodel_studio.core.models.headers import Headers
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.opening import sort_paths
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from tests.gguf_files import LLAMA, llama, llama_tensors, written
from tests.hub_caches import cached


@pytest.fixture(autouse=True)
def nothing_else(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model but those that a test puts there."""
    monkeypatch.setattr(paths, "resources", lambda: tmp_path / "resources")
    monkeypatch.setattr(gguf_models, "LM_STUDIO_FOLDERS", (str(tmp_path / "lm"),))
    monkeypatch.setattr(library, "_headers", Headers())
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def ollama(root: Path, name: str, data: bytes, digest: str = "") -> Path:
    """A model as Ollama keeps it; returns its manifest."""
    digest = digest or hashlib.sha256(data).hexdigest()
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "0" * 64, "size": 3},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(data)},
    ]
    manifest = root / "manifests" / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    (root / "blobs").mkdir(exist_ok=True)
    (root / "blobs" / f"sha256-{hashlib.sha256(data).hexdigest()}").write_bytes(data)
    return manifest


def by_name() -> dict[str, ModelRecord]:
    return {record.name: record for record in library.records()}


def test_models_of_lm_studio_and_ollama_are_listed_and_ready(tmp_path: Path) -> None:
    file = llama(tmp_path / "lm" / "some" / "tiny-GGUF" / "tiny-Q4_K_M.gguf")
    llama(tmp_path / "lm" / "some" / "tiny-GGUF" / "mmproj-tiny.gguf")
    data = file.read_bytes()
    ollama(tmp_path / "ollama", "registry.ollama.ai/library/tiny/1b", data)
    ollama(tmp_path / "ollama", "registry.ollama.ai/me/mine/latest", data)
    ollama(tmp_path / "ollama", "hf.co/some/tiny-GGUF/Q4_K_M", data)
    found = by_name()
    assert set(found) == {"tiny-Q4_K_M", "tiny:1b", "me/mine:latest", "hf.co/some/tiny-GGUF:Q4_K_M"}
    header = read_header(file)
    for record in found.values():
        assert (record.source, record.kind, record.architecture) == ("local", "causal-lm", "llama")
        assert (record.parameters, record.bytes, record.dtype) == (header.parameters, header.bytes, "Q4_K_M")
        assert record.disk_bytes == len(data)
        assert (record.problem, record.format) == (None, "gguf")
        assert record.why_not_trained is not None
        assert "safetensors" in hint(record.why_not_trained)
        assert library.parse_model(record.ref.id) == record.ref


def test_an_entry_of_ollama_that_leads_nowhere_hides_no_other(tmp_path: Path) -> None:
    data = written(LLAMA, llama_tensors())
    ollama(tmp_path / "ollama", "registry.ollama.ai/library/good/1b", data)
    ollama(tmp_path / "ollama", "registry.ollama.ai/library/gone/1b", data, digest="a" * 64)
    ollama(tmp_path / "ollama", "registry.ollama.ai/library/out/1b", data, digest="../../../etc/passwd")
    (tmp_path / "ollama/manifests/registry.ollama.ai/library/good/torn").write_text("{")
    found = by_name()
    assert found["good:1b"].problem is None
    for name in ("gone:1b", "out:1b", "good:torn"):
        problem = found[name].problem
        assert problem is not None
        assert problem.code == "ollama-manifest"
        assert name in sentence(problem)


def test_a_file_that_lies_is_listed_with_what_is_wrong(tmp_path: Path) -> None:
    good = llama(tmp_path / "lm" / "a" / "b" / "good.gguf").read_bytes()
    (tmp_path / "lm" / "a" / "b" / "cut.gguf").write_bytes(good[:-100])
    (tmp_path / "lm" / "a" / "b" / "none.gguf").write_bytes(written(LLAMA, {}))
    found = by_name()
    codes = {name: record.problem.code if record.problem is not None else "" for name, record in found.items()}
    assert codes == {"good": "", "cut": "weights-truncated", "none": "gguf-no-model"}


@pytest.mark.parametrize(
    ("changed", "kind", "code", "said"),
    [
        ({"general.architecture": "mamba", "mamba.context_length": 512}, 12, "gguf-run-architecture", "mamba"),
        ({"llama.expert_count": 8}, 12, "gguf-run-experts", "mixture"),
        ({"tokenizer.ggml.model": "gpt2"}, 12, "gguf-run-no-pre-tokenizer", "splits text"),
        ({"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "new"}, 12, "gguf-run-pre-tokenizer", "new"),
        ({"tokenizer.ggml.model": "rwkv"}, 12, "gguf-run-tokenizer", "rwkv"),
        ({}, 10, "gguf-run-type", "Q2_K"),
    ],
)
def test_one_that_cannot_be_run_is_listed_with_the_reason_and_looked_at(
    tmp_path: Path, changed: dict[str, object], kind: int, code: str, said: str
) -> None:
    file = tmp_path / "lm" / "a" / "b" / "m.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(written(LLAMA | changed, llama_tensors(kind=kind)))
    record = by_name()["m"]
    assert record.only_looked_at
    assert record.problem is not None
    assert record.problem.code == code
    assert said in sentence(record.problem)
    assert record.why_not_trained == record.problem


def test_a_model_in_parts_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "lm" / "a" / "b"
    folder.mkdir(parents=True)
    whole = llama_tensors()
    names = list(whole)
    for number, part in ((1, names[:8]), (2, names[8:])):
        data = written(LLAMA if number == 1 else {}, {name: whole[name] for name in part})
        (folder / f"big-{number:05d}-of-00002.gguf").write_bytes(data)
    (tmp_path / "all.gguf").write_bytes(written(LLAMA, whole))
    record = by_name()["big"]
    assert record.parameters == read_header(tmp_path / "all.gguf").parameters
    assert record.disk_bytes == sum(file.stat().st_size for file in folder.iterdir())
    (folder / "big-00002-of-00002.gguf").unlink()
    problem = by_name()["big"].problem
    assert problem is not None
    assert problem.code == "weights-shard-missing"


def test_a_file_and_a_folder_of_them_can_be_opened_and_taken_off_the_list(tmp_path: Path) -> None:
    one = llama(tmp_path / "one.gguf")
    for name in ("x", "y"):
        llama(tmp_path / "several" / f"{name}.gguf")
    assert library.remember(one).id == str(one)
    assert library.remember(tmp_path / "several").id == str(tmp_path / "several" / "x.gguf")
    found = by_name()
    assert set(found) == {"one", "x", "y"}
    trash = Trash()
    removed = removal.remove(found["y"], trash)  # the folder was opened, so the folder goes
    assert set(by_name()) == {"one"}
    removal.restore(removed, trash)
    assert set(by_name()) == {"one", "x", "y"}


def test_what_others_keep_is_theirs_to_remove(tmp_path: Path) -> None:
    llama(tmp_path / "lm" / "a" / "b" / "c.gguf")
    problem = removal.why_not(by_name()["c"])
    assert problem is not None
    assert "LM Studio" in sentence(problem)


def test_a_repository_of_the_hub_with_only_gguf_is_listed_so(tmp_path: Path) -> None:
    data = written(LLAMA, llama_tensors())
    cached(tmp_path / "hub", "some/tiny-GGUF", {"tiny-Q4_K_M.gguf": data, "README.md": b"hello"})
    cached(
        tmp_path / "hub",
        "some/with-config",
        {"tiny.gguf": data, "config.json": b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}'},
    )
    found = by_name()
    for name in ("some/tiny-GGUF", "some/with-config"):
        assert (found[name].problem, found[name].format) == (None, "gguf")
        assert (found[name].source, found[name].kind) == ("hub", "causal-lm")
        assert found[name].parameters == read_header(next(Path(found[name].path).glob("*.gguf"))).parameters


def test_to_train_one_is_refused_with_the_way_out(tmp_path: Path) -> None:
    from bigmodel_studio.core.models.folder import read_config

    file = llama(tmp_path / "alone" / "one.gguf")
    for path in (file, file.parent):
        with pytest.raises(StudioError) as caught:
            read_config(path)
        assert caught.value.problem.code == "gguf-only"


def test_a_dropped_file_is_a_model(tmp_path: Path) -> None:
    one, other = llama(tmp_path / "one.gguf"), llama(tmp_path / "other.gguf", **{"llama.expert_count": 8})
    opened = sort_paths([one, other])
    assert (opened.models, opened.chat_models, opened.problems) == ([one, other], [one], [])


def test_five_hundred_of_them_are_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their vocabularies are passed over once, and never again: not even after a new start."""
    folder = tmp_path / "lm" / "many" / "models"
    first = llama(folder / "m000.gguf", **{"tokenizer.ggml.tokens": [f"t{n}" for n in range(3000)]})
    for number in range(1, 500):
        os.link(first, folder / f"m{number:03d}.gguf")
    assert len(library.records()) == 500
    monkeypatch.setattr(library, "_headers", Headers())  # as a new process finds it
    monkeypatch.setattr(headers, "HELPER", None)
    assert all(record.problem is None for record in library.records())
