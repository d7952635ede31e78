"""Deep models are counted at two small depths: layers that repeat cost the same each, so that the rest is a line.

``Repeats`` finds the one list of layers that repeats in a model (each alike, or in turns, as dense and local attention
are), and makes copies of the model with fewer of them. ``extended`` draws the line through two timelines.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from torch import Tensor, nn

from bigmodel_studio.engine.measuring.counting import Terms, added

_NUMBER_OF_LAYER = ("idx", "layer_id", "index")
_LONGEST_PERIOD = 8
_ODD_ONES = 4
"""Layers at the beginning that may differ from those that repeat."""


class Timeline(NamedTuple):
    """A pass: ``moments`` with what was alive; the forward pass has ``forward`` of them, ``before`` of which are
    before the layers that repeat; ``top`` is where the backward pass comes down to those layers.
    """

    moments: list[Terms]
    forward: int
    before: int
    top: int


class Repeats(NamedTuple):
    """The list of layers under ``name``: ``lead`` of them, then ``times`` a period of ``period``, then ``rest``."""

    name: str
    lead: int
    period: int
    times: int
    rest: int

    def copy_with(self, model: nn.Module, times: int) -> nn.Module:
        """Return a copy of the model whose period comes so many times. The model is as it was afterwards."""
        parent, _, leaf = self.name.rpartition(".")
        owner = model.get_submodule(parent)
        whole = getattr(owner, leaf)
        kept = self.lead + self.period * times + self.rest
        try:
            setattr(owner, leaf, nn.ModuleList(list(whole)[:kept]))
            return copy.deepcopy(model)
        finally:
            setattr(owner, leaf, whole)

    def region(self, model: nn.Module, times: int) -> tuple[nn.Module, nn.Module]:
        """Return the first and the last layer of what repeats in such a copy."""
        layers: Any = model.get_submodule(self.name)
        return layers[self.lead], layers[self.lead + self.period * times - 1]


def repeats_of(model: nn.Module) -> Repeats | None:
    """Return the list of repeated layers; None where there is not exactly one such list, or it is too short to be worth
    it.
    """
    lists = [(name, list(module)) for name, module in model.named_modules() if isinstance(module, nn.ModuleList)]
    long = [(name, layers) for name, layers in lists if len(layers) > 3 and len({type(each) for each in layers}) == 1]
    outer = [each for each in long if not any(each[0].startswith(other + ".") for other, _ in long)]
    if len(outer) != 1:
        return None
    name, layers = outer[0]
    looks = [_look(layer) for layer in layers]
    for odd in range(_ODD_ONES):
        for period in range(1, _LONGEST_PERIOD + 1):
            lead = odd + 1  # the lowest layer differs going back: nothing below it asks for a gradient
            times, rest = divmod(len(layers) - lead, period)
            if times > 2 and all(looks[i] == looks[i + period] for i in range(odd, len(looks) - period)):
                return Repeats(name, lead, period, times, rest)
    return None


def extended(one: Timeline, two: Timeline, times: int) -> tuple[list[Terms], list[Terms]]:
    """Return the moments of the forward and the backward pass at which the most may be alive, with ``times`` periods.

    ``one`` and ``two`` are timelines with one and two periods. What is alive grows by the same with each layer
    downwards and upwards, so that of all periods only the lowest and the topmost can hold the most.
    Raises ``ValueError`` where the two do not belong together.
    """
    a, b = one.moments[: one.forward], two.moments[: two.forward]
    more = len(b) - len(a)
    if more < 0 or one.before != two.before:
        raise ValueError("the layers do not repeat")
    forward = [_line(a[i], b[i], times) for i in range(one.before)]
    forward += [_line(a[i], b[i + more], times) for i in range(one.before, len(a))]
    forward += a[one.before : one.before + more]
    c, d = one.moments[one.forward :], two.moments[two.forward :]
    more = len(d) - len(c)
    top = one.top - one.forward
    if more < 0 or top != two.top - two.forward:
        raise ValueError("the layers do not repeat")
    backward = [_line(c[i], d[i], times) for i in range(min(len(c), top + more))]
    backward += [_line(c[i], d[i + more], times) for i in range(top, len(c))]
    return forward, backward


def _line(one: Terms, two: Terms, times: int) -> Terms:
    return added(one, added(two, one, -1), times - 1)


def _look(module: nn.Module) -> tuple[Any, ...]:
    """Return all that makes a layer different from another but its number."""
    found: list[Any] = []
    for name, inner in module.named_modules():
        values = {k: v for k, v in vars(inner).items() if isinstance(v, int | float | str | bool) and not _number(k)}
        tensors = [(k, tuple(v.shape)) for k, v in (*inner._parameters.items(), *inner._buffers.items()) if _is(v)]
        found.append((name, type(inner), tuple(sorted(values.items(), key=str)), tuple(tensors)))
    return tuple(found)


def _number(name: str) -> bool:
    return any(part in name for part in _NUMBER_OF_LAYER)


def _is(value: Tensor | None) -> bool:
    return value is not None
