"""The fields of the search box and of the list's filters, and where features register theirs (a label, an assignment).

``register(Field("label", …))`` in a module that is imported when the application starts (``FIELDS`` in screening/apps.py) makes
``label:value`` work in the search box, ``?label=value`` in the address of the list and, with ``choices`` or ``counts``, a filter beside it.
A condition may tell this person only what ``screening.visibility`` lets them know (I13).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from reviewapp.reviews.models import Member, Review


class Unclear(Exception):
    """A value cannot be read; the sentence says what to write."""


@dataclass(frozen=True)
class Asker:
    """Who searches where; no member: a command, which knows no votes."""

    review: Review
    member: Member | None = None


@dataclass(frozen=True)
class Choice:
    """One value of a filter as people read it, with the number of records that have it, where it was counted."""

    value: str
    name: Any
    n: int | None = None


Condition = Callable[[Asker, str], Q]
Choices = Callable[[Asker], Iterable[Choice]]
Counts = Callable[[Asker, QuerySet[Any]], Mapping[str, int] | Iterable[Choice]]


@dataclass(frozen=True)
class Field:
    """``condition``: value → condition on Record, raises Unclear. ``choices``: the values that the list offers before anything is counted.

    ``counts``: of these records, how many have each value: a mapping onto the choices, or choices with their ``n``.
    ``for_whom``: whether this person has the field. ``place``: where its filter stands in the list.
    """

    name: str
    label: Any
    condition: Condition
    example: str = ""
    choices: Choices | None = None
    counts: Counts | None = None
    for_whom: Callable[[Asker], bool] = lambda asker: True
    place: int = 50


_fields: dict[str, Field] = {}


def register(field: Field) -> Field:
    """Make a field known; a second one of its name takes its place."""
    _fields[field.name] = field
    return field


def fields_for(asker: Asker) -> dict[str, Field]:
    """Give the fields that this person has, by their place."""
    return {field.name: field for field in sorted(_fields.values(), key=lambda field: field.place) if field.for_whom(asker)}
