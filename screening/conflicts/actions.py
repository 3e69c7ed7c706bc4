"""End conflicts: by consensus of those who voted, or by a third reviewer. The votes stay as they were cast."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.conflicts import queries
from screening.conflicts.rules import mentioned, without_names
from screening.models import (
    Decision,
    Mention,
    Message,
    Proposal,
    ProposalAnswer,
    Reason,
    Record,
    Resolution,
    ResolutionStep,
    ResolutionVote,
    RoundRecord,
    ScreeningRound,
)
from screening.outcomes import groups, locks
from screening.outcomes.facts import purpose_of
from screening.outcomes.settle import close_reopenings, settle
from screening.vocabulary import CLASHES, ProposalState, ResolutionStepKind, StudyStatus, Verdict, Way, WhoSettles


class CannotSettle(DomainError):
    """This conflict cannot be ended so, or not by this person."""

    status = 409


class NotYours(CannotSettle):
    """The rules of the review give this to somebody else."""

    status = 403


@transaction.atomic
def propose(
    member: Member, record: Record, round: ScreeningRound, *, verdict: Verdict, reason: Reason | None = None, rationale: str = ""
) -> Proposal:
    """Propose how a conflict ends; replaces an open proposal. Who voted on it may."""
    round, head, row = _clash(record, round)
    votes = _votes(head, round)
    if round.rules.who_settles == WhoSettles.THIRD:
        raise NotYours(_("In this review the third reviewer settles conflicts."))
    if member.pk not in {vote.reviewer_id for vote in votes}:
        raise NotYours(_("Only those who voted on this record settle it between them."))
    if not visibility.is_open(member, row):
        raise CannotSettle(_("The votes on this record are not open to you yet."))
    _check(round, verdict, reason)
    Proposal.objects.filter(record=head, round=round, state=ProposalState.OPEN).update(
        state=ProposalState.ANSWERED, ended_at=timezone.now()
    )
    proposal = Proposal.objects.create(
        review=round.review,
        number=numbers.take(round.review, "proposal"),
        record=head,
        round=round,
        by=member,
        verdict=verdict,
        primary_reason=reason,
        rationale=rationale,
    )
    visibility.note_opened(member, row)
    audit.log("conflict:proposed", review=round.review, actor=member, round=round, record=head, data=_data(verdict, reason), text=rationale)
    return proposal


@transaction.atomic
def agree(member: Member, proposal: Proposal) -> Resolution | None:
    """Agree to a proposal; when everybody else who voted has, it becomes the final decision (else None)."""
    round, head, row = _clash(proposal.record, proposal.round)
    proposal = Proposal.objects.select_related("by", "primary_reason").get(pk=proposal.pk)
    if proposal.state != ProposalState.OPEN:
        raise CannotSettle(_("This proposal is not open any more. Load the page again."))
    votes = _votes(head, round)
    others = {vote.reviewer_id for vote in votes} - {proposal.by_id}
    if member.pk not in others:
        raise NotYours(_("Only somebody else who voted on this record can agree."))
    ProposalAnswer.objects.get_or_create(review=round.review, proposal=proposal, by=member)
    visibility.note_opened(member, row)
    if others - set(proposal.answers.values_list("by_id", flat=True)):
        audit.log("conflict:agreed", review=round.review, actor=member, round=round, record=head, data={"proposal": proposal.number})
        return None
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.AGREED, ended_at=timezone.now())
    return _resolve(
        head, round, votes, verdict=Verdict(proposal.verdict), reason=proposal.primary_reason, way=Way.CONSENSUS, by=proposal.by,
        with_member=member, actor=member, rationale=proposal.rationale,
    )  # fmt: skip


@transaction.atomic
def withdraw_proposal(member: Member, proposal: Proposal, *, hand_on: bool = False) -> None:
    """Take one's proposal back, or hand the conflict to the third reviewer."""
    round, head = locks.for_vote(proposal.round, proposal.record)
    if proposal.by_id != member.pk and not hand_on:
        raise NotYours(_("Only who made the proposal can take it back."))
    state = ProposalState.HANDED_ON if hand_on else ProposalState.WITHDRAWN
    if not Proposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN).update(state=state, ended_at=timezone.now()):
        raise CannotSettle(_("This proposal is not open any more. Load the page again."))
    audit.log(f"conflict:proposal_{state}", review=round.review, actor=member, round=round, record=head, data={"proposal": proposal.number})


