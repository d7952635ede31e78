"""Cost of training a model of a size on so many tokens: operations, days on devices, energy and money.

Pure arithmetic. The rule is 6·N·D floating-point operations for N parameters and D tokens (Kaplan et al. 2020, arXiv
2001.08361, section 2.1): two for each weight in the forward pass and four in the backward one.
"""

from __future__ import annotations

from typing import NamedTuple

FLOPS_PER_PARAMETER_AND_TOKEN = 6
DAY_S = 86_400
JOULES_PER_KWH = 3.6e6
ADAM_FLOATS = 4
"""A weight, its gradient, and Adam's two moments."""


class Accelerator(NamedTuple):
    """A device as its maker states it: 16-bit FLOP/s without sparsity, and watts."""

    name: str
    flops_per_s: float
    watts: float
    source: str


ACCELERATORS: tuple[Accelerator, ...] = (
    Accelerator("V100 SXM2", 125e12, 300, "NVIDIA V100 datasheet"),
    Accelerator("A100 SXM4", 312e12, 400, "NVIDIA A100 datasheet"),
    Accelerator("H100 SXM5", 989e12, 700, "NVIDIA H100 datasheet"),
)
UTILISATION = 0.3
"""Of the stated FLOP/s, what a well-made training gets; published ones report from 0.2 to 0.5."""
PRICE_PER_KWH = 0.15


class TrainingCost(NamedTuple):
    """FLOPs; days of one device; kilowatt-hours of the devices alone; their price in the tariff's currency."""

    flops: float
    device_days: float
    energy_kwh: float
    price: float


def training_flops(parameters: float, tokens: float) -> float:
    """Return 6·N·D: the operations of one pass over so many tokens."""
    return FLOPS_PER_PARAMETER_AND_TOKEN * parameters * tokens


def training_cost(
    flops: float,
    device: Accelerator,
    utilisation: float = UTILISATION,
    price_per_kwh: float = PRICE_PER_KWH,
) -> TrainingCost:
    """Return what so many operations take on devices of a kind. Raises ``ValueError``: the utilisation is not in (0,
    1].
    """
    if not 0 < utilisation <= 1:
        raise ValueError(f"a utilisation of {utilisation}")
    seconds = flops / (device.flops_per_s * utilisation)
    energy = seconds * device.watts / JOULES_PER_KWH
    return TrainingCost(flops, seconds / DAY_S, energy, energy * price_per_kwh)


def picture_training_flops(flops_per_picture: float, pictures: float) -> float:
    """Return the operations of a training that sees so many pictures: the backward pass takes twice the forward one."""
    return 3 * flops_per_picture * pictures


def serving_bytes(parameters: float, bytes_per_parameter: float = 2) -> float:
    """Return what the weights take in memory to be used, in 16 bits where nothing else is said."""
    return parameters * bytes_per_parameter


def training_bytes(parameters: float, bytes_per_parameter: float = 4) -> float:
    """Return what weights, gradients and Adam's moments take while all of them are trained; activations come on top."""
    return ADAM_FLOATS * parameters * bytes_per_parameter
