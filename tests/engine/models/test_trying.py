"""Models tried on a user's own examples: what comes back for each, and that one fault spoils no other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
)

from bigmodel_studio.core.advice.ranking import TASKS
from bigmodel_studio.core.system import paths
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.models.trying import TRIALS, Answer, is_right
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Cancelled,
    Classify,
    Done,
    Event,
    Example,
    Failed,
    Generate,
    Generated,
    ModelRef,
    Prediction,
    Progress,
    Sampling,
    Tried,
    Try,
    Turn,
)
from tests.small_models import byte_tokenizer, local


def tried(session: Session, task: str, folders: list[Path], *examples: Example) -> list[Tried]:
    """What came of it, in order."""
    *events, end = run_task(Try(models=tuple(map(local, folders)), task=task, examples=examples), session)
    assert end == Done()
    return [event for event in events if isinstance(event, Tried)]


def test_each_model_says_what_it_says_alone(causal_folders: dict[str, Path], session: Session) -> None:
    folders = [causal_folders["gpt2"], causal_folders["llama"]]
    found = tried(session, "chat", folders, Example(input="Hello"), Example(input="abc"))
    assert [(one.model, one.example) for one in found] == [(local(f), n) for f in folders for n in (0, 1)]
    greedy = Sampling(max_new_tokens=64, greedy=True, seed=0)
    for one in found:
        turn = Turn("user", ("Hello", "abc")[one.example])
        *_, end = run_task(Generate(model=one.model, turns=(turn,), sampling=greedy), session)
        assert isinstance(end, Done)
        assert isinstance(end.result, Generated)
        assert one.output == end.result.text.strip()
        assert one.right is None
        assert one.seconds > 0
        weights = session.parts().weights_bytes
        assert weights <= one.memory_bytes < weights + 500_000_000


def test_right_and_wrong_are_told_by_what_was_expected(causal_folders: dict[str, Path], session: Session) -> None:
    (free,) = tried(session, "write", [causal_folders["gpt2"]], Example(input="abc"))
    part = free.output[3:9]
    found = tried(
        session,
        "write",
        [causal_folders["gpt2"]],
        Example(input="abc", expected=f"  {part.upper()} "),
        Example(input="abc", expected="surely not this"),
    )
    assert [one.right for one in found] == [True, False]


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (Answer("tabby, tabby cat (83%)", "tabby, tabby cat", whole=True), "Tabby Cat", True),
        (Answer("tabby, tabby cat (83%)", "tabby, tabby cat", whole=True), "cat", False),
        (Answer("Egyptian_cat", "Egyptian_cat", whole=True), "egyptian cat", True),
        (Answer("The capital is Paris.", "The capital is Paris."), "paris", True),
        (Answer("x", "x"), "", None),
        (Answer("x", "x"), "  ", None),
    ],
)
def test_what_is_right(answer: Answer, expected: str, right: bool | None) -> None:
    assert is_right(answer, expected) is right


def test_pictures_get_the_label_that_the_images_page_would_give(
    picture_folder: Path, session: Session, tmp_path: Path
) -> None:
    Image.new("RGB", (40, 40), (200, 30, 90)).save(tmp_path / "a.png")
    (tmp_path / "bad.png").write_bytes(b"nothing")
    examples = (Example(input=str(tmp_path / "bad.png")), Example(input=str(tmp_path / "a.png")))
    bad, good = tried(session, "recognise", [picture_folder], *examples)
    request = Classify(model=local(picture_folder), images=(str(tmp_path / "a.png"),), top_k=1)
    (said,) = (event for event in run_task(request, session) if isinstance(event, Prediction))
    assert good.output.startswith(said.predictions[0].label)
    assert good.error is None
    assert bad.error is not None
    assert bad.error.code.startswith("picture-")
    (right,) = tried(session, "recognise", [picture_folder], Example(input=str(tmp_path / "a.png"), expected="bee"))
    assert right.right is (said.predictions[0].label == "bee")


def test_a_model_that_cannot_be_used_spoils_no_other(
    causal_folders: dict[str, Path], picture_folder: Path, session: Session, tmp_path: Path
) -> None:
    found = tried(session, "write", [tmp_path / "gone", picture_folder, causal_folders["gpt2"]], Example(input="a"))
    assert [one.error.code if one.error else "" for one in found] == ["folder-missing", "kind-wrong", ""]
    assert found[2].output


@pytest.fixture(scope="module")
def bert_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Random BERTs with a byte tokenizer that has a sign for a gap."""
    root = tmp_path_factory.mktemp("berts")
    torch.manual_seed(3)
    plain = byte_tokenizer(None)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain.backend_tokenizer, mask_token="<gap>", eos_token="<end>")
    shape = BertConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        id2label={0: "good", 1: "bad"},
        label2id={"good": 0, "bad": 1},
        max_position_embeddings=64,
    )
    kinds = {"fill-mask": BertForMaskedLM, "both": BertForPreTraining, "classify-text": BertForSequenceClassification}
    for name, kind in kinds.items():
        kind(shape).save_pretrained(root / name)
        tokenizer.save_pretrained(root / name)
    return {name: root / name for name in kinds}


