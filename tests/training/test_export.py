from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coretrain import check_logits, check_tokens, export, graft, lookup
from coretrain.engine import Engine
from coretrain.manifest import HERE
from coretrain.measure_memory import among, run_hashes
from coretrain.model import Core, Shape

TOKENIZER = HERE / "tokenizer.json"
TINY = Shape(width=192, layers=2, heads=2, kv_heads=1, feed_forward=64, context=256)


@pytest.fixture(scope="module")
def core() -> Core:
    torch.manual_seed(0)
    made = Core(TINY)
    lookup.prepare(made)
    return made


@pytest.fixture(scope="module")
def gguf(core: Core, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny-f16.gguf"
    export.to_gguf(core, TOKENIZER, path, "tiny", "a test")
    return path


def test_llama_cpp_computes_what_torch_computes(core: Core, gguf: Path) -> None:
    chance = torch.Generator().manual_seed(1)
    sequences = torch.randint(7, 8192, (2, 200), generator=chance).tolist()
    agreement = check_logits.compare(core, gguf, sequences)
    assert agreement.divergence < 1e-4
    assert agreement.same_first_choice > 0.98


def test_a_quantised_file_is_smaller_and_nearly_the_same(core: Core, gguf: Path, tmp_path: Path) -> None:
    small = tmp_path / "tiny-q8_0.gguf"
    export.quantise(gguf, small, "q8_0")
    assert small.stat().st_size < gguf.stat().st_size
    sequences = torch.randint(7, 8192, (1, 200), generator=torch.Generator().manual_seed(1)).tolist()
    assert check_logits.compare(core, small, sequences).divergence < 1e-2


def test_llama_cpp_splits_text_as_the_core_was_taught(gguf: Path) -> None:
    sources = sorted((HERE / "coretrain").glob("*.py"))
    result = check_tokens.compare(gguf, TOKENIZER, [path.read_text() for path in sources])
    assert not result.different
    assert result.tokens > 10_000


def test_weights_come_back_out_of_a_gguf(core: Core, gguf: Path) -> None:
    again = graft.from_gguf(gguf, TOKENIZER, TINY)
    assert torch.allclose(again.embedding.weight, core.embedding.weight, atol=1e-3)
    assert torch.allclose(again.blocks[1].attention.q.weight, core.blocks[1].attention.q.weight, atol=1e-3)


def test_greedy_text_ends_with_the_line(gguf: Path) -> None:
    engine = Engine(gguf, 256)
    written, log_probability = engine.greedy(engine.tokenize("def main():\n"), most=5)
    assert len(written) <= 5
    assert log_probability < 0


def test_a_run_of_tokens_has_the_same_hash_wherever_it_stands() -> None:
    run = list(range(100, 150))
    assert run_hashes([1, 2, *run, 3])[2] == run_hashes(run)[0]
    assert len(run_hashes(run[:-1])) == 0


def test_recited_runs_are_found_among_many() -> None:
    known = np.sort(run_hashes(list(range(100, 300))))
    assert among(run_hashes([*range(150, 200), 7]), known).tolist() == [True, False]
