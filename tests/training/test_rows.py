from __future__ import annotations

import random
from pathlib import Path

import pytest
from coretrain import rows, tokenizer
from coretrain.corpus import SourceFile
from coretrain.project import Project
from coretrain.special import SPECIAL_TEXT, Special

LONG = "\n".join(
    f"def function_{i}(argument):\n    total = compute(argument, {i})\n    return total" for i in range(60)
)
FILES = [
    SourceFile("shop", f"shop/part_{i}.py", "python", "MIT", "train", LONG.replace("total", f"sum_{i}"))
    for i in range(4)
]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.train(FILES, 400, path)
    return path


def samples(vocabulary: Path, count: int = 200) -> list[list[int]]:
    sampler = rows.Sampler(Project(FILES, 1), tokenizer.Encoder(vocabulary), random.Random(2))
    return [sample for sample in (sampler.sample(1024) for _ in range(count)) if sample]


def test_special_tokens_have_their_fixed_ids_and_are_never_read_from_text(vocabulary: Path) -> None:
    encode = tokenizer.Encoder(vocabulary)
    assert encode.names()[: len(Special)] == list(SPECIAL_TEXT.values())
    ids = encode("x = '<|fim_middle|>'")
    assert not set(ids) & set(Special)
    assert encode.text(ids) == "x = '<|fim_middle|>'"


def test_token_lengths_add_up_to_the_text(vocabulary: Path) -> None:
    encode = tokenizer.Encoder(vocabulary)
    lengths = encode.lengths_bytes()
    text = "größe = 'süß'\n\tréturn 7\r\n"
    assert sum(lengths[i] for i in encode(text)) == len(text.encode())


def test_a_sample_is_laid_out_as_the_runtime_asks(vocabulary: Path) -> None:
    made = samples(vocabulary)
    fim = [sample for sample in made if Special.MIDDLE in sample]
    assert 0.7 < len(fim) / len(made) < 1
    spm = 0
    for sample in fim:
        prefix, suffix, middle = (sample.index(t) for t in (Special.PREFIX, Special.SUFFIX, Special.MIDDLE))
        last_file = max(i for i, token in enumerate(sample) if token == Special.FILE)
        assert last_file < prefix < suffix < middle
        assert sample[-1] == Special.END
        spm += suffix == prefix + 1
    assert spm > len(fim) / 2


def test_context_is_of_other_files(vocabulary: Path) -> None:
    encode = tokenizer.Encoder(vocabulary)
    with_context = 0
    for sample in samples(vocabulary):
        names = [part.split("\n")[0] for part in encode.text(sample).split(SPECIAL_TEXT[Special.FILE])[1:]]
        assert names[-1] not in names[:-1]
        with_context += len(names) > 1
    assert with_context > 50


def test_rows_are_full_and_the_same_for_the_same_seed(vocabulary: Path) -> None:
    plan = rows.Plan(vocabulary, rows=6, context=256, seed=3)
    (_, first), (_, again) = next(rows.build(FILES, plan, 1)), next(rows.build(FILES, plan, 1))
    assert first.shape == (6, 257)
    assert (first == again).all()
    assert (first == Special.PAD).mean() < 0.25
