"""Reads for the set-up pages."""

from typing import Any

from django.db.models import Count

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import HighlightList, Record, RoundRecord, RuleVersion, ScreeningRound, Stage
from screening.outcomes.rules import Rule, standing
from screening.outcomes.settle import facts_of_rounds
from screening.vocabulary import CLASHES, SETTLED, Outcome, StageKind


def rounds(member: Member) -> list[dict[str, Any]]:
    """The rounds of a review with their totals. Conflicts and outcomes only as far as this member may know them."""
    found = []
    known = visibility.outcomes(member)
    opened = visibility.open_round_records(member)
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
            }
        )
    return found


def closing(member: Member, round: ScreeningRound) -> dict[str, int]:
    """What is still open in a round, as totals that say nothing of anybody's vote: shown before it is closed."""
    rows = RoundRecord.objects.filter(round=round, is_live=True)
    return {
        "records": rows.count(),
        "waiting": rows.filter(votes_in_at=None, settled_by_resolution=False).count(),
        "changed": rows.filter(vote_changed_after=True).count(),
    }


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


def sample(review: Review, n: int) -> list[int]:
    """A random sample of records that are not yet voted on, for a pilot: the first by the review's own shuffle."""
    placed = Record.objects.for_review(review).counted().annotate(votes=Count("decisions")).filter(votes=0)
    return list(placed.order_by("?").values_list("pk", flat=True)[:n])


def preview(stage: Stage, values: dict[str, Any]) -> dict[str, int]:
    """What new rules would do to the records of open rounds: from → to, as totals. Says nothing of single records."""
    changes: dict[str, int] = {}
    for round in ScreeningRound.objects.filter(stage=stage, closed_at=None).select_related("rules", "stage", "review"):
        rules = RuleVersion(**{k: v for k, v in values.items()})
        rule = Rule(
            majority=rules.majority and rules.votes_needed == 3,
            maybe_counts_as_include=rules.maybe_counts_as_include,
            reasons_may_conflict=rules.reasons_may_conflict,
            is_full_text=stage.kind == StageKind.FULL_TEXT,
        )
        for row, votes, rulings in facts_of_rounds(round):
            new = standing(votes, needed=rules.votes_needed, rule=rule, rulings=rulings)
            if new.outcome != row.outcome:
                key = f"{Outcome(row.outcome).label} → {new.outcome.label}"
                changes[key] = changes.get(key, 0) + 1
    return changes
