"""The two ways in which servers are asked and answer: llama.cpp's own /completion, and OpenAI's /v1/completions.

They build requests and read events; they send nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from inhouse.model.shared.text import Part

PROBABILITIES = 10
"""Most likely tokens asked for at each step: the rival, and what healing renormalises over."""
AVOIDED = 3.0
"""Nats taken from a token that is a name which the project does without; as much as the steering in this process."""
_OPENAI_PROBABILITIES = 5
"""More than five are refused by some servers."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A token that could stand at a place."""

    id: int
    """-1 where the server tells no ids."""
    text: bytes
    logarithm: float


@dataclass(frozen=True, slots=True)
class Said:
    """One token as a server said it."""

    id: int
    text: bytes
    logarithm: float | None
    """None: the server states no probabilities."""
    likely: tuple[Likely, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    said: tuple[Said, ...] = ()
    ended: str | None = None
    """end: the model ended it; limit: it became too long; None: it goes on."""
    prompt_tokens: int | None = None
    reused_tokens: int | None = None


class Dialect(Protocol):
    """A way to ask."""

    path: str
    forces_text: bool
    """Whether the beginning of an answer can be forced."""

    def body(self, parts: Sequence[Part], max_tokens: int, healed: str, avoid: Sequence[int] = ()) -> dict[str, Any]:
        """A request. `avoid`: tokens that begin names to stay away from; only for one that knows them by number."""
        ...

    def read(self, event: Mapping[str, Any]) -> Event: ...


class LlamaDialect:
    """llama-server: control tokens by their ids, the text at the cursor forced by a grammar, the cache kept."""

    path = "/completion"
    forces_text = True

    def __init__(self, control_ids: Sequence[int]) -> None:
        self._control_ids = control_ids

    def body(self, parts: Sequence[Part], max_tokens: int, healed: str, avoid: Sequence[int] = ()) -> dict[str, Any]:
        # With text in front, if only an empty one, the server begins as its vocabulary asks for; with a number not.
        prompt = ["", *(self._control_ids[part] if isinstance(part, int) else part for part in parts)]
        body: dict[str, Any] = {
            "prompt": prompt,
            "n_predict": max_tokens,
            "stream": True,
            "cache_prompt": True,
            "n_probs": PROBABILITIES,
            "samplers": ["top_k"],
            "top_k": 1,
            "temperature": 0.0,
            "return_tokens": True,
        }
        if avoid:
            body["logit_bias"] = [[token, -AVOIDED] for token in avoid]
        if healed:
            body["grammar"] = f"root ::= {json.dumps(healed, ensure_ascii=False)} .*"
        return body

    def read(self, event: Mapping[str, Any]) -> Event:
        rows = cast("list[dict[str, Any]]", event.get("completion_probabilities") or [])
        said = tuple(_said(row) for row in rows)
        if not event.get("stop"):
            return Event(said)
        timings = cast("dict[str, Any]", event.get("timings") or {})
        ended = "limit" if event.get("stop_type") == "limit" else "end"
        prompt = event.get("tokens_evaluated")
        return Event((), ended, prompt, timings.get("cache_n"))


class OpenAIDialect:
    """Any server with /v1/completions: vLLM, llama-cpp-python's server, llama-server and others. All is text."""

    path = "/v1/completions"
    forces_text = False

    def __init__(self, model: str, controls: Sequence[str]) -> None:
        self._model = model
        self._controls = controls
        self.states_probabilities = True
        """False once the server has refused to state them."""

    def body(self, parts: Sequence[Part], max_tokens: int, healed: str, avoid: Sequence[int] = ()) -> dict[str, Any]:
        text = "".join(self._controls[part] if isinstance(part, int) else part for part in parts)
        body: dict[str, Any] = {
            "model": self._model,
            "prompt": text,
            "max_tokens": max_tokens,
            "temperature": 0.0,
            "stream": True,
        }
        if self.states_probabilities:
            body["logprobs"] = _OPENAI_PROBABILITIES
        return body

    def read(self, event: Mapping[str, Any]) -> Event:
        choices = cast("list[dict[str, Any]]", event.get("choices") or [])
        choice: dict[str, Any] = choices[0] if choices else {}
        logprobs = cast("dict[str, Any]", choice.get("logprobs") or {})
        reason = choice.get("finish_reason")
        ended = None if reason is None else "limit" if reason == "length" else "end"
        if "content" in logprobs:  # the form of chats, which llama-server gives here too
            rows = cast("list[dict[str, Any]]", logprobs["content"] or [])
            return Event(tuple(_said(row) for row in rows), ended)
        if logprobs.get("tokens"):
            return Event(tuple(_rows(logprobs)), ended)
        text = str(choice.get("text") or "").encode()
        return Event((Said(-1, text, None),) if text else (), ended)


def _said(row: Mapping[str, Any]) -> Said:
    tops = cast("list[dict[str, Any]]", row.get("top_logprobs") or [])
    likely = tuple(Likely(int(one.get("id", -1)), _bytes(one), float(one["logprob"])) for one in tops)
    return Said(int(row.get("id", -1)), _bytes(row), float(row["logprob"]), likely)


def _bytes(row: Mapping[str, Any]) -> bytes:
    given = row.get("bytes")
    return bytes(cast("list[int]", given)) if given is not None else str(row.get("token", "")).encode()


def _rows(logprobs: Mapping[str, Any]) -> list[Said]:
    """The older form: lists side by side."""
    tokens = cast("list[str]", logprobs["tokens"])
    logarithms = cast("list[float | None]", logprobs.get("token_logprobs") or [None] * len(tokens))
    tops = cast("list[dict[str, float] | None]", logprobs.get("top_logprobs") or [None] * len(tokens))
    found: list[Said] = []
    for text, logarithm, top in zip(tokens, logarithms, tops, strict=False):
        likely = tuple(Likely(-1, other.encode(), value) for other, value in (top or {}).items())
        sure = None if logarithm is None or math.isnan(logarithm) else float(logarithm)
        found.append(Said(-1, text.encode(), sure, likely))
    return found
