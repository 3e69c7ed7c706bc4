"""Rounds that begin with a choice of records: a re-look after a change of the criteria, and practice for newcomers."""

from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import ScreeningRound
from screening.stages import actions, again
from screening.stages.forms import PracticeForm, RelookForm
from screening.vocabulary import RoundKind, StageKind


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def relook(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose records to look at again: first what the round would hold, then the round."""
    present = actions.criteria_of(member.review)
    which = request.GET.get("which", again.EXCLUDED)
    initial = {
        "which": which if which in dict(again.WHICH) else again.EXCLUDED,
        "name": _("Re-look, criteria version %(n)s") % {"n": present.number} if present else "",
    }
    form = RelookForm(request.POST if request.method == "POST" else None, member=member, initial=initial)
    context: dict[str, Any] = {"form": form, "present": present}
    if form.is_valid():
        data = form.cleaned_data
        seed = data["seed"] or token_hex(8)
        before = present.at if present is not None and data["earlier"] else None
        found = again.relook(
            member, data["stage"], data["which"], reason=data["reason"], label=data["label"], before=before, sample=data["sample"],
            seed=seed,
        )  # fmt: skip
        if "open" in request.POST:
            round = actions.open_round(
                member, kind=RoundKind.RELOOK, stage=data["stage"], name=data["name"], team=data["team"], record_ids=found.ids,
                shows_own_votes=data["shows"] == "shown",
            )  # fmt: skip
            messages.success(request, _("%(name)s is open.") % {"name": round.name})
            return redirect_303(request, reverse("rounds", args=[member.review.slug]))
        form.data = {**request.POST.dict(), "team": request.POST.getlist("team"), "seed": seed}
        votes = actions.rules_of(data["stage"]).votes_needed
        context |= {"found": found, "votes": votes, "titles": found.titles(), "short": len(data["team"]) < votes}
    return page(request, "screening/stages/relook.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def practice(request: HttpRequest, member: Member) -> HttpResponse:
    """Open a practice round: records picked at random, votes that count nowhere."""
    form = PracticeForm(request.POST if request.method == "POST" else None, review=member.review, initial={"name": _("Practice")})
    if form.is_valid():
        data = form.cleaned_data
        found = again.practice(member, data["n"], only_settled=data["source"] == "settled")
        stage = actions.stage_of(member.review, StageKind.TITLE_ABSTRACT)
        round = actions.open_round(
            member, kind=RoundKind.PRACTICE, stage=stage, name=data["name"], team=data["team"], record_ids=found.ids
        )  # fmt: skip
        said = ngettext("%(name)s is open with %(n)s record.", "%(name)s is open with %(n)s records.", found.n)
        messages.success(request, said % {"name": round.name, "n": found.n})
        return redirect_303(request, reverse("rounds", args=[member.review.slug]))
    context = {"form": form, "settled": again.practice(member, 1, only_settled=True).matching}
    return page(request, "screening/stages/practice.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_may(Right.READ)
def practised(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """How newcomers voted in a practice round beside what the team decided, once the round is closed."""
    rounds = ScreeningRound.objects.for_review(member.review).select_related("stage", "rules")
    round = get_object_or_404(rounds, number=number, kind=RoundKind.PRACTICE)
    if round.revealed_at is None:
        raise Http404
    scores, lines = again.practised(member, round)
    return page(request, "screening/stages/practised.html", {"round": round, "scores": scores, "lines": lines})
