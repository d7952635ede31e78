"""What the rows of ``decoding.py`` share: GGUF files of random weights, our rates and llama.cpp's on them.

llama.cpp is measured where ``XLLAMACPP_PYTHON`` names an interpreter that has the ``xllamacpp`` wheel (an AVX2 build:
printed), and left out, saying so, where it does not.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LlamaConfig

from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.packed.model import ROWS, PackedModel
from bigmodel_studio.engine.packed.weights import Arena

VARIABLE = "XLLAMACPP_PYTHON"
SHAPES: dict[str, dict[str, Any]] = {
    "135M": {"vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
             "num_attention_heads": 9, "num_key_value_heads": 3},
    "1B": {"vocab_size": 32000, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
           "num_attention_heads": 32, "num_key_value_heads": 8},
}  # fmt: skip
NEW_TOKENS = 48
PROMPT_TOKENS = 512
TURNS = 2
"""How often ours and theirs take turns."""
ROUNDS = 3
"""How often each is measured in a turn."""
CONTEXT = 4096
K_BLOCKS = {"Q4_K": (144, (0, 2)), "Q6_K": (210, (208,))}
"""Bytes of a block of 256 values, and where its 16-bit scales are; ``gguf`` can't quantise to them."""


def shapes(config: Any) -> dict[str, tuple[int, ...]]:
    """The tensors of a Llama file."""
    hidden, inner = config.hidden_size, config.intermediate_size
    shared = config.num_key_value_heads * hidden // config.num_attention_heads
    found: dict[str, tuple[int, ...]] = {
        "token_embd": (config.vocab_size, hidden),
        "output": (config.vocab_size, hidden),
        "output_norm": (hidden,),
    }
    layer = {"attn_q": (hidden, hidden), "attn_k": (shared, hidden), "attn_v": (shared, hidden),
             "attn_output": (hidden, hidden), "ffn_gate": (inner, hidden), "ffn_up": (inner, hidden),
             "ffn_down": (hidden, inner), "attn_norm": (hidden,), "ffn_norm": (hidden,)}  # fmt: skip
    for number in range(config.num_hidden_layers):
        found |= {f"blk.{number}.{name}": shape for name, shape in layer.items()}
    return found


def write(path: Path, config: Any, kind: str) -> None:
    """A GGUF file of random weights; norms are ones, the embedding keeps 16 bits. ``Q4_K_M`` is llama.cpp's mix."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_tokenizer_model("llama")
    plain = config.vocab_size - 259
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *(f"w{at}" for at in range(plain))]
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([2, 3, 3, *([6] * 256), *([1] * plain)])
    draw = np.random.default_rng(1)
    for name, shape in shapes(config).items():
        if len(shape) == 1:
            writer.add_tensor(name + ".weight", np.ones(shape, np.float32))
            continue
        stored = type_of(name, kind, config.num_hidden_layers)
        if stored in K_BLOCKS:
            target = gguf.GGMLQuantizationType[stored]
            writer.add_tensor(name + ".weight", random_blocks(draw, shape, stored), raw_dtype=target)
            continue
        target = gguf.GGMLQuantizationType[stored]
        values = draw.standard_normal(shape, np.float32) * np.float32(0.02)
        writer.add_tensor(name + ".weight", gguf.quants.quantize(values, target), raw_dtype=target)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def type_of(name: str, kind: str, layers: int) -> str:
    """In which type a matrix of a file of that kind is stored."""
    if name == "token_embd":
        return "F32" if kind == "F32" else "F16"
    if kind != "Q4_K_M":
        return kind
    if name == "output":
        return "Q6_K"
    layer = int(name.split(".")[1])
    more = layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
    return "Q6_K" if more and ("attn_v" in name or "ffn_down" in name) else "Q4_K"


def random_blocks(draw: np.random.Generator, shape: tuple[int, ...], kind: str) -> NDArray[np.uint8]:
    """Valid blocks of random values of about the size of weights."""
    size, places = K_BLOCKS[kind]
    blocks = draw.integers(0, 256, (shape[0] * shape[1] // 256, size), dtype=np.uint8)
    for place in places:
        scales = draw.uniform(2e-5, 8e-5, len(blocks)).astype(np.float16)
        blocks[:, place : place + 2] = scales.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(shape[0], -1)


class Files:
    """Files that are written when first asked for, and our models on them, one in memory at a time."""

    def __init__(self, folder: Path, threads: int, *, turns: int = TURNS, rounds: int = ROUNDS) -> None:
        self.threads, self.turns, self.rounds = threads, turns, rounds
        self._folder = folder
        self._open: tuple[Path, PackedModel] | None = None

    def file(self, size: str, kind: str) -> Path:
        """The file of a shape and kind."""
        path = self._folder / f"{size}-{kind}.gguf"
        if not path.exists():
            part = path.with_suffix(".part")
            write(part, LlamaConfig(max_position_embeddings=CONTEXT, **SHAPES[size]), kind)
            part.replace(path)
        return path

    def model(self, size: str, kind: str) -> PackedModel:
        """Our model of that file."""
        path = self.file(size, kind)
        if self._open is None or self._open[0] != path:
            self.close()
            self._open = path, load(path, self.threads)
        return self._open[1]

    def close(self) -> None:
        """Let go of the model."""
        if self._open is not None:
            self._open[1].close()
        self._open = None


def load(path: Path, threads: int) -> PackedModel:
    """Load a file as the application does."""
    return GgufModel(path).pack("stored", threads)


class Stream:
    """A plain read of memory like that of the weights: in large pages, larger than any cache, with as many threads."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._memory = torch.from_numpy(Arena().take(1 << 29).view(np.float32)).fill_(1)

    def rate(self) -> float:
        """Bytes a second that torch adds up, on average over ten times: as decoding is measured."""
        torch.set_num_threads(self._threads)
        started = time.perf_counter()
        for _ in range(10):
            self._memory.sum()
        return 10 * self._memory.nbytes / (time.perf_counter() - started)


