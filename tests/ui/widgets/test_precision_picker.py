"""Precisions in the picker: what each takes and gives, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.precisions import choices_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef, Precision, Speed
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from tests.small_models import causal_folders

__all__ = ["causal_folders"]

NAMES: dict[str, Precision] = {"As stored (float32)": "stored", "8 bits": "8-bit", "4 bits": "4-bit"}


@pytest.fixture
def watcher(qtbot: QtBot, causal_folders: dict[str, Path]) -> Iterator[LibraryWatcher]:
    library.remember(causal_folders["llama"])
    made = LibraryWatcher()
    made.refresh()
    qtbot.waitUntil(lambda: made.ready)
    yield made
    made.close()


def rows(picker: ModelPicker) -> dict[str, QAction]:
    """The precisions that the menu shows, by what it says of them."""
    menu = picker.menu()
    menu.aboutToShow.emit()
    actions = menu.actions()
    start = next(place for place, action in enumerate(actions) if action.isSeparator() and action.text() == "Precision")
    return {action.text().replace("\t", " | "): action for action in actions[start + 1 : -2]}


def test_precisions_are_offered_with_bytes_and_the_rate_that_was_measured(
    qtbot: QtBot, watcher: LibraryWatcher, causal_folders: dict[str, Path]
) -> None:
    picker = ModelPicker(watcher, ("causal-lm",))
    qtbot.addWidget(picker)
    picker.choose(ModelRef(source="local", id=str(causal_folders["llama"])))
    record = picker.record()
    assert record is not None
    sizes = {choice.precision: choice.size for choice in choices_of(record)}
    assert sizes["4-bit"].bytes < sizes["8-bit"].bytes < sizes["stored"].bytes
    said = rows(picker)
    assert list(said) == [
        f"{name} | {numbers.size(sizes[key].bytes)} · speed not measured" for name, key in NAMES.items()
    ]
    assert [action.isChecked() for action in said.values()] == [True, False, False]

    device_speed.keep(
        Speed(
            device="cpu", dtype="float32", flops_per_s=1e9, bytes_per_s=1e9, measured=1.0, idle=True,
            read_bytes_per_s=100.0 * sizes["4-bit"].read_bytes, machine=device_speed.machine(),
        )
    )  # fmt: skip
    said = rows(picker)
    four = next(action for words, action in said.items() if words.startswith("4 bits"))
    assert four.text().endswith("up to 100 tokens/s")
    chosen: list[ModelRef] = []
    picker.chosen.connect(chosen.append)
    four.trigger()
    assert [ref.precision for ref in chosen] == ["4-bit"]
    assert picker.accessibleName().endswith(f"4-bit · {numbers.size(sizes['4-bit'].bytes)}")
    assert [action.isChecked() for action in rows(picker).values()] == [False, False, True]
    checked = [action.data() for action in picker.menu().actions() if action.isChecked()]
    assert checked == [chosen[0], chosen[0]], "the model and its precision"


def test_a_model_without_a_fast_path_says_so_and_trainings_offer_none(
    qtbot: QtBot, causal_folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bigmodel_studio.core.models.precisions.FAST_FAMILIES", frozenset())
    library.remember(causal_folders["llama"])
    watcher = LibraryWatcher()
    watcher.refresh()
    qtbot.waitUntil(lambda: watcher.ready)
    picker, to_train = ModelPicker(watcher, ("causal-lm",)), ModelPicker(watcher, ("causal-lm",), to_train=True)
    for each in (picker, to_train):
        qtbot.addWidget(each)
        each.choose(ModelRef(source="local", id=str(causal_folders["llama"])))
    assert [(words, action.isEnabled()) for words, action in rows(picker).items()] == [
        ("No fast path for this model; it runs on transformers", False)
    ]
    to_train.menu().aboutToShow.emit()
    assert not [action for action in to_train.menu().actions() if action.text() == "Precision"]
    watcher.close()
