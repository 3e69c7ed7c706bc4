"""Reads for the set-up pages."""

import dataclasses
from collections import Counter
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import (
    CriteriaNote,
    Entry,
    EntryEnding,
    HighlightList,
    Record,
    Reopening,
    RoundRecord,
    RuleVersion,
    ScreeningRound,
    Stage,
)
from screening.models.sharing import Sharing
from screening.outcomes.rules import Rule, Vote, standing
from screening.outcomes.settle import facts_of_rounds
from screening.stages import late
from screening.vocabulary import CLASHES, SETTLED, Outcome, StageKind, Verdict


def rounds(member: Member) -> list[dict[str, Any]]:
    """The rounds of a review with their totals. Conflicts and outcomes only as far as this member may know them."""
    found = []
    known = visibility.outcomes(member)
    opened = visibility.open_round_records(member)
    shared = {one.round_id: one for one in Sharing.objects.for_review(member.review).order_by("number")}
    came_late = Counter(visibility.late_votes(member).order_by().values_list("round", flat=True))
    for round in ScreeningRound.objects.for_review(member.review).select_related(
        "stage", "rules", "criteria", "search_round", "closed_by__review"
    ):
        found.append(
            {
                "round": round,
                "team": [place.member for place in round.team.select_related("member__user", "member__review").order_by("member__number")],
                "records": visibility.placed(member, round).count(),
                "settled": known.filter(round=round, outcome__in=SETTLED).count(),
                "conflicts": opened.filter(round=round, outcome__in=CLASHES, is_live=True).count(),
                "changed": opened.filter(round=round, vote_changed_after=True, is_live=True).count(),
                "late": came_late[round.pk],
                "sharing": shared.get(round.pk),
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class Closing:
    """What is still open in a round: totals that say nothing of anybody's vote, and what of it is open to the owner."""

    records: int
    waiting: int
    half_voted: int | None
    conflicts: int
    not_open: int
    changed: int
    unread: int
    late: int

    @property
    def unvoted(self) -> int:
        """Of those that wait, how many have no vote at all; all of them where the review tells no totals."""
        return self.waiting - (self.half_voted or 0)


def closing(member: Member, round: ScreeningRound) -> Closing:
    """Say what closing a round would leave open.

    Conflicts count as far as they are open to the member; of the other records with all their votes only how many have no outcome that
    the member may know: a total that does not depend on what was voted as long as nothing of it is open.
    """
    rows = visibility.placed(member, round)
    waiting = rows.filter(votes_in_at=None, settled_by_resolution=False).count()
    total = rows.count()
    clashes = visibility.open_round_records(member).filter(round=round, is_live=True, outcome__in=CLASHES).exclude(votes_in_at=None)
    conflicts = clashes.count() if round.decides else 0
    settled = visibility.outcomes(member).filter(round=round).count()
    return Closing(
        records=total,
        waiting=waiting,
        half_voted=visibility.half_voted(member, round),
        conflicts=conflicts,
        not_open=max(0, total - waiting - settled - conflicts) if round.decides else 0,
        changed=rows.filter(vote_changed_after=True).count(),
        unread=_unread(round),
        late=late.waiting(member),
    )


def _unread(round: ScreeningRound) -> int:
    """Entries of standing files that could not be read and that nobody has looked at; of the round's search round, where it has one."""
    if round.stage.is_full_text or not round.decides:
        return 0
    waiting = Entry.objects.for_review(round.review).exclude(problem="").filter(upload__is_withdrawn=False)
    if round.search_round_id is not None:
        waiting = waiting.filter(upload__search__search_round=round.search_round_id)
    ended = EntryEnding.objects.filter(entry=OuterRef("pk"), superseded_at=None)
    return int(waiting.filter(~Exists(ended)).count())


def record_in(round: ScreeningRound, number: int) -> Record | None:
    """Give the record of this number, or the one that speaks for it, where it stands in a round; else None."""
    record = Record.objects.for_review(round.review).filter(number=number).select_related("head").first()
    head = (record.head or record) if record is not None else None
    return head if head is not None and RoundRecord.objects.filter(round=round, record=head, is_live=True).exists() else None


def reopened(member: Member, round: ScreeningRound) -> list[Reopening]:
    """The records of a round that take votes again now, with who opened them and why."""
    rows = Reopening.objects.for_review(member.review).filter(round=round, ended_at=None).order_by("-pk")
    return list(rows.select_related("record", "by__review", "by__user"))


def criteria_notes(member: Member) -> dict[int, list[tuple[CriteriaNote, RoundRecord | None]]]:
    """Give version id → its notes, each with the place of the record it came from, where that is open to the member."""
    found: dict[int, list[tuple[CriteriaNote, RoundRecord | None]]] = {}
    notes = list(CriteriaNote.objects.for_review(member.review).select_related("by__review", "by__user", "record"))
    heads = [note.record.head_id or note.record_id for note in notes]
    rows = visibility.open_round_records(member).filter(record__in=heads).select_related("round", "record") if notes else []
    opened = {(row.round_id, row.record_id): row for row in rows}
    for note, head in zip(notes, heads, strict=True):
        found.setdefault(note.criteria_id, []).append((note, opened.get((note.round_id, head))))
    return found


def stages(review: Review) -> list[tuple[Stage, RuleVersion]]:
    """Each stage with its present rules."""
    found = []
    for stage in Stage.objects.for_review(review):
        rules = RuleVersion.objects.filter(stage=stage).order_by("-number").first()
        if rules is not None:
            found.append((stage, rules))
    return found


def highlights(review: Review) -> list[HighlightList]:
    return list(HighlightList.objects.for_review(review))


def sample(member: Member, n: int) -> list[int]:
    """A random sample for a pilot of records that have not been in a round; if these are too few, of others on which one has no vote.

    Which ones they are depends on nobody else's votes: a pilot as large as the review would tell them.
    """
    records = Record.objects.for_review(member.review).counted()
    placed = RoundRecord.objects.filter(record=OuterRef("pk"), is_live=True)
    found = list(records.filter(~Exists(placed)).order_by("?").values_list("pk", flat=True)[:n])
    if len(found) < n:
        own = visibility.my_votes_in(member, ScreeningRound.objects.for_review(member.review)).filter(record=OuterRef("pk"))
        found += list(records.filter(Exists(placed), ~Exists(own)).order_by("?").values_list("pk", flat=True)[: n - len(found)])
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What new rules would do: from → to, as totals over the records that are open to the reader, and how many are not."""

    changes: dict[str, int]
    not_open: int


def preview(member: Member, stage: Stage, values: dict[str, Any]) -> Preview:
    """Say what new rules would do to the records of open rounds. Of those not open to the member it tells nothing: that tells of votes."""
    changes: dict[str, int] = {}
    not_open = 0
    rules = RuleVersion(**values)
    rule = _rule(stage, rules)
    for round in ScreeningRound.objects.filter(stage=stage, closed_at=None).select_related("rules", "stage", "review"):
        opened = visibility.open_round_records(member).filter(round=round, is_live=True)
        may_know = set(opened.values_list("record", flat=True))
        not_open += visibility.placed(member, round).count() - len(may_know)
        for row, votes, rulings in facts_of_rounds(round, may_know):
            new = standing(votes, needed=rules.votes_needed, rule=rule, rulings=rulings)
            if new.outcome != row.outcome:
                key = f"{Outcome(row.outcome).label} → {new.outcome.label}"
                changes[key] = changes.get(key, 0) + 1
    return Preview(changes, not_open)


def _rule(stage: Stage, rules: RuleVersion) -> Rule:
    return Rule(
        majority=rules.majority and rules.votes_needed == 3,
        maybe_counts_as_include=rules.maybe_counts_as_include,
        reasons_may_conflict=rules.reasons_may_conflict,
        is_full_text=stage.kind == StageKind.FULL_TEXT,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """What votes together come to, where maybe counts as include and where it is a list of its own."""

    votes: tuple[Verdict, ...]
    as_include: Outcome
    own_list: Outcome


def outcome_table(stage: Stage, rules: RuleVersion) -> list[Line]:
    """Give what all sets of the needed votes come to at title and abstract, by the rule itself."""
    lines = []
    for votes in combinations_with_replacement((Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE), rules.votes_needed):
        cast = [Vote(n, n, verdict, timezone.now()) for n, verdict in enumerate(votes, start=1)]
        as_include, own_list = (
            standing(cast, needed=len(cast), rule=dataclasses.replace(_rule(stage, rules), maybe_counts_as_include=counts)).outcome
            for counts in (True, False)
        )
        lines.append(Line(votes, as_include, own_list))
    return lines
