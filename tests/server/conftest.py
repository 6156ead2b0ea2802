"""Starts server processes for the tests and makes sure that they are gone afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from .client import Client

Start = Callable[..., Awaitable[Client]]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("INHOUSE_POWER", "full")  # what is tested must not hang on what else this machine does
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start a server with the arguments of fake_server.py."""
    clients: list[Client] = []

    async def start(*arguments: str, command: list[str] | None = None) -> Client:
        client = Client()
        clients.append(client)
        await client.start(*arguments, command=command)
        return client

    yield start
    for client in clients:
        await client.end()
