"""Training data: files, tables, datasets of the Hub."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "data-no-labels": (
        "{path} is not a table of texts with their classes.",
        "Choose a folder with one subfolder of texts per class, or a file ending in {suffixes}.",
    ),
    "data-row": ("{path}, line {line}: {detail}.", "Fix or remove this line."),
    "data-record": ("{path}, row {line}: {detail}.", "Fix this row, or choose other columns or another file."),
    "data-parquet": ("{path} can't be read as Parquet: {detail}.", "Download or write it again."),
    "parquet-missing": (
        "{path} is Parquet, but the library that reads it is not installed.",
        "Install the optional package “datasets”, or choose a file in another format.",
    ),
    "data-column": ("{path} has no column {column}; it has: {columns}.", "Set data.text_column and data.label_column."),
    "data-many-classes": (
        "There are {count} classes; the limit is {most}.",
        "Check whether the right column is chosen for the class.",
    ),
    "data-not-utf8": ("{path}, line {line} is not UTF-8.", "Save the file as UTF-8."),
    "dataset-address": (
        "“{was}” is not a dataset address.",
        "Write OWNER/NAME, optionally with @REVISION, /CONFIG and :SPLIT.",
    ),
    "dataset-no-files": (
        "{dataset} has no supported files.",
        "Supported files end in {suffixes}; datasets built by a script are not supported.",
    ),
    "dataset-config": ("{dataset} has no configuration “{config}”.", "Choose one of: {configs}."),
    "dataset-split": ("{dataset} has no split “{split}”.", "Choose one of: {splits}."),
    "dataset-unknown": ("There is no dataset {dataset} on this computer.", "Choose one from the list of datasets."),
    "dataset-in-training": (
        "The run {run} is training on {dataset}, so it was not removed.",
        "Wait until the run ends, or stop it.",
    ),
    "data-on-hub": (
        "{path} is a Hub address; training reads only local files.",
        "Download it with “From the Hub…” and use its path.",
    ),
    "data-missing": ("There is no file or folder {path}.", "Correct data.train or data.evaluation."),
    "data-unreadable": ("{path} can't be read: {detail}.", "Check its permissions."),
    "data-no-text": ("The folder {path} contains no text files.", "Supported files end in {suffixes}."),
    "data-empty": ("{path} contains no text.", "Choose files with text in them."),
    "data-not-a-folder": (
        "{path} is a file, but not a table of pictures.",
        "Choose a folder with one subfolder per class, or a table (CSV, TSV, JSON lines, Parquet) of picture paths.",
    ),
    "data-no-classes": (
        "The folder {path} contains no folders of pictures.",
        "Make one subfolder per class, named after the class, with its pictures inside.",
    ),
    "data-one-class": (
        "All examples have one class ({label}).",
        "Add examples of another class: a classifier needs at least two.",
    ),
    "data-one-class-used": (
        "Only “{label}” has pictures that can be used. {others}.",
        "Save the others as JPEG or PNG, with names that end in .jpg or .png: a classifier needs two classes.",
    ),
    "data-no-pictures-used": (
        "No folder in {path} has pictures that can be used. {others}.",
        "Save them as JPEG or PNG, with names that end in .jpg or .png.",
    ),
    "data-no-examples": ("No example in {path} can be used.", "Correct the data, or choose other files."),
    "data-deeper": (
        "The folders of the classes are not in {path} but deeper, in {deeper}.",
        "Choose {deeper}.",
    ),
    "data-marks": (
        "The folder {path} contains {parts}: pictures beside marks for detection or segmentation, and no classes.",
        "Choose a folder with one subfolder per class, or a table of picture paths and their classes.",
    ),
    "data-split-inside": (
        "The folders in {path} contain {parts}, which are splits: all of them would be learned.",
        "Put the classes into the splits: train/{label} in place of {label}/train.",
    ),
    "data-split-flat": (
        "The folder {path} contains {parts}, which are splits and not classes, and has no folders of classes.",
        "Make one subfolder per class, or choose a table of paths and their classes.",
    ),
    "data-same-classes": (
        "All texts have the same classes ({labels}), so there is nothing to learn.",
        "Add texts with other classes, or with none.",
    ),
    "data-class-lists": (
        "The column {column} of {path} has lists of classes.",
        "Set data.multi_label to learn several classes per text, or choose another column in data.label_column.",
    ),
    "data-one-hot": (
        "The classes of {path} seem to be columns of 0 and 1: {columns}.",
        "Set data.multi_label to learn them all, or name one of them in data.label_column.",
    ),
    "data-label-separator": (
        "It isn't certain what separates the classes of a text in {path}: {values}.",
        "Set data.label_separator, such as ; (if no text has two classes, to a character that is in none).",
    ),
    "data-utf16": ("{path} is UTF-16 or UTF-32.", "Save the file as UTF-8."),
    "data-binary": ("{path} is not plain text ({kind}).", "Unpack it, or save its text as UTF-8."),
    "data-not-text": (
        "{path} is {kind}, not plain text.",
        "Save its texts as .txt, or as .jsonl with a field “text” in each line.",
    ),
    "data-json-as-text": (
        "{path} contains JSON, not plain text.",
        "If each line is a JSON object, rename the file to .jsonl: its field “text” is then learned.",
    ),
    "data-lfs": (
        "{path} is a pointer of Git LFS and not the file itself.",
        "Get the file with “git lfs pull”, or download it again.",
    ),
    "data-unread": (
        "{count:,} pictures in {path} were skipped: {formats} is not supported.",
        "Convert them to JPEG or PNG to train on them.",
    ),
    "data-class-name": (
        "The name of the folder “{name}” in {path} is not UTF-8, so it cannot name a class.",
        "Rename the folder.",
    ),
    "data-columns": (
        "It is unclear which columns of {path} are the {what} and the class: {columns}.",
        "Name them in data.text_column and data.label_column (without a header: by number, such as 2).",
    ),
    "data-second-text": (
        "Each row of {path} has two texts, “{first}” and “{second}”; it is unclear which to use.",
        "Set data.text_column to one of them, and data.pair_column to the other to classify pairs.",
    ),
    "data-second-class": (
        "Each row of {path} has two classes, “{first}” and “{second}”; it is unclear which to learn.",
        "Set data.label_column to one of them.",
    ),
    "data-separator": (
        "The columns of {path} are separated by {separator!r}; {expected!r} was expected.",
        "Save it again as CSV or TSV.",
    ),
    "data-split-folder": (
        "The folder {path} contains {parts}, which are splits and not classes.",
        "Choose {train} for training and the other for evaluation.",
    ),
    "data-strange-class": (
        "The evaluation data has a class missing from training: {label}.",
        "Give both the same classes.",
    ),
    "data-no-pictures": (
        "None of the {count:,} pictures in {path} could be read. The first: {reason}",
        "Replace them.",
    ),
    "labels-changed": (
        "The classes in the data changed since the run started ({were}).",
        "Restore the folders, or start a new run.",
    ),
    "data-no-sentences": (
        "The text has no two consecutive sentences.",
        "Add documents of several sentences (a blank line ends a document), or set masking.next_sentence to false.",
    ),
    "chat-none": (
        "{path} contains no valid chats: {detail}.",
        "Use one JSON entry per line or one array, with messages, conversations, or instruction and output.",
    ),
    "chat-no-pairs": (
        "{path} contains no valid preference pairs: {detail}.",
        "Use one JSON entry per line or one array, with prompt, chosen and rejected.",
    ),
    "data-too-little": (
        "The {part} data has only {tokens:,} tokens; {needed:,} are needed.",
        "Add text, or reduce model.context (or change data.evaluation).",
    ),
}
