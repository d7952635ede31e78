"""Advice of the command line: a command to run, in place of the sentence that the window shows."""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "engine-start": "Run “bigmodel-studio doctor” to see what is missing.",
    "run-unknown": "“bigmodel-studio runs” lists them.",
    "model-unknown": "{near}“bigmodel-studio models” lists them; write a folder with a / in it.",
    "model-not-on-disk": "Choose one that “bigmodel-studio models” lists.",
    "reference-unknown": "{near}“bigmodel-studio catalog” lists the models.",
    "hub-not-here": "Download it with “bigmodel-studio pull {model}”, or on the Models page.",
    "weights-lfs": "Run “git lfs pull” in that folder, or download the file itself.",
    "ollama-manifest": "“ollama pull {model}” downloads it again.",
    "torch-cpu-build": "To use it: {command}",
    "torch-other-build": "To use it: {command}",
    "torch-driver": "“nvidia-smi” shows what the driver is missing; a new driver or a restart usually fixes it.",
    "chat-unknown": "“bigmodel-studio chats” lists them.",
    "trash-other-disk": "“bigmodel-studio remove {model} --for-good” deletes it, which frees {size}.",
    "data-changed": "Restore the data, or continue with the new: “bigmodel-studio resume {run} --changed-data”.",
    "run-lost": "“bigmodel-studio resume {run}” continues from its last checkpoint.",
    "run-not-at-work": "“bigmodel-studio runs” lists those that are.",
    "run-not-waiting": "“bigmodel-studio runs” shows the queue.",
    "parquet-missing": "Install it with: {command}",
    "dataset-unknown": "“bigmodel-studio datasets” lists them.",
    "data-on-hub": "Download it with “bigmodel-studio pull-dataset” and use its path.",
    "spec-sweep": "“bigmodel-studio sweep SPEC.toml” starts a run for each value.",
    "sweep-empty": "Add --over optimizer.learning_rate=1e-3,3e-4, or a [sweep] table in the spec.",
    "sweep-unknown": "“bigmodel-studio runs --json” shows the sweep of each run.",
    "score-text-or-file": "Use either --text or --file.",
    "torch-missing": "Run “python3 packaging/dev.py run” again.",
    "qt-broken": "“python3 packaging/dev.py run” installs the shared libraries that it needs.",
}
