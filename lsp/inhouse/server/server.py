"""The server's state and life: documents, one thread that decodes, one that indexes, and the assistant they use.

An object made at start; nothing here is global. What each message does stands in the other files.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from inhouse.completion import Assistant, Settings
from inhouse.context import spare
from inhouse.model.power import Power, Wish
from inhouse.server import commands, completing, indexing, workspace
from inhouse.server.answers import Answers
from inhouse.server.documents import Document
from inhouse.server.feedback import Feedback
from inhouse.server.folders import folder_paths
from inhouse.server.loading import Loading
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
        self.rules = Rules(self, settings or Settings())
        self.power = Power()
        """Whether the machine can spare the work."""
        self.loading = Loading(self, make_assistant)
        self.assistant = self.loading.new()
        self.options: object = None
        """The client's initialization options."""
        self.settings_files = SettingsFiles(self)
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
        self._told: set[str] = set()
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

    def configure(self, raw: object) -> None:
        """Take on what the user has set, here and elsewhere. What is not usable is said once, and passed over."""
        before = self.settings
        self.rules.read(raw)
        settings = self.settings
        self.power.wish = cast("Wish", settings.power)
        self.loading.replace_if_changed(before)
        self.assistant.settings = settings
        self.assistant.tell_projects(self.rules.projects)
        self.status.look_at_all()

    # Work

    def start_work(self) -> None:
        """Load the model and read the projects, both beside the event loop; nothing while switched off."""
        self.configured.set()
        self.status.look_at_all()
        self.loading.load_if_wanted()
        for root in self.folders:
            indexing.refresh(self, root)
        for document in self.documents.values():
            indexing.opened(self, document)

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
