"""Types texts again with what the display rule would show of what was answered there, every answer in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from typed_rows import At, Row, cut_rows, is_hole, line_rows, positions_of

from inhouse.completion import Settings, beginnings, cuts, display, gate
from inhouse.completion.beginnings import first_word
from inhouse.completion.display import Kind, Offer
from inhouse.replay.typist import Kind as Taken
from inhouse.replay.typist import Typist

PLACES = ("code", "string", "comment", "text")
LOOKED_AWAY = 0.3
"""What a position counts in a fit where something would be on the screen already: it is not asked there, but there are
too few of the others to do without."""


@dataclass
class Chances:
    """What is known at each position."""

    words: dict[At, dict[str, float]] = field(default_factory=dict[At, dict[str, float]])
    cuts: dict[At, list[tuple[str, float]]] = field(default_factory=dict[At, list[tuple[str, float]]])
    lines: dict[At, list[tuple[str, float]]] = field(default_factory=dict[At, list[tuple[str, float]]])


@dataclass
class Show:
    """Something that was on the screen."""

    kind: str
    place: str
    """What the cursor stood in: code, a string, a comment or text of several lines."""
    said: float
    right: bool
    """All of it."""
    saved: int = 0
    """Keys."""


@dataclass
class Screen:
    """What the display rule shows at each position; see inhouse.replay.typist.Suggester and Watcher."""

    found: Chances
    show_above: float
    text: Row = field(default_factory=dict[str, Any])
    kind: str = ""
    said: float = 0.0
    shows: list[Show] = field(default_factory=list[Show])
    asked: set[At] = field(default_factory=set[At])
    """Where nothing was on the screen."""

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        at = len(typed)
        self.asked.add((self.text["project"], self.text["id"], at))
        position = self.text["positions"][at]
        if not position:
            return None
        if position["instant"] and len(position["instant"][0][0].strip()) >= display.LEAST_CHARACTERS:
            self.kind, self.said = "instant", position["instant"][0][1]
            return str(position["instant"][0][0])
        best = max(self._offers(at), default=None, key=lambda one: one[0])
        if best is None:
            return None
        _, self.kind, text, self.said = best
        return text

    def _offers(self, at: int) -> list[tuple[float, str, str, float]]:
        key = (self.text["project"], self.text["id"], at)
        words = self.found.words.get(key, {})
        texts: list[tuple[Kind, str, float]] = [("cut", cut, chance) for cut, chance in self.found.cuts.get(key, ())]
        if words:
            likeliest = max(words, key=words.__getitem__)
            texts.append(("word", likeliest, words[likeliest]))
        texts += [("line", line, chance) for line, chance in self.found.lines.get(key, ())]
        offers: list[tuple[float, str, str, float]] = []
        for kind, text, chance in texts:
            word = first_word(text)
            offer = Offer(kind, len(text.split("\n")[0].strip()), chance, words.get(word), len(word))
            value = display.worth(offer, self.show_above)
            if value is not None:
                offers.append((value, kind, text, chance))
        return offers

    def shown(self, at: int, ghost: str) -> None:
        rest = self.text["target"][at:]
        if self.kind == "line":
            right = ghost.split("\n")[0].rstrip() == rest.split("\n")[0].rstrip()
        else:
            right = cuts.begins(ghost, rest)
        position = self.text["positions"][at]
        self.shows.append(Show(self.kind, position.get("place", "code"), self.said, right))

    def accepted(self, at: int, text: str, kind: Taken) -> None:
        self.shows[-1].saved += len(text) - 1

    def left(self, at: int, ghost: str) -> None:
        """Nothing is learnt here."""


def typed(found: Chances, texts: Sequence[Row], show_above: float) -> dict[str, Any]:
    """Keys saved and what was right of what was shown."""
    screen = Screen(found, show_above)
    by_hand = keys = false = 0
    for text in texts:
        screen.text = text
        done = Typist(text["target"], text["before"], screen).type(screen, lambda: 1000.0)
        by_hand, keys, false = by_hand + done.keys_by_hand, keys + done.keys, false + done.false_shows
    shows = screen.shows
    return {
        "saved": round(1 - keys / by_hand, 4),
        "false_shows": round(false / max(1, len(shows)), 4),
        "shows_per_100_keys": round(100 * len(shows) / by_hand, 2),
        "all_right": round(sum(one.right for one in shows) / max(1, len(shows)), 4),
        **{kind: _part([one for one in shows if one.kind == kind]) for kind in ("line", "cut", "word", "instant")},
        "places": {place: _part([one for one in shows if one.place == place]) for place in PLACES},
    }


def _part(shows: Sequence[Show]) -> dict[str, float]:
    """Of one kind of shows; `used`: something of it was taken."""
    every = max(1, len(shows))
    return {
        "shows": len(shows),
        "said": round(sum(one.said for one in shows) / every, 3),
        "all_right": round(sum(one.right for one in shows) / every, 3),
        "used": round(sum(one.saved > 0 for one in shows) / every, 3),
        "saved": sum(one.saved for one in shows),
    }


def counts(rows: Sequence[Row], texts: Sequence[Row]) -> list[float]:
    """What each row counts in a fit: all where a user would look for something new, less where it was there already.

    By what travels with the program. What is sure is shown early and typed along, so places where it would be asked for
    again are easier than those where it is: chances fitted to all alike said 3 points too much of what was shown.
    """
    texts = [text for text in texts if not is_hole(text)]
    held = {(text["project"], text["id"]) for text in texts}
    screen = Screen(_chances_in_use(texts), Settings().show_above)
    for text in texts:
        screen.text = text
        Typist(text["target"], text["before"], screen).type(screen, lambda: 1000.0)
    return [1.0 if row["at"] in screen.asked or row["at"][:2] not in held else LOOKED_AWAY for row in rows]


def _chances_in_use(texts: Sequence[Row]) -> Chances:
    found, ranking = Chances(), beginnings.fitted()
    for row in positions_of(texts):
        chances = beginnings.chances(ranking, [one["features"] for one in row["candidates"]])
        found.words[row["at"]] = dict(zip([one["text"] for one in row["candidates"]], chances, strict=True))
    parts = (("lines", line_rows(texts, found.words), found.lines), ("cuts", cut_rows(texts, found.words), found.cuts))
    for name, rows, into in parts:
        model = gate.fitted(name)
        for row in rows:
            into.setdefault(row["at"], []).append((row["text"], model.probability(row["features"])))
    return found
