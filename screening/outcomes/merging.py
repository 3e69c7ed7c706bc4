"""Merge two records, or take a merge back. Nothing is deleted, no vote is made, dropped or changed (I10, I12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.models import DuplicatePair, Merge, Record
from screening.outcomes import display, groups, locks, settle
from screening.vocabulary import PairState


class CannotMerge(DomainError):
    """These two cannot become one."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What the engine wants to merge: two record ids, and why."""

    a: int
    b: int
    rule: str
    score: int | None = None
    evidence: Sequence[Any] = field(default_factory=list)


@transaction.atomic
def merge(
    a: Record, b: Record, *, by: Member, rule: str = "person", score: int | None = None, evidence: Sequence[Any] = (), why: str = ""
) -> Merge | None:
    """Join the groups of two records by a person's word; None when they are one already.

    A person may overrule an earlier *not a duplicate*.
    """
    if a.review_id != b.review_id:
        raise CannotMerge(_("These two belong to different reviews."))
    heads = locks.heads([a.pk, b.pk])
    if len(heads) < 2:
        return None
    made = _join(heads[0], heads[1], by=by, rule=rule, score=score, evidence=evidence)
    ids = groups.member_ids(heads[0])
    DuplicatePair.objects.filter(a_id__in=ids, b_id__in=ids).filter(
        Q(state=PairState.OPEN) | Q(a__in=[a.pk, b.pk], b__in=[a.pk, b.pk])
    ).update(state=PairState.SAME, decided_by=by, decided_at=timezone.now())
    display.refresh([heads[0].pk])
    settle.settle_many([heads[0].pk], regrouped=True)
    audit.log(
        "merge:made",
        review=by.review,
        actor=by,
        record=heads[0],
        data={"child": made.child_number, "parent": made.parent_number, "merge": made.number},
        text=why,
    )
    return made


@transaction.atomic
def merge_many(
    review: Review, edges: Iterable[Edge], *, engine_version: str = "", by: Member | None = None, apart: Iterable[tuple[int, int]] = ()
) -> int:
    """Merge a slice of the engine's edges, or a person's (``by``); gives how many were new.

    Pairs that a person kept apart are passed over; ``apart``: others that may not become one either.
    """
    edges = list(edges)
    records = {pk for edge in edges for pk in (edge.a, edge.b)}
    locks.heads(records)
    forest = groups.forest(records)
    for one, two in apart:
        forest.apart[one].add(two)
        forest.apart[two].add(one)
    was = dict(forest.speaks)
    joins: list[tuple[int, int, Edge]] = []
    for edge in edges:
        low, high = forest.heads(edge.a, edge.b)
        if low != high and not forest.kept_apart(low, high):
            forest.join(low, high)
            joins.append((low, high, edge))
    if not joins:
        return 0
    visibility.remember_open({head for low, high, _edge in joins for head in (low, high)})
    _write_joins(review, joins, forest, engine_version, by)
    moved = [Record(pk=pk, head_id=head) for pk, head in forest.speaks.items() if was[pk] != head]
    Record.objects.bulk_update(moved, ["head"], batch_size=500)
    heads = {forest.speaks[low] for low, _high, _edge in joins}
    display.refresh(heads)
    settle.settle_many(heads, regrouped=True)
    pairs = [[forest.number[high], forest.number[low]] for low, high, _edge in joins]
    data = {"count": len(joins), "digest": digest(pairs), "engine": engine_version}
    audit.log("merge:slice", review=review, actor=by, data=data)
    return len(joins)


def _write_joins(review: Review, joins: Sequence[tuple[int, int, Edge]], forest: groups.Forest, version: str, by: Member | None) -> None:
    first = numbers.take(review, "merge", len(joins))
    Merge.objects.bulk_create(
        [
            Merge(
                review_id=review.pk, number=number, child_id=high, parent_id=low, child_number=forest.number[high],
                parent_number=forest.number[low], rule=edge.rule, score=edge.score, evidence=list(edge.evidence), engine_version=version,
                by=by,
            )
            for number, (low, high, edge) in enumerate(joins, start=first)
        ]
    )  # fmt: skip


def _join(low: Record, high: Record, *, by: Member, rule: str, score: int | None, evidence: Sequence[Any]) -> Merge:
    visibility.remember_open([low.pk, high.pk])
    made = Merge.objects.create(
        review_id=low.review_id,
        number=numbers.take(low.review, "merge"),
        child=high,
        parent=low,
        child_number=high.number,
        parent_number=low.number,
        rule=rule,
        score=score,
        evidence=list(evidence),
        by=by,
    )
    Record.objects.filter(Q(pk=high.pk) | Q(head=high)).update(head=low)
    return made


@transaction.atomic
def undo(merge: Merge, *, by: Member, why: str) -> list[Record]:
    """Take one edge back; gives the heads of what was one group. What was made after the merge stays with the head."""
    if not why.strip():
        raise CannotMerge(_("Say why these are not one paper; the reason is kept in the history."))
    (head,) = locks.heads([merge.child_id])
    if not Merge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=timezone.now(), undone_by=by, undone_why=why):
        raise CannotMerge(_("This merge was taken back already."))
    ids = groups.member_ids(head)
    visibility.remember_open([head.pk])
    heads = groups.regroup(ids)
    display.refresh(heads)
    settle.settle_many(heads, regrouped=True)
    audit.log(
        "merge:undone",
        review=by.review,
        actor=by,
        record=merge.child,
        data={"merge": merge.number, "child": merge.child_number, "parent": merge.parent_number},
        text=why,
    )
    return list(Record.objects.filter(pk__in=heads).order_by("number"))


@transaction.atomic
def undo_many(review: Review, merges: Iterable[Merge], *, by: Member, why: str) -> int:
    """Take a slice of edges back; gives how many stood until now. As ``undo`` for each, with one settling and one Event."""
    if not why.strip():
        raise CannotMerge(_("Say why these are not one paper; the reason is kept in the history."))
    merges = list(merges)
    heads = locks.heads([merge.child_id for merge in merges])
    live = Merge.objects.for_review(review).filter(pk__in=[merge.pk for merge in merges], undone_at=None).order_by("number")
    pairs = list(live.values_list("child_number", "parent_number"))
    if not pairs:
        return 0
    ids = [pk for group in groups.members([head.pk for head in heads]).values() for pk in (record.pk for record in group)]
    visibility.remember_open([head.pk for head in heads])
    live.update(undone_at=timezone.now(), undone_by=by, undone_why=why)
    stand = groups.regroup(ids)
    display.refresh(stand)
    settle.settle_many(stand, regrouped=True)
    data = {"count": len(pairs), "digest": digest([list(pair) for pair in pairs])}
    audit.log("merge:slice_undone", review=review, actor=by, data=data, text=why)
    return len(pairs)
