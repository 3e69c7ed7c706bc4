"""The agenda of a meeting: conflicts and records to discuss that are open to the reader, with what was said, and room for the outcome."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from screening import visibility
from screening.conflicts.queries import ORDER, kind_of, newest_proposals, open_rows
from screening.labels import queries as labels
from screening.models import Record, RoundRecord
from screening.vocabulary import CLASHES, Verdict
from screening.writers import docx

#: A meeting gets through no more, and a page of more does not print.
AT_MOST = 200


@dataclass(slots=True)
class Voice:
    """What somebody voted in a round."""

    who: str
    round: str
    verdict: str
    reason: str
    note: str

    @property
    def word(self) -> str:
        return str(Verdict(self.verdict).label)


@dataclass(slots=True)
class Point:
    """One point of the agenda."""

    record: Record
    row: RoundRecord | None = None
    kind: str = ""
    asked_by: list[str] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    proposal: Any = None


@dataclass(slots=True)
class Agenda:
    """Points in their order, and how many conflicts were left out because there are too many."""

    points: list[Point]
    left_out: int = 0
    shown: list[RoundRecord] = field(default_factory=list)


def agenda(member: Member) -> Agenda:
    """Collect the conflicts that are open to the member, by round and number, then what is labelled *to discuss*."""
    clashes = open_rows(member).filter(outcome__in=CLASHES).order_by(*ORDER)
    rows = list(clashes.select_related("record", "round__stage", "round__rules")[: AT_MOST + 1])
    left_out = clashes.count() - AT_MOST if len(rows) > AT_MOST else 0
    rows = rows[:AT_MOST]
    asked = {point.record.pk: point for point in labels.agenda(member)}
    proposals = newest_proposals(member, rows)
    points = [Point(row.record, row, kind_of(row), proposal=proposals.get(row.pk)) for row in rows]
    here = {row.record_id for row in rows}
    points += [Point(point.record) for pk, point in asked.items() if pk not in here]
    for point in points:
        if point.record.pk in asked:
            point.asked_by = asked[point.record.pk].by
    shown = _fill(member, points)
    return Agenda(points, left_out, shown)


def _fill(member: Member, points: list[Point]) -> list[RoundRecord]:
    """Add votes and notes, only of records that are open: one's own on others would tell the meeting of them. Gives what is shown."""
    ids = {point.record.pk for point in points}
    group = dict(Record.objects.for_review(member.review).filter(head__in=ids).values_list("pk", "head"))
    group |= {pk: pk for pk in ids}
    opened = list(visibility.open_round_records(member).filter(record__in=ids).select_related("round", "stage"))
    places = {(row.round_id, row.record_id) for row in opened}
    stages = {(row.stage_id, row.record_id) for row in opened}
    voices: dict[int, dict[tuple[int, int], Voice]] = defaultdict(dict)
    own_notes: dict[tuple[int, int], str] = {}
    for note in visibility.notes(member, record_ids=group):
        head = group[note.record_id]
        if (note.stage_id, head) in stages:
            own_notes[head, note.by_id] = note.text
            _point(points, head).notes.append((note.by.label, note.text))
    for vote in visibility.current(visibility.decisions(member, record_ids=group)):
        head = group[vote.record_id]
        if (vote.round_id, head) in places:
            said = "" if vote.note == own_notes.get((head, vote.reviewer_id)) else vote.note
            reason = vote.primary_reason.text if vote.primary_reason else ""
            voices[head][vote.round_id, vote.reviewer_id] = Voice(vote.reviewer.label, vote.round.name, vote.verdict, reason, said)
    for point in points:
        of = voices[point.record.pk]
        point.voices = [voice for (round, _who), voice in of.items() if point.row is None or point.row.round_id == round]
    return [row for row in opened if voices[row.record_id]]


def _point(points: Iterable[Point], head: int) -> Point:
    return next(point for point in points if point.record.pk == head)


def as_docx(title: str, found: Agenda) -> bytes:
    """Write the agenda as a Word document: text and tables only."""
    parts: list[docx.Part] = []
    if found.left_out:
        parts.append(docx.text(_("%(n)s further conflicts are not on this agenda.") % {"n": f"{found.left_out:,}"}))
    for number, point in enumerate(found.points, start=1):
        record = point.record
        words = {"n": number, "record": record.number, "title": record.title or _("Without a title")}
        parts.append(docx.heading(_("%(n)s. Record %(record)s: %(title)s") % words))
        place = " · ".join(str(one) for one in (record.author_line, record.year, record.journal) if one)
        if place:
            parts.append(docx.text(place))
        parts.append(docx.text(_said(point)))
        if point.voices:
            head = [_("Who"), _("Round"), _("Vote"), _("Reason"), _("Note")]
            parts.append(docx.grid(head, [[v.who, v.round, v.word, v.reason, v.note] for v in point.voices]))
        parts += [docx.text(f"{who}: {text}") for who, text in point.notes]
        parts.append(docx.grid([_("Outcome"), _("Why"), _("Who does what")], [["\n\n\n", "", ""]]))
        parts.append(docx.text(""))
    if not found.points:
        parts.append(docx.text(_("Nothing that is open to you waits for a meeting.")))
    return docx.document(title, parts)


def _said(point: Point) -> str:
    said = [point.kind and _("Conflict: %(kind)s") % {"kind": point.kind}, point.row.round.name if point.row else ""]
    if point.asked_by:
        said.append(_("to discuss, asked for by %(who)s") % {"who": ", ".join(point.asked_by)})
    if point.proposal is not None:
        words = {"who": point.proposal.by.label, "verdict": Verdict(point.proposal.verdict).label}
        said.append(_("%(who)s proposes: %(verdict)s") % words)
    return ". ".join(one for one in said if one) + "."
