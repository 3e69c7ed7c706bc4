"""Of which records a member may know what became of them. An outcome is not a vote: who did not vote may know it earlier."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from reviewapp.reviews.models import Member
from screening.models import Record, RoundRecord, ScreeningRound
from screening.visibility.opening import in_long_enough, may_open, open_round_records, rounds_of, voted
from screening.vocabulary import SETTLED, Opens, Outcome, RoundKind, StageKind


def outcomes(member: Member, *, at: datetime | None = None, rounds: list[ScreeningRound] | None = None) -> QuerySet[RoundRecord]:
    """RoundRecords of which this member may know that they go on or not. An outcome is not a vote: who did not vote may know it earlier.

    To its voters when the record is open to them; to others once it is settled and needs no more votes; under the strict rule to nobody
    before the close. ``rounds``: as for ``open_round_records``.
    """
    rounds = rounds_of(member.review) if rounds is None else rounds
    strict = [r.pk for r in rounds if r.rules.opens == Opens.AT_CLOSE and r.revealed_at is None]
    known, is_open_now = may_open(member, at or timezone.now(), rounds)
    not_mine = Q(mine=False) if "mine" in known else Q()
    settled = RoundRecord.objects.for_review(member.review).filter(outcome__in=SETTLED, is_live=True).exclude(round__in=strict)
    again = [r for r in rounds if r.kind == RoundKind.RELOOK and r.revealed_at is None]
    if again:
        settled = settled.filter(~Exists(_looked_at_again(member, again, strict, open_round_records(member, at=at, rounds=rounds))))
    return settled.annotate(**known).filter(not_mine | is_open_now)


def _looked_at_again(
    member: Member, again: list[ScreeningRound], strict: list[int], opened: QuerySet[RoundRecord]
) -> QuerySet[RoundRecord]:
    """Places of a record in later re-looks whose outcome this member could not know.

    What was decided before shows as waiting then: a re-look that settles takes its place, one that ends in a conflict does not, and
    which of the two it is would tell of the others' votes.
    """
    later = RoundRecord.objects.filter(
        record=OuterRef("record"), stage=OuterRef("stage"), round__number__gt=OuterRef("round__number"), round__in=again, is_live=True
    )
    return later.filter(Q(round__in=strict) | (voted(member) & ~Exists(opened.filter(pk=OuterRef("pk")))))


def outcome_shows(row: RoundRecord, round: ScreeningRound) -> bool:
    """Say whether who has no vote on it may know the outcome of a row at hand: what ``outcomes`` says, without its query."""
    return row.outcome in SETTLED and (round.revealed_at is not None or round.rules.opens != Opens.AT_CLOSE)


def known_to_all(member: Member) -> QuerySet[RoundRecord]:
    """Outcomes that no vote to come could still be swayed by: of revealed rounds, and of records whose votes are open by time.

    For handing records out again: whoever gets one learns what became of it.
    """
    rounds = rounds_of(member.review)
    revealed = [r.pk for r in rounds if r.revealed_at is not None]
    return outcomes(member, rounds=rounds).filter(Q(round__in=revealed) | in_long_enough(rounds, timezone.now()))


def knows_outcomes(member: Member) -> Q:
    """A condition on Record: its title-and-abstract outcome, if it has a place there, may be known to this member."""
    known = outcomes(member).filter(record=OuterRef("pk"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    placed = RoundRecord.objects.filter(record=OuterRef("pk"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    return Q(Exists(known)) | ~Q(Exists(placed))


def placed(member: Member, round: ScreeningRound) -> QuerySet[RoundRecord]:
    """Live records of a round as far as this member may know of them: that one is at full text tells that it went on."""
    rows = RoundRecord.objects.filter(round=round, is_live=True)
    return rows.filter(place_known(member)) if round.stage.kind == StageKind.FULL_TEXT else rows


def place_known(member: Member) -> Q:
    """A condition on a RoundRecord at full text: its record's title-and-abstract outcome may be known to this member."""
    return Q(Exists(Record.objects.filter(knows_outcomes(member), pk=OuterRef("record"))))


def place_shows(member: Member, row: RoundRecord, round: ScreeningRound) -> bool:
    """As ``place_known``, for one row at hand; at title and abstract every place is known, without a query."""
    return not round.stage.is_full_text or RoundRecord.objects.filter(place_known(member), pk=row.pk).exists()


def of_known_records(member: Member) -> Q:
    """A condition on Report: its record went on, and this member may know it."""
    known = outcomes(member).filter(record=OuterRef("record"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT, outcome=Outcome.GOES_ON)
    placed = RoundRecord.objects.filter(record=OuterRef("record"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    counted = Q(record__head=None, record__is_parked=False, record__is_removed=False)
    return counted & (Q(Exists(known)) | ~Q(Exists(placed)))
