"""What the cache holds, on the embedded core: warm files, shared beginnings, moved suffixes, branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inhouse.model import CancelFlag, ModelError
from inhouse.model.cancel import Cancelled
from inhouse.model.native import Weights
from inhouse.model.parking import common_length, find
from inhouse.model.session import FILE, SIDE, WARM_FILES, Session
from inhouse.model.store import embedded_core

pytestmark = pytest.mark.integration

CONTEXT = 512


@pytest.fixture(scope="module")
def weights() -> Iterator[Weights]:
    weights = Weights(embedded_core().path)
    yield weights
    weights.close()


@pytest.fixture
def session(weights: Weights) -> Iterator[Session]:
    session = Session(weights, CONTEXT, 1)
    yield session
    session.close()


def ids(weights: Weights, text: str) -> list[int]:
    return weights.tokenize(text)


def afresh(weights: Weights, tokens: list[int]) -> np.ndarray:
    """Logits after the tokens, from an empty cache."""
    session = Session(weights, CONTEXT, 1)
    session.evaluate("a", tokens, CancelFlag())
    logits = session.logits().copy()
    session.close()
    return logits


SHARED = "def shared(path):\n    return open(path)\n\n\n" * 6


def test_switching_files_recomputes_nothing(session: Session, weights: Weights) -> None:
    one, two = ids(weights, SHARED + "one = 1\n" * 9), ids(weights, SHARED + "two = 2\n" * 9)
    session.evaluate("one", one, CancelFlag())
    session.evaluate("two", two, CancelFlag())

    assert session.evaluate("one", one, CancelFlag()) == len(one) - 1
    assert session.evaluate("two", two, CancelFlag()) == len(two) - 1


def test_a_new_file_begins_with_what_it_shares(session: Session, weights: Weights) -> None:
    one, two = ids(weights, SHARED + "one = 1\n" * 9), ids(weights, SHARED + "two = 2\n" * 9)
    session.evaluate("one", one, CancelFlag())

    reused = session.evaluate("two", two, CancelFlag())

    assert reused == common_length(one, two) > 50
    assert np.allclose(session.logits(), afresh(weights, two), atol=0.2)


def test_the_longest_unused_file_is_dropped_for_a_new_one(session: Session, weights: Weights) -> None:
    for number in range(WARM_FILES + 1):
        session.evaluate(str(number), ids(weights, f"{number} = {number}\n" * 20), CancelFlag())

    assert session.evaluate("1", ids(weights, "1 = 1\n" * 20), CancelFlag()) > 0
    assert session.evaluate("0", ids(weights, "0 = 0\n" * 20), CancelFlag()) < 5


def test_two_prompts_of_full_length_stay_and_a_third_drops_the_older(session: Session, weights: Weights) -> None:
    one, two, three = (ids(weights, f"name_{number} = {number}\n" * 200)[:CONTEXT] for number in (1, 2, 3))
    for key, prompt in (("one", one), ("two", two)):
        session.evaluate(key, prompt, CancelFlag())
    again = [session.evaluate(key, prompt, CancelFlag()) for key, prompt in (("one", one), ("two", two))]
    session.evaluate("three", three, CancelFlag())

    assert again == [CONTEXT - 1, CONTEXT - 1]
    assert session.evaluate("two", two, CancelFlag()) == CONTEXT - 1
    assert session.evaluate("one", one, CancelFlag()) < CONTEXT // 2


def test_a_full_cache_makes_room(session: Session, weights: Weights) -> None:
    for number in range(WARM_FILES * 2):
        tokens = ids(weights, f"name_{number} = compute_{number}()\n" * 60)[: CONTEXT - 1]
        session.evaluate(str(number), tokens, CancelFlag())

        assert list(session.tokens) == tokens


def test_a_moved_suffix_is_kept_and_comes_out_close(session: Session, weights: Weights) -> None:
    suffix = ids(weights, "\n\ndef after(path):\n    return path.read_text()\n" * 4)
    body, line = ids(weights, "import os\nx = 1\n" * 8), ids(weights, "y = 2\n")
    head = ids(weights, "\nz =")
    before, now = [*body, *suffix, *head], [*body, *line, *suffix, *head]
    session.evaluate("a", before, CancelFlag())

    moved = range(len(body) + len(line), len(body) + len(line) + len(suffix))
    reused = session.evaluate("a", now, CancelFlag(), moved)

    assert reused == len(body) + len(suffix)
    assert list(session.tokens) == now
    assert not session.exact
    close, exact = session.logits().copy(), afresh(weights, now)
    assert np.corrcoef(close, exact)[0, 1] > 0.95


def test_a_refresh_makes_it_exact_again(session: Session, weights: Weights) -> None:
    suffix, body, line = ids(weights, "s = 1\n" * 20), ids(weights, "b = 1\n" * 20), ids(weights, "c = 3\n")
    session.evaluate("a", [*body, *suffix, 9], CancelFlag())
    now = [*body, *line, *suffix, 9]
    session.evaluate("a", now, CancelFlag(), range(len(body) + len(line), len(now) - 1))

    session.refresh("a", now, CancelFlag())
    session.evaluate("a", now, CancelFlag())

    assert session.exact
    assert np.allclose(session.logits(), afresh(weights, now), atol=0.2)


def test_an_interrupted_refresh_keeps_both_the_old_suffix_and_what_was_read(session: Session, weights: Weights) -> None:
    suffix, body, line = ids(weights, "s = 1\n" * 60), ids(weights, "b = 1\n" * 20), ids(weights, "c = 3\n")
    session.evaluate("a", [*body, *suffix, 9], CancelFlag())
    now = [*body, *line, *suffix, 9]
    session.evaluate("a", now, CancelFlag(), range(len(body) + len(line), len(now) - 1))
    chunks = Chunks(session, stop_after=2)

    with pytest.raises(Cancelled):
        session.refresh("a", now, chunks.cancel)

    assert not session.exact
    assert session.evaluate("a", now, CancelFlag()) == len(now) - 1, "the inexact one is still in use"
    chunks.stop_after = 99
    session.refresh("a", now, CancelFlag())
    session.evaluate("a", now, CancelFlag())
    assert session.exact
    assert chunks.read <= len(suffix) + 3, "no token was read twice, but for the last one at each question"
    assert np.allclose(session.logits(), afresh(weights, now), atol=0.2)


class Chunks:
    """Counts evaluations, and sets a flag after so many of them."""

    def __init__(self, session: Session, stop_after: int) -> None:
        self.cancel = CancelFlag()
        self.count = 0
        self.read = 0
        """Tokens."""
        self.stop_after = stop_after
        self._decode = session.cells.decode
        session.cells.decode = self._counted  # type: ignore[method-assign]

    def _counted(self, tokens: Sequence[int], position: int, sequence: int, *, all_logits: bool = False) -> None:
        self._decode(tokens, position, sequence, all_logits=all_logits)
        self.count += len(tokens) > 1
        self.read += len(tokens)
        if self.count >= self.stop_after:
            self.cancel.set()


def test_branches_share_the_prompt_and_do_not_disturb_it(session: Session, weights: Weights) -> None:
    prompt = ids(weights, "import os\nx = os.")
    session.evaluate("a", prompt, CancelFlag())
    session.cells.copy(FILE, SIDE, 0, len(prompt))
    session.cells.copy(FILE, SIDE + 1, 0, len(prompt))

    session.decode_together([(300, len(prompt), (SIDE,)), (400, len(prompt), (SIDE + 1,))])

    assert np.allclose(session.logits(0), afresh(weights, [*prompt, 300]), atol=0.2)
    assert np.allclose(session.logits(1), afresh(weights, [*prompt, 400]), atol=0.2)
    assert session.evaluate("a", prompt, CancelFlag()) == len(prompt) - 1


def test_drafts_are_verified_in_one_evaluation(session: Session, weights: Weights) -> None:
    prompt = ids(weights, "import os\nx = os.")
    session.evaluate("a", prompt, CancelFlag())

    session.verify([300, 400, 500])

    assert np.allclose(session.logits(1), afresh(weights, [*prompt, 300, 400]), atol=0.2)
    session.shorten(len(prompt) + 1)
    assert list(session.tokens) == [*prompt, 300]


def test_a_prompt_longer_than_the_context_is_refused(session: Session) -> None:
    with pytest.raises(ModelError, match="does not fit"):
        session.evaluate("a", [7] * (CONTEXT + 1), CancelFlag())


def test_find() -> None:
    assert find([1, 2, 1, 2, 3], [1, 2, 3], 0) == 2
    assert find([1, 2, 3], [1, 2, 3], 1) == -1


def test_no_cells_but_those_of_the_file_in_use_are_attended_to(session: Session, weights: Weights) -> None:
    one, two = ids(weights, "one = 1\n" * 30), ids(weights, "def two():\n    return 2\n" * 20)
    for key, prompt in (("one", one), ("two", two), ("one", one)):
        session.evaluate(key, prompt, CancelFlag())
        held = session.cells.save(FILE)
        session.cells.remove(FILE)
        empty = session.cells.save(FILE)
        assert held is not None
        assert empty is not None
        assert len(held) > len(empty)
        assert session.cells.restore(FILE, held)
        assert list(session.tokens) == prompt


def test_a_file_that_was_put_away_goes_on_as_it_was(session: Session, weights: Weights) -> None:
    one, two = ids(weights, "one = 1\n" * 30), ids(weights, "def two():\n    return 2\n" * 20)
    session.evaluate("one", one, CancelFlag())
    session.evaluate("two", two, CancelFlag())
    more = [*one, *ids(weights, "other = one")]

    assert session.evaluate("one", more, CancelFlag()) == len(one)
    assert np.allclose(session.logits(), afresh(weights, more), atol=0.2)


def test_an_inexact_file_that_was_put_away_is_still_inexact(session: Session, weights: Weights) -> None:
    suffix, body, line = ids(weights, "s = 1\n" * 20), ids(weights, "b = 1\n" * 20), ids(weights, "c = 3\n")
    session.evaluate("a", [*body, *suffix, 9], CancelFlag())
    now = [*body, *line, *suffix, 9]
    session.evaluate("a", now, CancelFlag(), range(len(body) + len(line), len(now) - 1))
    session.evaluate("b", [*body, *line, *body], CancelFlag())

    session.evaluate("a", now, CancelFlag())
    assert not session.exact
    session.refresh("a", now, CancelFlag())
    session.evaluate("a", now, CancelFlag())
    assert session.exact
    assert np.allclose(session.logits(), afresh(weights, now), atol=0.2)


def test_cells_that_cannot_be_put_back_are_read_again(session: Session, weights: Weights) -> None:
    one, two = ids(weights, "one = 1\n" * 30), ids(weights, "def two():\n    return 2\n" * 20)
    session.evaluate("one", one, CancelFlag())
    session.evaluate("two", two, CancelFlag())
    session.cells.restore = lambda sequence, state: False  # type: ignore[method-assign]

    assert session.evaluate("one", one, CancelFlag()) == 0
    assert np.allclose(session.logits(), afresh(weights, one), atol=0.2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=9))
def test_any_order_of_files_gives_what_reading_afresh_gives(
    session: Session, weights: Weights, asked: list[tuple[str, int, int]]
) -> None:
    shared = ids(weights, SHARED)
    for key, common, own in asked:
        prompt = [*shared[:common], *ids(weights, f"name_{key} = 1\n" * own)]
        session.evaluate(key, prompt, CancelFlag())
        assert list(session.tokens) == prompt
        assert np.allclose(session.logits(), afresh(weights, prompt), atol=0.2)
