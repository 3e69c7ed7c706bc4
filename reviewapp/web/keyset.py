"""Walk a long list by the last row seen, never by counting rows: the thousandth page costs what the first one does."""
import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

T = TypeVar("T", bound=Model)
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Slice(Generic[T]):
    """One page of a list and the addresses of its neighbours ("" where there is none)."""

    items: list[T]
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


def _marked(request: HttpRequest, rows: QuerySet[T], order: Sequence[str]) -> tuple[QuerySet[T] | None, bool]:
    """Give the rows on the asked side of the mark in the address, or None without a mark that can be read."""
    backwards = BEFORE in request.GET
    mark = request.GET.get(BEFORE if backwards else AFTER)
    if not mark:
        return None, False
    try:
        values = json.loads(base64.urlsafe_b64decode(mark.encode()))
        return rows.filter(_beyond([_flip(name) for name in order] if backwards else order, values)), backwards
    except (ValueError, TypeError, ValidationError, binascii.Error):
        return None, False


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    """Say in SQL: later than these values in this order. A row comparison spelled out, as the directions may differ."""
    plain = isinstance(values, list) and all(isinstance(value, str | int | float) for value in values)
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


def _url(request: HttpRequest, side: str, row: T, order: Sequence[str]) -> str:
    """Give the present address with the mark of this row in it."""
    values = [reduce(getattr, name.lstrip("-").split("__"), row) for name in order]
    query = request.GET.copy()
    for old in (AFTER, BEFORE):
        query.pop(old, None)
    query[side] = base64.urlsafe_b64encode(json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":")).encode()).decode()
    return f"?{query.urlencode()}"
