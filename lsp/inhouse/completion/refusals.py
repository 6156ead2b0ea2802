"""Which documents get no suggestions at all, whatever stands at the cursor. Knows no cursor."""

from __future__ import annotations

from inhouse.completion.request import CompletionRequest
from inhouse.completion.settings import Settings
from inhouse.context import language_of
from inhouse.context.files import included


def why_off(settings: Settings, request: CompletionRequest) -> str | None:
    """Why nothing is suggested in a request's document; None where it may be."""
    language = request.language or language_of(request.path) or ""
    if not settings.enabled:
        return "switched off"
    if settings.is_off(language):
        return f"switched off for {language}"
    if _stays_here(settings, request):
        return "not sent to the server"
    return None


def _stays_here(settings: Settings, request: CompletionRequest) -> bool:
    """Whether a document must not leave the machine: by its name it may hold secrets, or the project ignores it."""
    return settings.engine == "server" and not included(request.root, request.own_path)
