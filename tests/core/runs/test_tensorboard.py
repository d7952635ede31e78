"""Event files: one that torch's SummaryWriter wrote (tensorboard 2.21, torch 2.13), whole, torn and damaged."""

from __future__ import annotations

import base64
import math
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import tensorboard
from bigmodel_studio.core.runs.run_folder import all_runs, find_run
from bigmodel_studio.core.runs.tensorboard import import_events, read_scalars
from bigmodel_studio.core.system.opening import sort_paths
from bigmodel_studio.core.text.messages import StudioError

# SummaryWriter.add_scalar("Loss/train") 2.5, 1.25, nan at steps 1 to 3 (at 1001 to 1003 s); "Loss/val" 1.5 at 2;
# "extra" 0.5 at 3 with new_style=True (as a tensor); then a text and a histogram.
WRITTEN = base64.b64decode(
    """
SAAAAAAAAAD+kkidCT5iVwY1wtpBGg1icmFpbi5FdmVudDoyUi4KLHRlbnNvcmJvYXJkLnN1bW1hcnkud3JpdGVyLmV2ZW50X2Zp
bGVfd3JpdGVybbn/JyAAAAAAAAAAKe2pUAkAAAAAAEiPQBABKhMKEQoKTG9zcy90cmFpbhUAACBA1gjStSAAAAAAAAAAKe2pUAkA
AAAAAFCPQBACKhMKEQoKTG9zcy90cmFpbhUAAKA/GvniSCAAAAAAAAAAKe2pUAkAAAAAAFiPQBADKhMKEQoKTG9zcy90cmFpbhUA
AMB/b8/ySR4AAAAAAAAA2dwSMgkAAAAAAFSPQBACKhEKDwoITG9zcy92YWwVAADAPzVxr/YtAAAAAAAAADxBivsJAAAAAABYj0AQ
AyogCh4KBWV4dHJhQggIASoEAAAAP0oLCgkKB3NjYWxhcnPfQyl0PQAAAAAAAABgSfHsCQAAAAAAWI9AEAEqMAouChFub3RlL3Rl
eHRfc3VtbWFyeUIPCAcSBBICCAFCBWhlbGxvSggKBgoEdGV4dOBBzwBsAAAAAAAAAPXasNcJAAAAAABYj0AQASpfCl0KAWgqWBEA
AAAAAAAAQBkAAAAAAAAIQCEAAAAAAAAIQCkAAAAAAAAUQDIYAAAAAAAAAAAAAAAAAADwPwAAAAAAAABAOhgAAAAAAAAAAAAAAAAA
APA/AAAAAAAAAEDzGs78
"""
)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "experiment"
    folder.mkdir()
    (folder / "events.out.tfevents.1795740697.host.1.0").write_bytes(WRITTEN)
    return folder


def test_the_scalars_of_a_real_file_are_read_and_nothing_else(logs: Path) -> None:
    found = list(read_scalars(next(logs.iterdir())))
    assert [(each.tag, each.step, each.time, each.value) for each in found if not math.isnan(each.value)] == [
        ("Loss/train", 1, 1001.0, 2.5),
        ("Loss/train", 2, 1002.0, 1.25),
        ("Loss/val", 2, 1002.5, 1.5),
        ("extra", 3, 1003.0, 0.5),
    ]
    assert [each.step for each in found if math.isnan(each.value)] == [3]


def test_a_file_cut_anywhere_gives_what_is_whole_and_damage_ends_it(logs: Path) -> None:
    file = next(logs.iterdir())
    whole = [each.tag for each in read_scalars(file)]
    for end in range(0, len(WRITTEN), 7):
        file.write_bytes(WRITTEN[:end])
        tags = [each.tag for each in read_scalars(file)]
        assert tags == whole[: len(tags)]
    damaged = bytearray(WRITTEN)
    damaged[88 + 3] = 0xFF  # in the length of the second record
    file.write_bytes(damaged)
    assert list(read_scalars(file)) == []
    file.write_bytes(os.urandom(5000))
    assert list(read_scalars(file)) == []


def test_logs_become_a_run_that_says_whence_and_are_brought_up_to_date(logs: Path) -> None:
    (run,) = import_events(logs)
    assert run.name == "experiment"
    assert [{k: v for k, v in record.items() if k != "time"} for record in run.metrics()] == [
        {"step": 1, "loss": 2.5},
        {"step": 2, "loss": 1.25, "evaluation_loss": 1.5},
        {"step": 3, "loss": None, "extra": 0.5},
    ]
    status = run.status()
    assert (status.state, status.foreign, status.message, status.step) == ("finished", "TensorBoard", str(logs), 3)
    assert (status.started, status.updated) == (1001.0, 1003.0)
    next(logs.iterdir()).write_bytes(WRITTEN[:200])
    assert [each.path for each in import_events(logs)] == [run.path]
    assert len(run.metrics()) < 3
    other = logs.parent / "other" / "experiment"
    other.mkdir(parents=True)
    (other / "events.out.tfevents.2.host").write_bytes(WRITTEN)
    assert [each.name for each in import_events(other)] == ["experiment-2"]
    assert {each.name for each in all_runs()} >= {"experiment", "experiment-2"}


def test_folders_of_logs_are_known_when_they_are_dropped(logs: Path, tmp_path: Path) -> None:
    for path in (logs, logs.parent, next(logs.iterdir())):
        assert sort_paths([path]).events == [path]
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudioError, match="no TensorBoard scalars"):
        import_events(tmp_path / "empty")


