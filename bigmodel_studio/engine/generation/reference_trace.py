"""Read a transformers model's activations by TransformerLens' names, with hooks on its modules: the reference for every
other way to get them.

The families' table says which module is which. Names and shapes are those of ``packed.activations``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from bigmodel_studio.engine.packed import activations
from bigmodel_studio.engine.packed.activations import placed
from bigmodel_studio.engine.packed.families import Shape, shape_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def traced(model: PreTrainedModel, ids: list[int], names: Collection[str]) -> tuple[dict[str, Tensor], Tensor]:
    """Return activations of a whole text by name, and its logits [ids, vocabulary].

    Raises ``UnsupportedError`` for an architecture that the table of families lacks, ``KeyError`` with a name that the
    model has not.
    """
    shape = shape_of(model.config)
    activations.check_names(shape, names)
    patterns = bool(activations.layers_with(names, ("attn.hook_pattern",)))
    reader = _Reader(model, shape)
    with ExitStack() as stack, torch.inference_mode():
        if patterns:
            stack.enter_context(_eager(model))
        for layer in sorted(activations.layers_with(names, activations.BLOCK_NAMES)):
            stack.callback(reader.listen(layer))
        stack.callback(reader.listen_outside())
        output: Any = model(
            input_ids=torch.tensor([ids], device=model.device), use_cache=False, output_attentions=patterns
        )
        found = {name: reader.value(name, output).detach().float().cpu().clone() for name in names}
    return found, output.logits[0].float()


@contextmanager
def _eager(model: PreTrainedModel) -> Iterator[None]:
    """Have the model compute its patterns one by one: other ways to attend keep none."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before or "eager")


class _Reader:
    """What modules were given and gave, by layer and piece (layer None: outside the blocks)."""

    def __init__(self, model: PreTrainedModel, shape: Shape) -> None:
        self._model, self._shape = model, shape
        self._inputs: dict[tuple[int | None, str], Tensor] = {}
        self._outputs: dict[tuple[int | None, str], Tensor] = {}

    def _module(self, piece: str, layer: int | None) -> nn.Module:
        return self._model.get_submodule(self._shape.names[piece].template.format(layer=layer))

    def _hook(self, module: nn.Module, layer: int | None, piece: str) -> Callable[[], None]:
        def keep(_: nn.Module, inputs: tuple[Any, ...], options: dict[str, Any], output: Any) -> None:
            given = inputs[0] if inputs else options.get("hidden_states")
            if isinstance(given, Tensor):
                self._inputs[layer, piece] = given[0]
            gave = output[0] if isinstance(output, tuple) else output
            if isinstance(gave, Tensor):
                self._outputs[layer, piece] = gave[0]

        return module.register_forward_hook(keep, with_kwargs=True).remove

    def listen(self, layer: int) -> Callable[[], None]:
        """Keep what a block's modules see from here on; call what it returns to stop."""
        names = self._shape.names
        pieces = [piece for piece in names if "{layer}" in names[piece].template]
        if not self._shape.pre_norms:
            pieces = [piece for piece in pieces if piece not in ("attention_norm", "mlp_norm")]
        removes = [self._hook(self._module(piece, layer), layer, piece) for piece in pieces]
        template = names["o"].template
        block = template[: template.index("{layer}") + len("{layer}")].format(layer=layer)
        removes.append(self._hook(self._model.get_submodule(block), layer, "block"))
        return lambda: [remove() for remove in removes].clear()

    def listen_outside(self) -> Callable[[], None]:
        """Keep what embeddings and the last norm see."""
        pieces = [piece for piece in ("embedding", "positions", "norm") if piece in self._shape.names]
        removes = [self._hook(self._module(piece, None), None, piece) for piece in pieces]
        return lambda: [remove() for remove in removes].clear()

    def value(self, name: str, output: Any) -> Tensor:
        """Return the values of a name after the model ran."""
        layer, within = placed(name)
        if within == "hook_embed":
            return self._outputs[None, "embedding"] * self._scale()
        if within == "hook_pos_embed":
            return self._outputs[None, "positions"]
        if within == "ln_final.hook_normalized":
            return activations.normalized(self._shape, self._inputs[None, "norm"])
        assert layer is not None
        if within == "attn.hook_pattern":
            pattern: Tensor = output.attentions[layer][0]
            return pattern
        return self._block_value(layer, within)

    def _scale(self) -> float:
        module = self._module("embedding", None)
        inside = hasattr(module, "embed_scale")  # Gemma 3 scales within the embedding itself
        return 1.0 if inside else self._shape.embedding_scale

    def _block_value(self, layer: int, within: str) -> Tensor:
        shape, inputs, outputs = self._shape, self._inputs, self._outputs
        up = "gate" if shape.gated else "up"
        attention_end = "attention_post_norm" if shape.post_norms else "o"
        mlp_end = "mlp_post_norm" if shape.post_norms else "down"
        match within:
            case "hook_resid_pre":
                return inputs[layer, "block"]
            case "hook_resid_post":
                return outputs[layer, "block"]
            case "hook_resid_mid":
                return inputs[layer, "block"] + outputs[layer, attention_end]
            case "hook_attn_out":
                return outputs[layer, attention_end]
            case "hook_mlp_out":
                return outputs[layer, mlp_end]
            case "ln1.hook_normalized":
                return activations.normalized(shape, inputs[layer, "attention_norm"])
            case "ln2.hook_normalized":
                return activations.normalized(shape, inputs[layer, "mlp_norm"])
            case "attn.hook_z":
                return self._heads(inputs[layer, "o"], shape.heads)
            case "mlp.hook_pre":
                return self._rows(layer, up)
            case "mlp.hook_pre_linear":
                return self._rows(layer, "up")
            case "mlp.hook_post":
                return inputs[layer, "down"]
            case "attn.hook_q":
                return self._heads(self._rows(layer, "q"), shape.heads)
            case "attn.hook_k" | "attn.hook_v":
                return self._heads(self._rows(layer, within[-1]), shape.kv_heads)
            case "attn.hook_rot_q" | "attn.hook_rot_k":
                return self._rotated(layer, within[-1])
        assert within == "attn.hook_attn_scores", within
        return activations.scores(shape, layer, self._rotated(layer, "q"), self._rotated(layer, "k"))

    def _rotated(self, layer: int, piece: str) -> Tensor:
        shape = self._shape
        value = self._heads(self._rows(layer, piece), shape.heads if piece == "q" else shape.kv_heads).float().cpu()
        norm = None if shape.qk_norm == "none" else self._vector(piece + "_norm", layer, "weight")
        return activations.rotated(shape, layer, value, 0, None if norm is None else norm.cpu())

    def _rows(self, layer: int, piece: str) -> Tensor:
        """Return what a projection gave; of one that several share, its part."""
        rows, found = self._shape.names[piece].rows, self._outputs[layer, piece]
        return found if rows is None else found[:, rows[0] : rows[1]]

    def _heads(self, value: Tensor, heads: int) -> Tensor:
        return value.reshape(len(value), heads, self._shape.head)

    def _vector(self, piece: str, layer: int | None, part: str) -> Tensor | None:
        found = getattr(self._module(piece, layer), part, None)
        return found.detach() if isinstance(found, Tensor) else None
