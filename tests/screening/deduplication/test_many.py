"""A whole kind of pairs answered at once, and back as one; strictness with its effect; proposals."""

import pytest

from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from screening.deduplication import actions, bulk, effect
from screening.deduplication.queue import Filter, queue
from screening.models import DuplicatePair, Merge, PairBulk, Record
from screening.outcomes import groups
from screening.vocabulary import BulkAnswer, PairState, Strictness, Verdict
from tests.fixtures import cast_vote, outcome
from tests.screening.deduplication.test_actions import PAPER, dedupe

pytestmark = pytest.mark.django_db
TITLES = (
    "Gardens as places of recovery among older women in a coastal town",
    "What night nurses say about sleep: interviews from three wards",
    "Measuring trust between tenants and housing officers over five years",
)


def errata(world, n):
    """Pairs that wait: a paper and its erratum, n times."""
    for i in range(n):
        paper = {**PAPER, "title": TITLES[i], "doi": f"10.5555/demo.{i}", "volume": str(i), "journal": f"Demo Journal {i}"}
        world.record(**paper)
        world.record(**{**paper, "title": "Erratum: " + paper["title"], "doi": f"10.5555/erratum.{i}", "pages": "99"})
    dedupe(world)
    return [pair.number for pair in DuplicatePair.objects.filter(state=PairState.OPEN).order_by("number")]


def live(world):
    return set(Merge.objects.for_review(world.review).filter(undone_at=None).values_list("child_number", "parent_number"))


def states(world):
    return list(DuplicatePair.objects.for_review(world.review).order_by("number").values_list("state", flat=True))


def test_all_of_a_kind_become_one_and_apart_again_as_one(world):
    chosen = errata(world, 3)
    assert [(one.word, one.count) for one in queue(world.review, Filter()).kinds] == [("erratum", 3)]
    found, _job = bulk.begin(world.librarian, BulkAnswer.SAME, chosen, about="erratum")
    jobs.run_pending()
    assert states(world) == [PairState.SAME] * 3
    assert len(live(world)) == 3
    assert Event.objects.filter(kind="merge:slice", actor_number=world.librarian.number).count() == 1
    bulk.take_back(world.owner, found)
    jobs.run_pending()
    assert states(world) == [PairState.OPEN] * 3
    assert live(world) == set()
    assert Record.objects.heads().count() == 6
    with pytest.raises(actions.CannotDecide):
        bulk.take_back(world.owner, found)


def test_none_of_a_kind_are_kept_apart_and_what_was_answered_since_is_left(world):
    chosen = errata(world, 3)
    found, _job = bulk.begin(world.librarian, BulkAnswer.DIFFERENT, chosen)
    jobs.run_pending()
    assert states(world) == [PairState.DIFFERENT] * 3
    first = DuplicatePair.objects.get(number=chosen[0])
    actions.reopen(world.librarian, first)
    actions.different(world.librarian, first)
    bulk.take_back(world.librarian, found)
    jobs.run_pending()
    assert states(world) == [PairState.DIFFERENT, PairState.OPEN, PairState.OPEN]


@pytest.mark.parametrize("answer", [BulkAnswer.SAME, BulkAnswer.DIFFERENT])
def test_taken_back_before_a_worker_came_nothing_stands(world, answer):
    chosen = errata(world, 2)
    found, _job = bulk.begin(world.librarian, answer, chosen)
    bulk.take_back(world.librarian, found)
    jobs.run_pending()
    assert states(world) == [PairState.OPEN] * 2
    assert live(world) == set()


@pytest.mark.parametrize("answer", [BulkAnswer.SAME, BulkAnswer.DIFFERENT])
def test_taken_back_between_two_slices_nothing_stands(world, monkeypatch, answer):
    monkeypatch.setattr(bulk, "SLICE", 1)
    chosen = errata(world, 3)
    found, _job = bulk.begin(world.librarian, answer, chosen)
    step, calls = bulk.FORTH[answer], []

    def stopped(*args):
        step(*args)
        calls.append(1)
        if len(calls) == 2:
            PairBulk.objects.filter(pk=found.pk).update(undone_at=found.at, undone_by=world.owner)

    monkeypatch.setitem(bulk.FORTH, answer, stopped)
    jobs.run_pending()
    assert len(calls) == 2
    assert states(world) == [PairState.OPEN] * 3
    assert live(world) == set()


