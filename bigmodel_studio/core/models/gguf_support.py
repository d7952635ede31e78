"""Which GGUF models can be run here, judged by the header alone, with the reason for those that can't.

The names are llama.cpp's. ``engine.gguf`` has a table behind each of these sets; a test holds them together. Knows
nothing of torch.
"""

from __future__ import annotations

import msgspec

from bigmodel_studio.core.models.gguf import GgufHeader
from bigmodel_studio.core.text.messages import StudioError

TYPES = frozenset({"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
"""Types of tensors that are read (``core.models.ggml_types``)."""
ARCHITECTURES = frozenset({"gemma", "gemma2", "gemma3", "gpt2", "llama", "olmo2", "phi3", "qwen2", "qwen3"})
TOKENIZERS = frozenset({"gpt2", "llama"})
"""``tokenizer.ggml.model``: byte-level BPE, and SentencePiece's BPE with scores."""
PRE_TOKENIZERS = frozenset(
    {
        "dbrx",
        "deepseek-coder",
        "deepseek-r1-qwen",
        "falcon3",
        "gpt-2",
        "gpt-4o",
        "llama-bpe",
        "llama-v3",
        "llama3",
        "olmo",
        "phi-2",
        "pixtral",
        "qwen2",
        "refact",
        "smaug-bpe",
        "smollm",
        "stablelm2",
        "starcoder",
        "tekken",
    }
)
"""``tokenizer.ggml.pre``: how a byte-level tokenizer splits text before its merges apply."""


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What decides whether a model can be run; small, so that it's kept with what is listed of a model."""

    architecture: str
    types: tuple[str, ...]
    tokenizer: str
    pre_tokenizer: str
    big_endian: bool
    experts: bool


def facts_of(header: GgufHeader) -> Facts:
    """Return the facts of a header."""
    return Facts(
        architecture=header.architecture,
        types=tuple(sorted({tensor.type for tensor in header.tensors.values()})),
        tokenizer=header.text("tokenizer.ggml.model"),
        pre_tokenizer=header.text("tokenizer.ggml.pre"),
        big_endian=header.big_endian,
        experts=bool(header.size("expert_count")),
    )


def refuse_unsupported(facts: Facts, name: str) -> None:
    """Raise a ``StudioError`` ("gguf-run-…") where the model called ``name`` can't be run here."""
    if facts.big_endian:
        raise StudioError("gguf-run-byte-order", model=name)
    if facts.architecture not in ARCHITECTURES:
        shown = facts.architecture[:40] or "?"
        raise StudioError("gguf-run-architecture", model=name, architecture=shown, runs=_listed(ARCHITECTURES))
    if facts.experts:
        raise StudioError("gguf-run-experts", model=name)
    others = set(facts.types) - TYPES
    if others:
        raise StudioError("gguf-run-type", model=name, types=_listed(others), runs=_listed(TYPES))
    if facts.tokenizer not in TOKENIZERS:
        shown = facts.tokenizer[:40] or "?"
        raise StudioError("gguf-run-tokenizer", model=name, tokenizer=shown, runs=_listed(TOKENIZERS))
    if facts.tokenizer == "gpt2" and facts.pre_tokenizer in {"", "default"}:
        raise StudioError("gguf-run-no-pre-tokenizer", model=name)
    if facts.tokenizer == "gpt2" and facts.pre_tokenizer not in PRE_TOKENIZERS:
        raise StudioError("gguf-run-pre-tokenizer", model=name, pre=facts.pre_tokenizer[:40])


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names))
