"""Costs of running and training a model, counted on the meta device: nothing is allocated, nothing was fitted.

Each pass that a plan may be about is run once with sizes that are primes, so that every storage tells by its size what
it grows with (``counting.Dimensions``); deep models at two small depths (``depth``). ``core.memory.plan`` does the
arithmetic.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import torch
from torch import nn

from bigmodel_studio.core.memory.plan import CHECKPOINTING, SHORT
from bigmodel_studio.core.models.folder import context_length_of
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.engine.generation.reference import PREFILL_TOKENS
from bigmodel_studio.engine.measuring import passes
from bigmodel_studio.engine.measuring.counting import NOTHING, Counter, Dimensions, Terms, added, cpu_attention
from bigmodel_studio.engine.measuring.depth import Repeats, Timeline, extended, repeats_of
from bigmodel_studio.engine.measuring.signature import signature_of
from bigmodel_studio.engine.models.tensor_bytes import tensors
from bigmodel_studio.engine.packed.frozen_linear import freeze_packed
from bigmodel_studio.protocol import Costs, Growth, Method, ModelKind, Pass

if TYPE_CHECKING:
    from transformers import PreTrainedModel

log = logging.getLogger(__name__)

LORA_RANK = 8
_BATCH = 10007
_LONGEST = 4096
_SHORTEST = 24
_PROBES = (5, 7)
_METHODS: tuple[tuple[Method, bool], ...] = (
    ("full", False), ("full", True), ("lora", False), ("lora", True), ("qlora", False), ("qlora", True),
    ("frozen", False),
)  # fmt: skip
_DTYPES = {4: torch.float32, 2: torch.bfloat16}
_COUNTED: dict[Hashable, Costs | None] = {}
"""Costs of the structures that were counted last, oldest first: counting takes a second or more."""
_MOST_COUNTED = 32


class _Counted(NamedTuple):
    """A pass at one depth."""

    timeline: Timeline
    flops: Terms
    product_bytes: Terms
    other_bytes: Terms
    operations: int
    working: list[Terms]
    logits: Terms
    kept: Terms = NOTHING
    """Numbers in the cache; for LoRA, in one column of what its adapters keep."""


class _Lengths(NamedTuple):
    """A prompt's first piece, a second piece, and both; one token more is a prime, too."""

    first: int
    second: int

    @property
    def both(self) -> int:
        return self.first + self.second


def costs_of(
    model: PreTrainedModel, kind: ModelKind, *, picture: tuple[int, int] = (0, 0), stored_bytes: int = 0
) -> Costs | None:
    """Return the costs of a model that is on the meta device; None where it cannot be run there. The model stays as it
    was.

    ``picture``: height and width of the pictures that it takes. ``stored_bytes``: its weights' on disk, where known.
    What has the same structure as a model before is not counted again.
    """
    key = signature_of(model), kind, picture
    if key not in _COUNTED:
        if len(_COUNTED) >= _MOST_COUNTED:
            del _COUNTED[next(iter(_COUNTED))]
        _COUNTED[key] = _count(model, kind, picture)
    costs = _COUNTED[key]
    return msgspec.structs.replace(costs, parameter_bytes=stored_bytes) if costs is not None and stored_bytes else costs


