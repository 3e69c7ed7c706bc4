"""Pages of the tests' own, on which the shell is tried."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from reviewapp.web.errors import DomainError, Invalid
from reviewapp.web.shortcuts import page, redirect_303, say

handler400 = "reviewapp.web.errors.bad_request"
handler403 = "reviewapp.web.errors.forbidden"
handler404 = "reviewapp.web.errors.not_found"
handler500 = "reviewapp.web.errors.server_error"


class Closed(DomainError):
    sentence = _("Round 1 was closed at 10:42.")


def plain(request: HttpRequest) -> HttpResponse:
    return page(request, "account/settings.html", {})


def empty(request: HttpRequest) -> HttpResponse:
    return page(request, "trial.html#part", {"name": "Kari"})


def moved(request: HttpRequest) -> HttpResponse:
    return redirect_303(request, "/elsewhere/")


def closed(request: HttpRequest) -> HttpResponse:
    raise Closed


def invalid(request: HttpRequest) -> HttpResponse:
    raise Invalid("31 February does not exist.")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Only the third reviewer settles conflicts in this review.")


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret inside")


def told(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Saved.")
    messages.error(request, "Not taken.")
    return page(request, "trial.html#part", {"name": "Kari"})


def kept(request: HttpRequest) -> HttpResponse:
    return say(HttpResponse(), f"kept: {request.POST['note']}", toast=True)


urlpatterns = [
    path("kept/", kept),
    path("", empty, name="home"),
    path("plain/", plain),
    path("moved/", moved),
    path("closed/", closed),
    path("invalid/", invalid),
    path("refused/", refused),
    path("crash/", crash),
    path("told/", told),
    path("", include("reviewapp.accounts.urls")),
]
