"""The project's say: exactly the mixed distribution, aligned behind healed tokens, weighted by what it has seen."""

from __future__ import annotations

import json
import math
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from inhouse.completion.mix import WEIGHTS, ProjectMix, mix_in, without
from inhouse.completion.origin import LineCount
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.completion.steering import Steered
from inhouse.context import Ngram


def softmax(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum())


@given(
    scores=st.lists(st.floats(-20, 20, width=32), min_size=5, max_size=5),
    weight=st.floats(0.05, 0.95),
    split=st.floats(0.01, 0.99),
)
def test_the_softmax_becomes_the_mixture(scores: list[float], weight: float, split: float) -> None:
    logits = np.array(scores, np.float32)
    model = softmax(logits.astype(np.float64))
    project = np.zeros(5)
    project[[1, 3]] = split, 1 - split

    total = mix_in(logits, np.array([1, 3], np.int32), project[[1, 3]], weight)

    assert total == pytest.approx(float(np.logaddexp.reduce(logits.astype(np.float64))), abs=1e-4)
    assert np.allclose(softmax(logits.astype(np.float64)), (1 - weight) * model + weight * project, atol=1e-4)


def mixed_in_logarithms(
    logits: NDArray[np.float32], ids: NDArray[np.int32], chances: NDArray[np.float64], weight: float
) -> tuple[NDArray[np.float64], float]:
    """The mixture, spelled out in doubles: the new logits, and the logarithm of what all of them weigh."""
    exact = logits.astype(np.float64)
    total = float(np.logaddexp.reduce(exact))
    exact[ids] = total + np.log(np.exp(exact[ids] - total) + chances * weight / (1.0 - weight))
    return exact, total + math.log1p(float(chances.sum()) * weight / (1.0 - weight))


@given(
    scores=arrays(np.float32, st.integers(4, 400), elements=st.floats(-30, 30, width=32)),
    shift=st.sampled_from([0.0, -80.0, 55.0, 400.0]),
    known=st.integers(1, 128),
    weight=st.floats(0.1, 0.96),
    seed=st.integers(0, 99),
)
def test_the_quick_arithmetic_is_the_exact_one(
    scores: NDArray[np.float32], shift: float, known: int, weight: float, seed: int
) -> None:
    numbers = np.random.default_rng(seed)
    ids = numbers.permutation(len(scores))[:known].astype(np.int32)
    chances = numbers.dirichlet(np.full(len(ids) + 1, 0.3))[:-1] + 1e-9
    logits = scores + np.float32(shift)
    exact, exact_total = mixed_in_logarithms(logits, ids, chances, weight)

    total = mix_in(logits, ids, chances, weight)

    assert total == pytest.approx(exact_total, abs=1e-4)
    assert np.allclose(np.exp(logits - total), np.exp(exact - exact_total), rtol=2e-4, atol=1e-7)
    first, second = np.sort(exact)[::-1][:2]
    assert first - second < 1e-4 or logits.argmax() == exact.argmax()


@pytest.mark.parametrize(
    ("prefix", "healed", "kept"),
    [
        ("x = foo.na", "na", "x = foo."),
        ("x = foo.na", "", "x = foo.na"),
        ("((", "(", "("),
        ("na", "na", ""),
        ("na", "longer than all", ""),
        ("", "na", ""),
    ],
)
def test_what_healing_took_back_is_left_out(prefix: str, healed: str, kept: str) -> None:
    ids = [ord(letter) for letter in prefix]

    assert without(ids, healed.encode(), lambda token: chr(token).encode()) == ids[: len(kept)]


def test_a_token_that_says_more_than_healing_took_back_stays() -> None:
    pieces = [b"x", b" = ", b"(foo"]

    assert without([0, 1, 2], b"foo", pieces.__getitem__) == [0, 1, 2]


@pytest.mark.parametrize("line", ["foo.na", "    return foo.na", "na"])
def test_the_project_goes_on_where_a_prefix_first_prompt_ends(line: str) -> None:
    """The prompt's last ids are the suffix, a control token and the head of the line less what is said again."""
    known, word = Ngram(), "    return foo.name\nna"
    known.update("house.py", [ord(letter) for letter in (word + "me\n") * 5])
    before = "def f(foo):\n" + line
    mix = ProjectMix([ord(letter) for letter in before], known.at)
    steered = Steered(
        [ord(letter) for letter in before], lambda token: chr(token).encode(), mix, None, LineCount(bytes)
    )
    prompt = [2, *map(ord, "return foo.na"), 3, *map(ord, line[:-2])]
    logits = np.zeros(200, np.float32)

    steered.begin(b"na")
    steered.adjust(prompt, logits)
    assert chr(int(logits.argmax())) == "n"
    steered.adjust([*prompt, ord("n"), ord("a")], logits := np.zeros(200, np.float32))
    assert chr(int(logits.argmax())) == "m"


def ngram() -> Ngram:
    known = Ngram()
    known.update("house.py", [10, 11, 12, 13, 14, 15] * 3)
    return known


