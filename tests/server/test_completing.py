"""Completions through the wire, with a fake engine: positions, odd documents, and what the host will draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from .client import Client
from .conftest import Start


async def session(start: Start, folder: Path, *arguments: str, encoding: str | None = None) -> Client:
    client = await start(*arguments)
    await client.hello(folder, encoding)
    return client


def uri(folder: Path, name: str = "a.py") -> str:
    return (folder / name).as_uri()


def position(item: types.InlineCompletionItem) -> tuple[int, int, int, int]:
    assert item.range is not None, "without a range VS Code replaces the rest of the line and Neovim inserts"
    start, end = item.range.start, item.range.end
    return start.line, start.character, end.line, end.character


async def test_both_editors_see_the_capability(start: Start, tmp_path: Path) -> None:
    client = await start()
    capabilities = (await client.hello(tmp_path)).capabilities
    assert capabilities.inline_completion_provider == types.InlineCompletionOptions()
    sync = capabilities.text_document_sync
    assert isinstance(sync, types.TextDocumentSyncOptions)
    assert (sync.open_close, sync.change) == (True, types.TextDocumentSyncKind.Incremental)
    assert capabilities.execute_command_provider is not None
    assert set(capabilities.execute_command_provider.commands) == {
        "inhouse.why",
        "inhouse.accepted",
        "inhouse.status",
        "inhouse.conventions",
    }


async def test_an_item_has_text_range_and_command(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "x = \n")
    [item] = await client.complete(document, 0, 4)
    assert (item.insert_text, position(item)) == ("value + 1", (0, 4, 0, 4))
    assert item.command is not None
    assert item.command.command == "inhouse.accepted"
    assert await client.bye() == 0


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 16), ("utf-16", 10), ("utf-32", 9), (None, 10)])
async def test_columns_in_every_encoding(start: Start, tmp_path: Path, encoding: str | None, column: int) -> None:
    client = await start()
    result = await client.hello(tmp_path, encoding)
    assert result.capabilities.position_encoding == types.PositionEncodingKind(encoding or "utf-16")
    line = "é漢😀 = f('"
    document = client.open(uri(tmp_path), f"# 😀\n{line}')\n")
    [item] = await client.complete(document, 1, column)
    assert position(item) == (1, column, 1, column)


async def test_edits_before_the_cursor_in_utf16(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "s = '😀'\nx = \n")
    where = types.Range(types.Position(0, 7), types.Position(0, 8))  # the quote right of the emoji
    client.edit(document, 2, "'; t = ", where)
    [item] = await client.complete(document, 0, 14)
    assert position(item) == (0, 14, 0, 14)


async def test_a_form_feed_is_no_line_end(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "a = 1\n\x0c\nb = 2\nx = \n")
    client.edit(document, 2, "y", types.Range(types.Position(3, 0), types.Position(3, 1)))
    [item] = await client.complete(document, 3, 4)
    assert position(item) == (3, 4, 3, 4)


async def test_crlf(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path, "--text", "one(\n    two)")
    text = "a = 1\r\nx = \r\nb = 2\r\n"
    document = client.open(uri(tmp_path), text)
    for character in (4, 5, 99):  # also past the end of the line
        [item] = await client.complete(document, 1, character)
        assert position(item) == (1, 4, 1, 4)
        assert "\r" not in str(item.insert_text), "editors turn \\n into the document's own line end"


async def test_the_closing_bracket_is_replaced_not_doubled(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path, "--text", "x)")
    document = client.open(uri(tmp_path), "f()\n")
    [item] = await client.complete(document, 0, 2)
    assert (item.insert_text, position(item)) == ("x)", (0, 2, 0, 3))


async def test_the_entry_selected_in_the_list_is_extended(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path, "--text", "(x)")
    document = client.open(uri(tmp_path), "self.for\n")
    selected = types.SelectedCompletionInfo(types.Range(types.Position(0, 5), types.Position(0, 8)), "forward")
    [item] = await client.complete(document, 0, 8, selected)
    assert (item.insert_text, position(item)) == ("forward(x)", (0, 5, 0, 8))


ODD_DOCUMENTS = {
    "empty": "",
    "control tokens": "<|fim_prefix|><|fim_middle|>x = <|endoftext|>\n<fim_suffix>\n",
    "binary": "\x00\x01\x02ELF\x00\ufffd\ufffd\x7f" * 100 + "\nx = \n",
    "not UTF-8": "caf\ufffd = \ufffd\ufffd\nx = ",
    "half a surrogate pair": "s = '\ud83d'\nx = ",
    "one long line": "x = 1; " * 20_000,
    "only line ends": "\r\n\r\n\n\r",
    "tabs": "\t\t\tx = ",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_odd_documents_are_answered(start: Start, tmp_path: Path, encoding: str) -> None:
    client = await session(start, tmp_path, encoding=encoding)
    for name, text in ODD_DOCUMENTS.items():
        document = client.open(uri(tmp_path, f"{name}.py"), text)
        for line, character in ((0, 0), (1, 4), (0, 3), (99, 99)):
            for item in await client.complete(document, line, character):
                assert position(item)[0] == position(item)[2], name
    assert await client.bye() == 0
    assert "Traceback" not in client.stderr


async def test_a_document_of_5_mb_is_answered(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    text = "".join(f"value_{number} = {number}\n" for number in range(240_000))
    assert len(text) > 5_000_000
    document = client.open(uri(tmp_path), text)
    client.edit(document, 2, "x = \n", types.Range(types.Position(100_000, 0), types.Position(100_000, 0)))
    await client.complete(document, 100_000, 4)
    client.edit(document, 3, " ", types.Range(types.Position(100_000, 3), types.Position(100_000, 3)))
    [item] = await client.complete(document, 100_000, 5)
    assert position(item) == (100_000, 5, 100_000, 5)


async def test_a_file_outside_of_the_disk(start: Start, tmp_path: Path) -> None:
    """New documents, notebook cells and other schemes complete like files."""
    client = await session(start, tmp_path)
    for name in ("untitled:Untitled-1", f"vscode-notebook-cell:{tmp_path}/n.ipynb#W0s", "git:/x/y.py?{}"):
        document = client.open(name, "x = ")
        [item] = await client.complete(document, 0, 4)
        assert item.insert_text == "value + 1"


async def test_a_document_that_is_not_open_gets_nothing(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    assert await client.complete(uri(tmp_path), 0, 0) == []
    assert (await client.why())["silent"] == "not open"


async def test_a_closed_document_gets_nothing(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "x = ")
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(document)))
    assert await client.complete(document, 0, 4) == []


async def test_why_tells_where_it_comes_from_or_why_there_is_nothing(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "x = \nprint(value)\n")
    await client.complete(document, 0, 4)
    why = await client.why(document)
    assert (why["items"][0]["text"], why["silent"], why["model"]) == ("value + 1", None, "fake")
    assert 0.25 <= why["items"][0]["probability"] < 1
    assert (why["version"], why["shown"], why["accepted"]) == (1, 1, 0)
    assert why["root"] == str(tmp_path), "places are told from there"
    assert await client.complete(document, 1, 3) == []  # inside of a word
    assert (await client.why(document))["silent"] == "inside a word"


async def test_an_accepted_item_is_counted(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path)
    document = client.open(uri(tmp_path), "x = ")
    [item] = await client.complete(document, 0, 4)
    assert item.command is not None
    for arguments in (item.command.arguments, item.command.arguments, None, ["odd"], [99]):
        params = types.ExecuteCommandParams(item.command.command, arguments)
        assert await client.workspace_execute_command_async(params) is None
    why = await client.why()
    assert (why["shown"], why["accepted"]) == (1, 1)


async def test_without_a_model_the_user_is_told_once_and_never_while_typing(start: Start, tmp_path: Path) -> None:
    client = await session(start, tmp_path, "--broken")
    document = client.open(uri(tmp_path), "x = ")
    for _ in range(3):
        assert await client.complete(document, 0, 4) == []
    assert "no model" in (await client.why())["silent"]
    assert ["no model" in message.message for message in client.shown] == [True]
