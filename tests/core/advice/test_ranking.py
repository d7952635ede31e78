"""Which model is advised, and why: what fits goes before what does not, whatever else speaks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bigmodel_studio.core.advice import advice_candidates
from bigmodel_studio.core.advice.advice_candidates import candidates, licence_of
from bigmodel_studio.core.advice.catalog import CATALOG
from bigmodel_studio.core.advice.estimated_costs import estimated_costs
from bigmodel_studio.core.advice.estimated_packed import estimated_packed
from bigmodel_studio.core.advice.ranking import FREE, TASKS, Advice, AdviceQuestion, Candidate, advise
from bigmodel_studio.core.advice.suggestions import SUGGESTIONS, Suggestion
from bigmodel_studio.core.memory.plan import plan
from bigmodel_studio.core.models import library
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.engine.measuring.costs import costs_of
from bigmodel_studio.engine.measuring.packed_costs import packed_costs
from bigmodel_studio.engine.models.loading import AUTO_CLASSES
from bigmodel_studio.protocol import Device, ModelKind, ModelRef, PlanQuestion, Precision, Speed
from tests.gguf_files import llama
from tests.hub_caches import GPT_SHAPES, config, weights

GB = 10**9


def device(free: int = 8 * GB) -> Device:
    return Device(id="cpu", kind="cpu", name="a CPU", total_bytes=16 * GB, free_bytes=free, dtypes=("float32",))


def llama_config(width: int = 512, layers: int = 8) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "intermediate_size": 4 * width,
        "vocab_size": 32000,
        "max_position_embeddings": 4096,
        "tie_word_embeddings": False,
    }


def candidate(
    name: str, parameters: int, *, here: bool = True, kind: ModelKind = "causal-lm", licence: str = "mit", **more: Any
) -> Candidate:
    return Candidate(
        id=name,
        name=name,
        kind=kind,
        parameters=parameters,
        bytes=2 * parameters,
        costs=estimated_costs(llama_config(), parameters, 2 * parameters),
        ref=ModelRef(source="hub", id=name) if here else None,
        licence=licence,
        **{"chats": True, **more},
    )


def ids(found: list[Advice]) -> list[str]:
    return [advice.id for advice in found]


def said(advice: Advice) -> str:
    return " ".join(sentence(reason) for reason in advice.reasons)


CHAT = AdviceQuestion(task="chat")


def test_what_is_here_goes_before_what_can_be_had_and_the_largest_that_fits_first() -> None:
    given = [
        candidate("small", 100_000_000),
        candidate("large", 900_000_000),
        candidate("huge", 70 * GB),
        candidate("elsewhere", 1_500_000_000, here=False),
    ]
    found = advise(CHAT, given, device())
    assert ids(found) == ["large", "small", "elsewhere", "huge"]
    assert [advice.plan.fits for advice in found] == [True, True, True, False]
    assert "It is on this computer." in said(found[0])
    assert "the largest model that fits" in said(found[2])
    assert "Download: about 3.0 GB" in said(found[2])
    assert "only 8.0 GB are available" in said(found[3])
    assert found == advise(CHAT, list(reversed(given)), device())


def test_less_memory_asked_for_is_less_memory_taken() -> None:
    given = [candidate("small", 100_000_000), candidate("large", 900_000_000)]
    question = AdviceQuestion(task="chat", memory_bytes=2 * GB)
    assert ids(advise(question, given, device())) == ["small", "large"]
    assert advise(question, given, device())[0].plan.free_bytes == 2 * GB


@settings(max_examples=60, deadline=None, database=None)
@given(
    sizes=st.lists(st.tuples(st.integers(10**5, 10**11), st.booleans(), st.booleans()), min_size=1, max_size=8),
    memory=st.integers(10**8, 10**11),
    speed=st.sampled_from([0.0, 10.0, 1e6]),
)
def test_nothing_outweighs_that_a_model_does_not_fit(
    sizes: list[tuple[int, bool, bool]], memory: int, speed: float
) -> None:
    made = [
        candidate(f"m{number}", parameters, here=here, chats=chats)
        for number, (parameters, here, chats) in enumerate(sizes)
    ]
    question = AdviceQuestion(task="chat", memory_bytes=memory, per_second=speed)
    found = advise(question, made, device(), SPEEDS)
    fits = [advice.plan.fits for advice in found]
    assert fits == sorted(fits, reverse=True)
    assert all(0 <= advice.score <= 100 for advice in found)
    less = advise(AdviceQuestion(task="chat", memory_bytes=memory // 2, per_second=speed), made, device(), SPEEDS)
    assert sum(advice.plan.fits for advice in less) <= sum(fits)
    assert len(found) == len(less) == len(made)


SPEEDS = {
    ("cpu", "float32"): Speed(device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=1e10, measured=0.0),
    ("cpu", "bfloat16"): Speed(device="cpu", dtype="bfloat16", flops_per_s=1e3, bytes_per_s=1e3, measured=0.0),
}


def test_what_is_too_slow_goes_behind() -> None:
    given = [candidate("quick", 50_000_000), candidate("slow", 1_000_000_000)]
    assert ids(advise(CHAT, given, device(), SPEEDS)) == ["slow", "quick"]
    # 4 GB of float32 weights streamed at 10 GB/s give at most 2.5 tokens/s
    found = advise(AdviceQuestion(task="chat", per_second=5), given, device(), SPEEDS)
    assert ids(found) == ["quick", "slow"]
    assert found[1].per_second == pytest.approx(2.5, rel=0.05)
    assert "Slower than requested: about 2.5" in said(found[1])
    assert "tokens/s" in said(found[0])
    unknown = advise(AdviceQuestion(task="chat", per_second=5), given, device())
    assert "is unknown" in said(unknown[0])


def test_a_licence_rules_out_and_one_that_is_not_known_is_none() -> None:
    given = [
        candidate("free", 10**8),
        candidate("bound", 10**8, licence="llama3.2"),
        candidate("unknown", 10**8, licence=""),
        candidate("mine", 10**8, licence="", own=True),
    ]
    assert set(ids(advise(CHAT, given, device()))) == {"free", "bound", "unknown", "mine"}
    assert set(ids(advise(AdviceQuestion(task="chat", licence=FREE), given, device()))) == {"free", "mine"}
    assert set(ids(advise(AdviceQuestion(task="chat", licence="Llama3.2"), given, device()))) == {"bound", "mine"}


def test_a_task_is_done_by_its_kinds_alone() -> None:
    kinds: tuple[ModelKind, ...] = ("causal-lm", "masked-lm", "text-classifier", "token-classifier", "encoder")
    given = [candidate(kind, 10**8, kind=kind) for kind in (*kinds, "seq2seq", "image-classifier", "other")]
    for task, asked in TASKS.items():
        assert set(ids(advise(AdviceQuestion(task=task), given, device()))) == set(asked.kinds)
    with pytest.raises(StudioError) as caught:
        advise(AdviceQuestion(task="juggle"), given, device())
    assert "chat" in hint(caught.value.problem)


def test_what_was_not_made_for_conversation_goes_behind_what_was() -> None:
    given = [candidate("base", 900_000_000, chats=False), candidate("chatty", 100_000_000, here=False)]
    found = advise(CHAT, given, device())
    assert ids(found) == ["chatty", "base"]
    assert "not made for chat" in said(found[1])
    assert ids(advise(AdviceQuestion(task="write"), given, device())) == ["base", "chatty"]


# ------------------------------------------------------------------------------------------- candidates


def test_what_is_not_whole_or_only_looked_at_is_no_candidate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "config.json").write_bytes(config())
    (whole / "model.safetensors").write_bytes(weights(GPT_SHAPES))
    (whole / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}"}))
    (whole / "README.md").write_text("---\ntags: [a]\nlicense: apache-2.0\n---\nlicense: other\n")
    cut = tmp_path / "cut"
    cut.mkdir()
    (cut / "config.json").write_bytes(config())
    (cut / "model.safetensors").write_bytes(weights(GPT_SHAPES)[:-3])
    refs = [
        ModelRef(source="local", id=str(path))
        for path in (whole, cut, llama(tmp_path / "some.gguf", **{"tokenizer.ggml.model": "bert"}))
    ]
    monkeypatch.setattr(advice_candidates, "remote", tuple)
    (found,) = candidates(map(library.record, refs))
    assert (found.id, found.licence, found.chats) == (str(whole), "apache-2.0", True)


@pytest.mark.parametrize(("model_type", "offered"), [("gpt2", True), ("our-own", False), ("../x", False)])
def test_what_needs_code_of_its_own_is_no_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_type: str, offered: bool
) -> None:
    (tmp_path / "config.json").write_bytes(config(model_type=model_type, auto_map={"AutoModel": "modeling_x.X"}))
    (tmp_path / "model.safetensors").write_bytes(weights(GPT_SHAPES))
    monkeypatch.setattr(advice_candidates, "remote", tuple)
    found = candidates([library.record(ModelRef(source="local", id=str(tmp_path)))])
    assert bool(found) is offered


@pytest.mark.parametrize(
    ("card", "licence"),
    [("---\nlicense: mit\n---\n", "mit"), ("license: mit\n", ""), ("---\nx: 1\n---\nlicense: mit\n", ""), ("", "")],
)
def test_a_licence_is_read_from_the_head_of_a_card(tmp_path: Path, card: str, licence: str) -> None:
    (tmp_path / "README.md").write_text(card)
    assert licence_of(tmp_path) == licence


@pytest.mark.parametrize("suggestion", SUGGESTIONS, ids=lambda suggestion: suggestion.id)
def test_a_suggestion_has_the_parameters_that_its_shape_has(suggestion: Suggestion) -> None:
    made = transformers.AutoConfig.for_model(**suggestion.config)
    with torch.device("meta"):
        model = getattr(transformers, AUTO_CLASSES[suggestion.kind]).from_config(made)
    assert sum(parameter.numel() for parameter in model.parameters()) == suggestion.parameters
    assert set(suggestion.tasks) <= set(TASKS)
    assert all(suggestion.kind in TASKS[task].kinds for task in suggestion.tasks)


def test_every_task_has_something_to_be_had_for_every_use() -> None:
    for task in TASKS:
        found = advise(AdviceQuestion(task=task, licence=FREE), advice_candidates.remote(), device(64 * GB), SPEEDS)
        assert found, task
        assert found[0].plan.fits
    chat = advise(CHAT, advice_candidates.remote(), device(64 * GB))
    assert [advice.candidate.parameters for advice in chat] == sorted(
        (advice.candidate.parameters for advice in chat), reverse=True
    )
    assert all(advice.plan.parts["kv_cache"] > 0 for advice in chat)


def test_an_estimate_is_near_what_is_counted_from_the_structure() -> None:
    """The weights and the cache exactly, all together within a tenth, a token's time within a quarter."""
    large = next(one for one in advice_candidates.remote() if one.id == "HuggingFaceTB/SmolLM2-135M-Instruct")
    reference = next(one for one in CATALOG if one.hub_id == large.id)
    with torch.device("meta"):
        config = transformers.AutoConfig.for_model(**reference.config)
        model = transformers.AutoModelForCausalLM.from_config(config)
    counted = costs_of(model, "causal-lm")
    assert counted is not None
    question = PlanQuestion(context=2048)
    speed = msgspec.structs.replace(SPEEDS["cpu", "float32"], operation_s=1e-5)
    guessed, exact = (plan(costs, question, device(), speed) for costs in (large.costs, counted))
    assert guessed.parts["kv_cache"] == exact.parts["kv_cache"]
    assert guessed.parts["weights"] == pytest.approx(exact.parts["weights"], rel=0.01)
    assert guessed.total_bytes == pytest.approx(exact.total_bytes, rel=0.1)
    assert guessed.seconds_per_step == pytest.approx(exact.seconds_per_step, rel=0.25)


