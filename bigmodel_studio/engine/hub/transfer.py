"""The bytes of one file over HTTPS, appended to what is there: gone on with by itself after what passes by itself.

``huggingface_hub.file_download.http_get`` does the like, but sits out a server's wish to wait in a sleep that nobody
can end, and takes over a minute to notice a stall. The session, its headers and its errors are the client's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import BinaryIO

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session, hf_raise_for_status

from bigmodel_studio.core.system import limits

STALL_S = 15.0
"""How long a connection may stay silent."""
PATIENCE_S = 40.0
"""For how long it is tried again while nothing comes."""
LONGEST_WAIT_S = 8.0
_PASSING = frozenset({408, 500, 502, 503, 504})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_TURN_S = 0.1
_RANGE_NOT_THERE = 416

Say = Callable[[int], None]
"""Told how many bytes more there are (fewer, where it begins anew); may raise, to stop."""


class TooSlowError(Exception):
    """It came at less than ``limits.HUB_SLOW_BYTES_PER_S`` for ``limits.HUB_SLOW_S``."""


class WebPageError(Exception):
    """A web page comes in place of a file, as of a network that wants a sign-in."""


class WrongBytesError(Exception):
    """What comes is not what the Hub says that it has."""


def fetch(url: str, stream: BinaryIO, size: int, say: Say) -> None:
    """Append to ``stream``, which stands at its end, until it is ``size`` bytes long.

    Raises the client's errors where nothing came for ``PATIENCE_S``, ``WrongBytesError`` where more comes than there
    should be, ``TooSlowError``, and ``WebPageError`` before anything of the page is kept.
    """
    wait_s, last = 1.0, time.monotonic()
    while True:
        before = stream.tell()
        try:
            _once(url, stream, size, say)
            return
        except (httpx2.TransportError, HfHubHTTPError) as error:
            if isinstance(error, HfHubHTTPError) and error.response.status_code not in _PASSING:
                raise
            if stream.tell() > before:
                wait_s, last = 1.0, time.monotonic()
            if time.monotonic() + wait_s - last > PATIENCE_S:
                raise
        _wait(wait_s, say)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def _once(url: str, stream: BinaryIO, size: int, say: Say) -> None:
    there = stream.tell()
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if there:
        headers["Range"] = f"bytes={there}-"
    with get_session().stream("GET", url, headers=headers, timeout=httpx2.Timeout(STALL_S)) as answer:
        if answer.status_code == _RANGE_NOT_THERE:
            raise WrongBytesError
        hf_raise_for_status(answer)
        if _is_web_page(answer, url):
            raise WebPageError
        if there and answer.status_code != httpx2.codes.PARTIAL_CONTENT:  # it begins at the beginning
            stream.seek(0)
            stream.truncate()
            say(-there)
        since, came = time.monotonic(), 0
        for piece in answer.iter_bytes():
            came += len(piece)
            if (passed := time.monotonic() - since) >= limits.HUB_SLOW_S:
                if came < limits.HUB_SLOW_BYTES_PER_S * passed:
                    raise TooSlowError
                since, came = time.monotonic(), 0
            if stream.tell() + len(piece) > size:
                raise WrongBytesError
            stream.write(piece)
            say(len(piece))
        if stream.tell() < size:
            raise httpx2.RemoteProtocolError("the answer was too short", request=answer.request)


def _is_web_page(answer: httpx2.Response, url: str) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in _PAGES and not url.partition("?")[0].lower().endswith((".html", ".htm", ".xhtml"))


def _wait(seconds: float, say: Say) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        say(0)
        time.sleep(min(_TURN_S, seconds))
