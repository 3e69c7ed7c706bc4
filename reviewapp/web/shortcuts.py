"""Answer a request: a page or its part, a redirect that fits how the request came."""
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that passed django_htmx's middleware (for type hints)."""

    htmx: HtmxDetails


class SeeOther(HttpResponseRedirect):
    """A redirect after a form: fetch the new address with GET."""

    status_code = 303


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page, not for the whole (a boosted link, a step back in history)."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render ``x.html#part``: the part for htmx, else the whole of ``x.html``. Without ``#part`` always the whole."""
    whole, _, _part = template.partition("#")
    return render(request, template if wants_part(request) else whole, context, status=status)


def redirect_303(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to ``url`` (an address, made with ``reverse``): 303 for a plain form, ``HX-Redirect`` for htmx."""
    if wants_part(request):
        return cast(HttpResponse, HttpResponseClientRedirect(url))
    return SeeOther(url)


def say(response: HttpResponse, sentence: object, *, toast: bool = False) -> HttpResponse:
    """Have a part say a sentence when it arrives: to screen readers, or as a toast that both see and hear."""
    return trigger_client_event(response, "toast" if toast else "announce", {"value": str(sentence)})
