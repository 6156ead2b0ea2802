"""A project that somebody made to do harm: links, names, contents. It is read, nothing hangs, nothing of it is run."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.completion.configuration import configured
from inhouse.context import Project
from inhouse.context.languages import LANGUAGES
from inhouse.context.reading import analyse
from inhouse.model import CancelFlag
from inhouse.model.gguf import read_header
from inhouse.model.native import Weights
from inhouse.model.store import embedded_core

from .conftest import count

pytestmark = pytest.mark.timeout(100)  # s; what hangs, fails

Make = Callable[[Path], object]


def has(name: str, data: str | bytes) -> Make:
    """A project with this file."""

    def make(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return make


def both(*makes: Make) -> Make:
    return lambda root: [make(root) for make in makes]


SCRIPT = has("a.ts", "import x from 'y'\nconst a = x.\n")
LINES = "x = 1\n" * 3
HOSTILE: dict[str, Make] = {
    "a name that is no UTF-8": lambda root: Path(os.fsdecode(os.fsencode(root) + b"/\xff.py")).write_text(LINES),
    "a folder's name that is none": has("\udcff/a.py", LINES),
    "a line end in a name": has("a\nb.py", LINES),
    "terminal escapes in a name": has("\x1b]0;owned\x07\x1b[31m.py", LINES),
    "a name like an option": has("--help.py", LINES),
    "the longest name": has("n" * 252 + ".py", LINES),
    "900 folders deep": has("d/" * 900 + "x.py", LINES),
    "ignore rules from a device": lambda root: (root / ".gitignore").symlink_to("/dev/zero"),
    "settings from a device": lambda root: (root / "inhouse.toml").symlink_to("/dev/zero"),
    "ignore rules from a pipe": lambda root: os.mkfifo(root / ".gitignore"),
    "settings from a pipe": lambda root: os.mkfifo(root / "inhouse.toml"),
    "a manifest from a pipe": both(lambda root: os.mkfifo(root / "package.json"), SCRIPT),
    "a source file from a device": lambda root: (root / "a.py").symlink_to("/dev/zero"),
    "a source file from a pipe": lambda root: os.mkfifo(root / "a.py"),
    "a link to itself": lambda root: (root / "loop").symlink_to(root),
    "an ignore rule of 20 stars": both(has(".gitignore", "*a" * 20 + "*b\n"), has("a" * 200 + ".py", LINES)),
    "an ignore rule of 12 double stars": both(has(".gitignore", "**/a/" * 12 + "b"), has("a/" * 60 + "x.py", LINES)),
    "a coding that fails": has("a.py", b"# coding: undefined\n\xff\n"),
    "a coding that is slow": has("a.py", b"# coding: punycode\n" + b"\xffa-" + b"b9c" * 300_000),
    "a coding with halves of pairs": has("a.py", b"# coding: utf-7\nname+2AA- = '\xff'\n"),
    "100,000 brackets": has("a.py", "(\n" * 100_000),
    "a header of empty lines": has("a.h", "\n" * 900_000),
    "a manifest 100,000 deep": both(has("package.json", "[" * 100_000), SCRIPT),
    "a manifest of comments": both(has("tsconfig.json", "/*" * 400_000), SCRIPT),
    "a manifest of quotes": both(has("package.json", '"\\' * 400_000), SCRIPT),
    "a manifest that extends itself": both(
        has("tsconfig.json", '{"extends":[' + '"./tsconfig",' * 3000 + '"."]}'), SCRIPT
    ),
    "4,000 manifests in a chain": both(
        *(has(f"t{n}.json", f'{{"extends": "./t{n + 1}"}}') for n in range(4000)),
        has("tsconfig.json", '{"extends": "./t0"}'), SCRIPT,
    ),
    "settings 100,000 deep": has("inhouse.toml", "a = " + "[" * 100_000),
    "a library that imports itself": both(
        has(".venv/lib/python3.11/site-packages/lib.py", "from lib import *\n" * 3000),
        has("a.py", "from lib import *\n"),
    ),
    "tokens of the model in the text": has("a.py", "<|fim_middle|><|endoftext|>x = '<|fim_prefix|>'\n" * 9),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no such links and pipes")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_rest_of_a_hostile_project_is_read_and_used(tmp_path: Path, make: Make) -> None:
    root = tmp_path / "project"
    root.mkdir()
    make(root)
    (root / "fine.py").write_text("def only_here(amount):\n    return amount\n")
    text = "from fine import only_here\nfrom lib import *\nx = only_here(\n"
    project = Project(root, tmp_path / "cache")
    project.refresh()
    chunks = project.gather(root / "new.py", text, len(text) - 1, 900)
    assert any("only_here" in chunk.text for chunk in chunks)
    assert "only_here" in {name.name for name in project.names(root / "new.py", text, len(text) - 1)}
    script = "import {x} from './a'\nx.\n"
    project.gather(root / "new.ts", script, len(script) - 1, 900)
    project.conventions().render()
    project.close()
    assert configured(root, environ={}).settings.enabled


DEEP = 5000
HEADS = ("(", "{", "[", "if(x){", "a.b(", "function f(){", "class A{", "/*", '"', "\n", "import a.b\n", "<?php ")


def places() -> list[tuple[str, str]]:
    """(language, what is repeated): all of them where there is time, else some, the same ones each time."""
    every = [(language, head) for language in LANGUAGES for head in HEADS]
    return random.Random(9).sample(every, min(len(every), count("DEEP", 30)))


@pytest.mark.parametrize(("language", "head"), places())
def test_what_is_nested_5000_deep_is_read(language: str, head: str) -> None:
    start = "<?php " if language == "php" else ""
    analyse(f"a{LANGUAGES[language].suffixes[0]}", start + head * DEEP)


LONG = ("a", "a.", "x, ", " ", "(", '"', "a=1;", "for ", "lambda ", "x = ", "=> ", "::", "\n")


@pytest.mark.parametrize("part", LONG)
def test_a_line_of_200_000_characters_is_completed_or_not(project: Path, part: str) -> None:
    text = (part * 200_000)[:200_000] + " = "
    assistant = Assistant(Settings(), ScriptedEngine("total(amounts)"))
    assistant.load()
    assistant.project(project).refresh()
    request = CompletionRequest(project, project / "long.py", text + "\ny = 1\n", len(text), invoked=True)
    answer = assistant.complete(request, CancelFlag())
    assert answer.items or answer.silent
    assistant.close()


@pytest.mark.integration
def test_control_tokens_in_a_text_are_plain_text_to_the_model() -> None:
    core = embedded_core().path
    header = read_header(core)
    tokens = header.metadata["tokenizer.ggml.tokens"]
    assert isinstance(tokens, list)
    controls = {number for key in header.metadata if key.endswith("_token_id") and (number := header.number(key))}
    text = "x = '" + "".join(str(tokens[number]) for number in sorted(controls)) + "'"
    weights = Weights(core, vocabulary_only=True)
    ids, pieces = weights.tokenize(text), weights.pieces()
    weights.close()
    assert controls
    assert not controls & set(ids)
    assert b"".join(pieces[number] for number in ids).decode() == text
