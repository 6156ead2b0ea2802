"""What an opened, changed, saved or closed document sets in motion. Holds nothing; the texts are in documents.py."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from inhouse.server import completing, indexing, roots
from inhouse.server.documents import Document

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

log = logging.getLogger(__name__)


def opened(server: InhouseServer, item: types.TextDocumentItem) -> None:
    document = Document(item.uri, item.language_id, item.text, item.version, server.encoding)
    server.documents[item.uri] = document
    server.warming.forget(item.uri)
    indexing.opened(server, document)
    server.status.look(document)
    server.loading.load_if_wanted()
    server.warming.read(document)


def changed(server: InhouseServer, params: types.DidChangeTextDocumentParams) -> None:
    document = server.documents.get(params.text_document.uri)
    if document is None:
        log.warning("a change of a document that is not open")
        return
    edits = [document.change(change) for change in params.content_changes]
    document.version = params.text_document.version
    server.feedback.changed(document, edits)
    _drop(server, document.uri)  # the answer would be for the older text
    indexing.changed(server, document)


def saved(server: InhouseServer, uri: str) -> None:
    if uri in server.documents:
        indexing.saved(server, server.documents[uri])
        server.warming.read(server.documents[uri])


def closed(server: InhouseServer, uri: str) -> None:
    document = server.documents.pop(uri, None)
    if document is not None:
        server.feedback.closed(document)
        _drop(server, uri)
        server.answers.forget(uri)
        server.warming.forget(uri)
        server.status.forget(uri)
        indexing.closed(server, uri)
        roots.let_go(server)
        server.status.tell()


def _drop(server: InhouseServer, uri: str) -> None:
    """End what is computed for a document, also what follows its suggestion."""
    server.decoder.drop(uri)
    server.decoder.drop(completing.ahead_key(uri))
