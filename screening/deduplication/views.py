"""Possible duplicates side by side, the ledger of merges, and the overlap of sources."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303
from screening.deduplication import actions, queries
from screening.models import DuplicatePair, Merge, Record
from screening.outcomes import merging
from screening.vocabulary import PairState


@require_GET
@member_may(Right.READ)
def duplicates(request: HttpRequest, member: Member) -> HttpResponse:
    """The first pair that waits, or what there is to say when none does."""
    return _room(request, member, queries.pairs(member.review).first())


@require_GET
@member_may(Right.READ)
def pair(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One pair, waiting or answered."""
    return _room(
        request,
        member,
        get_object_or_404(DuplicatePair.objects.for_review(member.review).select_related("a", "b", "decided_by__review"), number=number),
    )


def _room(request: HttpRequest, member: Member, shown: DuplicatePair | None) -> HttpResponse:
    review = member.review
    waiting = list(queries.pairs(review).values_list("number", flat=True)[:500])
    context: dict[str, Any] = {
        "pair": shown,
        "counts": queries.counts(review),
        "comparing": queries.is_comparing(review),
        "may_decide": member.may(Right.DUPLICATES),
    }
    if shown is not None:
        at = waiting.index(shown.number) if shown.number in waiting else -1
        context |= {
            "rows": queries.side_by_side(shown.a, shown.b, shown.evidence),
            "left_found": queries.found_in(shown.a),
            "right_found": queries.found_in(shown.b),
            "skip_to": waiting[(at + 1) % len(waiting)] if waiting else None,
            "undo": queries.newest_answer(member),
        }
    return page(request, "screening/deduplication/duplicates.html#room", context)


@require_POST
@member_may(Right.DUPLICATES)
def pair_decide(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Answer a pair: the same, not a duplicate, or take the answer back."""
    found = get_object_or_404(
        DuplicatePair.objects.for_review(member.review).select_related("a__review", "b__review", "review"), number=number
    )
    answer = request.POST.get("answer", "")
    if answer == PairState.SAME:
        actions.same(member, found)
        messages.success(request, _("Merged. Undo takes it back."))
    elif answer == PairState.DIFFERENT:
        actions.different(member, found)
        messages.success(request, _("Kept apart, for ever or until you take it back."))
    elif answer == PairState.OPEN:
        actions.reopen(member, found)
        messages.success(request, _("The pair waits again."))
        return redirect_303(request, reverse("pair", args=[member.review.slug, found.number]))
    else:
        raise actions.CannotDecide(_("Choose: the same paper, or not a duplicate."))
    return redirect_303(request, reverse("duplicates", args=[member.review.slug]))


@require_GET
@member_may(Right.READ)
def merges(request: HttpRequest, member: Member) -> HttpResponse:
    """The ledger: each merge with rule, score, evidence, who and when; any can be taken back."""
    found = queries.merges(member.review)
    if (by := request.GET.get("by")) in ("engine", "people"):
        found = found.filter(by__isnull=by == "engine")
    context = {
        "slice": slice_of(request, found, order=("-number",)),
        "counts": queries.counts(member.review),
        "by": by or "",
        "may_decide": member.may(Right.DUPLICATES),
    }
    return page(request, "screening/deduplication/merges.html", context)


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def merge_undo(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take a merge back, with a why."""
    found = get_object_or_404(
        Merge.objects.for_review(member.review).select_related("child__head", "parent", "by__user", "by__review"), number=number
    )
    if request.method == "POST":
        merging.undo(found, by=member, why=request.POST.get("why", "").replace("\x00", ""))
        messages.success(
            request,
            _("The merge is undone: records %(a)s and %(b)s stand apart.") % {"a": found.parent_number, "b": found.child_number},
        )
        return redirect_303(request, reverse("merges", args=[member.review.slug]))
    context = {"merge": found, "rows": queries.side_by_side(found.parent, found.child, found.evidence)}
    return page(request, "screening/deduplication/merge_undo.html", context)


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def compare(request: HttpRequest, member: Member) -> HttpResponse:
    """Any two records: why were they not merged? And *this is a duplicate of …*."""
    records = Record.objects.for_review(member.review).select_related("head")
    given = request.POST if request.method == "POST" else request.GET
    chosen = [
        records.filter(number=int(given[name])).first() if given.get(name, "").isdecimal() and len(given[name]) < 10 else None
        for name in ("a", "b")
    ]
    a, b = chosen
    context: dict[str, Any] = {"a": given.get("a", ""), "b": given.get("b", "")}
    if a is not None and b is not None and a.pk != b.pk:
        if request.method == "POST":
            noted = actions.note_pair(member, a, b)
            return redirect_303(request, reverse("pair", args=[member.review.slug, noted.number]))
        told, evidence = queries.compared(a, b)
        context |= {
            "told": told,
            "rows": queries.side_by_side(a, b, evidence),
            "left": a,
            "right": b,
            "joined": (a.head_id or a.pk) == (b.head_id or b.pk),
        }
    elif given.get("a") and given.get("b"):
        context["problem"] = _("Give the numbers of two different records of this review.")
    return page(request, "screening/deduplication/compare.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@member_may(Right.READ)
def overlap(request: HttpRequest, member: Member) -> HttpResponse:
    """Which source brought what."""
    return page(request, "screening/deduplication/overlap.html", {"overlap": queries.overlap(member.review)})
