"""The search appendix: every search with all that is told of it, strategies word for word, and the table of hits. For print and DOCX."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Review
from screening.models import Merge, Record, Search
from screening.searches import queries
from screening.searches.told import Fact, facts_of, missing_words
from screening.writers import docx

NOT_TOLD = "–"


@dataclass(frozen=True)
class One:
    """A search in the appendix."""

    line: queries.SearchLine
    facts: list[Fact]

    @property
    def search(self) -> Search:
        return self.line.search

    @property
    def title(self) -> str:
        return _("Search %(n)s: %(source)s") % {"n": self.search.number, "source": self.search.source.full_name}

    @property
    def not_told(self) -> str:
        return missing_words(self.line.completeness.missing)


@dataclass(frozen=True)
class Part:
    """The searches of a round."""

    name: str
    searches: list[One]


@dataclass(frozen=True)
class Duplicates:
    """How copies were recognised: records imported, merges by the engine and by people, records that remain."""

    imported: int
    by_engine: int
    by_people: int
    remain: int


@dataclass(frozen=True)
class Appendix:
    """All of it, of one moment."""

    parts: list[Part]
    total: queries.Total
    duplicates: Duplicates

    @property
    def lines(self) -> list[queries.SearchLine]:
        return [one.line for part in self.parts for one in part.searches]


def gather(review: Review) -> Appendix:
    """Collect the appendix: rounds from the first on, in each the searches by number."""
    rounds = reversed(queries.search_log(review))
    parts = [Part(one.round.name, [One(line, facts_of(line.search)) for line in one.lines]) for one in rounds if one.lines]
    lines = [one.line for part in parts for one in part.searches]
    return Appendix(parts, queries.total_of(lines), duplicates_of(review, sum(line.counts.records for line in lines)))


def duplicates_of(review: Review, imported: int) -> Duplicates:
    """Count the merges that stand, and the records that remain."""
    counts = Merge.objects.for_review(review).filter(undone_at=None).aggregate(people=Count("by"), all=Count("pk"))
    remain = Record.objects.for_review(review).filter(head=None, is_parked=False).count()
    return Duplicates(imported, counts["all"] - counts["people"], counts["people"], remain)


def said_of_duplicates(found: Duplicates) -> list[str]:
    """Say how duplicates were recognised (item 16)."""
    words = {name: f"{getattr(found, name):,}" for name in ("imported", "by_engine", "by_people", "remain")}
    return [
        _(
            "Copies of one paper were recognised by identifiers (DOI, PMID, accession number) checked against the title, by title, year "
            "and page, and by likeness of title, authors and source. Pairs in doubt were compared by a person. No copy was deleted."
        ),
        _(
            "%(imported)s imported records; %(by_engine)s copies recognised automatically, %(by_people)s by a person; "
            "%(remain)s records remain."
        )
        % words,
    ]


# --- the Word document ------------------------------------------------------------------------------------------------


def as_docx(review: Review, found: Appendix) -> bytes:
    """Write the appendix as a Word document: text and tables only, strategies in a face of fixed width."""
    return docx.document(_("Search appendix: %(title)s") % {"title": review.title}, _docx_parts(found))


def _docx_parts(found: Appendix) -> Iterator[docx.Part]:
    yield docx.text(_("As of %(day)s. Numbers in brackets are the items of PRISMA-S.") % {"day": date_format(localdate(), "j F Y")})
    if not found.parts:
        yield docx.text(_("No search is recorded yet."))
        return
    yield docx.heading(_("Hits"))
    yield docx.grid(hit_header(), hit_rows(found))
    yield docx.heading(_("Duplicates (16)"))
    for sentence in said_of_duplicates(found.duplicates):
        yield docx.text(sentence)
    for part in found.parts:
        for one in part.searches:
            yield docx.heading(f"{one.title}, {part.name}")
            yield docx.grid([_("Item"), _("What is told")], [_docx_row(fact) for fact in one.facts])
            if one.search.strategy:
                yield docx.text(_("Strategy, word for word (8)"))
                yield docx.verbatim(one.search.strategy)


def _docx_row(fact: Fact) -> list[str]:
    name = f"{fact.name} ({fact.prisma_s})" if fact.prisma_s else fact.name
    return [name, fact.value or (_("not told yet") if fact.missing else NOT_TOLD)]


def hit_header() -> list[str]:
    """Give the heads of the table of hits."""
    return [
        _("Search"), _("Round"), _("Source"), _("Date run"), _("Hits shown"), _("After the platform’s own duplicate removal"),
        _("Exported"), _("Entries found"), _("Records imported"),
    ]  # fmt: skip


def hit_rows(found: Appendix) -> list[list[str]]:
    """Give the rows of the table of hits, the sum last; a number that is not known is a question mark."""
    rows = []
    for part in found.parts:
        for one in part.searches:
            search, counts = one.search, one.line.counts
            rows.append([
                str(search.number), part.name, search.source.full_name, date_format(search.run_on, "j M Y") if search.run_on else "?",
                *(_number(n) for n in (search.hits_shown, search.hits_after_dedup, search.hits_exported)),
                _number(counts.found), _number(counts.records),
            ])  # fmt: skip
    sums = [_sum([getattr(line.search, name) for line in found.lines]) for name in ("hits_shown", "hits_after_dedup", "hits_exported")]
    rows.append([_("All"), "", "", "", *sums, _number(found.total.counts.found), _number(found.total.counts.records)])
    return rows


def _sum(numbers: list[int | None]) -> str:
    known = [n for n in numbers if n is not None]
    return _number(sum(known)) + (" + ?" if len(known) < len(numbers) else "") if known else "?"


def _number(n: int | None) -> str:
    return "?" if n is None else f"{n:,}"
