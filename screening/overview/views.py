"""Home: what waits for me. Overview: the map of one review."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page
from screening.overview import queries


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """My reviews, and in each what waits for me."""
    memberships = (
        Member.objects.filter(user=request.user, ended_at=None, review__deleted_at=None)
        .select_related("review", "user")
        .order_by("review__title", "pk")
    )
    reviews = [{"member": m, "review": m.review, "tasks": queries.waits_for(m)} for m in memberships]
    tasks = [{"review": r["review"], "task": task} for r in reviews for task in r["tasks"]]
    return render(request, "screening/overview/home.html", {"reviews": reviews, "tasks": tasks})


@require_safe
@member_may(Right.READ)
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    """Where the review stands, as far as this member may see."""
    context = {
        "rail_is_map": True,
        "funnel": queries.funnel(member),
        "steps": queries.setup_steps(member) if member.may(Right.MANAGE) else [],
        "next": queries.next_step(member),
        "searches": queries.search_table(member),
        "rounds": queries.team_table(member),
    }
    return page(request, "screening/overview/overview.html", context)
