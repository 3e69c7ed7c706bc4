"""A shared round: each queue gives its share, nobody waits for nobody, one vote where the rule says one, and what somebody leaves is taken."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.audit.models import Event
from reviewapp.reviews import actions as reviews
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Role
from screening.decisions import actions as decisions
from screening.labels import actions as label_actions
from screening.models import Record, RoundRecord, Sharing
from screening.outcomes import merging
from screening.outcomes.settle import differences
from screening.queues import actions, preview
from screening.queues import queries as queues
from screening.queues.actions import CannotShare, ListShare, Plan
from screening.queues.sharing import KEYS, Rules, of_json, slot_at
from screening.stages import actions as stages
from screening.vocabulary import Outcome, RecusalKind, RoundKind, SharingMode, Verdict
from tests.factories import World, member
from tests.fixtures import cast_vote, outcome

I, E = Verdict.INCLUDE, Verdict.EXCLUDE
pytestmark = pytest.mark.django_db


class Shared(World):
    """Twenty-four records and a team of three; a fourth reviewer is in no team."""

    def __init__(self, n: int = 24, **rules: Any) -> None:
        super().__init__("shared", **rules)
        self.things = self.records(n)
        self.team = [self.reviewer_a, self.reviewer_b, self.reviewer_c]
        self.round = self.open_round(team=self.team)
        self.reviewer_d = member(self.review, Role.REVIEWER)

    def share(self, mode: SharingMode = SharingMode.EVENLY, people: Any = None, **plan: Any) -> Sharing:
        weights = {one.number: 1 for one in people or self.team}
        return actions.set_sharing(self.owner, self.round, Plan(mode, **{"weights": weights, **plan}))

    def queue(self, who: Member) -> set[int]:
        who = Member.objects.select_related("review").get(pk=who.pk)
        return set(queues.waiting_for(who, self.round).values_list("record", flat=True))

    def holders(self) -> dict[int, set[int]]:
        """Record id → in whose queues it is."""
        found: dict[int, set[int]] = {thing.pk: set() for thing in self.things}
        for who in [*self.team, self.reviewer_d]:
            for pk in self.queue(who):
                found[pk].add(who.number)
        return found

    def slot_of(self, record: Any) -> Any:
        row = RoundRecord.objects.get(round=self.round, record=record)
        newest = Sharing.objects.filter(round=self.round).order_by("-number")[0]
        return slot_at(of_json(newest.slots), row.shuffle)

    def person(self, number: int) -> Member:
        return Member.objects.select_related("review").get(review=self.review, number=number)


@pytest.fixture
def shared(db: None) -> Shared:
    return Shared()


def test_without_a_sharing_all_judge_all(shared: Shared) -> None:
    assert all(len(who) == 3 for who in shared.holders().values())


def test_each_record_is_in_the_queues_of_as_many_as_it_needs(shared: Shared) -> None:
    shared.share()
    for pk, who in shared.holders().items():
        assert who == set(shared.slot_of(pk).people)
        assert len(who) == 2


def test_a_queue_is_no_function_of_votes(shared: Shared) -> None:
    shared.share()
    before = shared.holders()
    for thing in shared.things[:10]:
        who = shared.person(min(before[thing.pk]))
        cast_vote(who, thing, shared.round, I)
    for thing in shared.things[10:]:
        assert shared.holders()[thing.pk] == before[thing.pk]
    for thing in shared.things[:10]:
        assert shared.holders()[thing.pk] == before[thing.pk] - {min(before[thing.pk])}


def test_records_that_join_later_are_shared_out_too(shared: Shared) -> None:
    shared.share(single=500)
    late = shared.records(12)
    shared.things += late
    for thing in late:
        row = RoundRecord.objects.get(round=shared.round, record=thing)
        assert row.needed == (1 if row.shuffle < KEYS // 2 else 2)
        assert len(shared.holders()[thing.pk]) == row.needed


def test_what_one_of_them_cannot_judge_goes_to_who_can(shared: Shared) -> None:
    shared.share()
    thing = shared.things[0]
    first, second = (shared.person(n) for n in shared.slot_of(thing).people)
    third = next(one for one in shared.team if one.number not in (first.number, second.number))
    assert thing.pk not in shared.queue(third)
    decisions.recuse(member=first, record=thing, round=shared.round, kind=RecusalKind.LANGUAGE)
    assert thing.pk in shared.queue(third)
    assert thing.pk in shared.queue(second)
    assert thing.pk not in shared.queue(first)
    decisions.unrecuse(member=first, record=thing, round=shared.round)
    assert thing.pk not in shared.queue(third)


def test_who_lost_their_place_leaves_no_record_without_people(shared: Shared) -> None:
    shared.share()
    reviews.end_membership(shared.owner, shared.reviewer_c)  # without handing on: a way around the page
    expected = {shared.reviewer_a.number, shared.reviewer_b.number}
    assert all(who == expected for who in shared.holders().values())


def test_a_rule_that_asks_for_more_votes_later_finds_them(shared: Shared) -> None:
    shared.share()
    stages.set_rules(shared.owner, shared.abstracts, votes_needed=3)
    shared.round.refresh_from_db()
    assert all(len(who) == 3 for who in shared.holders().values())


def test_one_asked_again_after_a_merge_is_asked_again(shared: Shared) -> None:
    shared.share()
    by_people: dict[Any, list[Any]] = {}
    for thing in shared.things:
        by_people.setdefault(shared.slot_of(thing).people, []).append(thing)
    people, (one, two, *_rest) = max(by_people.items(), key=lambda found: len(found[1]))
    who = shared.person(people[0])
    cast_vote(who, one, shared.round, I)
    cast_vote(who, two, shared.round, E)
    assert not {one.pk, two.pk} & shared.queue(who)
    merging.merge(one, two, by=shared.owner)
    assert one.pk in shared.queue(who)


def test_a_part_that_one_person_judges_needs_one_vote(shared: Shared) -> None:
    thing = min(shared.things, key=lambda one: RoundRecord.objects.get(round=shared.round, record=one).shuffle)
    cast_vote(shared.reviewer_a, thing, shared.round, I)
    assert outcome(thing, shared.round) == Outcome.WAITING
    shared.share(single=500)
    assert outcome(thing, shared.round) == Outcome.GOES_ON
    shares = {row.record_id: row for row in RoundRecord.objects.filter(round=shared.round)}
    for thing in shared.things:
        slot = shared.slot_of(thing)
        assert len(slot.people) == shares[thing.pk].needed == (1 if slot.start < KEYS // 2 else 2)
    assert differences([one.pk for one in shared.things]) == []
    shared.share(single=0)
    assert set(RoundRecord.objects.filter(round=shared.round).values_list("needed", flat=True)) == {2}
    assert outcome(thing, shared.round) == Outcome.WAITING
    assert differences([one.pk for one in shared.things]) == []


def test_a_change_of_rules_keeps_the_part_that_one_person_judges(shared: Shared) -> None:
    shared.share(single=500)
    before = RoundRecord.objects.filter(round=shared.round, needed=1).count()
    stages.set_rules(shared.owner, shared.abstracts, votes_needed=3)
    assert RoundRecord.objects.filter(round=shared.round, needed=1).count() == before > 0
    assert set(RoundRecord.objects.filter(round=shared.round).values_list("needed", flat=True)) == {1, 3}


def test_the_part_of_one_person_is_told_in_the_methods_text_and_on_the_rounds_page(shared: Shared, client: Client) -> None:
    shared.share(single=500)
    client.force_login(shared.owner.user)
    assert "judged by one person" in client.get(reverse("methods", args=[shared.review.slug])).content.decode()
    assert "50.0 % of the records are judged by one person" in client.get(reverse("rounds", args=[shared.review.slug])).content.decode()


def test_a_queue_ends_at_its_stop(shared: Shared, client: Client) -> None:
    me = shared.reviewer_a
    actions.set_sharing(shared.owner, shared.round, Plan(SharingMode.ALL, stops={me.number: 3}))
    assert len(shared.queue(me)) == 3
    assert queues.progress(me, shared.round).total == 3
    assert len(shared.queue(shared.reviewer_b)) == 24
    for left in (2, 1, 0):
        row = queues.next_cards(me, shared.round, n=1)[0]
        cast_vote(me, row.record, shared.round, I)
        assert queues.progress(me, shared.round).left == len(shared.queue(me)) == left
    assert queues.next_cards(me, shared.round) == []
    client.force_login(me.user)
    assert "ends after 3 votes" in client.get(reverse("screen", args=[shared.review.slug, shared.round.number])).content.decode()
    actions.set_sharing(shared.owner, shared.round, Plan(SharingMode.ALL))
    assert len(shared.queue(me)) == 21


@pytest.mark.parametrize("backwards", [False, True])
def test_the_cards_up_to_a_stop_are_the_next_ones_in_ones_own_order(shared: Shared, backwards: bool) -> None:
    me = shared.reviewer_a
    shared.round.team.filter(member=me).update(backwards=backwards)
    without = [row.pk for row in queues.next_cards(me, shared.round, n=5)]
    actions.set_sharing(shared.owner, shared.round, Plan(SharingMode.ALL, stops={me.number: 5}))
    assert [row.pk for row in queues.next_cards(me, shared.round, n=9)] == without


def in_languages(shared: Shared, **reads: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Give half the records a language; reviewer → what they read, by number."""
    for thing in shared.things[:8]:
        Record.objects.filter(pk=thing.pk).update(language="nor")
    for thing in shared.things[8:12]:
        Record.objects.filter(pk=thing.pk).update(language="English; Swedish")
    return {getattr(shared, name).number: codes for name, codes in reads.items()}


