"""textDocument/inlineCompletion: document and position in, items out; late, doubtful and invisible ones are dropped."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from inhouse.completion import Completion, CompletionRequest, Item
from inhouse.context import ContextError
from inhouse.model import CancelFlag, ModelError
from inhouse.server import wire
from inhouse.server.documents import Cursor, Document
from inhouse.server.folders import locate
from inhouse.server.worker import log_failure

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

ACCEPTED = "inhouse.accepted"
"""Command that an editor runs after it has inserted an item: the one sure sign of acceptance in every editor."""

CONFIGURED_S = 10.0
"""Longer than an editor may take to tell its settings; one that never says `initialized` gets an error."""


def register(server: InhouseServer) -> None:
    # Without the options pygls does not announce the capability, and no editor ever asks.
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        return types.InlineCompletionList(await complete(server, params))


async def complete(server: InhouseServer, params: types.InlineCompletionParams) -> list[types.InlineCompletionItem]:
    """The items for a cursor. Cancelling this coroutine stops the decode."""
    asked_for = server.asked_for.pop(id(params), None)
    await asyncio.wait_for(server.configured.wait(), CONFIGURED_S)
    uri = params.text_document.uri
    document = server.documents.get(uri)
    if document is None:
        return _nothing(server, uri, "not open")
    if asked_for is not None and asked_for != (document, document.revision):
        return []  # the place was in an older text
    root, path = locate(uri, server.folders)
    if not server.settings_of(root).enabled:
        return _nothing(server, uri, "switched off")
    server.warming.asked(document, params.position)
    started = time.perf_counter()
    cursor = document.cursor(params.position)
    request = wire.request_of(root, path, document, cursor, params.context)
    if server.feedback.is_after_accept(document, cursor):
        request = replace(request, after_accept=True)
    try:
        with server.status.thinking():
            answer = await _ask(server, uri, request)
    except asyncio.CancelledError:
        server.warming.rest(document)
        raise
    except (ModelError, ContextError) as error:
        server.tell_once(types.MessageType.Error, f"inhouse: {error}")
        return _nothing(server, uri, str(error))
    if answer is not None and answer.tokens.prompt:
        server.warming.rest(document)
    if answer is None or server.documents.get(uri) is not document or document.revision != cursor.revision:
        return []  # a newer request or a newer text is on its way; what was said last still holds for `why`
    return _items(server, document, cursor, request, answer, (time.perf_counter() - started) * 1000)


async def _ask(server: InhouseServer, uri: str, request: CompletionRequest) -> Completion | None:
    """The assistant's answer, computed in the decoding thread; None if a newer request pushed this one out."""
    assistant, settings = server.assistant, server.settings_of(request.root)

    def work(flag: CancelFlag) -> Completion:
        if settings.project_context:
            line = request.text.count("\n", 0, request.offset) + 1
            assistant.project(request.root).viewed(request.path, line)
        return assistant.complete(request, flag)

    return await asyncio.wrap_future(server.decoder.submit(uri, work))


def _items(
    server: InhouseServer, document: Document, cursor: Cursor, request: CompletionRequest, answer: Completion, ms: float
) -> list[types.InlineCompletionItem]:
    shown = wire.visible_items(request, cursor, answer, document.encoding)
    told = {"version": document.version, "root": str(request.root), **wire.answer_json(answer, shown)}
    server.answers.remember(document.uri, told)
    if not shown:
        return []
    look_ahead(server, document.uri, request, shown[0].item)
    number = server.answers.issue()
    server.feedback.shown(document, cursor, request, shown, number, ms)
    return [
        types.InlineCompletionItem(
            insert_text=one.text,
            range=one.range,
            command=types.Command(title="accepted", command=ACCEPTED, arguments=[number]),
        )
        for one in shown
    ]


def ahead_key(uri: str) -> str:
    """Key of the idle job that looks ahead in a document."""
    return f"ahead {uri}"


def look_ahead(server: InhouseServer, uri: str, request: CompletionRequest, item: Item) -> None:
    """Compute what follows the item's acceptance while the user reads it."""
    assistant = server.assistant

    def work(flag: CancelFlag) -> None:
        if assistant is server.assistant:  # one that was replaced is being closed by the index thread
            assistant.look_ahead(request, item, flag)

    server.decoder.submit_idle(ahead_key(uri), work).add_done_callback(log_failure("looking ahead"))


def _nothing(server: InhouseServer, uri: str, why: str) -> list[types.InlineCompletionItem]:
    silence = Completion((), why, server.assistant.model_name)
    server.answers.remember(uri, wire.answer_json(silence, ()))
    return []
