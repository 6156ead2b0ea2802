"""A flag that stops a running decode from another thread, readable by llama.cpp without Python.

It does not know who sets it or why.
"""

from __future__ import annotations

import ctypes


class Cancelled(Exception):
    """The flag was set; what was finished before stays."""


class CancelFlag:
    """One byte of memory that llama.cpp polls during a decode; setting it needs no lock and no GIL hand-over."""

    __slots__ = ("_byte", "is_set")

    def __init__(self) -> None:
        self.is_set = False
        """Asked for at each token, so an attribute: a look at the byte takes 2 us behind an evaluation."""
        # Two bytes: the flag and the terminating zero that strlen() (the native abort callback) stops at.
        self._byte = ctypes.create_string_buffer(2)

    def set(self) -> None:
        """Ask the decode that polls this flag to stop; may be called from any thread, any number of times."""
        self._byte[0] = b"\x01"
        self.is_set = True

    def check(self) -> None:
        """To be called between small steps. Raises Cancelled when it is set."""
        if self.is_set:
            raise Cancelled

    @property
    def address(self) -> int:
        """Address of the flag's byte, for the native abort callback; valid while this object lives."""
        return ctypes.addressof(self._byte)
