"""What the index knows of a file: its definitions and its imports. Data only; outline.py reads them from a text."""

import re
from dataclasses import dataclass
from typing import NamedTuple


class Symbol(NamedTuple):
    """One definition: lines count from 1; the signature is on one line, without body.

    A tuple, for a query that opens files has thousands of them made: frozen dataclasses take four times as long.
    """

    name: str
    kind: str
    scope: str
    line: int
    end_line: int
    signature: str
    doc: str = ""
    bases: str = ""
    arity: int = -1

    @property
    def qualified(self) -> str:
        """Scope and name with dots between."""
        return f"{self.scope}.{self.name}" if self.scope else self.name


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `from module import name as alias`; name is "" for the module itself, "*" for all."""

    module: str
    name: str = ""
    alias: str = ""
    line: int = 0
    exported: bool = False
    """Passed on to others: `export {name} from` (not seen in the file itself), `pub use`."""

    @property
    def local(self) -> str:
        """The name that the importing file sees."""
        return self.alias or self.name or _last_part(self.module)


_VERSION = re.compile(r"/v\d+$|\.v\d+$")


def _last_part(module: str) -> str:
    """What a module is called where it is imported as a whole: `yaml` for Go's gopkg.in/yaml.v3."""
    if "/" in module:
        return _VERSION.sub("", module).rpartition("/")[2]
    return module.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's definitions and imports, both in the order of the text."""

    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    package: str = ""


def tops(found: Outline) -> list[Symbol]:
    """The definitions that stand in no class, function or table of the file: on their own or in a namespace."""
    holders = {symbol.qualified for symbol in found.symbols}
    return [symbol for symbol in found.symbols if not symbol.scope or symbol.scope not in holders]


MIXED_IN = "+"
"""Begins the bases of a class that are not all: those in its head count as well."""
