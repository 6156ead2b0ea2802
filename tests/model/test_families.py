"""A model's way of filling, told by its file or by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from ggufs import FIM_METADATA, write

from inhouse.model import ModelError
from inhouse.model.catalogue import catalogue
from inhouse.model.families import FAMILIES, family_named, family_of, fim_tokens
from inhouse.model.gguf import read_header


@pytest.mark.parametrize("name", FAMILIES)
def test_a_file_that_does_not_name_its_tokens_is_known_by_their_texts(tmp_path: Path, name: str) -> None:
    """Files of before the names existed; llama.cpp knows them by the same texts."""
    taught = FAMILIES[name]
    texts = ["a", taught.prefix, taught.suffix, taught.middle or "b", taught.separator or "c", taught.repository or "d"]
    metadata: dict[str, object] = {"general.architecture": "llama", "tokenizer.ggml.tokens": texts}
    if taught.family.order in ("spm", "mellum"):
        metadata |= {"general.name": name, "inhouse.fim_order": taught.family.order}
    header = read_header(write(tmp_path / "m.gguf", metadata))

    found = fim_tokens(header)

    assert (found.prefix, found.suffix, found.middle) == (1, 2, 3 if taught.middle else -1)
    assert family_of(header).order == taught.family.order


def test_a_model_that_was_not_taught_to_fill_is_refused(tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "m.gguf", {"tokenizer.ggml.tokens": ["a", "b"]}))

    with pytest.raises(ModelError, match="no fill-in-the-middle tokens"):
        fim_tokens(header)


def test_a_file_that_names_tokens_which_it_has_not_is_refused(tmp_path: Path) -> None:
    texts = [f"t{number}" for number in range(7)]
    whole = {**FIM_METADATA, "tokenizer.ggml.tokens": texts}
    damaged = {**whole, "tokenizer.ggml.fim_mid_token_id": len(texts)}

    assert fim_tokens(read_header(write(tmp_path / "whole.gguf", whole))).middle == 3
    with pytest.raises(ModelError, match="names token 7 for filling in and has 7"):
        fim_tokens(read_header(write(tmp_path / "damaged.gguf", damaged)))


def test_the_catalogues_names_tell_the_family(tmp_path: Path) -> None:
    for entry in catalogue(tmp_path / "none"):
        assert family_named(entry.name) is FAMILIES[entry.family], entry.name


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("/models/qwen2.5-coder-7b-q8_0.gguf", "Qwen2.5-Coder"),
        ("Qwen/Qwen2.5-Coder-7B", "Qwen2.5-Coder"),
        ("inhouse-core-5m-q8_0", "inhouse core"),
        ("bigcode/starcoder2-3b", "StarCoder2"),
        ("JetBrains/Mellum-4b-base", "Mellum"),
    ],
)
def test_names_on_servers(name: str, family: str) -> None:
    assert family_named(name) is FAMILIES[family]


def test_an_unknown_name_tells_nothing() -> None:
    assert family_named("our-model") is None
    assert family_named("granite-4.0-350m-base") is None
