"""Votes of who leaves: kept, or set aside and screened again; the originals stay, and all of it can be taken back."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviewapp.audit.models import Event
from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import Reopening, RoundRecord, SetAside
from screening.outcomes.settle import differences
from screening.queues import actions, aside, leaving
from screening.queues import queries as queues
from screening.queues.actions import Again
from screening.queues.aside import CannotSetAside, Days
from screening.reporting import archive, invariants
from screening.reporting.agreement import queries as agreement
from screening.stages import actions as stages
from screening.vocabulary import Outcome, Verdict
from tests.factories import World
from tests.fixtures import cast_vote, outcome

I, E = Verdict.INCLUDE, Verdict.EXCLUDE
pytestmark = pytest.mark.django_db


def broken(review: Any) -> list[str]:
    """What check_invariants finds, but for files and words to search, which these records do not have."""
    return [text for text in invariants.problems(review) if not text.endswith("is not there") and "search index" not in text]


class Left(World):
    """Three records judged by A and B; a fourth by B alone. C is in the team and has judged nothing."""

    def __init__(self, **rules: Any) -> None:
        super().__init__("left", **rules)
        self.on, self.out, self.clash, self.half = self.records(4)
        self.round = self.open_round(team=[self.reviewer_a, self.reviewer_b, self.reviewer_c])
        for record, a, b in ((self.on, I, I), (self.out, E, E), (self.clash, I, E)):
            cast_vote(self.reviewer_a, record, self.round, a)
            cast_vote(self.reviewer_b, record, self.round, b)
        cast_vote(self.reviewer_b, self.half, self.round, E)

    def end(self, *, again: bool = True, days: Days | None = None, heir: Member | None = None) -> None:
        chosen = Again([self.round], days or Days()) if again else Again()
        actions.end_membership(self.owner, self.reviewer_b, why="Did not read the abstracts", heir=heir, again=chosen)

    def outcomes(self) -> list[Outcome]:
        return [outcome(record, self.round) for record in (self.on, self.out, self.clash, self.half)]

    def queue(self, who: Member) -> set[int]:
        return set(queues.waiting_for(Member.objects.select_related("review").get(pk=who.pk), self.round).values_list("record", flat=True))

    def sound(self) -> None:
        assert broken(self.review) == []
        assert differences([record.pk for record in (self.on, self.out, self.clash, self.half)]) == []


@pytest.fixture
def left(db: None) -> Left:
    return Left()


def test_votes_that_are_kept_count_as_before(left: Left) -> None:
    before = left.outcomes()
    left.end(again=False)
    assert left.outcomes() == before
    assert not SetAside.objects.exists()


def test_votes_set_aside_decide_nothing_and_their_records_wait_again(left: Left) -> None:
    left.end()
    assert left.outcomes() == [Outcome.WAITING] * 4
    assert left.queue(left.reviewer_c) == {left.on.pk, left.out.pk, left.clash.pk, left.half.pk}
    assert left.queue(left.reviewer_a) == {left.half.pk}
    cast_vote(left.reviewer_c, left.on, left.round, E)
    assert outcome(left.on, left.round) == Outcome.CONFLICT
    left.sound()


def test_the_originals_stay_with_who_and_why(left: Left) -> None:
    left.end()
    rows = list(visibility.everything("test").decisions(left.review).filter(record=left.on, reviewer=left.reviewer_b).order_by("pk"))
    assert [row.verdict for row in rows] == [I, Verdict.WITHDRAWN]
    assert rows[1].set_aside is not None
    assert rows[1].set_aside.why == "Did not read the abstracts"
    event = Event.objects.select_related("text").get(kind="decision:set_aside")
    assert event.data["count"] == 4
    assert event.text.text == "Did not read the abstracts"


def test_only_votes_of_the_days_chosen_are_set_aside(left: Left) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    left.end(days=Days(since=tomorrow))
    assert left.outcomes() == [Outcome.GOES_ON, Outcome.EXCLUDED, Outcome.CONFLICT, Outcome.WAITING]
    assert not SetAside.objects.exists()


def test_taken_back_all_stands_as_before(left: Left) -> None:
    before = left.outcomes()
    left.end()
    assert aside.take_back(left.owner, SetAside.objects.get(), why="They had read them") == 4
    assert left.outcomes() == before
    with pytest.raises(CannotSetAside):
        aside.take_back(left.owner, SetAside.objects.get(), why="Twice")
    left.sound()


def test_who_came_back_and_voted_anew_keeps_the_new_vote(left: Left) -> None:
    left.end()
    Member.objects.filter(pk=left.reviewer_b.pk).update(ended_at=None)
    cast_vote(Member.objects.get(pk=left.reviewer_b.pk), left.on, left.round, E)
    assert aside.take_back(left.owner, SetAside.objects.get(), why="They had read them") == 3
    assert outcome(left.on, left.round) == Outcome.CONFLICT
    left.sound()


def test_in_a_closed_round_the_records_open_again(left: Left) -> None:
    stages.close_round(left.owner, left.round)
    left.round.refresh_from_db()
    actions.end_membership(left.owner, left.reviewer_b)
    gone = Member.objects.select_related("review").get(pk=left.reviewer_b.pk)
    assert actions.screen_again(left.owner, gone, Again([left.round]), why="In doubt", heir=left.reviewer_c) == 1
    assert left.queue(left.reviewer_c) >= {left.on.pk, left.out.pk, left.clash.pk}
    vote = cast_vote(left.reviewer_c, left.on, left.round, I)
    assert not vote.independent
    assert outcome(left.on, left.round) == Outcome.GOES_ON
    assert not Reopening.objects.filter(record=left.on, ended_at=None).exists()
    aside.take_back(left.owner, SetAside.objects.get(), why="They had read them")
    assert not RoundRecord.objects.filter(round=left.round, record=left.out, reopened=True).exists()
    left.sound()


def test_what_is_set_aside_enters_no_agreement_until_it_is_taken_back(left: Left) -> None:
    def shared() -> int:
        pairs = agreement.pairs([left.round], member=None, review=left.review)
        return sum(len(pair.votes) for pair in pairs)

    assert shared() == 3
    left.end()
    assert shared() == 0
    cast_vote(left.reviewer_c, left.clash, left.round, I)
    aside.take_back(left.owner, SetAside.objects.get(), why="They had read them")
    assert shared() == 5  # the three of before, and C with each of the two on one record


def test_what_somebody_saw_stays_seen(left: Left) -> None:
    """A saw B's vote; set aside, the record waits, and a change of A's is not independent."""
    left.end()
    vote = cast_vote(left.reviewer_a, left.on, left.round, E, why="Read again")
    assert not vote.independent


def test_nothing_is_set_aside_without_a_why_nor_of_who_is_here(left: Left) -> None:
    with pytest.raises(CannotSetAside):
        actions.end_membership(left.owner, left.reviewer_b, why=" ", again=Again([left.round]))
    left.reviewer_b.refresh_from_db()
    assert left.reviewer_b.ended_at is None
    with pytest.raises(actions.Invalid):
        actions.screen_again(left.owner, left.reviewer_b, Again([left.round]), why="In doubt")


def test_archived_and_restored_it_is_the_same(left: Left) -> None:
    left.end()
    held = BytesIO()
    archive.write(left.review, held)
    copy, _report = archive.restore(held)
    kept = SetAside.objects.get(review=copy)
    assert kept.votes.count() == 4
    assert broken(copy) == []


def test_the_pages(left: Left, client: Client) -> None:
    client.force_login(left.owner.user)
    url = reverse("member_end", args=[left.review.slug, left.reviewer_b.number])
    assert "stay and count" in client.get(url).content.decode()
    sent = {"votes": "again", "rounds": [str(left.round.number)], "why": "In doubt"}
    assert "4 votes" in client.post(url, sent | {"preview": "1"}).content.decode()
    assert client.post(url, sent | {"why": "", "apply": "1"}).status_code == 422
    assert client.post(url, sent | {"rounds": [], "apply": "1"}).status_code == 422
    assert client.post(url, sent | {"apply": "1"}).status_code == 303
    page = client.get(url).content.decode()
    assert "Let these votes count again" in page
    history = client.get(reverse("history", args=[left.review.slug])).content.decode()
    assert "their records are screened again" in history
    one = SetAside.objects.get()
    undo = reverse("aside_undo", args=[left.review.slug, one.number])
    assert client.post(undo, {"why": ""}).status_code == 422
    assert client.post(undo, {"why": "Read well"}).status_code == 303
    assert "Taken back by" in client.get(url).content.decode()


def test_the_history_of_the_record_tells_it(left: Left, client: Client) -> None:
    left.end()
    stages.close_round(left.owner, left.round)
    client.force_login(left.observer.user)
    page = client.get(reverse("record", args=[left.review.slug, left.on.number])).content.decode()
    assert "set aside: the record is screened again" in page
    assert "Vote, replaced later" in page


@pytest.mark.parametrize("verdict", [I, E])
def test_where_no_totals_are_told_none_is_told_here(verdict: Verdict, client: Client, db: None) -> None:
    world = World("blind", opens="at_close", show_totals=False)
    record = world.record()
    round = world.open_round()
    cast_vote(world.reviewer_b, record, round, verdict)
    assert [(one.votes, one.team) for one in leaving.cast(world.reviewer_b)] == [(None, 1)]
    client.force_login(world.owner.user)
    sent = {"votes": "again", "rounds": [str(round.number)], "why": "In doubt", "preview": "1"}
    page = client.post(reverse("member_end", args=[world.review.slug, world.reviewer_b.number]), sent).content.decode()
    assert "how many is not said" in page
    actions.end_membership(world.owner, world.reviewer_b, why="In doubt", again=Again([round]))
    assert "count" not in Event.objects.get(kind="decision:set_aside").data


def test_many_votes_cost_no_more_statements_than_few() -> None:
    """In a closed round each record opens again and closes again: in bulk."""
    asked = []
    for n in (0, 6):
        left = Left()
        for record in left.records(n):
            for who in (left.reviewer_a, left.reviewer_b):
                cast_vote(who, record, left.round, E)
        stages.close_round(left.owner, left.round)
        actions.end_membership(left.owner, left.reviewer_b)
        gone = Member.objects.select_related("review").get(pk=left.reviewer_b.pk)
        with CaptureQueriesContext(connection) as statements:
            actions.screen_again(left.owner, gone, Again([left.round]), why="In doubt")
            assert aside.take_back(left.owner, SetAside.objects.get(review=left.review), why="They had read them") == 4 + n
        asked.append(len(statements))
    assert asked[1] - asked[0] < 3  # not one for each record
