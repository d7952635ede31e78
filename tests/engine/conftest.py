"""The fixtures of this folder."""

from tests.small_models import causal_folders, gpt_folder, picture_folder, session

__all__ = ["causal_folders", "gpt_folder", "picture_folder", "session"]
