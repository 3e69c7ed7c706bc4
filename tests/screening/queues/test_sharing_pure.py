"""Sharing out: whatever people, weights and rules, the line is covered once, the rules hold, and everybody gets their share."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.queues.sharing import (
    KEYS,
    PIECES,
    Broken,
    Infeasible,
    Now,
    Rules,
    Slot,
    as_json,
    of_json,
    offered,
    ranges,
    replace,
    shares,
    single_below,
    slot_at,
    slots,
    unread,
)

NUMBERS = st.integers(1, 40)
PEOPLE = st.dictionaries(NUMBERS, st.integers(1, 9), min_size=1, max_size=7)
SUBSET = st.sets(NUMBERS, max_size=4).map(frozenset)
NEEDED = st.integers(1, 3)
SINGLE = st.sampled_from([0, 1, 137, 500, 1000])


@st.composite
def cases(draw):
    """People with their weights, and rules about some of them."""
    people = draw(PEOPLE)
    some = st.sets(st.sampled_from(sorted(people)), max_size=4).map(frozenset)
    return people, Rules(one_of=draw(some), never_two=draw(some))


def shared(people, needed, rules, single):
    try:
        return slots(people, needed, rules, single)
    except Infeasible:
        assume(False)
        raise


def covers(found):
    assert found[0].start == 0
    assert found[-1].end == KEYS
    assert all(slot.size > 0 for slot in found)
    assert all(a.end == b.start for a, b in pairwise(found))


@given(cases(), NEEDED, SINGLE)
def test_the_line_is_covered_once_and_the_rules_hold_everywhere(case, needed, single):
    people, rules = case
    found = shared(people, needed, rules, single)
    covers(found)
    for slot in found:
        wanted = 1 if slot.end <= single_below(single) else needed
        assert len(set(slot.people)) == len(slot.people) == wanted
        assert set(slot.people) <= set(people)
        assert rules.allow(slot.people)


@given(cases(), NEEDED, SINGLE)
def test_the_same_again_is_the_same(case, needed, single):
    people, rules = case
    found = shared(people, needed, rules, single)
    assert slots(dict(reversed(people.items())), needed, rules, single) == found
    assert of_json(as_json(found)) == found


@given(PEOPLE, NEEDED, SINGLE)
def test_without_rules_everybody_gets_their_share_within_one_piece(people, needed, single):
    found = shared(people, needed, Rules(), single)
    whole = sum(people.values())
    for part, n in ((0, 1), (1, needed)):
        inside = [slot for slot in found if (slot.start >= single_below(single)) == bool(part)]
        if not inside or any(weight * n > whole for weight in people.values()):
            continue  # nobody can judge more than all
        length = sum(slot.size for slot in inside)
        for person, weight in people.items():
            got = sum(slot.size for slot in inside if person in slot.people) / length
            assert abs(got - weight * n / whole) <= 1.0001 / PIECES, (person, got)


@given(st.sets(NUMBERS, min_size=3, max_size=6), st.data())
def test_with_a_rule_that_leaves_room_everybody_gets_the_same(people, data):
    """Two students among at least four: never together, and still the same share for all."""
    students = frozenset(sorted(people)[:2])
    assume(len(people) >= 4)
    found = slots(dict.fromkeys(people, 1), 2, Rules(never_two=students))
    for share in shares(found).values():
        assert abs(share - 2 / len(people)) <= 1.0001 / PIECES


@pytest.mark.parametrize(
    ("people", "needed", "rules", "broken"),
    [
        ({1: 1}, 2, Rules(), Broken.TOO_FEW),
        ({1: 1, 2: 0}, 2, Rules(), Broken.TOO_FEW),
        ({}, 1, Rules(), Broken.TOO_FEW),
        ({1: 1, 2: 1, 3: 1}, 2, Rules(one_of=frozenset({4})), Broken.ONE_OF),
        ({1: 1, 2: 1, 3: 1}, 3, Rules(never_two=frozenset({2, 3})), Broken.NEVER_TWO),
        ({1: 1, 2: 1, 3: 1}, 2, Rules(frozenset({2}), frozenset({1, 2, 3})), Broken.NEVER_TWO),
        ({1: 1, 2: 1, 3: 1, 4: 1}, 3, Rules(frozenset({3}), frozenset({2, 3, 4})), Broken.NEVER_TWO),
        ({1: 1, 2: 1, 3: 1, 4: 1}, 3, Rules(frozenset({3}), frozenset({1, 3})), None),
        ({1: 1, 2: 1, 3: 1}, 2, Rules(frozenset({3}), frozenset({2, 3})), None),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, 3, Rules(frozenset({4}), frozenset({3, 4, 5})), None),
    ],
)
def test_what_cannot_hold_is_named(people, needed, rules, broken):
    if broken is None:
        covers(slots(people, needed, rules))
        return
    with pytest.raises(Infeasible) as caught:
        slots(people, needed, rules)
    assert caught.value.broken == broken


def test_two_rules_that_only_clash_together_are_named_so():
    with pytest.raises(Infeasible) as caught:
        slots({1: 1, 2: 1, 3: 1}, 3, Rules(frozenset({9}), frozenset()))
    assert caught.value.broken == Broken.ONE_OF
    with pytest.raises(Infeasible) as caught:  # one of 1, 2 must be there, and never two of 1, 2, 3: only 4 is left beside them
        slots({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, 3, Rules(frozenset({1, 2}), frozenset({1, 2, 4, 5})))
    assert caught.value.broken == Broken.NEVER_TWO


@given(cases(), NEEDED, SINGLE, st.data())
def test_who_leaves_is_replaced_everywhere_and_nowhere_else(case, needed, single, data):
    people, rules = case
    found = shared(people, needed, rules, single)
    leaver = data.draw(st.sampled_from(sorted(people)))
    heirs = data.draw(st.sets(st.sampled_from(sorted({*people, 99}))))
    others = set(people) - {leaver}
    assume(others)
    after = replace(found, leaver, heirs, others, rules)
    covers(after)
    assert all(leaver not in slot.people for slot in after)
    for point in {slot.start for slot in (*found, *after)}:
        before, slot = slot_at(found, point), slot_at(after, point)
        if leaver not in before.people:
            assert before.people == slot.people
            continue
        rest = set(before.people) - {leaver}
        new = set(slot.people) - rest
        assert rest <= set(slot.people)
        assert len(new) <= 1
        if not new:  # nobody else is there
            assert others | (heirs - {leaver}) <= rest
        elif not rules.allow(slot.people):  # only where nobody at all keeps the rules
            assert not [one for one in others | heirs if one != leaver and one not in rest and rules.allow((*rest, one))]


def test_an_evenly_taken_share_goes_to_all_heirs_alike():
    found = slots({1: 1, 2: 1, 3: 1, 4: 1}, 1)
    after = shares(replace(found, 4, [1, 2, 3], [1, 2, 3]))
    assert after == pytest.approx({1: 1 / 3, 2: 1 / 3, 3: 1 / 3})


@given(cases(), NEEDED, SINGLE, st.integers(-1, 1), st.data())
def test_a_record_never_waits_for_nobody(case, needed, single, changed, data):
    """Whoever is away, and whatever became of the rule: as long as enough of the team are there, enough are offered each record."""
    people, rules = case
    found = shared(people, needed, rules, single)
    border, later = single_below(single), max(1, needed + changed)
    away = data.draw(st.sets(st.sampled_from(sorted(people))))
    left = data.draw(st.sets(st.sampled_from(sorted(people))))
    now = Now(frozenset(people) - left, later, border, rules)
    for slot in found:
        asked = {me for me in people if offered(slot, me, away, now)}
        rest = set(slot.people) & now.team - away
        wanted = 1 if slot.end <= border else later
        assert asked <= now.team - away
        assert rest <= asked
        if len(rest) >= wanted:
            assert asked == rest, "nobody else is asked"
        else:
            assert len(asked) >= min(wanted, len(now.team - away)), "enough are asked, as far as there is anybody"
    for me in people:
        mine = ranges(found, me, now)
        assert all(a[1] < b[0] for a, b in pairwise(mine))
        assert sum(end - start for start, end in mine) == sum(slot.size for slot in found if offered(slot, me, (), now))


LANGUAGES = st.sets(st.sampled_from(["en", "no", "sv", "da"]), max_size=3)


@given(st.dictionaries(NUMBERS, LANGUAGES, max_size=6), LANGUAGES, NEEDED)
def test_who_does_not_read_it_is_not_asked_where_enough_do(reads, codes, needed):
    away = unread(reads, codes, needed)
    assert all(reads[one] and not reads[one] & codes for one in away)
    if away:
        assert codes
        assert len(reads) - len(away) >= needed
        assert all(not own or own & codes for one, own in reads.items() if one not in away)
    elif codes:
        assert sum(not own or bool(own & codes) for own in reads.values()) in {len(reads), *range(needed)}


def test_where_nobody_of_a_slot_is_left_enough_others_are_asked():
    slot, now = Slot(0, KEYS, (1, 2)), Now(frozenset({3, 4, 5}), 2, 0, Rules(one_of=frozenset({3})))
    assert [me for me in (3, 4, 5) if offered(slot, me, (), now)] == [3, 4, 5]


def test_who_steps_in_keeps_the_rules_where_somebody_can():
    slot, rules = Slot(0, KEYS, (1, 3)), Rules(never_two=frozenset({3, 4, 5}))
    asked = [me for me in (1, 2, 3, 4, 5) if offered(slot, me, {1}, Now(frozenset({1, 2, 3, 4, 5}), 2, 0, rules))]
    assert asked == [2, 3]
    assert [me for me in (1, 3, 4, 5) if offered(slot, me, {1}, Now(frozenset({1, 3, 4, 5}), 2, 0, rules))] == [3, 4, 5]
