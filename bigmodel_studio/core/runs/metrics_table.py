"""A run's records as a table for other programs: a row a step, a column a metric (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.system.files import read_json_lines

FIRST = ("step", "time", "loss", "evaluation_loss")
EVENT = "event"


def as_csv(run: RunFolder) -> bytes:
    """Return the columns of ``FIRST``, the other metrics in the order in which they come up, the run's baselines (the
    same in every row, so that they can be drawn beside the losses) and, where it was resumed, ``event``. A gap is an
    empty field; the time is this computer's, as spreadsheets read it.
    """
    records, baselines = run.metrics(), run.status().baselines
    events = [record for record in read_json_lines(run.path / "metrics.jsonl") if record.get("event") == "resume"]
    resumed = {int(record.get("step", 0)) + 1 for record in events}
    same = {f"baseline_{name}": value for name, value in baselines.items()}
    rows = [{**record, **same, EVENT: "resumed" if record["step"] in resumed else None} for record in records]
    found = dict.fromkeys(name for record in records for name in record)
    names = [*(name for name in FIRST if name in found), *(name for name in found if name not in FIRST), *same]
    return written([*names, EVENT] if resumed else names, rows)


def written(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the table with these columns; what else the rows have is left out."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_field(name, row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode("utf-8")


def _field(name: str, value: Any) -> Any:
    if name == "time" and isinstance(value, float | int):
        return datetime.fromtimestamp(value).strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else value
