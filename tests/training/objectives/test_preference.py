"""Preference pairs: layouts known by content, bad rows named, and DPO's loss and gradients by its formula."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from bigmodel_studio.core.runs.forks import fork
from bigmodel_studio.core.runs.run_folder import REFERENCE, RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, ModelSpec, RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data.chat_files import READ_ONLY, Fault
from bigmodel_studio.training.loop import reference
from bigmodel_studio.training.loop.precision import Precision
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.objectives.preference import Preference
from bigmodel_studio.training.objectives.preference_files import Pair, read_pairs
from tests.training.conftest import losses
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]
CPU = torch.device("cpu")


def talk(*pairs: str) -> list[dict[str, str]]:
    """Messages of ``role: content``."""
    return [dict(zip(("role", "content"), pair.split(": ", 1), strict=True)) for pair in pairs]


# ------------------------------------------------------------------------------- files

HI = (talk("user: Hi", "assistant: Good"), talk("user: Hi", "assistant: Bad"))
LAYOUTS: list[tuple[object, tuple[list[dict[str, str]], list[dict[str, str]]]]] = [
    ({"prompt": "Hi", "chosen": "Good", "rejected": "Bad"}, HI),
    ({"question": "Hi", "chosen": "Good", "rejected": "Bad", "system": "Be kind"},
     tuple([*talk("system: Be kind"), *each] for each in HI)),  # type: ignore[list-item]
    ({"instruction": "Add", "input": "2 2", "chosen": "4", "rejected": "5"},
     (talk("user: Add\n\n2 2", "assistant: 4"), talk("user: Add\n\n2 2", "assistant: 5"))),
    ({"prompt": talk("user: Hi"), "chosen": talk("assistant: Good"), "rejected": talk("assistant: Bad")}, HI),
    ({"prompt": "Hi", "chosen": HI[0], "rejected": HI[1], "score_chosen": 8.0}, HI),
    ({"chosen": HI[0], "rejected": HI[1]}, HI),
    ({"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Good"},
      "rejected": {"from": "gpt", "value": "Bad"}}, HI),
    ({"chosen": "\n\nHuman: a\n\nAssistant: b\n\nHuman: Hi\n\nAssistant: Good",
      "rejected": "\n\nHuman: a\n\nAssistant: b\n\nHuman: Hi\n\nAssistant: Bad"},
     tuple([*talk("user: a", "assistant: b"), *each] for each in HI)),  # type: ignore[list-item]
]  # fmt: skip


def test_every_layout_is_known_by_what_it_holds_and_the_prompt_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(entry) for entry, _ in LAYOUTS), "utf-8")
    found = list(read_pairs(path))
    assert not [str(each) for each in found if isinstance(each, Fault)]
    for number, (pair, (_, expected)) in enumerate(zip(found, LAYOUTS, strict=True), 1):
        assert isinstance(pair, Pair)
        assert pair.line == number
        for messages, wanted in zip(pair.conversations, expected, strict=True):
            *before, answer = messages
            assert [{"role": each["role"], "content": each["content"]} for each in messages] == wanted
            assert all(READ_ONLY in each for each in before)
            assert READ_ONLY not in answer


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"prompt": "a", "chosen": "b"}', "the field rejected is missing"),
        ('{"prompt": "a", "chosen": null, "rejected": "b"}', "the field chosen is missing"),
        ('{"prompt": "a", "chosen": "b", "rejected": "b"}', "its chosen and rejected answers are identical"),
        ('{"prompt": "a", "chosen": " ", "rejected": "b"}', "its chosen answer is empty"),
        ('{"prompt": "a", "chosen": "b", "rejected": []}', "its rejected isn't text or a list of messages"),
        ('{"prompt": "a", "chosen": "b", "rejected": [{"role": "user", "content": "c"}]}', "rejected answer is empty"),
        ('{"prompt": "", "chosen": "b", "rejected": "c"}', "its prompt is empty"),
        ('{"chosen": "b", "rejected": "c"}', "it has no prompt"),
        ('{"prompt": "a", "chosen": 3, "rejected": "c"}', "its chosen isn't text"),
        ('{"prompt": 3, "chosen": "b", "rejected": "c"}', "its prompt is no text"),
        ('{"prompt": "a", "chosen": "\\ud83d", "rejected": "c"}', "its text is not UTF-8"),
        ('["a", "b"]', "it isn't an object with prompt, chosen and rejected"),
        ('{"prompt": ', "it is no JSON"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "some.jsonl"
    good = json.dumps(LAYOUTS[0][0])
    path.write_text(f"{good}\n{line}\n{good}\n", "utf-8")
    first, fault, last = read_pairs(path)
    assert isinstance(first, Pair)
    assert isinstance(last, Pair)
    assert isinstance(fault, Fault)
    assert str(fault).startswith(f"{path}, line 2: ")
    assert reason in fault.reason


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(b'{"prompt": "a", "chosen": "\xff", "rejected": "b"}\n')
    (fault,) = read_pairs(path)
    assert isinstance(fault, Fault)
    assert "not UTF-8" in fault.reason


# ------------------------------------------------------------------------------- training


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    entries = [
        {"prompt": f"say {n % 5}", "chosen": f"yes {n % 7}", "rejected": f"no, never {n % 3}"} for n in range(30)
    ]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


@pytest.fixture
def gpt(causal_folders: dict[str, Path], tmp_path: Path) -> Path:
    """A GPT-2 that drops nothing, so that losses can be compared."""
    folder = tmp_path / "gpt"
    shutil.copytree(causal_folders["gpt2"], folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {k: 0.0 for k in config if k.endswith("pdrop")}))
    return folder


@pytest.fixture
def spec(spec: RunSpec, pairs: Path, gpt: Path) -> RunSpec:
    """As the tiny spec, trained on from a GPT-2 with a template."""
    return msgspec.structs.replace(
        spec,
        objective="preference",
        data=DataSpec(train=(str(pairs),), evaluation=0.2),
        model=ModelSpec(base=str(gpt), context=64),
        samples=msgspec.structs.replace(spec.samples, prompts=("say 3",)),
    )


def built(spec: RunSpec) -> Preference:
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    assert isinstance(objective, Preference)
    return objective


def answer_log_probability(model: Any, ids: torch.Tensor, learnt: torch.Tensor) -> torch.Tensor:
    """The log-probability of an answer in a conversation that nothing fills up, token by token."""
    logits = model(input_ids=ids[None]).logits[0]
    total = torch.zeros(())
    for place in range(1, len(ids)):
        if learnt[place]:
            total = total + torch.log_softmax(logits[place - 1], -1)[ids[place]]
    return total


def test_loss_and_gradients_are_those_of_the_formula(spec: RunSpec, tmp_path: Path) -> None:
    objective = built(spec)
    model = objective.model
    reference.establish(objective, tmp_path, CPU, Precision("float32", CPU), lambda *_: None)
    torch.manual_seed(0)
    before = {name: each.detach().clone() for name, each in model.named_parameters()}
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.02)  # no longer the reference
    model.train()
    batch = objective.batch(1)
    loss = objective.loss(model, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    assert objective.example_losses is not None
    measures = objective.measures(objective.example_losses)
    found = {name: each.grad.clone() for name, each in model.named_parameters() if each.grad is not None}
    model.zero_grad()

    start = built(spec).model.eval()
    for name, parameter in start.named_parameters():
        assert torch.equal(parameter, before[name])
    terms, margins = [], []
    for ids, learnt, lengths in zip(batch["tokens"], batch["learnt"], batch["lengths"].tolist(), strict=True):
        ratios = []
        for which, length in enumerate(lengths):
            row = ids[which, :length], learnt[which, :length]
            with torch.no_grad():
                by_reference = answer_log_probability(start, *row)
            ratios.append(answer_log_probability(model, *row) - by_reference)
        margin = 0.1 * ratios[0] - 0.1 * ratios[1]
        terms.append(-torch.log(1 / (1 + torch.exp(-margin))))
        margins.append(margin.item())
    expected = sum(terms[1:], terms[0]) / len(terms)
    expected.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)
    assert abs(loss.item() - math.log(2)) > 1e-3
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        torch.testing.assert_close(found[name], parameter.grad, atol=1e-6, rtol=1e-5)
    assert measures["reward_margin"] == pytest.approx(sum(margins) / len(margins), abs=1e-5)
    assert measures["reward_accuracy"] == sum(margin > 0 for margin in margins) / len(margins)


@pytest.mark.parametrize("method", ["full", "lora", "frozen"])
def test_every_method_learns_to_prefer_the_chosen_answers(make_run: MakeRun, method: str) -> None:
    folder = make_run(
        method={"kind": method}, optimizer={"learning_rate": 2e-2 if method != "full" else 3e-3},
        schedule={"steps": 24, "evaluate_every": 24, "checkpoint_every": 24},
    )  # fmt: skip
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    first, *_, last = folder.metrics()
    assert first["loss"] == pytest.approx(math.log(2), abs=1e-5)
    assert first["reward_margin"] == pytest.approx(0, abs=1e-4)
    assert last["evaluation_loss"] < 0.5
    assert last["accuracy"] == 1.0
    assert last["evaluation_reward_margin"] > 0.3
    assert last["reward_margin"] > 0.3
    assert folder.status().baselines == {"no-preference": math.log(2)}


@pytest.mark.parametrize(("step", "method"), [(2, "full"), (9, "full"), (5, "lora"), (5, "frozen")])
def test_stopped_and_resumed_the_rest_is_the_same_and_the_reference_is_computed_once(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, step: int, method: str
) -> None:
    whole, stopped = make_run(method={"kind": method}), make_run(method={"kind": method})
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, step)
        assert run(stopped.path, resume=False) == STOPPED
    monkeypatch.setattr(Preference, "reference", lambda *_: pytest.fail("computed twice"))
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    ours, theirs = (load_file(each.path / REFERENCE) for each in (whole, stopped))
    assert all(torch.equal(ours[name], theirs[name]) for name in ("training", "evaluation"))


def test_a_fork_keeps_the_reference_and_one_on_other_data_asks_the_first_model_again(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = make_run()
    assert run(parent.path, resume=False) == FINISHED
    same = fork(parent, 4, {}, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Preference, "reference", lambda *_: pytest.fail("computed twice"))
        assert run(same.path, resume=True) == FINISHED
    assert losses(same)[-1] == losses(parent)[-1]
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"prompt": "say 9", "chosen": "yes 9", "rejected": "no 9"}) + "\n")
    changed = fork(parent, 4, {"data.train": [str(other)], "data.evaluation": 0.0}, tmp_path)
    assert run(changed.path, resume=True) == FINISHED
    spec = changed.spec()
    assert spec is not None
    afresh = built(spec)
    reference.establish(afresh, tmp_path / "afresh", CPU, Precision("float32", CPU), lambda *_: None, keep=False)
    stored = load_file(changed.path / REFERENCE)["training"]
    torch.testing.assert_close(stored, torch.from_numpy(afresh.training_reference()), atol=1e-4, rtol=0)


def test_a_batch_in_parts_has_the_loss_of_the_whole(make_run: MakeRun) -> None:
    whole = make_run(schedule={"steps": 4, "batch": 8})
    parts = make_run(schedule={"steps": 4, "batch": 2, "accumulate": 4})
    assert run(whole.path, resume=False) == run(parts.path, resume=False) == FINISHED
    one, two = ([record["loss"] for record in folder.metrics()] for folder in (whole, parts))
    assert one == pytest.approx(two, abs=1e-5)


def test_a_pair_is_shown_with_its_tokens_and_each_has_its_loss(spec: RunSpec) -> None:
    objective = built(spec)
    batch = objective.batch(1)
    with torch.no_grad():
        (seen,) = objective.look(objective.model.eval(), batch, [1], 1)
    (shown,) = objective.shown(batch, [1], 1)
    text = {role: "".join(each.text for each in shown.tokens if each.role == role) for role in ("learnt", "rejected")}
    assert text["learnt"].startswith("yes ")
    assert text["rejected"].startswith("no, never ")
    assert [each.loss is not None for each in seen.tokens] == [each.role in text for each in shown.tokens]
    assert "".join(each.text for each in shown.tokens if each.role == "read").count("say ") == 1


def test_nothing_to_learn_from_is_said_with_the_first_reason(spec: RunSpec, tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text('{"prompt": "a", "chosen": "b"}\n')
    with pytest.raises(StudioError, match=r"none\.jsonl, line 1: the field rejected is missing") as raised:
        built(msgspec.structs.replace(spec, data=DataSpec(train=(str(path),))))
    assert raised.value.problem.code == "chat-no-pairs"
