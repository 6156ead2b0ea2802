"""Keeps the interpreter's own pauses short, for a server that answers between two keys. It does no work of its own."""

from __future__ import annotations

import gc
import sys

_TURN_S = 0.001
"""After which a thread that runs Python makes way for another one that waits. With the usual 5 ms the thread that reads
a cancel came 6 ms late in one of a hundred cases, since the decoding thread was between two tokens."""


def short_turns() -> None:
    """Let no thread keep the interpreter for long while another one wants it."""
    sys.setswitchinterval(_TURN_S)


def settle() -> None:
    """Sort out now what has been loaded, and leave it out of later garbage collections.

    What a project and a model hold lives long and is much: to look through it all took 7 to 14 ms in the middle of an
    answer. What was let go of since the last time is looked through once more, and freed.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
