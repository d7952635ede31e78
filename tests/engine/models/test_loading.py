"""Folders that must be refused, each with its own reason, and none of whose code may run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from bigmodel_studio.core.runs import manifest
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Classify, Describe, Done, Failed, Generate, Load, Request, Sampling, Turn
from tests.small_models import local


def end_of(request: Request, session: Session) -> Done | Failed:
    *_, end = run_task(request, session)
    assert isinstance(end, Done | Failed)
    return end


def refusal(folder: Path, session: Session) -> str:
    """The code of the refusal to load a folder; the user is told a reason and a way out."""
    end = end_of(Load(model=local(folder)), session)
    assert isinstance(end, Failed), "it was loaded"
    assert end.blame == "input"
    assert "{" not in sentence(end.problem)
    assert hint(end.problem)
    return end.problem.code


BROKEN = {
    "config-cut-off": "config-broken",
    "config-unknown-model-type": "config-unknown-type",
    "header-length-lie": "weights-header",
    "header-not-json": "weights-header",
    "lfs-pointer-weights": "weights-lfs",
    "missing-tensor-hole": "weights-header",
    "no-config": "config-missing-beside",
    "no-tokenizer": "tokenizer-missing",
    "no-weights": "weights-missing",
    "truncated-weights": "weights-truncated",
    "zero-byte-weights": "weights-empty",
    "corrupt-ggml-vocab-gpt-2.gguf": "gguf-length",
}


@pytest.mark.shared
@pytest.mark.parametrize(("name", "code"), BROKEN.items())
def test_broken_folders_are_refused_with_their_reason(
    shared_assets: Path, session: Session, name: str, code: str
) -> None:
    assert refusal(shared_assets / "broken-files" / name, session) == code


@pytest.mark.shared
def test_a_folder_that_wants_its_own_code_is_refused_without_a_question(shared_assets: Path) -> None:
    """In a process of its own whose stdin would answer yes."""
    folder = shared_assets / "resnet-cifar10" / "hf-remote-code"
    command = [sys.executable, "-m", "bigmodel_studio", "classify", str(folder), "nothing.png"]
    done = subprocess.run(command, input=b"y\ny\n", capture_output=True, timeout=120, check=False)
    assert done.returncode == 2
    assert b"its own code" in done.stderr
    assert b"Traceback" not in done.stderr


class Payload:
    """What a pickle may hold: unpickled, it leaves a marker."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


def as_pickle(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps(Payload(marker)))


def as_zip(path: Path, marker: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Payload(marker)))
        archive.writestr("archive/version", "3\n")


@pytest.mark.parametrize("disguise", [as_pickle, as_zip])
@pytest.mark.parametrize(
    "name",
    [
        "model.safetensors",
        "model.safetensors.index.json",
        "pytorch_model.bin",
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
    ],
)
def test_pickles_and_zips_are_never_opened(
    gpt_folder: Path, tmp_path: Path, session: Session, name: str, disguise: Callable[[Path, Path], None]
) -> None:
    marker = tmp_path / "marker"
    if name in {"pytorch_model.bin", "model.safetensors.index.json"}:
        (gpt_folder / "model.safetensors").unlink()
    disguise(gpt_folder / name, marker)
    refusal(gpt_folder, session)
    assert not marker.exists()


def test_the_payload_would_leave_its_marker(tmp_path: Path) -> None:
    as_pickle(tmp_path / "file", tmp_path / "marker")
    pickle.loads((tmp_path / "file").read_bytes())
    assert (tmp_path / "marker").exists()


def test_weights_only_in_a_pickle_are_refused_by_name(gpt_folder: Path, session: Session) -> None:
    torch.save(load_file(gpt_folder / "model.safetensors"), gpt_folder / "pytorch_model.bin")
    (gpt_folder / "model.safetensors").unlink()
    assert refusal(gpt_folder, session) == "weights-not-safetensors"


