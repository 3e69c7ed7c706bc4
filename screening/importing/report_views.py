"""The report of a search, signatures, what is recognised and overruled, where a file belongs, downloads of its entries."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError
from reviewapp.web.shortcuts import page, redirect_303
from screening.importing import kept_back, overruling, queries, report, rules, seen, signing
from screening.importing.forms import ColumnsForm, MoveForm, ReadAgainForm
from screening.importing.views import address_of, found_upload
from screening.models import Search, Upload
from screening.searches import queries as searches
from screening.searches.views import found_search
from screening.vocabulary import UploadState
from screening.writers import csv_table

# --- the report of a search ----------------------------------------------------------------------------------------------


@require_safe
@member_may(Right.READ)
def search_report(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The import report of a search: all its files, their sum, its hits, and who signed it."""
    return _search_report(request, member, found_search(member, number))


def _search_report(request: HttpRequest, member: Member, search: Search, *, error: str = "", gap: str | None = None) -> HttpResponse:
    found = report.report_of(search)
    since = None
    if found.files and seen.has_earlier(search.search_round):
        since = seen.seen_of(search.review, found.line.files, search.search_round)
    context = {
        "search": search,
        "report": found,
        "line": found.line,
        "seen": since,
        "stands": seen.standing_counts(member, since) if since else [],
        "signatures": report.signatures(search, None, found.numbers),
        "sign_url": reverse("search_sign", args=[member.review.slug, search.number]),
        "may_change": member.may(Right.SEARCHES),
        "error": error,
        "gap": search.gap_reason if gap is None else gap,
    }
    return page(request, "screening/importing/search_report.html", context, status=422 if error else 200)