def test_records_in_a_language_go_to_those_who_read_it(shared: Shared) -> None:
    reads = in_languages(shared, reviewer_a=("en",))
    actions.set_sharing(shared.owner, shared.round, Plan(SharingMode.ALL, reads=reads))
    assert shared.queue(shared.reviewer_a) == {thing.pk for thing in shared.things[8:]}
    assert len(shared.queue(shared.reviewer_b)) == 24


@pytest.mark.parametrize("mode", [SharingMode.ALL, SharingMode.EVENLY])
def test_what_too_few_read_is_offered_to_all(shared: Shared, mode: SharingMode) -> None:
    reads = in_languages(shared, reviewer_a=("en",), reviewer_b=("en", "sv"))
    shared.share(mode, reads=reads)
    assert all(len(who) == (3 if mode == SharingMode.ALL else 2) for who in shared.holders().values())


def test_in_a_shared_round_who_reads_it_steps_in(shared: Shared) -> None:
    reads = in_languages(shared, reviewer_a=("en",), reviewer_b=("no", "sv"))
    shared.share(reads=reads)
    b, c = shared.reviewer_b.number, shared.reviewer_c.number
    holders = shared.holders()
    assert all(holders[thing.pk] == {b, c} for thing in shared.things[:8])
    assert all(holders[thing.pk] == set(shared.slot_of(thing).people) for thing in shared.things[8:])
    first = shared.things[0]
    decisions.recuse(member=shared.reviewer_b, record=first, round=shared.round, kind=RecusalKind.OWN)
    assert first.pk in shared.queue(shared.reviewer_c)


