"""The rule of outcomes by tables, and what holds for all votes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.outcomes.rules import Rule, Ruling, Vote, of_two_minds, standing, voices
from screening.vocabulary import ConflictKind, Outcome, Verdict

I, E, M = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


def votes(*verdicts, reasons=None):
    reasons = reasons or [None] * len(verdicts)
    return [
        Vote(n, n, verdict, NOON + timedelta(minutes=n), reason, reason or 0)
        for n, (verdict, reason) in enumerate(zip(verdicts, reasons, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("cast", "covidence", "rayyan"),
    [
        ((), Outcome.WAITING, Outcome.WAITING),
        ((I,), Outcome.WAITING, Outcome.WAITING),
        ((I, I), Outcome.GOES_ON, Outcome.GOES_ON),
        ((E, E), Outcome.EXCLUDED, Outcome.EXCLUDED),
        ((I, E), Outcome.CONFLICT, Outcome.CONFLICT),
        ((I, M), Outcome.GOES_ON, Outcome.TO_SETTLE),
        ((M, M), Outcome.GOES_ON, Outcome.TO_SETTLE),
        ((E, M), Outcome.CONFLICT, Outcome.TO_SETTLE),
        ((I, I, E), Outcome.CONFLICT, Outcome.CONFLICT),
        ((I, E, M), Outcome.CONFLICT, Outcome.CONFLICT),
    ],
)
def test_the_table_of_rules(cast, covidence, rayyan):
    assert standing(votes(*cast), needed=2, rule=Rule()).outcome == covidence
    assert standing(votes(*cast), needed=2, rule=Rule(maybe_counts_as_include=False)).outcome == rayyan


@pytest.mark.parametrize(
    ("cast", "expected"),
    [
        ((I, I, E), Outcome.GOES_ON),
        ((E, E, I), Outcome.EXCLUDED),
        ((I, M, E), Outcome.GOES_ON),
        ((I, I, E, E), Outcome.CONFLICT),
        ((I, E), Outcome.WAITING),
    ],
)
def test_the_majority_of_three(cast, expected):
    assert standing(votes(*cast), needed=3, rule=Rule(majority=True)).outcome == expected


def test_two_reasons_at_full_text_are_a_conflict_or_the_first_in_the_list_counts():
    cast = votes(E, E, reasons=[3, 1])
    full_text = Rule(is_full_text=True)
    assert standing(cast, needed=2, rule=full_text).conflict == ConflictKind.REASONS
    lenient = standing(cast, needed=2, rule=Rule(is_full_text=True, reasons_may_conflict=False))
    assert (lenient.outcome, lenient.reason) == (Outcome.EXCLUDED, 1)
    assert standing(cast, needed=2, rule=Rule()).outcome == Outcome.EXCLUDED


def test_who_voted_differently_on_merged_records_counts_as_not_having_voted():
    both = [Vote(1, 7, I, NOON), Vote(2, 7, E, NOON), Vote(3, 8, I, NOON)]
    assert standing(both, needed=2, rule=Rule()).outcome == Outcome.WAITING
    assert of_two_minds(both) == {7}
    assert [vote.reviewer for vote in voices(both)] == [8]


def test_a_final_decision_stands_and_says_when_a_vote_changed_after_it():
    cast = votes(I, E)
    ruling = Ruling(1, E, None, frozenset({1, 2}))
    held = standing(cast, needed=2, rule=Rule(), rulings=[ruling])
    assert (held.outcome, held.vote_changed_after) == (Outcome.EXCLUDED, False)
    changed = standing(cast[:1], needed=2, rule=Rule(), rulings=[ruling])
    assert (changed.outcome, changed.vote_changed_after) == (Outcome.EXCLUDED, True)


def test_two_final_decisions_that_differ_are_settled_again():
    rulings = [Ruling(1, E, None, frozenset()), Ruling(2, I, None, frozenset())]
    assert standing(votes(I, E), needed=2, rule=Rule(), rulings=rulings).conflict == ConflictKind.AGAIN


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from([I, E, M, Verdict.WITHDRAWN]), st.sampled_from([None, 1, 2])), max_size=6),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.permutations(range(6)),
    st.permutations(range(1, 5)),
)
def test_order_and_names_of_reviewers_do_not_matter(raw, needed, majority, maybe, order, names):
    cast = [Vote(n, who, verdict, NOON, reason, reason or 0) for n, (who, verdict, reason) in enumerate(raw)]
    rule = Rule(majority=majority, maybe_counts_as_include=maybe)
    shuffled = [cast[i] for i in order if i < len(cast)]
    renamed = [Vote(v.id, names[v.reviewer - 1], v.verdict, v.at, v.reason, v.reason_order) for v in shuffled]
    assert standing(cast, needed=needed, rule=rule) == standing(renamed, needed=needed, rule=rule)
