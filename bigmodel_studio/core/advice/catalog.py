"""The reference catalogue: models as their papers published them, each with a config that the structure is built from.

What was published stands here as it was printed, with its place; what is computed comes from the structure, elsewhere,
and a test sets the two side by side. Ids are what ``reference:ID`` means.
"""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind


class Cited(NamedTuple):
    """Where a figure is from."""

    citation: str
    place: str
    url: str


class Published(NamedTuple):
    """Figures as printed; ``rounding`` is half of the last digit of ``parameters``. 0 and "": the paper does not say.

    ``batch`` in tokens for GPT-3, else in items; ``tokens`` are those that the model was trained on.
    """

    parameters: float
    rounding: float
    layers: int = 0
    width: int = 0
    heads: int = 0
    head_width: int = 0
    context: int = 0
    batch: float = 0
    learning_rate: float = 0
    tokens: float = 0
    flops: float = 0
    """A picture's, in multiply-adds, as these papers count."""


class Reference(NamedTuple):
    """A model of the catalogue. ``config`` is what a config.json would say; ``note`` what was assumed, and why."""

    id: str
    title: str
    family: str
    kind: ModelKind
    year: int
    published: Published
    source: Cited
    config: dict[str, Any]
    note: str = ""
    hub_id: str = ""
    """Where it can be had, for those that are listed because they are worth trying here."""
    licence: str = ""


GPT3 = Cited(
    "Brown et al. 2020, Language Models are Few-Shot Learners", "Table 2.1", "https://arxiv.org/abs/2005.14165"
)
GPT2 = Cited(
    "Radford et al. 2019, Language Models are Unsupervised Multitask Learners",
    "Table 2, and the released weights",
    "https://github.com/openai/gpt-2",
)
BERT = Cited("Devlin et al. 2018, BERT", "section 3", "https://arxiv.org/abs/1810.04805")
RESNET = Cited("He et al. 2015, Deep Residual Learning", "Table 1", "https://arxiv.org/abs/1512.03385")
VIT = Cited("Dosovitskiy et al. 2020, An Image is Worth 16x16 Words", "Table 1", "https://arxiv.org/abs/2010.11929")

_GPT3_NOTE = (
    "Built like GPT-2 with a context of 2,048 and GPT-2's 50,257 tokens: the paper uses "
    "the same architecture. Sparse attention in every second layer doesn't change the "
    "parameter count."
)
_TABLE_2_1: tuple[tuple[str, str, float, float, int, int, int, int, float, float], ...] = (
    # id, as printed, parameters, half of its last digit, layers, width, heads, head width, batch, learning rate
    ("gpt3-125m", "GPT-3 Small", 125e6, 0.5e6, 12, 768, 12, 64, 0.5e6, 6.0e-4),
    ("gpt3-350m", "GPT-3 Medium", 350e6, 5e6, 24, 1024, 16, 64, 0.5e6, 3.0e-4),
    ("gpt3-760m", "GPT-3 Large", 760e6, 5e6, 24, 1536, 16, 96, 0.5e6, 2.5e-4),
    ("gpt3-1.3b", "GPT-3 XL", 1.3e9, 0.05e9, 24, 2048, 24, 128, 1e6, 2.0e-4),
    ("gpt3-2.7b", "GPT-3 2.7B", 2.7e9, 0.05e9, 32, 2560, 32, 80, 1e6, 1.6e-4),
    ("gpt3-6.7b", "GPT-3 6.7B", 6.7e9, 0.05e9, 32, 4096, 32, 128, 2e6, 1.2e-4),
    ("gpt3-13b", "GPT-3 13B", 13.0e9, 0.05e9, 40, 5140, 40, 128, 2e6, 1.0e-4),
    ("gpt3-175b", "GPT-3 175B, “GPT-3”", 175.0e9, 0.5e9, 96, 12288, 96, 128, 3.2e6, 0.6e-4),
)
_BUILT_OTHERWISE: dict[str, tuple[dict[str, int], str]] = {
    "gpt3-1.3b": (
        {"n_head": 16},
        (
            " With 24 heads of 128 the width would be 3,072, not 2,048: it is built with 16 "
            "heads, which doesn't change the parameter count."
        ),
    ),
    "gpt3-13b": (
        {"n_embd": 5120},
        (
            " A width of 5,140 doesn't divide into 40 heads of 128 (5,120): it is built with "
            "5,120 and has 12.85 billion parameters."
        ),
    ),
}
_ROUNDING: dict[str, float] = {"gpt3-350m": 6e6, "gpt3-13b": 0.2e9}
"""What is allowed between published and computed where the paper rounded more coarsely than it printed."""


