"""The shared engine against real servers on loopback: the same answers, away and back, killed in mid-answer."""

from __future__ import annotations

import logging
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fakes import ScriptedEngine
from servers import RealServer, free_port, llama_server, python_server

from inhouse.model import Block, CancelFlag, FillRequest, ModelError
from inhouse.model.engine import LlamaEngine
from inhouse.model.shared import dialects
from inhouse.model.shared.client import Away
from inhouse.model.shared.connect import connect
from inhouse.model.shared.dialects import LlamaDialect
from inhouse.model.shared.fallback import UNKNOWN_SIZE, SharedEngine
from inhouse.model.shared.server import Address, ServerEngine
from inhouse.model.store import embedded_core

LIMIT_S = 60.0
HOLES = [
    FillRequest("basket.py", "from prices import net_price\n\n\ndef total(amounts):\n    for amount in amo", "\n"),
    FillRequest("a.py", "class A:\n    def __init__(self, n, value):\n        self.n = n\n        self.value = ", "\n"),
    FillRequest("a.py", "import os\n\n\ndef f(path):\n    if not os.path.", "\n    return path\n"),
    FillRequest("a.py", "x = '<|fim_middle|>'\nfor ", ""),
]  # fmt: skip


@pytest.fixture(scope="module", params=[llama_server, python_server], ids=["llama-server", "llama-cpp-python"])
def server(request: pytest.FixtureRequest) -> Iterator[RealServer]:
    with request.param() as running:
        yield running


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaEngine]:
    folder = tmp_path_factory.mktemp("cache")
    engine = LlamaEngine(embedded_core().path, threads=1, drafts=False, cache_folder=folder)
    yield engine
    engine.close()


@pytest.fixture
def remote(server: RealServer) -> Iterator[ServerEngine]:
    engine = connect(Address(server.url, timeout_ms=60_000))
    yield engine
    engine.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.integration
@pytest.mark.parametrize("hole", HOLES, ids=range(len(HOLES)))
def test_the_answers_are_those_of_the_same_core_in_this_process(
    remote: ServerEngine, core: LlamaEngine, hole: FillRequest
) -> None:
    here, there = core.fill(hole, CancelFlag()), remote.fill(hole, CancelFlag())

    for ours, theirs in zip(here.tokens, there.tokens, strict=False):
        if ours.text != theirs.text:  # a near-tie: two builds round differently
            assert theirs.probability == pytest.approx(ours.probability, abs=0.05)
            break
    assert there.stop == here.stop or there.text != here.text
    assert all(0 < token.probability <= 1 for token in there.tokens)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [("Qwen/Qwen2.5-Coder-1.5B", 1_500_000_000), ("inhouse-core-5m-q8_0", 5_000_000), ("codestral-latest", 0)],
)
def test_the_models_size_is_known_by_its_name(odd: tuple[str, type[_Odd]], model: str, parameters: int) -> None:
    url, handler = odd
    handler.answers["/v1/models"] = (200, b'{"data": [{"id": "%s"}]}' % model.encode())
    engine = connect(Address(url))

    assert engine.parameters == parameters
    engine.close()


@pytest.mark.integration
def test_alternatives_differ(remote: ServerEngine) -> None:
    hole = FillRequest("a.py", "def read(path):\n    ", "", alternatives=3)

    answer = remote.fill(hole, CancelFlag())

    texts = [answer.text, *(other.text for other in answer.alternatives)]
    assert len(set(texts)) == len(texts)


@pytest.mark.integration
def test_a_name_to_avoid_that_is_one_token_is_not_said(remote: ServerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "AVOIDED", 50.0)  # so that no certainty of the model's outweighs it
    hole = FillRequest("a.py", "def f(self, value):\n    self.value = value\n    return self.", "\n")
    said = remote.fill(hole, CancelFlag())

    again = remote.fill(replace(hole, avoid=(said.text, "a_name_of_several_tokens")), CancelFlag())

    if isinstance(remote.dialect, LlamaDialect):
        assert again.tokens[0].text != said.text, "other tokens may spell it"
    else:
        assert again.text == said.text, "no server but llama.cpp's tells its tokens"


