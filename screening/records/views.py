"""Records: the list, the history of one, corrections, removal before screening; the review's history; one's own votes as a table."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import Invalid
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening import visibility
from screening.labels import queries as labels
from screening.labels.queries import WORKERS
from screening.models import Record
from screening.records import actions, bulk, lists, queries
from screening.records.forms import EditForm, RemoveForm
from screening.search.fields import fields_for
from screening.search.queries import waits
from screening.stages import actions as stages
from screening.vocabulary import RemovalReason
from screening.writers import csv_table

PAGE_SIZE = 50
EDITORS = (Right.SCREEN, Right.SEARCHES, Right.DUPLICATES, Right.FULL_TEXTS, Right.MANAGE)


@require_safe
@member_may(Right.READ)
def records(request: HttpRequest, member: Member) -> HttpResponse:
    """List records by search and filters; the address holds it all. What is counted beside them comes after."""
    return page(request, "screening/records/records.html#found", _list(request, member, counted=False))


@require_safe
@member_may(Right.READ)
def records_counts(request: HttpRequest, member: Member) -> HttpResponse:
    """The filters with how many records each would leave; without htmx the whole list with them."""
    if wants_part(request):
        found = lists.listed(member, lists.asked_of(request.GET, member))
        return render(request, "screening/records/records.html#filters", _filters(found, counted=True))
    return page(request, "screening/records/records.html", _list(request, member, counted=True))


def _list(request: HttpRequest, member: Member, *, counted: bool) -> dict[str, Any]:
    found = lists.listed(member, lists.asked_of(request.GET, member))
    beside = _filters(found, counted=counted)
    if not counted:
        n, more = found.count()
        beside |= {"n": n, "more": more}
    return beside | {
        "slice": found.page(request), "on": lists.filters_on(found), "orders": lists.orders(found),
        "waits": bool(found.asked.text) and waits(member.review), "fields": fields_for(found.asker).values(),
        "bulk": [(one, one.context(member)) for one in bulk.for_member(member).values()], "search_text": found.asked.text,
    }  # fmt: skip


def _filters(found: lists.Listed, *, counted: bool) -> dict[str, Any]:
    shows = [(str(name), found.asked.address(show=key), key == found.asked.shown) for key, (name, _q) in lists.SHOWN.items()]
    said: dict[str, Any] = {"found": found, "counted": counted, "shows": shows}
    if not counted:
        return said | {"filters": lists.filters(found)}
    filters, n, more = lists.counted(found)
    return said | {"filters": filters, "n": n, "more": more}


@require_POST
@member_may(Right.READ)
def records_chosen(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Do something with the records that are ticked, or with all that fit the list's address."""
    asked = lists.asked_of(QueryDict(request.POST.get("query", "")), member)
    found = lists.listed(member, asked)
    act = bulk.for_member(member).get(request.POST.get("act", ""))
    if act is None or act.run is None:
        raise Invalid(_("Choose what to do with the records."))
    numbers = [int(n) for n in request.POST.getlist("record") if n.isascii() and n.isdecimal() and len(n) < 10]
    rows = found.rows if request.POST.get("all") else Record.objects.for_review(member.review).heads().filter(number__in=numbers)
    n = rows.order_by().values("pk")[: (act.most or 0) + 1].count()
    if not n:
        raise Invalid(_("Choose the records first: tick them in the list."))
    if act.most is not None and n > act.most:
        raise Invalid(_("At most %(n)s records at once. Narrow the list and go on from there.") % {"n": f"{act.most:,}"})
    answer = act.run(request, member, rows)
    if not isinstance(answer, str):
        return answer
    messages.success(request, answer)
    return redirect_303(request, reverse("records", args=[member.review.slug]) + asked.address())


@require_safe
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


@require_safe
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


@require_safe
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
