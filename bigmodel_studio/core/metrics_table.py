"""A run's records as a table for other programs: a row a step, a column a metric (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any


def as_csv(records: Sequence[dict[str, Any]]) -> bytes:
    """``step`` and ``time`` first, then the metrics in the order in which they come up; a gap is an empty field."""
    names = dict.fromkeys(["step", "time"] + [name for record in records for name in record])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(names), restval="")
    writer.writeheader()
    for record in records:
        writer.writerow({name: "" if value is None else value for name, value in record.items()})
    return text.getvalue().encode("utf-8")
