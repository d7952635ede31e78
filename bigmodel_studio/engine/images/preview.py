"""The task that makes small pictures of strangers' files for the window. It needs no model, and never loads torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.pictures import preview_png, read_picture
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, Picture, Preview


def preview(request: Preview, session: Session) -> Iterator[Event]:
    """Yield one ``Picture`` a file, ending with ``Done(None)``; one that cannot be read carries its error."""
    if request.most_px < 1:
        raise StudioError("sampling-invalid", field="most_px", was=str(request.most_px), may_be="1 or more")
    for image in request.images:
        yield _picture(image, request.most_px)
    yield Done()


def _picture(image: str, most_px: int) -> Picture:
    try:
        picture = read_picture(Path(image))
    except StudioError as error:
        return Picture(image=image, error=error.problem)
    return Picture(image=image, preview=preview_png(picture, most_px), width=picture.width, height=picture.height)