def test_rules_hold_and_what_cannot_hold_is_said(shared: Shared) -> None:
    a, b, c = (one.number for one in shared.team)
    shared.share(rules=Rules(one_of=frozenset({a})))
    assert all(a in who for who in shared.holders().values())
    with pytest.raises(CannotShare, match="never two of them"):
        shared.share(rules=Rules(never_two=frozenset({a, b, c})))
    with pytest.raises(CannotShare, match="fewer people"):
        shared.share(people=[shared.reviewer_a])
    with pytest.raises(CannotShare, match="Stop after"):
        shared.share(stops={a: 3})
    assert Sharing.objects.filter(round=shared.round).count() == 1


def test_rounds_that_are_closed_or_of_all_are_not_shared_out(shared: Shared) -> None:
    pilot = shared.open_round(kind=RoundKind.PILOT, record_ids=[shared.things[0].pk])
    with pytest.raises(CannotShare):
        actions.set_sharing(shared.owner, pilot, Plan(SharingMode.ALL))
    stages.close_round(shared.owner, shared.round)
    with pytest.raises(CannotShare):
        shared.share()


def test_who_takes_part_joins_the_round(shared: Shared) -> None:
    shared.share(people=[*shared.team, shared.reviewer_d])
    assert shared.round.team.filter(member=shared.reviewer_d).exists()
    assert shared.queue(shared.reviewer_d)
    told = Event.objects.filter(review=shared.review, kind="sharing:set").get()
    assert told.data["joined"] == [shared.reviewer_d.number]


