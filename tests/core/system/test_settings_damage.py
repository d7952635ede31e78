"""A damaged settings file: it costs what is damaged alone, and never unlocks the network."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from bigmodel_studio.core.system import network
from bigmodel_studio.core.system.settings import Settings, SettingsStore
from bigmodel_studio.protocol import ModelRef, Sampling


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def _written(path: Path, *, offline: bool = True) -> bytes:
    store = SettingsStore(path)
    store.change(offline=offline, appearance="dark", trash_days=30, sampling=Sampling(temperature=0.5, top_k=7))
    store.change_session(
        models={"chat": ModelRef(source="local", id="/models/tiny"), "text": ModelRef(source="hub", id="a/b")},
        unsent="half a thought\nand another",
        splitters={"chat": (200, 600)},
    )
    return path.read_bytes()


def _is_locked_now_and_later(path: Path) -> bool:
    first, again = SettingsStore(path), SettingsStore(path)
    return network.is_locked(first.values) and network.is_locked(again.values)


def test_a_flipped_bit_never_unlocks_the_network(path: Path) -> None:
    data, chance = _written(path), random.Random(1)
    unlocked = []
    for _ in range(150):
        damaged = bytearray(data)
        place, bit = chance.randrange(len(data)), chance.randrange(8)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        if not _is_locked_now_and_later(path):
            unlocked.append((place, bit))
    assert unlocked == []


def test_a_file_cut_anywhere_never_unlocks_the_network(path: Path) -> None:
    data = _written(path)
    unlocked = []
    for length in range(0, len(data), 5):
        path.write_bytes(data[:length])
        if not _is_locked_now_and_later(path):
            unlocked.append(length)
    assert unlocked == []


@pytest.mark.parametrize(
    "damage",
    [b"", b"\x00" * 4096, b"\xff\xfe" * 100, b"[[[[", b"offline = 1\n", b'offline = "yes"\n', b"offline = [" * 5000],
    ids=["empty", "zeros", "no-text", "no-toml", "number", "text", "deep"],
)
def test_what_cannot_be_read_locks_the_network(path: Path, damage: bytes) -> None:
    path.write_bytes(damage)
    assert _is_locked_now_and_later(path)
    store = SettingsStore(path)
    store.change(offline=False)
    assert not SettingsStore(path).values.offline


@pytest.mark.skipif(sys.platform == "win32", reason="links and folders are refused otherwise")
def test_a_file_that_cannot_be_opened_locks_the_network(path: Path) -> None:
    path.mkdir()
    store = SettingsStore(path)
    assert store.values.offline
    assert [problem.code for problem in store.problems] == ["settings-unreadable"]


def test_a_user_without_settings_is_online(path: Path) -> None:
    assert not SettingsStore(path).values.offline
    path.write_text('appearance = "dark"\n', "utf-8")
    assert not SettingsStore(path).values.offline


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("trash_days = 30", "trash_days = -1", {"trash_days": 7}),
        ('appearance = "dark"', 'appearance = "pink"', {"appearance": "system"}),
        ("trash_days = 30", "trash_days = = 30", {"trash_days": 7}),
        ("top_k = 7", 'top_k = "many"', {"sampling": Sampling(temperature=0.5)}),
        ('source = "hub"', 'source = "moon"', {}),
    ],
)
def test_one_invalid_field_costs_that_field_only(
    path: Path, before: str, after: str, expected: dict[str, object]
) -> None:
    text = _written(path, offline=False).decode()
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    store = SettingsStore(path)
    wanted: dict[str, object] = {
        "appearance": "dark",
        "trash_days": 30,
        "offline": False,
        "sampling": Sampling(temperature=0.5, top_k=7),
    } | expected
    assert {name: getattr(store.values, name) for name in wanted} == wanted
    assert store.values.session.unsent == "half a thought\nand another"
    assert store.values.session.models["chat"] == ModelRef(source="local", id="/models/tiny")
    assert len(store.problems) == 1
    if not expected:
        assert set(store.values.session.models) == {"chat"}
        assert store.problems[0].arguments["field"] == "session.models.text"


def test_the_damaged_file_is_kept(path: Path) -> None:
    damaged = _written(path) + b"\n= what\n"
    path.write_bytes(damaged)
    store = SettingsStore(path)
    assert store.values.appearance == "dark"
    assert store.problems[0].code == "settings-damaged"
    assert Path(str(store.problems[0].arguments["path"])).read_bytes() == damaged
    assert SettingsStore(path).problems == []


def test_defaults_hold_where_there_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = SettingsStore(tmp_path / "file" / "settings.toml")
    assert store.values == Settings()
    assert os.path.isfile(tmp_path / "file")