def test_a_chain_that_was_merged_in_two_slices_comes_apart_as_one(world, monkeypatch):
    monkeypatch.setattr(bulk, "SLICE", 1)
    a, b, c, d = (world.record(title) for title in (*TITLES, "A fourth"))
    chosen = [actions.note_pair(world.owner, one, two).number for one, two in ((a, b), (b, c), (c, d), (a, d))]
    found, _job = bulk.begin(world.owner, BulkAnswer.SAME, chosen)
    jobs.run_pending()
    assert len(live(world)) == 3
    merge = Merge.objects.order_by("number")[1]
    actions.undo_merge(world.owner, merge, why="Two papers")
    bulk.take_back(world.owner, found)
    jobs.run_pending()
    assert live(world) == set()
    assert PairState.SAME not in states(world)


def test_a_pair_that_became_one_through_others_closes_and_waits_again_when_they_part(world):
    chosen = errata(world, 1)
    pair = DuplicatePair.objects.get(number=chosen[0])
    other = world.record(title="A third that links both", doi="10.5555/third")
    one = actions.note_pair(world.owner, pair.a, other)
    actions.same(world.owner, one)
    pair.refresh_from_db()
    actions.same(world.owner, actions.note_pair(world.owner, other, pair.b))
    pair.refresh_from_db()
    assert pair.state == PairState.SAME
    merge = actions.joined_by(pair.a, pair.b)
    assert merge is not None
    actions.undo_merge(world.owner, merge, why="Two papers")
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN
    assert len(groups.head_ids([pair.a_id, pair.b_id])) == 2


def loosely_alike(world):
    """Two that balanced merges and careful does not: no identifier, other title spelling, no pages."""
    fields = {"authors": ["Demo, Kari", "Modell, Ola"], "journal": "Demo Journal", "volume": "7", "issue": "2", "year": 2016}
    world.record(title="Social support and everyday recovery in small northern towns: an interview study", **fields)
    world.record(title="Social support and everyday recovery in small northern towns: an interview study.", **fields)


def test_careful_says_beforehand_what_it_would_not_have_made_and_takes_nothing_back_by_itself(world):
    loosely_alike(world)
    dedupe(world)
    assert len(live(world)) == 1
    found = effect.of(world.review, Strictness.CAREFUL)
    assert found.merges == [1]
    actions.set_strictness(world.owner, Strictness.CAREFUL)
    dedupe(world)
    assert len(live(world)) == 1
    assert Event.objects.filter(kind="review:strictness").count() == 1
    with pytest.raises(actions.CannotDecide):
        bulk.begin(world.owner, BulkAnswer.APART, found.merges)
    made, _job = bulk.begin(world.owner, BulkAnswer.APART, found.merges, why="We look at each")
    jobs.run_pending()
    assert live(world) == set()
    assert queue(world.review, Filter(kind="careful")).waiting
    dedupe(world)
    assert live(world) == set()
    bulk.take_back(world.owner, made)
    jobs.run_pending()
    assert len(live(world)) == 1
    assert states(world) == [PairState.SAME]


def test_balanced_says_beforehand_and_merges_then_what_became_sure(world):
    actions.set_strictness(world.owner, Strictness.CAREFUL)
    loosely_alike(world)
    dedupe(world)
    assert live(world) == set()
    waiting = DuplicatePair.objects.get()
    assert effect.of(world.review, Strictness.BALANCED).pairs == [waiting.number]
    actions.set_strictness(world.owner, Strictness.BALANCED)
    jobs.run_pending()
    assert len(live(world)) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (PairState.SAME, None)


