"""Where settings come from, and which word counts: later layers win.

1. the defaults, and those of the editor, where it has others; 2. the user's file; 3. the project's inhouse.toml;
4. what the user set in the editor; 5. the environment (INHOUSE_NAME); 6. flags of the command line. A project may not
set what belongs to the user's machine. Nothing here is ever written.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from platformdirs import user_config_path

from inhouse.completion.settings import KNOWN, Settings, from_text, is_machines, usable
from inhouse.context.files import plain_bytes

USER_FILE = "config.toml"
PROJECT_FILE = "inhouse.toml"
PREFIX = "INHOUSE_"
DEFAULTS = "defaults"
"""Among an editor's settings: a table of what suits this editor unless the user says otherwise, anywhere."""
EDITOR_VARIABLE = "INHOUSE_EDITOR"
"""What an editor's settings are, as JSON, for a program that it runs beside the server, such as the doctor."""
OWN_TABLES = frozenset({"conventions"})
"""Tables of inhouse.toml that other parts read."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings that count, where each was set, and one line for each word that could not be used."""

    settings: Settings
    origins: Mapping[str, str]
    """Layer of each setting that is not a default: the user's file, the project, the editor, an environment variable or
    a flag."""
    problems: tuple[str, ...] = ()


def user_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's own settings; INHOUSE_CONFIG_DIR overrides the folder."""
    folder = environ.get("INHOUSE_CONFIG_DIR")
    return (Path(folder) if folder else user_config_path("inhouse")) / USER_FILE


def configured(
    root: Path | None = None,
    *,
    editor: object = None,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Configuration:
    """The settings for a project. Never fails: what cannot be used is told in `problems`."""
    file = user_file(environ)
    suited, editors = _editor_layers(_of_environment(environ) if editor is None else editor)
    layers = [suited, _file_layer(str(file), file)]
    if root is not None:
        layers.append(_project_layer(root))
    layers += [editors, _environment_layer(environ), _flag_layer(flags or {})]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for layer in layers:
        values |= layer.values
        origins |= dict.fromkeys(layer.values, layer.name)
        problems += layer.problems
    return Configuration(replace(Settings(), **values), origins, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    values: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def _file_layer(name: str, path: Path) -> _Layer:
    try:
        raw = tomllib.loads(plain_bytes(path).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return _Layer(name, {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        return _Layer(name, {}, (f"{name}: cannot be read ({error}); mend it, it does not count",))
    return _checked(name, raw)


def _project_layer(root: Path) -> _Layer:
    """What the project says, less what it may not say."""
    layer = _file_layer(PROJECT_FILE, root / PROJECT_FILE)
    refused = [name for name in layer.values if is_machines(name)]
    kept = {name: value for name, value in layer.values.items() if name not in refused}
    return _Layer(
        PROJECT_FILE,
        kept,
        (
            *layer.problems,
            *(
                f"{PROJECT_FILE}: a project may not set {name!r}; set it in your own {USER_FILE}, in the editor, or by "
                f"{PREFIX}{name.upper()}"
                for name in refused
            ),
        ),
    )


def _editor_layers(told: object) -> tuple[_Layer, _Layer]:
    """What suits the editor, and what the user has set in it: a value that is the default counts like any other."""
    if not isinstance(told, Mapping):
        return _Layer("editor", {}), _checked("editor", told)
    values = dict(cast("Mapping[object, object]", told))
    suited = _checked("the editor's default", values.pop(DEFAULTS, None))
    return suited, _checked("editor", values)


def _of_environment(environ: Mapping[str, str]) -> object:
    """What the editor that runs this program has told by EDITOR_VARIABLE; a text that is no JSON is a problem later."""
    text = environ.get(EDITOR_VARIABLE)
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _environment_layer(environ: Mapping[str, str]) -> _Layer:
    told = {name: environ[PREFIX + name.upper()] for name in KNOWN if environ.get(PREFIX + name.upper())}
    return _checked("environment", {name: from_text(name, text) for name, text in told.items()})


def _flag_layer(flags: Mapping[str, object]) -> _Layer:
    return _checked("flag", {name: value for name, value in flags.items() if value is not None})


def _checked(name: str, raw: object) -> _Layer:
    if isinstance(raw, Mapping) and name.endswith(".toml"):
        raw = {key: value for key, value in raw.items() if key not in OWN_TABLES}  # pyright: ignore[reportUnknownVariableType]
    good, problems = usable(raw)  # pyright: ignore[reportUnknownArgumentType]
    return _Layer(name, good, tuple(f"{name}: {problem}" for problem in problems))
