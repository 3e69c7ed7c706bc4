"""The team of a review, and the door that an invitation opens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.accounts.adapter import INVITATION_EMAIL
from reviewapp.reviews import actions
from reviewapp.reviews.access import member_may
from reviewapp.reviews.forms import InviteForm, RolesForm
from reviewapp.reviews.models import Invitation, Member
from reviewapp.reviews.vocabulary import Right, Role
from reviewapp.web.shortcuts import page, redirect_303

LINK = "fresh_invitation_link"


@require_http_methods(["GET", "POST"])
@member_may(Right.READ)
def team(request: HttpRequest, member: Member) -> HttpResponse:
    """Show who is in the review; the owner invites."""
    review = member.review
    may_manage = member.may(Right.MANAGE)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        invitation, token = actions.invite(member, email=form.cleaned_data["email"], roles=[Role(r) for r in form.cleaned_data["roles"]])
        link = settings.BASE_URL + reverse("invitation", args=[token])
        if settings.MAIL_WORKS:
            _send(invitation, link)
        request.session[LINK] = [invitation.number, review.slug, link]
        return redirect_303(request, reverse("team", args=[review.slug]))
    fresh = request.session.pop(LINK, None) if request.method == "GET" else None
    everybody = Member.objects.for_review(review).select_related("user", "review")
    context = {
        "form": form,
        "members": [m for m in everybody if m.ended_at is None],
        "former": [m for m in everybody if m.ended_at is not None],
        "invitations": Invitation.objects.for_review(review).filter(accepted_at=None, withdrawn_at=None) if may_manage else [],
        "fresh": fresh[2] if fresh and fresh[1] == review.slug else "",
        "mail_works": settings.MAIL_WORKS,
        "may_manage": may_manage,
        "Role": Role,
    }
    return page(request, "reviews/team.html", context, status=422 if form.is_bound else 200)


def _send(invitation: Invitation, link: str) -> None:
    send_mail(
        _("An invitation to the review “%(title)s”") % {"title": invitation.review.title},
        _(
            "%(name)s invites you to take part in the review “%(title)s”.\n\nOpen this link to join: %(link)s\n\n"
            "It works once, for this address, until %(until)s."
        )
        % {
            "name": invitation.invited_by.user.display_name,
            "title": invitation.review.title,
            "link": link,
            "until": invitation.expires_at.date(),
        },
        None,
        [invitation.email],
        fail_silently=True,
    )


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def member_edit(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Change somebody's roles, or let them go."""
    other = get_object_or_404(Member.objects.for_review(member.review).select_related("user", "review"), number=number)
    form = RolesForm(request.POST if request.method == "POST" else None, initial={"roles": other.roles})
    if form.is_valid():
        actions.change_roles(member, other, roles=[Role(r) for r in form.cleaned_data["roles"]])
        messages.success(request, _("%(name)s has the new roles from now on.") % {"name": other.user.display_name})
        return redirect_303(request, reverse("team", args=[member.review.slug]))
    return page(request, "reviews/member_edit.html", {"form": form, "other": other}, status=422 if form.is_bound else 200)


@require_POST
@member_may(Right.MANAGE)
def invitation_withdraw(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.for_review(member.review), number=number)
    actions.withdraw_invitation(member, invitation)
    messages.success(request, _("The invitation for %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect_303(request, reverse("team", args=[member.review.slug]))


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open an invitation: join, sign in, open an account, or learn that it was made out to somebody else."""
    found = actions.find_invitation(token)
    if found is None:
        return render(request, "reviews/invitation_gone.html", status=404)
    wrong = request.user.is_authenticated and request.user.email.casefold() != found.email.casefold()
    if request.method == "POST":
        if "sign_out" in request.POST:
            logout(request)
            return redirect_303(request, request.path)
        if request.user.is_authenticated and not wrong:
            member = actions.accept(found, request.user)
            request.session.pop(INVITATION_EMAIL, None)
            return redirect_303(request, reverse("overview", args=[member.review.slug]))
    if not request.user.is_authenticated:
        request.session[INVITATION_EMAIL] = found.email
    response = render(
        request, "reviews/invitation.html", {"invitation": found, "wrong": wrong, "roles": [Role(r).label for r in found.roles]}
    )
    response["Referrer-Policy"] = "same-origin"  # no-referrer would take the Origin from the form, and it be refused
    return response


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say that the web server answers and reaches its database (for the supervisor and the container)."""
    Member.objects.order_by("pk").values_list("pk", flat=True).first()
    return HttpResponse("ok", content_type="text/plain")
