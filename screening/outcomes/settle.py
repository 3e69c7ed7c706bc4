"""``settle``: recompute everything that follows from facts for whole groups, and write what differs. The only writer of it.

Written here: Record.is_parked/is_removed; all of RoundRecord but its shuffle; Report, full-text RoundRecord and Study of a record that
goes on. Callers hold the heads (locks.heads) and are inside a transaction.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from django.utils import timezone

from reviewapp.db import locks
from reviewapp.reviews import numbers
from screening.models import (
    Decision,
    Record,
    Removal,
    Reopening,
    Report,
    Resolution,
    ResolutionStep,
    RoundRecord,
    ScreeningRound,
    SourceRecord,
    Study,
    StudyLink,
)
from screening.outcomes import groups
from screening.outcomes.rules import Rule, Ruling, Standing, Vote, standing
from screening.vocabulary import (
    SETTLED,
    ConflictKind,
    Opens,
    Outcome,
    Purpose,
    ResolutionStepKind,
    Retrieval,
    RoundKind,
    StageKind,
    StudyStatus,
    Verdict,
)

PURPOSE = {RoundKind.PILOT: Purpose.PILOT, RoundKind.PRACTICE: Purpose.PRACTICE}
DERIVED = (
    "is_live",
    "outcome",
    "conflict",
    "reason_id",
    "votes_in_at",
    "settled_by_resolution",
    "vote_changed_after",
    "decides",
    "reopened",
    "needed",
)


def purpose_of(round: ScreeningRound) -> Purpose:
    """Give what votes of this round are cast for."""
    return PURPOSE.get(RoundKind(round.kind), Purpose.SCREENING)


def rule_of(round: ScreeningRound) -> Rule:
    """Give the part of the round's rules that decides outcomes."""
    rules = round.rules
    return Rule(
        majority=rules.majority and rules.votes_needed == 3,
        maybe_counts_as_include=rules.maybe_counts_as_include,
        reasons_may_conflict=rules.reasons_may_conflict,
        is_full_text=round.stage.kind == StageKind.FULL_TEXT,
    )


def shuffle_key(round: ScreeningRound, record_number: int) -> int:
    """Give a record's place in the round's shuffled order: never a function of anybody's vote."""
    seed = f"{round.review.uid}:{round.number}:{record_number}".encode()
    return int.from_bytes(blake2b(seed, digest_size=6).digest())


def settle(record: Record) -> None:
    """Recompute the group of one record."""
    settle_many([record.pk])


def settle_many(record_ids: Iterable[int], *, regrouped: bool = False) -> None:
    """Recompute the groups of these records (a slice of a thousand at most).

    ``regrouped``: after a merge or its undoing, a head that is left undecided in a closed round is opened again.
    """
    heads = groups.head_ids(record_ids)
    if heads:
        _Settling(heads, regrouped=regrouped).run()


def settle_vote(head: Record, row: RoundRecord, round: ScreeningRound, ids: list[int]) -> None:
    """Settle after a vote: recompute this row only, and the whole group when more could follow from it.

    A vote changes nothing of who is parked, removed or in a group. It can carry the record on to the next stage or back, and in a
    re-look take over which round decides: then everything is recomputed.
    """
    votes = [
        Vote(d.pk, d.reviewer_id, d.verdict, d.received_at, d.primary_reason_id, d.primary_reason.order if d.primary_reason else 0)
        for d in Decision.objects.filter(record_id__in=ids, round=round, purpose=purpose_of(round), superseded_at=None)
        .exclude(verdict=Verdict.WITHDRAWN)
        .select_related("primary_reason")
    ]
    ruled = row.settled_by_resolution or row.conflict == ConflictKind.AGAIN
    if not row.is_live or row.reopened or ruled or round.kind == RoundKind.RELOOK or round.closed_at is not None:
        return settle(head)
    s = standing(votes, needed=row.needed, rule=rule_of(round))
    onward = {row.outcome, s.outcome} & {Outcome.GOES_ON}
    if onward and row.decides:
        return settle(head)
    new = {"outcome": s.outcome, "conflict": s.conflict, "reason_id": s.reason, "votes_in_at": s.votes_in_at}
    if any(getattr(row, name) != value for name, value in new.items()):
        RoundRecord.objects.filter(pk=row.pk).update(**new)
    return None


