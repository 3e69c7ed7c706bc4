"""Which source brought what: counted over groups, so that merges take nothing away from the source that brought a copy."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewapp.reviews.models import Review
from screening.models import Source, SourceRecord, of_search
from screening.search.query import MOST_LETTERS, MOST_TERMS


@dataclass(frozen=True, slots=True)
class Line:
    """One source: its entries, the papers they are, how many of them no other source brought, and how many each source shares."""

    name: str
    entries: int
    papers: int
    unique: int
    shared: list[int]
    number: int = 0

    @property
    def share(self) -> float:
        """Give the part of its papers that it brought alone, in percent."""
        return 100 * self.unique / self.papers if self.papers else 0.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """``lines``: sources, the one with most papers first. ``sets``: which sources (places in ``lines``) brought exactly how many papers."""

    lines: list[Line]
    sets: list[tuple[tuple[int, ...], int]]
    papers: int
    entries: int

    @property
    def names(self) -> list[str]:
        return [line.name for line in self.lines]


def overlap(review: Review) -> Overlap:
    """Count over all files that were not withdrawn: a group is one paper, of every source that brought a copy."""
    rows = SourceRecord.objects.for_review(review).filter(upload__is_withdrawn=False)
    brought: dict[int, set[int]] = {}
    entries: Counter[int] = Counter()
    for record, head, source in rows.values_list("record_id", "record__head_id", of_search("source_id")).iterator(chunk_size=5000):
        brought.setdefault(head or record, set()).add(source)
        entries[source] += 1
    sources = list(Source.objects.for_review(review).filter(pk__in=entries))
    return counted({s.pk: s.full_name for s in sources}, brought.values(), entries, {s.pk: s.number for s in sources})


def counted(names: dict[int, str], brought: Any, entries: Counter[int], numbers: Mapping[int, int]) -> Overlap:
    """Bring sets of sources into lines and exact combinations. Pure."""
    exact = Counter(frozenset(sources) for sources in brought)
    papers = Counter[int]()
    pairs = Counter[tuple[int, int]]()
    for sources, n in exact.items():
        for one in sources:
            papers[one] += n
            for two in sources:
                pairs[one, two] += n
    order = sorted(names, key=lambda one: (-papers[one], names[one].casefold()))
    lines = [
        Line(names[one], entries[one], papers[one], exact[frozenset({one})], [pairs[one, two] for two in order], numbers[one])
        for one in order
    ]
    places = {one: n for n, one in enumerate(order)}
    sets = [(tuple(sorted(places[one] for one in sources)), n) for sources, n in exact.items()]
    return Overlap(lines, sorted(sets, key=lambda s: (-s[1], len(s[0]), s[0])), sum(exact.values()), sum(entries.values()))


def asked(found: Overlap, places: Collection[int], *, only: bool = False) -> str:
    """Give what the list of records is asked for to show what these sources brought; ``only``: and no other. "" where it is too long."""
    terms = [f"{'' if n in places else '-'}source:{line.number}" for n, line in enumerate(found.lines) if n in places or only]
    text = " ".join(sorted(terms, key=lambda term: term.startswith("-")))
    return text if len(terms) <= MOST_TERMS and len(text) <= MOST_LETTERS else ""


def table(found: Overlap, words: Sequence[str]) -> Iterator[list[Any]]:
    """Give the rows of the table as a file: a line a source, then a line for each exact combination of sources."""
    for line in found.lines:
        yield [line.name, line.entries, line.papers, line.unique, *line.shared]
    yield []
    yield [words[0], words[1]]
    for sources, n in found.sets:
        yield [" + ".join(found.names[place] for place in sources), n]
