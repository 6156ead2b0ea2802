"""Decides: from a cursor to the text that is worth showing, or to silence.

Knows nothing about LSP or editors; asks `inhouse.context` what matters and `inhouse.model` what to write.
"""

from inhouse.completion.assistant import Assistant
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, TokenCounts
from inhouse.completion.settings import Settings

__all__ = ["Assistant", "Completion", "CompletionRequest", "Item", "Provenance", "Settings", "TokenCounts"]