def test_what_careful_took_back_is_joined_again_by_balanced_but_where_a_person_said_not_a_duplicate(world):
    loosely_alike(world)
    fields = {"authors": ["Demo, Kari", "Modell, Ola"], "journal": "Demo Record", "volume": "9", "issue": "4", "year": 2014}
    for end in ("", "."):
        world.record(title=TITLES[1] + end, **fields)
    dedupe(world)
    was = live(world)
    assert len(was) == 2
    actions.set_strictness(world.owner, Strictness.CAREFUL)
    bulk.begin(world.owner, BulkAnswer.APART, effect.of(world.review, Strictness.CAREFUL).merges, why="We look at each")
    jobs.run_pending()
    assert live(world) == set()
    first, second = DuplicatePair.objects.order_by("number")
    actions.different(world.librarian, first)
    assert effect.of(world.review, Strictness.BALANCED).pairs == [second.number]
    actions.set_strictness(world.owner, Strictness.BALANCED)
    jobs.run_pending()
    assert live(world) == {(second.b_number, second.a_number)}
    merge = Merge.objects.get(undone_at=None)
    actions.undo_merge(world.owner, merge, why="We look at each")
    dedupe(world)
    actions.set_strictness(world.owner, Strictness.CAREFUL)
    actions.set_strictness(world.owner, Strictness.BALANCED)
    jobs.run_pending()
    assert live(world) == set()  # this one was taken back by a person


def test_a_rule_that_is_set_during_a_run_has_everything_compared_again(world, monkeypatch):
    actions.set_strictness(world.owner, Strictness.CAREFUL)
    loosely_alike(world)
    merge = actions._merge

    def and_meanwhile(*args):
        monkeypatch.setattr(actions, "_merge", merge)
        actions.set_strictness(world.owner, Strictness.BALANCED)
        merge(*args)

    monkeypatch.setattr(actions, "_merge", and_meanwhile)
    dedupe(world)
    jobs.run_pending()
    assert len(live(world)) == 1


def test_the_effect_of_a_large_review_is_computed_by_a_worker_and_kept_until_something_changes(world, monkeypatch):
    monkeypatch.setattr(effect, "AT_ONCE", 0)
    loosely_alike(world)
    dedupe(world)
    found, job = effect.ask(world.owner, Strictness.CAREFUL)
    assert (found, job.state) == (None, JobState.QUEUED)
    jobs.run_pending()
    found, _job = effect.ask(world.owner, Strictness.CAREFUL)
    assert found.merges == [1]
    world.record()
    assert effect.ask(world.owner, Strictness.CAREFUL)[0] is None
    assert Job.objects.filter(kind=effect.KIND).count() == 2


def test_a_reviewer_proposes_and_the_pair_waits_with_the_name(world):
    a, b = world.record("One"), world.record("Another")
    pair = actions.propose(world.reviewer_a, b, a)
    pair.refresh_from_db()
    assert (pair.state, pair.proposed_by, pair.why) == (PairState.OPEN, world.reviewer_a, "person")
    assert live(world) == set()
    actions.different(world.librarian, pair)
    actions.propose(world.reviewer_b, a, b)
    pair.refresh_from_db()
    assert (pair.state, pair.proposed_by) == (PairState.OPEN, world.reviewer_b)


def test_what_somebody_proposed_is_not_merged_by_the_engine_meanwhile(world):
    """It was answered *not a duplicate*; a proposal asks people again, not the engine."""
    a, b = world.record(**PAPER), world.record(**PAPER)
    actions.different(world.librarian, actions.note_pair(world.librarian, a, b))
    actions.propose(world.reviewer_a, a, b)
    dedupe(world)
    assert live(world) == set()
    assert states(world) == [PairState.OPEN]


def kept_apart_by(world, how, a, b):
    if how == "said":
        actions.different(world.librarian, actions.note_pair(world.librarian, a, b))
    else:
        made = actions.same(world.librarian, actions.note_pair(world.librarian, a, b))
        actions.undo_merge(world.librarian, made, why="Two papers")


