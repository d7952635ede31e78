"""A repository looked at: its card, its files with sizes and checksums, and which of them are needed to use it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session, hf_raise_for_status

from bigmodel_studio.core import hub_cache
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.search import model_of
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, HubFile, HubRepo, LookAtRepo, Progress

CARD_BYTES = 300_000
"""Of a card that is longer, the beginning."""
MOST_FILES = 20_000
SMALL = (
    "config.json", "generation_config.json", "*.safetensors.index.json", "tokenizer*.json", "tokenizer.model",
    "vocab.*", "merges.txt", "special_tokens_map.json", "added_tokens.json", "spiece.model", "sentencepiece*.model",
    "preprocessor_config.json", "processor_config.json", "chat_template.*", "README.md", "LICENSE*",
)  # fmt: skip
WHOLE = ("model.safetensors", "model-*-of-*.safetensors")


def look_at_repo(request: LookAtRepo, session: Session) -> Iterator[Event]:
    """Ends with ``Done(HubRepo)``."""
    yield Progress(what="looking-at-repo")
    with client.asking(request.id, "look") as api:
        info = info_of(api, request.id, request.revision)
        commit = str(info.sha or request.revision or "main")
        files = files_of(info, request.id)
        card = _card(request.id, commit) if any(file.name == "README.md" for file in files) else ""
    yield Done(
        result=HubRepo(
            model=model_of(_as_row(info)),
            revision=commit,
            card=card,
            files=files,
            needed_bytes=sum(file.bytes for file in files if file.needed and not file.here),
        )
    )


def info_of(api: HfApi, repo: str, revision: str | None) -> Any:
    """What the Hub says of a repository, with sizes and checksums of its files."""
    return api.model_info(repo, revision=revision, files_metadata=True, timeout=client.ANSWER_S)


def files_of(info: Any, repo: str) -> tuple[HubFile, ...]:
    """The files of a repository; names that would lead out of its folder are left out."""
    found = [one for one in list(info.siblings or ())[:MOST_FILES] if safe_name(str(one.rfilename))]
    wanted = needed([str(one.rfilename) for one in found])
    folder = hub_cache.folder_of(repo)
    blobs = folder / "blobs" if folder is not None else None
    return tuple(
        HubFile(
            name=str(one.rfilename),
            bytes=int(one.size or 0),
            sha256=sha256_of(one),
            needed=str(one.rfilename) in wanted,
            here=blobs is not None and (blobs / etag_of(one)).is_file(),
        )
        for one in found
    )


def needed(names: list[str]) -> set[str]:
    """Those that are fetched where nothing else is asked for: safetensors weights, config, tokenizer, processor."""
    outer = [name for name in names if "/" not in name]
    weights = [name for name in outer if any(fnmatch.fnmatchcase(name, pattern) for pattern in WHOLE)]
    weights = weights or [name for name in outer if name.endswith(".safetensors")]
    small = [name for name in outer if any(fnmatch.fnmatchcase(name, pattern) for pattern in SMALL)]
    return {*weights, *small}


def sha256_of(sibling: Any) -> str:
    """A large file's checksum, "" for a small one, of which git's is known instead."""
    lfs = sibling.lfs
    found = lfs.get("sha256") if isinstance(lfs, dict) else getattr(lfs, "sha256", None)
    return str(found or "")


def etag_of(sibling: Any) -> str:
    """Under which name the cache keeps a file: its SHA-256, or git's hash of it."""
    return sha256_of(sibling) or str(sibling.blob_id or "")


def safe_name(name: str) -> bool:
    """Whether a name stays inside the folder that it is put into."""
    parts = name.split("/")
    return (
        bool(name)
        and not set(name) & set("\\\0:")
        and not {"", ".", ".."} & set(parts)
        and not Path(name).is_absolute()
    )


def _card(repo: str, commit: str) -> str:
    url = hf_hub_url(repo, "README.md", revision=commit, endpoint=constants.ENDPOINT)
    read = bytearray()
    with get_session().stream("GET", url, headers=build_hf_headers(), timeout=client.ANSWER_S) as answer:
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
