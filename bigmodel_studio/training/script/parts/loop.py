"""Learns what a run of Big Model Studio learnt, update by update: plain PyTorch, to be read and changed.

Beside it lie `start`, the model before the first update, and `data`, prepared to be drawn from. What an update learns
from, and its dropout, depend on SEED and the step alone, so that the losses are the run's own but for rounding. They
are printed and written to losses.csv; the trained model is put into `trained`. Nothing is needed but what is imported.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Iterator
from typing import Any

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from bigmodel_studio.engine.models.cifar_resnet import CifarResNetForImageClassification
from bigmodel_studio.training.script.parts.objective import batch, counts, losses
from bigmodel_studio.training.script.parts.settings import (
    BATCH,
    DEVICE,
    DTYPE,
    EVALUATE_EVERY,
    FIRST,
    HERE,
    LAST,
    PROCESSES,
    RUN,
    SEED,
    STEPS,
    THREADS,
    UPDATE,
    Batch,
)

ARCHITECTURE = "GPTNeoForCausalLM"
OURS = False  # whether the network is one that transformers does not have
CHANNELS_LAST = False
RECOMPUTE = False
FROZEN = False
TRAINED = ["classifier.weight"]  # all other parameters stay as they are
FIXED_STATISTICS = False
LORA = False
RANK = 8
ALPHA = 16.0
LORA_DROPOUT = 0.0
TARGETS = ["q_proj"]  # the matrices that have an adapter
TRANSPOSED = False
GOES_ON = False
SCALE = 65536.0  # of the loss, whose gradients would vanish in 16 bits
SCALE_GROWTH = 0
OPTIMIZER = "adamw"
LEARNING_RATE = 1e-3
WARMUP = 15
DECAY = "cosine"
FINAL_SHARE = 0.1
WEIGHT_DECAY = 0.1
BETA1 = 0.9
BETA2 = 0.95
CLIP = 1.0  # of the norm of a gradient; 0: not at all


def load_model() -> Any:
    """Return the model before update FIRST."""
    if OURS:
        network: Any = CifarResNetForImageClassification
    else:
        network = getattr(transformers, ARCHITECTURE)
    model = network.from_pretrained(HERE / "start", dtype=torch.float32)
    if CHANNELS_LAST:
        model.to(memory_format=torch.channels_last)
    if RECOMPUTE:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    if LORA:
        config = LoraConfig(
            r=RANK,
            lora_alpha=ALPHA,  # type: ignore[arg-type]
            lora_dropout=LORA_DROPOUT,
            target_modules=TARGETS,
            fan_in_fan_out=TRANSPOSED,
        )
        model = get_peft_model(model, config)
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("lora_" in name or name in TRAINED)
    if FROZEN:
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name in TRAINED)
    return model.to(DEVICE)


def to_training(model: nn.Module) -> None:
    """Switch to the mode in which it learns."""
    model.train()
    if FROZEN:
        model.base_model.eval()  # type: ignore[union-attr]
    if FIXED_STATISTICS:
        for module in model.modules():  # a small batch's statistics are worse than those that the model came with
            if isinstance(module, _BatchNorm):
                module.eval()


def make_optimizer(model: nn.Module) -> torch.optim.Optimizer:
    """Build an optimizer; matrices decay, biases and norms do not."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [parameter for parameter in trained if parameter.ndim >= 2], "weight_decay": WEIGHT_DECAY},
        {"params": [parameter for parameter in trained if parameter.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if OPTIMIZER == "sgd":
        return torch.optim.SGD(groups, lr=LEARNING_RATE, momentum=BETA1)
    else:
        fused = DEVICE.startswith(("cpu", "cuda"))
        return torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=1e-8, fused=fused)


def restore(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Restore what had been trained already, and what the optimizer knew of it."""
    parameters = dict(model.named_parameters())
    for key, value in load_file(HERE / "start" / "state.safetensors").items():
        what, _, name = key.partition("/")
        parameter = parameters[name]
        if LORA and what == "trained":
            parameter.data.copy_(value)
        else:
            beside = parameter.device if optimizer.defaults.get("fused") else "cpu"
            like = torch.empty_like(parameter.detach()) if value.ndim else torch.zeros((), device=beside)
            optimizer.state[parameter][what] = like.copy_(value)


def learning_rate(step: int) -> float:
    """Return up to LEARNING_RATE in WARMUP updates, and then down to FINAL_SHARE of it."""
    if WARMUP and step <= WARMUP:
        return LEARNING_RATE * step / WARMUP
    if DECAY == "constant":
        left = 1.0
    elif DECAY == "linear":
        left = 1 - (step - WARMUP) / max(1, STEPS - WARMUP)
    else:
        left = 0.5 * (1 + math.cos(math.pi * ((step - WARMUP) / max(1, STEPS - WARMUP))))
    return LEARNING_RATE * (FINAL_SHARE + (1 - FINAL_SHARE) * left)


def parts(whole: Batch, size: int) -> Iterator[Batch]:
    """Yield a batch in parts of so many examples."""
    for at in range(0, len(whole["labels"]), size):
        yield {name: tensor[at : at + size] for name, tensor in whole.items()}


def to_device(whole: Batch) -> Batch:
    return {name: tensor.to(DEVICE) for name, tensor in whole.items()}


@functools.cache
def scaler() -> torch.amp.GradScaler:
    """Return scales the loss, whose gradients would vanish in 16 bits."""
    made = torch.amp.GradScaler(DEVICE.split(":")[0], init_scale=SCALE)
    if SCALE_GROWTH:
        made.load_state_dict({**made.state_dict(), "_growth_tracker": SCALE_GROWTH})
    return made


def gradients(model: nn.Module, share: Batch, of: torch.Tensor) -> float:
    """Add the gradients of a share of a batch to those that are there, part by part; what it adds to the mean loss."""
    total = 0.0
    for part in parts(share, BATCH):
        if DTYPE == "float32":
            sums = losses(model, part)
        else:
            with torch.autocast(DEVICE.split(":")[0], dtype=getattr(torch, DTYPE)):
                sums = losses(model, part)
        loss = (sums / of).sum()  # the part's share of the mean
        if DTYPE == "float16":
            scaler().scale(loss).backward()  # type: ignore[no-untyped-call]
        else:
            loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    return total


def update(model: nn.Module, optimizer: torch.optim.Optimizer, step: int) -> tuple[float, float]:
    """Update ``step`` (from 1): the loss before it, and the norm of its gradient."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(step)
    whole = to_device(batch(step))
    of = counts(whole)
    seed = SEED * 0x9E3779B97F4A7C15 + step  # of dropout
    optimizer.zero_grad()
    if PROCESSES == 1:
        torch.manual_seed(seed % 2**63)
        total = gradients(model, whole, of)
    else:
        total = 0.0
        for process, share in enumerate(parts(whole, UPDATE // PROCESSES)):  # each had its own dropout
            torch.manual_seed((seed + (process << 40)) % 2**63)
            total += gradients(model, share, of)
    if DTYPE == "float16":
        scaler().unscale_(optimizer)
    norm = nn.utils.clip_grad_norm_(
        [each for each in model.parameters() if each.requires_grad], CLIP or math.inf
    ).item()
    if DTYPE == "float16":
        scaler().step(optimizer)
        scaler().update()
    else:
        optimizer.step()
    return total, norm


@torch.no_grad()
def evaluate(model: nn.Module) -> float | None:
    """Return the mean loss of what is evaluated on, the same batches every time; None where there are none."""
    sums, of = torch.zeros(1), torch.zeros(1)
    model.eval()
    for path in sorted((HERE / "data" / "evaluation").glob("*.safetensors")):
        part = to_device(load_file(path))
        if DTYPE == "float32":
            found = losses(model, part)
        else:
            with torch.autocast(DEVICE.split(":")[0], dtype=getattr(torch, DTYPE)):
                found = losses(model, part)
        sums, of = sums + found.cpu(), of + counts(part).cpu()
    to_training(model)
    return (sums / of).sum().item() if of.any() else None


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True, warn_only=DEVICE != "cpu")
    model = load_model()
    to_training(model)
    optimizer = make_optimizer(model)
    if GOES_ON:
        restore(model, optimizer)
    print(f"{RUN}: updates {FIRST} to {LAST} of {sum(each.numel() for each in model.parameters()):,} parameters")
    with open(HERE / "losses.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["step", "loss", "learning_rate", "gradient_norm", "evaluation_loss"])
        for step in range(FIRST, LAST + 1):
            loss, norm = update(model, optimizer, step)
            evaluation = evaluate(model) if step % EVALUATE_EVERY == 0 or step == STEPS else None
            table.writerow([step, loss, learning_rate(step), norm, evaluation])
            evaluation_text = "" if evaluation is None else f", evaluation loss {evaluation:.4f}"
            print(f"step {step}: loss {loss:.4f}{evaluation_text}", flush=True)
    if LORA:
        model = model.merge_and_unload()
    model.save_pretrained(HERE / "trained")


if __name__ == "__main__":
    main()
