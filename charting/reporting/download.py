"""Send a table as a file: CSV, XLSX or DOCX."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from reviewapp.audit.actions import note_access
from reviewapp.reviews.models import Member
from screening.writers import csv_table, docx, xlsx

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def answer(
    request: HttpRequest,
    member: Member,
    *,
    name: str,
    form: str,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    notes: Sequence[str] = (),
) -> Any:
    """Give the table in the asked form, and keep in the access log that it was downloaded. Another form: 404."""
    if form not in TYPES:
        raise Http404
    note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(csv_table.write(head, rows), content_type=TYPES[form])
    elif form == "xlsx":
        response = HttpResponse(xlsx.write({title[:31]: (head, rows)}), content_type=TYPES[form])
    else:
        response = HttpResponse(docx.table(title, head, rows, notes=notes), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-{name}.{form}"'
    return response
