"""The engine on a server: the same layouts and the same answers as in this process, over HTTP.

It raises Away when the server is; what is done then stands in fallback.py.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.fill import Alternative, Fill, FillRequest, ModelError
from inhouse.model.shared.client import Away, Client, Refused, TooLong
from inhouse.model.shared.dialects import Dialect, Event, LlamaDialect, OpenAIDialect
from inhouse.model.shared.text import CHARACTERS_PER_TOKEN, Asked, Part, TextLayout, harmless
from inhouse.model.shared.tokens import Tokens
from inhouse.model.shared.writing import Writing

_LEAST_RIVAL = 0.05
"""An alternative begins at a token whose rival had at least this chance."""

OTHER_FORM = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of JSON that is built otherwise than documented."""

_COUNTED = 8_000
"""Characters on either side of the cursor whose tokens are counted: enough for an average."""
_WORTH_COUNTING = 1_000
"""A shorter file fits, whatever its tokens."""

_MOST_DETOURS = 4
"""Requests spent on saying half-typed text again where a server forces nothing."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a shared engine is and how it is spoken to: the settings of the same names."""

    url: str
    kind: str = "auto"
    model: str | None = None
    family: str | None = None
    timeout_ms: int = 3000
    context_tokens: int = 2048


@dataclass(slots=True)
class _Answer:
    """One stream as it comes in."""

    writing: Writing
    began: float = 0.0
    """When the first token came; 0: none came yet."""
    last: Event = field(default_factory=Event)


