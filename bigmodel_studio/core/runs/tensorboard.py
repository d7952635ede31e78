"""TensorBoard's event files, as far as they hold scalars: read, and laid beside this application's runs.

An event file is a row of records (a length, its checksum, the data, its checksum), each a protocol buffer of the
message ``Event`` (tensorboard/compat/proto/event.proto and summary.proto). Only the few fields that make a scalar are
read, and everything else is passed over, so that neither TensorFlow nor TensorBoard is needed. What is read becomes a
run's folder that says where it came from; reading it again brings the folder up to date.
"""

from __future__ import annotations

import logging
import math
import operator
import re
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.runs.run_folder import SPARKLINE_POINTS, RunFolder, RunStatus, dump_status
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.core.text.printable import printable

log = logging.getLogger(__name__)

_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")
_READ_AHEAD, _HEADS = 1 << 20, 1_000
_USUAL = re.compile(
    rb"\t(.{8})(?:\x10([\x80-\xff]{0,9}[\x00-\x7f]))?\*([\x00-\x7f])\n([\x00-\x7f])\n([\x00-\x7f])(.{1,118})\x15(.{4})",
    re.DOTALL,
)
"""Event 1 wall_time, 2 step, 5 summary; in it 1 value; in that 1 tag, 2 simple_value."""

WRITER = "TensorBoard"
MARK = "tfevents"
"""It is in the name of every event file."""
LARGEST_RECORD = 64 * 1024 * 1024
LONGEST_TAG = 1_000
LATEST = 253_402_300_799.0
"""The last second of the year 9999, which is the last one that has a date."""
TAKEN = frozenset({"step", "time", "event"})
"""What a record calls something else by; a tag of such a name stands in it as "step (tag)"."""
NAMES: dict[str, tuple[str, ...]] = {
    "loss": ("loss", "train/loss", "loss/train", "train_loss", "training_loss", "epoch_loss"),
    "evaluation_loss": ("eval/loss", "loss/eval", "val_loss", "loss/val", "val/loss", "validation/loss", "loss/test",
                        "loss/validation", "eval_loss"),
    "learning_rate": ("learning_rate", "lr", "train/learning_rate", "train/lr", "lr-adamw"),
    "gradient_norm": ("grad_norm", "gradient_norm", "train/grad_norm"),
    "accuracy": ("accuracy", "eval/accuracy", "val_accuracy", "accuracy/val", "accuracy/test", "eval_accuracy"),
}  # fmt: skip
"""What trainers call a metric, in lower case, by the name that it has here; other tags keep theirs."""


class Scalar(NamedTuple):
    """One value of a tag at a step; ``time`` in seconds since 1970."""

    tag: str
    step: int
    time: float
    value: float


def contains_events(path: Path) -> bool:
    """Return whether this is an event file, or a folder that has one in it or in a folder directly in it."""
    if path.is_file():
        return MARK in path.name
    return any(MARK in entry.name for pattern in ("*", "*/*") for entry in path.glob(pattern))


def import_events(path: Path, left_out: Callable[[Path, int], None] | None = None) -> list[RunFolder]:
    """Return the runs of these event files, made or brought up to date: one for each folder that holds any.

    ``left_out`` is called for each file that has events which are not well-formed, and how many.
    Raises ``StudioError`` "events-none" where there is no scalar; ``OSError``.
    """
    files = [path] if path.is_file() else sorted(entry for entry in path.rglob(f"*{MARK}*") if entry.is_file())
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent.absolute(), []).append(file)
    say = left_out or _log_left_out
    made = [_import(folder, parts, say) for folder, parts in by_folder.items()]
    found = [run for run in made if run is not None]
    if not found:
        raise StudioError("events-none", path=str(path))
    return found


def read_scalars(path: Path, left_out: Callable[[Path, int], None] | None = None) -> Iterator[Scalar]:
    """Yield the scalars of an event file in its order. A torn end, as of a file that is still written, is passed over.

    Events without a time that can be, and tags of more than ``LONGEST_TAG`` characters, are left out; ``left_out`` is
    told at the end how many those were, if any.
    """
    bad = 0
    for record in _records(path):
        found = _usual(record)
        for scalar in (found,) if found is not None else _scalars(record):
            if 0.0 <= scalar.time <= LATEST and len(scalar.tag) <= LONGEST_TAG:
                yield scalar
            else:
                bad += 1
    if bad and left_out is not None:
        left_out(path, bad)


def _log_left_out(path: Path, number: int) -> None:
    log.warning("%s: %d events are not well-formed", path, number)


# ---------------------------------------------------------------------------------------------- as a run


def _import(source: Path, files: list[Path], left_out: Callable[[Path, int], None]) -> RunFolder | None:
    scalars = [scalar for file in files for scalar in read_scalars(file, left_out)]
    if not scalars:
        return None
    names = {tag: name_of(tag) for tag in {scalar.tag for scalar in scalars}}
    records: dict[int, dict[str, float | int | None]] = {}
    scalars.sort(key=operator.itemgetter(2))  # by time: of two that are for one step the later holds
    for tag, step, when, value in scalars:
        record = records.get(step)
        if record is None:
            record = records[step] = {"step": step, "time": when}
        record[names[tag]] = value if math.isfinite(value) else None
    ordered = [records[step] for step in sorted(records)]
    run = _folder_of(source)
    write_atomic(run.path / "metrics.jsonl", msgspec.json.Encoder().encode_lines(ordered), durable=False)
    write_atomic(run.path / "status.json", dump_status(_status(source, ordered)), durable=False)
    return run


