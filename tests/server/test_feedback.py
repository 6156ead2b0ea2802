"""What becomes of suggestions is learnt by the real server: from the editor's command, or from its edits alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from lsprotocol import types

from .client import Client, until
from .conftest import Start


def outcomes(folder: Path) -> list[tuple[str, int]]:
    """(outcome, accepted characters) of all that is kept in the folder."""
    found: list[tuple[str, int]] = []
    for path in folder.glob("learnt/*.sqlite"):
        connection = sqlite3.connect(path)
        try:
            found += connection.execute("select outcome, accepted from shown order by id").fetchall()
        except sqlite3.OperationalError:
            pass  # made, but nothing is in it yet
        finally:
            connection.close()
    return found


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(folder))
    return folder


async def session(start: Start, tmp_path: Path) -> tuple[Client, str]:
    root = tmp_path / "project"
    root.mkdir()
    client = await start()
    await client.hello(root)
    return client, client.open((root / "a.py").as_uri(), "x = \n")


def insert(client: Client, document: str, version: int, column: int, text: str) -> None:
    at = types.Position(0, column)
    client.edit(document, version, text, types.Range(at, at))


async def test_an_accept_that_the_editor_tells_of(start: Start, tmp_path: Path, data: Path) -> None:
    client, document = await session(start, tmp_path)
    [item] = await client.complete(document, 0, 4)
    insert(client, document, 2, 4, str(item.insert_text))
    assert item.command is not None
    params = types.ExecuteCommandParams(item.command.command, item.command.arguments)
    await client.workspace_execute_command_async(params)

    await until(lambda: outcomes(data) == [("accepted", 9)], "the accept is written down")


async def test_a_word_and_then_something_else(start: Start, tmp_path: Path, data: Path) -> None:
    client, document = await session(start, tmp_path)
    await client.complete(document, 0, 4)
    insert(client, document, 2, 4, "value")
    insert(client, document, 3, 9, "s")

    await until(lambda: outcomes(data) == [("word", 5)], "the part is written down")


async def test_closing_says_what_is_left(start: Start, tmp_path: Path, data: Path) -> None:
    client, document = await session(start, tmp_path)
    await client.complete(document, 0, 4)
    insert(client, document, 2, 4, "vision")
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(document)))

    def learnt() -> bool:
        counts = []
        for path in data.glob("learnt/*.sqlite"):
            connection = sqlite3.connect(path)
            try:
                counts += connection.execute("select count from calibrations").fetchall()
            except sqlite3.OperationalError:
                pass
            finally:
                connection.close()
        return counts == [(1,)]

    await until(learnt, "the calibration has learnt from it")
    assert await client.bye() == 0


async def test_switched_off_nothing_is_written(start: Start, tmp_path: Path, data: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    client = await start()
    await client.hello(root, options={"learning": False})
    document = client.open((root / "a.py").as_uri(), "x = \n")
    await client.complete(document, 0, 4)
    insert(client, document, 2, 4, "value + 1")
    await client.complete(document, 0, 13)
    assert await client.bye() == 0

    assert outcomes(data) == []


async def test_nothing_is_learnt_from_files_that_the_project_leaves_out(
    start: Start, tmp_path: Path, data: Path
) -> None:
    client, document = await session(start, tmp_path)
    secret = client.open((tmp_path / "project" / "secrets.py").as_uri(), "x = \n")
    for one in (secret, document):
        await client.complete(one, 0, 4)
        insert(client, one, 2, 4, "value")
        insert(client, one, 3, 9, "s")

    await until(lambda: len(outcomes(data)) > 0, "the ordinary file's is written down")
    assert await client.bye() == 0
    assert outcomes(data) == [("word", 5)], "the secret file's would stand before it"
