"""What the conflict pages show: only records that are open to the reader, and everything of others through ``visibility``."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right, Role
from screening import visibility
from screening.models import Reason, RoundRecord, ScreeningRound, SourceRecord
from screening.outcomes import groups
from screening.vocabulary import CLASHES, ConflictKind, Outcome, ProposalState, ResolutionStepKind, RoundKind, WhoSettles

OPEN, FOR_ME, CHANGED, SETTLED = "open", "mine", "changed", "settled"
ORDER = ("round__number", "record__number")
KINDS = (ConflictKind.VERDICTS, ConflictKind.REASONS, ConflictKind.MAYBE, ConflictKind.AGAIN)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for: one of the four lists, and a kind of conflict in the first."""

    show: str = OPEN
    kind: str = ""

    @property
    def query(self) -> str:
        parts = ([] if self.show == OPEN else [f"show={self.show}"]) + ([f"kind={self.kind}"] if self.kind else [])
        return f"?{'&'.join(parts)}" if parts else ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to filter the list, with its count."""

    name: str
    n: int
    query: str
    current: bool


def filter_of(asked: Any) -> Filter:
    """Read the filter from the address; what it does not know counts as not said."""
    show = asked.get("show", OPEN)
    kind = asked.get("kind", "")
    if show not in (OPEN, FOR_ME, CHANGED, SETTLED):
        show = OPEN
    return Filter(show, kind if show == OPEN and kind in [k.value for k in KINDS] else "")


def open_rows(member: Member) -> QuerySet[RoundRecord]:
    """Records open to the member that count in their round; what a pilot differed on is talked about, never settled."""
    rows = visibility.open_round_records(member).exclude(round__kind__in=(RoundKind.PILOT, RoundKind.PRACTICE))
    return rows.filter(is_live=True, record__head=None)


def rows_of(member: Member, wanted: Filter, mine: Iterable[int] | None = None) -> QuerySet[RoundRecord]:
    """The list that a filter asks for, unordered. ``mine``: rows that wait for the member's answer, when they are known already."""
    rows = open_rows(member)
    if wanted.show == SETTLED:
        return rows.filter(settled_by_resolution=True, vote_changed_after=False)
    if wanted.show == CHANGED:
        return rows.filter(vote_changed_after=True)
    rows = rows.filter(outcome__in=CLASHES)
    if wanted.show == FOR_ME:
        rows = rows.filter(pk__in=for_me(member) if mine is None else mine)
    return rows.filter(conflict=wanted.kind) if wanted.kind else rows


def for_me(member: Member) -> list[int]:
    """Rows with something that only this member can answer: another's open proposal on what they voted on, or a case handed to them."""
    clashes = list(open_rows(member).filter(outcome__in=CLASHES).select_related("round__rules"))
    newest = newest_proposals(member, clashes)
    return [row.pk for row in clashes if _waits_for(member, row, newest.get(row.pk))]


def newest_proposals(member: Member, rows: Iterable[RoundRecord]) -> dict[int, Any]:
    """Give row → the newest proposal on its record, where one stands open or was handed on."""
    rows = list(rows)
    heads = {(row.round_id, row.record_id): row.pk for row in rows}
    found: dict[int, Any] = {}
    if rows:
        for proposal in visibility.proposals(member, record_ids={row.record_id for row in rows}):
            row_id = heads.get((proposal.round_id, proposal.record_id))
            if row_id is not None and proposal.state in (ProposalState.OPEN, ProposalState.HANDED_ON):
                found.setdefault(row_id, proposal)
    return found


def _waits_for(member: Member, row: Any, proposal: Any) -> bool:
    third = visibility.settles(member, row.round) and (not row.mine or row.round.rules.voters_may_settle)
    if proposal is None:
        return third and row.round.rules.who_settles == WhoSettles.THIRD
    if proposal.state == ProposalState.HANDED_ON:
        return third
    answered = {answer.by_id for answer in proposal.answers.all()}
    return row.mine and proposal.by_id != member.pk and member.pk not in answered and member.may(Right.SETTLE)


