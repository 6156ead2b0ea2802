"""Which files a project that was just opened tries its first answers on.

The first answer in a language compiles its queries (30 ms each), the first of all reads manifests and weights.
"""

from collections.abc import Sequence

from inhouse.context.store import FileRow

_LEAST_SHARE = 0.05
"""Of the project's files that are of a language, below which nobody is likely to edit one soon."""

_MOST_LANGUAGES = 4


def samples(rows: Sequence[FileRow]) -> list[str]:
    """A file of middle size for each of the commonest languages."""
    by_language: dict[str, list[FileRow]] = {}
    for row in rows:
        by_language.setdefault(row.language, []).append(row)
    common = sorted(by_language.values(), key=len, reverse=True)[:_MOST_LANGUAGES]
    common = [files for files in common if len(files) >= _LEAST_SHARE * len(rows)]
    return [sorted(files, key=lambda row: (row.lines, row.path))[len(files) // 2].path for files in common]
