"""Which GGUF models can be run here, told from a header alone, with the reason for those that can't.

The names are llama.cpp's. ``engine.gguf`` has a table behind each of these sets; a test holds them together. Knows
nothing of torch.
"""

from __future__ import annotations

from bigmodel_studio.core.gguf import GgufHeader
from bigmodel_studio.core.messages import StudioError

TYPES = frozenset({"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
"""Types of tensors that are read (``core.ggml_types``)."""
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


def refuse_unsupported(header: GgufHeader, name: str) -> None:
    """Raise a ``StudioError`` ("gguf-run-…") where the model called ``name`` can't be run here."""
    if header.big_endian:
        raise StudioError("gguf-run-byte-order", model=name)
    if header.architecture not in ARCHITECTURES:
        shown = header.architecture[:40] or "unknown"
        raise StudioError("gguf-run-architecture", model=name, architecture=shown, runs=_listed(ARCHITECTURES))
    if header.size("expert_count"):
        raise StudioError("gguf-run-experts", model=name)
    others = {tensor.type for tensor in header.tensors.values()} - TYPES
    if others:
        raise StudioError("gguf-run-type", model=name, types=_listed(others), runs=_listed(TYPES))
    tokenizer, pre = header.text("tokenizer.ggml.model"), header.text("tokenizer.ggml.pre")
    if tokenizer not in TOKENIZERS:
        raise StudioError("gguf-run-tokenizer", model=name, tokenizer=tokenizer[:40] or "none")
    if tokenizer == "gpt2" and pre in {"", "default"}:
        raise StudioError("gguf-run-no-pre-tokenizer", model=name)
    if tokenizer == "gpt2" and pre not in PRE_TOKENIZERS:
        raise StudioError("gguf-run-pre-tokenizer", model=name, pre=pre[:40])


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names))
