"""Training data: files, tables, datasets of the Hub."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "data-no-labels": (
        "{path} is not a table of texts with their classes.",
        "It may be a folder with a folder of texts for each class, or a file that ends in {suffixes}.",
    ),
    "data-row": ("{path}, line {line}: {detail}.", "Mend that line, or leave it out."),
    "data-record": ("{path}, row {line}: {detail}.", "Mend that row, or choose other columns or another file."),
    "data-parquet": ("{path} cannot be read as Parquet: {detail}.", "Fetch or write it again."),
    "parquet-missing": (
        "{path} is Parquet, and the optional library that reads it is not installed.",
        "Install it with: {command}",
    ),
    "data-column": (
        "{path} has no column {column}; it has: {columns}.",
        "Say which in data.text_column and data.label_column.",
    ),
    "data-many-classes": (
        "There are {count} classes, and at most {most} are learnt.",
        "See whether the column of the class is the right one.",
    ),
    "data-not-utf8": ("{path}, line {line} is not UTF-8.", "Save the file as UTF-8."),
    "dataset-address": (
        "“{was}” is no address of a dataset.",
        "It is written as OWNER/NAME, with @REVISION, /CONFIG and :SPLIT behind it where they are wanted.",
    ),
    "dataset-no-files": (
        "{dataset} has no files that can be learnt from.",
        "Such files end in {suffixes}; a dataset that only a script of its own makes is not used here.",
    ),
    "dataset-config": ("{dataset} has no configuration “{config}”.", "Choose one of: {configs}."),
    "dataset-split": ("{dataset} has no split “{split}”.", "Choose one of: {splits}."),
    "dataset-unknown": (
        "There is no dataset {dataset} on this computer.",
        "“bigmodel-studio datasets” lists those that there are.",
    ),
    "dataset-in-training": (
        "The run {run} is learning from {dataset}, so it was not removed.",
        "Wait until the run has ended, or stop it first.",
    ),
    "data-on-hub": (
        "{path} is on the Hub, and a training reads only files of this computer.",
        "Fetch it once with “bigmodel-studio pull-dataset”, or with “From the Hub…” in the window, which say its path.",
    ),
    "data-missing": ("There is no file or folder {path}.", "Mend data.train or data.evaluation."),
    "data-unreadable": ("{path} cannot be read: {detail}.", "See to its permissions."),
    "data-no-text": ("The folder {path} holds no text files.", "Files that end in {suffixes} are taken."),
    "data-empty": ("There is no text in {path}.", "Choose files with something in them."),
    "data-not-a-folder": (
        "{path} is a file, and no table of pictures.",
        "Choose a folder with a folder for each class, or a table (CSV, TSV, JSON lines, Parquet) of their paths.",
    ),
    "data-no-classes": (
        "The folder {path} holds no folders of pictures.",
        "Make a folder in it for each class, named as the class is, with its pictures inside.",
    ),
    "data-one-class": (
        "All examples have one class ({label}).",
        "Add examples of another class: a classifier needs at least two.",
    ),
    "data-columns": (
        "It is not certain which column of {path} is the {what} and which the class: {columns}.",
        "Name them in data.text_column and data.label_column.",
    ),
    "data-second-text": (
        "{path} has two texts in each row, “{first}” and “{second}”, and one would be left out.",
        "To learn from one of them, name it in data.text_column.",
    ),
    "data-separator": (
        "The columns of {path} are separated by {separator!r}, and {expected!r} is expected in such a file.",
        "Save it again as CSV or TSV.",
    ),
    "data-split-folder": (
        "The folder {path} is not a class folder’s parent: it holds {parts}.",
        "Choose the folders in it: {train} to learn from, the other to evaluate on.",
    ),
    "data-strange-class": (
        "There is a class to be evaluated on that is not learnt: {label}.",
        "Give both folders the same classes.",
    ),
    "data-no-pictures": (
        "None of the {count:,} pictures in {path} could be read.",
        "The log has the reason for each.",
    ),
    "labels-changed": (
        "The classes in the data are not those that the run began with ({were}).",
        "Put the folders back as they were, or start a new run.",
    ),
    "data-no-sentences": (
        "The text has no two sentences that follow each other.",
        "A document ends at a blank line: add texts of several sentences, or set masking.next_sentence to false.",
    ),
    "chat-none": (
        "There is no conversation to learn from in {path}: {detail}.",
        "One JSON entry a line, or one array, with messages, conversations, or instruction and output.",
    ),
    "data-too-little": (
        "There are only {tokens:,} {part} tokens; {needed:,} are needed.",
        "Add text, or take a smaller model.context (or another data.evaluation).",
    ),
}
