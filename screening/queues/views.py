"""Share a round out; let somebody go and hand on what is theirs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import ScreeningRound
from screening.queues import actions, assignment, leaving, preview
from screening.queues.forms import LeavingForm, SharingForm, initial

SHARING = "screening/queues/sharing.html"


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def sharing(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say who judges what in a round: first what it would mean, then the change."""
    rounds = ScreeningRound.objects.for_review(member.review).select_related("stage", "rules", "review")
    round = get_object_or_404(rounds, number=number)
    people, now = preview.people(round), assignment.newest(round)
    team = assignment.team_of(round)
    stops = {place.number: place.stop_after for place in team.places.values() if place.stop_after is not None}
    form = SharingForm(request.POST if request.method == "POST" else None, people=people, initial=initial(now, people, stops, team.reads))
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
    """Say what somebody leaves behind and who takes it, then let them go."""
    live = Member.objects.for_review(member.review).select_related("user", "review")
    other = get_object_or_404(live, number=number)
    heirs = leaving.heirs(other)
    form = LeavingForm(request.POST if request.method == "POST" else None, heirs=heirs)
    if form.is_valid():
        actions.end_membership(member, other, why=form.cleaned_data["why"], heir=form.successor())
        messages.success(request, _("%(name)s is no longer in the review. Votes and notes stay.") % {"name": other.user.display_name})
        return redirect_303(request, reverse("team", args=[member.review.slug]))
    context = {"other": other, "form": form, "left": leaving.left_behind(member, other), "is_me": other == member}
    return page(request, "screening/queues/member_end.html", context, status=422 if form.is_bound else 200)
