"""Every sentence about an error, by code, in one module a subject; knows nothing but text.

``SENTENCES[code]`` is (what happened, the way out), ``str.format`` templates over the arguments of the problem.
"""

from __future__ import annotations

from bigmodel_studio.core.text.sentences import (
    advice,
    data,
    hub,
    images,
    inference,
    models,
    preview,
    runs,
    singular,
    specs,
    system,
    weights,
    window,
)

SENTENCES: dict[str, tuple[str, str]] = {
    **advice.SENTENCES,
    **data.SENTENCES,
    **hub.SENTENCES,
    **images.SENTENCES,
    **inference.SENTENCES,
    **models.SENTENCES,
    **preview.SENTENCES,
    **runs.SENTENCES,
    **singular.SENTENCES,
    **specs.SENTENCES,
    **system.SENTENCES,
    **weights.SENTENCES,
    **window.SENTENCES,
}
