"""What the PRISMA figure is made of, fetched once, from facts only, for what one member may know (or for everything)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, Count, Q, Value, When

from reviewapp.reviews.models import Member, Review
from screening.models import Entry, EntryEnding, Reason, Record, Report, SearchRound, Source, SourceRecord, StudyLink, of_search
from screening.reporting.rows import Row, Rows
from screening.vocabulary import SETTLED, Arm, SourceKind, StageKind


@dataclass(slots=True)
class Head:
    """One head with what the figure needs of its group."""

    number: int
    removed: bool
    members: list[tuple[Arm, int, int]] = field(default_factory=list)  # arm, search round, source

    @property
    def arm(self) -> Arm:
        return Arm.DATABASES if any(arm == Arm.DATABASES for arm, _r, _s in self.members) else Arm.OTHER

    def round_in(self, arm: Arm) -> int:
        """The earliest search round with a member in an arm (by the order of search rounds)."""
        return min(r for a, r, _s in self.members if a == arm)


class Fetched:
    """Everything that is counted: heads with their groups, rows of the rounds, reports, studies, entries."""

    def __init__(self, review: Review, *, member: Member | None, search_round: SearchRound | None = None) -> None:
        self.review, self.member, self.search_round = review, member, search_round
        self.sources = list(Source.objects.for_review(review))
        self.kind_of = {source.pk: SourceKind(source.kind) for source in self.sources}
        self.order = {pk: n for n, pk in enumerate(SearchRound.objects.for_review(review).values_list("pk", flat=True))}
        self.heads = self._heads()
        self.rows = Rows(review, member=member)
        self.rows.in_databases = {pk for pk, head in self.heads.items() if head.members and head.arm == Arm.DATABASES}
        self.abstract, self.full_text = self._deciding(StageKind.TITLE_ABSTRACT), self._deciding(StageKind.FULL_TEXT)
        self.known = self._known()
        self.reports = self._reports()
        self.status = self._statuses()
        self.reasons = dict(Reason.objects.for_review(review).values_list("pk", "text"))
        self.entries, self.endings = self._entries(), self._endings()

    def _heads(self) -> dict[int, Head]:
        heads = {
            pk: Head(number, removed)
            for pk, number, removed in Record.objects.for_review(self.review)
            .heads()
            .filter(is_parked=False)
            .values_list("pk", "number", "is_removed")
        }
        found = SourceRecord.objects.for_review(self.review).filter(upload__is_withdrawn=False)
        for record, head, search_round, source in found.values_list(
            "record_id", "record__head_id", "upload__search__search_round_id", of_search("source_id")
        ):
            group = heads.get(head or record)
            if group is not None:
                group.members.append((self.kind_of[source].arm, self.order[search_round], source))
        return heads

    def _deciding(self, kind: StageKind) -> dict[int, Row]:
        """Record → the row that decides on it in a stage."""
        return {row.record: row for row in self.rows.all if row.decides and row.stage == kind}

    def _known(self) -> set[int]:
        """Rows whose outcome may be counted; of what is open also that nothing is settled yet."""
        return self.rows.outcomes | {row.pk for row in self.rows.all if row.outcome not in SETTLED and row.pk in self.rows.opened}

    def _reports(self) -> dict[int, list[tuple[int, str, bool]]]:
        found: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
        rows = Report.objects.for_review(self.review).values_list("record_id", "record__head_id", "pk", "retrieval", "same_document_as_id")
        for record, head, pk, retrieval, same in rows.order_by("number"):
            found[head or record].append((pk, retrieval, same is not None or head is not None))
        return found

    def _statuses(self) -> dict[int, tuple[int, str]]:
        links = StudyLink.objects.for_review(self.review).filter(undone_at=None)
        return {report: (study, status) for report, study, status in links.values_list("report_id", "study_id", "study__status")}

    def _endings(self) -> list[tuple[int, str, bool, int]]:
        """How entries ended that a person looked at: source, kind of ending, whether a reader had trouble with them, how many."""
        found = EntryEnding.objects.for_review(self.review).filter(superseded_at=None, entry__upload__is_withdrawn=False)
        if self.search_round is not None:
            found = found.filter(entry__upload__search__search_round=self.search_round)
        troubled = Case(When(entry__problem="", then=Value(False)), default=Value(True))
        source = of_search("source_id", upload="entry__upload__")
        found = found.annotate(troubled=troubled, source=source).order_by()
        return list(found.values_list("source", "kind", "troubled").annotate(n=Count("pk")))

    def _entries(self) -> dict[int, tuple[int, int]]:
        """Source → entries in files that stand, and those of them with a problem that no record came of."""
        found = Entry.objects.for_review(self.review).filter(upload__is_withdrawn=False)
        if self.search_round is not None:
            found = found.filter(upload__search__search_round=self.search_round)
        lost = Count("pk", filter=~Q(problem="") & Q(source_record=None))
        found = found.annotate(source=of_search("source_id", entry=""))
        rows = found.values_list("source").annotate(n=Count("pk"), lost=lost).order_by()
        return {source: (n, without) for source, n, without in rows}
