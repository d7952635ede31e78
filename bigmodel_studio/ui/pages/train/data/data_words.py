"""Words for checked data: what its examples are called, how many, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import DataPreview, Finding, PartCounts, Progress
from bigmodel_studio.ui.pages.train.runs.words import word

WEIGHTS = ("error", "warning", "note")
"""The heaviest first."""
ROLES = {
    "training": str(QT_TRANSLATE_NOOP("train", "Training")),
    "evaluation": str(QT_TRANSLATE_NOOP("train", "Evaluation")),
}
UNITS = {
    "tokens": str(QT_TRANSLATE_NOOP("train", "tokens")),
    "words": str(QT_TRANSLATE_NOOP("train", "words")),
    "pixels": str(QT_TRANSLATE_NOOP("train", "pixels")),
}
PAIRS = {
    "follows": str(QT_TRANSLATE_NOOP("train", "the second follows the first")),
    "random": str(QT_TRANSLATE_NOOP("train", "the second is random")),
}
"""What masked-lm has two sentences learnt as."""
DOING = {
    "loading": str(QT_TRANSLATE_NOOP("train", "Loading libraries…")),
    "reading": str(QT_TRANSLATE_NOOP("train", "Reading the files…")),
    "tokenizing": str(QT_TRANSLATE_NOOP("train", "Tokenizing…")),
    "vocabulary": str(QT_TRANSLATE_NOOP("train", "Training a tokenizer…")),
    "counting-data": str(QT_TRANSLATE_NOOP("train", "Counting…")),
}
_ANY = str(QT_TRANSLATE_NOOP("train", "Checking data…"))


class Counting(QObject):
    """So many of something, in the singular or the plural of the window's language (Qt collects those of ``tr`` alone).

    ``10,003 texts``, ``1 class``.
    """

    def examples(self, objective: str, count: int) -> str:
        """Return examples of that objective."""
        words = {
            "causal-lm": self.tr("{count} paragraph(s)", "", count),
            "masked-lm": self.tr("{count} paragraph(s)", "", count),
            "chat": self.tr("{count} chat(s)", "", count),
            "preference": self.tr("{count} pair(s)", "", count),
            "classify-text": self.tr("{count} text(s)", "", count),
            "tag": self.tr("{count} sentence(s)", "", count),
            "classify-images": self.tr("{count} picture(s)", "", count),
        }
        return words[objective].format(count=numbers.exact(count))

    def classes(self, objective: str, count: int) -> str:
        """Return the word for classes, or tags."""
        tags, classes = self.tr("{count} tag(s)", "", count), self.tr("{count} class(es)", "", count)
        return (tags if objective == "tag" else classes).format(count=numbers.exact(count))

    def findings(self, findings: Sequence[Finding]) -> str:
        """Return ``1 error · 2 warnings``; notes are said where there is nothing graver."""
        errors, warnings, notes = (sum(each.weight == weight for each in findings) for weight in WEIGHTS)
        counts = (
            (errors, self.tr("{count} error(s)", "", errors)),
            (warnings, self.tr("{count} warning(s)", "", warnings)),
            (0 if errors or warnings else notes, self.tr("{count} note(s)", "", notes)),
        )
        return " · ".join(words.format(count=numbers.exact(count)) for count, words in counts if count)


def summary(preview: DataPreview) -> str:
    """Return all of it on one line: ``10,003 texts, 3,080 for evaluation · 77 classes · 2 warnings``."""
    if not (preview.parts or preview.findings):
        return ""
    counting, parts = Counting(), {part.role: part for part in preview.parts}
    summary_parts = []
    if learnt := parts.get("training"):
        words = counting.examples(preview.objective, learnt.examples)
        if tested := parts.get("evaluation"):
            template = word("{examples}, {count} for evaluation")
            words = template.format(examples=words, count=numbers.exact(tested.examples))
        summary_parts.append(words)
        if learnt.classes:
            summary_parts.append(counting.classes(preview.objective, len(learnt.classes)))
    summary_parts.append(counting.findings(preview.findings) or word("no problems"))
    return " · ".join(summary_parts)


def largest_share(part: PartCounts) -> float:
    """Return how much of a part its largest class has: of its examples, or of its words, where they have tags."""
    whole = part.examples if part.class_counts else sum(each.count for each in part.classes)
    return max((each.count for each in part.classes), default=0) / whole if whole else 0.0


def context_of(preview: DataPreview, spec: RunSpec) -> int:
    """Return the most tokens that the model reads at once: what was asked for, or as many as the model can."""
    contexts = (finding.problem.arguments.get("context") for finding in preview.findings)
    return next((context for context in contexts if isinstance(context, int)), spec.model.context)


def doing(event: Progress) -> str:
    """Return what the engine does now."""
    return word(DOING.get(event.what, _ANY))


def looked_at(spec: RunSpec) -> tuple[object, ...]:
    """Return what of a spec says what is learnt from, and as what: a look holds for as long as it is the same."""
    model = spec.model
    return (spec.objective, spec.data, spec.masking, model.base, model.context, model.tokenizer, model.image_size)
