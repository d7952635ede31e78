"""The Hub's client as every task here uses it: one session whose requests are all noted, and errors with a sentence.

``huggingface_hub`` keeps one HTTP client for everything it does; ours is that client with two hooks more. It follows
the environment it was started with: HF_ENDPOINT, proxies, HF_HUB_OFFLINE, and the token where the user keeps it.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import httpx2
from huggingface_hub import HfApi, constants, set_client_factory
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import default_client_factory, get_session, hf_raise_for_status

from bigmodel_studio.core.system import limits
from bigmodel_studio.engine import requests_sent
from bigmodel_studio.engine.hub import faults
from bigmodel_studio.protocol import NetworkRequest

Purpose = Literal["search", "look", "describe", "download", "check", "account"]
ANSWER_S = 30.0
"""How long an answer that is no file may take."""


class _Open(NamedTuple):
    """A request under way."""

    request: httpx2.Request
    purpose: Purpose
    time: float
    started: float
    response: httpx2.Response | None


class Ledger:
    """Turns the hooks' calls into ``NetworkRequest``: noted when it leaves, and when its answer was read or closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, _Open] = {}
        self.purpose: Purpose = "look"
        """What the task that runs now asks for; there is one at a time."""

    def on_request(self, request: httpx2.Request) -> None:
        """Note that a request is about to leave, a redirected one each time."""
        with self._lock:
            leaving = _Open(request, self.purpose, time.time(), time.monotonic(), None)
            self._open[id(request)] = leaving
            requests_sent.add(_noted(leaving))

    def on_response(self, response: httpx2.Response) -> None:
        """Note that the answer begins."""
        with self._lock:
            one = self._open.get(id(response.request))
            if one is not None:
                self._open[id(response.request)] = one._replace(response=response)

    def flush(self, *, all_: bool = False) -> None:
        """Note those whose answer is over; with ``all_`` those without one, too: what asked has ended."""
        with self._lock:
            over = [
                key for key, one in self._open.items() if all_ or (one.response is not None and one.response.is_closed)
            ]
            for one in [self._open.pop(key) for key in over]:
                requests_sent.add(_noted(one))


def _noted(one: _Open) -> NetworkRequest:
    url, answer = one.request.url, one.response
    length = one.request.headers.get("content-length", "0")
    return NetworkRequest(
        time=one.time,
        method=one.request.method,
        host=url.host if url.port is None else f"{url.host}:{url.port}",
        path=url.path,
        purpose=one.purpose,
        status=0 if answer is None else answer.status_code,
        sent_bytes=int(length) if length.isdigit() else 0,
        received_bytes=0 if answer is None else answer.num_bytes_downloaded,
        seconds=time.monotonic() - one.started,
    )


def bound_json(response: httpx2.Response) -> None:
    """Read a JSON answer, up to ``limits.HUB_JSON_BYTES`` after decompression. Raises ``NonsenseError`` beyond.

    Files, which are asked for uncompressed and come piece by piece to the disk, are left alone.
    """
    as_file = response.request.headers.get("accept-encoding", "") == "identity"
    if as_file or "json" not in response.headers.get("content-type", ""):
        return
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > limits.HUB_JSON_BYTES:
            response.close()
            raise faults.NonsenseError("a JSON answer above the limit")
        pieces.append(piece)
    response._content = b"".join(pieces)  # where ``read`` keeps it


@functools.cache
def ledger() -> Ledger:
    """Return the ledger of this process, its hooks set once on the one client that there is."""
    made = Ledger()

    def client() -> httpx2.Client:
        opened = default_client_factory()
        opened.max_redirects = limits.HUB_REDIRECTS
        hooks = opened.event_hooks
        opened.event_hooks = {
            "request": [*hooks.get("request", []), made.on_request],
            "response": [*hooks.get("response", []), made.on_response, bound_json],
        }
        return opened

    set_client_factory(client)
    return made


def api() -> HfApi:
    """Return the client's own interface, for the address and the token of this environment."""
    ledger()
    return HfApi(endpoint=constants.ENDPOINT)


@contextlib.contextmanager
def asking(what: str, purpose: Purpose) -> Iterator[HfApi]:
    """Ask the Hub about ``what`` (a repository, or what one searched by): its errors come out as ``StudioError``."""
    one = api()
    ledger().purpose = purpose
    try:
        yield one
    except Exception as error:
        explained = faults.explained(error, what)
        if explained is error:
            raise
        raise explained from error
    finally:
        ledger().flush(all_=True)


def get(url: str, **options: Any) -> httpx2.Response:
    """Return a small answer of the Hub's. Raises the client's errors."""
    answer = get_session().get(url, headers=build_hf_headers(), timeout=ANSWER_S, **options)
    hf_raise_for_status(answer)
    return answer
