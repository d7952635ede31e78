"""Which processes may use the network, and how: the environment of those that may and of those that may not.

Large files are fetched over plain HTTPS, with ranges: the Hub's own transfer (Xet) opens sockets in compiled code that
the ledger of requests would not see, and does not go through a mirror.
"""

from __future__ import annotations

from bigmodel_studio.core.settings import Settings

OFFLINE = {"HF_HUB_OFFLINE": "1"}
_QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_XET": "1"}


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process that may use the network is started with: offline where the user says so."""
    if settings.offline:
        return dict(OFFLINE)
    environment = dict(_QUIET)
    if settings.hub_endpoint:
        environment["HF_ENDPOINT"] = settings.hub_endpoint.rstrip("/")
    if settings.proxy:
        environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), settings.proxy)
    return environment
