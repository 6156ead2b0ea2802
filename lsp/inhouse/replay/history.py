"""Cuts typing tasks out of a repository's history: what later commits added, to be typed into the earlier state.

The document of a task is the commit's file above the added lines (earlier ones of the commit are typed already) and the
parent's below (later ones are not). It types nothing itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import language_of
from inhouse.replay.cases import Case
from inhouse.replay.git import Git, GitError, Lines

_BOT = re.compile(r"bot\b|dependabot|renovate|github-actions", re.IGNORECASE)
_GENERATED = re.compile(r"code generated|do not edit|@generated", re.IGNORECASE)
_COMMENT = re.compile(r"#|//|--|/?\*|\"\"\"|'''")
_SKIPPED = re.compile(r"(^|/)(vendor|third_party|node_modules|dist|build|\.github)/|\.min\.|lock\.")
_MAX_FILES = 25
"""A commit that touches more is a renaming or a reformatting, not somebody typing."""
_MAX_LINES = 40
_MIN_CHARS = 20
_MAX_FILE_CHARS = 400_000
_NEW_FILE_HEAD = 10
"""Lines of a long new file that are there already; the next _MAX_LINES are typed."""
_PER_COMMIT = 3
_TELLING = 8
"""Characters from which a line tells where it comes from."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit typed."""

    commit: str
    parent: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class History:
    base: str
    """The commit whose state alone is indexed at the beginning."""
    changes: tuple[Change, ...]
    """Oldest first."""

    @property
    def cases(self) -> list[Case]:
        return [case for change in self.changes for case in change.cases]


def cut(
    git: Git,
    commits: int,
    hunks: int,
    base_lines: Collection[str],
    progress: Callable[[int, int], None] | None = None,
) -> History:
    """Tasks from the last so many commits, `hunks` of them at most, spread over the commits; see `base_lines_of`.

    Raises GitError. The same repository gives the same tasks.
    """
    chain = git.commits(commits)
    if len(chain) < 2:
        raise GitError(f"{git.root}: has {len(chain)} commit; a replay needs one to begin from and one to type")
    changes: list[Change] = []
    for number, (commit, parent) in enumerate(zip(chain[-2::-1], chain[:0:-1], strict=True), 1):
        cases = _of_commit(git, commit, parent, base_lines)
        if cases:
            changes.append(Change(commit, parent, tuple(cases)))
        if progress:
            progress(number, len(chain) - 1)
    return History(chain[-1], tuple(_thinned(changes, hunks)))


def base_lines_of(folder: Path, names: Sequence[str]) -> frozenset[str]:
    """The telling lines of the earlier state: what is only moved or copied from there is not typed by anybody."""
    found: set[str] = set()
    for name in names:
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found.update(line for line in map(str.strip, text.split("\n")) if len(line) > _TELLING)
    return frozenset(found)


def _of_commit(git: Git, commit: str, parent: str, base_lines: Collection[str]) -> list[Case]:
    if _BOT.search(git.author(commit)):
        return []
    paths = [path for path in git.changed(parent, commit) if language_of(Path(path)) and not _SKIPPED.search(path)]
    if len(paths) > _MAX_FILES:
        return []
    cases = [case for path in paths for case in _of_file(git, commit, parent, path, base_lines)]
    chosen = {case.id for case in sorted(cases, key=lambda case: _draw(case.id))[:_PER_COMMIT]}
    return [case for case in cases if case.id in chosen]


def _of_file(git: Git, commit: str, parent: str, path: str, base_lines: Collection[str]) -> Iterator[Case]:
    after = git.file(commit, path)
    if after is None or len(after) > _MAX_FILE_CHARS or _GENERATED.search(after[:600]):
        return
    before = git.file(parent, path)
    new, old = after.split("\n"), (before or "").split("\n")
    for hunk in git.hunks(parent, commit, path):
        if before is None:
            task = _new_file(new)
        elif 0 < hunk.new_count <= _MAX_LINES:
            task = _in_file(new, old, hunk)
        else:
            continue
        if task is not None and _is_typing(task[1].split("\n"), old, hunk, base_lines):
            prefix, added, suffix = task
            indent = len(added) - len(added.lstrip(" \t"))  # the editor gives the first line's indentation
            name = f"{commit[:10]}:{path}:{prefix.count(chr(10)) + 1}"
            yield Case(name, "hunk", path, prefix + added[:indent], suffix, added[indent:])


def _new_file(new: Sequence[str]) -> tuple[str, str, str] | None:
    head = _NEW_FILE_HEAD if len(new) > _MAX_LINES else 0
    added = "\n".join(new[head : head + _MAX_LINES]).rstrip("\n")
    return "".join(line + "\n" for line in new[:head]), added, "\n"


def _in_file(new: Sequence[str], old: Sequence[str], hunk: Lines) -> tuple[str, str, str]:
    first = hunk.new_start - 1
    added = "\n".join(new[first : first + hunk.new_count])
    below = old[hunk.old_start - 1 + hunk.old_count :] if hunk.old_count else old[hunk.old_start :]
    return "".join(line + "\n" for line in new[:first]), added, "".join("\n" + line for line in below) or "\n"


def _is_typing(added: Sequence[str], old: Sequence[str], hunk: Lines, base_lines: Collection[str]) -> bool:
    """Whether somebody is likely to have typed these lines: code, new, and not only indented otherwise."""
    telling = [line for line in map(str.strip, added) if len(line) > _TELLING]
    if sum(map(len, telling)) < _MIN_CHARS:
        return False
    if 2 * sum(line in base_lines for line in telling) >= len(telling):
        return False
    if sum(_COMMENT.match(line) is not None for line in telling) > 0.6 * len(telling):
        return False
    first = max(0, hunk.old_start - 1)
    return [line.strip() for line in old[first : first + hunk.old_count]] != [line.strip() for line in added]


def _thinned(changes: Sequence[Change], hunks: int) -> Iterator[Change]:
    """The changes with at most so many cases in all, chosen without looking at them."""
    ids = sorted((case.id for change in changes for case in change.cases), key=_draw)
    chosen = frozenset(ids[:hunks])
    for change in changes:
        if cases := tuple(case for case in change.cases if case.id in chosen):
            yield Change(change.commit, change.parent, cases)


def _draw(name: str) -> bytes:
    """A fixed order that says nothing about the name."""
    return hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
