"""Does the window stay fluent while a run trains and a chat streams, and what memory does it take?

``python benchmarks/event_loop.py [--seconds 40] [--points 100000] [--model FILE]``. What the first showing of each page
costs comes first, once the window has had a few seconds for itself. A real window on a real display (Xvfb where there
is none), the real engine and a real run, on whatever cores there are. A timer of 5 ms measures how late the event loop
comes round, for half the time with the chat in front and for half with the live curve. Beside it, at the same time, a
process with nothing but such a timer: what the machine itself takes away. With ``--model`` nothing trains: that model
streams its replies in the chat, on all cores.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer, Slot

from benchmarks.measuring import Row, display, memory_mb, own_home, print_table, quantile
from bigmodel_studio.app import Application
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, ScheduleSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.protocol import ModelRef, Sampling
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.window.destinations import OpenRun, UseModel

TICK_MS = 5
P99_BUDGET_MS, WORST_BUDGET_MS, MEMORY_BUDGET_MB = 25.0, 100.0, 160.0
PATIENCE_S = 600.0
PROMPT = "Tell me a long story about a red boat and a blue bird."

BARE = """
import json, sys, time
from PySide6.QtCore import QCoreApplication, Qt, QTimer
application = QCoreApplication([])
ticks = []
timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
timer.start()
QTimer.singleShot(int(float(sys.argv[1]) * 1000), application.quit)
application.exec()
print(json.dumps([later - earlier for earlier, later in zip(ticks, ticks[1:])]))
"""


class Ticks(QObject):
    """The gaps between the ticks of a timer, and the processor time that this process used in each, in seconds.

    All its threads count: one that holds the interpreter keeps the window waiting as well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.own: list[float] = []
        self._last = (time.perf_counter(), time.process_time())
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        now, used = time.perf_counter(), time.process_time()
        self.gaps.append(now - self._last[0])
        self.own.append(used - self._last[1])
        self._last = (now, used)

    def stop(self) -> None:
        self._timer.stop()


def wait(done: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
    """Let the event loop run until ``done``. Raises ``SystemExit`` when that takes too long."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"error: waited {seconds:.0f} s for {what}")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.005)


def spend(seconds: float) -> None:
    """Run the event loop as the application does, for that long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


# ---------------------------------------------------------------------------------------------- the work behind


@contextlib.contextmanager
def training(name: str, steps: int, layers: int, width: int, threads: int = 2) -> Iterator[RunFolder]:
    """A run on the bundled stories, in its own process, stopped at the end."""
    spec = RunSpec(
        name=name,
        data=DataSpec(train=(str(paths.samples() / "stories.txt"),)),
        model=ModelSpec(layers=layers, heads=4, width=width, context=128, tokenizer="train:512"),
        schedule=ScheduleSpec(steps=steps, batch=8, evaluate_every=100, checkpoint_every=min(steps, 1000)),
        launch=LaunchSpec(threads=threads),
    )
    run = launch.create_run(spec)
    pid = launch.start_run(run)
    try:
        yield run
    finally:
        if launch.exit_status(pid) is None:
            run.ask("stop")
            launch.exit_status(pid, wait_s=60.0)


def trained_model() -> ModelRef:
    """A model that has learnt nothing much in a few steps: it talks without end, which is what is wanted here."""
    with training("a-talker", steps=4, layers=2, width=64, threads=1) as run:
        wait(lambda: run.state_now() in ("finished", "failed"), "the first run to finish")
        if run.state_now() == "failed":
            raise SystemExit(f"error: the first run failed: {run.status().message}")
    return ModelRef(source="run", id=run.name)


def old_run(points: int) -> str:
    """The folder of a finished run with that many records, made here."""
    folder = paths.runs() / "a-long-one"
    folder.mkdir()
    lines = (
        json.dumps({"step": step, "time": float(step), "loss": 6.0 / step**0.3 + (step * 7919 % 97) / 500})
        for step in range(1, points + 1)
    )
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    write_atomic(
        folder / "status.json", dump_status(RunStatus(state="finished", step=points, steps=points, started=1.0))
    )
    write_atomic(folder / "spec.toml", write_spec(RunSpec(name=folder.name, data=DataSpec(train=("x",)))).encode())
    return folder.name


# ---------------------------------------------------------------------------------------------- the window before it


class Talker(QObject):
    """Asks the next thing as soon as the chat is free, so that a reply always streams."""

    def __init__(self, page: ChatPage) -> None:
        super().__init__()
        self.page = page
        self.replies = 0
        page.sampling.set_value(Sampling(max_new_tokens=2000, temperature=1.0))
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._ask)
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        if not self.page.talk.busy:
            self.page.composer.sent.emit(PROMPT)
            self.replies += 1

    def stop(self) -> None:
        self._timer.stop()
        self.page.talk.stop()


