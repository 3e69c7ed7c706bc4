"""Which votes enter the agreement: for each reviewer the last one cast while independent, on records open to who asks (B9, I7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from django.db.models import Q

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import Record, ScreeningRound
from screening.outcomes.facts import purpose_of
from screening.reporting.rows import Rows
from screening.vocabulary import Arm, Verdict

from . import rules

#: Head id → reviewer id → verdict.
Votes = dict[int, dict[int, str]]


@dataclass(slots=True)
class Pair:
    """Two reviewers and the votes of records that both judged: (first's verdict, second's verdict, record number)."""

    first: Member
    second: Member
    votes: list[tuple[str, str, int]] = field(default_factory=list)

    def cells(self, *, maybe_counts_as_include: bool = True) -> tuple[int, int, int, int]:
        """Give a, b, c, d: both include, only the first, only the second, both exclude; *maybe* as the rule counts it."""
        forward = {Verdict.INCLUDE, Verdict.MAYBE} if maybe_counts_as_include else {Verdict.INCLUDE}
        count = [0, 0, 0, 0]
        for one, two, _number in self.votes:
            count[(0 if two in forward else 1) if one in forward else (2 if two in forward else 3)] += 1
        return count[0], count[1], count[2], count[3]

    def three(self) -> list[list[int]]:
        """Count include, maybe and exclude of the first by those of the second."""
        return rules.table_of([(one, two) for one, two, _number in self.votes], [Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE])

    def numbers(self, first_forward: bool, second_forward: bool, *, maybe_counts_as_include: bool = True) -> list[int]:
        """Give the records of one cell."""
        forward = {Verdict.INCLUDE, Verdict.MAYBE} if maybe_counts_as_include else {Verdict.INCLUDE}
        return [n for one, two, n in self.votes if (one in forward) == first_forward and (two in forward) == second_forward]


def independent_votes(rows: Rows) -> dict[tuple[int, Arm], Votes]:
    """Give (round id, arm) → head id → reviewer id → verdict, as the member of ``rows`` may know it (None: everything). One query."""
    counted = {(row.round, row.record) for row in rows.all if row.live and row.pk in rows.opened}
    purposes = {one.pk: purpose_of(one) for one in rows.rounds}
    if rows.member is None:
        votes = visibility.everything("agreement").decisions(rows.review)
    else:
        votes = visibility.decisions(rows.member, rounds=rows.rounds)
    found: dict[tuple[int, Arm], Votes] = defaultdict(lambda: defaultdict(dict))
    gone: dict[tuple[int, int, int], str] = {}  # set aside: it decides nothing, so it enters no agreement until it is taken back
    columns = ("round_id", "purpose", "record_id", "record__head_id", "reviewer_id", "verdict", "set_aside_id")
    counting = votes.filter(Q(independent=True) | Q(set_aside__isnull=False)).order_by("pk")
    for round, purpose, record, head, reviewer, verdict, aside in counting.values_list(*columns):
        key = head or record
        if purpose != purposes[round] or (round, key) not in counted:
            continue
        by = found[round, Arm.DATABASES if key in rows.in_databases else Arm.OTHER][key]
        if aside is not None:
            _set_aside(by, gone, (round, record, reviewer), withdrawn=verdict == Verdict.WITHDRAWN)
        elif verdict == Verdict.WITHDRAWN:
            by.pop(reviewer, None)
        else:
            by[reviewer] = verdict
    return {place: {key: by for key, by in heads.items() if by} for place, heads in found.items()}


def _set_aside(by: dict[int, str], gone: dict[tuple[int, int, int], str], place: tuple[int, int, int], *, withdrawn: bool) -> None:
    """Take the vote of a place (round, record, reviewer) out of the agreement, or put back what was taken out."""
    if withdrawn:
        verdict = by.pop(place[2], None)
        if verdict is not None:
            gone[place] = verdict
    elif place in gone:
        by[place[2]] = gone.pop(place)


def reasons_given(rows: Rows, rounds: Collection[ScreeningRound]) -> dict[tuple[int, Arm], dict[int, dict[int, str]]]:
    """Give (round id, arm) → head id → reviewer id → key of the reason ("" for none) of the exclusions that count. One query."""
    counted = {(row.round, row.record) for row in rows.all if row.live and row.pk in rows.opened}
    if rows.member is None:
        votes = visibility.everything("agreement on reasons").decisions(rows.review)
    else:
        votes = visibility.decisions(rows.member, rounds=rows.rounds)
    votes = votes.filter(independent=True, set_aside=None, round__in=[one.pk for one in rounds]).order_by("pk")
    found: dict[tuple[int, Arm], dict[int, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    columns = ("round_id", "record_id", "record__head_id", "reviewer_id", "verdict", "primary_reason__key")
    for round, record, head, reviewer, verdict, reason in votes.values_list(*columns):
        key = head or record
        if (round, key) in counted:
            by = found[round, Arm.DATABASES if key in rows.in_databases else Arm.OTHER][key]
            by.pop(reviewer, None)
            if verdict == Verdict.EXCLUDE:
                by[reviewer] = reason or ""
    return found


def times(rows: Rows, round_ids: Collection[int], people: Collection[int]) -> dict[tuple[int, int, int], datetime]:
    """Give (round id, head id, reviewer id) → when the vote came that enters the agreement. For the votes of these people only."""
    purposes = {one.pk: purpose_of(one) for one in rows.rounds}
    if rows.member is None:
        votes = visibility.everything("agreement").decisions(rows.review)
    else:
        votes = visibility.decisions(rows.member, rounds=rows.rounds)
    votes = votes.filter(independent=True, round__in=round_ids, reviewer__in=people).order_by("pk")
    columns = ("round_id", "purpose", "record_id", "record__head_id", "reviewer_id", "received_at")
    return {
        (round, head or record, reviewer): at
        for round, purpose, record, head, reviewer, at in votes.values_list(*columns)
        if purpose == purposes[round]
    }


def pairs_of(votes: dict[int, dict[int, str]], people: dict[int, Member], numbers: dict[int, int]) -> list[Pair]:
    """Give every pair among these votes; ``people`` by id, ``numbers`` = record id → number."""
    found: dict[tuple[int, int], Pair] = {}
    for head, by_reviewer in sorted(votes.items(), key=lambda item: numbers[item[0]]):
        for one, two in combinations(sorted(by_reviewer, key=lambda pk: people[pk].number), 2):
            pair = found.setdefault((one, two), Pair(people[one], people[two]))
            pair.votes.append((by_reviewer[one], by_reviewer[two], numbers[head]))
    return [found[key] for key in sorted(found, key=lambda key: (people[key[0]].number, people[key[1]].number))]


def votes_of(rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, arm: Arm = Arm.DATABASES) -> Votes:
    """Give the votes of some rounds of a stage together, in the order of the rounds."""
    every = independent_votes(Rows(review, member=member))
    found: Votes = {}
    for round in rounds:
        for head, by in every.get((round.pk, arm), {}).items():
            found.setdefault(head, {}).update(by)
    return found


def pairs(rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, arm: Arm = Arm.DATABASES) -> list[Pair]:
    """Give every pair of reviewers who judged the same records, in the order of their numbers."""
    votes = votes_of(rounds, member=member, review=review, arm=arm)
    people = {m.pk: m for m in Member.objects.for_review(review).select_related("review", "user")}
    return pairs_of(votes, people, dict(Record.objects.filter(pk__in=votes).values_list("pk", "number")))


def fleiss_of(
    rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, people: int
) -> tuple[rules.Coefficient, float | None, int]:
    """Give Fleiss κ, the unanimous share and the number of items for records that all ``people`` judged (a pilot)."""
    votes = [list(v.values()) for v in votes_of(rounds, member=member, review=review).values() if len(v) == people]
    forward = [[verdict != Verdict.EXCLUDE for verdict in item] for item in votes]
    counts = [[sum(item), len(item) - sum(item)] for item in forward]
    return rules.fleiss(counts), rules.unanimous_share(forward), len(votes)
