"""Is a plan what two real steps take? Memory predicted beside memory measured, part by part, and the time of a step.

``python benchmarks/plan_accuracy.py [--device auto] [--seed N] [--drawn 4] [--only WORD]``. The bundled models, a
random Llama shape of 135 M parameters, configurations drawn by the seed (printed, and another each time unless given),
and, where ``../shared/assets`` lies beside the checkout, models that this project did not make: to be used at two
contexts, or two batches of pictures, and to be trained at two batches. Each is measured in a fresh process with its
threads and allocator pinned. On an accelerator the peak is ``torch``'s ``max_memory_allocated``. Nothing is cached
between runs.

Budget: the tensors of each part within 5% of those counted (or 256 KiB, which is no part of anything), and the peak
within 10% or 64 MiB.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    ResNetConfig,
    ResNetForImageClassification,
)

from benchmarks.measuring import REPOSITORY, Row, own_home, print_table
from bigmodel_studio.core.memory.plan import PARTS, Plan, error_ratio, plan, settled
from bigmodel_studio.core.text import numbers
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Costs,
    Describe,
    Description,
    Done,
    Measured,
    MeasurePlan,
    MeasureSpeed,
    ModelRef,
    PlanQuestion,
    Speed,
)

ASSETS = REPOSITORY.parent / "shared" / "assets"
PART_BUDGET, PART_SLACK_BYTES = 0.05, 256 * 1024
PEAK_BUDGET, PEAK_SLACK_BYTES = 0.10, 64 * 1024 * 1024


class Case(NamedTuple):
    """One comparison."""

    name: str
    question: PlanQuestion
    planned: Plan
    measured: Measured

    @property
    def worst_part(self) -> tuple[str, float]:
        """The part that is most off, and by how much of what was measured (0 where that is less than the slack)."""
        off = {}
        for name in PARTS:
            if name == "overhead":
                continue
            predicted, found = self.planned.parts[name], self.measured.parts[name]
            far = abs(predicted - found) > PART_SLACK_BYTES
            off[name] = (predicted / found - 1 if found else 1.0) if far else 0.0
        name = max(off, key=lambda each: abs(off[each]))
        return name, off[name]

    @property
    def peak_off_bytes(self) -> float:
        """How far the peak lies from the prediction."""
        return abs(error_ratio(self.planned, self.measured)) * self.measured.peak_bytes

    @property
    def kept(self) -> bool:
        within = self.peak_off_bytes <= max(PEAK_BUDGET * self.measured.peak_bytes, PEAK_SLACK_BYTES)
        return within and abs(self.worst_part[1]) <= PART_BUDGET


def questions(kind: str, context: int) -> list[PlanQuestion]:
    """What is asked of a model: used at two contexts (or batches, of pictures), trained at two batches."""
    use, train = "inference", "training"
    if kind == "image-classifier":
        return [PlanQuestion(purpose=use, batch=batch) for batch in (1, 8)] + [
            PlanQuestion(purpose=train, batch=batch) for batch in (2, 8)
        ]
    long, short = min(context or 512, 1024), max(16, min(context or 512, 1024) // 4)
    return [PlanQuestion(purpose=use, context=each) for each in (short, long)] + [
        PlanQuestion(purpose=train, batch=batch, context=short) for batch in (1, 4)
    ]


def answered(request: Any, kind: type[Any], device: str) -> Any:
    """The result of a task, run as an engine does. Raises ``RuntimeError`` with what it said instead."""
    *_, end = run_task(request, Session())
    if not isinstance(end, Done) or not isinstance(end.result, kind):
        raise RuntimeError(f"{type(request).__name__} on {device}: {end}")
    return end.result


def cases(name: str, ref: ModelRef, speed: Speed, device: str) -> Iterator[Case]:
    """Every question about one model."""
    said: Description = answered(Describe(model=ref), Description, device)
    costs: Costs | None = said.costs
    if costs is None:
        raise RuntimeError(f"{name} has no plan")
    where = devices.device_facts(devices.choose(device))
    for question in questions(said.kind, said.context_length or 0):
        asked = settled(costs, question, where)
        planned = plan(costs, question, where, speed)
        measured: Measured = answered(MeasurePlan(model=ref, question=asked), Measured, device)
        yield Case(name, asked, planned, measured)


def models(folder: Path, seed: int, drawn: int) -> Iterator[tuple[str, ModelRef]]:
    """What is measured, by name."""
    for starter in ("starter-gpt", "starter-resnet"):
        yield starter, ModelRef(source="builtin", id=starter)
    for asset in ("stories260k-llama/hf", "minilm-l6-v2-fp16/hf", "vision-mobilenet/mobilenet-v2-1.0-224"):
        if (ASSETS / asset).is_dir():
            yield asset.partition("/hf")[0], ModelRef(source="local", id=str(ASSETS / asset))
    llama = LlamaConfig(
        hidden_size=576, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, intermediate_size=1536,
        vocab_size=49152, max_position_embeddings=2048, tie_word_embeddings=True,
    )  # fmt: skip
    yield "llama-135m", kept(LlamaForCausalLM(llama), folder / "llama-135m")
    chosen = random.Random(seed)
    for number in range(drawn):
        model, words = draw(chosen)
        yield f"drawn-{number + 1} {words}", kept(model, folder / f"drawn-{number + 1}")


def kept(model: PreTrainedModel, folder: Path) -> ModelRef:
    """The model on disk, as one's own folder."""
    model.save_pretrained(str(folder))
    return ModelRef(source="local", id=str(folder))


