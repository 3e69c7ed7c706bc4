"""What a sharing means in people and numbers: shown before it is applied, and as it holds."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Role
from screening import visibility
from screening.models import RoundMember, ScreeningRound
from screening.queues import assignment, queries
from screening.queues.actions import Plan
from screening.queues.sharing import Slot, of_json, shares, single_below, slot_at
from screening.vocabulary import SharingMode


@dataclass(frozen=True, slots=True)
class Line:
    """A person's part: share of the records (of one), how many they are now, how many of them without their vote (None: not said)."""

    member: Member
    share: float
    records: int
    unvoted: int | None
    stop_after: int | None = None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """How a round is, or would be, shared out. ``short``: votes that nobody would be left for, by the stops; never a function of votes."""

    lines: list[Line]
    records: int
    single: int
    short: int = 0
    changed: int = 0

    @property
    def has_stops(self) -> bool:
        return any(line.stop_after is not None for line in self.lines)


def people(round: ScreeningRound) -> list[tuple[Member, bool]]:
    """Everybody who may vote in the review now, with whether they are in the round's team; the team first."""
    there = set(RoundMember.objects.filter(round=round).values_list("member_id", flat=True))
    everybody = Member.objects.for_review(round.review).filter(ended_at=None).select_related("user", "review")
    able = [(one, one.pk in there) for one in everybody if one.has_role(Role.REVIEWER)]
    return sorted(able, key=lambda found: (not found[1], found[0].number))


def of_plan(owner: Member, round: ScreeningRound, plan: Plan) -> Preview:
    """Say what a plan would do. Raises CannotShare."""
    taken = plan.slots(round.rules.votes_needed)
    return _preview(owner, round, taken, single_below(plan.single), plan.stops, plan.shares if taken else ())


def present(owner: Member, round: ScreeningRound) -> Preview:
    """Say how the round is shared out now."""
    sharing = assignment.newest(round)
    taken = of_json(sharing.slots) if sharing is not None and sharing.mode != SharingMode.ALL else []
    stops = {place.number: place.stop_after for place in assignment.team_of(round).places.values() if place.stop_after is not None}
    return _preview(owner, round, taken, sharing.single_below if sharing is not None else 0, stops, ())


def _preview(
    owner: Member, round: ScreeningRound, taken: Sequence[Slot], border: int, stops: Mapping[int, int], joining: Collection[int]
) -> Preview:
    """Count as much of the round as this owner may know of."""
    places = queries.in_round(round)
    if round.stage.is_full_text:
        places = places.filter(pk__in=visibility.placed(owner, round).values("pk"))
    rows = list(places.order_by().values_list("shuffle", "needed"))
    keys = {key for key, _needed in rows}
    voted = visibility.places_voted(round)
    here = Counter(number for key, _needed in rows for number in _people_at(taken, key))
    done = Counter(number for number, key in voted or [] if key in keys and (not taken or number in _people_at(taken, key)))
    part, lines = shares(taken), []
    for member, in_team in people(round):
        number = member.number
        if (number in part) if taken else in_team:
            n = here[number] if taken else len(rows)
            unvoted = None if voted is None else max(0, n - done[number])
            lines.append(Line(member, part.get(number, 1.0), n, unvoted, stops.get(number), joins=not in_team and number in joining))
    single = sum(key < border for key, _needed in rows)
    needed = round.rules.votes_needed
    wanted = len(rows) * needed - single * (needed - 1)
    able = sum(min(line.records, line.records if line.stop_after is None else line.stop_after) for line in lines)
    changed = sum(now != (1 if key < border else needed) for key, now in rows)
    return Preview(lines, len(rows), single, 0 if taken else max(0, wanted - able), changed)


def _people_at(taken: Sequence[Slot], key: int) -> tuple[int, ...]:
    return slot_at(taken, key).people if taken else ()