def _gpt(layers: int, width: int, heads: int, context: int) -> dict[str, Any]:
    return {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_layer": layers,
        "n_embd": width,
        "n_head": heads,
        "n_positions": context,
        "vocab_size": 50257,
    }


def _gpt3(row: tuple[str, str, float, float, int, int, int, int, float, float]) -> Reference:
    id_, title, parameters, rounding, layers, width, heads, head_width, batch, rate = row
    changes, why = _BUILT_OTHERWISE.get(id_, ({}, ""))
    published = Published(
        parameters, _ROUNDING.get(id_, rounding), layers, width, heads, head_width, 2048, batch, rate, 300e9
    )
    config = {**_gpt(layers, width, heads, 2048), **changes}
    return Reference(id_, title, "GPT-3", "causal-lm", 2020, published, GPT3, config, _GPT3_NOTE + why)


def _gpt2(id_: str, title: str, published: Published) -> Reference:
    config = _gpt(published.layers, published.width, published.heads, published.context)
    note = (
        "The paper's table says 117M and 1542M; OpenAI corrected this with the release to "
        "124M and 1558M, which match the weights."
    )
    return Reference(id_, title, "GPT-2", "causal-lm", 2019, published, GPT2, config, note)


def _bert(id_: str, title: str, published: Published) -> Reference:
    config = {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "num_hidden_layers": published.layers,
        "hidden_size": published.width,
        "num_attention_heads": published.heads,
        "intermediate_size": 4 * published.width,
        "max_position_embeddings": 512,
        "vocab_size": 30522,
    }
    note = (
        "With the masked-LM head and 30,522 lower-case pieces. Pooler and next-sentence head "
        "add 0.6 million (base) and 1.05 million (large)."
    )
    return Reference(id_, title, "BERT", "masked-lm", 2018, published, BERT, config, note)


def _resnet(layers: int, depths: list[int], parameters: float, flops: float) -> Reference:
    small = layers < 50
    config = {
        "architectures": ["ResNetForImageClassification"],
        "model_type": "resnet",
        "depths": depths,
        "hidden_sizes": [64, 128, 256, 512] if small else [256, 512, 1024, 2048],
        "embedding_size": 64,
        "layer_type": "basic" if small else "bottleneck",
        "downsample_in_bottleneck": True,
        "num_labels": 1000,
        "id2label": {str(number): f"class {number}" for number in range(1000)},
        "label2id": {f"class {number}": number for number in range(1000)},
        "image_size": 224,
    }
    published = Published(parameters, 0.05e6, layers=layers, flops=flops)
    note = (
        "The paper's table gives layers and multiply-adds; parameters are those of the "
        "released models. Layers counts convolutions and the last layer, without shortcuts."
    )
    return Reference(
        f"resnet-{layers}", f"ResNet-{layers}", "ResNet", "image-classifier", 2015, published, RESNET, config, note
    )


_Chat = tuple[str, str, str, int, tuple[int, int, int, int, int], int, int, dict[str, Any]]
_CHAT: tuple[_Chat, ...] = (
    # Hub id, class, type, exact parameters, (layers, width, heads, shared heads, inner), vocabulary, context, more
    ("HuggingFaceTB/SmolLM2-135M-Instruct", "Llama", "llama", 134_515_008, (30, 576, 9, 3, 1536), 49152, 8192, {}),
    ("HuggingFaceTB/SmolLM2-360M-Instruct", "Llama", "llama", 361_821_120, (32, 960, 15, 5, 2560), 49152, 8192, {}),
    ("HuggingFaceTB/SmolLM2-1.7B-Instruct", "Llama", "llama", 1_711_376_384, (24, 2048, 32, 32, 8192), 49152, 8192, {}),
    ("Qwen/Qwen2.5-0.5B-Instruct", "Qwen2", "qwen2", 494_032_768, (24, 896, 14, 2, 4864), 151936, 32768, {}),
    ("Qwen/Qwen2.5-1.5B-Instruct", "Qwen2", "qwen2", 1_543_714_304, (28, 1536, 12, 2, 8960), 151936, 32768, {}),
    ("Qwen/Qwen3-0.6B", "Qwen3", "qwen3", 596_049_920, (28, 1024, 16, 8, 3072), 151936, 40960, {"head_dim": 128}),
    (
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0", "Llama", "llama", 1_100_048_384, (22, 2048, 32, 4, 5632), 32000, 2048,
        {"tie_word_embeddings": False},
    ),
)  # fmt: skip


