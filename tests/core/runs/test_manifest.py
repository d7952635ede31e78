"""A checkpoint with a flipped byte is not loaded, wherever the byte is; one that is whole is hashed once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bigmodel_studio.core.runs import manifest
from bigmodel_studio.core.runs.run_folder import MANIFEST
from bigmodel_studio.core.text.messages import StudioError


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "step-10"
    folder.mkdir()
    for name, size in (("model.safetensors", 3000), ("config.json", 200), ("trainer.safetensors", 500)):
        (folder / name).write_bytes(random.Random(name).randbytes(size))
    manifest.seal(folder)
    return folder


def test_every_flipped_bit_of_the_weights_and_the_config_is_detected(checkpoint: Path) -> None:
    manifest.verify_model(checkpoint)
    for name in ("model.safetensors", "config.json"):
        whole = (checkpoint / name).read_bytes()
        for at in range(0, len(whole), 97):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << at % 8
            (checkpoint / name).write_bytes(flipped)
            with pytest.raises(StudioError, match=rf"checkpoint .*{name} is damaged"):
                manifest.verify_model(checkpoint)
        (checkpoint / name).write_bytes(whole)
    manifest.verify_model(checkpoint)


def test_a_flipped_bit_of_the_manifest_is_detected_where_it_says_something_of_the_model(checkpoint: Path) -> None:
    path = checkpoint / MANIFEST
    whole = path.read_bytes()
    for key in (b'"files"', b"model.safetensors", b'"sha256": "', b'"bytes": '):
        at = whole.index(key) + len(key) - (0 if key.endswith((b" ", b': "')) else 2)
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        with pytest.raises(StudioError, match="damaged"):
            manifest.verify_model(checkpoint)
    path.write_bytes(b'{"schema": 1, "files": {}}')
    with pytest.raises(StudioError, match="damaged"):
        manifest.verify_model(checkpoint)


def test_a_file_is_hashed_once_in_each_state_and_the_trainers_not_at_all(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    own = manifest._hash

    def noted(path: Path) -> str:
        hashed.append(path.name)
        return own(path)

    monkeypatch.setattr(manifest, "_hash", noted)
    for _ in range(3):
        manifest.verify_model(checkpoint)
    assert sorted(hashed) == ["config.json", "model.safetensors"]


def test_a_folder_without_a_manifest_is_no_checkpoint(tmp_path: Path) -> None:
    manifest.verify_model(tmp_path)
