"""Votes: cast, change, take back, hand on. One endpoint, idempotent by ``key``, guarded by ``seen`` (DESIGN.md section 4)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.db import locks as place_locks
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.decisions import under_lock
from screening.decisions.errors import AnotherVoteCame, RoundClosed, VoteRefused, WhyNeeded
from screening.decisions.rules import verdicts_of
from screening.models import (
    Decision,
    DecisionReason,
    Hold,
    LateVote,
    Note,
    Reason,
    Record,
    Recusal,
    Reopening,
    Report,
    RoundRecord,
    ScreeningRound,
)
from screening.outcomes import groups, locks
from screening.outcomes.facts import purpose_of, vote_of
from screening.outcomes.settle import close_reopenings, settle, settle_vote
from screening.vocabulary import RecusalKind, Retrieval, Verdict


def cast(
    *,
    member: Member,
    record: Record,
    round: ScreeningRound,
    verdict: Verdict,
    key: str,
    seen: int | None = None,
    reason: Reason | None = None,
    further: Collection[Reason] = (),
    note: str = "",
    why: str = "",
    cast_at: datetime | None = None,
) -> Decision:
    """Cast, change or (``Verdict.WITHDRAWN``) take back one's vote on a record, and settle it.

    ``key`` names this request for ever: sent again it gives the stored vote again. ``seen`` is the id of the vote the page knew
    (None: none). Raises AnotherVoteCame (409) when that is not the current one, RoundClosed (409; kept as a LateVote), WhyNeeded and
    VoteRefused (422). Nothing is written in these cases but the late vote.
    """
    while True:
        try:
            with transaction.atomic():
                decision, late = _Vote(member, record, round, verdict, key, seen, reason, tuple(further), note, why, cast_at).write()
            break
        except locks.Moved:  # a merge came between reading the record and locking it
            record = Record.objects.get(pk=record.pk)
    if late is not None:
        raise RoundClosed(_("The round was closed before this vote came. It is kept under the late votes, and the owner may admit it."))
    assert decision is not None
    return decision


class _Vote:
    """One request to vote."""

    def __init__(self, member: Member, record: Record, round: ScreeningRound, verdict: Verdict, key: str, seen: int | None,
                 reason: Reason | None, further: tuple[Reason, ...], note: str, why: str, cast_at: datetime | None) -> None:  # fmt: skip
        self.member, self.record, self.round, self.verdict, self.key, self.seen = member, record, round, Verdict(verdict), key, seen
        self.reason, self.further, self.note, self.why, self.cast_at = reason, further, note, why.strip(), cast_at

    def write(self) -> tuple[Decision | None, LateVote | None]:
        place_locks.shared(place_locks.Space.ROUND, self.round.pk)
        head, ids = locks.group_for_vote(self.record)
        votes = under_lock.votes_of(self.member, self.key, self.round, ids)
        if (known := self._known(votes, ids)) is not None:
            return known, None
        row, round = under_lock.row_of(self.round, head.pk)
        in_team, held, was_open = under_lock.look(self.member, self.round, ids)
        self._check(round, ids, row, in_team=in_team)
        assert row is not None
        mine = [vote for vote in votes if vote.reviewer_id == self.member.pk]
        standing = [vote for vote in mine if vote.verdict != Verdict.WITHDRAWN]
        current = standing[-1] if standing else None
        if not round.is_open and not row.reopened:
            return None, self._keep_late(round, head)
        if (current.pk if current else None) != self.seen and len(standing) < 2:
            raise AnotherVoteCame(
                _("Your vote on this record was changed elsewhere. Nothing of this one is saved: choose which stands."), current
            )
        if self.verdict == Verdict.WITHDRAWN and current is None:
            raise VoteRefused(_("There is no vote of yours on this record to take back."))
        independent = self._independent(row, round, ids, was_open=was_open, current=current)
        asked_again = len({(vote.verdict, vote.primary_reason_id) for vote in standing}) > 1  # a merge brought one's own two votes together
        if standing and not independent and not self.why and not asked_again:
            raise WhyNeeded(_("The others’ votes on this record were open to you. Say why you change yours; it is kept beside the vote."))
        decision = self._supersede(round, head, mine, independent=independent)
        stand = [vote for vote in (*votes, decision) if vote not in mine and vote.verdict != Verdict.WITHDRAWN]
        settle_vote(head, row, round, [vote_of(vote) for vote in stand if vote.purpose == decision.purpose])
        if row.reopened:
            close_reopenings([head.pk], round)
        if held:
            Hold.objects.filter(round=round, record_id__in=ids, member=self.member).delete()
        data: dict[str, Any] = {"verdict": self.verdict.value, "independent": independent, "changed": bool(standing)}
        if self.reason is not None:
            data["reason"] = self.reason.key
        audit.log("decision:cast", review=round.review, actor=self.member, round=round, record=head, data=data, text=self.why)
        return decision, None

    def _known(self, votes: Iterable[Decision], ids: Collection[int]) -> Decision | None:
        """Give the stored vote of this key; the same key with another record or verdict is a fault of the client."""
        stored = next((vote for vote in votes if vote.reviewer_id == self.member.pk and vote.key == self.key), None)
        if stored is None:
            return None
        if stored.verdict != self.verdict or stored.round_id != self.round.pk or stored.record_id not in ids:
            raise VoteRefused(_("This vote carries the key of another one. Load the page again."))
        return stored

    def _independent(
        self, row: RoundRecord, round: ScreeningRound, ids: Collection[int], *, was_open: bool, current: Decision | None
    ) -> bool:
        """Say whether nothing of another's on this record is, or ever was, open to this person; keep to whom it is open now.

        A vote that comes when the outcome may be known to who has not voted is not, and no later one of theirs in its place.
        """
        if visibility.open_by_time(row, round):
            visibility.remember_open([row.record_id])
            was_open = visibility.was_open(self.member, round, ids)
        if current is None:
            was_open = was_open or visibility.outcome_shows(row, round)
        elif current.votes_file_id is None and current.set_aside_id is None:
            was_open = was_open or not current.independent
        return not was_open and not visibility.row_is_open(self.member, row, round, has_vote=current is not None)

    def _check(self, round: ScreeningRound, ids: Collection[int], row: RoundRecord | None, *, in_team: bool) -> None:
        if row is None or not row.is_live or not visibility.place_shows(self.member, row, round):
            raise VoteRefused(_("This record is not in this round any more. Go on with the next one."))
        if not self.member.may(Right.SCREEN) or not in_team:
            raise VoteRefused(_("Only the team of this round votes in it. Ask the owner to add you."))
        if self.verdict not in (*verdicts_of(round.stage.kind), Verdict.WITHDRAWN):
            raise VoteRefused(_("At full text a vote is include or exclude."))
        if self.verdict == Verdict.EXCLUDE:
            if self.reason is None and (round.stage.is_full_text or round.rules.reason_required):
                raise VoteRefused(_("Choose the first criterion that fails."))
        elif self.reason is not None or self.further:
            raise VoteRefused(_("A reason goes with an exclusion only."))
        if round.stage.is_full_text and not Report.objects.filter(record_id__in=ids, retrieval=Retrieval.RETRIEVED).exists():
            raise VoteRefused(_("The full text of this record is not here yet. Attach it, or mark it as retrieved, then vote."))

    def _keep_late(self, round: ScreeningRound, head: Record) -> LateVote:
        known = LateVote.objects.filter(reviewer=self.member, key=self.key).first()
        return known or LateVote.objects.create(
            review=round.review, round=round, record=head, reviewer=self.member, verdict=self.verdict, primary_reason=self.reason,
            note=self.note, key=self.key, cast_at=self.cast_at, received_at=timezone.now(),
        )  # fmt: skip

    def _supersede(self, round: ScreeningRound, head: Record, mine: list[Decision], *, independent: bool) -> Decision:
        moment = timezone.now()
        for old in mine:
            if not Decision.objects.filter(pk=old.pk, superseded_at=None).update(superseded_at=moment):
                raise AnotherVoteCame(
                    _("Your vote on this record was changed elsewhere. Nothing of this one is saved: choose which stands."), old
                )
        on_head = [old for old in mine if old.record_id == head.pk] or mine
        decision = Decision.objects.create(
            review=round.review, record=head, round=round, stage=round.stage, stage_kind=round.stage.kind, reviewer=self.member,
            purpose=purpose_of(round), verdict=self.verdict, primary_reason=self.reason, note=self.note, why=self.why,
            independent=independent, criteria_id=round.criteria_id, key=self.key, cast_at=self.cast_at, received_at=moment,
            supersedes=on_head[-1] if on_head else None,
        )  # fmt: skip
        DecisionReason.objects.bulk_create(
            [DecisionReason(review=round.review, decision=decision, reason=reason) for reason in self.further if reason != self.reason]
        )
        return decision


@transaction.atomic
def admit_late_vote(late: LateVote, *, by: Member, why: str) -> Decision:
    """Let a vote count that came after the close. It is not independent; the record opens again for votes that it still needs."""
    if not why.strip():
        raise VoteRefused(_("Say why this vote counts although the round was closed; the reason is kept in the history."))
    round, head = locks.for_vote(late.round, late.record)
    _end_late(late, admitted_at=timezone.now(), admitted_by=by)
    vote = _Vote(
        late.reviewer, head, round, Verdict(late.verdict), f"late:{late.pk}", None, late.primary_reason, (), late.note, "", late.cast_at
    )
    ids = groups.member_ids(head)
    mine = list(Decision.objects.filter(record_id__in=ids, round=round, reviewer=late.reviewer, superseded_at=None).order_by("pk"))
    decision = vote._supersede(round, head, mine, independent=False)
    settle(head)
    row = RoundRecord.objects.filter(round=round, record=head, is_live=True).first()
    if row is not None and row.votes_in_at is None and not row.settled_by_resolution and not row.reopened:
        Reopening.objects.create(review=round.review, round=round, record=head, by=by, why=why)
        settle(head)
    elif row is not None and row.reopened:
        close_reopenings([head.pk], round)
    data = {"reviewer": late.reviewer.number}
    audit.log("decision:late_vote_admitted", review=by.review, actor=by, round=round, record=head, data=data, text=why)
    return decision


@transaction.atomic
def leave_late_vote(late: LateVote, *, by: Member, why: str = "") -> None:
    """Leave a late vote as it is: kept, and not counted."""
    round, head = locks.for_vote(late.round, late.record)
    _end_late(late, left_at=timezone.now(), left_by=by)
    data = {"reviewer": late.reviewer.number}
    audit.log("decision:late_vote_left", review=by.review, actor=by, round=round, record=head, data=data, text=why)


def _end_late(late: LateVote, **values: Any) -> None:
    if not LateVote.objects.filter(pk=late.pk, admitted_at=None, left_at=None).update(**values):
        raise VoteRefused(_("This vote was admitted or left already. Load the page again."))


@transaction.atomic
def recuse(*, member: Member, record: Record, round: ScreeningRound, kind: RecusalKind) -> Recusal:
    """Hand a record on to somebody else; not a vote. Raises VoteRefused when one has voted on it."""
    round, head = locks.for_vote(round, record)
    if visibility.my_votes(member, round).filter(record_id__in=groups.member_ids(head)).exists():
        raise VoteRefused(_("You have voted on this record. Take the vote back first."))
    recusal, _made = Recusal.objects.get_or_create(
        review=round.review, round=round, record=head, member=member, undone_at=None, defaults={"kind": kind}
    )
    Hold.objects.filter(round=round, record=head, member=member).delete()
    audit.log("decision:recused", review=round.review, actor=member, round=round, record=head, data={"kind": kind})
    return recusal


@transaction.atomic
def add_reason(*, member: Member, record: Record, round: ScreeningRound, reason: Reason) -> None:
    """Add a reason to one's own exclusion at title and abstract that has none: dated, beside the vote, which stays as it was cast.

    The same reason once more is no second one. Raises VoteRefused.
    """
    head = locks.heads([record.pk])[0]
    own = visibility.my_votes(member, round).filter(record=record).first()
    if own is None or own.verdict != Verdict.EXCLUDE or own.primary_reason_id is not None or round.stage.is_full_text:
        raise VoteRefused(_("A reason is added to an exclusion of your own at title and abstract that has none. Load the page again."))
    if own.further_reasons.filter(reason=reason).exists():
        return
    DecisionReason.objects.create(review=round.review, decision=own, reason=reason, added_at=timezone.now())
    audit.log("decision:reason_added", review=round.review, actor=member, round=round, record=head, data={"reason": reason.key})


@transaction.atomic
def say_not_mine(*, member: Member, record: Record) -> None:
    """Remember that a record with an author of this person's name is somebody else's: it is not asked again."""
    place = Member.objects.select_for_update().get(pk=member.pk)
    if record.number not in place.not_mine:
        place.not_mine = [*place.not_mine, record.number]
        place.save(update_fields=["not_mine"])


def keep_words(*, member: Member, words: str) -> None:
    """Keep this person's own words to mark; only their pages show them."""
    Member.objects.filter(pk=member.pk).update(words=words)