def _status(source: Path, records: list[dict[str, float | int | None]]) -> RunStatus:
    last: dict[str, float | None] = {}
    for record in records:
        last.update(record)
    del last["step"], last["time"]
    times = [float(record["time"] or 0.0) for record in records]
    losses = [float(value) for record in records if (value := record.get("loss")) is not None]
    stride = max(1, math.ceil(len(losses) / SPARKLINE_POINTS))
    return RunStatus(
        state="finished",
        step=int(records[-1]["step"] or 0),
        steps=int(records[-1]["step"] or 0),
        started=min(times),
        updated=max(times),
        message=str(source),
        last=last,
        sparkline=tuple(losses[::stride]),
        foreign=WRITER,
    )


def _folder_of(source: Path) -> RunFolder:
    """Return the folder that these events were read into before, else a new one."""
    for entry in paths.runs().iterdir() if paths.runs().is_dir() else ():
        status = RunFolder(entry).status()
        if status.foreign == WRITER and status.message == str(source):
            return RunFolder(entry)
    number, name = 1, printable(source.name, one_line=True).replace("\\", "_") or "events"
    while True:
        folder = paths.runs() / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
            continue
        write_atomic(folder / "status.json", dump_status(msgspec.structs.replace(RunStatus(), started=time.time())))
        return RunFolder(folder)


def name_of(tag: str) -> str:
    """Return what a tag's metric is called here."""
    name = next((name for name, tags in NAMES.items() if tag.lower() in tags), tag)
    return f"{name} (tag)" if name in TAKEN else name


# ---------------------------------------------------------------------------------------------- the format


def _records(path: Path) -> Iterator[bytes]:
    """TFRecord framing: uint64 length, uint32 of it masked, the data, uint32 of that masked (both little-endian)."""
    heads: set[bytes] = set()  # those that were checked: most records of a file have one of few lengths
    with open(path, "rb", buffering=_READ_AHEAD) as stream:
        while len(head := stream.read(12)) == 12:
            length = int.from_bytes(head[:8], "little")
            if head not in heads:
                if length > LARGEST_RECORD or _masked_crc(head[:8]) != int.from_bytes(head[8:], "little"):
                    return  # damaged: what follows cannot be found
                if len(heads) < _HEADS:
                    heads.add(head)
            data = stream.read(length + 4)
            if len(data) < length + 4:
                return
            yield data[:length]


def _usual(event: bytes) -> Scalar | None:
    """Return the scalar of an event that holds one as a ``simple_value`` and has its fields in the usual order, all
    short.

    None where it is another event: ``_scalars`` reads those, and would read this one the same.
    """
    found = _USUAL.fullmatch(event)
    if found is None:
        return None
    when, step, summary, value, size, tag, number = found.groups()
    if not (size[0] == len(tag) and value[0] == len(tag) + 7 and summary[0] == len(tag) + 9 < 128):
        return None
    return Scalar(
        tag.decode("utf-8", "replace"),
        _signed(_varint(step, 0)[0]) if step else 0,
        _DOUBLE.unpack(when)[0],
        _FLOAT.unpack(number)[0],
    )


def _scalars(event: bytes) -> Iterator[Scalar]:
    """Yield ``Event``: 1 wall_time (double), 2 step (varint), 5 summary; ``Summary``: 1 value, again and again.

    A time that is no double is NaN.
    """
    when, step, summaries = 0.0, 0, []
    for field, value in _fields(event):
        if field == 1:
            when = _DOUBLE.unpack(value)[0] if isinstance(value, bytes) and len(value) == 8 else math.nan
        elif field == 2 and isinstance(value, int):
            step = _signed(value)
        elif field == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for field, value in _fields(summary):
            if field == 1 and isinstance(value, bytes) and (found := _value(value)) is not None:
                yield Scalar(found[0], step, when, found[1])


def _signed(value: int) -> int:
    """Return a varint's number as int64, of which it has the lowest 64 bits."""
    value &= 2**64 - 1
    return value - 2**64 if value >= 2**63 else value


def _value(data: bytes) -> tuple[str, float] | None:
    """Return ``Summary.Value``: 1 tag, 2 simple_value (float), 8 tensor. None where it is no scalar."""
    tag, number = "", None
    for field, value in _fields(data):
        if field == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif field == 2 and isinstance(value, bytes) and len(value) == 4:
            (number,) = _FLOAT.unpack(value)
        elif field == 8 and isinstance(value, bytes):
            number = _tensor(value)
    return (tag, number) if number is not None else None


def _tensor(data: bytes) -> float | None:
    """Return ``TensorProto`` of one float: 1 dtype (1 float, 2 double), 4 tensor_content, 5 float_val, 6 double_val."""
    kinds = {1: ("<f", 4), 2: ("<d", 8)}
    dtype, content = 0, b""
    for field, value in _fields(data):
        if field == 1 and isinstance(value, int):
            dtype = value
        elif field in (4, 5, 6) and isinstance(value, bytes):
            content = value
    form, size = kinds.get(dtype, ("", -1))
    return float(struct.unpack(form, content)[0]) if len(content) == size else None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a message: varints as numbers, everything else as its bytes. Ends at what it does not
    know.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            return
        if at + size > len(data):
            return
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80 or shift > 63:
            break
    return value, at


def _masked_crc(data: bytes) -> int:
    """CRC-32C (Castagnoli), rotated by 15 bits and moved, as TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    return tuple(table)


_CRC_TABLE = _crc_table()
