"""The support file: what the doctor found, versions, last errors; no source text, no token, no home folder."""

from __future__ import annotations

import json
import platform
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from inhouse.cli.checks import Finding

_ERRORS = 200


def write_bundle(path: Path, findings: Sequence[Finding]) -> None:
    """Write the file. Raises OSError."""
    from inhouse.cli.engine_checks import last_errors

    versions = {str(one.metadata["Name"]): one.version for one in distributions()}
    parts = {
        "doctor.json": json.dumps([asdict(one) for one in findings], indent=1),
        "settings.json": json.dumps(_settings(), indent=1, default=str),
        "versions.json": json.dumps({"python": platform.python_version(), **dict(sorted(versions.items()))}, indent=1),
        "errors.log": "\n".join(last_errors(_ERRORS)) + "\n",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace(str(Path.home()), "~"))


def _settings() -> dict[str, object]:
    """What is set and where; of an address without user name and password."""
    from inhouse.completion.configuration import configured

    found = configured(Path.cwd())
    told: dict[str, object] = {}
    for name, origin in found.origins.items():
        value = getattr(found.settings, name)
        if name == "server_url":
            value = _address(str(value))
        told[name] = {"value": value, "from": origin}
    return told


def _address(url: str) -> str:
    """Without user name, password and query, which may be secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(no address)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
