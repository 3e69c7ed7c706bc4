"""Lists of records by their numbers, page by page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from django.http import HttpRequest

from reviewapp.reviews.models import Review
from reviewapp.web.keyset import Slice
from screening.models import Record

SIZE = 50


def slice_of_numbers(request: HttpRequest, review: Review, numbers: Sequence[int], *, size: int = SIZE) -> Slice[Record]:
    """Give the page of records that the address asks for (``?after=`` or ``?before=`` a number); ``numbers`` is sorted."""
    after, before = _mark(request, "after"), _mark(request, "before")
    if before is not None:
        end = bisect_left(numbers, before)
        start = max(end - size, 0)
    else:
        start = bisect_right(numbers, after) if after is not None else 0
        end = min(start + size, len(numbers))
    wanted = list(numbers[start:end])
    items = list(Record.objects.for_review(review).filter(number__in=wanted).select_related("head").order_by("number"))
    return Slice(
        items,
        _url(request, "before", wanted[0]) if wanted and start > 0 else "",
        _url(request, "after", wanted[-1]) if wanted and end < len(numbers) else "",
    )


def _mark(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def _url(request: HttpRequest, side: str, number: int) -> str:
    query = request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[side] = str(number)
    return f"?{query.urlencode()}"