@pytest.mark.integration
def test_lines_limits_and_the_caller_end_an_answer(remote: ServerEngine) -> None:
    def hole(**more: Any) -> FillRequest:
        return FillRequest("a.py", "values = [1, 2, 3, 4, 5, 6, 7, 8, ", "", **more)

    assert len(remote.fill(hole(max_tokens=2), CancelFlag()).tokens) <= 3
    assert remote.fill(hole(), CancelFlag(), until=lambda text: len(text) > 3).stop in ("caller", "line", "end")
    assert remote.fill(hole(deadline_ms=0.0, max_tokens=200, max_lines=40), CancelFlag()).stop in ("deadline", "end")


@pytest.mark.integration
def test_a_cancelled_answer_comes_back_at_once(remote: ServerEngine) -> None:
    flag = CancelFlag()
    flag.set()

    assert remote.fill(HOLES[0], flag).stop == "cancelled"
    assert remote.fill(HOLES[0], CancelFlag()).text, "the connection is of use afterwards"


@pytest.mark.integration
def test_a_prompt_too_long_for_the_servers_tokens_is_made_shorter(remote: ServerEngine) -> None:
    hole = FillRequest("a.py", "x = '" + "\u4e2d\u6587" * 3000 + "'\ny = ", "", max_tokens=4)
    if not isinstance(remote.dialect, LlamaDialect):
        with pytest.raises(Away, match="broke off"):  # llama-cpp-python's server hangs up without a word
            remote.fill(hole, CancelFlag())
        return

    assert remote.fill(hole, CancelFlag()).stop


@pytest.mark.integration
def test_the_prompt_can_be_read_ahead(remote: ServerEngine) -> None:
    assert remote.warm(HOLES[1], CancelFlag())


@pytest.mark.integration
@pytest.mark.parametrize("start", [llama_server, python_server], ids=["llama-server", "llama-cpp-python"])
def test_killed_in_mid_answer_the_core_takes_over_and_the_server_comes_back(
    start: Callable[..., AbstractContextManager[RealServer]],
) -> None:
    port = free_port()
    engine: SharedEngine | None = None
    with start(port) as running:
        core = ScriptedEngine("by the core")
        address = Address(running.url, timeout_ms=60_000)  # however busy the machine is
        engine = SharedEngine(address, lambda: core, first_pause_s=0.05)
        assert engine.server is not None
        assert "at 127.0.0.1" in engine.name

        def kill(_: str) -> bool:
            running.kill()
            return False

        hole = FillRequest("a.py", "values = [1, 2, 3, ", "", max_tokens=200, max_lines=40)
        whole = engine.fill(hole, CancelFlag())
        assert len(whole.tokens) > 50, "far from its end when the first token comes"
        assert engine.fill(hole, CancelFlag(), until=kill).text == "by the core"
        assert engine.fill(hole, CancelFlag()).text == "by the core"
        assert "server away" in engine.name
        assert engine.why_away
    with start(port):
        until(lambda: engine.server is not None)
        assert engine.fill(HOLES[0], CancelFlag()).text != "by the core"
        assert engine.why_away is None
    engine.close()
    assert core.closed


class _Odd(BaseHTTPRequestHandler):
    """Answers every request with what the test says."""

    answers: ClassVar[dict[str, tuple[int, bytes]]]
    hang: threading.Event
    seen: ClassVar[list[tuple[str, dict[str, str]]]]

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(
            next((path for path in self.answers if path.startswith(self.path + " ") and path[11:] in asked), "")
        )

    def _answer(self, special: str = "") -> None:
        """`special`: the key of an answer for this body, its path with a space and a word of the body behind it."""
        self.seen.append((self.path, dict(self.headers)))
        status, body = self.answers.get(special or self.path, (404, b"{}"))
        if body == b"hang":
            self.hang.wait(LIMIT_S)
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


MODELS = b'{"data": [{"id": "qwen2.5-coder"}]}'


