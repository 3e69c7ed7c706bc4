"""The list of conflicts: only records that are open to the reader, and everything of others through ``visibility``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import RoundRecord
from screening.vocabulary import CLASHES, ConflictKind, Outcome, ProposalState, RoundKind, WhoSettles

OPEN, FOR_ME, CHANGED, SETTLED, PILOT = "open", "mine", "changed", "settled", "pilot"
ORDER = ("round__number", "record__number")
KINDS = (ConflictKind.VERDICTS, ConflictKind.REASONS, ConflictKind.MAYBE, ConflictKind.AGAIN)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for: one of the five lists, and a kind of conflict in the first."""

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
    if show not in (OPEN, FOR_ME, CHANGED, SETTLED, PILOT):
        show = OPEN
    return Filter(show, kind if show == OPEN and kind in [k.value for k in KINDS] else "")


def open_rows(member: Member) -> QuerySet[RoundRecord]:
    """Records open to the member that count in their round; what a pilot differed on is talked about, never settled."""
    rows = visibility.open_round_records(member).exclude(round__kind__in=(RoundKind.PILOT, RoundKind.PRACTICE))
    return rows.filter(is_live=True, record__head=None)


def pilot_rows(member: Member) -> QuerySet[RoundRecord]:
    """Records open to the member on which a pilot differed: to talk about, and to write down for the criteria."""
    rows = visibility.open_round_records(member).filter(round__kind=RoundKind.PILOT)
    return rows.filter(is_live=True, record__head=None, outcome__in=CLASHES)


def rows_of(member: Member, wanted: Filter, mine: Iterable[int] | None = None) -> QuerySet[RoundRecord]:
    """The list that a filter asks for, unordered. ``mine``: rows that wait for the member's answer, when they are known already."""
    if wanted.show == PILOT:
        return pilot_rows(member)
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
        (PILOT, _("Pilot"), pilot_rows(member).count()),
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
        item = Item(row, kind_of(row))
        proposal = newest.get(row.pk)
        if proposal is not None:
            item.accent = _waits_for(member, row, proposal)
            item.state = _state(member, proposal, item.accent)
        found.append(item)
    return found


def kind_of(row: RoundRecord) -> str:
    """Say what kind of conflict a row is, or how it came out."""
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


def addressed_by(member: Member) -> QuerySet[Member]:
    """Whom a member can name in a message: everybody else who is of the review now."""
    people: QuerySet[Member] = Member.objects.for_review(member.review).filter(ended_at=None).exclude(pk=member.pk)
    return people.select_related("user", "review").order_by("number")


def names_of(member: Member) -> list[str]:
    """How a member can be named after ``@``: as Author 2, by full name, by first name."""
    return [member.label, member.user.display_name, member.user.display_name.partition(" ")[0]]
