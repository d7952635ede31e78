"""The curves of the monitor: named series over seconds, of the last stretch of time only. Knows nothing of widgets."""

from __future__ import annotations

import numpy as np

from bigmodel_studio.ui.plots.series import Series

SPAN_S = 300.0
"""How much of the past is shown."""
KEPT_POINTS = 2048
"""When a series is longer, what lies before the span is let go of."""
GAP_S = 30.0
"""Points that lie further apart are not joined: nobody looked in between."""


class History:
    """Points come in order of time. A value of None is a gap."""

    def __init__(self, span_s: float = SPAN_S) -> None:
        self.span_s = span_s
        self.last = 0.0
        """The time of the newest points, in seconds since 1970."""
        self._series: dict[str, Series] = {}

    def add(self, time: float, values: dict[str, float | None]) -> None:
        """Add a point to each of these series."""
        if self.last and time - self.last > GAP_S:
            self._add_to_all((self.last + time) / 2)
        self.last = max(time, self.last)
        for name, value in values.items():
            series = self._series.setdefault(name, Series())
            series.append(np.array([self.last]), [value])
            if len(series) > KEPT_POINTS:
                self._series[name] = _since(series, self.last - self.span_s)

    def series(self, name: str) -> Series:
        """Return the series of that name, empty where nothing came yet."""
        return self._series.get(name) or Series()

    def has_values(self, name: str) -> bool:
        """Return whether there is any value in what is shown of a series."""
        series = self.series(name)
        return series.extent(self.last - self.span_s, self.last) is not None

    def _add_to_all(self, time: float) -> None:
        for series in self._series.values():
            series.append(np.array([time]), [None])


def _since(series: Series, time: float) -> Series:
    kept = Series()
    newest = series.steps >= time
    kept.append(series.steps[newest], series.values[newest])
    return kept
