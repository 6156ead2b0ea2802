"""A judged text is as likely as the decode loop says of its own, alone or among others; no trace is left."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model import CancelFlag, FillRequest
from inhouse.model.cancel import Cancelled
from inhouse.model.cells import Logits, Step
from inhouse.model.engine import LlamaEngine
from inhouse.model.judge import Scale, _longest, _shared, judge
from inhouse.model.store import embedded_core

pytestmark = pytest.mark.integration

PREFIX = "import os\n\n\ndef size_of(path):\n    return os.path."
REQUEST = FillRequest("size.py", PREFIX, "\n\n\ndef main():\n    print(size_of('a.txt'))\n")
TEXTS = ["getsize(path)\n", "exists(path)\n", "join(path, name)\n", "", "zebra_crossing_of_the_road_in_town(1)\n"]
ROUNDING = 0.1
"""llama.cpp rounds eight-bit weights differently in batches of different sizes: up to 0.05 was seen."""


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(embedded_core().path, threads=1)
    yield engine
    engine.close()


def test_what_the_model_wrote_is_judged_as_it_was_written(engine: LlamaEngine) -> None:
    for prefix in (PREFIX, PREFIX + "ge", "import os\n\n\ndef size_of(path):\n", "for index, item in "):
        request = FillRequest("size.py", prefix, REQUEST.suffix)
        answer = engine.fill(request, CancelFlag())
        judged = engine.score(request, [answer.text], CancelFlag())[0]

        written = [token.id for token in answer.tokens]
        same = [pair[0] == pair[1] for pair in zip(judged.tokens, written, strict=False)]
        shared = same.index(False) if False in same else len(same)
        assert shared >= 1
        expected = [math.log(token.probability) for token in answer.tokens[:shared]]
        assert judged.log_probabilities[: shared - 1] == pytest.approx(expected[:-1], abs=ROUNDING)
        assert judged.log_probabilities[shared - 1] >= expected[-1] - ROUNDING, "the last one also counts joined tokens"


def test_many_texts_are_judged_as_one_alone(engine: LlamaEngine) -> None:
    many = [*TEXTS * 5, "getsize(path) " * 30]
    together = engine.score(REQUEST, many, CancelFlag())

    assert len(together) == len(many)
    for text, judged in zip(TEXTS, together, strict=False):
        alone = engine.score(REQUEST, [text], CancelFlag())[0]
        assert judged.tokens == alone.tokens
        assert judged.log_probabilities == pytest.approx(alone.log_probabilities, abs=ROUNDING)
    assert together[3].log_probability == pytest.approx(together[8].log_probability, abs=ROUNDING)
    assert len(together[-1].tokens) > 60


def test_what_texts_begin_with_is_read_once(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["getsize(path)", "getsize(path) + 1", "getsize(path) + size", "getsize", "exists(path)", "exists(path)"]
    alone = [engine.score(REQUEST, [text], CancelFlag())[0] for text in texts]
    read: list[int] = []
    cells = engine._session.cells
    evaluate = cells.decode_together

    def counted(steps: Sequence[Step]) -> None:
        read.append(len(steps))
        evaluate(steps)

    monkeypatch.setattr(cells, "decode_together", counted)
    together = engine.score(REQUEST, texts, CancelFlag())

    assert read == [len({one.tokens[: at + 1] for one in alone for at in range(len(one.tokens))})]
    for one, other in zip(together, alone, strict=True):
        assert one.tokens == other.tokens
        assert one.log_probabilities == pytest.approx(other.log_probabilities, abs=ROUNDING)
        assert one.line_log_probability == pytest.approx(other.line_log_probability, abs=ROUNDING)


@given(st.lists(st.lists(st.integers(0, 2), max_size=5), max_size=8))
def test_each_token_of_each_text_has_its_place(texts: list[list[int]]) -> None:
    places = _shared(texts)

    assert len(places) == len({tuple(ids[: at + 1]) for ids in texts for at in range(len(ids))})
    for number, ids in enumerate(texts):
        assert [at for who, at in places if number in who] == list(range(len(ids)))
        assert all(texts[other][: at + 1] == ids[: at + 1] for who, at in places if number in who for other in who)


def test_out_of_time_nothing_is_judged(engine: LlamaEngine) -> None:
    hurried = FillRequest("size.py", PREFIX, REQUEST.suffix, deadline_ms=-1.0)
    assert engine.score(hurried, TEXTS, CancelFlag()) == ()
    assert engine.fill(REQUEST, CancelFlag()).text, "no trace is left"


def test_the_likely_text_is_likelier_than_nonsense(engine: LlamaEngine) -> None:
    judged = engine.score(REQUEST, TEXTS, CancelFlag())

    assert judged[0].log_probability > judged[4].log_probability + 10


def test_a_whole_line_is_likelier_to_end_than_half_a_one(engine: LlamaEngine) -> None:
    request = FillRequest("size.py", "import os\n\n\ndef size_of(path):\n    return", "\n\n\nsize_of('a')\n")
    whole, half = engine.score(request, [" path", " path."], CancelFlag())

    assert half.line_log_probability - half.log_probability < -1.5
    assert whole.line_log_probability - whole.log_probability > half.line_log_probability - half.log_probability


def test_the_end_counts_a_break_joined_with_the_last_token(engine: LlamaEngine) -> None:
    """An answer of a whole line ended with a line break, or with a token that holds it."""
    ended = 0
    for head in ("import ", "    return ", "def size_of(", "    for name in ", "if "):
        request = FillRequest("size.py", "import os\n\n\n" + head, REQUEST.suffix)
        answer = engine.fill(request, CancelFlag())
        if answer.stop != "line":
            continue  # a weak core may go on and on; an end token is not among the answer's tokens
        judged = engine.score(request, [answer.text.rstrip()], CancelFlag())[0]
        said, written = (
            [engine.piece(token) for token in judged.tokens],
            [engine.piece(one.id) for one in answer.tokens],
        )
        if said[:-1] != written[: len(said) - 1] or not written[len(said) - 1].startswith(said[-1]):
            continue  # the same text in other tokens
        ended += 1
        assert judged.line_log_probability >= sum(math.log(token.probability) for token in answer.tokens) - 1.0
    assert ended


def test_a_text_is_no_less_likely_for_the_break_that_the_tokenizer_joins(engine: LlamaEngine) -> None:
    """In front of a line break a closing `):` is mostly one token with it: that must not count against the text."""
    prefix = "import os\n\n\ndef size_of(path):\n    if not os.path.exists(path"
    request = FillRequest("size.py", prefix, "\n        return 0\n    return os.path.getsize(path)\n")
    answer = engine.fill(request, CancelFlag())
    joined = answer.tokens[-1]
    assert engine.piece(joined.id).endswith(b"\n")
    judged = engine.score(request, [answer.text], CancelFlag())[0]

    assert judged.log_probabilities[-1] >= math.log(joined.probability) - ROUNDING
    assert judged.line_log_probability <= judged.log_probability + ROUNDING


def test_judging_leaves_the_prompt_where_it_was(engine: LlamaEngine) -> None:
    before = engine.fill(REQUEST, CancelFlag())
    engine.score(REQUEST, TEXTS, CancelFlag())
    after = engine.fill(REQUEST, CancelFlag())

    assert after.text == before.text
    assert after.reused_tokens == after.prompt_tokens - 1


@pytest.mark.parametrize("prefix", ["", "é🙂漢字 = '", "x = '\x00", "\ud800"])
def test_any_text_is_judged(engine: LlamaEngine, prefix: str) -> None:
    judged = engine.score(FillRequest("odd.py", prefix, "\n"), ["", "é🙂", "\ud800", "<|fim_middle|>"], CancelFlag())

    assert len(judged) == 4
    assert all(math.isfinite(value) for one in judged for value in one.log_probabilities)


def test_a_cancelled_judgement_is_none(engine: LlamaEngine) -> None:
    cancel = CancelFlag()
    cancel.set()

    assert engine.score(REQUEST, TEXTS, cancel) == ()


class Toward:
    """Steering that makes one token sure and keeps what it was shown."""

    def __init__(self, token: int) -> None:
        self.token = token
        self.seen: list[list[int]] = []
        self.healed = b""

    def begin(self, healed: bytes) -> None:
        self.healed = healed

    def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
        self.seen.append(list(tokens))
        logits[self.token] = 1000.0


def test_steering_has_its_say_at_every_position(engine: LlamaEngine) -> None:
    plain = engine.score(REQUEST, TEXTS[:2], CancelFlag())
    wanted = plain[1].tokens[-1]
    steering = Toward(wanted)
    steered = engine.score(REQUEST, TEXTS[:2], CancelFlag(), steering)

    assert steered[1].log_probabilities[-1] == pytest.approx(0.0, abs=0.01)
    assert steered[0].log_probability < plain[0].log_probability
    ends = {tuple(tokens[-len(plain[0].tokens) + 1 :]) for tokens in steering.seen}
    assert plain[0].tokens[:-1] in ends
    assert steering.healed
    assert REQUEST.prefix.encode().endswith(steering.healed)


@given(st.lists(st.lists(st.integers(0, 2), max_size=4).map(tuple), max_size=8))
def test_every_text_is_the_beginning_of_one_that_is_read(texts: list[tuple[int, ...]]) -> None:
    longest = [texts[number] for number in _longest(texts)]

    assert all(any(one[: len(text)] == text for one in longest) for text in texts if text)
    assert all(one == other or one[: len(other)] != other for one in longest for other in longest)
    assert len(set(longest)) == len(longest)


@pytest.mark.parametrize("patience", [0, 1, 3, 7, 12])
def test_judging_that_is_late_leaves_no_trace(engine: LlamaEngine, patience: int) -> None:
    engine.fill(REQUEST, CancelFlag())
    asked = iter(range(100))
    texts = [engine.tokenize(text) for text in TEXTS]

    with pytest.raises(Cancelled):
        judge(engine._session, texts, Scale(engine.vocabulary), lambda: next(asked) >= patience)

    assert len(engine.score(REQUEST, TEXTS, CancelFlag())) == len(TEXTS)
