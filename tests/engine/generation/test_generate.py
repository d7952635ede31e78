"""What a user of ``Generate`` notices: text, seeds, stops, what a stop leaves, and conversations that grow too long."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LogitsProcessorList

from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.generation import prompts
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Cancelled,
    Done,
    Event,
    Failed,
    Generate,
    Generated,
    Notice,
    Sampling,
    Token,
    Turn,
)
from tests.small_models import CONTEXT, byte_tokenizer, local


def talk(folder: Path, session: Session, **fields: Any) -> tuple[list[Event], Generated]:
    """Every event, and the result."""
    fields.setdefault("sampling", Sampling(greedy=True, max_new_tokens=20))
    *events, end = run_task(Generate(model=local(folder), **fields), session)
    assert isinstance(end, Done), end
    assert isinstance(end.result, Generated)
    return events, end.result


def _loaded(folder: Path, session: Session) -> LoadedModel:
    found: list[LoadedModel] = []

    def load() -> Iterator[Event]:
        found.append((yield from session.load(local(folder))))

    list(load())
    return found[0]


def tokens(events: list[Event]) -> list[Token]:
    return [event for event in events if isinstance(event, Token)]


def test_tokens_join_to_the_text(causal_folders: dict[str, Path], session: Session) -> None:
    events, result = talk(causal_folders["gpt2"], session, prompt="Hello")
    assert "".join(token.text for token in tokens(events)) == result.text
    assert result.new_tokens == len(tokens(events))
    assert result.prompt_tokens == 5
    assert result.time_to_first_token_s > 0
    assert not result.template


def test_the_same_seed_says_the_same_and_is_told(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["gpt2"]
    _, first = talk(folder, session, prompt="a", sampling=Sampling(max_new_tokens=30, temperature=1.5))
    _, again = talk(folder, session, prompt="a", sampling=Sampling(max_new_tokens=30, temperature=1.5, seed=first.seed))
    _, other = talk(
        folder, session, prompt="a", sampling=Sampling(max_new_tokens=30, temperature=1.5, seed=first.seed + 1)
    )
    assert again.text == first.text
    assert other.text != first.text


def test_alternatives_are_the_most_probable(causal_folders: dict[str, Path], session: Session) -> None:
    events, _ = talk(causal_folders["llama"], session, prompt="abc", alternatives=4)
    for token in tokens(events):
        assert len(token.alternatives) == 4
        assert token.alternatives[0].id == token.id  # greedy
        logprobs = [alternative.logprob for alternative in token.alternatives]
        assert logprobs == sorted(logprobs, reverse=True)
        assert sum(map(math.exp, logprobs)) <= 1.0001


def test_a_stop_string_ends_the_text_before_it(causal_folders: dict[str, Path], session: Session) -> None:
    sampling = Sampling(max_new_tokens=60, temperature=1.2, seed=4)
    _, free = talk(causal_folders["gpt2"], session, prompt="abc", sampling=sampling)
    stop = free.text[8:11]
    cut = Sampling(max_new_tokens=60, temperature=1.2, seed=4, stop=(stop,))
    events, result = talk(causal_folders["gpt2"], session, prompt="abc", sampling=cut)
    assert result.text == free.text[: free.text.index(stop)]
    assert result.finish_reason == "stop"
    assert "".join(token.text for token in tokens(events)) == result.text


def test_an_end_token_ends_it(gpt_folder: Path, session: Session) -> None:
    events, _ = talk(gpt_folder, session, prompt="Hello")
    ids = [token.id for token in tokens(events)]
    (gpt_folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [ids[3], 999]}))
    events, result = talk(gpt_folder, session, prompt="Hello")
    assert [token.id for token in tokens(events)] == ids[: ids.index(ids[3]) + 1]
    assert result.finish_reason == "stop"


def test_what_was_said_stays_when_it_is_stopped(causal_folders: dict[str, Path], session: Session) -> None:
    request = Generate(model=local(causal_folders["gpt2"]), prompt="a", sampling=Sampling(max_new_tokens=80, seed=1))
    events = run_task(request, session)
    said: list[Token] = []
    while len(said) < 5:
        event = next(events)
        if isinstance(event, Token):
            said.append(event)
    end = events.throw(Stopped())
    assert isinstance(end, Cancelled)
    assert isinstance(end.result, Generated)
    assert end.result.text == "".join(token.text for token in said)
    assert (end.result.finish_reason, end.result.new_tokens) == ("cancelled", 5)
    with pytest.raises(StopIteration):
        next(events)


def test_generation_ends_at_the_context(causal_folders: dict[str, Path], session: Session) -> None:
    for folder in causal_folders.values():
        sampling = Sampling(greedy=True, max_new_tokens=500)
        _, result = talk(folder, session, prompt="x" * (CONTEXT - 5), sampling=sampling)
        assert (result.new_tokens, result.finish_reason) == (6, "length")


def test_without_a_length_a_chat_may_fill_the_context_and_a_prompt_ends_before(
    causal_folders: dict[str, Path], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "PLAIN_TOKENS", 7)
    folder = causal_folders["gpt2"]
    _, answer = talk(folder, session, turns=(Turn("user", "hi"),), sampling=Sampling(greedy=True))
    _, continued = talk(folder, session, prompt="hi", sampling=Sampling(greedy=True))
    assert (answer.new_tokens, answer.finish_reason) == (CONTEXT - answer.prompt_tokens + 1, "length")
    assert (continued.new_tokens, continued.finish_reason) == (7, "length")


def test_a_prompt_past_the_context_is_refused(causal_folders: dict[str, Path], session: Session) -> None:
    *_, end = run_task(Generate(model=local(causal_folders["gpt2"]), prompt="x" * (CONTEXT + 1)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "context-full"


def test_a_conversation_goes_through_the_template(causal_folders: dict[str, Path], session: Session) -> None:
    turns = (Turn("system", "S"), Turn("user", "hi"))
    _, result = talk(causal_folders["gpt2"], session, turns=turns)
    assert result.template
    assert result.prompt_tokens == len("<system>S\n<user>hi\n<assistant>")


def test_without_a_template_the_text_is_continued(gpt_folder: Path, session: Session) -> None:
    (gpt_folder / "chat_template.jinja").unlink()
    turns = (Turn("user", "ab"), Turn("assistant", "cd"), Turn("user", "ef"))
    _, result = talk(gpt_folder, session, turns=turns)
    assert not result.template
    assert result.prompt_tokens == len("abcd\nef")


def test_a_long_conversation_loses_its_oldest_turns_visibly(causal_folders: dict[str, Path], session: Session) -> None:
    long = tuple(Turn(role, f"{number:08}") for number in range(3) for role in ("user", "assistant"))
    turns = (Turn("system", "S"), *long, Turn("user", "last"))
    events, result = talk(causal_folders["gpt2"], session, turns=turns)
    notices = [event for event in events if isinstance(event, Notice)]
    assert [notice.problem.code for notice in notices] == ["context-trimmed"]
    assert result.trimmed_turns > 0
    assert result.trimmed_turns % 2 == 0  # the user still speaks first
    assert result.trimmed_tokens > 0
    assert result.prompt_tokens <= CONTEXT - CONTEXT // 16


def test_a_full_context_loses_a_quarter_at_once(
    causal_folders: dict[str, Path], tmp_path: Path, session: Session
) -> None:
    """For some turns the same messages are left out, so that a kept cache still begins as the prompt does."""
    folder = Path(shutil.copytree(causal_folders["llama"], tmp_path / "long"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 404}))
    sampling = Sampling(greedy=True, max_new_tokens=4)
    left_out, room = [], 400
    history: list[Turn] = []
    for number in range(40):
        history.append(Turn("user", f"{number:02}"))
        _, result = talk(folder, session, turns=tuple(history), sampling=sampling)
        left_out.append(result.trimmed_turns)
        assert result.prompt_tokens <= room
        history.append(Turn("assistant", f"{number:02}"))
    changed = [at for at in range(1, len(left_out)) if left_out[at] != left_out[at - 1]]
    assert len(changed) >= 2
    turn_tokens = len("<user>00\n<assistant>00\n")
    assert {after - before for before, after in pairwise(changed)} <= {
        room // 4 // turn_tokens,
        room // 4 // turn_tokens + 1,
    }


def test_nothing_is_dropped_while_there_is_room(causal_folders: dict[str, Path], session: Session) -> None:
    dropped = []
    turns: tuple[Turn, ...] = ()
    for number in range(6):
        turns = (*turns, Turn("user", f"{number:x}"))
        _, result = talk(causal_folders["gpt2"], session, turns=turns)
        dropped.append(result.trimmed_turns)
        if result.trimmed_turns == 0:
            nothing_dropped = result.prompt_tokens
        turns = (*turns, Turn("assistant", "k"))
    assert nothing_dropped > CONTEXT * 3 // 4, "more than three quarters were used before anything was dropped"
    assert dropped[-1] > 0


def test_one_message_that_is_too_long_is_refused(causal_folders: dict[str, Path], session: Session) -> None:
    request = Generate(model=local(causal_folders["gpt2"]), turns=(Turn("user", "x" * 200),))
    *_, end = run_task(request, session)
    assert isinstance(end, Failed)
    assert end.problem.code == "context-full"


@pytest.mark.parametrize("begun", ["The answer", "  It is \n"])
def test_a_reply_goes_on_where_transformers_would_have_it_go_on(
    causal_folders: dict[str, Path], session: Session, begun: str
) -> None:
    """The prompt is that of ``continue_final_message``."""
    folder = causal_folders["gpt2"]
    asked = (Turn("user", "hi"), Turn("assistant", begun))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    expected = tokenizer.apply_chat_template(
        [{"role": turn.role, "content": turn.content} for turn in asked], continue_final_message=True, return_dict=False
    )
    request = Generate(model=local(folder), turns=asked, continue_last=True, sampling=Sampling(greedy=True))
    assert prompts.prompt_of(request, _loaded(folder, session)).ids == expected


def test_beams_are_those_of_generate_with_their_probabilities(
    causal_folders: dict[str, Path], session: Session
) -> None:
    folder = causal_folders["gpt2"]
    events, result = talk(folder, session, prompt="abc", sampling=Sampling(beams=6, max_new_tokens=8))
    model = AutoModelForCausalLM.from_pretrained(folder).train(False)
    row = torch.tensor([byte_tokenizer()("abc")["input_ids"]])
    found = model.generate(
        row,
        attention_mask=torch.ones_like(row),
        num_beams=6,
        max_new_tokens=8,
        length_penalty=0.0,
        do_sample=False,
        pad_token_id=256,
        output_scores=True,
        return_dict_in_generate=True,
    )
    assert [token.id for token in tokens(events)] == found.sequences[0, 3:].tolist()
    total = sum(token.logprob for token in tokens(events))
    assert total == pytest.approx(float(found.sequences_scores[0]), abs=1e-3)
    assert result.new_tokens == 8


def test_beams_are_penalised_as_generate_penalises_them(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["llama"]
    sampling = Sampling(beams=4, max_new_tokens=8, repetition_penalty=1.3, presence_penalty=0.4, frequency_penalty=0.3)
    events, _ = talk(folder, session, prompt="abc", sampling=sampling)

    def counted(ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        changed = scores.clone()
        for row, text in enumerate(ids.tolist()):
            for token in set(text[3:]):
                changed[row, token] -= 0.4 + 0.3 * text[3:].count(token)
        return changed

    model = AutoModelForCausalLM.from_pretrained(folder).train(False)
    row = torch.tensor([byte_tokenizer()("abc")["input_ids"]])
    found = model.generate(
        row,
        attention_mask=torch.ones_like(row),
        num_beams=4,
        max_new_tokens=8,
        do_sample=False,
        repetition_penalty=1.3,
        logits_processor=LogitsProcessorList([counted]),
        pad_token_id=256,
    )
    assert [token.id for token in tokens(events)] == found[0, 3:].tolist()


def test_beams_can_be_stopped(causal_folders: dict[str, Path], session: Session) -> None:
    sampling = Sampling(beams=8, max_new_tokens=90)
    events = run_task(Generate(model=local(causal_folders["llama"]), prompt="a", sampling=sampling), session)
    for event in events:
        if getattr(event, "what", "") == "searching":
            break
    assert isinstance(events.throw(Stopped()), Cancelled)


def test_an_empty_prompt_without_a_first_token_is_refused(causal_folders: dict[str, Path], session: Session) -> None:
    *_, end = run_task(Generate(model=local(causal_folders["gpt2"]), prompt=""), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "prompt-empty"


@pytest.mark.shared
def test_stories_are_the_published_ones(shared_assets: Path, session: Session) -> None:
    expected = json.loads((shared_assets / "stories260k-llama" / "expected.json").read_text())
    for prompt, whole in expected["greedy_80_new_tokens"].items():
        _, result = talk(
            shared_assets / "stories260k-llama" / "hf",
            session,
            prompt=prompt,
            sampling=Sampling(greedy=True, max_new_tokens=80),
        )
        assert prompt + result.text == whole


@pytest.mark.shared
def test_six_letters_are_sorted(shared_assets: Path, session: Session) -> None:
    for letters in ("CABBAC", "CCCAAA", "BABABA"):
        _, result = talk(shared_assets / "gpt2-nano-sort" / "hf", session, prompt=letters)
        assert result.text == "".join(sorted(letters))


def test_a_reply_goes_on_from_its_tokens_with_another_one(causal_folders: dict[str, Path], session: Session) -> None:
    folder, turns = causal_folders["llama"], (Turn("user", "Where?"),)
    greedy = Sampling(greedy=True, presence_penalty=0.4, max_new_tokens=12)
    events, whole = talk(folder, session, turns=turns, sampling=greedy)
    said = tokens(events)
    begun = tuple(token.id for token in said[:5])
    again, rest = talk(
        folder, session, turns=turns, begun_ids=begun, sampling=msgspec.structs.replace(greedy, max_new_tokens=7)
    )
    assert "".join(token.text for token in said[:5]) + rest.text == whole.text, "as if it had never been cut"
    assert rest.prompt_tokens == whole.prompt_tokens + 5
    assert [token.logprob for token in tokens(again)] == pytest.approx([token.logprob for token in said[5:]], abs=1e-4)
    branched, _ = talk(folder, session, turns=turns, begun_ids=begun, first_id=ord("R") - ord("!"), sampling=greedy)
    first = tokens(branched)[0]
    assert first.text.endswith("R"), "perhaps after half a character that it broke off"
    assert first.processed_logprob == 0.0
    assert first.logprob < said[5].logprob
