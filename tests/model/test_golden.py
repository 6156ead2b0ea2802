"""One hole in the token ids of real vocabularies: a change of layout or tokenising that nobody meant shows here.

The vocabularies are those that llama-cpp-python's source distribution carries, where uv unpacked it to build it; only
the embedded core's is in this repository. What the ids say was checked against the models' own cards.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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


def ids(text: str) -> list[int]:
    return [int(word) for word in text.split()]


QWEN = ids("""
151663 25762 198 151664 2740 7197 198 55 284 220 16 198 151664 3548 10640 7197 198 151659 474 2643
271 750 1379 5581 982 151661 271 1350 6856 492 963 6987 151660 262 470 2643 56875
""")
"""[repo] demo [sep] lib.py ... [sep] src/app.py [pre] the lines before [suf] ... [mid] the head of the line."""

DEEPSEEK = ids("""
32016 2 2469 13 4016 185 55 1412 16 185 2 5110 14 958 13 4016 185 1892 10925 185 185 1551 2398 7
3261 1772 185 32015 185 185 4128 7 3017 1497 584 14621 185 32017 315 967 10925 13 5571
""")
"""[begin] # lib.py ... # src/app.py, the lines before [hole] ... [end] the head of the line; files are in comments."""

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

REAL = {
    "qwen2": (FimTokens(151659, 151661, 151660, 151663, 151664), "Qwen2.5-Coder", QWEN),
    "deepseek-coder": (FimTokens(32016, 32015, 32017, None, None), "DeepSeek-Coder", DEEPSEEK),
    "refact": (FimTokens(1, 3, 2, None, None), "Granite", REFACT),
    "starcoder": (FimTokens(1, 3, 2, 5, 6), "StarCoder2", STARCODER),
}


def vocabulary(name: str) -> Path | None:
    """The file, if uv has built llama-cpp-python from source on this machine."""
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
    pattern = f"sdists-v*/pypi/llama-cpp-python/*/*/src/vendor/llama.cpp/models/ggml-vocab-{name}.gguf"
    return next(iter(sorted(cache.glob(pattern))), None)


@pytest.mark.parametrize("name", REAL)
def test_the_ids_of_a_hole_in_a_real_vocabulary(name: str) -> None:
    file = vocabulary(name)
    if file is None:
        pytest.skip("llama-cpp-python was not built from source here")
    tokens, family, golden = REAL[name]
    weights = Weights(file, vocabulary_only=True)

    found = Layout(tokens, FAMILIES[family].family, weights.tokenize, 2048).prompt(HOLE).ids

    weights.close()
    assert found == golden


def test_the_ids_of_a_hole_in_the_embedded_core() -> None:
    path = embedded_core().path
    weights, header = Weights(path, vocabulary_only=True), read_header(path)

    found = Layout(fim_tokens(header), family_of(header), weights.tokenize, 2048).prompt(HOLE).ids

    weights.close()
    assert found == CORE


def test_control_tokens_in_the_text_are_plain_text() -> None:
    weights = Weights(embedded_core().path, vocabulary_only=True)
    found = weights.tokenize("x = '<|fim_middle|>'\n")

    tokens = fim_tokens(read_header(embedded_core().path))
    weights.close()
    assert tokens.middle not in found
