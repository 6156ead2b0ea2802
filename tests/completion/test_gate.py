"""The chance of being kept: surer is likelier, unsure stays silent unless asked for."""

from __future__ import annotations

import json
import math
from importlib import resources
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.completion.gate import Gate, features_of, fitted, fitted_with, further_features, line_features, lines_of
from inhouse.model import CancelFlag, Token
from inhouse.model.store import embedded_core


def tokens(*probabilities: float) -> list[Token]:
    return [Token(1, "x", probability, 2, 0.1) for probability in probabilities]


def test_features_of_a_suggestion() -> None:
    found = features_of(tokens(0.5, 0.25), [0.8, 0.2, 0.9], "load(path)", "    ")

    assert found["log_probability"] == pytest.approx(math.log(0.125))
    assert found["mean_log_probability"] == pytest.approx(math.log(0.125) / 2)
    assert found["lowest_log_probability"] == pytest.approx(math.log(0.25))
    assert found["lowest_margin"] == pytest.approx(0.15)
    assert found["mean_agreement"] == pytest.approx(0.5)
    assert found["at_line_start"] == 1.0


def test_features_of_nothing_are_finite() -> None:
    assert all(math.isfinite(value) for value in features_of([], [], "", "").values())


def test_an_impossible_token_counts_as_one_in_a_million() -> None:
    assert features_of(tokens(0.0), [], "x", "")["log_probability"] == pytest.approx(math.log(1e-6))


def test_a_line_counts_as_surely_as_it_was_written() -> None:
    said = [Token(1, "a", 0.75, 2, 0.25), Token(1, "b\n", 0.875, 2, 0.125), Token(1, "c", 0.5, 2, 0.5)]
    own, found = (line_features(0.5, said, 0.5, "x = ", written=written) for written in (True, False))

    assert own["lowest_margin"] == 0.5, "the next line's tokens do not count"
    assert own["written_log_probability"] == pytest.approx(math.log(0.75 * 0.875))
    assert own["written_mean_log_probability"] == pytest.approx(math.log(0.75 * 0.875) / 2)
    assert found["lowest_margin"] == found["written_log_probability"] == 0.0, "the model wrote another one"
    assert own["chance"] == own["first_word"] == 0.0
    lines = fitted("lines")
    assert lines.probability(own) > lines.probability(found)
    assert set(lines.weights) == set(own)


def test_a_line_without_tokens_or_first_word_has_features_too() -> None:
    assert all(math.isfinite(value) for value in line_features(0.0, [], None, "", written=True).values())
    assert line_features(1.0, [], None, "", written=False)["first_word_judged"] == 0.0


@pytest.mark.parametrize(("head", "expected"), [("x = na", 1.0), ("x = _", 1.0), ("x = ", 0.0), ("x.", 0.0), ("", 0.0)])
def test_the_rest_of_a_word_counts_as_such(head: str, expected: float) -> None:
    assert line_features(0.5, [], None, head, written=False)["in_word"] == expected


def test_lines_end_with_their_breaks() -> None:
    said = [Token(1, text, 0.5, 2, 0.25) for text in ("a", "b\n", "\n    c", "d")]

    assert ["".join(one.text for one in line) for line in lines_of(said)] == ["ab\n", "\n    c", "d"]
    assert lines_of([]) == []


def test_a_line_behind_a_right_one_is_as_likely_as_it_was_written_surely() -> None:
    further = fitted("further")
    sure, unsure = (further_features(tokens(chance, chance)) for chance in (0.99, 0.4))

    assert set(further.weights) == set(sure)
    assert further.probability(sure) > 0.9
    assert further.probability(unsure) < 0.3
    assert all(math.isfinite(value) for value in further_features([]).values())


def test_the_probability_is_logistic() -> None:
    gate = Gate({"mean_agreement": 2.0}, -1.0)

    assert gate.probability({"mean_agreement": 0.5, "other": 9.0}) == pytest.approx(0.5)
    assert 0 < gate.probability({"mean_agreement": -1e9}) < 1e-12
    assert 1 - 1e-12 < gate.probability({"mean_agreement": 1e9}) < 1


def test_the_gate_that_travels_says_what_it_was_fitted_on_and_knows_all_its_features() -> None:
    entry = json.loads((resources.files("inhouse.completion") / "gate.json").read_text())

    assert set(entry["weights"]) <= set(features_of(tokens(0.5), [0.5], "x", ""))
    assert entry["about"]["rows"] >= 300


def test_a_sure_suggestion_is_likelier_than_an_unsure_one() -> None:
    gate = fitted()
    sure = features_of(tokens(0.99, 0.98, 0.99), [0.97, 0.95, 0.98], "load(path)", "x = ")
    unsure = features_of(tokens(0.3, 0.1, 0.2), [0.0, 0.1, 0.0], "load(path)", "x = ")

    assert gate.probability(sure) > 0.5
    assert gate.probability(unsure) < 0.25


def test_a_model_that_no_gate_was_fitted_for_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assistant = Assistant(Settings(learning=False), ScriptedEngine())
    caplog.set_level("INFO")
    for text in ("x = ", "y = "):
        assistant.complete(CompletionRequest(tmp_path, tmp_path / "a.py", text, 4), CancelFlag())
    assistant.close()

    assert [one.getMessage() for one in caplog.records if "chances" in one.getMessage()] == [
        f"scripted: its chances are computed as those of {fitted_with()}, and corrected by what is kept"
    ]
    assert embedded_core().path.stem == fitted_with()
