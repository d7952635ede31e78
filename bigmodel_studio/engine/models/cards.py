"""The cards of a model: each kind of layer that it has with its formula and this model's own numbers in it.

One table from kinds to what makes their cards; each looks at the modules and the config, and answers None where the
model has no such layer. The words are in ``core.models.layer_cards``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import nn

from bigmodel_studio.core.models.module_roles import Role, role_of
from bigmodel_studio.engine.models.structure import Heads, number_of
from bigmodel_studio.protocol import LayerCard

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Numbers = tuple[tuple[str, str], ...]
_GATES = ("gate_proj", "gate_up_proj", "wi_0", "w1")


class Looked(NamedTuple):
    """A model as the cards see it: its modules by path, its config, and FLOPs by path where they were counted."""

    modules: dict[str, nn.Module]
    config: Any
    flops: Mapping[str, int]

    def typed(self, *ends: str) -> dict[str, nn.Module]:
        """Return modules whose type's name ends so, without those inside another such."""
        found: dict[str, nn.Module] = {}
        for path, module in self.modules.items():
            inside = any(path.startswith(f"{outer}.") for outer in found)
            if type(module).__name__.endswith(ends) and not inside:
                found[path] = module
        return found

    def roles(self, role: Role) -> dict[str, nn.Module]:
        """Return modules without modules in them that have parameters of their own, by what they are for."""
        return {
            path: module
            for path, module in self.modules.items()
            if any(True for _ in module.parameters(recurse=False))
            and role_of(tuple(path.split(".")), type(module).__name__) == role
        }

    def card(
        self, kind: str, formula: str, numbers: Numbers, among: Mapping[str, nn.Module], layers: int = 0
    ) -> LayerCard:
        """Return a card about these modules."""
        visits: dict[int, int] = {}
        for module in among.values():
            visits.update((id(parameter), parameter.numel()) for parameter in module.parameters())
        flops = sum(self.flops.get(path, 0) for path in among)
        return LayerCard(
            kind=kind,
            formula=formula,
            numbers=numbers,
            layers=layers or len(among),
            parameters=sum(visits.values()),
            flops=flops or None,
        )


def cards_of(model: PreTrainedModel, flops: Mapping[str, int]) -> tuple[LayerCard, ...]:
    """Return the cards of a model, in the order that data takes through it; ``flops`` by the path of a module."""
    modules = {path: module for path, module in model.named_modules() if path}
    looked = Looked(modules, model.config.get_text_config(), flops)
    return tuple(card for make in _MAKERS if (card := make(looked)) is not None)


def _embedding(looked: Looked) -> LayerCard | None:
    table = number_of(looked.config, "vocab_size")
    found = {
        path: module
        for path, module in looked.typed("Embedding").items()
        if isinstance(module, nn.Embedding) and module.num_embeddings == table
    }
    if not found:
        return None
    width = next(iter(found.values())).embedding_dim
    numbers = (("V, tokens of the vocabulary", _in_words(table)), ("d, width", _in_words(int(str(width)))))
    return looked.card("embedding", "x = E[token],  E ∈ ℝ^{V×d}", numbers, found)


def _position(looked: Looked) -> LayerCard | None:
    found = {
        path: module
        for path, module in looked.typed("Embedding").items()
        if "pos" in path.rpartition(".")[2] or path.endswith("wpe")
    }
    known = {path: module for path, module in found.items() if isinstance(module, nn.Embedding)}
    if known:
        places = max(module.num_embeddings for module in known.values())
        return looked.card("position", "x ← x + P[place]", (("places", _in_words(places)),), known)
    turning = looked.typed("RotaryEmbedding")
    if not turning:
        return None
    theta = getattr(looked.config, "rope_theta", None) or (getattr(looked.config, "rope_parameters", None) or {}).get(
        "rope_theta"
    )
    numbers = (("θ, base of the angles", f"{theta:,.0f}"),) if isinstance(theta, int | float) else ()
    formula = "q_m ← R(m·ω) q_m,  k_n ← R(n·ω) k_n,  ω_i = θ^{−2i/d_h}"
    return looked.card("rotary", formula, numbers, turning)


def _attention(looked: Looked) -> LayerCard | None:
    found = looked.typed("Attention", "SelfAttention", "SdpaAttention")
    heads = Heads(looked.config)
    if not found or not heads.heads:
        return None
    grouped = heads.shared < heads.heads
    numbers: list[tuple[str, str]] = [("h, heads", _in_words(heads.heads))]
    if grouped:
        numbers.append(("g, heads of keys and values", _in_words(heads.shared)))
    numbers += [("d_h, width of a head", _in_words(heads.size)), ("d, width", _in_words(heads.width))]
    if heads.window:
        numbers.append(("tokens that a local layer looks back", _in_words(heads.window)))
    return looked.card(
        "grouped-attention" if grouped else "attention",
        "softmax(Q Kᵀ / √d_h + mask) V,  Q = x W_Q,  K = x W_K,  V = x W_V",
        tuple(numbers),
        found,
    )


