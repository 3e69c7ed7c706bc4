"""Any history of votes, merges, final decisions, removals and closings against a small model that knows no database (I4, I6, I10, I12)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.decisions.errors import RoundClosed, VoteRefused
from screening.models import Decision, LateVote, Merge, Record, Resolution, RoundRecord
from screening.outcomes import merging
from screening.outcomes.rules import Rule, Ruling, Vote, standing
from screening.outcomes.settle import differences
from screening.reporting.prisma import queries as prisma
from screening.reporting.prisma import rules as figure
from screening.stages import actions as stages
from screening.vocabulary import CLASHES, RemovalReason, Verdict
from tests.factories import World

RECORDS = 5
THING = st.integers(0, RECORDS - 1)
VERDICTS = st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE])
NEEDED = 2


@dataclass
class Model:
    """What should hold, in plain sets: things by their place (0 is the lowest number)."""

    edges: dict[int, tuple[int, int]] = field(default_factory=dict)
    votes: dict[tuple[int, str], Vote] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    voted_ever: set[int] = field(default_factory=set)
    closed: bool = False
    cast: int = 0
    late: int = 0
    actions: int = 0

    def group(self, thing: int) -> set[int]:
        """Give everything joined to this by live edges."""
        found = {thing}
        while True:
            more = {x for edge in self.edges.values() if found & set(edge) for x in edge} - found
            if not more:
                return found
            found |= more

    def head(self, thing: int) -> int:
        return min(self.group(thing))

    def standing(self, thing: int) -> Any:
        group = self.group(thing)
        votes = [vote for (place, _who), vote in self.votes.items() if place in group]
        rulings = [ruling for place, ruling in self.rulings.items() if place in group]
        return standing(votes, needed=NEEDED, rule=Rule(), rulings=rulings)

    def is_removed(self, thing: int) -> bool:
        return self.group(thing) <= self.removed


class Histories(RuleBasedStateMachine):
    """Steps that people could take in any order, each also done to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World()
        self.round = self.world.open_round()
        self.things = self.world.records(RECORDS)
        self.model = Model()
        self.events = Event.objects.filter(review=self.world.review).count()
        self.reopened: set[int] = set()

    def teardown(self) -> None:
        try:
            assert broken_links(self.world.review) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        assert self.things == sorted(self.things, key=lambda record: record.number)

    def refused(self, *errors: type[Exception], do: Callable[[], Any]) -> None:
        """Say that the action refuses, and writes nothing."""
        before = Event.objects.count()
        with pytest.raises(errors), transaction.atomic():
            do()
        assert Event.objects.count() == before

    def may_vote(self, thing: int) -> bool:
        row = RoundRecord.objects.get(round=self.round, record=self.things[self.model.head(thing)])
        return not self.model.closed or row.reopened

    # --- votes ----------------------------------------------------------------------------------------------------

    @rule(thing=THING, who=st.sampled_from(["reviewer_a", "reviewer_b"]), verdict=VERDICTS)
    def vote(self, thing: int, who: str, verdict: Verdict) -> None:
        self._cast(thing, who, verdict)

    @rule(thing=THING, who=st.sampled_from(["reviewer_a", "reviewer_b"]))
    def take_back(self, thing: int, who: str) -> None:
        if any((place, who) in self.model.votes for place in self.model.group(thing)):
            self._cast(thing, who, Verdict.WITHDRAWN)

    def _cast(self, thing: int, who: str, verdict: Verdict) -> None:
        model, member = self.model, getattr(self.world, who)
        group, head = model.group(thing), model.head(thing)
        mine = [vote for (place, name), vote in model.votes.items() if name == who and place in group]
        seen = max((vote.id for vote in mine), default=None)

        def cast() -> Decision:
            what = {"record": self.things[thing], "round": self.round, "verdict": verdict}
            return decisions.cast(member=member, **what, key=uuid4().hex, seen=seen, why="Second thoughts")

        if model.is_removed(thing):
            self.refused(VoteRefused, do=cast)
        elif not self.may_vote(thing):
            with pytest.raises(RoundClosed):
                cast()
            model.late += 1
        else:
            made = cast()
            for place in group:
                model.votes.pop((place, who), None)
            if verdict != Verdict.WITHDRAWN:
                model.votes[head, who] = Vote(made.pk, member.pk, verdict, made.received_at)
            model.cast += 1
            model.voted_ever.add(head)
            model.actions += 1

    # --- merges ---------------------------------------------------------------------------------------------------

    @rule(a=THING, b=THING)
    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.model.head(a), self.model.head(b)))
        made = merging.merge(self.things[a], self.things[b], by=self.world.owner)
        assert (made is None) == (low == high)
        if made is not None:
            self.model.edges[made.pk] = (low, high)
            self.model.actions += 1

    @precondition(lambda self: self.model.edges)
    @rule(data=st.data())
    def part(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(sorted(self.model.edges)))
        edge = Merge.objects.get(pk=pk)
        merging.undo(edge, by=self.world.owner, why="Two papers")
        del self.model.edges[pk]
        self.model.actions += 1
        self.refused(merging.CannotMerge, do=lambda: merging.undo(edge, by=self.world.owner, why="Again"))

    # --- final decisions ------------------------------------------------------------------------------------------

    @rule(thing=THING, verdict=st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE]))
    def settle(self, thing: int, verdict: Verdict) -> None:
        model = self.model

        def decide() -> Resolution:
            return conflicts.rule(self.world.adjudicator, self.things[thing], self.round, verdict=verdict, rationale="So it is")

        if model.standing(thing).outcome not in CLASHES or model.is_removed(thing):
            self.refused(conflicts.CannotSettle, do=decide)
            return
        made = decide()
        group = model.group(thing)
        for place in group:
            model.rulings.pop(place, None)
        # the newest vote of each who voted, also of who is of two minds
        newest: dict[str, int] = {}
        for (place, who), vote in model.votes.items():
            if place in group:
                newest[who] = max(newest.get(who, 0), vote.id)
        model.rulings[model.head(thing)] = Ruling(made.pk, verdict, None, frozenset(newest.values()))
        model.actions += 1

    @precondition(lambda self: self.model.rulings)
    @rule(data=st.data())
    def withdraw_ruling(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.model.rulings)))
        conflicts.withdraw(self.world.adjudicator, Resolution.objects.get(pk=self.model.rulings.pop(place).id), why="Too early")
        self.model.actions += 1

    # --- removals, closing ----------------------------------------------------------------------------------------

    @rule(thing=THING)
    def remove(self, thing: int) -> None:
        def away() -> None:
            stages.remove(self.world.librarian, self.things[thing], reason=RemovalReason.NOTICE)

        if self.model.group(thing) & self.model.voted_ever:
            self.refused(stages.CannotDo, do=away)
        else:
            away()
            self.model.removed |= self.model.group(thing)
            self.model.actions += 1

    @precondition(lambda self: self.model.removed)
    @rule(thing=THING)
    def bring_back(self, thing: int) -> None:
        stages.take_back_removal(self.world.librarian, self.things[thing])
        self.model.removed -= self.model.group(thing)
        self.model.actions += 1

    @precondition(lambda self: not self.model.closed and self.model.cast > 4)
    @rule()
    def close(self) -> None:
        changed = any(
            self.model.standing(t).vote_changed_after and not self.model.is_removed(t) for t in {self.model.head(x) for x in range(RECORDS)}
        )
        if changed:
            self.refused(stages.CannotDo, do=lambda: stages.close_round(self.world.owner, self.round))
        else:
            self.round = stages.close_round(self.world.owner, self.round)
            self.model.closed = True
            self.model.actions += 1

    @precondition(lambda self: self.model.closed)
    @rule(thing=THING)
    def reopen(self, thing: int) -> None:
        stages.reopen_record(self.world.owner, self.round, self.things[thing], why="A new look")
        self.model.actions += 1

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def heads_are_the_lowest_numbers(self) -> None:
        place = {record.pk: i for i, record in enumerate(self.things)}
        stored = {place[pk]: place[head or pk] for pk, head in Record.objects.filter(pk__in=place).values_list("pk", "head_id")}
        assert stored == {i: self.model.head(i) for i in range(RECORDS)}

    @invariant()
    def outcomes_are_what_the_rule_says(self) -> None:
        rows = {row.record_id: row for row in RoundRecord.objects.filter(round=self.round)}
        for thing in {self.model.head(i) for i in range(RECORDS)}:
            row, expected = rows[self.things[thing].pk], self.model.standing(thing)
            assert (row.outcome, row.vote_changed_after, row.is_live) == (
                expected.outcome, expected.vote_changed_after, not self.model.is_removed(thing),
            )  # fmt: skip

    @invariant()
    def computing_all_again_changes_nothing(self) -> None:
        assert differences([record.pk for record in self.things]) == []

    @invariant()
    def no_vote_is_lost_and_every_action_has_one_event(self) -> None:
        assert Decision.objects.count() == self.model.cast
        assert LateVote.objects.count() == self.model.late
        assert Event.objects.filter(review=self.world.review).count() == self.events + self.model.actions

    @invariant()
    def the_boxes_add_up(self) -> None:
        flow = figure.flow(prisma.all_facts(self.world.review))
        assert flow.sums_hold, [identity.as_sum for identity in flow.identities if not identity.holds]


@pytest.mark.slow
@pytest.mark.django_db
def test_any_history_keeps_what_always_holds():
    deep = settings.get_current_profile_name() == "fuzz"
    quick = connection.vendor == "sqlite"
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=1000 if deep else 25 if quick else 8,
            stateful_step_count=60 if deep else 30 if quick else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
