"""The engine as a process, torch, Qt and the folders of the installation."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "internal": ("Something went wrong inside: {detail}", "The log has the details under {id}."),
    "engine-lost": ("The engine ended unexpectedly ({how}).", "It has been started again; try once more."),
    "engine-start": (
        "The engine could not be started: {detail}",
        "Run “bigmodel-studio doctor” to see what is missing.",
    ),
    "engine-frame": (
        "The engine sent something that could not be understood, and was ended.",
        "Try once more; the log has the details.",
    ),
    "engine-version": (
        "The engine is of another version ({theirs}, not {ours}).",
        "Close the application and start it again.",
    ),
    "engine-broken": (
        "The engine ended {times} times within {seconds} seconds and was not started again.",
        "The log has the details; trying again starts it once more.",
    ),
    "engine-closed": ("The application is closing.", "Start it again to go on."),
    "device-unknown": ("There is no device called {device} here.", "There is: {devices}."),
    "dtype-unknown": ("{dtype} is not used on {device}.", "It may be: {dtypes}."),
    "torch-cpu-build": (
        "The installed torch {torch} is a build for the CPU alone and cannot use the {card}.",
        "To use it: {command}",
    ),
    "torch-other-build": (
        "The installed torch {torch} is built for CUDA {cuda}, which the {card} or its driver cannot run.",
        "To use it: {command}",
    ),
    "torch-driver": (
        "The installed torch {torch} (CUDA {cuda}) fits the {card}, but the card does not start.",
        "“nvidia-smi” tells what the driver is missing; a new driver or a restart mostly mends it.",
    ),
    "torch-no-build": (
        "No build of torch {torch} fits the {card} and its driver, so that the CPU is used.",
        "A newer driver from nvidia.com may change that.",
    ),
    "torch-missing": ("torch cannot be used: {detail}.", "Run “python3 packaging/dev.py run” again."),
    "qt-broken": (
        "The window's toolkit (Qt) cannot be used: {detail}.",
        "“python3 packaging/dev.py run” installs the shared libraries that it needs.",
    ),
    "bench-missing": (
        "There are no benchmarks here: they are part of a checkout of the project, not of an installed package.",
        "Run this from a checkout.",
    ),
    "bench-unknown": ("There is no benchmark called {name!r}.", "There are: {known}."),
    "home-not-writable": ("{path} cannot be written to.", "Set BIGMODEL_STUDIO_HOME to a folder that can."),
    "disk-almost-full": ("Only {free} are free at {path}.", "Make room before training or downloading."),
}
