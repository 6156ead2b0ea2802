"""How words stand in source lines: behind a dot, before a bracket, how deep. Told from the characters around them.

Looks at many pieces of text at once, with numpy; knows no language and keeps nothing.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.context.terms import words

Marks = NDArray[np.int64]
"""One number for each word of a text, in order: what number_of() and the other functions take apart."""

DOT, CALL, KEYWORD, CODE = 1, 2, 4, 8
"""Behind a dot; before a bracket; before a single `=` (an argument's name); one of these or otherwise no prose."""

_NO_LETTER = re.compile(r"(?![^\W\d])[^\x00-\x7f]")

_LF = 10
_OTHER = 128
"""Stands for all letters beyond ASCII."""

_EMPTY = (-2 - _LF) << 10
"""The head of an empty line."""


def _table(characters: str, *, beyond: bool = False) -> NDArray[np.bool_]:
    table = np.zeros(_OTHER + 1, dtype=np.bool_)
    table[[ord(one) for one in characters]] = True
    table[_OTHER] = beyond
    return table


_LETTERS = "".join(chr(code) for code in range(128) if chr(code).isalpha()) + "_"
_WORD = _table(_LETTERS + "0123456789", beyond=True)
_LETTER = _table(_LETTERS, beyond=True)
_UPPER = _table("ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_BLANK = _table(" \t\n")
_OPENING = _table("([{@*!&-")
_ASSIGNING = _table("=+-")


def marks(texts: Sequence[str], number: Callable[[str], int]) -> list[Marks]:
    """The words of each text (at most 255 lines) as terms.words() finds them; number gives each word its own."""
    return read(texts, number)[0]


def read(texts: Sequence[str], number: Callable[[str], int]) -> tuple[list[Marks], list[Marks]]:
    """The words of each text as marks() gives them, and the head of each of its lines: see first_of()."""
    text = "\n".join(texts)
    codes = _codes(text if text.isascii() else _NO_LETTER.sub(_stand_in, text))
    starts, ends = _spans(codes)
    breaks = np.flatnonzero(codes == _LF)
    line = breaks.searchsorted(starts)
    first_lines = np.cumsum([0, *(one.count("\n") + 1 for one in texts)])
    indents, remark, first = _lines(codes, breaks)
    numbers = np.array(list(map(number, words(text))), dtype=np.int64)
    of_text = first_lines.searchsorted(line, side="right") - 1
    shape = _shapes(codes, starts, ends)
    shape[remark[line]] &= ~CODE
    found: Marks = numbers << 24 | indents[line] << 16 | (line - first_lines[of_text]) << 8 | shape
    borders = of_text.searchsorted(np.arange(len(texts) + 1))
    heads = _begins(codes, first, starts, numbers) << 10 | indents << 2 | remark << 1 | 1
    heads[first < 0] = _EMPTY
    return _cut(found, borders), _cut(heads, first_lines)


def _cut(found: Marks, borders: Marks) -> list[Marks]:
    return [found[start:end] for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True)]


def _begins(codes: NDArray[np.uint8], first: Marks, starts: Marks, numbers: Marks) -> Marks:
    """What each line begins with."""
    signs = -2 - codes[first].astype(np.int64)
    if not len(starts):
        return signs
    word = starts.searchsorted(first).clip(max=len(starts) - 1)
    return np.where(starts[word] == first, numbers[word], signs)


def head_of(first: int) -> int:
    """The head of a line of which nothing is known."""
    return first << 10


def first_of(heads: Marks) -> Marks:
    """What lines begin with: the number of a word, or what sign_of() gives."""
    return heads >> 10


def sign_of(line: str) -> int:
    """What a line begins with that begins with no word."""
    return -2 - (min(ord(line[0]), _OTHER) if line else _LF)


def depth_of(heads: Marks) -> Marks:
    """How many blanks the lines begin with, at most 255."""
    return heads >> 2 & 255


def is_remark(heads: Marks) -> NDArray[np.bool_]:
    """Whether lines are remarks."""
    return (heads & 2) > 0


def is_filled(heads: Marks) -> NDArray[np.bool_]:
    """Whether anything stands in lines."""
    return (heads & 1) > 0


def number_of(found: Marks) -> Marks:
    """The words' own numbers."""
    return found >> 24


def indent_of(found: Marks) -> Marks:
    """How many blanks their lines begin with, at most 255."""
    return found >> 16 & 255


def line_of(found: Marks) -> Marks:
    """Their lines in the text, from 0."""
    return found >> 8 & 255


def _stand_in(found: re.Match[str]) -> str:
    """For what is no letter beyond ASCII: a digit for a digit of any script, else a blank."""
    return "0" if found[0].isalnum() else " "


def _codes(text: str) -> NDArray[np.uint8]:
    """A byte for each character, with two blanks behind."""
    if text.isascii():
        return np.frombuffer(f"{text}  ".encode("ascii"), dtype=np.uint8)
    wide = np.frombuffer(f"{text}  ".encode("utf-32-le", "replace"), dtype=np.uint32)
    return np.minimum(wide, _OTHER).astype(np.uint8)


def _spans(codes: NDArray[np.uint8]) -> tuple[Marks, Marks]:
    """Where words of two or more characters begin, at their first letter, and end."""
    inside = np.concatenate(([False], _WORD[codes]))  # the blank at the end closes the last one
    borders = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = borders[::2], borders[1::2]
    letters = np.concatenate((np.flatnonzero(_LETTER[codes]), [len(codes)]))
    starts = letters[letters.searchsorted(starts)]
    real = ends - starts >= 2
    return starts[real], ends[real]


def _lines(codes: NDArray[np.uint8], breaks: Marks) -> tuple[Marks, NDArray[np.bool_], Marks]:
    """The indentation of every line, whether it is a remark, and where it begins, -1 where nothing stands in it."""
    begins = np.concatenate(([0], breaks + 1))
    filled = np.concatenate((np.flatnonzero(~_BLANK[codes]), [len(codes) - 2]))
    first = filled[filled.searchsorted(begins).clip(max=len(filled) - 1)]
    sign = codes[first]
    remark = (sign == ord("#")) | (sign == ord("*")) | ((sign == ord("/")) & (codes[first + 1] == ord("/")))
    heads = (first - begins).clip(0, 255), remark
    return *heads, np.where(first < np.concatenate((breaks, [len(codes) - 2])), first, -1)


def _shapes(codes: NDArray[np.uint8], starts: Marks, ends: Marks) -> Marks:
    before = codes[starts - 1]  # of the first one the blank at the end
    after, next_one = codes[ends], codes[ends + 1]
    capitals = np.concatenate(([0], np.cumsum(_UPPER[codes])))
    dot = before == ord(".")
    call = after == ord("(")
    keyword = (after == ord("=")) & (next_one != ord("="))
    code = dot | call | keyword | _OPENING[before]
    code |= (after == ord("[")) | (after == ord(":")) | ((after == ord(".")) & ~_BLANK[next_one])
    code |= ((after == ord(",")) & (before == ord(" "))) | ((after == ord(" ")) & _ASSIGNING[next_one])
    code |= capitals[ends] > capitals[starts + 1]
    found: Marks = dot * DOT | call * CALL | keyword * KEYWORD | code * CODE
    return found
