"""Other users cannot read what is in the home, and processes that use no network do not get its tokens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bigmodel_studio.client.lane import LANES
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.system import network, privacy
from bigmodel_studio.core.system.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the profile's folder is private already")

TOKENS = {"HF_TOKEN": "hf_secret", "HUGGING_FACE_HUB_TOKEN": "hf_secret"}


def _mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


@pytest.fixture
def old_home(home: Path) -> Path:
    """A home as an older version left it."""
    before = os.umask(0o022)
    for name in ("settings.toml", "conversations.sqlite3", "runs/one/status.json", "logs/window.log", "notes.txt"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("private")
    home.chmod(0o755)
    os.umask(before)
    return home


def test_an_open_home_is_closed_with_what_is_ours_in_it(old_home: Path) -> None:
    link = old_home / "runs" / "elsewhere"
    outside = old_home.parent / "outside.txt"
    outside.write_text("not ours")
    outside.chmod(0o644)
    link.symlink_to(outside)
    privacy.correct(old_home)
    assert _mode(old_home) == "700"
    for name in ("runs", "runs/one", "logs"):
        assert _mode(old_home / name) == "700", name
    for name in ("settings.toml", "conversations.sqlite3", "runs/one/status.json", "logs/window.log"):
        assert _mode(old_home / name) == "600", name
    assert _mode(old_home / "notes.txt") == "644"
    assert _mode(outside) == "644"


def test_a_file_in_a_closed_home_is_corrected_too(old_home: Path) -> None:
    old_home.chmod(0o700)
    privacy.correct(old_home)
    assert _mode(old_home / "settings.toml") == "600"
    assert _mode(old_home / "logs" / "window.log") == "600"


def test_the_users_own_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    privacy.correct(tmp_path)
    assert _mode(tmp_path) == "755"


def test_a_command_makes_private_files_and_corrects_others(old_home: Path, repository: Path) -> None:
    command = [sys.executable, "-m", "bigmodel_studio", "runs"]
    environment = {**os.environ, "BIGMODEL_STUDIO_HOME": str(old_home)}
    done = subprocess.run(command, cwd=repository, env=environment, umask=0o022, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = [path for path in old_home.rglob("*") if path.name != "notes.txt"]
    assert len(ours) >= 6
    assert {path.name: _mode(path) for path in ours if _mode(path) not in ("600", "700")} == {}
    assert _mode(old_home) == "700"


def test_what_the_hubs_cache_holds_is_made_as_the_user_makes_files(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o027)
    monkeypatch.delenv("BIGMODEL_STUDIO_UMASK", raising=False)
    try:
        privacy.begin()
        assert os.umask(0o077) == 0o077
        privacy.share_as_the_user_does()
        assert os.umask(before) == 0o027
    finally:
        os.umask(before)
        os.environ.pop("BIGMODEL_STUDIO_UMASK", None)


def test_tokens_go_only_to_processes_that_may_use_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for lane in LANES.values():
        if lane.environment == network.OFFLINE:
            assert not TOKENS.keys() & network.child_environment(lane.environment).keys()
    assert not TOKENS.keys() & launch._environment().keys()
    online = network.child_environment(network.environment_of(Settings()))
    assert {name: online[name] for name in TOKENS} == TOKENS
    locked = network.child_environment(network.environment_of(Settings(offline=True)))
    assert not TOKENS.keys() & locked.keys()


def test_no_process_is_started_with_the_whole_environment(repository: Path) -> None:
    """Every environment that a module hands to a process comes from ``network.child_environment``."""
    whole = [
        str(path.relative_to(repository))
        for path in (repository / "bigmodel_studio").rglob("*.py")
        if "**os.environ" in path.read_text("utf-8") and path.name != "network.py"
    ]
    assert whole == []
