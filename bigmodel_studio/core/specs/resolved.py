"""A spec with what its names mean, made once where a spec enters: the form, the command line, the start of a run.

Nothing after that parses the base model's name again, and nothing else does it. Knows nothing of torch.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from bigmodel_studio.core.models.library import parse_model, resolve
from bigmodel_studio.core.specs.objectives import SCRATCH, TRAINABLE
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef

LEARNT = "train:"
"""What the name of a tokenizer begins with that is learnt from the data."""


class ResolvedSpec(msgspec.Struct, frozen=True):
    """A checked spec, its paths absolute, and the models that it names.

    ``base`` is None from scratch, ``tokenizer`` None where it is learnt or the base model's own. Both are None where a
    training begins with a checkpoint, for which they may be gone (``resolve_spec``).
    """

    spec: RunSpec
    base: ModelRef | None = None
    tokenizer: ModelRef | None = None

    def base_folder(self) -> Path | None:
        """Return the folder that has the base model now. Raises ``StudioError`` as ``library.resolve``."""
        return None if self.base is None else resolve(self.base)

    def needed_base_folder(self) -> Path:
        """Return the base model's folder, where it cannot be done from scratch. Raises also "base-needed"."""
        folder = self.base_folder()
        if folder is None:
            raise StudioError("base-needed", objective=self.spec.objective)
        return folder

    def tokenizer_folder(self) -> Path | None:
        """Return the folder that has the tokenizer now. Raises ``StudioError`` as ``library.resolve``."""
        return None if self.tokenizer is None else resolve(self.tokenizer)


def resolve_spec(spec: RunSpec, checkpoint: Path | None = None) -> ResolvedSpec:
    """Parse the names of models in a checked spec whose paths are absolute.

    Nothing is looked up where the training begins with a ``checkpoint``, which has everything.
    Raises ``StudioError`` as ``library.parse_model``.
    """
    if checkpoint is not None:
        return ResolvedSpec(spec)
    model = spec.model
    if model.base != SCRATCH:
        return ResolvedSpec(spec, base=parse_model(model.base))
    if TRAINABLE[spec.objective].data == "text" and not model.tokenizer.startswith(LEARNT):
        return ResolvedSpec(spec, tokenizer=parse_model(model.tokenizer))
    return ResolvedSpec(spec)
