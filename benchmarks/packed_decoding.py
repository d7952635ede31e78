"""How fast is the packed decoder, beside llama.cpp on the very same GGUF file and threads?

Random weights of a Llama shape are written as a GGUF file; ours repacks its blocks. llama.cpp is measured where
``XLLAMACPP_PYTHON`` names an interpreter that has the ``xllamacpp`` wheel (an AVX2 build: printed), and left out,
saying so, where it does not. Both are measured in turn in the same run:
``decoding.py --packed [135M|1B] [F32|BF16|Q8_0|Q4_0]``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LlamaConfig

from benchmarks.measuring import Row
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.families import Shape, shape_of
from bigmodel_studio.engine.packed.gguf_blocks import repack
from bigmodel_studio.engine.packed.model import ROWS, PackedModel
from bigmodel_studio.engine.packed.weights import Weight

VARIABLE = "XLLAMACPP_PYTHON"
SHAPES: dict[str, dict[str, Any]] = {
    "135M": {"vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
             "num_attention_heads": 9, "num_key_value_heads": 3},
    "1B": {"vocab_size": 32000, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
           "num_attention_heads": 32, "num_key_value_heads": 8},
}  # fmt: skip
TYPES = {"135M": ("F32", "BF16", "Q8_0", "Q4_0"), "1B": ("Q8_0", "Q4_0")}
GOALS = {"135M": {"F32": 1.2, "BF16": 1.4, "Q8_0": 1.4, "Q4_0": 1.4}, "1B": {"Q8_0": 1.1, "Q4_0": 1.1}}
PIECES = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up",
          "down": "ffn_down", "attention_norm": "attn_norm", "mlp_norm": "ffn_norm"}  # fmt: skip
WHOLE = {"embedding": "token_embd", "norm": "output_norm", "head": "output"}
NEW_TOKENS = 48
PROMPT_TOKENS = 512
ROUNDS = 3
CONTEXT = 1024


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
    """A GGUF file of random weights; norms are ones, the embedding keeps 16 bits."""
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
        stored = {"F32": "F32"}.get(kind, "F16") if name == "token_embd" else kind
        target = gguf.GGMLQuantizationType[stored]
        values = draw.standard_normal(shape, np.float32) * np.float32(0.02)
        writer.add_tensor(name + ".weight", gguf.quants.quantize(values, target), raw_dtype=target)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class FileSource:
    """The pieces of such a file. Heads are not put back in order: random weights look the same either way."""

    def __init__(self, path: Path) -> None:
        self._tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}

    def _name(self, piece: str, layer: int | None) -> str:
        return WHOLE[piece] if layer is None else f"blk.{layer}.{PIECES[piece]}"

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        tensor = self._tensors[self._name(piece, layer) + ".weight"]
        blocks: NDArray[np.uint8] = np.asarray(tensor.data).view(np.uint8)
        return repack(blocks.reshape(int(tensor.shape[1]), -1), tensor.tensor_type.name)

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        if part == "bias":
            return None
        return torch.from_numpy(np.array(self._tensors[self._name(piece, layer) + ".weight"].data))


def stream_rate(threads: int) -> float:
    """Bytes a second that torch reads when it adds up a gigabyte."""
    torch.set_num_threads(threads)
    memory = torch.ones(1 << 28)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        memory.sum()
        times.append(time.perf_counter() - started)
    return memory.nbytes / min(times)


def ours(model: PackedModel, threads: int, rounds: int) -> tuple[float, float]:
    """Tokens a second while decoding and while reading a prompt: medians."""
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


def measure(size: str, kind: str, threads: int, kernel: Callable[..., Any], say: Callable[[str], None]) -> list[Row]:
    """The rows of one shape and type."""
    config = LlamaConfig(max_position_embeddings=CONTEXT, **SHAPES[size])
    shape: Shape = shape_of(config)
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-benchmark-") as folder:
        file = Path(folder) / "model.gguf"
        write(file, config, kind)
        started = time.perf_counter()
        model = PackedModel(shape, FileSource(file), kernel, threads=threads, half_cache=True)
        first = model.sequence()
        model.feed([(first, 5)], [0])
        loading = time.perf_counter() - started
        us, them = [], []
        for _ in range(2):  # in turn, so that both meet the same neighbours
            us.append(ours(model, threads, ROUNDS))
            peer = theirs(file, threads, ROUNDS)
            if peer is not None:
                them.append((peer["decode"], peer["prefill"]))
                say(f"llama.cpp {peer['version']}: {peer['system']}")
        decode, prefill = (statistics.mean(values) for values in zip(*us, strict=True))
        peers = [statistics.mean(values) for values in zip(*them, strict=True)] if them else [None, None]
        rate = stream_rate(threads)
        read = model.weight_bytes - model.weights["embedding"].bytes
        remark = f"{decode * read / rate:.0%} of the memory stream ({rate / 1e9:.1f} GB/s)"
        if peers[0] is None:
            remark += "; llama.cpp not measured"
        else:
            remark += f"; llama.cpp {peers[0]:.1f}: {decode / peers[0]:.2f}x, goal {GOALS[size][kind]}x"
        name = f"{size} {kind}, {threads} threads"
        rows = [
            Row(f"decode {name}", decode, "tok/s", None, remark, peers[0], more_is_better=True),
            Row(
                f"prefill of {PROMPT_TOKENS} {name}",
                prefill,
                "tok/s",
                None,
                "" if peers[1] is None else f"llama.cpp {peers[1]:.0f}: {prefill / peers[1]:.2f}x",
                peers[1],
                more_is_better=True,
            ),
            Row(f"load to first token {name}", loading, "s"),
        ]
        if (size, kind) == ("1B", "Q4_0"):
            ratio = batch_ratio(model, threads)
            rows.append(Row("four sequences at once, 1B Q4_0", ratio, "x one", 2.5, more_is_better=True))
        model.close()
    return rows


def packed_rows(wanted: list[str], threads: int) -> list[Row]:
    """The table, or the rows of the sizes and types that are ``wanted``; what was used is printed before it."""
    kernel = compiling.kernels()
    print(f"kernels: {compiling.state().instructions}; {threads} threads")
    if not os.environ.get(VARIABLE):
        print(f"llama.cpp: not measured ({VARIABLE} names no interpreter with xllamacpp)")
    said: set[str] = set()

    def say(text: str) -> None:
        if text not in said:
            print(text)
            said.add(text)

    rows: list[Row] = []
    sizes = [size for size in SHAPES if size in wanted] or list(SHAPES)
    for size in sizes:
        for kind in [kind for kind in TYPES[size] if kind in wanted] or TYPES[size]:
            rows += measure(size, kind, threads, kernel, say)
    return rows
