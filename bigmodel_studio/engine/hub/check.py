"""The task that compares a copy on the disk with the Hub's checksums, file by file; nothing is fetched or changed."""

from __future__ import annotations

from collections.abc import Iterator

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.cache_files import hashing
from bigmodel_studio.engine.hub.repo import listing
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import CheckCopy, CopyChecked, Done, Event, Progress


def check_copy(request: CheckCopy, session: Session) -> Iterator[Event]:
    """End with ``Done(CopyChecked)``. Raises ``StudioError`` "hub-empty" where there is no copy."""
    yield Progress(what="checking-copy")
    copy = hub_cache.look(request.id, request.revision)
    if copy.snapshot is None:
        raise StudioError("hub-empty", model=request.id)
    with client.asking(request.id, "check") as api:
        on_hub = listing(api, request.id, copy.revision)
    here = [file for file in on_hub.files if (copy.snapshot / file.name).is_file()]
    missing = tuple(file.name for file in on_hub.files if file.needed and file not in here)
    done, total, bad = 0, sum(file.bytes for file in here), []
    for file in here:
        pieces = hashing(copy.snapshot / file.name, on_hub.etags[file.name])
        try:
            while True:
                done += next(pieces)
                yield Progress(what="checking-copy", done=done, total=total)
        except StopIteration as end:
            if not end.value:
                bad.append(file.name)
    found = CopyChecked(
        id=request.id, revision=copy.revision, good=len(here) - len(bad), bad=tuple(bad), missing=missing
    )
    yield Done(result=found)
