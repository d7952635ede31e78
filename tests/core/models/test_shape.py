"""The count of parameters by arithmetic equals that of the network itself, built without memory."""

from collections.abc import Sequence

import pytest

from bigmodel_studio.core.models import shape


@pytest.mark.parametrize(
    ("vocabulary", "context", "width", "layers", "heads"),
    [(1024, 128, 128, 4, 4), (257, 16, 8, 1, 1), (500, 64, 48, 3, 3), (50257, 1024, 768, 12, 12)],
)
def test_the_count_is_that_of_the_network(vocabulary: int, context: int, width: int, layers: int, heads: int) -> None:
    import torch
    from transformers import GPTNeoConfig, GPTNeoForCausalLM

    kinds = [["global", "local"][number % 2] for number in range(layers)]
    config = GPTNeoConfig(
        vocab_size=vocabulary,
        max_position_embeddings=context,
        hidden_size=width,
        num_layers=layers,
        num_heads=heads,
        attention_types=[[[kind], 1] for kind in kinds],
    )
    with torch.device("meta"):
        network = GPTNeoForCausalLM(config)
    counted = sum(parameter.numel() for parameter in network.parameters())
    assert shape.gpt_parameters(vocabulary=vocabulary, context=context, width=width, layers=layers) == counted


@pytest.mark.parametrize(
    ("depths", "widths", "labels"), [((2, 2, 2), (32, 64, 128), 2), ((1,), (8,), 3), ((1, 3), (16, 16), 1001)]
)
def test_the_count_of_a_resnet_is_that_of_the_network(
    depths: Sequence[int], widths: Sequence[int], labels: int
) -> None:
    import torch
    from transformers import ResNetConfig, ResNetForImageClassification

    config = ResNetConfig(
        embedding_size=widths[0],
        hidden_sizes=list(widths),
        depths=list(depths),
        layer_type="basic",
        id2label={number: str(number) for number in range(labels)},
    )
    with torch.device("meta"):
        network = ResNetForImageClassification(config)
    counted = sum(parameter.numel() for parameter in network.parameters())
    assert shape.resnet_parameters(depths=depths, widths=widths, labels=labels) == counted


def test_bytes_are_those_of_float32_with_adamw() -> None:
    assert shape.weight_bytes(1_000) == 4_000
    assert shape.training_bytes(1_000) == 16_000  # weight, gradient and two moments
    assert shape.training_bytes(1_000, trained=10) == 4_120
