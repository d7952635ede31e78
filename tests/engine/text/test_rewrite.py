"""Texts in other words: what an encoder-decoder writes, against choosing each token by hand without a cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BartConfig, BartForConditionalGeneration, T5Config, T5ForConditionalGeneration

from bigmodel_studio.cli.commands import main
from bigmodel_studio.core.system import logs
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Cancelled, Done, Event, Failed, ModelRef, Progress, Request, Rewrite, Rewritten
from tests.small_models import SPECIAL, byte_tokenizer, local

TOLD = {
    "summarization": {"prefix": "summarize: "},
    "translation_en_to_de": {"prefix": "translate English to German: "},
    "translation_en_to_fr": {"prefix": "translate English to French: "},
}
LAST = 256


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A random T5 that is told what to do, and a random BART that sees 32 tokens."""
    root = tmp_path_factory.mktemp("writers")
    common: dict[str, Any] = {"vocab_size": 257, "eos_token_id": LAST, "pad_token_id": 0, "decoder_start_token_id": 0}
    told: dict[str, Any] = {"task_specific_params": TOLD}
    t5 = T5Config(d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, **told, **common)
    bart = BartConfig(
        d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=32, bos_token_id=0,
        forced_eos_token_id=None, **common,
    )  # fmt: skip
    for name, model in (("t5", T5ForConditionalGeneration(t5)), ("bart", BartForConditionalGeneration(bart))):
        torch.manual_seed(4)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.data.normal_(0, 0.5)
        model.save_pretrained(root / name)
        byte_tokenizer(template=None).save_pretrained(root / name)
    return {name: root / name for name in ("t5", "bart")}


def events(request: Request, session: Session) -> list[Event]:
    return list(run_task(request, session))


def by_hand(folder: Path, text: str, most: int) -> str:
    """The most probable token after token, the whole computed again for each."""
    kind: Any = T5ForConditionalGeneration if folder.name == "t5" else BartForConditionalGeneration
    model, tokenizer = kind.from_pretrained(str(folder)), byte_tokenizer(template=None)
    model.train(False)
    given = torch.tensor([tokenizer(text)["input_ids"]])
    said = [0]
    while len(said) <= most and said[-1] != LAST:
        with torch.no_grad():
            logits = model(input_ids=given, decoder_input_ids=torch.tensor([said])).logits
        said.append(int(logits[0, -1].argmax()))
    found = tokenizer.decode([each for each in said[1:] if each != LAST], skip_special_tokens=True)
    return str(found).strip()


@pytest.mark.parametrize(("name", "purpose", "prefix"), [("t5", "summarize", "summarize: "), ("bart", "translate", "")])
def test_the_most_probable_text_is_written(
    folders: dict[str, Path], session: Session, name: str, purpose: Any, prefix: str
) -> None:
    texts = ("Once upon a time.", " ", "a")
    model = local(folders[name])
    found = events(Rewrite(model=model, texts=texts, purpose=purpose, max_new_tokens=12, beams=1), session)
    assert isinstance(found[-1], Done)
    said = [event for event in found if isinstance(event, Rewritten)]
    assert [each.prefix for each in said] == [prefix] * 3
    assert [each.error and each.error.code for each in said] == [None, "text-empty", None]
    for text, each in zip(texts, said, strict=True):
        if each.error is None:
            assert each.output == by_hand(folders[name], prefix + text, 12)
            assert 0 < each.tokens <= 12


def test_more_beams_find_a_text_at_least_as_probable(folders: dict[str, Path], session: Session) -> None:
    model = local(folders["bart"])
    said = {}
    for beams in (1, 4):
        request = Rewrite(model=model, texts=("the sea",), purpose="summarize", max_new_tokens=5, beams=beams)
        said[beams] = next(event for event in events(request, session) if isinstance(event, Rewritten))
    assert all(each.error is None for each in said.values())
    expected: Any = BartForConditionalGeneration.from_pretrained(str(folders["bart"]))
    expected.train(False)
    ids = torch.tensor([byte_tokenizer()("the sea")["input_ids"]])
    found: Any = expected.generate
    row = found(input_ids=ids, attention_mask=torch.ones_like(ids), num_beams=4, do_sample=False, max_new_tokens=5)
    words = byte_tokenizer().decode([each for each in row[0, 1:].tolist() if each != LAST], skip_special_tokens=True)
    assert said[4].output == str(words).strip()


def test_the_language_is_one_that_the_model_was_told_of(folders: dict[str, Path], session: Session) -> None:
    model: ModelRef = local(folders["t5"])
    for to, prefix in (("", "translate English to German: "), ("fr", "translate English to French: ")):
        request = Rewrite(model=model, texts=("a",), purpose="translate", to=to, max_new_tokens=2)
        assert next(e for e in events(request, session) if isinstance(e, Rewritten)).prefix == prefix
    end = events(Rewrite(model=model, texts=("a",), purpose="translate", to="tlh"), session)[-1]
    assert isinstance(end, Failed)
    assert (end.problem.code, end.problem.arguments["known"]) == ("language-unknown", "de, fr")


def test_what_is_too_long_and_what_cannot_write_say_so_and_stop_is_heard(
    folders: dict[str, Path], causal_folders: dict[str, Path], session: Session
) -> None:
    request = Rewrite(model=local(folders["bart"]), texts=("x" * 40, "a"), purpose="summarize", max_new_tokens=2)
    said = [event for event in events(request, session) if isinstance(event, Rewritten)]
    assert [each.error and each.error.code for each in said] == ["context-full", None]
    end = events(Rewrite(model=local(causal_folders["gpt2"]), texts=("a",), purpose="summarize"), session)[-1]
    assert isinstance(end, Failed)
    assert end.problem.code == "kind-wrong"
    running = run_task(Rewrite(model=local(folders["t5"]), texts=("a",) * 50, purpose="summarize"), session)
    while not (isinstance(event := next(running), Progress) and event.done > 0):
        pass
    assert isinstance(running.throw(Stopped()), Cancelled)


def test_the_command_writes(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "set_up", lambda name: None)
    assert main(["text", "translate", str(folders["t5"]), "a", "", "--to", "fr", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["prefix"], second["code"]) == ("translate English to French: ", "text-empty")
    assert SPECIAL not in first["output"]
