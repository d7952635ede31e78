"""Caches kept between replies: the next turn of a conversation, another answer or a branch feeds only what is new.

What is kept is a decoder with the ids that it was fed. Logits of the fast path depend on the ids alone, so a reply is
the same text with a kept cache and without. Those of the reference differ by up to 1e-5 with what was fed together:
where two tokens are as close as that, or a random number lies that close to the border between them, its reply may take
another turn. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from bigmodel_studio.core.memory import ledger
from bigmodel_studio.core.memory.device_memory import CPU, rooms
from bigmodel_studio.core.memory.reservations import run_holdings
from bigmodel_studio.core.runs.run_queue import Book

if TYPE_CHECKING:
    from bigmodel_studio.engine.generation.decoding import Decoder

MOST = 32
"""Caches kept at most: each is compared with every prompt."""
SMALL_BYTES = 32_000_000
"""Kept without asking the ledger."""


class KeptCache(NamedTuple):
    """A decoder and the ids that it was fed."""

    ids: list[int]
    decoder: Decoder


def allowed_bytes(kept_bytes: int) -> int:
    """Return how many bytes may be kept on the processor now, by the ledger; ``kept_bytes`` are kept already."""
    if kept_bytes <= SMALL_BYTES:
        return SMALL_BYTES
    there = rooms()
    (room,) = (room for room in there if room.device == CPU)
    return max(SMALL_BYTES, ledger.kept_cache_bytes(room, list(run_holdings(Book().read(), there)), kept_bytes))


class KeptCaches:
    """The caches of several conversations with one model, the one used last at the end."""

    def __init__(self, allowed: Callable[[int], int] = allowed_bytes) -> None:
        self._kept: list[KeptCache] = []
        self._allowed = allowed

    @property
    def bytes(self) -> int:
        """What they take; memory that is shared with a decoder outside counts in part."""
        return sum(kept.decoder.cache_bytes for kept in self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, ids: list[int], kind: type | None = None) -> Decoder | None:
        """Return a decoder that was fed the longest beginning of ``ids`` that is kept; None where nothing is.

        ``kind``: only decoders of that class. At least the last id is left to feed. The kept cache stays as it is and
        shares its memory.
        """
        fits = (kind is None or type(kept.decoder) is kind for kept in self._kept)
        lengths = [common_length(kept.ids, ids) if fit else 0 for kept, fit in zip(self._kept, fits, strict=True)]
        length = min(max(lengths, default=0), len(ids) - 1)
        if length <= 0:
            return None
        kept = self._kept.pop(lengths.index(max(lengths)))
        self._kept.append(kept)
        decoder = kept.decoder.fork()
        decoder.truncate(length)
        return decoder

    def keep(self, ids: list[int], decoder: Decoder) -> None:
        """Keep a decoder that was fed ``ids``; those that it continues go, and the oldest where memory is short."""
        same = [kept for kept in self._kept if type(kept.decoder) is type(decoder)]
        longer = [kept for kept in same if kept.ids[: len(ids)] == ids]
        if longer or not ids:
            decoder.release()
            self._kept = [kept for kept in self._kept if kept not in longer] + longer
        else:
            continued = [kept for kept in self._kept if ids[: len(kept.ids)] == kept.ids]
            for kept in continued:
                kept.decoder.release()
            self._kept = [kept for kept in self._kept if kept not in continued] + [KeptCache(ids, decoder)]
        self._trim()

    def clear(self) -> None:
        """Give all the memory back."""
        while self._kept:
            self._kept.pop(0).decoder.release()

    def _trim(self) -> None:
        allowed = self._allowed(self.bytes)
        while self._kept and (self.bytes > allowed or len(self._kept) > MOST):
            self._kept.pop(0).decoder.release()


def common_length(a: list[int], b: list[int]) -> int:
    """Return how many ids two sequences begin with together."""
    shorter = min(len(a), len(b))
    if a[:shorter] == b[:shorter]:
        return shorter
    return next(place for place in range(shorter) if a[place] != b[place])
