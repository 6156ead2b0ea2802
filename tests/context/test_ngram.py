"""The project n-gram: what comes next by all that was seen, checked against counting by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inhouse.context.comparing import match_lengths, wanted_before
from inhouse.context.ngram import Ngram
from inhouse.context.own_text import LONGEST_MATCH
from inhouse.context.segments import Segment

FILES = st.dictionaries(st.sampled_from(["a.py", "b.py", "d/c.py", "d/e.py"]), st.lists(st.integers(1, 5), max_size=40))
CONTEXT = st.lists(st.integers(1, 6), max_size=20)


def known(files: dict[str, list[int]]) -> Ngram:
    """An n-gram of these files, none of them recent."""
    ngram = Ngram(clock=lambda: 0.0)
    ngram.update_many(files, recent=False)
    return ngram


def longest_by_hand(files: dict[str, list[int]], context: list[int]) -> int:
    """The longest end of the context that stands in a file with a token behind it, or earlier in the context."""
    best = 0
    for tokens in [*files.values(), context]:
        for place in range(1, len(tokens)):
            length = 0
            while (
                length < min(place, len(context), LONGEST_MATCH) and tokens[place - 1 - length] == context[-1 - length]
            ):
                length += 1
            best = max(best, length)
    return best


@given(FILES, CONTEXT)
def test_the_order_is_the_longest_match_of_all(files: dict[str, list[int]], context: list[int]) -> None:
    assert known(files).next_tokens(context, 5).order == longest_by_hand(files, context)


@given(FILES, CONTEXT)
def test_probabilities_are_sound_and_in_order(files: dict[str, list[int]], context: list[int]) -> None:
    found = known(files).next_tokens(context, 50)

    assert len(set(found.ids.tolist())) == len(found.ids)
    assert (found.probabilities > 0).all()
    assert (np.diff(found.probabilities) <= 1e-12).all()
    assert found.probabilities.sum() < 1 or not len(found.ids)
    seen = {token for tokens in files.values() for token in tokens} | set(context)
    assert set(found.ids.tolist()) <= seen


NAMES = st.sampled_from(["a.py", "b.py", "d/c.py"])
TOKENS = st.lists(st.integers(1, 5), max_size=30)
Change = tuple[str, list[int] | None]


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.none() | TOKENS), max_size=8), CONTEXT)
def test_updates_in_place_give_what_a_new_one_gives(changes: list[Change], context: list[int]) -> None:
    grown = Ngram(clock=lambda: 0.0)
    grown.update_many({"a.py": [1, 2, 3, 1, 2, 4], "b.py": [2, 3, 4]}, recent=False)
    files: dict[str, list[int]] = {"a.py": [1, 2, 3, 1, 2, 4], "b.py": [2, 3, 4]}
    for name, tokens in changes:
        grown.update_many({name: tokens}, recent=False)
        files.pop(name, None)
        if tokens is not None:
            files[name] = tokens

    one, other = grown.next_tokens(context, 9), known(files).next_tokens(context, 9)

    assert one.order == other.order
    assert dict(zip(one.ids.tolist(), one.probabilities.round(9).tolist(), strict=True)) == dict(
        zip(other.ids.tolist(), other.probabilities.round(9).tolist(), strict=True)
    )


SMALL = st.dictionaries(st.sampled_from(["a.py", "b.py", "d/c.py"]), st.lists(st.integers(1, 5), max_size=16))
RUNS = st.dictionaries(st.lists(st.integers(1, 5), min_size=2, max_size=8).map(tuple), st.integers(-8, 8), max_size=3)
Evidence = list[tuple[int, int, float]]


@given(SMALL, CONTEXT, CONTEXT, RUNS, st.integers(0, 6))
def test_the_distribution_is_what_counting_place_by_place_gives(
    files: dict[str, list[int]], before: list[int], after: list[int], runs: dict[tuple[int, ...], int], said: int
) -> None:
    ngram = known(files)
    ngram.reinforce_many([(run, float(strength), 0) for run, strength in runs.items()])
    place = ngram.at(before[: len(before) - said], after)

    evidence = [seen for tokens in files.values() for seen in counted(tokens, before, [1.0] * len(tokens))]
    evidence += counted(after, before, [4.0] * len(after)) + counted(before, before, [4.0] * len(before))
    for run, strength in runs.items():
        evidence += counted(run, before, [float(strength)] * len(run))
    wanted = {token: chance for token, chance in mixed(evidence).items() if chance > 1e-9}

    for also in ([], before[len(before) - said :], before[len(before) - said :]):  # twice: the second time remembered
        found = place.next_tokens(50, also)
    got = dict(zip(found.ids.tolist(), found.probabilities.tolist(), strict=True))
    assert {token for token, chance in got.items() if chance > 1e-9} == set(wanted)
    assert all(got[token] == pytest.approx(chance) for token, chance in wanted.items())
    assert place.continuation(8, also).ids.tolist() == ngram.at(before, after).continuation(8).ids.tolist()


def counted(tokens: Sequence[int], context: list[int], weights: list[float]) -> Evidence:
    """(token, how many tokens before it match the end of the context, what it counts) wherever any do."""
    found: Evidence = []
    for place, token in enumerate(tokens):
        length, most = 0, min(place, len(context), LONGEST_MATCH)
        while length < most and tokens[place - 1 - length] == context[-1 - length]:
            length += 1
        if length and weights[place]:
            found.append((token, length, weights[place]))
    return found


def mixed(evidence: Evidence) -> dict[int, float]:
    """Each order with the next shorter one, after Witten and Bell, with a dictionary of votes for each."""
    chances: dict[int, float] = {}
    for order in range(1, 9):
        exact = [(token, weight) for token, length, weight in evidence if min(length, 8) == order]
        own = {token: sum(weight for other, weight in exact if other == token) for token, _ in exact}
        votes: dict[int, float] = {}
        for token, length, weight in evidence:
            if length >= order:
                votes[token] = votes.get(token, 0.0) + weight
        votes = {token: count for token, count in votes.items() if count > 0}
        total, doubt = sum(votes.values()), float(len(votes))
        if any(own.values()) and total:
            tokens = {*votes, *chances}
            chances = {
                token: (votes.get(token, 0.0) + doubt * chances.get(token, 0.0)) / (total + doubt) for token in tokens
            }
    return chances


@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.lists(st.integers(1, 3), min_size=1, max_size=9))
def test_match_lengths_are_those_of_a_loop(tokens: list[int], context: list[int]) -> None:
    tokens = [-1, *tokens]
    array, wanted = np.asarray(tokens, dtype=np.int32), wanted_before(np.asarray(context, dtype=np.int32))
    places = np.arange(1, len(tokens))
    by_hand: list[int] = []
    for place in places.tolist():
        length = 0
        while length < min(place, len(context)) and tokens[place - 1 - length] == context[-1 - length]:
            length += 1
        by_hand.append(length)

    assert match_lengths(array, places, wanted, 0).tolist() == by_hand


def test_the_stale_copy_of_the_own_file_does_not_count_but_its_new_text_does() -> None:
    ngram = known({"own.py": [1, 2, 3, 1, 2, 3], "other.py": [7, 8]})

    assert ngram.next_tokens([1, 2], 3).ids.tolist() == [3]
    assert ngram.next_tokens([1, 2], 3, own="own.py").ids.tolist() == []
    assert ngram.at([1, 2, 5, 9, 1, 2], own="own.py").next_tokens(1).ids.tolist() == [5]
    assert ngram.at([9, 1, 2], suffix=[1, 2, 6], own="own.py").next_tokens(1).ids.tolist() == [6]


def test_the_own_file_weighs_more_than_its_folder_and_that_more_than_the_rest() -> None:
    ngram = known({"d/near.py": [1, 2], "far/away.py": [1, 3], "far/off.py": [9, 9]})

    assert ngram.at([1], own="d/own.py").next_tokens(1).ids.tolist() == [2]
    assert ngram.at([1], own="far/own.py").next_tokens(1).ids.tolist() == [3]
    assert ngram.at([1, 4, 8, 1], own="d/own.py").next_tokens(1).ids.tolist() == [4]


def test_recent_files_weigh_more_for_a_while() -> None:
    now = [0.0]
    ngram = Ngram(clock=lambda: now[0])
    ngram.update_many({"a.py": [1, 2], "b.py": [1, 3], "c.py": [1, 2]}, recent=False)
    assert ngram.next_tokens([1], 1).ids.tolist() == [2]

    ngram.touch("b.py")
    fresh = ngram.next_tokens([1], 2)
    now[0] = 7200.0
    later = ngram.next_tokens([1], 2)

    assert fresh.probabilities[1] > later.probabilities[1]


def test_a_draft_follows_the_longest_match_and_says_how_sure_it_is() -> None:
    ngram = known({"a.py": [1, 2, 3, 4, 5, 6], "b.py": [9, 2, 3, 7], "c.py": [8, 1, 2, 3, 4, 5, 9]})

    draft = ngram.continuation([1, 2], 10)

    assert draft.ids.tolist()[:3] == [3, 4, 5]
    assert draft.order == 2
    assert (draft.probabilities > 0).all()
    assert (draft.probabilities < 1).all()
    assert draft.probabilities[0] > draft.probabilities[3]


def test_a_draft_ends_with_the_file_and_needs_two_matching_tokens() -> None:
    ngram = known({"a.py": [1, 2, 3, 4]})

    assert ngram.continuation([1, 2], 10).ids.tolist() == [3, 4]
    assert ngram.continuation([9, 2], 10).ids.tolist() == []
    assert ngram.continuation([], 10).ids.tolist() == []


def test_decoded_tokens_can_be_tried_or_kept() -> None:
    place = known({"a.py": [1, 2, 3, 4, 5]}).at([1])

    assert place.next_tokens(1, also=[2]).ids.tolist() == [3]
    assert place.next_tokens(1).ids.tolist() == [2]
    place.extend([2, 3])
    assert place.next_tokens(1).ids.tolist() == [4]
    place.extend([9] * 1000)
    assert place.next_tokens(1, also=[1, 2]).ids.tolist() == [3]


def test_an_empty_one_knows_nothing() -> None:
    found = Ngram().next_tokens([1, 2, 3], 5)

    assert (len(found.ids), found.order, found.support) == (0, 0, 0.0)


def test_it_survives_on_the_disk_for_the_same_tokenizer(tmp_path: Path) -> None:
    path = tmp_path / "tokens.npz"
    ngram = known({"a.py": [1, 2, 3], "b.py": [70000, 2, 9]})
    ngram.save(path, {"a.py": "one", "b.py": "two"}, "core-1")

    other = Ngram()
    assert other.load(path, "another") == {}
    assert other.load(path, "core-1") == {"a.py": "one", "b.py": "two"}
    assert other.next_tokens([70000], 1).ids.tolist() == [2]
    path.write_bytes(b"damaged")
    assert Ngram().load(path, "core-1") == {}
    assert Ngram().load(tmp_path / "none.npz", "core-1") == {}


@pytest.mark.parametrize("distinct", [3, 300, 60_000, 150_000])
def test_keys_hold_as_many_tokens_as_fit(distinct: int) -> None:
    tokens = np.random.default_rng(3).integers(1, distinct + 1, 20_000).astype(np.int32)
    segment = Segment({"a": tokens})
    context = tokens[100:120]

    ranges = segment.ranges(context[::-1].tolist())

    assert segment.depth == (4 if distinct <= 32_767 else 3)
    assert ranges[-1].depth == segment.depth
    found = segment.sampled(ranges, (1, 1, 512, 512))
    assert 121 in segment.places_of(found, slice(0, len(found.depths))).tolist()
    assert set(found.depths[found.deepest].tolist()) == {segment.depth}
    assert found.shares.min() >= 1


def test_who_asks_in_turns_gets_weights_of_its_own() -> None:
    now = [0.0]
    ngram = Ngram(clock=lambda: now[0])
    ngram.update_many({"d/a.py": [1, 2], "e/b.py": [1, 3], "e/c.py": [1, 4, 4]}, recent=False)
    askers: list[tuple[str | None, list[str]]] = [("d/x.py", []), ("e/x.py", ["e/c.py"]), ("e/b.py", []), (None, [])]
    for _ in range(2):
        found = [ngram.at([1], own=own, exclude=out).next_tokens(9).ids.tolist() for own, out in askers]
        assert found == [[2, 3, 4], [3, 2], [4, 2], [2, 3, 4]]
        for number in range(9):
            ngram.at([1], own=f"{number}.py")

    ngram.touch("e/c.py")
    found = [ngram.at([1], own=own, exclude=out).next_tokens(9).ids.tolist() for own, out in askers]
    assert found == [[2, 4, 3], [3, 2], [4, 2], [4, 2, 3]]


def test_files_that_are_left_out_do_not_count() -> None:
    ngram = known({"a.py": [1, 2, 3], "b.py": [1, 2, 4], "c.py": [1, 2, 5]})

    assert set(ngram.at([1, 2], own="a.py", exclude=["b.py", "gone.py"]).next_tokens(9).ids.tolist()) == {5}


def test_what_is_kept_is_strengthened_and_what_is_changed_is_weakened() -> None:
    ngram = known({"a.py": [1, 2, 3], "b.py": [1, 2, 4]})
    before = chances(ngram, [1, 2])

    ngram.reinforce([1, 2, 4], 4.0, start=2)
    after = chances(ngram, [1, 2])
    assert after[4] > before[4]
    assert after[3] < before[3]
    assert ngram.continuation([1, 2], 4).ids.tolist() == [4]

    ngram.reinforce([1, 2, 4], -8.0, start=2)
    assert 4 not in chances(ngram, [1, 2])
    assert ngram.continuation([1, 2], 4).ids.tolist() == [3]


def chances(ngram: Ngram, context: list[int]) -> dict[int, float]:
    """The probability of each token that may follow."""
    found = ngram.next_tokens(context, 50)
    return dict(zip(found.ids.tolist(), found.probabilities.tolist(), strict=True))


def test_what_was_learnt_is_of_a_token_each_and_survives_a_save() -> None:
    ngram = known({})
    ngram.reinforce([7, 8, 9, 10], [1.0, -1.0], start=2)
    ngram.reinforce([7, 8, 9, 10], [1.0, -20.0], start=2)

    [(ids, strengths)] = ngram.learnt()
    assert (ids.tolist(), strengths.tolist()) == ([7, 8, 9, 10], [0, 0, 2, -8])

    other = known({"a.py": [1, 8, 5]})
    other.reinforce_many([(ids, strengths.tolist(), 0)])
    assert chances(other, [7, 8])[9] > chances(other, [7, 8])[5]
    other.forget_learnt()
    assert set(chances(other, [7, 8])) == {5}
    assert other.learnt() == []


@given(FILES, CONTEXT, st.lists(st.tuples(TOKENS, st.floats(-9, 9)), max_size=5))
def test_learning_keeps_probabilities_sound(
    files: dict[str, list[int]], context: list[int], runs: list[tuple[list[int], float]]
) -> None:
    ngram = known(files)
    ngram.reinforce_many([(ids, strength, 0) for ids, strength in runs])

    found = ngram.next_tokens(context, 50)

    assert (found.probabilities > 0).all()
    assert found.probabilities.sum() <= 1
    assert found.support >= 0
    draft = ngram.continuation(context, 8)
    assert ((draft.probabilities > 0) & (draft.probabilities <= 1)).all()


def test_a_project_of_learnt_runs_and_changed_files_keeps_them() -> None:
    ngram = known({"a.py": [1, 2, 3]})
    ngram.reinforce([1, 2, 6], 8.0, start=2)

    ngram.update("a.py", [1, 2, 4])
    ngram.touch("a.py")

    assert next(iter(chances(ngram, [1, 2]))) == 6


def test_so_many_files_are_recent_that_another_branch_slows_no_question() -> None:
    now = [0.0]
    ngram = Ngram(clock=lambda: now[0])
    ngram.update_many({"b.py": [1, 3], "c.py": [4, 5]}, recent=False)
    ngram.update("a.py", [1, 2])
    edited = chances(ngram, [1])
    now[0] = 1.0
    ngram.update_many({f"{number}.py": [8, 9] for number in range(200)})
    moved = chances(ngram, [1])

    assert edited[2] > edited[3]
    assert moved[2] == moved[3]


def test_a_place_is_a_file_s_never_a_learnt_run_s() -> None:
    ngram = known({"a.py": [7, 1, 2, 3, 4]})
    ngram.reinforce([6, 7, 1, 2, 3, 4, 5], 1.0)

    found = ngram.at([6, 7, 1]).source([2, 3, 4, 5])

    assert found is not None
    assert (found.path, found.run) == ("a.py", 3)
