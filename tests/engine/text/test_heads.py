"""Heads that give no shares: numbers stay numbers, and a model of texts and pictures gives the vector of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPVisionConfig,
)

from bigmodel_studio.core.text.messages import sentence
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import ClassifyTexts, Embedded, EmbedTexts, TextClassified
from tests.small_models import byte_tokenizer, local

_SMALL: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


def test_a_regression_head_says_its_number_and_no_share(tmp_path: Path, session: Session) -> None:
    config = BertConfig(vocab_size=257, problem_type="regression", id2label={0: "score"}, **_SMALL)
    model = BertForSequenceClassification(config)
    model.classifier.bias.data.fill_(-7.5)
    model.classifier.weight.data.zero_()
    model.save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    request = ClassifyTexts(model=local(tmp_path), inputs=(("a", "b"),))
    (said,) = [event for event in run_task(request, session) if isinstance(event, TextClassified)]
    assert said.predictions == ()
    assert list(said.values) == pytest.approx([-7.5])


def test_a_clip_folder_gives_the_vectors_of_its_text_model(tmp_path: Path, session: Session) -> None:
    text = CLIPTextConfig(vocab_size=257, bos_token_id=0, eos_token_id=256, pad_token_id=1, **_SMALL)
    vision = CLIPVisionConfig(image_size=8, patch_size=4, **_SMALL)
    config = CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=16)
    torch.manual_seed(7)
    model = CLIPModel(config).train(False)
    model.save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    events = list(run_task(EmbedTexts(model=local(tmp_path), texts=("a cat",)), session))
    (said,) = [event for event in events if isinstance(event, Embedded)]
    given = byte_tokenizer()("a cat", return_tensors="pt")
    with torch.inference_mode():
        body = model.text_model(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        wanted = F.normalize(model.text_projection(body.pooler_output), dim=-1)[0]
    assert said.error is None
    assert torch.allclose(torch.tensor(said.vector), wanted, atol=1e-5)


def test_a_tokenizer_larger_than_the_vocabulary_is_refused(tmp_path: Path, session: Session) -> None:
    BertModel(BertConfig(vocab_size=99, **_SMALL)).save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    events = list(run_task(EmbedTexts(model=local(tmp_path), texts=("a cat",)), session))
    (said,) = [event for event in events if isinstance(event, Embedded)]
    assert said.error is not None
    assert sentence(said.error) == "The tokenizer has 257 tokens, the model only 99."
