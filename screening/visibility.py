"""What a member may read of votes, final decisions, notes and events (DESIGN.md section 4; I13–I16).

The one module that turns facts about others into what somebody sees. Blinding is per (person, record, stage, round), and data that is
not open is not fetched. ``everything`` is for commands, snapshots and checks only.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviewapp.audit.models import Event
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right, Role
from screening.models import (
    Decision,
    Label,
    Labelling,
    LateVote,
    Mention,
    Message,
    Note,
    Opened,
    Proposal,
    Record,
    Recusal,
    Resolution,
    RoundMember,
    RoundRecord,
    ScreeningRound,
    SelfCheck,
    Stage,
    StudyLink,
)
from screening.vocabulary import CLASHES, SETTLED, Opens, Outcome, ProposalState, StageKind, Verdict, WhoSettles

#: Kinds of events that say nothing of anybody's judgement, and so are open to every member.
NEUTRAL = (
    "review:", "member:", "invitation:", "search:", "source:", "search_round:", "upload:", "import:", "entry:", "merge:", "pair:",
    "removal:", "stage:", "rules:", "criteria:", "round:", "sharing:", "field:", "export:", "snapshot:", "highlights:",
    "decision:set_aside", "declared:", "archive:", "scale", "form", "classification:rule", "classification:scale",
    "theme:created", "theme:changed", "theme:moved", "theme:retired", "theme:merged",
)  # fmt: skip
#: Kinds that tell that a record went on: open to who may know its outcome.
OF_OUTCOME = ("report:", "retrieval:", "fulltext:", "study:", "classification:agreed")
#: Kinds that tell that a study, named by its number, is included: open to who may know the outcome of one of its records at full text.
OF_INCLUSION = ("theme:placed", "theme:unplaced", "charting:")


def voted(member: Member) -> Q:
    """A condition on RoundRecord: I have a vote that stands on its group in its round. Index look-ups a row, never a scan of my votes."""
    mine = Decision.objects.filter(round=OuterRef("round"), reviewer=member, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
    mine = mine.order_by()
    return Q(Exists(mine.filter(record=OuterRef("record")))) | Q(Exists(mine.filter(record__head=OuterRef("record"))))


def _open_by_time(rounds: Iterable[ScreeningRound], moment: datetime) -> Q:
    """RoundRecords whose needed votes have been in for as long as the rule of their round asks."""
    condition = Q(pk__in=[])
    for round in rounds:
        if round.rules.opens == Opens.WHEN_IN:
            condition |= Q(round=round, votes_in_at__lte=moment - timedelta(minutes=round.rules.opens_after_minutes))
    return condition


def _rounds(review: Review) -> list[ScreeningRound]:
    return list(ScreeningRound.objects.for_review(review).select_related("rules"))


def settles(member: Member, round: ScreeningRound) -> bool:
    """Say whether this member is a third reviewer who settles conflicts of this round."""
    return member.ended_at is None and member.has_role(Role.ADJUDICATOR) and round.rules.who_settles != WhoSettles.CONSENSUS


def _may_open(member: Member, moment: datetime, rounds: list[ScreeningRound]) -> tuple[dict[str, Any], Q]:
    """Give what to annotate a RoundRecord with, and the condition that it is open to this member."""
    if member.ended_at is not None:
        return {}, Q(pk__in=[])
    revealed = [r.pk for r in rounds if r.revealed_at is not None]
    third = [r.pk for r in rounds if settles(member, r)]
    known: dict[str, Any] = {"mine": voted(member)}
    condition = Q(round__in=revealed) | (_open_by_time(rounds, moment) & Q(mine=True))
    if third:
        known["in_team"] = Exists(RoundMember.objects.filter(round=OuterRef("round"), member=member))
        known["ruled"] = Exists(
            Resolution.objects.filter(round=OuterRef("round"), by=member).filter(
                Q(record=OuterRef("record")) | Q(record__head=OuterRef("record"))
            )
        )
        lenient = [r.pk for r in rounds if settles(member, r) and r.rules.voters_may_settle]
        condition |= (
            Q(round__in=third)
            & (Q(outcome__in=CLASHES) | Q(ruled=True))
            & (Q(mine=False) | Q(round__in=lenient))
            & (Q(in_team=False) | Q(votes_in_at__isnull=False))
        )
    return known, condition


def open_round_records(member: Member, *, at: datetime | None = None, rounds: list[ScreeningRound] | None = None) -> QuerySet[RoundRecord]:
    """RoundRecords of the review that are *open* to this member now: others' votes on them may be read.

    ``rounds``: all rounds of the review with their rules, where they are at hand.
    """
    rounds = _rounds(member.review) if rounds is None else rounds
    known, condition = _may_open(member, at or timezone.now(), rounds)
    return RoundRecord.objects.for_review(member.review).annotate(**known).filter(condition)


def is_open(member: Member, row: RoundRecord) -> bool:
    """Say whether others' votes on this record in this round are open to this member."""
    return open_round_records(member).filter(pk=row.pk).exists()


