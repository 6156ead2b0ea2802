"""A project as other parts use it: indexing, unsaved texts, changes on the disk, damage, two users at once."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Chunk, ContextError, Project

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

HELPER = "def weigh_parcel(parcel, scale):\n    return scale.measure(parcel)\n"
CALLER = "from helper import weigh_parcel\n\n\ndef ship(parcel):\n    weight = \n    return weight\n"
CURSOR = CALLER.index("weight = ") + len("weight = ")


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Polls until the condition holds or the time is over."""
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        tick.wait(0.01)
    return True


def gathered(project: Project, budget: int = 2000, text: str = CALLER, offset: int = CURSOR) -> list[Chunk]:
    """The chunks for the caller's cursor."""
    return project.gather(project.root / "main.py", text, offset, budget)


def all_text(chunks: list[Chunk]) -> str:
    """What a prompt would hold."""
    return "\n".join(chunk.text for chunk in chunks)


@pytest.fixture
def project(tree: Tree, open_project: Open) -> Project:
    """Two files, indexed."""
    made = open_project(tree({"helper.py": HELPER, "main.py": CALLER}))
    made.refresh()
    return made


def test_figures_say_what_was_read(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": HELPER, "b.ts": "let a = 1\n", "x.min.js": "a", "bin.py": b"a\0"}))
    seen: list[tuple[int, int]] = []

    figures = project.refresh(lambda done, every: seen.append((done, every)))

    assert (figures.files, figures.lines, figures.symbols, figures.skipped) == (2, 3, 2, 2)
    assert figures.languages == {"python": 1, "typescript": 1}
    assert seen[-1] == (4, 4)
    assert figures.index_bytes > 0 < figures.source_bytes


def test_a_second_refresh_reads_nothing_and_a_changed_file_only(project: Project) -> None:
    assert project.refresh().read == 0
    (project.root / "helper.py").write_text(HELPER + "\n\ndef pack_parcel(box):\n    return box\n")

    assert project.refresh().read == 1
    assert "pack_parcel" in all_text(gathered(project))


def test_a_removed_file_is_forgotten(project: Project) -> None:
    (project.root / "helper.py").unlink()

    assert project.refresh().removed == 1
    assert gathered(project) == []


def test_the_own_file_is_left_out_also_its_saved_copy(project: Project) -> None:
    chunks = project.gather(project.root / "helper.py", HELPER, len(HELPER), 4000)

    assert "helper.py" not in {chunk.path for chunk in chunks}


def test_excluded_files_are_left_out(project: Project) -> None:
    chunks = project.gather(project.root / "main.py", CALLER, CURSOR, 4000, exclude=["helper.py"])

    assert chunks == []


def test_a_copy_of_the_own_file_under_another_name_is_left_out(tree: Tree, open_project: Open) -> None:
    body = "".join(f"def step_{name}(machine):\n    return machine.turn_{name}()\n\n" for name in "abcdefgh")
    project = open_project(tree({"main.py": body, "main_backup.py": body, "main_old/main.py": body}))
    project.refresh()

    chunks = project.gather(project.root / "main.py", body, len(body) // 2, 4000)

    assert [chunk for chunk in chunks if chunk.kind == "window"] == []


def test_windows_that_repeat_each_other_come_once(tree: Tree, open_project: Open) -> None:
    body = "def weigh_all(parcels, scale):\n    for parcel in parcels:\n        scale.measure_weight(parcel)\n"
    project = open_project(tree({"one.py": body, "two.py": body, "main.py": ""}))
    project.refresh()
    text = "def count(parcels, scale):\n    scale.\n"

    chunks = project.gather(project.root / "main.py", text, len(text) - 1, 4000)

    assert len([chunk for chunk in chunks if chunk.kind == "window"]) == 1


@pytest.mark.parametrize("budget", [0, 1, 60, 150, 400, 4000])
def test_the_texts_stay_within_the_budget_and_stable_ones_come_first(project: Project, budget: int) -> None:
    chunks = gathered(project, budget)

    assert sum(len(chunk.text) for chunk in chunks) <= budget
    stable = [chunk.stable for chunk in chunks]
    assert stable == sorted(stable, reverse=True)


def test_stable_chunks_do_not_change_while_typing(project: Project) -> None:
    texts = [CALLER[:CURSOR] + typed + CALLER[CURSOR:] for typed in ("", "w", "we", "weigh_parcel(", "weigh_parcel(p")]
    heads = [
        [chunk for chunk in gathered(project, text=text, offset=CURSOR + index) if chunk.stable]
        for index, text in enumerate(texts)
    ]

    assert heads[0]
    assert all(head == heads[0] for head in heads)


def test_chunks_say_where_they_come_from(project: Project) -> None:
    chunk = gathered(project)[0]

    assert (chunk.path, chunk.start_line, chunk.kind, chunk.stable) == ("helper.py", 1, "signature", True)
    assert chunk.text == "def weigh_parcel(parcel, scale): ..."


def test_unsaved_text_goes_before_the_disk_until_it_is_closed(project: Project) -> None:
    project.update(project.root / "helper.py", "def weigh_gold(bar, karat):\n    return bar\n")
    assert project.settle(20)
    text = CALLER.replace("weigh_parcel", "weigh_gold")

    assert "def weigh_gold(bar, karat)" in all_text(gathered(project, text=text))
    assert "bar, karat" in all_text(gathered(project, text=text))
    project.refresh()
    assert "def weigh_gold" in all_text(gathered(project, text=text))
    project.update(project.root / "helper.py", None)
    assert project.settle(20)
    assert "def weigh_gold" not in all_text(gathered(project, text=text))
    assert "def weigh_parcel" in all_text(gathered(project))


def test_a_file_opened_as_it_is_on_the_disk_is_not_read_into_the_index_again(project: Project) -> None:
    helper, told = project.root / "helper.py", list[str]()
    project.on_change(lambda: told.append("changed"))
    project.update(helper, HELPER)
    assert project.settle(20)
    project.update(helper, None)
    assert project.settle(20)
    assert told == []

    project.refresh()
    told.clear()
    project.update(helper, HELPER + "\n\ndef weigh_gold(bar):\n    return bar\n")
    assert project.settle(20)
    project.update(helper, HELPER)
    assert project.settle(20)
    assert told == ["changed", "changed"]
    assert "weigh_gold" not in all_text(gathered(project, text=CALLER.replace("weigh_parcel", "weigh_gold")))


def test_an_unsaved_new_file_counts_and_nothing_is_written_to_the_project(project: Project) -> None:
    before = sorted(project.root.rglob("*"))
    project.update(project.root / "fresh.py", "def weigh_feather(feather):\n    return 0\n")
    assert project.settle(20)

    assert "weigh_feather" in all_text(gathered(project, text=CALLER.replace("weigh_parcel", "weigh_feather")))
    assert sorted(project.root.rglob("*")) == before


def test_saves_on_the_disk_are_followed(project: Project) -> None:
    project.watch()
    (project.root / "added.py").write_text("def weigh_letter(letter):\n    return 1\n")
    text = "from added import weigh_letter\n" + CALLER

    assert until(lambda: "def weigh_letter" in all_text(gathered(project, text=text, offset=len(text) - 20)))
    (project.root / "added.py").unlink()
    assert until(lambda: "def weigh_letter" not in all_text(gathered(project, text=text, offset=len(text) - 20)))


def test_a_new_folder_and_a_changed_ignore_file_are_followed(project: Project) -> None:
    project.watch()
    (project.root / "deep" / "er").mkdir(parents=True)
    (project.root / "deep" / "er" / "scales.py").write_text("def tare(scale):\n    return 0\n")
    assert until(lambda: project.figures().files == 3)

    (project.root / ".gitignore").write_text("deep/\n")
    assert until(lambda: project.figures().files == 2)


def test_windows_line_ends_give_the_same_answer(project: Project) -> None:
    dos = CALLER.replace("\n", "\r\n")
    offset = dos.index("weight = ") + len("weight = ")

    assert gathered(project, text=dos, offset=offset) == gathered(project)


@pytest.mark.parametrize(
    "text", ["", "\n", "def", "é" * 50, "import (((", "\x00\x01", "😀 = 1", "from . import *", "x" * 200_000]
)
def test_any_text_gives_an_answer(project: Project, text: str) -> None:
    for offset in (-5, 0, len(text) // 2, len(text), len(text) + 9):
        assert isinstance(gathered(project, text=text, offset=offset), list)


def test_a_path_outside_of_the_project_or_of_no_language_is_answered(project: Project, tmp_path: Path) -> None:
    assert isinstance(project.gather(tmp_path / "elsewhere.py", CALLER, CURSOR, 1000), list)
    assert isinstance(project.gather(Path("notes.txt"), "weigh_parcel(", 13, 1000), list)
    project.update(tmp_path / "elsewhere.py", "def far(): pass\n")
    assert project.settle(20)
    assert project.figures().files == 2


@pytest.mark.parametrize("damage", [b"no database at all", b"", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_made_again_without_a_word(tree: Tree, open_project: Open, damage: bytes) -> None:
    root = tree({"helper.py": HELPER, "main.py": CALLER})
    first = open_project(root)
    first.refresh()
    first.close()
    first.database.write_bytes(damage)

    again = open_project(root)

    assert again.refresh().files == 2
    assert "weigh_parcel" in all_text(gathered(again))


def test_damage_while_in_use_is_mended(project: Project) -> None:
    size = project.database.stat().st_size
    project.refresh()
    project._index.store.tidy(everything=True)
    project.close()
    with project.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))

    again = Project(project.root, project.database.parents[1])
    gathered(again)
    assert again.refresh().files == 2
    assert "weigh_parcel" in all_text(gathered(again))
    again.close()


def test_an_index_of_an_older_analysis_is_made_again(project: Project) -> None:
    with project._index.store.writing() as connection:
        connection.execute("UPDATE meta SET value = 0 WHERE key = 'analysis'")
    project.close()

    again = Project(project.root, project.database.parents[1])

    assert again.figures().files == 0
    assert again.refresh().read == 2
    again.close()


def test_two_users_of_one_index_both_work(project: Project) -> None:
    other = Project(project.root, project.database.parents[1])
    (project.root / "third.py").write_text("def weigh_ship(ship):\n    return ship\n")

    assert other.refresh().files == 3
    assert project.refresh().files == 3
    text = CALLER.replace("helper import weigh_parcel", "third import weigh_ship")
    for user in (project, other):
        assert "weigh_ship" in all_text(gathered(user, text=text))
    other.close()


def test_gathering_goes_on_while_the_index_is_made(tree: Tree, open_project: Open) -> None:
    root = tree({f"m{i}.py": HELPER.replace("weigh", f"weigh{i}") * 30 for i in range(120)} | {"main.py": CALLER})
    project = open_project(root)
    errors: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                gathered(project)
            except BaseException as error:  # noqa: BLE001 - the test wants to see whatever it is
                errors.append(error)
                return

    asking = threading.Thread(target=ask)
    asking.start()
    project.refresh()
    done.set()
    asking.join()
    assert errors == []
    assert project.figures().files == 121


def test_stopping_keeps_what_was_read_and_the_next_refresh_goes_on(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"m{i:03}.py": HELPER for i in range(450)}))

    stopped = project.refresh(stop=lambda: True)

    assert 0 < stopped.files < 450
    assert project.refresh().files == 450


def test_a_root_that_is_no_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match="is not a folder"):
        Project(tmp_path / "nowhere", tmp_path)


class _Enough(Exception):
    pass


def test_a_look_up_can_be_ended_between_its_steps(project: Project) -> None:
    whole = gathered(project)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    project.gather(project.root / "main.py", CALLER, CURSOR, 2000, (), count)

    def end_at(step: int) -> Callable[[], None]:
        left = iter(range(step))

        def check() -> None:
            if next(left, None) is None:
                raise _Enough

        return check

    for step in range(steps):
        with pytest.raises(_Enough):
            project.gather(project.root / "main.py", CALLER, CURSOR, 2000, (), end_at(step))
    assert steps > 5
    assert gathered(project) == whole
