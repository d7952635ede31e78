"""State that a lane keeps between its tasks: one warm model, under the ``ModelRef`` that asked for it.

It keeps at most one model loaded and frees the old one before it loads the next, so that the peak is the
larger of the two and not their sum. It does not know who asks, nor through what.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bigmodel_studio.core.models import gguf_models, library, uses
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.kept_caches import KeptCaches
from bigmodel_studio.protocol import Done, Event, Load, Loaded, MemoryParts, ModelRef, Progress, Unload

if TYPE_CHECKING:
    from bigmodel_studio.engine.models.loading import LoadedModel

Stamp = tuple[tuple[str, int], ...]
Key = tuple[ModelRef, Path, Stamp]
THREADS_VARIABLE = "BIGMODEL_STUDIO_THREADS"


class Session:
    """The state of one engine process.

    ``threads`` are those that torch may use: as given, else ``BIGMODEL_STUDIO_THREADS``, else the physical cores, of
    which a small text model then takes one (``few_threads``).
    """

    def __init__(self, threads: int = 0) -> None:
        chosen = threads or chosen_threads()
        self.threads = chosen or physical_cores()
        self.few_threads = chosen or 1
        self._loaded: LoadedModel | None = None
        self._key: Key | None = None
        self._draft: LoadedModel | None = None
        self._draft_key: Key | None = None
        self.cache_bytes: Callable[[], int] | None = None
        """Set by a task while it fills a cache beside the model: how large that is now."""
        self.kept_caches = KeptCaches()
        """Of the loaded model, between tasks."""

    def load(self, ref: ModelRef) -> Generator[Event, None, LoadedModel]:
        """Yield the model, warm: at once where it is loaded already, else loaded now (``Progress``, then ``Loaded``).

        A folder that changed on disk since, such as a run's newest checkpoint, is loaded anew.
        Raises ``StudioError`` with the reason where it cannot be used; then no model is loaded.
        """
        path = library.resolve(ref)
        key = (ref, path, _stamp(path))
        if self._loaded is not None and key == self._key and not self._loaded.is_outdated():
            uses.note(ref, loaded=True)
            before, self._loaded = self._loaded, self._loaded.looked_at_again()
            if self._loaded is not before:
                yield Loaded(facts=self._loaded.facts)
            return self._loaded
        library.refuse_endless(ref)
        self.release()
        yield Progress(what="loading")
        from bigmodel_studio.engine.models import (
            loading,  # torch and transformers: seconds, and only when they are needed
        )

        self._loaded = loading.load(ref, path, threads=self.threads, few_threads=self.few_threads)
        self._key = key
        uses.note(ref, loaded=True)
        yield Loaded(facts=self._loaded.facts)
        return self._loaded

    def load_draft(self, ref: ModelRef) -> Generator[Event, None, LoadedModel]:
        """Load a small model beside the loaded one, to guess ahead for it; freed with it or for another draft.

        Raises ``StudioError`` as ``load`` does.
        """
        path = library.resolve(ref)
        key = (ref, path, _stamp(path))
        if self._draft is not None and key == self._draft_key:
            return self._draft
        self._release_draft()
        yield Progress(what="loading")
        from bigmodel_studio.engine.models import loading

        self._draft = loading.load(ref, path, threads=self.threads, few_threads=self.few_threads)
        self._draft_key = key
        uses.note(ref, loaded=True)
        return self._draft

    def _release_draft(self) -> None:
        if self._draft is None or self._draft_key is None:
            return
        if self._key is None or self._draft_key[0] != self._key[0]:
            uses.note(self._draft_key[0], loaded=False)
        self._draft.fast.close()
        self._draft = self._draft_key = None

    def release(self) -> None:
        """Free the memory of the loaded model, if any."""
        if self._loaded is None or self._key is None:
            return
        self._release_draft()
        uses.note(self._key[0], loaded=False)
        self.kept_caches.clear()
        self._loaded.fast.close()
        self._loaded = self._key = None
        from bigmodel_studio.engine import devices

        devices.empty_cache()

    def parts(self) -> MemoryParts:
        """Return the bytes in use, by purpose."""
        if self._loaded is None:
            return MemoryParts()
        from bigmodel_studio.engine import devices

        return MemoryParts(
            device=self._loaded.facts.device,
            weights_bytes=self._loaded.facts.weight_bytes + (self._draft.facts.weight_bytes if self._draft else 0),
            cache_bytes=self.kept_caches.bytes + (self.cache_bytes() if self.cache_bytes is not None else 0),
            reserved_bytes=devices.reserved_bytes(self._loaded.device),
        )


def chosen_threads() -> int:
    """Return what ``BIGMODEL_STUDIO_THREADS`` says, 0 where it says nothing."""
    chosen = os.environ.get(THREADS_VARIABLE, "")
    return int(chosen) if chosen.isdigit() else 0


def physical_cores() -> int:
    """Return the cores that this process may use: for inference, hyper-threads cost more than they give."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


def load(request: Load, session: Session) -> Iterator[Event]:
    """Make a model warm."""
    loaded = yield from session.load(request.model)
    yield Done(result=loaded.facts)


def unload(request: Unload, session: Session) -> Iterator[Event]:
    """Give the model back."""
    session.release()
    yield Done()


def _stamp(folder: Path) -> Stamp:
    """Return the folder's files and when they were written: changes when a model is replaced under the same name."""
    try:
        if gguf_models.is_one(folder):
            return tuple(sorted((name, written) for name, _size, written in gguf_models.stamp_of(folder)))
        return tuple(sorted((entry.name, entry.stat().st_mtime_ns) for entry in os.scandir(folder) if entry.is_file()))
    except (OSError, StudioError):
        return ()
