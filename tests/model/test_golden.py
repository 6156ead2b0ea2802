"""One hole in the token ids of each family: a change of layout or tokenising that nobody meant shows here.

Each family has a small made-up vocabulary, in which the ids can be told by hand. The real ones are those that
llama-cpp-python's source distribution carries, where uv unpacked it to build it; only the embedded core's is in this
repository. What the ids say was checked against the models' own cards.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from vocabularies import Made

from inhouse.model import Block, FillRequest
from inhouse.model.families import FAMILIES, FimTokens, family_of, fim_tokens
from inhouse.model.gguf import read_header
from inhouse.model.layout import Layout
from inhouse.model.native import Weights
from inhouse.model.store import embedded_core

HOLE = FillRequest(
    "src/app.py",
    "import os\n\ndef size(path):\n    return os.pa",
    "\n\nprint(size('é'))\n",
    (Block("lib.py", "X = 1\n"),),
    "demo",
    max_tokens=32,
)


ABOVE = "import os\n\ndef size(path):\n"
HEAD = "    return os.pa"
BELOW = HOLE.suffix
WITH_BEGINNING = {"tokenizer.ggml.bos_token_id": 0, "tokenizer.ggml.add_bos_token": True}
BYTES: dict[str, Any] = {"letters": False, "metadata": {}}


def ids(text: str) -> list[int]:
    return [int(word) for word in text.split()]


QWEN = ids("""
151663 25762 198 151664 2740 7197 198 55 284 220 16 198 151664 3548 10640 7197 198 151659 474 2643
271 750 1379 5581 982 151661 271 1350 6856 492 963 6987 151660 262 470 2643 56875
""")
"""[repo] demo [sep] lib.py ... [sep] src/app.py [pre] the lines before [suf] ... [mid] the head of the line."""

DEEPSEEK = ids("""
32013 32016 2 2469 13 4016 185 55 1412 16 185 2 5110 14 958 13 4016 185 1892 10925 185 185 1551 2398 7
3261 1772 185 32015 185 185 4128 7 3017 1497 584 14621 185 32017 315 967 10925 13 5571
""")
"""[text] [begin] # lib.py ... # src/app.py, the lines before [hole] ... [end] the head; files are in comments."""

REFACT = ids("""
1 21 5034 32 978 203 74 280 225 35 203 21 1561 33 725 32 978 203 465 2322 203 203 589 1334 26 983
711 203 3 203 203 1216 26 891 463 1309 2847 203 2 264 442 2322 32 4535
""")
"""As before; the tokenizer of Granite Code."""

STARCODER = ids("""
5 6418 6 1379 51 997 222 93 299 244 54 222 6 1634 52 745 51 997 222 1 485 2355 222 222 610 1354 45
1005 731 222 3 222 222 1243 45 911 482 1329 2878 222 2 283 461 2355 51 4554
""")
"""[repo] demo, with no line break behind it."""

CORE = ids("""
6 996 3051 205 62 279 227 23 205 6 3575 21 596 3051 205 1 2 282 3419 5549 604 6704 7655 3 653 1534
282 329 1504 2892 374 265 371 1534 503 71
""")
"""[sep] lib.py ... [sep] src/app.py [pre][suf] the text after [mid] all the text before."""

