"""Does the Models page stay fluent with 500 models on this computer and 5,000 results of the Hub?

``python benchmarks/models_list.py [--results 5000] [--models 500]``. The window's own page on a real display (Xvfb
where there is none), over a Hub that answers at once. A timer of 5 ms measures how late the event loop comes round
while the models are listed, while results come in page after page, while one scrolls through all of them, and while a
long card is drawn. What pages need was imported before, as the window does while it has nothing to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTableView

from benchmarks.event_loop import Ticks, spend, wait
from benchmarks.measuring import Row, display, own_home, print_table
from bigmodel_studio.client.fake import FakeLane, FakeNetwork
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Done, Event, HubModel, HubPage, HubRepo, LookAtRepo, Request, SearchHub
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.theme import Theme
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.hub import HubView
from bigmodel_studio.ui.pages.models.views.local import LocalView
from bigmodel_studio.ui.window.destinations import OpenOnHub
from bigmodel_studio.ui.window.main_window import MainWindow
from bigmodel_studio.ui.window.studio import Studio
from bigmodel_studio.ui.window.warming import Warming
from tests.hub_caches import cached

WORST_BUDGET_MS, FIRST_BUDGET_MS = 50.0, 100.0
SCREENS = 200
"""Places that are scrolled to, from the first row to the last."""
CARD = "# A card\n\n" + "A paragraph with **bold words**, a [link](https://example.org) and `code`.\n\n" * 900


def hub(results: int) -> Callable[[Request], Iterator[Event]]:
    """A Hub that has so many models."""
    models = tuple(
        HubModel(
            id=f"organisation-{number % 97}/a-model-of-some-name-{number}",
            task="text-generation",
            library="transformers",
            licence="apache-2.0",
            parameters=1_000_000 * (number + 1),
            bytes=2_000_000 * (number + 1),
            downloads=10_000_000 - number,
            likes=number,
            updated=1.7e9,
            gated=number % 5 == 0,
        )
        for number in range(results)
    )

    def answer(request: Request) -> Iterator[Event]:
        if isinstance(request, SearchHub):
            start = int(request.after or 0)
            end = start + request.limit
            yield Done(result=HubPage(models=models[start:end], next=str(end) if end < results else ""))
        elif isinstance(request, LookAtRepo):
            model = next(model for model in models if model.id == request.id)
            yield Done(result=HubRepo(model=model, revision="a" * 40, card=CARD, files=(), needed_bytes=0))
        else:
            yield Done()

    return answer


def gaps(name: str, act: Callable[[], object], done: Callable[[], object], budget_ms: float = WORST_BUDGET_MS) -> Row:
    """The worst gap from before ``act`` until shortly after ``done``."""
    ticks = Ticks()
    spend(0.2)
    QTimer.singleShot(0, act)
    spend(0.05)
    wait(done, name)
    spend(0.3)
    ticks.stop()
    own = max(ticks.own) * 1000
    return Row(f"{name}: worst gap", max(ticks.gaps) * 1000, "ms", budget_ms, f"{own:.0f} ms of it at work")


def scrolled(table: QTableView) -> tuple[Callable[[], object], Callable[[], bool]]:
    """To scroll from the first row to the last, a place at a time; and whether that has been done."""
    bar, timer = table.verticalScrollBar(), QTimer(table, interval=10)
    at = iter(range(SCREENS + 1))

    def step() -> None:
        place = next(at, None)
        if place is None:
            timer.stop()
        else:
            bar.setValue(bar.maximum() * place // SCREENS)

    timer.timeout.connect(step)
    return timer.start, lambda: not timer.isActive()


def run(results: int, models: int, cache: Path) -> list[Row]:
    for number in range(models):
        cached(cache, f"local/model-{number:04d}")
    application = QApplication.instance() or QApplication([*sys.argv[:1], "-style", "fusion"])
    assert isinstance(application, QApplication)
    i18n.install(application, "en")
    network, lane = FakeNetwork(hub(results)), FakeLane(hub(results))
    library, runs = LibraryWatcher(), RunWatcher(deferred=True)
    studio = Studio(settings=SettingsStore(), interactive=lane, library=library, runs=runs, network=network)
    window = MainWindow(studio, Theme(application, "light"))
    window.resize(1440, 900)
    window.show_page("models")
    page = window.pages["models"]
    assert isinstance(page, ModelsPage)
    window.show()
    warming = Warming()
    warming.start()
    wait(lambda: warming.done, "what the pages need to be imported")
    local = page.view("local")
    assert isinstance(local, LocalView)
    rows = [gaps(f"{models} models are listed", library.refresh, lambda: local.model.rowCount() >= models)]
    rows.append(gaps("scrolling through them", *scrolled(local.table)))
    showing, shown = partial(page.open, OpenOnHub()), lambda: "hub" in page.views
    rows.append(gaps("first showing of the Hub", showing, shown, FIRST_BUDGET_MS))
    view = page.view("hub")
    assert isinstance(view, HubView)
    bar, to_the_end = view.table.verticalScrollBar(), QTimer(interval=5)
    to_the_end.timeout.connect(lambda: bar.setValue(bar.maximum()))
    view.empty.button.click()
    rows.append(gaps(f"{results} results come in", to_the_end.start, lambda: view.model.rowCount() == results))
    to_the_end.stop()
    rows.append(gaps("scrolling through those", *scrolled(view.table)))
    rows.append(gaps("the library changes meanwhile", library.changed.emit, lambda: True))
    view.table.selectRow(7)
    rows.append(
        gaps("a card of 70,000 characters", view.details.card.more.click, lambda: not view.details.card.drawing)
    )
    window.close()
    warming.close()
    library.close()
    runs.close()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=int, default=5000)
    parser.add_argument("--models", type=int, default=500)
    options = parser.parse_args()
    with display(), own_home() as home:
        os.environ["HF_HUB_CACHE"] = str(home / "hub")
        return print_table(run(options.results, options.models, home / "hub"))


if __name__ == "__main__":
    raise SystemExit(main())
