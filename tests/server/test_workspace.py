"""Settings, folders, progress: what an editor tells of its workspace, and what it is told."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from inhouse.context import Project
from inhouse.model.shelf import Shelf

from .client import LIMIT_S, Client, until
from .conftest import Start

PULLS = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=True),
    )
)
SHOWS_PROGRESS = types.ClientCapabilities(window=types.WindowClientCapabilities(work_done_progress=True))


async def suggestions(client: Client, folder: Path, language: str = "python") -> int:
    document = client.open((folder / "a.py").as_uri(), "x = ", language)
    return len(await client.complete(document, 0, 4))


def titles(client: Client) -> list[str]:
    """Of the progress shown so far."""
    return [value["title"] for _, value in client.reports if value["kind"] == "begin"]


async def change_settings(client: Client, settings: Any) -> None:
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    await client.why()  # its answer comes after the change was read


@pytest.mark.parametrize("options", [{"enabled": False}, {"inhouse": {"enabled": False}}])
async def test_options_at_start_can_switch_it_off(start: Start, tmp_path: Path, options: Any) -> None:
    client = await start()
    await client.hello(tmp_path, options=options)
    assert await suggestions(client, tmp_path) == 0
    assert (await client.why())["silent"] == "switched off"


async def test_it_can_be_paused_and_resumed(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path)
    counts: list[int] = []
    for enabled in (False, True):
        await change_settings(client, {"inhouse": {"enabled": enabled}})
        counts.append(await suggestions(client, tmp_path))
    assert counts == [0, 1]


async def test_settings_are_pulled_where_the_editor_keeps_them(start: Start, tmp_path: Path) -> None:
    client = await start()
    client.settings = {"languages_off": ["markdown"]}
    await client.hello(tmp_path, options={"max_tokens": 8}, capabilities=PULLS)
    await until(lambda: client.registered == ["workspace/didChangeConfiguration"], "changes are subscribed to")
    assert await suggestions(client, tmp_path, "markdown") == 0
    assert await suggestions(client, tmp_path) == 1
    client.settings = {"enabled": False}
    await change_settings(client, None)
    document = (tmp_path / "a.py").as_uri()
    while await client.complete(document, 0, 4):
        pass  # the settings are asked for meanwhile
    assert (await client.why())["silent"] == "switched off"


async def test_bad_settings_are_told_once_and_defaults_used(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path, options={"threads": "many", "colour": "red"})
    assert await suggestions(client, tmp_path) == 1
    await change_settings(client, {"inhouse": {"threads": "many", "colour": "red"}})
    [message] = client.shown
    assert message.type == types.MessageType.Warning
    assert "threads" in message.message
    assert "colour" in message.message


async def test_another_model_takes_over_and_the_old_one_is_closed(
    start: Start, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trace = tmp_path_factory.mktemp("trace") / "trace.txt"
    client = await start("--trace", str(trace))
    await client.hello(tmp_path)
    assert await suggestions(client, tmp_path) == 1
    await change_settings(client, {"inhouse": {"model": "other.gguf"}})
    assert await suggestions(client, tmp_path) == 1
    await until(lambda: "closed" in trace.read_text(), "the old model is released")


async def test_loading_and_indexing_are_shown_as_progress(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path, capabilities=SHOWS_PROGRESS)

    await until(lambda: [value["kind"] for _, value in client.reports].count("end") == 2, "both are done")
    assert sorted(titles(client)) == ["inhouse: loading the model", f"inhouse: reading {tmp_path.name}"]
    created = {params.token for params in client.created}
    assert {token for token, _ in client.reports} == created
    for token in created:
        kinds = [value["kind"] for of, value in client.reports if of == token]
        assert (kinds[0], kinds[-1]) == ("begin", "end")
        assert set(kinds[1:-1]) <= {"report"}


async def test_an_editor_without_progress_gets_none(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path)
    assert await suggestions(client, tmp_path) == 1
    assert (client.created, client.reports) == ([], [])


async def test_switched_off_nothing_is_loaded_or_read(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path, options={"enabled": False}, capabilities=SHOWS_PROGRESS)
    assert await suggestions(client, tmp_path) == 0
    assert client.created == []


async def test_folders_may_come_and_go(start: Start, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    client = await start()
    await client.hello(tmp_path, capabilities=SHOWS_PROGRESS)
    other = tmp_path_factory.mktemp("other")
    event = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder(other.as_uri(), "other")],
        removed=[types.WorkspaceFolder(tmp_path.as_uri(), tmp_path.name)],
    )
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await until(lambda: f"inhouse: reading {other.name}" in titles(client), "the new folder is read")
    assert await suggestions(client, other) == 1


async def test_buffers_and_files_are_followed_without_harm(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path)
    file = tmp_path / "b.py"
    file.write_text("def helper(): ...\n")
    document = client.open(file.as_uri(), "x = ")
    client.edit(document, 2, "def helper(one): ...\nx = ")
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(document)))
    assert len(await client.complete(document, 1, 4)) == 1
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(document)))
    file.unlink()
    assert await client.bye() == 0
    assert "failed" not in client.stderr


async def test_what_is_saved_is_in_the_index_without_a_pause(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each save is read, while somebody goes on typing so fast that no pause ever comes."""
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "house"
    root.mkdir()
    client = await start()
    await client.hello(root)
    document = client.open((root / "b.py").as_uri(), "x = 1\n")
    index = Project(root)
    client.edit(document, 2, "def saved_name(one): ...\n")
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(document)))
    version, deadline = 2, time.monotonic() + LIMIT_S
    while not index._index.store.files_defining("saved_name", 1):
        version += 1
        client.edit(document, version, f"def saved_name(one): ...\n# {version}\n")
        assert time.monotonic() < deadline, "it is never read"
        await asyncio.sleep(0.02)
    index.close()