def open_by_time(row: RoundRecord, round: ScreeningRound, *, at: datetime | None = None) -> bool:
    """Say whether the needed votes have been in for as long as the rule asks, so that they open to those who voted."""
    if round.rules.opens != Opens.WHEN_IN or row.votes_in_at is None:
        return False
    return row.votes_in_at + timedelta(minutes=round.rules.opens_after_minutes) <= (at or timezone.now())


def row_is_open(member: Member, row: RoundRecord, round: ScreeningRound, *, has_vote: bool) -> bool:
    """As ``is_open``, for one row at hand and one's own vote known: what ``open_round_records`` says, without its query."""
    if round.revealed_at is not None:
        return True
    if has_vote and open_by_time(row, round):
        return True
    return settles(member, round) and is_open(member, row)


def decisions(
    member: Member,
    *,
    record_ids: Iterable[int] | None = None,
    round: ScreeningRound | None = None,
    rounds: list[ScreeningRound] | None = None,
) -> QuerySet[Decision]:
    """Votes this member may read: their own always, others' where the record is open. All rows, superseded ones too.

    ``rounds``: as for ``open_round_records``.
    """
    rows = open_round_records(member, rounds=rounds)
    if round is not None:
        rows = rows.filter(round=round)
    is_open_row = Exists(rows.filter(round=OuterRef("round"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    found = Decision.objects.for_review(member.review).select_related(
        "reviewer__user", "reviewer__review", "primary_reason", "round__stage", "record"
    )
    if round is not None:
        found = found.filter(round=round)
    if record_ids is not None:
        found = found.filter(record_id__in=list(record_ids))
    return found.filter(Q(reviewer=member) | is_open_row).order_by("pk")


def current(found: QuerySet[Decision]) -> QuerySet[Decision]:
    """Of votes, those that stand now."""
    return found.filter(superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)


def my_votes(member: Member, round: ScreeningRound) -> QuerySet[Decision]:
    """One's own standing votes in a round, newest first."""
    return (
        Decision.objects.for_review(member.review)
        .filter(round=round, reviewer=member, superseded_at=None)
        .exclude(verdict=Verdict.WITHDRAWN)
        .select_related("record", "primary_reason")
        .order_by("-pk")
    )


def my_votes_in(member: Member, rounds: Iterable[ScreeningRound]) -> QuerySet[Decision]:
    """One's own standing votes in these rounds."""
    mine = Decision.objects.for_review(member.review).filter(reviewer=member, superseded_at=None, round__in=list(rounds))
    return mine.exclude(verdict=Verdict.WITHDRAWN)


def my_notes(member: Member, stage: Stage, record_ids: Iterable[int]) -> QuerySet[Note]:
    """One's own notes on these records in a stage."""
    return Note.objects.filter(record_id__in=list(record_ids), stage=stage, by=member, superseded_at=None).exclude(text="")


def my_marks(member: Member, round: ScreeningRound) -> set[int]:
    """Records on which one's own note or label would tell that one has judged them before."""
    notes = Note.objects.filter(stage=round.stage_id, by=member, superseded_at=None).exclude(text="").values_list("record", flat=True)
    labels = Labelling.objects.filter(review=member.review, by=member, undone_at=None).order_by().values_list("record", flat=True)
    return {*notes, *labels}


def self_checks(member: Member) -> QuerySet[SelfCheck]:
    """Answers of self-checks: one's own, and for an owner all of rounds that are revealed."""
    mine = Q(member=member)
    may = mine | Q(round__revealed_at__isnull=False) if member.may(Right.MANAGE) else mine
    found = SelfCheck.objects.for_review(member.review).filter(may).exclude(answered_at=None)
    return found.select_related("member__user", "member__review", "round__rules", "decision").order_by("pk")


def resolutions(member: Member, *, record_ids: Iterable[int] | None = None) -> QuerySet[Resolution]:
    """Final decisions this member may read: where the record is open."""
    rows = open_round_records(member)
    is_open_row = Exists(rows.filter(round=OuterRef("round"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    found = (
        Resolution.objects.for_review(member.review).filter(is_open_row).select_related("by__user", "by__review", "primary_reason", "round")
    )
    return found if record_ids is None else found.filter(record_id__in=list(record_ids))


def talk(member: Member, row: RoundRecord) -> tuple[list[Proposal], list[Message]]:
    """Proposals and messages about a record's conflict; nothing where it is not open."""
    if not is_open(member, row):
        return [], []
    ids = _group_ids(row)
    proposals = Proposal.objects.filter(round=row.round, record_id__in=ids).select_related("by__user", "by__review", "primary_reason")
    messages = Message.objects.filter(round=row.round, record_id__in=ids).select_related("by__user", "by__review")
    return list(proposals.prefetch_related("answers__by__user", "answers__by__review")), list(messages)


def proposals(member: Member, *, record_ids: Iterable[int]) -> QuerySet[Proposal]:
    """Proposals on these records that this member may read: where the record is open to them in that round. Newest first."""
    rows = open_round_records(member)
    is_open_row = Exists(rows.filter(round=OuterRef("round"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    found = Proposal.objects.for_review(member.review).filter(is_open_row, record_id__in=list(record_ids))
    return found.select_related("by__user", "by__review", "record").prefetch_related("answers").order_by("-pk")


def open_proposals_of(member: Member, by: Member) -> int:
    """How many proposals of somebody wait for an answer, among those on records open to this member."""
    rows = open_round_records(member)
    is_open_row = Exists(rows.filter(round=OuterRef("round"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    return Proposal.objects.for_review(member.review).filter(is_open_row, by=by, state=ProposalState.OPEN).count()


def notes(member: Member, *, record_ids: Iterable[int]) -> QuerySet[Note]:
    """Notes this member may read: their own, and others' where the record is open in a round of that stage."""
    rows = open_round_records(member)
    is_open_row = Exists(rows.filter(stage=OuterRef("stage"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    found = Note.objects.filter(record_id__in=list(record_ids), superseded_at=None).exclude(text="")
    return found.filter(Q(by=member) | is_open_row).select_related("by__user", "by__review", "stage").order_by("pk")


def outcomes(member: Member, *, at: datetime | None = None, rounds: list[ScreeningRound] | None = None) -> QuerySet[RoundRecord]:
    """RoundRecords of which this member may know that they go on or not. An outcome is not a vote: who did not vote may know it earlier.

    To its voters when the record is open to them; to others once it is settled and needs no more votes; under the strict rule to nobody
    before the close. ``rounds``: as for ``open_round_records``.
    """
    rounds = _rounds(member.review) if rounds is None else rounds
    strict = [r.pk for r in rounds if r.rules.opens == Opens.AT_CLOSE and r.revealed_at is None]
    known, is_open_now = _may_open(member, at or timezone.now(), rounds)
    not_mine = Q(mine=False) if "mine" in known else Q()
    settled = RoundRecord.objects.for_review(member.review).filter(outcome__in=SETTLED, is_live=True).exclude(round__in=strict)
    return settled.annotate(**known).filter(not_mine | is_open_now)


def known_to_all(member: Member) -> QuerySet[RoundRecord]:
    """Outcomes that no vote to come could still be swayed by: of revealed rounds, and of records whose votes are open by time.

    For handing records out again: whoever gets one learns what became of it.
    """
    rounds = _rounds(member.review)
    revealed = [r.pk for r in rounds if r.revealed_at is not None]
    return outcomes(member, rounds=rounds).filter(Q(round__in=revealed) | _open_by_time(rounds, timezone.now()))


def knows_outcomes(member: Member) -> Q:
    """A condition on Record: its title-and-abstract outcome, if it has a place there, may be known to this member."""
    known = outcomes(member).filter(record=OuterRef("pk"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    placed = RoundRecord.objects.filter(record=OuterRef("pk"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    return Q(Exists(known)) | ~Q(Exists(placed))


def placed(member: Member, round: ScreeningRound) -> QuerySet[RoundRecord]:
    """Live records of a round as far as this member may know of them: that one is at full text tells that it went on."""
    rows = RoundRecord.objects.filter(round=round, is_live=True)
    return rows.filter(place_known(member)) if round.stage.kind == StageKind.FULL_TEXT else rows


def place_known(member: Member) -> Q:
    """A condition on a RoundRecord at full text: its record's title-and-abstract outcome may be known to this member."""
    return Q(Exists(Record.objects.filter(knows_outcomes(member), pk=OuterRef("record"))))


def of_known_records(member: Member) -> Q:
    """A condition on Report: its record went on, and this member may know it."""
    known = outcomes(member).filter(record=OuterRef("record"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT, outcome=Outcome.GOES_ON)
    placed = RoundRecord.objects.filter(record=OuterRef("record"), decides=True, stage__kind=StageKind.TITLE_ABSTRACT)
    counted = Q(record__head=None, record__is_parked=False, record__is_removed=False)
    return counted & (Q(Exists(known)) | ~Q(Exists(placed)))


def any_labellings(heads: Iterable[int]) -> bool:
    """Say whether anybody put a label on these groups: to save the question of who may see it, never shown."""
    wanted = list(heads)
    on = Record.objects.filter(Q(pk__in=wanted) | Q(head_id__in=wanted)).order_by().values("pk")
    return Labelling.objects.filter(undone_at=None, record__in=on).exists()


def labellings(member: Member) -> QuerySet[Labelling]:
    """Labels on records that this member may see: all they put there, and the team's that others put where these say nothing of a vote.

    That is where the record is open to them, or where they vote on it in no round that is still to be revealed.
    """
    found = Labelling.objects.for_review(member.review).filter(undone_at=None)
    head = Coalesce(OuterRef("record__head"), OuterRef("record"))
    blind = RoundRecord.objects.filter(record=head, is_live=True, round__revealed_at=None, round__team__member=member)
    is_open_row = open_round_records(member).filter(record=head)
    return found.filter(Q(by=member) | (Q(label__owner=None) & (~Exists(blind) | Exists(is_open_row)))).order_by("pk")


def labelled(member: Member, label: Label) -> Q:
    """A condition on RoundRecord (of a head): its record wears this label, as far as this member may see."""
    rows = labellings(member).filter(label=label).order_by()
    return Q(Exists(rows.filter(record=OuterRef("record")))) | Q(Exists(rows.filter(record__head=OuterRef("record"))))


def events(member: Member, *, record_numbers: Iterable[int] | None = None) -> QuerySet[Event]:
    """Events this member may read: neutral ones, one's own, and those on records open to them in that round."""
    open_rows = open_round_records(member).filter(round__number=OuterRef("round_number")).annotate(shown=F("record__number"))
    followers = open_rows.filter(record__followers__number=OuterRef("record_number"))
    readable = Exists(open_rows.filter(record__number=OuterRef("record_number"))) | Exists(followers)
    own = Q(actor_number=member.number)
    known = Exists(outcomes(member).filter(stage__kind=StageKind.TITLE_ABSTRACT, record__number=OuterRef("record_number")))
    told = _kinds(NEUTRAL) | (_kinds(OF_OUTCOME) & Q(known)) | (_kinds(OF_INCLUSION) & Q(data__study__in=_included(member)))
    found = Event.objects.filter(review=member.review).filter(told | own | Q(readable)).select_related("text")
    if record_numbers is not None:
        found = found.filter(record_number__in=list(record_numbers))
    return found.order_by("seq")


def _kinds(prefixes: Iterable[str]) -> Q:
    """A condition on Event: its kind begins with one of these."""
    return reduce(or_, (Q(kind__startswith=prefix) for prefix in prefixes))


def _included(member: Member) -> list[int]:
    """Numbers of the studies of which this member may know that they are included: that one is charted tells it."""
    known = outcomes(member).filter(stage__kind=StageKind.FULL_TEXT, outcome=Outcome.GOES_ON, decides=True)
    links = StudyLink.objects.for_review(member.review).filter(Exists(known.filter(record=OuterRef("report__record"))))
    return list(links.values_list("study__number", flat=True).distinct())


def _group_ids(row: RoundRecord) -> list[int]:
    head = row.record.head_id or row.record_id
    return list(type(row.record)._base_manager.filter(Q(pk=head) | Q(head_id=head)).values_list("pk", flat=True))


def was_open(member: Member, round: ScreeningRound, record_ids: Iterable[int]) -> bool:
    """Say whether anything of another's on these records was ever open to this member in this round."""
    return Opened.objects.filter(round=round, member=member, record_id__in=list(record_ids)).exists()


def remember_open(head_ids: Iterable[int]) -> None:
    """Keep, before something changes, to whom these records are open now: what was seen once stays seen."""
    moment = timezone.now()
    rows = RoundRecord.objects.filter(record_id__in=list(head_ids), votes_in_at__isnull=False, round__revealed_at=None)
    rows = rows.select_related("round__rules", "record").defer("record__abstract")
    opened = [row for row in rows if open_by_time(row, row.round, at=moment)]
    if not opened:
        return
    heads = {row.record.head_id or row.record_id for row in opened}
    groups = dict(Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by().values_list("pk", Coalesce("head_id", "pk")))
    standing = Decision.objects.filter(record_id__in=list(groups), superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    voters: dict[tuple[int, int], set[int]] = {}
    for round_id, record_id, reviewer_id in standing.values_list("round_id", "record_id", "reviewer_id"):
        voters.setdefault((round_id, groups[record_id]), set()).add(reviewer_id)
    fresh = [
        Opened(review_id=row.review_id, round_id=row.round_id, record_id=row.record_id, member_id=reviewer_id)
        for row in opened
        for reviewer_id in voters.get((row.round_id, row.record.head_id or row.record_id), ())
    ]
    Opened.objects.bulk_create(fresh, ignore_conflicts=True)


def note_opened(member: Member, row: RoundRecord) -> None:
    """Keep that this member was shown others' votes on the record."""
    Opened.objects.bulk_create(
        [Opened(review_id=row.review_id, round_id=row.round_id, record_id=row.record_id, member=member)], ignore_conflicts=True
    )


def note_all_opened(member: Member, rows: Iterable[RoundRecord]) -> None:
    """As ``note_opened``, for many records at once."""
    Opened.objects.bulk_create(
        [Opened(review_id=row.review_id, round_id=row.round_id, record_id=row.record_id, member=member) for row in rows],
        ignore_conflicts=True,
    )


def vote_totals(member: Member, round: ScreeningRound) -> int | None:
    """How many records of the round wait for somebody else after my vote, as one total; None where the review does not say so."""
    if not round.rules.show_totals:
        return None
    waiting = RoundRecord.objects.filter(round=round, is_live=True, votes_in_at=None, settled_by_resolution=False)
    return waiting.annotate(mine=voted(member)).filter(mine=True).count()


def votes_so_far(round: ScreeningRound, heads: Iterable[int]) -> dict[int, int]:
    """Head → how many reviewers' votes stand on its group, where there are any: for handing out work only, never shown."""
    wanted = list(heads)
    groups = dict(Record.objects.filter(Q(pk__in=wanted) | Q(head_id__in=wanted)).order_by().values_list("pk", Coalesce("head_id", "pk")))
    votes = Decision.objects.filter(round=round, record_id__in=list(groups), superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
    voters = {(groups[record], reviewer) for record, reviewer in votes.order_by().values_list("record_id", "reviewer_id")}
    return Counter(head for head, _reviewer in voters)


def half_voted(member: Member, round: ScreeningRound) -> int | None:
    """How many records of the round have votes but not all, as one total; None where the review does not say so."""
    if not round.rules.show_totals:
        return None
    rows = RoundRecord.objects.filter(round=round, is_live=True, votes_in_at=None, settled_by_resolution=False)
    votes = Decision.objects.filter(round=round, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    heads = votes.annotate(speaks=Coalesce("record__head", "record")).values("speaks")
    return rows.filter(record__in=heads).count()


def votes_of_person(person: Member, round: ScreeningRound, which: Q) -> int | None:
    """How many votes of somebody stand in a round, of those that ``which`` names; None where the review does not say totals."""
    if not round.rules.show_totals and round.revealed_at is None:
        return None
    return my_votes(person, round).filter(which).count()


def late_votes(member: Member) -> QuerySet[LateVote]:
    """Votes that came after the close of their round: one's own, and all of them for an owner, as a closed round is revealed."""
    found = LateVote.objects.for_review(member.review).filter(round__revealed_at__isnull=False)
    found = found if member.may(Right.MANAGE) else found.filter(reviewer=member)
    people = ("reviewer__user", "reviewer__review", "admitted_by__user", "admitted_by__review", "left_by__user", "left_by__review")
    return found.select_related("round__stage", "record__head", "primary_reason", *people).order_by("pk")


def mentions(member: Member) -> QuerySet[Mention]:
    """Where this member is named in the talk about records that are open to them, and has not looked since."""
    rows = open_round_records(member).filter(
        round=OuterRef("message__round"), record=Coalesce(OuterRef("message__record__head"), OuterRef("message__record"))
    )
    found = Mention.objects.for_review(member.review).filter(member=member, seen_at=None).filter(Exists(rows))
    return found.select_related("message__record__head", "message__round", "message__by__review", "message__by__user").order_by("pk")


def recused(member: Member, round: ScreeningRound) -> QuerySet[Recusal]:
    """One's own records that one can't judge."""
    return Recusal.objects.filter(round=round, member=member, undone_at=None)


def handed_on(round: ScreeningRound) -> list[tuple[int, int]]:
    """Heads and the numbers of those who can't judge them: for handing out work only, never shown."""
    live = Recusal.objects.filter(round=round, undone_at=None).annotate(speaks=Coalesce("record__head", "record"))
    return list(live.values_list("speaks", "member__number"))


def places_voted(round: ScreeningRound) -> list[tuple[int, int]] | None:
    """Person's number and place in the shuffled order of each live record they voted on: for totals; None where these are not said."""
    if not round.rules.show_totals:
        return None
    votes = Decision.objects.filter(round=round, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    heads = votes.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", "reviewer__number").distinct()
    keys = dict(RoundRecord.objects.filter(round=round, is_live=True).values_list("record", "shuffle"))
    return [(number, keys[head]) for head, number in heads if head in keys]


class Everything:
    """All facts of a review, for commands, snapshots, reports of closed rounds and checks. Never for a page of a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def decisions(self, review: Review) -> QuerySet[Decision]:
        return Decision.objects.for_review(review)

    def resolutions(self, review: Review) -> QuerySet[Resolution]:
        return Resolution.objects.for_review(review)

    def events(self, review: Review) -> QuerySet[Event]:
        return Event.objects.filter(review=review)

    def notes(self, review: Review) -> QuerySet[Note]:
        return Note.objects.for_review(review)


def everything(reason: str) -> Everything:
    """Give access to all facts; ``reason`` says why, for the reader of the code."""
    return Everything(reason)
