"""Settings: what was chosen comes back, what is foreign stays, and what is damaged costs nobody their start."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from bigmodel_studio.core.system.settings import SettingsStore, described
from bigmodel_studio.protocol import ModelRef, Sampling


def test_what_was_chosen_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    store = SettingsStore(path)
    store.change(appearance="dark", sampling=Sampling(temperature=0.3, seed=7))
    store.change_session(
        page="train",
        unsent="half a\nsentence “中文”",
        splitters={"chat": (200, 700)},
        models={"chat": ModelRef(source="builtin", id="starter-gpt")},
    )
    again = SettingsStore(path)
    assert again.values == store.values
    assert again.values.session.unsent == "half a\nsentence “中文”"
    assert again.problems == []


def test_a_key_of_another_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('appearance = "dark"\nfrom_the_future = 3\n[session]\npage = "chat"\nzoom = 1.5\n', "utf-8")
    store = SettingsStore(path)
    store.change(appearance="light")
    raw = tomllib.loads(path.read_text("utf-8"))
    assert raw["from_the_future"] == 3
    assert raw["session"]["zoom"] == 1.5
    assert raw["appearance"] == "light"


def test_a_model_chosen_before_there_was_a_precision_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[session.models.chat]\nsource = "hub"\nid = "a/b"\nquantisation = "int8"\n', "utf-8")
    store = SettingsStore(path)
    assert store.values.session.models == {"chat": ModelRef(source="hub", id="a/b", precision="stored")}
    assert store.problems == []


def test_a_value_that_cannot_be_taken_falls_back_alone_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('appearance = "dark"\nthreads = "many"\n', "utf-8")
    store = SettingsStore(path)
    assert (store.values.appearance, store.values.threads) == ("dark", 0)
    assert [(p.code, p.arguments["field"]) for p in store.problems] == [("settings-field", "threads")]


@pytest.mark.parametrize("damage", [b"\x00\x01\x02", b"appearance = ", b"\xff\xfe"])
def test_a_damaged_file_is_kept_beside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(damage)
    store = SettingsStore(path)
    assert store.values.appearance == "system"
    assert store.problems[0].code == "settings-damaged-locked"
    assert Path(str(store.problems[0].arguments["path"])).read_bytes() == damage
    store.change(appearance="dark")
    assert SettingsStore(path).values.appearance == "dark"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = SettingsStore(tmp_path / "file" / "settings.toml")
    store.change(appearance="dark")
    assert store.problems[-1].code in {"settings-unwritable", "settings-unreadable"}
    assert store.values.appearance == "dark"


def test_a_choice_that_there_is_not_is_refused(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.toml")
    with pytest.raises(msgspec.ValidationError):
        store.change(appearance="pink")
    with pytest.raises(msgspec.ValidationError):
        store.change(threads=-1)
    assert store.values.appearance == "system"


def test_the_form_can_be_drawn_from_the_struct() -> None:
    fields = {field.name: field for field in described()}
    assert {"appearance", "language", "threads", "runs_at_once"} <= set(fields)
    assert set(fields["appearance"].choices) == {"system", "light", "dark"}
    assert (fields["threads"].minimum, fields["threads"].maximum, fields["threads"].zero) == (0, 1024, "Automatic")
    assert all(field.label and field.help for field in fields.values())


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("", True),
        ("https://hub.example.org", True),
        ("http://user:word@127.0.0.1:8080/hf", True),
        ("hub.example.org", False),
        ("ftp://hub.example.org", False),
        ("https://", False),
        ("https://hub example.org", False),
        ("https://hub.example.org?key=1", False),
    ],
)
def test_an_address_is_one_or_is_not_taken(tmp_path: Path, address: str, taken: bool) -> None:
    field = next(field for field in described() if field.name == "hub_endpoint")
    assert (field.kind, field.takes(address)) == ("text", taken)
    path = tmp_path / "settings.toml"
    path.write_text(f"hub_endpoint = {address!r}\n", "utf-8")
    store = SettingsStore(path)
    assert store.values.hub_endpoint == (address if taken else "")
    assert [problem.arguments["field"] for problem in store.problems] == ([] if taken else ["hub_endpoint"])
