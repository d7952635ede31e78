"""Sentences that are said in place of another where its ``count`` is 1: by the code of that sentence with ":one"."""

from __future__ import annotations

_MEMORIZED = "The evaluation then measures memorization: remove it from one of the two."
_REMOVE = "Duplicates weigh more in training: remove it unless that is intended."
SENTENCES: dict[str, tuple[str, str]] = {
    "preview-rows:one": ("1 row is invalid: {detail}.", "A run stops there: fix or remove it."),
    "preview-rows-not-utf8:one": ("1 line is not UTF-8.", "A run stops there: save the file as UTF-8."),
    "preview-empty:one": ("1 row has no text and is skipped.", "Check whether text is missing there."),
    "preview-shared:one": (
        "1 of the {examples:,} evaluation examples ({share}) is in the training data too.",
        _MEMORIZED,
    ),
    "preview-shared-nearly:one": (
        "1 more of {examples:,} evaluation examples ({share}) matches training data apart from spaces and case.",
        _MEMORIZED,
    ),
    "preview-conflicts:one": (
        "1 example repeats an earlier one with a different label.",
        "Choose one label for both, or remove them.",
    ),
    "preview-doubles:one": ("1 of the {examples:,} training examples ({share}) is an exact duplicate.", _REMOVE),
    "preview-doubles-nearly:one": (
        "1 more of the {examples:,} training examples ({share}) is a duplicate apart from spaces and case.",
        _REMOVE,
    ),
    "preview-few:one": (
        "1 class has fewer than {few} training examples: {labels}.",
        "Add examples, or remove this class.",
    ),
    "preview-unevaluated:one": (
        "1 class has no evaluation examples: {labels}.",
        "Add some, or evaluate on a larger share.",
    ),
    "preview-cut:one": (
        "1 of the {examples:,} examples is truncated: the context is {context:,} tokens.",
        "Increase model.context if the model allows it, or shorten the example.",
    ),
    "preview-not-utf8:one": (
        "1 line is not UTF-8; invalid bytes are read as “\ufffd”.",
        "Save the file as UTF-8.",
    ),
    "preview-pictures-unread:one": ("1 picture can't be read and is skipped: {reason}", "Replace or remove it."),
    "preview-class-empty:one": (
        "1 folder contains no pictures and is not a class: {labels}.",
        "Add pictures, or remove the folder.",
    ),
    "preview-chats-unusable:one": ("1 entry is not a valid chat and is skipped: {detail}.", "Fix or remove it."),
    "preview-chats-no-system:one": (
        "1 chat has a system message; the chat template has no system role.",
        "It is put at the start of the first message. To avoid that, remove it or choose another base model.",
    ),
    "preview-chats-unanswered:one": (
        "1 chat is skipped: no answer starts within the context of {context:,} tokens.",
        "Increase model.context if the model allows it, or shorten the prompt.",
    ),
    "preview-pairs-unusable:one": (
        "1 entry is not a valid preference pair and is skipped: {detail}.",
        "Fix or remove it.",
    ),
    "preview-pairs-unanswered:one": (
        "1 pair is skipped: within the context of {context:,} tokens, an answer is missing or both match.",
        "Increase model.context if the model allows it, or shorten the prompt.",
    ),
    "data-unread:one": (
        "1 picture in {path} was skipped: {formats} is not supported.",
        "Convert it to JPEG or PNG to train on it.",
    ),
    "data-no-pictures:one": ("The only picture in {path} could not be read: {reason}", "Replace it."),
    "tensors-missing:one": (
        "The weights lack one of the model's tensors: {names}.",
        "They are damaged or belong to another model: download them again.",
    ),
    "tensors-mismatched:one": (
        "The shape of one tensor differs from config.json: {names}.",
        "Weights and config.json don't belong together: download both again.",
    ),
}
