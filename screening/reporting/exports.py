"""Sets of records as files of references, tables and workbooks: what a member may know, of one moment."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.importing import kept_back
from screening.models import Record, SourceRecord, StudyLink, of_search
from screening.reporting.prisma import behind
from screening.reporting.prisma.queries import NOT_OPEN, Gathered
from screening.vocabulary import Purpose, Verdict
from screening.writers import bibtex, csv_table, ris, xlsx

SLICE = 500
FORMATS = {
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Set → the gathered keys whose records it holds.
KEYS = {
    "screened": ("records_screened", "other_screened"),
    "excluded": ("records_excluded", "other_screening_excluded"),
    "goes-on": ("dbr_sought_reports", "other_sought_reports"),
    "full-text": ("dbr_sought_reports", "other_sought_reports"),
    "not-retrieved": ("dbr_not_retrieved", "other_not_retrieved"),
    "assessed": ("dbr_assessed", "other_assessed"),
    "excluded-full-text": ("dbr_excluded", "other_excluded"),
    "included": ("dbr_included", "other_included"),
    "waiting": (
        "waiting",
        "other_waiting",
        "dbr_waiting_retrieval",
        "other_waiting_retrieval",
        "dbr_waiting_assessment",
        "other_waiting_assessment",
    ),
}
SETS = ("identified", "unique", *KEYS, "decisions")
REFERENCE_COLUMNS = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "article_number",
    "doi",
    "pmid",
    "pmcid",
    "issn",
    "isbn",
    "type",
    "language",
    "database",
    "accession",
    "url",
    "keywords",
    "abstract",
    "date",
    "title_other",
    "notes",
)
DECISION_COLUMNS = (
    "record",
    "title",
    "stage",
    "round",
    "purpose",
    "reviewer",
    "verdict",
    "primary reason",
    "further reasons",
    "note",
    "why",
    "independent",
    "stands",
    "set aside",
    "cast at",
    "received at",
)


@dataclass(slots=True)
class Reference:
    """A reference as the writers want it, with what the review adds to it."""

    number: int
    type: str = ""
    title: str = ""
    title_other: str = ""
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    date: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    issn: str = ""
    isbn: str = ""
    accession: str = ""
    database: str = ""
    abstract: str = ""
    keywords: list[str] = field(default_factory=list)
    language: str = ""
    url: str = ""
    notes: str = ""
    other: dict[str, list[str]] = field(default_factory=dict)
    sources: str = ""
    study: str = ""
    reason: str = ""


def formats_of(name: str) -> tuple[str, ...]:
    """Say in which formats a set can be written: votes are a table, the rest are references."""
    return ("csv", "xlsx") if name == "decisions" else tuple(FORMATS)


def words() -> dict[str, tuple[str, str]]:
    """Give set → (name, what it holds)."""
    return {
        "identified": (_("Identified"), _("Every imported entry, duplicates too, as it was read, without decisions of other tools.")),
        "unique": (_("Without duplicates"), _("One reference for each record, with the fields shown in the review.")),
        "screened": (_("Screened"), _("Records decided at title and abstract.")),
        "excluded": (_("Excluded at title and abstract"), _("Records that do not go on.")),
        "goes-on": (_("Go to full text"), _("Records that go on to full text, straight ones from other methods too.")),
        "full-text": (_("Full texts sought"), _("Reports sought for retrieval, both arms.")),
        "not-retrieved": (_("Not retrieved"), _("Reports that could not be had.")),
        "assessed": (_("Full texts assessed"), _("Reports decided at full text.")),
        "excluded-full-text": (_("Excluded at full text"), _("With the primary reason.")),
        "included": (_("Included"), _("Reports of included studies, with the label of their study.")),
        "waiting": (_("Waiting"), _("Records that nobody has decided yet, or not in a way open to you.")),
        "decisions": (_("Votes"), _("One row a vote, earlier ones too; only those open to you.")),
    }


class Sets:
    """The sets of a review for one member (None: for a command, everything), gathered once."""

    def __init__(self, review: Review, member: Member | None) -> None:
        self.review, self.member = review, member
        self.gathered = Gathered(review, member=member)
        self.facts = self.gathered.facts()

    def numbers(self, name: str) -> list[int]:
        """Give the record numbers of a set, in order; of *identified* the imported records, one each."""
        if name == "identified":
            found = SourceRecord.objects.for_review(self.review).filter(upload__is_withdrawn=False)
            return sorted(found.values_list("record__number", flat=True))
        if name == "unique":
            return sorted(head.number for head in self.gathered.heads.values())
        return behind.numbers_of(self.gathered, KEYS[name])

    def counts(self) -> dict[str, int]:
        """Give set → how many rows it has."""
        return {name: self.decisions().count() if name == "decisions" else len(self.numbers(name)) for name in SETS}

    def decisions(self) -> Any:
        """Votes that may be read, in the order in which they were cast."""
        if self.member is not None:
            return visibility.decisions(self.member)
        return visibility.everything("export from the command line").decisions(self.review).order_by("pk")

    # --- references ----------------------------------------------------------------------------------------------

    def references(self, name: str) -> Iterator[Reference]:
        """Yield a set's references in the order of their numbers, a slice at a time."""
        numbers = self.numbers(name)
        reasons = self._reasons() if name == "excluded-full-text" else {}
        for start in range(0, len(numbers), SLICE):
            wanted = numbers[start : start + SLICE]
            if name == "identified":
                yield from self._imported(wanted)
            else:
                yield from self._shown(wanted, reasons, with_studies=name == "included")

    def _reasons(self) -> dict[int, str]:
        """Record number → primary reason, where it may be known."""
        found: dict[int, str] = {}
        for key, numbers in self.gathered.ids.items():
            name, _colon, reason = key.partition(":")
            if name in ("dbr_excluded", "other_excluded") and reason and reason != NOT_OPEN:
                found |= dict.fromkeys(numbers, reason)
        return found

    def _imported(self, numbers: Sequence[int]) -> Iterator[Reference]:
        rows = SourceRecord.objects.for_review(self.review).filter(record__number__in=numbers)
        for row in rows.select_related("record", "upload__search__source", "entry__place__search__source").order_by("record__number"):
            plain = {name: getattr(row, name) for name in REFERENCE_COLUMNS}
            yield Reference(number=row.record.number, sources=row.search.source.name, **plain | self._beside(row))

    def _shown(self, numbers: Sequence[int], reasons: dict[int, str], *, with_studies: bool) -> Iterator[Reference]:
        records = Record.objects.for_review(self.review).filter(number__in=numbers).select_related("source_record").order_by("number")
        heads = [record.pk for record in records]
        sources, studies = self._sources(heads), self._studies(heads) if with_studies else {}
        for record in records:
            own = getattr(record, "source_record", None)
            made = _of_record(record, own, self._beside(own) if own else {})
            made.sources, made.study = "; ".join(sources.get(record.pk, [])), studies.get(record.pk, "")
            made.reason = reasons.get(record.number, "")
            yield made

    def _beside(self, own: SourceRecord) -> dict[str, Any]:
        """Notes and other tags; for a member without the decisions of others that came along in them."""
        told = own if self.member is None else kept_back.shown(own)
        return {"notes": told.notes, "other": dict(told.other)}

    def _sources(self, heads: list[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        rows = SourceRecord.objects.for_review(self.review).filter(upload__is_withdrawn=False)
        rows = rows.filter(record__in=heads) | rows.filter(record__head__in=heads)
        for record, head, name in rows.order_by("record__number").values_list(
            "record_id", "record__head_id", of_search("source__name")
        ):
            if name not in found[head or record]:
                found[head or record].append(name)
        return found

    def _studies(self, heads: list[int]) -> dict[int, str]:
        links = StudyLink.objects.for_review(self.review).filter(undone_at=None, report__record__in=heads)
        return dict(links.values_list("report__record_id", "study__label"))


def _of_record(record: Record, own: SourceRecord | None, beside: dict[str, Any]) -> Reference:
    """Take the displayed fields, and those that are not displayed from the record's own entry (``beside``: its notes and other tags)."""
    shown = {name: getattr(record, name) for name in REFERENCE_COLUMNS if hasattr(record, name)}
    made = Reference(number=record.number, **shown | beside)
    if own is not None:
        for name in ("title_other", "article_number", "pmcid", "issn", "isbn", "accession", "database"):
            setattr(made, name, getattr(own, name))
        made.date = own.date if own.year == record.year else ""
    return made


# ------------------------------------------------------------------------------------------------ files
def write(sets: Sets, name: str, format: str) -> IO[bytes]:
    """Write a set into a file that is gone when it is closed; it stands at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    for piece in _pieces(sets, name, format):
        file.write(piece if isinstance(piece, bytes) else piece.encode("utf-8"))
    file.seek(0)
    return file


def _pieces(sets: Sets, name: str, format: str) -> Iterable[str | bytes]:
    if format == "ris":
        return ris.write(map(_marked, sets.references(name)))
    if format == "bib":
        return bibtex.write(sets.references(name))
    header, rows = table(sets, name)
    if format == "xlsx":
        return [xlsx.write({words()[name][0]: (header, rows)})]
    return csv_table.write(header, rows)


def _marked(reference: Reference) -> Reference:
    """Put the study's label and the reason into tags of RIS that reference managers show: LB (label), U5 (user field)."""
    if reference.study:
        reference.other = {**reference.other, "LB": [reference.study]}
    if reference.reason:
        reference.other = {
            **reference.other,
            "U5": [*reference.other.get("U5", []), _("Excluded: %(reason)s") % {"reason": reference.reason}],
        }
    return reference


def table(sets: Sets, name: str) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """Give the header and the rows of a set as a table."""
    if name == "decisions":
        return DECISION_COLUMNS, _decision_rows(sets)
    added = {"included": ("study",), "excluded-full-text": ("reason",)}.get(name, ())
    columns = ("record", *added, *REFERENCE_COLUMNS, "sources")
    return columns, (_row(reference, columns) for reference in sets.references(name))


def _row(reference: Reference, columns: Sequence[str]) -> list[Any]:
    values = (getattr(reference, "number" if column == "record" else column) for column in columns)
    return ["; ".join(value) if isinstance(value, list) else value for value in values]


def _aside(vote: Any) -> str:
    """Say whether this row set a vote aside, or let it count again."""
    if vote.set_aside_id is None:
        return ""
    return _("set aside") if vote.verdict == Verdict.WITHDRAWN else _("counts again")


def _decision_rows(sets: Sets) -> Iterator[list[Any]]:
    votes = (
        sets.decisions()
        .select_related("record", "round__stage", "reviewer__review", "reviewer__user", "primary_reason")
        .prefetch_related("further_reasons__reason")
    )
    for vote in votes.iterator(chunk_size=SLICE):
        yield [
            vote.record.number,
            vote.record.title,
            str(vote.round.stage),
            vote.round.name,
            str(Purpose(vote.purpose).label),
            vote.reviewer.label,
            str(Verdict(vote.verdict).label),
            vote.primary_reason.text if vote.primary_reason else "",
            "; ".join(map(str, vote.further_reasons.all())),
            vote.note,
            vote.why,
            vote.independent,
            vote.superseded_at is None and vote.verdict != Verdict.WITHDRAWN,
            _aside(vote),
            vote.cast_at,
            vote.received_at,
        ]
