"""Do a million points pan and zoom fluently, and what does it cost to watch points come in?

``python benchmarks/curves.py [--runs 20] [--points 1000000] [--seconds 6]``. A real window on a display (Xvfb where
there is none). Each frame changes what is seen, as the wheel and dragging do, and is painted before the next; then
points come in, evenly over the runs, and the chart is painted as often as the Train page paints it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from benchmarks.measuring import Row, display, own_home, print_table, quantile
from bigmodel_studio.ui.pages.train.curves import PAINT_EVERY_MS
from bigmodel_studio.ui.widgets.chart import Chart, Curve
from bigmodel_studio.ui.widgets.series import Series

FRAMES_BUDGET, CORE_BUDGET = 30.0, 0.10
NEW_POINTS_A_SECOND = 5_000
BATCHES_A_SECOND = 10


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
    chart.resize(1200, 700)
    chart.show_curves([Curve(f"run {number}", one, number) for number, one in enumerate(series)])
    chart.show()
    while not chart.windowHandle().isExposed():
        QApplication.processEvents()
    return chart


def looked_around(chart: Chart, seconds: float) -> list[float]:
    """The seconds that each frame took while one zooms in and out and moves along."""
    taken, started, frame = [], time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        before = time.perf_counter()
        turns = 120 if frame % 40 < 20 else -120
        at = QPointF(200 + 800 * (frame % 97) / 97, 350)
        wheel = QWheelEvent(
            at, chart.mapToGlobal(at), QPoint(), QPoint(0, turns), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(chart, wheel)
        chart.repaint()
        QApplication.processEvents()
        taken.append(time.perf_counter() - before)
        frame += 1
    return taken


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=6.0)
    given = parser.parse_args()
    with display(), own_home():
        application = QApplication([])
        series = grown(given.runs, given.points)
        chart = chart_of(series)
        frames = looked_around(chart, given.seconds)
        share, rate = core_share(chart, series, given.seconds)
        chart.close()
        del application
    seen = f"{given.points:,} points in {given.runs} runs; slowest frame but 1%: {quantile(frames, 0.99) * 1000:.1f} ms"
    return print_table(
        [
            Row("pan and zoom", len(frames) / sum(frames), "1/s", FRAMES_BUDGET, seen, more_is_better=True),
            Row("points coming in: share of a core", share, "", CORE_BUDGET, f"{rate:,.0f} points/s"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