@transaction.atomic
def hand_on(member: Member, record: Record, round: ScreeningRound, *, rationale: str = "") -> Proposal:
    """Hand a conflict to the third reviewer. An open proposal goes along.

    Without one, the giver's own vote stands as a proposal that was never open: it ended no later than it was made.
    """
    round, head, row = _clash(record, round)
    if round.rules.who_settles != WhoSettles.CONSENSUS_OR_THIRD:
        raise NotYours(_("In this review conflicts are not handed on: the rules say who settles them."))
    mine = next((vote for vote in _votes(head, round) if vote.reviewer_id == member.pk), None)
    if mine is None:
        raise NotYours(_("Only those who voted on this record can hand it to the third reviewer."))
    if not visibility.is_open(member, row):
        raise CannotSettle(_("The votes on this record are not open to you yet."))
    moment = timezone.now()
    proposal = Proposal.objects.filter(record_id__in=groups.member_ids(head), round=round, state=ProposalState.OPEN).first()
    if proposal is not None:
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HANDED_ON, ended_at=moment)
        if rationale.strip():
            _mention(Message.objects.create(review=round.review, record=head, round=round, by=member, text=rationale))
    else:
        excludes = mine.verdict == Verdict.EXCLUDE
        proposal = Proposal.objects.create(
            review=round.review, number=numbers.take(round.review, "proposal"), record=head, round=round, by=member,
            verdict=Verdict.EXCLUDE if excludes else Verdict.INCLUDE, primary_reason=mine.primary_reason if excludes else None,
            rationale=rationale, state=ProposalState.HANDED_ON, ended_at=moment,
        )  # fmt: skip
    visibility.note_opened(member, row)
    data = {"proposal": proposal.number}
    audit.log("conflict:proposal_handed_on", review=round.review, actor=member, round=round, record=head, data=data, text=rationale)
    return proposal


@transaction.atomic
def rule(
    member: Member,
    record: Record,
    round: ScreeningRound,
    *,
    verdict: Verdict,
    rationale: str,
    reason: Reason | None = None,
    study_status: StudyStatus = StudyStatus.INCLUDED,
) -> Resolution:
    """End a conflict as the third reviewer."""
    round, head, row = _clash(record, round)
    if not visibility.settles(member, round):
        raise NotYours(_("Only the third reviewer settles conflicts alone in this review."))
    votes = _votes(head, round)
    if member.pk in {vote.reviewer_id for vote in votes} and not round.rules.voters_may_settle:
        raise NotYours(_("You voted on this record yourself; another third reviewer settles it."))
    if not visibility.is_open(member, row):
        raise CannotSettle(_("The votes on this record are not open to you yet."))
    if not rationale.strip():
        raise CannotSettle(_("Say why; the reason stands beside the final decision."))
    _check(round, verdict, reason)
    Proposal.objects.filter(record=head, round=round, state=ProposalState.OPEN).update(
        state=ProposalState.HANDED_ON, ended_at=timezone.now()
    )
    visibility.note_opened(member, row)
    return _resolve(
        head, round, votes, verdict=verdict, reason=reason, way=Way.THIRD, by=member, with_member=None, actor=member, rationale=rationale,
        study_status=study_status,
    )  # fmt: skip


@transaction.atomic
def withdraw(member: Member, resolution: Resolution, *, why: str) -> None:
    """Take a final decision back: the record stands again as its votes say."""
    round, head = locks.for_vote(resolution.round, resolution.record)
    _may_touch(member, resolution, round, head)
    if not why.strip():
        raise CannotSettle(_("Say why the final decision is taken back; it is kept in the history."))
    visibility.remember_open([head.pk])
    if not Resolution.objects.filter(pk=resolution.pk, superseded_at=None).update(superseded_at=timezone.now()):
        raise CannotSettle(_("This final decision was taken back already."))
    ResolutionStep.objects.create(review=round.review, resolution=resolution, kind=ResolutionStepKind.WITHDRAWN, by=member, why=why)
    settle(head)
    audit.log(
        "conflict:reopened", review=round.review, actor=member, round=round, record=head, data={"resolution": resolution.number}, text=why
    )


@transaction.atomic
def confirm(member: Member, resolution: Resolution, *, why: str = "") -> None:
    """Let a final decision stand over a vote that changed after it."""
    round, head = locks.for_vote(resolution.round, resolution.record)
    _may_touch(member, resolution, round, head)
    votes = [vote.pk for vote in _votes(head, round)]
    ResolutionStep.objects.create(
        review=round.review, resolution=resolution, kind=ResolutionStepKind.CONFIRMED, decisions=votes, by=member, why=why
    )
    settle(head)
    audit.log(
        "conflict:confirmed", review=round.review, actor=member, round=round, record=head, data={"resolution": resolution.number}, text=why
    )


@transaction.atomic
def say(member: Member, record: Record, round: ScreeningRound, *, text: str) -> Message:
    """Add to the talk about a conflict."""
    round, head = locks.for_vote(round, record)
    row = RoundRecord.objects.get(round=round, record=head)
    if not visibility.is_open(member, row):
        raise CannotSettle(_("The votes on this record are not open to you yet."))
    text = text.replace("\x00", "").strip()
    if not text:
        raise CannotSettle(_("Write something first."))
    message = Message.objects.create(review=round.review, record=head, round=round, by=member, text=text)
    named = _mention(message)
    visibility.note_opened(member, row)
    audit.log("conflict:said", review=round.review, actor=member, round=round, record=head, data={"named": named}, text=text)
    return message


