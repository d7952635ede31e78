"""Counting what a pass through a network holds and does, operation by operation, on real tensors or on the meta device.

Every storage that an operation makes is alive until torch lets go of it; what is alive after each is the timeline of a
pass. Attention on the meta device is sent to the kernel that the CPU would take, since torch otherwise writes it out
there and keeps a matrix that no real pass has. Knows nothing of models.
"""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, sdpa_backward_flop_count, sdpa_flop_count

_CPU_ATTENTION = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_CPU_ATTENTION_BACKWARD = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward
_VALUE = torch.ops.aten._local_scalar_dense.default
_CONVOLUTIONS = frozenset({torch.ops.aten.convolution, torch.ops.aten._convolution})
_EMBEDDING = torch.ops.aten.embedding.default
_FLASH = 1
"""``torch.nn.attention.SDPBackend.FLASH_ATTENTION``."""


Terms = tuple[int, ...]
"""Coefficients in the order of ``protocol.Growth``."""
NOTHING: Terms = (0,) * 8
_ONCE, _TOKEN, _KEY, _PAIR, _ITEM = 0, 1, 2, 3, 4


class Dimensions(NamedTuple):
    """Which numbers stand for the batch, the tokens that go in, and those looked back at; 0 where there is none.

    They are primes (or twice one) that no width of a model has, so that a size tells what it grows with: torch makes
    shapes by multiplying and joining, and on the meta device large ones cost nothing.
    """

    batch: int = 0
    tokens: int = 0
    attended: int = 0

    def terms(self, size: int) -> Terms:
        """Return a size taken apart into what it grows with."""
        place, size = self._divided(size, self.batch, _ITEM)
        key, size = self._divided(size, self.attended, _KEY)
        token, size = self._divided(size, self.tokens, _TOKEN)
        if key and not token and self.attended == self.tokens:
            key, token = 0, _TOKEN
        elif not key and not token and self.past > 1 and size and size % self.past == 0:
            part = size // self.past  # what a cache held before: what is looked back at, less what goes in
            return _terms({place + _KEY: part, place + _TOKEN: -part})
        return _terms({place + key + token: size})

    @property
    def past(self) -> int:
        return self.attended - self.tokens

    @staticmethod
    def _divided(size: int, by: int, place: int) -> tuple[int, int]:
        return (place, size // by) if by > 1 and size and size % by == 0 else (0, size)


def _terms(places: dict[int, int]) -> Terms:
    return tuple(places.get(place, 0) for place in range(len(NOTHING)))


def added(one: Terms, other: Terms, times: int = 1) -> Terms:
    """Return ``one + times · other``."""
    return tuple([a + times * b for a, b in zip(one, other, strict=True)])


def _sum(many: Iterable[Terms]) -> Terms:
    return tuple(map(sum, zip(NOTHING, *many, strict=True)))


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors of an operation's arguments or results; its lists and tuples are not deep."""
    if isinstance(values, torch.Tensor):
        yield values
    elif isinstance(values, tuple | list):
        for value in values:
            yield from _tensors(value)


PLAIN = Dimensions()
"""Where sizes are only summed."""


class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is entered, ``alive`` are the bytes of all storages made since, but for those of ``known`` tensors.

    Those of ``counted`` tensors, which were there before, are in it until they are let go of.

    ``timeline`` has ``alive`` after each operation that made a storage. ``working`` is what the CPU's library has in
    use during a convolution: it reorders pictures that lie channel by channel (oneDNN, "Understanding Memory Formats").
    Everything is told apart by ``dimensions``.
    """

    def __init__(
        self, known: Iterable[torch.Tensor], dimensions: Dimensions = PLAIN, counted: Iterable[torch.Tensor] = ()
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.alive = NOTHING
        self._known = [tensor.untyped_storage() for tensor in known]  # kept, so that no other takes their place
        self._storages: dict[int, Any] = {storage._cdata: storage for storage in self._known}
        self._sizes: dict[int, int] = {}
        self.start(dimensions)
        for tensor in counted:
            self._note(tensor.untyped_storage())

    def start(self, dimensions: Dimensions) -> None:
        """Begin anew with what is alive now, told apart by other dimensions."""
        self.terms = functools.cache(dimensions.terms)
        self.alive = _sum(map(self.terms, self._sizes.values()))
        self.timeline: list[Terms] = [self.alive]
        self.working: list[Terms] = []
        self.flops = self.product_bytes = self.other_bytes = NOTHING
        self.operations = 0

    @property
    def peak(self) -> int:
        """The most bytes that were alive at once, where there are no dimensions."""
        return max(terms[_ONCE] for terms in self.timeline)

    def mark(self) -> int:
        """Return the place in the timeline that is reached."""
        return len(self.timeline)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is _VALUE and args[0].is_meta and args[0].dtype == torch.bool:
            return True  # transformers asks whether a mask hides nothing: in a pass without padding it does not
        if _is_composite(func):  # in inference mode torch leaves these whole: what they are made of is counted
            with self:
                return func.decompose(*args, **kwargs)
        out = func(*args, **kwargs)
        made = list(_tensors(out))
        for tensor in made:
            self._note(tensor.untyped_storage())
        if not func.is_view:
            self._work(func, args, kwargs, out, made)
        return out

    def _note(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._storages:
            return

        def gone(_: Any) -> None:
            self._storages.pop(key, None)
            self.alive = added(self.alive, self.terms(self._sizes.pop(key)), -1)

        self._sizes[key] = storage.nbytes()
        self._storages[key] = weakref.ref(storage, gone)
        self.alive = added(self.alive, self.terms(storage.nbytes()))
        self.timeline.append(self.alive)

    def _work(self, func: Any, args: Any, kwargs: Any, out: Any, made: list[torch.Tensor]) -> None:
        read = args[1:] if func is _EMBEDDING else args  # of its table only the rows are read that it gives out
        moved = _sum(map(self._bytes, (*_tensors(read), *_tensors(list(kwargs.values())), *made)))
        self.operations += 1
        packet = func._overloadpacket
        if packet in _ATTENTION:
            flops = _ATTENTION[packet](*args)
        elif packet in flop_registry:
            if packet in _CONVOLUTIONS and args[0].ndim == 4 and args[0].is_contiguous():
                self.working.append(_sum((self.alive, *map(self._bytes, (args[0], *made)))))
            flops = flop_registry[packet](*args, **kwargs, out_val=out)
        else:
            self.other_bytes = added(self.other_bytes, moved)
            return
        self.flops = added(self.flops, self.terms(flops))
        self.product_bytes = added(self.product_bytes, moved)

    def _bytes(self, tensor: torch.Tensor) -> Terms:
        return self.terms(tensor.numel() * tensor.element_size())


@functools.cache
def _is_composite(func: Any) -> bool:
    return bool(torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"))


@contextlib.contextmanager
def cpu_attention() -> Iterator[None]:
    """Make it so that, for the block, ``scaled_dot_product_attention`` on the meta device is the kernel that the CPU
    would choose.

    torch's name is replaced, since a backward pass that computes activations again asks no function mode.
    """
    own = F.scaled_dot_product_attention

    def attention(query: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        return (_attention if query.is_meta else own)(query, *args, **kwargs)

    F.scaled_dot_product_attention = attention
    try:
        yield
    finally:
        F.scaled_dot_product_attention = own


def _attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    inner = [_shadow(tensor) for tensor in (query, key, value)]
    mask = None if attn_mask is None else _shadow(attn_mask)
    ask: Any = torch._fused_sdp_choice
    choice = ask(*inner, mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa)
    if choice != _FLASH:
        return torch._C._nn.scaled_dot_product_attention(
            query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa
        )
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        attn_mask = torch.where(attn_mask, 0.0, float("-inf")).to(query.dtype)
    found: torch.Tensor = _CPU_ATTENTION(query, key, value, dropout_p, is_causal, attn_mask=attn_mask, scale=scale)[0]
    return found


def _shadow(tensor: torch.Tensor) -> torch.Tensor:
    """Return a CPU tensor of the same shape and dtype that takes one row of memory, to ask torch about."""
    last = 1 if tensor.stride(-1) == 1 else 0
    row = torch.empty(tensor.shape[-1] if last else 1, dtype=tensor.dtype)
    strides = (*[0] * (tensor.ndim - 1), last)
    return row.as_strided(tensor.shape, strides).requires_grad_(tensor.requires_grad)


def _forward_flops(*args: Any) -> int:
    return int(sdpa_flop_count(*_shapes(*args[:3])))  # type: ignore[no-untyped-call]


def _backward_flops(*args: Any) -> int:
    gradient, *others = args[:4]
    return int(sdpa_backward_flop_count(gradient.shape, *_shapes(*others)))  # type: ignore[no-untyped-call]


def _shapes(query: torch.Tensor, *shared: torch.Tensor) -> list[torch.Size]:
    """Of a query and of keys and values that several of its heads may share, as if each head had its own."""
    heads = query.shape[1]
    return [query.shape, *(torch.Size((other.shape[0], heads, *other.shape[2:])) for other in shared)]


_ATTENTION: dict[Any, Any] = {_CPU_ATTENTION: _forward_flops, _CPU_ATTENTION_BACKWARD: _backward_flops}
