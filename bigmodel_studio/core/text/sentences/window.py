"""Settings, the clipboard, the trash and saved chats."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "home-unusable": (
        "The application's folder {path} can't be used: {detail}.",
        "Until it can, settings, chats and runs are saved in the temporary folder {instead}.",
    ),
    "home-read-only": (
        "The application's folder {path} is not writable.",
        "Make it writable. Until then, settings, chats and runs are not saved.",
    ),
    "settings-damaged": (
        "The settings file was damaged; readable settings were kept.",
        "The damaged file was kept as {path}.",
    ),
    "settings-damaged-locked": (
        "The settings file was damaged, so the application is offline until you go online.",
        "The damaged file was kept as {path}.",
    ),
    "settings-unreadable": (
        "The settings in {path} couldn't be read: {detail}.",
        "Default settings are used, and the application is offline until you go online.",
    ),
    "settings-unwritable": (
        "The settings couldn't be saved in {path}: {detail}.",
        "They apply until you close the application.",
    ),
    "settings-field": ("Invalid value {was} for “{field}”; the default was restored.", ""),
    "open-missing": ("There is no file or folder {path}.", "Choose another."),
    "open-unknown": (
        "No model, pictures or text found in “{name}”.",
        "Drop pictures, training texts, a model folder (with config.json), a run folder or TensorBoard logs.",
    ),
    "open-not-local": ("Only files and folders on this computer can be dropped here.", "Save it first, then drop it."),
    "paste-nothing": ("The clipboard contains no picture or file.", "Copy one first."),
    "paste-unwritable": ("The pasted picture couldn't be saved in {path}.", "Free up space there, then paste again."),
    "run-bundled": (
        "The run {run} is part of the application and can't be removed.",
        "Only your own runs can be removed.",
    ),
    "model-bundled": (
        "{model} is part of the application and can't be removed.",
        "Only your own models can be removed.",
    ),
    "model-of-run": (
        "{model} is a checkpoint of the run {run} and can't be removed alone.",
        "Remove the run on the Train page; it can be restored from the trash.",
    ),
    "model-not-listed": ("{path} is not in the list of folders.", "Its files were not touched."),
    "model-of-others": (
        "{model} belongs to LM Studio or Ollama and can't be removed here.",
        "Remove it in that application.",
    ),
    "model-loaded": (
        "{model} is loaded, so it was not removed.",
        "Unload it on the Models page, or wait until the command that uses it ends.",
    ),
    "model-in-training": (
        "The run {run} is training on {model}, so it was not removed.",
        "Wait until the run ends, or stop it.",
    ),
    "model-there-again": (
        "{model} was downloaded again, so the removed copy stays in the trash.",
        "Remove the new copy first, or delete the old one.",
    ),
    "trash-other-disk": (
        "{model} is on another disk than the trash, so it can't be moved there.",
        "Delete it for good instead, which frees {size}.",
    ),
    "folder-not-shown": ("No file manager was found.", "The folder is {path}."),
    "delete-failed": ("{path} couldn't be deleted completely: {detail}.", "The rest is still listed; try again."),
    "trash-failed": ("{path} couldn't be moved: {detail}.", "It is unchanged; the log has the details."),
    "trash-gone": ("“{name}” is no longer in the trash.", "It was restored, or deleted after its time."),
    "window-hangs": (
        "Another window of this application is open and not responding.",
        "Close one of them. If both change the same setting, the last window closed wins.",
    ),
    "page-broken": ("This page couldn't be shown: {detail}.", "The log has the details."),
    "conversations-damaged": (
        "The chat history was damaged: {messages:,} messages were recovered, {damaged:,} of them may be wrong.",
        "The damaged file was kept as {path}.",
    ),
    "conversations-newer": (
        "A newer version of the application (file version {version}) wrote {path}.",
        "Update the application to open it. Until then, chats are not saved.",
    ),
    "conversations-locked": (
        "Another program is using {path}.",
        "Chats are kept in memory and saved once the file is free.",
    ),
    "conversations-full": (
        "The disk that holds {path} is full.",
        "Free up space. Until then, chats are not saved.",
    ),
    "conversations-read-only": (
        "{path} can't be written: {detail}.",
        "Make it writable. Until then, chats are not saved.",
    ),
    "conversations-beside": (
        "{path} can't be read: {detail}.",
        "Open the window once: it recovers what can be read.",
    ),
    "conversations-unwritable": (
        "This chat can't be saved: {detail}.",
        "It stays here until you close the application.",
    ),
    "chats-unreadable": ("{path} can't be read: {detail}.", ""),
    "chats-too-large": ("{path} has more than {most:,} MiB.", "Export fewer chats at once."),
    "chats-unknown": (
        "{path} contains no supported chats.",
        "Supported: chats exported here as JSON, and exports from ChatGPT, Open WebUI and ShareGPT.",
    ),
    "chats-broken": ("Chat {number:,} in {path} is damaged: {detail}.", "No chat was imported."),
    "chats-ending": (
        "{path} must end in .json, .md or .html.",
        "JSON keeps every version; Markdown and HTML show one.",
    ),
    "chat-not-shown": ("No chat is shown.", "Open one from the list, then export it."),
    "chat-unknown": ("There is no chat with the number {number}.", ""),
    "message-damaged": ("This message was damaged on disk.", "Some of its text may be wrong."),
    "message-lost": ("A message here was damaged on disk and couldn't be recovered.", ""),
    "file-not-saved": ("{path} couldn't be saved: {detail}.", "Choose another folder, or free up space there."),
}
