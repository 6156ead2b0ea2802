"""Real completion servers on loopback with the embedded core: llama.cpp's own, and llama-cpp-python's.

A test that asks for one that is not installed is skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from inhouse.model.store import embedded_core

START_S = 60.0


@dataclass
class RealServer:
    """A server process."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def llama_server(port: int | None = None, *arguments: str) -> Iterator[RealServer]:
    """llama.cpp's own server: INHOUSE_LLAMA_SERVER, or from the path."""
    program = os.environ.get("INHOUSE_LLAMA_SERVER") or shutil.which("llama-server")
    if program is None or not Path(program).exists():
        pytest.skip("llama-server is not installed")
    port = port or free_port()
    model = str(embedded_core().path)
    with _running(
        [program, "-m", model, "--host", "127.0.0.1", "--port", str(port), "-t", "1", "-c", "2048", "-np", "1",
         "--no-webui", "--offline", *arguments],
        f"http://127.0.0.1:{port}", "/health",
    ) as server:  # fmt: skip
        yield server


@contextmanager
def python_server(port: int | None = None) -> Iterator[RealServer]:
    """llama-cpp-python's OpenAI-compatible server."""
    for module in ("uvicorn", "fastapi", "pydantic_settings", "sse_starlette", "starlette_context"):
        if find_spec(module) is None:
            pytest.skip(f"llama-cpp-python's server needs {module}")
    port = port or free_port()
    core = embedded_core().path
    with _running(
        [sys.executable, "-m", "llama_cpp.server", "--model", str(core), "--model_alias", "inhouse-core", "--host",
         "127.0.0.1", "--port", str(port), "--n_ctx", "2048", "--logits_all", "true", "--n_threads", "1"],
        f"http://127.0.0.1:{port}", "/v1/models",
    ) as server:  # fmt: skip
        yield server


@contextmanager
def _running(command: list[str], url: str, ready: str) -> Iterator[RealServer]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + START_S
            while not _answers(url + ready):
                assert process.poll() is None, f"{command[0]} ended at once"
                assert time.monotonic() < deadline, f"{command[0]} does not answer"
                time.sleep(0.05)
            yield RealServer(url, process)
        finally:
            process.kill()


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:
        return bool(answer.status == 200)
    return False
