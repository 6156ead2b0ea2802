"""The binding's low-level module alone is loaded; the whole package is still there for others."""

from __future__ import annotations

import subprocess
import sys


def test_the_rest_of_the_package_is_not_loaded_and_comes_when_it_is_asked_for() -> None:
    program = """
import sys
from inhouse.model.binding import llama_cpp as ours
print([name for name in sys.modules if name.split(".")[0] in ("llama_cpp", "jinja2")])
import llama_cpp
print(llama_cpp.llama_cpp is ours, llama_cpp.Llama.__name__, llama_cpp.llama_decode is ours.llama_decode)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)

    loaded, same = done.stdout.splitlines()
    assert loaded == "['llama_cpp._ctypes_extensions', 'llama_cpp.llama_cpp']"
    assert same == "True Llama True"


def test_where_the_package_is_loaded_already_it_is_the_same_module() -> None:
    program = "import llama_cpp; from inhouse.model import binding; print(binding.llama_cpp is llama_cpp.llama_cpp)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout == "True\n"
