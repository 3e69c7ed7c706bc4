"""Share a round out; let somebody go and hand on what is theirs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.labels import queries as labels
from screening.models import ScreeningRound, SetAside
from screening.queues import actions, aside, assignment, leaving, preview
from screening.queues.forms import LeavingForm, SharingForm, initial

SHARING = "screening/queues/sharing.html"
LEAVING = "screening/queues/member_end.html"


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def sharing(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say who judges what in a round: first what it would mean, then the change."""
    rounds = ScreeningRound.objects.for_review(member.review).select_related("stage", "rules", "review")
    round = get_object_or_404(rounds, number=number)
    people, now = preview.people(round), assignment.newest(round)
    team = assignment.team_of(round)
    stops = {place.number: place.stop_after for place in team.places.values() if place.stop_after is not None}
    form = SharingForm(
        request.POST if request.method == "POST" else None, people=people, labels=list(labels.labels(member)),
        initial=initial(now, people, stops, team.reads),
    )  # fmt: skip
    context = {"round": round, "form": form, "now": now, "may_change": round.is_open and round.decides}
    if not form.is_bound:
        return page(request, SHARING, context | {"preview": preview.present(member, round)})
    if not form.is_valid():
        return page(request, SHARING, context, status=422)
    try:
        plan = form.plan()
        if "apply" in request.POST:
            actions.set_sharing(member, round, plan)
            messages.success(request, _("The queues follow the new sharing from now on."))
            return redirect_303(request, reverse("rounds", args=[member.review.slug]))
        actions.check(round)
        return page(request, SHARING, context | {"preview": preview.of_plan(member, round, plan), "previewed": True})
    except actions.CannotShare as error:
        form.add_error(None, str(error))
        return page(request, SHARING, context, status=422)


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def member_end(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say what somebody leaves behind and who takes it, then let them go. Of who has left: votes set aside, and set aside later."""
    other = _person(member, number)
    over = other.ended_at is not None
    cast = leaving.cast(other)
    form = LeavingForm(request.POST if request.method == "POST" else None, heirs=leaving.heirs(other), cast=cast, only_again=over)
    context: dict[str, Any] = {"other": other, "form": form, "cast": cast, "is_me": other == member, "asides": leaving.set_aside(other)}
    if not over:
        context["left"] = leaving.left_behind(member, other)
    if form.is_valid():
        again, why, heir = form.again(), form.cleaned_data["why"], form.successor()
        if "preview" in request.POST:
            return page(request, LEAVING, context | {"again": leaving.cast(other, rounds=again.rounds, days=again.days), "previewed": True})
        if over:
            n = actions.screen_again(member, other, again, why=why, heir=heir)
            said = _("The votes are set aside; their records wait for votes again.") if n else _("There was no such vote to set aside.")
            messages.success(request, said)
            return redirect_303(request, request.path)
        actions.end_membership(member, other, why=why, heir=heir, again=again)
        kept = _("Votes and notes stay.") if not again.rounds else _("Votes set aside wait to be screened again; notes stay.")
        messages.success(request, _("%(name)s is no longer in the review.") % {"name": other.user.display_name} + " " + kept)
        return redirect_303(request, reverse("team", args=[member.review.slug]))
    return page(request, LEAVING, context, status=422 if form.is_bound else 200)


@require_POST
@member_may(Right.MANAGE)
def aside_undo(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Let votes that were set aside count again."""
    found = SetAside.objects.for_review(member.review).select_related("round__rules", "member__user", "member__review")
    one = get_object_or_404(found, number=number)
    aside.take_back(member, one, why=request.POST.get("why", "").replace("\x00", "")[:500])
    messages.success(request, _("The votes count again."))
    return redirect_303(request, reverse("member_end", args=[member.review.slug, one.member.number]))


def _person(member: Member, number: int) -> Member:
    found: Member = get_object_or_404(Member.objects.for_review(member.review).select_related("user", "review"), number=number)
    return found
