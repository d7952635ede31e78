"""What a training would learn from, looked at before it starts: examples are those of the very batch, counts are made
again here, and what is wrong is named by file and line.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image
from transformers import AutoTokenizer

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, make_spec, write_spec
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Cancelled,
    DataPreview,
    Done,
    Failed,
    Finding,
    LookAtData,
    Place,
    PreviewExample,
    Progress,
)
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data.masking import IGNORED
from bigmodel_studio.training.objectives import whole_text
from bigmodel_studio.training.preview import look
from bigmodel_studio.training.preview.first_look import refused_tables
from bigmodel_studio.training.preview.survey import edges_of
from tests.training.conftest import make_text
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec

Spec = Callable[..., RunSpec]


def seen(spec: RunSpec, step: int = 1, most: int = 64, *, counted: bool = True) -> DataPreview:
    *_, end = run_task(LookAtData(spec=write_spec(spec), step=step, most=most, counted=counted), Session(threads=1))
    assert isinstance(end, Done), end
    assert isinstance(end.result, DataPreview)
    return end.result


def built(spec: RunSpec) -> Any:
    return objectives.build(resolve_spec(spec), None, lambda *_: None)


def found(data: DataPreview, code: str) -> Finding:
    (one,) = [each for each in data.findings if each.problem.code == code]
    assert "{" not in sentence(one.problem) + hint(one.problem)
    return one


def codes(data: DataPreview) -> set[str]:
    return {each.problem.code for each in data.findings}


def lines(finding: Finding) -> list[int]:
    return [place.line for place in finding.places]


def text_of(example: PreviewExample) -> str:
    return "".join(token.text for token in example.tokens)


@pytest.fixture
def make(encoder: Path, causal_folders: dict[str, Path], tmp_path: Path) -> Spec:
    """A spec of an objective on these files; what is evaluated on as ``evaluation``, tables as they are given."""

    def made(objective: str, *files: Path, evaluation: object = 0.0, **tables: Any) -> RunSpec:
        bases = {"classify-text": encoder, "tag": encoder}
        bases |= dict.fromkeys(("chat", "preference"), causal_folders["gpt2"])
        model = {"base": str(bases[objective])} if objective in bases else {"tokenizer": "train:300", "context": 16}
        whole: dict[str, Any] = {
            "name": "looked-at",
            "objective": objective,
            "data": {"train": list(map(str, files)), "evaluation": evaluation},
            "model": model,
            "schedule": {"batch": 4},
        }
        for name, table in tables.items():
            whole[name] = {**whole.get(name, {}), **table}
        return make_spec(whole)

    return made


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.copy()


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ------------------------------------------------------------------------------- examples


def test_windows_of_text_are_those_of_the_step_and_stand_where_they_are_said_to(make: Spec, tmp_path: Path) -> None:
    texts = [make_text(5_000, seed).replace(".\n", ".\n\n" * (seed % 2) or ".\n") for seed in (1, 2)]
    files = [written(tmp_path / f"{number}.txt", text) for number, text in enumerate(texts)]
    spec = make("causal-lm", *files, model={"width": 16, "heads": 2, "layers": 1})
    data, objective = seen(spec, step=5), built(spec)
    rows = objective.batch(5)["tokens"].tolist()
    assert len(data.examples) == 4
    for example, row in zip(data.examples, rows, strict=True):
        whole = objective.tokenizer.decode(row)
        assert text_of(example) == whole
        assert [token.role for token in example.tokens] == ["read"] + ["learnt"] * 16
        text = Path(example.place.file).read_text()
        line = text.splitlines(keepends=True)[example.place.line - 1 :]
        begins = "".join(line).find(whole.partition("<|endoftext|>")[0])
        assert 0 <= begins <= len(line[0])
    assert data.updates_an_epoch == len(objective.tokens.train) / (4 * 16)
    assert seen(spec, step=6, counted=False).examples != data.examples


@pytest.mark.parametrize("pairs", [True, False])
def test_hidden_words_are_shown_with_what_stands_behind_them(make: Spec, tmp_path: Path, pairs: bool) -> None:
    path = written(tmp_path / "a.txt", make_text(9_000).replace(". ", ".\n\n"))
    spec = make("masked-lm", path, masking={"next_sentence": pairs}, model={"context": 32}, schedule={"batch": 16})
    data, objective = seen(spec, step=3), built(spec)
    batch, mask = objective.batch(3), objective.tokenizer.mask_token_id
    text = path.read_text().splitlines()
    for number, example in enumerate(data.examples):
        length = int(batch["attention_mask"][number].sum())
        given, answers = (batch[name][number][:length].tolist() for name in ("input_ids", "labels"))
        roles = [token.role for token in example.tokens]
        assert [role in ("hidden", "swapped", "kept") for role in roles] == [answer != IGNORED for answer in answers]
        assert [role == "hidden" for role in roles] == [token == mask for token in given]
        assert all((i == a) == (r == "kept") for i, a, r in zip(given, answers, roles, strict=True) if a != IGNORED)
        whole = [i if a == IGNORED else a for i, a in zip(given, answers, strict=True)]
        said = "".join(map(whole_text, example.tokens))
        assert said.split()[0] == "[CLS]"
        assert said.replace(" ", "").startswith(objective.tokenizer.decode(whole).replace(" ", "")[:30])
        if pairs:
            expected = ["follows", "random"][int(batch["next_sentence_label"][number])]
            assert [(each.label, each.share) for each in example.classes] == [(expected, 1.0)]
        else:
            line = "".join(text[example.place.line - 1].split())
            first = said.removeprefix(" [CLS]").replace(" ", "")[:12]
            assert first[: len(line)] in line
    assert {token.role for each in data.examples for token in each.tokens} >= {"hidden", "added", "read"}


def test_of_a_conversation_the_answers_are_learnt(make: Spec, tmp_path: Path) -> None:
    pairs = [(f"count {n}", " ".join(map(str, range(n % 5 + 1)))) for n in range(20)]
    entries = [json.dumps({"prompt": asked, "completion": answer}) for asked, answer in pairs]
    path = written(tmp_path / "chats.jsonl", "\n".join(entries))
    data = seen(make("chat", path, model={"context": 60}))
    for example in data.examples:
        asked, answer = pairs[example.place.line - 1]
        learnt = "".join(token.text for token in example.tokens if token.role == "learnt")
        assert answer in learnt
        assert asked not in learnt
        assert asked in text_of(example)
        assert example.length == len(example.tokens)
    assert data.parts[0].examples == 20


def test_two_texts_are_shown_as_the_model_reads_them_together(make: Spec, tmp_path: Path) -> None:
    rows = [("fine day", f"so {n}", ("good", "bad")[n % 2]) for n in range(12)]
    table = written(tmp_path / "a.csv", "text,second,label\n" + "".join(f"{','.join(row)}\n" for row in rows))
    data = seen(make("classify-text", table, data={"pair_column": "second"}))
    for example in data.examples:
        first, second, label = rows[example.place.line - 2]
        assert text_of(example).replace(" ", "").endswith(f"{first}{second}".replace(" ", ""))
        assert example.classes[0].label == label
    assert data.parts[0].doubles == 0


def test_several_classes_are_shown_counted_and_said_to_be_parted(
    make: Spec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classes = ["", "wet|cold", "cold", "wet", "wet|windy|cold", "", "windy", "cold"]
    rows = "".join(f"day number {n},{value}\n" for n, value in enumerate(classes))
    table = written(tmp_path / "a.csv", "text,labels\n" + rows)
    spec = make("classify-text", table, data={"multi_label": True}, schedule={"batch": 8})
    data = seen(spec)
    assert data.several_classes
    for example in data.examples:
        expected = sorted(filter(None, classes[example.place.line - 2].split("|")))
        assert [each.label for each in example.classes] == expected
    (part,) = data.parts
    assert part.class_counts == (2, 4, 1, 1)
    assert {each.label: each.count for each in part.classes} == {"cold": 4, "wet": 3, "windy": 2}
    assert found(data, "preview-separator").problem.arguments["separator"] == "|"
    assert "preview-joined" not in codes(data)
    alone = seen(make("classify-text", table.with_name("b.csv"), table, data={"multi_label": False}))
    assert "data-missing" in codes(alone)

    path = written(tmp_path / "spec.toml", write_spec(spec))
    assert commands.main(["preview", str(path), "--examples", "8"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "classes per text 0 1 2 3 training 2 4 1 1" in said
    assert "class training cold 4 wet 3 windy 2" in said
    assert "= cold, wet, windy" in said
    assert "= no class" in said
    assert "note: “|” separates the classes of a text." in said


def test_columns_that_are_told_by_their_values_are_said(
    make: Spec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(f"it was day number {n}", "good" if n % 2 else "bad") for n in range(20)]
    table = written(tmp_path / "a.csv", "kind,said\n" + "".join(f"{kind},{said}\n" for said, kind in rows))
    lines = written(tmp_path / "a.jsonl", "\n".join(json.dumps({"said": said, "kind": kind}) for said, kind in rows))
    bare = written(tmp_path / "b.csv", "".join(f"{kind},{said}\n" for said, kind in rows))
    for path, names in ((table, ("said", "kind")), (lines, ("said", "kind")), (bare, ("column 2", "column 1"))):
        data = seen(make("classify-text", path))
        note = found(data, "preview-columns")
        assert (note.weight, note.problem.arguments["text"], note.problem.arguments["label"]) == ("note", *names)
        assert data.parts[0].examples == 20
    named = {"text_column": "said", "label_column": "kind"}
    assert "preview-columns" not in codes(seen(make("classify-text", table, data=named)))
    assert any(
        "By their values, the text is read from “said”" in note for note in built(make("classify-text", table)).notes
    )


def test_what_is_wrong_with_several_classes_is_found(make: Spec, tmp_path: Path) -> None:
    rows = (f"day {n},{('a;b', 'a', 'b', 'c;a', 'c')[n % 5]}\n" for n in range(20))
    joined = written(tmp_path / "a.csv", "text,label\n" + "".join(rows))
    assert "“a;b”" in sentence(found(seen(make("classify-text", joined)), "preview-joined").problem)
    table = written(tmp_path / "b.csv", "text,labels\nday one,a b\nday two,a\n")
    asked = seen(make("classify-text", table, data={"multi_label": True}))
    assert "“a b”" in sentence(found(asked, "data-label-separator").problem)
    told = seen(make("classify-text", table, data={"multi_label": True, "label_separator": " "}))
    assert "preview-separator" not in codes(told)
    assert sentence(found(told, "preview-everywhere").problem) == "All training texts have the class a."
    lists = written(tmp_path / "c.jsonl", '{"text": "day one", "labels": ["a"]}\n{"text": "day two", "labels": null}\n')
    assert lines(found(seen(make("classify-text", lists, data={"multi_label": True})), "preview-rows")) == [2]


def test_of_a_pair_both_answers_are_shown_and_what_is_wrong_is_found(make: Spec, tmp_path: Path) -> None:
    pairs = [{"prompt": f"count {n}", "chosen": f"yes {n}", "rejected": f"no {n}"} for n in range(8)]
    bad = [{"prompt": "a", "chosen": "b"}, {"prompt": "a", "chosen": "b", "rejected": "b"}]
    late = [{"prompt": "x" * 200, "chosen": "b", "rejected": "c"}]
    path = written(tmp_path / "pairs.jsonl", "\n".join(map(json.dumps, [*pairs, *bad, *late])))
    data = seen(make("preference", path, model={"context": 60}))
    for example in data.examples:
        number = example.place.line - 1
        for role, words in (("learnt", f"yes {number}"), ("rejected", f"no {number}")):
            assert "".join(token.text for token in example.tokens if token.role == role).startswith(words)
        assert "".join(token.text for token in example.tokens if token.role == "read").count(f"count {number}") == 1
    assert data.parts[0].examples == 8
    unusable = [each for each in data.findings if each.problem.code == "preview-pairs-unusable"]
    assert sorted(line for each in unusable for line in lines(each)) == [9, 10]
    assert lines(found(data, "preview-pairs-unanswered")) == [11]


def test_texts_and_words_are_shown_with_what_they_are_learnt_as(make: Spec, tmp_path: Path) -> None:
    rows = [("fine day", "good"), ("poor day", "bad"), ("a chair", "none")] * 4
    table = written(tmp_path / "a.csv", "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    data = seen(make("classify-text", table, method={"label_smoothing": 0.3}))
    for example in data.examples:
        text, label = rows[example.place.line - 2]
        assert text_of(example).replace(" ", "") == text.replace(" ", "")
        assert [round(each.share, 6) for each in example.classes] == [0.8, 0.1, 0.1]
        assert example.classes[0].label == label
    words = [("we", "O"), ("see", "O"), ("New", "B-place"), ("York", "I-place")]
    path = written(tmp_path / "a.conll", "\n".join(f"{word}\t{tag}" for word, tag in words) + "\n\nhe\tO\n")
    data = seen(make("tag", path))
    long = next(example for example in data.examples if example.place.line == 1)
    assert [token.answer for token in long.tokens if token.role == "learnt"] == [tag for _, tag in words]
    assert text_of(long).split() == [word for word, _ in words]  # a space before each word, and none in one
    assert data.parts[0].classes[0].label == "O"


def test_pictures_are_shown_as_cut_and_mixed_beside_the_whole(tmp_path: Path) -> None:
    spec = tiny_spec(make_pictures(tmp_path / "pictures"), data={"mixup": 0.4}, method={"label_smoothing": 0.3})
    spec = make_spec({**msgspec.to_builtins(spec), "data": {**msgspec.to_builtins(spec.data), "evaluation": 0.25}})
    data, objective = seen(spec, step=2), built(spec)
    batch = objective.batch(2)
    for number, example in enumerate(data.examples):
        assert example.model_input is not None
        assert example.whole is not None
        assert np.array_equal(np.array(Image.open(io.BytesIO(example.model_input))), batch["pictures"][number].numpy())
        size = opened(Path(example.place.file)).size
        assert example.length == min(size)
        whole = Image.open(io.BytesIO(example.whole)).size
        assert whole[0] / whole[1] == pytest.approx(size[0] / size[1], rel=0.1)
        share, expected = float(batch["share"][number]), dict.fromkeys(objective.labels, 0.1)
        expected[objective.labels[int(batch["labels"][number])]] += 0.7 * share
        expected[objective.labels[int(batch["others"][number])]] += 0.7 * (1 - share)
        assert {each.label: pytest.approx(each.share, abs=1e-6) for each in example.classes} == expected
        assert [each.share for each in example.classes] == sorted((e.share for e in example.classes), reverse=True)
        assert Path(example.place.file).parent.name == objective.labels[int(batch["labels"][number])]


def test_no_model_is_made_for_a_look(make: Spec, tmp_path: Path, causal_folders: dict[str, Path]) -> None:
    base = Path(shutil.copytree(causal_folders["gpt2"], tmp_path / "gpt"))
    text = written(tmp_path / "a.txt", make_text(4_000))
    weights = bytearray((base / "model.safetensors").read_bytes())
    head = 8 + int.from_bytes(weights[:8], "little")
    header = json.loads(weights[8:head])
    renamed = {name.replace("h.0.", "x.0."): value for name, value in header.items()}
    made = json.dumps(renamed).encode().ljust(head - 8)
    written(base / "model.safetensors", len(made).to_bytes(8, "little") + made + bytes(weights[head:]))
    spec = make("causal-lm", text, model={"base": str(base)})
    assert len(seen(spec).examples) == 4  # tensors are missing, which loading it would say
    with pytest.raises(StudioError, match="tensors"):
        built(spec)


# ------------------------------------------------------------------------------- counts and findings


def test_counts_of_texts_are_those_of_a_plain_count(make: Spec, tmp_path: Path, encoder: Path) -> None:
    random = np.random.default_rng(1)
    rows = [(f"{'x' * int(random.integers(1, 40))} {number % 50}", "abc"[number % 3]) for number in range(300)]
    rows += rows[:7]
    table = written(tmp_path / "a.csv", "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    (part,) = seen(make("classify-text", table, model={"context": 24})).parts
    with open(table) as stream:
        read = list(csv.DictReader(stream))
    tokenizer = AutoTokenizer.from_pretrained(str(encoder))
    lengths = [len(tokenizer(row["text"])["input_ids"]) for row in read]
    assert (part.files, part.examples, part.items) == (1, len(read), sum(lengths))
    assert (part.shortest, part.longest, part.median) == (min(lengths), max(lengths), int(np.median(lengths)))
    assert part.cut == sum(length > 24 for length in lengths)
    assert part.doubles == len(read) - len({row["text"] for row in read})
    assert {each.label: each.count for each in part.classes} == Counter(row["label"] for row in read)
    assert sum(part.lengths) == len(read)
    for low, high, count in zip(part.edges, part.edges[1:], part.lengths, strict=False):
        assert count == sum(low <= length < high or length == high == part.edges[-1] for length in lengths)


@pytest.mark.parametrize(("low", "high"), [(5, 5), (0, 1), (3, 26), (3, 27), (2, 1229), (7, 10**6)])
def test_edges_are_whole_even_and_hold_everything(low: int, high: int) -> None:
    edges = edges_of(low, high)
    assert edges[0] == low
    assert edges[-1] >= high
    assert 2 <= len(edges) <= 26
    assert len(set(np.diff(edges))) == 1


def test_what_is_wrong_with_texts_is_named_by_file_and_line(make: Spec, tmp_path: Path) -> None:
    good = "".join(f"{label} {n},{label}\n" for n in range(12) for label in ("yes", "no"))
    train = written(
        tmp_path / "train.csv",
        "text,label\n" + good + "the same,yes\nthe same,yes\nThe  SAME,no\n,yes\nrare,odd\nlonely\nno class,\n"
        + "also lonely\n",
    )  # fmt: skip
    test = written(tmp_path / "test.csv", "text,label\nthe same,yes\nYES 3,yes\nnew,yes\nstrange,never\nno 5,yes\n")
    data = seen(make("classify-text", train, evaluation=[str(test)]))
    rows = [each for each in data.findings if each.problem.code == "preview-rows"]
    assert {(each.problem.arguments["detail"], each.weight) for each in rows} == {
        ("it has 1 columns, and 2 are needed", "error"),
        ("it has no class", "error"),
        ("the class never is missing from the training data", "error"),
    }
    assert sorted((Path(p.file).name, p.line) for each in rows for p in each.places) == [
        ("test.csv", 5), ("train.csv", 31), ("train.csv", 32), ("train.csv", 33),
    ]  # fmt: skip
    assert lines(found(data, "preview-empty")) == [29]
    assert found(data, "preview-doubles").places == (Place(str(train), 26), Place(str(train), 27))
    assert lines(found(data, "preview-doubles-nearly")) == [26, 28]
    assert lines(found(data, "preview-conflicts")) == [26, 28, 13, 6]
    pairs = [(train, 26), (test, 2), (train, 13), (test, 6)]
    assert found(data, "preview-shared").places == tuple(Place(str(path), line) for path, line in pairs)
    assert (data.shared, found(data, "preview-shared").weight) == (2, "warning")
    assert found(data, "preview-shared-nearly").places[1] == Place(str(test), 3)
    assert found(data, "preview-few").problem.arguments["labels"] == "odd"
    assert found(data, "preview-unevaluated").problem.arguments["labels"] == "no, odd"
    uneven = found(data, "preview-uneven").problem.arguments
    assert (uneven["label"], uneven["ratio"], uneven["share"]) == ("yes", "14.0", "50.0%")
    assert [each.weight for each in data.findings] == sorted(
        (each.weight for each in data.findings), key=["error", "warning", "note"].index
    )
    assert len(data.examples) == 4  # of the rest


NOTHING_SHOWN = {"data-columns", "data-no-labels", "data-one-class"}


@pytest.mark.parametrize(
    ("name", "text", "code", "where"),
    [
        ("a.csv", b"text,label\nfine,x\n\xff\xfe,y\nso,y\n", "preview-rows-not-utf8", [3]),
        ("a.csv", b'text,label\n"a"b,x\nc,x\nd,y\n', "preview-rows", [2]),
        ("a.jsonl", b'{"text": "a", "label": "x"}\nnot json\n{"text": "b", "label": "y"}\n', "preview-rows", [2]),
        ("a.csv", b"text,label\na,x\nb,x\n", "data-one-class", []),
        ("a.csv", b"text\na\nb\n", "data-columns", [0]),
        ("a.txt", b"no table", "data-no-labels", [0]),
    ],
)
def test_what_a_run_would_end_with_is_found(
    make: Spec, tmp_path: Path, name: str, text: bytes, code: str, where: list[int]
) -> None:
    spec = make("classify-text", written(tmp_path / name, text))
    data = seen(spec)
    at_first = refused_tables(spec, data.step)
    assert at_first == (data if code in NOTHING_SHOWN else None)
    assert found(data, code).weight == "error"
    assert lines(found(data, code)) == where
    assert "data-empty" not in codes(data)
    with pytest.raises(StudioError):
        built(make("classify-text", tmp_path / name))


def test_of_words_the_tags_are_counted_and_faults_found(make: Spec, tmp_path: Path) -> None:
    block = "New\tB-place\nYork\tI-place\nis\tO\n\n"
    path = written(tmp_path / "a.conll", block * 11 + "lonely\n\nNew\tO\nYork\tO\nis\tO\n")
    other = written(tmp_path / "b.conll", "He\tO\nis\tO\n\nJo\tB-person\n")
    data = seen(make("tag", path, evaluation=[str(other)]))
    rows = {str(e.problem.arguments["detail"]): e for e in data.findings if e.problem.code == "preview-rows"}
    assert rows["a word without a tag"].places == (Place(str(path), 45),)
    assert rows["the tag B-person is missing from the training data"].places == (Place(str(other), 4),)
    assert lines(found(data, "preview-conflicts")) == [1, 47]
    assert found(data, "preview-doubles").count == 11
    assert found(data, "preview-unevaluated").problem.arguments["labels"] == "B-place, I-place"
    assert found(data, "preview-tags-outside").problem.arguments["share"] == "38.9%"
    assert {each.label: each.count for each in data.parts[0].classes} == {"B-place": 11, "I-place": 11, "O": 14}


def test_what_is_wrong_with_conversations_is_found(make: Spec, tmp_path: Path) -> None:
    good = '{"prompt": "count", "completion": "1 2"}\n'
    long = json.dumps({"prompt": "x" * 200, "completion": "never reached"}) + "\n"
    ends = json.dumps({"prompt": "say", "completion": "y" * 200}) + "\n"
    rest = b'no json\n{"prompt": "unanswered"}\n{"prompt": "\xff", "completion": "well"}\n'
    path = written(tmp_path / "a.jsonl", (good + good + long + ends).encode() + rest)
    data = seen(make("chat", path, model={"context": 64}))
    assert lines(found(data, "preview-chats-unanswered")) == [3]
    assert lines(found(data, "preview-cut")) == [4]
    assert lines(found(data, "preview-doubles")) == [1, 2]
    unusable = [each for each in data.findings if each.problem.code == "preview-chats-unusable"]
    assert sorted(line for each in unusable for line in lines(each)) == [5, 6, 7]
    assert lines(found(data, "preview-not-utf8")) == [7]
    assert (data.parts[0].examples, data.parts[0].cut) == (3, 1)
    written(path, '{"prompt": "unanswered"}\n')
    assert found(seen(make("chat", path)), "chat-none").weight == "error"


def test_system_messages_that_a_template_has_no_role_for_are_counted(
    make: Spec, causal_folders: dict[str, Path], tmp_path: Path
) -> None:
    base = Path(shutil.copytree(causal_folders["gpt2"], tmp_path / "base"))
    refusing = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    refusing += "<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
    tokenizer = AutoTokenizer.from_pretrained(str(base))
    tokenizer.chat_template = refusing
    tokenizer.save_pretrained(str(base))
    chat = {"messages": [{"role": "user", "content": "count"}, {"role": "assistant", "content": "1 2"}]}
    asked = {"messages": [{"role": "system", "content": "be kind"}, *chat["messages"]]}
    path = written(tmp_path / "a.jsonl", "".join(json.dumps(each) + "\n" for each in (chat, asked, asked)).encode())
    data = seen(make("chat", path, model={"base": str(base)}))
    assert lines(found(data, "preview-chats-no-system")) == [2, 3]
    assert data.parts[0].examples == 3
    assert any("be kind" in text_of(example) for example in data.examples)


def test_what_is_wrong_with_plain_text_is_found(make: Spec, tmp_path: Path) -> None:
    paragraphs = [make_text(300, seed).strip() for seed in range(30)]
    text = "\n\n".join([*paragraphs, paragraphs[3], paragraphs[4].upper()])
    path = written(tmp_path / "a.txt", text.encode() + b"\n\nbro\xffken\n")
    data = seen(make("causal-lm", path, evaluation=0.1))
    whole = sum(part.examples for part in data.parts)
    assert 33 <= whole <= 34  # the split may part a paragraph
    assert lines(found(data, "preview-not-utf8")) == [path.read_bytes().count(b"\n")]
    places = found(data, "preview-shared").places
    file_lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    assert file_lines[places[0].line - 1] == file_lines[places[1].line - 1]
    assert places[0].line < places[1].line
    assert found(data, "preview-shared-nearly").count == 1
    tokens = built(make("causal-lm", path, evaluation=0.1)).tokens
    assert [part.items for part in data.parts] == [len(tokens.train), len(tokens.evaluation)]


def test_what_a_vocabulary_does_not_know_is_found(make: Spec, tmp_path: Path) -> None:
    rare = "".join(chr(0x4E00 + number) for number in range(900))
    path = written(tmp_path / "a.txt", f"{make_text(6_000)}\n\n{' '.join(rare)}. so it is.\n")
    data = seen(make("masked-lm", path))
    assert found(data, "preview-unknown").weight == "warning"
    tokenizer = built(make("masked-lm", path)).tokenizer
    words = [each for paragraph in path.read_text().split("\n\n") for each in tokenizer.tokenize(paragraph)]
    assert found(data, "preview-unknown").count == words.count("[UNK]")


def test_pictures_that_repeat_leak_or_cannot_be_read_are_found(tmp_path: Path) -> None:
    train, test = make_pictures(tmp_path / "train"), make_pictures(tmp_path / "test", each=2, seed=9)
    opened(train / "red" / "02.bmp").save(train / "red" / "again.png")  # the same pixels in another file
    opened(train / "red" / "00.png").save(train / "blue" / "red.png")
    opened(train / "green" / "00.png").save(test / "green" / "leaked.bmp")
    written(train / "blue" / "99.jpg", b"no picture")
    (train / "empty").mkdir()
    data = seen(tiny_spec(train, data={"train": [str(train)], "evaluation": [str(test)]}))
    assert [Path(p.file).name for p in found(data, "preview-doubles").places] == [
        "00.png",
        "red.png",
        "02.bmp",
        "again.png",
    ] or [Path(p.file).name for p in found(data, "preview-doubles").places] == [
        "red.png",
        "00.png",
        "02.bmp",
        "again.png",
    ]
    assert {Path(p.file).parent.name for p in found(data, "preview-conflicts").places} == {"red", "blue"}
    assert [Path(p.file).name for p in found(data, "preview-shared").places] == ["00.png", "leaked.bmp"]
    unread = found(data, "preview-pictures-unread")
    assert [Path(p.file).name for p in unread.places] == ["99.jpg"]
    assert "Unsupported image format" in sentence(unread.problem)
    assert found(data, "preview-class-empty").problem.arguments["labels"] == "empty"
    sides = [min(opened(file).size) for file in train.rglob("*.*") if file.name != "99.jpg"]
    part = data.parts[0]
    assert (part.examples, part.shortest, part.longest, part.unit) == (len(sides), min(sides), max(sides), "pixels")
    assert data.bytes_read == sum(file.stat().st_size for f in (train, test) for file in f.rglob("*.*")) - len(
        b"no picture"
    )


def test_a_class_without_a_picture_that_is_read_is_named(tmp_path: Path) -> None:
    train = make_pictures(tmp_path / "train")
    (train / "gone").mkdir()
    written(train / "gone" / "a.png", b"")
    assert found(seen(tiny_spec(train)), "preview-class-unread").problem.arguments["labels"] == "gone"
    for colour in ("blue", "green"):
        shutil.rmtree(train / colour)
    one = found(seen(tiny_spec(train)), "data-one-class-used")
    assert "gone: " in sentence(one.problem)
    table = written(tmp_path / "a.csv", "path,label\nnowhere.png,a\nnor here.png,b\n")
    assert codes(seen(tiny_spec(table))) == {"preview-rows"}  # and no word of a class that is not there


def test_names_of_classes_that_are_alike_or_no_names_are_said(make: Spec, tmp_path: Path) -> None:
    rows = "".join(f"text {label} {n},{label}\n" for n in range(12) for label in ("Pos", "pos", "neg", "nan"))
    data = seen(make("classify-text", written(tmp_path / "a.csv", "text,label\n" + rows)))
    assert found(data, "preview-alike").problem.arguments["labels"] == "Pos, pos"
    assert found(data, "preview-no-value").problem.arguments["label"] == "nan"


# ------------------------------------------------------------------------------- large data, cancelling, a shell


def test_of_large_data_a_part_is_looked_at_and_that_is_said(
    make: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.txt", make_text(120_000))
    small = make("causal-lm", path, evaluation=0.1)
    whole = seen(small)
    monkeypatch.setattr(look, "MOST_BYTES", 40_000)
    part = seen(small)
    assert (whole.all_read, part.all_read) == (True, False)
    assert 40_000 <= part.bytes_read <= 41_000
    assert found(part, "preview-excerpt").weight == "note"
    assert part.updates_an_epoch == pytest.approx(whole.updates_an_epoch, rel=0.05)
    assert [each.role for each in part.parts] == ["training", "evaluation"]
    rows = "".join(f"text number {n},{'ab'[n % 2]}\n" for n in range(4_000))
    table = make("classify-text", written(tmp_path / "a.csv", "text,label\n" + rows))
    assert not seen(table).all_read
    assert seen(table).parts[0].examples < 4_000
    rows = "".join(f"text number {n},{'ab'[n // 3500]}\n" for n in range(4_000))
    test = written(tmp_path / "test.csv", "text,label\none,a\ntwo,b\n")
    ordered = make("classify-text", written(tmp_path / "b.csv", "text,label\n" + rows), evaluation=[str(test)])
    assert not any(each.weight == "error" for each in seen(ordered).findings)  # the other class was not come to
    monkeypatch.setattr(look, "MOST_PICTURES", 9)
    pictures = seen(tiny_spec(make_pictures(tmp_path / "pictures")))
    assert sum(each.examples for each in pictures.parts) <= 9
    assert len(pictures.parts[0].classes) == 3


def test_a_look_tells_how_far_it_is_and_can_be_ended(make: Spec, tmp_path: Path) -> None:
    rows = "".join(f"text number {n} of very many,{'ab'[n % 2]}\n" for n in range(20_000))
    spec = make("classify-text", written(tmp_path / "a.csv", "text,label\n" + rows))
    events = run_task(LookAtData(spec=write_spec(spec)), Session(threads=1))
    for event in events:
        assert isinstance(event, Progress)
        if event.total:
            break
    assert isinstance(events.throw(Stopped()), Cancelled)


def test_what_cannot_be_used_at_all_fails_with_the_reason(make: Spec, tmp_path: Path) -> None:
    text = written(tmp_path / "a.txt", make_text(2_000))
    for spec, code in (
        (make("causal-lm", text, model={"base": str(tmp_path / "nowhere")}), "folder-missing"),
        (make("chat", text, model={"base": "scratch"}), "base-needed"),
    ):
        *_, end = run_task(LookAtData(spec=write_spec(spec)), Session(threads=1))
        assert isinstance(end, Failed)
        assert (end.problem.code, end.blame) == (code, "input")


def test_from_a_shell(make: Spec, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = written(tmp_path / "a.txt", make_text(6_000))
    spec = make("masked-lm", text, masking={"share": 0.5})
    path = written(tmp_path / "spec.toml", write_spec(spec).replace(str(text), "a.txt"))

    def said(*arguments: str, code: int = 0) -> str:
        assert commands.main(["preview", *arguments]) == code
        return capsys.readouterr().out

    shown = said(str(path), "--examples", "2", "--step", "3")
    assert "training" in shown
    assert "[MASK→" in shown
    assert shown.count("step 3, example") == 2
    told = json.loads(said(str(path), "--step", "3", "--json"))
    assert told["objective"] == "masked-lm"
    assert told["examples"][0]["tokens"][0]["text"] == " [CLS]"
    run = create_run(spec)
    assert json.loads(said(run.name, "--step", "3", "--json"))["examples"] == told["examples"]
    table = written(tmp_path / "bad.csv", "text,label\na,x\nb,y\nlonely\n")
    bad = written(tmp_path / "bad.toml", write_spec(make("classify-text", table)))
    assert "error: 1 row is invalid" in said(str(bad), code=2)
    assert json.loads(said(str(bad), "--json", code=2))["findings"][0]["hint"].startswith("A run stops")
    written(bad, "name = 3\n")
    assert commands.main(["preview", str(bad)]) == 2
    assert "error: " in capsys.readouterr().err


# ------------------------------------------------------------------------------- data of others


def test_banking77_has_doubles_and_leaks(make: Spec, shared_assets: Path) -> None:
    folder = shared_assets / "text-banking77"
    data = seen(make("classify-text", folder / "train.csv", evaluation=[str(folder / "test.csv")]))
    read = {}
    for name in ("train", "test"):
        with open(folder / f"{name}.csv", newline="") as stream:
            read[name] = [row["text"].strip() for row in csv.DictReader(stream)]
    train = set(read["train"])
    assert data.shared == sum(text in train for text in read["test"])
    assert data.parts[0].doubles == len(read["train"]) - len(train)
    assert [part.examples for part in data.parts] == [10_003, 3_080]
    assert len(data.parts[0].classes) == 77


def test_wnut17_repeats_itself_and_pets_are_clean(make: Spec, shared_assets: Path) -> None:
    folder = shared_assets / "ner-wnut17"
    data = seen(make("tag", folder / "train.conll", evaluation=[str(folder / "test.conll")]))
    blocks: list[list[str]] = [[]]
    for line in (folder / "train.conll").read_text().splitlines():
        if line.strip():
            blocks[-1].append(line.split("\t")[0].strip())
        elif blocks[-1]:
            blocks.append([])
    sentences = [" ".join(block) for block in blocks if block]
    assert data.parts[0].examples == len(sentences)
    assert data.parts[0].doubles == len(sentences) - len(set(sentences))
    pets = shared_assets / "pets-cats-dogs"
    spec = tiny_spec(pets / "train", data={"train": [str(pets / "train")], "evaluation": [str(pets / "test")]})
    clean = seen(spec)
    assert [part.examples for part in clean.parts] == [80, 20]
    assert not clean.findings
