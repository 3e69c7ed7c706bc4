"""Set a review up: start it, describe it, its criteria, rules, highlights and rounds."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.reviews import actions as reviews
from reviewapp.reviews import numbers
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import ReviewKind, Right, Role
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import CriteriaVersion, HighlightList, Reason, RuleVersion, ScreeningRound, Stage
from screening.stages import actions, again, queries
from screening.stages.forms import CriteriaForm, HighlightForm, NewReviewForm, ReopenForm, ReviewForm, RoundForm, RulesForm
from screening.vocabulary import CriterionChange, Opens, RoundKind


@require_http_methods(["GET", "POST"])
@login_required
def review_new(request: HttpRequest) -> HttpResponse:
    """Start a review."""
    form = NewReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            roles = [Role.OWNER, Role.REVIEWER] if data["i_vote"] else [Role.OWNER]
            member = reviews.create_review(
                request.user,  # type: ignore[arg-type]  # login_required: never anonymous
                title=data["title"], kind=ReviewKind(data["kind"]), roles=roles, question=data["question"],
                framework=data["framework"], aims=data["aims"],
            )  # fmt: skip
            actions.ensure_stages(member.review, by=member, preset=data["preset"])
        return redirect_303(request, reverse("overview", args=[member.review.slug]))
    return render(request, "screening/stages/review_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    """Describe the review; the way to its rules."""
    review = member.review
    fields = ("title", "kind", "question", "framework", "aims", "author_word")
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={name: getattr(review, name) for name in fields})
    if form.is_valid():
        reviews.change_review(member, **form.cleaned_data)
        messages.success(request, _("The description is saved."))
        return redirect_303(request, request.path)
    context = {"form": form, "stages": queries.stages(review), "highlights": queries.highlights(review)}
    return page(request, "screening/stages/settings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def rules(request: HttpRequest, member: Member, order: int) -> HttpResponse:
    """Change the rules of a stage: first what it would do, then the change."""
    stage = get_object_or_404(Stage.objects.for_review(member.review), order=order)
    present = actions.rules_of(stage)
    like = request.GET.get("like", "")
    form = RulesForm(request.POST if request.method == "POST" else None, instance=present, stage=stage, initial=actions.PRESETS.get(like))
    context: dict[str, Any] = {"form": form, "stage": stage, "present": present, "like": like if like in actions.PRESETS else ""}
    if not stage.is_full_text:
        context |= {"table": queries.outcome_table(stage, present), "counts": present.maybe_counts_as_include}
    if not form.is_valid():
        return page(request, "screening/stages/rules.html", context, status=422 if form.is_bound else 200)
    if "apply" in request.POST:
        fresh = actions.set_rules(member, stage, **form.cleaned_data)
        messages.success(request, _("Version %(n)s of the rules holds from now on.") % {"n": fresh.number})
        return redirect_303(request, reverse("settings", args=[member.review.slug]))
    kept = {f.name: getattr(present, f.name) for f in present._meta.concrete_fields if f.name not in ("id", "review", "stage", "by", "at")}
    values = kept | form.cleaned_data
    if "table" in context:
        asked = RuleVersion(**values)
        context |= {"table": queries.outcome_table(stage, asked), "counts": asked.maybe_counts_as_include}
    context |= {"preview": queries.preview(member, stage, values), "previewed": True}
    return page(request, "screening/stages/rules.html", context)


@require_http_methods(["GET", "POST"])
@member_may(Right.READ)
def criteria(request: HttpRequest, member: Member) -> HttpResponse:
    """Show the criteria and their versions; the owner publishes the next one."""
    review = member.review
    present = actions.criteria_of(review)
    may_manage = member.may(Right.MANAGE)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    initial: dict[str, Any] = {"change": CriterionChange.WORDING if present else CriterionChange.NEW}
    if present is not None:
        initial |= {"include": present.include, "exclude": present.exclude, "reasons": [reason["text"] for reason in present.reasons]}
    form = CriteriaForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        keys = {reason["text"]: reason["key"] for reason in (present.reasons if present else [])}
        reasons = [(keys.get(text, ""), text[:200]) for text in data["reasons"]]
        version = actions.publish_criteria(
            member,
            include=data["include"],
            exclude=data["exclude"],
            reasons=reasons,
            change=CriterionChange(data["change"]),
            why=data["why"],
        )
        messages.success(request, _("Version %(n)s of the criteria is published; votes from now on carry it.") % {"n": version.number})
        return redirect_303(request, request.path)
    notes = queries.criteria_notes(member)
    versions = [(one, notes.get(one.pk, [])) for one in CriteriaVersion.objects.for_review(review).order_by("-number")]
    context = {
        "form": form, "present": present, "versions": versions, "notes": notes.get(present.pk, []) if present else [],
        "reasons": Reason.objects.for_review(review).filter(retired_at=None), "may_manage": may_manage,
        "again_at": again.suggestion(member, present) if may_manage else None,
    }  # fmt: skip
    return page(request, "screening/stages/criteria.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def highlights(request: HttpRequest, member: Member, number: int = 0) -> HttpResponse:
    """Make or change a list of words to mark."""
    found = get_object_or_404(HighlightList.objects.for_review(member.review), number=number) if number else None
    form = HighlightForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        listed = form.save(commit=False)
        if found is None:
            listed.review, listed.number = member.review, numbers.take(member.review, "highlights")
        listed.save()
        messages.success(request, _("The words are marked from the next record on."))
        return redirect_303(request, reverse("settings", args=[member.review.slug]))
    return page(request, "screening/stages/highlights.html", {"form": form, "found": found}, status=422 if form.is_bound else 200)


@require_safe
@member_may(Right.READ)
def rounds(request: HttpRequest, member: Member) -> HttpResponse:
    """The rounds of the review."""
    return page(request, "screening/stages/rounds.html", {"rounds": queries.rounds(member), "may_manage": member.may(Right.MANAGE)})


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def round_new(request: HttpRequest, member: Member) -> HttpResponse:
    """Open a round."""
    form = RoundForm(request.POST if request.method == "POST" else None, review=member.review)
    if form.is_valid():
        data = form.cleaned_data
        kind = RoundKind(data["kind"])
        ids = queries.sample(member, data["sample"] or 25) if kind == RoundKind.PILOT else None
        round = actions.open_round(
            member,
            kind=kind,
            stage=data["stage"],
            name=data["name"],
            team=list(data["team"]),
            search_round=data["search_round"],
            record_ids=ids,
        )
        messages.success(request, _("%(name)s is open.") % {"name": round.name})
        return redirect_303(request, reverse("rounds", args=[member.review.slug]))
    context = {"form": form, "has_criteria": actions.criteria_of(member.review) is not None}
    return page(request, "screening/stages/round_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def round_close(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say what closing does and what is open, then close."""
    round = get_object_or_404(ScreeningRound.objects.for_review(member.review).select_related("stage", "rules"), number=number)
    if request.method == "POST":
        actions.close_round(member, round)
        messages.success(request, _("%(name)s is closed; its votes are open to all members.") % {"name": round.name})
        return redirect_303(request, reverse("rounds", args=[member.review.slug]))
    context = {"round": round, "open": queries.closing(member, round), "strict": round.rules.opens == Opens.AT_CLOSE}
    return page(request, "screening/stages/round_close.html", context)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def round_reopen(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Open one record of a closed round for votes again, with a why."""
    round = get_object_or_404(ScreeningRound.objects.for_review(member.review).select_related("stage", "rules"), number=number)
    form = ReopenForm(request.POST if request.method == "POST" else None, initial={"record": request.GET.get("record", "")})
    if form.is_valid():
        record = queries.record_in(round, form.cleaned_data["record"])
        if record is None:
            form.add_error("record", _("There is no record of this number in this round."))
        else:
            actions.reopen_record(member, round, record, why=form.cleaned_data["why"])
            messages.success(request, _("Record %(n)s takes votes again until it is settled.") % {"n": f"{record.number:,}"})
            return redirect_303(request, reverse("round_reopen", args=[member.review.slug, round.number]))
    context = {"form": form, "round": round, "reopened": queries.reopened(member, round)}
    return page(request, "screening/stages/round_reopen.html", context, status=422 if form.is_bound else 200)


def _why(request: HttpRequest) -> str:
    return request.POST.get("why", "").replace("\x00", "").strip()[:5000]


@require_POST
@member_may(Right.MANAGE)
def round_reveal(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Open all votes of a round before its close, with a why."""
    round = get_object_or_404(ScreeningRound.objects.for_review(member.review), number=number)
    actions.reveal_round(member, round, why=request.POST.get("why", "").replace("\x00", ""))
    messages.success(request, _("The votes of %(name)s are open to all members.") % {"name": round.name})
    return redirect_303(request, reverse("rounds", args=[member.review.slug]))
