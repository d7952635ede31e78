"""Does the Train page open at once with a hundred long runs, and do twenty of them pan and zoom fluently together?

``python benchmarks/runs_list.py [--runs 100] [--points 100000] [--compared 20] [--seconds 6]``. Folders of runs, each
with so many records; a real window on a display (Xvfb where there is none). The list counts as open when every run
stands in it and was painted. The folders' records are one file under many names, so that it takes no gigabyte of disk.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.curves import FRAMES_BUDGET, looked_around, until
from benchmarks.measuring import Row, display, own_home, print_table
from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.runs.run_folder import SPARKLINE_POINTS, RunStatus, dump_status
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.window.studio import Studio

OPEN_BUDGET_S = 1.0


def written(runs: int, points: int) -> list[Path]:
    """Folders of finished runs of this home."""
    steps = np.arange(1, points + 1)
    losses = 6.0 / steps**0.2 + np.random.default_rng(1).normal(0, 0.1, points)
    records = "".join(
        f'{{"step":{step},"time":0,"loss":{loss:.6f},"learning_rate":0.001,"gradient_norm":1.0,"tokens_per_s":1000}}\n'
        for step, loss in zip(steps, losses, strict=True)
    )
    one = paths.home() / "metrics.jsonl"
    one.write_text(records)
    folders = []
    for number in range(runs):
        folder = paths.runs() / f"run-{number:03d}"
        folder.mkdir(parents=True)
        os.link(one, folder / "metrics.jsonl")
        spark = tuple(float(loss) for loss in losses[:: points // SPARKLINE_POINTS][:SPARKLINE_POINTS])
        status = RunStatus(
            state="finished", step=points, steps=points, started=1.0 + number, last={"loss": 3.0}, sparkline=spark
        )
        (folder / "status.json").write_bytes(dump_status(status))
        (folder / "spec.toml").write_text(write_spec(RunSpec(name=folder.name, data=DataSpec(train=("/a.txt",)))))
        for step in range(points // 20, points + 1, points // 20):
            checkpoint = folder / "checkpoints" / f"step-{step:06d}"
            checkpoint.mkdir(parents=True)
            (checkpoint / "MANIFEST.json").write_text("{}")
        folders.append(folder)
    return folders


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--compared", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=6.0)
    given = parser.parse_args()
    with display(), own_home():
        application = QApplication([])
        folders = written(given.runs, given.points)
        started = time.perf_counter()
        watcher, library = RunWatcher(), LibraryWatcher()
        lane = FakeLane(lambda request: iter(()))
        studio = Studio(settings=SettingsStore(), interactive=lane, library=library, runs=watcher)
        page = TrainPage(studio)
        page.resize(1440, 900)
        page.show()
        until(lambda: len(page.runs.runs) >= given.runs)
        page.list.repaint()
        opened = time.perf_counter() - started
        page.choose(folders[0].name)
        for folder in folders[1 : given.compared]:
            page.overlays.toggle(folder.name)

        def drawn() -> int:
            return sum(len(s) for (_, metric), s in page.curves.shown_series().items() if metric == "loss")

        started = time.perf_counter()
        until(lambda: drawn() == given.points * given.compared)
        read = time.perf_counter() - started
        frames = looked_around(page.curves.chart, given.seconds)
        page.close()
        page.shut()
        watcher.close()
        library.close()
        lane.close()
        del application
    points = given.points * given.compared
    return print_table(
        [
            Row("the list opens", opened, "s", OPEN_BUDGET_S, f"{given.runs} runs of {given.points:,} points"),
            Row("curves compared are read", read, "s", None, f"{points:,} points of {given.compared} runs"),
            Row("pan and zoom", frames.rate, "1/s", FRAMES_BUDGET, frames.remark, more_is_better=True),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
