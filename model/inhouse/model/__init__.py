"""Runs weights: GGUF files, a llama.cpp session in this process, fill-in-the-middle layouts and the decode loop.

Knows nothing about editors, projects or when a suggestion is worth showing.
"""

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.choose import exponentials
from inhouse.model.fill import (
    Alternative,
    Block,
    Draft,
    Drafter,
    Engine,
    Fill,
    FillRequest,
    Informed,
    Judged,
    Line,
    ModelError,
    Searcher,
    Steering,
    Token,
)
from inhouse.model.healing import take_back

__all__ = [
    "Alternative",
    "Block",
    "CancelFlag",
    "Cancelled",
    "Draft",
    "Drafter",
    "Engine",
    "Fill",
    "FillRequest",
    "Informed",
    "Judged",
    "Line",
    "ModelError",
    "Searcher",
    "Steering",
    "Token",
    "exponentials",
    "take_back",
]
