"""HTTP to one server, from a thread that must be able to turn away at any moment.

Requests run on an event loop in a thread of its own: giving one up closes its connection, and so the server stops.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Coroutine, Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar, cast

import httpx2

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.fill import ModelError
from inhouse.model.shared.secret import stays_on_this_machine

T = TypeVar("T")

_POLL_S = 0.005
"""How often the cancel flag is looked at; a token of a shared model takes longer."""
_CONNECT_S = 1.0
"""A server in the office answers a connection in a few milliseconds; one that is off never does."""
_LONGEST_LINE = 1_000_000
"""Of an answer, in bytes: whatever sends more is no completions server."""


class Away(Exception):
    """The server cannot be reached, broke off or does not answer in time. The message says what happened."""


class Refused(ModelError):
    """The server refuses a request. Its words are kept apart: they may quote the request, which is source code."""

    def __init__(self, message: str, words: str) -> None:
        super().__init__(message)
        self.words = words


class TooLong(Exception):
    """The server says that the prompt does not fit its context."""


class Client:
    """One server. `call` may be used from any thread."""

    def __init__(self, url: str, token: str | None, timeout_s: float) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
            follow_redirects=False,
            trust_env=not stays_on_this_machine(url),  # a proxy set for the web would carry it away in the clear
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="shared engine", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T], cancel: CancelFlag | None = None) -> T:
        """Run to the end, or until `cancel`. Raises Cancelled, Away, or ModelError where the server refuses."""
        if cancel and cancel.is_set:
            work.close()
            raise Cancelled
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        while True:
            try:
                return future.result(_POLL_S if cancel else None)
            except NotYet:
                if future.done():
                    raise  # pragma: no cover (the work itself may not raise it)
                if cancel and cancel.is_set:
                    future.cancel()
                    raise Cancelled from None
            except CancelledError:
                raise Away("the connection was closed") from None

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside everything else; nobody waits for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    async def get(self, path: str) -> Any:
        """The JSON at a path; None if there is no such path."""
        async with self._plainly():
            answer = await self._http.get(self.url + path)
            return None if answer.status_code in (404, 405) else self._json(answer)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        async with self._plainly():
            return self._json(await self._http.post(self.url + path, json=body))

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """The server-sent events of an answer. Leaving the iteration closes the connection."""
        async with self._plainly(), self._http.stream("POST", self.url + path, json=body) as answer:
            if answer.status_code != 200:
                await answer.aread()
                self._json(answer)
            async for line in answer.aiter_lines():
                if len(line) > _LONGEST_LINE:
                    raise Away("sends what is no completion")
                data = line.removeprefix("data:").strip()
                if line.startswith("data:") and data != "[DONE]":
                    event = _parsed(data)
                    if "error" in event:
                        self._failed(_words(event))
                    yield event

    def close(self) -> None:
        """End all requests and the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(2.0)
        if not self._thread.is_alive():
            self._loop.close()

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._http.aclose()
        self._loop.stop()

    def _json(self, answer: httpx2.Response) -> Any:
        code = answer.status_code
        if code in (401, 403):
            raise ModelError(
                f"{self.url}: refuses the token ({code}); set INHOUSE_SERVER_TOKEN, or `keyring set inhouse HOST:PORT`"
            )
        reason = _reason(answer) if code != 200 else ""
        if "context" in reason.lower():
            self._failed(reason)
        if code in (408, 425, 429) or code >= 500:
            raise Away(f"answers {code}")
        if code != 200:
            raise Refused(f"{self.url}: refuses the request ({code}); its own log says why", reason)
        return _parsed(answer.text)

    def _failed(self, reason: str) -> NoReturn:
        """Raise what an error in the server's words means."""
        if "context" in reason.lower():
            raise TooLong(reason)
        raise Away("fails; its own log says why")

    @asynccontextmanager
    async def _plainly(self) -> AsyncGenerator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise Away(str(error) or type(error).__name__) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        found: object = json.loads(text)
    except ValueError:
        raise Away("sends what is not JSON") from None
    if not isinstance(found, dict):
        raise Away("sends JSON of another form")
    return cast("dict[str, Any]", found)


def _reason(answer: httpx2.Response) -> str:
    try:
        return _words(answer.json()) or answer.reason_phrase
    except ValueError:
        return answer.reason_phrase


def _words(found: Any) -> str:
    """The server's own words of an error; never logged, never shown."""
    message: Any = cast("dict[str, Any]", found).get("error", found) if isinstance(found, dict) else found
    message = cast("dict[str, Any]", message).get("message", "") if isinstance(message, dict) else message
    return " ".join(str(message).split())[:80]