@transaction.atomic
def unrecuse(*, member: Member, record: Record, round: ScreeningRound) -> None:
    """Take *can't judge* back."""
    round, head = locks.for_vote(round, record)
    Recusal.objects.filter(round=round, record=head, member=member, undone_at=None).update(undone_at=timezone.now())
    audit.log("decision:unrecused", review=round.review, actor=member, round=round, record=head)


@transaction.atomic
def write_note(*, member: Member, record: Record, round: ScreeningRound, text: str) -> Note | None:
    """Keep one's note on a record in a stage; it opens to others with one's vote."""
    head = locks.heads([record.pk])[0]
    text = text.replace("\x00", "").strip()
    own = Note.objects.filter(record=head, stage=round.stage, by=member, superseded_at=None)
    if (old := own.first()) is not None:
        if old.text == text:
            return old
        own.update(superseded_at=timezone.now())
    elif not text:
        return None
    note = Note.objects.create(review=head.review, record=head, stage=round.stage, by=member, text=text)
    audit.log("note:written", review=round.review, actor=member, round=round, record=head, text=text)
    return note


def my_note(member: Member, record: Record, round: ScreeningRound) -> str:
    """Give one's own note on a record in the round's stage."""
    note = Note.objects.filter(record=record, stage=round.stage, by=member, superseded_at=None).first()
    return note.text if note else ""
