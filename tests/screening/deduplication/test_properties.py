"""In a review, whatever people and runs do in any order: un-merging gives back what was, and *not a duplicate* stands (I10, I11)."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from reviewapp.jobs import actions as jobs
from screening.deduplication import actions, bulk
from screening.models import DuplicatePair, Merge, Record
from screening.outcomes import groups, merging
from screening.vocabulary import BulkAnswer, PairState
from tests.factories import World

TITLES = (
    "Gardens as places of recovery among older women in a coastal town",
    "Erratum: Gardens as places of recovery among older women in a coastal town",
    "Gardens as places of recovery among older women in a coastal town: part II",
    "What night nurses say about sleep: interviews from three wards",
)
PAPER = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "doi": st.sampled_from(["", "", "10.5555/a", "10.5555/b"]),
        "year": st.sampled_from([2015, 2015, 2016]),
        "volume": st.sampled_from(["", "3"]),
        "pages": st.sampled_from(["", "10-20", "44-49"]),
    }
)
PAPERS = st.lists(PAPER, min_size=3, max_size=5)
STEPS = st.lists(st.tuples(st.sampled_from(["same", "different", "undo", "reopen", "run", "bulk", "back"]), st.integers(0, 20)), max_size=8)
#: Each example is a review of its own: making one smaller would take minutes.
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.generate])


def shown(world: World) -> list[tuple[Any, ...]]:
    fields = ("number", "head__number", "title", "authors", "year", "volume", "pages", "doi", "abstract")
    return list(Record.objects.for_review(world.review).order_by("number").values_list(*fields))


def run(world: World) -> None:
    jobs.enqueue("dedupe", review=world.review, key=f"review:{world.review.pk}")
    jobs.run_pending("dedupe")


def apart(world: World) -> set[tuple[int, int]]:
    rows = DuplicatePair.objects.for_review(world.review).filter(state=PairState.DIFFERENT)
    return set(rows.values_list("a_id", "b_id"))


def joins(world: World) -> set[tuple[int, int]]:
    return set(Merge.objects.for_review(world.review).filter(undone_at=None).values_list("child_number", "parent_number"))


class InAReview(TestCase):
    @few
    @given(PAPERS, st.randoms(use_true_random=False))
    def test_merges_taken_back_in_any_order_give_back_what_was(self, papers: list[dict[str, Any]], random: Any) -> None:
        world = World("back")
        for paper in papers:
            world.record(**paper)
        before = shown(world)
        run(world)
        heads = list(Record.objects.for_review(world.review).filter(head=None).select_related("head", "review"))
        if len(heads) > 1:
            merging.merge(heads[0], heads[-1], by=world.owner)
        live = list(Merge.objects.for_review(world.review).filter(undone_at=None))
        random.shuffle(live)
        for merge in live:
            actions.undo_merge(world.owner, Merge.objects.select_related("child").get(pk=merge.pk), why="Two papers")
        assert shown(world) == before
        run(world)
        assert shown(world) == before

    @few
    @given(PAPERS, STEPS)
    def test_not_a_duplicate_is_undone_by_no_run_and_no_answer_is_half(self, papers: list[dict[str, Any]], steps: list[Any]) -> None:
        world = World("steps")
        for paper in papers:
            world.record(**paper)
        run(world)
        for what, n in steps:
            step(world, what, n)
            for pair in DuplicatePair.objects.for_review(world.review):
                one = len(groups.head_ids([pair.a_id, pair.b_id])) == 1
                if pair.state != PairState.DIFFERENT:  # a person may join groups that another answer keeps apart
                    assert one == (pair.state == PairState.SAME), (what, pair.state)


def step(world: World, what: str, n: int) -> None:
    """Do one thing that a person or a worker may do."""
    pairs = list(DuplicatePair.objects.for_review(world.review).select_related("a__review", "b__review", "review").order_by("number"))
    waiting = [pair for pair in pairs if pair.state == PairState.OPEN]
    if what == "run":
        told = apart(world)
        world.record(title=TITLES[n % len(TITLES)], year=2015, volume="3", pages="10-20")
        run(world)
        assert told <= apart(world)
    elif what == "same" and waiting:
        actions.same(world.owner, waiting[n % len(waiting)])
    elif what == "different" and waiting:
        actions.different(world.owner, waiting[n % len(waiting)])
    elif what == "reopen" and (answered := [pair for pair in pairs if pair.state != PairState.OPEN]):
        actions.reopen(world.owner, answered[n % len(answered)])
    elif what == "undo" and (live := list(Merge.objects.for_review(world.review).filter(undone_at=None).select_related("child"))):
        actions.undo_merge(world.owner, live[n % len(live)], why="Two papers")
    elif what in ("bulk", "back") and waiting:
        answer = BulkAnswer.SAME if n % 2 else BulkAnswer.DIFFERENT
        before = joins(world)
        begun, _job = bulk.begin(world.owner, answer, [pair.number for pair in waiting])
        jobs.run_pending(bulk.KIND)
        if what == "back":
            bulk.take_back(world.owner, begun)
            jobs.run_pending(bulk.KIND)
            assert joins(world) == before
