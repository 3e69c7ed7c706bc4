"""Many at once, with real commits on PostgreSQL: one wins, the others are told, and everything that always holds still holds."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.jobs import registry
from reviewapp.jobs.models import Job
from reviewapp.reviews import actions as people
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Role
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.decisions.errors import AnotherVoteCame, RoundClosed
from screening.importing import actions as importing
from screening.models import Decision, LateVote, Merge, Record, Resolution, RoundRecord, Upload
from screening.outcomes import merging
from screening.outcomes.settle import differences
from screening.reporting.prisma import queries as prisma
from screening.reporting.prisma import rules as figure
from screening.stages import actions as stages
from screening.vocabulary import Outcome, Verdict
from tests.factories import World, member, user
from tests.fixtures import cast_vote

#: How often each race is run; `make fuzz` runs them fifty times.
TIMES = int(os.environ.get("REVIEWAPP_RACES", "4"))
MANY = 20
I, E = Verdict.INCLUDE, Verdict.EXCLUDE
Call = Callable[[], Any]
pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Call) -> list[Any]:
    """Run calls together, each on a connection of its own; gives each one's result, or its exception."""
    barrier = Barrier(len(calls))

    def run(call: Call) -> Any:
        try:
            barrier.wait(timeout=60)
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def faults(found: list[Any], *expected: type[Exception]) -> list[Any]:
    """Give the exceptions that are none of the expected ones: no deadlock and no IntegrityError is ever expected."""
    return [one for one in found if isinstance(one, Exception) and not isinstance(one, expected)]


def of(kind: type, found: list[Any]) -> int:
    return sum(isinstance(one, kind) for one in found)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """A world that must hold together when the test is over (this fixture needs the database: it ends before the flush)."""
    made = World()
    yield made
    ids = list(Record.objects.for_review(made.review).values_list("pk", flat=True))
    assert differences(ids) == []
    assert broken_links(made.review) == []
    assert figure.flow(prisma.all_facts(made.review)).sums_hold
    taken = sorted(Record.objects.for_review(made.review).values_list("number", flat=True))
    assert taken == list(range(1, len(ids) + 1))


def vote(world: World, record: Record, round: Any, verdict: Verdict, key: str, who: str = "reviewer_a", seen: int | None = None) -> Call:
    person = getattr(world, who)
    return lambda: decisions.cast(member=person, record=record, round=round, verdict=verdict, key=key, seen=seen)


def test_a_double_click_is_one_vote_with_one_answer(world: World):
    round_ = world.open_round()
    for n, record in enumerate(world.records(TIMES)):
        found = at_once(*[vote(world, record, round_, I, f"key{n}")] * 4)
        assert not faults(found)
        assert len({one.pk for one in found}) == 1
    assert Decision.objects.count() == TIMES
    assert Event.objects.filter(kind="decision:cast").count() == TIMES


def test_twenty_equal_clicks_leave_one_current_vote(world: World):
    round_ = world.open_round()
    record = world.record()
    found = at_once(*[vote(world, record, round_, I, f"key{n}") for n in range(MANY)])
    assert not faults(found, AnotherVoteCame)
    assert (of(Decision, found), of(AnotherVoteCame, found)) == (1, MANY - 1)
    assert Decision.objects.count() == 1


def test_of_changes_at_once_from_one_page_one_is_kept(world: World):
    round_ = world.open_round()
    for n, record in enumerate(world.records(TIMES)):
        first = cast_vote(world.reviewer_a, record, round_, I)
        found = at_once(*[vote(world, record, round_, v, f"{n}{v}{i}", seen=first.pk) for i, v in enumerate((E, Verdict.MAYBE, E))])
        assert not faults(found, AnotherVoteCame)
        assert of(Decision, found) == 1
        assert Decision.objects.filter(record=record, superseded_at=None).count() == 1


def test_two_voters_at_once_settle_the_record(world: World):
    round_ = world.open_round()
    for n, record in enumerate(world.records(TIMES)):
        found = at_once(vote(world, record, round_, I, f"a{n}"), vote(world, record, round_, E, f"b{n}", "reviewer_b"))
        assert not faults(found)
        assert RoundRecord.objects.get(record=record, round=round_).outcome == Outcome.CONFLICT


def test_of_two_third_reviewers_one_settles(world: World):
    round_ = world.open_round()
    second = member(world.review, Role.ADJUDICATOR)
    for record in world.records(TIMES):
        cast_vote(world.reviewer_a, record, round_, I)
        cast_vote(world.reviewer_b, record, round_, E)
        found = at_once(
            lambda r=record: conflicts.rule(world.adjudicator, r, round_, verdict=I, rationale="So"),
            lambda r=record: conflicts.rule(second, r, round_, verdict=E, rationale="Not so"),
        )
        assert not faults(found, conflicts.CannotSettle)
        assert of(Resolution, found) == 1
        assert Resolution.objects.filter(record=record, superseded_at=None).count() == 1


def test_a_vote_and_the_close_take_turns(world: World):
    """I19: it counts because it came before, or it is kept as late; never both, never neither."""
    for n in range(TIMES):
        round_ = world.open_round()
        records = world.records(3)
        votes = [vote(world, record, round_, I, f"{n}v{i}") for i, record in enumerate(records)]
        found = at_once(*votes[:2], lambda r=round_: stages.close_round(world.owner, r), votes[2])
        assert not faults(found, RoundClosed)
        round_.refresh_from_db()
        assert Decision.objects.filter(round=round_).count() + LateVote.objects.filter(round=round_).count() == 3
        assert of(RoundClosed, found) == LateVote.objects.filter(round=round_).count()
        closing = Event.objects.get(review=world.review, kind="round:closed", round_number=round_.number).seq
        late = Event.objects.filter(review=world.review, kind="decision:cast", round_number=round_.number, seq__gt=closing)
        assert not late.exists()


