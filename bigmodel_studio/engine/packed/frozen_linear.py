"""A frozen linear layer in 4 bits, beside which adapters are trained (QLoRA; Dettmers et al. 2023, arXiv 2305.14314).

Its matrix lies in memory as the kernels' tiles do, and is dequantised where it is multiplied with: forwards, and once
more backwards, so that one layer's matrix is in memory at a time. On any device, and on the meta device for counting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.weights import pack, tile_bytes, unpacked

KIND = ops.Q4_MIN


class FrozenLinear(nn.Linear):
    """``x·Wᵀ + b`` with W [out, in] in groups of 32: 4 bits a value, a float16 scale and a float16 minimum.

    It has no parameter ``weight``; ``transposed``: the layer that it stands for keeps W as [in, out]
    (transformers' ``Conv1D``).
    """

    def __init__(
        self, packed: Tensor, shape: tuple[int, int], bias: Tensor | None, *, transposed: bool = False
    ) -> None:
        """``packed``: tiles, uint8 [tiles, bytes of a tile]; ``shape``: rows (out) and columns (in) of W."""
        nn.Module.__init__(self)
        self.out_features, self.in_features = shape
        self.transposed = transposed
        self.register_parameter("weight", None)
        self.register_buffer("qweight", packed, persistent=False)  # a name that peft knows
        self.bias: Any = None if bias is None else nn.Parameter(bias, requires_grad=False)

    @classmethod
    def of(cls, matrix: Tensor, bias: Tensor | None, *, transposed: bool = False) -> FrozenLinear:
        """Return the layer of a matrix as stored ([in, out] where ``transposed``), rounded to 4 bits."""
        matrix = matrix.t() if transposed else matrix
        shape = matrix.shape[0], matrix.shape[1]
        if matrix.device.type == "meta":
            return cls(
                torch.empty(packed_shape(*shape), dtype=torch.uint8, device="meta"), shape, bias, transposed=transposed
            )
        packed = torch.from_numpy(pack(matrix, KIND).keeps[0])
        return cls(packed, shape, bias, transposed=transposed)

    @property
    def parameters_packed(self) -> int:
        """Parameters that the matrix stands for."""
        return self.in_features * self.out_features

    def dequantised(self) -> Tensor:
        """Return W in float32, [out, in]."""
        packed: Tensor = self.get_buffer("qweight")
        return unpacked(packed, KIND, self.out_features, self.in_features)

    def as_stored(self) -> Tensor:
        """Return W in float32 as the layer that this one stands for keeps it."""
        return self.dequantised().t() if self.transposed else self.dequantised()

    def forward(self, input: Tensor) -> Tensor:
        """Multiply; float32 or whatever autocast asks for."""
        found: Tensor = _Product.apply(input, self)  # type: ignore[no-untyped-call]
        return found if self.bias is None else found + self.bias.to(found.dtype)


class _Product(torch.autograd.Function):
    """``x·Wᵀ``; the gradient of x needs W alone, which is dequantised again."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: FrozenLinear) -> Tensor:
        ctx.layer = layer
        ctx.dtype = x.dtype
        return F.linear(x, layer.dequantised().to(x.dtype))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        return (gradient @ ctx.layer.dequantised().to(gradient.dtype)).to(ctx.dtype), None


def packed_shape(rows: int, columns: int) -> tuple[int, int]:
    """Return tiles, and the bytes of a tile, of a matrix."""
    groups = -(-columns // ops.GROUP)
    return -(-rows // ops.TILE), tile_bytes(KIND, groups)


def linears(model: nn.Module, spared: nn.Module | None = None) -> Iterator[tuple[str, nn.Module]]:
    """Yield the linear layers that QLoRA packs, by name: all but ``spared``, the output head."""
    for name, module in list(model.named_modules()):
        if module is not spared and (type(module) is nn.Linear or type(module).__name__ == "Conv1D"):
            yield name, module


def freeze_packed(model: Any) -> None:
    """Put packed layers in the place of a model's linear ones but its head (whatever its weights are; or on meta)."""
    for name, module in linears(model, model.get_output_embeddings()):
        layer: Any = module
        bias = None if layer.bias is None else layer.bias.detach()
        transposed = type(module).__name__ == "Conv1D"
        put(model, name, FrozenLinear.of(layer.weight.detach(), bias, transposed=transposed))


def put(model: nn.Module, name: str, module: nn.Module) -> None:
    """Replace the module of that name."""
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, module)


def count_parameters(model: nn.Module) -> int:
    """Return how many parameters a model has, those of its packed matrices too; tied ones once."""
    packed = sum(module.parameters_packed for module in model.modules() if isinstance(module, FrozenLinear))
    return packed + sum(parameter.numel() for parameter in model.parameters())
