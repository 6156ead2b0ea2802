"""What is asked of a model and what it answers: plain data, shared by every engine. Nothing here runs anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from inhouse.model.cancel import CancelFlag

StopReason = Literal["line", "end", "limit", "deadline", "cancelled", "caller"]
"""Why a decode ended: a line was complete, the model ended it, max_tokens, the deadline, the flag, `until` said so."""


class ModelError(Exception):
    """A model cannot be used; the message is one line for the user: what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of another project file, shown to the model before the current file."""

    path: str
    """Relative to the project's root, with forward slashes."""
    text: str


@dataclass(frozen=True, slots=True)
class FillRequest:
    """A hole to fill. All text has LF line ends."""

    path: str
    """The current file, relative to the project's root, with forward slashes."""
    prefix: str
    suffix: str
    blocks: tuple[Block, ...] = ()
    """Stable blocks first, volatile ones last: what comes first stays in the KV cache."""
    repository: str = ""
    max_tokens: int = 48
    max_lines: int = 1
    """Decoding ends before the newline that would begin line max_lines + 1."""
    deadline_ms: float | None = None
    """Time limit for writing all answers, or for judging, counted from when the prompt is read, in milliseconds."""
    alternatives: int = 1
    """How many different answers are wanted in all, 1 to 5."""
    avoid: tuple[str, ...] = ()
    """Names that the project does without here, for an engine that no steering reaches."""
    document: str = ""
    """What tells the file from one of the same path in another project; empty: the path does."""

    @property
    def key(self) -> str:
        """Under which the file's cells and windows are remembered."""
        return self.document or self.path


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token."""

    id: int
    """-1: of a server's vocabulary, which is not known here."""
    text: str
    """Its text as far as it is complete UTF-8; a split character's text stands with its last token."""
    probability: float
    """The model's probability of this token here, 0 to 1, among those that were allowed."""
    rival: int = -1
    """The second most likely token; -1 where it was not looked for."""
    rival_probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer, which leaves the first one at `branched_at`, in tokens."""

    text: str
    tokens: tuple[Token, ...]
    branched_at: int


@dataclass(frozen=True, slots=True)
class Fill:
    """What the model put into the hole, with what it cost."""

    text: str
    tokens: tuple[Token, ...]
    stop: StopReason
    prompt_tokens: int
    """Tokens of the whole prompt."""
    reused_tokens: int
    """How many of them were already in the KV cache."""
    prefill_ms: float
    decode_ms: float
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    alternatives: tuple[Alternative, ...] = ()
    first_token_ms: float = 0.0
    """Of the decode, until the first token was chosen."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How likely a given text is as what follows the cursor, as far as the model is concerned."""

    tokens: tuple[int, ...]
    """Those that say it; the first ones may say the end of what stands before the cursor again."""
    log_probabilities: tuple[float, ...]
    """Of each token after those before it (natural logarithms); the last one also counts where a token says it and the
    line break behind it."""
    line_log_probability: float
    """Of the whole text with the end of the line, or of the answer, behind it."""

    @property
    def log_probability(self) -> float:
        """Of the whole text, whatever comes behind it."""
        return sum(self.log_probabilities)


@dataclass(frozen=True, slots=True)
class Line:
    """A rest of the line that was found by searching for the likeliest."""

    text: str
    log_probability: float
    """Of the whole text with the end of the line, or of the answer, behind it, as it was steered."""


class Steering(Protocol):
    """Changes the model's mind, token by token: a project distribution, biases, masks."""

    def adjust(self, tokens: Sequence[int], logits: NDArray[np.float32]) -> float | None:
        """Change the logits, shape (vocabulary,), in place; `tokens` are the prompt's last and all generated ids.

        Returns what log_total would give for the changed logits where it is known, which saves computing it again.
        """
        ...


@runtime_checkable
class Informed(Protocol):
    """A steering that is told where it begins."""

    def begin(self, healed: bytes) -> None:
        """Before the first step: the text before the cursor whose tokens the prompt lacks, since they are said again.

        The prompt's last ids do not tell it: in a prefix-first layout only the head of the line stands there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A guess at the next tokens."""

    ids: Sequence[int] = ()
    chances: Sequence[float] = ()
    """Of each token, given that those before it are right."""
    order: int = 0
    """How many tokens before it match where it was found."""


@runtime_checkable
class Drafter(Protocol):
    """Guesses at what comes next. A steering may be one too."""

    def draft(self, tokens: Sequence[int], most: int) -> Draft:
        """At most `most` tokens behind `tokens`, the ids generated so far; an empty one where it has no idea."""
        ...


class Engine(Protocol):
    """What completion needs of a model. Implementations are used from one thread at a time."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> int:
        """How many weights the model has."""
        ...

    @property
    def context_tokens(self) -> int:
        """Length of the context window in tokens."""
        ...

    @property
    def tokenizer(self) -> str:
        """Names whose numbers `tokenize` gives: what is kept in them holds for no other."""
        ...

    def tokenize(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        """Token ids of plain text (control tokens in it count as ordinary characters). Safe from any thread.

        Raises Cancelled soon after `cancel` is set.
        """
        ...

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are."""
        ...

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; empty for control tokens."""
        ...

    def within(self, text: bytes) -> NDArray[np.int32]:
        """Ids of the tokens that can begin a sequence whose text begins with `text`."""
        ...

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        """Fill the hole. `until(text so far)` may end it early. Raises ModelError when the model fails."""
        ...

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        """How likely each text is in the hole, one judgement a text; none at all when cancelled or out of time.

        A text that is to end its line ends with a line break. Raises ModelError when the model fails.
        """
        ...

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        """Evaluate the request's prompt ahead of it, exactly; returns whether it is done.

        Yields to `cancel` within a token's time, keeping what was evaluated.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class Searcher(Protocol):
    """An engine that can look for the likeliest lines, not only write one."""

    def lines(
        self, request: FillRequest, width: int, cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Line, ...]:
        """Up to `width` different rests of the line, the likeliest first; what was found when the time is up, and
        none when cancelled. Raises ModelError when the model fails.
        """
        ...
