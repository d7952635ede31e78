"""Text that others wrote, as a terminal may be given it: what would steer the terminal stands there as an escape,
and what is no character (a byte of a name that is not UTF-8) too.
"""

from __future__ import annotations

import re

_BIDI = "\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of what follows, by which a text can look like another."""
_STEERS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}]")
_STEERS_A_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}]")


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Return the text with control characters and marks of direction as ``\u001b``, the form that JSON and TOML read.

    Tabs and ends of lines stay, unless it has to be ``one_line``.
    """
    return (_STEERS_A_LINE if one_line else _STEERS).sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def steers(text: str) -> bool:
    """Return whether the text has characters that ``printable`` would escape on one line."""
    return _STEERS_A_LINE.search(text) is not None
