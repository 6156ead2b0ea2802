"""What the project calls deprecated, asked while context is gathered: such code is shown last.

By file and qualified name, not by line: files change more often than conventions are mined.
"""

from collections.abc import Callable, Iterable

from inhouse.context.conventions.deprecated import Deprecated
from inhouse.context.outline import Outline, Symbol
from inhouse.context.store import FileRow


class Old:
    """The deprecated definitions of one state of the conventions."""

    def __init__(self, found: Iterable[Deprecated] = ()) -> None:
        self._by_path: dict[str, set[str]] = {}
        names: set[str] = set()
        for item in found:
            self._by_path.setdefault(item.path, set()).add(item.name)
            if "." not in item.name:  # a method's name can be another class's as well
                names.add(item.name)
        self.names = frozenset(names)
        """The deprecated functions, classes and constants by their plain names."""

    def is_old(self, path: str, symbol: Symbol) -> bool:
        """Whether a definition is deprecated, itself or with the class around it."""
        held = self._by_path.get(path)
        return held is not None and (symbol.qualified in held or symbol.scope in held)

    def within(self, path: str, first: int, last: int, outline_of: Callable[[FileRow], Outline], row: FileRow) -> bool:
        """Whether some of a file's lines belong to a deprecated definition."""
        if path not in self._by_path:
            return False
        symbols = (symbol for symbol in outline_of(row).symbols if symbol.line <= last and symbol.end_line >= first)
        return any(self.is_old(path, symbol) for symbol in symbols)
