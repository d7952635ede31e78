"""Conversations: layouts known by content, answers alone are learnt, and the losses are those of a plain loop."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, ModelSpec, RunSpec, spec_of
from bigmodel_studio.core.system.paths import starters
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.generate import generate
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Generate, Generated, Sampling, Turn
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data import chat_data
from bigmodel_studio.training.data.chat_files import Chat as Conversation
from bigmodel_studio.training.data.chat_files import Fault, read_chats
from bigmodel_studio.training.data.chat_spans import learnt_tokens, simple_template, written
from bigmodel_studio.training.data.shuffling import order
from bigmodel_studio.training.loop.run import BAD_INPUT, FINISHED, STOPPED, run
from bigmodel_studio.training.objectives.chat import Chat
from tests.small_models import SPECIAL, byte_tokenizer
from tests.training.conftest import losses
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]


def said(*pairs: str) -> list[dict[str, str]]:
    """Messages of ``role: content``."""
    return [dict(zip(("role", "content"), pair.split(": ", 1), strict=True)) for pair in pairs]


def quiet(*_: object) -> None:
    pass


# ------------------------------------------------------------------------------- files

LAYOUTS: list[tuple[object, list[list[dict[str, str]]]]] = [
    ({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]},
     [said("user: Hi", "assistant: Ho")]),
    ({"messages": [{"role": "developer", "content": "Be kind"},
                   {"role": "user", "content": [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]},
                   {"role": "assistant", "content": "Ho"}, {"role": "user", "content": "more"}]},
     [said("system: Be kind", "user: Hi", "assistant: Ho")]),
    ({"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}], "system": "Be kind"},
     [said("system: Be kind", "user: Hi", "assistant: Ho")]),
    ({"conversations": [{"from": "human", "value": "2+2"}, {"from": "function_call", "value": "add"},
                        {"from": "observation", "value": "4"}, {"from": "gpt", "value": "4"}], "tools": "[add]"},
     [said("system: [add]", "user: 2+2", "assistant: add", "tool: 4", "assistant: 4")]),
    ({"instruction": "Add", "input": "2 2", "output": "4"}, [said("user: Add\n\n2 2", "assistant: 4")]),
    ({"instruction": "Say", "input": "", "output": "x"}, [said("user: Say", "assistant: x")]),
    ({"instruction": "Why", "context": "So", "response": "y", "category": "z"},
     [said("user: Why\n\nSo", "assistant: y")]),
    ({"instruction": "Do", "instances": [{"input": "a", "output": "A"}, {"input": "", "output": "B"}]},
     [said("user: Do\n\na", "assistant: A"), said("user: Do", "assistant: B")]),
    ({"instruction": "c", "output": "d", "history": [["a", "b"]]},
     [said("user: a", "assistant: b", "user: c", "assistant: d")]),
    ({"prompt": "p", "completion": "q"}, [said("user: p", "assistant: q")]),
    ({"prompt": said("user: p"), "completion": said("assistant: q")}, [said("user: p", "assistant: q")]),
    ({"question": "p", "answer": "q"}, [said("user: p", "assistant: q")]),
    (said("user: p", "assistant: q"), [said("user: p", "assistant: q")]),
]  # fmt: skip


@pytest.mark.parametrize("name", ["lines.jsonl", "array.json"])
def test_every_layout_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    entries = [json.dumps(entry) for entry, _ in LAYOUTS]
    path.write_text("\n".join(entries) if name == "lines.jsonl" else "[\n" + ",\n".join(entries) + "\n]\n", "utf-8")
    found = list(read_chats(path))
    expected = [messages for _, many in LAYOUTS for messages in many]
    assert [chat.messages for chat in found if isinstance(chat, Conversation)] == expected
    assert len(found) == sum(len(many) for _, many in LAYOUTS)
    first = {chat.line for chat in found if isinstance(chat, Conversation)}
    assert first == {number + (name == "array.json") for number in range(1, len(LAYOUTS) + 1)}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"messages": [{"role": "user", "content": "Hi"}]}', "no answer"),
        ('{"messages": [{"role": "alien", "content": "Hi"}]}', "message 1 is by 'alien'"),
        ('{"messages": [{"role": "assistant", "content": 3}]}', "message 1 is no text"),
        ('{"text": "only text"}', "its fields are text"),
        ('{"instruction": "Add"}', "no answer"),
        ('{"messages": [', "it is no JSON"),
        ("7", "no table"),
    ],
)
def test_what_cannot_be_used_is_named_by_file_and_line_and_the_rest_is_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = tmp_path / "some.jsonl"
    good = json.dumps(LAYOUTS[0][0])
    path.write_text(f"{good}\n\n{line}\n{good}\n")
    first, fault, last = read_chats(path)
    assert isinstance(fault, Fault)
    assert fault.line == 3
    assert reason in fault.reason
    assert str(fault).startswith(f"{path}, line 3: ")
    assert isinstance(first, Conversation)
    assert isinstance(last, Conversation)
    assert last.line == 4


def test_an_array_that_is_cut_off_gives_what_it_has_and_the_line_of_the_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bigmodel_studio.training.data.chat_files.READ_CHARACTERS", 64)
    entries = [json.dumps(LAYOUTS[0][0], indent=1) for _ in range(5)]
    path = tmp_path / "some.json"
    whole = "[" + ",\n".join(entries) + "]"
    path.write_text(whole)
    assert [type(each) for each in read_chats(path)] == [Conversation] * 5
    path.write_text(whole[: len(whole) * 2 // 3])
    *found, fault = read_chats(path)
    assert len(found) == 3
    assert isinstance(fault, Fault)
    assert fault.line == whole[: len(whole) * 2 // 3].count("\n") + 1
    assert [chat.line for chat in found] == [1 + n * (entries[0].count("\n") + 1) for n in range(3)]


def test_real_collections_are_read_whole(shared_assets: Path) -> None:
    counts = {}
    for name in ("seed_tasks.jsonl", "user_oriented_instructions.jsonl", "glaive_toolcall_en_demo.json"):
        found = list(read_chats(shared_assets / "instruct-chat" / name))
        assert not [each for each in found if isinstance(each, Fault)]
        counts[name] = len(found)
    assert counts == {
        "seed_tasks.jsonl": 175, "user_oriented_instructions.jsonl": 252, "glaive_toolcall_en_demo.json": 300,
    }  # fmt: skip


# ------------------------------------------------------------------------------- what is learnt

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FORGETS = (  # as those that leave out what was thought in all turns but the last
    "{% for m in messages %}<{{ m.role }}>"
    "{% if m.role == 'assistant' and not loop.last %}{{ m.content.split('</think>')[-1] }}"
    "{% else %}{{ m.content }}{% endif %}</s>{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}"
)
STRICT = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
TALK = said("system: Be kind.", "user: Hi there", "assistant: Ho 你好 🙂!", "user: And?", "assistant: No more.")


def spans(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]]) -> list[list[str]]:
    return [[part.text[begin:end] for begin, end in part.spans] for part in written(tokenizer, messages)]


def test_the_answers_with_what_closes_them_are_learnt_and_nothing_else() -> None:
    assert spans(byte_tokenizer(CHATML), TALK) == [["Ho 你好 🙂!<|im_end|>\n", "No more.<|im_end|>\n"]]


def test_marks_on_tokens_are_those_of_a_template_that_marks_answers_itself() -> None:
    """``{% generation %}`` is what transformers can follow by itself; most templates have none."""
    marked = CHATML.replace(
        "{{ m.content }}<|im_end|>\n",
        "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>\n{% endgeneration %}"
        "{% else %}{{ m.content }}<|im_end|>\n{% endif %}",
    )
    tokenizer, plain = byte_tokenizer(marked), byte_tokenizer(CHATML)
    expected: Any = tokenizer.apply_chat_template(
        TALK, return_assistant_tokens_mask=True, return_dict=True, tokenize=True
    )
    for each in (tokenizer, plain):
        (part,) = written(each, TALK)
        ids, learnt = learnt_tokens(each, part)
        assert ids == expected["input_ids"]
        assert learnt == [bool(mark) for mark in expected["assistant_masks"]]
        assert 0 < sum(learnt) < len(learnt)


def test_a_template_that_writes_earlier_turns_differently_makes_several_of_a_conversation() -> None:
    talk = said("user: a", "assistant: <think>x</think>b", "user: c", "assistant: <think>y</think>d")
    tokenizer = byte_tokenizer(FORGETS)
    first, second = written(tokenizer, talk)
    assert first.text == "<user>a</s><assistant><think>x</think>b</s>"
    assert second.text == "<user>a</s><assistant>b</s><user>c</s><assistant><think>y</think>d</s>"
    assert spans(tokenizer, talk) == [["x</think>b</s>"], ["y</think>d</s>"]]


def test_what_a_tool_says_is_said_by_the_user_where_the_template_knows_no_tools() -> None:
    talk = said("user: 2+2", "assistant: add", "tool: 4", "assistant: It is 4.")
    assert spans(byte_tokenizer(STRICT), talk) == [["add</s>", "It is 4.</s>"]]
    with pytest.raises(ValueError, match="roles must alternate"):
        written(byte_tokenizer(STRICT), said("user: a", "user: b", "assistant: c"))


def test_a_template_that_hides_an_answer_is_not_believed() -> None:
    hides = "{% for m in messages %}<{{ m.role }}>{% if m.role != 'assistant' %}{{ m.content }}{% endif %}{% endfor %}"
    with pytest.raises(ValueError, match="cannot be told"):
        written(byte_tokenizer(hides), TALK)


@pytest.mark.parametrize("name", ["stories260k", "gpt2", "starter-gpt"])
def test_real_tokenizers_learn_the_answers_and_a_simple_template_serves_where_there_is_none(
    shared_assets: Path, name: str
) -> None:
    folder = {
        "stories260k": shared_assets / "stories260k-llama" / "hf",
        "gpt2": shared_assets / "tokenizer-gpt2",
        "starter-gpt": starters() / "starter-gpt",
    }[name]
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    if not tokenizer.chat_template:
        tokenizer.chat_template = simple_template(tokenizer)
    (part,) = written(tokenizer, TALK)
    ids, learnt = learnt_tokens(tokenizer, part)
    if name == "stories260k":
        assert ids[0] == tokenizer.bos_token_id
    answers = [number for number, flag in enumerate(learnt) if flag]
    text = tokenizer.decode([ids[number] for number in answers])
    assert "Hi there" not in text
    assert "Be kind" not in text
    for words in ("Ho", "No more."):
        assert words in text
    ends = {tokenizer.eos_token_id} & {ids[number] for number in answers}
    assert ends, "an answer is never closed"
    # Where the model would be asked, its prompt is exactly the tokens before the answer.
    asked = tokenizer.apply_chat_template(TALK[:2], tokenize=False, add_generation_prompt=True)
    prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
    assert ids[: len(prompt)] == prompt
    assert learnt[: len(prompt) + 1] == [False] * len(prompt) + [True]


# ------------------------------------------------------------------------------- data


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    path = tmp_path / "chats.jsonl"
    entries = [
        {"messages": said(f"user: count {n}", f"assistant: {' '.join(str(each) for each in range(n % 7 + 1))}")}
        for n in range(60)
    ]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def test_conversations_are_cut_left_out_and_counted_and_come_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.jsonl"
    rows = [said("user: a", "assistant: b"), said("user: a", "assistant: " + "b" * 50)]
    rows.append(said("user: " + "a" * 50, "assistant: b"))
    path.write_text("".join(json.dumps({"messages": row}) + "\n" for row in rows) + "broken\n")
    tokenizer, files = byte_tokenizer(), chat_data.chat_files([str(path)], 0.0)
    made = chat_data.prepare(files, 0.0, tokenizer, 32, quiet)
    assert (made.counts.train, made.counts.cut, made.counts.without, made.counts.faults) == (2, 2, 1, 1)
    assert str(made.faults[0]).startswith(f"{path}, line 4: it is no JSON")
    ids, learnt = made.train.conversation(0)
    assert tokenizer.decode(ids[learnt == 1].tolist()) == "b\n"
    assert len(made.train.conversation(1)[0]) == 33
    monkeypatch.setattr(chat_data, "_make", lambda *_: pytest.fail("made twice"))
    assert np.array_equal(chat_data.prepare(files, 0.0, tokenizer, 32, quiet).train.tokens, made.train.tokens)


def test_a_share_is_evaluated_on_spread_evenly_over_the_files(chats: Path) -> None:
    made = chat_data.prepare(chat_data.chat_files([str(chats)], 0.1), 0.1, byte_tokenizer(), 96, quiet)
    assert (len(made.train), len(made.evaluation)) == (54, 6)
    texts = [str(byte_tokenizer().decode(made.evaluation.conversation(n)[0].tolist())) for n in range(6)]
    assert [text.split("\n")[0] for text in texts] == [f"<user>count {n}" for n in (9, 19, 29, 39, 49, 59)]


def test_nothing_to_learn_from_is_said_with_the_first_reason(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text('{"text": "a"}\n')
    with pytest.raises(StudioError, match=r"none\.jsonl, line 1: its fields are text"):
        chat_data.prepare(chat_data.chat_files([str(path)], 0.0), 0.0, byte_tokenizer(), 32, quiet)


def test_shuffles_show_each_thing_once_before_any_twice_and_by_place_alone() -> None:
    whole = order(3, 0, 20, 10, stream=1)
    assert sorted(whole[:10]) == sorted(whole[10:]) == list(range(10))
    assert whole[:10] != whole[10:]
    assert order(3, 7, 9, 10, stream=1) == whole[7:16]
    assert order(4, 0, 10, 10, stream=1) != whole[:10]


# ------------------------------------------------------------------------------- training


@pytest.fixture
def gpt(causal_folders: dict[str, Path], tmp_path: Path) -> Path:
    """A GPT-2 that drops nothing, so that losses can be compared."""
    folder = tmp_path / "gpt"
    shutil.copytree(causal_folders["gpt2"], folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {k: 0.0 for k in config if k.endswith("pdrop")}))
    return folder


@pytest.fixture
def spec(spec: RunSpec, chats: Path, gpt: Path) -> RunSpec:
    """As the tiny spec, trained on from a GPT-2 with a template."""
    return msgspec.structs.replace(
        spec,
        objective="chat",
        data=DataSpec(train=(str(chats),), evaluation=0.1),
        model=ModelSpec(base=str(gpt), context=64),
        samples=msgspec.structs.replace(spec.samples, prompts=("count 3",)),
    )


def test_losses_are_those_of_a_plain_loop_written_here(make_run: MakeRun) -> None:
    changes: dict[str, Any] = {
        "schedule": {"steps": 50, "warmup": 5, "decay": "constant", "evaluate_every": 50, "checkpoint_every": 50}
    }
    folder = make_run(**changes)
    found = folder.spec()
    assert found is not None
    objective = objectives.build(resolve_spec(found), None, lambda *_: None)
    model, expected = objective.model.train(), []
    matrices, vectors = ([p for p in model.parameters() if (p.ndim > 1) == wide] for wide in (True, False))
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], betas=(0.9, 0.95)
    )
    for step in range(1, 51):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * min(1, step / 5)
        batch = objective.batch(step)
        total, count = torch.zeros(()), 0
        for row, learnt, length in zip(batch["tokens"], batch["learnt"], batch["lengths"], strict=True):
            ids = row[: int(length)]  # one conversation after the other, so that nothing is filled up
            logits = model(input_ids=ids[None]).logits[0]
            for place in range(1, len(ids)):
                if learnt[place]:
                    total = total - F.log_softmax(logits[place - 1], -1)[ids[place]]
                    count += 1
        loss = total / count
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        expected.append(loss.item())
    assert run(folder.path, resume=False) == FINISHED
    assert [record["loss"] for record in folder.metrics()] == pytest.approx(expected, abs=1e-5)


def test_a_batch_in_parts_has_the_loss_of_the_whole(make_run: MakeRun) -> None:
    whole = make_run(schedule={"steps": 4, "batch": 8})
    parts = make_run(schedule={"steps": 4, "batch": 2, "accumulate": 4})
    assert run(whole.path, resume=False) == run(parts.path, resume=False) == FINISHED
    one, two = ([record["loss"] for record in folder.metrics()] for folder in (whole, parts))
    assert one == pytest.approx(two, abs=1e-5)


@pytest.mark.parametrize(("step", "method"), [(2, "full"), (9, "full"), (5, "lora")])
def test_stopped_and_resumed_the_rest_is_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, step: int, method: str
) -> None:
    whole, stopped = make_run(method={"kind": method}), make_run(method={"kind": method})
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, step)
        assert run(stopped.path, resume=False) == STOPPED
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    assert stopped.samples()[-1]["text"] == whole.samples()[-1]["text"]


def test_a_model_without_a_template_learns_to_answer_and_to_stop(make_run: MakeRun, gpt: Path, tmp_path: Path) -> None:
    (gpt / "chat_template.jinja").unlink()
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"prompt": "ping", "completion": "pong"}) + "\n")
    folder = make_run(
        data={"train": (str(path),), "evaluation": 0.0},
        model={"base": str(gpt)},
        optimizer={"learning_rate": 1e-2},
        schedule={"steps": 60, "evaluate_every": 60, "checkpoint_every": 60},
        samples={"prompts": ("ping",), "temperature": 0.0, "new_tokens": 20},
    )
    assert run(folder.path, resume=False) == FINISHED
    assert folder.samples()[-1]["text"] == "pong"
    saved = folder.checkpoint_path(60)
    assert (saved / "chat_template.jinja").is_file()
    request = Generate(
        model=parse_model(str(saved)), turns=(Turn("user", "ping"),), sampling=Sampling(greedy=True, max_new_tokens=20)
    )
    done = list(generate(request, Session(threads=1)))[-1]
    assert isinstance(done, Done)
    assert isinstance(done.result, Generated)
    assert (done.result.text, done.result.finish_reason) == ("pong", "stop")
    assert SPECIAL not in done.result.text


def test_a_step_can_be_looked_at_and_what_is_not_learnt_has_no_loss(spec: RunSpec) -> None:
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    assert isinstance(objective, Chat)
    batch = objective.batch(1)
    with torch.no_grad():
        (seen,) = objective.look(objective.model.eval(), batch, [2], 1)
        objective.loss(objective.model, batch)
    assert objective.example_losses is not None
    assert seen.loss == pytest.approx(objective.example_losses[2].item(), abs=1e-5)
    told = [token.loss is not None for token in seen.tokens]
    assert told == (batch["learnt"][2][: len(told)] == 1).tolist()
    assert "".join(token.text for token in seen.tokens if token.loss is None).startswith("<user>count ")


def test_chat_does_not_begin_from_scratch(chats: Path) -> None:
    with pytest.raises(StudioError, match="can't be trained from scratch"):
        spec_of({"name": "x", "objective": "chat", "data": {"train": [str(chats)]}}, Path("/"))


def test_a_file_without_conversations_ends_the_run_with_the_reason(make_run: MakeRun, tmp_path: Path) -> None:
    path = tmp_path / "text.jsonl"
    path.write_text('{"text": "only a text"}\n')
    folder = make_run(data={"train": (str(path),)})
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "text.jsonl, line 1" in folder.status().message


def test_real_conversations_are_learnt(make_run: MakeRun, shared_assets: Path) -> None:
    """A Llama without a template, on Self-Instruct and tool calls: in a few updates answers become more probable."""
    files = [shared_assets / "instruct-chat" / name for name in ("seed_tasks.jsonl", "glaive_toolcall_en_demo.json")]
    folder = make_run(
        data={"train": tuple(map(str, files)), "evaluation": 0.05},
        model={"base": str(shared_assets / "stories260k-llama" / "hf"), "context": 256},
        schedule={"steps": 8, "evaluate_every": 4, "checkpoint_every": 8},
    )
    assert run(folder.path, resume=False) == FINISHED
    first, last = (record["evaluation_loss"] for record in folder.metrics() if "evaluation_loss" in record)
    assert last < first
