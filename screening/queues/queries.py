"""What comes next for whom. The order is a person's own, and never a function of others' votes."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import Hold, Report, RoundMember, RoundRecord, ScreeningRound
from screening.queues.assignment import assigned, team_of, until_stop
from screening.vocabulary import Retrieval

HOLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """One's own numbers in a round: nothing of how others vote."""

    voted: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.voted


def in_round(round: ScreeningRound) -> QuerySet[RoundRecord]:
    """Records that can be voted on in a round now; at full text only those whose text is here."""
    rows = RoundRecord.objects.filter(round=round, is_live=True)
    if round.stage.is_full_text:
        here = Report.objects.filter(Q(record=OuterRef("record")) | Q(record__head=OuterRef("record")), retrieval=Retrieval.RETRIEVED)
        rows = rows.filter(Exists(here))
    return rows


def waiting_for(member: Member, round: ScreeningRound, *, few: bool = False) -> QuerySet[RoundRecord]:
    """Records of a round that wait for this member's vote: not voted on, not handed on, in need of votes, not held by enough others.

    ``few``: to take the next ones only, so that each is looked at by itself; else one's votes are read once, as for a count.
    """
    team = team_of(round)
    if member.pk not in team.places:
        return RoundRecord.objects.none()
    joined = _joined(member, round)
    mine = _mine_each(member, round, joined) if few else _mine(member, round, joined)
    wanted = ~mine & assigned(member, round, team)
    if again := _asked_again(member, round, joined):
        wanted |= Q(record__in=again)
    rows = in_round(round).filter(wanted, votes_in_at=None, settled_by_resolution=False)
    if round.stage.is_full_text:
        rows = rows.filter(pk__in=visibility.placed(member, round).values("pk"))
    handed_on = list(visibility.recused(member, round).values_list("record", flat=True))
    if handed_on:
        rows = rows.exclude(record__in=handed_on)
    if not round.is_open:
        rows = rows.filter(reopened=True)
    if len(team.places) > round.rules.votes_needed:
        rows = _not_held(rows, member, round)
    place = team.places[member.pk]
    if place.stop_after is not None:
        rows = rows.filter(until_stop(rows, place, visibility.my_votes(member, round).count()) | Q(record__in=again))
    return rows.select_related("record")


def _joined(member: Member, round: ScreeningRound) -> set[int]:
    """Heads that got votes of one's own through a merge: few."""
    joined = visibility.my_votes(member, round).order_by().filter(record__head__isnull=False)
    return {head for head in joined.values_list("record__head_id", flat=True) if head is not None}


def _mine(member: Member, round: ScreeningRound, joined: set[int]) -> Q:
    """A condition on RoundRecord: I have voted on its group. My votes are read once a query, not once a row."""
    direct = visibility.my_votes(member, round).order_by().values("record")
    return Q(record__in=direct) | Q(record__in=joined)


def _mine_each(member: Member, round: ScreeningRound, joined: set[int]) -> Q:
    """As ``_mine``, with a look at each row: for the first few rows of an order."""
    direct = visibility.my_votes(member, round).order_by().filter(record=OuterRef("record"))
    return Q(Exists(direct)) | Q(record__in=joined)


def _asked_again(member: Member, round: ScreeningRound, heads: set[int]) -> list[int]:
    """Heads on which one's own votes differ since a merge (I12): they come back to their own queue, and to nobody else's."""
    if not heads:
        return []
    seen: dict[int, set[tuple[str, int | None]]] = {}
    for vote in visibility.my_votes(member, round).filter(Q(record__head__in=heads) | Q(record__in=heads)):
        seen.setdefault(vote.record.head_id or vote.record_id, set()).add((vote.verdict, vote.primary_reason_id))
    return [head for head, votes in seen.items() if len(votes) > 1]


def _not_held(rows: QuerySet[RoundRecord], member: Member, round: ScreeningRound) -> QuerySet[RoundRecord]:
    live = Hold.objects.filter(round=round, until__gt=timezone.now()).exclude(member=member)
    held = dict(live.values_list("record").annotate(n=Count("pk")))
    if not held:
        return rows
    votes = visibility.votes_so_far(round, held)
    needed = RoundRecord.objects.filter(round=round, record__in=list(held)).values_list("record", "needed")
    full = [record for record, wanted in needed if held[record] + votes.get(record, 0) >= wanted]
    return rows.exclude(record__in=full) if full else rows


def next_cards(
    member: Member, round: ScreeningRound, *, n: int = 3, hold: bool = True, after: RoundRecord | None = None,
    waiting: QuerySet[RoundRecord] | None = None,
) -> list[RoundRecord]:  # fmt: skip
    """Give the next ``n`` records for this member, in their own order, and hold them.

    ``after``: those that follow this one, without it. ``waiting``: what ``waiting_for`` gave, where it is known already.
    """
    team = {place.member_id: place for place in RoundMember.objects.filter(round=round).only("member_id", "offset", "backwards")}
    place = team.get(member.pk)
    if place is None:
        return []
    if waiting is None:
        waiting = waiting_for(member, round)
    order = "-shuffle" if place.backwards else "shuffle"
    last = visibility.my_votes(member, round).values_list("record_id", "record__head_id").first() if after is None else None
    start = place.offset
    if after is not None:
        start = after.shuffle
        waiting = waiting.exclude(pk=after.pk)
    elif last is not None:
        voted, head = last
        row = RoundRecord.objects.filter(round=round, record=head or voted).values_list("shuffle", flat=True).first()
        start = start if row is None else row
    ahead = waiting.filter(shuffle__lte=start) if place.backwards else waiting.filter(shuffle__gte=start)
    found = list(ahead.order_by(order)[:n])
    if len(found) < n:
        rest = waiting.exclude(pk__in=[row.pk for row in found]).order_by(order)
        found += list(rest[: n - len(found)])
    if hold and len(team) > round.rules.votes_needed:
        _hold(member, round, found)
    return found


def _hold(member: Member, round: ScreeningRound, rows: list[RoundRecord]) -> None:
    until = timezone.now() + HOLD
    Hold.objects.bulk_create(
        [Hold(review_id=round.review_id, round=round, record=row.record, member=member, until=until) for row in rows],
        update_conflicts=True,
        unique_fields=["round", "record", "member"],
        update_fields=["until"],
    )


def progress(member: Member, round: ScreeningRound, *, waiting: QuerySet[RoundRecord] | None = None) -> Progress:
    """Count one's own votes in a round, and what is left for oneself (``waiting``: as for ``next_cards``)."""
    voted = in_round(round).filter(_mine(member, round, _joined(member, round))).count()
    return Progress(voted, voted + (waiting_for(member, round) if waiting is None else waiting).count())


def my_rounds(member: Member) -> list[ScreeningRound]:
    """Open rounds (and closed ones with reopened records) in whose team one is, in order."""
    reopened = RoundRecord.objects.filter(round=OuterRef("pk"), reopened=True)
    return list(
        ScreeningRound.objects.for_review(member.review)
        .filter(Q(closed_at=None) | Q(Exists(reopened)), team__member=member)
        .select_related("stage", "rules", "criteria", "review")
        .order_by("stage__order", "number")
    )
