"""What the processor could do for llama.cpp, and the installed build does not use. Loads no model."""

from __future__ import annotations

import re
from pathlib import Path

COUNTED = {
    "AVX": "avx", "AVX2": "avx2", "FMA": "fma", "F16C": "f16c", "NEON": "asimd", "DOTPROD": "asimddp",
}  # fmt: skip
"""llama.cpp's names and Linux' for the instructions that its kernels gain most by. AVX-512 is left out: most prebuilt
wheels do without it on purpose."""


def unused(features: str, flags: frozenset[str]) -> list[str]:
    """The instructions that the processor has and the build, by its own words, was made without."""
    built = set(re.findall(r"(\w+) = 1\b", features))
    return [name for name, flag in COUNTED.items() if flag in flags and name not in built]


def processor_flags(file: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What the processor says that it can do; nothing where the system does not tell (macOS, Windows)."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()
