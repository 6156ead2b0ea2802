"""Puts what a server says together to an answer: less the healed text, cut at its line's end, with probabilities.

It knows nothing of HTTP.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from inhouse.model.decode import line_cut
from inhouse.model.fill import StopReason, Token
from inhouse.model.shared.dialects import Said

UNSTATED = 0.75
"""Probability of a token where the server states none, neither sure nor unsure: the gate goes by other features."""


@dataclass(slots=True)
class Writing:
    """An answer as it comes in."""

    healed: bytes
    """What must be said again before the answer begins."""
    max_lines: int
    until: Callable[[str], bool] | None = None
    text: str = ""
    tokens: list[Token] = field(default_factory=list[Token])
    rival_texts: list[str] = field(default_factory=list[str])
    """Text of each token's rival; empty where there is none that could begin another answer."""
    stop: StopReason | None = None
    strayed: bool = False
    """The answer does not begin with the healed text."""
    detour: Said | None = None
    """Then: the likeliest of the other tokens stated there that could say it."""
    said: bytes = b""
    """Everything said so far, the healed text with it."""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def turn(self) -> bool:
        """Take the detour; returns whether more is wanted behind it."""
        assert self.detour is not None, "there is one"
        said, self.strayed, self.detour = self.detour, False, None
        return self.add(said)

    def add(self, said: Said) -> bool:
        """Take one token in; returns whether more is wanted."""
        piece, healed = said.text, self.healed
        if healed:
            again = min(len(piece), len(healed))
            if piece[:again] != healed[:again]:
                self.strayed, self.detour = True, _fitting(said, healed)
                return False
            self.healed, piece = healed[again:], piece[again:]
        self.said += said.text
        token, rival = _token(said, healed)
        self.rival_texts.append("" if healed else rival)
        grown = self.text + self._decoder.decode(piece)
        cut = line_cut(grown, self.max_lines)
        fresh = grown[len(self.text) : cut]
        self.tokens.append(Token(token.id, fresh, token.probability, token.rival, token.rival_probability))
        self.text = grown[:cut]
        if cut is not None:
            self.stop = "line"
        elif self.until is not None and self.until(self.text):
            self.stop = "caller"
        return self.stop is None


def _fitting(said: Said, healed: bytes) -> Said | None:
    fits = [one for one in said.likely if one.text and (one.text.startswith(healed) or healed.startswith(one.text))]
    best = max(fits, key=lambda one: one.logarithm, default=None)
    return Said(best.id, best.text, best.logarithm, said.likely) if best else None


def _token(said: Said, healed: bytes) -> tuple[Token, str]:
    """(the token without its text, its rival's text).

    Its probability counts among the stated tokens that can say the healed text, where there is some. Its number is left
    out: here all numbers are the embedded core's.
    """
    if said.logarithm is None:
        return Token(-1, "", UNSTATED), ""
    own = math.exp(said.logarithm)
    rivals = [one for one in said.likely if (one.id, one.text) != (said.id, said.text) and one.text]
    if healed:
        rivals = [one for one in rivals if one.text.startswith(healed) or healed.startswith(one.text)]
        whole = own + sum(math.exp(one.logarithm) for one in rivals)
    else:
        whole = 1.0
    best = max(rivals, key=lambda one: one.logarithm, default=None)
    if best is None:
        return Token(-1, "", own / whole), ""
    rival = best.text.decode("utf-8", errors="ignore")
    return Token(-1, "", own / whole, -1, math.exp(best.logarithm) / whole), rival
