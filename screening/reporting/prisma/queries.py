"""Gather what the PRISMA figure is made of, from facts only, for what one member may know (or for everything)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import (
    DeclaredCount,
    DuplicatePair,
    Merge,
    RoundRecord,
    SearchRound,
)
from screening.vocabulary import (
    SETTLED,
    Arm,
    ConflictKind,
    CountBox,
    EndingKind,
    Outcome,
    PairState,
    Retrieval,
    RoundKind,
    SourceKind,
    StudyStatus,
)

from . import facts as f
from .fetched import Fetched, Head

KINDS = {
    SourceKind.WEBSITE: f.WEBSITES,
    SourceKind.ORGANISATION: f.ORGANISATIONS,
    SourceKind.CITATION: f.CITATIONS,
    SourceKind.CONTACTS: f.CONTACTS,
    SourceKind.OTHER: f.OTHER,
}
BOX_ROWS = {
    CountBox.IDENTIFIED: "database_results",
    CountBox.DUPLICATES: "duplicates",
    CountBox.AUTOMATION: "excluded_automatic",
    CountBox.OTHER: "excluded_other",
}
NOT_OPEN = "Reason not open to you yet"
WAIT_KEYS = {ConflictKind.VERDICTS: "conflicts", ConflictKind.REASONS: "reasons", ConflictKind.MAYBE: "maybe", ConflictKind.AGAIN: "again"}


class Gathered(Fetched):
    """The counts over what was fetched; ``ids`` gives the record numbers behind each box."""

    def __init__(self, review: Review, *, member: Member | None, search_round: SearchRound | None = None) -> None:
        super().__init__(review, member=member, search_round=search_round)
        self.ids: dict[str, list[int]] = defaultdict(list)

    def facts(self) -> f.Facts:
        """Count."""
        databases, other = self._arm(Arm.DATABASES), self._arm(Arm.OTHER)
        found = self._references()
        included = [report for heads in (self._in_arm(Arm.DATABASES), self._in_arm(Arm.OTHER)) for report in self._included(heads)]
        studies = {self.status[report][0] for report in included if report in self.status}
        return f.Facts(
            databases=f.DatabasesArm(**databases, **self._database_counts(found)),
            other=f.OtherArm(**other, **self._other_counts(found)) if self._has_other(found) else None,
            studies=len(studies),
            reports=len(included),
            companion_reports=len(included) - len(studies),
            open_rounds=self._open_rounds(),
            entries_to_look_at=0,
            open_pairs=DuplicatePair.objects.for_review(self.review).filter(state=PairState.OPEN).count()
            if self.search_round is None
            else 0,
            also_waiting=self._also_waiting(),
            declared=self._declared(),
        )

    # --- records --------------------------------------------------------------------------------------------------

    def _in_arm(self, arm: Arm) -> dict[int, Head]:
        heads = {pk: head for pk, head in self.heads.items() if head.members and head.arm == arm}
        if self.search_round is None:
            return heads
        wanted = self.order[self.search_round.pk]
        return {pk: head for pk, head in heads.items() if head.round_in(arm) == wanted}

    def _references(self) -> dict[int, int]:
        """Source → entries found that are references."""
        found = {source: n for source, (n, _lost) in self.entries.items()}
        for source, kind, _troubled, n in self.endings:
            if kind == EndingKind.NOT_A_REFERENCE:
                found[source] -= n
        return found

    def looked_at(self, arm: Arm) -> tuple[int, int]:
        """Entries of an arm that ended as unreadable, and those that wait for a look."""
        lost = sum(n for source, (_n, n) in self.entries.items() if self.kind_of[source].arm == arm)
        ended = [(kind, n) for source, kind, troubled, n in self.endings if troubled and self.kind_of[source].arm == arm]
        unreadable = sum(n for kind, n in ended if kind == EndingKind.UNREADABLE)
        return unreadable, lost - sum(n for kind, n in ended if kind != EndingKind.MENDED)

    def _arm(self, arm: Arm) -> dict[str, Any]:
        """Retrieval to inclusion, for both arms alike."""
        counted = {
            "sought": 0,
            "not_retrieved": 0,
            "waiting_retrieval": 0,
            "assessed": 0,
            "waiting_assessment": 0,
            "awaiting_classification": 0,
            "ongoing": 0,
            "included": 0,
        }
        excluded: dict[str, int] = {}
        by_reason: dict[int | None, int] = defaultdict(int)
        total = 0
        prefix = "dbr" if arm == Arm.DATABASES else "other"
        for pk, head in self._in_arm(arm).items():
            if not self._went_on(pk, head):
                continue
            for report, retrieval, paused in self.reports.get(pk, []):
                if paused:
                    continue
                box, reason = self._place(pk, report, retrieval)
                counted["sought"] += 1
                self.ids[f"{prefix}_sought_reports"].append(head.number)
                if box in ("excluded", "included", "awaiting_classification", "ongoing"):
                    counted["assessed"] += 1
                    self.ids[f"{prefix}_assessed"].append(head.number)
                self.ids[f"{prefix}_{box}"].append(head.number)
                if box == "excluded":
                    total += 1
                    by_reason[reason] += 1
                    self.ids[f"{prefix}_excluded:{self.reasons.get(reason or 0, NOT_OPEN)}"].append(head.number)
                else:
                    counted[box] += 1
        for reason_pk, text in self.reasons.items():
            if by_reason.get(reason_pk):
                excluded[text] = excluded.get(text, 0) + by_reason[reason_pk]
        if by_reason.get(None):
            excluded[NOT_OPEN] = by_reason[None]
        return {**counted, "excluded": excluded, "excluded_total": total}

    def _went_on(self, pk: int, head: Head) -> bool:
        if head.removed:
            return False
        row = self.abstract.get(pk)
        if row is None:
            return bool(self.reports.get(pk))
        return row.pk in self.known and row.outcome == Outcome.GOES_ON

    def _place(self, pk: int, report: int, retrieval: str) -> tuple[str, int | None]:
        if retrieval == Retrieval.NOT_RETRIEVED:
            return "not_retrieved", None
        if retrieval != Retrieval.RETRIEVED:
            return "waiting_retrieval", None
        row = self.full_text.get(pk)
        if row is None or row.pk not in self.known or row.outcome not in SETTLED:
            return "waiting_assessment", None
        if row.outcome == Outcome.EXCLUDED:  # that it may be known early says nothing of its reason
            return "excluded", row.reason if row.pk in self.rows.opened else None
        status = self.status.get(report, (0, StudyStatus.INCLUDED))[1]
        return {StudyStatus.AWAITING: "awaiting_classification", StudyStatus.ONGOING: "ongoing"}.get(StudyStatus(status), "included"), None

    def _included(self, heads: dict[int, Head]) -> Iterable[int]:
        for pk, head in heads.items():
            if self._went_on(pk, head):
                for report, retrieval, paused in self.reports.get(pk, []):
                    if not paused and self._place(pk, report, retrieval)[0] == "included":
                        yield report

    def _database_counts(self, found: dict[int, int]) -> dict[str, Any]:
        databases: dict[str, int] = {}
        registers: dict[str, int] = {}
        for source in self.sources:
            n = found.get(source.pk, 0)
            if n and source.kind == SourceKind.DATABASE:
                databases[source.name] = databases.get(source.name, 0) + n
            elif n and source.kind == SourceKind.REGISTER:
                registers[source.name] = registers.get(source.name, 0) + n
        heads = self._in_arm(Arm.DATABASES)
        copies = sum(self._wanted(arm, r) and arm == Arm.DATABASES for head in self.heads.values() for arm, r, _s in head.members)
        unreadable, to_look = self.looked_at(Arm.DATABASES)
        screened = excluded = removed = 0
        waiting: dict[str, int] = defaultdict(int)
        for pk, head in heads.items():
            self.ids["identified"].append(head.number)
            if head.removed:
                removed += 1
                self.ids["excluded_other"].append(head.number)
                continue
            row = self.abstract.get(pk)
            if row is not None and row.pk in self.known and row.outcome in SETTLED:
                screened += 1
                self.ids["records_screened"].append(head.number)
                if row.outcome == Outcome.EXCLUDED:
                    excluded += 1
                    self.ids["records_excluded"].append(head.number)
            else:
                key = WAIT_KEYS.get(ConflictKind(row.conflict), "votes") if row is not None and row.pk in self.known else "votes"
                waiting[key] += 1
                self.ids["waiting"].append(head.number)
        if to_look:
            waiting["wait to be read by a person"] += to_look
        return {
            "databases": databases,
            "registers": registers,
            "duplicates": copies - len(heads),
            "duplicates_found_late": self._late_duplicates() if self.search_round is None else 0,
            "removed_other": removed + unreadable,
            "screened": screened,
            "waiting_screening": dict(waiting),
            "excluded_human": excluded,
        }

    def _wanted(self, arm: Arm, search_round: int) -> bool:
        return self.search_round is None or search_round == self.order[self.search_round.pk]

    def _late_duplicates(self) -> int:
        """Records merged after a round was revealed that had votes of their own: recognised after screening.

        Only records all of whose rounds are revealed: whether somebody voted in a blind round is nobody's business.
        """
        first = min((one.revealed_at for one in self.rows.rounds if one.revealed_at is not None), default=None)
        if first is None:
            return 0
        late = Merge.objects.for_review(self.review).filter(undone_at=None, at__gt=first).values_list("child_id", flat=True)
        blind = RoundRecord.objects.for_review(self.review).filter(record__in=late, round__revealed_at=None).values("record")
        votes = visibility.everything("duplicates recognised after screening, in revealed rounds").decisions(self.review)
        return int(votes.filter(record__in=late).exclude(record__in=blind).values("record").distinct().count())

    def _other_counts(self, found: dict[int, int]) -> dict[str, Any]:
        sources = [
            f.OtherSource(kind=KINDS[SourceKind(s.kind)], name=s.name, n=found[s.pk])
            for s in self.sources
            if found.get(s.pk) and SourceKind(s.kind).arm == Arm.OTHER
        ]
        copies = sum(arm == Arm.OTHER and self._wanted(arm, r) for head in self.heads.values() for arm, r, _s in head.members)
        with_other = [head for head in self.heads.values() if any(arm == Arm.OTHER and self._wanted(arm, r) for arm, r, _s in head.members)]
        also = sum(head.arm == Arm.DATABASES for head in with_other)
        own = self._in_arm(Arm.OTHER)
        removed = sum(head.removed for head in own.values())
        excluded = 0
        waiting: dict[str, int] = defaultdict(int)
        for pk, head in own.items():
            row = self.abstract.get(pk)
            if head.removed or row is None:
                if not head.removed and not self.reports.get(pk):
                    waiting["votes"] += 1
                    self.ids["other_waiting"].append(head.number)
                continue
            if row.pk in self.known and row.outcome in SETTLED:
                self.ids["other_screened"].append(head.number)
                if row.outcome == Outcome.EXCLUDED:
                    excluded += 1
                    self.ids["other_screening_excluded"].append(head.number)
            else:
                waiting["votes"] += 1
                self.ids["other_waiting"].append(head.number)
        unreadable, to_look = self.looked_at(Arm.OTHER)
        if to_look:
            waiting["wait to be read by a person"] += to_look
        return {
            "sources": sources,
            "also_in_databases": also,
            "duplicates": copies - len(with_other),
            "removed_other": removed + unreadable,
            "excluded_at_screening": excluded,
            "waiting_screening": dict(waiting),
        }

    def _has_other(self, found: dict[int, int]) -> bool:
        return any(found.get(s.pk) and SourceKind(s.kind).arm == Arm.OTHER for s in self.sources)

    # --- what keeps it a draft ------------------------------------------------------------------------------------

    def _open_rounds(self) -> int:
        wanted = (None, self.search_round.pk) if self.search_round else None
        going_on = [one for one in self.rows.rounds if one.closed_at is None and one.kind != RoundKind.PRACTICE]
        return sum(wanted is None or one.search_round_id in wanted for one in going_on)

    def _also_waiting(self) -> dict[str, int]:
        changed = sum(row.live and row.vote_changed and row.pk in self.rows.opened for row in self.rows.all)
        return {"final decisions have a vote that changed afterwards": changed}

    def _declared(self) -> list[f.Declared]:
        rows = DeclaredCount.objects.for_review(self.review).filter(withdrawn_at=None).select_related("by__review")
        if self.search_round is not None:
            return []
        return [f.Declared(box=BOX_ROWS[CountBox(row.box)], n=row.n, note=f"{row.tool}, {row.on}, {row.by.label}") for row in rows]


def facts_for(member: Member, *, search_round: SearchRound | None = None) -> f.Facts:
    """Count what this member may know; everything else waits."""
    return Gathered(member.review, member=member, search_round=search_round).facts()


def all_facts(review: Review, *, search_round: SearchRound | None = None) -> f.Facts:
    """Count everything: for commands, checks and snapshots only."""
    return Gathered(review, member=None, search_round=search_round).facts()


def updated(review: Review, search_round: SearchRound, *, member: Member | None = None) -> f.Facts:
    """The *updated review* template: what came before this search round as the previous version, this round as the new one."""
    before = [r for r in SearchRound.objects.for_review(review) if r.number < search_round.number]
    earlier = [Gathered(review, member=member, search_round=r).facts() for r in before]
    now = Gathered(review, member=member, search_round=search_round).facts()
    previous = f.Previous(studies=sum(e.studies for e in earlier), reports=sum(f.new_reports(e) for e in earlier))
    return replace(now, previous=previous)