def tabs(member: Member, wanted: Filter, mine: list[int]) -> tuple[list[Tab], list[Tab]]:
    """Give the lists with their counts, and the kinds of open conflicts."""
    kinds = {f"kind_{kind.value}": Count("pk", filter=Q(outcome__in=CLASHES, conflict=kind)) for kind in KINDS}
    n = open_rows(member).aggregate(
        open=Count("pk", filter=Q(outcome__in=CLASHES)),
        changed=Count("pk", filter=Q(vote_changed_after=True)),
        settled=Count("pk", filter=Q(settled_by_resolution=True, vote_changed_after=False)),
        **kinds,
    )
    shows = [
        (OPEN, _("Open"), n["open"]),
        (FOR_ME, _("For you"), len(mine)),
        (CHANGED, _("Changed"), n["changed"]),
        (SETTLED, _("Settled"), n["settled"]),
    ]
    lists = [
        Tab(name, count, Filter(show).query, wanted.show == show)
        for show, name, count in shows
        if count or show in (OPEN, SETTLED, wanted.show)
    ]
    names = {
        ConflictKind.VERDICTS: _("Verdicts"),
        ConflictKind.REASONS: _("Reasons"),
        ConflictKind.MAYBE: _("Maybe"),
        ConflictKind.AGAIN: _("Again"),
    }
    there = [kind for kind in KINDS if n[f"kind_{kind.value}"]]
    if wanted.show != OPEN or (len(there) < 2 and not wanted.kind):
        return lists, []
    every = [Tab(_("All kinds"), n["open"], Filter().query, not wanted.kind)]
    return lists, every + [
        Tab(names[kind], n[f"kind_{kind.value}"], Filter(OPEN, kind.value).query, wanted.kind == kind.value)
        for kind in KINDS
        if kind in there or wanted.kind == kind.value
    ]


@dataclass(slots=True)
class Item:
    """One line of the list."""

    row: RoundRecord
    kind: str
    state: str = ""
    accent: bool = False


def items(member: Member, rows: list[RoundRecord]) -> list[Item]:
    """Say of each row what kind it is and who is to move."""
    newest = newest_proposals(member, [row for row in rows if row.outcome in CLASHES])
    found = []
    for row in rows:
        item = Item(row, _kind(row))
        proposal = newest.get(row.pk)
        if proposal is not None:
            item.accent = _waits_for(member, row, proposal)
            item.state = _state(member, proposal, item.accent)
        found.append(item)
    return found


def _kind(row: RoundRecord) -> str:
    if row.outcome in CLASHES:
        short = {
            ConflictKind.VERDICTS: _("votes differ"),
            ConflictKind.REASONS: _("reasons differ"),
            ConflictKind.MAYBE: _("maybe"),
            ConflictKind.AGAIN: _("settle again"),
        }
        return short.get(ConflictKind(row.conflict), str(Outcome(row.outcome).label))
    return _("goes on") if row.outcome == Outcome.GOES_ON else _("excluded")


def _state(member: Member, proposal: Any, accent: bool) -> str:
    if proposal.state == ProposalState.HANDED_ON:
        return _("handed to you") if accent else _("handed to the third reviewer")
    if accent:
        return _("proposal for you")
    return _("your proposal waits") if proposal.by_id == member.pk else _("proposal waits")


@dataclass(frozen=True, slots=True)
class Way:
    """The neighbours of a conflict in its list."""

    previous: RoundRecord | None
    next: RoundRecord | None


def neighbours(member: Member, wanted: Filter, row: RoundRecord) -> Way:
    """Give the conflicts before and after this one in the list that the address asks for."""
    rows = rows_of(member, wanted).select_related("round", "record")
    number, record = row.round.number, row.record.number
    later = Q(round__number__gt=number) | Q(round__number=number, record__number__gt=record)
    earlier = Q(round__number__lt=number) | Q(round__number=number, record__number__lt=record)
    return Way(
        rows.filter(earlier).order_by("-round__number", "-record__number").first(), rows.filter(later).order_by(*ORDER).first()
    )  # fmt: skip


def after(member: Member, wanted: Filter, row: RoundRecord) -> RoundRecord | None:
    """Give the conflict that comes next once this one is settled: the one after it, else the first."""
    way = neighbours(member, wanted, row)
    return way.next or rows_of(member, wanted).exclude(pk=row.pk).select_related("round", "record").order_by(*ORDER).first()


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
    agreed_by: list[str] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)

    @property
    def is_clash(self) -> bool:
        return self.row.outcome in CLASHES

    @property
    def kind(self) -> str:
        return _kind(self.row)

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
    def changed(self) -> bool:
        return self.row.vote_changed_after

    @property
    def only_reasons(self) -> bool:
        return self.row.conflict == ConflictKind.REASONS

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
    room.may_say = settles and room.is_clash
    room.may_touch = settles and not room.is_clash and bool(room.resolutions) and (between or visibility.settles(member, room.row.round))
    if not room.is_clash:
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
    return list(rows.order_by("upload__search__source__name").values_list("upload__search__source__name", flat=True).distinct())
