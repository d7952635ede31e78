"""Optimizer and learning-rate schedule of a spec, and their state as named tensors. Knows nothing of data or files."""

from __future__ import annotations

import math

import torch
from torch import nn

from bigmodel_studio.core.specs.spec import OptimizerSpec, ScheduleSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.loop.trainer_state import ADAPTER, TrainerState

_STATE_OF: dict[type[torch.optim.Optimizer], frozenset[str]] = {
    torch.optim.AdamW: frozenset({"step", "exp_avg", "exp_avg_sq"}),
    torch.optim.SGD: frozenset({"momentum_buffer"}),
}
"""What an optimizer keeps for each parameter."""


def build_optimizer(model: nn.Module, spec: OptimizerSpec) -> torch.optim.Optimizer:
    """Build AdamW (Loshchilov & Hutter 2019) or SGD with momentum ``beta1``; matrices decay, biases and norms do
    not.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": spec.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if spec.name == "sgd":
        return torch.optim.SGD(groups, lr=spec.learning_rate, momentum=spec.beta1)
    fused = parameters[0].device.type in {"cpu", "cuda"}
    return torch.optim.AdamW(groups, lr=spec.learning_rate, betas=(spec.beta1, spec.beta2), eps=1e-8, fused=fused)


def learning_rate(step: int, peak: float, schedule: ScheduleSpec) -> float:
    """Return the rate of update ``step`` (from 1): linear warm-up to ``peak``, then down to ``final_share`` of it."""
    warmup = warmup_of(schedule)
    if step <= warmup:
        return peak * step / warmup
    progress = (step - warmup) / max(1, schedule.steps - warmup)
    left = {"cosine": 0.5 * (1 + math.cos(math.pi * progress)), "linear": 1 - progress, "constant": 1.0}[schedule.decay]
    return peak * (schedule.final_share + (1 - schedule.final_share) * left) if schedule.decay != "constant" else peak


def warmup_of(schedule: ScheduleSpec) -> int:
    """Return the updates in which the rate goes up."""
    return schedule.steps // 20 if schedule.warmup < 0 else schedule.warmup


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def optimizer_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """Return the optimizer's state, each tensor under ``what/parameter``, as it lies on its device (or is spread)."""
    return {
        f"{what}/{name}": value.detach()
        for name, parameter in model.named_parameters()
        for what, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }


def restore_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer, state: TrainerState) -> int:
    """Put back what ``optimizer_tensors`` gave; how many tensors were left out: another optimizer's, or those of
    parameters that are not trained now (a fork may have changed both).

    Raises ``StudioError`` where a tensor belongs to another model.
    """
    parameters = dict(model.named_parameters())
    kept = _STATE_OF[type(optimizer)]
    wanted: dict[str, torch.Tensor] = {}
    left = 0
    for key, shape in state.shapes.items():
        if key.startswith(ADAPTER):
            continue
        what, _, name = key.partition("/")
        parameter = parameters.get(name)
        if parameter is None and ".lora_" in name:
            left += 1
            continue
        if parameter is None or (shape and shape != parameter.shape):
            raise StudioError("checkpoint-damaged", path=key, detail="it belongs to another model")
        if what not in kept or not parameter.requires_grad:
            left += 1
            continue
        # In the parameter's own layout (channels_last, say): a fused optimizer goes through both as they lie in memory.
        wanted[key] = torch.empty_like(parameter.detach()) if shape else torch.zeros(())
    state.read(wanted)
    for key, value in wanted.items():
        what, _, name = key.partition("/")
        beside = parameters[name].device if optimizer.defaults.get("fused") else "cpu"
        optimizer.state[parameters[name]][what] = value if value.ndim else value.to(beside)
    return left
