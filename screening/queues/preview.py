"""What a sharing means in people and numbers: shown before it is applied, and as it holds."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Role
from screening import visibility
from screening.models import Label, RoundMember, ScreeningRound
from screening.queues import assignment, queries
from screening.queues.actions import Plan, parts_of
from screening.queues.sharing import Slot, shares, single_below, slot_at
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
class Listed:
    """A list, how many records of the round are of it, and who judges them."""

    name: str
    records: int
    people: list[Member]


@dataclass(frozen=True, slots=True)
class Preview:
    """How a round is, or would be, shared out. ``short``: votes that nobody would be left for, by the stops; never a function of votes."""

    lines: list[Line]
    records: int
    single: int
    short: int = 0
    changed: int = 0
    lists: list[Listed] = field(default_factory=list)

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
    lines = plan.lines(round.rules.votes_needed)
    parts = parts_of(owner, round, plan) if lines else {}
    names = [one.name for one in plan.lists]
    return _preview(owner, round, lines, parts, names, single_below(plan.single), plan.stops, plan.people)


def present(owner: Member, round: ScreeningRound) -> Preview:
    """Say how the round is shared out now."""
    sharing = assignment.newest(round)
    lines = assignment.decks_of(sharing) if sharing is not None and sharing.mode != SharingMode.ALL else []
    kept = sharing.settings.get("lists", []) if sharing is not None else []
    named = dict(Label.objects.for_review(round.review).filter(number__in=[each["label"] for each in kept]).values_list("number", "name"))
    stops = {place.number: place.stop_after for place in assignment.team_of(round).places.values() if place.stop_after is not None}
    border = sharing.single_below if sharing is not None else 0
    return _preview(owner, round, lines, None, [named.get(each["label"], "") for each in kept], border, stops, ())


def _preview(
    owner: Member, round: ScreeningRound, lines: Sequence[Sequence[Slot]], parts: Mapping[int, int] | None, names: Sequence[str],
    border: int, stops: Mapping[int, int], joining: Collection[int],
) -> Preview:  # fmt: skip
    """Count as much of the round as this owner may know of. ``parts``: record id → part, where it is not the one that is kept."""
    places = queries.in_round(round)
    if round.stage.is_full_text:
        places = places.filter(pk__in=visibility.placed(owner, round).values("pk"))
    kept = places.order_by().values_list("shuffle", "needed", "part", "record")
    rows = [(key, needed, part if parts is None else parts.get(record, 0)) for key, needed, part, record in kept]
    part_of = {key: part for key, _needed, part in rows}
    voted = visibility.places_voted(round)
    here = Counter(number for key, part in part_of.items() for number in _people_at(lines, part, key))
    done = Counter(
        number for number, key in voted or [] if key in part_of and (not lines or number in _people_at(lines, part_of[key], key))
    )  # fmt: skip
    sharers = {number for line in lines for slot in line for number in slot.people}
    share = shares(lines[0]) if len(lines) == 1 else {number: here[number] / max(1, len(rows)) for number in sharers}
    everybody, found = people(round), []
    for member, in_team in everybody:
        number = member.number
        if (number in sharers) if lines else in_team:
            n = here[number] if lines else len(rows)
            unvoted = None if voted is None else max(0, n - done[number])
            found.append(Line(member, share.get(number, 1.0), n, unvoted, stops.get(number), joins=not in_team and number in joining))
    single = sum(key < border for key, _needed, _part in rows)
    needed = round.rules.votes_needed
    wanted = len(rows) * needed - single * (needed - 1)
    able = sum(min(line.records, line.records if line.stop_after is None else line.stop_after) for line in found)
    changed = sum(now != (1 if key < border else needed) for key, now, _part in rows)
    sizes = Counter(part for _key, _needed, part in rows)
    lists = [
        Listed(name, sizes[part], [one for one, _in in everybody if any(one.number in slot.people for slot in lines[part])])
        for part, name in enumerate(names, start=1) if lines
    ]  # fmt: skip
    return Preview(found, len(rows), single, 0 if lines else max(0, wanted - able), changed, lists)


def _people_at(lines: Sequence[Sequence[Slot]], part: int, key: int) -> tuple[int, ...]:
    return slot_at(lines[part], key).people if lines else ()
