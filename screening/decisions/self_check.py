"""Self-check: a few of one's own records come back among the cards. Nothing of it enters an outcome, a count or a queue."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from screening import visibility
from screening.decisions.errors import VoteRefused
from screening.decisions.rules import AGE, BETWEEN, chosen, comes_after, next_place, verdicts_of
from screening.models import Reason, Record, RoundRecord, ScreeningRound, SelfCheck
from screening.vocabulary import Verdict


def mixed_in(member: Member, round: ScreeningRound, rows: Sequence[RoundRecord], *, ahead: int) -> tuple[list[RoundRecord], int | None]:
    """Give the rows with the record that is due to come back among them, and that record's id; as they are where none is due.

    Never where nothing waits, so that a queue ends when it ends; never a function of others' votes.
    """
    found = list(rows)
    if not found or not round.rules.self_check or not round.decides or not round.is_open or round.stage.is_full_text:
        return found, None
    voted = visibility.my_votes(member, round).count()
    check = _due(member, round, voted, ahead)
    if check is None:
        return found, None
    row = RoundRecord.objects.filter(round=round, record=check.record_id, is_live=True).select_related("record").first()
    at = max(0, comes_after(_seed(member, round), check.place) - voted)
    if row is None or at > len(found):
        return found, None
    return [*found[:at], row, *found[at:]], row.record_id


def _seed(member: Member, round: ScreeningRound) -> str:
    return f"{member.review.uid}:{member.number}:{round.number}"


def _due(member: Member, round: ScreeningRound, voted: int, ahead: int) -> SelfCheck | None:
    """Give the self-check that waits for an answer, or ask the next one where its place is near."""
    asked = list(SelfCheck.objects.filter(round=round, member=member).order_by("place"))
    last = asked[-1] if asked else None
    if last is not None and last.answered_at is None and _is_live(last):
        return last
    place = next_place(_seed(member, round), last.place if last is not None else 0, voted, ahead)
    if place is None:
        return None
    return _ask(member, round, place, {one.record_id for one in asked})


def _is_live(check: SelfCheck) -> bool:
    """Say whether its record is still in the round: not merged into another, parked or removed."""
    return RoundRecord.objects.filter(round=check.round_id, record=check.record_id, is_live=True).exists()


def _ask(member: Member, round: ScreeningRound, place: int, asked: set[int]) -> SelfCheck | None:
    """Choose the record of a place among one's votes that are old enough; one with an own note or label would tell on itself."""
    able = {}
    votes = visibility.my_votes(member, round).select_related("record")[BETWEEN:]
    told = visibility.my_marks(member, round)
    live = set(RoundRecord.objects.filter(round=round, is_live=True).values_list("record", flat=True))
    for vote in votes:
        if vote.record_id in live and vote.record_id not in asked | told and vote.received_at <= timezone.now() - AGE:
            able[vote.record.number] = vote
    number = chosen(_seed(member, round), place, able)
    if number is None:
        return None
    vote = able[number]
    found: SelfCheck = SelfCheck.objects.get_or_create(
        review=member.review, round=round, member=member, place=place, defaults={"record": vote.record, "decision": vote}
    )[0]
    return found


def asked(member: Member, round: ScreeningRound, record: Record, *, seen: str, key: str) -> SelfCheck | None:
    """Give the self-check that a request to vote answers: its page knew no vote on the record, or the answer of before."""
    if not round.rules.self_check:
        return None
    check = SelfCheck.objects.filter(round=round, member=member, record=record.head_id or record.pk).first()
    if check is None or not ((not seen and check.answered_at is None) or (check.key and check.key in (seen, key))):
        return None
    found: SelfCheck = check
    return found


@transaction.atomic
def answer(member: Member, check: SelfCheck, *, verdict: Verdict, reason: Reason | None, key: str) -> str:
    """Keep the answer of a self-check, or take it back (*withdrawn*: it is asked again); gives what to say. Sent twice it is kept once."""
    check = SelfCheck.objects.select_for_update().select_related("decision", "round__stage").get(pk=check.pk)
    if check.key == key and check.answered_at is not None:
        return _said(check)
    if not check.round.is_open:
        raise VoteRefused(_("The round is closed. This was a self-check; nothing of it is needed any more."))
    if verdict == Verdict.WITHDRAWN:
        if check.answered_at is not None:
            check.verdict, check.reason, check.key, check.answered_at = "", None, key, None
            check.save(update_fields=["verdict", "reason", "key", "answered_at"])
            audit.log("self_check:taken_back", review=member.review, actor=member, data={"place": check.place})
        return _("The answer to a self-check is taken back. Your vote of before stands all the time.")
    if verdict not in verdicts_of(check.round.stage.kind) or (reason is not None and verdict != Verdict.EXCLUDE):
        raise VoteRefused(_("A reason goes with an exclusion only."))
    check.verdict, check.reason, check.key, check.answered_at = verdict.value, reason, key, timezone.now()
    check.save(update_fields=["verdict", "reason", "key", "answered_at"])
    audit.log("self_check:answered", review=member.review, actor=member, data={"place": check.place})
    return _said(check)


def _said(check: SelfCheck) -> str:
    if check.verdict == check.decision.verdict:
        return _("That was a self-check: you answered as before. Your vote stands; this one counts nowhere.")
    return _("That was a self-check: you answered otherwise than before. Your vote stands; this one counts nowhere.")


def taken_back(member: Member, round: ScreeningRound, key: str) -> SelfCheck | None:
    """Give the self-check whose answer the request of this key took back: the same click again."""
    found: SelfCheck | None = SelfCheck.objects.filter(round=round, member=member, key=key, answered_at=None).first()
    return found


def last(member: Member, round: ScreeningRound, n: int) -> list[SelfCheck]:
    """Give one's own newest answers."""
    if not round.rules.self_check:
        return []
    rows = SelfCheck.objects.filter(round=round, member=member).exclude(answered_at=None)
    return list(rows.select_related("record", "reason").order_by("-answered_at")[:n])