def share_of_stream(model: PackedModel, threads: int, rounds: int) -> tuple[float, float, float]:
    """The share of the memory stream that decoding reads weights at, that rate and the stream's: medians.

    The stream is measured just before and just after each decoding: what a shared machine gives changes in seconds.
    """
    stream = Stream(threads)
    read = model.weight_bytes - model.weights["embedding"].bytes
    found = []
    for _ in range(rounds):
        before = stream.rate()
        rate = read * decode_rate(model, threads)
        around = (before + stream.rate()) / 2
        found.append((rate / around, rate, around))
    share, rate, around = (statistics.median(values) for values in zip(*found, strict=True))
    return share, rate, around


def decode_rate(model: PackedModel, threads: int) -> float:
    """Tokens a second of a new sequence."""
    sequence = model.sequence()
    logits = model.feed([(sequence, 5)], [0], threads=threads)
    started = time.perf_counter()
    for _ in range(NEW_TOKENS):
        logits = model.feed([(sequence, int(logits.argmax()))], [0], threads=threads)
    seconds = time.perf_counter() - started
    sequence.release()
    return NEW_TOKENS / seconds


def ours(model: PackedModel, threads: int, rounds: int) -> tuple[float, float]:
    """Tokens a second while decoding and while reading a prompt: medians. 0 threads: as many as it chooses."""
    decode, prefill = [], []
    for number in range(rounds):
        sequence = model.sequence()
        ids = [300 + (number * 37 + place * 11) % 500 for place in range(PROMPT_TOKENS)]
        started = time.perf_counter()
        for start in range(0, PROMPT_TOKENS, ROWS):
            logits = model.feed([(sequence, id_) for id_ in ids[start : start + ROWS]], [ROWS - 1], threads=threads)
        prefill.append(PROMPT_TOKENS / (time.perf_counter() - started))
        started = time.perf_counter()
        for _ in range(NEW_TOKENS):
            logits = model.feed([(sequence, int(logits.argmax()))], [0], threads=threads)
        decode.append(NEW_TOKENS / (time.perf_counter() - started))
        sequence.release()
    return statistics.median(decode), statistics.median(prefill)


def batch_ratio(model: PackedModel, threads: int, sequences: int = 4) -> float:
    """How many times the tokens of one sequence several together give."""

    def rate(count: int) -> float:
        each = [model.sequence() for _ in range(count)]
        times = []
        for _ in range(20):
            started = time.perf_counter()
            model.feed([(sequence, 7) for sequence in each], range(count), threads=threads)
            times.append(time.perf_counter() - started)
        return count / statistics.median(times)

    return rate(sequences) / rate(1)


def theirs(file: Path, threads: int, rounds: int) -> dict[str, Any] | None:
    """llama.cpp's rates; None where it is not at hand."""
    python = os.environ.get(VARIABLE)
    if not python:
        return None
    script = Path(__file__).with_name("llama_cpp.py")
    command = [python, str(script), str(file), *map(str, (threads, NEW_TOKENS, PROMPT_TOKENS, rounds))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
