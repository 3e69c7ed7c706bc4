"""What every request passes: a number to find it again by, and pages of signed-in people that nobody's cache keeps."""
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from reviewapp.web.errors import DomainError, refused
from reviewapp.web.shortcuts import wants_part

Handler = Callable[[HttpRequest], HttpResponse]

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Give the id of the request being answered, or an empty text outside one (a command, a task)."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give every request an id of our own (never the caller's), and send it back as ``X-Request-ID``."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = str(uuid.uuid4())
        request.request_id = number  # type: ignore[attr-defined]  # from here on a request has it
        token = _request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = number
        return response


class PrivatePagesMiddleware:
    """Keep pages of signed-in people out of every cache, and page and fragment of one address apart."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class SentencesMiddleware:
    """Turn domain errors into their sentences, and a redirect to sign-in within a page into one of the page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_part(request) and isinstance(response, HttpResponseRedirect):
            login = resolve_url(settings.LOGIN_URL)
            if urlsplit(response.url).path == login:
                here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]  # django-htmx adds it
                return HttpResponseClientRedirect(f"{login}?{urlencode({'next': here})}")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError; everything else goes up."""
        return refused(request, exception) if isinstance(exception, DomainError) else None
