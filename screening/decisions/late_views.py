"""Votes that came after their round was closed: who sees them, and what the owner does with them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.decisions import actions
from screening.stages import late


@require_safe
@member_may(Right.READ)
def late_votes(request: HttpRequest, member: Member) -> HttpResponse:
    """Votes that came after the close: all of them for the owner, who admits or leaves them; one's own for everybody else."""
    found = late.late_votes(member)
    may_manage = member.may(Right.MANAGE)
    context = {"waiting": [one for one in found if one.waits], "ended": [one for one in found if not one.waits], "may_manage": may_manage}
    return page(request, "screening/decisions/late_votes.html", context)


@require_POST
@member_may(Right.MANAGE)
def late_admit(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Let a late vote count, with a why."""
    vote = _late(member, number)
    actions.admit_late_vote(vote, by=member, why=_why(request))
    messages.success(request, _("The vote counts now. It is marked as not independent."))
    return redirect_303(request, reverse("late_votes", args=[member.review.slug]))


@require_POST
@member_may(Right.MANAGE)
def late_leave(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Leave a late vote uncounted."""
    actions.leave_late_vote(_late(member, number), by=member, why=_why(request))
    messages.success(request, _("The vote is kept and does not count."))
    return redirect_303(request, reverse("late_votes", args=[member.review.slug]))


def _late(member: Member, number: int) -> Any:
    found = late.one(member, number)
    if found is None:
        raise Http404
    return found


def _why(request: HttpRequest) -> str:
    return request.POST.get("why", "").replace("\x00", "").strip()[:5000]
