"""How long from the start of the process until the window can be used? Beside it: an empty Qt window, same measure.

``python benchmarks/startup.py [--pairs 7]``. The whole start is measured, as ``python -m bigmodel_studio`` makes it.
Usable means shown by the display, painted, and the event loop has come round once more, so that what waits for the
first paint (the engine's start, the threads) has been set going as well. Pairs are interleaved; the median counts, and
the spread is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import REPOSITORY, Row, display, own_home, print_table

BUDGET_S = 0.5
HEAVY = ("torch", "transformers", "numpy", "huggingface_hub")

MEASURE = """
def measure(application, window):
    from PySide6.QtCore import QTimer
    def look():
        QTimer.singleShot(*((0, say) if window.windowHandle().isExposed() else (1, look)))
    def say():
        import json, os, sys, time
        said = {"seconds": time.monotonic() - float(os.environ["STARTED"]), "modules": list(sys.modules)}
        print(json.dumps(said), flush=True)
        window.close()
    QTimer.singleShot(0, look)
    return application.exec()
"""
STUDIO = """
from bigmodel_studio import app
app.Application.run = lambda studio: measure(studio.application, studio.window)
app.main([])
"""
EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1280, 800)
window.show()
measure(application, window)
"""


def start(code: str) -> tuple[float, set[str]]:
    """Start a process with that code; seconds until it is usable, and the packages that it had imported by then."""
    environment = {**os.environ, "STARTED": str(time.monotonic())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as a user's start is: modules compiled the first time only
    command = [sys.executable, "-c", MEASURE + code]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode != 0 or not done.stdout.strip():
        raise SystemExit(f"error: the window did not start\n{done.stderr}")
    said = json.loads(done.stdout.splitlines()[-1])
    return float(said["seconds"]), {name.partition(".")[0] for name in said["modules"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    with display(), own_home():
        start(STUDIO)  # warm: compiled modules and the disk's cache
        start(EMPTY)
        taken: dict[str, list[float]] = {"studio": [], "empty": []}
        for _ in range(pairs):
            seconds, modules = start(STUDIO)
            taken["studio"].append(seconds)
            taken["empty"].append(start(EMPTY)[0])
    studio, empty = (statistics.median(taken[name]) for name in ("studio", "empty"))
    spread = f"{min(taken['studio']):.3f} to {max(taken['studio']):.3f} s over {pairs} pairs"
    heavy = sorted(modules & set(HEAVY))
    return print_table(
        [
            Row("process start to a usable window", studio, "s", BUDGET_S, spread),
            Row("the same for an empty Qt window", empty, "s"),
            Row("ratio", studio / empty, "×"),
            Row("heavy packages imported by then", len(heavy), "", 0, ", ".join(heavy)),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
