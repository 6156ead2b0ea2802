"""The doctor on sick machines: the right finding and the right mend each, and a support file without source text."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import sqlite3
import sys
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ggufs import FIM_METADATA, write
from servers import llama_server

from inhouse.cli import checks, engine_checks
from inhouse.cli.instructions import processor_flags
from inhouse.completion.learning import Learner, Settled, Shown
from inhouse.model import store
from inhouse.model.store import Core, embedded_core
from inhouse.server.log import configure as configure_log

from .conftest import Call


@pytest.fixture(autouse=True)
def machine(call: Call, tmp_path: Path) -> Path:
    """Folders of its own, as `call` has set them."""
    return tmp_path


def found(call: Call, name: str) -> dict[str, Any]:
    report = json.loads(call("doctor", "--json").stdout)
    [finding] = [one for one in report["findings"] if one["name"] == name]
    return dict(finding)


def test_no_model(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store, "embedded_core", lambda: Core(tmp_path / "gone.gguf", "0" * 64, ""))

    finding = found(call, "model")

    assert finding["state"] == "bad"
    assert "gone.gguf" in finding["detail"]
    assert "install inhouse again" in finding["mend"]


def test_a_chosen_model_that_is_gone(call: Call, machine: Path) -> None:
    models = machine / "data" / "models"
    models.mkdir(parents=True)
    (models / "chosen").write_text("qwen2.5-coder-0.5b:q8_0")

    finding = found(call, "model")

    assert (finding["state"], "not fetched" in finding["detail"]) == ("bad", True)
    assert "inhouse model pull qwen2.5-coder-0.5b:q8_0" in finding["mend"]
    assert "inhouse model use embedded" in finding["mend"]


def test_a_damaged_core(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    core = embedded_core()
    damaged = bytearray(core.path.read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "core.gguf").write_bytes(damaged)
    monkeypatch.setattr(store, "embedded_core", lambda: Core(tmp_path / "core.gguf", core.sha256, ""))

    finding = found(call, "model")

    assert (finding["state"], "damaged" in finding["detail"]) == ("bad", True)
    assert finding["mend"] == "install inhouse again"


def test_a_damaged_pulled_model(call: Call, machine: Path) -> None:
    place = machine / "data" / "models" / "house-q8_0"
    place.mkdir(parents=True)
    file = write(place / "house.gguf", FIM_METADATA)
    assert call("model", "verify", "house-q8_0").returncode == 0
    assert call("model", "use", "house-q8_0").returncode == 0
    assert found(call, "model")["state"] == "ok"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)

    finding = found(call, "model")

    assert (finding["state"], "damaged" in finding["detail"]) == ("bad", True)
    assert "inhouse model use embedded" in finding["mend"]


def test_a_damaged_model_that_was_picked_in_the_editor(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "picked.gguf", FIM_METADATA)
    monkeypatch.setenv("INHOUSE_EDITOR", json.dumps({"model": str(file), "defaults": {"time_limit_ms": 600}}))
    assert found(call, "model")["detail"].startswith("picked.gguf")
    file.write_bytes(file.read_bytes()[:40])

    finding = found(call, "model")

    assert (finding["state"], "picked.gguf" in finding["detail"]) == ("bad", True)
    settings = found(call, "settings")["detail"]
    assert "model (editor)" in settings
    assert "time_limit_ms (the editor's default)" in settings


def test_an_editor_that_asks_is_not_told_that_it_is_missing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {finding["name"] for finding in json.loads(call("doctor", "--json").stdout)["findings"]}
    monkeypatch.setenv("INHOUSE_EDITOR", "{}")

    asked = {finding["name"] for finding in json.loads(call("doctor", "--json").stdout)["findings"]}

    assert names - asked == {"neovim", "vscode"}


@pytest.mark.parametrize(
    ("compilers", "says"), [((), "install a C++ compiler"), (("g++",), "install llama-cpp-python")]
)
def test_a_build_that_cannot_be_loaded_with_and_without_a_compiler(
    call: Call, monkeypatch: pytest.MonkeyPatch, compilers: tuple[str, ...], says: str
) -> None:
    monkeypatch.setitem(sys.modules, "inhouse.model.native", None)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in compilers else None)

    finding = found(call, "llama.cpp")

    assert (finding["state"], finding["mend"].startswith(says)) == ("bad", True)


@pytest.mark.parametrize(
    ("compilers", "says"), [((), "install a C++ compiler"), (("c++",), "install llama-cpp-python")]
)
def test_a_build_that_never_came_about_with_and_without_a_compiler(
    call: Call, monkeypatch: pytest.MonkeyPatch, compilers: tuple[str, ...], says: str
) -> None:
    def version(name: str) -> str:
        if name == "llama-cpp-python":
            raise PackageNotFoundError
        return "1"

    monkeypatch.setattr(checks, "version", version)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in compilers else None)

    finding = found(call, "packages")

    assert (finding["state"], finding["mend"].startswith(says)) == ("bad", True)


def test_without_llama_cpp_a_completion_says_where_to_look(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inhouse.model.engine", None)

    done = call("complete", "prices.py:1:5")

    assert (done.returncode, "inhouse doctor" in done.stderr) == (1, True)


def test_a_missing_compiler_is_no_finding_while_the_build_works(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert found(call, "llama.cpp")["state"] == "ok"


def test_a_full_disk(tmp_path: Path) -> None:
    finding = checks.writable(tmp_path, free=lambda _: 1_000_000)
    assert (finding.state, "1 MB free" in finding.detail) == ("bad", True)
    assert "make room" in (finding.mend or "")

    def full(_: Path) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    finding = checks.writable(tmp_path, free=full)
    assert (finding.state, "disk is full" in finding.detail) == ("bad", True)


def test_a_full_disk_is_said_of_indexes_and_of_models(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2_000_000))

    assert "2 MB free" in found(call, "index")["detail"]
    assert "2 MB free" in found(call, "folders")["detail"]
    assert "INHOUSE_DATA_DIR" in found(call, "folders")["mend"]


def test_an_unreadable_index(call: Call, machine: Path) -> None:
    projects = machine / "cache" / "projects"
    projects.mkdir(parents=True)
    with sqlite3.connect(projects / "good-1.sqlite3") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    assert found(call, "indexes") == {"name": "indexes", "state": "ok", "detail": "1 projects", "mend": None}
    (projects / "bad-2.sqlite3").write_bytes(b"no database at all" * 100)

    finding = found(call, "indexes")

    assert (finding["state"], "bad-2.sqlite3" in finding["detail"]) == ("bad", True)
    assert f"delete {projects / 'bad-2.sqlite3'}" in finding["mend"]


def test_an_index_that_is_damaged_in_the_middle(call: Call, machine: Path, project: Path) -> None:
    assert call("index", str(project)).returncode == 0
    [index] = (machine / "cache" / "projects").glob("*.sqlite3")
    data = bytearray(index.read_bytes())
    data[8192:16384] = b"x" * 8192
    index.write_bytes(data)

    finding = found(call, "indexes")

    assert (finding["state"], "damaged" in finding["detail"]) == ("bad", True)
    assert f"delete {index}" in finding["mend"]


def test_learnt_data_that_is_damaged_or_was_set_aside(call: Call, machine: Path, project: Path) -> None:
    learner = Learner(project)
    shown = Shown(1, "file:///a.py", (0, 0), "value", 0, "x = ", 0.5, "model", 9.0)
    learner.settle(Settled(shown, "accepted", 0, 5, (), "value"))
    learner.close()
    [file] = (machine / "data" / "learnt").glob("*.sqlite")
    assert found(call, "learnt") == {"name": "learnt", "state": "ok", "detail": "1 projects", "mend": None}
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"x" * 4096 + data[8192:])

    finding = found(call, "learnt")

    assert (finding["state"], "damaged" in finding["detail"]) == ("bad", True)
    assert f"put {file} back from a backup, or delete it" in finding["mend"]
    file.rename(file.with_suffix(".damaged"))
    finding = found(call, "learnt")
    assert (finding["state"], finding["detail"]) == ("note", "0 projects; 1 damaged and set aside")


@pytest.mark.parametrize(
    ("features", "flags", "missing"),
    [
        ("CPU : SSE3 = 1 | AVX = 1 | AVX2 = 1 | F16C = 1 | FMA = 1 |", "sse3 avx avx2 f16c fma avx512f", []),
        ("CPU : SSE3 = 1 | AVX = 1 | AVX2 = 0 | LLAMAFILE = 1 |", "sse3 avx avx2 f16c fma", ["AVX2", "FMA", "F16C"]),
        ("CPU : SSE3 = 1 | LLAMAFILE = 1 |", "sse3 ssse3", []),
        ("CPU : NEON = 1 | LLAMAFILE = 1 |", "fp asimd asimddp", ["DOTPROD"]),
        ("CPU : AVX = 1 |", "", []),
    ],
)
def test_what_the_processor_can_and_the_build_does_not_use(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, features: str, flags: str, missing: list[str]
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n")
    assert processor_flags(tmp_path / "cpuinfo") == frozenset(flags.split())
    monkeypatch.setattr("inhouse.model.native.build_features", lambda: features)
    monkeypatch.setattr(checks, "processor_flags", lambda: frozenset(flags.split()))

    finding = checks.llama()

    assert finding.state == ("note" if missing else "ok")
    if missing:
        assert finding.detail.startswith(f"made without {', '.join(missing)}, which this processor has")
        assert "llama-cpp-python again" in (finding.mend or "")


def test_flags_of_a_processor_that_nobody_tells(tmp_path: Path) -> None:
    assert processor_flags(tmp_path / "none") == frozenset()
    (tmp_path / "arm").write_text("processor\t: 0\nFeatures\t: fp asimd asimddp\n")
    assert processor_flags(tmp_path / "arm") == {"fp", "asimd", "asimddp"}


def test_an_index_that_may_not_be_read(call: Call, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    projects = machine / "cache" / "projects"
    projects.mkdir(parents=True)
    sqlite3.connect(projects / "locked.sqlite3").close()
    monkeypatch.setattr(os, "access", lambda path, _: "locked" not in str(path))

    finding = found(call, "indexes")

    assert (finding["state"], "may not read" in finding["detail"]) == ("bad", True)
    assert "the right to read it" in finding["mend"]


def test_settings_that_cannot_be_used(call: Call, project: Path) -> None:
    (project / "inhouse.toml").write_text('model = "/x.gguf"\nmax_tokens = 0\n')

    finding = found(call, "settings")

    assert finding["state"] == "bad"
    assert "may not set 'model'" in finding["detail"]
    assert "config.toml" in finding["mend"]


def test_a_shared_engine_that_is_away(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHOUSE_ENGINE", "server")
    assert found(call, "engine")["state"] == "bad"
    monkeypatch.setenv("INHOUSE_SERVER_URL", "http://127.0.0.1:9")

    finding = found(call, "engine")

    assert (finding["state"], "is away" in finding["detail"]) == ("note", True)
    assert "the embedded core answers meanwhile" in finding["mend"]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("kind", "says"),
    [("llama", "names to avoid that are one token"), ("openai", "half-typed names are asked for again")],
)
def test_what_of_the_steering_reaches_a_shared_engine_is_told(
    call: Call, monkeypatch: pytest.MonkeyPatch, kind: str, says: str
) -> None:
    with llama_server() as running:
        monkeypatch.setenv("INHOUSE_ENGINE", "server")
        monkeypatch.setenv("INHOUSE_SERVER_URL", running.url)
        monkeypatch.setenv("INHOUSE_SERVER_KIND", kind)
        monkeypatch.setenv("INHOUSE_SERVER_FAMILY", "inhouse core")

        finding = found(call, "engine")

    assert (finding["state"], says in finding["detail"]) == ("ok", True)
    assert "the project's own wording does not reach it" in finding["detail"]


@pytest.mark.parametrize("url", ["http://[::1", "gpu.example.com", "https://user:pa55word@gpu.example.com"])
def test_an_address_that_is_none_or_holds_a_password(call: Call, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("INHOUSE_ENGINE", "server")
    monkeypatch.setenv("INHOUSE_SERVER_URL", url)

    finding = found(call, "engine")

    assert (finding["state"], "server_url" in finding["detail"]) == ("bad", True)
    assert "pa55word" not in str(finding)


def test_plugins_are_looked_for_where_they_usually_are(tmp_path: Path) -> None:
    editor = checks.Finding("vscode", "ok", "1.99")
    assert checks.plugin(editor, checks.VSCODE_PLUGINS, "install it", tmp_path).mend == "install it"
    (tmp_path / ".vscode/extensions/inhouse.inhouse-0.1.0").mkdir(parents=True)
    assert checks.plugin(editor, checks.VSCODE_PLUGINS, "install it", tmp_path).state == "ok"


def test_the_support_file_has_no_source_text_and_no_secrets(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INHOUSE_ENGINE", "server")
    monkeypatch.setenv("INHOUSE_SERVER_URL", "https://user:pa55word@gpu.example.com/?key=pa55word")
    monkeypatch.setenv("INHOUSE_SERVER_TOKEN", "s3cret")
    assert call("index", str(project)).returncode == 0
    root = logging.getLogger()
    before = list(root.handlers)
    configure_log()
    logging.getLogger("inhouse.server").warning("the model is slow")
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()

    call("doctor", "--bundle", str(project.parent / "support.zip"))

    with zipfile.ZipFile(project.parent / "support.zip") as archive:
        assert sorted(archive.namelist()) == ["doctor.json", "errors.log", "settings.json", "versions.json"]
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "the model is slow" in text
    assert "gpu.example.com" in text
    for secret in ("pa55word", "s3cret", "net_price", "def total", "amounts"):
        assert secret not in text
    assert engine_checks.last_errors(1)[0].endswith("the model is slow")
