"""What a user of ``Generate`` notices of the fast path: the same text, and what made it; weights of 8 and 4 bits."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from torch import Tensor
from transformers import AutoModelForCausalLM

from bigmodel_studio.cli import commands
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import sentence
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.generation.generate import generate
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.model import PackedModel
from bigmodel_studio.engine.packed.weights import dequantised
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Done,
    Event,
    Failed,
    Generate,
    Generated,
    Load,
    Loaded,
    ModelRef,
    Precision,
    Sampling,
    Token,
    Turn,
)
from tests.small_models import local

Kernel = Callable[..., Any]
GREEDY = Sampling(greedy=True, max_new_tokens=40)


@pytest.fixture
def ready(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels are compiled and may be used."""
    monkeypatch.delenv(compiling.VARIABLE)


def talk(ref: ModelRef, session: Session, **fields: Any) -> Generated:
    *_, end = run_task(Generate(model=ref, **{"prompt": "Once upon", "sampling": GREEDY, **fields}), session)
    assert isinstance(end, Done), end
    assert isinstance(end.result, Generated)
    return end.result


def problem(ref: ModelRef, session: Session, **fields: Any) -> Failed:
    *_, end = run_task(Generate(model=ref, **{"prompt": "Once upon", "sampling": GREEDY, **fields}), session)
    assert isinstance(end, Failed), end
    return end


def at(folder: Path, precision: Precision) -> ModelRef:
    return msgspec.structs.replace(local(folder), precision=precision)


@pytest.mark.parametrize("name", ["gpt2", "gpt-neo", "llama"])
def test_the_text_is_that_of_the_reference(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, session: Session, causal_folders: dict[str, Path], name: str
) -> None:
    sampled = Sampling(max_new_tokens=40, temperature=1.2, seed=5)
    expected = [talk(local(causal_folders[name]), session, sampling=each) for each in (GREEDY, sampled)]
    monkeypatch.delenv(compiling.VARIABLE)
    found = [talk(local(causal_folders[name]), session, sampling=each) for each in (GREEDY, sampled)]
    assert [each.text for each in found] == [each.text for each in expected]
    assert {each.decoder for each in expected} == {"transformers"}
    assert {each.decoder for each in found} == {"packed"}


