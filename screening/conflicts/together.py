"""Conflicts that look alike: the same votes with the same reasons. Seen as groups, and ended in one act, each for itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.conflicts import actions
from screening.conflicts.queries import ORDER, kind_of, newest_proposals, open_rows
from screening.models import Reason, RoundRecord, ScreeningRound
from screening.vocabulary import CLASHES, ConflictKind, ProposalState, Verdict, WhoSettles

AT_ONCE = 200
PROPOSE, RULE, AGREE = "propose", "rule", "agree"


@dataclass(frozen=True, slots=True)
class Voice:
    """A kind of vote in a pattern: how many gave it."""

    n: int
    verdict: str
    reason: str = ""


@dataclass(slots=True)
class Group:
    """Conflicts of one round with the same votes, and what the member may do with all of them."""

    round: ScreeningRound
    act: str
    voices: tuple[Voice, ...]
    kind: str
    only_reasons: bool
    proposal: tuple[str, str] | None = None
    rows: list[RoundRecord] = field(default_factory=list)
    key: str = ""

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def query(self) -> str:
        return "?" + urlencode([("round", str(self.round.number)), ("alike", self.key)])

    @property
    def shown(self) -> list[RoundRecord]:
        """What fits into one act."""
        return self.rows[:AT_ONCE]


def groups(member: Member) -> list[Group]:
    """Give the groups of two and more conflicts that are open to the member and that they may end or propose on, the largest first."""
    if not member.may(Right.SETTLE):
        return []
    clashes = open_rows(member).filter(outcome__in=CLASHES).order_by(*ORDER)
    rows = list(clashes.select_related("record", "round__rules", "round__stage", "round__criteria"))
    newest = newest_proposals(member, rows)
    patterns = _patterns(member, rows)
    found: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        act = _act(member, row, newest.get(row.pk))
        voices = patterns.get((row.round_id, row.record_id), ())
        if not act or not voices:
            continue
        proposed = newest[row.pk] if act == AGREE else None
        proposal = (proposed.verdict, proposed.primary_reason.text if proposed.primary_reason else "") if proposed is not None else None
        key = (row.round_id, act, voices, proposal, row.conflict)
        if key not in found:
            found[key] = Group(row.round, act, voices, kind_of(row), row.conflict == ConflictKind.REASONS, proposal)
        found[key].rows.append(row)
    for group in found.values():
        group.key = _key(group)
    return sorted((group for group in found.values() if group.n > 1), key=lambda group: (-group.n, group.round.number, group.key))


def _patterns(member: Member, rows: Iterable[RoundRecord]) -> dict[tuple[int, int], tuple[Voice, ...]]:
    """Give (round, head) → its standing votes without who gave them, one a reviewer."""
    heads = {row.record_id for row in rows}
    newest: dict[tuple[int, int], dict[int, tuple[str, str]]] = defaultdict(dict)
    followers = open_rows(member).filter(record__in=heads).values_list("record__followers", "record").exclude(record__followers=None)
    group = {pk: pk for pk in heads} | dict(followers)
    for vote in visibility.current(visibility.decisions(member, record_ids=group)):
        reason = vote.primary_reason.text if vote.primary_reason else ""
        newest[vote.round_id, group[vote.record_id]][vote.reviewer_id] = (vote.verdict, reason)
    found = {}
    for place, by in newest.items():
        counted = Counter(by.values())
        found[place] = tuple(Voice(n, verdict, reason) for (verdict, reason), n in sorted(counted.items(), key=lambda one: one[0]))
    return found


def _act(member: Member, row: Any, proposal: Any) -> str:
    """Say what the member may do with a row alone; "" for nothing, or where another's word is waited for."""
    rules = row.round.rules
    if visibility.settles(member, row.round) and (not row.mine or rules.voters_may_settle):
        return RULE
    if not row.mine or rules.who_settles == WhoSettles.THIRD:
        return ""
    if proposal is None or proposal.state == ProposalState.HANDED_ON:
        return PROPOSE
    if proposal.by_id == member.pk or member.pk in {answer.by_id for answer in proposal.answers.all()}:
        return ""
    return AGREE


def _key(group: Group) -> str:
    votes = ",".join(f"{voice.n}{voice.verdict}:{voice.reason}" for voice in group.voices)
    return f"{group.act}/{votes}/{':'.join(group.proposal or ())}/{group.only_reasons:d}"


