"""Find duplicates in a review with the engine, and answer the pairs that it leaves to people."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.jobs.actions import Lease
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Counter, Member, Review
from reviewapp.web.errors import DomainError
from screening.deduplication import engine
from screening.deduplication.engine import Evidence, Item, PairToLook
from screening.models import DuplicatePair, Merge, Record, SourceRecord
from screening.outcomes import groups, merging
from screening.vocabulary import PairState

SLICE = 500
COMPARED = "compared"


class CannotDecide(DomainError):
    """The pair cannot be answered so."""


def item_of(source: SourceRecord) -> Item:
    """Give the engine's view of an imported entry; its id is the id of the Record that was born with it."""
    return Item(
        id=source.record_id, title=source.title, authors=tuple(source.authors), year=source.year, journal=source.journal,
        volume=source.volume,
        issue=source.issue, pages=source.pages, article_number=source.article_number, doi=source.doi, pmid=source.pmid,
        accession=source.accession, database=source.database, abstract=source.abstract, isbn=source.isbn, issn=source.issn,
        type=source.type,
        language=source.language, file=str(source.upload_id),
    )  # fmt: skip


def run(lease: Lease) -> None:
    """Compare everything new in a review with everything, and merge what is sure. Run twice it finds nothing new."""
    review = lease.job.review
    assert review is not None
    compared = _compared(review)
    last = Record.objects.for_review(review).aggregate(n=Max("number"))["n"] or 0
    lease.progress(step=_("reading the records"))
    items, new = [], []
    sources = SourceRecord.objects.for_review(review).annotate(number=F("record__number")).filter(number__lte=last).order_by("number")
    for source in sources.defer("keywords", "notes", "other", "url").iterator(chunk_size=2000):
        items.append(item_of(source))
        if source.number > compared:
            new.append(source.record_id)
    if new:
        lease.progress(step=_("comparing"), total=len(items), done=0)
        result = engine.dedupe(items, new=None if compared == 0 else new, together=_together(review), apart=_apart(review))
        edges = [merging.Edge(int(e.a), int(e.b), e.rule, e.score, evidence_of(e.evidence)) for e in result.edges]
        _merge(lease, review, edges)
        _queue(lease, review, result.look)
    with lease.slice():
        Counter.objects.update_or_create(review=review, name=COMPARED, defaults={"last": last})
        lease.job.step = ""
        lease.job.done = lease.job.total = len(items)


def _compared(review: Review) -> int:
    counter = Counter.objects.filter(review=review, name=COMPARED).first()
    return counter.last if counter else 0


def _together(review: Review) -> list[tuple[int, int]]:
    return list(Merge.objects.for_review(review).filter(undone_at=None).values_list("child_id", "parent_id"))


def _apart(review: Review) -> list[tuple[int, int]]:
    """Pairs that a person decided are different: *not a duplicate*, or a merge taken back."""
    told = DuplicatePair.objects.for_review(review).filter(state=PairState.DIFFERENT).values_list("a_id", "b_id")
    return [*told, *Merge.objects.for_review(review).exclude(undone_at=None).values_list("child_id", "parent_id")]


def evidence_of(evidence: Iterable[Evidence]) -> list[dict[str, str]]:
    """Give evidence as it is stored beside a merge or a pair."""
    return [{"field": e.field, "verdict": e.verdict, "says": e.says} for e in evidence]


def _merge(lease: Lease, review: Review, edges: Sequence[merging.Edge]) -> None:
    lease.progress(step=_("merging"), total=len(edges), done=0)
    for start in range(0, len(edges), SLICE):
        with lease.slice():
            merging.merge_many(review, edges[start : start + SLICE], engine_version=engine.ENGINE_VERSION)
            lease.job.done = min(start + SLICE, len(edges))


def _queue(lease: Lease, review: Review, look: Sequence[PairToLook]) -> None:
    for start in range(0, len(look), SLICE):
        with lease.slice():
            queue_pairs(review, look[start : start + SLICE])


