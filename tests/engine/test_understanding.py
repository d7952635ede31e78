"""What models make of texts that they read: classes, tags and vectors, against transformers' own way to each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    BertTokenizer,
    pipeline,
)

from bigmodel_studio.cli.commands import main
from bigmodel_studio.core.data import tag_decoding
from bigmodel_studio.core.system import logs
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    ClassifyTexts,
    Done,
    Embedded,
    EmbedTexts,
    Event,
    Failed,
    Request,
    Similarities,
    Tagged,
    TagWords,
    TextClassified,
)
from tests.small_models import local

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sleeps", "runs", ".", "##s", "in", "york"]
TAGS = ("O", "B-location", "I-location", "B-person", "I-person")
HAPPY = ("That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day")


def _config(**more: Any) -> BertConfig:
    return BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=24, initializer_range=0.6, **more,
    )  # fmt: skip


def _labelled(names: tuple[str, ...], **more: Any) -> BertConfig:
    return _config(id2label=dict(enumerate(names)), label2id={name: at for at, name in enumerate(names)}, **more)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Random BERTs: with classes, with classes of which several can be true, with tags, without a head."""
    root = tmp_path_factory.mktemp("readers")
    makes: dict[str, tuple[Any, BertConfig]] = {
        "classes": (BertForSequenceClassification, _labelled(("bad", "good", "so-so"))),
        "several": (BertForSequenceClassification, _labelled(("a", "b"), problem_type="multi_label_classification")),
        "tags": (BertForTokenClassification, _labelled(TAGS)),
        "body": (BertModel, _config()),
    }
    for number, (name, (kind, config)) in enumerate(makes.items()):
        torch.manual_seed(number)
        kind(config).save_pretrained(root / name)
        BertTokenizer(vocab={word: at for at, word in enumerate(WORDS)}).save_pretrained(str(root / name))
    return {name: root / name for name in makes}


def events(request: Request, session: Session) -> list[Event]:
    return list(run_task(request, session))


def answers(request: Request, session: Session) -> list[Any]:
    found = events(request, session)
    assert isinstance(found[-1], Done)
    return [event for event in found if isinstance(event, TextClassified | Tagged | Embedded)]


@pytest.mark.parametrize("name", ["classes", "several"])
def test_classes_are_those_of_a_pipeline(folders: dict[str, Path], session: Session, name: str) -> None:
    inputs = (("The cat sleeps.",), ("the dog", "it runs"), (" ",), ("the " * 40,))
    said = answers(ClassifyTexts(model=local(folders[name]), inputs=inputs, top_k=2), session)
    pipe: Any = pipeline("text-classification", str(folders[name]), device="cpu", top_k=2)
    expected = pipe([{"text": "The cat sleeps."}, {"text": "the dog", "text_pair": "it runs"}])
    for answer, wanted in zip(said, expected, strict=False):
        assert [each.label for each in answer.predictions] == [each["label"] for each in wanted]
        assert [each.probability for each in answer.predictions] == pytest.approx([each["score"] for each in wanted])
    assert (said[1].text, said[1].second) == inputs[1]
    assert [answer.error and answer.error.code for answer in said] == [None, None, "text-empty", "context-full"]


def test_words_are_tagged_alone_and_as_a_whole(folders: dict[str, Path], session: Session) -> None:
    texts = ("The cats sleeps in York.", "", "dog york york cat in york runs the cat")
    first, empty, long = answers(TagWords(model=local(folders["tags"]), texts=texts), session)
    assert first.words == ("The", "cats", "sleeps", "in", "York", ".")
    assert empty.error.code == "text-empty"
    model = BertForTokenClassification.from_pretrained(str(folders["tags"])).eval()
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[2, 5, 6, 11, 8, 12, 13, 10, 3]])).logits[0]
    wanted = logits[[1, 2, 4, 5, 6, 7]].log_softmax(-1)
    assert torch.allclose(torch.tensor(first.logprobs), wanted, atol=1e-5)
    for answer in (first, long):
        assert answer.tags == TAGS
        lattice = torch.tensor(answer.logprobs)
        assert answer.greedy == tuple(TAGS[number] for number in lattice.argmax(-1).tolist())
        assert answer.greedy_logprob == pytest.approx(lattice.max(-1).values.sum().item())
        assert not tag_decoding.broken(answer.viterbi, TAGS)
        assert answer.viterbi_logprob == pytest.approx(
            sum(lattice[at, TAGS.index(tag)].item() for at, tag in enumerate(answer.viterbi))
        )


