"""A repository looked at: its card, its files with sizes and checksums, and which of them are needed to use it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session, hf_raise_for_status

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.hub.hub_cache import RepoKind
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.faults import NonsenseError, understanding
from bigmodel_studio.engine.hub.search import model_of
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, HubFile, HubRepo, LookAtRepo, Progress

CARD_BYTES = 300_000
"""Of a card that is longer, the beginning."""
MOST_SHOWN = 5000
"""Files beside those that are needed."""
_COMMIT = re.compile("[0-9a-f]{40}")
_SUM = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
SMALL = (
    "config.json", "generation_config.json", "*.safetensors.index.json", "tokenizer*.json", "tokenizer.model",
    "vocab.*", "merges.txt", "special_tokens_map.json", "added_tokens.json", "spiece.model", "sentencepiece*.model",
    "preprocessor_config.json", "processor_config.json", "chat_template.*", "README.md", "LICENSE*",
)  # fmt: skip
WHOLE = ("model.safetensors", "model-*-of-*.safetensors")


def look_at_repo(request: LookAtRepo, session: Session) -> Iterator[Event]:
    """End with ``Done(HubRepo)``: all files that are needed and, where there are very many others, the first."""
    yield Progress(what="looking-at-repo")
    with client.asking(request.id, "look") as api:
        found = listing(api, request.id, request.revision)
        has_card = any(file.name == "README.md" for file in found.files)
        card = _card(request.id, found.commit) if has_card else ""
    first = [file for file in found.files if not file.needed][:MOST_SHOWN]
    shown = {file.name for file in first}
    yield Done(
        result=HubRepo(
            model=model_of(_as_row(found.info)),
            revision=found.commit,
            card=card,
            files=tuple(file for file in found.files if file.needed or file.name in shown)[: 2 * MOST_SHOWN],
            needed_bytes=sum(file.bytes for file in found.files if file.needed and not file.here),
        )
    )


class Listing(NamedTuple):
    """A repository at a commit: its files, and by name under which name the cache keeps each; ``info`` is all that the
    client knows of it."""

    commit: str
    files: tuple[HubFile, ...]
    etags: dict[str, str]
    info: Any


def listing(api: HfApi, repo: str, revision: str | None, kind: RepoKind = "model") -> Listing:
    """Return what the Hub says that a repository has, believed only where it can be put on a disk: a name or a checksum
    that would lead out of the cache is left out. Raises the client's errors, and ``NonsenseError``.
    """
    with understanding():
        look: Any = api.model_info if kind == "model" else api.dataset_info
        info = look(repo, revision=revision, files_metadata=True, timeout=client.ANSWER_S)
    commit = str(info.sha or "")
    if not _COMMIT.fullmatch(commit):
        raise NonsenseError(f"{commit[:80]!r} is no commit")
    found = {one.rfilename: one for one in info.siblings or () if _can_be_kept(one)}
    etags = {name: _etag(one) for name, one in found.items()}
    wanted = needed(list(etags))
    folder = hub_cache.folder_of(repo, kind)
    files = tuple(
        HubFile(
            name=name,
            bytes=_size(one),
            sha256=_sha256(one),
            needed=name in wanted,
            here=folder is not None and (folder / "blobs" / etags[name]).is_file(),
        )
        for name, one in found.items()
    )
    return Listing(commit, files, etags, info)


def needed(names: list[str]) -> set[str]:
    """Return default files to download: weights, config, tokenizer, processor."""
    outer = [name for name in names if "/" not in name]
    weights = [name for name in outer if any(fnmatch.fnmatchcase(name, pattern) for pattern in WHOLE)]
    weights = weights or [name for name in outer if name.endswith(".safetensors")]
    small = [name for name in outer if any(fnmatch.fnmatchcase(name, pattern) for pattern in SMALL)]
    return {*weights, *small}


def _can_be_kept(one: RepoSibling) -> bool:
    return safe_name(one.rfilename) and bool(_SUM.fullmatch(_etag(one)))


def _size(one: RepoSibling) -> int:
    if not isinstance(one.size, int) or one.size < 0:
        raise NonsenseError(f"{one.rfilename[:80]} has the size {one.size!r}")
    return one.size


def _sha256(one: RepoSibling) -> str:
    """Return a large file's checksum, "" for a small one, of which git's is known instead."""
    return str(one.lfs.sha256) if one.lfs is not None else ""


def _etag(one: RepoSibling) -> str:
    """Under which name the cache keeps a file: its SHA-256, or git's hash of it."""
    return _sha256(one) or str(one.blob_id or "")


def safe_name(name: Any) -> bool:
    """Return whether a name stays inside the folder that it is put into."""
    if not isinstance(name, str):
        return False
    parts = name.split("/")
    return (
        bool(name)
        and not set(name) & set("\\\0:")
        and not {"", ".", ".."} & set(parts)
        and not Path(name).is_absolute()
    )


def _card(repo: str, commit: str) -> str:
    """Return the card's beginning; "" where the Hub keeps it to itself, as it may of a gated repository."""
    url = hf_hub_url(repo, "README.md", revision=commit, endpoint=constants.ENDPOINT)
    read = bytearray()
    with get_session().stream("GET", url, headers=build_hf_headers(), timeout=client.ANSWER_S) as answer:
        if answer.status_code in (401, 403, 404):
            return ""
        hf_raise_for_status(answer)
        for piece in answer.iter_bytes():
            read += piece
            if len(read) >= CARD_BYTES:
                break
    return bytes(read[:CARD_BYTES]).decode("utf-8", "replace")


def _as_row(info: Any) -> dict[str, Any]:
    tensors = info.safetensors
    return {
        "id": info.id,
        "pipeline_tag": info.pipeline_tag,
        "library_name": info.library_name,
        "tags": info.tags,
        "safetensors": None if tensors is None else {"parameters": dict(tensors.parameters), "total": tensors.total},
        "downloads": info.downloads,
        "likes": info.likes,
        "lastModified": None if info.last_modified is None else info.last_modified.isoformat(),
        "gated": info.gated,
        "private": info.private,
        "usedStorage": info.used_storage,
    }
