"""What will be refused is refused before torch is imported, by every task that names a model."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import CONFIG_MAPPING

from bigmodel_studio.engine.models import cifar_resnet, model_types

GPT: dict[str, Any] = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 1}
RESNET = {"model_type": "resnet", "architectures": ["ResNetForImageClassification"]}
WEIGHTS = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
CHILD = """
import json, sys
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Classify, Describe, FillMask, Generate, Load, MeasurePlan, ModelRef, PlanQuestion, Sampling, Turn
)

def request_of(task, path, images):
    ref = ModelRef(source="local", id=path)
    return {
        "describe": lambda: Describe(model=ref),
        "plan": lambda: MeasurePlan(model=ref, question=PlanQuestion()),
        "load": lambda: Load(model=ref),
        "generate": lambda: Generate(model=ref, prompt="x"),
        "seed": lambda: Generate(model=ref, prompt="x", sampling=Sampling(seed=2**64)),
        "chat": lambda: Generate(model=ref, turns=(Turn("user", "x"),)),
        "fill-mask": lambda: FillMask(model=ref, texts=("x",)),
        "classify": lambda: Classify(model=ref, images=tuple(images)),
    }[task]()

ends = []
for task, path, images in json.load(sys.stdin):
    events = list(run_task(request_of(task, path, images), Session()))
    codes = [event.error.code for event in events[:-1] if getattr(event, "error", None) is not None]
    heavy = sorted({"torch", "transformers", "tokenizers"} & set(sys.modules))
    ends.append([codes or [events[-1].problem.code], heavy])
print(json.dumps(ends))
"""


def _model(folder: Path, config: object = GPT, header: object = WEIGHTS, **files: object) -> Path:
    folder.mkdir()
    text = json.dumps(header).encode()
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config), "utf-8")
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    for name, table in files.items():
        path = folder / name.replace("__", ".")
        path.write_text(table if isinstance(table, str) else json.dumps(table), "utf-8")
    return folder


def _without(file: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (_model(folder) / file).unlink()
        return folder

    return make


def _gguf(folder: Path) -> Path:
    folder.mkdir()
    (folder / "model.gguf").write_bytes(b"GGUF" + bytes(40))
    return folder / "model.gguf"


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nowhere": (lambda path: path, "folder-missing"),
    "no config": (_without("config.json"), "config-missing-beside"),
    "a torn config": (lambda path: _model(path, "{"), "config-broken"),
    "an unknown type": (lambda path: _model(path, GPT | {"model_type": "gpt-99"}), "config-unknown-type"),
    "no type": (lambda path: _model(path, GPT | {"model_type": None}), "config-no-type"),
    "code of its own": (lambda path: _model(path, GPT | {"model_type": "mine", "auto_map": {"a": "b"}}), "remote-code"),
    "another task": (lambda path: _model(path, GPT | {"architectures": ["GPT2ForQuestionAnswering"]}),
                     "architecture-unused"),
    "pictures and text": (lambda path: _model(path, GPT | {"architectures": ["LlavaForConditionalGeneration"],
                                                            "vision_config": {"a": 1}}), "model-of-pictures-and-text"),
    "quantized": (lambda path: _model(path, GPT | {"quantization": {"bits": 4}}), "quantised-weights"),
    "endless": (lambda path: _model(path, GPT | {"n_layer": 10**9}), "config-invalid"),
    "no weights": (_without("model.safetensors"), "weights-missing"),
    "a lying header": (lambda path: _model(path, header={"w": {"dtype": "F32", "shape": [9], "data_offsets": [0, 8]}}),
                       "weights-header"),
    "a bad setting": (lambda path: _model(path, generation_config__json={"temperature": "hot"}), "generation-config"),
    "a bad GGUF file": (_gguf, "gguf-version"),
}  # fmt: skip
OF_USE: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "no tokenizer": ("generate", _model, "tokenizer-missing"),
    "a bad tokenizer": ("generate", lambda path: _model(path, tokenizer__json="{"), "tokenizer-file"),
    "a bad field": ("generate", lambda path: _model(path, tokenizer__json={}, tokenizer_config__json={"bos_token": 7}),
                    "tokenizer-field"),
    "an endless template": ("chat", lambda path: _model(path, tokenizer__json={}, tokenizer_config__json={
        "chat_template": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}"
                         "{% endfor %}{% endfor %}"}), "template-slow"),
    "a template that refuses": ("chat", lambda path: _model(path, tokenizer__json={}, tokenizer_config__json={
        "chat_template": "{{ raise_exception('no') }}"}), "template-broken"),
    "a seed out of range": ("seed", _model, "sampling-invalid"),
    "no processor": ("classify", lambda path: _model(path, RESNET), "processor-missing"),
    "another kind": ("generate", lambda path: _model(path, RESNET, preprocessor_config__json={"size": 8}),
                     "kind-wrong"),
    "a kind that reads": ("fill-mask", lambda path: _model(path, RESNET, preprocessor_config__json={"size": 8}),
                          "kind-wrong"),
    "no picture": ("classify", lambda path: _model(path, RESNET, preprocessor_config__json={"size": 8}),
                   "picture-missing"),
}  # fmt: skip
"""What only one that uses the model asks for."""


def test_nothing_that_is_refused_waits_for_torch(tmp_path: Path) -> None:
    asked: list[tuple[str, str, list[str]]] = []
    codes: list[str] = []
    for number, (make, code) in enumerate(REFUSED.values()):
        path = str(make(tmp_path / f"refused-{number}"))
        for task in ("describe", "plan", "load", "generate", "fill-mask", "classify"):
            asked.append((task, path, []))
            codes.append(code)
    for number, (task, make, code) in enumerate(OF_USE.values()):
        asked.append((task, str(make(tmp_path / f"of-use-{number}")), [str(tmp_path / "nowhere.png")]))
        codes.append(code)
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ends = json.loads(done.stdout)
    assert [(*each[:2], *end) for each, end in zip(asked, ends, strict=True)] == [
        (*each[:2], [code], []) for each, code in zip(asked, codes, strict=True)
    ]


def test_the_types_in_transformers_source_are_those_that_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    known = set(CONFIG_MAPPING.keys()) - {cifar_resnet.CifarResNetConfig.model_type}
    monkeypatch.delitem(sys.modules, "transformers")
    assert {name for name in known if not model_types.is_known(name)} == set()
    assert model_types.is_known(cifar_resnet.CifarResNetConfig.model_type)
    assert not model_types.is_known("gpt-99")