def _count(model: PreTrainedModel, kind: ModelKind, picture: tuple[int, int]) -> Costs | None:
    counted = _Count(model, kind, picture)
    try:
        found = counted.inference()
    except Exception as error:  # whatever a model does with a tensor that has no values
        log.info("no plan for %s: %s", type(model).__name__, error)
        return None
    for method, checkpointing in _METHODS:
        try:
            found |= counted.training(method, checkpointing)
        except Exception as error:
            log.info("no %s training of %s: %s", method, type(model).__name__, error)
    config = model.config.get_text_config()
    parameters = list(model.parameters())
    lora = passes.lora_layers(model)
    heads = passes.head_names(model) if kind.endswith("classifier") else []
    return Costs(
        parameters=sum(parameter.numel() for parameter in parameters),
        parameter_bytes=sum(p.numel() * p.element_size() for p in parameters),
        buffer_bytes=sum(buffer.numel() * buffer.element_size() for buffer in model.buffers()),
        picture_px=max(picture) if kind == "image-classifier" else 0,
        context_length=0 if kind == "image-classifier" else context_length_of(config.to_dict()) or 0,
        window=counted.window,
        vocabulary=getattr(config, "vocab_size", 0) or 0,
        decodes="go-on/4" in found,
        piece_tokens=PREFILL_TOKENS if "go-on/4" in found else 0,
        cache_floats=_growth(counted.kept.get("go-on", NOTHING)),
        passes=found,
        largest_parameter=max((parameter.numel() for parameter in parameters), default=0),
        lora_rank=LORA_RANK,
        cache_floats_short=_growth(counted.kept.get("go-on" + SHORT, NOTHING)),
        lora_kept=_growth(counted.kept.get("lora", NOTHING)),
        lora_per_rank=sum(sum(passes.lora_sides(layer)) for layer in lora),
        frozen_bytes=_frozen_bytes(model) if kind == "causal-lm" else 0,
        head_parameters=sum(model.get_parameter(name).numel() for name in heads),
    )


def _frozen_bytes(model: PreTrainedModel) -> int:
    """Return what QLoRA's base takes: linear layers packed, all else in float32."""
    made: Any = copy.deepcopy(model)
    freeze_packed(made)
    made.requires_grad_(False)
    whole = [*nn.Module.to(made, torch.float32).parameters(), *made.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in whole)


