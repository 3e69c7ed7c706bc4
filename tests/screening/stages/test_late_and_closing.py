"""Late votes: who sees them, admit and leave. Closing: what it says, and that it says nothing of votes that are not open."""

from contextlib import suppress

import pytest
from django.urls import reverse

from reviewapp.audit.models import Event
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.decisions.errors import RoundClosed, VoteRefused
from screening.models import Decision, LateVote, Reopening, Resolution, RoundRecord
from screening.outcomes.settle import differences
from screening.queues import queries as queues
from screening.stages import actions as stages
from screening.stages import queries
from screening.vocabulary import Opens, Outcome, Verdict
from tests.factories import World
from tests.fixtures import cast_vote, outcome
from tests.screening.settling import Settling

I, E = Verdict.INCLUDE, Verdict.EXCLUDE


def at(world, name, *args):
    return reverse(name, args=[world.review.slug, *args])


def late_vote(world, record, who, verdict=I, **more):
    with suppress(RoundClosed):
        cast_vote(who, record, world.round, verdict, **more)
    return LateVote.objects.latest("pk")


@pytest.fixture
def world(db):
    return Settling()


def test_the_owner_sees_all_late_votes_and_everybody_else_their_own(client, world):
    first, second = world.records(2)
    stages.close_round(world.owner, world.round)
    late_vote(world, first, world.reviewer_a, note="sent from a train")
    late_vote(world, second, world.reviewer_b, E, reason=world.reason())
    url = at(world, "late_votes")
    client.force_login(world.owner.user)
    text = client.get(url).content.decode()
    assert "sent from a train" in text
    assert "Not relevant" in text
    assert text.count("Admit<") == 2
    client.force_login(world.reviewer_a.user)
    text = client.get(url).content.decode()
    assert "sent from a train" in text
    assert second.title not in text
    assert "Admit<" not in text
    assert "1 of yours" in client.get(at(world, "rounds")).content.decode()
    client.force_login(world.reviewer_c.user)
    text = client.get(url).content.decode()
    assert "No late votes" in text
    assert client.post(at(world, "late_admit", 1), {"why": "x"}).status_code == 403


def test_an_admitted_vote_counts_is_not_independent_and_opens_the_record_for_the_missing_one(client, world):
    (record,) = world.records(1)
    stages.close_round(world.owner, world.round)
    late_vote(world, record, world.reviewer_a)
    client.force_login(world.owner.user)
    assert "late vote" in client.get("/").content.decode()
    assert client.post(at(world, "late_admit", 1), {"why": " "}).status_code == 422
    assert client.post(at(world, "late_admit", 1), {"why": "Sent before the close"}).status_code == 303
    decision = Decision.objects.get(record=record)
    assert (decision.reviewer, decision.verdict, decision.independent) == (world.reviewer_a, I, False)
    assert RoundRecord.objects.get(round=world.round, record=record).reopened
    assert queues.waiting_for(world.reviewer_b, world.round).filter(record=record).exists()
    event = Event.objects.select_related("text").get(kind="decision:late_vote_admitted")
    assert (event.text.text, event.data["reviewer"]) == ("Sent before the close", world.reviewer_a.number)
    cast_vote(world.reviewer_b, record, world.round, I)
    assert outcome(record, world.round) == Outcome.GOES_ON
    assert not Reopening.objects.filter(ended_at=None).exists()
    assert not differences([record.pk])
    assert client.post(at(world, "late_admit", 1), {"why": "again"}).status_code == 422
    assert client.post(at(world, "late_admit", 99), {"why": "again"}).status_code == 404


def test_an_admitted_vote_that_completes_the_record_opens_nothing(world):
    (record,) = world.records(1)
    cast_vote(world.reviewer_b, record, world.round, E)
    stages.close_round(world.owner, world.round)
    decisions.admit_late_vote(late_vote(world, record, world.reviewer_a), by=world.owner, why="In time")
    assert outcome(record, world.round) == Outcome.CONFLICT
    assert not Reopening.objects.exists()


def test_a_vote_that_is_left_does_not_count_and_stays(client, world):
    (record,) = world.records(1)
    stages.close_round(world.owner, world.round)
    late = late_vote(world, record, world.reviewer_a)
    client.force_login(world.owner.user)
    assert client.post(at(world, "late_leave", 1)).status_code == 303
    assert not Decision.objects.filter(record=record).exists()
    assert "left by" in client.get(at(world, "late_votes")).content.decode()
    assert "late vote" not in client.get("/").content.decode()
    with pytest.raises(VoteRefused):
        decisions.admit_late_vote(late, by=world.owner, why="After all")


