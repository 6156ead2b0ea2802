"""Opens the engine that the settings ask for: in this process, or a server's with the embedded core to fall back on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.completion.settings import Settings
from inhouse.model import Engine, ModelError

if TYPE_CHECKING:
    from inhouse.model.shared import Address


def open_engine(settings: Settings) -> Engine:
    """Load the model, or connect to the server. Raises ModelError with what to do."""
    # Imported here: llama.cpp's libraries take 0.2 s to load, which `--help` and a silent answer need not pay.
    from inhouse.model.store import resolve

    if settings.engine != "server":
        return _embedded(resolve(settings.model), settings)
    if not settings.server_url:
        raise ModelError('engine = "server" needs server_url, such as "http://127.0.0.1:8080"; set it, or engine again')
    from inhouse.model.shared import open_shared

    return open_shared(address_of(settings), lambda: _embedded(resolve("embedded"), settings))


def address_of(settings: Settings) -> Address:
    """Where the shared engine is, and how it is spoken to."""
    from inhouse.model.shared import Address

    assert settings.server_url, "the caller has looked"
    return Address(
        settings.server_url,
        settings.server_kind,
        settings.server_model,
        settings.server_family,
        settings.server_timeout_ms,
        settings.context_tokens,
    )


def _embedded(path: Path, settings: Settings) -> Engine:
    try:
        from inhouse.model.engine import LlamaEngine
    except (ImportError, OSError, RuntimeError) as error:  # what the binding raises where its libraries are not
        raise ModelError(f"llama.cpp cannot be loaded: {error}; `inhouse doctor` says how to mend it") from None

    return LlamaEngine(
        path,
        context_tokens=settings.context_tokens,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
        flash_attention=settings.flash_attention,
        kv_type=settings.kv_type,
        drafts=settings.drafts,
    )
