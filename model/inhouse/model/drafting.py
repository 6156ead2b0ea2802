"""Evaluates drafted tokens together with the token before them, and hands out their logits one by one.

Stands between the decode loop and the session: the loop chooses each token from its logits as ever, so steering and
healing see nothing of it, and the text is the same as without drafts but for the rounding of llama.cpp's kernels, which
differ between one token and several: of two tokens that are as good as equally likely, the other one may come out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from inhouse.model.batch_costs import LONGEST_DRAFT, best_length
from inhouse.model.cells import Logits
from inhouse.model.drafts import Acceptance
from inhouse.model.fill import Draft, Drafter


class Evaluator(Protocol):
    """What is needed of a session."""

    @property
    def tokens(self) -> Sequence[int]: ...

    def logits(self, row: int = -1) -> Logits: ...

    def append(self, token: int) -> None: ...

    def verify(self, tokens: Sequence[int]) -> None: ...

    def shorten(self, length: int) -> None: ...


class Drafting:
    """A session that reads ahead where it pays. The decode loop's, for one answer."""

    def __init__(
        self,
        session: Evaluator,
        drafter: Drafter,
        costs: Mapping[int, float],
        acceptance: Acceptance,
        *,
        usable: Callable[[int], bool],
        most: int,
    ) -> None:
        """`usable` says whether a token can stand in a draft; `most` tokens are generated at most."""
        self._session = session
        self._drafter = drafter
        self._costs = costs
        self._acceptance = acceptance
        self._usable = usable
        self._left = most
        self._said: list[int] = []
        self._start = len(session.tokens)
        self._guess = Draft()
        self._right = 0
        """How many of the guess's tokens came true."""
        self._read = 0
        """How many of them were evaluated."""
        self._row = -1
        self.drafted = 0
        self.accepted = 0

    def logits(self) -> Logits:
        """Logits after the last appended token."""
        return self._session.logits(self._row)

    def append(self, token: int) -> None:
        """Go on behind this token. Raises Cancelled."""
        guess = self._guess.ids
        if self._right < len(guess) and guess[self._right] == token:
            self._right += 1
            if self._right <= self._read:
                self._row += 1
                self.accepted += 1
                self._said.append(token)
                return
            if self._right == len(guess):
                self._guess_anew(token)
        else:
            self._guess_anew(token)
        self._evaluate(token)
        self._said.append(token)

    def finish(self) -> None:
        """Leave in the session what was really generated."""
        # The token behind the right ones was never asked for: it counts neither way.
        said = Draft(self._guess.ids[: self._right], self._guess.chances[: self._right], self._guess.order)
        self._acceptance.count(said, self._right)
        self._session.shorten(self._start + len(self._said))

    def _guess_anew(self, token: int) -> None:
        """Count how the last guess turned out, forget what was evaluated in vain, and guess what follows the token.

        Guesses that were not worth evaluating are counted too, which is how it is learned when they become so.
        """
        if self._guess.ids:
            self._acceptance.count(self._guess, self._right)
            self._session.shorten(self._start + len(self._said))
        most = min(LONGEST_DRAFT, self._left - len(self._said) - 2)
        found = self._drafter.draft([*self._said, token], most) if most > 0 else Draft()
        usable = next((at for at, one in enumerate(found.ids) if not self._usable(one)), len(found.ids))
        self._guess = Draft(found.ids[:usable], found.chances[:usable], found.order)
        self._right = self._read = 0

    def _evaluate(self, token: int) -> None:
        """Evaluate the token, with as much of the guess behind it as pays."""
        guess = self._guess
        length = 0
        if self._right < len(guess.ids):
            length = best_length(self._acceptance.chances(guess)[self._right :], self._costs)
        if length:
            ahead = guess.ids[self._right : self._right + length]
            self._session.verify([token, *ahead])
            self._row = 0
            self.drafted += length
        else:
            self._session.append(token)
            self._row = -1
        self._read = self._right + length