def _feed_forward(looked: Looked) -> LayerCard | None:
    found = looked.roles("feed-forward")
    if not found:
        return None
    gated = any(path.rpartition(".")[2] in _GATES for path in found)
    inner = number_of(looked.config, "intermediate_size", "n_inner", "ffn_dim", "d_ff", "encoder_ffn_dim") or _widest(
        found.values()
    )
    curve = getattr(looked.config, "hidden_act", None) or getattr(looked.config, "activation_function", None)
    numbers: list[tuple[str, str]] = [("d_ff, inner width", _in_words(inner))]
    if isinstance(curve, str):
        numbers.append(("φ, the curve", curve))
    formula = "W_down (φ(W_gate x) ⊙ W_up x)" if gated else "W₂ φ(W₁ x + b₁) + b₂"
    blocks = len({_block(path) for path in found})
    return looked.card("gated-feed-forward" if gated else "feed-forward", formula, tuple(numbers), found, layers=blocks)


def _norm(kind: str, formula: str, *ends: str) -> Callable[[Looked], LayerCard | None]:
    def make(looked: Looked) -> LayerCard | None:
        found = looked.typed(*ends)
        if not found:
            return None
        one = next(iter(found.values()))
        small = getattr(one, "eps", None) or getattr(one, "variance_epsilon", None)
        numbers = (("ε", f"{small:g}"),) if isinstance(small, float) else ()
        return looked.card(kind, formula, numbers, found)

    return make


def _convolution(looked: Looked) -> LayerCard | None:
    found = {path: module for path, module in looked.modules.items() if isinstance(module, nn.Conv2d)}
    if not found:
        return None
    sides = sorted({module.kernel_size[0] for module in found.values()})
    widths = [module.out_channels for module in found.values()]
    numbers = (
        ("k, sides of the filters", ", ".join(f"{side} × {side}" for side in sides)),
        ("channels, from first to last", f"{_in_words(widths[0])} … {_in_words(widths[-1])}"),
    )
    formula = "y[o, i, j] = Σ_{c,u,v} W[o, c, u, v] · x[c, s·i + u, s·j + v]"
    return looked.card("convolution", formula, numbers, found)


def _residual(looked: Looked) -> LayerCard | None:
    for end, inside in _BLOCKS.items():
        blocks = looked.typed(end)
        if blocks:
            return looked.card("residual", "y = x + F(x)", (("F, in a block", inside),), blocks)
    layers = number_of(looked.config, "num_hidden_layers", "n_layer", "num_layers")
    attending = looked.typed("Attention", "SelfAttention", "SdpaAttention")
    if not layers or not attending:
        return None
    numbers = (("F, in turn", "attention, feed-forward"),)
    return looked.card("residual", "x ← x + F(norm(x))", numbers, {}, layers=2 * layers)


def _pooling(looked: Looked) -> LayerCard | None:
    found = {path: one for path, one in looked.modules.items() if isinstance(one, nn.AdaptiveAvgPool2d)}
    return looked.card("pooling", "y_c = 1/(H·W) Σ_{i,j} x[c, i, j]", (), found) if found else None


def _pooler(looked: Looked) -> LayerCard | None:
    found = looked.typed("Pooler")
    known = {path: module for path, module in found.items() if any(True for _ in module.parameters())}
    return looked.card("pooler", "tanh(W h_[CLS] + b)", (), known) if known else None


def _head(looked: Looked) -> LayerCard | None:
    table = number_of(looked.config, "vocab_size")
    linear = {path: one for path, one in looked.modules.items() if isinstance(one, nn.Linear)}
    words = {path: one for path, one in linear.items() if table and one.out_features == table}
    if words:
        path, one = next(iter(words.items()))
        numbers = (("V, tokens of the vocabulary", _in_words(table)), ("d, width", _in_words(one.in_features)))
        return looked.card("lm-head", "p(next) = softmax(W h),  W ∈ ℝ^{V×d}", numbers, {path: one})
    classes = len(getattr(looked.config, "id2label", None) or {})
    found = {path: one for path, one in linear.items() if one.out_features == classes and path.startswith(_HEADS)}
    if not found:
        return None
    numbers = (("classes", _in_words(classes)), ("d, width", _in_words(next(iter(found.values())).in_features)))
    return looked.card("classifier", "p = softmax(W h + b)", numbers, found)


_BLOCKS = {
    "BottleNeckLayer": "1×1, 3×3 and 1×1 convolutions",
    "BasicLayer": "two 3×3 convolutions",
    "InvertedResidual": "1×1, 3×3 by channel and 1×1 convolutions",
}
_HEADS = ("classifier", "score", "head", "fc")
_MAKERS: Iterable[Callable[[Looked], LayerCard | None]] = (
    _embedding,
    _position,
    _convolution,
    _norm("batch-norm", "y = γ (x − μ_batch) / √(σ²_batch + ε) + β", "BatchNorm2d"),
    _norm("layer-norm", "y = γ (x − μ) / √(σ² + ε) + β", "LayerNorm"),
    _norm("rms-norm", "y = γ x / √(mean(x²) + ε)", "RMSNorm"),
    _attention,
    _feed_forward,
    _residual,
    _pooling,
    _pooler,
    _head,
)


def _block(path: str) -> str:
    """Return the part of a path up to its number: the block of a stack that a module is in."""
    parts = path.split(".")
    at = next((number for number, part in enumerate(parts) if part.isdigit()), len(parts) - 1)
    return ".".join(parts[: at + 1])


def _widest(modules: Iterable[nn.Module]) -> int:
    weights = [getattr(module, "weight", None) for module in modules]
    return max((max(weight.shape) for weight in weights if weight is not None and weight.dim() == 2), default=0)


def _in_words(number: int) -> str:
    return f"{number:,}"
