"""Others' ways of choosing context: within the room, never from what is left out, the same each time."""

from __future__ import annotations

import pytest

from inhouse.model import FillRequest
from inhouse.replay.peers import Files, ring, snippets

TEXTS = {
    f"{folder}/m{number}.py": "".join(
        f"def helper_{number}_{line}(value):\n    return value + {line}\n" for line in range(80)
    )
    for folder in ("near", "far")
    for number in range(8)
}
REQUEST = FillRequest("near/own.py", "from near.m3 import helper_3_7\n\nx = helper_3_7(\n", "\n")


def files(*left_out: str) -> Files:
    return Files(sorted(TEXTS), TEXTS.get, left_out)


def test_the_nearest_files_were_opened_before() -> None:
    opened = [path for path, _ in files("near/m1.py").opened_before("near/own.py")]

    assert len(opened) == 10
    assert "near/m1.py" not in opened
    assert all(path.startswith("near/") for path in opened[:7])


@pytest.mark.parametrize("room", [0, 500, 3000])
def test_blocks_keep_within_the_room_and_repeat_themselves(room: int) -> None:
    for choose in (ring, snippets):
        blocks = choose(files(), REQUEST, room)

        assert blocks == choose(files(), REQUEST, room)
        assert sum(len(block.text) for block in blocks) <= room
        assert bool(blocks) == (room > 400) or choose is ring


def test_the_ring_holds_half_size_windows_and_nothing_like_the_cursor() -> None:
    blocks = ring(files(), REQUEST, 100_000)
    assert 1 <= len(blocks) <= 16
    assert all(block.text.count("\n") <= 32 for block in blocks)

    path = blocks[-1].path
    own = FillRequest("near/own.py", TEXTS[path], "\n")
    assert all(block.text not in TEXTS[path][-2000:] for block in ring(files(), own, 100_000) if block.path != own.path)


def test_snippets_are_opened_files_and_then_imported_definitions() -> None:
    texts = {f"lib/n{number}.py": f"N{number} = 0\n" for number in range(10)}
    texts["zz/deep.py"] = "def wanted(value):\n    return value\n\n\nother = 2\n"
    request = FillRequest("lib/own.py", "from zz.deep import wanted\n\ny = wanted(\n", "\n")
    blocks = snippets(Files([*texts], texts.get), request, 1000)

    assert {block.path for block in blocks[:-1]} == {f"lib/n{number}.py" for number in range(10)}
    assert (blocks[-1].path, blocks[-1].text) == ("zz/deep.py", "def wanted(value):\n    return value\n")


def test_large_opened_files_are_trimmed_and_five_are_used() -> None:
    texts = {f"n{number}.py": f"N{number} = 0\n" * 300 for number in range(10)}
    blocks = snippets(Files([*texts], texts.get), FillRequest("own.py", "x", "\n"), 5000)

    assert len(blocks) == 5
    assert len(blocks[0].text) > len(blocks[-1].text) >= 375
