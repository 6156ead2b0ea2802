"""One project: its index, the editor's unsaved texts, and the answer to what matters for a cursor.

The only class that other parts use; each step is done by a module of its own.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from pathlib import Path

from inhouse.context import files, indexer, reading
from inhouse.context.arity import Arity
from inhouse.context.chunk import Chunk, ContextError, IndexFigures
from inhouse.context.conventions import Conventions, House, mine
from inhouse.context.conventions.pins import read_pins
from inhouse.context.evidence import Evidence
from inhouse.context.index import Index
from inhouse.context.languages import dialect_of
from inhouse.context.libraries import Libraries
from inhouse.context.looking import Looking
from inhouse.context.members import Members
from inhouse.context.naming import Naming
from inhouse.context.referrers import Reference, Referrers
from inhouse.context.rehearsal import samples
from inhouse.context.scope import ScopeName
from inhouse.context.ways import Ways


class Project:
    """A project folder and everything known about it. Safe to use from several threads; writes only to its cache."""

    def __init__(self, root: Path, cache_folder: Path | None = None) -> None:
        if not root.is_dir():
            raise ContextError(f"{root} is not a folder")
        self.root = root.resolve()
        self._index = Index(self.root, cache_folder)
        self.database = self._index.database
        libraries = Libraries(self.root)
        self._looking = Looking(self._index, libraries)
        self._naming = Naming(libraries, self._index.store, self._index.held, lambda: self._index.catalogue)
        self._mined = -1
        self._ways = Ways(self._index.store, self.root, lambda: self._index.catalogue.rows, self._looking.heed)
        self._ways.recall()
        self._index.on_change(self._ways.nudge)

    # ---- keeping up to date

    def refresh(
        self, progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> IndexFigures:
        """Indexes the project or brings the index up to date with the disk; progress gets (done, all) files."""
        return self._index.refresh(progress, stop)

    def update(self, path: Path, text: str | None) -> None:
        """The editor's unsaved text of a file goes before the disk's; None: the file was closed."""
        self._index.update(path, text)

    def viewed(self, path: Path, line: int) -> None:
        """The user is at this line (from 1): shown to files that are worked on soon after, behind what was edited.

        Shown only while the file is in the index, as edits are: what is ignored or may hold secrets stays where it is.
        """
        relative = indexer.relative(self.root, path)
        if not relative.startswith(("/", "../")):
            self._index.recent.view(relative, line)

    def watch(self) -> None:
        """Follows changes on the disk from now on, and what they do to the conventions."""
        self._index.watch()
        self._ways.follow()
        self._index.worker.later("rehearse", partial(self._rehearse, samples(self._index.catalogue.rows)))

    def _rehearse(self, paths: Sequence[str]) -> None:
        """Asks what will be asked, so that the first answers and the first change need not load what they need."""
        for place, path in enumerate(paths):
            text, where = self.text(path) or "", self.root / path
            self._naming.names(*self._at(where, text, len(text) // 2))
            reading.analyse(path, text)
            if not self._looking.rehearse(where, text, len(text) // 2):
                self._index.worker.later("rehearse", partial(self._rehearse, paths[place:]))
                return

    def settle(self, timeout_s: float) -> bool:
        """Waits until all known changes are in the index; whether they are."""
        return self._index.settle(timeout_s)

    def close(self) -> None:
        """Stops following and closes the database."""
        self._index.closing = True
        self._ways.close()
        self._index.close()

    def figures(self) -> IndexFigures:
        """What the index holds now."""
        return self._index.guarded(lambda: indexer.figures(self._index.store), IndexFigures())

    def files(self) -> dict[str, str]:
        """The indexed files with a digest of each text, for whoever keeps something of their own about them."""
        return {row.path: row.digest.hex() for row in self._index.catalogue.rows}

    def has(self, path: str) -> bool:
        """Whether a file is in the index. Costs nothing."""
        return path in self._index.catalogue.by_path

    def text(self, path: str) -> str | None:
        """An indexed file's text as it is now: the editor's, else the disk's; None when there is none."""
        return self._index.text(path)

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls tell (from another thread) whenever the index has changed."""
        self._index.on_change(tell)

    # ---- answering

    def gather(
        self,
        path: Path,
        text: str,
        offset: int,
        budget_chars: int,
        exclude: Collection[str] = (),
        check: Callable[[], None] = lambda: None,
    ) -> list[Chunk]:
        """What matters for the cursor, stable parts first, all texts together within the budget.

        `check` is called between small steps: what it raises ends the look-up, and nothing is lost.
        """
        return self._looking.gather(path, *_unix(text, offset), budget_chars, exclude, check)

    def windows(self, path: Path, text: str, offset: int) -> list[Chunk]:
        """The five windows that bring most of the names which the cursor's line may need, if nothing else is shown."""
        return self._looking.windows(path, *_unix(text, offset))

    def evidence(self, path: Path, text: str, offset: int) -> Evidence:
        """What is told of the names that the cursor's line may need: what likely.json is fitted on."""
        return self._looking.evidence(path, *_unix(text, offset))

    def until(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Within it, what this thread asks about names calls `check` between small steps: what that raises ends it."""
        return self._naming.until(check)

    def names(self, path: Path, text: str, offset: int) -> list[ScopeName]:
        """The names in scope at the cursor, the nearest first, builtins last."""
        return self._naming.names(*self._at(path, text, offset))

    def members(self, path: Path, text: str, offset: int, receiver: str) -> Members:
        """What may follow the receiver (`self`, `shelf`, `self.shelf`) and a dot, where its class is known."""
        asked = self._at(path, text, offset)
        return self._index.guarded(lambda: self._naming.members(*asked, receiver), Members())

    def arity(self, path: Path, text: str, offset: int, callee: str) -> Arity | None:
        """What a call of `callee` (`put`, `self.put`, `store.Shelf`) at the cursor must give, where that is sure.

        None says nothing: the callee is not the project's, is defined in several ways, or is decorated, inherits or is
        assigned in a way that could change it. A call with `*` or `**` in it may give more than it shows.
        """
        asked = self._at(path, text, offset)
        return self._index.guarded(lambda: self._naming.arity(*asked, callee), None)

    def knows(self, name: str) -> bool:
        """Whether the project defines or uses a name anywhere, in this spelling."""
        return self._index.guarded(lambda: self._naming.knows(name), False)

    def where(self, path: Path, text: str, offset: int, name: str) -> str:
        """What makes a name known at a cursor, "" when nothing does.

        The kind of its binding in scope (local, parameter, function, class, import, builtin), "file" when the text has
        it elsewhere, "project", "library" for what the imported libraries and the language's own types define, and
        "unread" as long as an imported library is being read for the first time: no ground to doubt the name.
        """
        asked = self._at(path, text, offset)
        if bound := self._naming.bound(*asked, name):
            return bound
        if self.knows(name):
            return "project"
        found = self._naming.library_has(*asked[:3], name, whole=True)
        return "unread" if found is None else "library" if found else ""

    def library_has(self, path: Path, text: str, name: str, *, whole: bool) -> bool | None:
        """Whether the libraries that a file imports or the language's own types define a name, or, where it is not
        `whole`, one that begins so; None as long as an imported library is being read for the first time.
        """
        return self._naming.library_has(*self._at(path, text, 0)[:3], name, whole=whole)

    def _at(self, path: Path, text: str, offset: int) -> tuple[str, str | None, str, int]:
        """The file relative to the root, its language, and the text and the offset with LF line ends."""
        text, offset = _unix(text, offset)
        return indexer.relative(self.root, path), dialect_of(path, text), text, offset

    def references(self, name: str, most: int = 200) -> list[Reference]:
        """The lines that use a name of this spelling other than to define it, by file and line; reads those files."""
        return self._index.guarded(lambda: list(islice(self._referrers().all(name), most)), [])

    def callers(self, name: str, most: int = 200) -> list[Reference]:
        """The lines that call a name (or make an object of it), by file and line: from the index alone."""
        return self._index.guarded(lambda: list(islice(self._referrers().calls(name), most)), [])

    def _referrers(self) -> Referrers:
        return Referrers(
            self._index.store, self._index.current(), self._index.held.outline_of, self._index.held.lines_of
        )

    def conventions(self, stop: Callable[[], bool] | None = None) -> Conventions:
        """What the project does in its own way, mined from all files: seconds in a large project, so off the loop."""
        catalogue = self._index.catalogue
        known = self._ways.known
        if known is not None and self._mined == catalogue.generation:
            return known
        texts = ((row.path, row.language, text) for row in catalogue.rows if (text := self.text(row.path)) is not None)
        found = mine(texts, catalogue.modules, read_pins(self.root), stop)
        if not (stop and stop()):
            self._ways.keep(found)
            self._mined = catalogue.generation
        return found

    def learn_conventions(self, stop: Callable[[], bool] | None = None) -> bool:
        """Mines the conventions where they are not known or much has changed since; whether they are new.

        Blocks (seconds in a large project), but not in a project that is watched: there it happens by itself, aside.
        """
        return not self._ways.followed and self._ways.refresh(stop)

    def known_conventions(self) -> Conventions | None:
        """What was last mined, in this run or an earlier one; None before the first time. Costs nothing."""
        return self._ways.known

    def house(self) -> House:
        """The same as plain sets for steering; empty before the first time. Costs nothing."""
        return self._ways.house


def _unix(text: str, offset: int) -> tuple[str, int]:
    """The text with LF line ends and the offset in it."""
    offset = max(0, min(offset, len(text)))
    if "\r" not in text:
        return text, offset
    return files.normal(text), len(files.normal(text[:offset]))
