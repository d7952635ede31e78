"""Whether a model that a foreign file names is on this computer. A path that the file makes up is not touched."""

from __future__ import annotations

from bigmodel_studio.core.models import library
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef


def is_here(ref: ModelRef) -> bool:
    """Return whether it is one of the models that the library lists, at its step or revision."""
    if not any((known.ref.source, known.ref.id) == (ref.source, ref.id) for known in library.records()):
        return False
    try:
        return library.resolve(ref).exists()
    except (StudioError, OSError):
        return False
