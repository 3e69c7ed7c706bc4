"""From what a file tells to the votes that can be written. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Left(StrEnum):
    """Why a decision of the file becomes no vote."""

    UNMATCHED = "unmatched"  # its reference is not among the records
    AMBIGUOUS = "ambiguous"  # its reference fits several
    NO_VERDICT = "no_verdict"  # undecided: only a note or a label
    OTHER_STAGE = "other_stage"
    NOT_IN_ROUND = "not_in_round"
    CLASH = "clash"  # the same person decided the same record twice, differently
    NO_PLACE = "no_place"  # maybe at full text; an exclusion that lacks its reason; a full text that is not here
    VOTED = "voted"  # this member has a vote there, or said: can't judge


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as the file tells it, with the record (head) it is about; None: which is not sure, or none."""

    person: str
    verdict: str
    stage: str
    reasons: tuple[str, ...]
    note: str
    time: str
    head: int | None
    matched: str  # "", or one of Left.UNMATCHED and Left.AMBIGUOUS
    position: int


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote to be written."""

    head: int
    member: int
    verdict: str
    reason: int | None
    note: str
    time: str
    position: int
    independent: bool


@dataclass(frozen=True, slots=True)
class Person:
    """To which member the decisions of a person of the file go; None: left out."""

    member: int | None
    independent: bool = False


@dataclass
class Plan:
    """What would be written: votes, and per person how many decisions are left, by why."""

    votes: list[Vote] = field(default_factory=list)
    offered: list[tuple[int, int, str]] = field(default_factory=list)  # (head, member, verdict), whether or not a vote stands there
    told: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    left: dict[str, Counter[Left]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True)
class Place:
    """The round into which votes go: its stage, which records stand there, where a vote is possible, who has voted where."""

    stage: str
    full_text: bool
    heads: frozenset[int]
    with_full_text: frozenset[int]
    voted: Mapping[int, frozenset[int]]  # member → heads
    reason_needed: bool
    was_open: Mapping[int, frozenset[int]] = field(default_factory=dict)  # member → heads on which others' votes were open to them


def plan(told: Sequence[Told], people: Mapping[str, Person], reasons: Mapping[str, int], place: Place) -> Plan:
    """Say which votes can be written. ``reasons``: text of the file → reason of the review."""
    made = Plan()
    best: dict[tuple[int, int], tuple[str, Vote]] = {}
    clashes: set[tuple[int, int]] = set()
    doubled: Counter[str] = Counter()
    for one in told:
        made.told[one.person] += 1
        person = people.get(one.person)
        why = left_of(one, reasons, place, person.member if person else None)
        if why in (None, Left.VOTED) and person is not None and person.member is not None and one.head is not None:
            made.offered.append((one.head, person.member, one.verdict))
        if why is not None:
            made.left[one.person][why] += 1
            continue
        if person is None or person.member is None or one.head is None:
            made.written[one.person] += 1  # would be written, were a member named
            continue
        vote = _vote(one, person.member, person.independent, reasons, place)
        key = (vote.member, vote.head)
        before = best.get(key)
        if before is None:
            best[key] = (one.person, vote)
        elif (before[1].verdict, before[1].reason) == (vote.verdict, vote.reason):
            doubled[one.person] += 1
        else:
            clashes.add(key)
            made.left[one.person][Left.CLASH] += 1
    for key, (name, vote) in best.items():
        if key in clashes:
            made.left[name][Left.CLASH] += 1
        else:
            made.votes.append(vote)
            made.written[name] += 1
    made.told -= doubled
    made.offered.sort()
    made.votes.sort(key=lambda vote: (vote.head, vote.member))
    return made


def left_of(one: Told, reasons: Mapping[str, int], place: Place, member: int | None) -> Left | None:
    """Say why a decision cannot become a vote, if so."""
    if not one.verdict:
        return Left.NO_VERDICT
    if one.stage and one.stage != place.stage:
        return Left.OTHER_STAGE
    if one.matched or one.head is None:
        return Left(one.matched or Left.UNMATCHED)
    if one.head not in place.heads:
        return Left.NOT_IN_ROUND
    if _has_no_place(one, reasons, place):
        return Left.NO_PLACE
    if member is not None and one.head in place.voted.get(member, ()):
        return Left.VOTED
    return None


def _has_no_place(one: Told, reasons: Mapping[str, int], place: Place) -> bool:
    lacks_reason = place.reason_needed and one.verdict == "exclude" and _reason(one, reasons) is None
    return lacks_reason or (place.full_text and (one.verdict == "maybe" or one.head not in place.with_full_text))


def _reason(one: Told, reasons: Mapping[str, int]) -> int | None:
    if one.verdict != "exclude":
        return None
    return next((reasons[text] for text in one.reasons if text in reasons), None)


def _vote(one: Told, member: int, independent: bool, reasons: Mapping[str, int], place: Place) -> Vote:
    assert one.head is not None
    reason = _reason(one, reasons)
    unnamed = [text for text in one.reasons if text not in reasons]
    note = "\n".join(text for text in (one.note, "; ".join(unnamed)) if text)
    knew = one.head in place.was_open.get(member, ())
    return Vote(one.head, member, one.verdict, reason, note, one.time, one.position, independent and not knew)


def likely(name: str, members: Iterable[tuple[int, str]]) -> int | None:
    """Guess the member of a name: the one of whose names all are in the other, if there is only one."""
    words = _words(name)
    fits = [number for number, own in members if words and (own_words := _words(own)) and (words <= own_words or own_words <= words)]
    return fits[0] if len(fits) == 1 else None


def _words(name: str) -> frozenset[str]:
    return frozenset("".join(letter if letter.isalnum() else " " for letter in name.partition("@")[0].casefold()).split())
