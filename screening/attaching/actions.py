"""Keep a file with votes, write its votes when the owner says so, take them back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from typing import Any, BinaryIO, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web import files
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.attaching import contents, queries, rules
from screening.importing import actions as importing
from screening.importing import bulk
from screening.models import Decision, ScreeningRound, VotesFile
from screening.outcomes import locks
from screening.outcomes.facts import purpose_of
from screening.outcomes.settle import settle_many
from screening.vocabulary import Verdict

VoteT = TypeVar("VoteT")
#: So many records are written at a time.
SLICE = 1000
#: What the row that takes a vote back has in common with it.
AS_BEFORE = ("record_id", "round_id", "stage_id", "stage_kind", "reviewer_id", "purpose", "criteria_id")
#: [{"person": name in the file, "member": number, "independent": a word of Independence}]
Said = Sequence[Mapping[str, Any]]


class CannotAttach(DomainError):
    """These votes cannot be written, or taken back."""

    status = 422


def keep(member: Member, round: ScreeningRound, file: BinaryIO, filename: str) -> VotesFile:
    """Keep a file with decisions as it came; no vote is written by it. Raises NotTaken, CannotAttach."""
    _must_be_open(round)
    with importing.arriving(file) as arrived:
        contents.read(arrived.file, filename, limits=importing.limits())
        same = VotesFile.objects.for_review(member.review).filter(round=round, sha256=arrived.sha256, undone_at=None).first()
        if same is not None:
            if same.attached_at is None:
                return same  # sent twice, and not attached yet: the page that waits
            raise CannotAttach(_("The votes of this very file are attached to this round already: file %(n)s.") % {"n": same.number})
        stored_as = files.keep(arrived, folder="votes")
        with transaction.atomic():
            kept: VotesFile = VotesFile.objects.create(
                review=member.review, number=numbers.take(member.review, "votes_file"), round=round, filename=_label(filename),
                stored_as=stored_as, sha256=arrived.sha256, size=arrived.size, by=member,
            )  # fmt: skip
            data = {"votes_file": kept.number, "sha256": arrived.sha256, "size": arrived.size}
            audit.log("votes:file_received", review=member.review, actor=member, round=round, data=data)
    return kept


def _label(filename: str) -> str:
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-255:].strip() or "file"


def _must_be_open(round: ScreeningRound) -> None:
    if not round.is_open:
        raise CannotAttach(_("The round “%(name)s” is closed. Votes can be attached to an open round only.") % {"name": round.name})


def attach(
    member: Member, file: VotesFile, found: queries.Matched, people: Mapping[str, rules.Person], reasons: Mapping[str, int],
    said: Said, which: Mapping[int, int] | None = None,
) -> int:  # fmt: skip
    """Write the votes of a file and give how many. ``said`` is kept: which person is which member, and whether independent; of ``which``,
    the records that were chosen by hand, the history keeps their numbers.

    Never over a vote that stands; how many these were is told nowhere. Raises CannotAttach where the round was closed or the file
    attached meanwhile, or the file has no decision for these people and this round.
    """
    if not any(person.member for person in people.values()):
        raise CannotAttach(_("Choose for at least one person of the file which member it is."))
    with transaction.atomic():
        round = locks.for_close(file.round)
        _must_be_open(round)
        members = {person.member for person in people.values() if person.member is not None}
        if not members <= {one.pk for one in queries.team_of(round)}:
            raise CannotAttach(_("Only members of the team of this round can have votes in it."))
        plan = rules.plan(found.told(), people, reasons, queries.place_of(member, round, members))
        if not plan.offered:
            raise CannotAttach(_("No decision of these people can be written as a vote. The table says why."))
        claimed = VotesFile.objects.filter(pk=file.pk, attached_at=None)
        if not claimed.update(attached_at=timezone.now(), attached_by=member, people=list(said), written=len(plan.votes)):
            raise CannotAttach(_("The votes of this file are attached already."))
        for part in _by_records(plan.votes, lambda vote: vote.head):
            _write(file, round, part)
        data = {"votes_file": file.number, "members": sorted({one["member"] for one in said}), "count": len(plan.offered)}
        if which:
            chosen = queries.matching.numbers_of(which.values())
            data["chosen"] = [[place + 1, chosen[head]] for place, head in sorted(which.items()) if head in chosen]
        audit.log("votes:attached", review=member.review, actor=member, round=round, data=data | {"digest": digest(plan.offered)})
    return len(plan.votes)


def _by_records(votes: Sequence[VoteT], record: Callable[[VoteT], int]) -> Iterable[list[VoteT]]:
    """Give votes, which are in the order of their records, in slices that part no record."""
    groups = [list(own) for _record, own in groupby(votes, key=record)]
    for start in range(0, len(groups), SLICE):
        yield list(chain.from_iterable(groups[start : start + SLICE]))


def _write(file: VotesFile, round: ScreeningRound, votes: Sequence[rules.Vote]) -> None:
    heads = sorted({vote.head for vote in votes})
    locks.heads(heads, lean=True)
    visibility.remember_open(heads)
    now = timezone.now()
    before = _taken_back_before(round, heads)
    Decision.objects.filter(pk__in=list(before.values()), superseded_at=None).update(superseded_at=now)
    purpose, why = purpose_of(round), _("From the file %(name)s.") % {"name": file.filename}
    same = {
        "review_id": file.review_id, "round_id": round.pk, "stage_id": round.stage_id, "stage_kind": round.stage.kind, "purpose": purpose,
        "why": why, "criteria_id": round.criteria_id, "received_at": now, "votes_file_id": file.pk,
    }  # fmt: skip
    rows = [
        {
            "record_id": vote.head, "reviewer_id": vote.member, "verdict": vote.verdict, "primary_reason_id": vote.reason,
            "note": vote.note, "independent": vote.independent and round.revealed_at is None, "key": f"file:{file.number}:{vote.head}",
            "cast_at": _moment(vote.time), "supersedes_id": before.get((vote.head, vote.member)),
        }
        for vote in votes
    ]  # fmt: skip
    bulk.insert_values(Decision, [same | row for row in rows])
    settle_many(heads)


def _taken_back_before(round: ScreeningRound, heads: Iterable[int]) -> dict[tuple[int, int], int]:
    """Give the rows *withdrawn* that an earlier file left, (record, reviewer) → row: the only ones a vote of a file may follow."""
    rows = Decision.objects.filter(round=round, record_id__in=list(heads), superseded_at=None, verdict=Verdict.WITHDRAWN)
    left = rows.exclude(votes_file=None).values_list("record_id", "reviewer_id", "pk")
    return {(record, reviewer): pk for record, reviewer, pk in left}


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.strip()[:40].replace(" UTC", "Z").replace("/", "-"))
    except ValueError:
        return None
    if found is None:
        return None
    found = found if timezone.is_aware(found) else timezone.make_aware(found)
    return found if found <= timezone.now() else None


def take_back(member: Member, file: VotesFile, why: str = "") -> int:
    """Take back the votes of a file that still stand; gives how many. Votes that their member changed since stay."""
    with transaction.atomic():
        round = locks.for_close(file.round)
        if not round.is_open:
            raise CannotAttach(_("The round is closed: its votes stay. Reopen single records instead."))
        claimed = VotesFile.objects.filter(pk=file.pk, undone_at=None).exclude(attached_at=None)
        if not claimed.update(undone_at=timezone.now(), undone_by=member, undone_why=why.strip()):
            raise CannotAttach(_("The votes of this file are not attached any more. Load the page again."))
        standing = Decision.objects.filter(votes_file=file, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
        votes = list(standing.order_by("record", "pk").values("pk", "key", *AS_BEFORE))
        for part in _by_records(votes, lambda vote: vote["record_id"]):
            _withdraw(file, part)
        data = {"votes_file": file.number, "digest": digest([vote["key"] for vote in votes])}
        audit.log("votes:taken_back", review=member.review, actor=member, round=round, data=data, text=why)
    return len(votes)


def _withdraw(file: VotesFile, votes: Sequence[Mapping[str, Any]]) -> None:
    heads = [head.pk for head in locks.heads({vote["record_id"] for vote in votes}, lean=True)]
    visibility.remember_open(heads)
    now = timezone.now()
    Decision.objects.filter(pk__in=[vote["pk"] for vote in votes]).update(superseded_at=now)
    same = {"review_id": file.review_id, "verdict": Verdict.WITHDRAWN, "independent": False, "received_at": now, "votes_file_id": file.pk}
    rows = [
        {name: vote[name] for name in AS_BEFORE} | {"key": f"file-back:{file.number}:{vote['pk']}", "supersedes_id": vote["pk"]}
        for vote in votes
    ]
    bulk.insert_values(Decision, [same | row for row in rows])
    settle_many(heads)
