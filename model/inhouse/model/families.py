"""How each family of models was taught to fill: the order of its parts and how it separates files.

Told apart by what the GGUF itself says: its FIM tokens' texts and its name. Sources: the model cards and technical
reports of Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, CodeGemma, Granite Code, Codestral and Mellum. Nothing runs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inhouse.model.fill import ModelError
from inhouse.model.gguf import Header

Order = Literal["spm", "psm", "codestral", "mellum"]
"""The parts of a prompt after the other files, where [P] [S] [M] are the control tokens.

spm: [P][S] suffix [M] prefix. psm: [P] prefix [S] suffix [M]. codestral: [S] suffix [P] prefix.
mellum: [S] suffix [P] prefix [M].
"""

ORDER_KEY = "inhouse.fim_order"
"""Metadata key by which our own cores say that they were trained suffix first."""


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    order: Order
    repository_line: bool = True
    """Whether a line break follows the repository's name."""


@dataclass(frozen=True, slots=True)
class FimTokens:
    """The control tokens of a model, as its GGUF names them."""

    prefix: int
    suffix: int
    middle: int
    repository: int | None
    separator: int | None


@dataclass(frozen=True, slots=True)
class Taught:
    """A family as a text knows it: for servers that take text, and for files that do not name their FIM tokens."""

    family: Family
    prefix: str
    suffix: str
    middle: str | None
    separator: str | None = None
    repository: str | None = None


_BARS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
_PLAIN = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")

FAMILIES: dict[str, Taught] = {
    "inhouse core": Taught(Family("inhouse core", "spm"), *_BARS, "<|file_sep|>"),
    "Qwen2.5-Coder": Taught(Family("Qwen2.5-Coder", "psm"), *_BARS, "<|file_sep|>", "<|repo_name|>"),
    "StarCoder2": Taught(Family("StarCoder2", "psm", repository_line=False), *_PLAIN, "<file_sep>", "<repo_name>"),
    "StarCoder": Taught(Family("StarCoder", "psm"), *_PLAIN),
    "Granite": Taught(Family("Granite", "psm"), *_PLAIN),
    "DeepSeek-Coder": Taught(Family("DeepSeek-Coder", "psm"), "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    "CodeGemma": Taught(Family("CodeGemma", "psm"), *_BARS, "<|file_separator|>"),
    "Codestral": Taught(Family("Codestral", "codestral"), "[PREFIX]", "[SUFFIX]", None),
    "Mellum": Taught(Family("Mellum", "mellum"), *_PLAIN, "<filename>"),
}
"""Every family that the catalogue knows, by its name there."""


def family_named(model: str) -> Taught | None:
    """The family of a model by its name; None where the name does not tell."""
    plain = "".join(letter for letter in model.lower() if letter.isalnum())
    if any(mark in plain for mark in _OTHERS):
        return None
    for key, marks in _MARKS.items():
        if any(mark in plain for mark in marks):
            return FAMILIES[key]
    return None


_OTHERS = ("granite4",)
"""Not what their names suggest: Granite 4 has another tokenizer than the code models that Granite stands for here."""
_MARKS = {
    "inhouse core": ("inhousecore",),
    "Qwen2.5-Coder": ("qwen",),
    "DeepSeek-Coder": ("deepseekcoder",),
    "StarCoder2": ("starcoder2",),
    "StarCoder": ("starcoder",),
    "Granite": ("granite",),
    "CodeGemma": ("codegemma",),
    "Codestral": ("codestral",),
    "Mellum": ("mellum",),
}


def fim_tokens(header: Header) -> FimTokens:
    """The FIM tokens of a GGUF. Raises ModelError for a model that was not trained to fill.

    Newer files name their ids; in older ones, as in llama.cpp itself, the tokens are known by their texts.
    """
    prefix, suffix, middle = (_token(header, kind) for kind in ("pre", "suf", "mid"))
    if prefix is None or suffix is None:
        raise _cannot_fill(header)
    if middle is None and family_of(header).order != "codestral":
        raise _cannot_fill(header)
    found = FimTokens(prefix, suffix, -1 if middle is None else middle, _token(header, "rep"), _token(header, "sep"))
    _check_numbers(header, found)
    return found


def _check_numbers(header: Header, found: FimTokens) -> None:
    """Refuses a damaged file that names tokens which it has not: with those every prompt would fail."""
    texts = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(texts, list):
        return
    for number in (found.prefix, found.suffix, found.middle, found.repository, found.separator):
        if number is not None and not -1 <= number < len(texts):
            raise ModelError(
                f"{header.path}: not a whole GGUF file: it names token {number:,} for filling in and has "
                f"{len(texts):,}; fetch or copy it again"
            )


_SPELLINGS: dict[str, tuple[str, ...]] = {
    "pre": tuple(dict.fromkeys(one.prefix for one in FAMILIES.values())),
    "suf": tuple(dict.fromkeys(one.suffix for one in FAMILIES.values())),
    "mid": tuple(dict.fromkeys(one.middle for one in FAMILIES.values() if one.middle)),
    "rep": ("<|repo_name|>", "<repo_name>"),
    "sep": ("<|file_sep|>", "<file_sep>", "<|file_separator|>"),
}


def _token(header: Header, kind: str) -> int | None:
    """The id of a FIM token: as the file names it, else found by its text."""
    named = header.number(f"tokenizer.ggml.fim_{kind}_token_id")
    if named is not None:
        return named
    texts = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(texts, list):
        return None
    return next((texts.index(spelling) for spelling in _SPELLINGS[kind] if spelling in texts), None)


def _cannot_fill(header: Header) -> ModelError:
    return ModelError(
        f"{header.path}: this model has no fill-in-the-middle tokens, so it cannot complete at a cursor; "
        "choose a base code model trained for FIM"
    )


def family_of(header: Header) -> Family:
    """The family of a model; prefix first, as most are, when nothing says otherwise."""
    if header.text(ORDER_KEY) == "spm" or (header.text("general.description") or "").startswith("project core"):
        return Family("inhouse core", "spm")
    prefix_text = _token_text(header, "pre")
    if prefix_text == "[PREFIX]":
        return Family("Codestral", "codestral")
    if "mellum" in f"{header.text('general.name')} {header.text('general.basename')}".lower():
        return Family("Mellum", "mellum")
    if prefix_text == "<fim_prefix>" and _token_text(header, "sep") == "<file_sep>":
        return Family("StarCoder2", "psm", repository_line=False)
    return Family("prefix first", "psm")


def _token_text(header: Header, kind: str) -> str | None:
    tokens, token = header.metadata.get("tokenizer.ggml.tokens"), _token(header, kind)
    if not isinstance(tokens, list) or token is None or not 0 <= token < len(tokens):
        return None
    text = tokens[token]
    return text if isinstance(text, str) else None
