"""The languages in which the editors offer suggestions: those that the server reads, by the editors' own names.

Rewrites the places that list them: VS Code's manifest, Neovim's options, and the configurations in docs/editors.md.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from inhouse.context.languages import LANGUAGES

_IDS = {"tsx": ("typescriptreact",), "javascript": ("javascript", "javascriptreact")}
"""Where the protocol's ids are other ones than the server's names, or more."""
_FILETYPES = {"csharp": "cs"}
"""Where Vim's file types are others than the protocol's ids."""


def ids() -> list[str]:
    """The languages as the protocol names them."""
    return sorted(name for language in LANGUAGES for name in _IDS.get(language, (language,)))


def filetypes() -> list[str]:
    """The languages as Vim names them."""
    return sorted(_FILETYPES.get(name, name) for name in ids())


def into_manifest(whole: dict[str, Any]) -> None:
    """VS Code's manifest: what the extension wakes up for, and the default of its setting."""
    others = [event for event in whole["activationEvents"] if not event.startswith("onLanguage:")]
    whole["activationEvents"] = [*(f"onLanguage:{name}" for name in ids()), *others]
    section = next(part for part in whole["contributes"]["configuration"] if part["title"] == "Editor")
    section["properties"]["inhouse.languages"]["default"] = ids()


def in_options(old: str) -> str:
    """Neovim's options with the default of `filetypes`."""
    lines = "".join(f"    '{name}',\n" for name in filetypes())
    return _once(r"(?<=  filetypes = \{\n)[^}]*(?=  \},\n)", lambda _: lines, old)


def in_document(old: str) -> str:
    """docs/editors.md with the lists of both configurations."""
    lua = _filled([f"'{name}'," for name in filetypes()], 4)
    lisp = _filled([f'"{name}"' for name in ids()], _LISP_COLUMN).lstrip()
    old = _once(r"(?<=  filetypes = \{\n)[^}]*(?=  \},\n)", lambda _: f"{lua}\n", old)
    return _once(r"(?<=\(lsp-activate-on )[^)]*", lambda _: lisp, old)


_LISP_COLUMN = len("                    :activation-fn (lsp-activate-on ")


def _filled(words: Sequence[str], column: int) -> str:
    return textwrap.fill(" ".join(words), 110, initial_indent=" " * column, subsequent_indent=" " * column)


def _once(pattern: str, put: Callable[[re.Match[str]], str], text: str) -> str:
    new, count = re.subn(pattern, put, text)
    assert count == 1, f"{pattern} is there {count} times"
    return new
