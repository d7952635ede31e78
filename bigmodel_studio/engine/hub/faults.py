"""Faults between here and the Hub, each with a code of its own: one table from errors to sentences."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
from collections.abc import Callable, Iterator

import httpx2
from huggingface_hub import constants, errors

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub.transfer import TooSlowError, WebPageError

_WAIT_S = 60
"""Where the Hub does not say how long one should wait."""
_LONGEST_WAIT_S = 86_400


class NonsenseError(Exception):
    """An answer that the Hub would not give."""


@contextlib.contextmanager
def understanding() -> Iterator[None]:
    """Guard the block in which an answer is parsed: what it lacks, or has of another type, is a ``NonsenseError``."""
    try:
        yield
    except errors.HFValidationError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NonsenseError(f"{type(error).__name__}: {error}"[:200]) from error


def explained(error: Exception, what: str) -> Exception:
    """Return the error as a ``StudioError`` about ``what``; one that is none of the Hub's comes back as it is."""
    if isinstance(error, StudioError):
        return error
    chain = list(_chain(error))
    for kind, make in _BY_TYPE:
        for cause in chain:
            if isinstance(cause, kind) and (made := make(cause, what)) is not None:
                return made
    return error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from, the innermost last."""
    visited: set[int] = set()
    while error is not None and id(error) not in visited:
        visited.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _host() -> str:
    return constants.ENDPOINT.partition("://")[2].partition("/")[0]


def _offline(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-locked")


def _gated(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-gated", model=what, page=f"{constants.ENDPOINT}/{what}")


def _status(error: BaseException, what: str) -> StudioError | None:
    assert isinstance(error, errors.HfHubHTTPError)
    response, status = error.response, error.response.status_code
    if status == 401 and response.headers.get("x-error-message", "").startswith("Invalid credentials"):
        return StudioError("hub-token-old", host=_host())
    if status == 401:
        return StudioError("hub-sign-in", model=what)
    if status == 403:
        return StudioError("hub-forbidden", model=what, page=f"{constants.ENDPOINT}/{what}")
    if status == 404:
        return StudioError("hub-not-found", model=what, host=_host())
    if status == 429:
        wait = response.headers.get("retry-after", "")
        seconds = min(int(wait), _LONGEST_WAIT_S) if wait.isascii() and wait.isdigit() else _WAIT_S
        return StudioError("hub-busy", host=_host(), seconds=seconds, blame="work")
    if status >= 500:
        return StudioError("hub-broken", host=_host(), status=status, blame="work")
    return StudioError("hub-refused", host=_host(), status=status) if status >= 400 else None


def _tls(error: BaseException, what: str) -> StudioError:
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error)
    return StudioError("hub-tls", host=_host(), detail=str(reason)[:200], blame="work")


def _revision(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-no-revision", model=what)


def _name(error: BaseException, what: str) -> StudioError:
    return StudioError("hub-name", model=what[:100])


def _nonsense(error: BaseException, what: str) -> StudioError:
    return StudioError("hub-nonsense", host=_host(), blame="work")


def _stalled(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-stalled", host=_host(), blame="work")


def _slow(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-slow", host=_host(), seconds=int(limits.HUB_SLOW_S), blame="work")


def _cut(_: BaseException, what: str) -> StudioError:
    return StudioError("hub-cut", host=_host(), blame="work")


def _unreachable(error: BaseException, what: str) -> StudioError:
    return StudioError("hub-no-network", host=_host(), detail=str(error)[:200] or type(error).__name__, blame="work")


def _disk(error: BaseException, what: str) -> StudioError | None:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StudioError("hub-disk-full-now", model=what, blame="work") if full else None


_BY_TYPE: tuple[tuple[type[BaseException], Callable[[BaseException, str], StudioError | None]], ...] = (
    (errors.OfflineModeIsEnabled, _offline),
    (errors.GatedRepoError, _gated),
    (errors.RevisionNotFoundError, _revision),
    (errors.HfHubHTTPError, _status),
    (httpx2.UnsupportedProtocol, _nonsense),
    (ssl.SSLError, _tls),
    (httpx2.ConnectError, _unreachable),
    (httpx2.ProxyError, _unreachable),
    (httpx2.TimeoutException, _stalled),
    (httpx2.TransportError, _cut),
    (socket.gaierror, _unreachable),
    (OSError, _disk),
    (errors.HFValidationError, _name),
    (NonsenseError, _nonsense),
    (httpx2.TooManyRedirects, _nonsense),
    (WebPageError, _nonsense),
    (TooSlowError, _slow),
)
