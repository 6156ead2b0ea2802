"""Characters that a screen does not show, but obeys: terminal escapes, other control characters, changes of direction.

A project's names and contents may hold them to deceive who reads a suggestion, a terminal or a log.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Joiners (U+200C, U+200D) are left: some scripts and emoji are not written without them."""


def has_hidden(text: str) -> bool:
    """Whether something in a text would not be seen for what it is; tabs and line ends would."""
    return _HIDDEN.search(text) is not None


def printable(text: str) -> str:
    """The text with U+FFFD for each hidden character; no column changes by it."""
    return _HIDDEN.sub("\ufffd", text)
