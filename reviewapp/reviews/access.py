"""Find the review and the member of a request, or answer as if there were nothing (404), or refuse (403)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from reviewapp.audit.actions import note_access
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right

View = Callable[..., HttpResponseBase]


def member_of(user: Any, slug: str) -> Member:
    """Give the person's live membership in the review with this slug; Http404 for everybody else, whether it exists or not."""
    found = Member.objects.select_related("review").filter(user=user, ended_at=None, review__slug=slug, review__deleted_at=None)
    member = found.order_by().first()
    if member is None:
        raise Http404
    member.user = user  # who asks is at hand
    return member


def member_may(*rights: Right) -> Callable[[View], View]:
    """Let members through who have any of these rights; the view gets ``member`` in the place of ``slug``.

    Not signed in: to the sign-in page. Not a member: 404. A member without the right: 403, kept in the access log.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member = member_of(request.user, slug)
            request.member = member  # type: ignore[attr-defined]  # for templates and logs
            if not member.rights & set(rights):
                note_access("refused", user=request.user, review=member.review, path=request.path)
                raise PermissionDenied
            return view(request, member, *args, **kwargs)

        wrapper.rights = rights  # type: ignore[attr-defined]  # for the tests that look at every URL
        return login_required(wrapper)

    return decorate