def differences(record_ids: Iterable[int]) -> list[str]:
    """Say what a recomputation would change, and change nothing (check_invariants, I4)."""
    heads = groups.head_ids(record_ids)
    return _Settling(heads).compare() if heads else []


def any_votes(record_ids: Iterable[int]) -> bool:
    """Say whether anybody ever voted on one of these records."""
    return Decision.objects.filter(record_id__in=list(record_ids)).exists()


@dataclass
class _Facts:
    """Everything known of the groups at hand, fetched once."""

    groups: dict[int, list[Record]]
    sources: dict[int, SourceRecord] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    rounds: dict[int, ScreeningRound] = field(default_factory=dict)
    rows: dict[int, dict[int, RoundRecord]] = field(default_factory=lambda: defaultdict(dict))
    votes: dict[tuple[int, int], list[Vote]] = field(default_factory=lambda: defaultdict(list))
    rulings: dict[tuple[int, int], list[tuple[Ruling, str]]] = field(default_factory=lambda: defaultdict(list))
    reopened: set[tuple[int, int]] = field(default_factory=set)
    reports: dict[int, Report] = field(default_factory=dict)
    retrieved: set[int] = field(default_factory=set)


def _fetch(heads: set[int]) -> _Facts:
    facts = _Facts(groups.members(heads))
    ids = [record.pk for group in facts.groups.values() for record in group]
    head_of = {record.pk: head for head, group in facts.groups.items() for record in group}
    facts.sources = {
        s.record_id: s
        for s in SourceRecord.objects.filter(record_id__in=ids)
        .select_related("upload__search__source")
        .only("record_id", "upload__is_withdrawn", "upload__search__source__straight_to_retrieval", "upload__search__search_round_id")
    }
    facts.removed = set(Removal.objects.filter(record_id__in=ids, undone_at=None).values_list("record_id", flat=True))
    for row in RoundRecord.objects.filter(record_id__in=ids):
        facts.rows[row.record_id][row.round_id] = row
    round_ids = {round_id for rows in facts.rows.values() for round_id in rows}
    facts.rounds = {r.pk: r for r in ScreeningRound.objects.filter(pk__in=round_ids).select_related("rules", "stage", "review")}
    current = (
        Decision.objects.filter(record_id__in=ids, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).select_related("primary_reason")
    )
    for d in current:
        round = facts.rounds.get(d.round_id)
        if round is not None and d.purpose == purpose_of(round):
            order = d.primary_reason.order if d.primary_reason else 0
            facts.votes[head_of[d.record_id], d.round_id].append(
                Vote(d.pk, d.reviewer_id, d.verdict, d.received_at, d.primary_reason_id, order)
            )
    _fetch_rulings(facts, ids, head_of)
    for round_id, record_id in Reopening.objects.filter(record_id__in=ids, ended_at=None).values_list("round_id", "record_id"):
        facts.reopened.add((head_of[record_id], round_id))
    for report in Report.objects.filter(record_id__in=ids).order_by("number"):
        if report.record_id in facts.groups:
            facts.reports[report.record_id] = report
        elif report.retrieval == Retrieval.RETRIEVED:
            facts.retrieved.add(head_of[report.record_id])
    return facts


