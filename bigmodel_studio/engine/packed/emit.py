"""Vector code for numba's intrinsics: LLVM instructions through operators, on values of 16 lanes.

Vectors of 16 are what one AVX-512 register holds; LLVM splits them for narrower machines, without changing the order of
a single addition. No fast-math flag is ever set: the same inputs give the same bits in every kernel that computes the
same expression.
"""

from __future__ import annotations

import functools
import inspect
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
I8, I16, I32, I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
HALF, FLOAT = ir.HalfType(), ir.FloatType()
V_F32 = ir.VectorType(FLOAT, LANES)
V_I32 = ir.VectorType(I32, LANES)
V_I16 = ir.VectorType(I16, LANES)
V_I8 = ir.VectorType(I8, LANES)
V_HALF = ir.VectorType(HALF, LANES)
V_BYTES = ir.VectorType(I8, 4 * LANES)


@functools.cache
def features() -> frozenset[str]:
    """Return the features of this processor, by LLVM's names."""
    return frozenset(name for name, there in llvmlite.binding.get_host_cpu_features().items() if there)


@functools.cache
def has_fma() -> bool:
    """Return whether a multiplication with addition is one instruction here (else it would be a slow call)."""
    return "fma" in features() or platform.machine().lower() in ("arm64", "aarch64")


def vector(kind: Any, lanes: int) -> Any:
    """Return the vector type of ``lanes`` values."""
    return ir.VectorType(kind, lanes)


class Value:
    """A value of LLVM's with the operators that its type has."""

    __slots__ = ("code", "raw")

    def __init__(self, code: Emitter, raw: Any) -> None:
        self.code, self.raw = code, raw

    @property
    def _floating(self) -> bool:
        kind = self.raw.type
        kind = kind.element if isinstance(kind, ir.VectorType) else kind
        return isinstance(kind, ir.FloatType | ir.HalfType)

    def _other(self, other: Any) -> Any:
        return other.raw if isinstance(other, Value) else self.code.constant(self.raw.type, other).raw

    def _made(self, floating: str, whole: str, other: Any) -> Value:
        name = floating if self._floating else whole
        return Value(self.code, getattr(self.code.builder, name)(self.raw, self._other(other)))

    def __add__(self, other: Any) -> Value:
        return self._made("fadd", "add", other)

    def __sub__(self, other: Any) -> Value:
        return self._made("fsub", "sub", other)

    def __mul__(self, other: Any) -> Value:
        return self._made("fmul", "mul", other)

    def __truediv__(self, other: Any) -> Value:
        return self._made("fdiv", "sdiv", other)

    def __and__(self, other: Any) -> Value:
        return self._made("and_", "and_", other)

    def __or__(self, other: Any) -> Value:
        return self._made("or_", "or_", other)

    def __lshift__(self, other: Any) -> Value:
        return self._made("shl", "shl", other)

    def __rshift__(self, other: Any) -> Value:
        return self._made("lshr", "lshr", other)

    def __lt__(self, other: Any) -> Value:
        builder = self.code.builder
        compare = builder.fcmp_ordered if self._floating else builder.icmp_signed
        return Value(self.code, compare("<", self.raw, self._other(other)))

    def bits(self, kind: Any) -> Value:
        """Return the same bits as another type."""
        return Value(self.code, self.code.builder.bitcast(self.raw, kind))


