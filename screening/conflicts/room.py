"""What the page of one conflict shows: votes, reasons, the talk, and what the reader may do there. Only what is open to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right, Role
from screening import visibility
from screening.conflicts.queries import Filter, Way, addressed_by, kind_of, names_of, neighbours
from screening.models import Reason, RoundRecord, ScreeningRound, SourceRecord, of_search
from screening.outcomes import groups
from screening.vocabulary import CLASHES, ConflictKind, ProposalState, ResolutionStepKind, WhoSettles


@dataclass(frozen=True, slots=True)
class Card:
    """One standing vote: whose, and whether it came after the final decision."""

    vote: Any
    is_mine: bool
    note: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Pointed:
    """A reason to exclude with its number, and who gave it."""

    number: int
    key: str
    text: str
    by: list[str]


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the talk: a message, or a proposal that ended (``state``)."""

    at: datetime
    by: Member
    text: str
    verdict: str = ""
    state: str = ""
    reason: Reason | None = None


@dataclass(slots=True)
class Room:
    """Everything about one conflict that its page shows."""

    row: RoundRecord
    cards: list[Card]
    pointed: list[Pointed]
    reasons: list[Pointed]
    proposal: Any
    past: list[Any]
    messages: list[Any]
    resolutions: list[Any]
    sources: list[str]
    way: Way
    third: str = ""
    handed_on: Any = None
    may_propose: bool = False
    may_agree: bool = False
    may_rule: bool = False
    may_hand_on: bool = False
    may_say: bool = False
    may_touch: bool = False
    may_change: bool = False
    may_note: bool = False
    key: str = field(default_factory=lambda: uuid4().hex)
    agreed_by: list[str] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    #: What completes an ``@`` in a message: the name to write, the person's full name.
    names: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_clash(self) -> bool:
        return self.row.outcome in CLASHES

    @property
    def kind(self) -> str:
        return kind_of(self.row)

    @property
    def thread(self) -> list[Said]:
        """Messages and ended proposals, in the order of time. A proposal that ended no later than it was made only handed the case on."""
        said = [Said(message.at, message.by, message.text) for message in self.messages]
        for one in self.past:
            handed = one.state == ProposalState.HANDED_ON and one.ended_at <= one.at
            said.append(
                Said(one.at, one.by, one.rationale, "" if handed else one.verdict, str(ProposalState(one.state).label), one.primary_reason)
            )
        return sorted(said, key=lambda one: one.at)

    @property
    def mine(self) -> Any:
        """One's own vote that stands, if there is one."""
        return next((card.vote for card in self.cards if card.is_mine), None)

    @property
    def talk(self) -> str:
        """What was said, without who said it: what a note to the criteria begins with."""
        return "\n\n".join(said.text.strip() for said in self.thread if said.text.strip())

    @property
    def changed(self) -> bool:
        return self.row.vote_changed_after

    @property
    def only_reasons(self) -> bool:
        return self.row.conflict == ConflictKind.REASONS

    @property
    def settled_by(self) -> str:
        """Who settles this, for a reader who does not."""
        if not self.is_clash or self.may_propose or self.may_rule:
            return ""
        if not self.row.round.decides:
            return _("These votes decide nothing. Talk about why they differ, and note for the criteria what you agree on.")
        if self.row.round.rules.who_settles != WhoSettles.THIRD:
            return _("Those who voted on it settle this conflict.")
        if self.third:
            return _("%(who)s settles the conflicts of this round.") % {"who": self.third[:1].upper() + self.third[1:]}
        return _("A third reviewer settles the conflicts of this round, and nobody has that role yet. The owner gives it under Team.")

    @property
    def primary(self) -> str:
        """The verdict of the open proposal, which the button of whoever may agree names."""
        return self.proposal.verdict if self.proposal is not None and self.may_agree else ""


def room(member: Member, row: RoundRecord, wanted: Filter) -> Room:
    """Collect the room of a conflict that is open to the member."""
    ids = groups.member_ids(row.record)
    votes = _one_each(
        visibility.current(visibility.decisions(member, record_ids=ids, round=row.round)).prefetch_related("further_reasons__reason")
    )
    notes = {note.by_id: note.text for note in visibility.notes(member, record_ids=ids).filter(stage=row.stage)}
    live = list(
        visibility.resolutions(member, record_ids=ids)
        .filter(round=row.round, superseded_at=None)
        .select_related("with_member__user", "with_member__review")
        .prefetch_related("votes", "steps__by__review", "steps__by__user")
    )
    covered = _covered(live)
    cards = [
        Card(
            vote,
            vote.reviewer_id == member.pk,
            vote.note or notes.get(vote.reviewer_id, ""),
            bool(live) and row.vote_changed_after and vote.pk not in covered,
        )
        for vote in votes
    ]
    proposals, messages = visibility.talk(member, row)
    proposal = next((p for p in proposals if p.state == ProposalState.OPEN), None)
    past = [p for p in proposals if p.state != ProposalState.OPEN]
    reasons = _reasons(row.round, votes)
    third = _third(member, row.round)
    handed_on = past[-1] if past and proposal is None and past[-1].state == ProposalState.HANDED_ON else None
    found = Room(
        row, cards, [reason for reason in reasons if reason.by], reasons, proposal, past, messages, live, _sources(ids),
        neighbours(member, wanted, row), third, handed_on,
    )  # fmt: skip
    _permit(member, found)
    return found


