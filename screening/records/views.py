"""Records: the list, the history of one, corrections, removal before screening; the review's history; one's own votes as a table."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import Invalid
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303
from screening import visibility
from screening.labels import queries as labels
from screening.labels.queries import WORKERS
from screening.models import Record
from screening.records import actions, queries
from screening.records.forms import EditForm, ListForm, RemoveForm
from screening.reporting.writers import csv_table
from screening.stages import actions as stages
from screening.vocabulary import RemovalReason

PAGE_SIZE = 50
EDITORS = (Right.SCREEN, Right.SEARCHES, Right.DUPLICATES, Right.FULL_TEXTS, Right.MANAGE)


@require_GET
@member_may(Right.READ)
def records(request: HttpRequest, member: Member) -> HttpResponse:
    """List records by search and filters; the address holds it all."""
    form = ListForm(request.GET, review=member.review, votes=member.may(Right.SCREEN))
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    rows = queries.listed(member, asked)
    found, more = queries.capped(rows)
    context = {
        "form": form, "slice": slice_of(request, rows, order=("number",), size=PAGE_SIZE), "found": found, "more": more,
        "asked": bool(asked), "search_text": asked.get("q", ""), "fields": [form[name] for name in form.fields if name != "q"],
    }  # fmt: skip
    return page(request, "screening/records/records.html#list", context, status=200)


@require_GET
@member_may(Right.READ)
def record(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show the history of a record; another number of its group leads to its head."""
    found = _record(member, number)
    if found.head is not None:
        return HttpResponsePermanentRedirect(reverse("record", args=[member.review.slug, found.head.number]))
    may_remove = member.may(Right.REMOVE)
    context = {
        "worn": labels.worn(member, [found]).get(found.pk, []), "may_label": bool(member.rights & set(WORKERS)),
        "record": found, "story": queries.story(member, found), "may_edit": bool(member.rights & set(EDITORS)), "may_remove": may_remove,
        "remove_form": RemoveForm() if may_remove else None,
        "undo_there": member.may(Right.DUPLICATES) and _has_url("merge_undo", member, 1),
        "report_there": _has_url("report", member, 1), "study_there": _has_url("study", member, 1),
    }  # fmt: skip
    return page(request, "screening/records/record.html", context)


@require_http_methods(["GET", "POST"])
@member_may(*EDITORS)
def record_edit(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Correct the displayed fields of a record. What the files said stays."""
    found = _record(member, number)
    head = found.head or found
    initial = {field: actions.shown(head, field) for field in EditForm().fields}
    form = EditForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        sent = [field for field in form.fields if field in request.POST]
        changed = [field for field in sent if actions.edit_field(member, head, field, form.cleaned_data[field])]
        if changed:
            messages.success(request, _("The record reads as you wrote it; the files keep their own words."))
        return redirect_303(request, reverse("record", args=[member.review.slug, head.number]))
    return page(request, "screening/records/edit.html", {"form": form, "record": head}, status=422 if form.is_bound else 200)


@require_POST
@member_may(Right.REMOVE)
def record_remove(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Remove a record before screening."""
    found = _record(member, number)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose the reason for which the record is removed."))
    stages.remove(member, found, reason=RemovalReason(form.cleaned_data["reason"]), note=form.cleaned_data["note"])
    return redirect_303(request, reverse("record", args=[member.review.slug, (found.head or found).number]))


@require_POST
@member_may(Right.REMOVE)
def record_restore(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Put a removed record back."""
    found = _record(member, number)
    stages.take_back_removal(member, found)
    return redirect_303(request, reverse("record", args=[member.review.slug, (found.head or found).number]))


@require_GET
@member_may(Right.READ)
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """What happened in the review, newest first, as far as this member may read it; ``?record=`` for one record."""
    wanted = request.GET.get("record", "")
    events = visibility.events(member)
    shown = None
    if wanted.isdecimal() and len(wanted) < 10:
        shown = _record(member, int(wanted))
        head = shown.head or shown
        ids = [one.number for one in [head, *head.followers.all()]]
        events = visibility.events(member, record_numbers=ids)
    found = slice_of(request, events, order=("-seq",), size=PAGE_SIZE)
    context = {"slice": found, "events": queries.told(member, found.items), "shown": shown}
    return page(request, "screening/records/history.html", context)


@require_GET
@member_may(Right.SCREEN)
def my_votes_csv(request: HttpRequest, member: Member) -> StreamingHttpResponse:
    """Give one's own votes as a table."""
    note_access("download", user=request.user, review=member.review, path=request.path)
    rows = csv_table.write(queries.VOTE_COLUMNS, queries.my_votes(member))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-votes.csv"'
    return response


def _record(member: Member, number: int) -> Record:
    return get_object_or_404(Record.objects.for_review(member.review).select_related("head"), number=number)


def _has_url(name: str, member: Member, number: int) -> bool:
    try:
        reverse(name, args=[member.review.slug, number])
    except NoReverseMatch:
        return False
    return True