@require_POST
@member_may(Right.SEARCHES)
def search_sign(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Sign the report of a search as it is now."""
    search = found_search(member, number)
    try:
        signing.sign_search(member, search, _text(request, "note"))
    except DomainError as not_now:
        return _search_report(request, member, search, error=str(not_now))
    return redirect_303(request, reverse("search_report", args=[member.review.slug, number]))


@require_POST
@member_may(Right.SEARCHES)
def search_gap(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Write why hits and entries differ."""
    search = found_search(member, number)
    signing.explain_gap(member, search, _text(request, "gap"))
    return redirect_303(request, reverse("search_report", args=[member.review.slug, number]))


@require_POST
@member_may(Right.SEARCHES)
def upload_sign(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Sign the report of one file as it is now."""
    upload = found_upload(member, number)
    signing.sign_file(member, upload, _text(request, "note"))
    return redirect_303(request, address_of("upload", upload))


def _text(request: HttpRequest, name: str) -> str:
    return rules.clean(request.POST.get(name, ""))[:2000].strip()


# --- what a file is ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_columns(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say what the columns of a table hold."""
    upload = found_upload(member, number)
    preview = queries.preview_of(upload)
    if preview is None:
        return _not_now(request, upload, _("This file is no table of rows and columns."))
    if stands_in_the_way := _in_the_way(upload):
        return _not_now(request, upload, stands_in_the_way)
    chosen = upload.read_as.get("columns") or queries.remembered_columns(member.review, preview) or preview.proposed
    form = ColumnsForm(request.POST if request.method == "POST" else None, preview=preview, chosen=chosen)
    if form.is_valid():
        try:
            return redirect_303(request, address_of("upload", overruling.choose_columns(member, upload, preview, form.columns())))
        except DomainError as refused:
            form.add_error(None, str(refused))
    rows = kept_back.rows_without(preview.names, preview.rows[:3])
    columns = [(form[f"column{n}"], [row[n] for row in rows]) for n in range(len(preview.names))]
    context = {"upload": upload, "search": upload.search, "preview": preview, "form": form, "columns": columns}
    context["hides"] = rows != [row[: len(preview.names)] for row in preview.rows[:3]]
    return page(request, "screening/importing/columns.html", context, status=422 if form.is_bound else 200)


def _in_the_way(upload: Upload) -> str:
    """Say why a file cannot be read another way now; "" when it can."""
    if upload.is_withdrawn:
        return _("This file is withdrawn. Restore it first.")
    if upload.state != UploadState.COLUMNS and queries.in_a_round(queries.record_ids(upload)):
        return _("Records of this file are in a round and may have votes: it is not read again in place. Withdraw it, and send it anew.")
    return ""


def _not_now(request: HttpRequest, upload: Upload, sentence: str) -> HttpResponse:
    return page(request, "screening/importing/not_now.html", {"upload": upload, "sentence": sentence}, status=409)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_read_again(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Say what a file is, over what was recognised, and have it read again."""
    upload = found_upload(member, number)
    if stands_in_the_way := _in_the_way(upload):
        return _not_now(request, upload, stands_in_the_way)
    form = ReadAgainForm(request.POST if request.method == "POST" else None, upload=upload)
    if form.is_valid():
        try:
            return redirect_303(request, address_of("upload", overruling.read_again(member, upload, form.said(upload))))
        except DomainError as refused:
            form.add_error(None, str(refused))
    sample = queries.entries_of(upload).first()
    context = {
        "upload": upload, "search": upload.search, "form": form, "raw": queries.raw_of(sample) if sample else None,
        "is_table": queries.preview_of(upload) is not None,
    }  # fmt: skip
    return page(request, "screening/importing/read_again.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_move(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show what moving a file to another search does (``?search=``), and do it."""
    upload = found_upload(member, number)
    if upload.is_withdrawn:
        return _not_now(request, upload, _("This file is withdrawn. Restore it first."))
    asked = request.POST if request.method == "POST" else request.GET
    form = MoveForm(asked if "search" in asked else None, upload=upload)
    target = form.cleaned_data["search"] if form.is_valid() else None
    if target is not None and request.method == "POST" and "move" in request.POST:
        return redirect_303(request, address_of("upload", overruling.move(member, upload, target)))
    context = {"upload": upload, "search": upload.search, "form": form, "target": target}
    if target is not None:
        counts = searches.counts_of([upload])[upload.pk]
        context |= {
            "effect": _moved(upload, target, counts), "counts": counts, "in_place": queries.stays_in_place(upload, target),
        }  # fmt: skip
    return page(request, "screening/importing/move.html", context, status=422 if form.is_bound and target is None else 200)


def _moved(upload: Upload, target: Search, counts: searches.Counts) -> list[dict[str, Any]]:
    """Give the entries of both searches now and afterwards."""
    lines = searches.lines_of([upload.search, target])
    return [
        {"search": line.search, "now": line.counts.found, "after": line.counts.found + counts.found * (1 if line.search == target else -1)}
        for line in lines
    ]


# --- downloads -----------------------------------------------------------------------------------------------------------


def _listed(request: HttpRequest, member: Member, number: int) -> tuple[Upload, Any, str]:
    upload, which = found_upload(member, number), request.GET.get("show", "look")
    if which not in queries.LISTS:
        raise Http404
    note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    return upload, queries.listed(upload, which), which


@require_safe
@member_may(Right.SEARCHES)
def upload_entries_csv(request: HttpRequest, member: Member, number: int) -> StreamingHttpResponse:
    """A list of a file's entries as CSV: place, reason, what was read, raw text."""
    upload, entries, which = _listed(request, member, number)
    rows = csv_table.write(queries.ENTRY_COLUMNS, queries.entry_rows(entries))
    return _attached(rows, f"file-{upload.number}-{which}.csv", "text/csv")


@require_safe
@member_may(Right.SEARCHES)
def upload_entries_raw(request: HttpRequest, member: Member, number: int) -> StreamingHttpResponse:
    """The raw text of a list of a file's entries, one after the other, to be mended in an editor and sent again."""
    upload, entries, which = _listed(request, member, number)

    in_cells = kept_back.in_cells(upload.pk)

    def texts() -> Iterator[str]:
        for entry in entries.iterator(chunk_size=500):
            yield kept_back.raw_of(entry, cells=in_cells).rstrip("\n") + "\n\n"

    return _attached(texts(), f"file-{upload.number}-{which}.txt", "text/plain")


def _attached(texts: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(texts, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