# ------------------------------------------------------------------------------------------- precisions


def seven_billion(name: str = "seven", **more: Any) -> Candidate:
    shape = {**llama_config(4096, 32), "model_type": "llama", "intermediate_size": 11008, "num_attention_heads": 32}
    config_ = {**shape, "num_key_value_heads": 32}
    parameters = 6_738_415_616
    costs = replace(estimated_costs(config_, parameters, 2 * parameters), packed=estimated_packed(config_))
    return replace(candidate(name, parameters, **more), costs=costs)


STREAM = {
    ("cpu", "float32"): Speed(
        device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=1e10, measured=1.0, read_bytes_per_s=30e9,
        idle=True,
    )
}  # fmt: skip


def test_a_model_too_large_as_stored_is_advised_in_the_precision_that_fits_with_its_speed() -> None:
    (found,) = advise(CHAT, [seven_billion()], device(), STREAM)
    assert found.plan.fits
    assert found.ref is not None
    assert (found.plan.question.precision, found.ref.precision) == ("4-bit", "4-bit")
    assert "Fits at 4 bits: needs " in said(found)
    # 6.6 G weights in 5 bits each and the cache of 2,048 tokens, read at 30 GB/s
    assert found.per_second == pytest.approx(30e9 / (6.6e9 * 5 / 8 + 1.07e9 * 2), rel=0.03)
    assert f"About {found.per_second:.1f} tokens/s." in said(found)
    (roomy,) = advise(CHAT, [seven_billion()], device(12 * GB), STREAM)
    assert roomy.plan.question.precision == "8-bit"
    (fast,) = advise(AdviceQuestion(task="chat", per_second=4), [seven_billion()], device(12 * GB), STREAM)
    assert fast.plan.question.precision == "4-bit"
    (tight,) = advise(CHAT, [seven_billion()], device(2 * GB), STREAM)
    assert not tight.plan.fits
    (stored,) = advise(CHAT, [seven_billion()], device(40 * GB), STREAM)
    assert stored.plan.question.precision == "stored"
    assert f"At 4 bits about {found.per_second:.1f} tokens/s." in said(stored)
    card = replace(device(), id="cuda:0", kind="cuda")
    assert advise(CHAT, [seven_billion()], card)[0].plan.question.precision == "stored", "packed: processors only"


