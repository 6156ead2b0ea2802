"""Makes each of the protocol's types when it is used first: to make all 554 takes 0.25 s of a processor at each start,
and a session meets some eighty.

It changes nothing of what they are. Where lsprotocol is loaded already, or is not as it was, all are made at once.
"""

from __future__ import annotations

import importlib
import sys
import threading
import typing
from collections.abc import Callable
from typing import Any

import attrs

_TYPES = "lsprotocol.types"
_RESOLVED = "_resolved_forward_references"
"""lsprotocol's note that it has looked through all types for names of others, which would make them all."""

_making = threading.RLock()


def load() -> None:
    """Load lsprotocol so. To be called before anything imports it, once a process; later calls do nothing."""
    if _TYPES in sys.modules:
        return
    at_once: Any = attrs.define
    attrs.define = _define_later(at_once)
    try:
        types = importlib.import_module(_TYPES)
    finally:
        attrs.define = at_once
    hooks = importlib.import_module("lsprotocol._hooks")
    if all(_resolvable(one) for one in types.ALL_TYPES_MAP.values()) and hasattr(hooks, _RESOLVED):
        setattr(hooks, _RESOLVED, True)


def _resolvable(one: object) -> bool:
    """Whether a type of the table is one that is made later, and so looks for the others then, or is no such type."""
    return not isinstance(one, type) or isinstance(vars(one).get("__init__"), _Later) or not attrs.has(one)


class _Later:
    """Stands for an attribute of a class that is not made yet; who looks at it has the class made."""

    def __init__(self, name: str, make: Callable[[], None]) -> None:
        self._name = name
        self._make = make

    def __get__(self, one: object | None, owner: type) -> Any:
        self._make()
        return getattr(owner if one is None else one, self._name)


def _define_later(at_once: Callable[..., Any]) -> Callable[..., Any]:
    """attrs.define, but plain definitions of lsprotocol are noted only.

    An object is made by `__init__` and a class looked through by `__attrs_attrs__`: there is no other way to either.
    """

    def define(cls: type | None = None, **options: Any) -> Any:
        if cls is None or options or cls.__module__ != _TYPES or cls.__bases__ != (object,) or "__init__" in vars(cls):
            return at_once(cls, **options)

        def make() -> None:
            with _making:
                if isinstance(vars(cls).get("__init__"), _Later):
                    cls.__annotations__ = _annotations(cls)
                    at_once(cls, slots=False, init=True)  # without slots it stays the same class, which others hold

        for name in ("__attrs_attrs__", "__init__"):
            setattr(cls, name, _Later(name, make))
        return cls

    return define


def _annotations(cls: type) -> dict[str, Any]:
    """The types of its attributes, with the names of others replaced by these."""
    return typing.get_type_hints(cls, vars(sys.modules[_TYPES])["ALL_TYPES_MAP"], {})