def test_votes_and_merges_at_once_lose_nothing(world: World):
    round_ = world.open_round()
    for n in range(TIMES):
        a, b, c = world.records(3)
        found = at_once(
            vote(world, a, round_, I, f"a{n}"),
            vote(world, b, round_, I, f"b{n}", "reviewer_b"),
            lambda a=a, b=b: merging.merge(b, a, by=world.owner),
            lambda b=b, c=c: merging.merge(c, b, by=world.librarian),
        )
        assert not faults(found)
        assert Decision.objects.filter(record__in=[a, b, c]).count() == 2
        assert set(Record.objects.filter(pk__in=[b.pk, c.pk]).values_list("head_id", flat=True)) == {a.pk}
        assert RoundRecord.objects.get(record=a, round=round_).outcome == Outcome.GOES_ON


def test_merges_in_a_circle_make_one_tree(world: World):
    for _n in range(TIMES):
        a, b, c, d = world.records(4)
        pairs = ((a, b), (b, c), (c, d), (d, a), (a, c), (b, d))
        found = at_once(*[lambda x=x, y=y: merging.merge(x, y, by=world.owner) for x, y in pairs])
        assert not faults(found)
        assert of(Merge, found) == 3
        assert Record.objects.filter(pk__in=[a.pk, b.pk, c.pk, d.pk], head=None).count() == 1


def test_two_undoings_of_one_merge(world: World):
    for _n in range(TIMES):
        a, b = world.records(2)
        edge = merging.merge(a, b, by=world.owner)
        found = at_once(*[lambda e=edge: merging.undo(e, by=world.owner, why="Two papers")] * 2)
        assert not faults(found, merging.CannotMerge)
        assert of(list, found) == 1


def test_two_dedupes_at_once_merge_once(world: World):
    upload = world.upload()
    for n in range(6):
        for _copy in range(2):
            title = f"Support for children of parents with illness number {n}"
            world.record(title, upload=upload, doi=f"10.5555/demo.{n}", journal="Demo Journal")
    job = jobs.enqueue("dedupe", review=world.review, key="dedupe")
    again = Job.objects.create(review=world.review, kind="dedupe", key="dedupe, the other hand")
    assert registry.work_for("dedupe")
    found = at_once(lambda: jobs.run(job.pk), lambda: jobs.run(again.pk), lambda: jobs.run(job.pk))
    assert not faults(found)
    for one in (job, again):  # who stumbled over the other is run again, as the sweeper would
        jobs.run(one.pk)
    live = Merge.objects.filter(review=world.review, undone_at=None)
    assert live.count() == live.values("child").distinct().count() == 6


def test_one_invitation_lets_one_in(world: World):
    for _n in range(TIMES):
        guest = user()
        invitation, _token = people.invite(world.owner, email=guest.email, roles=[Role.REVIEWER])
        found = at_once(*[lambda i=invitation, g=guest: people.accept(i, g)] * 5)
        assert not faults(found, people.CannotJoin)
        assert of(Member, found) == 1
        assert Member.objects.filter(review=world.review, user=guest).count() == 1
    assert Event.objects.filter(review=world.review, kind="member:joined").count() == TIMES


def test_two_owners_who_let_each_other_go_leave_one(world: World):
    for _n in range(TIMES):
        other = member(world.review, Role.OWNER)
        found = at_once(
            lambda o=other: people.end_membership(world.owner, o), lambda o=other: people.end_membership(o, world.owner)
        )
        assert not faults(found, people.LastOwner)
        owners = [m for m in Member.objects.filter(review=world.review, ended_at=None) if m.has_role(Role.OWNER)]
        assert len(owners) == 1
        Member.objects.filter(pk=other.pk).update(ended_at=other.joined_at)
        Member.objects.filter(pk=world.owner.pk).update(ended_at=None)


def test_the_same_file_twice_at_once_is_one_upload(world: World):
    for n in range(TIMES):
        data = f"TY  - JOUR\nTI  - Title {n}\nAU  - Demo, Kari\nPY  - 2019\nER  - \n".encode()
        found = at_once(*[lambda d=data: importing.receive(world.librarian, world.search, BytesIO(d), "export.ris")] * 3)
        assert of(Upload, found) == 1
        assert all(isinstance(one, Upload) or hasattr(one, "sentence") for one in found), found
        jobs.run_pending("import")
    assert Record.objects.for_review(world.review).count() == TIMES


def test_a_job_is_claimed_by_one(world: World):
    for n in range(TIMES):
        job = jobs.enqueue("import", review=world.review, key=f"nothing:{n}")
        found = at_once(*[lambda j=job: jobs.claim(j.pk)] * 6)
        assert not faults(found)
        assert sum(one is not None for one in found) == 1
        jobs._end(job, next(one for one in found if one is not None).token, "done")


def test_numbers_are_dense_when_many_take_them(world: World):
    found = at_once(*[lambda: numbers.take(world.review, "thing")] * MANY)
    assert sorted(found) == list(range(1, MANY + 1))


def test_the_first_events_of_a_review_at_once_are_one_chain(transactional_db: None):
    from django.db import transaction

    from reviewapp.audit import actions as audit
    from tests.factories import review

    fresh = review()

    def log() -> Any:
        with transaction.atomic():
            return audit.log("round:opened", review=fresh)

    found = at_once(*[log] * 5)
    assert not faults(found)
    assert sorted(event.seq for event in found) == [1, 2, 3, 4, 5]
    assert broken_links(fresh) == []