def draw(chosen: random.Random) -> tuple[PreTrainedModel, str]:
    """A configuration by chance, of one of four families, with random weights; its shape in words."""
    family = chosen.choice(["gpt2", "llama", "bert", "resnet"])
    heads, head = chosen.choice([2, 4, 8]), chosen.choice([16, 32, 64])
    width, layers = heads * head, chosen.randint(2, 10)
    vocabulary, context = chosen.randint(300, 30_000), chosen.choice([128, 256, 512])
    if family == "resnet":
        stages = chosen.randint(2, 4)
        depths = [chosen.randint(1, 3) for _ in range(stages)]
        widths = [chosen.choice([16, 24, 32]) * 2**stage for stage in range(stages)]
        config = ResNetConfig(
            depths=depths, hidden_sizes=widths, embedding_size=widths[0], layer_type="basic",
            num_labels=chosen.randint(2, 1000),
        )  # fmt: skip
        config.image_size = chosen.choice([64, 128, 224])
        return ResNetForImageClassification(config), f"resnet {depths} {widths} at {config.image_size}"
    words = f"{family} {layers}x{width}, {heads} heads, {vocabulary} tokens, context {context}"
    made: PreTrainedModel
    if family == "gpt2":
        made = GPT2LMHeadModel(
            GPT2Config(n_embd=width, n_layer=layers, n_head=heads, n_positions=context, vocab_size=vocabulary)
        )
    elif family == "bert":
        made = BertForMaskedLM(
            BertConfig(
                hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
                max_position_embeddings=context, vocab_size=vocabulary,
            )
        )  # fmt: skip
    else:
        made = LlamaForCausalLM(
            LlamaConfig(
                hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                num_key_value_heads=chosen.choice([1, heads // 2, heads]),
                intermediate_size=chosen.randint(2, 4) * width,
                max_position_embeddings=context, vocab_size=vocabulary, tie_word_embeddings=chosen.random() < 0.5,
            )
        )  # fmt: skip
    return made, words


def say(case: Case) -> None:
    """A case's lines of the table, for whoever reads along."""
    asked, planned, measured = case.question, case.planned, case.measured
    head = f"{asked.purpose}, batch {asked.batch}" + (f", context {asked.context}" if asked.context > 1 else "")
    seconds = "" if planned.seconds_per_step is None else f"{planned.seconds_per_step / measured.seconds_per_step:.2f}"
    print(
        f"{'ok  ' if case.kept else 'FAIL'} {case.name}: {head}: peak {numbers.size(planned.total_bytes)} planned, "
        f"{numbers.size(measured.peak_bytes)} measured ({error_ratio(planned, measured):+.1%}); "
        f"time planned/measured {seconds}",
        file=sys.stderr,
    )
    for name in PARTS:
        if planned.parts[name] or measured.parts[name]:
            both = f"{numbers.size(planned.parts[name]):>10} {numbers.size(measured.parts[name]):>10}"
            print(f"       {name:<12} {both}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description="Plans beside what two real steps take.")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--drawn", type=int, default=4)
    parser.add_argument("--only", default="", help="models whose name has this in it")
    given = parser.parse_args()
    print(f"configurations drawn with --seed {given.seed}", file=sys.stderr)
    torch.manual_seed(given.seed)
    found: list[Case] = []
    with own_home(), tempfile.TemporaryDirectory() as folder:
        device = devices.name_of(devices.choose(given.device))
        speed: Speed = answered(MeasureSpeed(device=device, dtype="float32"), Speed, device)
        for name, ref in models(Path(folder), given.seed, given.drawn):
            if given.only in name:
                for case in cases(name, msgspec.structs.replace(ref, device=device), speed, device):
                    say(case)
                    found.append(case)
    rows = [row for case in found for row in _rows(case)]
    return print_table(rows)


def _rows(case: Case) -> list[Row]:
    asked = case.question
    name = f"{case.name}, {asked.purpose}, batch {asked.batch}, context {asked.context}"
    part, off = case.worst_part
    slack = max(PEAK_BUDGET * case.measured.peak_bytes, PEAK_SLACK_BYTES) / 1e6
    peak = f"{error_ratio(case.planned, case.measured):+.1%} of {numbers.size(case.measured.peak_bytes)}"
    return [
        Row(f"{name}: peak off by", case.peak_off_bytes / 1e6, "MB", slack, peak),
        Row(f"{name}: worst part", 100 * abs(off), "%", 100 * PART_BUDGET, part),
    ]


if __name__ == "__main__":
    sys.exit(main())
