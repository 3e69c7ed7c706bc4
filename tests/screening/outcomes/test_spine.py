"""Votes, merges, final decisions and rounds together, on the database at hand."""

import pytest
from django.db import IntegrityError, connection, transaction

from screening import visibility
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.decisions.errors import AnotherVoteCame, RoundClosed, VoteRefused, WhyNeeded
from screening.models import Decision, LateVote, Merge, Record, Report, RoundRecord, Study
from screening.outcomes import groups, merging
from screening.outcomes.settle import differences
from screening.queues import queries as queues
from screening.stages import actions as stages
from screening.vocabulary import Outcome, Retrieval, Verdict
from tests.fixtures import cast_vote, outcome

I, E, M = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE
pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(world):
    return world.open_round()


def test_two_agreeing_votes_let_a_record_go_on_and_make_its_report(world, round_):
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    assert outcome(record, round_) == Outcome.WAITING
    cast_vote(world.reviewer_b, record, round_, M)
    assert outcome(record, round_) == Outcome.GOES_ON
    assert Report.objects.get(record=record).retrieval == Retrieval.SOUGHT


def test_the_same_key_gives_the_stored_vote_again(world, round_):
    record = world.record()
    first = cast_vote(world.reviewer_a, record, round_, I, key="k")
    assert cast_vote(world.reviewer_a, record, round_, I, key="k", seen=None) == first
    assert Decision.objects.count() == 1
    with pytest.raises(VoteRefused):
        cast_vote(world.reviewer_a, record, round_, E, key="k")


def test_a_page_that_knew_another_vote_writes_nothing(world, round_):
    record = world.record()
    first = cast_vote(world.reviewer_a, record, round_, I)
    with pytest.raises(AnotherVoteCame) as caught:
        cast_vote(world.reviewer_a, record, round_, E, seen=None)
    assert caught.value.current == first
    assert Decision.objects.count() == 1


def test_a_vote_may_be_changed_freely_while_blind_and_only_with_a_why_afterwards(world, round_):
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    assert cast_vote(world.reviewer_a, record, round_, E).independent
    cast_vote(world.reviewer_b, record, round_, I)
    with pytest.raises(WhyNeeded):
        cast_vote(world.reviewer_a, record, round_, I)
    changed = cast_vote(world.reviewer_a, record, round_, I, why="I misread it")
    assert not changed.independent
    assert changed.supersedes is not None
    assert outcome(record, round_) == Outcome.GOES_ON


def test_what_was_seen_once_stays_seen_after_a_withdrawal(world, round_):
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    cast_vote(world.reviewer_b, record, round_, E)
    cast_vote(world.reviewer_b, record, round_, Verdict.WITHDRAWN, why="slip")
    assert outcome(record, round_) == Outcome.WAITING
    with pytest.raises(WhyNeeded):
        cast_vote(world.reviewer_a, record, round_, E)


def test_a_vote_after_the_close_is_kept_as_a_late_vote(world, round_):
    record = world.record()
    stages.close_round(world.owner, round_)
    with pytest.raises(RoundClosed):
        cast_vote(world.reviewer_a, record, round_, I, note="kept text")
    late = LateVote.objects.get()
    assert (late.note, Decision.objects.count()) == ("kept text", 0)
    decisions.admit_late_vote(late, by=world.owner, why="Sent in time")
    assert not Decision.objects.get().independent


def test_only_the_team_votes(world, round_):
    record = world.record()
    for who in (world.reviewer_c, world.librarian, world.owner):
        with pytest.raises(VoteRefused):
            cast_vote(who, record, round_, I)


def test_conflict_settled_by_consensus_keeps_the_votes(world, round_):
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    cast_vote(world.reviewer_b, record, round_, E)
    proposal = conflicts.propose(world.reviewer_a, record, round_, verdict=I)
    with pytest.raises(conflicts.NotYours):
        conflicts.agree(world.reviewer_a, proposal)
    assert conflicts.agree(world.reviewer_b, proposal) is not None
    assert outcome(record, round_) == Outcome.GOES_ON
    assert sorted(Decision.objects.filter(superseded_at=None).values_list("verdict", flat=True)) == [E, I]


def test_third_reviewer_rules_and_a_vote_that_changes_afterwards_blocks_closing(world, round_):
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    cast_vote(world.reviewer_b, record, round_, E)
    with pytest.raises(conflicts.NotYours):
        conflicts.rule(world.reviewer_c, record, round_, verdict=E, rationale="no")
    ruling = conflicts.rule(world.adjudicator, record, round_, verdict=E, rationale="Outside the aims")
    cast_vote(world.reviewer_b, record, round_, I, why="Persuaded")
    row = RoundRecord.objects.get(record=record)
    assert (row.outcome, row.vote_changed_after) == (Outcome.EXCLUDED, True)
    with pytest.raises(stages.CannotDo):
        stages.close_round(world.owner, round_)
    conflicts.confirm(world.adjudicator, ruling)
    assert stages.close_round(world.owner, round_).closed_at is not None


def test_merge_and_un_merge_give_back_what_was_also_after_votes(world, round_):
    a, b = world.records(2)
    cast_vote(world.reviewer_a, a, round_, I)
    cast_vote(world.reviewer_b, b, round_, I)
    merge = merging.merge(b, a, by=world.owner)
    assert outcome(a, round_) == Outcome.GOES_ON
    merging.undo(merge, by=world.owner, why="Different papers")
    assert (outcome(a, round_), outcome(b, round_)) == (Outcome.WAITING, Outcome.WAITING)
    assert Decision.objects.count() == 2
    assert not differences([a.pk, b.pk])