def find(member: Member, round: str, key: str) -> Group | None:
    """Give the group that an address names, as it is now."""
    return next((group for group in groups(member) if str(group.round.number) == round and group.key == key), None)


@dataclass(slots=True)
class Done:
    """What one act did: the records it reached, and why others were left."""

    records: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def end(
    member: Member, group: Group, numbers: Sequence[int], *, verdict: Verdict | None, reason: Reason | None, why: str
) -> Done:  # fmt: skip
    """Propose, rule or agree on each of these records of a group by the action of the room; each has its own transaction and event."""
    chosen = [row for row in group.rows if row.record.number in set(numbers)]
    if not chosen:
        raise actions.CannotSettle(_("Choose the records first: none of them is in this group any more."))
    if len(chosen) > AT_ONCE:
        raise actions.CannotSettle(_("At most %(n)s records at once.") % {"n": AT_ONCE})
    if group.act != AGREE and not why.strip():
        raise actions.CannotSettle(_("Say why; it is kept with each of these records."))
    proposals = newest_proposals(member, chosen) if group.act == AGREE else {}
    done = Done()
    for row in chosen:
        try:
            if group.act == AGREE:
                actions.agree(member, proposals[row.pk])
            elif group.act == RULE:
                actions.rule(member, row.record, row.round, verdict=_given(verdict), reason=reason, rationale=why)
            else:
                actions.propose(member, row.record, row.round, verdict=_given(verdict), reason=reason, rationale=why)
        except (DomainError, KeyError) as error:
            sentence = str(error) if isinstance(error, DomainError) else _("This proposal is not open any more.")
            done.refused.append((row.record.number, sentence))
        else:
            done.records.append(row.record.number)
    return done


def _given(verdict: Verdict | None) -> Verdict:
    if verdict is None:
        raise actions.CannotSettle(_("Choose include or exclude."))
    return verdict


@dataclass(slots=True)
class Mine:
    """What the member did on a record, and may take back: an open proposal, or a final decision they are part of."""

    row: RoundRecord
    proposal: Any = None
    resolution: Any = None


def to_take_back(member: Member, *, numbers: Sequence[int] = ()) -> list[Mine]:
    """Give the member's open proposals and the final decisions by them that stand, newest first; of these records only, where named."""
    rows = open_rows(member).select_related("record", "round__rules", "round__stage")
    if numbers:
        rows = rows.filter(record__number__in=list(numbers))
    clashes = list(rows.filter(outcome__in=CLASHES))
    own = newest_proposals_of(member, clashes)
    found = [(own[row.pk].pk, Mine(row, proposal=own[row.pk])) for row in clashes if row.pk in own]
    settled = {(row.round_id, row.record_id): row for row in rows.filter(settled_by_resolution=True)}
    ids = {record for _round, record in settled}
    standing = visibility.resolutions(member, record_ids=ids).filter(superseded_at=None).order_by("-pk")
    mine = [one for one in standing if member.pk in (one.by_id, one.with_member_id)]
    ends = [(one.pk, Mine(row, resolution=one)) for one in mine if (row := settled.get((one.round_id, one.record_id))) is not None]
    return [one for _pk, one in sorted(found, key=lambda pair: -pair[0])] + [one for _pk, one in ends]


def newest_proposals_of(member: Member, rows: Sequence[RoundRecord]) -> dict[int, Any]:
    """Give row → the member's own proposal, where it stands open."""
    newest = newest_proposals(member, rows)
    return {pk: one for pk, one in newest.items() if one.by_id == member.pk and one.state == ProposalState.OPEN}


def take_back(member: Member, chosen: Sequence[Mine], *, why: str) -> Done:
    """Take each of these back by the action of the room."""
    if not why.strip() and any(one.resolution is not None for one in chosen):
        raise actions.CannotSettle(_("Say why the final decisions are taken back; it is kept in the history."))
    done = Done()
    for one in chosen[:AT_ONCE]:
        try:
            if one.proposal is not None:
                actions.withdraw_proposal(member, one.proposal)
            else:
                actions.withdraw(member, one.resolution, why=why)
        except DomainError as error:
            done.refused.append((one.row.record.number, str(error)))
        else:
            done.records.append(one.row.record.number)
    return done