def test_what_the_project_always_says_wins_over_a_model_in_doubt() -> None:
    known = ngram()
    mix = ProjectMix([7, 10, 11, 12, 13], known.at)
    logits = np.zeros(20, np.float32)

    mix.adjust([7, 10, 11, 12, 13], logits)

    assert int(logits.argmax()) == 14
    assert mix.agreement([14])[0] > 0.5


def test_generated_tokens_count_as_context() -> None:
    known = ngram()
    mix = ProjectMix([7, 10, 11], known.at)
    mix.adjust([7, 10, 11], np.zeros(20, np.float32))
    logits = np.zeros(20, np.float32)

    mix.adjust([7, 10, 11, 12, 13], logits)

    assert int(logits.argmax()) == 14


def test_each_of_several_answers_has_its_own_agreement() -> None:
    mix = ProjectMix([7, 10, 11], ngram().at)
    for said in ([], [12], [19], [12, 13]):
        mix.adjust([7, 10, 11, *said], np.zeros(20, np.float32))

    assert min(mix.agreement([12, 13, 14])) > 0.5
    other = mix.agreement([19, 3])
    assert other[0] == mix.agreement([12])[0]
    assert other[1] < other[0]


def test_what_the_project_never_saw_changes_nothing() -> None:
    known = ngram()
    mix = ProjectMix([1, 2, 3], known.at)
    logits = np.arange(20, dtype=np.float32)

    mix.adjust([1, 2, 3], logits)

    assert (logits == np.arange(20)).all()
    assert mix.agreement([5]) == [0.0]


def test_what_the_project_is_sure_of_is_guessed_ahead() -> None:
    mix = ProjectMix([7, 10, 11, 12], ngram().at)
    assert not mix.draft([13], 2).ids, "nothing was looked up yet"
    mix.adjust([7, 10, 11, 12], np.zeros(20, np.float32))

    draft = mix.draft([13], 2)

    assert list(draft.ids) == [14, 15]
    assert all(0 < chance <= 1 for chance in draft.chances)
    assert not mix.draft([9], 2).ids, "the model chose something else"


def test_longer_matches_weigh_more_and_the_model_always_has_a_say() -> None:
    assert list(WEIGHTS) == sorted(WEIGHTS)
    assert WEIGHTS[0] == 0
    assert WEIGHTS[-1] < 1


def test_the_weights_say_what_they_were_fitted_on() -> None:
    entry = json.loads((resources.files("inhouse.completion") / "mix.json").read_text())

    assert tuple(entry["weights"]) == WEIGHTS
    assert entry["about"]["tokens"] > 1000
    fitted, before = entry["about"]["test"]["fitted on the other packages"], entry["about"]["test"]["model alone"]
    assert fitted["log_likelihood"] > before["log_likelihood"]


class Encoder:
    def __init__(self) -> None:
        self.read = 0

    def __call__(self, text: str) -> list[int]:
        self.read += len(text)
        return [ord(letter) for letter in text]


def test_typing_tokenises_the_current_line_only() -> None:
    tokens, encode = PrefixTokens(), Encoder()
    tokens.of("a.py", "x = 1\n" * 100 + "y", encode)
    before = encode.read

    ids, in_line = tokens.of("a.py", "x = 1\n" * 100 + "yz", encode)

    assert encode.read - before == 2
    assert in_line == 2
    assert ids == encode("x = 1\n" * 100 + "yz")


def test_another_file_or_line_is_tokenised_anew() -> None:
    tokens, encode = PrefixTokens(), Encoder()
    tokens.of("a.py", "one\n", encode)

    assert tokens.of("b.py", "two\n", encode)[0] == encode("two\n")
    assert tokens.of("b.py", "two\nthree\n", encode)[0] == encode("two\nthree\n")


def test_looking_ahead_into_the_next_line_costs_the_way_back_nothing() -> None:
    tokens, encode = PrefixTokens(), Encoder()
    tokens.of("a.py", "x = 1\n" * 100 + "y", encode)
    tokens.of("a.py", "x = 1\n" * 100 + "y = 2\n", encode)
    before = encode.read

    assert tokens.of("a.py", "x = 1\n" * 100 + "yz", encode)[1] == encode.read - before == 2


def test_a_long_file_gives_its_last_whole_lines() -> None:
    ids, _ = PrefixTokens().of("a.py", "line\n" * 20_000, Encoder())

    assert 29_000 < len(ids) <= 30_000
    assert "".join(map(chr, ids)).startswith("line\n")


def test_typing_in_a_long_file_asks_for_the_same_text_again() -> None:
    """The engine remembers the pieces of a text that begins where the last one did."""
    texts: list[str] = []

    def encode(text: str) -> list[int]:
        texts.append(text)
        return list(text.encode())

    tokens, file = PrefixTokens(), "".join(f"value_{number} = {number}\n" for number in range(4000))
    for count in range(40):
        tokens.of("a.py", file + "x = 1\n" * count, encode)

    bodies = [text for text in texts if len(text) > 20_000]
    assert len(bodies) == 40
    assert len({text[:50] for text in bodies}) <= 2
