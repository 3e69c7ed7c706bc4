"""Stages, rounds, rules and criteria: set up, open, fill, reveal, close."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.db import locks as place_locks
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.web.errors import DomainError
from screening.models import (
    CriteriaNote,
    CriteriaVersion,
    Reason,
    Record,
    Removal,
    Reopening,
    Report,
    RoundMember,
    RoundRecord,
    RuleVersion,
    ScreeningRound,
    SearchRound,
    SourceRecord,
    Stage,
)
from screening.outcomes import groups, locks
from screening.outcomes.facts import shuffle_key, single_below
from screening.outcomes.settle import any_votes, settle, settle_many
from screening.stages.names import names_somebody
from screening.vocabulary import CriterionChange, Opens, RemovalReason, RoundKind, StageKind, WhoSettles

SLICE = 1000

PRESETS: dict[str, dict[str, Any]] = {
    "covidence": {
        "maybe_counts_as_include": True,
        "reasons_may_conflict": True,
        "opens": Opens.WHEN_IN,
        "who_settles": WhoSettles.CONSENSUS_OR_THIRD,
    },
    "rayyan": {
        "maybe_counts_as_include": False,
        "reasons_may_conflict": False,
        "opens": Opens.AT_CLOSE,
        "who_settles": WhoSettles.CONSENSUS_OR_THIRD,
    },
}


class CannotDo(DomainError):
    """The step does not fit the state of the round or the record."""


def ensure_stages(review: Review, *, by: Member | None = None, preset: str = "covidence", **changes: Any) -> None:
    """Give a new review its two stages and their first rules; ``changes`` override the preset."""
    for order, kind in enumerate(StageKind, start=1):
        stage, made = Stage.objects.get_or_create(review=review, order=order, defaults={"kind": kind})
        if made:
            values = PRESETS[preset] | changes | {"reason_required": kind == StageKind.FULL_TEXT or changes.get("reason_required", False)}
            RuleVersion.objects.create(review=review, stage=stage, number=1, by=by, **values)


def stage_of(review: Review, kind: StageKind) -> Stage:
    """Give the first stage of a kind."""
    stage: Stage = Stage.objects.for_review(review).filter(kind=kind).order_by("order").get()
    return stage


def rules_of(stage: Stage) -> RuleVersion:
    """Give the present rules of a stage."""
    rules = RuleVersion.objects.filter(stage=stage).order_by("-number").first()
    assert rules is not None
    return rules


def criteria_of(review: Review) -> CriteriaVersion | None:
    """Give the present version of the criteria."""
    version: CriteriaVersion | None = CriteriaVersion.objects.for_review(review).order_by("-number").first()
    return version


@transaction.atomic
def publish_criteria(
    member: Member,
    *,
    include: Sequence[str],
    exclude: Sequence[str],
    reasons: Sequence[tuple[str, str]],
    change: CriterionChange,
    why: str = "",
) -> CriteriaVersion:
    """Make the next version. ``reasons`` = (key or "", text) in order; keys stay for ever, a reason left out is retired."""
    review = member.review
    kept: list[dict[str, str]] = []
    for order, (key, text) in enumerate(reasons, start=1):
        key = key or _free_key(review, text, {r["key"] for r in kept})
        Reason.objects.update_or_create(review=review, key=key, defaults={"text": text, "order": order, "retired_at": None})
        kept.append({"key": key, "text": text})
    Reason.objects.for_review(review).exclude(key__in=[r["key"] for r in kept]).filter(retired_at=None).update(retired_at=timezone.now())
    version = CriteriaVersion.objects.create(
        review=review,
        number=numbers.take(review, "criteria"),
        include=list(include),
        exclude=list(exclude),
        reasons=kept,
        change=change,
        why=why,
        by=member,
    )
    ScreeningRound.objects.for_review(review).filter(closed_at=None).update(criteria=version)
    audit.log("criteria:published", review=review, actor=member, data={"version": version.number, "change": change}, text=why)
    return version


@transaction.atomic
def note_criteria(member: Member, round: ScreeningRound, record: Record, *, text: str) -> CriteriaNote:
    """Keep how the present criteria are to be read, after talk about a record. Everybody reads it, also before they vote.

    The event names no record: that it was talked about says that its votes differed.
    """
    text = text.replace("\x00", "").strip()
    version = criteria_of(member.review)
    if version is None:
        raise CannotDo(_("Write the criteria first."))
    if not text:
        raise CannotDo(_("Write the note first."))
    people = Member.objects.for_review(member.review).select_related("user")
    if names_somebody(text, [one.user.display_name for one in people]):
        raise CannotDo(_("This note names a person. It is read before voting: say how the criterion is to be read, not who voted what."))
    note = CriteriaNote.objects.create(review=member.review, criteria=version, round=round, record=record, text=text, by=member)
    audit.log("criteria:noted", review=member.review, actor=member, data={"version": version.number}, text=text)
    return note


def _free_key(review: Review, text: str, taken: set[str]) -> str:
    base = slugify(text)[:34] or "reason"
    used = taken | set(Reason.objects.for_review(review).values_list("key", flat=True))
    return base if base not in used else next(f"{base}-{n}" for n in range(2, 1000) if f"{base}-{n}" not in used)


@transaction.atomic
def open_round(
    member: Member,
    *,
    kind: RoundKind,
    stage: Stage,
    name: str,
    team: Collection[Member],
    search_round: SearchRound | None = None,
    record_ids: Collection[int] | None = None,
    shows_own_votes: bool = False,
) -> ScreeningRound:
    """Open a round with its team. A main or update round takes its records by itself; a pilot, practice or re-look takes ``record_ids``.

    ``shows_own_votes``: in a re-look, each sees their own earlier vote on the card.
    """
    review = member.review
    place_locks.exclusive(place_locks.Space.PLACES, review.pk)  # a record that arrives now waits, and finds the round
    criteria = criteria_of(review)
    if criteria is None:
        raise CannotDo(_("Write the criteria first: every vote carries the version that was shown."))
    rules = rules_of(stage)
    if not team:
        raise CannotDo(_("Choose who votes in this round."))
    deciding = kind in (RoundKind.MAIN, RoundKind.UPDATE)
    if record_ids is not None and not record_ids:
        raise CannotDo(_("There is no record for this round. Choose others."))
    if (deciding or kind == RoundKind.RELOOK) and len(team) < rules.votes_needed:
        raise CannotDo(
            _("This stage needs %(needed)s votes on each record; choose at least as many people.") % {"needed": rules.votes_needed}
        )
    round = ScreeningRound.objects.create(
        review=review,
        number=numbers.take(review, "round"),
        stage=stage,
        kind=kind,
        name=name,
        search_round=search_round,
        rules=rules,
        criteria=criteria,
        shows_own_votes=shows_own_votes,
    )
    for one in team:
        join_team(round, one)
    if record_ids is not None:
        _add(round, list(record_ids))
    elif deciding:
        _add(round, _candidates(round))
    audit.log("round:opened", review=review, actor=member, round=round, data={"kind": kind, "team": [one.number for one in team]})
    return round


def join_team(round: ScreeningRound, member: Member) -> RoundMember:
    """Let a person vote in a round, with a place of their own in the shuffled order."""
    seed = blake2b(f"{round.review.uid}:{round.number}:{member.number}".encode(), digest_size=7).digest()
    offset, backwards = int.from_bytes(seed[:6]), bool(seed[6] & 1)
    place, _made = RoundMember.objects.get_or_create(
        review=round.review, round=round, member=member, defaults={"offset": offset, "backwards": backwards}
    )
    return place


def _candidates(round: ScreeningRound) -> list[int]:
    """Records that a new main or update round takes: not yet placed in the stage, and of its search round (or, at full text, going on)."""
    placed = RoundRecord.objects.filter(stage=round.stage, round__kind__in=(RoundKind.MAIN, RoundKind.UPDATE), record=OuterRef("pk"))
    records = Record.objects.counted().for_review(round.review).filter(~Exists(placed))
    if round.stage.kind == StageKind.FULL_TEXT:
        return list(records.filter(Exists(Report.objects.filter(record=OuterRef("pk")))).values_list("pk", flat=True))
    if round.search_round is not None:
        of_round = SourceRecord.objects.filter(upload__search__search_round=round.search_round, upload__is_withdrawn=False)
        records = records.filter(Exists(of_round.filter(Q(record=OuterRef("pk")))))
    screened = SourceRecord.objects.filter(upload__search__source__straight_to_retrieval=False, upload__is_withdrawn=False)
    speaks = screened.for_review(round.review).annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", flat=True)
    # two passes, put together here: just after an import PostgreSQL knows nothing of the new rows, and would compare each with each
    speaking = set(speaks.order_by())
    return [pk for pk in records.values_list("pk", flat=True) if pk in speaking]


def _add(round: ScreeningRound, record_ids: list[int]) -> None:
    needed = round.team.count() if round.kind in (RoundKind.PILOT, RoundKind.PRACTICE) else round.rules.votes_needed
    border = single_below(round)
    for start in range(0, len(record_ids), SLICE):
        part = record_ids[start : start + SLICE]
        numbered = Record.objects.filter(pk__in=part).values_list("pk", "number")
        found = [(pk, shuffle_key(round, number)) for pk, number in numbered]
        RoundRecord.objects.bulk_create(
            [
                RoundRecord(
                    review=round.review, round=round, stage=round.stage, record_id=pk, needed=1 if key < border else needed, shuffle=key
                )
                for pk, key in found
            ],
            ignore_conflicts=True,
        )
        settle_many(part)


def admit(review: Review, record_ids: Sequence[int], search_round: SearchRound) -> None:
    """Let new records join the open round of their search round (title and abstract), or go straight to retrieval. One slice."""
    place_locks.shared(place_locks.Space.PLACES, review.pk)
    straight = set(
        SourceRecord.objects.filter(record_id__in=record_ids, upload__search__source__straight_to_retrieval=True).values_list(
            "record_id", flat=True
        )
    )
    round = (
        ScreeningRound.objects.for_review(review)
        .filter(
            stage__kind=StageKind.TITLE_ABSTRACT, kind__in=(RoundKind.MAIN, RoundKind.UPDATE), closed_at=None, search_round=search_round
        )
        .select_related("rules", "stage", "review")
        .order_by("-number")
        .first()
    )
    if round is not None:
        _add(round, [pk for pk in record_ids if pk not in straight])
    if straight:
        settle_many(straight)


@transaction.atomic
def close_round(member: Member, round: ScreeningRound) -> ScreeningRound:
    """End voting and reveal. Settling goes on after the close; decisions whose votes changed afterwards must be confirmed first."""
    round = locks.for_close(round)
    if round.closed_at is not None:
        return round
    changed = RoundRecord.objects.filter(round=round, is_live=True, vote_changed_after=True).count()
    if changed:
        raise CannotDo(
            _("%(n)s final decisions have votes that changed afterwards. Confirm or withdraw them, then close the round.") % {"n": changed}
        )
    moment = timezone.now()
    values: dict[str, Any] = {"closed_at": moment, "closed_by": member}
    if round.revealed_at is None:
        values |= {"revealed_at": moment, "revealed_by": member}
    ScreeningRound.objects.filter(pk=round.pk).update(**values)
    _settle_all(round)
    waiting = RoundRecord.objects.filter(round=round, is_live=True, outcome="waiting").count()
    audit.log("round:closed", review=member.review, actor=member, round=round, data={"waiting": waiting})
    round.refresh_from_db()
    return round


@transaction.atomic
def reveal_round(member: Member, round: ScreeningRound, *, why: str) -> ScreeningRound:
    """Open all votes of a round before its close. Does not go back; votes cast from now on are not independent."""
    if not why.strip():
        raise CannotDo(_("Say why the votes are opened before the round is closed; the reason is kept in the history."))
    round = locks.for_close(round)
    if round.revealed_at is None:
        ScreeningRound.objects.filter(pk=round.pk).update(revealed_at=timezone.now(), revealed_by=member)
        _settle_all(round)
        audit.log("round:revealed", review=member.review, actor=member, round=round, text=why)
        round.refresh_from_db()
    return round


def _settle_all(round: ScreeningRound) -> None:
    # also what a withdrawn file brought: its rows say nothing now, and must be right when it comes back
    ids = list(RoundRecord.objects.filter(round=round).values_list("record_id", flat=True))
    for start in range(0, len(ids), SLICE):
        settle_many(ids[start : start + SLICE])


@transaction.atomic
def reopen_record(member: Member, round: ScreeningRound, record: Record, *, why: str) -> None:
    """Let one record of a closed round be voted on again, until it is settled."""
    if not why.strip():
        raise CannotDo(_("Say why this record is opened again; the reason is kept in the history."))
    round, head = locks.for_vote(round, record)
    if round.is_open:
        raise CannotDo(_("The round is open: votes can be changed as they are."))
    Reopening.objects.get_or_create(review=member.review, round=round, record=head, ended_at=None, defaults={"by": member, "why": why})
    settle(head)
    audit.log("round:record_reopened", review=member.review, actor=member, round=round, record=head, text=why)


@transaction.atomic
def set_rules(member: Member, stage: Stage, **values: Any) -> RuleVersion:
    """Make the next version of a stage's rules; it applies at once to every record of rounds that are not closed."""
    old = rules_of(stage)
    names = [f.name for f in RuleVersion._meta.concrete_fields if f.name not in ("id", "review", "stage", "number", "by", "at")]
    kept = {name: getattr(old, name) for name in names} | values
    if stage.is_full_text:
        kept["reason_required"] = True
    fresh = RuleVersion.objects.create(review=member.review, stage=stage, number=old.number + 1, by=member, **kept)
    for round in ScreeningRound.objects.filter(stage=stage, closed_at=None).order_by("pk"):
        locks.for_close(round)
        ScreeningRound.objects.filter(pk=round.pk).update(rules=fresh)
        if round.decides:
            RoundRecord.objects.filter(round=round).update(needed=fresh.votes_needed)
            RoundRecord.objects.filter(round=round, shuffle__lt=single_below(round)).update(needed=1)
        round.refresh_from_db()
        _settle_all(round)
    changed = sorted(name for name in names if getattr(old, name) != getattr(fresh, name))
    audit.log("rules:changed", review=member.review, actor=member, data={"stage": stage.kind, "version": fresh.number, "changed": changed})
    return fresh


