"""Scores of tokens against plain transformers calls: each processor alone, all together, on both decoders."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Cancelled,
    Done,
    Event,
    Failed,
    Generate,
    Request,
    Sampling,
    Scored,
    ScoredToken,
    ScoreReply,
    ScoreText,
    Token,
    Turn,
)
from tests.small_models import CONTEXT, byte_tokenizer, local

TURNS = (Turn("user", "Where is the kite?"),)
OFF = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}
WARPERS: dict[str, Any] = {
    "repetition-penalty": (1.3, RepetitionPenaltyLogitsProcessor),
    "temperature": (0.6, TemperatureLogitsWarper),
    "top-k": (20, TopKLogitsWarper),
    "top-p": (0.8, TopPLogitsWarper),
    "min-p": (0.05, MinPLogitsWarper),
    "typical-p": (0.7, TypicalLogitsWarper),
}
CLOSE = 1e-4


def _scored(request: Request, session: Session) -> tuple[list[ScoredToken], Scored]:
    *events, end = run_task(request, session)
    assert isinstance(end, Done), end
    assert isinstance(end.result, Scored)
    return [event for event in events if isinstance(event, ScoredToken)], end.result


def _reply(folder: Path, session: Session) -> tuple[list[Token], list[int]]:
    """Generate a reply; its tokens, and the ids of its prompt by transformers' own template."""
    asked = Generate(model=local(folder), turns=TURNS, sampling=Sampling(seed=5, max_new_tokens=12))
    tokens = [event for event in run_task(asked, session) if isinstance(event, Token)]
    prompt = AutoTokenizer.from_pretrained(folder).apply_chat_template(
        [{"role": "user", "content": TURNS[0].content}], add_generation_prompt=True, return_dict=False
    )
    return tokens, list(prompt)


def _logits(folder: Path, ids: list[int]) -> Tensor:
    """Logits [ids, vocabulary] by one plain call."""
    with torch.inference_mode():
        found: Tensor = AutoModelForCausalLM.from_pretrained(folder)(torch.tensor([ids])).logits[0]
    return found


@pytest.mark.parametrize("names", [*([name] for name in WARPERS), list(WARPERS), []], ids=lambda names: "+".join(names))
def test_columns_are_what_plain_transformers_calls_give(
    causal_folders: dict[str, Path], session: Session, names: list[str]
) -> None:
    folder = causal_folders["gpt2"]
    tokens, prompt = _reply(folder, session)
    fields = OFF | {name.replace("-", "_"): WARPERS[name][0] for name in names}
    ids = [token.id for token in tokens]
    found, whole = _scored(
        ScoreReply(model=local(folder), turns=TURNS, ids=tuple(ids), sampling=Sampling(**fields), alternatives=6),
        session,
    )
    assert whole.columns == ("raw", *names)
    assert (whole.tokens, whole.prompt_tokens) == (len(ids), len(prompt))
    logits = _logits(folder, prompt + ids)
    for place, token in enumerate(found):
        before = torch.tensor([prompt + ids[:place]])
        row = logits[len(prompt) + place - 1][None]
        columns = [row.log_softmax(-1)[0]]
        applied = LogitsProcessorList()
        for name in names:
            value, warper = WARPERS[name]
            applied.append(warper(value))
            columns.append(applied(before, row.clone()).log_softmax(-1)[0])  # type: ignore[arg-type]
        _check_measures(token, ids[place], columns[0])
        for option in token.options:
            for value, column in zip(option.logprobs, columns, strict=True):
                expected = float(column[option.id])
                assert (value is None) == (expected == -math.inf)
                assert value is None or value == pytest.approx(expected, abs=CLOSE)
        assert {int(id_) for column in (columns[0], columns[-1]) for id_ in column.topk(1).indices} <= {
            option.id for option in token.options
        }


def _check_measures(token: ScoredToken, id_: int, logprobs: Tensor) -> None:
    assert token.id == id_
    assert token.logprob == pytest.approx(float(logprobs[id_]), abs=CLOSE)
    assert token.rank == int((logprobs > logprobs[id_]).sum()) + 1
    assert token.entropy == pytest.approx(float(-(logprobs.exp() * logprobs).sum()), abs=CLOSE)
    assert id_ in {option.id for option in token.options}


