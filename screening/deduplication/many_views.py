"""Many at once: a whole kind of pairs answered, with a preview and a way back; and how strict the engine is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.deduplication import actions, bulk, effect
from screening.deduplication.queue import Filter, queue
from screening.deduplication.words import kind_word, rule_word
from screening.models import DuplicatePair, Merge, PairBulk
from screening.vocabulary import BulkAnswer, Strictness

SHOWN = 100


@require_http_methods(["GET", "POST"])
@member_may(Right.DUPLICATES)
def pairs_many(request: HttpRequest, member: Member) -> HttpResponse:
    """All pairs of a kind that wait, to be answered at once: only those that were on the page, whatever comes meanwhile."""
    asked = Filter.of(request.GET.dict())
    waiting = [one.number for one in queue(member.review, asked).waiting]
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer not in (BulkAnswer.SAME, BulkAnswer.DIFFERENT):
            raise actions.CannotDecide(_("Choose: all the same, or none of them."))
        upto = request.POST.get("upto", "")
        last = int(upto) if upto.isdecimal() and len(upto) < 10 else 0
        begun, job = bulk.begin(member, answer, [n for n in waiting if n <= last], about=_about(asked))
        return _work(request, member, begun, job)
    shown = DuplicatePair.objects.for_review(member.review).filter(number__in=waiting[:SHOWN]).select_related("a", "b")
    by_number = {pair.number: pair for pair in shown}
    context = {
        "keep": asked.address,
        "about": _about(asked),
        "count": len(waiting),
        "upto": max(waiting, default=0),
        "pairs": [by_number[n] for n in waiting[:SHOWN]],
        "earlier": PairBulk.objects.for_review(member.review).select_related("by__review", "undone_by__review").order_by("-number")[:20],
    }
    return page(request, "screening/deduplication/many.html", context)


def _about(asked: Filter) -> str:
    return kind_word(asked.kind) if asked.kind else ""


def _work(request: HttpRequest, member: Member, begun: PairBulk, job: Job) -> HttpResponse:
    """Do a small number at once, leave a large one to a worker; either way its page says how far it is."""
    if len(begun.numbers) <= bulk.AT_ONCE:
        jobs.run(job.pk)
    return redirect_303(request, reverse("pairs_answered", args=[member.review.slug, begun.number]))


@require_safe
@member_may(Right.DUPLICATES)
def pairs_answered(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One answer to many: how far it is, what it did, and its way back."""
    rows = PairBulk.objects.for_review(member.review).select_related("by__review", "by__user", "undone_by__review", "undone_by__user")
    found = get_object_or_404(rows, number=number)
    model = Merge if found.answer == BulkAnswer.APART else DuplicatePair
    context = {
        "bulk": found,
        "count": len(found.numbers),
        "job": bulk.job_of(found),
        "rows": model.objects.for_review(member.review).filter(number__in=found.numbers[:SHOWN]).order_by("number"),
    }
    return page(request, "screening/deduplication/answered.html#state", context)


@require_POST
@member_may(Right.DUPLICATES)
def pairs_take_back(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take an answer to many back, as one."""
    found = get_object_or_404(PairBulk.objects.for_review(member.review).select_related("review", "by"), number=number)
    job = bulk.take_back(member, found)
    messages.success(request, _("Taken back: what was answered there waits again."))
    return _work(request, member, found, job)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def strictness(request: HttpRequest, member: Member) -> HttpResponse:
    """How strict the engine is, and what another strictness would do."""
    now = actions.rule_of(member.review).strictness
    if request.method == "POST":
        return _set_strictness(request, member, now)
    other = Strictness.BALANCED if now == Strictness.CAREFUL else Strictness.CAREFUL
    would, job = effect.ask(member, other)
    loose, loose_job = effect.ask(member, Strictness.CAREFUL) if now == Strictness.CAREFUL else (None, None)
    undoable = loose or (would if other == Strictness.CAREFUL else None)
    merges = Merge.objects.for_review(member.review).filter(number__in=undoable.merges[:SHOWN] if undoable else []).order_by("number")
    pairs = DuplicatePair.objects.for_review(member.review).filter(number__in=would.pairs[:SHOWN] if would else []).order_by("number")
    context = {
        "now": now,
        "other": other,
        "words": dict(Strictness.choices),
        "would": would,
        "loose": loose,
        "job": job or loose_job,
        "merges": [(merge, rule_word(merge.rule)) for merge in merges.select_related("parent", "child")],
        "pairs": pairs.select_related("a", "b"),
        "merged": Merge.objects.for_review(member.review).filter(undone_at=None, by=None).count(),
    }
    return page(request, "screening/deduplication/strictness.html#state", context)


def _set_strictness(request: HttpRequest, member: Member, now: str) -> HttpResponse:
    """Let another strictness hold; or take back the merges that the careful one would not have made."""
    here = reverse("strictness", args=[member.review.slug])
    if request.POST.get("do") == "apart":
        found, _job = effect.ask(member, Strictness.CAREFUL)
        if found is None or now != Strictness.CAREFUL:
            return redirect_303(request, here)
        begun, job = bulk.begin(
            member, BulkAnswer.APART, found.merges, about=str(_("merges that the careful rule would not have made")),
            why=request.POST.get("why", "").replace("\x00", ""),
        )  # fmt: skip
        return _work(request, member, begun, job)
    actions.set_strictness(member, request.POST.get("strictness", ""))
    messages.success(request, _("Kept. It holds from the next comparison on."))
    return redirect_303(request, here)
