"""The two files of an installable application; nothing in them is anybody's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

WORKER = settings.BASE_DIR / "static/js/service-worker.js"
GROUND = "#2f56a6"


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the application looks when it is installed."""
    icons = [
        {"src": static("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("icons/icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    about = {
        "id": "/", "name": "reviewapp", "short_name": "reviewapp", "start_url": "/", "scope": "/", "display": "standalone",
        "description": _("Screening for systematic and scoping reviews."), "background_color": "#ffffff", "theme_color": GROUND,
        "icons": icons,
    }  # fmt: skip
    return JsonResponse(about, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker from the top of the site: only there it may look after all pages."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