def _mention(message: Message) -> list[int]:
    """Keep whom a message names; they see it when the record is open to them. Gives their numbers."""
    if "@" not in message.text:
        return []
    members = {one.pk: one for one in queries.addressed_by(message.by)}
    found = sorted(mentioned(message.text, {pk: queries.names_of(one) for pk, one in members.items()}))
    Mention.objects.bulk_create([Mention(review=message.review, message=message, member_id=pk) for pk in found])
    return sorted(members[pk].number for pk in found)


def anonymous(member: Member, text: str) -> str:
    """Give a text without the people of the review whom it names by ``@``."""
    people = Member.objects.for_review(member.review).select_related("user", "review")
    return without_names(text, [name for one in people for name in queries.names_of(one)])


@transaction.atomic
def see_mentions(member: Member, row: RoundRecord) -> None:
    """Keep that somebody has opened the talk in which they are named."""
    ids = groups.member_ids(row.record)
    waiting = visibility.mentions(member).filter(message__round=row.round_id, message__record__in=ids).values_list("pk", flat=True)
    if found := list(waiting):
        Mention.objects.filter(pk__in=found, seen_at=None).update(seen_at=timezone.now())


def _clash(record: Record, round: ScreeningRound) -> tuple[ScreeningRound, Record, RoundRecord]:
    round, head = locks.for_vote(round, record)
    row = RoundRecord.objects.select_related("record", "round__rules", "reason").filter(round=round, record=head, is_live=True).first()
    if row is None or row.outcome not in CLASHES:
        raise CannotSettle(_("There is no conflict on this record any more. Load the page again."))
    if not round.decides:
        raise CannotSettle(_("What a pilot or a practice differed on is talked about, and not settled: its votes decide nothing."))
    return round, head, row


def _votes(head: Record, round: ScreeningRound) -> list[Decision]:
    found = Decision.objects.filter(record_id__in=groups.member_ids(head), round=round, purpose=purpose_of(round), superseded_at=None)
    by_reviewer = {vote.reviewer_id: vote for vote in found.exclude(verdict=Verdict.WITHDRAWN).order_by("pk")}
    return list(by_reviewer.values())


def _check(round: ScreeningRound, verdict: Verdict, reason: Reason | None) -> None:
    if verdict not in (Verdict.INCLUDE, Verdict.EXCLUDE):
        raise CannotSettle(_("A final decision is include or exclude."))
    if round.stage.is_full_text and verdict == Verdict.EXCLUDE and reason is None:
        raise CannotSettle(_("Choose the first criterion that fails."))
    if verdict == Verdict.INCLUDE and reason is not None:
        raise CannotSettle(_("A reason goes with an exclusion only."))


def _may_touch(member: Member, resolution: Resolution, round: ScreeningRound, head: Record) -> None:
    voters = {vote.reviewer_id for vote in _votes(head, round)}
    by_consensus = round.rules.who_settles != WhoSettles.THIRD and member.pk in voters
    if not (visibility.settles(member, round) or by_consensus):
        raise NotYours(_("Only who may settle conflicts here can change a final decision."))


def _resolve(head: Record, round: ScreeningRound, votes: list[Decision], *, verdict: Verdict, reason: Reason | None, way: Way, by: Member,
             with_member: Member | None, actor: Member, rationale: str,
             study_status: StudyStatus = StudyStatus.INCLUDED) -> Resolution:  # fmt: skip
    visibility.remember_open([head.pk])
    Resolution.objects.filter(record_id__in=groups.member_ids(head), round=round, superseded_at=None).update(superseded_at=timezone.now())
    resolution = Resolution.objects.create(
        review=round.review, number=numbers.take(round.review, "resolution"), record=head, round=round, stage_kind=round.stage.kind,
        verdict=verdict, study_status=study_status, primary_reason=reason, way=way, by=by, with_member=with_member, rationale=rationale,
    )  # fmt: skip
    ResolutionVote.objects.bulk_create([ResolutionVote(review=round.review, resolution=resolution, decision=vote) for vote in votes])
    settle(head)
    close_reopenings([head.pk], round)
    audit.log(
        "conflict:settled", review=round.review, actor=actor, round=round, record=head,
        data=_data(verdict, reason) | {"way": way.value, "resolution": resolution.number}, text=rationale,
    )  # fmt: skip
    return resolution


def _data(verdict: Verdict, reason: Reason | None) -> dict[str, Any]:
    return {"verdict": Verdict(verdict).value} | ({"reason": reason.key} if reason else {})