def _fetch_rulings(facts: _Facts, ids: list[int], head_of: dict[int, int]) -> None:
    live = Resolution.objects.filter(record_id__in=ids, superseded_at=None).prefetch_related("votes", "steps")
    for resolution in live:
        settled = frozenset(vote.decision_id for vote in resolution.votes.all())
        confirmed: list[ResolutionStep] = [s for s in resolution.steps.all() if s.kind == ResolutionStepKind.CONFIRMED]
        if confirmed:
            settled = frozenset(max(confirmed, key=lambda step: step.pk).decisions)
        ruling = Ruling(resolution.pk, resolution.verdict, resolution.primary_reason_id, settled)
        facts.rulings[head_of[resolution.record_id], resolution.round_id].append((ruling, resolution.study_status))


class _Settling:
    """One recomputation of some groups."""

    def __init__(self, heads: set[int], *, regrouped: bool = False) -> None:
        self.regrouped = regrouped
        self.facts = _fetch(heads)
        self.records: list[Record] = []
        self.changed: list[RoundRecord] = []
        self.found: list[str] = []
        self.dry = False

    def run(self) -> None:
        for head in self.facts.groups:
            self._group(head)
        Record.objects.bulk_update(self.records, ["is_parked", "is_removed"], batch_size=500)
        # first those that let go: one row a stage decides
        self.changed.sort(key=lambda row: row.decides)
        for decides in (False, True):
            rows = [row for row in self.changed if row.decides is decides]
            RoundRecord.objects.bulk_update(rows, DERIVED_FIELDS, batch_size=500)
        for head in self.facts.groups:
            self._advance(head)

    def compare(self) -> list[str]:
        self.dry = True
        for head in self.facts.groups:
            self._group(head)
        return self.found

    def _group(self, head_id: int) -> None:
        group = self.facts.groups[head_id]
        head = group[0]
        parked = all(self.facts.sources[r.pk].upload.is_withdrawn for r in group if r.pk in self.facts.sources)
        standing_members = [r for r in group if r.pk not in self.facts.sources or not self.facts.sources[r.pk].upload.is_withdrawn]
        removed = bool(standing_members) and all(r.pk in self.facts.removed for r in standing_members)
        if (head.is_parked, head.is_removed) != (parked, removed):
            self.found.append(f"record {head.number}: parked/removed is not what its facts say")
            head.is_parked, head.is_removed = parked, removed
            self.records.append(head)
        live = not parked and not removed
        for kind in StageKind:
            self._stage(group, kind, live and (kind == StageKind.TITLE_ABSTRACT or self._goes_on(head_id)))

    def _stage(self, group: list[Record], kind: StageKind, live: bool) -> None:
        head = group[0]
        rounds = sorted(
            {
                r.pk: r
                for record in group
                for r in (self.facts.rounds[i] for i in self.facts.rows.get(record.pk, {}))
                if r.stage.kind == kind
            }.values(),
            key=lambda r: r.number,
        )
        standings: dict[int, Standing] = {}
        for round in rounds:
            row = self._head_row(group, round)
            needed = row.needed
            rulings = [ruling for ruling, _status in self.facts.rulings.get((head.pk, round.pk), [])]
            standings[round.pk] = standing(
                self.facts.votes.get((head.pk, round.pk), []), needed=needed, rule=rule_of(round), rulings=rulings
            )
        deciding = self._deciding(rounds, standings)
        for round in rounds:
            first_main = next((r for r in rounds if r.kind in (RoundKind.MAIN, RoundKind.UPDATE)), None)
            speaks = round.kind not in (RoundKind.MAIN, RoundKind.UPDATE) or round is first_main
            self._write(self.facts.rows[head.pk][round.pk], standings[round.pk], round, live=live and speaks, decides=round is deciding)
            for follower in group[1:]:
                row_or_none = self.facts.rows.get(follower.pk, {}).get(round.pk)
                if row_or_none is not None:
                    self._write(row_or_none, Standing(Outcome.WAITING), round, live=False, decides=False, follower=True)

    def _deciding(self, rounds: list[ScreeningRound], standings: dict[int, Standing]) -> ScreeningRound | None:
        relooks = [r for r in rounds if r.kind == RoundKind.RELOOK and standings[r.pk].outcome in SETTLED]
        mains = [r for r in rounds if r.kind in (RoundKind.MAIN, RoundKind.UPDATE)]
        return relooks[-1] if relooks else mains[0] if mains else None

    def _head_row(self, group: list[Record], round: ScreeningRound) -> RoundRecord:
        head = group[0]
        rows = [self.facts.rows[r.pk][round.pk] for r in group if round.pk in self.facts.rows.get(r.pk, {})]
        if round.pk not in self.facts.rows.get(head.pk, {}):
            row = RoundRecord(
                review_id=head.review_id,
                round=round,
                stage=round.stage,
                record=head,
                needed=max(r.needed for r in rows),
                shuffle=shuffle_key(round, head.number),
                is_live=False,
            )
            if not self.dry:
                row.save()
            self.facts.rows[head.pk][round.pk] = row
        return self.facts.rows[head.pk][round.pk]

    def _write(self, row: RoundRecord, s: Standing, round: ScreeningRound, *, live: bool, decides: bool, follower: bool = False) -> None:
        reopened = not follower and (row.record_id, round.pk) in self.facts.reopened
        if self.regrouped and live and round.closed_at is not None and s.outcome == Outcome.WAITING and not reopened and decides:
            reopened = True
            if not self.dry:
                Reopening.objects.create(review_id=row.review_id, round=round, record_id=row.record_id, by=None)
        new = (live, s.outcome, s.conflict, s.reason, s.votes_in_at, s.by_ruling, s.vote_changed_after, decides, reopened, row.needed)
        old = tuple(getattr(row, name) for name in DERIVED)
        if new != old:
            self.found.append(f"round {round.number}, record id {row.record_id}: stored {old[:3]}, its facts say {new[:3]}")
            for name, value in zip(DERIVED, new, strict=True):
                setattr(row, name, value)
            self.changed.append(row)

    # --- the next stage -------------------------------------------------------------------------------------------

    def _abstract_row(self, head_id: int) -> RoundRecord | None:
        rows = self.facts.rows.get(head_id, {}).values()
        return next((row for row in rows if row.decides and self.facts.rounds[row.round_id].stage.kind == StageKind.TITLE_ABSTRACT), None)

    def _goes_on(self, head_id: int) -> bool:
        """Say whether a group goes on to full text: by its title-and-abstract outcome, or straight from its sources."""
        row = self._abstract_row(head_id)
        if row is None:
            own = [self.facts.sources[r.pk] for r in self.facts.groups[head_id] if r.pk in self.facts.sources]
            return bool(own) and all(s.upload.search.source.straight_to_retrieval for s in own if not s.upload.is_withdrawn)
        round = self.facts.rounds[row.round_id]
        shown = round.rules.opens == Opens.WHEN_IN or round.revealed_at is not None
        return row.outcome == Outcome.GOES_ON and shown

    def _advance(self, head_id: int) -> None:
        head = self.facts.groups[head_id][0]
        if head.is_parked or head.is_removed or not self._goes_on(head_id):
            return
        report = self.facts.reports.get(head_id)
        if report is None:
            number = numbers.take(head.review, "report")
            # the full text of a merged record is the full text of its group
            retrieval = Retrieval.RETRIEVED if head_id in self.facts.retrieved else Retrieval.SOUGHT
            report = Report.objects.create(review_id=head.review_id, number=number, record=head, retrieval=retrieval)
            self.facts.reports[head_id] = report
        row = self._full_text_row(head)
        if row is not None and row.outcome == Outcome.GOES_ON:
            self._study(head, report, row)

    def _full_text_row(self, head: Record) -> RoundRecord | None:
        rows = [
            row for row in self.facts.rows.get(head.pk, {}).values() if self.facts.rounds[row.round_id].stage.kind == StageKind.FULL_TEXT
        ]
        if any(self.facts.rounds[row.round_id].kind in (RoundKind.MAIN, RoundKind.UPDATE) for row in rows):
            return next((row for row in rows if row.decides), None)
        abstract = self._abstract_row(head.pk)
        wanted = self.facts.rounds[abstract.round_id].search_round_id if abstract else None
        locks.shared(locks.Space.PLACES, head.review_id)  # a round that is being opened takes this record, or we find the round
        round = full_text_round(head.review_id, wanted)
        if round is None:
            return None
        row = RoundRecord.objects.create(
            review_id=head.review_id,
            round=round,
            stage=round.stage,
            record=head,
            needed=round.rules.votes_needed,
            shuffle=shuffle_key(round, head.number),
            decides=True,
        )
        self.facts.rows[head.pk][round.pk] = row
        self.facts.rounds[round.pk] = round
        return row

    def _study(self, head: Record, report: Report, row: RoundRecord) -> None:
        statuses = [status for _ruling, status in self.facts.rulings.get((head.pk, row.round_id), [])]
        status = statuses[0] if statuses else StudyStatus.INCLUDED
        link = StudyLink.objects.filter(report=report, undone_at=None).select_related("study").first()
        if link is None:
            number = numbers.take(head.review, "study")
            study = Study.objects.create(review_id=head.review_id, number=number, label=_free_label(head), status=status)
            StudyLink.objects.create(review_id=head.review_id, study=study, report=report, is_primary=True)
        elif link.is_primary and link.study.status != status:
            Study.objects.filter(pk=link.study_id).update(status=status)