def test_a_missing_tensor_is_named(gpt_folder: Path, session: Session) -> None:
    tensors = load_file(gpt_folder / "model.safetensors")
    lost = "transformer.h.1.mlp.c_fc.weight"
    del tensors[lost]
    save_file(tensors, gpt_folder / "model.safetensors", {"format": "pt"})
    end = end_of(Load(model=local(gpt_folder)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "tensors-missing"
    assert lost in sentence(end.problem)


def test_a_tensor_of_another_shape_is_named(gpt_folder: Path, session: Session) -> None:
    tensors = load_file(gpt_folder / "model.safetensors")
    tensors["transformer.ln_f.weight"] = torch.ones(5)
    save_file(tensors, gpt_folder / "model.safetensors", {"format": "pt"})
    end = end_of(Load(model=local(gpt_folder)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "tensors-mismatched"
    assert "transformer.ln_f.weight" in sentence(end.problem)


def test_the_tied_head_may_be_missing(gpt_folder: Path, session: Session) -> None:
    assert "lm_head.weight" not in load_file(gpt_folder / "model.safetensors")
    assert isinstance(end_of(Load(model=local(gpt_folder)), session), Done)


def change(folder: Path, name: str = "config.json", /, **fields: Any) -> None:
    path = folder / name
    table = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({**table, **fields}))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model_type": "mine", "auto_map": {"AutoModelForCausalLM": "evil.Model"}}, "remote-code"),
        ({"model_type": "cifar-resnet", "auto_map": {"AutoModelForCausalLM": "theirs.Net"}}, "remote-code"),
        ({"_attn_implementation": "someone/kernel"}, "remote-code"),
        ({"transformers_weights": "pytorch_model.bin"}, "config-invalid"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantised-weights"),
        ({"n_layer": 10**9}, "config-invalid"),
        ({"n_embd": 10**6, "n_head": 1}, "weights-too-few"),
        ({"n_head": 7}, "config-invalid"),
        ({"n_embd": "wide"}, "config-invalid"),
        ({"model_type": None}, "config-no-type"),
        ({"architectures": ["Nothing"]}, "architecture-unused"),
        ({"architectures": None}, "config-no-architecture"),
    ],
)
def test_configs_that_ask_for_too_much_are_refused(
    gpt_folder: Path, session: Session, fields: dict[str, Any], code: str
) -> None:
    (gpt_folder / "evil.py").write_text("import os; os.mkdir('marker-of-evil')")
    change(gpt_folder, **fields)
    assert refusal(gpt_folder, session) == code
    assert not Path("marker-of-evil").exists()


def test_code_beside_a_known_model_is_not_needed_and_not_run(gpt_folder: Path, session: Session) -> None:
    marker = gpt_folder / "marker"
    (gpt_folder / "evil.py").write_text(f"import os; os.mkdir({str(marker)!r})")
    change(gpt_folder, auto_map={"AutoModelForCausalLM": "evil.Model", "AutoConfig": "evil.Config"})
    assert isinstance(end_of(Load(model=local(gpt_folder)), session), Done)
    assert not marker.exists()


def test_a_tokenizer_that_wants_code_is_refused_or_does_without(gpt_folder: Path, session: Session) -> None:
    marker = gpt_folder / "marker"
    (gpt_folder / "evil.py").write_text(f"import os; os.mkdir({str(marker)!r})")
    change(gpt_folder, "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.Slow", None]}, tokenizer_class="Slow")
    end_of(Load(model=local(gpt_folder)), session)
    (gpt_folder / "tokenizer.json").rename(gpt_folder / "vocab.json")
    assert refusal(gpt_folder, session) == "remote-code"
    assert not marker.exists()


def test_an_adapter_is_not_followed_to_another_folder(gpt_folder: Path, session: Session) -> None:
    change(gpt_folder, "adapter_config.json", base_model_name_or_path="/elsewhere")
    assert refusal(gpt_folder, session) == "adapter-beside-model"


def test_an_index_may_not_lead_out_of_the_folder(gpt_folder: Path, session: Session) -> None:
    shutil.move(gpt_folder / "model.safetensors", gpt_folder.parent / "outside.safetensors")
    change(gpt_folder, "model.safetensors.index.json", weight_map={"a": "../outside.safetensors"})
    assert refusal(gpt_folder, session) == "weights-index"


