"""A model hub on loopback that speaks Hugging Face's protocol, and misbehaves as told.

GET /api/models/REPO[/revision/REV]?blobs=true lists files with size and sha256; HEAD and GET /REPO/resolve/REV/FILE
answer with ETag, X-Linked-Size and X-Repo-Commit, redirect to another path as the real one does to its store, and
honour Range.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """One repository, and what shall go wrong."""

    repository: str
    files: dict[str, bytes]
    cuts: list[int] = field(default_factory=list[int])
    """After how many bytes the next downloads break off, one after the other."""
    ignores_ranges: bool = False
    sends: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Other bytes than those of which size and checksum are stated."""
    states_checksums: bool = True
    refuses: int | None = None
    """A status for every request."""
    error_code: str | None = None
    """What the header X-Error-Code says with it."""
    hold: threading.Event | None = None
    """Downloads stop in the middle until this is set."""
    requests: list[str] = field(default_factory=list[str])
    """METHOD PATH [RANGE] of each request."""
    address: str = ""

    @contextmanager
    def serving(self) -> Iterator[FakeHub]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        server.daemon_threads = True
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            if self.hold:
                self.hold.set()
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def downloads(self) -> list[str]:
        """The ranges of all downloads; "" for one from the beginning."""
        return [
            one.partition(" /store/")[2].partition(" ")[2] for one in self.requests if one.startswith("GET /store/")
        ]

    def listing(self) -> dict[str, Any]:
        return {
            "id": self.repository,
            "sha": COMMIT,
            "siblings": [self._sibling(name, data) for name, data in self.files.items()],
        }

    def _sibling(self, name: str, data: bytes) -> dict[str, Any]:
        found: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": hashlib.sha1(data).hexdigest()}
        if self.states_checksums:
            found["lfs"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "pointerSize": 130}
        return found


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        asked = self.headers.get("Range", "")
        self.hub.requests.append(f"{self.command} {path} {asked}".strip())
        if self.hub.refuses:
            self._say(self.hub.refuses, b"", {"X-Error-Code": self.hub.error_code or ""})
        elif path.startswith(f"/api/models/{self.hub.repository}"):
            self._say(200, json.dumps(self.hub.listing()).encode(), {"Content-Type": "application/json"})
        elif found := re.fullmatch(rf"/{re.escape(self.hub.repository)}/resolve/[^/]+/(.+)", path):
            self._resolve(found[1])
        elif path.startswith("/store/") and path[7:] in self.hub.files:
            self._file(path[7:], asked)
        else:
            self._say(404, b"", {"X-Error-Code": "RepoNotFound" if "/api/" in path else "EntryNotFound"})

    def _resolve(self, name: str) -> None:
        data = self.hub.files[name]
        headers = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(data)),
            "X-Linked-ETag": f'"{hashlib.sha256(data).hexdigest()}"',
            "ETag": '"pointer"',
            "Location": f"/store/{name}",
        }
        self._say(302, b"", headers)

    def _file(self, name: str, asked: str) -> None:
        data = self.hub.sends.get(name, self.hub.files[name])
        start = 0
        if asked and not self.hub.ignores_ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        body = data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        cut = self.hub.cuts.pop(0) if self.hub.cuts else len(body)
        if self.hub.hold:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.hub.hold.wait(60)
            self.close_connection = True
            return
        self.wfile.write(body[:cut])
        self.close_connection = cut < len(body)

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
