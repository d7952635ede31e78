"""On an accelerator: tokens, pictures and updates a second beside plain transformers, and memory beside torch's count.

``python benchmarks/gpu.py [--device auto] [--pairs 7]``. Random weights, so that it needs nothing: a Llama shape of
135 M parameters and a ResNet-50, in the device's own dtype, and the loop of a run in bfloat16 where CUDA has it. Ours
and theirs take turns; the median of the ratios counts (above 1: ours is faster), its spread is printed. Without an
accelerator it says so and measures nothing; ``--device cpu --small`` runs the same code on tiny shapes, which shows
that it works and no more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from PIL import Image
from transformers import (
    AutoModelForImageClassification,
    BitImageProcessorPil,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    ResNetConfig,
    ResNetForImageClassification,
)

from benchmarks import training
from benchmarks.measuring import Row, own_home, print_table
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.generation.decoding import decode
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.generation.sampling import settle
from bigmodel_studio.engine.images import classify
from bigmodel_studio.engine.models import loading
from bigmodel_studio.protocol import ModelRef, Sampling

PROMPT = list(range(5, 37))
MEMORY_BUDGET = 0.05
"""By how much what we say of the weights may differ from what torch counts."""


class Sizes(NamedTuple):
    """How large what is measured is."""

    decoder: LlamaConfig
    pictures: ResNetConfig
    new_tokens: int
    updates: int


FULL = Sizes(
    LlamaConfig(
        hidden_size=576, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, intermediate_size=1536,
        vocab_size=49152, max_position_embeddings=2048, tie_word_embeddings=True,
    ),
    ResNetConfig(num_labels=1000),
    new_tokens=128,
    updates=20,
)  # fmt: skip
SMALL = Sizes(
    LlamaConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=128,
        vocab_size=512, max_position_embeddings=256,
    ),
    ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", num_labels=5),
    new_tokens=16,
    updates=2,
)  # fmt: skip


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """How long it takes until the device has done it, in seconds."""
    wait = torch.accelerator.synchronize if device.type != "cpu" else lambda: None
    wait()
    started = time.perf_counter()
    work()
    wait()
    return time.perf_counter() - started


def side_by_side(
    name: str, unit: str, count: int, ours: Callable[[], object], theirs: Callable[[], object], given: Setting
) -> Row:
    """Our rate, with theirs as the baseline; each is run once before it counts."""
    ours()
    theirs()
    pairs = [(seconds(ours, given.device), seconds(theirs, given.device)) for _ in range(given.pairs)]
    ratios = sorted(their / our for our, their in pairs)
    ratio, rate = statistics.median(ratios), count / statistics.median(our for our, _ in pairs)
    spread = f"{ratio:.2f} times transformers, {ratios[0]:.2f} to {ratios[-1]:.2f} over {given.pairs} pairs"
    return Row(f"{name}, {given.dtype}", rate, unit, None, spread, rate / ratio, more_is_better=True)


class Setting(NamedTuple):
    """Where and how it is measured."""

    device: torch.device
    dtype: str
    pairs: int
    sizes: Sizes


def placed(model: PreTrainedModel, given: Setting) -> PreTrainedModel:
    """The model on the device, in the dtype, for inference."""
    torch.nn.Module.to(model, given.device, devices.DTYPES[given.dtype])
    model.train(False)
    return model


def decoding(given: Setting) -> Row:
    """Greedy tokens a second of our loop and of ``generate()``, the same tokens from both."""
    torch.manual_seed(1)
    model = placed(LlamaForCausalLM(given.sizes.decoder), given)
    model.generation_config.eos_token_id = None
    choice, row = settle(Sampling(greedy=True), None), torch.tensor([PROMPT], device=given.device)
    most = given.sizes.new_tokens
    generate: Any = model.generate

    def ours() -> list[int]:
        decoder = TransformersDecoder(model, given.device)
        for _ in decoder.prefill(PROMPT):
            pass
        return [chosen.id for chosen, _ in decode(decoder, PROMPT, choice, most=most, ends=frozenset())]

    def theirs() -> list[int]:
        with torch.inference_mode():
            options = {"max_new_tokens": most, "do_sample": False, "pad_token_id": 0}
            found = generate(row, attention_mask=torch.ones_like(row), **options)
        return list(found[0, len(PROMPT) :].tolist())

    same = sum(a == b for a, b in zip(ours(), theirs(), strict=True)) / most
    measured = side_by_side("decoding, one sequence", "tok/s", most, ours, theirs, given)
    return measured._replace(remark=f"{measured.remark}; {same:.0%} of the tokens are the same")


def pictures(given: Setting, folder: Path) -> list[Row]:
    """Pictures a second, one at a time as they are dropped on the window; and what we say that the weights take."""
    torch.manual_seed(1)
    ResNetForImageClassification(given.sizes.pictures).save_pretrained(folder)
    BitImageProcessorPil(size={"shortest_edge": 224}, crop_size={"height": 224, "width": 224}).save_pretrained(folder)
    before = _allocated(given.device)
    ref = ModelRef(source="local", id=str(folder), dtype=given.dtype, device=devices.name_of(given.device))
    held = loading.load(ref, folder, threads=torch.get_num_threads(), few_threads=torch.get_num_threads())
    counted = _allocated(given.device) - before
    plain: PreTrainedModel = AutoModelForImageClassification.from_pretrained(folder, trust_remote_code=False)
    plain = placed(plain, given)
    picture = Image.effect_noise((640, 480), 80).convert("RGB")

    def theirs() -> torch.Tensor:
        pixels = held.processor(images=picture, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            logits: torch.Tensor = plain(pixel_values=pixels.to(given.device, plain.dtype)).logits
        return logits.float().softmax(-1).cpu()

    rows = [side_by_side(
        "pictures, one at a time", "1/s", 1, lambda: classify.probabilities(picture, held).cpu(), theirs, given
    )]  # fmt: skip
    if counted > 0:
        off = abs(held.facts.weight_bytes / counted - 1)
        rows.append(Row("weights, as we say and as torch counts", off, "", MEMORY_BUDGET, f"{counted:,} bytes counted"))
    return rows


def _allocated(device: torch.device) -> int:
    return int(torch.accelerator.memory_allocated(device)) if device.type != "cpu" else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--small", action="store_true", help="tiny shapes: shows that it works, measures nothing")
    chosen = parser.parse_args()
    device = devices.choose(chosen.device)
    if device.type == "cpu" and chosen.device == "auto":
        print("There is no accelerator that torch can use here: nothing was measured.", file=sys.stderr)
        return 0
    sizes = SMALL if chosen.small else FULL
    given = Setting(device, devices.dtypes(device)[0], chosen.pairs, sizes)
    with own_home() as home, tempfile.TemporaryDirectory() as folder:
        rows = [decoding(given)]
        print(rows[0], file=sys.stderr, flush=True)
        rows += pictures(given, Path(folder))
        print(*rows[1:], sep="\n", file=sys.stderr, flush=True)
        rows += training.measure(home, chosen.pairs, sizes.updates, torch.get_num_threads(), devices.name_of(device))
        return print_table(rows)


if __name__ == "__main__":
    sys.exit(main())
