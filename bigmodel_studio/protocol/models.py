"""Description and costs of a model: its tree of modules, its layers by kind, and the figures that a plan needs.

All of it is counted from the structure, on the meta device or from headers alone; nothing here was measured but
``Measured`` and ``Speed``. Sizes are bytes, FLOPs count a multiply-add as two.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bigmodel_studio.protocol.values import ModelKind, ModelRef, Precision, Problem

__all__ = [
    "Costs",
    "Describe",
    "Description",
    "Example",
    "Growth",
    "Layer",
    "LayerCard",
    "LayerKind",
    "Measured",
    "Method",
    "PackedCosts",
    "Pass",
    "PlanQuestion",
    "Purpose",
    "Quality",
    "Speed",
    "Tried",
]

Method = Literal["full", "lora", "qlora", "frozen"]
Purpose = Literal["inference", "training"]


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A module in the tree; ``parameters`` counts its children too; ``shape`` is its weight's.

    ``dtype`` is what its own parameters are stored as ("" where it has none); ``trainable`` those of ``parameters``
    that have a gradient (None: all); ``tied_to`` is the module that owns the weight, where this one borrows it.
    """

    name: str
    type: str
    parameters: int
    shape: tuple[int, ...] = ()
    children: tuple[Layer, ...] = ()
    dtype: str = ""
    trainable: int | None = None
    tied_to: str = ""


class LayerKind(msgspec.Struct, frozen=True):
    """Modules of one type (torch's name for it), how many there are, and the parameters that they hold themselves."""

    type: str
    layers: int
    parameters: int


