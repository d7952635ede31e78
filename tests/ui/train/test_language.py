"""The Train page for models of text that do not just continue it: their fields, their specs, what they said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.pages.train.form.chat_subject import ChatSubject
from bigmodel_studio.ui.pages.train.form.masked_subject import MaskedSubject
from bigmodel_studio.ui.pages.train.form.preference_subject import PreferenceSubject
from bigmodel_studio.ui.window.destinations import UseModel
from tests.ui import readers
from tests.ui.train import test_page as base
from tests.ui.train.test_page import Bench

bench = base.bench


def test_a_bert_is_started_as_the_form_says(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run.name))
    text = tmp_path / "tales.txt"
    text.write_text("One. Two.\n\nThree. Four.\n")
    page, form = bench.page, bench.page.form
    page.new_item()
    form.choices["masked-lm"].click()
    subject = form.of(MaskedSubject)
    assert subject.isVisible()
    subject.data.add_files([text])
    assert (form.schedule.batch.value(), subject.vocabulary.value()) == (32, 4096)
    with_pairs, without = (
        shape.bert_parameters(vocabulary=4096, context=128, width=128, layers=4, next_sentence=pairs)
        for pairs in (True, False)
    )
    assert form.cost.text() == f"{numbers.exact(with_pairs)} parameters"
    qtbot.waitUntil(lambda: "of memory" in form.cost_more.text(), timeout=10_000)
    subject.next_sentence.click()
    qtbot.waitUntil(lambda: form.cost.text() == f"{numbers.exact(without)} parameters", timeout=2000)
    subject.share.setValue(0)
    qtbot.waitUntil(subject.errors["masking.share"].isVisible, timeout=2000)
    assert not form.start_button.isEnabled()
    subject.share.setValue(20)
    subject.whole_words.click()
    form.start()
    qtbot.waitUntil(lambda: started == ["tales"], timeout=5000)
    spec = RunFolder(paths.runs() / "tales").spec()
    assert spec is not None
    assert (spec.objective, spec.model.architecture, spec.model.tokenizer) == ("masked-lm", "bert", "train:4096")
    assert (spec.masking.share, spec.masking.whole_words, spec.masking.next_sentence) == (0.2, True, False)
    assert spec.samples.prompts == ("The [MASK] was happy again.",)
    assert spec.schedule.decay == "linear"


def test_candidates_are_shown_and_the_model_is_used_in_text(qtbot: QtBot, bench: Bench) -> None:
    run = base.make_run("bert")
    spec = (run.path / "spec.toml").read_text().replace('"causal-lm"', '"masked-lm"').replace('"gpt"', '"bert"')
    (run.path / "spec.toml").write_text(spec)
    candidates = [{"token": "dog", "probability": 0.42}, {"token": "cat", "probability": 0.08}]
    record = {"step": 4, "prompt": "The [MASK] ran.", "text": "The dog ran.", "masks": [{"candidates": candidates}]}
    (run.path / "samples.jsonl").write_text(json.dumps(record) + "\n")
    base.checkpoint(run, 8)
    qtbot.waitUntil(lambda: bench.page.runs.row_of("bert") is not None, timeout=5000)
    bench.page.choose("bert")
    qtbot.waitUntil(lambda: bench.page.story.model.rowCount() == 1, timeout=5000)
    shown = bench.page.story.model.index(0).data()
    assert shown == f"4\nThe [MASK] ran.\ndog {numbers.percent(0.42)} · cat {numbers.percent(0.08)}"
    qtbot.waitUntil(lambda: bench.page.run_actions.use_button.text() == "Use in Text", timeout=2000)
    bench.page.run_actions.use()
    assert bench.opened[-1] == UseModel("text", ModelRef(source="run", id="bert"))


@pytest.mark.parametrize(
    ("objective", "question", "said"),
    [
        ("masked-lm", "The [MASK] was happy again.", "cat 60.0%  ·  <b>狗</b> 30.0%"),
        ("classify-text", "Once upon a time", "of Once upon a time 66.0%  ·  b 34.0%"),
        ("tag", "Once upon a time", "New York = place"),
    ],
)
def test_every_checkpoint_of_a_model_that_reads_answers(
    qtbot: QtBot, bench: Bench, objective: str, question: str, said: str
) -> None:
    run = base.make_run("reader")
    spec = (run.path / "spec.toml").read_text().replace('"causal-lm"', f'"{objective}"')
    (run.path / "spec.toml").write_text(spec)
    for step in (4, 8):
        base.checkpoint(run, step)
    bench.studio.measure = FakeLane(readers.answers)
    qtbot.waitUntil(lambda: bench.page.runs.row_of("reader") is not None, timeout=5000)
    bench.page.choose("reader")
    across = bench.page.story.across
    assert across.question.text() == question
    across.ask()
    qtbot.waitUntil(lambda: len(across.answers) == 2 and not across.busy, timeout=5000)
    assert across.answers == {4: said, 8: said}


def test_a_chat_begins_from_a_model_and_conversations(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run.name))
    path = tmp_path / "talks.jsonl"
    path.write_text('{"prompt": "ping", "completion": "pong"}\n')
    _know_models(qtbot, bench)
    page, form = bench.page, bench.page.form
    page.new_item()
    form.choices["chat"].click()
    subject = form.of(ChatSubject)
    assert subject.isVisible()
    assert not subject.scratch.isVisible()
    assert not form.start_button.isEnabled()
    assert subject.errors["data.train"].isVisible()
    subject.data.add_files([path])
    assert form.name.text() == "talks"
    form.train_on(ModelRef(source="builtin", id="starter-gpt"))
    assert form.subject is subject
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    record = bench.library.find(ModelRef(source="builtin", id="starter-gpt"))
    assert record is not None
    assert form.cost.text() == f"{numbers.exact(record.parameters)} parameters"
    assert "8 chats per step, up to 4,096 tokens" in form.cost_more.text()
    form.start()
    qtbot.waitUntil(lambda: started == ["talks"], timeout=5000)
    spec = RunFolder(paths.runs() / "talks").spec()
    assert spec is not None
    assert (spec.objective, spec.model.base, spec.model.context) == ("chat", "starter-gpt", 512)
    assert spec.samples.prompts == ("What can you do?",)
    assert spec.optimizer.learning_rate == 1e-4


def test_preferences_are_learnt_as_the_form_says(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run.name))
    path = tmp_path / "liked.jsonl"
    path.write_text('{"prompt": "ping", "chosen": "pong", "rejected": "no"}\n')
    _know_models(qtbot, bench)
    page, form = bench.page, bench.page.form
    page.new_item()
    form.choices["preference"].click()
    subject = form.of(PreferenceSubject)
    assert subject.isVisible()
    subject.data.add_files([path])
    form.train_on(ModelRef(source="builtin", id="starter-gpt"))
    assert form.subject is subject
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    assert "8 pairs per step, up to 8,192 tokens" in form.cost_more.text()
    subject.beta.setValue(0)
    qtbot.waitUntil(subject.errors["method.beta"].isVisible, timeout=2000)
    assert not form.start_button.isEnabled()
    subject.beta.setValue(0.3)
    subject.methods.choose("lora")
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    form.start()
    qtbot.waitUntil(lambda: started == ["liked"], timeout=5000)
    spec = RunFolder(paths.runs() / "liked").spec()
    assert spec is not None
    assert (spec.objective, spec.method.beta, spec.method.kind) == ("preference", 0.3, "lora")
    assert (spec.model.base, spec.optimizer.learning_rate) == ("starter-gpt", 2e-5)


def test_a_text_generator_is_trained_on_plain_text_unless_a_chat_was_chosen(qtbot: QtBot, bench: Bench) -> None:
    _know_models(qtbot, bench)
    form = bench.page.form
    bench.page.new_item()
    form.choices["classify-images"].click()
    form.train_on(ModelRef(source="builtin", id="starter-gpt"))
    assert form.subject.objective == "causal-lm"
    assert form.subject.fine.isChecked()


def _know_models(qtbot: QtBot, bench: Bench) -> None:
    bench.library.refresh()
    qtbot.waitUntil(lambda: bench.library.ready, timeout=10_000)
