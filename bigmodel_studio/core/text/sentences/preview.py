"""Findings of the data check."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "preview-rows": ("{count:,} rows are invalid: {detail}.", "A run stops at the first of them: fix or remove them."),
    "preview-rows-not-utf8": (
        "{count:,} lines are not UTF-8.",
        "A run stops at the first of them: save the file as UTF-8.",
    ),
    "preview-empty": ("{count:,} rows have no text and are skipped.", "Check whether text is missing there."),
    "preview-shared": (
        "{count:,} of the {examples:,} evaluation examples ({share}) are in the training data too.",
        "The evaluation then measures memorization: remove them from one of the two.",
    ),
    "preview-shared-nearly": (
        "{count:,} more of {examples:,} evaluation examples ({share}) match training data apart from spaces and case.",
        "The evaluation then measures memorization: remove them from one of the two.",
    ),
    "preview-conflicts": (
        "{count:,} examples repeat an earlier one with a different label.",
        "Choose one label for each, or remove them.",
    ),
    "preview-doubles": (
        "{count:,} of the {examples:,} training examples ({share}) are exact duplicates.",
        "Duplicates weigh more in training: remove them unless that is intended.",
    ),
    "preview-doubles-nearly": (
        "{count:,} more of the {examples:,} training examples ({share}) are duplicates apart from spaces and case.",
        "Duplicates weigh more in training: remove them unless that is intended.",
    ),
    "preview-uneven": (
        "The largest class, {label}, has {share} of the examples, {ratio} times as many as the smallest, {least}.",
        "Always predicting {label} is right {share} of the time: check F1 and each class, not accuracy alone.",
    ),
    "preview-tags-outside": (
        "{share} of the words have the tag {label}.",
        "Always predicting it is right that often: check F1, not accuracy.",
    ),
    "preview-few": (
        "{count:,} classes have fewer than {few} training examples: {labels}.",
        "Add examples, or remove these classes.",
    ),
    "preview-unevaluated": (
        "{count:,} classes have no evaluation examples: {labels}.",
        "Add some, or evaluate on a larger share.",
    ),
    "preview-cut": (
        "{count:,} of the {examples:,} examples are truncated: the context is {context:,} tokens.",
        "Increase model.context if the model allows it, or shorten the examples.",
    ),
    "preview-unknown": (
        "{share} of the tokens are unknown to the tokenizer.",
        "Choose a base model for this language, or a larger vocabulary.",
    ),
    "preview-not-utf8": (
        "{count:,} lines are not UTF-8; invalid bytes are read as “\ufffd”.",
        "Save the file as UTF-8.",
    ),
    "preview-pictures-unread": (
        "{count:,} pictures can't be read and are skipped: {reason}",
        "Replace or remove them.",
    ),
    "preview-class-unread": (
        "Not one picture of these classes was read: {labels}.",
        "Replace the pictures, or remove their folders: the model would never predict these classes.",
    ),
    "preview-alike": (
        "Some classes differ only in upper case or spaces: {labels}.",
        "Use one name if they are meant to be one class.",
    ),
    "preview-no-value": (
        "The class “{label}” looks like a missing value.",
        "Correct or remove these examples, unless it is a class.",
    ),
    "preview-class-empty": (
        "{count:,} folders contain no pictures and are not classes: {labels}.",
        "Add pictures, or remove the folders.",
    ),
    "preview-chats-unusable": (
        "{count:,} entries are not valid chats and are skipped: {detail}.",
        "Fix or remove them.",
    ),
    "preview-chats-no-system": (
        "{count:,} chats have a system message; the chat template has no system role.",
        "It is put at the start of the first message. To avoid that, remove it or choose another base model.",
    ),
    "preview-chats-unanswered": (
        "{count:,} chats are skipped: no answer starts within the context of {context:,} tokens.",
        "Increase model.context if the model allows it, or shorten the prompts.",
    ),
    "preview-pairs-unusable": (
        "{count:,} entries are not valid preference pairs and are skipped: {detail}.",
        "Fix or remove them.",
    ),
    "preview-pairs-unanswered": (
        "{count:,} pairs are skipped: within the context of {context:,} tokens, an answer is missing or both match.",
        "Increase model.context if the model allows it, or shorten the prompts.",
    ),
    "preview-columns": (
        "By their values, the {what} is read from “{text}” and the class from “{label}” in {path}.",
        "If that is wrong, set data.text_column and data.label_column.",
    ),
    "preview-separator": (
        "“{separator}” separates the classes of a text.",
        "If that is wrong, set data.label_separator.",
    ),
    "preview-separator-lists": ("The classes of each text are a list.", ""),
    "preview-separator-none": (
        "No text has more than one class: there is no separator in any of them.",
        "If that is wrong, set data.label_separator.",
    ),
    "preview-joined": (
        "Some classes seem to be several in one: {labels}.",
        "Set data.multi_label to learn them separately.",
    ),
    "preview-everywhere": (
        "All training texts have the class {labels}.",
        "Add texts without this class: a model learns it from both.",
    ),
    "preview-no-evaluation": (
        "There is no evaluation data.",
        "Set data.evaluation: without it, overfitting stays unnoticed.",
    ),
    "preview-excerpt": (
        "Only the first {share} of the data was checked.",
        "Examples, counts and findings cover this part; training uses everything.",
    ),
}
