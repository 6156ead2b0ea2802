"""Start-up, settings and folders: what an editor tells about its workspace. No completions, no documents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from inhouse.completion.configuration import DEFAULTS
from inhouse.server import indexing, parent, roots

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

SECTION = "inhouse"
"""Where an editor keeps the settings."""

REPLY_S = 5.0
"""An editor that does not answer in this time is taken to have no answer."""

log = logging.getLogger(__name__)


def register(server: InhouseServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.options = params.initialization_options
        if params.process_id is not None:
            parent.watch(params.process_id, server.orphaned)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.configure(merged(server.options, await _pull(server)))
        server.start_work()
        server.settings_files.follow()
        await _subscribe(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        pushed = section(params.settings)
        server.configure(merged(server.options, await _pull(server) if pushed is None else pushed))
        server.start_work()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        for root in server.folders:
            indexing.refresh(server, root)
        roots.let_go(server)
        server.status.look_at_all()
        server.loading.load_if_wanted()


def section(settings: object) -> object:
    """inhouse's own among an editor's settings; None if there are none."""
    return cast("Mapping[str, object]", settings).get(SECTION) if isinstance(settings, Mapping) else None


def merged(options: object, told: object) -> object:
    """The initialization options, alone or as a section, with what the editor told later laid over them.

    An editor that sends its own defaults along tells all that is set each time: what it leaves out is set no more.
    """
    options = section(options) or options
    if told is None:
        return options
    first, later = _table(options), _table(told)
    if first is not None and later is not None and DEFAULTS not in later:
        return {**first, **later}
    return told


def _table(value: object) -> Mapping[str, object] | None:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None


async def _pull(server: InhouseServer) -> object:
    """Ask the editor for the settings; None if it cannot tell."""
    capabilities = server.client_capabilities.workspace
    if capabilities is None or not capabilities.configuration:
        return None
    question = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
    try:
        replies = await asyncio.wait_for(server.workspace_configuration_async(question), REPLY_S)
    except (JsonRpcException, TimeoutError) as error:
        log.info("the editor told no settings: %s", type(error).__name__)
        return None
    return replies[0] if replies else None


async def _subscribe(server: InhouseServer) -> None:
    """Ask to be told of changed settings, where the editor has this to be asked for."""
    capabilities = server.client_capabilities.workspace
    configuration = capabilities.did_change_configuration if capabilities else None
    if configuration is None or not configuration.dynamic_registration:
        return
    method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
    wanted = types.Registration(id=f"inhouse {method}", method=method, register_options={"section": SECTION})
    try:
        await asyncio.wait_for(server.client_register_capability_async(types.RegistrationParams([wanted])), REPLY_S)
    except (JsonRpcException, TimeoutError) as error:
        log.info("the editor refused to tell of changes: %s", type(error).__name__)
