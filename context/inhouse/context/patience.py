"""What may end a long look-up: asked between its small steps, in the thread that it was set for.

It knows nothing of requests: what is raised by what it calls goes through to whoever asked.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

Check = Callable[[], None]
"""Called between small steps; raises what ends the work."""


def never() -> None:
    """Nothing ends the work."""


class Patience(threading.local):
    """One check a thread."""

    def __init__(self) -> None:
        self.check: Check = never

    @contextmanager
    def until(self, check: Check) -> Generator[None]:
        """Ask `check` in this thread, as long as what is inside lasts."""
        before, self.check = self.check, check
        try:
            yield
        finally:
            self.check = before
