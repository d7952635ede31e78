"""What a lane says of the data of each kind of training, small enough to be read."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageWriter

from bigmodel_studio.protocol import (
    ClassCount,
    ClassShare,
    DataPreview,
    Finding,
    PartCounts,
    Place,
    PreviewExample,
    PreviewToken,
    Problem,
)

FOLDER = "/texts"


def png(width: int, height: int, colour: str) -> bytes:
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return bytes(buffer.data().data())


def _spoken(text: str, role: str) -> tuple[PreviewToken, ...]:
    return tuple(PreviewToken(f" {each}" if n else each, role) for n, each in enumerate(text.split()))  # type: ignore[arg-type]


def _texts() -> dict[str, PreviewExample]:
    place = Place(f"{FOLDER}/input.txt", 17)
    ends = (PreviewToken("[CLS]", "added"), PreviewToken(" [SEP]", "added"))
    question = _spoken("is my card lost ?", "read")
    return {
        "causal-lm": PreviewExample(
            place=place,
            length=7,
            tokens=(PreviewToken("The", "read"), *_spoken("cat sings.", "learnt"), PreviewToken("\n", "learnt"),
                    PreviewToken("你好", "learnt"), PreviewToken("", "learnt"), PreviewToken("    ", "learnt")),
        ),
        "chat": PreviewExample(
            place=place,
            length=9,
            tokens=(PreviewToken("<|user|>", "added"), *question, *_spoken("No, it is here.", "learnt")),
        ),
        "masked-lm": PreviewExample(
            place=place,
            length=8,
            classes=(ClassShare("follows"),),
            tokens=(ends[0], PreviewToken(" the", "read"), PreviewToken(" [MASK]", "hidden", " cat"),
                    PreviewToken(" blue", "swapped", " sat"), PreviewToken(" on", "kept", " on"),
                    *_spoken("the mat", "read"), ends[1]),
        ),
        "classify-text": PreviewExample(
            place=place,
            length=7,
            cut=True,
            classes=(ClassShare("card_lost", 0.9), *(ClassShare(f"class {n}", 0.0125) for n in range(8))),
            tokens=(ends[0], *question, ends[1]),
        ),
        "tag": PreviewExample(
            place=place,
            length=4,
            tokens=(PreviewToken("Ada", "learnt", "B-person"), PreviewToken("##m", "read"),
                    PreviewToken(" in", "learnt", "O"), PreviewToken(" Paris", "learnt", "B-place")),
        ),
    }  # fmt: skip


def example(objective: str, number: int = 0) -> PreviewExample:
    """One of that kind of training; pictures are told apart by their numbers."""
    if objective != "classify-images":
        return _texts()[objective]
    return PreviewExample(
        place=Place(f"/pictures/cat/{number}.jpg"),
        whole=png(50 + number, 40, "#336699"),
        model_input=png(32, 32, "#66AA88"),
        classes=(ClassShare("cat", 0.7), ClassShare("dog", 0.3)),
        length=40,
    )


def part(role: str, objective: str, classes: int = 3, examples: int = 1000) -> PartCounts:
    labelled = objective in ("classify-text", "classify-images", "tag")
    return PartCounts(
        role=role,  # type: ignore[arg-type]
        files=2,
        examples=examples,
        items=20_480,
        unit="pixels" if objective == "classify-images" else "words" if objective == "tag" else "tokens",
        shortest=1,
        median=12,
        longest=160,
        edges=(0, 40, 80, 120, 160),
        lengths=(700, 200, 90, 10),
        cut=10,
        doubles=4,
        classes=tuple(ClassCount(f"class {n}", 2 * (classes - n)) for n in range(classes)) if labelled else (),
        bytes=123_456,
    )


FINDINGS = (
    Finding(problem=Problem(code="data-empty", arguments={"path": "input.txt"}), weight="note"),
    Finding(
        problem=Problem(code="data-row", arguments={"path": "input.txt", "line": 17, "detail": "there are 3 fields"}),
        weight="warning",
        count=40,
        places=(Place(f"{FOLDER}/input.txt", 17), Place(f"{FOLDER}/more.txt", 2_345)),
    ),
    Finding(problem=Problem(code="data-one-class", arguments={"label": "ant"}), weight="error"),
)


def seen(
    objective: str,
    step: int = 1,
    *,
    counted: bool = True,
    count: int = 3,
    classes: int = 3,
    findings: tuple[Finding, ...] = FINDINGS,
) -> DataPreview:
    """The examples of a step, and with ``counted`` what there is to say of all."""
    examples = tuple(example(objective, n + step) for n in range(count))
    if not counted:
        return DataPreview(objective=objective, step=step, examples=examples)
    return DataPreview(
        objective=objective,
        step=step,
        examples=examples,
        parts=(part("training", objective, classes), part("evaluation", objective, classes, 100)),
        findings=findings,
        shared=7,
        updates_an_epoch=31.25,
    )
