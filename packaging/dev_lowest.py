"""The lowest version of every package that pyproject.toml allows, as constraints for pip: are its ranges true?

torch is left out: its lowest build is not on every index, so set-up's pin holds for it as ever. What these packages
themselves need is left to pip. Standard library only.
"""

from __future__ import annotations

import re

LEFT_OUT = ("torch", "big-model-studio")
_RANGE = re.compile(r"^\s*([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*([0-9][0-9A-Za-z.]*)")


def lowest_versions(pyproject: str) -> list[str]:
    """``name==version`` for each requirement in the text of a pyproject.toml, by name.

    Raises ``ValueError`` for one that has no lowest version.
    """
    import tomllib

    project = tomllib.loads(pyproject)["project"]
    requirements = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    pins = {}
    for requirement in requirements:
        name = re.split(r"[\[<>=!~; ]", requirement.strip(), maxsplit=1)[0]
        if name in LEFT_OUT:
            continue
        found = _RANGE.match(requirement)
        if found is None:
            raise ValueError("{} has no lowest version in pyproject.toml".format(requirement))
        pins[found[1]] = found[2]
    return ["{}=={}".format(name, pins[name]) for name in sorted(pins)]