@transaction.atomic
def remove(member: Member, record: Record, *, reason: RemovalReason, note: str = "") -> None:
    """Remove a record before screening, for a reason of the closed list; only before any vote."""
    head = locks.heads([record.pk])[0]
    ids = groups.member_ids(head)
    if any_votes(ids):
        raise CannotDo(_("This record has votes. What needs judgement is screening: exclude it there."))
    gone = set(Removal.objects.filter(record_id__in=ids, undone_at=None).values_list("record_id", flat=True))
    Removal.objects.bulk_create(
        [Removal(review=member.review, record_id=pk, reason=reason, by=member, note=note) for pk in ids if pk not in gone]
    )
    settle(head)
    audit.log("removal:made", review=member.review, actor=member, record=head, data={"reason": reason}, text=note)


@transaction.atomic
def take_back_removal(member: Member, record: Record) -> None:
    """Put a removed record back into screening."""
    head = locks.heads([record.pk])[0]
    ids = groups.member_ids(head)
    Removal.objects.filter(record_id__in=ids, undone_at=None).update(undone_at=timezone.now(), undone_by=member)
    settle(head)
    audit.log("removal:undone", review=member.review, actor=member, record=head)


def settle_everything(record_ids: Iterable[int]) -> None:
    """Settle any number of records, in slices."""
    ids = list(record_ids)
    for start in range(0, len(ids), SLICE):
        settle_many(ids[start : start + SLICE])
