"""Any history of what people can do to a review against a small model that knows no database (I4, I6, I10, I12)."""

from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.decisions.errors import RoundClosed, VoteRefused
from screening.fulltext import actions as fulltext
from screening.importing import withdrawing
from screening.models import Decision, LateVote, Merge, Record, Report, Resolution, RoundRecord, ScreeningRound, Sharing, Upload
from screening.outcomes import merging
from screening.outcomes.facts import shuffle_key
from screening.outcomes.rules import Ruling, Vote
from screening.outcomes.settle import differences
from screening.queues import actions as sharing
from screening.queues.actions import Plan
from screening.reporting.prisma import queries as prisma
from screening.reporting.prisma import rules as figure
from screening.stages import actions as stages
from screening.vocabulary import RecusalKind, RemovalReason, Retrieval, RoundKind, SharingMode, Verdict
from tests.factories import World
from tests.properties.model import FULL_TEXT, MAIN, RELOOK, Lane, Late, Model

UPLOADS = (0, 0, 0, 1, 1)
THING = st.integers(0, len(UPLOADS) - 1)
UPLOAD = st.sampled_from(sorted(set(UPLOADS)))
WHO = st.sampled_from(["reviewer_a", "reviewer_b"])
VERDICTS = st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE])
FINAL = st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE])
REASON = st.sampled_from(["relevance", "viewpoint"])
LANE = st.sampled_from([MAIN, FULL_TEXT, RELOOK])


class Stage:
    """The world in which every history begins; each one is taken back to here at its end."""

    def __init__(self) -> None:
        self.world = World()
        self.things = [*self.world.records(UPLOADS.count(0)), *self.world.records(UPLOADS.count(1))]
        assert self.things == sorted(self.things, key=lambda record: record.number)
        self.rounds = {MAIN: self.world.open_round(), FULL_TEXT: self.world.open_round(self.world.full_texts)}
        self.uploads = list(Upload.objects.filter(review=self.world.review).order_by("number"))
        self.reasons = {key: self.world.reason(key) for key in ("relevance", "viewpoint")}
        self.events = Event.objects.filter(review=self.world.review).count()


