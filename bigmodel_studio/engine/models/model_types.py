"""Which kinds of model transformers can build, by the names that configs give them, without importing it.

Importing transformers takes a second of a processor. Its tables of names stand in two of its modules as plain text;
where they are not found there, as after a change of theirs, it is imported and asked.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path

CIFAR_RESNET = "studio-cifar-resnet"
"""The kind that ``engine.models.cifar_resnet`` adds to transformers'."""
_TABLES = ("models/auto/auto_mappings.py", "models/auto/configuration_auto.py")
_ENTRY = re.compile(r'"([\w.-]+)"\s*[:,]\s*"\w+Config"')
_FEWEST = 100


def is_known(model_type: str) -> bool:
    """Return whether transformers, or this application, has a model of that type."""
    if model_type == CIFAR_RESNET:
        return True
    names = _names() if "transformers" not in sys.modules else frozenset()
    return model_type in names if names else _asked(model_type)


def version() -> str:
    """Return the version of transformers that is installed."""
    return metadata.version("transformers")


def _asked(model_type: str) -> bool:
    import transformers

    return model_type in transformers.CONFIG_MAPPING


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Read the names from transformers' source; none where it does not look as expected."""
    found = importlib.util.find_spec("transformers")
    if found is None or found.origin is None:
        return frozenset()
    package = Path(found.origin).parent
    try:
        texts = [(package / table).read_text("utf-8") for table in _TABLES if (package / table).is_file()]
    except (OSError, UnicodeDecodeError):
        return frozenset()
    names = frozenset(name for text in texts for name in _ENTRY.findall(text))
    return names if len(names) > _FEWEST else frozenset()
