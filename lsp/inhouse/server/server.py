"""The server's state and life: documents, one thread that decodes, one that indexes, and the assistant they use.

An object made at start; nothing here is global. What each message does stands in the other files.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from inhouse.completion import Assistant, Settings
from inhouse.context import spare
from inhouse.model import CancelFlag, ModelError
from inhouse.model.power import Power, Wish
from inhouse.model.shelf import Shelf
from inhouse.server import commands, completing, indexing, pauses, roots, workspace
from inhouse.server.answers import Answers
from inhouse.server.documents import Document
from inhouse.server.feedback import Feedback
from inhouse.server.folders import folder_paths
from inhouse.server.positions import Encoding, encoding_of
from inhouse.server.progress import Progress
from inhouse.server.protocol import InhouseProtocol
from inhouse.server.rules import Rules
from inhouse.server.settings_files import SettingsFiles
from inhouse.server.status import Status
from inhouse.server.version import program_version
from inhouse.server.warming import Warming
from inhouse.server.worker import Worker

CLOSE_S = 1.0
"""Both threads together have this long to end; a decode stops within one token, which takes far less."""

MOST_ASKED = 100
"""Requests whose handlers have not begun; nobody types so fast."""

_ENGINE_SETTINGS = (
    "model", "threads", "gpu_layers", "flash_attention", "kv_type", "drafts", "context_tokens",
    "engine", "server_url", "server_kind", "server_model", "server_family", "server_timeout_ms",
)  # fmt: skip
"""A change of one of these needs a new engine; the others count from the next request on."""

log = logging.getLogger(__name__)


class InhouseServer(LanguageServer):
    """The language server; `make_assistant` is called again when the engine's settings change."""

    def __init__(
        self, make_assistant: Callable[[Settings], Assistant] = Assistant, settings: Settings | None = None
    ) -> None:
        # pygls leaves *args and **kwargs of this one untyped.
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "inhouse", program_version(), protocol_cls=InhouseProtocol
        )
        self._make_assistant = make_assistant
        self.rules = Rules(self, settings or Settings())
        self.power = Power()
        """Whether the machine can spare the work."""
        self.assistant = self._new_assistant()
        self.options: object = None
        """The client's initialization options."""
        self.settings_files = SettingsFiles(self)
        self._chosen = Shelf().chosen()
        """By `inhouse model use`, where no setting names a model."""
        self.configured = asyncio.Event()
        """Set once the settings are known: before that nothing is loaded, read or suggested."""
        self.documents: dict[str, Document] = {}
        self.asked_for: dict[int, tuple[Document | None, int]] = {}
        """Document and revision of requests whose handlers have not begun, by the identity of their parameters."""
        self.answers = Answers()
        self.status = Status(self)
        self.decoder = Worker("decode")
        self.indexer = Worker("index")
        self.warming = Warming(self)
        self.feedback = Feedback(self)
        self.indexed: set[Path] = set()
        """Roots whose index was asked for."""
        self.stopped = threading.Event()
        self.exit_code = 1
        """1 unless the client said shutdown before exit, as the protocol wants it."""
        self._loading: Assistant | None = None
        """The assistant whose model was asked for."""
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._progresses = 0
        for part in (completing, commands, workspace):
            part.register(self)

    def stop(self, exit_code: int) -> None:
        """End the message loop after the current message."""
        self.exit_code = exit_code
        self.stopped.set()

    def close(self) -> bool:
        """Stop all work and release the model and the indexes; False if a thread did not end in time."""
        ended = [worker.close(CLOSE_S / 2) for worker in (self.decoder, self.indexer)]
        if all(ended):
            self.assistant.close()
        return all(ended)

    def orphaned(self) -> None:
        """The parent is gone: end the process at once, for nobody is there to talk to and stdin may stay open."""
        log.info("the parent process is gone")
        for worker in (self.decoder, self.indexer):
            worker.close(CLOSE_S / 2)
        spare.remove()
        os._exit(self.exit_code)

    def report_server_error(self, error: Exception, source: type[PyglsError | JsonRpcException]) -> None:
        """Write it to the log. pygls would open a popup, in the middle of typing."""
        log.error("%s: %s", source.__name__, type(error).__name__)

    # What the client has told

    @property
    def encoding(self) -> Encoding:
        return encoding_of(self.workspace.position_encoding)

    @property
    def folders(self) -> list[Path]:
        """The workspace's folders, deepest first."""
        uris = [folder.uri for folder in self.workspace.folders.values()]
        if not uris and self.workspace.root_uri:
            uris = [self.workspace.root_uri]
        return folder_paths(uris)

    @property
    def settings(self) -> Settings:
        """The general ones: of the machine, and for what belongs to no project."""
        return self.rules.general

    def settings_of(self, root: Path) -> Settings:
        """What counts in a project. On the event loop."""
        return self.rules.of(root)

    def note_asked(self, params: object) -> None:
        """Remember the text that a request was sent for: its handler begins a little later, after further edits."""
        if isinstance(params, types.InlineCompletionParams):
            document = self.documents.get(params.text_document.uri)
            self.asked_for[id(params)] = (document, document.revision if document else 0)
            if len(self.asked_for) > MOST_ASKED:  # a handler that is cancelled before it begins leaves its entry
                self.asked_for.pop(next(iter(self.asked_for)))

    def open_document(self, item: types.TextDocumentItem) -> None:
        self.documents[item.uri] = Document(item.uri, item.language_id, item.text, item.version, self.encoding)
        self.warming.forget(item.uri)
        indexing.opened(self, self.documents[item.uri])
        self.status.look(self.documents[item.uri])
        self.load_if_wanted()
        self.warming.read(self.documents[item.uri])

    def change_document(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.get(params.text_document.uri)
        if document is None:
            log.warning("a change of a document that is not open")
            return
        edits = [document.change(change) for change in params.content_changes]
        document.version = params.text_document.version
        self.feedback.changed(document, edits)
        self.decoder.drop(document.uri)  # its answer would be for the older text
        self.decoder.drop(completing.ahead_key(document.uri))
        indexing.changed(self, document)

    def saved_document(self, uri: str) -> None:
        if uri in self.documents:
            indexing.saved(self, self.documents[uri])
            self.warming.read(self.documents[uri])

    def close_document(self, uri: str) -> None:
        document = self.documents.pop(uri, None)
        if document is not None:
            self.feedback.closed(document)
            self.decoder.drop(uri)
            self.decoder.drop(completing.ahead_key(uri))
            self.answers.forget(uri)
            self.warming.forget(uri)
            self.status.forget(uri)
            indexing.closed(self, uri)
            roots.let_go(self)
            self.status.tell()

    def configure(self, raw: object) -> None:
        """Take on what the user has set, here and elsewhere. What is not usable is said once, and passed over."""
        before = self.settings
        self.rules.read(raw)
        settings = self.settings
        self.power.wish = cast("Wish", settings.power)
        chosen = None if settings.model else Shelf().chosen()
        if chosen != self._chosen or any(getattr(settings, one) != getattr(before, one) for one in _ENGINE_SETTINGS):
            self._chosen = chosen
            self._replace_assistant()
        self.assistant.settings = settings
        self.assistant.tell_projects(self.rules.projects)
        self.status.look_at_all()

    # Work

    def start_work(self) -> None:
        """Load the model and read the projects, both beside the event loop; nothing while switched off."""
        self.configured.set()
        self.status.look_at_all()
        self.load_if_wanted()
        for root in self.folders:
            indexing.refresh(self, root)
        for document in self.documents.values():
            indexing.opened(self, document)

    def load_if_wanted(self) -> None:
        """Load the model once there is a project in which suggestions are wanted."""
        if self.configured.is_set() and self.rules.enabled and self._loading is not self.assistant:
            self._loading = self.assistant
            self._spawn(self._load_model())

    async def _load_model(self) -> None:
        assistant, progress = self.assistant, self.start_progress("inhouse: loading the model")

        def load(_: CancelFlag) -> None:
            try:
                assistant.load(progress.report)
                pauses.settle()
            finally:
                progress.end()

        try:
            await asyncio.wrap_future(self.decoder.submit("load", load))
            self.status.failed = False
        except ModelError as error:
            self.status.failed = True
            self.tell_once(types.MessageType.Error, f"inhouse: {error}")
        else:
            self.warming.read_all()
        self.status.tell()

    def _new_assistant(self) -> Assistant:
        assistant = self._make_assistant(self.settings)
        assistant.power = self.power
        return assistant

    def _replace_assistant(self) -> None:
        old, self.assistant = self.assistant, self._new_assistant()
        # The old one's jobs go first in both threads, and the index thread is the last to use it. The key is its own:
        # a second change of the settings must not push the first one's closing out.
        key = f"close {id(old)}"
        self.decoder.submit(key, lambda _: self.indexer.submit(key, lambda _: old.close()))
        self.indexed.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself keeps no reference
        task.add_done_callback(self._tasks.discard)

    # Talking to the user

    def start_progress(self, title: str) -> Progress:
        self._progresses += 1
        return Progress(self, f"inhouse/{self._progresses}", title)

    def tell_once(self, kind: types.MessageType, message: str) -> None:
        """Show what the user must mend; the same message never comes twice in a session."""
        log.warning("%s", message)
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(kind, message))
