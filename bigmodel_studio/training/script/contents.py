"""Script contents for each objective, in one table: its module, its settings, and the arrays that it draws from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.training.data.masking import IGNORED
from bigmodel_studio.training.objectives import Batch
from bigmodel_studio.training.objectives.causal_lm import CausalLM
from bigmodel_studio.training.objectives.chat import Chat
from bigmodel_studio.training.objectives.classify_images import ClassifyImages
from bigmodel_studio.training.objectives.classify_text import ClassifyText
from bigmodel_studio.training.objectives.masked_lm import MaskedLM
from bigmodel_studio.training.objectives.preference import Preference
from bigmodel_studio.training.objectives.tag import Tag
from bigmodel_studio.training.script.composing import Settings


def _as_it_is(batch: Batch) -> Batch:
    return batch


class Content(NamedTuple):
    """``part`` is the module of ``script.parts``; ``batch`` gives an objective's batch the names of the script's."""

    part: str
    settings: Settings
    arrays: dict[str, NDArray[Any]]
    batch: Callable[[Batch], Batch] = _as_it_is


def _causal_lm(made: CausalLM, spec: RunSpec) -> Content:
    def batch(of: Batch) -> Batch:
        return {"input_ids": of["tokens"][:, :-1], "labels": of["tokens"][:, 1:]}

    return Content("causal_lm", {"CONTEXT": made.context}, {"tokens": made.tokens.train}, batch)


def _chat(made: Chat, spec: RunSpec) -> Content:
    def batch(of: Batch) -> Batch:
        labels = torch.where(of["learnt"] == 1, of["tokens"], IGNORED)
        return {"input_ids": of["tokens"][:, :-1], "labels": labels[:, 1:]}

    data = made.data.train
    arrays = {"tokens": data.tokens, "learnt": data.learnt, "starts": data.starts}
    return Content("chat", _padding(made.tokenizer), arrays, batch)


def _preference(made: Preference, spec: RunSpec) -> Content:
    def batch(of: Batch) -> Batch:
        labels = torch.where(of["learnt"] == 1, of["tokens"], IGNORED)
        pairs = {"input_ids": of["tokens"][..., :-1], "labels": labels[..., 1:]}
        return {**pairs, "reference": of["reference"]}

    data = made.data.train
    arrays = {"tokens": data.tokens, "learnt": data.learnt, "starts": data.starts}
    settings = {**_padding(made.tokenizer), "BETA": spec.method.beta}
    return Content("preference", settings, {**arrays, "reference": made.training_reference()}, batch)


def _masked_lm(made: MaskedLM, spec: RunSpec) -> Content:
    masking, data = made.masking, made.data.train
    settings = {
        "CONTEXT": made.context,
        "PAIRS": spec.masking.next_sentence,
        "SHARE": masking.share,
        "WHOLE_WORDS": masking.whole_words,
        "CLS": masking.first,
        "SEP": masking.between,
        "PAD": masking.padding,
        "MASK": masking.mask,
    }
    arrays = {
        "tokens": data.tokens,
        "sentences": data.sentences,
        "documents": data.documents,
        "openings": data.openings,
        "ordinary": masking.ordinary,
        "continues": masking.continues,
    }
    return Content("masked_lm", settings, arrays)


def _classify_text(made: ClassifyText, spec: RunSpec) -> Content:
    types = made.encoded.types
    settings = {**_padding(made.tokenizer), "LABEL_SMOOTHING": spec.method.label_smoothing}
    arrays = _texts(made) | made.targets.arrays(made.train) | ({} if types is None else {"types": types})
    part = "classify_text"
    if made.several_classes:
        part, settings["CLASSES"] = "several_classes", len(made.labels)
    return Content(part, {**settings, "TOKEN_TYPES": types is not None}, arrays)


def _tag(made: Tag, spec: RunSpec) -> Content:
    return Content(
        "tag",
        {**_padding(made.tokenizer), "LABEL_SMOOTHING": 0.0, "TOKEN_TYPES": False},
        {**_texts(made), "labels": np.array(made.training_labels(), dtype=np.int64)},
    )


def _classify_images(made: ClassifyImages, spec: RunSpec) -> Content:
    picture_input = made.input
    settings = {
        "HEIGHT": picture_input.height,
        "WIDTH": picture_input.width,
        "SMALLEST_CROP": spec.data.smallest_crop,
        "FLIP": spec.data.flip,
        "MIXUP": spec.data.mixup,
        "LABEL_SMOOTHING": spec.method.label_smoothing,
        "SCALE_OF_BYTES": picture_input.scale,
        "SHIFT_OF_BYTES": picture_input.shift,
        "BLUE_FIRST": picture_input.flipped,
        "CHANNELS_LAST": True,
    }
    return Content("classify_images", settings, made.data.train.arrays())


CONTENTS: dict[str, Callable[[Any, RunSpec], Content]] = {
    "causal-lm": _causal_lm,
    "chat": _chat,
    "preference": _preference,
    "masked-lm": _masked_lm,
    "classify-text": _classify_text,
    "tag": _tag,
    "classify-images": _classify_images,
}


def _padding(tokenizer: Any) -> Settings:
    return {"PADDING": tokenizer.pad_token_id if isinstance(tokenizer.pad_token_id, int) else 0}


def _texts(made: ClassifyText | Tag) -> dict[str, NDArray[Any]]:
    return {"tokens": made.encoded.ids, "starts": made.encoded.starts}
