"""Find duplicates in a review with the engine, and answer the pairs that it leaves to people."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.actions import Lease
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Counter, Member, Review
from reviewapp.web.errors import DomainError
from screening.deduplication import engine
from screening.deduplication.engine import Evidence, Item, PairToLook
from screening.models import DedupeRule, DuplicatePair, Merge, PairBulk, Record, SourceRecord
from screening.outcomes import groups, locks, merging
from screening.vocabulary import BulkAnswer, PairState, Strictness

SLICE = 500
COMPARED = "compared"


class CannotDecide(DomainError):
    """The pair cannot be answered so."""


class AnsweredMeanwhile(CannotDecide):
    """The pair stands otherwise than on the page that was answered."""


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


@dataclass(frozen=True, slots=True)
class Start:
    """What a run begins with; a run that was killed and goes on begins with the same, and so ends with the same merges."""

    compared: int
    last: int
    merges: int


def run(lease: Lease) -> None:
    """Compare everything new in a review with everything, and merge what is sure. Run twice it finds nothing new."""
    review = lease.job.review
    assert review is not None
    rule = rule_of(review)
    start = _start(lease, review)
    lease.progress(step=_("reading the records"))
    items, new = _read(review, start)
    if new:
        lease.progress(step=_("comparing"), total=None, done=0)
        result = engine.dedupe(
            items, new=None if start.compared == 0 else new, together=_together(review, start), apart=apart(review, rule.strictness),
            strictness=rule.strictness, progress=lambda done, total: lease.progress(done=done, total=total),
        )  # fmt: skip
        edges = [merging.Edge(int(e.a), int(e.b), e.rule, e.score, evidence_of(e.evidence)) for e in result.edges]
        _merge(lease, review, edges)
        _queue(lease, review, result.look)
    with lease.slice():
        close_joined(review)
        if rule_of(review).number == rule.number:  # a rule that was set meanwhile wants everything compared again
            Counter.objects.update_or_create(review=review, name=COMPARED, defaults={"last": start.last})
        lease.job.step = ""
        lease.job.done = lease.job.total = len(items)


def _start(lease: Lease, review: Review) -> Start:
    """Fix what the run looks at, once, in its checkpoint."""
    if "start" not in lease.checkpoint:
        last = Record.objects.for_review(review).aggregate(n=Max("number"))["n"] or 0
        merges = Merge.objects.for_review(review).aggregate(n=Max("number"))["n"] or 0
        with lease.slice():
            lease.checkpoint = {"start": [_compared(review), last, merges]}
    return Start(*lease.checkpoint["start"])


def _read(review: Review, start: Start) -> tuple[list[Item], list[int]]:
    """Give all items up to the last, and the ids of those that were not compared before."""
    items, new = [], []
    for source in sources_of(review).filter(number__lte=start.last).iterator(chunk_size=2000):
        items.append(item_of(source))
        if source.number > start.compared:
            new.append(source.record_id)
    return items, new


def sources_of(review: Review) -> QuerySet[Any]:
    """Give what the engine reads of a review, in the order of the records."""
    rows: QuerySet[Any] = SourceRecord.objects.for_review(review).annotate(number=F("record__number")).order_by("number")
    return rows.defer("keywords", "notes", "other", "url")


@dataclass(frozen=True, slots=True)
class Rule:
    """How strict the engine is in a review, and which setting says so (0: nobody set it)."""

    number: int
    strictness: engine.Strictness


def rule_of(review: Review) -> Rule:
    """Give the rule that holds now."""
    newest = DedupeRule.objects.for_review(review).order_by("-number").first()
    if newest is None:
        return Rule(0, "balanced")
    return Rule(newest.number, "careful" if newest.strictness == Strictness.CAREFUL else "balanced")


@transaction.atomic
def set_strictness(member: Member, strictness: str) -> None:
    """Let later runs be so strict. Balanced looks at everything again; careful takes nothing back by itself."""
    now = rule_of(member.review).strictness
    if strictness not in Strictness.values or strictness == now:
        raise CannotDecide(_("Choose the other strictness: this one holds already."))
    number = numbers.take(member.review, "dedupe_rule")
    DedupeRule.objects.create(review=member.review, number=number, strictness=strictness, by=member)
    audit.log("review:strictness", review=member.review, actor=member, data={"from": now, "to": strictness})
    if strictness == Strictness.BALANCED:
        Counter.objects.filter(review=member.review, name=COMPARED).update(last=0)
        jobs.enqueue("dedupe", review=member.review, key=f"review:{member.review.pk}", asked_by=member)


def _compared(review: Review) -> int:
    counter = Counter.objects.filter(review=review, name=COMPARED).first()
    return counter.last if counter else 0


def _together(review: Review, start: Start) -> list[tuple[int, int]]:
    """Merges that stand, but those of this very run before it was killed: it makes them again in the same order."""
    live = Merge.objects.for_review(review).filter(undone_at=None).exclude(by=None, number__gt=start.merges)
    return list(live.values_list("child_id", "parent_id"))


def apart(review: Review, strictness: str) -> list[tuple[int, int]]:
    """Pairs that a person decided are different: *not a duplicate*, or a merge taken back and not made again.

    A pair that somebody proposed is left to people too. Merges that were taken back all at once, as the careful rule would not have
    made them, say nothing of the two papers: the balanced rule may join them again.
    """
    waits = Q(state=PairState.OPEN, proposed_by__isnull=False)  # it may have been kept apart before: a person answers
    told = DuplicatePair.objects.for_review(review).filter(Q(state=PairState.DIFFERENT) | waits).values_list("a_id", "b_id")
    return [*told, *taken_back(review, by_rule_too=strictness == Strictness.CAREFUL)]


def taken_back(review: Review, *, by_rule_too: bool = False) -> set[tuple[int, int]]:
    """Give the two of each merge that was taken back and not made again; ``by_rule_too``: also where careful only did not want it."""
    taken = Merge.objects.for_review(review).exclude(undone_at=None)
    speaks = Coalesce("child__head_id", "child_id"), Coalesce("parent__head_id", "parent_id")
    rows = taken.values_list("child_id", "parent_id", "number", "undone_by_id", "undone_why", *speaks).order_by()
    by_rule = set() if by_rule_too else _by_rule(review)
    return {(child, parent) for child, parent, *how, one, two in rows if one != two and tuple(how) not in by_rule}


def _by_rule(review: Review) -> set[tuple[int, int, str]]:
    """The merges (number, who took them back, why) that were taken back only as the careful rule would not have made them."""
    many = PairBulk.objects.for_review(review).filter(answer=BulkAnswer.APART).values_list("numbers", "by_id", "why")
    return {(number, by, why) for chosen, by, why in many for number in chosen}


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


def close_joined(review: Review) -> int:
    """Close pairs that wait and became one through other merges; gives how many."""
    waiting = DuplicatePair.objects.for_review(review).filter(state=PairState.OPEN)
    rows = waiting.annotate(one=Coalesce("a__head_id", "a_id"), two=Coalesce("b__head_id", "b_id"))
    closed: int = waiting.filter(pk__in=list(rows.filter(one=F("two")).values_list("pk", flat=True))).update(
        state=PairState.SAME, decided_at=timezone.now()
    )
    if closed:
        audit.log("pair:joined", review=review, data={"count": closed})
    return closed


def seen_of(pair: DuplicatePair | None) -> str:
    """Name the answer that a page shows, so that it can say later which one it knew; a pair that was never noted waits."""
    if pair is None or pair.decided_at is None:
        return PairState.OPEN.value
    return f"{pair.state}-{pair.decided_at:%Y%m%d%H%M%S%f}"


def _hold(pair: DuplicatePair) -> None:
    """Lock the two until the end of the transaction, and read the answer as it is now."""
    locks.heads([pair.a_id, pair.b_id])
    pair.refresh_from_db(fields=["state", "decided_by", "decided_at"])


def _answered_meanwhile(pair: DuplicatePair) -> AnsweredMeanwhile:
    if pair.state == PairState.OPEN:
        return AnsweredMeanwhile(_("This pair waits again: its answer was taken back meanwhile. Nothing was changed."))
    if pair.decided_by is None:
        return AnsweredMeanwhile(_("The two became one meanwhile, through other merges. Nothing was changed."))
    sentence = _("%(who)s answered this pair meanwhile: %(what)s. Nothing was changed.")
    return AnsweredMeanwhile(sentence % {"who": pair.decided_by.label, "what": str(PairState(pair.state).label).lower()})


@transaction.atomic
def same(member: Member, pair: DuplicatePair, *, seen: str | None = None) -> Merge | None:
    """Answer that both are one paper: merge their groups. Where they are one already, only the answer is kept.

    Raises CannotDecide where that would bring two others together which a person keeps apart; about these very two one may change
    one's mind, but not another's whose answer the page did not show (AnsweredMeanwhile).
    """
    _hold(pair)
    if seen not in (None, seen_of(pair)) and pair.state != PairState.SAME:
        raise _answered_meanwhile(pair)
    _refuse_to_join_others(pair)
    made = merging.merge(pair.a, pair.b, by=member, rule="person", score=pair.score, evidence=pair.evidence)
    if made is None:
        DuplicatePair.objects.filter(pk=pair.pk).exclude(state=PairState.SAME).update(
            state=PairState.SAME, decided_by=member, decided_at=timezone.now()
        )
    return made


def _refuse_to_join_others(pair: DuplicatePair) -> None:
    """*Not a duplicate* and a merge taken back hold against a merge by way of a third record."""
    told = told_apart(pair.a, pair.b, but=pair)
    if told is None:
        return
    if isinstance(told, DuplicatePair):
        one, two, who = told.a_number, told.b_number, told.decided_by
        sentence = _(
            "Not merged: records %(a)s and %(b)s would become one too, and %(who)s said they are not duplicates. Answer these two first."
        )
    else:
        one, two, who = told.parent_number, told.child_number, told.undone_by
        sentence = _("Not merged: records %(a)s and %(b)s would become one too, and %(who)s took their merge back. Answer these two first.")
    raise CannotDecide(sentence % {"a": f"{one:,}", "b": f"{two:,}", "who": who.label if who else ""})


def joined_then(merge: Merge, others: Iterable[Merge]) -> Callable[[int, int], bool]:
    """Give a test whether a merge brought two records together when it was made, from the other merges that stood at that time."""
    root: dict[int, int] = {}

    def find(pk: int) -> int:
        while root.get(pk, pk) != pk:
            pk = root[pk]
        return pk

    for one in others:
        if one.number < merge.number and (one.undone_at is None or one.undone_at > merge.at):
            root[find(one.child_id)] = find(one.parent_id)
    sides = {find(merge.child_id), find(merge.parent_id)}
    return lambda a, b: {find(a), find(b)} == sides


def told_apart(a: Record, b: Record, *, but: DuplicatePair | None = None) -> DuplicatePair | Merge | None:
    """Give what keeps the groups of two records apart: a person's *not a duplicate*, or a merge that was taken back.

    ``but``: what was said of this very pair is passed over, by itself or by a merge of their groups that was taken back; where something
    was, other merges that were taken back are too (each would wait for the other one to be answered first, for ever).
    """
    one, two = groups.member_ids(a), groups.member_ids(b)
    if set(one) & set(two):
        return None
    between = Q(a_id__in=one, b_id__in=two) | Q(a_id__in=two, b_id__in=one)
    pairs = DuplicatePair.objects.filter(between, state=PairState.DIFFERENT).select_related("decided_by__review").order_by("number")
    edge = Q(child_id__in=one, parent_id__in=two) | Q(child_id__in=two, parent_id__in=one)
    merges = Merge.objects.filter(edge).exclude(undone_at=None).select_related("undone_by__review").order_by("-number")
    told: DuplicatePair | None = pairs.exclude(pk=but.pk).first() if but else pairs.first()
    if told is not None:
        return told
    taken = list(merges)
    if but and taken:
        every = list(Merge.objects.filter(Q(child_id__in=[*one, *two]) | Q(parent_id__in=[*one, *two])))
        if but.state == PairState.DIFFERENT or any(joined_then(m, every)(but.a_id, but.b_id) for m in taken):
            return None
    by_rule = _by_rule(a.review) if taken else set()
    return next((m for m in taken if (m.number, m.undone_by_id, m.undone_why) not in by_rule), None)


@transaction.atomic
def different(member: Member, pair: DuplicatePair, *, seen: str | None = None) -> None:
    """Answer *not a duplicate*, for ever; said twice it is one answer. Raises CannotDecide where they are merged now."""
    _hold(pair)
    if pair.state == PairState.DIFFERENT:
        return
    if seen not in (None, seen_of(pair)):
        raise _answered_meanwhile(pair)
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
def reopen(member: Member, pair: DuplicatePair, *, own: bool = False) -> None:
    """Take an answer back: the pair waits again. Where it was merged, the merge that joined the two is undone.

    A pair that waits is left. ``own``: raises AnsweredMeanwhile where the answer is another's by now.
    """
    _hold(pair)
    if pair.state == PairState.OPEN:
        return
    if own and pair.decided_by_id != member.pk:
        raise _answered_meanwhile(pair)
    edge = joined_by(pair.a, pair.b) if pair.state == PairState.SAME else None
    if edge is not None:
        undo_merge(member, edge, why=_("The answer to a possible duplicate was taken back."))
    DuplicatePair.objects.filter(pk=pair.pk).update(state=PairState.OPEN, decided_by=None, decided_at=None)
    audit.log("pair:reopened", review=member.review, actor=member, record=pair.a, data={"pair": pair.number})


@transaction.atomic
def undo_merge(member: Member, merge: Merge, *, why: str) -> list[Record]:
    """Take a merge back. Its own two are kept apart by that; other pairs that were one through it wait again."""
    ids = groups.member_ids(merge.child)
    heads = merging.undo(merge, by=member, why=why)
    wait_again(ids)
    return heads


def wait_again(ids: Iterable[int]) -> int:
    """Open the pairs among these records that were answered *same* and are not one any more; gives how many."""
    ids = list(ids)
    rows = DuplicatePair.objects.filter(a_id__in=ids, b_id__in=ids, state=PairState.SAME)
    apart_now = rows.annotate(one=Coalesce("a__head_id", "a_id"), two=Coalesce("b__head_id", "b_id")).exclude(one=F("two"))
    opened: int = DuplicatePair.objects.filter(pk__in=list(apart_now.values_list("pk", flat=True))).update(
        state=PairState.OPEN, decided_by=None, decided_at=None
    )
    return opened


def joined_by(a: Record, b: Record) -> Merge | None:
    """Give the merge that made two records one: the newest on the way between them; None where they are two."""
    ids = groups.member_ids(a)
    if b.pk not in ids:
        return None
    near: dict[int, list[Merge]] = {}
    for merge in Merge.objects.filter(child_id__in=ids, undone_at=None).select_related("child", "parent", "by__review", "by__user"):
        near.setdefault(merge.child_id, []).append(merge)
        near.setdefault(merge.parent_id, []).append(merge)
    newest: dict[int, Merge | None] = {a.pk: None}
    todo = [a.pk]
    while todo:
        at = todo.pop()
        for merge in near.get(at, ()):
            other = merge.parent_id if merge.child_id == at else merge.child_id
            if other not in newest:
                before = newest[at]
                newest[other] = merge if before is None or merge.number > before.number else before
                todo.append(other)
    return newest.get(b.pk)


def noted(a: Record, b: Record) -> DuplicatePair | None:
    """Give the pair of the two groups' heads, if there is one."""
    low, high = sorted((a.head or a, b.head or b), key=lambda record: record.number)
    found: DuplicatePair | None = DuplicatePair.objects.select_related("decided_by").filter(a=low, b=high).first()
    return found


