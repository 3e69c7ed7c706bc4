"""``settle``: recompute everything that follows from facts for whole groups, and write what differs. The only writer of it.

Written here: Record.is_parked/is_removed; all of RoundRecord but its shuffle. Written by ``next_stage``, called from here only: Report,
full-text RoundRecord and Study of a record that goes on. Callers hold the heads (locks.heads) and are inside a transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from screening.models import Decision, Record, Reopening, RoundRecord, ScreeningRound
from screening.outcomes import groups, next_stage
from screening.outcomes.facts import fetch, rule_of, shuffle_key
from screening.outcomes.rules import Ruling, Standing, Vote, standing
from screening.vocabulary import SETTLED, ConflictKind, Outcome, RoundKind, StageKind

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
BLANK = Standing(Outcome.WAITING)


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


def settle_vote(head: Record, row: RoundRecord, round: ScreeningRound, votes: Collection[Vote]) -> None:
    """Settle after a vote: recompute this row only, and the whole group when more could follow from it.

    ``votes``: all that stand on the group in this round. A vote changes nothing of who is parked, removed or in a group. It can carry
    the record on to the next stage or back, and in a re-look take over which round decides: then everything is recomputed.
    """
    ruled = row.settled_by_resolution or row.conflict == ConflictKind.AGAIN
    if not row.is_live or row.reopened or ruled or round.kind == RoundKind.RELOOK or round.closed_at is not None:
        return settle(head)
    s = standing(votes, needed=row.needed, rule=rule_of(round))
    onward = {row.outcome, s.outcome} & {Outcome.GOES_ON}
    if onward and row.decides:
        return settle(head)
    new = {"outcome": s.outcome, "conflict": s.conflict, "reason_id": s.reason, "votes_in_at": s.votes_in_at}
    changed = {name: value for name, value in new.items() if getattr(row, name) != value}
    if changed:
        RoundRecord.objects.filter(pk=row.pk).update(**changed)
    return None


def differences(record_ids: Iterable[int]) -> list[str]:
    """Say what a recomputation would change, and change nothing (check_invariants, I4)."""
    heads = groups.head_ids(record_ids)
    return _Settling(heads).compare() if heads else []


def any_votes(record_ids: Iterable[int]) -> bool:
    """Say whether anybody ever voted on one of these records."""
    return Decision.objects.filter(record_id__in=list(record_ids)).exists()


class _Settling:
    """One recomputation of some groups."""

    def __init__(self, heads: Collection[int], *, regrouped: bool = False) -> None:
        self.regrouped = regrouped
        self.facts = fetch(heads)
        self.records: list[Record] = []
        self.changed: list[RoundRecord] = []
        self.opened: list[Reopening] = []
        self.found: list[str] = []
        self.dry = False

    def run(self) -> None:
        for head in self.facts.groups:
            self._group(head)
        _store(self.records, ("is_parked", "is_removed"))
        for decides in (False, True):  # first those that let go: one row a stage decides
            _store([row for row in self.changed if row.decides is decides], DERIVED)
        Reopening.objects.bulk_create(self.opened)
        next_stage.advance(self.facts)

    def compare(self) -> list[str]:
        self.dry = True
        for head in self.facts.groups:
            self._group(head)
        return self.found

    def _group(self, head_id: int) -> None:
        group = self.facts.groups[head_id]
        head, origins = group[0], self.facts.origins
        parked = all(origins[r.pk].is_withdrawn for r in group if r.pk in origins)
        standing_members = [r for r in group if r.pk not in origins or not origins[r.pk].is_withdrawn]
        removed = bool(standing_members) and all(r.pk in self.facts.removed for r in standing_members)
        if (head.is_parked, head.is_removed) != (parked, removed):
            self.found.append(f"record {head.number}: parked/removed is not what its facts say")
            head.is_parked, head.is_removed = parked, removed
            self.records.append(head)
        if not any(record.pk in self.facts.rows for record in group):
            return  # in no round: nothing stands anywhere
        live = not parked and not removed
        for kind in StageKind:
            self._stage(group, kind, live and (kind == StageKind.TITLE_ABSTRACT or next_stage.goes_on(self.facts, head_id)))

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
                    self._write(row_or_none, BLANK, round, live=False, decides=False, follower=True)

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
            self.opened.append(Reopening(review_id=row.review_id, round=round, record_id=row.record_id, by=None))
        new = (live, s.outcome, s.conflict, s.reason, s.votes_in_at, s.by_ruling, s.vote_changed_after, decides, reopened, row.needed)
        old = tuple(getattr(row, name) for name in DERIVED)
        if new != old:
            self.found.append(f"round {round.number}, record id {row.record_id}: stored {old[:3]}, its facts say {new[:3]}")
            for name, value in zip(DERIVED, new, strict=True):
                setattr(row, name, value)
            self.changed.append(row)


def _store(rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write these columns of rows of one model: one statement for all that get the same values, the rest in one statement together."""
    alike: dict[tuple[object, ...], list[Any]] = {}
    for row in rows:
        alike.setdefault(tuple(getattr(row, name) for name in columns), []).append(row)
    single: list[Any] = []
    for values, found in alike.items():
        if len(found) == 1 and len(alike) > 1:
            single += found
        else:
            ids = [row.pk for row in found]
            type(found[0])._base_manager.filter(pk__in=ids).update(**dict(zip(columns, values, strict=True)))
    if single:
        type(single[0])._base_manager.bulk_update(single, [name.removesuffix("_id") for name in columns], batch_size=500)


def close_reopenings(head_ids: Iterable[int], round: ScreeningRound) -> None:
    """End the reopenings of these heads where they are settled again (a slice of a thousand at most)."""
    rows = RoundRecord.objects.filter(round=round, record__in=list(head_ids), reopened=True, outcome__in=SETTLED)
    settled = list(rows.values_list("record_id", flat=True))
    if settled:
        of_group = Q(record__in=settled) | Q(record__head__in=settled)
        Reopening.objects.filter(of_group, round=round, ended_at=None).update(ended_at=timezone.now())
        RoundRecord.objects.filter(round=round, record__in=settled).update(reopened=False)


def facts_of_rounds(round: ScreeningRound, records: Iterable[int]) -> Iterable[tuple[RoundRecord, list[Vote], list[Ruling]]]:
    """Give these records of a round with their votes and final decisions, for the preview of a change of rules."""
    ids = list(records)
    for start in range(0, len(ids), 1000):
        facts = fetch(ids[start : start + 1000])
        for head in facts.groups:
            row = facts.rows[head].get(round.pk)
            if row is not None:
                yield row, facts.votes.get((head, round.pk), []), [ruling for ruling, _s in facts.rulings.get((head, round.pk), [])]