def _permit(member: Member, room: Room) -> None:
    """Say what the member may do here, as the actions will."""
    rules = room.row.round.rules
    voted = any(card.is_mine for card in room.cards)
    settles = member.may(Right.SETTLE)
    between = settles and voted and rules.who_settles != WhoSettles.THIRD
    third = settles and visibility.settles(member, room.row.round) and (not voted or rules.voters_may_settle)
    room.may_note = settles
    room.may_say = settles and room.is_clash
    if room.may_say:
        room.names = [(one.label if one.author_number else names_of(one)[1], names_of(one)[1]) for one in addressed_by(member)]
    room.may_touch = settles and not room.is_clash and bool(room.resolutions) and (between or visibility.settles(member, room.row.round))
    taken = room.row.round.is_open or room.row.reopened
    room.may_change = voted and taken and member.may(Right.SCREEN) and room.row.round.team.filter(member=member).exists()
    if not room.is_clash or not room.row.round.decides:
        return
    room.may_propose, room.may_rule = between, third
    room.may_hand_on = (
        between and rules.who_settles == WhoSettles.CONSENSUS_OR_THIRD and bool(room.third) and not third and room.handed_on is None
    )
    if room.proposal is not None:
        answered = {answer.by_id: answer.by.label for answer in room.proposal.answers.all()}
        others = [card.vote.reviewer for card in room.cards if card.vote.reviewer_id != room.proposal.by_id]
        room.agreed_by = list(answered.values())
        room.waits_for = [other.label for other in others if other.pk not in answered]
        room.may_agree = between and room.proposal.by_id != member.pk and member.pk not in answered


def _one_each(votes: Iterable[Any]) -> list[Any]:
    """Give one vote a reviewer, the newest: a merge may have brought two of one person together."""
    newest = {vote.reviewer_id: vote for vote in votes}
    return sorted(newest.values(), key=lambda vote: vote.reviewer.number)


def _covered(resolutions: Iterable[Any]) -> set[int]:
    ids: set[int] = set()
    for resolution in resolutions:
        confirmed = [step for step in resolution.steps.all() if step.kind == ResolutionStepKind.CONFIRMED]
        ids |= (
            set(max(confirmed, key=lambda step: step.pk).decisions) if confirmed else {vote.decision_id for vote in resolution.votes.all()}
        )
    return ids


def _reasons(round: ScreeningRound, votes: list[Any]) -> list[Pointed]:
    pointing: dict[str, list[str]] = defaultdict(list)
    for vote in votes:
        if vote.primary_reason is not None:
            pointing[vote.primary_reason.key].append(vote.reviewer.label)
    return [
        Pointed(n, reason["key"], reason["text"], pointing.get(reason["key"], []))
        for n, reason in enumerate(round.criteria.reasons, start=1)
    ]


def reason_named(round: ScreeningRound, number: int | None) -> Reason | None:
    """Find the reason with this number in the round's list."""
    listed = round.criteria.reasons
    if number is None or not 1 <= number <= len(listed):
        return None
    found: Reason | None = Reason.objects.for_review(round.review).filter(key=listed[number - 1]["key"]).first()
    return found


def _third(member: Member, round: ScreeningRound) -> str:
    """Name the third reviewer: *Author 3* when there is one only, else *the third reviewer*; nothing when there is none."""
    if round.rules.who_settles == WhoSettles.CONSENSUS:
        return ""
    people = Member.objects.for_review(member.review).filter(ended_at=None).select_related("user", "review")
    found = [person for person in people if person.has_role(Role.ADJUDICATOR)]
    if not found:
        return ""
    one = found[0].label
    return one if len(found) == 1 and found[0].author_number else _("the third reviewer")


def _sources(ids: list[int]) -> list[str]:
    rows = SourceRecord.objects.filter(record_id__in=ids, upload__is_withdrawn=False)
    rows = rows.annotate(source=of_search("source__name")).order_by("source")
    return list(rows.values_list("source", flat=True).distinct())
