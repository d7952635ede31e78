"""What BERT's two heads say, against its own logits; texts that cannot be used carry their reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertForPreTraining, BertTokenizer

from bigmodel_studio.cli.commands import main
from bigmodel_studio.core.system import logs
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, Event, Failed, Filled, FillMask, NextSentencePrediction, PredictNextSentence
from tests.small_models import local

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sleeps", "runs", ".", "##s"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A random BERT with both heads, and one with the first alone."""
    root = tmp_path_factory.mktemp("bert")
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=16, initializer_range=0.5,
    )  # fmt: skip
    for name, make in (("both", BertForPreTraining), ("words", BertForMaskedLM)):
        make(config).save_pretrained(root / name)
        BertTokenizer(vocab={word: number for number, word in enumerate(WORDS)}).save_pretrained(str(root / name))
    return {name: root / name for name in ("both", "words")}


def events(request: FillMask | PredictNextSentence, session: Session) -> list[Event]:
    return list(run_task(request, session))


@pytest.mark.parametrize("name", ["both", "words"])
def test_candidates_are_the_most_probable_of_the_models_own_logits(
    folders: dict[str, Path], session: Session, name: str
) -> None:
    texts = ("The [MASK] sleeps [MASK]", "nothing is hidden here", "the cat " * 10 + "[MASK]")
    *_, first, _, second, _, third, done = events(FillMask(model=local(folders[name]), texts=texts, top_k=3), session)
    assert isinstance(done, Done)
    assert isinstance(first, Filled)
    kind: Any = BertForPreTraining if name == "both" else BertForMaskedLM
    model = kind.from_pretrained(str(folders[name])).eval()
    with torch.no_grad():
        output = model(input_ids=torch.tensor([[2, 5, 4, 8, 4, 3]]))
    logits = output.prediction_logits if name == "both" else output.logits
    for place, mask in zip((2, 4), first.masks, strict=True):
        best = logits[0, place].softmax(-1).topk(3)
        assert [each.token for each in mask] == [WORDS[number] for number in best.indices.tolist()]
        assert [each.probability for each in mask] == pytest.approx(best.values.tolist(), abs=1e-5)
    assert first.filled == f"The {first.masks[0][0].token} sleeps {first.masks[1][0].token}"
    assert isinstance(second, Filled)
    assert isinstance(third, Filled)
    assert (second.error and second.error.code, third.error and third.error.code) == ("mask-none", "context-full")


def test_the_next_sentence_is_told_by_the_second_head(folders: dict[str, Path], session: Session) -> None:
    pair = ("The cat sleeps.", "the dog runs")
    told = events(PredictNextSentence(model=local(folders["both"]), pairs=(pair,)), session)[-2]
    assert isinstance(told, NextSentencePrediction)
    model = BertForPreTraining.from_pretrained(str(folders["both"])).eval()
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([[2, 5, 6, 8, 10, 3, 5, 7, 9, 3]]),
            token_type_ids=torch.tensor([[0] * 6 + [1] * 4]),
        ).seq_relationship_logits
    assert told.follows == pytest.approx(logits.softmax(-1)[0, 0].item(), abs=1e-5)
    assert (told.first, told.second) == pair


def test_models_without_the_head_are_refused(
    folders: dict[str, Path], causal_folders: dict[str, Path], session: Session
) -> None:
    for request, code in (
        (PredictNextSentence(model=local(folders["words"]), pairs=(("a", "b"),)), "no-next-sentence"),
        (FillMask(model=local(causal_folders["gpt2"]), texts=("a",)), "kind-wrong"),
        (FillMask(model=local(folders["words"]), texts=("a",), top_k=0), "sampling-invalid"),
    ):
        end = events(request, session)[-1]
        assert isinstance(end, Failed)
        assert end.problem.code == code


def test_the_command_says_both(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "set_up", lambda name: None)
    model = str(folders["both"])
    assert main(["text", "fill-mask", model, "The [MASK].", "no", "--top-k", "2", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert len(first["masks"][0]) == 2
    assert {"token", "probability"} == set(first["masks"][0][0])
    assert (first["error"], second["code"]) == (None, "mask-none")
    assert main(["text", "next-sentence", model, "The cat.", "The dog.", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert 0 < told["follows"] < 1
    assert main(["text", "next-sentence", model, "The cat."]) == 2
    assert main(["text", "paint", model, "The cat."]) == 2
    assert main(["text", "fill-mask", model, "The cat."]) == 2
    said = capsys.readouterr()
    assert "no second sentence" in said.err
    assert "Choose one of: fill-mask, next-sentence, classify, tag, summarize, translate, embed." in said.err
    assert "[MASK]" in said.err
