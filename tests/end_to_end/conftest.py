"""The fixtures of this folder."""

from tests.small_models import causal_folders, picture_folder

__all__ = ["causal_folders", "picture_folder"]
