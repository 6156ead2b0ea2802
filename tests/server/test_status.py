"""What an editor's status bar and menu get from the server."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from lsprotocol import types

from inhouse.server.status import Status

from .client import LIMIT_S, Client, plain, until
from .conftest import Start

WANTS = types.ClientCapabilities(experimental={"inhouseStatus": True})


def listen(client: Client) -> list[Any]:
    """The states that the server tells from now on."""
    told: list[Any] = []

    def hear(params: Any) -> None:
        told.append(plain(params))

    cast(Any, client).feature("inhouse/status")(hear)
    return told


async def ask(client: Client, command: str, *arguments: Any) -> Any:
    params = types.ExecuteCommandParams(command, list(arguments))
    return plain(await asyncio.wait_for(client.workspace_execute_command_async(params), LIMIT_S))


async def test_a_client_that_asks_is_told_of_each_change(start: Start, tmp_path: Path) -> None:
    client = await start("--token-ms", "200")
    told = listen(client)
    await client.hello(tmp_path, capabilities=WANTS)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)

    await until(lambda: [one["state"] for one in told][-2:] == ["thinking", "idle"], "thinking, then idle")
    assert told[-1]["model"] == "fake"
    assert (told[-1]["mode"], told[-1]["engine"]) == ("full", "embedded")
    assert told[-1]["power"] in ("mains", "battery")
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings={"inhouse": {"enabled": False}})
    )
    await until(lambda: told[-1]["state"] == "off", "off")
    assert all(one != following for one, following in itertools.pairwise(told))


@pytest.mark.parametrize(("seconds", "states"), [(3600.0, []), (0.0, ["thinking", "idle"])])
async def test_thinking_is_told_only_if_it_takes_long_enough_to_be_seen(
    monkeypatch: pytest.MonkeyPatch, seconds: float, states: list[str]
) -> None:
    monkeypatch.setattr("inhouse.server.status.THINKING_S", seconds)
    told: list[str] = []
    power = SimpleNamespace(state=lambda: SimpleNamespace(source="mains", mode="full"))
    server: Any = SimpleNamespace(
        rules=SimpleNamespace(enabled=True),
        power=power,
        assistant=SimpleNamespace(model_name="m", engine_state="embedded"),
        client_capabilities=WANTS,
        protocol=SimpleNamespace(notify=lambda _, state: told.append(state["state"])),
    )
    status = Status(server)
    status.tell()

    with status.thinking():
        for _ in range(5):
            await asyncio.sleep(0)

    assert told == ["idle", *states]


async def test_documents_in_which_nothing_is_suggested_are_told_with_the_reason(start: Start, tmp_path: Path) -> None:
    (tmp_path / "inhouse.toml").write_text('languages_off = ["lua"]\n')
    client = await start()
    told = listen(client)
    await client.hello(tmp_path, capabilities=WANTS)
    client.open((tmp_path / "a.py").as_uri(), "x = ")
    lua = client.open((tmp_path / "a.lua").as_uri(), "x = ", "lua")
    off = [{"uri": lua, "why": "switched off for lua"}]

    await until(lambda: bool(told) and told[-1]["off"] == off, "the reason is told")
    (tmp_path / "inhouse.toml").unlink()
    await until(lambda: told[-1]["off"] == [], "it is no longer so")
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings={"inhouse": {"languages_off": ["lua"]}})
    )
    await until(lambda: told[-1]["off"] == off, "whoever has set it")
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(lua)))
    await until(lambda: told[-1]["off"] == [], "closed")


async def test_a_client_that_does_not_ask_is_told_nothing_but_may_ask(start: Start, tmp_path: Path) -> None:
    client = await start()
    told = listen(client)
    await client.hello(tmp_path)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")
    await client.complete(document, 0, 4)

    assert (await ask(client, "inhouse.status"))["state"] == "idle"
    assert told == []


async def test_a_model_that_cannot_be_loaded_is_told(start: Start, tmp_path: Path) -> None:
    client = await start("--broken")
    told = listen(client)
    await client.hello(tmp_path, capabilities=WANTS)

    await until(lambda: bool(told) and told[-1]["state"] == "failed", "failed")


async def test_conventions_come_as_a_report_from_the_running_index(start: Start, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def one():\n    return 1\n")
    client = await start()
    await client.hello(tmp_path)
    document = client.open((tmp_path / "a.py").as_uri(), "def one():\n    return 1\n")
    for arguments in ([document], [], [7]):
        found = await ask(client, "inhouse.conventions", *arguments)
        assert found["root"] == str(tmp_path)
        assert found["text"].startswith("Conventions of 1 files")
        assert found["problem"] is None


async def test_saving_is_told_and_spares_the_model(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHOUSE_POWER", "saving")
    client = await start()
    await client.hello(tmp_path)
    document = client.open((tmp_path / "a.py").as_uri(), "x = ")

    assert await client.complete(document, 0, 4)
    assert (await ask(client, "inhouse.status"))["mode"] == "saving"
