"""What tells two checkouts apart: losses bit for bit, and speeds that were worse in every round."""

from __future__ import annotations

import json
import math

from benchmarks import losses
from benchmarks.compare import Compared


def test_the_last_bit_of_one_loss_is_a_difference() -> None:
    ours = [{"loss": (1.0 / step).hex(), "gradient_norm": (2.0).hex()} for step in (1, 2, 3)]
    theirs = [dict(record) for record in ours]
    assert losses.first_difference(ours, theirs) == (0, "")
    theirs[1]["loss"] = math.nextafter(0.5, 1.0).hex()
    count, remark = losses.first_difference(ours, theirs)
    assert count == 1
    assert remark.startswith("first at step 2: loss 0.5 here, 0.50000000")
    del theirs[2]["gradient_norm"]
    assert losses.first_difference(ours, theirs)[0] == 2


def test_the_record_has_every_objective_and_every_step() -> None:
    record = json.loads(losses.RECORD.read_text("utf-8"))
    assert set(record["machine"]) == set(losses.machine())
    assert set(record["losses"]) == {"causal-lm", "chat", "masked-lm", "classify-text", "tag", "classify-images"}
    for records in record["losses"].values():
        assert len(records) == losses.STEPS
        assert all(math.isfinite(float.fromhex(value)) for each in records for value in each.values())
        assert sum("evaluation_loss" in each for each in records) == 5


def test_worse_is_what_lost_every_round_and_by_more_than_a_little() -> None:
    assert not Compared("start", "s", False, [(0.5, 0.5), (0.6, 0.5), (0.49, 0.5)]).worse
    assert not Compared("start", "s", False, [(0.51, 0.5), (0.51, 0.5), (0.52, 0.5)]).worse
    assert Compared("start", "s", False, [(0.6, 0.5), (0.58, 0.5), (0.61, 0.5)]).worse
    assert not Compared("decoding", "tok/s", True, [(60.0, 50.0), (70.0, 50.0)]).worse
    assert Compared("decoding", "tok/s", True, [(40.0, 50.0), (45.0, 50.0)]).worse
    assert Compared("torch in the window", "", False, [(1.0, 0.0)]).worse
    assert Compared("decoding", "tok/s", True, [(40.0, 50.0), (45.0, 50.0)]).line(20).endswith("WORSE")
