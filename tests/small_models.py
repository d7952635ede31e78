"""Small random models, made once: they answer nonsense, but by the same arithmetic as large ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoConfig,
    GPTNeoForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    ResNetConfig,
    ResNetForImageClassification,
    ViTImageProcessorPil,
)

from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import ModelRef

torch.set_num_threads(1)  # several threads take longer to agree on a model this small than one to compute it

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
CONTEXT = 96
SPECIAL = "<|end|>"


def byte_tokenizer(template: str | None = TEMPLATE) -> PreTrainedTokenizerFast:
    """Every byte a token, and an end token: any text can be written, and any half character said."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=SPECIAL)
    tokenizer.chat_template = template
    return tokenizer


_SHAPE: dict[str, Any] = {"vocab_size": 257, "bos_token_id": None, "eos_token_id": 256}
CAUSAL_MODELS: dict[str, Callable[[], PreTrainedModel]] = {
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=CONTEXT, **_SHAPE)),
    "gpt-neo": lambda: GPTNeoForCausalLM(
        GPTNeoConfig(
            hidden_size=32,
            num_layers=2,
            num_heads=2,
            attention_types=[[["global", "local"], 1]],
            window_size=8,
            max_position_embeddings=CONTEXT,
            **_SHAPE,
        )
    ),
    "llama": lambda: LlamaForCausalLM(
        LlamaConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT,
            **_SHAPE,
        )
    ),
}


@pytest.fixture(scope="session")
def causal_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A random causal model of each architecture, with a byte tokenizer and a chat template, by name."""
    root = tmp_path_factory.mktemp("causal")
    for name, make in CAUSAL_MODELS.items():
        torch.manual_seed(7)
        model = make()
        for parameter in model.parameters():  # as large as trained ones: else every token is as probable as the next
            if parameter.ndim > 1:
                parameter.data.normal_(0, 0.3)
        model.save_pretrained(root / name)
        byte_tokenizer().save_pretrained(root / name)
    return {name: root / name for name in CAUSAL_MODELS}


@pytest.fixture
def gpt_folder(causal_folders: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the GPT-2 folder that a test may spoil."""
    return Path(shutil.copytree(causal_folders["gpt2"], tmp_path / "gpt"))


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random picture classifier with three labels."""
    folder = tmp_path_factory.mktemp("pictures") / "resnet"
    torch.manual_seed(7)
    config = ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16],
        depths=[1, 1],
        layer_type="basic",
        id2label={0: "ant", 1: "bee", 2: "cow"},
        label2id={"ant": 0, "bee": 1, "cow": 2},
    )
    ResNetForImageClassification(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    """One session for all tests: on one thread, for these models are small."""
    made = Session(threads=1)
    yield made
    made.release()


def local(folder: Path) -> ModelRef:
    """The model of a folder."""
    return ModelRef(source="local", id=str(folder))