@pytest.fixture
def odd() -> Iterator[tuple[str, type[_Odd]]]:
    class Handler(_Odd):
        answers: ClassVar[dict[str, tuple[int, bytes]]] = {}
        hang = threading.Event()
        seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    handler = Handler
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler
    handler.hang.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answers", "address", "says"),
    [
        ({}, {}, "lists no model"),
        ({"/v1/models": (200, b'{"data": []}')}, {}, "lists no model"),
        ({"/v1/models": (200, b'{"data": [{"id": "mystery"}]}')}, {}, "set server_family"),
        ({"/v1/models": (200, MODELS)}, {"model": "other"}, "it has qwen2.5-coder"),
        ({"/v1/models": (200, MODELS)}, {"family": "Other"}, "must be one of inhouse core"),
        ({"/v1/models": (401, b"{}")}, {}, "INHOUSE_SERVER_TOKEN"),
        ({}, {"kind": "llama"}, "is no llama-server"),
        ({}, {"url": "gpu.example.com"}, "must be http"),
        ({}, {"url": "http://[::1"}, "must be http"),
        ({}, {"url": "http://127.0.0.1:many"}, "must be http"),
        ({}, {"url": "https://gpu.example.com?key=1"}, "must be http"),
        ({}, {"url": "https://me:pa55word@gpu.example.com"}, "INHOUSE_SERVER_TOKEN"),
    ],
)
def test_what_the_user_must_mend_is_said(
    odd: tuple[str, type[_Odd]], answers: dict[str, tuple[int, bytes]], address: dict[str, str], says: str
) -> None:
    url, handler = odd
    handler.answers.update(answers)

    with pytest.raises(ModelError, match=says):
        connect(
            Address(address.get("url", url), address.get("kind", "auto"), address.get("model"), address.get("family"))
        )


