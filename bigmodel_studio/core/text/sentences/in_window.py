"""The way out that the window shows where ``SENTENCES`` has one for a shell: nobody is told a command there."""

from __future__ import annotations

IN_WINDOW: dict[str, str] = {
    "data-on-hub": "Fetch it once with “From the Hub…”, which fills in its path here.",
    "dataset-unknown": "Choose another one, or fetch it with “From the Hub…”.",
    "engine-start": "Part of the installation may be missing or damaged; “Logs…” in the menu says more.",
    "hub-not-here": "Fetch it on the Models page.",
    "model-not-on-disk": "Choose one that the Models page lists.",
    "model-unknown": "{near}The Models page lists the models that are here.",
    "parquet-missing": "Install the optional package “datasets”, or choose a file in another format.",
    "qt-broken": "Install the shared libraries that Qt needs.",
    "reference-unknown": "{near}The catalogue on the Models page lists what there is.",
    "run-lost": "“Resume” goes on from its newest checkpoint.",
    "run-not-at-work": "The Train page shows what each run is doing.",
    "run-not-waiting": "The Train page shows the queue.",
    "run-unknown": "The Train page lists the runs.",
    "spec-sweep": "Fill in the form of a new run, and give the field several values there.",
    "sweep-empty": "Give a field several values, with commas between them.",
    "sweep-unknown": "The Train page lists the runs.",
    "torch-cpu-build": "Install a build of torch for this card.",
    "torch-missing": "Install the application again; “Logs…” in the menu says more.",
    "torch-other-build": "Install a build of torch for this card and its driver.",
    "trash-other-disk": "Deleting it for good frees {size}.",
}
"""By code."""
