"""What a llama-server tells of its tokens: how long they are in a file, and which of them are a whole name.

Each is asked for once. It decides nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from inhouse.model.shared.client import Client

_MOST_NAMES = 40
"""Names that are looked up at one place."""
_REMEMBERED = 4096
"""Names; an entry is a few numbers."""
_BEFORE = ("", " ", ".")
"""What a name is one token with."""


class Tokens:
    """The tokens of one server. Its methods run on the client's event loop."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._names: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    async def count(self, text: str) -> int:
        """How many tokens a text is."""
        return len(await self._tokens(text))

    async def of_names(self, names: Sequence[str]) -> list[int]:
        """The tokens that are one of these names, alone or behind a space or dot.

        A name of several tokens is left alone: its first one begins other names too.
        """
        for name in names[:_MOST_NAMES]:
            if name not in self._names:
                spelled = [await self._tokens(before + name) for before in _BEFORE]
                self._names[name] = tuple(tokens[0] for tokens in spelled if len(tokens) == 1)
                if len(self._names) > _REMEMBERED:
                    self._names.popitem(last=False)
        return [token for name in names for token in self._names.get(name, ())]

    async def _tokens(self, text: str) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": False}
        return list(map(int, (await self._client.post("/tokenize", body)).get("tokens") or []))