class _Count:
    """Counts one model's passes. ``kept`` has what each kept beside the peaks, by its name."""

    def __init__(self, model: PreTrainedModel, kind: ModelKind, picture: tuple[int, int]) -> None:
        self._model, self._kind, self._picture = model, kind, picture
        self._repeats = repeats_of(model)
        config = model.config.get_text_config()
        context = context_length_of(config.to_dict()) or _LONGEST
        window = getattr(config, "sliding_window", None) if getattr(config, "use_sliding_window", True) else None
        self.window = window if isinstance(window, int) and window < context else 0
        self._long = _lengths(max(_SHORTEST, min(context, max(_LONGEST, 2 * self.window))))
        self._short = _lengths(max(_SHORTEST, self.window))
        self._lengths = self._long
        self.kept: dict[str, Terms] = {}

    def inference(self) -> dict[str, Pass]:
        """Return the passes of use, in both sizes of weights. A decoder reads, goes on, and gives a token.

        Raises ``ValueError`` where the work is a loop over tokens: then no one length tells of another.
        """
        if self._kind != "image-classifier" and len({self._operations(tokens) for tokens in _PROBES}) > 1:
            raise ValueError("it goes through its tokens one by one")
        return self._in_all(self._use)

    def training(self, method: Method, checkpointing: bool) -> dict[str, Pass]:
        """Return a step by that method. Raises where the model cannot be trained so."""
        if method == "qlora" and self._kind != "causal-lm":
            return {}
        if method == "frozen" and not self._kind.endswith("classifier"):
            return {}
        name = method + CHECKPOINTING * checkpointing

        def step(model: PreTrainedModel, region: tuple[nn.Module, nn.Module] | None) -> dict[str, _Counted]:
            return {name: self._step(model, region, method, checkpointing)}

        return self._in_all(step, both=not checkpointing)

    def _in_all(self, count: Callable[..., dict[str, _Counted]], *, both: bool = True) -> dict[str, Pass]:
        """Return the passes in ``both`` sizes of weights (or the larger) and, where attention has a window, also within
        it.
        """
        dtypes = _DTYPES if both else {4: torch.float32}
        found: dict[str, Pass] = {}
        for lengths, suffix in ((self._short, SHORT), (self._long, "")) if self.window else ((self._long, ""),):
            self._lengths = lengths
            for size, dtype in dtypes.items():
                made = self._at_depths(count, dtype)
                found |= {f"{name}/{size}{suffix}": one for name, one in made.items()}
        return found

    def _operations(self, tokens: int) -> int:
        repeats = self._repeats
        model: Any = copy.deepcopy(self._model) if repeats is None else repeats.copy_with(self._model, 1)
        counter = Counter([])
        with torch.inference_mode(), cpu_attention(), counter:
            passes.read(model, self._kind, passes.inputs(model, self._kind, 1, tokens, self._picture))
        return counter.operations

    def _at_depths(self, count: Callable[..., dict[str, _Counted]], dtype: torch.dtype) -> dict[str, Pass]:
        repeats = self._repeats
        if repeats is not None:
            try:
                one, two = (self._at(count, dtype, repeats, times) for times in (1, 2))
                if one.keys() == two.keys():
                    return {name: self._joined(name, one[name], two[name], repeats.times) for name in one}
            except ValueError as error:
                log.info("%s is counted at its whole depth: %s", type(self._model).__name__, error)
        whole = self._at(count, dtype, None, 0)
        return {name: self._joined(name, attended, attended, 1) for name, attended in whole.items()}

    def _at(
        self, count: Callable[..., dict[str, _Counted]], dtype: torch.dtype, repeats: Repeats | None, times: int
    ) -> dict[str, _Counted]:
        made: Any = copy.deepcopy(self._model) if repeats is None else repeats.copy_with(self._model, times)
        made = nn.Module.to(made, dtype)
        found = count(made, None if repeats is None else repeats.region(made, times))
        return found

    def _joined(self, name: str, one: _Counted, two: _Counted, times: int) -> Pass:
        def line(a: Terms, b: Terms) -> Terms:
            return added(a, added(b, a, -1), times - 1)

        forward, backward = extended(one.timeline, two.timeline, times)
        self.kept[name + SHORT * (self._lengths is self._short)] = line(one.kept, two.kept)
        return Pass(
            forward=_peaks(forward),
            working=_peaks([*one.working, *two.working]),
            backward=_peaks(backward),
            logits=_growth(one.logits),
            flops=_growth(line(one.flops, two.flops)),
            product_bytes=_growth(line(one.product_bytes, two.product_bytes)),
            other_bytes=_growth(line(one.other_bytes, two.other_bytes)),
            operations=one.operations + (times - 1) * (two.operations - one.operations),
        )

    def _use(self, model: PreTrainedModel, region: tuple[nn.Module, nn.Module] | None) -> dict[str, _Counted]:
        model.requires_grad_(False).train(False)
        lengths, found = self._lengths, {}
        first = lengths.first if self._kind != "image-classifier" else 0
        steps = [("read", Dimensions(_BATCH, first, first))]
        if self._kind == "causal-lm":
            steps += [
                ("go-on", Dimensions(_BATCH, lengths.second, lengths.both)),
                ("next", Dimensions(_BATCH, 1, lengths.both + 1)),
            ]
        cache: Any = None
        counter = Counter([*model.parameters(), *model.buffers()])
        with torch.inference_mode(), cpu_attention(), counter, _Marks(counter, region) as marks:
            for name, dimensions in steps:
                counter.start(dimensions)
                marks.start()
                given = passes.inputs(model, self._kind, _BATCH, dimensions.tokens, self._picture)
                output = passes.read(model, self._kind, given, cache)
                logits = counter.terms(_bytes_of(getattr(output, "logits", None)))
                cache = getattr(output, "past_key_values", None) if self._kind == "causal-lm" else None
                end = counter.mark()
                kept = NOTHING
                if name == "go-on":
                    size = model.dtype.itemsize
                    for tensor in tensors(cache):
                        kept = added(kept, counter.terms(tensor.numel() * tensor.element_size() // size))
                found[name] = _counted(counter, Timeline(counter.timeline, end, marks.before, end), logits, kept)
                del output, given
                if cache is None:
                    break
        return found if "next" in found else {"read": found["read"]}

    def _step(
        self,
        model: PreTrainedModel,
        region: tuple[nn.Module, nn.Module] | None,
        method: Method,
        checkpointing: bool,
    ) -> _Counted:
        trained = passes.prepare(model, self._kind, method, LORA_RANK, checkpointing)
        tokens = self._lengths.first if self._kind != "image-classifier" else 0
        counter = Counter([*model.parameters(), *model.buffers(), *trained], Dimensions(_BATCH, tokens, tokens))
        logits = NOTHING

        def note(_: nn.Module, given: Any, output: Any) -> None:
            nonlocal logits
            logits = counter.terms(_bytes_of(getattr(output, "logits", None)))

        narrow = NOTHING

        def note_narrow(layer: nn.Module, given: Any, output: Any) -> None:
            nonlocal narrow
            narrow = added(narrow, counter.terms(given[0].numel() // given[0].shape[-1]))

        model.register_forward_hook(note)
        for layer in passes.lora_layers(model) if method in ADAPTERS else []:
            layer.register_forward_hook(note_narrow)
        with cpu_attention(), counter, _Marks(counter, region) as marks:
            given = passes.inputs(model, self._kind, _BATCH, tokens, self._picture)
            loss = passes.loss(model, self._kind, given)
            forward = counter.mark()
            loss.backward()  # type: ignore[no-untyped-call]
        top = marks.top or counter.mark()
        return _counted(counter, Timeline(counter.timeline, forward, marks.before, top), logits, narrow)


class _Marks:
    """Notes where in a timeline a pass comes to the layers that repeat, forwards and backwards."""

    def __init__(self, counter: Counter, region: tuple[nn.Module, nn.Module] | None) -> None:
        self._counter, self._region = counter, region
        self._hooks: list[Any] = []
        self.start()

    def start(self) -> None:
        self.before = self.top = 0

    def __enter__(self) -> _Marks:
        if self._region is not None:
            first, last = self._region
            self._hooks = [first.register_forward_pre_hook(self._at_first), last.register_forward_hook(self._at_last)]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _at_first(self, *_: Any) -> None:
        self.before = self.before or self._counter.mark()

    def _at_last(self, module: nn.Module, given: Any, out: Any) -> None:
        tensor = out if isinstance(out, torch.Tensor) else out[0]
        if tensor.requires_grad and not torch._C._current_graph_task_id() >= 0:
            tensor.register_hook(self._at_top)

    def _at_top(self, gradient: torch.Tensor) -> None:
        self.top = self.top or self._counter.mark()


def _counted(counter: Counter, timeline: Timeline, logits: Terms, kept: Terms = NOTHING) -> _Counted:
    work = counter.flops, counter.product_bytes, counter.other_bytes, counter.operations
    return _Counted(timeline, *work, counter.working, logits, kept)


def _bytes_of(tensor: torch.Tensor | None) -> int:
    return 0 if tensor is None else tensor.numel() * tensor.element_size()


def _growth(terms: Terms) -> Growth:
    return Growth(*map(float, terms))


def _peaks(moments: list[Terms]) -> tuple[Growth, ...]:
    """Return those of the moments that are the largest at some batch and some lengths; mostly a handful."""
    if not moments:
        return ()
    table = torch.tensor(sorted(set(moments)), dtype=torch.float64)
    rows = []
    for batch in (1, 2, 4, 16, 64, 1024):
        for attended in (1, 8, 32, 128, 512, 2048, 8192, 65536, 1 << 20):
            for tokens in {min(attended, 1), min(attended, 64), min(attended, 512), attended}:
                once = [1, tokens, attended, tokens * attended]
                rows.append([*once, *(batch * value for value in once)])
    best = (table @ torch.tensor(rows, dtype=torch.float64).T).argmax(dim=0)
    return tuple(_growth(tuple(int(v) for v in table[i])) for i in sorted(set(best.tolist())))


def _lengths(most: int) -> _Lengths:
    """Return the longest two within ``most`` that are told apart: primes, half their sum and their sum with one,
    too.
    """
    for both in range((most - 1) // 2 * 2, 4, -2):
        if not (_prime(both // 2) and _prime(both + 1)):
            continue
        for second in range(both // 4, both // 2):
            if _prime(second) and _prime(both - second):
                return _Lengths(both - second, second)
    return _Lengths(17, 5)


def _prime(number: int) -> bool:
    return number > 1 and all(number % other for other in range(2, int(number**0.5) + 1))
