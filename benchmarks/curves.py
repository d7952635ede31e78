"""Do a million points pan and zoom fluently, and what does it cost to watch points come in?

``python benchmarks/curves.py [--runs 20] [--points 1000000] [--seconds 6]``. A real window on a display (Xvfb where
there is none). Each frame changes what is seen, as the wheel and dragging do, and is painted before the next. A plain
pyqtgraph plot, which keeps all points and samples them itself, is looked at in turns with our chart, to compare. Then
points come in, evenly over the runs, and the chart is painted as often as the Train page paints it.
The same again on the whole Train page, with one run shown and the others compared with it, all read from their folders;
there another process writes the points that come in, and the cost is all of the window's: files, threads, smoothing and
painting.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from benchmarks.measuring import Row, display, own_home, print_table, quantile
from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.runs.run_folder import RunStatus, dump_status
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.ui.pages.train.curves.curves import PAINT_EVERY_MS
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.plots.chart import Chart
from bigmodel_studio.ui.plots.curves_plot import Curve
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.window.studio import Studio

FRAMES_BUDGET, CORE_BUDGET = 60.0, 0.10
NEW_POINTS_A_SECOND = 5_000
BATCHES_A_SECOND = 10
TURNS = 4


def grown(runs: int, points: int) -> list[Series]:
    """Noisy falling curves, as runs leave them."""
    rng = np.random.default_rng(1)
    made = []
    for run in range(runs):
        series, steps = Series(), np.arange(1, points // runs + 1)
        series.append(steps.astype(np.float64), 6.0 / steps**0.2 + rng.normal(0, 0.1, len(steps)) + 0.1 * run)
        made.append(series)
    return made


def chart_of(series: list[Series]) -> Chart:
    chart = Chart()
    chart.show_curves([Curve(f"run {number}", one, number) for number, one in enumerate(series)])
    return chart


def plain_of(series: list[Series]) -> pg.PlotWidget:
    """The same curves as pyqtgraph draws them by itself, with its fastest settings that lose no spike."""
    plain = pg.PlotWidget()
    item = plain.getPlotItem()
    item.setDownsampling(auto=True, mode="peak")
    item.setClipToView(True)
    item.setMouseEnabled(x=True, y=False)
    for number, one in enumerate(series):
        item.plot(one.steps, one.values, pen=pg.mkPen(number, width=1), skipFiniteCheck=True)
    item.getViewBox().setLimits(xMin=1, xMax=float(series[0].steps[-1]))
    item.enableAutoRange(y=True)
    item.setAutoVisible(y=True)
    return plain


def shown(view: pg.GraphicsView) -> None:
    view.resize(1200, 700)
    view.show()
    until(view.windowHandle().isExposed)


class Paints(QObject):
    """Counts how often a view is painted."""

    def __init__(self, view: pg.GraphicsView) -> None:
        super().__init__()
        self.count = 0
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


class Frames(NamedTuple):
    """What frames took, each: seconds on the clock, and seconds of this process."""

    wall: list[float]
    used: list[float]

    @property
    def rate(self) -> float:
        return len(self.wall) / sum(self.wall)

    @property
    def remark(self) -> str:
        slowest, used = quantile(self.wall, 0.99) * 1000, quantile(self.used, 0.5) * 1000
        return f"slowest frame but 1%: {slowest:.1f} ms; a frame uses {used:.1f} ms of a core"


def looked_around(view: pg.GraphicsView, seconds: float) -> Frames:
    """What each frame took while one zooms in and out and moves along."""
    frames, started, frame = Frames([], []), time.perf_counter(), 0
    paints = Paints(view)
    while time.perf_counter() - started < seconds:
        turns = 120 if frame % 40 < 20 else -120
        room = view.viewport()
        at = QPointF(room.width() * (0.15 + 0.7 * (frame % 97) / 97), room.height() * 0.6)
        wheel = QWheelEvent(
            at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, turns), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        before, clock, used = paints.count, time.perf_counter(), time.process_time()
        QApplication.sendEvent(view.viewport(), wheel)
        while paints.count == before and time.perf_counter() - clock < 1:
            QApplication.processEvents()
        if paints.count > before:  # where all is seen already, the wheel changes nothing
            frames.wall.append(time.perf_counter() - clock)
            frames.used.append(time.process_time() - used)
        frame += 1
    return frames


class Feeder(QObject):
    """New points for every series, in batches; the chart is painted as often as the Train page does it."""

    def __init__(self, chart: Chart, series: list[Series]) -> None:
        super().__init__()
        self.chart, self.series, self.added = chart, series, 0
        self._paint = QTimer(self, singleShot=True, interval=PAINT_EVERY_MS)
        self._paint.timeout.connect(chart.refresh)
        self._timer = QTimer(self, interval=1000 // BATCHES_A_SECOND)
        self._timer.timeout.connect(self._feed)
        self._timer.start()

    @Slot()
    def _feed(self) -> None:
        count = NEW_POINTS_A_SECOND // BATCHES_A_SECOND // len(self.series)
        for one in self.series:
            last = float(one.steps[-1])
            one.append(last + np.arange(1.0, count + 1), np.full(count, 2.0))
        self.added += count * len(self.series)
        if not self._paint.isActive():
            self._paint.start()

    def stop(self) -> None:
        self._timer.stop()
        self._paint.stop()


def core_share(chart: Chart, series: list[Series], seconds: float) -> tuple[float, float]:
    """The share of a core that this process uses while points come in, and how many came in a second."""
    chart.reset_view()
    feeder = Feeder(chart, series)
    wall, used = time.perf_counter(), time.process_time()
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    wall, used = time.perf_counter() - wall, time.process_time() - used
    feeder.stop()
    return used / wall, feeder.added / wall


WRITER = """
import sys, time
from pathlib import Path
folders, rate, last = [Path(path) for path in sys.argv[3:]], int(sys.argv[1]), int(sys.argv[2])
while True:
    lines = "".join(
        '{"step":%d,"time":0,"loss":2.0,"learning_rate":0.001}\\n' % step for step in range(last + 1, last + rate + 1)
    )
    for folder in folders:
        with open(folder / "metrics.jsonl", "a") as stream:
            stream.write(lines)
    last += rate
    time.sleep(0.1)
