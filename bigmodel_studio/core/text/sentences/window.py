"""Settings, the clipboard, the trash and conversations."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "settings-damaged": (
        "The settings file was damaged; what could be read of it was kept.",
        "The damaged file was kept as {path}.",
    ),
    "settings-damaged-locked": (
        "The settings file was damaged. The application is offline until you go online again.",
        "The damaged file was kept as {path}.",
    ),
    "settings-unreadable": (
        "The settings could not be read from {path}: {detail}.",
        "The defaults are used, and the application is offline until you go online again.",
    ),
    "settings-unwritable": ("The settings could not be saved in {path}: {detail}.", "They hold until you close."),
    "settings-field": ("The setting “{field}” was {was}, which it cannot be.", "It has its first value again."),
    "open-missing": ("There is nothing at {path}.", "Choose another file or folder."),
    "open-unknown": (
        "“{name}” is nothing that can be opened here.",
        "Drop pictures, texts to learn from, a model’s folder (with a config.json), a run’s or TensorBoard’s.",
    ),
    "open-not-local": ("Only files and folders on this computer can be dropped here.", "Save it first, then drop it."),
    "paste-nothing": ("There is neither a picture nor a file on the clipboard.", "Copy one first."),
    "paste-unwritable": ("The pasted picture could not be kept in {path}.", "Make room there, then paste again."),
    "run-bundled": ("The run {run} came with the application and stays.", "Runs of your own can be removed."),
    "model-bundled": ("{model} came with the application and stays.", "Models of your own can be removed."),
    "model-of-run": (
        "{model} is what the run {run} has made, and goes only with it.",
        "Remove the run, on the Train page: it can be brought back as well.",
    ),
    "model-not-listed": ("{path} is not among the folders that are remembered.", "Its files are never touched."),
    "model-of-others": (
        "{model} belongs to LM Studio or Ollama, and stays.",
        "Remove it there; this application only looks at it.",
    ),
    "model-loaded": (
        "{model} is loaded now, so it was not removed.",
        "Unload it on the Models page, or wait until the command that uses it has ended.",
    ),
    "model-in-training": (
        "The run {run} is training on {model}, so it was not removed.",
        "Wait until the run has ended, or stop it first.",
    ),
    "model-there-again": (
        "{model} is in the Hub's cache again, so that what was removed stays in the trash.",
        "Remove the new copy first, or let the old one go.",
    ),
    "trash-other-disk": (
        "{model} lies on another disk than the trash, so that it cannot be kept there.",
        "“bigmodel-studio remove {model} --for-good” deletes it, which frees {size}.",
    ),
    "folder-not-shown": ("There is no program here that shows folders.", "The folder is {path}."),
    "delete-failed": ("{path} could not be deleted whole: {detail}.", "What is left of it is listed; try once more."),
    "trash-failed": ("{path} could not be moved: {detail}.", "It is where it was; the log has the details."),
    "trash-gone": ("“{name}” is not in the trash any more.", "Its time was up, or it was brought back already."),
    "window-hangs": (
        "Another window of this application is open and does not answer.",
        "Close one of the two: what is changed in both is kept as the last to close has it.",
    ),
    "page-broken": ("This page could not be shown: {detail}.", "The log has the details."),
    "conversations-damaged": (
        "The conversations file was damaged. {messages:,} messages were recovered; {damaged:,} of them may be wrong.",
        "The damaged file was kept as {path}.",
    ),
    "conversations-newer": (
        "A newer version of the application (file version {version}) wrote {path}.",
        "Update the application to open it. Until then, conversations are not saved.",
    ),
    "conversations-locked": (
        "Another program is using {path}.",
        "Conversations are kept in memory and saved as soon as the file is free.",
    ),
    "conversations-full": (
        "The disk that holds {path} is full.",
        "Free up space. Until then, conversations are not saved.",
    ),
    "conversations-read-only": (
        "{path} cannot be written: {detail}.",
        "Conversations are not saved until it can be.",
    ),
    "conversations-unwritable": ("This conversation cannot be saved: {detail}.", "It stays here until you close."),
    "message-damaged": ("This message was damaged on disk.", "Some of its text may be wrong."),
    "message-lost": ("A message here was damaged on disk and could not be recovered.", ""),
    "file-not-saved": ("{path} could not be saved: {detail}.", "Choose another folder, or make room there."),
}
