"""Check an article: figures that a widely read introduction gives, beside the published and the computed ones.

A claim says what was claimed, what the paper says and where, how the figure is computed from the structure (by the
catalogue's id), and what the difference means. The window translates ``meaning`` and ``figure`` in the context
"articles".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bigmodel_studio.core.advice.catalog import BERT, GPT3, Cited, find
from bigmodel_studio.core.memory.training_cost import serving_bytes, training_flops
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description, Layer


class Claim(NamedTuple):
    """``computed`` makes the computed figure's text of what ``reference`` is described as, if there is one."""

    subject: str
    figure: str
    claimed: str
    published: str
    reference: str
    computed: Callable[[Description], str] | None
    source: Cited
    meaning: str


def stacked_layers(layers: Sequence[Layer]) -> int:
    """Return how many layers are stacked: the longest row of numbered modules in the structure (0: there is none)."""
    here = sum(layer.name.isdigit() for layer in layers)
    return max([here, *(stacked_layers(layer.children) for layer in layers)])


def _parameters(description: Description) -> str:
    return numbers.count(description.parameters)


def _bytes_to_serve(description: Description) -> str:
    return numbers.size(serving_bytes(description.parameters))


def _layers(description: Description) -> str:
    return numbers.exact(stacked_layers(description.layers))


def _training(description: Description) -> str:
    tokens = find(description.id).published.tokens
    return f"{training_flops(description.parameters, tokens):.3g} FLOPs"


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "GPT-3",
        "Parameters",
        "150 million",
        "175 billion",
        "gpt3-175b",
        _parameters,
        GPT3,
        ("Wrong by a factor of over a thousand. The smallest of the paper's eight models has 125 million."),
    ),
    Claim(
        "GPT-3",
        "Layers",
        "17",
        "96",
        "gpt3-175b",
        _layers,
        GPT3,
        "No model of the family has 17: they have 12, 24, 32, 40 or 96.",
    ),
    Claim(
        "GPT-3",
        "Training objective",
        "masked words",
        "predicting the next token",
        "",
        None,
        Cited(GPT3.citation, "section 2", GPT3.url),
        ("BERT is trained on masked words. A decoder sees only earlier tokens, which is why it can generate text."),
    ),
    Claim(
        "GPT-3",
        "Training devices",
        "4,000 GPUs",
        "V100 GPUs on a cluster by Microsoft; no number is given",
        "gpt3-175b",
        _training,
        Cited(GPT3.citation, "section 2.3 and appendix D", GPT3.url),
        ("A number of devices means little without days: the paper gives 3.14·10²³ operations, like 6·N·D."),
    ),
    Claim(
        "GPT-3",
        "Inference memory",
        "800 GB",
        "not given",
        "gpt3-175b",
        _bytes_to_serve,
        GPT3,
        ("800 GB is more than its weights in 32 bits; in 16 bits, as usually served, they take half."),
    ),
    Claim(
        "BERT",
        "Parameters",
        "300 million",
        "110 million (base), 340 million (large)",
        "bert-large",
        _parameters,
        BERT,
        "Close to the large model; base and large differ by a factor of three.",
    ),
    Claim(
        "BERT",
        "Layers",
        "12",
        "12 (base), 24 (large)",
        "bert-large",
        _layers,
        BERT,
        ("Twelve layers is the base model, with 110 million parameters: the two claims mix different models."),
    ),
    Claim(
        "BERT",
        "Training devices",
        "16,000 GPUs",
        "16 TPU chips (base), 64 TPU chips (large), 4 days each",
        "",
        None,
        Cited(BERT.citation, "appendix A.2", BERT.url),
        "A thousand times too many: BERT large used 64 TPU chips for four days.",
    ),
    Claim(
        "BERT",
        "Inference memory",
        "100 GB",
        "not given",
        "bert-large",
        _bytes_to_serve,
        BERT,
        "It fits any laptop: less than a gigabyte in 16 bits.",
    ),
)
