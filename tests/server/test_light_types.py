"""The protocol's types are the same, whether they are made at once or when they are used first."""

from __future__ import annotations

import subprocess
import sys

import pytest

TOLD = """
import sys, threading
if sys.argv[1] == "light":
    from inhouse.server import light_types
    light_types.load()
import attrs
from lsprotocol import types
from pygls.protocol import default_converter

def plain(text):
    return str(text).replace("ForwardRef", "")

converter = default_converter()
POSITION = {"line": 1, "character": 2}
MESSAGES = {
    "InitializeRequest": {"id": 1, "jsonrpc": "2.0", "method": "initialize", "params": {
        "processId": 1, "rootUri": None, "capabilities": {
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}, "sync": {"x": 1}},
            "general": {"positionEncodings": ["utf-16"]}, "workspace": {"configuration": True},
            "experimental": {"a": [1]},
        }, "workspaceFolders": [{"uri": "file:///a", "name": "a"}], "initializationOptions": {"b": None},
    }},
    "DidChangeTextDocumentParams": {"textDocument": {"uri": "a", "version": 1}, "contentChanges": [
        {"range": {"start": POSITION, "end": POSITION}, "text": "x"}, {"text": "y"}]},
    "InlineCompletionParams": {"textDocument": {"uri": "a"}, "position": POSITION, "context": {"triggerKind": 1}},
    "ServerCapabilities": {"textDocumentSync": {"openClose": True, "change": 2},
        "hoverProvider": {"workDoneProgress": True}},
    "Hover": {"contents": [{"language": "a", "value": "b"}, "c"]},
}
for name, message in MESSAGES.items():
    found = converter.structure(message, types.ALL_TYPES_MAP[name])
    print(name, found, found == converter.structure(message, types.ALL_TYPES_MAP[name]), converter.unstructure(found))
for name, broken in {"InlineCompletionParams": {"position": 1}, "Position": {"line": "x", "character": 1}}.items():
    try:
        print(name, converter.structure(broken, types.ALL_TYPES_MAP[name]))
    except Exception as error:
        print(name, type(error).__name__)
try:
    types.Position(-1, 0)
except ValueError as error:
    print(error)
place = types.Position(1, 2)
print(place < types.Position(2, 0), place in {types.Position(1, 2): 0}.keys() if types.Position.__hash__ else "no hash")
for name, one in sorted(types.ALL_TYPES_MAP.items()):
    if isinstance(one, type) and attrs.has(one):
        for a in attrs.fields(one):
            print(name, a.name, plain(a.type), plain(a.default), a.validator is None, a.kw_only)
        print(name, "__repr__" in vars(one), "__eq__" in vars(one), one.__hash__ is None, one.__match_args__)
"""


def told(how: str, program: str = TOLD) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, how], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def test_types_made_later_are_the_same_and_read_the_same_messages() -> None:
    light, stock = told("light"), told("stock")

    assert len(light) > 1000
    assert light == stock


COUNTED = """
import sys, threading
from inhouse.server import light_types
if sys.argv[1] == "late":
    import lsprotocol.types
light_types.load()
light_types.load()
from lsprotocol import types
import attrs
from pygls.protocol import default_converter
default_converter()
made = [one for one in types.ALL_TYPES_MAP.values()
        if isinstance(one, type) and isinstance(vars(one).get("__attrs_attrs__"), tuple)]
print(len(made))
barrier, found = threading.Barrier(8), []
def make():
    barrier.wait()
    found.append(types.CompletionList(is_incomplete=False, items=[types.CompletionItem("x")]))
threads = [threading.Thread(target=make) for _ in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(found), all(one == found[0] for one in found))
"""


@pytest.mark.parametrize("how", ["first", "late"])
def test_few_are_made_before_they_are_used_unless_they_were_loaded_before(how: str) -> None:
    made, together = told(how, COUNTED)

    assert int(made) > 500 if how == "late" else int(made) < 100
    assert together == "8 True"
