"""A look at tables before torch is imported, which takes seconds: for those that a preview would refuse whole.

What is said is what the preview would say, in the same words. Nothing here imports torch or transformers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bigmodel_studio.core.data import labelled_texts
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.faults import readable
from bigmodel_studio.core.data.labelled_tables import Labelled
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import DataPreview
from bigmodel_studio.training.preview.findings import Noted


def refused_tables(spec: RunSpec, step: int) -> DataPreview | None:
    """Return the preview of training tables of which no row can be used, or all rows have one class; None where there
    are rows to look at.

    Raises ``StudioError`` where the model that the spec names cannot be found.
    """
    if TRAINABLE[spec.objective].data != "labelled":
        return None
    resolve_spec(spec).base_folder()
    data, noted = spec.data, Noted()
    columns = Columns(data.text_column, data.label_column, data.pair_column, data.multi_label)
    try:
        with readable():
            label = _only_class(labelled_texts.labelled_in(data.train, columns, noted))
            if label is None or (label and not isinstance(data.evaluation, float | int)):
                return None
            if label:
                noted.refuse(StudioError("data-one-class", label=label))
    except StudioError as error:
        noted.refuse(error)
    if not noted.any:
        noted.refuse(StudioError("data-empty", path=", ".join(data.train)))
    return DataPreview(objective=spec.objective, step=step, examples=(), findings=tuple(noted.by_weight()))


def _only_class(rows: Iterator[Labelled]) -> str | None:
    """Return the class that all rows have, "" where there are none; None where they have others, or are many."""
    label = ""
    for each in itertools.islice(rows, labelled_texts.MOST_CHECKED):
        if each.several is not None or label not in ("", each.label):
            return None
        label = each.label
    return label if next(rows, None) is None else None
