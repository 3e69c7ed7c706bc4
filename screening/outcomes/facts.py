"""Everything known of some groups of records, fetched once: what ``settle`` computes from."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import blake2b

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

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
    Sharing,
    SourceRecord,
)
from screening.outcomes import groups
from screening.outcomes.rules import Rule, Ruling, Vote
from screening.vocabulary import Purpose, ResolutionStepKind, Retrieval, RoundKind, StageKind, Verdict

#: Displayed fields that no outcome depends on.
UNUSED = ("title", "abstract", "keywords", "journal", "url")
#: Whose a vote is, and what ``Vote`` is made of, in its order.
OF_VOTE = (
    "record_id", "round_id", "purpose", "pk", "reviewer_id", "verdict", "received_at", "primary_reason_id", "primary_reason__order",
)  # fmt: skip
PURPOSE = {RoundKind.PILOT: Purpose.PILOT, RoundKind.PRACTICE: Purpose.PRACTICE}


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


def newest_sharing(field: str, round: str = "round") -> Subquery:
    """A column of the newest version of how a round is shared out; ``round`` is what the outer query calls the round."""
    return Subquery(Sharing.objects.filter(round=OuterRef(round)).order_by("-number").values(field)[:1])


def single_below(round: ScreeningRound) -> int:
    """Give below which place in the shuffled order the records of a round need one vote only; 0 where there are none."""
    found: int | None = Sharing.objects.filter(round=round).order_by("-number").values_list("single_below", flat=True).first()
    return found or 0


def voted_on(round: ScreeningRound) -> set[int]:
    """Give the heads of a round's records on which any vote stands: only these can stand differently when a rule changes."""
    current = Decision.objects.filter(round=round, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    return set(current.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", flat=True))


def vote_of(decision: Decision) -> Vote:
    """Give what of a stored vote the rule looks at; a ``reason_order`` that was read along spares asking for its reason."""
    order = getattr(decision, "reason_order", None)
    if order is None:
        order = decision.primary_reason.order if decision.primary_reason else 0
    return Vote(decision.pk, decision.reviewer_id, decision.verdict, decision.received_at, decision.primary_reason_id, order)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whether the file a record came in is withdrawn, and whether its source goes straight to retrieval."""

    is_withdrawn: bool
    is_straight: bool


@dataclass
class Facts:
    """Everything known of the groups at hand, fetched once."""

    groups: dict[int, list[Record]]
    origins: dict[int, Origin] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    rounds: dict[int, ScreeningRound] = field(default_factory=dict)
    rows: dict[int, dict[int, RoundRecord]] = field(default_factory=lambda: defaultdict(dict))
    votes: dict[tuple[int, int], list[Vote]] = field(default_factory=lambda: defaultdict(list))
    rulings: dict[tuple[int, int], list[tuple[Ruling, str]]] = field(default_factory=lambda: defaultdict(list))
    reopened: set[tuple[int, int]] = field(default_factory=set)
    reports: dict[int, Report] = field(default_factory=dict)
    retrieved: set[int] = field(default_factory=set)


def fetch(heads: Collection[int]) -> Facts:
    """Fetch the facts of these heads' groups, in a fixed number of queries; fewer where nothing was ever placed in a round."""
    facts = Facts(groups.members(heads, but=UNUSED))
    ids = [record.pk for group in facts.groups.values() for record in group]
    head_of = {record.pk: head for head, group in facts.groups.items() for record in group}
    origins = SourceRecord.objects.filter(record_id__in=ids).values_list(
        "record_id", "upload__is_withdrawn", "upload__search__source__straight_to_retrieval"
    )
    facts.origins = {pk: Origin(withdrawn, straight) for pk, withdrawn, straight in origins}
    facts.removed = set(Removal.objects.filter(record_id__in=ids, undone_at=None).values_list("record_id", flat=True))
    for row in RoundRecord.objects.filter(record_id__in=ids):
        facts.rows[row.record_id][row.round_id] = row
    if facts.rows:
        _fetch_judgements(facts, ids, head_of)
    for report in Report.objects.filter(record_id__in=ids).order_by("number"):
        if report.record_id in facts.groups:
            facts.reports[report.record_id] = report
        elif report.retrieval == Retrieval.RETRIEVED:
            facts.retrieved.add(head_of[report.record_id])
    return facts


def _fetch_judgements(facts: Facts, ids: list[int], head_of: dict[int, int]) -> None:
    round_ids = {round_id for rows in facts.rows.values() for round_id in rows}
    facts.rounds = {r.pk: r for r in ScreeningRound.objects.filter(pk__in=round_ids).select_related("rules", "stage", "review")}
    current = Decision.objects.filter(record_id__in=ids, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
    purposes = {round.pk: purpose_of(round) for round in facts.rounds.values()}
    for record_id, round_id, purpose, pk, reviewer, verdict, at, reason, order in current.values_list(*OF_VOTE):  # no objects: thousands
        if purposes.get(round_id) == purpose:
            facts.votes[head_of[record_id], round_id].append(Vote(pk, reviewer, verdict, at, reason, order or 0))
    live = Resolution.objects.filter(record_id__in=ids, superseded_at=None).prefetch_related("votes", "steps")
    for resolution in live:
        settled = frozenset(vote.decision_id for vote in resolution.votes.all())
        confirmed: list[ResolutionStep] = [s for s in resolution.steps.all() if s.kind == ResolutionStepKind.CONFIRMED]
        if confirmed:
            settled = frozenset(max(confirmed, key=lambda step: step.pk).decisions)
        ruling = Ruling(resolution.pk, resolution.verdict, resolution.primary_reason_id, settled)
        facts.rulings[head_of[resolution.record_id], resolution.round_id].append((ruling, resolution.study_status))
    for round_id, record_id in Reopening.objects.filter(record_id__in=ids, ended_at=None).values_list("round_id", "record_id"):
        facts.reopened.add((head_of[record_id], round_id))