def test_weights_give_shares(db: None) -> None:
    shared = Shared(n=90)
    a, b, c = (one.number for one in shared.team)
    actions.set_sharing(shared.owner, shared.round, Plan(SharingMode.WEIGHT, weights={a: 2, b: 1, c: 1}))
    lines = {line.member.number: line for line in preview.present(shared.owner, shared.round).lines}
    assert [round(lines[n].share, 2) for n in (a, b, c)] == [1.0, 0.5, 0.5]
    assert lines[a].records == 90
    assert lines[b].records + lines[c].records == 90
    assert 25 < lines[b].records < 65


# --- by list ------------------------------------------------------------------------------------------------------


class Listed(Shared):
    """Six records wear a label; A and B judge them, the others are for all three."""

    def __init__(self) -> None:
        super().__init__(votes_needed=2)
        self.label = label_actions.make(self.owner, name="Norwegian", shared=True)
        self.of_list = {thing.pk for thing in self.things[:6]}
        for thing in self.things[:6]:
            label_actions.put(self.owner, self.label, [thing])
        self.two = (self.reviewer_a.number, self.reviewer_b.number)

    def by_list(self, **plan: Any) -> Sharing:
        return self.share(SharingMode.LIST, lists=[ListShare(self.label.number, self.label.name, self.two)], **plan)


@pytest.fixture
def listed(db: None) -> Listed:
    return Listed()


def test_records_of_a_list_go_to_its_people_and_the_others_to_all_who_take_part(listed: Listed) -> None:
    listed.by_list()
    holders = listed.holders()
    assert {frozenset(holders[pk]) for pk in listed.of_list} == {frozenset(listed.two)}
    others = [people for pk, people in holders.items() if pk not in listed.of_list]
    assert {len(people) for people in others} == {2}
    assert any(listed.reviewer_c.number in people for people in others)


def test_a_list_is_as_it_was_when_it_was_shared_out(listed: Listed) -> None:
    """Else a label that somebody puts would move a record out of another's queue."""
    listed.by_list()
    before = listed.holders()
    label_actions.put(listed.reviewer_a, listed.label, [listed.things[10]])
    assert listed.holders() == before
    listed.by_list()
    assert listed.holders()[listed.things[10].pk] == set(listed.two)


def test_shared_out_otherwise_no_list_is_left(listed: Listed) -> None:
    listed.by_list()
    listed.share(SharingMode.EVENLY)
    assert not RoundRecord.objects.filter(round=listed.round).exclude(part=0).exists()
    assert any(listed.reviewer_c.number in listed.holders()[pk] for pk in listed.of_list)


def test_who_leaves_a_list_leaves_it_to_the_others_of_the_round(listed: Listed) -> None:
    listed.by_list()
    actions.end_membership(listed.owner, listed.reviewer_b)
    holders = listed.holders()
    assert all(len(holders[pk]) == 2 and listed.reviewer_a.number in holders[pk] for pk in listed.of_list)
    assert not differences([thing.pk for thing in listed.things])


def test_what_one_of_a_list_cannot_judge_goes_to_who_can(listed: Listed) -> None:
    listed.by_list()
    record = listed.things[0]
    decisions.recuse(member=listed.reviewer_a, record=record, round=listed.round, kind=RecusalKind.OWN)
    assert listed.holders()[record.pk] == {listed.reviewer_b.number, listed.reviewer_c.number}


