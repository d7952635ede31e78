"""Event files: one that torch's SummaryWriter wrote (tensorboard 2.21, torch 2.13), whole, torn and damaged."""

from __future__ import annotations

import base64
import math
import os
from pathlib import Path

import pytest

from bigmodel_studio.cli import commands
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