def test_texts_are_sorted_and_gaps_filled(bert_folders: dict[str, Path], session: Session) -> None:
    (long,) = tried(session, "classify-text", [bert_folders["classify-text"]], Example(input="word " * 400))
    assert long.error is None
    assert long.output.split(" ")[0] in {"good", "bad"}
    examples = (Example(input="a [MASK] c"), Example(input="abc"))
    said = tried(session, "fill-mask", [bert_folders["fill-mask"], bert_folders["both"]], *examples)
    assert [each.error and each.error.code for each in said] == [None, "mask-none"] * 2


def test_of_several_classes_any_that_a_text_has_is_right(
    bert_folders: dict[str, Path], tmp_path: Path, session: Session
) -> None:
    folder = tmp_path / "several"
    shutil.copytree(bert_folders["classify-text"], folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "multi_label_classification"}), "utf-8")
    weights = load_file(folder / "model.safetensors")
    for bias, shown, right in (
        ([3.0, 2.0], ["good", "bad"], True),
        ([-3.0, 2.0], ["bad"], False),
        ([-3.0, -9.0], ["good"], False),
    ):
        head = {"classifier.weight": torch.zeros(2, 32), "classifier.bias": torch.tensor(bias)}
        save_file(weights | head, folder / "model.safetensors", {"format": "pt"})
        session.release()
        (answer,) = tried(session, "classify-text", [folder], Example(input="abc", expected="good"))
        assert [each.split(" ")[0] for each in answer.output.split(", ")] == shown
        assert answer.right is right


def test_it_can_be_cancelled_and_leaves_nothing_loaded(causal_folders: dict[str, Path], session: Session) -> None:
    request = Try(models=(local(causal_folders["gpt2"]),), task="write", examples=(Example(input="a"),) * 50)
    events = run_task(request, session)
    seen: list[Event] = [next(events)]
    while not any(isinstance(event, Tried) for event in seen):
        seen.append(next(events))
    assert events.throw(Stopped()) == Cancelled()
    assert session.parts().weights_bytes == 0
    assert any(isinstance(event, Progress) and event.total == 50 for event in seen)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"task": "translate"}, "task-not-tried"),
        ({"examples": ()}, "try-nothing"),
        ({"models": ()}, "try-nothing"),
    ],
)
def test_nothing_to_try_is_said(session: Session, changed: dict[str, object], code: str) -> None:
    fields: dict[str, object] = {
        "models": (ModelRef(source="local", id="/x"),),
        "task": "write",
        "examples": (Example(input="a"),),
    }
    *_, end = run_task(Try(**(fields | changed)), session)  # type: ignore[arg-type]
    assert isinstance(end, Failed)
    assert end.problem.code == code


def test_the_tasks_that_have_examples_are_those_that_can_be_tried() -> None:
    assert {name for name, task in TASKS.items() if task.examples} == set(TRIALS)


@pytest.mark.slow
def test_the_starters_on_real_examples(session: Session) -> None:
    gpt, resnet = (ModelRef(source="builtin", id=name) for name in ("starter-gpt", "starter-resnet"))
    cat = next((paths.samples()).rglob("*.png"), None) or next((paths.samples()).rglob("*.jpg"))
    *said, end = run_task(Try(models=(gpt,), task="chat", examples=(Example(input="Hello!"),)), session)
    assert end == Done()
    (hello,) = (event for event in said if isinstance(event, Tried))
    assert len(hello.output.split()) >= 2
    *said, end = run_task(Try(models=(resnet,), task="recognise", examples=(Example(input=str(cat)),)), session)
    assert end == Done()
    (seen,) = (event for event in said if isinstance(event, Tried))
    assert seen.output.endswith("%)")
    assert hello.memory_bytes > 8_000_000  # 2.16 million parameters in float32