def test_only_the_reviewer_of_two_minds_is_asked_again(world, round_):
    a, b = world.records(2)
    cast_vote(world.reviewer_a, a, round_, I)
    cast_vote(world.reviewer_a, b, round_, E)
    cast_vote(world.reviewer_b, a, round_, I)
    merging.merge(a, b, by=world.librarian)
    assert outcome(a, round_) == Outcome.WAITING
    assert [row.record_id for row in queues.next_cards(world.reviewer_a, round_)] == [a.pk]
    assert queues.next_cards(world.reviewer_b, round_) == []
    cast_vote(world.reviewer_a, a, round_, I)
    assert outcome(a, round_) == Outcome.GOES_ON


def test_un_merging_a_middle_edge_leaves_two_trees(world):
    a, b, c = world.records(3)
    first = merging.merge(a, b, by=world.owner)
    merging.merge(b, c, by=world.owner)
    assert groups.member_ids(c) == groups.member_ids(a)
    merging.undo(first, by=world.owner, why="x")
    c.refresh_from_db()
    b.refresh_from_db()
    assert {c.head_id or c.pk, b.head_id or b.pk, a.pk} >= {a.pk}
    assert a.pk not in groups.member_ids(b)


def test_an_update_record_merged_with_an_older_one_is_not_offered_again(world, round_):
    old = world.record()
    cast_vote(world.reviewer_a, old, round_, E)
    cast_vote(world.reviewer_b, old, round_, E)
    from reviewapp.reviews import numbers
    from screening.models import SearchRound

    update = SearchRound.objects.create(
        review=world.review, number=numbers.take(world.review, "search_round"), name="Update", is_update=True
    )
    second = world.open_round(search_round=update)
    new = world.record(upload=world.upload(world.search_in(world.source, update)))
    merging.merge(old, new, by=world.owner)
    assert queues.next_cards(world.reviewer_a, second) == []
    assert RoundRecord.objects.get(record=old, decides=True).outcome == Outcome.EXCLUDED


def test_removal_only_before_a_vote_and_reversible(world, round_):
    from screening.vocabulary import RemovalReason

    a, b = world.records(2)
    stages.remove(world.owner, a, reason=RemovalReason.DATES)
    assert [row.record_id for row in queues.next_cards(world.reviewer_a, round_)] == [b.pk]
    stages.take_back_removal(world.owner, a)
    cast_vote(world.reviewer_a, a, round_, I)
    with pytest.raises(stages.CannotDo):
        stages.remove(world.owner, a, reason=RemovalReason.DATES)


def test_full_text_included_makes_a_study_and_a_recall_pauses_it(world, round_):
    second = world.open_round(world.full_texts)
    record = world.record(authors=["Demo, Kari"], year=2011)
    cast_vote(world.reviewer_a, record, round_, I)
    cast_vote(world.reviewer_b, record, round_, I)
    with pytest.raises(VoteRefused):
        cast_vote(world.reviewer_a, record, second, I)
    Report.objects.update(retrieval=Retrieval.RETRIEVED)
    with pytest.raises(VoteRefused):
        cast_vote(world.reviewer_a, record, second, E)
    cast_vote(world.reviewer_a, record, second, I)
    cast_vote(world.reviewer_b, record, second, I)
    assert Study.objects.get().label == "Demo 2011"
    cast_vote(world.reviewer_b, record, round_, E, why="again")
    assert not RoundRecord.objects.get(record=record, round=second).is_live


def test_the_database_refuses_to_change_or_delete_a_vote(world, round_):
    vote = cast_vote(world.reviewer_a, world.record(), round_, I)
    for change in (lambda: Decision.objects.filter(pk=vote.pk).update(verdict=E), lambda: Decision.objects.filter(pk=vote.pk).delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_database_refuses_a_reference_into_another_review(world):
    from tests.factories import World

    other = World("other")
    a, b = world.record(), other.record()
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(
            review=world.review, number=999, child=b, parent=a, child_number=b.number + 1000, parent_number=a.number, rule="x"
        )
        connection.check_constraints()


def test_the_third_reviewer_sees_conflicts_only_and_voters_see_when_all_are_in(world, round_):
    a, b = world.records(2)
    cast_vote(world.reviewer_a, a, round_, I)
    assert list(visibility.decisions(world.reviewer_b)) == []
    assert list(visibility.decisions(world.adjudicator)) == []
    cast_vote(world.reviewer_b, a, round_, E)
    cast_vote(world.reviewer_a, b, round_, E)
    cast_vote(world.reviewer_b, b, round_, E)
    assert {v.record_id for v in visibility.decisions(world.adjudicator)} == {a.pk}
    assert visibility.decisions(world.reviewer_b).count() == 4
    assert list(visibility.decisions(world.owner)) == []
    assert {row.record_id for row in visibility.outcomes(world.owner)} == {b.pk}


def test_strict_rule_opens_nothing_before_the_close(world):
    from screening.vocabulary import Opens

    stages.set_rules(world.owner, world.abstracts, opens=Opens.AT_CLOSE)
    round_ = world.open_round()
    record = world.record()
    cast_vote(world.reviewer_a, record, round_, I)
    cast_vote(world.reviewer_b, record, round_, I)
    assert list(visibility.decisions(world.reviewer_b).exclude(reviewer=world.reviewer_b)) == []
    assert not Report.objects.exists()
    stages.close_round(world.owner, round_)
    assert visibility.decisions(world.observer).count() == 2
    assert Report.objects.filter(record=Record.objects.get(pk=record.pk)).exists()