def _chat(row: _Chat) -> Reference:
    hub_id, architecture, model_type, parameters, (layers, width, heads, shared, inner), vocabulary, context, more = row
    name = hub_id.rpartition("/")[2]
    config = {
        "architectures": [f"{architecture}ForCausalLM"],
        "model_type": model_type,
        "num_hidden_layers": layers,
        "hidden_size": width,
        "num_attention_heads": heads,
        "num_key_value_heads": shared,
        "intermediate_size": inner,
        "vocab_size": vocabulary,
        "max_position_embeddings": context,
        "tie_word_embeddings": True,
        **more,
    }
    published = Published(parameters, 0, layers, width, heads, more.get("head_dim", width // heads), context)
    source = Cited(f"{hub_id} on the Hub", "config.json and the weights' headers", f"https://huggingface.co/{hub_id}")
    return Reference(
        name.lower(), name, "Chat", "causal-lm", 2025 if "Qwen3" in name else 2024, published, source, config, "",
        hub_id, "apache-2.0",
    )  # fmt: skip


CATALOG: tuple[Reference, ...] = (
    *map(_gpt3, _TABLE_2_1),
    _gpt2("gpt2", "GPT-2", Published(124e6, 0.5e6, 12, 768, 12, 64, 1024)),
    _gpt2("gpt2-xl", "GPT-2 XL", Published(1558e6, 0.5e6, 48, 1600, 25, 64, 1024)),
    _bert("bert-base", "BERT base", Published(110e6, 0.5e6, 12, 768, 12, 64, 512, 256, 1e-4)),
    _bert("bert-large", "BERT large", Published(340e6, 5e6, 24, 1024, 16, 64, 512, 256, 1e-4)),
    _resnet(18, [2, 2, 2, 2], 11.7e6, 1.8e9),
    _resnet(34, [3, 4, 6, 3], 21.8e6, 3.6e9),
    _resnet(50, [3, 4, 6, 3], 25.6e6, 3.8e9),
    _resnet(101, [3, 4, 23, 3], 44.5e6, 7.6e9),
    _resnet(152, [3, 8, 36, 3], 60.2e6, 11.3e9),
    Reference(
        "vit-base",
        "ViT-Base/16",
        "ViT",
        "image-classifier",
        2020,
        Published(86e6, 0.6e6, 12, 768, 12, 64, 197, 4096),
        VIT,
        {
            "architectures": ["ViTForImageClassification"],
            "model_type": "vit",
            "num_hidden_layers": 12,
            "hidden_size": 768,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "image_size": 224,
            "patch_size": 16,
            "num_labels": 1000,
            "id2label": {str(number): f"class {number}" for number in range(1000)},
            "label2id": {f"class {number}": number for number in range(1000)},
        },
        "224 × 224 pictures in 16 × 16 patches. The paper's 86 million exclude the "
        "classifier, which has 0.77 million here (1,000 classes).",
    ),
    *map(_chat, _CHAT),
)
_BY_ID = {reference.id: reference for reference in CATALOG}


def find(id_: str) -> Reference:
    """Return a model of the catalogue. Raises ``StudioError`` "reference-unknown" with a near id."""
    if id_ in _BY_ID:
        return _BY_ID[id_]
    near = difflib.get_close_matches(id_, _BY_ID, n=1)
    raise StudioError("reference-unknown", model=id_[:80], near=f"Did you mean {near[0]}? " if near else "")