DERIVED_FIELDS = [name.removesuffix("_id") for name in DERIVED]


def full_text_round(review_id: int, search_round_id: int | None) -> ScreeningRound | None:
    """Give the open full-text round that takes records of a search round: its own, else the newest open one."""
    open_rounds = (
        ScreeningRound.objects.filter(
            review_id=review_id, stage__kind=StageKind.FULL_TEXT, kind__in=(RoundKind.MAIN, RoundKind.UPDATE), closed_at=None
        )
        .select_related("rules", "stage", "review")
        .order_by("-number")
    )
    rounds = list(open_rounds)
    return next((r for r in rounds if r.search_round_id == search_round_id), rounds[0] if rounds else None)


def _free_label(head: Record) -> str:
    """Give *Surname Year*, with a, b, … where the review has that label already."""
    base = head.short_name[:110]
    taken = set(Study.objects.filter(review_id=head.review_id, label__startswith=base).values_list("label", flat=True))
    if base not in taken:
        return base
    return next(label for n in range(2, len(taken) + 3) if (label := f"{base}{_letters(n)}") not in taken)


def _letters(n: int) -> str:
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


def close_reopenings(record: Record, round: ScreeningRound) -> None:
    """End the reopening of a record that is settled again."""
    ids = groups.member_ids(record)
    row = RoundRecord.objects.get(round=round, record=record)
    if row.outcome in SETTLED and Reopening.objects.filter(round=round, record_id__in=ids, ended_at=None).update(ended_at=timezone.now()):
        RoundRecord.objects.filter(pk=row.pk).update(reopened=False)


def facts_of_rounds(round: ScreeningRound) -> Iterable[tuple[RoundRecord, list[Vote], list[Ruling]]]:
    """Give every live record of a round with its votes and final decisions, for the preview of a change of rules."""
    ids = list(RoundRecord.objects.filter(round=round, is_live=True).values_list("record_id", flat=True))
    for start in range(0, len(ids), 1000):
        facts = _fetch(set(ids[start : start + 1000]))
        for head in facts.groups:
            row = facts.rows[head].get(round.pk)
            if row is not None:
                yield row, facts.votes.get((head, round.pk), []), [ruling for ruling, _s in facts.rulings.get((head, round.pk), [])]
