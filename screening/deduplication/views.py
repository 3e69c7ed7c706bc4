"""Possible duplicates side by side, the ledger of merges, and the overlap of sources."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303
from screening.deduplication import actions, queries
from screening.deduplication.actions import rule_of
from screening.deduplication.queue import Filter, Queue, Undo, newest_answer, queue
from screening.deduplication.words import kind_says, kind_word, rule_word
from screening.models import DuplicatePair, Merge, Record
from screening.vocabulary import PairState, Strictness

SKIPPED = "skipped_pairs"
MOST_SKIPPED = 1_000


@require_safe
@member_may(Right.READ)
def duplicates(request: HttpRequest, member: Member) -> HttpResponse:
    """The first pair that waits and was not skipped, or what there is to say when none does."""
    waiting = _queue(request, member)
    return _room(request, member, waiting, _pairs(member).filter(number=waiting.first).first() if waiting.first else None)


@require_safe
@member_may(Right.READ)
def pair(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One pair, waiting or answered."""
    return _room(request, member, _queue(request, member), get_object_or_404(_pairs(member), number=number))


def _pairs(member: Member) -> QuerySet[DuplicatePair]:
    found: QuerySet[DuplicatePair] = DuplicatePair.objects.for_review(member.review)
    sides, people = ("a__review", "a__head", "b__review", "b__head"), ("decided_by", "proposed_by")
    return found.select_related("review", *sides, *(f"{who}__{what}" for who in people for what in ("review", "user")))


def _queue(request: HttpRequest, member: Member) -> Queue:
    return queue(member.review, Filter.of(request.GET.dict()), _skipped(request, member))


def _skipped(request: HttpRequest, member: Member) -> list[int]:
    kept: list[int] = request.session.get(SKIPPED, {}).get(member.review.slug, [])
    return kept


def _room(request: HttpRequest, member: Member, waiting: Queue, shown: DuplicatePair | None) -> HttpResponse:
    review = member.review
    context: dict[str, Any] = {
        "pair": shown,
        "queue": waiting,
        "keep": waiting.asked.address,
        "counts": queries.counts(review),
        "comparing": queries.comparing(review),
        "may_decide": member.may(Right.DUPLICATES),
        "may_set": member.may(Right.SEARCHES),
        "strictness": Strictness(rule_of(review).strictness).label,
        "undo": _undo(member, shown) if member.may(Right.DUPLICATES) else None,
    }
    if shown is not None:
        context |= {
            "rows": queries.side_by_side(shown.a, shown.b, shown.evidence),
            "left_found": queries.found_in(shown.a),
            "right_found": queries.found_in(shown.b),
            "seen": actions.seen_of(shown),
            "skip_to": waiting.after(shown.number),
            "kind_word": kind_word(shown.why or "unsure"),
            "kind_says": kind_says(shown.why or "unsure"),
        }
    return page(request, "screening/deduplication/duplicates.html#room", context)


def _undo(member: Member, shown: DuplicatePair | None) -> Undo | None:
    """What Z takes back: one's own answer to the pair that is shown, else one's newest."""
    if shown is not None and shown.state != PairState.OPEN and shown.decided_by_id == member.pk:
        return Undo(pair=shown.number)
    return newest_answer(member)


