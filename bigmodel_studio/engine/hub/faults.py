"""What can go wrong between here and the Hub, each with a code of its own: one table from errors to sentences."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterator

import httpx2
from huggingface_hub import constants, errors

from bigmodel_studio.core.messages import StudioError

_WAIT_S = "a minute"


def explained(error: Exception, what: str) -> Exception:
    """The error as a ``StudioError`` about ``what``; one that is none of the Hub's comes back as it is."""
    if isinstance(error, StudioError):
        return error
    for cause in _chain(error):
        for kind, make in _BY_TYPE:
            if isinstance(cause, kind):
                made = make(cause, what)
                if made is not None:
                    return made
    return error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from, the innermost last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _host() -> str:
    return constants.ENDPOINT.partition("://")[2].partition("/")[0]


def _offline(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-locked")


def _gated(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-gated", model=what, page=f"{constants.ENDPOINT}/{what}")


def _status(error: BaseException, what: str) -> StudioError | None:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    if status == 401:
        return StudioError("hub-sign-in", model=what)
    if status == 403:
        return StudioError("hub-forbidden", model=what, page=f"{constants.ENDPOINT}/{what}")
    if status == 404:
        return StudioError("hub-not-found", model=what, host=_host())
    if status == 429:
        wait = response.headers.get("retry-after", "") if response is not None else ""
        return StudioError(
            "hub-busy", host=_host(), wait=f"{wait} seconds" if wait.isdigit() else _WAIT_S, blame="work"
        )
    if status >= 500:
        return StudioError("hub-broken", host=_host(), status=status, blame="work")
    return StudioError("hub-refused", host=_host(), status=status) if status >= 400 else None


def _tls(error: BaseException, what: str) -> StudioError:
    reason = getattr(error, "reason", None) or getattr(error, "verify_message", None) or str(error)
    return StudioError("hub-tls", host=_host(), detail=str(reason)[:200], blame="work")


def _stalled(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-stalled", host=_host(), blame="work")


def _cut(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-cut", host=_host(), blame="work")


def _no_way(error: BaseException, what: str) -> StudioError | None:
    return None if any(isinstance(each, ssl.SSLError) for each in _chain(error)) else _unreachable(error, what)


def _unreachable(error: BaseException, what: str) -> StudioError:
    return StudioError("hub-no-network", host=_host(), detail=str(error)[:200] or type(error).__name__, blame="work")


def _disk(error: BaseException, what: str) -> StudioError | None:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StudioError("hub-disk-full-now", model=what, blame="work") if full else None


_BY_TYPE: tuple[tuple[type[BaseException], Callable[[BaseException, str], StudioError | None]], ...] = (
    (errors.OfflineModeIsEnabled, _offline),
    (errors.GatedRepoError, _gated),
    (errors.HfHubHTTPError, _status),
    (ssl.SSLError, _tls),
    (httpx2.ConnectError, _no_way),
    (httpx2.ProxyError, _unreachable),
    (httpx2.TimeoutException, _stalled),
    (httpx2.TransportError, _cut),
    (socket.gaierror, _unreachable),
    (OSError, _disk),
)
