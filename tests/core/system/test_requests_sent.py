"""The ledger of requests: sums by host, and a CSV that comes back as it was."""

from __future__ import annotations

import csv
import io

from bigmodel_studio.core.system.requests_sent import as_csv, totals
from bigmodel_studio.protocol import NetworkRequest

REQUESTS = [
    NetworkRequest(
        time=0.0,
        method="GET",
        host="huggingface.co",
        path="/api/models",
        purpose="search",
        status=200,
        received_bytes=70,
    ),
    NetworkRequest(
        time=86_399.5,
        method="GET",
        host="cdn.example.org",
        path="/a",
        purpose="download",
        status=200,
        received_bytes=900,
    ),
    NetworkRequest(time=1.0, method="POST", host="huggingface.co", path="/=x,y", purpose="sign-in", sent_bytes=5),
]


def test_sums_by_host() -> None:
    assert [tuple(total) for total in totals(REQUESTS)] == [
        ("cdn.example.org", 1, 0, 0, 900),
        ("huggingface.co", 2, 1, 5, 70),
    ]
    assert totals([]) == []


def test_as_csv_it_comes_back() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REQUESTS))))
    assert [row["host"] for row in rows] == [each.host for each in REQUESTS]
    assert [row["time"] for row in rows] == ["1970-01-01T00:00:00Z", "1970-01-01T23:59:59Z", "1970-01-01T00:00:01Z"]
    assert rows[2]["path"] == "/=x,y"
    assert [int(row["received_bytes"]) for row in rows] == [70, 900, 0]
    evil = NetworkRequest(time=0.0, method="GET", host="=cmd()", path="/", purpose="search")
    (row,) = csv.DictReader(io.StringIO(as_csv([evil])))
    assert row["host"] == "'=cmd()"
