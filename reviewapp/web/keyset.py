"""Walk a long list by the last row seen, never by counting rows: the thousandth page costs what the first one does."""
import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

T = TypeVar("T", bound=Model)
Item = TypeVar("Item")
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a list and the addresses of its neighbours ("" where there is none)."""

    items: list[Item]
    previous_url: str
    next_url: str


def slice_of(request: HttpRequest, rows: QuerySet[T], *, order: Sequence[str] = ("number",), size: int = 50) -> Slice[T]:
    """Give the page of ``rows`` that the address asks for (``?after=`` or ``?before=``); a broken mark gives the first page.

    ``order``: fields or annotations that are never null, ``-`` for downwards, ``__`` for relations; together they must be unique.
    """
    ordered = rows.order_by(*order)
    found, backwards = _marked(request, rows, order)
    if found is None:
        items = list(ordered[: size + 1])
        return Slice(items[:size], "", _url(request, AFTER, items[size - 1], order) if len(items) > size else "")
    if backwards:
        items = list(found.order_by(*map(_flip, order))[: size + 1])
        more, items = len(items) > size, items[:size][::-1]
        return Slice(items, _url(request, BEFORE, items[0], order) if more else "", _url(request, AFTER, items[-1], order) if items else "")
    items = list(found.order_by(*order)[: size + 1])
    more, items = len(items) > size, items[:size]
    return Slice(items, _url(request, BEFORE, items[0], order) if items else "", _url(request, AFTER, items[-1], order) if more else "")


def slice_of_list(
    asked: QueryDict, rows: Sequence[Item], *, key: Callable[[Item], Sequence[Any]], size: int = 50, holding: Item | None = None
) -> Slice[Item]:
    """As ``slice_of``, for rows at hand that are in the order of ``key`` (unique; texts and numbers).

    Without a mark the page that holds ``holding``. Behind the last row: the last page, as what was there may have left the list.
    """
    keys = [list(key(row)) for row in rows]
    backwards = BEFORE in asked
    try:
        mark = _read(asked.get(BEFORE if backwards else AFTER, ""))
        start = bisect_left(keys, mark) - size if backwards else bisect_right(keys, mark)
    except (ValueError, TypeError, binascii.Error):
        start = rows.index(holding) // size * size if holding in rows else 0
    start = max(0, start if start < len(rows) else len(rows) - size)
    end = start + size
    return Slice(
        list(rows[start:end]),
        _address(asked, BEFORE, keys[start]) if start > 0 else "",
        _address(asked, AFTER, keys[end - 1]) if end < len(rows) else "",
    )


def _read(mark: str) -> list[Any]:
    """Give the values of a mark. Raises ValueError where it is none."""
    values = json.loads(base64.urlsafe_b64decode(mark.encode()))
    if not isinstance(values, list):
        raise ValueError("not a mark of this list")
    return values


def _marked(request: HttpRequest, rows: QuerySet[T], order: Sequence[str]) -> tuple[QuerySet[T] | None, bool]:
    """Give the rows on the asked side of the mark in the address, or None without a mark that can be read."""
    backwards = BEFORE in request.GET
    mark = request.GET.get(BEFORE if backwards else AFTER)
    if not mark:
        return None, False
    try:
        return rows.filter(_beyond([_flip(name) for name in order] if backwards else order, _read(mark))), backwards
    except (ValueError, TypeError, ValidationError, binascii.Error):
        return None, False


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    """Say in SQL: later than these values in this order. A row comparison spelled out, as the directions may differ."""
    plain = all(isinstance(value, str | int | float) for value in values)
    if not plain or len(values) != len(order):
        raise ValueError("not a mark of this list")
    steps = []
    for depth, name in enumerate(order):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        same = {earlier.lstrip("-"): value for earlier, value in zip(order[:depth], values, strict=False)}
        steps.append(Q(**same, **{f"{field}__{comparison}": values[depth]}))
    return reduce(lambda left, right: left | right, steps)


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _url(request: HttpRequest, side: str, row: Model, order: Sequence[str]) -> str:
    """Give the present address with the mark of this row in it."""
    return _address(request.GET, side, [reduce(getattr, name.lstrip("-").split("__"), row) for name in order])


def _address(asked: QueryDict, side: str, values: Sequence[Any]) -> str:
    query = asked.copy()
    for old in (AFTER, BEFORE):
        query.pop(old, None)
    query[side] = base64.urlsafe_b64encode(json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":")).encode()).decode()
    return f"?{query.urlencode()}"
