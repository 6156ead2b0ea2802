"""Rows to fit to, made of what `fit_beginnings.py collect` and `fit_lines.py collect` kept. They run no model.

A text is one that was typed, with what was answered at each key, or a hole: one of which only the first was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inhouse.completion import cuts
from inhouse.completion import gate as gates
from inhouse.completion.beginnings import first_word
from inhouse.completion.repeats import bare
from inhouse.model import Token

Row = dict[str, Any]
At = tuple[str, str, int]
"""Project, text and characters typed."""
Words = Mapping[At, Mapping[str, float]]
"""The chances of first words at each position."""


def is_hole(text: Row) -> bool:
    """Whether a row is of a hole, not of a typed text."""
    return "kind" in text


def positions_of(texts: Sequence[Row]) -> list[Row]:
    """The positions at which there was a choice of first words, as fit_ranking wants them."""
    return [
        {
            "project": text["project"],
            "at": (text["project"], text["id"], at),
            "candidates": [
                {"text": word, "exact": begins(word, text["target"][at:]), "features": features}
                for word, features in position["beginnings"]
            ],
        }
        for text in texts
        for at, position in enumerate(text["positions"])
        if position and position["beginnings"]
    ]


def begins(word: str, rest: str) -> bool:
    """Whether the rest begins with exactly this word, not with a longer one."""
    return rest.startswith(word) and not (rest[len(word) : len(word) + 1].isalnum() or rest[len(word) :][:1] == "_")


def tokens_of(position: Row) -> list[Token]:
    """What the model wrote there."""
    return [Token(token[3], token[0], token[1], -1, token[2]) for token in position["tokens"]]


def line_rows(texts: Sequence[Row], words: Words) -> list[Row]:
    """The likeliest line at every position, with its features and whether it is all of the true one."""
    rows: list[Row] = []
    for text in texts:
        for at, position in enumerate(text["positions"]):
            key = (text["project"], text["id"], at)
            rest = bare(text["target"][at:].split("\n", 1)[0])
            if not position or not position["lines"] or not rest:
                continue
            line, chance = position["lines"][0][:2]
            tokens = tokens_of(position)
            written = bare("".join(token.text for token in tokens).split("\n", 1)[0]) == bare(line)
            head = (text["before"] + text["target"][:at]).rsplit("\n", 1)[-1]
            word = words.get(key, {}).get(first_word(line))
            features = gates.line_features(chance, tokens, word, head, written=written)
            told = {"project": text["project"], "at": key, "text": line, "hole": is_hole(text)}
            rows.append({**told, "features": features, "exact": bare(line) == rest})
    return rows


def cut_rows(texts: Sequence[Row], words: Words) -> list[Row]:
    """Every cut of the likeliest line at every position, with its features and whether it is right."""
    rows: list[Row] = []
    for text in texts:
        for at, position in enumerate(text["positions"]):
            key = (text["project"], text["id"], at)
            if not position or not position["lines"] or key not in words:
                continue
            rest = text["target"][at:].split("\n", 1)[0]
            lines = [(found[0], found[1]) for found in position["lines"]]
            written = [(token[0], token[1]) for token in position["tokens"]]
            for cut, features in cuts.cuts(lines, written, words[key]):
                exact = cuts.begins(cut, rest)
                row = {"project": text["project"], "at": key, "text": cut, "features": features, "exact": exact}
                rows.append(row)
    return rows
