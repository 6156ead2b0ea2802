"""The training code lies beside the product, not in it, and has an environment of its own.

Where that environment is missing, only what needs nothing but the product's is tested:
`python -m pytest -c /dev/null --rootdir . tests/training` in it runs the rest.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "model" / "training"))

NEEDS = {"test_rows.py": "tokenizers", "test_training.py": "torch", "test_export.py": "gguf"}
collect_ignore = [name for name, package in NEEDS.items() if find_spec(package) is None]
