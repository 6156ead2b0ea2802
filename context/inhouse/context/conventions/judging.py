"""Whether a house function or class stands before a foreign name: by the counts, the names, and the body."""

import re

from inhouse.context.conventions.counting import Places
from inhouse.context.conventions.facts import Call, Facts
from inhouse.context.conventions.foreign import COMMON_BUILTINS, is_neutral, tells
from inhouse.context.conventions.kin import BEARS, SHARES, kin
from inhouse.context.conventions.standing import Standing, standing
from inhouse.context.outline import Symbol

_SHARE = 0.85
_BEARS_SHARE = 0.6
_BUILTIN_SHARE = 0.45
"""The least share of house calls among both. A function that bears the foreign name may have a lower one, and print0 a
still lower one: print is called in many places that have nothing to do with the program."""

_SETTLED_FILES = 5
_SETTLED_LINES = 60
"""So many files use the house name and none the foreign one: then it need not look like a wrapper, if it is no whole
program."""

_FOCUSED_CALLS = 6
_FOCUSED_KINDS = 4
_FOCUSED_LINES = 16
"""A body with more does something with what it calls, it does not stand before it."""

_PLAIN_CALLS = 3
_PLAIN_KINDS = 2
"""A body that hardly does more than call the foreign name. Methods must be so (what a class calls by the way is its own
affair), and functions whose names are not kin."""

CLASS_SHARE = 0.9
"""A class has a life of its own beside the one that it uses."""

_MAKES = re.compile(r"New[A-Z]|new[A-Z_]")
"""What making an own object needs by the way is not what the object stands for, unless it is made in the same way."""


class Body:
    """What a definition calls."""

    def __init__(self, facts: Facts, symbol: Symbol) -> None:
        self.symbol = symbol
        self.lines = facts.lines
        every = list(facts.inside(symbol, facts.calls))
        self.calls = len(every)
        self.own = {call.written for call in every if not call.full}
        self.kinds: dict[str, list[Call]] = {}
        """The foreign calls by full name."""
        for call in every:
            if tells(call, facts.language, symbol.name):
                self.kinds.setdefault(call.full, []).append(call)
        self.rows = rows = symbol.end_line - symbol.line + 1
        self.focused = len(self.kinds) <= _FOCUSED_KINDS and self.calls <= _FOCUSED_CALLS and rows <= _FOCUSED_LINES
        self.plain = self.calls <= _PLAIN_CALLS and len(self.kinds) <= _PLAIN_KINDS and rows <= _FOCUSED_LINES


def share(house: Places, elsewhere: Places) -> float:
    """Of the house calls among both."""
    return len(house) / (len(house) + len(elsewhere))


def bearing_share(foreign: str) -> float:
    """The least share for a function that bears the foreign name."""
    return _BUILTIN_SHARE if foreign in COMMON_BUILTINS else _BEARS_SHARE


def stands_for(body: Body, name: str, house: Places, elsewhere: Places) -> bool:
    """Whether who is about to write the foreign name should be shown the house one."""
    own, kind = body.symbol.name, body.symbol.kind
    alike = kin(own, name)
    found = share(house, elsewhere)
    if found < (bearing_share(name) if alike == BEARS and kind == "function" else _SHARE):
        return False
    if _MAKES.match(own) and not (alike == BEARS and _MAKES.match(name.rpartition(".")[2])):
        return False
    if kind == "class":
        return alike == BEARS and not is_neutral(name) and found >= CLASS_SHARE
    settled = not elsewhere and len({path for path, _ in house}) >= _SETTLED_FILES and kind == "function"
    how = standing(body.symbol, body.lines, body.kinds[name])
    if how.is_parameter:
        return False
    if settled and alike == SHARES and body.rows <= _SETTLED_LINES and how.outermost:
        return True
    if alike:
        return (kind != "method" or body.plain) and _as_namesake(how, alike == BEARS)
    return not elsewhere and not is_neutral(name) and _as_helper(how, body, settled)


def _as_namesake(how: Standing, bears: bool) -> bool:
    """Whether the body gives what the foreign call gives, from what it was given: as far as the names leave it open."""
    if bears and how.returned:
        return True
    return (bears or (how.returned and how.outermost)) and (how.handed or not how.parameters)


def _as_helper(how: Standing, body: Body, settled: bool) -> bool:
    """The same for names that say nothing: the body must be short, and the foreign call what it is about."""
    handed = how.handed or not how.arguments
    if settled and body.focused and (handed or not how.parameters):
        return True
    return body.plain and how.returned and how.outermost and handed