def test_vectors_are_means_of_what_the_body_says(folders: dict[str, Path], session: Session) -> None:
    texts = ("the cat", "", "the dog runs .")
    for name, kind in (("body", BertModel), ("classes", BertForSequenceClassification)):
        found = events(EmbedTexts(model=local(folders[name]), texts=texts), session)
        first, empty, second = [event for event in found if isinstance(event, Embedded)]
        assert (first.tokens, second.tokens, empty.error and empty.error.code) == (4, 6, "text-empty")
        model: Any = kind.from_pretrained(str(folders[name]), output_hidden_states=True)
        model.train(False)
        with torch.no_grad():
            one, other = (
                model(input_ids=torch.tensor([ids])).hidden_states[-1][0].mean(0)
                for ids in ([2, 5, 6, 3], [2, 5, 7, 9, 10, 3])
            )
        assert torch.allclose(torch.tensor(first.vector), one / one.norm(), atol=1e-5)
        end = found[-1]
        assert isinstance(end, Done)
        assert isinstance(end.result, Similarities)
        cosine = torch.nn.functional.cosine_similarity(one, other, dim=0).item()
        assert end.result.cosines[0][0::2] == pytest.approx((1, cosine), abs=1e-5)
        assert (end.result.cosines[0][1], end.result.cosines[1]) == (None, (None, None, None))


def test_models_that_do_something_else_are_refused(folders: dict[str, Path], session: Session, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    BertForTokenClassification(_labelled(TAGS)).save_pretrained(bare)
    for request, code in (
        (ClassifyTexts(model=local(folders["tags"]), inputs=(("a",),)), "kind-wrong"),
        (ClassifyTexts(model=local(folders["classes"]), inputs=(("a",),), top_k=0), "sampling-invalid"),
        (TagWords(model=local(folders["body"]), texts=("a",)), "kind-wrong"),
        (TagWords(model=local(bare), texts=("a",)), "tokenizer-missing"),
    ):
        end = events(request, session)[-1]
        assert isinstance(end, Failed)
        assert end.problem.code == code


def test_the_command_says_all_three(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "set_up", lambda name: None)

    def said(*arguments: str) -> Any:
        assert main(["text", *arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    first, second = said("classify", str(folders["classes"]), "the cat", "", "--top-k", "2")
    assert [set(each) for each in first["predictions"]] == [{"label", "probability"}] * 2
    assert (first["error"], second["code"]) == (None, "text-empty")
    (pair,) = said("classify", str(folders["classes"]), "the cat", "runs", "--pairs")
    assert (pair["text"], pair["second"]) == ("the cat", "runs")
    (tagged,) = said("tag", str(folders["tags"]), "The cat runs.")
    assert tagged["words"] == ["The", "cat", "runs", "."]
    assert len(tagged["viterbi"]) == len(tagged["logprobs"]) == 4
    rows = said("embed", str(folders["body"]), "the cat", "the dog")
    assert rows[0]["similarities"] == [pytest.approx(1), pytest.approx(rows[1]["similarities"][0])]
    assert main(["text", "tag", str(folders["tags"]), "The cat runs."]) == 0
    assert "The/" in capsys.readouterr().out
    assert main(["text", "tag", str(folders["body"]), "The cat runs."]) == 2


@pytest.mark.shared
def test_a_real_encoder_finds_the_reference_cosines(shared_assets: Path, session: Session) -> None:
    folder = shared_assets / "minilm-l6-v2-fp16" / "hf"
    end = events(EmbedTexts(model=local(folder), texts=HAPPY), session)[-1]
    assert isinstance(end, Done)
    assert isinstance(end.result, Similarities)
    assert end.result.cosines[0][1:] == pytest.approx((0.6946, 0.9429, 0.2568), abs=2e-4)
