"""What the editors do with an item, told in Python: when VS Code draws it, and what each of them puts into the file.

The rule of VS Code is that of its own computeGhostText and inlineCompletionIsVisible, written down anew; run_visible.sh
holds it against the originals, from the package monaco-editor, and against real Neovims.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

DIFFED_UNITS = 5000
"""VS Code compares no longer texts."""

_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@dataclass(frozen=True, slots=True)
class Line:
    """The cursor's line in UTF-16 units, one character each, as JavaScript has it."""

    text: str
    cursor: int
    selected: str | None = None
    selected_start: int = 0


def utf16(text: str) -> str:
    """The text with one character for each UTF-16 unit."""
    wire = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(wire[at : at + 2], "little")) for at in range(0, len(wire), 2))


def vscode_draws(line: Line, text: str, start: int, end: int) -> bool:
    """Whether VS Code shows the item as ghost text at the cursor; columns and texts in UTF-16 units."""
    if line.selected is not None and not (start == line.selected_start and text.startswith(line.selected)):
        return False
    old = line.text[start:end]
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(old, text, strict=False)))
    old, rest, at = old[same:], text[same:], start + same
    if not (old or rest) or at > len(line.text):
        return False
    if not _is_found_in_order(line, old, rest, at):
        return False
    return _is_inserted_only(line, old, rest, at)


def _is_found_in_order(line: Line, old: str, rest: str, at: int) -> bool:
    """inlineCompletionIsVisible: what stands behind the cursor occurs in the new text, in any case of letters."""
    typed = max(0, line.cursor - at)
    old_before, old_after, new_before, new_after = old[:typed], old[typed:], rest[:typed], rest[typed:]
    if at <= len(line.text) - len(line.text.lstrip()):
        old_before, new_before = old_before.lstrip(), new_before.lstrip()
        old_after = old_after if old_before else old_after.lstrip()
        new_after = new_after if new_before else new_after.lstrip()
    return new_before.startswith(old_before) and _in_order(old_after.lower(), new_after.lower())


def _is_inserted_only(line: Line, old: str, rest: str, at: int) -> bool:
    """computeGhostText in its mode subwordSmart: nothing deleted, nothing inserted before the cursor."""
    indentation = len(line.text) - len(line.text.lstrip())
    if at <= indentation:
        replaced = line.text[at:indentation]
        kept = rest[len(replaced) :] if rest.startswith(replaced) else rest.lstrip()
        shift = min(len(replaced), len(old))
        old, rest, at = old[shift:], kept, at + shift
    if max(len(old), len(rest)) > DIFFED_UNITS:
        return False
    # What is inserted before the cursor would show there only if replaced text is left before it.
    return at >= line.cursor and rest != old and _in_order(old, rest)


def _in_order(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


def applied(line: str, text: str, start: int, end: int, encoding: str) -> str:
    """The line after the item was put in, as an editor does that speaks this encoding. Columns in its units."""
    codec, width = _CODECS[encoding]
    wire = line.encode(codec)
    head, tail = wire[: start * width], wire[end * width :]
    return head.decode(codec) + text + tail.decode(codec)
