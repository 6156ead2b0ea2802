"""How alike a house name and a foreign name are: `print0` bears print, `get_logger` shares a word with `getLogger`."""

from inhouse.context.terms import split

BEARS = 2
"""The house name holds the whole foreign one."""

SHARES = 1
"""Both have a telling word."""

_LEAST_CHARS = 4
_LEAST_PART = 0.26
"""`get` or `run` inside of a house name proves nothing, and `sorted` in NameSortedConfigurations little."""

_WEAK_WORDS = frozenset(
    {
        "get", "set", "make", "create", "new", "load", "save", "run", "main", "add", "from", "with", "the", "for",
        "self", "test", "tensor", "model", "file", "list", "string", "value", "type", "config", "batch", "read",
        "write", "call", "use", "has", "can", "build", "time", "duration", "meta", "parse", "base", "name", "data",
        "std", "util", "utils", "core",
    }
)  # fmt: skip


def kin(house: str, foreign: str) -> int:
    """BEARS, SHARES or 0, by the last parts of both names."""
    own, last = house.rpartition(".")[2], foreign.rpartition(".")[2]
    if len(last) >= max(_LEAST_CHARS, _LEAST_PART * len(own)) and last.lower() in own.lower():
        return BEARS
    return SHARES if (set(split(own)) & set(split(last))) - _WEAK_WORDS else 0