@pytest.mark.parametrize("precision", ["8-bit", "4-bit"])
def test_what_a_config_says_of_packed_weights_is_what_is_counted(precision: Precision) -> None:
    given = {
        **llama_config(), "model_type": "llama", "tie_word_embeddings": False, "head_dim": 64, "rms_norm_eps": 1e-6
    }  # fmt: skip
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**given))
    counted, estimated = packed_costs(model, torch.bfloat16)[precision], estimated_packed(given)[precision]
    assert (estimated.read_bytes, estimated.block_bytes) == (counted.read_bytes, counted.block_bytes)
    assert estimated.weight_bytes == counted.weight_bytes
    assert (estimated.block_tokens, estimated.position_bytes) == (counted.block_tokens, counted.position_bytes)
    assert estimated.step_bytes == pytest.approx(counted.step_bytes, rel=0.25)


def test_a_gguf_file_that_runs_is_a_candidate_with_its_own_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = {
        "tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": ["a", "b"], "tokenizer.chat_template": "{{ x }}",
        "general.license": "mit",
    }  # fmt: skip
    record = library.record(ModelRef(source="local", id=str(llama(tmp_path / "runs.gguf", **tokens))))
    assert record.problem is None
    monkeypatch.setattr(advice_candidates, "remote", tuple)
    (found,) = candidates([record])
    assert (found.licence, found.chats, set(found.costs.packed)) == ("mit", True, {"stored", "8-bit", "4-bit"})
    (advice,) = advise(CHAT, [found], device(), STREAM)
    assert (advice.plan.fits, advice.plan.question.precision) == (True, "stored")
    assert advice.per_second is not None
