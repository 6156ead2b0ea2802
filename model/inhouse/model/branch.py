"""Alternatives that are really different: they leave the first answer at the names that it was least sure of.

All branches share the prompt's and the first answer's cells and take their steps in one batch: four cost two to three
times one (docs/log.md, 2026-11-22: 2.2 times with the embedded core, 2.9 at 0.5B on one thread). Branching at
high-entropy tokens follows the finding that few tokens carry the decisions (arXiv 2506.01939).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.choose import Choice
from inhouse.model.decode import Decoded, Spelling, Tokens, add_token
from inhouse.model.fill import Alternative, FillRequest, Steering, Token
from inhouse.model.session import BRANCHES, FILE, SIDE, Session

_MIN_RIVAL = 0.02
"""A rival less likely than this opens no branch: it is hardly ever what was meant."""


@dataclass(slots=True)
class _Branch:
    sequence: int
    position: int
    """Of the token that is evaluated next."""
    at: int
    done: Decoded
    spelling: Spelling
    ended: bool = False

    def say(self, choice: Choice, vocabulary: Tokens, request: FillRequest) -> None:
        """Add a token, and notice whether the branch ends with it."""
        if vocabulary.is_end(choice.token):
            self.ended = True
            return
        stop = add_token(self.done, choice, self.spelling, request.max_lines)
        self.ended = stop is not None or len(self.done.tokens) >= request.max_tokens


def alternatives(
    session: Session,
    vocabulary: Tokens,
    request: FillRequest,
    prompt_length: int,
    first: Decoded,
    cancel: CancelFlag,
    *,
    before: Sequence[int] = (),
    healed: bytes = b"",
    steering: Steering | None = None,
    late: Callable[[], bool] = lambda: False,
) -> tuple[Alternative, ...]:
    """Up to `request.alternatives` - 1 other answers, the best branch points first. Never raises Cancelled.

    `before` and `healed` are what the first answer's decode was given; what is unfinished when it is `late` is left.
    """
    points = branch_points(first.tokens, min(request.alternatives - 1, BRANCHES))
    branches = [
        _open(session, vocabulary, prompt_length, first, at, SIDE + number, healed) for number, at in enumerate(points)
    ]
    try:
        for branch in branches:
            token = first.tokens[branch.at]
            branch.say(Choice(token.rival, token.rival_probability, -1, 0.0), vocabulary, request)
        _grow(session, vocabulary, request, branches, lambda: cancel.is_set or late(), before, steering)
    except Cancelled:
        pass  # what is finished is given
    finally:
        for branch in branches:
            session.cells.remove(branch.sequence)
    return _different(first, [branch for branch in branches if branch.ended])


def branch_points(tokens: Sequence[Token], wanted: int) -> list[int]:
    """Indexes of the most uncertain names' first tokens, then of other uncertain tokens."""
    likely = [index for index, token in enumerate(tokens) if token.rival >= 0 and token.rival_probability >= _MIN_RIVAL]
    names = {index for index in likely if _begins_name(tokens, index)}
    return sorted(likely, key=lambda index: (index not in names, tokens[index].probability))[:wanted]


def _begins_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name begins within this token's text."""
    text = tokens[index].text
    before = tokens[index - 1].text[-1:] if index else ""
    return any(
        letter.isidentifier() and not (text[at - 1] if at else before).isidentifier() for at, letter in enumerate(text)
    )


def _open(
    session: Session, vocabulary: Tokens, prompt_length: int, first: Decoded, at: int, sequence: int, healed: bytes
) -> _Branch:
    """A branch that shares the prompt and the first `at` tokens of the answer."""
    position = prompt_length + at
    session.cells.remove(sequence)
    session.cells.copy(FILE, sequence, 0, position)
    kept, spelling = first.tokens[:at], Spelling(vocabulary, healed)
    text = "".join(spelling.add(token.id) for token in kept)
    return _Branch(sequence, position, at, Decoded(text, list(kept)), spelling)


def _grow(
    session: Session,
    vocabulary: Tokens,
    request: FillRequest,
    branches: Sequence[_Branch],
    over: Callable[[], bool],
    before: Sequence[int],
    steering: Steering | None,
) -> None:
    """Step all open branches together until each has ended, or all is `over`."""
    while growing := [branch for branch in branches if not branch.ended]:
        if over():
            return
        session.decode_together(
            [(branch.done.tokens[-1].id, branch.position, (branch.sequence,)) for branch in growing]
        )
        for row, branch in enumerate(growing):
            branch.position += 1
            logits = session.logits(row)
            said = [*before, *(token.id for token in branch.done.tokens)]
            total = steering.adjust(said, logits) if steering is not None else None
            branch.say(branch.spelling.choose(logits, total), vocabulary, request)


def _different(first: Decoded, branches: Sequence[_Branch]) -> tuple[Alternative, ...]:
    """The branches whose text differs from the first answer's and each other's by more than blanks."""
    seen = {"".join(first.text.split()), ""}
    found: list[Alternative] = []
    for branch in branches:
        bare = "".join(branch.done.text.split())
        if bare not in seen:
            seen.add(bare)
            found.append(Alternative(branch.done.text, tuple(branch.done.tokens), branch.at))
    return tuple(found)
