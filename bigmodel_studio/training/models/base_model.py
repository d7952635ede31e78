"""The model of a folder that is to be trained on: looked at first, by its config and its weights' headers, and loaded
when the data is known to be of use.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers

from bigmodel_studio.core.models.folder import architecture_of, context_length_of, kind_of
from bigmodel_studio.core.models.headers import is_own
from bigmodel_studio.core.runs import manifest
from bigmodel_studio.core.specs.objectives import QLORA
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.models.checks import check_folder
from bigmodel_studio.engine.models.matching import refuse_oversized
from bigmodel_studio.protocol import ModelKind
from bigmodel_studio.training.loop.checkpoint import has_adapter
from bigmodel_studio.training.models.packed_base import load_packed_base

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class BaseModel:
    """A folder's model, before its weights are loaded. Raises ``StudioError`` with the reason why it cannot be used.

    Transformers' model classes take seconds to import: they are needed to load it, and to see what is wrong with a
    stranger's. ``kinds`` may be trained on as ``wanted``; ``others`` says what to choose instead; ``auto_class`` names
    what loads it, where it is not to be the folder's own class but one that has less.
    """

    def __init__(
        self, folder: Path, kinds: Sequence[ModelKind], wanted: ModelKind, others: str, auto_class: str = ""
    ) -> None:
        manifest.verify_model(folder)
        config, weights = check_folder(folder)
        self.folder, self.kind, self.architecture = folder, kind_of(config), architecture_of(config)
        if self.kind not in kinds:
            raise StudioError("kind-wrong", model=str(folder), kind=self.kind, wanted=wanted, others=others)
        self._weights, self._named_class = weights, auto_class
        self._config = loading.load_config(folder)
        self._is_known = is_own(folder)
        if not self._is_known:
            _ = self._structure  # what is wrong with it is said now

    @cached_property
    def _auto_class(self) -> Any:
        named = self._named_class
        return getattr(transformers, named) if named else loading.auto_class_of(self.kind, self.folder)

    @cached_property
    def _structure(self) -> PreTrainedModel:
        structure = loading.build_on_meta(self.folder, self._auto_class)
        refuse_oversized(structure, self._weights)
        return structure

    def context(self, wanted: int) -> int:
        """Return how many tokens are read at once: as many as are wanted, and no more than the model knows."""
        return min(wanted, context_length_of(self._config.get_text_config().to_dict()) or wanted)

    @property
    def takes_token_types(self) -> bool:
        """Whether it is told which of two texts each token is of (Devlin et al. 2018, segment embeddings)."""
        return int(getattr(self._config, "type_vocab_size", 0) or 0) > 1

    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Return its tokenizer. Raises ``StudioError`` as ``load_tokenizer``, or "vocabulary-mismatch"."""
        tokenizer = loading.load_tokenizer(self.folder, self.folder.name)
        rows = self._known_tokens()
        if len(tokenizer) > rows:
            raise StudioError("vocabulary-mismatch", tokens=len(tokenizer), known=rows)
        return tokenizer

    def _known_tokens(self) -> int:
        """Return how many tokens have an embedding: of a model that this application made, as its config says."""
        if self._is_known:
            return int(self._config.get_text_config().vocab_size)
        embeddings: Any = self._structure.get_input_embeddings()
        return int(embeddings.weight.shape[0])

    def load(self, *, packed: bool = False) -> PreTrainedModel:
        """Return the model, in float32 to be trained; ``packed``: its linear layers frozen in 4 bits, beside adapters.

        Raises ``StudioError`` with the reason why not.
        """
        structure = self._structure
        if packed:
            return load_packed_base(self.folder, self._weights.files, structure)
        return loading.load_model(self.folder, self.kind, torch.float32, self._auto_class)


def packs(method: str, checkpoint: Path | None) -> bool:
    """Return whether a training begins with a base in 4 bits: by QLoRA, and not with what adapters were added to."""
    return method == QLORA and (checkpoint is None or not has_adapter(checkpoint))


def causal_model(folder: Path) -> BaseModel:
    """Return one that continues text."""
    return BaseModel(folder, ("causal-lm",), "causal-lm", "Choose a language model.")


def picture_model(folder: Path) -> BaseModel:
    """Return a picture classifier."""
    return BaseModel(folder, ("image-classifier",), "image-classifier", "Choose an image classifier.")
