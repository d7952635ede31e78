"""The task that compares a copy on the disk with the Hub's checksums, file by file; nothing is fetched or changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core import hub_cache
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.cache_files import is_right
from bigmodel_studio.engine.hub.repo import etag_of, files_of, info_of
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import CheckCopy, CopyChecked, Done, Event, Progress


def check_copy(request: CheckCopy, session: Session) -> Iterator[Event]:
    """Ends with ``Done(CopyChecked)``. Raises ``StudioError`` "hub-empty" where there is no copy."""
    yield Progress(what="checking-copy")
    copy = hub_cache.look(request.id, request.revision)
    if copy.snapshot is None:
        raise StudioError("hub-empty", model=request.id)
    with client.asking(request.id, "check") as api:
        info = info_of(api, request.id, copy.revision)
    etags = {str(one.rfilename): etag_of(one) for one in info.siblings or ()}
    files = files_of(info, request.id)
    here = [file for file in files if (copy.snapshot / file.name).is_file()]
    missing = tuple(file.name for file in files if file.needed and file not in here)
    bad = []
    for number, file in enumerate(here):
        yield Progress(what="checking-copy", done=number, total=len(here))
        if not is_right(Path(copy.snapshot, file.name), etags[file.name]):
            bad.append(file.name)
    found = CopyChecked(
        id=request.id, revision=copy.revision, good=len(here) - len(bad), bad=tuple(bad), missing=missing
    )
    yield Done(result=found)