class Emitter:
    """Writes vector instructions where numba's builder stands."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def constant(self, kind: Any, value: float) -> Value:
        """Return a constant; of a vector: in every lane."""
        if isinstance(kind, ir.VectorType):
            return Value(self, ir.Constant(kind, [ir.Constant(kind.element, value)] * kind.count))
        return Value(self, ir.Constant(kind, value))

    def pointer(self, address: Value, kind: Any) -> Any:
        return self.builder.inttoptr(address.raw, kind.as_pointer())

    def load(self, address: Value, kind: Any, align: int = 1) -> Value:
        return Value(self, self.builder.load(self.pointer(address, kind), align=align))

    def store(self, value: Value, address: Value, align: int = 1) -> None:
        self.builder.store(value.raw, self.pointer(address, value.raw.type), align=align)

    def local(self, kind: Any, value: float = 0) -> Local:
        """Return a variable that loops may change."""
        return Local(self, kind, value)

    def splat(self, value: Value, lanes: int = LANES) -> Value:
        """Return a vector with the value in every lane."""
        kind = vector(value.raw.type, lanes)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value.raw, ir.Constant(I32, 0))
        zeros = ir.Constant(vector(I32, lanes), [ir.Constant(I32, 0)] * lanes)
        return Value(self, self.builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros))

    def lanes(self, value: Value, picked: list[int], other: Value | None = None) -> Value:
        """Return the lanes picked from a vector, or from two of them one after the other."""
        second = ir.Constant(value.raw.type, ir.Undefined) if other is None else other.raw
        mask = ir.Constant(vector(I32, len(picked)), [ir.Constant(I32, lane) for lane in picked])
        return Value(self, self.builder.shuffle_vector(value.raw, second, mask))

    def call(self, name: str, kind: Any, *arguments: Value) -> Value:
        """Call an intrinsic of LLVM's."""
        wanted = ir.FunctionType(kind, [argument.raw.type for argument in arguments])
        function = cgutils.get_or_insert_function(self.builder.module, wanted, name)
        return Value(self, self.builder.call(function, [argument.raw for argument in arguments]))

    def prefetch(self, address: Value) -> None:
        """Ask for a cache line that will be read soon, into the second level of the caches."""
        kinds = [I8.as_pointer(), I32, I32, I32]
        function = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(ir.VoidType(), kinds), "llvm.prefetch.p0"
        )
        read, second_level, data = ir.Constant(I32, 0), ir.Constant(I32, 2), ir.Constant(I32, 1)
        self.builder.call(function, [self.pointer(address, I8), read, second_level, data])

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """Emit a × b + c, rounded once where the processor can, and then in every kernel."""
        if not has_fma():
            return a * b + c
        name = f"llvm.fma.v{a.raw.type.count}f32" if isinstance(a.raw.type, ir.VectorType) else "llvm.fma.f32"
        return self.call(name, a.raw.type, a, b, c)

    def larger(self, a: Value, b: Value) -> Value:
        """Return the larger of each lane."""
        return self.select(a < b, b, a)

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        return Value(self, self.builder.select(condition.raw, yes.raw, no.raw))

    def widen(self, value: Value) -> Value:
        """Return float32 of float16, or of bfloat16 given as integers, or of float32."""
        kind = value.raw.type.element
        if kind == FLOAT:
            return value
        if kind == I16:
            wide = Value(self, self.builder.zext(value.raw, vector(I32, value.raw.type.count)))
            return (wide << 16).bits(vector(FLOAT, value.raw.type.count))
        return Value(self, self.builder.fpext(value.raw, vector(FLOAT, value.raw.type.count)))

    def floats(self, value: Value) -> Value:
        """Return float32 of signed integers."""
        return Value(self, self.builder.sitofp(value.raw, vector(FLOAT, value.raw.type.count)))

    def total(self, value: Value, combine: Callable[[Value, Value], Value] | None = None) -> Value:
        """Return all lanes added up (or combined) in a tree of fixed order."""
        lanes = value.raw.type.count
        while lanes > 1:
            lanes //= 2
            low = self.lanes(value, list(range(lanes)))
            high = self.lanes(value, list(range(lanes, 2 * lanes)))
            value = low + high if combine is None else combine(low, high)
        return Value(self, self.builder.extract_element(value.raw, ir.Constant(I32, 0)))

    @contextmanager
    def loop(self, count: Value) -> Iterator[Value]:
        """Emit a loop over 0 … count − 1."""
        with cgutils.for_range(self.builder, count.raw) as at:
            yield Value(self, at.index)

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        with self.builder.if_then(condition.raw):
            yield

    def exp(self, x: Value) -> Value:
        """Emit e to the x, within 2 units in the last place; 0 below −87 (Cephes' expf: S. Moshier)."""
        kind = x.raw.type
        top = self.constant(kind, 88.0)
        within = self.select(x < top, x, top)
        magic = 12582912.0  # 1.5 × 2^23: adding it rounds to the nearest whole number
        times = (within * 1.44269504088896341 + magic) - magic
        rest = within - times * 0.693359375 - times * -2.12194440e-4
        sum_ = self.constant(kind, 1.9875691500e-4)
        for factor in (1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1):
            sum_ = sum_ * rest + factor
        result = sum_ * (rest * rest) + rest + 1.0
        whole = Value(self, self.builder.fptosi(times.raw, vector(I32, kind.count)))
        power = ((whole + 127) << 23).bits(kind)
        low = self.constant(kind, -87.0)
        return self.select(within < low, self.constant(kind, 0.0), result * power)

    def tanh(self, x: Value) -> Value:
        """Emit 1 − 2 / (e^2x + 1)."""
        one = self.constant(x.raw.type, 1.0)
        return one - self.constant(x.raw.type, 2.0) / (self.exp(x + x) + one)


class Local:
    """A variable on the stack, which LLVM turns into a register."""

    def __init__(self, code: Emitter, kind: Any, value: float) -> None:
        self._code = code
        self._slot = cgutils.alloca_once(code.builder, kind)
        self.set(code.constant(kind, value))

    def get(self) -> Value:
        return Value(self._code, self._code.builder.load(self._slot))

    def set(self, value: Value) -> None:
        self._code.builder.store(value.raw, self._slot)


def emitted(arguments: str, result: str, body: Callable[..., Value | None]) -> Any:
    """Return an intrinsic that numba code can call: ``arguments`` and ``result`` by letter (i: int64, f: float32, v:
    nothing).

    ``body(code, *values)`` writes it.
    """
    kinds = {"i": types.int64, "f": types.float32, "v": types.void}
    signature = kinds[result](*(kinds[letter] for letter in arguments))

    def write(context: Any, builder: Any, _: Any, values: Any) -> Any:
        code = Emitter(builder)
        found = body(code, *(Value(code, value) for value in values))
        return context.get_dummy_value() if found is None else found.raw

    def typed(typing: Any, *_: Any) -> Any:
        return signature, write

    names = ["typing", *(f"value_{place}" for place in range(len(arguments)))]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    typed.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
    return intrinsic(typed)
