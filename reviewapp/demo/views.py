"""How far the demo is: a page that anybody on a try-out may see, with no data of the review."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from reviewapp.demo import review, script
from reviewapp.demo.tasks import KIND
from reviewapp.jobs.models import Job
from reviewapp.web.shortcuts import page


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show the steps done; stops asking when the demo stands. Only where this server has a demo."""
    job = Job.objects.filter(kind=KIND).order_by("-pk").first()
    if job is None:
        raise Http404
    done = script.step_done()
    context = {
        "job": job, "done": done, "total": script.LAST, "ready": done >= script.LAST, "url": reverse("overview", args=[review.SLUG]),
        "accounts": review.ACCOUNTS, "password": settings.DEMO_PASSWORD,
    }  # fmt: skip
    return page(request, "demo/progress.html#progress", context)
