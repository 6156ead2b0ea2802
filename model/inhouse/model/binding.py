"""llama.cpp's functions, as llama-cpp-python's low-level module gives them, without the rest of that package: its
chat formats, templates and caches take a tenth of a second to load, and nothing here uses them."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["llama_cpp"]

_PACKAGE = "llama_cpp"


def _low_level() -> ModuleType:
    """The module `llama_cpp.llama_cpp`. Whoever imports the package later gets all of it, with this very module."""
    loaded = sys.modules.get(_PACKAGE)
    spec = importlib.util.find_spec(_PACKAGE) if loaded is None else None
    if spec is None:
        return importlib.import_module(f"{_PACKAGE}.llama_cpp")
    sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)  # a package that was not run: its parts can be found
    try:
        return importlib.import_module(f"{_PACKAGE}.llama_cpp")
    finally:
        del sys.modules[_PACKAGE]


if TYPE_CHECKING:
    import llama_cpp
else:
    llama_cpp = _low_level()
