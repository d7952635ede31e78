"""The compiled kernels, once for all tests, and kept between runs of the tests: compiling takes many seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.engine.packed import compiling


@pytest.fixture(scope="session")
def kernel(repository: Path) -> Callable[..., Any]:
    """The interpreter of programs."""
    return compiling.kernels(repository / "build" / "test-kernels" / compiling.key())