@pytest.mark.parametrize("make", ["nothing", "file", "empty"])
def test_what_is_no_model_folder_says_what_it_is(tmp_path: Path, session: Session, make: str) -> None:
    path = tmp_path / "model"
    if make == "file":
        path.write_text("hello")
    elif make == "empty":
        path.mkdir()
    codes = {"nothing": "folder-missing", "file": "folder-is-file", "empty": "folder-empty"}
    assert refusal(path, session) == codes[make]


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.mkdir('marker-of-evil') }}",
        "{% for a in range(10**9) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ messages.append(1) }}",
        "{% nonsense %}",
    ],
)
def test_chat_templates_do_nothing_nasty(gpt_folder: Path, session: Session, template: str) -> None:
    (gpt_folder / "chat_template.jinja").write_text(template)
    request = Generate(
        model=local(gpt_folder), turns=(Turn("user", "hello"),), sampling=Sampling(max_new_tokens=1, greedy=True)
    )
    end = end_of(request, session)
    assert isinstance(end, Failed)
    assert end.problem.code == "template-broken"
    assert not Path("marker-of-evil").exists()


def test_float16_weights_are_computed_in_float32_on_a_cpu(gpt_folder: Path, session: Session) -> None:
    tensors = {name: tensor.half() for name, tensor in load_file(gpt_folder / "model.safetensors").items()}
    save_file(tensors, gpt_folder / "model.safetensors", {"format": "pt"})
    change(gpt_folder, dtype="float16")
    held = end_of(Load(model=local(gpt_folder)), session)
    assert isinstance(held, Done)
    assert held.result is not None
    assert getattr(held.result, "dtype", None) == "float32"


def test_a_folder_that_changed_is_loaded_anew(gpt_folder: Path, session: Session) -> None:
    first = [type(event).__name__ for event in run_task(Load(model=local(gpt_folder)), session)]
    again = [type(event).__name__ for event in run_task(Load(model=local(gpt_folder)), session)]
    os.utime(gpt_folder / "model.safetensors", (1, 1))
    changed = [type(event).__name__ for event in run_task(Load(model=local(gpt_folder)), session)]
    assert (first, again, changed) == (["Progress", "Loaded", "Done"], ["Done"], ["Progress", "Loaded", "Done"])


def test_a_classifier_without_its_processor_is_refused(picture_folder: Path, tmp_path: Path, session: Session) -> None:
    folder = shutil.copytree(picture_folder, tmp_path / "model")
    (folder / "preprocessor_config.json").unlink()
    assert refusal(folder, session) == "processor-missing"
    change(folder, "preprocessor_config.json", image_processor_type="ViTImageProcessor", size={"height": 10**9})
    assert refusal(folder, session) == "processor-broken"


def test_a_model_of_the_wrong_kind_is_said(picture_folder: Path, gpt_folder: Path, session: Session) -> None:
    for request in (
        Generate(model=local(picture_folder), prompt="a"),
        Classify(model=local(gpt_folder), images=("a.png",)),
    ):
        end = end_of(request, session)
        assert isinstance(end, Failed)
        assert end.problem.code == "kind-wrong"


def test_a_model_without_a_tokenizer_can_be_described(gpt_folder: Path, session: Session) -> None:
    (gpt_folder / "tokenizer.json").unlink()
    (gpt_folder / "tokenizer_config.json").unlink()
    assert refusal(gpt_folder, session) == "tokenizer-missing"
    assert isinstance(end_of(Describe(model=local(gpt_folder)), session), Done)


def test_a_header_that_lies_about_its_length_costs_no_memory(gpt_folder: Path, session: Session) -> None:
    (gpt_folder / "model.safetensors").write_bytes(struct.pack("<Q", 1 << 62) + b"{}")
    assert refusal(gpt_folder, session) == "weights-header"


def test_a_checkpoint_with_a_flipped_byte_is_not_loaded(gpt_folder: Path, session: Session) -> None:
    manifest.seal(gpt_folder)
    list(session.load(local(gpt_folder)))
    weights = gpt_folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-5] ^= 4
    weights.write_bytes(data)
    with pytest.raises(StudioError, match=r"checkpoint .* is damaged"):
        list(session.load(local(gpt_folder)))
