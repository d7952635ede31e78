"""The task that says texts in other words, with models that read one text and write another: summaries, translations.

How it searches is the model's own ``generation_config`` (beams, penalties, the first token), by transformers' own
``generate``. A model that was trained with instructions (T5: "summarize: ", Raffel et al. 2020) has them in its
config.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from transformers import GenerationConfig

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import failed
from bigmodel_studio.engine.generation.beams import Search
from bigmodel_studio.engine.generation.detokenizer import decode
from bigmodel_studio.engine.generation.generate import end_tokens
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.masked_lm import check_text, encoded, reader
from bigmodel_studio.protocol import Done, Event, Progress, Rewrite, RewritePurpose, Rewritten


def rewrite(request: Rewrite, session: Session) -> Iterator[Event]:
    """Yield one ``Rewritten`` a text; one that is empty or too long carries its error."""
    loaded = yield from session.load(request.model)
    tokenizer = reader(loaded, Rewrite)
    prefix = prefix_of(loaded.model.config, request.purpose, request.to)
    config = config_of(loaded.model.generation_config, request)
    total = len(request.texts)
    for number, text in enumerate(request.texts):
        yield Progress(what="reading", done=number, total=total)
        search = Search()
        try:
            check_text(text)
            given = encoded(loaded, tokenizer, prefix + text)
            given.pop("token_type_ids", None)
            with closing(search.under_way(loaded, given, config)) as under_way:
                for steps in under_way:
                    yield Progress(what="reading", done=number + min(steps / request.max_new_tokens, 1.0), total=total)
        except Exception as error:  # of this text: the next may do
            yield Rewritten(text=text, prefix=prefix, error=failed(error).problem)
            continue
        new = [id_ for id_ in search.found[1:] if id_ not in end_tokens(config)]
        yield Rewritten(text=text, output=decode(tokenizer, new).strip(), prefix=prefix, tokens=len(new))
    yield Done()


def prefix_of(config: Any, purpose: RewritePurpose, to: str) -> str:
    """Return the instruction before the text: "" where it was trained for one thing.

    Raises ``StudioError`` "language-unknown" where it does not translate into that language.
    """
    params: dict[str, Any] = getattr(config, "task_specific_params", None) or {}
    if purpose == "summarize":
        return str(params.get("summarization", {}).get("prefix", ""))
    languages = {name.rpartition("_")[2]: it for name, it in params.items() if name.startswith("translation_")}
    if to and to not in languages:
        raise StudioError("language-unknown", to=to, known=", ".join(languages) or "–")
    chosen: dict[str, Any] = languages.get(to) or next(iter(languages.values()), {})
    return str(chosen.get("prefix", ""))


def config_of(own: GenerationConfig | None, request: Rewrite) -> GenerationConfig:
    """Return the model's own way to search, as long as is asked for, and always for the most probable text."""
    config = copy.deepcopy(own) if own is not None else GenerationConfig()
    config.max_length = None  # the other bound counts
    config.max_new_tokens = request.max_new_tokens
    config.do_sample = False
    if request.beams is not None:
        config.num_beams = request.beams
    return config
