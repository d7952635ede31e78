"""The fixtures of this folder."""

from tests.small_models import causal_folders

__all__ = ["causal_folders"]