def test_the_starter_says_the_same_on_twenty_prompts(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    stories = paths.sample_text().read_text(encoding="utf-8").split("\n\n")
    starter = ModelRef(source="builtin", id="starter-gpt")
    prompts = [" ".join(story.split()[: 3 + number]) for number, story in enumerate(stories[:20])]
    short = Sampling(greedy=True, max_new_tokens=12)
    expected = [talk(starter, session, prompt=prompt, sampling=short).text for prompt in prompts]
    monkeypatch.delenv(compiling.VARIABLE)
    found = [talk(starter, session, prompt=prompt, sampling=short) for prompt in prompts]
    assert [each.text for each in found] == expected
    assert {each.decoder for each in found} == {"packed"}


def test_the_reference_speaks_until_the_kernels_are_compiled(
    monkeypatch: pytest.MonkeyPatch, session: Session, causal_folders: dict[str, Path]
) -> None:
    asked: list[bool] = []
    monkeypatch.delenv(compiling.VARIABLE)
    session.release()
    with monkeypatch.context() as patch:
        patch.setattr(compiling, "_loaded", [])
        patch.setattr(compiling, "begin", lambda: asked.append(True))
        assert talk(local(causal_folders["llama"]), session).decoder == "transformers"
        assert reference(session) == "reference-compiling"
    assert asked


def reference(session: Session) -> str:
    """The code of why the loaded model is on the reference path, "" where it is not."""
    assert session._loaded is not None
    found = session._loaded.facts.reference
    return found.code if found is not None else ""


def test_facts_say_why_the_reference_computes_and_when_it_no_longer_does(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, session: Session, causal_folders: dict[str, Path]
) -> None:
    ref = local(causal_folders["llama"])
    session.release()
    talk(ref, session)
    assert reference(session) == "reference-off"
    monkeypatch.delenv(compiling.VARIABLE)
    first, second = ([*run_task(Load(model=ref), session)] for _ in range(2))
    assert [event.facts.reference for event in first if isinstance(event, Loaded)] == [None]
    assert not any(isinstance(event, Loaded) for event in second)


@pytest.mark.parametrize("precision", ["8-bit", "4-bit"])
@pytest.mark.parametrize("name", ["gpt2", "gpt-neo", "llama"])
def test_packed_weights_are_read_from_the_folder(
    ready: None, session: Session, causal_folders: dict[str, Path], name: str, precision: Precision
) -> None:
    folder = causal_folders[name]
    result = talk(at(folder, precision), session)
    assert (result.decoder, result.new_tokens) == ("packed", 40)
    loaded = session._loaded
    assert loaded is not None
    assert loaded.fast.model is not None
    reference = AutoModelForCausalLM.from_pretrained(folder)
    assert loaded.facts.weight_bytes < sum(each.numel() * 4 for each in reference.parameters())
    assert loaded.facts.parameters == sum(each.numel() for each in reference.parameters())
    head = reference.get_output_embeddings().weight.detach().float()
    off = (dequantised(loaded.fast.model.weights["head"]) - head).abs().max()
    assert 0 < float(off) < float(head.abs().max()) / (7 if precision == "4-bit" else 120)


def test_what_can_not_be_packed_says_why(
    ready: None, session: Session, causal_folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for file in causal_folders["llama"].iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_act": "tanh"}))
    end = problem(at(folder, "4-bit"), session)
    assert end.problem.code == "precision-unsupported"
    assert "activation “tanh”" in sentence(end.problem)
    assert talk(local(folder), session).decoder == "transformers"
    assert reference(session) == "reference-unsupported"
    end = problem(ModelRef(source="builtin", id="starter-bert", precision="8-bit"), session)
    assert end.problem.code == "precision-unsupported"
    end = problem(at(causal_folders["llama"], "8-bit"), session, sampling=Sampling(beams=2, max_new_tokens=5))
    assert end.problem.code == "precision-beams"


def test_a_stop_is_heard_after_one_token(ready: None, session: Session, causal_folders: dict[str, Path]) -> None:
    task = generate(Generate(model=local(causal_folders["llama"]), prompt="Once", sampling=GREEDY), session)
    seen: list[Event] = []
    for event in task:
        seen.append(event)
        if isinstance(event, Token):
            break
    rest = [task.throw(Stopped()), *task]  # type: ignore[attr-defined]
    (end,) = rest
    assert isinstance(end, Done)
    assert isinstance(end.result, Generated)
    assert (end.result.new_tokens, end.result.finish_reason) == (1, "cancelled")


class Fed:
    """Counts the tokens that go through packed models."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tokens = 0
        feed = PackedModel.feed

        def counted(model: PackedModel, rows: Any, *arguments: Any, **options: Any) -> Any:
            self.tokens += len(rows)
            return feed(model, rows, *arguments, **options)

        monkeypatch.setattr(PackedModel, "feed", counted)

    def taken(self) -> int:
        """How many since this was asked last."""
        found, self.tokens = self.tokens, 0
        return found


SHORT = Sampling(max_new_tokens=6, temperature=1.1, seed=4)


def test_the_next_turn_feeds_only_what_is_new(
    ready: None, session: Session, causal_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = local(causal_folders["llama"])
    session.kept_caches.clear()
    fed = Fed(monkeypatch)
    opening = (Turn("user", "Once upon a time"),)
    first = talk(ref, session, turns=opening, sampling=SHORT)
    assert fed.taken() == first.prompt_tokens + 5
    history = (*opening, Turn("assistant", first.text), Turn("user", "and then?"))
    second = talk(ref, session, turns=history, sampling=SHORT)
    assert first.prompt_tokens <= second.cached_tokens
    assert fed.taken() == second.prompt_tokens - second.cached_tokens + 5
    again = talk(ref, session, turns=history, sampling=SHORT)  # regenerated
    assert again.cached_tokens == again.prompt_tokens - 1
    assert fed.taken() == 1 + 5
    edited = (*opening, Turn("assistant", first.text), Turn("user", "and what?"))
    branch = talk(ref, session, turns=edited, sampling=SHORT)
    assert second.cached_tokens <= branch.cached_tokens < branch.prompt_tokens
    # The texts are those of a session that keeps nothing.
    for turns, found in ((history, second), (history, again), (edited, branch)):
        session.kept_caches.clear()
        alone = talk(ref, session, turns=turns, sampling=SHORT)
        assert (alone.text, alone.cached_tokens) == (found.text, 0)


def test_a_reply_that_was_stopped_is_kept_too(ready: None, session: Session, causal_folders: dict[str, Path]) -> None:
    ref = local(causal_folders["llama"])
    task = generate(Generate(model=ref, prompt="Once upon", sampling=GREEDY), session)
    for event in task:
        if isinstance(event, Token):
            break
    task.throw(Stopped())  # type: ignore[attr-defined]
    kept = talk(ref, session)
    assert kept.cached_tokens == kept.prompt_tokens - 1
    session.kept_caches.clear()
    assert talk(ref, session).text == kept.text


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(max_new_tokens=40, temperature=0.8, seed=3)])
def test_a_draft_model_changes_no_text(
    ready: None, session: Session, causal_folders: dict[str, Path], sampling: Sampling
) -> None:
    small = local(causal_folders["gpt2"])
    expected = talk(local(causal_folders["llama"]), session, sampling=sampling)
    found = talk(local(causal_folders["llama"]), session, sampling=sampling, draft=small)
    assert found.text == expected.text
    assert 0 <= found.accepted_tokens <= found.drafted_tokens
    assert found.drafted_tokens > 0
    itself = talk(at(causal_folders["gpt2"], "8-bit"), session, sampling=sampling, draft=small)
    assert itself.accepted_tokens > 0
    assert session.parts().weights_bytes > session._loaded.facts.weight_bytes  # type: ignore[union-attr]


def test_the_command_line_says_how_many_drafts_were_accepted(
    ready: None, causal_folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["generate", str(causal_folders["gpt2"]), "--prompt", "Once upon", "--greedy", "--max-new-tokens", "30"]
    assert commands.main(words) == 0
    plain = capsys.readouterr().out
    assert commands.main([*words, "--draft", str(causal_folders["gpt2"])]) == 0
    printed = capsys.readouterr()
    assert printed.out == plain
    assert "drafted tokens were accepted." in printed.err


def test_a_draft_of_another_vocabulary_is_refused(
    ready: None, session: Session, causal_folders: dict[str, Path]
) -> None:
    end = problem(local(causal_folders["llama"]), session, draft=ModelRef(source="builtin", id="starter-gpt"))
    assert end.problem.code == "draft-vocabulary"


def test_a_draft_changes_no_text_of_the_reference(session: Session, causal_folders: dict[str, Path]) -> None:
    model, small = local(causal_folders["llama"]), local(causal_folders["gpt2"])
    expected = talk(model, session, sampling=GREEDY)
    found = talk(model, session, sampling=GREEDY, draft=small)
    assert (found.decoder, found.text) == ("transformers", expected.text)
    assert found.drafted_tokens > 0


def test_the_reference_feeds_only_what_is_new(
    session: Session, causal_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = local(causal_folders["llama"])
    session.kept_caches.clear()
    computed: list[int] = []
    feed = TransformersDecoder._feed

    def counted(decoder: TransformersDecoder, ids: list[int], wanted: int) -> Tensor:
        computed.append(len(ids) if decoder._cache is not None else decoder.length + len(ids))
        return feed(decoder, ids, wanted)

    monkeypatch.setattr(TransformersDecoder, "_feed", counted)
    opening = (Turn("user", "Once upon a time"),)
    first = talk(ref, session, turns=opening, sampling=SHORT)
    history = (*opening, Turn("assistant", first.text), Turn("user", "and then?"))
    computed.clear()
    second = talk(ref, session, turns=history, sampling=SHORT)
    assert (second.decoder, first.prompt_tokens <= second.cached_tokens) == ("transformers", True)
    assert sum(computed) == second.prompt_tokens - second.cached_tokens + 5
    session.kept_caches.clear()
    alone = talk(ref, session, turns=history, sampling=SHORT)
    assert (alone.text, alone.cached_tokens) == (second.text, 0)


def test_kept_caches_are_counted_and_go_with_the_model(
    ready: None, session: Session, causal_folders: dict[str, Path]
) -> None:
    talk(local(causal_folders["llama"]), session)
    assert session.parts().cache_bytes == session.kept_caches.bytes > 0
    talk(local(causal_folders["gpt2"]), session)
    assert len(session.kept_caches) == 1
    session.release()
    assert session.kept_caches.bytes == 0


def test_unloading_gives_the_weights_back(ready: None, session: Session, causal_folders: dict[str, Path]) -> None:
    talk(at(causal_folders["llama"], "8-bit"), session)
    assert session._loaded is not None
    assert session._loaded.fast.model is not None
    model = weakref.ref(session._loaded.fast.model)
    talk(at(causal_folders["gpt2"], "8-bit"), session)
    gc.collect()
    assert model() is None