async def test_the_projects_file_counts_below_the_editor_and_may_not_choose_a_model(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "inhouse.toml").write_text('enabled = false\nmodel = "/elsewhere.gguf"\n')
    client = await start()
    await client.hello(tmp_path)
    assert await suggestions(client, tmp_path) == 0
    assert (await client.why())["silent"] == "switched off"
    [message] = client.shown
    assert "may not set 'model'" in message.message


async def test_a_changed_file_of_settings_counts_without_a_restart(start: Start, tmp_path: Path) -> None:
    client = await start()
    await client.hello(tmp_path, options={"max_tokens": 8})
    assert await suggestions(client, tmp_path) == 1
    file, document = tmp_path / "inhouse.toml", (tmp_path / "a.py").as_uri()
    for text, count in (("enabled = false", 0), ("", 1), ('languages_off = ["python"]', 0), (None, 1)):
        file.unlink() if text is None else file.write_text(text)
        deadline = time.monotonic() + LIMIT_S
        while len(await client.complete(document, 0, 4)) != count:
            assert time.monotonic() < deadline, f"{text!r} does not count"
            await asyncio.sleep(0.02)
    assert client.shown == []


def add_folder(client: Client, folder: Path) -> None:
    event = types.WorkspaceFoldersChangeEvent(added=[types.WorkspaceFolder(folder.as_uri(), folder.name)], removed=[])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))


async def test_each_project_goes_by_its_own_file(start: Start, tmp_path: Path) -> None:
    """One server for two projects, as Neovim has it."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (first / "inhouse.toml").write_text('languages_off = ["python"]\nmodel = "/elsewhere.gguf"\n')
    client = await start()
    await client.hello(first)
    add_folder(client, second)

    assert await suggestions(client, first) == 0
    assert (await client.why())["silent"] == "switched off for python"
    assert await suggestions(client, second) == 1
    assert [message.message.split(";")[0] for message in client.shown] == [
        "inhouse: first: inhouse.toml: a project may not set 'model'"
    ]
    (second / "inhouse.toml").write_text("enabled = false")
    (first / "inhouse.toml").unlink()
    for folder, count in ((second, 0), (first, 1)):
        deadline = time.monotonic() + LIMIT_S
        while len(await client.complete((folder / "a.py").as_uri(), 0, 4)) != count:
            assert time.monotonic() < deadline, f"{folder.name}'s file does not count"
            await asyncio.sleep(0.02)


async def test_the_model_is_loaded_once_a_project_wants_it(start: Start, tmp_path: Path) -> None:
    off, on = tmp_path / "off", tmp_path / "on"
    for folder in (off, on):
        folder.mkdir()
    (off / "inhouse.toml").write_text("enabled = false")
    client = await start()
    await client.hello(off, capabilities=SHOWS_PROGRESS)
    assert await suggestions(client, off) == 0
    assert titles(client) == []

    add_folder(client, on)

    await until(lambda: sorted(titles(client)) == ["inhouse: loading the model", "inhouse: reading on"], "both begin")
    assert await suggestions(client, on) == 1


async def test_a_model_chosen_in_a_terminal_takes_over(
    start: Start, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, trace = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("trace") / "trace.txt"
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(data))
    client = await start("--trace", str(trace))
    await client.hello(tmp_path)
    assert await suggestions(client, tmp_path) == 1

    Shelf(data / "models").choose("other:q8_0")

    await until(lambda: "closed" in trace.read_text(), "the old model is released")
    assert await suggestions(client, tmp_path) == 1