@pytest.mark.parametrize("how", ["said", "taken back"])
def test_two_that_are_kept_apart_are_not_joined_by_way_of_a_third(world, how):
    a, b, c = (world.record(title) for title in TITLES)
    kept_apart_by(world, how, a, b)
    actions.same(world.owner, actions.note_pair(world.owner, a, c))
    last = actions.note_pair(world.owner, c, b)
    with pytest.raises(actions.CannotDecide, match="records 1 and 2 would become one too"):
        actions.same(world.owner, last)
    assert live(world) == {(3, 1)}
    actions.same(world.owner, DuplicatePair.objects.get(a=a, b=b))  # about these very two one may change one's mind
    assert live(world) == {(2, 1), (3, 1)}


@pytest.mark.parametrize("how", ["said", "taken back"])
def test_many_at_once_join_no_two_that_are_kept_apart_by_way_of_a_third(world, how):
    a, b, c = (world.record(title) for title in TITLES)
    kept_apart_by(world, how, a, b)
    chosen = [actions.note_pair(world.owner, one, two).number for one, two in ((a, c), (b, c))]
    bulk.begin(world.owner, BulkAnswer.SAME, chosen)
    jobs.run_pending()
    assert live(world) == {(3, 1)}
    assert DuplicatePair.objects.get(a=b, b=c).state == PairState.OPEN


def test_an_answer_that_was_taken_back_may_be_given_again_in_a_chain(world):
    """The third of a chain was merged into the head: taking its pair back and answering it again is no way round."""
    a, b, c = (world.record(title) for title in TITLES)
    actions.same(world.owner, actions.note_pair(world.owner, a, b))
    DuplicatePair.objects.create(review=world.review, number=99, a=b, b=c, a_number=b.number, b_number=c.number, score=500, why="unsure")
    pair = DuplicatePair.objects.get(number=99)
    for _time in range(2):
        actions.same(world.owner, pair)
        assert live(world) == {(2, 1), (3, 1)}
        pair.refresh_from_db()
        actions.reopen(world.owner, pair)
        pair.refresh_from_db()
        assert live(world) == {(2, 1)}


def test_many_that_were_taken_back_may_be_answered_so_again(world):
    a, b, c = (world.record(title) for title in TITLES)
    DuplicatePair.objects.create(review=world.review, number=98, a=a, b=b, a_number=1, b_number=2, score=500, why="unsure")
    DuplicatePair.objects.create(review=world.review, number=99, a=b, b=c, a_number=2, b_number=3, score=500, why="unsure")
    for _time in range(2):
        found, _job = bulk.begin(world.owner, BulkAnswer.SAME, [98, 99])
        jobs.run_pending()
        assert live(world) == {(2, 1), (3, 1)}
        bulk.take_back(world.owner, found)
        jobs.run_pending()
        assert live(world) == set()


def test_every_refusal_has_a_way_on(world):
    """Two merges that were taken back between two groups do not wait for one another for ever."""
    a, b, c = (world.record(title) for title in TITLES)
    kept_apart_by(world, "taken back", a, b)
    kept_apart_by(world, "taken back", c, b)
    actions.same(world.owner, actions.note_pair(world.owner, a, c))
    actions.same(world.owner, DuplicatePair.objects.get(a=a, b=b))
    assert len(live(world)) == 2


def test_bulk_merges_make_and_drop_no_vote_and_ask_only_who_differed(world):
    round = world.open_round()
    chosen = errata(world, 1)
    pair = DuplicatePair.objects.get(number=chosen[0])
    cast_vote(world.reviewer_a, pair.a, round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, pair.a, round, Verdict.INCLUDE)
    was = outcome(pair.a, round)
    found, _job = bulk.begin(world.librarian, BulkAnswer.SAME, chosen)
    jobs.run_pending()
    bulk.take_back(world.librarian, found)
    jobs.run_pending()
    assert outcome(pair.a, round) == was
