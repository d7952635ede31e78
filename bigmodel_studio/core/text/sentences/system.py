"""The engine as a process, torch, Qt and the folders of the installation."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "argument-not-utf8": ("{name} isn't UTF-8 text: {was}.", "Check the encoding of the terminal or the script."),
    "internal": ("Internal error: {detail}", "The log has the details under {id}."),
    "engine-lost": ("The engine ended unexpectedly ({how}).", "It was restarted; try again."),
    "engine-start": (
        "The engine couldn't be started: {detail}",
        "Restart the application. If that doesn't help, see the log.",
    ),
    "engine-frame": ("The engine sent an invalid message and was ended.", "Try again; the log has the details."),
    "engine-version": ("The engine has version {theirs}, the application {ours}.", "Restart the application."),
    "engine-broken": (
        "The engine ended {times} times within {seconds} seconds and was not restarted.",
        "See the log for the reason; trying again restarts it.",
    ),
    "engine-closed": ("The application is closing.", "Start it again to continue."),
    "device-unknown": ("There is no device called {device} on this computer.", "Choose one of: {devices}."),
    "dtype-unknown": ("{device} doesn't support {dtype}.", "Choose one of: {dtypes}."),
    "torch-cpu-build": ("torch {torch} is a CPU build and can't use the {card}.", "Install torch with CUDA support."),
    "torch-other-build": (
        "torch {torch} is built for CUDA {cuda}, which the {card} or its driver doesn't support.",
        "Install a build of torch for this card.",
    ),
    "torch-driver": (
        "torch {torch} (CUDA {cuda}) supports the {card}, but the card doesn't start.",
        "Update the driver or restart the computer.",
    ),
    "torch-no-build": (
        "No build of torch {torch} supports the {card} with its driver; the CPU is used.",
        "Try a newer driver from nvidia.com.",
    ),
    "torch-missing": ("torch can't be used: {detail}.", "Install the application again."),
    "qt-broken": ("Qt, the window's toolkit, can't be used: {detail}.", "Install the shared libraries that Qt needs."),
    "bench-missing": (
        "Benchmarks are missing: an installed package doesn't contain them.",
        "Run this from a checkout of the project.",
    ),
    "bench-unknown": ("There is no benchmark {name!r}.", "Choose one of: {known}."),
    "home-not-writable": ("{path} is not writable.", "Set BIGMODEL_STUDIO_HOME to a writable folder."),
    "disk-almost-full": ("Only {free} are free at {path}.", "Free up space before you train or download."),
}
