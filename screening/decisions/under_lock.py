"""What a vote reads while it holds its locks, in plain SQL: put together by Django these statements were the slowest part of a vote."""

from collections.abc import Collection

from django.db import connection

from reviewapp.reviews.models import Member
from screening.models import Decision, RoundRecord, ScreeningRound
from screening.outcomes import locks

VOTES = """
SELECT vote.*, reason."order" AS reason_order
  FROM screening_decision vote LEFT JOIN screening_reason reason ON reason.id = vote.primary_reason_id
 WHERE vote.reviewer_id = %%s AND vote.key = %%s OR vote.record_id IN (%(ids)s) AND vote.superseded_at IS NULL AND vote.round_id = %%s
 ORDER BY vote.id
"""
ROW = "SELECT * FROM screening_roundrecord WHERE round_id = %s AND record_id = %s"
ROUND = "SELECT * FROM screening_screeninground WHERE id = %s"
LOOK = """
SELECT EXISTS (SELECT 1 FROM screening_roundmember WHERE round_id = %%s AND member_id = %%s),
       EXISTS (SELECT 1 FROM screening_hold WHERE round_id = %%s AND member_id = %%s AND record_id IN (%(ids)s)),
       EXISTS (SELECT 1 FROM screening_opened WHERE round_id = %%s AND member_id = %%s AND record_id IN (%(ids)s))
"""


def votes_of(member: Member, key: str, round: ScreeningRound, ids: Collection[int]) -> list[Decision]:
    """Give every vote that stands on a group in this round, and this person's vote of this key, oldest first.

    Each has ``reason_order``, for ``vote_of``. One statement whatever others voted: its number would tell.
    """
    return list(Decision.objects.raw(_for(VOTES, ids), [member.pk, key, *ids, round.pk]))


def row_of(round: ScreeningRound, head: int) -> tuple[RoundRecord | None, ScreeningRound]:
    """Give the row of a head in a round, None where it is not in it, and the round as it is now."""
    row = next(iter(RoundRecord.objects.raw(ROW, [round.pk, head])), None)
    (fresh,) = ScreeningRound.objects.raw(ROUND, [round.pk])
    fresh = locks.as_now(round, fresh)
    if row is not None:
        row.round = fresh
    return row, fresh


def look(member: Member, round: ScreeningRound, ids: Collection[int]) -> tuple[bool, bool, bool]:
    """Say whether this person is in the team, holds a card of the group, and ever had others' votes on it open before them."""
    place = [round.pk, member.pk]
    with connection.cursor() as cursor:
        cursor.execute(_for(LOOK, ids), [*place, *place, *ids, *place, *ids])
        in_team, held, was_open = cursor.fetchone()
    return bool(in_team), bool(held), bool(was_open)


def _for(statement: str, ids: Collection[int]) -> str:
    return statement % {"ids": ", ".join(["%s"] * len(ids))}
