"""Mined conventions as bytes for the index, and back."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from inhouse.context.conventions.deprecated import Deprecated
from inhouse.context.conventions.giants import Giant
from inhouse.context.conventions.habit import Habit
from inhouse.context.conventions.report import Conventions, Witness
from inhouse.context.conventions.wrappers import Wrapper

VERSION = 9
"""Counts up when mining finds something else in the same files: what an older program remembered is mined anew."""

T = TypeVar("T")


def pack(found: Conventions) -> bytes:
    """The conventions with all their evidence."""
    return zlib.compress(json.dumps(found.to_json(), ensure_ascii=False).encode("utf-8", "replace"))


def unpack(data: bytes) -> Conventions:
    """What pack() was given; raises ValueError for anything else."""
    try:
        held: dict[str, Any] = json.loads(zlib.decompress(data))
        return Conventions(
            tuple(_each(Wrapper, held["wrappers"])),
            tuple(_each(Giant, held["giants"])),
            tuple(_each(Deprecated, held["deprecated"])),
            tuple(_each(Habit, held["habits"])),
            int(held["files"]),
            str(held["problem"]),
            tuple(_each(Witness, held["card"])),
        )
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"no conventions: {error}") from error


def _each(kind: type[T], entries: Iterable[Mapping[str, Any]]) -> Iterable[T]:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    for entry in entries:
        yield kind(**{name: _frozen(value) for name, value in entry.items() if name in names})


def _frozen(value: Any) -> Any:
    return tuple(cast("Iterable[Any]", value)) if isinstance(value, list) else value
