"""What can be done with the records chosen in the list, and where features register theirs (a label, an assignment).

``register(Bulk("label", …))`` in a module that is imported when the application starts. A feature with an address of its own for it
gives a ``template`` whose buttons say ``formaction``: the form sends ``record`` (numbers), ``next`` (the list's address), the token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from reviewapp.audit.actions import note_access
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.models import Record
from screening.writers import csv_table

#: Does it with these heads; gives an answer, or a sentence that the list then says.
Run = Callable[[HttpRequest, Member, "QuerySet[Record]"], HttpResponseBase | str]


@dataclass(frozen=True)
class Bulk:
    """One thing to do. ``most``: how many records at once (None: any number).

    ``template``: controls in the bar, with ``context(member)``; else one button.
    """

    key: str
    label: Any
    run: Run | None = None
    icon: str = "check-lg"
    most: int | None = 2000
    for_whom: Callable[[Member], bool] = lambda member: True
    template: str = ""
    context: Callable[[Member], dict[str, Any]] = lambda member: {}


_known: dict[str, Bulk] = {}


def register(bulk: Bulk) -> Bulk:
    """Make it known; a second one of its key takes its place."""
    _known[bulk.key] = bulk
    return bulk


def for_member(member: Member) -> dict[str, Bulk]:
    return {key: bulk for key, bulk in _known.items() if bulk.for_whom(member)}


# --- the list's own: the chosen records as a table

COLUMNS = ("record", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "language", "abstract")


def as_csv(request: HttpRequest, member: Member, rows: QuerySet[Record]) -> HttpResponseBase:
    note_access("download", user=request.user, review=member.review, path=request.path)
    values = rows.order_by("number").values_list("number", *COLUMNS[1:])
    lines = csv_table.write(COLUMNS, ([*row[:2], "; ".join(row[2]), *row[3:]] for row in values.iterator(chunk_size=500)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="records.csv"'
    return response


register(Bulk("csv", _("Download as CSV"), as_csv, "download", most=None, for_whom=lambda member: member.may(Right.EXPORT)))

