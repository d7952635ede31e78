"""A model of the catalogue as a folder with its config, as everything that builds a structure wants one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bigmodel_studio.core.advice.catalog import Reference


@contextmanager
def folder_of(reference: Reference) -> Iterator[Path]:
    """Yield a folder with the config of a reference, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-reference-") as made:
        folder = Path(made)
        (folder / "config.json").write_text(json.dumps(reference.config), "utf-8")
        yield folder