def test_what_is_said_of_a_list_before_is_what_is_done(listed: Listed) -> None:
    plan = Plan(SharingMode.LIST, weights={one.number: 1 for one in listed.team}, lists=[ListShare(listed.label.number, "Norwegian", listed.two)])
    said = preview.of_plan(listed.owner, listed.round, plan)
    actions.set_sharing(listed.owner, listed.round, plan)
    done = preview.present(listed.owner, listed.round)
    assert [(one.name, one.records, [person.number for person in one.people]) for one in said.lists] == [("Norwegian", 6, list(listed.two))]
    assert said.lists == done.lists
    assert [(line.member, line.records, line.share) for line in said.lines] == [(line.member, line.records, line.share) for line in done.lines]
    assert {line.member.number: line.records for line in done.lines} == {one.number: len(listed.queue(one)) for one in listed.team}


def test_a_list_with_too_few_people_is_refused_by_its_name(listed: Listed, client: Client) -> None:
    client.force_login(listed.owner.user)
    url = reverse("round_sharing", args=[listed.review.slug, listed.round.number])
    field = f"list_{listed.label.number}"
    answer = client.post(url, sent(listed, mode="list", single="0", apply="1", **{field: [str(listed.two[0])]}))
    assert answer.status_code == 422
    assert "List ‘Norwegian’" in answer.content.decode()
    assert client.post(url, sent(listed, mode="list", single="0", apply="1")).status_code == 422
    shown = client.post(url, sent(listed, mode="list", single="0", **{field: [str(number) for number in listed.two]})).content.decode()
    assert "<b>Norwegian</b>: 6 records" in shown
    assert client.post(url, sent(listed, mode="list", single="0", apply="1", **{field: [str(number) for number in listed.two]})).status_code == 303
    assert Event.objects.filter(review=listed.review, kind="sharing:set").get().data["lists"][0]["label"] == listed.label.number