GEMMA = "<bos><|file_separator|>lib.py\nX = 1\n<|file_separator|>src/app.py\n"
MADE = {
    "Qwen2.5-Coder": (
        Made(["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>"], **BYTES),
        "<|repo_name|>demo\n<|file_sep|>lib.py\nX = 1\n<|file_sep|>src/app.py\n"
        f"<|fim_prefix|>{ABOVE}<|fim_suffix|>{BELOW}<|fim_middle|>{HEAD}",
    ),
    "StarCoder2": (
        Made(["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<repo_name>", "<file_sep>"], **BYTES),
        "<repo_name>demo<file_sep>lib.py\nX = 1\n<file_sep>src/app.py\n"
        f"<fim_prefix>{ABOVE}<fim_suffix>{BELOW}<fim_middle>{HEAD}",
    ),
    "Granite": (
        Made(["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>"], **BYTES),
        f"<fim_prefix># lib.py\nX = 1\n# src/app.py\n{ABOVE}<fim_suffix>{BELOW}<fim_middle>{HEAD}",
    ),
    "DeepSeek-Coder": (
        Made(["<s>", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"], letters=False, metadata=WITH_BEGINNING),
        f"<s><｜fim▁begin｜># lib.py\nX = 1\n# src/app.py\n{ABOVE}<｜fim▁hole｜>{BELOW}<｜fim▁end｜>{HEAD}",
    ),
    "CodeGemma": (
        Made(
            ["<bos>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"],
            letters=True,
            metadata={"tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.add_space_prefix": False},
        ),
        f"{GEMMA}<|fim_prefix|>{ABOVE}<|fim_suffix|>{BELOW}<|fim_middle|>{HEAD}",
    ),
    "Codestral": (  # its tokenizer puts a space before each text
        Made(["<s>", "[PREFIX]", "[SUFFIX]"], letters=True, metadata={"tokenizer.ggml.bos_token_id": 1}),
        f"<s> # lib.py\n X = 1\n # src/app.py\n[SUFFIX] {BELOW}[PREFIX] {ABOVE}{HEAD}",
    ),
    "Mellum": (
        Made(
            ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>"],
            letters=False,
            metadata={"general.name": "Mellum 4b Base", "tokenizer.ggml.fim_sep_token_id": 3},
        ),
        f"<filename>lib.py\nX = 1\n<filename>src/app.py\n<fim_suffix>{BELOW}<fim_prefix>{ABOVE}{HEAD}<fim_middle>",
    ),
}
"""Each family with a vocabulary made up for it: control tokens spelled out, all else one token a byte or letter."""


def prompt_of(file: Path, tokens: FimTokens | None = None) -> list[int]:
    """The hole's ids, all of it as the file itself says."""
    header, weights = read_header(file, vocabulary_only=True), Weights(file, vocabulary_only=True)
    layout = Layout(tokens or fim_tokens(header), family_of(header), weights.tokenize, 2048, weights.opening)
    found = layout.prompt(HOLE)
    weights.close()
    return [*found.ids, *found.closing]


@pytest.mark.parametrize("family", MADE)
def test_the_ids_of_a_hole_in_a_made_up_vocabulary(family: str, tmp_path: Path) -> None:
    made, golden = MADE[family]

    assert prompt_of(made.write(tmp_path / "vocabulary.gguf")) == made.ids(golden)


def test_no_family_is_left_out() -> None:
    alike = {"StarCoder": "Granite"}  # the same tokens in the same order
    assert {alike.get(name, name) for name in FAMILIES} == {*MADE, "inhouse core"}


REAL = {"qwen2": QWEN, "deepseek-coder": DEEPSEEK, "refact": REFACT, "starcoder": STARCODER}
UNNAMED = {"qwen2": FimTokens(151659, 151661, 151660, 151663, 151664)}
"""Numbers that Qwen2.5-Coder gave to tokens which Qwen2's vocabulary leaves open."""


def real_vocabulary(name: str) -> Path | None:
    """The file, if uv has built llama-cpp-python from source on this machine, as `make test` does."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    pattern = f"sdists-v*/pypi/llama-cpp-python/*/*/src/vendor/llama.cpp/models/ggml-vocab-{name}.gguf"
    for cache in (Path(os.environ.get("UV_CACHE_DIR") or home), home, Path.home() / ".cache" / "uv"):
        if found := next(iter(sorted(cache.glob(pattern))), None):
            return found
    return None


@pytest.mark.parametrize("name", REAL)
def test_the_ids_of_a_hole_in_a_real_vocabulary(name: str) -> None:
    file = real_vocabulary(name)
    if file is None:
        pytest.skip("llama-cpp-python was not built from source here; the made-up vocabularies hold the layouts")

    assert prompt_of(file, UNNAMED.get(name)) == REAL[name]


def test_the_ids_of_a_hole_in_the_embedded_core() -> None:
    assert prompt_of(embedded_core().path) == CORE


def test_control_tokens_in_the_text_are_plain_text() -> None:
    weights = Weights(embedded_core().path, vocabulary_only=True)
    found = weights.tokenize("x = '<|fim_middle|>'\n")

    tokens = fim_tokens(read_header(embedded_core().path))
    weights.close()
    assert tokens.middle not in found
