"""The fixtures of this folder."""

from tests.engine.packed.conftest import kernel

__all__ = ["kernel"]
