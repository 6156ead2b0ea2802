"""Steers away from names that nobody knows here, and from those that the project avoids, while a name is being written.

A soft bias: what is nearer needs less of the model's belief. A name costs what it can still become at best, and each
token the difference that it makes: what leads away from all known names pays once, what follows is free, and so is the
end of a name that is unknown already. Only tokens that would win are looked at: most steps cost one look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.identifiers import NAME, Spot, ends_in_name, spots
from inhouse.completion.known import Known, Near

_STRENGTH: Mapping[tuple[str, Near], float] = {
    ("value", Near.PROJECT): 0.7,
    ("argument", Near.PROJECT): 0.7,
    ("member", Near.PROJECT): 0.7,
    ("value", Near.LIBRARY): 1.5,
    ("argument", Near.LIBRARY): 1.5,
    ("member", Near.LIBRARY): 1.5,
    ("value", Near.NOWHERE): 4.0,
    ("argument", Near.NOWHERE): 4.0,
    ("member", Near.NOWHERE): 4.0,
    ("member", Near.OUTSIDE): 30.0,
    ("reserved", Near.OUTSIDE): 30.0,
}
"""Nats taken from a name that is there, swept on development packages: docs/log.md, 2026-11-22, names. Names at a
line's beginning may be new. OUTSIDE is as good as a mask.
LIBRARY lies between its neighbours; 0 to 4 made no difference at 55 places: docs/log.md, 2026-11-23."""
_OWN_MEMBER = 2.0
"""Taken from `self.name` where the class is known and name is no member of it, only spelled somewhere in the file."""
_AVOIDED = 3.0
_LOOKED_AT = 24
"""Likeliest tokens weighed again where the first one is not the nearest."""

Within = Callable[[bytes], NDArray[np.int32]]


class NameBias:
    """Steering for one request; see inhouse.model.Steering."""

    def __init__(
        self,
        known: Known,
        avoided: Callable[[Spot], str | None],
        piece: Callable[[int], bytes],
        within: Within,
        line_head: str,
        comment: str,
        learnt: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        """`avoided`: why the project does without a name, None if it does not; `comment`: what begins one here.

        `learnt`: nats for (or, below 0, against) a name, from what was kept and changed.
        """
        self._known, self._avoided = known, avoided
        self._piece, self._within = piece, within
        self._line_head, self._comment = line_head, comment
        self._learnt = learnt
        self.avoided: dict[str, str] = {}
        """Names that were held back because the project avoids them, with the reasons."""

    def adjust(self, said: Sequence[int], healed: bytes, logits: NDArray[np.float32]) -> bool:
        """Weigh the likeliest tokens; whether any was. `said`: those generated so far, which began with `healed`."""
        written = b"".join(map(self._piece, said))
        left = healed[len(written) :]
        allowed = self._within(left) if left else None
        if allowed is not None and not len(allowed):
            return False
        head = self._line_head.encode()
        line = (head[: len(head) - len(healed)] + written).decode("utf-8", "replace")
        line = line[line.rfind("\n") + 1 :]
        top = int(logits.argmax()) if allowed is None else int(allowed[logits[allowed].argmax()])
        paid = self._cost(line)
        if not self._strength(line, top, paid):
            return False
        ids = _likeliest(logits, allowed)
        logits[ids] -= np.array([self._strength(line, int(token), paid) for token in ids], np.float32)
        return True

    def _strength(self, line: str, token: int, paid: float) -> float:
        """What is taken from a token's logit if it follows the line so far, whose last name has cost `paid`."""
        piece = self._piece(token)
        text = piece.decode("utf-8", "replace").split("\n", 1)
        ends = len(text) > 1 or not piece  # a token without text ends the answer
        if not ends_in_name(line) and not NAME.search(text[0]):
            return 0.0  # half of all tokens: nothing to look for
        whole = line + text[0] + ("\n" if ends else "")
        return max(
            (self._of(spot) - (paid if spot.start < len(line) else 0.0) for spot in self._spots(whole, len(line))),
            default=0.0,
        )

    def _cost(self, line: str) -> float:
        """What the name at the end of the line so far costs."""
        if not ends_in_name(line):
            return 0.0
        return max((self._of(spot) for spot in self._spots(line, len(line))), default=0.0)

    def _spots(self, line: str, start: int) -> Iterator[Spot]:
        return spots(line, start, self._comment, touching=True, reserved=self._known.reserved)

    def _of(self, spot: Spot) -> float:
        """What a name costs; what is held against this very name counts only when it cannot become a longer one."""
        why, learnt = self._avoided(spot), self._learnt(spot.name)
        if (why or learnt) and not spot.whole and self._known.goes_on(spot):
            why, learnt = None, 0.0
        if why:
            self.avoided[spot.name] = why
            return _AVOIDED
        return self._strange(spot) - learnt

    def _strange(self, spot: Spot) -> float:
        """What a name costs for being far away."""
        near = self._known.near(spot)
        if near == Near.FILE and spot.role == "member" and self._known.has_members(spot.receiver):
            return _OWN_MEMBER
        return _STRENGTH.get((spot.role, near), 0.0)


def _likeliest(logits: NDArray[np.float32], allowed: NDArray[np.int32] | None) -> NDArray[np.int64]:
    ids = np.arange(len(logits)) if allowed is None else allowed.astype(np.int64)
    if len(ids) <= _LOOKED_AT:
        return ids
    return ids[np.argpartition(-logits[ids], _LOOKED_AT)[:_LOOKED_AT]]
