"""Every address of the application. Each feature brings its own urls.py; everything inside a review starts with /r/<slug>/."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

SITE = (
    "reviewapp.web.urls",
    "reviewapp.accounts.urls",
    "reviewapp.reviews.urls",
    "screening.overview.site_urls",
    "screening.stages.site_urls",
    "reviewapp.demo.urls",
)
REVIEW = (
    "reviewapp.reviews.review_urls",
    "screening.overview.urls",
    "screening.searches.urls",
    "screening.importing.urls",
    "screening.deduplication.urls",
    "screening.records.urls",
    "screening.labels.urls",
    "screening.stages.urls",
    "screening.queues.urls",
    "screening.decisions.urls",
    "screening.attaching.urls",
    "screening.conflicts.urls",
    "screening.fulltext.urls",
    "screening.studies.urls",
    "screening.reporting.urls",
    "charting.classification_table.urls",
    "charting.charting_forms.urls",
    "charting.themes.urls",
    "charting.reporting.urls",
)


def _there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(import_module(name))) for name in SITE if _there(name)),
    *(path("r/<slug:slug>/", include(import_module(name))) for name in REVIEW if _there(name)),
]

handler400 = "reviewapp.web.errors.bad_request"
handler403 = "reviewapp.web.errors.forbidden"
handler404 = "reviewapp.web.errors.not_found"
handler500 = "reviewapp.web.errors.server_error"
