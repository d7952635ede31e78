"""Findings of the data check."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "preview-rows": (
        "{count:,} rows cannot be used: {detail}.",
        "A run ends at the first of them: mend them, or leave them out.",
    ),
    "preview-rows-not-utf8": (
        "{count:,} lines are not UTF-8.",
        "A run ends at the first of them: save the file as UTF-8.",
    ),
    "preview-empty": ("{count:,} rows have no text, and are left out.", "See whether something is missing there."),
    "preview-shared": (
        "{count:,} of the {examples:,} examples to evaluate on ({share}) are learnt from, too.",
        "The evaluation then measures what was learnt by heart: take them out of one of the two.",
    ),
    "preview-shared-nearly": (
        "{count:,} more of the {examples:,} examples to evaluate on ({share}) are, too, but for spaces and capitals.",
        "The evaluation then measures what was learnt by heart: take them out of one of the two.",
    ),
    "preview-conflicts": (
        "{count:,} examples are the same as one before them, and labelled otherwise.",
        "No model can say both: settle on one, or leave them out.",
    ),
    "preview-doubles": (
        "{count:,} of the {examples:,} examples to learn from ({share}) repeat an earlier one exactly.",
        "What is repeated is learnt more than the rest: leave it out, unless it is meant.",
    ),
    "preview-doubles-nearly": (
        "{count:,} more of the {examples:,} examples to learn from ({share}) repeat one but for spaces and capitals.",
        "What is repeated is learnt more than the rest: leave it out, unless it is meant.",
    ),
    "preview-uneven": (
        "The largest class, {label}, has {share} of the examples, {ratio} times as many as the smallest, {least}.",
        "Always saying {label} is right {share} of the time: look at F1 and at each class, not at accuracy alone.",
    ),
    "preview-tags-outside": (
        "{share} of the words have the tag {label}.",
        "Always saying it is right that often: look at F1, which counts what is found, not at accuracy.",
    ),
    "preview-few": (
        "{count:,} classes have fewer than {few} examples to learn from: {labels}.",
        "Add examples of them, or leave these classes out.",
    ),
    "preview-unevaluated": (
        "{count:,} classes have no example to evaluate on: {labels}.",
        "How well they are learnt will not be seen: add some, or evaluate on a larger share.",
    ),
    "preview-cut": (
        "{count:,} of the {examples:,} examples are cut off: the model is given {context:,} tokens.",
        "Take a larger model.context where the model allows it, or shorten them.",
    ),
    "preview-unknown": (
        "{share} of the tokens stand for characters or words that the tokenizer does not know.",
        "The model cannot tell these apart: take a base model of this language, or a larger vocabulary.",
    ),
    "preview-not-utf8": (
        "{count:,} lines are not UTF-8; what cannot be read there is learnt as “\ufffd”.",
        "Save the file as UTF-8.",
    ),
    "preview-pictures-unread": (
        "{count:,} pictures cannot be read and are left out: {reason}",
        "Replace them, or remove them.",
    ),
    "preview-class-empty": (
        "{count:,} folders hold no pictures, and are no classes: {labels}.",
        "Put pictures into them, or remove them.",
    ),
    "preview-chats-unusable": (
        "{count:,} entries are no conversations to learn from, and are left out: {detail}.",
        "Mend them, or leave them out.",
    ),
    "preview-chats-unanswered": (
        "{count:,} conversations are left out: no answer in them begins within the {context:,} tokens that are read.",
        "Take a larger model.context where the model allows it, or shorten what comes before the answers.",
    ),
    "preview-no-evaluation": (
        "There is nothing to evaluate on.",
        "Set data.evaluation: else it is not seen when a model learns by heart.",
    ),
    "preview-excerpt": (
        "Only the first {share} of the data were looked at.",
        "Examples, counts and findings are of these; a training learns from everything.",
    ),
}