def test_watch_from_a_shell(logs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["watch", str(logs)]) == 0
    assert "experiment: finished, step 3 of 3" in capfd.readouterr().out
    assert find_run("experiment").status().foreign == "TensorBoard"
    assert commands.main(["watch", str(logs / "nowhere")]) == 2


def _record(data: bytes) -> bytes:
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", tensorboard._masked_crc(head)) + data + b"\0\0\0\0"


def _part(field: int, data: bytes) -> bytes:
    assert len(data) < 128
    return bytes((field << 3 | 2, len(data))) + data


def _event(tag: bytes, value: float, step: int = 1, when: bytes | float = 1000.0, form: bytes = b"\x09") -> bytes:
    time = struct.pack("<d", when) if isinstance(when, float) else when
    return (
        form + time + b"\x10" + bytes((step,)) + _part(5, _part(1, _part(1, tag) + b"\x15" + struct.pack("<f", value)))
    )


def _written(folder: Path, *events: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "events.out.tfevents.1.x").write_bytes(b"".join(map(_record, events)))
    return folder


def test_of_two_values_for_a_step_the_later_by_time_holds_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    late, early = _event(b"loss", 2.0, when=1005.0), _event(b"loss", 9.0, when=1001.0)
    after, before = _event(b"loss", 1.0, step=3, when=1002.0), _event(b"loss", 3.0, step=2, when=1003.0)
    (run,) = import_events(_written(tmp_path / "logs", late, after, early, before))
    assert [(record["step"], record["loss"]) for record in run.metrics()] == [(1, 2.0), (2, 3.0), (3, 1.0)]
    assert run.status().last["loss"] == 1.0


def test_a_record_above_the_limit_ends_the_file_and_one_at_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, long = _event(b"a", 1.0), _event(b"a" * 40, 1.0)
    file = next(_written(tmp_path / "logs", one, long, one).iterdir())
    monkeypatch.setattr(tensorboard, "LARGEST_RECORD", len(one))
    assert [each.tag for each in read_scalars(file)] == ["a"]
    monkeypatch.setattr(tensorboard, "LARGEST_RECORD", len(long))
    assert [len(each.tag) for each in read_scalars(file)] == [1, 40, 1]
    monkeypatch.undo()
    assert tensorboard.LARGEST_RECORD <= 64 << 20


def test_tags_with_the_names_that_records_have_for_other_things_are_curves(tmp_path: Path) -> None:
    events = [_event(tag, float("nan") if step == 2 else 7.0, step) for step in (1, 2) for tag in (b"step", b"time")]
    (run,) = import_events(_written(tmp_path / "logs", *events, _event(b"event", 5.0, 2)))
    assert [record["step"] for record in run.metrics()] == [1, 2]
    assert [record["step (tag)"] for record in run.metrics()] == [7.0, None]
    assert [record["time (tag)"] for record in run.metrics()] == [7.0, None]
    assert [record["time"] for record in run.metrics()] == [1000.0, 1000.0]
    assert run.metrics()[1]["event (tag)"] == 5.0
    assert run.status().started == 1000.0


@pytest.mark.parametrize(
    "bad",
    [
        _event(b"loss", 2.0, when=math.nan),
        _event(b"loss", 2.0, when=-math.inf),
        _event(b"loss", 2.0, when=1e300),
        _event(b"loss", 2.0, when=-1.0),
        _event(b"loss", 2.0, when=b"\x03abc", form=b"\x0a"),
        _event(b"loss", 2.0, when=b"\x05", form=b"\x08"),
    ],
)
def test_a_value_whose_time_cannot_be_is_left_out_and_counted(
    bad: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(["watch", str(_written(tmp_path / "bad", bad))]) == 2
    assert all_runs() == [] or "bad" not in {run.name for run in all_runs()}
    assert commands.main(["watch", str(_written(tmp_path / "logs", bad, _event(b"loss", 1.0), bad))]) == 0
    assert "2 values with an invalid time or name" in capfd.readouterr().err
    assert [record["loss"] for record in find_run("logs").metrics()] == [1.0]
    assert commands.main(["show", "logs", "--json"]) == 0


def test_control_characters_of_tags_and_folders_do_not_reach_a_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logs = _written(tmp_path / "a\x1b[31mb", _event(b"x\x1b]0;title\x07", 1.0))
    for command in (["watch", str(logs)], ["runs"], ["show", "a_u001b[31mb"]):
        assert commands.main(command) == 0
        said = capfd.readouterr()
        assert "\x1b" not in said.out + said.err


@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda at, byte: bytes(byte if n == at else old for n, old in enumerate(_event(b"train/loss", 1.5, 9))),
            st.integers(0, 45),
            st.integers(0, 255),
        ),
    )
)
def test_any_event_is_read_or_passed_over_and_the_short_way_reads_as_the_long_one_does(event: bytes) -> None:
    found = list(tensorboard._scalars(event))
    short = tensorboard._usual(event)
    if short is not None:
        assert repr([short]) == repr(found)


def test_most_events_take_the_short_way() -> None:
    for event in (_event(b"train/loss", 1.5, 9), _event(b"\x15" * 50, 1.5), _event(b"x", math.nan, 0)):
        assert tensorboard._usual(event) is not None
