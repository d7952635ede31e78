"""Where the Hub is: huggingface.co, or the mirror that the settings or the environment name."""

from __future__ import annotations

import os

HUB = "https://huggingface.co"


def endpoint(chosen: str = "") -> str:
    """Return the Hub's address without a stroke at its end: ``chosen`` (a setting), else HF_ENDPOINT, else the Hub's
    own.
    """
    return (chosen or os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
