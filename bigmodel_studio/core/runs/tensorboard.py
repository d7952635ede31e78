"""TensorBoard's event files, as far as they hold scalars: read, and laid beside this application's runs.

An event file is a row of records (a length, its checksum, the data, its checksum), each a protocol buffer of the
message ``Event`` (tensorboard/compat/proto/event.proto and summary.proto). Only the few fields that make a scalar are
read, and everything else is passed over, so that neither TensorFlow nor TensorBoard is needed. What is read becomes a
run's folder that says where it came from; reading it again brings the folder up to date.
"""

from __future__ import annotations

import json
import math
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.runs.run_folder import SPARKLINE_POINTS, RunFolder, RunStatus, dump_status
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.core.text.printable import printable

WRITER = "TensorBoard"
MARK = "tfevents"
"""It is in the name of every event file."""
LARGEST_RECORD = 64 * 1024 * 1024
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


def holds_events(path: Path) -> bool:
    """Whether this is an event file, or a folder that has one in it or in a folder directly in it."""
    if path.is_file():
        return MARK in path.name
    return any(MARK in entry.name for pattern in ("*", "*/*") for entry in path.glob(pattern))


def import_events(path: Path) -> list[RunFolder]:
    """The runs of these event files, made or brought up to date: one for each folder that holds any.

    Raises ``StudioError`` "events-none" where there is no scalar; ``OSError``.
    """
    files = [path] if path.is_file() else sorted(entry for entry in path.rglob(f"*{MARK}*") if entry.is_file())
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent.absolute(), []).append(file)
    made = [_import(folder, parts) for folder, parts in by_folder.items()]
    found = [run for run in made if run is not None]
    if not found:
        raise StudioError("events-none", path=str(path))
    return found


def read_scalars(path: Path) -> Iterator[Scalar]:
    """The scalars of an event file in its order. A torn end, as of a file that is still written, is passed over."""
    for record in _records(path):
        yield from _scalars(record)


# ---------------------------------------------------------------------------------------------- as a run


def _import(source: Path, files: list[Path]) -> RunFolder | None:
    scalars = [scalar for file in files for scalar in read_scalars(file)]
    if not scalars:
        return None
    records: dict[int, dict[str, float | int | None]] = {}
    for scalar in sorted(scalars, key=lambda each: each.time):  # of two that are for one step the later holds
        record = records.setdefault(scalar.step, {"step": scalar.step, "time": scalar.time})
        record[name_of(scalar.tag)] = scalar.value if math.isfinite(scalar.value) else None
    ordered = [records[step] for step in sorted(records)]
    run = _folder_of(source)
    lines = "".join(json.dumps(record) + "\n" for record in ordered)
    write_atomic(run.path / "metrics.jsonl", lines.encode(), durable=False)
    write_atomic(run.path / "status.json", dump_status(_status(source, ordered)), durable=False)
    return run


def _status(source: Path, records: list[dict[str, float | int | None]]) -> RunStatus:
    last: dict[str, float | None] = {}
    for record in records:
        last |= {name: value for name, value in record.items() if name not in ("step", "time")}
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
    """The folder that these events were read into before, else a new one."""
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
    """What a tag's metric is called here."""
    return next((name for name, tags in NAMES.items() if tag.lower() in tags), tag)


# ---------------------------------------------------------------------------------------------- the format


def _records(path: Path) -> Iterator[bytes]:
    """TFRecord framing: uint64 length, uint32 of it masked, the data, uint32 of that masked (both little-endian)."""
    with open(path, "rb") as stream:
        while len(head := stream.read(12)) == 12:
            (length,) = struct.unpack("<Q", head[:8])
            if length > LARGEST_RECORD or _masked_crc(head[:8]) != struct.unpack("<I", head[8:])[0]:
                return  # damaged: what follows cannot be found
            data = stream.read(length)
            if len(data) < length or len(stream.read(4)) < 4:
                return
            yield data


def _scalars(event: bytes) -> Iterator[Scalar]:
    """``Event``: 1 wall_time (double), 2 step (varint), 5 summary; ``Summary``: 1 value, again and again."""
    when, step, summaries = 0.0, 0, []
    for field, value in _fields(event):
        if field == 1 and isinstance(value, bytes):
            (when,) = struct.unpack("<d", value)
        elif field == 2 and isinstance(value, int):
            step = value - 2**64 if value >= 2**63 else value
        elif field == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for field, value in _fields(summary):
            if field == 1 and isinstance(value, bytes) and (found := _value(value)) is not None:
                yield Scalar(found[0], step, when, found[1])


def _value(data: bytes) -> tuple[str, float] | None:
    """``Summary.Value``: 1 tag, 2 simple_value (float), 8 tensor. None where it is no scalar."""
    tag, number = "", None
    for field, value in _fields(data):
        if field == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif field == 2 and isinstance(value, bytes) and len(value) == 4:
            (number,) = struct.unpack("<f", value)
        elif field == 8 and isinstance(value, bytes):
            number = _tensor(value)
    return (tag, number) if number is not None else None


def _tensor(data: bytes) -> float | None:
    """``TensorProto`` of one float: 1 dtype (1 float, 2 double), 4 tensor_content, 5 float_val, 6 double_val."""
    kinds = {1: ("<f", 4), 2: ("<d", 8)}
    dtype, held = 0, b""
    for field, value in _fields(data):
        if field == 1 and isinstance(value, int):
            dtype = value
        elif field in (4, 5, 6) and isinstance(value, bytes):
            held = value
    form, size = kinds.get(dtype, ("", -1))
    return float(struct.unpack(form, held)[0]) if len(held) == size else None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: varints as numbers, everything else as its bytes. Ends at what it does not know."""
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