class ServerEngine:
    """One model on one server. Used from one thread at a time."""

    def __init__(
        self, address: Address, client: Client, dialect: Dialect, model: str, layout: TextLayout, parameters: int = 0
    ) -> None:
        self._client = client
        self.dialect = dialect
        self.layout = layout
        self.address = address
        self.model = model
        self.parameters = parameters or _parameters_in(model)
        """Weights of the model, as the server or its name says; 0: unknown."""
        self.name = f"{model.rpartition('/')[2].removesuffix('.gguf')} at {urlsplit(address.url).netloc}"
        self.context_tokens = layout.context_tokens
        self._tokens = Tokens(client) if isinstance(dialect, LlamaDialect) else None
        """None: this server does not tell its tokens."""

    @property
    def steering(self) -> str:
        """What of the project's steering this server allows, for people."""
        reached = "prompt, half-typed names, and names to avoid that are one token"
        if not self.dialect.forces_text:
            stated = not isinstance(self.dialect, OpenAIDialect) or self.dialect.states_probabilities
            how = "with probabilities" if stated else "without probabilities, so show_above says little"
            reached = f"prompt only, {how}; half-typed names are asked for again"
        return f"{reached}; the project's own wording does not reach it, names are checked afterwards"

    def fill(self, request: FillRequest, cancel: CancelFlag, until: Callable[[str], bool] | None = None) -> Fill:
        """Fill the hole greedily. Raises Away or ModelError."""
        while True:
            try:
                return self._fill(request, cancel, until)
            except TooLong:
                if not self.layout.shrink(request.key):
                    raise ModelError(
                        f"{self.address.url}: even a short prompt is too long for it; set a smaller context_tokens"
                    ) from None

    def _fill(self, request: FillRequest, cancel: CancelFlag, until: Callable[[str], bool] | None) -> Fill:
        started = time.perf_counter()
        try:
            self._count(request, cancel)
            asked = self.layout.ask(request, joined=self.dialect.forces_text)
            answer = self._healed(asked, request, cancel, until)
            if answer.writing.strayed:
                asked = self.layout.ask(request, heal=False)
                answer = self._write(asked.parts, Writing(b"", request.max_lines, until), request, cancel)
            others = self._alternatives(asked, answer.writing, request, cancel)
        except Cancelled:
            return Fill("", (), "cancelled", 0, 0, _ms(started, time.perf_counter()), 0.0)
        now = time.perf_counter()
        writing, first = answer.writing, answer.began or now
        prompt = answer.last.prompt_tokens or int(asked.characters / CHARACTERS_PER_TOKEN)
        return Fill(
            writing.text, tuple(writing.tokens), writing.stop or "end", prompt, answer.last.reused_tokens or 0,
            _ms(started, first), _ms(first, now), alternatives=others,
        )  # fmt: skip

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        """Have the server read the prompt ahead; returns whether that is done. A server that is away is passed over."""
        if not isinstance(self.dialect, LlamaDialect):
            return True  # others keep no cache for a request that asks for no token
        try:
            self._count(request, cancel)
            asked = self.layout.ask(request)
            body = self.dialect.body(asked.parts, 0, "") | {"stream": False, "n_probs": 0}
            self._client.call(self._client.post(self.dialect.path, body), cancel)
        except Cancelled:
            return False
        except TooLong:
            return not self.layout.shrink(request.key)
        return True

    def close(self) -> None:
        self._client.close()

    def _healed(
        self, asked: Asked, request: FillRequest, cancel: CancelFlag, until: Callable[[str], bool] | None
    ) -> _Answer:
        """An answer that says the text at the cursor again; where nothing can be forced, by taking likely detours."""
        writing = Writing(asked.healed.encode(), request.max_lines, until)
        answer = self._write(asked.parts, writing, request, cancel, asked.healed)
        for _ in range(_MOST_DETOURS):
            if not writing.strayed or writing.detour is None:
                break
            if writing.turn():
                parts = _continued(asked.parts, writing.said.decode("utf-8", errors="ignore"))
                answer = self._write(parts, writing, request, cancel)
        return answer

    def _write(
        self, parts: Sequence[Part], writing: Writing, request: FillRequest, cancel: CancelFlag, healed: str = ""
    ) -> _Answer:
        try:
            return self._client.call(self._stream(parts, healed, request, writing), cancel)
        except Refused as error:
            dialect = self.dialect
            if (
                not isinstance(dialect, OpenAIDialect)
                or not dialect.states_probabilities
                or "logprobs" not in error.words
            ):
                raise
            dialect.states_probabilities = False
            return self._write(parts, writing, request, cancel, healed)

    async def _stream(self, parts: Sequence[Part], healed: str, request: FillRequest, writing: Writing) -> _Answer:
        answer = _Answer(writing)
        avoid = await self._tokens.of_names(request.avoid) if self._tokens else ()
        body = self.dialect.body(parts, request.max_tokens, healed, avoid)
        async with aclosing(self._client.events(self.dialect.path, body)) as events:
            async for raw in events:
                try:
                    event = self.dialect.read(raw)
                except OTHER_FORM:
                    raise Away("sends events of another form") from None
                if event.said and not answer.began:
                    answer.began = time.perf_counter()
                for said in event.said:
                    if not writing.add(said):
                        return answer
                if event.ended:
                    answer.last = event
                    writing.stop = "limit" if event.ended == "limit" else "end"
                    return answer
                if _is_late(request, answer.began):
                    writing.stop = "deadline"
                    return answer
        raise Away("broke off in the middle of an answer")

    def _count(self, request: FillRequest, cancel: CancelFlag) -> None:
        """Find out once for each file how long its tokens are, where the server tells: so all its context is used."""
        text = request.prefix[-_COUNTED:] + request.suffix[:_COUNTED]
        if self._tokens and len(text) >= _WORTH_COUNTING and not self.layout.is_counted(request.key):
            self.layout.count(request.key, len(text), self._client.call(self._tokens.count(text), cancel))

    def _alternatives(
        self, asked: Asked, first: Writing, request: FillRequest, cancel: CancelFlag
    ) -> tuple[Alternative, ...]:
        """Answers that leave the first one where its decision was closest, one request each."""
        places = [place for place, text in enumerate(first.rival_texts) if text.strip()]
        places.sort(key=lambda place: -first.tokens[place].rival_probability)
        found: list[Alternative] = []
        for place in places[: max(0, request.alternatives - 1)]:
            if first.tokens[place].rival_probability < _LEAST_RIVAL:
                break
            begun = "".join(token.text for token in first.tokens[:place]) + first.rival_texts[place]
            writing = Writing(b"", request.max_lines)
            if "\n" not in begun:
                self._write(_continued(asked.parts, asked.healed + begun), writing, request, cancel)
            text = (begun + writing.text).split("\n")[0] if request.max_lines == 1 else begun + writing.text
            if text not in (first.text, *(one.text for one in found)):
                found.append(Alternative(text, (*first.tokens[:place], *writing.tokens), place))
        return tuple(found)


def _continued(parts: Sequence[Part], text: str) -> list[Part]:
    """The prompt's parts with a text behind them."""
    *before, last = parts
    return [*before, last + harmless(text)] if isinstance(last, str) else [*before, last, harmless(text)]


def _parameters_in(model: str) -> int:
    """From a name such as qwen2.5-coder-1.5b."""
    found = re.search(r"(?<![\d.])(\d+(?:\.\d+)?)([bm])(?![a-z\d])", model.lower())
    return int(float(found[1]) * (1e9 if found[2] == "b" else 1e6)) if found else 0


def _is_late(request: FillRequest, began: float) -> bool:
    return bool(began) and request.deadline_ms is not None and _ms(began, time.perf_counter()) > request.deadline_ms


def _ms(start: float, end: float) -> float:
    return (end - start) * 1000
