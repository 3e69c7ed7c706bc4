"""Which records of a shared round are offered to whom. Never a function of votes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from reviewapp.reviews.models import Member
from reviewapp.reviews.policies import rights_of
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import RoundMember, RoundRecord, ScreeningRound, Sharing
from screening.outcomes.facts import newest_sharing
from screening.queues.sharing import Now, Rules, Slot, of_json, offered, ranges, shares, slot_at, unread
from screening.search.languages import codes_of
from screening.search.spellings import languages_of
from screening.vocabulary import SharingMode


@dataclass(frozen=True, slots=True)
class Place:
    """One's place in a round's team."""

    number: int
    offset: int
    backwards: bool
    stop_after: int | None
    reads: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Team:
    """The team of a round, and the sharing that holds (None: all for all)."""

    places: dict[int, Place] = field(default_factory=dict)
    sharing: int | None = None

    @property
    def active(self) -> set[int]:
        """Numbers of those who can vote now."""
        return {place.number for place in self.places.values() if place.is_active}

    @property
    def reads(self) -> dict[int, tuple[str, ...]]:
        """Number → languages of those who can vote now."""
        return {place.number: place.reads for place in self.places.values() if place.is_active}


def team_of(round: ScreeningRound) -> Team:
    """Fetch the team of a round in one query."""
    rows = RoundMember.objects.filter(round=round).annotate(sharing=newest_sharing("pk"), mode=newest_sharing("mode"))
    places, sharing = {}, None
    columns = (
        "member_id", "member__number", "offset", "backwards", "stop_after", "reads", "member__ended_at", "member__roles", "sharing", "mode",
    )  # fmt: skip
    for pk, number, offset, backwards, stop, reads, ended, roles, newest, mode in rows.values_list(*columns):
        places[pk] = Place(number, offset, backwards, stop, tuple(reads), ended is None and Right.SCREEN in rights_of(roles))
        sharing = newest if newest is not None and mode != SharingMode.ALL else None
    return Team(places, sharing)


def rules_from(settings: dict[str, list[int]]) -> Rules:
    """Read the rules of a sharing's settings."""
    return Rules(frozenset(settings.get("one_of", ())), frozenset(settings.get("never_two", ())))


def newest(round: ScreeningRound) -> Sharing | None:
    """Give how a round is shared out now, if anybody ever set it."""
    found: Sharing | None = Sharing.objects.filter(round=round).select_related("by__user", "by__review").order_by("-number").first()
    return found


def assigned(member: Member, round: ScreeningRound, team: Team) -> Q:
    """A condition on RoundRecord: it is for this member, by their share, by its language, or because it was handed on to them.

    All for all, in every language: no condition.
    """
    foreign = _unread(round, team)
    if team.sharing is None:
        mine = [written for written, away in foreign.items() if member.number in away]
        return ~Q(record__language__in=mine) if mine else Q()
    sharing = Sharing.objects.get(pk=team.sharing)
    lines, now = decks_of(sharing), now_in(sharing, round, team)
    condition = _mine(lines, member, now)
    if foreign:
        condition &= ~Q(record__language__in=list(foreign))
    for away in set(foreign.values()):
        of_them = [written for written, same in foreign.items() if same == away]
        condition |= Q(record__language__in=of_them) & _mine(lines, member, now, away)
    more = _handed_on(member, round, lines, now, foreign)
    return condition | Q(record__in=more) if more else condition


def decks_of(sharing: Sharing) -> list[list[Slot]]:
    """Give the lines of a sharing: that of all records, or by list that of records of no list and one for each list."""
    return [of_json(sharing.slots), *(of_json(each["slots"]) for each in sharing.settings.get("lists", ()))]


def _mine(lines: Sequence[Sequence[Slot]], member: Member, now: Now, away: Collection[int] = ()) -> Q:
    """A condition on RoundRecord: it is offered to this member by the line of its part."""
    found = [_within(ranges(line, member.number, now, away)) for line in lines]
    return found[0] if len(found) == 1 else reduce(or_, (Q(part=part) & within for part, within in enumerate(found)))


def _within(parts: list[tuple[int, int]]) -> Q:
    return reduce(or_, (Q(shuffle__gte=start, shuffle__lt=end) for start, end in parts), Q(pk__in=[]))


def _unread(round: ScreeningRound, team: Team) -> dict[str, frozenset[int]]:
    """Give language as records of the round have it → who does not read it and leaves it to the others."""
    reads = team.reads
    if not any(reads.values()):
        return {}
    found = {each: unread(reads, codes_of(each), round.rules.votes_needed) for each in languages_of(round.review_id)}
    return {each: away for each, away in found.items() if away}


def now_in(sharing: Sharing, round: ScreeningRound, team: Team) -> Now:
    """Give what decides who steps in: the team, the votes needed and the rules."""
    return Now(frozenset(team.active), round.rules.votes_needed, sharing.single_below, rules_from(sharing.settings))


def _handed_on(
    member: Member, round: ScreeningRound, lines: Sequence[Sequence[Slot]], now: Now, foreign: dict[str, frozenset[int]]
) -> list[int]:
    """Give the heads that their people cannot judge and that are offered to this member therefore: few."""
    away: dict[int, set[int]] = {}
    for record, number in visibility.handed_on(round):
        away.setdefault(record, set()).add(number)
    if not away:
        return []
    rows = RoundRecord.objects.filter(round=round, record__in=list(away)).values_list("record", "part", "shuffle", "record__language")
    absent = {record: (slot_at(lines[part], key), away[record] | foreign.get(written, frozenset())) for record, part, key, written in rows}
    return [record for record, (slot, they) in absent.items() if offered(slot, member.number, they, now)]


def share_of(sharing: Sharing, number: int) -> float:
    """Give which part of a round's records, of one, is this person's."""
    lines = decks_of(sharing)
    if len(lines) == 1:
        return shares(lines[0]).get(number, 0.0)
    rows = RoundRecord.objects.filter(round=sharing.round_id, is_live=True)
    parts = [[(slot.start, slot.end) for slot in line if number in slot.people] for line in lines]
    own = reduce(or_, (Q(part=part) & _within(each) for part, each in enumerate(parts)))
    return rows.filter(own).count() / max(1, rows.count())


def until_stop(rows: QuerySet[RoundRecord], place: Place, voted: int) -> Q:
    """A condition on RoundRecord: among the next of these rows, in one's own order, that are left before one's stop."""
    assert place.stop_after is not None
    behind = Q(shuffle__gt=place.offset) if place.backwards else Q(shuffle__lt=place.offset)
    lap = Case(When(behind, then=Value(1)), default=Value(0), output_field=IntegerField())
    ahead = rows.order_by(lap, "-shuffle" if place.backwards else "shuffle")
    return Q(pk__in=ahead.values("pk")[: max(0, place.stop_after - voted)])


def stop_reached(member: Member, round: ScreeningRound) -> int | None:
    """Give the stop of somebody who has cast as many votes as it says; None for everybody else."""
    stop: int | None = RoundMember.objects.filter(round=round, member=member).values_list("stop_after", flat=True).first()
    return stop if stop is not None and visibility.my_votes(member, round).count() >= stop else None