def test_a_late_vote_after_a_final_decision_shows_under_changed(world):
    (record,) = world.clash()
    stages.close_round(world.owner, world.round)
    conflicts.rule(world.adjudicator, record, world.round, verdict=I, rationale="fits")
    late = late_vote(world, record, world.reviewer_b, I, why="second thoughts")
    decisions.admit_late_vote(late, by=world.owner, why="Sent in time")
    row = RoundRecord.objects.get(round=world.round, record=record)
    assert row.vote_changed_after
    assert row.outcome == Outcome.GOES_ON


def test_settling_ends_the_reopening_of_a_record(world):
    (record,) = world.clash()
    stages.close_round(world.owner, world.round)
    stages.reopen_record(world.owner, world.round, record, why="A new look")
    conflicts.rule(world.adjudicator, record, world.round, verdict=I, rationale="fits")
    assert not Reopening.objects.filter(ended_at=None).exists()
    assert not RoundRecord.objects.get(round=world.round, record=record).reopened
    assert not differences([record.pk])


def test_another_reviews_late_vote_is_not_found(client, world):
    (record,) = world.records(1)
    stages.close_round(world.owner, world.round)
    late_vote(world, record, world.reviewer_a)
    elsewhere = World("elsewhere")
    client.force_login(elsewhere.owner.user)
    assert client.post(at(elsewhere, "late_admit", 1), {"why": "x"}).status_code == 404
    assert client.post(at(world, "late_admit", 1), {"why": "x"}).status_code == 404


def test_closing_counts_what_is_open(client, world):
    world.records(3)
    half = world.records(1)[0]
    cast_vote(world.reviewer_a, half, world.round, I)
    world.clash(2)
    open_ = queries.closing(world.adjudicator, world.round)
    assert (open_.records, open_.waiting, open_.half_voted, open_.unvoted, open_.conflicts) == (6, 4, 1, 3, 2)
    client.force_login(world.owner.user)
    text = client.get(at(world, "round_close", world.round.number)).content.decode()
    assert "Records with some votes, not all" in text
    assert "whose outcome is not open to you yet" in text
    assert queries.closing(world.owner, world.round).not_open == 2


def test_closing_tells_no_totals_where_the_review_says_so(client, world):
    stages.set_rules(world.owner, world.abstracts, show_totals=False)
    half = world.records(1)[0]
    cast_vote(world.reviewer_a, half, world.round, I)
    world.round.refresh_from_db()
    assert queries.closing(world.owner, world.round).half_voted is None
    client.force_login(world.owner.user)
    text = client.get(at(world, "round_close", world.round.number)).content.decode()
    assert "Records with some votes, not all" not in text


@pytest.mark.parametrize("second", [I, E])
def test_before_a_strict_round_closes_nobody_can_tell_conflicts_from_agreement(world, second):
    stages.set_rules(world.owner, world.abstracts, opens=Opens.AT_CLOSE)
    (record,) = world.records(1)
    cast_vote(world.reviewer_a, record, world.round, I)
    cast_vote(world.reviewer_b, record, world.round, second)
    world.round.refresh_from_db()
    open_ = queries.closing(world.owner, world.round)
    assert (open_.conflicts, open_.not_open) == (0, 1)


def test_a_vote_that_changed_after_its_decision_blocks_the_close(client, world):
    (record,) = world.clash()
    conflicts.rule(world.adjudicator, record, world.round, verdict=I, rationale="fits")
    cast_vote(world.reviewer_b, record, world.round, I, why="second thoughts")
    client.force_login(world.owner.user)
    url = at(world, "round_close", world.round.number)
    assert "The round cannot be closed before" in client.get(url).content.decode()
    assert client.post(url).status_code == 409
    conflicts.confirm(world.adjudicator, Resolution.objects.get(), why="it stands")
    assert client.post(url).status_code == 303
    assert "was closed by" in client.get(url).content.decode()


def test_the_owner_opens_one_record_of_a_closed_round_again(client, world):
    first, second = world.records(2)
    url = at(world, "round_reopen", world.round.number)
    client.force_login(world.owner.user)
    assert "The round is open" in client.get(url).content.decode()
    assert client.post(url, {"record": first.number, "why": "A new look"}).status_code == 409
    stages.close_round(world.owner, world.round)
    assert url in client.get(at(world, "rounds")).content.decode()
    assert client.post(url, {"record": first.number, "why": ""}).status_code == 422
    assert client.post(url, {"record": 999, "why": "A new look"}).status_code == 422
    assert client.post(url, {"record": first.number, "why": "A new look"}).status_code == 303
    cast_vote(world.reviewer_a, first, world.round, I)
    with pytest.raises(RoundClosed):
        cast_vote(world.reviewer_a, second, world.round, I)
    text = client.get(url).content.decode()
    assert "A new look" in text
    assert second.title not in text