def queue_pairs(review: Review, look: Sequence[PairToLook]) -> int:
    """Set pairs aside for people, head beside head; a pair that is there, joined or decided is passed over. Gives how many are new."""
    forest = groups.forest({int(i) for pair in look for i in (pair.a, pair.b)})
    there = set(DuplicatePair.objects.filter(a_id__in=forest.ids, b_id__in=forest.ids).order_by().values_list("a_id", "b_id"))
    fresh: dict[tuple[int, int], DuplicatePair] = {}
    for pair in look:
        low, high = forest.heads(int(pair.a), int(pair.b))
        if low == high or (low, high) in there or forest.kept_apart(low, high):
            continue
        fresh[low, high] = DuplicatePair(
            review=review, a_id=low, b_id=high, a_number=forest.number[low], b_number=forest.number[high], score=pair.score, why=pair.why,
            evidence=evidence_of(pair.evidence),
        )  # fmt: skip
    if fresh:
        first = numbers.take(review, "pair", len(fresh))
        for n, row in enumerate(fresh.values()):
            row.number = first + n
        DuplicatePair.objects.bulk_create(fresh.values())
        audit.log("pair:found", review=review, data={"count": len(fresh), "first": first})
    return len(fresh)


def same(member: Member, pair: DuplicatePair) -> Merge | None:
    """Answer that both are one paper: merge their groups."""
    return merging.merge(pair.a, pair.b, by=member, rule="person", score=pair.score, evidence=pair.evidence)


@transaction.atomic
def different(member: Member, pair: DuplicatePair) -> None:
    """Answer *not a duplicate*, for ever. Raises CannotDecide where they are merged now."""
    if groups.head_ids([pair.a_id]) == groups.head_ids([pair.b_id]):
        raise CannotDecide(_("These two are merged. Undo the merge, then say that they are not duplicates."))
    DuplicatePair.objects.filter(pk=pair.pk).update(state=PairState.DIFFERENT, decided_by=member, decided_at=timezone.now())
    audit.log(
        "pair:different",
        review=member.review,
        actor=member,
        record=pair.a,
        data={"pair": pair.number, "a": pair.a_number, "b": pair.b_number},
    )


@transaction.atomic
def reopen(member: Member, pair: DuplicatePair) -> None:
    """Take an answer back: the pair waits again. Where it was merged, the merge is undone."""
    edge = _edge_between(pair)
    if edge is not None:
        merging.undo(edge, by=member, why=_("The answer to a possible duplicate was taken back."))
    DuplicatePair.objects.filter(pk=pair.pk).update(state=PairState.OPEN, decided_by=None, decided_at=None)
    audit.log("pair:reopened", review=member.review, actor=member, record=pair.a, data={"pair": pair.number})


def _edge_between(pair: DuplicatePair) -> Merge | None:
    if pair.state != PairState.SAME:
        return None
    found: Merge | None = (
        Merge.objects.for_review(pair.review)
        .filter(child_id__in=[pair.a_id, pair.b_id], undone_at=None, by=pair.decided_by)
        .order_by("-number")
        .first()
    )
    return found


@transaction.atomic
def note_pair(member: Member, a: Record, b: Record, **values: Any) -> DuplicatePair:
    """Put two records side by side for a decision, by a person's wish (*this is a duplicate of …*)."""
    low, high = sorted((a.head or a, b.head or b), key=lambda record: record.number)
    if low.pk == high.pk:
        raise CannotDecide(_("These two are one already."))
    found = DuplicatePair.objects.filter(a=low, b=high).first()
    if found is not None:
        return found
    sources = {s.record_id: s for s in SourceRecord.objects.filter(record__in=[low, high])}
    told = engine.compare(item_of(sources[low.pk]), item_of(sources[high.pk]))
    pair = DuplicatePair.objects.create(
        review=member.review, number=numbers.take(member.review, "pair"), a=low, b=high, a_number=low.number, b_number=high.number,
        score=told.score, why="person", evidence=evidence_of(told.evidence), **values,
    )  # fmt: skip
    audit.log("pair:noted", review=member.review, actor=member, record=low, data={"pair": pair.number, "a": low.number, "b": high.number})
    return pair
