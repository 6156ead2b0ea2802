"""The wire, where pygls' own handling does not suit: documents, unreadable requests, the order of life, exit.

Knows no completions.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, RPCMessage

from inhouse.server import syncing
from inhouse.server.repair import TriggerKinds, repair

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

log = logging.getLogger(__name__)

_ANSWERED = JsonRPCNotification(method="$/answered", jsonrpc="2.0", params=None)
"""Stands for a message that is dealt with already; optional ($/) notifications without a handler are ignored."""


class InhouseProtocol(LanguageServerProtocol):
    """pygls' protocol with every request answered and documents kept by inhouse."""

    def __init__(self, server: InhouseServer, converter: Any) -> None:
        super().__init__(server, converter)
        self._house = server
        self._trigger_kinds = TriggerKinds()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Give a message its types. A request that has none is answered with an error, a notification is dropped."""
        if "jsonrpc" not in data:
            return data  # json calls this for every object inside a message, too
        if data.get("method") == types.TEXT_DOCUMENT_INLINE_COMPLETION:
            data = {**data, "params": repair(data.get("params"), self._trigger_kinds)}
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            log.warning("unreadable message %s: %s", data.get("method", "(reply)"), type(error).__name__)
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            return _ANSWERED

    def handle_message(self, message: RPCMessage) -> None:
        """Refuse, with an answer, what comes before initialize or after shutdown."""
        method, identity = getattr(message, "method", None), getattr(message, "id", None)
        if method is not None and identity is not None:
            refusal = self._refusal(method)
            if refusal is not None:
                self._send_response(identity, error=refusal.to_response_error())
                return
            if method == types.TEXT_DOCUMENT_INLINE_COMPLETION:
                self._house.note_asked(getattr(message, "params", None))
        super().handle_message(message)

    def _refusal(self, method: str) -> JsonRpcException | None:
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down")
        if self._workspace is None and method != types.INITIALIZE:
            return JsonRpcServerNotInitialized("initialize has not been sent yet")
        if self._workspace is not None and method == types.INITIALIZE:
            return JsonRpcInvalidRequest("initialize was sent twice")
        return None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        """End the message loop; the process then ends by itself."""
        yield from ()
        self._house.stop(0 if self._shutdown else 1)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        syncing.opened(self._house, params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        syncing.changed(self._house, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_SAVE)
    def lsp_text_document__did_save(self, params: types.DidSaveTextDocumentParams) -> Any:
        syncing.saved(self._house, params.text_document.uri)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        syncing.closed(self._house, params.text_document.uri)
