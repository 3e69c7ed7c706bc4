"""What another strictness would do, before it is applied: the engine itself says so, and nothing is written."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db.models import Max

from reviewapp.jobs import actions as jobs
from reviewapp.jobs.actions import Lease
from reviewapp.jobs.models import LIVE, Job, JobState
from reviewapp.reviews.models import Member, Review
from screening.deduplication import engine
from screening.deduplication.actions import apart, item_of, sources_of
from screening.models import DuplicatePair, Merge, Record, SourceRecord
from screening.outcomes import groups
from screening.vocabulary import PairState, Strictness

KIND = "strictness"
AT_ONCE = 3_000
"""Records up to which the effect is computed while the page is made (about a second)."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Effect:
    """``merges``: numbers of the engine's merges that a careful rule would not have made. ``pairs``: numbers of pairs that wait and a
    balanced rule would merge; ``others``: how many merges it would make besides. ``mark``: what the review held then."""

    strictness: str
    merges: list[int]
    pairs: list[int]
    others: int
    mark: list[int]


def of(review: Review, strictness: str, progress: Progress | None = None) -> Effect:
    """Let the engine look at everything once, as strict as asked."""
    now = mark(review)
    items = [item_of(source) for source in sources_of(review).iterator(chunk_size=2000)]
    live = Merge.objects.for_review(review).filter(undone_at=None)
    told = apart(review, strictness)
    if strictness == Strictness.CAREFUL:
        people = live.exclude(by=None).values_list("child_id", "parent_id")
        result = engine.dedupe(items, together=people, apart=told, strictness="careful", progress=progress)
        group = {int(one): n for n, ids in enumerate(result.groups) for one in ids}
        rows = live.filter(by=None).order_by("number").values_list("number", "child_id", "parent_id")
        return Effect(strictness, [number for number, child, parent in rows if group[child] != group[parent]], [], 0, now)
    result = engine.dedupe(items, together=live.values_list("child_id", "parent_id"), apart=told, strictness="balanced", progress=progress)
    forest = groups.forest({int(i) for edge in result.edges for i in (edge.a, edge.b)})
    joins = {forest.heads(int(edge.a), int(edge.b)) for edge in result.edges}
    waiting = DuplicatePair.objects.for_review(review).filter(state=PairState.OPEN).order_by("number")
    group = {int(one): n for n, ids in enumerate(result.groups) for one in ids}
    pairs = [number for number, a, b in waiting.values_list("number", "a_id", "b_id") if group[a] == group[b]]
    return Effect(strictness, [], pairs, max(0, len(joins) - len(pairs)), now)


def mark(review: Review) -> list[int]:
    """Give numbers that change with whatever the effect is computed from."""
    records = Record.objects.for_review(review).aggregate(n=Max("number"))["n"] or 0
    merges = Merge.objects.for_review(review)
    made, undone = merges.aggregate(n=Max("number"))["n"] or 0, merges.exclude(undone_at=None).count()
    told = DuplicatePair.objects.for_review(review).exclude(state=PairState.OPEN).count()
    return [records, made, undone, told]


def run(lease: Lease) -> None:
    """Compute the effect for a large review and keep it in the task's row."""
    review = lease.job.review
    assert review is not None
    found = of(review, lease.arguments["strictness"], lambda done, total: lease.progress(done=done, total=total))
    with lease.slice():
        lease.checkpoint = asdict(found)


def ask(member: Member, strictness: str) -> tuple[Effect | None, Job | None]:
    """Give the effect, or the task that computes it: for up to 3,000 records at once."""
    review = member.review
    if SourceRecord.objects.for_review(review).count() <= AT_ONCE:
        return of(review, strictness), None
    found = Job.objects.filter(review=review, kind=KIND, key=strictness)
    now = mark(review)
    for done in found.filter(state=JobState.DONE).order_by("-pk")[:3]:
        if done.checkpoint.get("mark") == now:
            return Effect(**done.checkpoint), None
    live = found.filter(state__in=LIVE).order_by("-pk").first()
    return None, live or jobs.enqueue(KIND, review=review, key=strictness, asked_by=member, strictness=strictness)