def test_what_is_said_before_it_is_done_is_what_is_done(shared: Shared) -> None:
    plan = Plan(SharingMode.EVENLY, weights={one.number: 1 for one in shared.team}, single=250)
    cast_vote(shared.reviewer_a, shared.things[0], shared.round, I)
    said = preview.of_plan(shared.owner, shared.round, plan)
    below = RoundRecord.objects.filter(round=shared.round, shuffle__lt=KEYS // 4).count()
    assert said.changed == said.single == below
    assert [line.unvoted is not None for line in said.lines] == [True] * 3
    actions.set_sharing(shared.owner, shared.round, plan)
    done = preview.present(shared.owner, shared.round)
    assert (done.lines, done.single, done.changed) == (said.lines, said.single, 0)


def test_where_no_totals_are_said_none_are_said(db: None) -> None:
    shared = Shared(n=3, show_totals=False)
    assert [line.unvoted for line in preview.present(shared.owner, shared.round).lines] == [None] * 3


def test_stops_that_leave_votes_to_nobody_are_said(shared: Shared) -> None:
    stops = {one.number: 10 for one in shared.team}
    assert preview.of_plan(shared.owner, shared.round, Plan(SharingMode.ALL, stops=stops)).short == 24 * 2 - 30
    stops.pop(shared.reviewer_c.number)
    assert preview.of_plan(shared.owner, shared.round, Plan(SharingMode.ALL, stops=stops)).short == 24 * 2 - 44


# --- letting somebody go ------------------------------------------------------------------------------------------


def test_what_somebody_leaves_goes_to_the_others_evenly(shared: Shared) -> None:
    shared.share(people=[*shared.team, shared.reviewer_d])
    before = {thing.pk: set(shared.slot_of(thing).people) for thing in shared.things}
    cast_vote(shared.reviewer_a, next(t for t in shared.things if shared.reviewer_a.number in before[t.pk]), shared.round, I)
    actions.end_membership(shared.owner, shared.reviewer_d, why="Another job")
    gone = shared.reviewer_d.number
    for thing in shared.things:
        now = set(shared.slot_of(thing).people)
        assert len(now) == 2
        assert gone not in now
        assert before[thing.pk] - {gone} <= now
    assert Sharing.objects.filter(round=shared.round).count() == 2
    assert Event.objects.filter(review=shared.review, kind="sharing:handed_on").get().data["leaver"] == gone
    assert shared.person(gone).ended_at is not None


def test_what_somebody_leaves_goes_to_one_who_joins(shared: Shared) -> None:
    shared.share()
    theirs = {t.pk for t in shared.things if shared.reviewer_c.number in shared.slot_of(t).people}
    actions.end_membership(shared.owner, shared.reviewer_c, heir=shared.reviewer_d)
    assert shared.queue(shared.reviewer_d) == theirs


def test_where_all_judge_all_the_heir_joins(db: None) -> None:
    shared = Shared(n=4)
    actions.end_membership(shared.owner, shared.reviewer_c, heir=shared.reviewer_d)
    assert len(shared.queue(shared.reviewer_d)) == 4
    assert not Sharing.objects.filter(round=shared.round).exists()


def test_votes_stay_and_count_when_their_voter_goes(shared: Shared) -> None:
    shared.share()
    thing = shared.things[0]
    first, second = (shared.person(n) for n in shared.slot_of(thing).people)
    cast_vote(first, thing, shared.round, I)
    actions.end_membership(shared.owner, first)
    cast_vote(second, thing, shared.round, I)
    assert outcome(thing, shared.round) == Outcome.GOES_ON


def test_the_last_owner_stays_and_nothing_is_handed_on(shared: Shared) -> None:
    shared.share()
    shared.owner.roles = [Role.OWNER.value, Role.REVIEWER.value]
    shared.owner.save()
    with pytest.raises(reviews.LastOwner):
        actions.end_membership(shared.owner, shared.owner)
    assert Sharing.objects.filter(round=shared.round).count() == 1


# --- pages --------------------------------------------------------------------------------------------------------


def sent(shared: Shared, **more: Any) -> dict[str, Any]:
    return {"mode": "evenly", "single": "10", **{f"in_{one.number}": "on" for one in shared.team}, **more}


def test_the_page_shows_first_and_then_does(shared: Shared, client: Client) -> None:
    client.force_login(shared.owner.user)
    url = reverse("round_sharing", args=[shared.review.slug, shared.round.number])
    page = client.get(url).content.decode()
    assert "As it is now" in page
    page = client.post(url, sent(shared)).content.decode()
    assert "What this would mean" in page
    assert 'name="apply"' in page
    assert not Sharing.objects.exists()
    assert client.post(url, sent(shared, apply="1", **{f"reads_{shared.reviewer_a.number}": "norsk, English"})).status_code == 303
    assert shared.round.team.get(member=shared.reviewer_a).reads == ["en", "no"]
    assert "English, Norwegian" in client.get(url).content.decode()
    made = Sharing.objects.get()
    assert (made.mode, made.settings["single"], made.number) == ("evenly", 100, 1)
    assert "version 1" in client.get(url).content.decode()


def test_the_page_says_what_cannot_be(shared: Shared, client: Client) -> None:
    client.force_login(shared.owner.user)
    url = reverse("round_sharing", args=[shared.review.slug, shared.round.number])
    answer = client.post(url, sent(shared, never_two=[str(one.number) for one in shared.team], apply="1"))
    assert answer.status_code == 422
    assert "never two of them" in answer.content.decode()
    assert client.post(url, sent(shared, single="200", apply="1")).status_code == 422
    assert client.post(url, sent(shared, apply="1", **{f"reads_{shared.reviewer_a.number}": "Klingon"})).status_code == 422
    assert not Sharing.objects.exists()


def test_the_page_before_somebody_goes(shared: Shared, client: Client) -> None:
    shared.share()
    client.force_login(shared.owner.user)
    url = reverse("member_end", args=[shared.review.slug, shared.reviewer_c.number])
    page = client.get(url).content.decode()
    assert "66.7 %" in page
    answer = client.post(url, {"heir": str(shared.reviewer_d.number), "why": "Another job"})
    assert answer.status_code == 303
    assert shared.queue(shared.reviewer_d)
    assert "is no longer in the review since" in client.get(url).content.decode()
