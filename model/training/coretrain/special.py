"""The special tokens. Their ids are fixed: the runtime, rows and export all rely on them."""

from __future__ import annotations

from enum import IntEnum


class Special(IntEnum):
    END = 0
    PREFIX = 1
    SUFFIX = 2
    MIDDLE = 3
    PAD = 4
    REPOSITORY = 5
    FILE = 6


SPECIAL_TEXT = {
    Special.END: "<|endoftext|>",
    Special.PREFIX: "<|fim_prefix|>",
    Special.SUFFIX: "<|fim_suffix|>",
    Special.MIDDLE: "<|fim_middle|>",
    Special.PAD: "<|fim_pad|>",
    Special.REPOSITORY: "<|repo_name|>",
    Special.FILE: "<|file_sep|>",
}