def test_what_was_said_when_it_was_generated_is_said_again(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["llama"]
    asked = Sampling(temperature=0.7, top_k=30, presence_penalty=0.5, frequency_penalty=0.3, seed=2, max_new_tokens=14)
    generated = [
        event
        for event in run_task(Generate(model=local(folder), turns=TURNS, sampling=asked), session)
        if isinstance(event, Token)
    ]
    found, whole = _scored(
        ScoreReply(model=local(folder), turns=TURNS, ids=tuple(token.id for token in generated), sampling=asked),
        session,
    )
    assert whole.columns == ("raw", "presence-penalty", "frequency-penalty", "temperature", "top-k", "top-p")
    assert "".join(token.text for token in found) == "".join(token.text for token in generated)
    for token, old in zip(found, generated, strict=True):
        own = next(option for option in token.options if option.id == old.id)
        assert (own.logprobs[0], own.logprobs[-1]) == pytest.approx((old.logprob, old.processed_logprob), abs=CLOSE)


def test_a_reply_without_tokens_is_tokenized_and_cut_at_the_context(
    causal_folders: dict[str, Path], session: Session
) -> None:
    folder = causal_folders["gpt2"]
    request = ScoreReply(model=local(folder), turns=TURNS, text="x" * 200, alternatives=0)
    found, whole = _scored(request, session)
    assert len(found) == CONTEXT - whole.prompt_tokens + 1
    assert len(found) + whole.left_out == 200
    assert found[0].options == ()


def test_ids_of_another_vocabulary_are_refused(causal_folders: dict[str, Path], session: Session) -> None:
    for ids in ((4, 100_000), (-1,)):
        *_, end = run_task(ScoreReply(model=local(causal_folders["gpt2"]), turns=TURNS, ids=ids), session)
        assert isinstance(end, Failed)
        assert end.problem.code == "reply-tokens-foreign"


def test_stopping_leaves_what_was_scored(causal_folders: dict[str, Path], session: Session) -> None:
    events = run_task(ScoreReply(model=local(causal_folders["gpt2"]), turns=TURNS, text="abcdef"), session)
    first = next(event for event in events if isinstance(event, ScoredToken))
    end: Event = events.throw(Stopped())
    assert first.text == "a"
    assert isinstance(end, Cancelled)
    assert isinstance(end.result, Scored)
    assert end.result.tokens == 1


def test_perplexity_of_a_text_is_that_of_one_plain_call(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["gpt-neo"]
    text = "The kite is <|end|> red."
    found, whole = _scored(ScoreText(model=local(folder), text=text), session)
    ids = [token.id for token in found]
    assert byte_tokenizer().decode(ids) == text
    assert 256 not in ids, "what is typed stays text"
    logprobs = _logits(folder, ids).log_softmax(-1)
    losses = [-float(logprobs[place, id_]) for place, id_ in enumerate(ids[1:])]
    assert found[0].logprob is None
    assert [-(token.logprob or 0) for token in found[1:]] == pytest.approx(losses, abs=CLOSE)
    assert whole.predicted == len(ids) - 1
    assert whole.loss == pytest.approx(sum(losses) / len(losses), abs=CLOSE)
    assert whole.perplexity == pytest.approx(math.exp(whole.loss))


def test_a_text_longer_than_the_context_is_read_in_windows_that_overlap(
    causal_folders: dict[str, Path], session: Session
) -> None:
    folder = causal_folders["gpt2"]
    text = "".join(chr(97 + place * place % 26) for place in range(CONTEXT + 60))
    found, whole = _scored(ScoreText(model=local(folder), text=text), session)
    assert "".join(token.text for token in found) == text
    assert whole.predicted == len(text) - 1
    ids = [token.id for token in found]
    start = CONTEXT - CONTEXT // 2
    logprobs = _logits(folder, ids[start : start + CONTEXT]).log_softmax(-1)
    expected = [float(logprobs[place - 1 - start, ids[place]]) for place in range(CONTEXT, start + CONTEXT)]
    assert [token.logprob for token in found[CONTEXT : start + CONTEXT]] == pytest.approx(expected, abs=CLOSE)


def test_a_text_without_a_predicted_token_is_refused(causal_folders: dict[str, Path], session: Session) -> None:
    *_, end = run_task(ScoreText(model=local(causal_folders["gpt2"]), text="a"), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "score-too-short"
