"""One weight's update done by hand, as the optimizers' papers write it, so that a person can follow each number.

AdamW: Loshchilov & Hutter 2019, algorithm 2, as torch computes it (the decay is multiplied with the learning rate).
SGD with momentum as torch computes it: Sutskever et al. 2013, with the learning rate outside of the buffer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bigmodel_studio.core.text.numbers import significant
from bigmodel_studio.protocol import StepTaken, WeightBlock

DIGITS = 6


@dataclass(frozen=True)
class Line:
    """One line of a calculation: ``name = symbols``, the same with ``figures`` put in, and its ``value``."""

    name: str
    symbols: str
    figures: str
    value: float


def by_hand(taken: StepTaken, block: WeightBlock, place: int) -> list[Line]:
    """Return the update of the weight at ``place`` of a block, line by line in float64; the last line is the new
    weight.
    """
    gradient = block.gradient[place]
    lines = []
    if taken.scale < 1:
        raw = gradient / taken.scale
        lines.append(Line("g", "c · g₀", f"{_number(taken.scale)} · {_number(raw)}", taken.scale * raw))
    rule = {"adamw": _adamw, "sgd": _sgd}.get(taken.optimizer)
    return lines + (rule(taken, block, place, gradient) if rule is not None else [])


def _adamw(taken: StepTaken, block: WeightBlock, place: int, g: float) -> list[Line]:
    rate, decay, beta1, beta2 = taken.learning_rate, block.weight_decay, taken.beta1, taken.beta2
    w, t = block.before[place], block.updates
    m = _state(block, "exp_avg", place)
    v = _state(block, "exp_avg_sq", place)
    decayed = w * (1 - rate * decay)
    first = beta1 * m + (1 - beta1) * g
    second = beta2 * v + (1 - beta2) * g * g
    unbiased, unbiased_square = first / (1 - beta1**t), second / (1 - beta2**t)
    new = decayed - rate * unbiased / (math.sqrt(unbiased_square) + taken.epsilon)
    return [
        Line("w′", "w · (1 − η · λ)", f"{_number(w)} · (1 − {_number(rate)} · {_number(decay)})", decayed),
        Line("m", "β₁ · m + (1 − β₁) · g", f"{beta1:g} · {_number(m)} + {1 - beta1:.6g} · {_number(g)}", first),
        Line("v", "β₂ · v + (1 − β₂) · g²", f"{beta2:g} · {_number(v)} + {1 - beta2:.6g} · {_number(g)}²", second),
        Line("m̂", "m ÷ (1 − β₁ᵗ)", f"{_number(first)} ÷ (1 − {beta1:g}^{t})", unbiased),
        Line("v̂", "v ÷ (1 − β₂ᵗ)", f"{_number(second)} ÷ (1 − {beta2:g}^{t})", unbiased_square),
        Line(
            "w",
            "w′ − η · m̂ ÷ (√v̂ + ε)",
            f"{_number(decayed)} − {_number(rate)} · {_number(unbiased)}"
            f" ÷ (√{_number(unbiased_square)} + {taken.epsilon:g})",
            new,
        ),
    ]


def _sgd(taken: StepTaken, block: WeightBlock, place: int, g: float) -> list[Line]:
    rate, decay, momentum, w = taken.learning_rate, block.weight_decay, taken.momentum, block.before[place]
    whole = g + decay * w
    lines = [Line("g′", "g + λ · w", f"{_number(g)} + {_number(decay)} · {_number(w)}", whole)]
    step = whole
    if momentum and block.state_before:
        b = _state(block, "momentum_buffer", place)
        step = momentum * b + whole
        lines.append(Line("b", "μ · b + g′", f"{momentum:g} · {_number(b)} + {_number(whole)}", step))
    elif momentum:
        lines.append(Line("b", "g′", _number(whole), whole))
    named = "b" if momentum else "g′"
    lines.append(Line("w", f"w − η · {named}", f"{_number(w)} − {_number(rate)} · {_number(step)}", w - rate * step))
    return lines


def _state(block: WeightBlock, name: str, place: int) -> float:
    """Return the optimizer's state before the step: 0 where it had none yet."""
    values = block.state_before.get(name)
    return values[place] if values else 0.0


def _number(value: float) -> str:
    text = significant(value, DIGITS)
    return f"({text})" if value < 0 else text
