"""What can open a connection is imported only when the user asked for a download or a server."""

from __future__ import annotations

import subprocess
import sys

import pytest

NETWORK = ("httpx2", "huggingface_hub", "keyring", "filelock", "requests", "urllib3")


@pytest.mark.parametrize(
    "program",
    [
        "import inhouse.cli.main",
        "import inhouse.server.run",
        "import inhouse.model.store, inhouse.model.fit, inhouse.model.pull, inhouse.model.hub",
        "from inhouse.completion.engines import open_engine; from inhouse.completion import Settings\n"
        "open_engine(Settings()).close()",
    ],
)
def test_ordinary_work_imports_no_network_library(program: str) -> None:
    code = f"import sys\n{program}\nprint([name for name in {NETWORK!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout.strip() == "[]"
