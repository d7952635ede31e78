"""Who holds a model: that very process, whatever the clock says, and no later one of the same number."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from bigmodel_studio.core.models import uses
from bigmodel_studio.core.models.uses import ModelProcess, Use
from bigmodel_studio.core.runs.run_folder import own_process
from bigmodel_studio.protocol import ModelRef

REF = ModelRef(source="hub", id="org/model")


@pytest.fixture
def kept(home: Path) -> Path:
    """The file that says that this process holds the model."""
    uses.note(REF, loaded=True)
    (path,) = (home / "uses").iterdir()
    return path


def write(path: Path, process: ModelProcess) -> None:
    path.write_bytes(msgspec.json.encode(Use(source=REF.source, id=REF.id, processes=(process,))))


@pytest.mark.skipif(sys.platform != "linux", reason="the system's start has a name on Linux alone")
def test_a_clock_that_is_set_lets_go_of_nothing(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = psutil.Process().create_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: before + 3600)
    assert uses.is_loaded(REF)
    own = ModelProcess.now()
    for other in (own.started + 1, own.started - 1):
        write(kept, ModelProcess(own.pid, other, own.boot))
        assert not uses.is_loaded(REF), "a later process of the same number"
    write(kept, ModelProcess(own.pid, own.started, "before the system was started again"))
    assert not uses.is_loaded(REF)
    write(kept, own)
    assert uses.is_loaded(REF)


def test_what_an_earlier_version_noted_is_understood(kept: Path) -> None:
    write(kept, ModelProcess(*own_process()))
    assert uses.is_loaded(REF)
    write(kept, ModelProcess(os.getpid(), own_process()[1] - 100))
    assert not uses.is_loaded(REF)
