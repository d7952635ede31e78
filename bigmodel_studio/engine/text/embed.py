"""The task that makes a vector of each text, and says how alike the texts are.

The vector is made of the body's last hidden states as the folder says (``pooling``), else their mean over the text's
tokens, and is as long as 1 (Reimers & Gurevych 2019); so that the cosine of two is their product. What was trained for
it (a sentence encoder) is good at it; the body of any other model that reads gives vectors too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.masked_lm import each, encoded, reader
from bigmodel_studio.engine.text.pooling import Pooling, pooling_of
from bigmodel_studio.protocol import Done, Embedded, EmbedTexts, Event, Similarities


def embed_texts(request: EmbedTexts, session: Session) -> Iterator[Event]:
    """Yield one ``Embedded`` a text; one that is empty or too long carries its error. Ends with all
    ``Similarities``.
    """
    loaded = yield from session.load(request.model)
    tokenizer = reader(loaded, EmbedTexts)

    pooling = pooling_of(loaded.folder)

    def answer(text: str) -> Embedded:
        given = encoded(loaded, tokenizer, text.lower() if pooling.lower else text, most=pooling.most_tokens)
        vector = _vectors(loaded, given, pooling)[0].tolist()
        return Embedded(text=text, vector=tuple(vector), tokens=int(given["attention_mask"].sum()))

    vectors: list[tuple[float, ...]] = []
    for event in each(request.texts, answer, lambda text, error: Embedded(text=text, error=error)):
        if isinstance(event, Embedded):
            vectors.append(event.vector)
        yield event
    yield Done(result=Similarities(cosines=cosines(vectors)))


def cosines(vectors: Sequence[tuple[float, ...]]) -> tuple[tuple[float | None, ...], ...]:
    """Return the product of each two vectors of length 1 [texts, texts]; None where one of them is empty."""
    places = [place for place, vector in enumerate(vectors) if vector]
    table: list[list[float | None]] = [[None] * len(vectors) for _ in vectors]
    whole = torch.tensor([vectors[place] for place in places])
    for row, values in zip(places, (whole @ whole.mT).tolist() if places else (), strict=True):
        for column, value in zip(places, values, strict=True):
            table[row][column] = value
    return tuple(map(tuple, table))


def _vectors(loaded: LoadedModel, given: Any, pooling: Pooling) -> torch.Tensor:
    """Return [texts, width], each of length 1, float32; of models that compare texts with pictures, the text's."""
    projected: Any = getattr(loaded.model, "get_text_features", None)
    if projected is not None:
        found: Any = projected(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        features: torch.Tensor = getattr(found, "pooler_output", found)
        return F.normalize(features.float(), dim=-1)
    if getattr(loaded.model, "main_input_name", "input_ids") != "input_ids":
        raise StudioError("embed-no-text", model=loaded.facts.name)
    return pooling.vectors(loaded.model.base_model(**given).last_hidden_state, given["attention_mask"])
