"""The list of records: what its address asks for, the rows, the filters beside it with their counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.reviews.models import Member
from reviewapp.web.keyset import AFTER, BEFORE, Slice, slice_of, slice_of_list
from screening.models import Record
from screening.models.records import BY_AUTHOR, BY_TITLE, BY_YEAR
from screening.search.engine import among, hold, holding, ranks
from screening.search.fields import Asker, Choice, Field, Unclear, fields_for
from screening.search.queries import condition_of, read
from screening.search.query import MOST_LETTERS, Node, of_words, told

#: Totals above this are said as *10,000+*; the first page counts no further than FIRST, and the total follows with the counts.
CAP, FIRST = 10_000, 1_000
#: Above so many hits the order of relevance is not made: words that so many records hold do not tell them apart.
MOST_RANKED = 5_000
RELEVANCE = "relevance"
PAGE_SIZE = 50
#: What the list does not show of a record, and so does not fetch.
UNREAD = ("abstract", "keywords", "url", "doi", "pmid", "volume", "issue", "pages", "language", "type")
#: Word in the address → name on the page, order of the rows: unique and never null.
ORDERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (gettext_lazy("Number"), ("number",)),
    RELEVANCE: (gettext_lazy("Relevance for the words"), ("number",)),
    "newest": (gettext_lazy("Newest in the review"), ("-number",)),
    "year": (gettext_lazy("Year, latest first"), ("-by_year", "-number")),
    "author": (gettext_lazy("First author"), ("by_author", "number")),
    "title": (gettext_lazy("Title"), ("by_title", "number")),
}  # fmt: skip
SORTED_BY = {"by_year": BY_YEAR, "by_title": BY_TITLE, "by_author": BY_AUTHOR}
#: Which records: word in the address → name on the page, condition.
SHOWN: dict[str, tuple[Any, Q]] = {
    "": (gettext_lazy("that count"), Q(is_parked=False, is_removed=False)),
    "removed": (gettext_lazy("removed before screening"), Q(is_removed=True)),
    "parked": (gettext_lazy("parked: all their files are withdrawn"), Q(is_parked=True)),
}  # fmt: skip


@dataclass(slots=True)
class Asked:
    """What the address asks for: words, a value for each filter, which records, in which order."""

    text: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    shown: str = ""
    order: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.filters or self.shown)

    def address(self, **changes: str) -> str:
        """Give the query of the address with these changes, at its first page; an empty value takes one away."""
        query = QueryDict(mutable=True)
        values = {"q": self.text, **self.filters, "show": self.shown, "sort": self.order} | changes
        query.update({name: value for name, value in values.items() if value})
        return f"?{query.urlencode()}" if query else "?"


@dataclass(slots=True)
class Listed:
    """The rows that fit, and what is to be said of the question."""

    asked: Asked
    asker: Asker
    rows: QuerySet[Record]
    understood: str
    notes: list[str]
    #: Condition of each filter by its name, and of the words ("").
    conditions: dict[str, Q]
    #: The words that are wanted, which relevance is about.
    words: Node | None = None
    _held: dict[str, QuerySet[Record]] = field(default_factory=dict)
    #: The ids of the first page and one more, once they were found.
    _begins: list[int] = field(default_factory=list)

    @property
    def order(self) -> tuple[str, ...]:
        return ORDERS[self.asked.order][1]

    def ordered(self) -> QuerySet[Record]:
        """The rows with what they are sorted by, and no more than the list shows."""
        return self._shown(self.rows)

    def _shown(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        sorts = {name.lstrip("-") for name in self.order} & SORTED_BY.keys()
        return rows.annotate(**{name: SORTED_BY[name] for name in sorts}).defer(*UNREAD)

    def count(self) -> tuple[int, bool]:
        """Count the rows up to FIRST; says whether there are more. What was found so is held: the page need not look for it again."""
        most = min(FIRST, CAP)
        ids = list(self.ordered().order_by(*self.order).values_list("pk", flat=True)[: most + 1])
        if len(ids) <= most and self.asked.is_narrowed:
            self.rows = Record.objects.filter(among(ids))
        self._begins = ids[: PAGE_SIZE + 1]
        return min(len(ids), most), len(ids) > most

    def total(self) -> tuple[int, bool]:
        """Count the rows up to CAP; says whether there are more. Inside ``engine.holding``: what is found stays for other counts."""
        n = self.held("").order_by().values("pk")[: CAP + 1].count()
        return min(n, CAP), n > CAP

    def page(self, request: HttpRequest) -> Slice[Record]:
        """Give the page of the rows that the address asks for."""
        if ranked := self._ranked(request):
            return ranked
        rows = self.ordered()
        if self._begins and not {AFTER, BEFORE} & request.GET.keys():
            rows = self._shown(Record.objects.filter(among(self._begins)))
        return slice_of(request, rows, order=self.order, size=PAGE_SIZE)

    def _ranked(self, request: HttpRequest) -> Slice[Record] | None:
        """The page in the order of relevance, where that is asked for; None where it cannot be made, and then says why."""
        if self.asked.order != RELEVANCE or self.words is None:
            return None
        hits = list(self.rows.order_by().values_list("pk", "number")[: MOST_RANKED + 1])
        if len(hits) > MOST_RANKED:
            said = _("More than %(n)s records fit, too many to tell apart by relevance: they stand by number. Add a word or a filter.")
            self.notes.append(said % {"n": f"{MOST_RANKED:,}"})
            return None
        rank = ranks(self.words, [pk for pk, number in hits])
        places = sorted((-rank.get(pk, 0), number, pk) for pk, number in hits)
        found = slice_of_list(request.GET, places, key=lambda place: place[:2], size=PAGE_SIZE)
        rows = Record.objects.defer(*UNREAD).in_bulk([pk for worth, number, pk in found.items])
        return Slice([rows[pk] for worth, number, pk in found.items], found.previous_url, found.next_url)

    def held(self, name: str) -> QuerySet[Record]:
        """As ``but``, found once and held, for being counted in several ways: inside ``engine.holding``."""
        if name not in self._held:
            rows = self.but(name)
            narrowed = any(condition for other, condition in self.conditions.items() if other != name or not name)
            self._held[name] = Record.objects.filter(hold(rows, name or "all")) if narrowed else rows
        return self._held[name]

    def but(self, name: str) -> QuerySet[Record]:
        """The rows as they would be without one of the filters: what its counts are about. "": all filters."""
        if not name:
            return self.rows
        return _rows(self.asker, self.asked, [condition for other, condition in self.conditions.items() if other != name])


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter: its address switches it on, or off where it is on."""

    name: str
    address: str
    n: int | None
    is_on: bool


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: str
    options: list[Option]