"""


def written(runs: int, points: int) -> list[Path]:
    """Folders of runs of this home, each with its share of the points."""
    rng = np.random.default_rng(1)
    status = RunStatus(state="stopped", step=points // runs, steps=10**6, started=1.0, last={"loss": 3.0})
    folders = []
    for number in range(runs):
        folder = paths.runs() / f"run-{number}"
        folder.mkdir(parents=True)
        steps = np.arange(1, points // runs + 1)
        losses = 6.0 / steps**0.2 + rng.normal(0, 0.1, len(steps)) + 0.1 * number
        (folder / "metrics.jsonl").write_text(
            "".join(
                f'{{"step":{s},"time":0,"loss":{v:.6f},"learning_rate":0.001}}\n'
                for s, v in zip(steps, losses, strict=True)
            )
        )
        (folder / "status.json").write_bytes(dump_status(status))
        (folder / "spec.toml").write_text(write_spec(RunSpec(name=folder.name, data=DataSpec(train=("/a.txt",)))))
        folders.append(folder)
    return folders


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Let the window work until something is so."""
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError("the Train page did not get there")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def on_the_page(runs: int, points: int, seconds: float) -> list[Row]:
    """The same questions of the Train page, with every run but one compared with the one that is shown."""
    folders = written(runs, points)
    watcher, library = RunWatcher(), LibraryWatcher()
    lane = FakeLane(lambda request: iter(()))
    studio = Studio(settings=SettingsStore(), interactive=lane, library=library, runs=watcher)
    page = TrainPage(studio)
    page.resize(1440, 900)
    page.show()
    until(lambda: len(page.runs.runs) >= runs)
    page.choose(folders[0].name)
    for folder in folders[1:]:
        page.overlays.toggle(folder.name)

    def drawn() -> int:
        return sum(len(s) for (_, metric), s in page.curves.shown_series().items() if metric == "loss")

    until(lambda: drawn() == points // runs * runs)
    chart = page.curves.chart
    frames = looked_around(chart, seconds)
    chart.reset_view()
    rate = NEW_POINTS_A_SECOND // BATCHES_A_SECOND // runs
    command = [sys.executable, "-c", WRITER, str(rate), str(points // runs), *map(str, folders)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as writer:
        before = drawn()
        until(lambda: drawn() > before)
        before, wall, used = drawn(), time.perf_counter(), time.process_time()
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        wall, used = time.perf_counter() - wall, time.process_time() - used
        came = (drawn() - before) / wall
        writer.kill()
    page.close()
    page.shut()
    watcher.close()
    library.close()
    lane.close()
    seen = f"{points:,} points in {runs} runs, compared; {frames.remark}"
    return [
        Row("Train page: pan and zoom", frames.rate, "1/s", FRAMES_BUDGET, seen, more_is_better=True),
        Row("Train page: share of a core", used / wall, "", CORE_BUDGET, f"{came:,.0f} points/s from files"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=6.0)
    given = parser.parse_args()
    with display(), own_home():
        application = QApplication([])
        series = grown(given.runs, given.points)
        chart, plain = chart_of(series), plain_of(series)
        shown(plain)
        shown(chart)
        frames, compared = Frames([], []), Frames([], [])
        for _ in range(TURNS):  # in turns: what else the machine does meets both alike
            for view, taken in ((chart, frames), (plain, compared)):
                more = looked_around(view, given.seconds / TURNS)
                taken.wall.extend(more.wall)
                taken.used.extend(more.used)
        plain.close()
        share, rate = core_share(chart, series, given.seconds)
        chart.close()
        rows = on_the_page(given.runs, given.points, given.seconds)
        del application
    seen = f"{given.points:,} points in {given.runs} runs; {frames.remark}"
    better = quantile(compared.used, 0.5) / quantile(frames.used, 0.5)
    return print_table(
        [
            Row("pan and zoom", frames.rate, "1/s", FRAMES_BUDGET, seen, compared.rate, more_is_better=True),
            Row("plain pyqtgraph: pan and zoom", compared.rate, "1/s", None, compared.remark, more_is_better=True),
            Row("pan and zoom: times less of a core than plain", better, "", None, more_is_better=True),
            Row("points coming in: share of a core", share, "", CORE_BUDGET, f"{rate:,.0f} points/s"),
            *rows,
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
