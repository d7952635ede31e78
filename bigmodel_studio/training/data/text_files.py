"""Text files as a stream of text: which files are meant, which part is for evaluation, and chunks that fit in memory.

The split is by bytes: the last share of all files in their order is for evaluation, cut where a line ends. Nothing
here knows tokens.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bigmodel_studio.core.data.plain_text import refuse_binary, refuse_json, refuse_other_encoding
from bigmodel_studio.core.system.opening import TEXT_SUFFIXES
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data import record_texts
from bigmodel_studio.training.data.parquet import Say

CHUNK_BYTES = 256 * 1024
UNPACKED: dict[str, Callable[[Path, str, Say], Path]] = {
    ".parquet": record_texts.parquet_as_text,
    ".jsonl": record_texts.lines_as_text,
    ".ndjson": record_texts.lines_as_text,
}
"""By the end of a file's name: what makes a text file of one that is none."""
_NO_TEXT = {".csv": "a table", ".tsv": "a table", ".json": "JSON", ".ipynb": "a notebook"}
"""What would be learnt with all its commas and brackets, by the end of its name."""


@dataclass(frozen=True)
class Part:
    """The bytes ``start`` to ``end`` of a file."""

    path: Path
    start: int
    end: int

    @property
    def bytes(self) -> int:
        return self.end - self.start


@dataclass
class Corpus:
    """What is learnt from and what is evaluated on, in order; ``replaced`` counts broken characters by file."""

    train: list[Part]
    evaluation: list[Part]
    replaced: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.train + self.evaluation)


def split_corpus(
    train: Sequence[str], evaluation: float | Sequence[str], column: str = "", say: Say = lambda *_: None
) -> Corpus:
    """Return the files of a spec, split; ``column`` is that of the texts in tables, "" found by its name.

    Raises ``StudioError``: "data-missing", "data-no-text", "data-empty", and what ``UNPACKED`` says of a table.
    """

    def whole(given: Sequence[str]) -> list[Part]:
        found = [_as_text(path, column, say) for path in files_of(given, (*TEXT_SUFFIXES, *UNPACKED))]
        return [Part(path, 0, path.stat().st_size) for path in found]

    parts = whole(train)
    if not isinstance(evaluation, float | int):
        return Corpus(parts, whole(evaluation))
    total = sum(part.end for part in parts)
    if total == 0:
        raise StudioError("data-empty", path=", ".join(train))
    return _cut(parts, total - int(total * evaluation))


def _as_text(path: Path, column: str, say: Say) -> Path:
    unpack = UNPACKED.get(path.suffix.lower())
    if unpack is not None:
        return unpack(path, column, say)
    if (kind := _NO_TEXT.get(path.suffix.lower())) is not None:
        raise StudioError("data-not-text", path=str(path), kind=kind)
    refuse_binary(path)
    refuse_json(path)
    refuse_other_encoding(path)
    return path


def _cut(parts: list[Part], kept: int) -> Corpus:
    """Return the first ``kept`` bytes for training, moved on to the end of the line (at most 64 KiB on) that it falls
    in.
    """
    corpus = Corpus([], [])
    before = 0
    for part in parts:
        boundary = min(max(kept - before, 0), part.end)
        before += part.end
        if 0 < boundary < part.end:
            boundary = _line_end(part.path, boundary, part.end)
        if boundary > 0:
            corpus.train.append(Part(part.path, 0, boundary))
        if boundary < part.end:
            corpus.evaluation.append(Part(part.path, boundary, part.end))
    return corpus


def excerpt(corpus: Corpus, most: int) -> Corpus:
    """Return the beginning of both parts, ``most`` bytes together (and up to 64 KiB more), in their proportion."""
    share = most / corpus.bytes
    return Corpus(_beginning(corpus.train, share), _beginning(corpus.evaluation, share), corpus.replaced)


def _beginning(parts: list[Part], share: float) -> list[Part]:
    left = int(sum(part.bytes for part in parts) * share)
    taken: list[Part] = []
    for part in parts:
        if left <= 0:
            break
        end = part.end if part.bytes <= left else _line_end(part.path, part.start + left, part.end)
        taken.append(Part(part.path, part.start, end))
        left -= part.bytes
    return taken


def _line_end(path: Path, boundary: int, end: int) -> int:
    with open(path, "rb") as stream:
        stream.seek(boundary)
        ahead = stream.read(65536)
    newline = ahead.find(b"\n")
    if newline >= 0 and boundary + newline + 1 < end:
        return boundary + newline + 1
    # No line ends near: at least no character may be cut. Bytes 10xxxxxx continue one.
    return boundary + next((i for i, byte in enumerate(ahead) if byte & 0xC0 != 0x80), 0)


def files_of(given: Sequence[str], suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files that are named, and of folders those in them with such an ending. Raises as ``split_corpus``
    does.
    """
    found: list[Path] = []
    for text in given:
        path = Path(text)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.is_file())
            if not inside:
                raise StudioError("data-no-text", path=text, suffixes=", ".join(suffixes))
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise StudioError("data-missing", path=text)
    return found


def broken_lines(part: Part) -> Iterator[int]:
    """Yield the lines of a file, within a part of it, that are not UTF-8."""
    with open(part.path, "rb") as stream:
        read = 0
        for number, line in enumerate(stream, 1):
            read += len(line)
            if part.start < read and not _is_utf8(line):
                yield number
            if read >= part.end:
                return


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_chunks(part: Part, corpus: Corpus) -> Iterator[str]:
    """Yield the text of a part in chunks of about ``CHUNK_BYTES``, cut after a line's end (or a space) where there is
    one.

    What is not UTF-8 becomes U+FFFD and is counted in ``corpus.replaced``. A byte order mark is left out.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pending = ""
    left = part.end - part.start
    with open(part.path, "rb") as stream:
        stream.seek(part.start)
        while left > 0:
            data = stream.read(min(CHUNK_BYTES, left))
            if not data:
                break
            left -= len(data)
            text = decoder.decode(data, final=left == 0)
            broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
            if broken > 0:
                corpus.replaced[str(part.path)] = corpus.replaced.get(str(part.path), 0) + broken
            pending += text.removeprefix("\ufeff") if part.start == 0 and left + len(data) == part.end else text
            cut = max(pending.rfind("\n"), -1) + 1 or pending.rfind(" ") + 1 or len(pending)
            if left == 0:
                cut = len(pending)
            if cut:
                yield pending[:cut]
            pending = pending[cut:]


def content_hash(corpus: Corpus, say: Callable[[int], None]) -> str:
    """Return SHA-256 over both parts' bytes and where they end; ``say`` gets the bytes read so far."""
    digest = hashlib.sha256()
    done = 0
    for name, parts in (("train", corpus.train), ("evaluation", corpus.evaluation)):
        for part in parts:
            digest.update(f"{name} {part.end - part.start}\n".encode())
            with open(part.path, "rb") as stream:
                stream.seek(part.start)
                left = part.end - part.start
                while left > 0 and (data := stream.read(min(1 << 20, left))):
                    digest.update(data)
                    left -= len(data)
                    done += len(data)
                    say(done)
    return digest.hexdigest()
