"""Which processes may use the network, and how: the environment of those that may and of those that may not.

Large files are fetched over plain HTTPS, with ranges: the Hub's own transfer (Xet) opens sockets in compiled code that
the ledger of requests would not see, and does not go through a mirror.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from bigmodel_studio.core.system.settings import Settings

ALLOWED = "BIGMODEL_STUDIO_NETWORK"
"""Set for the processes that may ask the Hub; in all others a model's libraries are told that there is no network."""
OFFLINE = {"HF_HUB_OFFLINE": "1", ALLOWED: ""}
_QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_XET": "1"}
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_TRUE = {"1", "ON", "YES", "TRUE"}


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what a process that may use the network is started with: offline where the user says so."""
    if is_locked(settings):
        return dict(OFFLINE)
    environment = {**_QUIET, ALLOWED: "1"}
    if settings.hub_endpoint:
        environment["HF_ENDPOINT"] = settings.hub_endpoint.rstrip("/")
    if settings.proxy:
        environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), settings.proxy)
    return environment


def child_environment(added: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with ``added``, for a process that it starts: the user's tokens for the Hub are
    in it only where that process may use the network.
    """
    environment = {**os.environ, **added}
    if environment.get(ALLOWED) != "1":
        for name in _TOKENS:
            environment.pop(name, None)
    return environment


def is_locked(settings: Settings) -> bool:
    """Return whether nothing may open a connection: by the settings, or by huggingface_hub's own variables."""
    return settings.offline or bool(locking_variable())


def locking_variable() -> str:
    """Return the environment variable that keeps the network locked whatever the settings say; "" where none does."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    return next((name for name in names if os.environ.get(name, "").upper() in _TRUE), "")


def is_allowed() -> bool:
    """Return whether this process may use the network."""
    return os.environ.get(ALLOWED) == "1"
