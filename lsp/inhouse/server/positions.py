"""Columns on the wire against characters of a Python string, in the three encodings of the protocol.

Knows lines only: nothing about documents.
"""

from __future__ import annotations

from typing import Literal, cast

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""Python's codec and the bytes of one unit of the protocol."""


def encoding_of(negotiated: object) -> Encoding:
    """The encoding agreed on with the client; the protocol's default is utf-16."""
    name = str(getattr(negotiated, "value", negotiated))
    return cast(Encoding, name) if name in _CODECS else "utf-16"


def content(line: str) -> str:
    """The line without its terminator."""
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


def to_characters(line: str, units: int, encoding: Encoding) -> int:
    """Characters before a column of `units`. Past the end means the end; inside of a character means its start."""
    text = content(line)
    if encoding == "utf-32" or text.isascii():
        return max(0, min(units, len(text)))
    codec, width = _CODECS[encoding]
    return len(text.encode(codec)[: max(0, units) * width].decode(codec, errors="ignore"))


def to_units(line: str, characters: int, encoding: Encoding) -> int:
    """Column, in units of the encoding, of a place that many characters into the line."""
    before = line[:characters]
    if encoding == "utf-32" or before.isascii():
        return len(before)
    codec, width = _CODECS[encoding]
    return len(before.encode(codec)) // width
