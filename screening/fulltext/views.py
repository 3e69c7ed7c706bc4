"""Full text: the list of reports, the page of one with its PDF beside the decision, and what is done to get it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviewapp.audit import actions as audit
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening import visibility
from screening.fulltext import actions, queries
from screening.fulltext.forms import PdfForm, StepForm
from screening.models import FullText, Report
from screening.vocabulary import RecusalKind, Retrieval

LIST = "screening/fulltext/list.html#part"
REPORT = "screening/fulltext/report.html"
#: The browser's own viewer shows the PDF in a frame of our page; nothing in it may load or run anything.
PDF_POLICY = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
@member_may(Right.READ)
def fulltext(request: HttpRequest, member: Member) -> HttpResponse:
    """List the reports that the member may know of."""
    show, text = request.GET.get("show", queries.ALL), request.GET.get("q", "")[:200].replace("\x00", "").strip()
    rows = queries.shown(member, show, text).select_related("record")
    part = slice_of(request, rows, order=("number",), size=50)
    tabs = queries.tabs(member, show)
    context = {
        "tabs": tabs,
        "show": show,
        "text": text,
        "slice": part,
        "lines": queries.lines(member, part.items),
        "any": bool(tabs[0].n),
        "begin": queries.shown(member, queries.MINE, "").order_by("number").first() if queries.my_rounds(member) else None,
    }
    return page(request, LIST, context)


@require_safe
@member_may(Right.READ)
def report(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show one report: its PDF or how to get it, and the decision."""
    return _page(request, member, _report(member, number))


@require_POST
@member_may(Right.FULL_TEXTS)
def report_step(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say what was done to get a full text."""
    found = _report(member, number)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, member, found, step=form, status=422)
    sent = form.cleaned_data
    try:
        actions.record_step(
            member, found, Retrieval(sent["kind"]), note=sent["note"], link=sent["link"], chase_on=sent["chase_on"]
        )  # fmt: skip
    except actions.CannotRetrieve as error:
        form.add_error(None, str(error))
        return _page(request, member, found, step=form, status=error.status)
    messages.success(request, _("Report %(number)s: %(state)s.") % {"number": number, "state": Retrieval(sent["kind"]).label})
    return redirect_303(request, _url(member, found))


@require_POST
@member_may(Right.FULL_TEXTS)
def fulltext_upload(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Attach a PDF."""
    found = _report(member, number)
    form = PdfForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", ""):
        form.errors.clear()
        form.add_error("file", _("This file is larger than this server takes. Nothing of it was kept."))
    if not form.is_valid():
        return _page(request, member, found, pdf=form, status=422)
    try:
        actions.attach(member, found, form.cleaned_data["file"])
    except DomainError as error:
        form.add_error("file", str(error))
        return _page(request, member, found, pdf=form, status=error.status)
    messages.success(request, _("The PDF is attached to report %(number)s.") % {"number": number})
    return redirect_303(request, _url(member, found))


@require_safe
@member_may(Right.READ)
def fulltext_file(request: HttpRequest, member: Member, number: int, file_number: int) -> FileResponse:
    """Send a PDF: for the frame beside the decision, or (``?download=1``) to keep. Membership is asked each time."""
    kept = _file(member, number, file_number)
    try:
        body = default_storage.open(kept.stored_as)
    except FileNotFoundError as error:
        raise Http404 from error
    audit.note_access("download", user=request.user, review=member.review, path=request.path)
    response = FileResponse(body, content_type="application/pdf")
    response["Content-Length"] = str(kept.size)
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, kept.filename) or "inline"
    response["Content-Security-Policy"] = PDF_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@member_may(Right.FULL_TEXTS)
def fulltext_withdraw(request: HttpRequest, member: Member, number: int, file_number: int) -> HttpResponse:
    """Take a PDF away from its report; it is kept, and not shown any more."""
    kept = _file(member, number, file_number)
    actions.withdraw_file(member, kept)
    messages.success(
        request, _("%(name)s is taken away from report %(number)s. The file is kept.") % {"name": kept.filename, "number": number}
    )
    return redirect_303(request, reverse("report", args=[member.review.slug, number]))


def _report(member: Member, number: int) -> Report:
    found: Report = get_object_or_404(queries.known(member).select_related("record", "review"), number=number)
    return found


def _file(member: Member, number: int, file_number: int) -> FullText:
    found = _report(member, number)
    kept: FullText = get_object_or_404(FullText.objects.for_review(member.review), report=found, number=file_number, withdrawn_at=None)
    return kept


def _url(member: Member, found: Report) -> str:
    return reverse("report", args=[member.review.slug, found.number])


def _page(
    request: HttpRequest, member: Member, found: Report, *, step: StepForm | None = None, pdf: PdfForm | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    shown = queries.report_page(member, found)
    if shown.others and shown.row is not None:
        visibility.note_opened(member, shown.row)
    context: dict[str, Any] = {
        "page": shown,
        "report": found,
        "record": found.record,
        "may_get": member.may(Right.FULL_TEXTS),
        "getting": request.GET.get("get") == "1" or step is not None or pdf is not None,
        "step_form": step or StepForm(initial={"kind": _likely(found)}),
        "pdf_form": pdf or PdfForm(),
        "limit": settings.PDF_MAX_BYTES // 1_000_000,
        "recusals": RecusalKind.choices,
        "web_url": found.record.url if queries.is_web(found.record.url) else "",
    }
    return page(request, f"{REPORT}#get" if wants_part(request) and (step or pdf) else REPORT, context, status=status)


def _likely(found: Report) -> str:
    """The step that most likely comes next."""
    return Retrieval.REQUESTED if found.retrieval == Retrieval.SOUGHT else found.retrieval
