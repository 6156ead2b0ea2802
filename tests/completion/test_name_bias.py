"""Unknown and avoided names lose while they are being written; what is known, or may be new, is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from places import cursor_at

from inhouse.completion.avoided import Avoided, avoided_of
from inhouse.completion.identifiers import Spot
from inhouse.completion.known import Known, Near, OwnWords
from inhouse.completion.name_bias import NameBias
from inhouse.completion.request import CompletionRequest
from inhouse.completion.words import Words
from inhouse.context import Conventions, Members, ScopeName
from inhouse.context.conventions.deprecated import Deprecated
from inhouse.context.conventions.wrappers import Wrapper

TEXT = "import shelf\n\ndef fill(books):\n    near_by = 1\n    self.elsewhere\n    █\n"
PIECES = [
    b"x",
    b"load",
    b"lo",
    b"books",
    b"near",
    b"_by",
    b"(",
    b"zzz",
    b".put",
    b".pot",
    b"\n",
    b"remote",
    b"self",
    b"ks",
    b".unpack",
    b".import",
    b"import",
]


class FakeProject:
    asked = 0

    def names(self, path: Path, text: str, offset: int) -> list[ScopeName]:
        self.asked += 1
        return [ScopeName(name, "local", rank) for rank, name in enumerate(("books", "near_by", "shelf"))]

    def members(self, path: Path, text: str, offset: int, receiver: str) -> Members:
        if receiver == "self":
            return Members((ScopeName("put", "member", 0), ScopeName("pull", "member", 1)), True, "Shelf")
        return Members()

    def library_has(self, path: Path, text: str, name: str, *, whole: bool) -> bool | None:
        return name == "unpack" or (not whole and "unpack".startswith(name))


class Folder:
    def files(self) -> dict[str, str]:
        return {"b.py": "1"}

    def text(self, path: str) -> str:
        return "remote = load"


def known(marked: str = TEXT) -> Known:
    cursor = cursor_at(marked)
    request = CompletionRequest(Path("/p"), Path("/p/a.py"), marked.replace("█", ""), cursor.offset)
    words = Words()
    words.refresh(Folder())
    return Known(FakeProject(), words, OwnWords().of(cursor), request, cursor.line_head)


def test_the_files_names_are_read_once_while_an_idle_moment_looks_ahead() -> None:
    own = OwnWords()
    here = own.of(cursor_at("shelf = 1\nx = █\n"))

    assert own.of(cursor_at("shelf = 1\nx = 2\n█\n")).has("x", whole=True)
    assert own.of(cursor_at("shelf = 1\nx = s█\n")) is here


def within(text: bytes) -> NDArray[np.int32]:
    return np.array([n for n, piece in enumerate(PIECES) if piece.startswith(text) or text.startswith(piece)], np.int32)


def winner(line: str, *liked: bytes, avoided: Avoided | None = None, healed: bytes = b"") -> bytes:
    """What follows the line if the model likes these pieces, the first one most by 1 nat each."""
    ways = avoided or Avoided()
    bias = NameBias(known(), lambda spot: ways.why(spot, "a.py"), PIECES.__getitem__, within, line, "#")
    logits = np.full(len(PIECES), -50.0, np.float32)
    for rank, piece in enumerate(liked):
        logits[PIECES.index(piece)] = -float(rank)
    bias.adjust([], healed, logits)
    return PIECES[int(logits.argmax())]


@pytest.mark.parametrize(
    ("name", "role", "receiver", "whole", "near"),
    [
        ("books", "value", "", True, Near.SCOPE),
        ("boo", "value", "", False, Near.SCOPE),
        ("boo", "value", "", True, Near.NOWHERE),
        ("elsewhere", "value", "", True, Near.FILE),
        ("remote", "value", "", True, Near.PROJECT),
        ("put", "member", "self", True, Near.SCOPE),
        ("elsewhere", "member", "self", True, Near.FILE),
        ("remote", "member", "self", True, Near.OUTSIDE),
        ("remote", "member", "shelf", True, Near.PROJECT),
        ("zzz", "member", "", True, Near.NOWHERE),
        ("unpack", "member", "shelf", True, Near.LIBRARY),
        ("unp", "member", "", False, Near.LIBRARY),
        ("unp", "member", "", True, Near.NOWHERE),
        ("unpack", "member", "self", True, Near.OUTSIDE),
        ("unpack", "value", "", True, Near.NOWHERE),
        ("import", "reserved", "shelf", True, Near.OUTSIDE),
        ("in", "reserved", "shelf", True, Near.OUTSIDE),
        ("in", "reserved", "shelf", False, Near.OUTSIDE),
        ("el", "reserved", "shelf", False, Near.PROJECT),
    ],
)
def test_how_near_a_name_is(name: str, role: str, receiver: str, whole: bool, near: Near) -> None:
    assert known().near(Spot(name, 0, whole, role, receiver)) == near  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "liked", "best"),
    [
        ("    x = ", (b"zzz", b"books"), b"books"),
        ("    x = ", (b"books", b"zzz"), b"books"),
        ("    ", (b"zzz", b"books"), b"zzz"),
        ("    x = '", (b"zzz", b"books"), b"zzz"),
        ("    # ", (b"zzz", b"books"), b"zzz"),
        ("    def ", (b"zzz", b"books"), b"zzz"),
        ("    x = near", (b"zzz", b"_by"), b"_by"),
        ("    self", (b".pot", b".put"), b".put"),
        ("    x = ", (b"zzz", b"\n"), b"\n"),
        ("    x = shelf", (b".pot", b".unpack"), b".unpack"),
        ("    x = shelf", (b".unpack", b".pot"), b".unpack"),
        ("    x = shelf", (b".import", b".pot"), b".pot"),
        ("    x = shelf.", (b"self", b"import", b"load"), b"self"),
        ("    x = ", (b"import", b"load"), b"import"),
    ],
)
def test_what_nobody_knows_loses(line: str, liked: tuple[bytes, ...], best: bytes) -> None:
    assert winner(line, *liked) == best


@pytest.mark.parametrize(
    ("line", "liked", "best"),
    [
        ("    x = frobni", (b"zzz", b"("), b"zzz"),
        ("    x = frobni", (b"(", b"zzz"), b"("),
        ("    x = boo", (b"(", b"ks"), b"ks"),
        ("    x = boo", (b"\n", b"ks"), b"ks"),
        ("    x = books", (b"(", b"zzz"), b"("),
        ("    self.po", (b"(", b"zzz"), b"("),
        ("    self.pu", (b"(", b"ks"), b"("),
        ("    x = remo", (b"ks", b"x"), b"ks"),
    ],
)
def test_a_name_pays_once_where_it_leaves_all_known_ones(line: str, liked: tuple[bytes, ...], best: bytes) -> None:
    """What goes on with an unknown name costs no more than what ends it, or names were cut short."""
    assert winner(line, *liked) == best


def test_only_what_healing_allows_is_weighed() -> None:
    assert winner("    x = z", b"books", b"zzz", healed=b"z") == b"books"  # the healing decides, not the bias
    assert winner("    x = lo", b"zzz", b"load", b"lo", healed=b"lo") == b"zzz"


def conventions() -> Conventions:
    return Conventions(
        wrappers=(
            Wrapper("shelf.put", "shelf.py", 3, "os.write", 5, 3, 0, "wraps"),
            Wrapper("rare", "b.py", 1, "load", 1, 1, 0, "wraps"),
            Wrapper("clock", "c.py", 2, "time.time", 0, 0, 4, "pinned"),
            Wrapper("elsewhere", "", 0, "time.sleep", 0, 0, 0, "pinned"),
        ),
        deprecated=(Deprecated("old_load", "b.py", 7, "load", "deprecated"),),
    )


def test_house_ways_and_deprecated_names_are_avoided_with_a_reason() -> None:
    ways = avoided_of(conventions())

    assert ways.why(Spot("write", 0, True, "member", "os"), "a.py") == "the project uses shelf.put (shelf.py:3)"
    assert ways.why(Spot("write", 0, True, "member", "file"), "a.py") is None
    assert ways.why(Spot("time", 0, True, "member", "time"), "a.py") == "the project uses clock (c.py:2)"
    assert ways.why(Spot("time", 0, True, "member", "time"), "c.py") is None
    assert ways.why(Spot("sleep", 0, True, "member", "time"), "a.py") == "the project uses elsewhere (inhouse.toml)"
    assert ways.why(Spot("old_load", 0, True, "value"), "a.py") == "deprecated in b.py:7; use load"
    assert ways.why(Spot("old_load", 0, True, "value"), "b.py") is None
    assert ways.why(Spot("load", 0, True, "value"), "a.py") is None


def test_names_to_avoid_go_by_what_stands_before_the_cursor() -> None:
    ways = avoided_of(conventions())

    assert ways.at(Spot("x", 0, False, "member", "os"), "a.py") == ("write",)
    assert ways.at(Spot("x", 0, False, "member", "file"), "a.py") == ()
    assert ways.at(Spot("x", 0, False, "value"), "a.py") == ("old_load",)
    assert ways.at(Spot("x", 0, False, "value"), "b.py") == ()


def test_an_avoided_name_loses_to_its_house_way() -> None:
    ways = Avoided({"books": "the project uses near_by (a.py:1)"})

    assert winner("    x = ", b"books", b"near", avoided=ways) == b"near"
    assert winner("    x = ", b"books", b"near") == b"books"


def test_an_avoided_name_loses_where_it_ends_if_a_known_one_goes_on() -> None:
    ways = Avoided({"near": "the project uses near_by (a.py:1)"})

    assert winner("    x = ", b"near", b"books", avoided=ways) == b"near"
    assert winner("    x = near", b"(", b"_by", avoided=ways) == b"_by"
    assert winner("    x = near", b"(", b"zzz") == b"("


def test_what_was_changed_before_loses_and_what_was_kept_wins() -> None:
    learnt = {"books": -2.0, "load": 2.0}
    bias = NameBias(
        known(), lambda _: None, PIECES.__getitem__, within, "    ", "#", lambda name: learnt.get(name, 0.0)
    )
    logits = np.full(len(PIECES), -5.0, np.float32)
    logits[PIECES.index(b"books")], logits[PIECES.index(b"near")] = 2.0, 1.0
    bias.adjust((), b"", logits)

    assert PIECES[int(logits.argmax())] == b"near"


def test_what_was_changed_before_does_not_keep_from_a_longer_name() -> None:
    def learnt(name: str) -> float:
        return -2.0 if name == "near" else 0.0

    bias = NameBias(known(), lambda _: None, PIECES.__getitem__, within, "    ", "#", learnt)
    logits = np.full(len(PIECES), -5.0, np.float32)
    logits[PIECES.index(b"near")], logits[PIECES.index(b"books")] = 2.0, 1.0
    bias.adjust((), b"", logits)

    assert PIECES[int(logits.argmax())] == b"near"
