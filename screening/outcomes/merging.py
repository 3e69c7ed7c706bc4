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
    made = _join(heads[0], heads[1], by=by, rule=rule, score=score, evidence=evidence, version="")
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
def merge_many(review: Review, edges: Iterable[Edge], *, engine_version: str) -> int:
    """Merge a slice of the engine's edges; gives how many were new. Pairs that a person kept apart are passed over."""
    edges = list(edges)
    locks.heads(pk for edge in edges for pk in (edge.a, edge.b))
    made: list[Merge] = []
    for edge in edges:
        heads = list(Record.objects.filter(pk__in=groups.head_ids([edge.a, edge.b])).order_by("number"))
        if len(heads) == 2 and not kept_apart(heads[0], heads[1]):
            made.append(
                _join(heads[0], heads[1], by=None, rule=edge.rule, score=edge.score, evidence=edge.evidence, version=engine_version)
            )
    if made:
        ids = groups.head_ids([m.child_id for m in made])
        display.refresh(ids)
        settle.settle_many(ids, regrouped=True)
        pairs = [[m.child_number, m.parent_number] for m in made]
        audit.log("merge:slice", review=review, data={"count": len(made), "digest": digest(pairs), "engine": engine_version})
    return len(made)


def kept_apart(a: Record, b: Record) -> bool:
    """Say whether a person decided *not a duplicate* between the two groups."""
    ids_a, ids_b = groups.member_ids(a), groups.member_ids(b)
    across = Q(a_id__in=ids_a, b_id__in=ids_b) | Q(a_id__in=ids_b, b_id__in=ids_a)
    return DuplicatePair.objects.filter(across, state=PairState.DIFFERENT).exists()


def _join(low: Record, high: Record, *, by: Member | None, rule: str, score: int | None, evidence: Sequence[Any], version: str) -> Merge:
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
        engine_version=version,
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
