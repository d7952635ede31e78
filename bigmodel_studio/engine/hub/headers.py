"""A repository's model without its weights: its config, and what the headers of its files say that they hold.

A few kilobytes of each file are read, as ``huggingface_hub.get_safetensors_metadata`` does it, but each within bounds
and checked as the headers of files on the disk are (``core.models.weights``).
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

import httpx2
from huggingface_hub import constants, hf_hub_url
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session, hf_raise_for_status

from bigmodel_studio.core.models.weights import (
    INDEX_FILE,
    SINGLE_FILE,
    Tensor,
    Weights,
    header_of,
    shard_names,
    sharded,
    weights_of,
)
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.repo import Listing, listing
from bigmodel_studio.engine.models.checks import check_config
from bigmodel_studio.protocol import Event, HubFile, ModelRef, Progress

FIRST_BYTES = 100_000
"""Most headers are shorter."""
MOST_BYTES = 100_000_000
MOST_SHARDS = 1000
SAY_S = 0.4
AT_ONCE = 6
_SMALL = ("config.json", "preprocessor_config.json", INDEX_FILE)


def fetch(ref: ModelRef, folder: Path) -> Generator[Event, None, Weights]:
    """Put a repository's small files into a folder; says how far it is, and returns what the weights are.

    Raises ``StudioError``: what the Hub or the files say against it.
    """
    yield Progress(what="looking-at-repo")
    with client.asking(ref.id, "describe") as api:
        reader = _Reader(ref.id, listing(api, ref.id, ref.revision))
        names = reader.read_small(folder)
        files = sorted(set(names.values())) or [SINGLE_FILE]
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            asked = {pool.submit(reader.header, file): file for file in files}
            while (waiting := wait(asked, SAY_S, FIRST_EXCEPTION).not_done) and not _failed(asked):
                yield Progress(what="looking-at-repo", done=len(asked) - len(waiting), total=len(asked))
            headers = {file: future.result() for future, file in asked.items() if future.done()}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if not names:
        return weights_of((SINGLE_FILE,), headers[SINGLE_FILE])
    return weights_of(*sharded(names, headers.__getitem__))


def _failed(asked: Iterable[Future[dict[str, Tensor]]]) -> bool:
    return any(future.done() and future.exception() is not None for future in asked)


class _Reader:
    """Reads parts of a repository's files."""

    def __init__(self, repo: str, found: Listing) -> None:
        self._repo, self._commit = repo, found.commit
        self._files: dict[str, HubFile] = {file.name: file for file in found.files}
        self._read_bytes = 0

    def read_small(self, folder: Path) -> dict[str, str]:
        """Put the small files into a folder; which file holds a tensor, by its name, where there are several files."""
        if "config.json" not in self._files:
            raise StudioError("hub-no-model", model=self._repo)
        for name in _SMALL:
            if name in self._files:
                size = self._files[name].bytes
                if size > limits.JSON_BYTES:
                    raise StudioError("config-broken", file=name, detail=f"it is {size:,} bytes long")
                (folder / name).write_bytes(self._get(name, 0, size))
        check_config(folder)
        if SINGLE_FILE in self._files:
            return {}
        if INDEX_FILE not in self._files:
            raise StudioError("hub-no-safetensors", model=self._repo)
        names = shard_names(folder)
        shards = len(set(names.values()))
        if shards > MOST_SHARDS:
            raise StudioError("hub-too-many-files", model=self._repo, count=shards, most=MOST_SHARDS)
        return names

    def header(self, name: str) -> dict[str, Tensor]:
        """Return what a file's header says."""
        if name not in self._files:
            raise StudioError("weights-shard-missing", file=name)
        size = self._files[name].bytes
        first = functools.cache(lambda: self._get(name, 0, min(FIRST_BYTES, size)))

        def read(start: int, length: int) -> bytes:
            return first()[start : start + length] if start + length <= FIRST_BYTES else self._get(name, start, length)

        return header_of(name, size, read)

    def _get(self, name: str, start: int, length: int) -> bytes:
        """Return a part of a file, and not a byte more, whatever the server sends."""
        if not length:
            return b""
        self._read_bytes += length
        if self._read_bytes > MOST_BYTES:
            raise StudioError("weights-header", file=name, detail="the headers of all files are too long together")
        url = hf_hub_url(self._repo, name, revision=self._commit, endpoint=constants.ENDPOINT)
        headers = {**build_hf_headers(), "Accept-Encoding": "identity", "Range": f"bytes={start}-{start + length - 1}"}
        read = bytearray()
        with get_session().stream("GET", url, headers=headers, timeout=client.ANSWER_S) as answer:
            hf_raise_for_status(answer)
            skip = 0 if answer.status_code == httpx2.codes.PARTIAL_CONTENT else start
            for piece in answer.iter_bytes():
                read += piece
                if len(read) >= skip + length:
                    break
        return bytes(read[skip : skip + length])
