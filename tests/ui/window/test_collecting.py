"""Cycles of widgets are collected on the window's thread, whoever makes objects meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.window.collecting import Collector


class Cycle(QWidget):
    """A widget that nothing but the collector can find to be gone."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def usual_collecting() -> Iterator[None]:
    """As an interpreter starts, with more eagerness."""
    thresholds = gc.get_threshold()
    gc.set_threshold(50, 2, 2)
    gc.enable()
    yield
    gc.disable()
    gc.set_threshold(*thresholds)


def busy(ending: threading.Event) -> None:
    while not ending.is_set():
        _ = [[number] for number in range(1000)]


def test_widgets_are_collected_on_the_windows_thread(qtbot: QtBot, usual_collecting: None) -> None:
    collector = Collector()
    collector.start()
    ending, where = threading.Event(), set()
    thread = threading.Thread(target=busy, args=(ending,))
    thread.start()
    try:
        gone = 0

        def note(_: object) -> None:
            nonlocal gone
            gone += 1
            where.add(threading.current_thread())

        kept = []
        for _ in range(200):
            kept.append(weakref.ref(Cycle(), note))
            QApplication.processEvents()
        qtbot.waitUntil(lambda: gone > 100, timeout=20_000)
    finally:
        ending.set()
        thread.join()
        collector.close()
    assert where == {threading.main_thread()}
    assert gc.isenabled()


def test_what_runs_beside_it_would_have_collected_them(usual_collecting: None) -> None:
    """The reason for it: the interpreter's own way destroys things wherever an object is made."""
    where = set()

    class Thing:
        pass

    thing = Thing()
    thing.__dict__["itself"] = thing
    kept = weakref.ref(thing, lambda _: where.add(threading.current_thread()))
    del thing
    gc.disable()

    def make() -> None:
        gc.enable()
        _ = [[number] for number in range(10_000)]

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert kept() is None
    assert where == {thread}
