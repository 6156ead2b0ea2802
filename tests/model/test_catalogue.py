"""The catalogue that travels with the program, entries of one's own, and which of them suit a machine."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from inhouse.model import ModelError
from inhouse.model.catalogue import Choice, Entry, File, catalogue, choices, find, parse
from inhouse.model.families import FAMILIES
from inhouse.model.fit import BUDGET_MS, WAIT_MS, Machine, fit, memory_bytes, recommended, settings_for, suits
from inhouse.model.native import Device
from inhouse.model.speeds import Speed, Speeds

OWN = """
[[model]]
name = "house"
title = "The house's own"
parameters = 1_000_000
family = "Qwen2.5-Coder"
licence = "internal"
open = true
files = [{ quantisation = "Q8_0", repository = "team/house" }]
"""
LAPTOP = Machine(cores=4, memory_bytes=16 << 30)


def test_the_shipped_catalogue_covers_the_sizes(tmp_path: Path) -> None:
    entries = catalogue(tmp_path / "none.toml")

    assert entries[0].parameters < 200_000_000
    assert entries[-1].parameters > 7_000_000_000
    for entry in entries:
        assert entry.family in FAMILIES, entry.name
        assert entry.licence
        assert entry.open or entry.licence_url, f"{entry.name}: where is its licence?"


def test_what_is_pinned_is_pinned_whole(tmp_path: Path) -> None:
    pinned = [one for one in choices(catalogue(tmp_path / "none.toml")) if one.file.sha256]

    assert len(pinned) == 5
    for one in pinned:
        assert re.fullmatch("[0-9a-f]{64}", one.file.sha256 or ""), one.name
        assert re.fullmatch("[0-9a-f]{40}", one.file.revision), f"{one.name}: a branch moves, a checksum does not"
        guess = replace(one, file=replace(one.file, bytes=None)).about_bytes
        assert guess * 0.9 < one.about_bytes < guess * 1.1, f"{one.name}: is that its size?"


def test_names_and_quantisations_are_found() -> None:
    assert find("qwen2.5-coder-1.5b").file.quantisation == "Q8_0"
    assert find("Qwen2.5-Coder-1.5B:q4_k_m").file.quantisation == "Q4_K_M"
    assert len({choice.folder for choice in choices()}) == len(choices())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("qwen2.5-coder-2b", "did you mean qwen2.5-coder"),
        ("qwen2.5-coder-1.5b:q9", "it has qwen2.5-coder-1.5b:q8_0, qwen2.5-coder-1.5b:q4_k_m"),
        ("zzz", "inhouse model list"),
    ],
)
def test_unknown_names_are_answered_with_what_is_near(name: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        find(name)


def test_ones_own_entries_win(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(OWN + OWN.replace('"house"', '"mellum-4b"'))

    entries = catalogue(file)

    assert find("house", entries).entry.own
    assert find("House", parse(OWN.replace('"house"', '"House"'), "", own=True)).entry.own, "however it is spelt"
    assert find("mellum-4b", entries).entry.licence == "internal"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[model]", "not TOML"),
        ("version = 2", "format 2"),
        ('[[model]]\nname = "x"', "model x: 'files' is missing"),
        (OWN.replace('title = "The house\'s own"\n', ""), "title"),
        (OWN + 'colour = "red"\n', "colour"),
        (OWN.replace("1_000_000", '"many"'), "model house: parameters: of the wrong kind"),
        (OWN.replace("1_000_000", "true"), "model house: parameters: of the wrong kind"),
        (OWN.replace('"internal"', "7"), "model house: licence: of the wrong kind"),
        (OWN.replace('"Q8_0"', "8"), "model house: quantisation: of the wrong kind"),
        (OWN.replace('"team/house"', "[]"), "model house: repository: of the wrong kind"),
        (OWN.replace('"team/house"', '"team/house", bytes = "5"'), "model house: bytes: of the wrong kind"),
        (OWN.replace("[{", "7 # [{"), "model house: 'int' object is not iterable"),
        ('model = "house"', "under .*model"),
        ("model = [1]", "under .*model"),
        (OWN.replace('"house"', '"a/b"'), "model a/b: needs"),
        (OWN.replace('"team/house"', '"house"'), "OWNER/NAME"),
    ],
)
def test_a_bad_entry_is_named(text: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        parse(text, "models.toml")


def sized(parameters: int, quantisation: str = "Q8_0", *, licence: bool = True) -> Choice:
    file = File(quantisation, "a/b")
    return Choice(Entry(f"m{parameters}", "", parameters, "Qwen2.5-Coder", "", licence, (file,)), file)


def test_the_largest_model_that_answers_in_time_is_recommended() -> None:
    fits = [fit(sized(size), LAPTOP) for size in (100_000_000, 500_000_000, 4_000_000_000)]

    assert [one.verdict for one in fits] == ["fits", "fits", "slow"]
    assert recommended(fits) == fits[1]
    assert settings_for(fits[1], LAPTOP)["model"] == "m500000000:q8_0"


def test_the_estimate_for_the_embedded_core_is_near_what_was_measured() -> None:
    """681 and 696 tokens a second on two cores."""
    assert 600 < suits(5_844_736, "Q8_0", Machine(cores=2, memory_bytes=16 << 30)).tokens_per_s < 800


def test_a_measurement_counts_more_than_an_estimate() -> None:
    slow = Speed("m.gguf", 1, 3.0, BUDGET_MS + 1, 2, 0, "2026-11-22")

    assert fit(sized(100_000_000), LAPTOP, [slow]).verdict == "slow"
    assert fit(sized(100_000_000), LAPTOP, [slow]).measured


GPU = Device("CUDA0", "a GPU", 24 << 30, 24 << 30)


def test_a_measurement_without_a_gpu_says_nothing_of_a_machine_with_one() -> None:
    on_cpu = Speed("m.gguf", 1, 3.0, 4 * BUDGET_MS, 2, 0, "2026-11-22")
    on_gpu = Speed("m.gguf", 1, 90.0, 70.0, 2, 999, "2026-11-22")
    with_gpu = replace(LAPTOP, gpus=(GPU,))

    def found(machine: Machine, *speeds: Speed) -> tuple[str, bool, float]:
        one = fit(sized(3_000_000_000), machine, speeds)
        return one.verdict, one.measured, one.answer_ms

    assert found(with_gpu, on_cpu)[:2] == ("fits", False)
    assert found(with_gpu, on_cpu, on_gpu) == ("fits", True, 70.0)
    assert found(LAPTOP, on_gpu)[:2] == ("slow", False)
    assert found(LAPTOP, on_gpu, on_cpu) == ("slow", True, 4 * BUDGET_MS)


@pytest.mark.parametrize(("late_ms", "verdict"), [(None, "fits"), (WAIT_MS, "fits"), (WAIT_MS + 1, "slow")])
def test_one_answer_in_twenty_may_come_too_late_but_no_more(late_ms: float | None, verdict: str) -> None:
    speed = Speed("m.gguf", 1, 30.0, 200.0, 2, 0, "2026-11-22", late_ms)

    assert fit(sized(100_000_000), LAPTOP, [speed]).verdict == verdict


def test_on_battery_a_smaller_model_is_recommended() -> None:
    fits = [fit(sized(size), replace(LAPTOP, on_battery=True)) for size in (100_000_000, 500_000_000, 1_000_000_000)]

    assert [one.verdict for one in fits] == ["fits", "fits", "slow"]
    assert fit(sized(1_000_000_000), LAPTOP).verdict == "fits", "on mains"


def test_a_licence_that_is_not_open_is_not_recommended() -> None:
    assert recommended([fit(sized(100_000_000, licence=False), LAPTOP)]) is None


def test_a_model_larger_than_half_the_memory_is_too_large() -> None:
    assert fit(sized(7_000_000_000), Machine(64, 8 << 30)).verdict == "too large"


def test_a_gpu_takes_the_whole_model_where_it_fits() -> None:
    big = sized(3_000_000_000)
    found = fit(big, Machine(4, 16 << 30, (GPU,)))

    assert found.verdict == "fits"
    assert settings_for(found, LAPTOP)["gpu_layers"] == found.gpu_layers > 100
    small = Device("CUDA0", "a GPU", 1 << 30, 1 << 30)
    assert fit(big, Machine(4, 16 << 30, (small,))).gpu_layers == 0


def test_smaller_quantisations_count_twice_in_memory() -> None:
    """Measured: 398 MB Q4_K_M took 583 MB without and 986 MB took 1,801 MB with repacking; 531 MB Q8_0 took 681 MB."""
    assert memory_bytes(986_000_000, "Q4_K_M") >= 1_801_000_000
    assert 681_000_000 <= memory_bytes(531_000_000, "Q8_0") < 1_000_000_000


def test_speeds_are_remembered_for_the_very_file_with_and_without_a_gpu(tmp_path: Path) -> None:
    model, speeds = tmp_path / "m.gguf", Speeds(tmp_path / "data")
    model.write_bytes(b"12345")
    for rate, layers in ((1.0, 0), (8.0, 999), (2.0, 0)):
        speeds.remember(Speed("m.gguf", 5, rate, 9.0, 2, layers, "2026-11-22", 12.0))

    assert [(one.tokens_per_s, one.on_gpu) for one in speeds.of(model)] == [(8.0, True), (2.0, False)]
    model.write_bytes(b"123456")
    assert speeds.of(model) == []


def test_a_measurement_of_an_older_version_still_counts(tmp_path: Path) -> None:
    (tmp_path / "speeds.json").write_text(
        '[{"file": "m", "bytes": 0, "tokens_per_s": 5.0, "answer_ms": 9.0, "threads": 2, "gpu_layers": 0, '
        '"measured": "2026-11-22"}]'
    )
    (tmp_path / "m").touch()

    assert [one.answer_p95_ms for one in Speeds(tmp_path).of(tmp_path / "m")] == [None]


def test_an_odd_file_of_speeds_is_no_obstacle(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path)
    for text in ("", "{}", '[{"file": 1}]', "[3]"):
        (tmp_path / "speeds.json").write_text(text)
        assert speeds.all() == []
    (tmp_path / "file").touch()
    Speeds(tmp_path / "file" / "x").remember(Speed("m", 1, 1.0, 1.0, 1, 0, ""))