class Histories(RuleBasedStateMachine):
    """Steps that people could take in any order, each also done to the model."""

    stage: ClassVar[Stage]
    #: The dear checks come after so many steps, and at the end of every history.
    every: ClassVar[int] = 10

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world, self.reasons, self.uploads = self.stage.world, self.stage.reasons, self.stage.uploads
        self.things = [copy(thing) for thing in self.stage.things]
        self.rounds = {name: copy(round) for name, round in self.stage.rounds.items()}
        self.model = Model(UPLOADS)
        self.steps = 0

    def teardown(self) -> None:
        try:
            self.all_holds()
            assert broken_links(self.world.review) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def refused(self, *errors: type[Exception], do: Callable[[], Any]) -> None:
        """Say that the action refuses, and writes nothing."""
        before = Event.objects.count()
        with pytest.raises(errors), transaction.atomic():
            do()
        assert Event.objects.count() == before

    def done(self, events: int = 1) -> None:
        self.model.events += events
        self.model.follow()

    def lane(self, name: str) -> Lane:
        return self.model.lanes.get(name) or self.model.lanes[MAIN]

    def takes_votes(self, lane: Lane, thing: int) -> bool:
        head = self.things[self.model.head(thing)]
        return not lane.closed or RoundRecord.objects.get(round=self.rounds[lane.name], record=head).reopened

    # --- votes ----------------------------------------------------------------------------------------------------

    @rule(lane=LANE, thing=THING, who=WHO, verdict=VERDICTS, reason=REASON)
    def vote(self, lane: str, thing: int, who: str, verdict: Verdict, reason: str) -> None:
        self._cast(self.lane(lane), thing, who, verdict, reason)

    @rule(lane=LANE, thing=THING, a=VERDICTS, b=VERDICTS, reason=REASON)
    def both_vote(self, lane: str, thing: int, a: Verdict, b: Verdict, reason: str) -> None:
        if lane == FULL_TEXT:
            self.retrieve(thing)
        self._cast(self.lane(lane), thing, "reviewer_a", a, "relevance")
        self._cast(self.lane(lane), thing, "reviewer_b", b, reason)

    @rule(lane=LANE, thing=THING, who=WHO)
    def take_back(self, lane: str, thing: int, who: str) -> None:
        if self.model.mine(self.lane(lane), thing, who):
            self._cast(self.lane(lane), thing, who, Verdict.WITHDRAWN, "")

    def _cast(self, lane: Lane, thing: int, who: str, verdict: Verdict, reason: str) -> None:
        model, member = self.model, getattr(self.world, who)
        if lane.is_full_text and verdict == Verdict.MAYBE:
            verdict = Verdict.INCLUDE
        given = self.reasons[reason] if lane.is_full_text and verdict == Verdict.EXCLUDE else None
        seen = max((vote.id for vote in model.mine(lane, thing, who)), default=None)

        def cast() -> Decision:
            what = {"record": self.things[thing], "round": self.rounds[lane.name], "verdict": verdict, "reason": given}
            return decisions.cast(member=member, **what, key=uuid4().hex, seen=seen, why="Second thoughts")

        if not model.lives_in(lane, thing) or (lane.is_full_text and not model.is_retrieved(thing)):
            self.refused(VoteRefused, do=cast)
        elif not self.takes_votes(lane, thing):
            with pytest.raises(RoundClosed):
                cast()
            late = LateVote.objects.order_by("-pk")[0]
            model.waiting_late[late.pk] = Late(late.pk, lane.name, model.head(thing), who, verdict)
            model.late += 1
        else:
            model.put(lane, thing, who, as_vote(cast()))
            self.done()

    @precondition(lambda self: self.model.waiting_late)
    @rule(data=st.data())
    def admit_late(self, data: st.DataObject) -> None:
        late = self.model.waiting_late.pop(data.draw(st.sampled_from(sorted(self.model.waiting_late))))
        kept = LateVote.objects.select_related("record", "reviewer__user", "round", "primary_reason").get(pk=late.id)
        made = decisions.admit_late_vote(kept, by=self.world.owner, why="It came in time")
        self.model.put(self.model.lanes[late.lane], late.place, late.who, as_vote(made))
        self.done()
        self.refused(VoteRefused, do=lambda: decisions.admit_late_vote(kept, by=self.world.owner, why="It came in time"))

    @rule(thing=THING, who=WHO)
    def cannot_judge(self, thing: int, who: str) -> None:
        lane, member = self.model.lanes[MAIN], getattr(self.world, who)

        def hand_on() -> Any:
            return decisions.recuse(
                member=member, record=self.things[thing], round=self.rounds[MAIN], kind=RecusalKind.values[0]
            )

        if self.model.mine(lane, thing, who):
            self.refused(VoteRefused, do=hand_on)
        else:
            hand_on()
            decisions.unrecuse(member=member, record=self.things[thing], round=self.rounds[MAIN])
            self.done(2)

    # --- merges ---------------------------------------------------------------------------------------------------

    @rule(a=THING, b=THING)
    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.model.head(a), self.model.head(b)))
        made = merging.merge(self.things[a], self.things[b], by=self.world.owner)
        assert (made is None) == (low == high)
        if made is not None:
            self.model.edges[made.pk] = (low, high)
            self.done()

    @precondition(lambda self: self.model.edges)
    @rule(data=st.data())
    def part(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(sorted(self.model.edges)))
        edge = Merge.objects.get(pk=pk)
        merging.undo(edge, by=self.world.owner, why="Two papers")
        del self.model.edges[pk]
        self.done()
        self.refused(merging.CannotMerge, do=lambda: merging.undo(edge, by=self.world.owner, why="Again"))

    # --- final decisions ------------------------------------------------------------------------------------------

    @rule(lane=LANE, thing=THING, verdict=FINAL, reason=REASON)
    def settle(self, lane: str, thing: int, verdict: Verdict, reason: str) -> None:
        where = self.lane(lane)
        given = self.reasons[reason] if where.is_full_text and verdict == Verdict.EXCLUDE else None

        def decide() -> Resolution:
            return conflicts.rule(
                self.world.adjudicator, self.things[thing], self.rounds[where.name], verdict=verdict, reason=given, rationale="So it is"
            )

        if not self.model.clashes(where, thing):
            self.refused(conflicts.CannotSettle, do=decide)
            return
        self._ruled(where, thing, decide())
        self.done()

    @rule(lane=LANE, thing=THING, verdict=FINAL, reason=REASON)
    def agree(self, lane: str, thing: int, verdict: Verdict, reason: str) -> None:
        where = self.lane(lane)
        given = self.reasons[reason] if where.is_full_text and verdict == Verdict.EXCLUDE else None
        if not (self.model.clashes(where, thing) and len(self.model.newest(where, thing)) == 2):
            return
        proposal = conflicts.propose(self.world.reviewer_a, self.things[thing], self.rounds[where.name], verdict=verdict, reason=given)
        made = conflicts.agree(self.world.reviewer_b, proposal)
        assert made is not None
        self._ruled(where, thing, made)
        self.done(2)

    def _ruled(self, lane: Lane, thing: int, made: Resolution) -> None:
        self.model.rule(lane, thing, Ruling(made.pk, made.verdict, made.primary_reason_id, frozenset()))

    def some_ruling(self, data: st.DataObject) -> tuple[Lane, int, Resolution]:
        standing = sorted((lane.name, place) for lane in self.model.lanes.values() for place in lane.rulings)
        name, place = data.draw(st.sampled_from(standing))
        lane = self.model.lanes[name]
        return lane, place, Resolution.objects.get(pk=lane.rulings[place].id)

    @precondition(lambda self: any(lane.rulings for lane in self.model.lanes.values()))
    @rule(data=st.data())
    def withdraw_ruling(self, data: st.DataObject) -> None:
        lane, place, made = self.some_ruling(data)
        conflicts.withdraw(self.world.adjudicator, made, why="Too early")
        del lane.rulings[place]
        self.done()

    @precondition(lambda self: any(lane.rulings for lane in self.model.lanes.values()))
    @rule(data=st.data())
    def confirm_ruling(self, data: st.DataObject) -> None:
        lane, place, made = self.some_ruling(data)
        conflicts.confirm(self.world.adjudicator, made, why="It stands")
        self.model.confirm(lane, place)
        self.done()

    # --- removals, files, full texts ------------------------------------------------------------------------------

    @rule(thing=THING)
    def remove(self, thing: int) -> None:
        def away() -> None:
            stages.remove(self.world.librarian, self.things[thing], reason=RemovalReason.NOTICE)

        if self.model.group(thing) & self.model.voted_ever:
            self.refused(stages.CannotDo, do=away)
        else:
            away()
            self.model.removed |= self.model.group(thing)
            self.done()

    @precondition(lambda self: self.model.removed)
    @rule(thing=THING)
    def bring_back(self, thing: int) -> None:
        stages.take_back_removal(self.world.librarian, self.things[thing])
        self.model.removed -= self.model.group(thing)
        self.done()

    @rule(upload=UPLOAD)
    def withdraw_upload(self, upload: int) -> None:
        withdrawing.withdraw(self.world.librarian, self.uploads[upload], why="The wrong file")
        self.done(int(upload not in self.model.withdrawn))
        self.model.withdrawn.add(upload)
        self.model.follow()

    @precondition(lambda self: self.model.withdrawn)
    @rule(upload=UPLOAD)
    def restore_upload(self, upload: int) -> None:
        withdrawing.restore(self.world.librarian, self.uploads[upload], why="It was right")
        self.done(int(upload in self.model.withdrawn))
        self.model.withdrawn.discard(upload)
        self.model.follow()

    @rule(thing=THING)
    def retrieve(self, thing: int) -> None:
        head = self.model.head(thing)
        if self.model.reports.get(head) is False:
            report = Report.objects.select_related("record").get(record=self.things[head])
            fulltext.record_step(self.world.librarian, report, Retrieval.RETRIEVED, note="On the shelf")
            self.model.reports[head] = True
            self.done()

    # --- rounds and rules -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.cast > 4)
    @rule(lane=LANE)
    def close(self, lane: str) -> None:
        where = self.lane(lane)

        def close() -> ScreeningRound:
            return stages.close_round(self.world.owner, self.rounds[where.name])

        if not where.closed and self.model.changed(where):
            self.refused(stages.CannotDo, do=close)
            return
        self.rounds[where.name] = close()
        self.done(int(not where.closed))
        where.closed = where.revealed = True

    @precondition(lambda self: any(lane.closed for lane in self.model.lanes.values()))
    @rule(lane=LANE, thing=THING)
    def reopen(self, lane: str, thing: int) -> None:
        where = self.lane(lane)
        if where.closed and self.model.head(thing) in where.rows:
            stages.reopen_record(self.world.owner, self.rounds[where.name], self.things[thing], why="A new look")
            self.done()

    @precondition(lambda self: RELOOK not in self.model.lanes and self.model.cast > 2)
    @rule(things=st.sets(THING, min_size=1, max_size=3))
    def look_again(self, things: set[int]) -> None:
        world, heads = self.world, {self.model.head(thing) for thing in things if self.model.is_live(thing)}
        ids = [self.things[head].pk for head in sorted(heads)]
        if not ids:
            self.refused(stages.CannotDo, do=lambda: world.open_round(kind=RoundKind.RELOOK, record_ids=ids))
            return
        self.rounds[RELOOK] = world.open_round(kind=RoundKind.RELOOK, record_ids=ids)
        now = stages.rules_of(world.abstracts).maybe_counts_as_include
        self.model.lanes[RELOOK] = Lane(RELOOK, as_rule(self.model.lanes[MAIN], maybe=now), rows=heads)
        self.done()

    @rule(lane=LANE)
    def reveal(self, lane: str) -> None:
        where = self.lane(lane)
        self.rounds[where.name] = stages.reveal_round(self.world.owner, self.rounds[where.name], why="We talk about it")
        self.done(int(not where.revealed))
        where.revealed = True

    @rule(single=st.sampled_from([0, 400, 1000]), mode=st.sampled_from([SharingMode.ALL, SharingMode.EVENLY]))
    def share_out(self, single: int, mode: SharingMode) -> None:
        lane, people = self.model.lanes[MAIN], (self.world.reviewer_a, self.world.reviewer_b)
        plan = Plan(mode, weights={one.number: 1 for one in people}, single=single)

        def share() -> Sharing:
            return sharing.set_sharing(self.world.owner, self.rounds[MAIN], plan)

        if lane.closed:
            self.refused(sharing.CannotShare, do=share)
            return
        border = share().single_below
        lane.single = {place for place, thing in enumerate(self.things) if shuffle_key(self.rounds[MAIN], thing.number) < border}
        self.done()

    @rule(maybe=st.booleans())
    def change_rules(self, maybe: bool) -> None:
        stages.set_rules(self.world.owner, self.world.abstracts, maybe_counts_as_include=maybe)
        for lane in self.model.lanes.values():
            if not lane.closed and not lane.is_full_text:
                lane.rule = as_rule(lane, maybe=maybe)
        self.done()

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        """Heads, outcomes in every round, reports: three queries."""
        model, place = self.model, {record.pk: i for i, record in enumerate(self.things)}
        heads = {place[pk]: place[head or pk] for pk, head in Record.objects.filter(pk__in=place).values_list("pk", "head_id")}
        assert heads == {i: model.head(i) for i in model.places}
        names = {round.pk: name for name, round in self.rounds.items()}
        rows = {(names[row.round_id], place[row.record_id]): row for row in RoundRecord.objects.filter(record_id__in=place)}
        assert set(rows) == {(lane.name, thing) for lane in model.lanes.values() for thing in lane.rows}
        for (name, thing), row in rows.items():
            lane, is_head = model.lanes[name], heads[thing] == thing
            assert row.is_live == (is_head and model.lives_in(lane, thing)), (name, thing)
            if is_head:
                want = model.standing(lane, thing)
                got = (row.outcome, row.conflict, row.reason_id, row.settled_by_resolution, row.vote_changed_after)
                assert got == (want.outcome, want.conflict, want.reason, want.by_ruling, want.vote_changed_after), (name, thing)
                assert row.decides == (lane.is_full_text or model.deciding(thing) is lane), (name, thing)
        reports = {place[pk]: state == Retrieval.RETRIEVED for pk, state in Report.objects.filter(record_id__in=place).values_list("record", "retrieval")}
        assert reports == model.reports

    @invariant()
    def no_vote_is_lost_and_every_action_has_its_events(self) -> None:
        assert Decision.objects.count() == self.model.cast
        assert LateVote.objects.count() == self.model.late
        assert Event.objects.filter(review=self.world.review).count() == self.stage.events + self.model.events

    @invariant()
    def now_and_then_all_holds(self) -> None:
        self.steps += 1
        if self.steps % self.every == 0:
            self.all_holds()

    def all_holds(self) -> None:
        """Computing all again changes nothing; the boxes of the flow diagram add up."""
        assert differences([record.pk for record in self.things]) == []
        flow = figure.flow(prisma.all_facts(self.world.review))
        assert flow.sums_hold, [identity.as_sum for identity in flow.identities if not identity.holds]


def as_vote(made: Decision) -> Vote:
    order = made.primary_reason.order if made.primary_reason else 0
    return Vote(made.pk, made.reviewer_id, made.verdict, made.received_at, made.primary_reason_id, order)


def as_rule(lane: Lane, *, maybe: bool) -> Any:
    from dataclasses import replace

    return replace(lane.rule, maybe_counts_as_include=maybe)


@pytest.mark.slow
@pytest.mark.django_db
def test_any_history_keeps_what_always_holds():
    deep = settings.get_current_profile_name() == "fuzz"
    quick = connection.vendor == "sqlite"
    Histories.stage = Stage()
    Histories.every = 1 if deep else 10
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=1000 if deep else 100 if quick else 10,
            stateful_step_count=60 if deep else 40 if quick else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