class LayerCard(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of layer explained: its formula, and this model's own numbers put into it.

    ``kind`` is a key of ``core.models.layer_cards.CARDS``, which has the words (title, what it is for); ``formula`` is
    in the field's notation, ``numbers`` are the symbols of the formula with this model's values, ``parameters`` and
    ``flops`` are of all such layers together (FLOPs a token, or a picture).
    """

    kind: str
    formula: str
    numbers: tuple[tuple[str, str], ...]
    layers: int
    parameters: int
    flops: int | None = None


class Growth(msgspec.Struct, frozen=True, array_like=True):
    """A size that grows with the batch b, the tokens q that go in and those that are looked back at, k (q included):
    ``once + once_token·q + once_key·k + once_pair·q·k + b·(item + token·q + key·k + pair·q·k)``.

    Where nothing went in before, k is q. For pictures both are 1 and ``item`` is what one picture takes.
    """

    once: float = 0.0
    once_token: float = 0.0
    once_key: float = 0.0
    once_pair: float = 0.0
    item: float = 0.0
    token: float = 0.0
    key: float = 0.0
    pair: float = 0.0

    def at(self, batch: int, tokens: int, attended: int | None = None) -> float:
        """Return the size at a batch of so many items of so many tokens each; ``seen``: k, where it is not
        ``tokens``.
        """
        k = tokens if attended is None else attended
        once = self.once + self.once_token * tokens + self.once_key * k + self.once_pair * tokens * k
        return once + batch * (self.item + self.token * tokens + self.key * k + self.pair * tokens * k)


class Pass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one pass through a model takes: bytes alive beside the weights, and work. Counted by
    ``engine.measuring.costs``.

    ``forward`` are bytes alive at moments of the forward pass, a past's keys and values included, of which the largest
    at a batch and a context is the peak; ``backward`` the same in the backward pass, gradients so far included.
    ``working`` are moments of the former with what a CPU's library takes for itself in them. ``logits`` is what the
    head gives out. Work: ``flops`` of matrix products and attention, the bytes that those read
    and write (``product_bytes``), what all other operations do (``other_bytes``), and the number of ``operations``.
    """

    forward: tuple[Growth, ...]
    backward: tuple[Growth, ...] = ()
    working: tuple[Growth, ...] = ()
    logits: Growth = Growth()
    flops: Growth = Growth()
    product_bytes: Growth = Growth()
    other_bytes: Growth = Growth()
    operations: float = 0.0


class PackedCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What running from packed weights takes, in bytes; counted by ``engine.measuring.packed_costs``.

    ``read_bytes`` of the weights are read for a token. A sequence's cache grows by ``block_bytes`` every
    ``block_tokens``. Beside the weights: ``step_bytes``, and for each position of a table that is a power of two long
    ``position_bytes`` and ``once_bytes``, the latter for each thread.
    """

    weight_bytes: int
    read_bytes: int
    step_bytes: int
    block_bytes: int
    block_tokens: int
    position_bytes: int
    once_bytes: int


class Costs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What running and training a model takes, as functions of batch and context, counted on the meta device.

    ``passes`` are under ``NAME/BYTES``, the bytes being those of a weight (4 or 2). Names: "read" (a whole input; for
    a decoder, the first piece of a prompt), "go-on" (a later piece, on what a cache holds), "next" (one token), and a
    training step by its method: "full", "lora", "qlora", "frozen", with "+checkpointing" where activations are
    computed twice. Where some layers look back over a ``window`` only, ``NAME/BYTES/short`` are the passes that
    stay within it.
    """

    parameters: int
    parameter_bytes: int
    """Those of the weights as stored."""
    buffer_bytes: int = 0
    """What is held beside parameters and does not follow the dtype."""
    picture_px: int = 0
    context_length: int = 0
    """0: for pictures, or where the model knows no bound."""
    window: int = 0
    vocabulary: int = 0
    decodes: bool = False
    """Whether it reads a prompt piece by piece into a cache and then gives a token at a time."""
    piece_tokens: int = 0
    """How long such a piece is."""
    cache_floats: Growth = Growth()
    """Numbers in the key/value cache."""
    cache_floats_short: Growth = Growth()
    """The same within the window, where there is one."""
    passes: dict[str, Pass] = {}
    largest_parameter: int = 0
    """Numbers in the largest weight."""
    lora_rank: int = 0
    """The rank that the "lora" passes were counted at."""
    lora_kept: Growth = Growth()
    """Numbers that adapters keep for the backward pass for each unit of their rank."""
    lora_per_rank: int = 0
    """Parameters that LoRA adds for each unit of its rank."""
    head_parameters: int = 0
    """Those that are trained where only the head is."""
    frozen_bytes: int = 0
    """Those of the weights where QLoRA keeps linear layers in 4 bits, buffers too; 0 where it can't."""
    packed: dict[str, PackedCosts] = {}
    """By precision, where the fast path computes with packed weights; "stored" where the file's blocks are such."""


class PlanQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is asked about; the sliders of the plan edit exactly this. 0: the model's own (context), auto."""

    purpose: Purpose = "inference"
    dtype: str = "auto"
    batch: int = 1
    context: int = 0
    precision: Precision = "stored"
    method: Method = "full"
    lora_rank: int = 8
    optimizer: str = "adamw"
    checkpointing: bool = False
    steps: int = 0


class Description(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What ``describe`` answers. FLOPs count a multiply-add as two."""

    id: str
    architecture: str
    kind: ModelKind
    parameters: int
    trainable_parameters: int
    dtype: str
    context_length: int | None
    layers: tuple[Layer, ...]
    kinds: tuple[LayerKind, ...] = ()
    """By kind of layer, the largest first; together they are ``parameters`` (tied weights once)."""
    flops_per_token: int | None = None
    flops_per_image: int | None = None
    vocabulary: int | None = None
    weight_bytes: int = 0
    attention: str = ""
    """What kind of attention it has: "multi-head", "grouped-query", "multi-query", with "sliding" where it is."""
    cards: tuple[LayerCard, ...] = ()
    costs: Costs | None = None
    """None where the structure could not be run on the meta device: then there is no plan."""
    weights_here: bool = True
    """False where the weights are not on this computer, and what is said comes from config and headers alone."""
    tied_parameters: int = 0
    """Parameters that a second module uses too; they are counted once."""


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Two real steps, measured in a fresh process: bytes of tensors by part, the resident peak, seconds a step.

    ``parts`` has the keys of a plan's; "overhead" is what the process had resident before there was a model.
    """

    question: PlanQuestion
    device: str
    parts: dict[str, int]
    peak_bytes: int
    seconds_per_step: float


class Speed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How fast a device was when it was measured: FLOP/s of a matrix product in a dtype, and bytes/s it streams.

    ``operation_s`` is what it takes to issue one small operation; ``process_bytes`` what an engine's process takes on
    the device before there is a model. ``measured`` is when, in seconds since 1970. ``read_bytes_per_s`` is what it
    only reads, much more than fits a cache; ``kernels_bytes`` what loaded kernels of the fast path take. ``machine``
    names the machine, ``idle`` says whether nothing else computed then. 0: not measured.
    """

    device: str
    dtype: str
    flops_per_s: float
    bytes_per_s: float
    operation_s: float = 0.0
    process_bytes: int = 0
    threads: int = 0
    measured: float
    read_bytes_per_s: float = 0.0
    kernels_bytes: int = 0
    machine: str = ""
    idle: bool = False


class Quality(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How well a language model predicts a bundled text in the precision of ``model``.

    ``tokens`` were predicted. ``stored_perplexity`` and ``top1_agreement`` (the share of places where the same token is
    the most likely) compare with the model as stored; None where that is the same, or takes more memory than there is.
    ``fingerprint`` tells the model's files from later ones.
    """

    model: ModelRef
    tokens: int
    perplexity: float
    stored_perplexity: float | None = None
    top1_agreement: float | None = None
    measured: float = 0.0
    fingerprint: str = ""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One of the user's own: a text or the path of a picture, and what would be right ("" where nothing is)."""

    input: str
    expected: str = ""


class Tried(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """What one candidate did with one example. ``right`` is None where the example says nothing.

    ``memory_bytes`` are those of the model's weights and what was taken beside them meanwhile. ``error``: why there is
    no output, which spoils no other.
    """

    model: ModelRef
    example: int
    output: str = ""
    right: bool | None = None
    seconds: float = 0.0
    memory_bytes: int = 0
    error: Problem | None = None


class Describe(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a model is: counts, structure, costs. Ends with ``Done(Description)``.

    ``lora_rank`` > 0 tells trainable from frozen parameters as LoRA of that rank would have them. A model of the Hub
    that is not here is described from its config and the headers of its weights, on a lane that may use the network.
    Without ``costs`` none are counted, which takes a second or two of a processor.
    """

    model: ModelRef
    lora_rank: int = 0
    costs: bool = True
