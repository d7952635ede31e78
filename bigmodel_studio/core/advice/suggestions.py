"""Models of the Hub worth a first try for tasks other than conversation, small and under free licences.

Each stands with the config that it is shipped with, as far as its shape goes: its parameters are counted from that in a
test. Sources: the repositories' cards on https://huggingface.co, by the ids below. What chats is in the catalogue.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bigmodel_studio.protocol import ModelKind


class Suggestion(NamedTuple):
    """A model on the Hub: what it is, what it may be used for, and the shape that its costs follow from."""

    id: str
    kind: ModelKind
    tasks: tuple[str, ...]
    licence: str
    parameters: int
    config: dict[str, Any]
    stored_bytes: int = 4
    """Bytes of a weight as it is shipped."""


_BERT = {"model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12}
_DISTILBERT = {"model_type": "distilbert", "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072}

SUGGESTIONS: tuple[Suggestion, ...] = (
    Suggestion(
        "distilbert/distilbert-base-uncased",
        "masked-lm",
        ("fill-mask",),
        "apache-2.0",
        66_985_530,
        {**_DISTILBERT, "architectures": ["DistilBertForMaskedLM"], "vocab_size": 30522},
    ),
    Suggestion(
        "google-bert/bert-base-uncased",
        "masked-lm",
        ("fill-mask",),
        "apache-2.0",
        109_514_298,
        {**_BERT, "architectures": ["BertForMaskedLM"], "intermediate_size": 3072, "vocab_size": 30522},
    ),
    Suggestion(
        "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        "text-classifier",
        ("classify-text",),
        "apache-2.0",
        66_955_010,
        {**_DISTILBERT, "architectures": ["DistilBertForSequenceClassification"], "vocab_size": 30522},
    ),
    Suggestion(
        "dslim/bert-base-NER",
        "token-classifier",
        ("tag",),
        "mit",
        107_726_601,
        {
            **_BERT,
            "architectures": ["BertForTokenClassification"],
            "intermediate_size": 3072,
            "vocab_size": 28996,
            "id2label": {str(label): str(label) for label in range(9)},
        },
    ),
    Suggestion(
        "sentence-transformers/all-MiniLM-L6-v2",
        "encoder",
        ("embed",),
        "apache-2.0",
        22_713_216,
        {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_size": 384,
            "num_hidden_layers": 6,
            "num_attention_heads": 12,
            "intermediate_size": 1536,
            "vocab_size": 30522,
            "max_position_embeddings": 512,
        },
    ),
    Suggestion(
        "google-t5/t5-small",
        "seq2seq",
        ("summarise", "translate"),
        "apache-2.0",
        60_506_624,
        {
            "model_type": "t5",
            "architectures": ["T5ForConditionalGeneration"],
            "d_model": 512,
            "num_layers": 6,
            "num_heads": 8,
            "d_ff": 2048,
            "vocab_size": 32128,
            "n_positions": 512,
        },
    ),
    Suggestion(
        "microsoft/resnet-50",
        "image-classifier",
        ("recognise",),
        "apache-2.0",
        25_557_032,
        {
            "model_type": "resnet",
            "architectures": ["ResNetForImageClassification"],
            "embedding_size": 64,
            "depths": [3, 4, 6, 3],
            "hidden_sizes": [256, 512, 1024, 2048],
            "layer_type": "bottleneck",
            "id2label": {str(label): str(label) for label in range(1000)},
        },
    ),
    Suggestion(
        "google/vit-base-patch16-224",
        "image-classifier",
        ("recognise",),
        "apache-2.0",
        86_567_656,
        {
            "model_type": "vit",
            "architectures": ["ViTForImageClassification"],
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "image_size": 224,
            "patch_size": 16,
            "id2label": {str(label): str(label) for label in range(1000)},
        },
    ),
)