@transaction.atomic
def note_pair(member: Member, a: Record, b: Record) -> DuplicatePair:
    """Put two records side by side for a decision, by a person's wish."""
    low, high = sorted((a.head or a, b.head or b), key=lambda record: record.number)
    if low.pk == high.pk:
        raise CannotDecide(_("These two are one already."))
    found = noted(a, b)
    if found is not None:
        return found
    sources = {s.record_id: s for s in SourceRecord.objects.filter(record__in=[low, high])}
    told = engine.compare(item_of(sources[low.pk]), item_of(sources[high.pk]))
    pair = DuplicatePair.objects.create(
        review=member.review, number=numbers.take(member.review, "pair"), a=low, b=high, a_number=low.number, b_number=high.number,
        score=told.score, why="person", evidence=evidence_of(told.evidence),
    )  # fmt: skip
    audit.log("pair:noted", review=member.review, actor=member, record=low, data={"pair": pair.number, "a": low.number, "b": high.number})
    return pair


@transaction.atomic
def propose(member: Member, a: Record, b: Record) -> DuplicatePair:
    """Say that two records are one paper and leave the merge to whoever looks after duplicates.

    A pair that was answered *not a duplicate* waits again, with who proposed it.
    """
    pair = note_pair(member, a, b)
    DuplicatePair.objects.filter(pk=pair.pk).update(proposed_by=member, state=PairState.OPEN, decided_by=None, decided_at=None)
    data = {"pair": pair.number, "a": pair.a_number, "b": pair.b_number}
    audit.log("pair:proposed", review=member.review, actor=member, record=pair.a, data=data)
    return pair
