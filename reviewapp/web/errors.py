"""Errors are sentences or crashes: the class for the former, the pages for both."""
import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget

from reviewapp.web.shortcuts import wants_part

logger = logging.getLogger(__name__)


class DomainError(Exception):
    """Something that cannot be done now, said in one sentence to the person. Subclasses set ``sentence`` and ``status``.

    ``raise AlreadyClosed()`` says the class's sentence, ``raise AlreadyClosed(_("…"))`` another one.
    """

    status = 409
    sentence: object = _("This cannot be done now. Load the page again to see how things stand.")

    def __init__(self, sentence: object = "") -> None:
        self.sentence = sentence or self.sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(DomainError):
    """What was sent cannot be right (422)."""

    status = 422


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Say the error's sentence: as a notice in ``#flash`` for htmx, so that the page and what was typed stay; else as a page."""
    context = {"sentence": str(error), "status": error.status}
    if wants_part(request):
        response = render(request, "errors/refused_part.html", context, status=error.status)
        response["HX-Reselect"] = ".notice"  # whatever the page selects of its own answers
        return reswap(retarget(response, "#flash"), "innerHTML")
    return render(request, "errors/refused.html", context, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; a ``PermissionDenied("sentence")`` says its sentence."""
    return render(request, "errors/403.html", {"sentence": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, the same whether the thing never was or is not this person's to see."""
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page was too old, or that came from elsewhere."""
    logger.warning("csrf refused: %s %s", request.path, reason)
    return render(request, "errors/403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database: it may be what broke."""
    text = loader.get_template("errors/500.html").render({"request_id": getattr(request, "request_id", "")})
    return HttpResponse(text, status=500)
