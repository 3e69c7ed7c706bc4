"""Which votes enter the agreement: for each reviewer the last one cast while independent, on records open to who asks (B9, I7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import Record, RoundRecord, ScreeningRound, SourceRecord
from screening.outcomes.facts import purpose_of
from screening.vocabulary import Arm, SourceKind, Verdict

from . import rules


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

    def numbers(self, first_forward: bool, second_forward: bool, *, maybe_counts_as_include: bool = True) -> list[int]:
        """Give the records of one cell."""
        forward = {Verdict.INCLUDE, Verdict.MAYBE} if maybe_counts_as_include else {Verdict.INCLUDE}
        return [n for one, two, n in self.votes if (one in forward) == first_forward and (two in forward) == second_forward]


def independent_votes(
    rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, arm: Arm = Arm.DATABASES
) -> dict[int, dict[int, str]]:
    """Give head id → reviewer id → verdict. ``member`` None: everything (commands, snapshots)."""
    rounds = list(rounds)
    heads_in_arm = _heads(review, arm)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for round in rounds:
        votes = visibility.everything("agreement").decisions(review) if member is None else visibility.decisions(member, round=round)
        votes = votes.filter(round=round, purpose=purpose_of(round), independent=True)
        opened = (
            None if member is None else set(visibility.open_round_records(member).filter(round=round).values_list("record_id", flat=True))
        )
        live = set(RoundRecord.objects.filter(round=round, is_live=True).values_list("record_id", flat=True))
        for record, head, reviewer, verdict in votes.order_by("pk").values_list("record_id", "record__head_id", "reviewer_id", "verdict"):
            key = head or record
            if key not in heads_in_arm or key not in live or (opened is not None and key not in opened):
                continue
            if verdict == Verdict.WITHDRAWN:
                found[key].pop(reviewer, None)
            else:
                found[key][reviewer] = verdict
    return {key: votes for key, votes in found.items() if votes}


def _heads(review: Review, arm: Arm) -> set[int]:
    """Heads whose records belong to an arm: a head with any database member belongs to the databases."""
    kinds = [kind.value for kind in SourceKind if kind.arm == Arm.DATABASES]
    found = SourceRecord.objects.for_review(review).filter(upload__is_withdrawn=False, upload__search__source__kind__in=kinds)
    databases = {head or record for record, head in found.values_list("record_id", "record__head_id")}
    if arm == Arm.DATABASES:
        return databases
    return set(Record.objects.for_review(review).heads().values_list("pk", flat=True)) - databases


def pairs(rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, arm: Arm = Arm.DATABASES) -> list[Pair]:
    """Give every pair of reviewers who judged the same records, in the order of their numbers."""
    votes = independent_votes(rounds, member=member, review=review, arm=arm)
    people = {m.pk: m for m in Member.objects.for_review(review).select_related("review", "user")}
    numbers = dict(Record.objects.filter(pk__in=votes).values_list("pk", "number"))
    return pairs_of(votes, people, numbers)


def pairs_of(votes: dict[int, dict[int, str]], people: dict[int, Member], numbers: dict[int, int]) -> list[Pair]:
    """Give every pair among these votes; ``people`` by id, ``numbers`` = record id → number."""
    found: dict[tuple[int, int], Pair] = {}
    for head, by_reviewer in sorted(votes.items(), key=lambda item: numbers[item[0]]):
        for one, two in combinations(sorted(by_reviewer, key=lambda pk: people[pk].number), 2):
            pair = found.setdefault((one, two), Pair(people[one], people[two]))
            pair.votes.append((by_reviewer[one], by_reviewer[two], numbers[head]))
    return [found[key] for key in sorted(found, key=lambda key: (people[key[0]].number, people[key[1]].number))]


def fleiss_of(
    rounds: Iterable[ScreeningRound], *, member: Member | None, review: Review, people: int
) -> tuple[rules.Coefficient, float | None, int]:
    """Give Fleiss κ, the unanimous share and the number of items for records that all ``people`` judged (a pilot)."""
    votes = [list(v.values()) for v in independent_votes(rounds, member=member, review=review).values() if len(v) == people]
    forward = [[verdict != Verdict.EXCLUDE for verdict in item] for item in votes]
    counts = [[sum(item), len(item) - sum(item)] for item in forward]
    return rules.fleiss(counts), rules.unanimous_share(forward), len(votes)