def asked_of(query: QueryDict, member: Member) -> Asked:
    """Read an address leniently: what is not known in it is not there."""
    known = fields_for(Asker(member.review, member))
    filters = {name: value for name in known if (value := _line(query.get(name, ""))[:100])}
    shown, order = query.get("show", ""), query.get("sort", "")
    text = _line(query.get("q", ""))[: MOST_LETTERS + 1]
    return Asked(text, filters, shown if shown in SHOWN else "", order if order in ORDERS else "")


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def listed(member: Member, asked: Asked) -> Listed:
    """Find the heads that fit. Votes are one's own, outcomes as far as this member may know them."""
    asker = Asker(member.review, member)
    query = read(asker, asked.text)
    conditions = {"": condition_of(asker, query)}
    known = fields_for(asker)
    for name, value in asked.filters.items():
        try:
            conditions[name] = known[name].condition(asker, value)
        except Unclear as unclear:
            query.notes.append(str(unclear))
    rows = _rows(asker, asked, conditions.values())
    return Listed(asked, asker, rows, told(query.tree) if query.tree is not None else "", query.notes, conditions, of_words(query.tree))


def _rows(asker: Asker, asked: Asked, conditions: Any) -> QuerySet[Record]:
    rows: QuerySet[Record] = Record.objects.for_review(asker.review).heads().filter(SHOWN[asked.shown][1])
    for condition in conditions:
        if condition:
            rows = rows.filter(condition)
    return rows


def filters(found: Listed) -> list[Filter]:
    """Give the filters beside the list without counts; those whose values come from counting only where they are on."""
    return list(_filters(found, count=False))


def counted(found: Listed) -> tuple[list[Filter], int, bool]:
    """Give the filters with how many records each would leave, and the total as ``total`` says it."""
    with holding():
        n, more = found.total()
        return list(_filters(found, count=True)), n, more


def orders(found: Listed) -> list[tuple[str, Any]]:
    """Give the orders that this list can have: relevance only for words."""
    return [(key, name) for key, (name, _order) in ORDERS.items() if key != RELEVANCE or found.words is not None]


def _filters(found: Listed, *, count: bool) -> Iterator[Filter]:
    for name, one in fields_for(found.asker).items():
        options = [_option(found, one, choice) for choice in _choices(found, one, count)]
        if options:
            yield Filter(name, str(one.label), options)


def _choices(found: Listed, one: Field, count: bool) -> list[Choice]:
    chosen = found.asked.filters.get(one.name)
    choices = list(one.choices(found.asker)) if one.choices else []
    if count and one.counts:
        counted = one.counts(found.asker, found.held(one.name if one.name in found.conditions else ""))
        if not isinstance(counted, Mapping):
            choices = list(counted)
        else:
            choices = [Choice(choice.value, choice.name, counted.get(choice.value, 0)) for choice in choices]
            choices = [choice for choice in choices if choice.n or choice.value == chosen]
    if chosen and (one.choices or one.counts) and all(choice.value != chosen for choice in choices):
        choices.append(Choice(chosen, chosen))
    return choices


def _option(found: Listed, one: Field, choice: Choice) -> Option:
    is_on = found.asked.filters.get(one.name) == choice.value
    return Option(choice.name, found.asked.address(**{one.name: "" if is_on else choice.value}), choice.n, is_on)


def filters_on(found: Listed) -> list[tuple[str, str, str]]:
    """Give each filter that is on: its name, its value in words, the address without it."""
    known, told_of = fields_for(found.asker), []
    for name, value in found.asked.filters.items():
        choices = known[name].choices
        words = {choice.value: choice.name for choice in choices(found.asker)} if choices else {}
        told_of.append((str(known[name].label), words.get(value, value), found.asked.address(**{name: ""})))
    if found.asked.shown:
        told_of.append((_("Records"), str(SHOWN[found.asked.shown][0]), found.asked.address(show="")))
    return told_of


def numbered(found: Listed, numbers: list[int]) -> QuerySet[Record]:
    """Of the rows, those with these numbers."""
    return found.rows.filter(number__in=numbers).order_by(F("number"))