def test_tls_goes_by_the_systems_certificates(
    odd: tuple[str, type[_Odd]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, handler = odd
    handler.answers["/v1/models"] = (200, MODELS)
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    options += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", "-x509", *options], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    address = Address(f"https://localhost:{server.server_address[1]}")
    try:
        with pytest.raises(Away, match="certificate"):
            connect(address)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        engine = connect(address)
        assert engine.model == "qwen2.5-coder"
        engine.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("body", [b"not json", b"[1]", b"", b'{"data": [1]}', b'{"data": {"a": 1}}', b'{"data": 7}'])
def test_a_server_that_talks_nonsense_counts_as_away(odd: tuple[str, type[_Odd]], body: bytes) -> None:
    url, handler = odd
    handler.answers["/v1/models"] = (200, body)

    with pytest.raises(Away):
        connect(Address(url))


def test_a_server_that_hangs_or_fails_is_away_and_the_core_answers(odd: tuple[str, type[_Odd]]) -> None:
    url, handler = odd
    handler.answers.update({"/v1/models": (200, MODELS), "/v1/completions": (200, b"hang")})
    engine = SharedEngine(Address(url, timeout_ms=100), lambda: ScriptedEngine("core"), first_pause_s=LIMIT_S)

    assert engine.fill(HOLES[0], CancelFlag()).text == "core"
    assert engine.why_away is not None
    engine.close()


def test_a_model_of_unknown_size_is_not_taken_for_the_small_core(odd: tuple[str, type[_Odd]]) -> None:
    url, handler = odd
    handler.answers.update({"/v1/models": (200, b'{"data": [{"id": "codestral-latest"}]}')})
    core = ScriptedEngine("core")
    core.parameters = 5_000_000
    engine = SharedEngine(Address(url, timeout_ms=100), lambda: core, first_pause_s=LIMIT_S)
    assert engine.parameters == UNKNOWN_SIZE

    handler.answers["/v1/completions"] = (200, b"hang")
    engine.fill(HOLES[0], CancelFlag())
    assert engine.parameters == 5_000_000, "the core stands in"
    assert engine.tokenizer == core.tokenizer, "whoever answers: what is kept in its numbers stays good"
    engine.close()


def test_a_model_that_has_no_token_between_files_is_asked_without(odd: tuple[str, type[_Odd]]) -> None:
    url, handler = odd
    props = b'{"model_alias": "qwen2.5-coder-like", "default_generation_settings": {"n_ctx": 2048}}'
    handler.answers.update(
        {"/props": (200, props), "/v1/models": (200, MODELS), "/tokenize": (200, b'{"tokens": [7]}')}
    )
    handler.answers["/tokenize file_sep"] = (200, b'{"tokens": [1, 2, 3]}')
    engine = connect(Address(url))
    hole = FillRequest("a.py", "x = ", "", blocks=(Block("b.py", "y = 1"),), repository="r")

    asked = engine.layout.ask(hole)

    assert asked.parts.count(3) == 0, "the control token for files"
    assert engine.dialect.body(asked.parts, 8, "")["prompt"].count(-1) == 0
    engine.close()


@pytest.mark.parametrize("event", [b'{"choices": [1]}', b'{"choices": [{"logprobs": {"content": [{}]}}]}', b"{"])
def test_events_of_another_form_are_away_too(odd: tuple[str, type[_Odd]], event: bytes) -> None:
    url, handler = odd
    handler.answers.update({"/v1/models": (200, MODELS), "/v1/completions": (200, b"data: " + event + b"\n\n")})
    engine = SharedEngine(Address(url), lambda: ScriptedEngine("core"), first_pause_s=LIMIT_S)

    assert engine.fill(HOLES[0], CancelFlag()).text == "core"
    assert engine.why_away
    engine.close()


def test_a_server_that_comes_back_unusable_is_told_of_once_and_looked_at_again(
    odd: tuple[str, type[_Odd]], caplog: pytest.LogCaptureFixture
) -> None:
    url, handler = odd
    handler.answers["/v1/models"] = (503, b"{}")
    engine = SharedEngine(Address(url), lambda: ScriptedEngine("core"), first_pause_s=0.01)
    handler.answers["/v1/models"] = (401, b"{}")
    until(lambda: len(handler.seen) > 12)

    assert "refuses the token" in (engine.why_away or "")
    assert caplog.text.count("cannot be used") == 1
    handler.answers["/v1/models"] = (200, MODELS)
    until(lambda: engine.server is not None)
    engine.close()


def test_a_core_is_closed_where_the_server_cannot_be_used(odd: tuple[str, type[_Odd]]) -> None:
    core = ScriptedEngine("core")

    with pytest.raises(ModelError, match="lists no model"):
        SharedEngine(Address(odd[0]), lambda: core)

    assert core.closed


def test_a_server_that_is_not_there_at_the_start(tmp_path: Path) -> None:
    engine = SharedEngine(Address(f"http://127.0.0.1:{free_port()}"), lambda: ScriptedEngine("core"))

    assert engine.fill(HOLES[0], CancelFlag()).text == "core"
    assert engine.tokenize("ab") == [97, 98]
    engine.close()


def test_probabilities_that_a_server_refuses_are_done_without(odd: tuple[str, type[_Odd]]) -> None:
    url, handler = odd
    handler.answers.update(
        {"/v1/models": (200, MODELS), "/v1/completions": (400, b'{"error": {"message": "logprobs is not supported"}}')}
    )
    engine = connect(Address(url))
    with pytest.raises(ModelError, match="refuses the request"):
        engine.fill(HOLES[0], CancelFlag())
    assert "without probabilities" in engine.steering
    engine.close()


def test_a_proxy_of_the_web_does_not_see_what_stays_on_this_machine(
    odd: tuple[str, type[_Odd]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = odd
    handler.answers["/v1/models"] = (200, MODELS)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    connect(Address(url)).close()

    assert handler.seen, "asked without the proxy"


def test_the_token_is_sent_and_never_logged(
    odd: tuple[str, type[_Odd]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("INHOUSE_SERVER_TOKEN", "s3cret-token")
    url, handler = odd
    handler.answers["/v1/models"] = (200, MODELS)

    connect(Address(url)).close()

    assert handler.seen[-1][1]["Authorization"] == "Bearer s3cret-token"
    assert "s3cret" not in caplog.text
