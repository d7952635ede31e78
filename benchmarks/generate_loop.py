"""Is our decode loop as fast as transformers' ``generate()`` on the same model, weights, dtype and threads?

Greedy text from one prompt, ours and theirs in turn, seven pairs; prints each model's tokens a second and the median
ratio (above 1: ours is faster) with its spread. Seconds are the process's own, on one thread, so that whatever else the
machine does counts little. Run: ``python benchmarks/generate_loop.py [MODEL_FOLDER…]``; without a folder it measures
random models of three sizes, so that it needs nothing. (``decoding.py`` measures the fast path beside llama.cpp.)
"""

from __future__ import annotations

import functools
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from transformers import AutoModelForCausalLM, GPTNeoConfig, GPTNeoForCausalLM, PreTrainedModel

from benchmarks.measuring import Row, print_table
from bigmodel_studio.engine.generation.decoding import decode
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.generation.sampling import settle
from bigmodel_studio.protocol import Sampling

PAIRS = 7
NEW_TOKENS = 64
PROMPT = list(range(5, 37))
CPU = torch.device("cpu")
SIZES = {"260 k": (64, 4), "5 M": (256, 6), "40 M": (640, 8)}


def random_model(width: int, layers: int) -> PreTrainedModel:
    """A random decoder of alternating dense and local layers, as this project trains them."""
    torch.manual_seed(1)
    config = GPTNeoConfig(
        hidden_size=width,
        num_layers=layers,
        num_heads=4,
        bos_token_id=0,
        eos_token_id=0,
        attention_types=[[["global", "local"], layers // 2]],
        vocab_size=2048,
        max_position_embeddings=256,
    )
    return GPTNeoForCausalLM(config)


def ours(model: PreTrainedModel) -> list[int]:
    decoder = TransformersDecoder(model, CPU)
    for _ in decoder.prefill(PROMPT):
        pass
    choice = settle(Sampling(greedy=True), None)
    return [chosen.id for chosen, _ in decode(decoder, PROMPT, choice, most=NEW_TOKENS, ends=frozenset())]


def theirs(model: PreTrainedModel) -> list[int]:
    row = torch.tensor([PROMPT])
    call: Any = model.generate
    with torch.inference_mode():
        found = call(
            row,
            attention_mask=torch.ones_like(row),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            eos_token_id=None,
            pad_token_id=0,
        )
    return list(found[0, len(PROMPT) :].tolist())


def seconds(run: Callable[[PreTrainedModel], list[int]], model: PreTrainedModel) -> float:
    started = time.process_time()
    assert len(run(model)) == NEW_TOKENS
    return time.process_time() - started


def compare(name: str, model: PreTrainedModel) -> Row:
    """Our tokens a second, with those of ``generate()`` as the baseline."""
    model.train(False)
    assert ours(model) == theirs(model), "not the same text"
    pairs = [(seconds(ours, model), seconds(theirs, model)) for _ in range(PAIRS)]
    ratios = sorted(their / our for our, their in pairs)
    rate = NEW_TOKENS / statistics.median(our for our, _ in pairs)
    ratio = statistics.median(ratios)
    spread = f"{ratio:.2f} times generate(), {ratios[0]:.2f} to {ratios[-1]:.2f} over {PAIRS} pairs"
    return Row(f"decoding {name}, float32, 1 thread", rate, "tok/s", None, spread, rate / ratio, more_is_better=True)


def main() -> int:
    torch.set_num_threads(1)
    folders = [Path(argument) for argument in sys.argv[1:]]
    models: list[tuple[str, Callable[[], PreTrainedModel]]] = [
        (folder.parent.name + "/" + folder.name, functools.partial(AutoModelForCausalLM.from_pretrained, folder))
        for folder in folders
    ] or [(name, functools.partial(random_model, *shape)) for name, shape in SIZES.items()]
    return print_table([compare(name, make()) for name, make in models])


if __name__ == "__main__":
    raise SystemExit(main())
