"""Strangers' configs: what they ask for is refused with a sentence at once, whatever they say; no memory is taken."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from transformers import CONFIG_MAPPING

from bigmodel_studio.core.text.messages import hint, sentence
from bigmodel_studio.engine.models.checks import MAX_LAYERS, check_config
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Describe, Done, Event, Failed, ModelRef

SECONDS = 5.0
BYTES = 400_000_000
FIELDS = {
    "gpt2": ("n_embd", "n_layer", "n_head", "n_positions", "n_inner", "vocab_size", "num_labels"),
    "llama": (
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "max_position_embeddings",
        "vocab_size",
    ),
    "resnet": ("num_channels", "embedding_size", "hidden_sizes", "depths", "num_labels"),
}
VALUES: dict[str, Any] = {
    "a million millions": 10**12,
    "a thousand digits": 10**1000,
    "a million": 10**6,
    "less than nothing": -3,
    "nothing": 0,
    "a text": "wide",
    "a fraction": 0.5,
    "infinity": float("inf"),
    "a list": [[]],
    "a table": {"a": 1},
    "missing": ...,
    "null": None,
}


def end_of(folder: Path) -> tuple[Event, float]:
    """What describing it ends with, and the seconds of this processor that it took."""
    started = time.process_time()
    last = list(run_task(Describe(model=ModelRef(source="local", id=str(folder))), Session()))[-1]
    return last, time.process_time() - started


def peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture
def folders(causal_folders: dict[str, Path], picture_folder: Path, tmp_path: Path) -> dict[str, Path]:
    """A model of each architecture, to be spoilt."""
    found = {"gpt2": causal_folders["gpt2"], "llama": causal_folders["llama"], "resnet": picture_folder}
    return {name: Path(shutil.copytree(folder, tmp_path / name)) for name, folder in found.items()}


@pytest.fixture(scope="module")
def warm() -> set[str]:
    """The models that were described before, with all that this imports."""
    return set()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux counts it")
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", FIELDS)
def test_any_number_may_be_anything(folders: dict[str, Path], warm: set[str], name: str, value: str) -> None:
    folder = folders[name]
    config = json.loads((folder / "config.json").read_text())
    if name not in warm:  # what is imported by the first does not count
        end_of(folder)
        warm.add(name)
    before = peak_bytes()
    for field in FIELDS[name]:
        spoilt = {**config, field: VALUES[value]}
        if VALUES[value] is ...:
            del spoilt[field]
        (folder / "config.json").write_text(json.dumps(spoilt))
        end, seconds = end_of(folder)
        if isinstance(end, Failed):
            assert seconds < SECONDS, field
            assert end.problem.code not in ("internal", "out-of-memory"), (field, end)
            assert (end.blame, bool(sentence(end.problem)), bool(hint(end.problem))) == ("input", True, True)
        else:
            assert isinstance(end, Done)
            assert field == "max_position_embeddings" or value in ("nothing", "missing", "null", "a million"), field
    assert peak_bytes() - before < BYTES


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[" * 1_000_000, "config-broken"),
        (b'{"a":' * 500_000, "config-broken"),
        (b'{"model_type": ' + b"9" * 5_000_000 + b"}", "config-broken"),
        (b'{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 1e400}', "config-invalid"),
        (b"\xff\xfe", "config-broken"),
        (b"null", "config-broken"),
        (b'{"model_type": ["gpt2"], "architectures": ["GPT2LMHeadModel"]}', "config-no-type"),
        (b'{"model_type": "' + b"z" * 100_000 + b'"}', "config-unknown-type"),
        (b'{"model_type": "gpt2", "architectures": [{}]}', "config-no-architecture"),
    ],
)
def test_what_is_no_config(folders: dict[str, Path], content: bytes, code: str) -> None:
    (folders["gpt2"] / "config.json").write_bytes(content)
    end, seconds = end_of(folders["gpt2"])
    assert isinstance(end, Failed)
    assert end.problem.code == code
    assert seconds < SECONDS
    assert len(sentence(end.problem)) < 400


def test_a_config_of_200_mb_is_not_read(folders: dict[str, Path]) -> None:
    with open(folders["gpt2"] / "config.json", "wb") as stream:
        stream.truncate(200_000_000)
    end, seconds = end_of(folders["gpt2"])
    assert isinstance(end, Failed)
    assert (end.problem.code, seconds < SECONDS) == ("config-broken", True)


def test_no_architecture_that_transformers_has_is_taken_for_endless(tmp_path: Path) -> None:
    """The bounds on layers and labels let every default config pass; and stop each that has a number of layers."""
    stopped = 0
    for name in ("gpt2", "llama", "bert", "resnet", "vit", "swin", "t5", "albert", "mixtral", "qwen3_moe", "marian"):
        config = json.loads(CONFIG_MAPPING[name]().to_json_string(use_diff=False))
        config |= {"model_type": name, "architectures": ["XForCausalLM"]}
        (tmp_path / "config.json").write_text(json.dumps(config))
        check_config(tmp_path)
        for field, value in config.items():
            if "layers" in field and isinstance(value, int) and not isinstance(value, bool):
                stopped += value <= MAX_LAYERS
    assert stopped > 5
