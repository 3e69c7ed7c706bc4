"""Notes, labels, final decisions and what is said about a conflict, as far as a member may read it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from reviewapp.reviews.models import Member
from screening.models import Label, Labelling, Mention, Message, Note, Proposal, Record, Resolution, RoundRecord, Stage
from screening.visibility.opening import is_open, open_round_records
from screening.vocabulary import ProposalState


def my_notes(member: Member, stage: Stage, record_ids: Iterable[int]) -> QuerySet[Note]:
    """One's own notes on these records in a stage."""
    return Note.objects.filter(record_id__in=list(record_ids), stage=stage, by=member, superseded_at=None).exclude(text="")


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


def _still_closed(member: Member, record: OuterRef | Coalesce) -> QuerySet[RoundRecord]:
    """Places of a record in rounds still to be revealed that are not open to this member.

    What opened in another round (a pilot, the round before a re-look) opens nothing that is written meanwhile.
    """
    opened = open_round_records(member).filter(pk=OuterRef("pk"))
    return RoundRecord.objects.filter(record=record, is_live=True, round__revealed_at=None).filter(~Exists(opened))


def notes(member: Member, *, record_ids: Iterable[int]) -> QuerySet[Note]:
    """Notes this member may read: their own, and others' where the record is open in a round of that stage and closed in no other."""
    head = Coalesce(OuterRef("record__head"), OuterRef("record"))
    is_open_row = Exists(open_round_records(member).filter(stage=OuterRef("stage"), record=head))
    closed = Exists(_still_closed(member, head).filter(stage=OuterRef("stage")))
    found = Note.objects.filter(record_id__in=list(record_ids), superseded_at=None).exclude(text="")
    return found.filter(Q(by=member) | (is_open_row & ~closed)).select_related("by__user", "by__review", "stage").order_by("pk")


def any_labellings(heads: Iterable[int]) -> bool:
    """Say whether anybody put a label on these groups: to save the question of who may see it, never shown."""
    wanted = list(heads)
    on = Record.objects.filter(Q(pk__in=wanted) | Q(head_id__in=wanted)).order_by().values("pk")
    return Labelling.objects.filter(undone_at=None, record__in=on).exists()


def labellings(member: Member) -> QuerySet[Labelling]:
    """Labels on records that this member may see: all they put there, and the team's that others put where these say nothing of a vote.

    That is where every round to be revealed still in which they vote on the record is open to them there.
    """
    found = Labelling.objects.for_review(member.review).filter(undone_at=None)
    head = Coalesce(OuterRef("record__head"), OuterRef("record"))
    blind = _still_closed(member, head).filter(round__team__member=member)
    return found.filter(Q(by=member) | (Q(label__owner=None) & ~Exists(blind))).order_by("pk")


def labelled(member: Member, label: Label) -> Q:
    """A condition on RoundRecord (of a head): its record wears this label, as far as this member may see."""
    rows = labellings(member).filter(label=label).order_by()
    return Q(Exists(rows.filter(record=OuterRef("record")))) | Q(Exists(rows.filter(record__head=OuterRef("record"))))


def _group_ids(row: RoundRecord) -> list[int]:
    head = row.record.head_id or row.record_id
    return list(type(row.record)._base_manager.filter(Q(pk=head) | Q(head_id=head)).values_list("pk", flat=True))


def mentions(member: Member) -> QuerySet[Mention]:
    """Where this member is named in the talk about records that are open to them, and has not looked since."""
    rows = open_round_records(member).filter(
        round=OuterRef("message__round"), record=Coalesce(OuterRef("message__record__head"), OuterRef("message__record"))
    )
    found = Mention.objects.for_review(member.review).filter(member=member, seen_at=None).filter(Exists(rows))
    return found.select_related("message__record__head", "message__round", "message__by__review", "message__by__user").order_by("pk")