def measure(seconds: float) -> Ticks:
    ticks = Ticks()
    spend(seconds)
    ticks.stop()
    return ticks


def worst_of(name: str, ticks: Ticks) -> Row:
    worst = max(range(len(ticks.gaps)), key=ticks.gaps.__getitem__)
    own = f"of it {ticks.own[worst] * 1000:.1f} ms the window's process at work; {len(ticks.gaps)} turns"
    return Row(f"{name}: worst gap", ticks.gaps[worst] * 1000, "ms", WORST_BUDGET_MS, own)


def rows_of(name: str, ticks: Ticks) -> list[Row]:
    return [
        Row(f"{name}: p99 gap", quantile(ticks.gaps, 0.99) * 1000, "ms", P99_BUDGET_MS),
        worst_of(name, ticks),
        Row(f"{name}: most work of the process in a gap", max(ticks.own) * 1000, "ms"),
    ]


def run(seconds: float, points: int) -> list[Row]:
    """The whole measurement; the rows of its table."""
    model = trained_model()
    old = old_run(points)
    studio = Application([])
    try:
        with training("a-live-one", steps=1_000_000, layers=4, width=128) as live:
            return watched(studio, model, old, live, seconds)
    finally:
        studio.window.close()
        studio.close()


def first_showings(studio: Application) -> list[Row]:
    """Show each page that was not shown yet, by a timer as a click would, and see how long the loop stands still."""
    rows = []
    for page in (page for page in PAGES if page not in studio.window.pages):
        ticks = Ticks()
        QTimer.singleShot(50, studio.window, partial(studio.window.show_page, page))
        spend(1.5)
        ticks.stop()
        rows.append(worst_of(f"first showing of the page {page}", ticks))
    return rows


def watched(studio: Application, model: ModelRef, old: str, live: RunFolder, seconds: float) -> list[Row]:
    window = studio.window
    window.open(UseModel("chat", model))
    page = window.pages["chat"]
    assert isinstance(page, ChatPage)
    wait(lambda: studio.library.find(model) is not None, "the model to be listed")
    wait(lambda: live.status().step > 5, "the run to train")
    talker = Talker(page)
    wait(lambda: studio.studio.facts is not None and page.talk.busy, "the chat to stream")
    wait(lambda: studio.warming.done, "what the pages need to be imported")
    rows = first_showings(studio)
    bare = subprocess.Popen([sys.executable, "-c", BARE, str(seconds)], stdout=subprocess.PIPE, text=True)
    window.show_page("chat")
    chat = measure(seconds / 2)
    rows += rows_of("chat in front", chat)
    window.open(OpenRun(live.name))
    rows += rows_of("curve in front", measure(seconds / 2))
    machine: list[float] = json.loads(bare.communicate()[0])
    steps, replies = live.status().step, talker.replies
    talker.stop()
    window.open(OpenRun(old))
    spend(3.0)
    memory = memory_mb()
    return [
        *rows,
        Row("a bare timer meanwhile: p99 gap", quantile(machine, 0.99) * 1000, "ms"),
        Row("a bare timer meanwhile: worst gap", max(machine) * 1000, "ms", None, f"{steps} steps, {replies} replies"),
        Row(
            "window's memory, resident", memory.get("Rss", 0.0), "MB", MEMORY_BUDGET_MB, "a curve of many points shown"
        ),
        Row("window's memory, its share (PSS)", memory.get("Pss", 0.0), "MB"),
        Row("torch in the window's process", float("torch" in sys.modules), "", 0),
    ]


def beside_a_model(model: Path, seconds: float) -> list[Row]:
    """The rows of a window in whose chat that model streams, decoded by the kernels."""
    compiling.wait_until_ready()
    studio = Application([])
    try:
        ref = ModelRef(source="local", id=str(model))
        studio.window.open(UseModel("chat", ref))
        page = studio.window.pages["chat"]
        assert isinstance(page, ChatPage)
        wait(lambda: studio.studio.facts is not None and studio.studio.facts.model == ref, "the model to be loaded")
        wait(lambda: studio.warming.done, "what the pages need to be imported")
        talker = Talker(page)
        wait(lambda: page.talk.busy and bool(page.transcript.views), "the chat to stream")
        spend(5.0)
        rows = rows_of(f"{model.stem} streams in the chat", measure(seconds))
        talker.stop()
        facts = studio.studio.facts
        reference = facts is None or facts.reference is not None
        return [*rows, Row("computed by the reference", float(reference), "", 0)]
    finally:
        studio.window.close()
        studio.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--model", type=Path, help="a GGUF file or a folder that streams in the chat")
    options = parser.parse_args()
    with display(), own_home():
        if options.model is not None:
            return print_table(beside_a_model(options.model.absolute(), options.seconds))
        return print_table(run(options.seconds, options.points))


if __name__ == "__main__":
    raise SystemExit(main())