@require_POST
@member_may(Right.DUPLICATES)
def pair_decide(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Answer a pair: the same, not a duplicate, or take the answer back; or pass it over for now."""
    found = get_object_or_404(_pairs(member), number=number)
    answer = request.POST.get("answer", "")
    keep = Filter.of(request.GET.dict()).address
    here = reverse("pair", args=[member.review.slug, found.number]) + keep
    try:
        if answer == PairState.SAME:
            actions.same(member, found, seen=request.POST.get("seen"))
            messages.success(request, _("Merged. Undo takes it back."))
        elif answer == PairState.DIFFERENT:
            actions.different(member, found, seen=request.POST.get("seen"))
            messages.success(request, _("Kept apart, for ever or until you take it back."))
        elif answer == PairState.OPEN:
            actions.reopen(member, found, own=True)
            messages.success(request, _("The pair waits again."))
            return redirect_303(request, here)
        elif answer == "skip":
            _skip(request, member, found.number)
        else:
            raise actions.CannotDecide(_("Choose: the same paper, or not a duplicate."))
    except actions.AnsweredMeanwhile as meanwhile:
        messages.warning(request, str(meanwhile))
        return redirect_303(request, here)
    return redirect_303(request, reverse("duplicates", args=[member.review.slug]) + keep)


def _skip(request: HttpRequest, member: Member, number: int) -> None:
    """Remember for this person's visit that a pair was passed over; when all of a queue were, they come again."""
    skipped = [n for n in _skipped(request, member) if n != number] + [number]
    waiting = {one.number for one in _queue(request, member).waiting}
    if waiting <= set(skipped):
        skipped = [n for n in skipped if n not in waiting]
        messages.info(request, _("You have skipped every pair here. They come again from the start."))
    request.session[SKIPPED] = {**request.session.get(SKIPPED, {}), member.review.slug: skipped[-MOST_SKIPPED:]}


@require_safe
@member_may(Right.READ)
def merges(request: HttpRequest, member: Member) -> HttpResponse:
    """The ledger: each merge with rule, score, evidence, who and when; any can be taken back."""
    found = queries.merges(member.review)
    if (by := request.GET.get("by")) in ("engine", "people"):
        found = found.filter(by__isnull=by == "engine")
    elif by == "undone":
        found = found.exclude(undone_at=None)
    if asked := request.GET.get("record", "").strip()[:20]:
        record = _record(member, asked)
        found = queries.merges_of(found, record) if record else found.none()
    shown = slice_of(request, found, order=("-number",))
    context = {
        "slice": shown,
        "rows": [(merge, rule_word(merge.rule)) for merge in shown.items],
        "counts": queries.counts(member.review),
        "by": by or "",
        "asked": asked,
        "may_decide": member.may(Right.DUPLICATES),
    }
    return page(request, "screening/deduplication/merges.html", context)


@require_safe
@member_may(Right.READ)
def merge(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One merge with its evidence, and who took it back, for everybody in the review."""
    return _one_merge(request, member, get_object_or_404(queries.merges(member.review), number=number))


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def merge_undo(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take a merge back, with a why."""
    found = get_object_or_404(queries.merges(member.review), number=number)
    if request.method == "POST":
        actions.undo_merge(member, found, why=request.POST.get("why", "").replace("\x00", ""))
        messages.success(
            request,
            _("The merge is undone: records %(a)s and %(b)s stand apart.") % {"a": found.parent_number, "b": found.child_number},
        )
        return redirect_303(request, reverse("merges", args=[member.review.slug]))
    return _one_merge(request, member, found)


def _one_merge(request: HttpRequest, member: Member, found: Merge) -> HttpResponse:
    rows = queries.side_by_side(*queries.as_they_came(found.parent, found.child), found.evidence)
    may_undo = member.may(Right.DUPLICATES) and found.undone_at is None
    context = {"merge": found, "rows": rows, "rule_word": rule_word(found.rule), "may_undo": may_undo}
    return page(request, "screening/deduplication/merge_undo.html", context)


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def compare(request: HttpRequest, member: Member) -> HttpResponse:
    """Any two records: why were they not merged? With the rule, the evidence, and an answer on the spot."""
    given = request.POST if request.method == "POST" else request.GET
    a, b = (_record(member, given.get(name, "")) for name in ("a", "b"))
    context: dict[str, Any] = {"a": given.get("a", ""), "b": given.get("b", "")}
    if a is not None and b is not None and a.pk != b.pk:
        if request.method == "POST":
            return _answered(request, member, a, b)
        told, evidence = queries.compared(a, b)
        context |= {
            "told": told,
            "rows": queries.side_by_side(*queries.as_they_came(a, b), evidence),
            "left": a,
            "right": b,
            "joined": actions.joined_by(a, b),
            "apart": actions.told_apart(a, b),
            "seen": actions.seen_of(actions.noted(a, b)),
            "rule_word": rule_word(told.rule) if told.rule else "",
            "kind_says": kind_says(told.why),
            "strictness": Strictness(rule_of(member.review).strictness).label,
        }
        context["joined_rule"] = rule_word(context["joined"].rule) if context["joined"] else ""
    elif given.get("a") or given.get("b"):
        context["problem"] = _wrong_numbers({name: given.get(name, "").strip() for name in ("a", "b")}, a, b)
    return page(request, "screening/deduplication/compare.html", context, status=422 if request.method == "POST" else 200)


def _wrong_numbers(given: dict[str, str], a: Record | None, b: Record | None) -> str:
    """Say why two numbers that were given are not two records."""
    if not all(given.values()):
        return _("Give the numbers of two records.")
    if a is not None and b is not None:
        return _("Both numbers are one and the same record. Give the numbers of two different records.")
    missing = given["a"] if a is None else given["b"]
    return _("There is no record %(number)s in this review. Give the numbers of two records.") % {"number": missing[:20]}


def _record(member: Member, asked: str) -> Record | None:
    """Find a record by its number, also as pages write it: ``#1,234``."""
    number = asked.strip().removeprefix("#").replace(",", "")
    if not number.isdecimal() or len(number) > 9:
        return None
    found: Record | None = Record.objects.for_review(member.review).select_related("head", "review").filter(number=int(number)).first()
    return found


def _answered(request: HttpRequest, member: Member, a: Record, b: Record) -> HttpResponse:
    """Answer any two records as a pair, or only put them among those that wait."""
    noted = actions.note_pair(member, a, b)
    answer = request.POST.get("answer", "")
    if answer == PairState.SAME:
        actions.same(member, noted, seen=request.POST.get("seen"))
        messages.success(request, _("Merged. Undo takes it back."))
    elif answer == PairState.DIFFERENT:
        actions.different(member, noted, seen=request.POST.get("seen"))
        messages.success(request, _("Kept apart, for ever or until you take it back."))
    return redirect_303(request, reverse("pair", args=[member.review.slug, noted.number]))


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def duplicate_of(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """*This is a duplicate of …*: find the other record, see both, then merge; a reviewer proposes, others merge at once."""
    record = get_object_or_404(Record.objects.for_review(member.review).select_related("head", "review"), number=number)
    at_once = member.may(Right.SEARCHES)
    given = request.POST if request.method == "POST" else request.GET
    other = _record(member, given.get("other", ""))
    problem = _not_another(record, other) if "other" in given else ""
    if problem:
        other = None
    if request.method == "POST" and other is not None:
        return _say_duplicate(request, member, record, other, at_once=at_once)
    asked = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    context: dict[str, Any] = {"record": record, "asked": asked, "other": other, "at_once": at_once, "problem": problem}
    if other is not None:
        _told, evidence = queries.compared(record, other)
        context |= {"rows": queries.side_by_side(record, other, evidence), "apart": actions.told_apart(record, other)}
        context["seen"] = actions.seen_of(actions.noted(record, other))
    elif asked:
        context["found"] = queries.look_up(member.review, asked, but=record)
    return page(request, "screening/deduplication/duplicate_of.html", context, status=422 if request.method == "POST" else 200)


def _not_another(record: Record, other: Record | None) -> str:
    """Say why a record cannot be a duplicate of what was given; "" where it can."""
    if other is None:
        return _("No record of this review has that number.")
    if other.pk == record.pk:
        return _("That is the same record. Find the other one.")
    if (other.head_id or other.pk) == (record.head_id or record.pk):
        return _("Records %(a)s and %(b)s are one record already.") % {"a": f"{record.number:,}", "b": f"{other.number:,}"}
    return ""


def _say_duplicate(request: HttpRequest, member: Member, record: Record, other: Record, *, at_once: bool) -> HttpResponse:
    if at_once:
        actions.same(member, actions.note_pair(member, record, other), seen=request.POST.get("seen"))
        messages.success(request, _("Merged. If votes exist, the outcome may change. ‘Undo merge’ in the history takes it back."))
    else:
        actions.propose(member, record, other)
        messages.success(request, _("Proposed: the two wait among the possible duplicates, with your name."))
    number = min(record.head.number if record.head else record.number, other.head.number if other.head else other.number)
    return redirect_303(request, reverse("record", args=[member.review.slug, number]))
