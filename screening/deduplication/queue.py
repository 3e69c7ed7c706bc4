"""The pairs that wait for a person: filtered by the address, in one order, those that one skipped last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import QuerySet

from reviewapp.reviews.models import Member, Review
from screening.deduplication.words import kind_order, kind_word
from screening.models import DuplicatePair, PairBulk, Source, of_search
from screening.vocabulary import PairState


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for: why a pair waits, and which two sources brought it (``1-3``, numbers of sources)."""

    kind: str = ""
    sources: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filter":
        return cls(asked.get("kind", "")[:40].replace("\x00", ""), asked.get("sources", "")[:40])

    @property
    def address(self) -> str:
        """Give the end of an address that keeps the filter, "" for none."""
        told = {name: value for name, value in (("kind", self.kind), ("sources", self.sources)) if value}
        return "?" + urlencode(told) if told else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair that waits, as little of it as the queue needs."""

    number: int
    kind: str
    sources: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that one may choose, with how many pairs it leaves."""

    word: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """``waiting``: what fits the filter, in its order. ``kinds``, ``pairs``: filters with counts."""

    asked: Filter
    waiting: list[Waiting]
    skipped: set[int] = field(default_factory=set)
    kinds: list[Choice] = field(default_factory=list)
    pairs: list[Choice] = field(default_factory=list)

    @property
    def first(self) -> int | None:
        """Give the first pair that was not skipped; when all were, the first of all."""
        return next((one.number for one in self.waiting if one.number not in self.skipped), None) or next(
            (one.number for one in self.waiting), None
        )

    def after(self, number: int) -> int | None:
        """Give the pair that a skip leads to: the next in the order that was not skipped, from the start again at the end."""
        numbers = [one.number for one in self.waiting]
        at = numbers.index(number) + 1 if number in numbers else 0
        around = numbers[at:] + numbers[:at]
        return next((n for n in around if n not in self.skipped and n != number), None) or next((n for n in around if n != number), None)

    @property
    def skipped_here(self) -> int:
        return sum(one.number in self.skipped for one in self.waiting)


def open_pairs(review: Review) -> QuerySet[DuplicatePair]:
    """Pairs that wait, the likeliest first, then as they were found."""
    found: QuerySet[DuplicatePair] = DuplicatePair.objects.for_review(review).filter(state=PairState.OPEN).order_by("-score", "number")
    return found


def queue(review: Review, asked: Filter, skipped: Sequence[int] = ()) -> Queue:
    """Read the queue of a review as the address asks for it."""
    one, two = (
        of_search("source__number", entry=f"{side}__source_record__entry__", upload=f"{side}__source_record__upload__") for side in "ab"
    )
    rows = open_pairs(review).annotate(one=one, two=two).values_list("number", "why", "one", "two")
    every = [Waiting(number, why or "unsure", "{}-{}".format(*sorted((one or 0, two or 0)))) for number, why, one, two in rows]
    of_kind = [one for one in every if asked.kind in ("", one.kind)]
    of_sources = [one for one in every if asked.sources in ("", one.sources)]
    names = {source.number: source.full_name for source in Source.objects.for_review(review)}
    kinds = [
        Choice(kind_word(kind), count, Filter(kind, asked.sources).address or "?", kind == asked.kind)
        for kind, count in sorted(Counter(one.kind for one in of_sources).items(), key=lambda one: kind_order(one[0]))
    ]
    pairs = [
        Choice(_named(key, names), count, Filter(asked.kind, key).address or "?", key == asked.sources)
        for key, count in sorted(Counter(one.sources for one in of_kind).items(), key=lambda one: [int(n) for n in one[0].split("-")])
    ]
    return Queue(asked, [one for one in of_kind if asked.sources in ("", one.sources)], set(skipped), kinds, pairs)


def _named(key: str, names: Mapping[int, str]) -> str:
    one, two = (names.get(int(part), "–") for part in key.split("-"))
    return one if one == two else f"{one} + {two}"


@dataclass(frozen=True, slots=True)
class Undo:
    """What Z takes back: one's own newest answer, to one pair or to many."""

    pair: int | None = None
    bulk: int | None = None


def newest_answer(member: Member) -> Undo | None:
    """Give one's own newest answer that stands."""
    own = DuplicatePair.objects.for_review(member.review).filter(decided_by=member).exclude(state=PairState.OPEN)
    newest = own.order_by("-decided_at").values_list("number", "decided_at").first()
    if newest is None:
        return None
    number, at = newest
    many = PairBulk.objects.for_review(member.review).filter(by=member, at=at, undone_at=None).values_list("number", flat=True).first()
    return Undo(bulk=many) if many else Undo(pair=number)
