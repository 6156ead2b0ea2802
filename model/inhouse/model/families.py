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


def fim_tokens(header: Header) -> FimTokens:
    """The FIM tokens from the GGUF's own metadata. Raises ModelError for a model that was not trained to fill."""

    def token(kind: str) -> int | None:
        return header.number(f"tokenizer.ggml.fim_{kind}_token_id")

    prefix, suffix, middle = token("pre"), token("suf"), token("mid")
    if prefix is None or suffix is None:
        raise _cannot_fill(header)
    if middle is None and family_of(header).order != "codestral":
        raise _cannot_fill(header)
    return FimTokens(prefix, suffix, -1 if middle is None else middle, token("rep"), token("sep"))


def _cannot_fill(header: Header) -> ModelError:
    return ModelError(
        f"{header.path}: this model has no fill-in-the-middle tokens, so it cannot complete at a cursor; "
        "choose a base code model trained for FIM"
    )


def family_of(header: Header) -> Family:
    """The family of a model; prefix first, as most are, when nothing says otherwise."""
    if header.text(ORDER_KEY) == "spm" or (header.text("general.description") or "").startswith("project core"):
        return Family("inhouse core", "spm")
    prefix_text = _token_text(header, "tokenizer.ggml.fim_pre_token_id")
    if prefix_text == "[PREFIX]":
        return Family("Codestral", "codestral")
    if "mellum" in f"{header.text('general.name')} {header.text('general.basename')}".lower():
        return Family("Mellum", "mellum")
    if prefix_text == "<fim_prefix>" and _token_text(header, "tokenizer.ggml.fim_sep_token_id") == "<file_sep>":
        return Family("StarCoder2", "psm", repository_line=False)
    return Family("prefix first", "psm")


def _token_text(header: Header, key: str) -> str | None:
    tokens, token = header.metadata.get("tokenizer.ggml.tokens"), header.number(key)
    if not isinstance(tokens, list) or token is None or not 0 <= token < len(tokens):
        return None
    text = tokens[token]
    return text if isinstance(text, str) else None
