"""One answer to a whole kind of pairs, or many merges taken back, in slices; and the way back of all of it as one."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.actions import Lease
from reviewapp.jobs.models import Job
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from screening.deduplication.actions import CannotDecide, close_joined, joined_then, taken_back, wait_again
from screening.models import DuplicatePair, Merge, PairBulk
from screening.outcomes import groups, locks, merging
from screening.vocabulary import BulkAnswer, PairState

KIND = "pairs"
SLICE = 100
AT_ONCE = 100
MOST = 20_000


@transaction.atomic
def begin(member: Member, answer: str, chosen: Sequence[int], *, about: str = "", why: str = "") -> tuple[PairBulk, Job]:
    """Keep what was said of many pairs (their numbers; merges, where they are taken back) and ask for the work.

    Raises CannotDecide where nothing or too much is chosen, or where merges are taken back without a why.
    """
    if answer not in BulkAnswer.values:
        raise CannotDecide(_("Choose: all the same, or none of them."))
    if not chosen:
        raise CannotDecide(_("No pair of this kind waits any more. Nothing was changed."))
    if len(chosen) > MOST:
        raise CannotDecide(_("More than 20,000 at once is too much: choose a smaller kind."))
    if answer == BulkAnswer.APART and not why.strip():
        raise CannotDecide(_("Say why these are not one paper; the reason is kept in the history."))
    bulk = PairBulk.objects.create(
        review=member.review, number=numbers.take(member.review, "pair_bulk"), answer=answer, about=about[:200], numbers=list(chosen),
        why=why.strip(), by=member,
    )  # fmt: skip
    return bulk, _ask(bulk, member, back=False)


@transaction.atomic
def take_back(member: Member, bulk: PairBulk) -> Job:
    """Take all of a bulk answer back that still stands as it was given."""
    if not PairBulk.objects.filter(pk=bulk.pk, undone_at=None).update(undone_at=timezone.now(), undone_by=member):
        raise CannotDecide(_("This was taken back already."))
    return _ask(bulk, member, back=True)


def _ask(bulk: PairBulk, member: Member, *, back: bool) -> Job:
    """One key for the answer and its way back, so that they take turns."""
    return jobs.enqueue(KIND, review=bulk.review, key=f"bulk:{bulk.number}", asked_by=member, bulk=bulk.number, back=back)


def job_of(bulk: PairBulk) -> Job | None:
    """Give the newest task of a bulk answer."""
    found: Job | None = Job.objects.filter(review=bulk.review, kind=KIND, key=f"bulk:{bulk.number}").order_by("-pk").first()
    return found


def run(lease: Lease) -> None:
    """Do a bulk answer, or take it back, slice by slice; a slice that was done is not done again.

    An answer that is taken back while it is still being given stops, and takes back what it gave.
    """
    review = lease.job.review
    assert review is not None
    bulk = PairBulk.objects.for_review(review).select_related("by", "undone_by", "review").get(number=lease.arguments["bulk"])
    lease.job.total = len(bulk.numbers)
    if lease.arguments["back"] or bulk.undone_at is not None or not _walk(lease, bulk, back=False):
        bulk = PairBulk.objects.select_related("by", "undone_by", "review").get(pk=bulk.pk)
        _walk(lease, bulk, back=True)


def _walk(lease: Lease, bulk: PairBulk, *, back: bool) -> bool:
    """Go through the slices that are left; False where the answer was taken back meanwhile."""
    step, mark = (BACK if back else FORTH)[BulkAnswer(bulk.answer)], "back" if back else "next"
    for start in range(int(lease.checkpoint.get(mark, 0)), len(bulk.numbers), SLICE):
        with lease.slice():
            if not back and PairBulk.objects.filter(pk=bulk.pk, undone_at__isnull=False).exists():
                return False
            step(bulk, bulk.numbers[start : start + SLICE])
            lease.checkpoint = {**lease.checkpoint, mark: start + SLICE}
            lease.job.done = min(start + SLICE, len(bulk.numbers))
    return True


def _pairs(review: Review, chosen: Sequence[int]) -> list[DuplicatePair]:
    rows = DuplicatePair.objects.for_review(review).filter(number__in=chosen).select_related("a", "b")
    return list(rows.order_by("number"))


def _answered(bulk: PairBulk, chosen: Sequence[int], state: str) -> list[DuplicatePair]:
    """The pairs of a slice that still carry this very answer."""
    return [p for p in _pairs(bulk.review, chosen) if (p.state, p.decided_by_id, p.decided_at) == (state, bulk.by_id, bulk.at)]


def _same(bulk: PairBulk, chosen: Sequence[int]) -> None:
    waiting = [pair for pair in _pairs(bulk.review, chosen) if pair.state == PairState.OPEN]
    edges = [merging.Edge(pair.a_id, pair.b_id, _rule(bulk), pair.score, pair.evidence) for pair in waiting]
    merging.merge_many(bulk.review, edges, by=bulk.by, apart=_kept_apart(bulk, waiting))
    speaks = _heads(waiting)
    joined = [pair.pk for pair in waiting if speaks[pair.a_id] == speaks[pair.b_id]]
    DuplicatePair.objects.filter(pk__in=joined, state=PairState.OPEN).update(
        state=PairState.SAME, decided_by=bulk.by, decided_at=bulk.at
    )
    close_joined(bulk.review)


def _kept_apart(bulk: PairBulk, waiting: Sequence[DuplicatePair]) -> set[tuple[int, int]]:
    """The two of each merge that was taken back, but where one of these pairs says the same again."""
    kept = taken_back(bulk.review)
    if not kept:
        return kept
    ids = {pk for pair in waiting for pk in (pair.a_id, pair.b_id)}
    ids |= {pk for group in groups.members(groups.head_ids(ids)).values() for pk in (record.pk for record in group)}
    every = list(Merge.objects.for_review(bulk.review).filter(Q(child_id__in=ids) | Q(parent_id__in=ids)))
    for merge in every:
        if merge.undone_at is not None and (merge.child_id, merge.parent_id) in kept:
            joined = joined_then(merge, every)
            if any(joined(pair.a_id, pair.b_id) for pair in waiting):
                kept.discard((merge.child_id, merge.parent_id))
    return kept


def _rule(bulk: PairBulk) -> str:
    """Name the rule of the merges of a bulk answer, by which its way back finds them."""
    return f"bulk-{bulk.number}"


def _heads(pairs: Sequence[DuplicatePair]) -> dict[int, int]:
    return groups.forest({pk for pair in pairs for pk in (pair.a_id, pair.b_id)}).speaks


def _different(bulk: PairBulk, chosen: Sequence[int]) -> None:
    locks.heads({pk for pair in _pairs(bulk.review, chosen) for pk in (pair.a_id, pair.b_id)})  # nobody merges them under our hands
    waiting = [pair for pair in _pairs(bulk.review, chosen) if pair.state == PairState.OPEN]
    speaks = _heads(waiting)
    two = [pair for pair in waiting if speaks[pair.a_id] != speaks[pair.b_id]]
    DuplicatePair.objects.filter(pk__in=[pair.pk for pair in two], state=PairState.OPEN).update(
        state=PairState.DIFFERENT, decided_by=bulk.by, decided_at=bulk.at
    )
    if two:
        told = digest([[pair.a_number, pair.b_number] for pair in two])
        audit.log("pair:slice", review=bulk.review, actor=bulk.by, data={"count": len(two), "digest": told, "bulk": bulk.number})


def _apart(bulk: PairBulk, chosen: Sequence[int]) -> None:
    merges = list(Merge.objects.for_review(bulk.review).filter(number__in=chosen, undone_at=None).select_related("child", "parent"))
    ids = {pk for merge in merges for pk in groups.member_ids(merge.child)}
    merging.undo_many(bulk.review, merges, by=bulk.by, why=bulk.why)
    wait_again(ids)
    _wait(bulk.review, merges)


def _wait(review: Review, merges: Sequence[Merge]) -> None:
    """Let the two of each merge wait as possible duplicates: the surer rule would not have joined them, a person may."""
    ids = [pk for merge in merges for pk in (merge.child_id, merge.parent_id)]
    there = set(DuplicatePair.objects.filter(a_id__in=ids, b_id__in=ids).values_list("a_id", "b_id"))
    fresh = [merge for merge in merges if (merge.parent_id, merge.child_id) not in there]
    if not fresh:
        return
    first = numbers.take(review, "pair", len(fresh))
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                review=review, number=number, a_id=merge.parent_id, b_id=merge.child_id, a_number=merge.parent_number,
                b_number=merge.child_number, score=merge.score or 0, why="careful", evidence=merge.evidence,
            )
            for number, merge in enumerate(fresh, start=first)
        ]
    )  # fmt: skip
    audit.log("pair:found", review=review, data={"count": len(fresh), "first": first})


def _same_back(bulk: PairBulk, chosen: Sequence[int]) -> None:
    """Take the next of its merges back, the newest first; there are no more of them than pairs, so the slices suffice."""
    live = Merge.objects.for_review(bulk.review).filter(rule=_rule(bulk), by=bulk.by, undone_at=None).select_related("child")
    merges = list(live.order_by("-number")[: len(chosen)])
    if not merges:
        return
    assert bulk.undone_by is not None
    ids = {pk for merge in merges for pk in groups.member_ids(merge.child)}
    merging.undo_many(bulk.review, merges, by=bulk.undone_by, why=_("The answer to many possible duplicates was taken back."))
    _reopened(bulk, wait_again(ids))


def _different_back(bulk: PairBulk, chosen: Sequence[int]) -> None:
    answered = _answered(bulk, chosen, PairState.DIFFERENT)
    ids = [pair.pk for pair in answered]
    DuplicatePair.objects.filter(pk__in=ids).update(state=PairState.OPEN, decided_by=None, decided_at=None)
    _reopened(bulk, len(ids))


def _reopened(bulk: PairBulk, count: int) -> None:
    if count:
        data = {"count": count, "bulk": bulk.number}
        audit.log("pair:slice_reopened", review=bulk.review, actor=bulk.undone_by, data=data)


def _apart_back(bulk: PairBulk, chosen: Sequence[int]) -> None:
    merges = Merge.objects.for_review(bulk.review).filter(number__in=chosen).exclude(undone_at=None).order_by("number")
    edges = [merging.Edge(m.child_id, m.parent_id, m.rule, m.score, m.evidence) for m in merges]
    merging.merge_many(bulk.review, edges, by=bulk.undone_by)
    close_joined(bulk.review)


Step = Callable[[PairBulk, Sequence[int]], None]
FORTH: dict[BulkAnswer, Step] = {BulkAnswer.SAME: _same, BulkAnswer.DIFFERENT: _different, BulkAnswer.APART: _apart}
BACK: dict[BulkAnswer, Step] = {BulkAnswer.SAME: _same_back, BulkAnswer.DIFFERENT: _different_back, BulkAnswer.APART: _apart_back}
