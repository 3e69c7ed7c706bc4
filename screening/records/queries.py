"""Reads of records: everything about one of them that this member may see."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.deduplication.words import rule_word
from screening.models import FieldEdit, Merge, Record, Removal, Report, RoundRecord, ScreeningRound, SourceRecord, StudyLink
from screening.outcomes import groups
from screening.records.sentences import Told, tell
from screening.vocabulary import Outcome, StageKind, Verdict, Way


@dataclass(slots=True)
class Step:
    """One thing that happened to a record, with what is to be said of it."""

    at: datetime
    sign: str
    title: str
    who: str = ""
    verdict: str = ""
    lines: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    merge: Merge | None = None


@dataclass(slots=True)
class Story:
    """The history of one record, as far as this member may read it."""

    record: Record
    members: list[Record]
    entries: list[SourceRecord]
    steps: list[Step]
    outcomes: list[tuple[str, str, str]]
    reports: list[Report]
    studies: list[Any]
    removed: Removal | None
    rounds: list[RoundRecord]
    events: int

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(entry.search.source.name for entry in self.entries))


def story(member: Member, record: Record) -> Story:
    """Gather a head's files, merges, corrections, votes, decisions and reports, oldest first; what is not open is absent."""
    ids = groups.member_ids(record)
    members = list(Record.objects.filter(pk__in=ids).order_by("number"))
    entries = list(
        SourceRecord.objects.filter(record_id__in=ids)
        .select_related("upload__search__source", "upload__search__search_round", "entry__place__search__source", "record")
        .defer("abstract", "other", "notes")
        .order_by("upload__number", "entry__position")
    )
    steps = [
        *_of_entries(entries),
        *_of_merges(member, ids),
        *_of_edits(ids),
        *_of_removals(ids),
        *_of_votes(member, ids),
        *_of_resolutions(member, ids),
        *_of_notes(member, ids),
    ]
    reports = list(Report.objects.filter(visibility.of_known_records(member), record_id__in=ids).order_by("number"))
    links = list(StudyLink.objects.filter(report__in=reports, undone_at=None).select_related("study"))
    return Story(
        record=record,
        members=members,
        entries=entries,
        steps=sorted(steps, key=lambda step: step.at),
        outcomes=_outcomes(member, record),
        reports=reports,
        studies=[link.study for link in links],
        removed=Removal.objects.filter(record_id__in=ids, undone_at=None).first(),
        rounds=_my_rounds(member, record),
        events=visibility.events(member, record_numbers=[m.number for m in members]).count(),
    )


def _of_entries(entries: list[SourceRecord]) -> Iterator[Step]:
    if not entries:
        return
    first = min(entry.upload.uploaded_at for entry in entries)
    links = [
        {
            "upload": entry.upload.number, "position": entry.entry.position, "file": entry.upload.name,
            "withdrawn": entry.upload.is_withdrawn,
            "line": entry.entry.line, "last": entry.entry.line + entry.entry.raw.rstrip("\n").count("\n"), "accession": entry.accession,
            "source": entry.search.source.full_name,
        }
        for entry in entries
    ]  # fmt: skip
    uploads = len({entry.upload_id for entry in entries})
    title = _("%(entries)s in %(files)s") % {
        "entries": ngettext("%(n)s entry", "%(n)s entries", len(entries)) % {"n": len(entries)},
        "files": ngettext("%(n)s file", "%(n)s files", uploads) % {"n": uploads},
    }
    yield Step(first, "file-earmark-text", title, links=links)


def _of_merges(member: Member, ids: list[int]) -> Iterator[Step]:
    merges = Merge.objects.filter(Q(child_id__in=ids) | Q(parent_id__in=ids)).select_related("by__user", "by__review", "undone_by__review")
    for merge in merges:
        names = {"child": f"{merge.child_number:,}", "parent": f"{merge.parent_number:,}"}
        how = _how(merge)
        if merge.score is not None:
            how += _(", score %(score)s of 1,000") % {"score": merge.score}
        lines = [how + ".", *(_evidence(line) for line in merge.evidence if isinstance(line, dict))]
        yield Step(
            merge.at, "files", _("Record %(child)s merged into record %(parent)s") % names, who=merge.by.label if merge.by else "",
            lines=lines, merge=merge,
        )  # fmt: skip
        if merge.undone_at is not None:
            yield Step(
                merge.undone_at, "arrow-counterclockwise", _("Merge of record %(child)s undone") % names,
                who=merge.undone_by.label if merge.undone_by else "", quotes=[merge.undone_why or ""],
            )  # fmt: skip


def _how(merge: Merge) -> str:
    """Say by what a merge was made: the engine's rule, a person about these two, or a person about many at once."""
    if merge.by is None:
        return _("Engine %(version)s, rule ‘%(rule)s’") % {"version": merge.engine_version or "–", "rule": rule_word(merge.rule)}
    if merge.rule == "person":
        return _("%(who)s said so of these two") % {"who": merge.by.label}
    if merge.rule.startswith("bulk-"):
        return _("%(who)s said so of many pairs at once (answer %(n)s)") % {"who": merge.by.label, "n": merge.rule.removeprefix("bulk-")}
    return _("%(who)s made it again, rule ‘%(rule)s’") % {"who": merge.by.label, "rule": rule_word(merge.rule)}


def _evidence(line: dict[str, Any]) -> str:
    return str(line.get("says") or line.get("field") or "")


def _of_edits(ids: list[int]) -> Iterator[Step]:
    for edit in FieldEdit.objects.filter(record_id__in=ids).select_related("by__user", "by__review"):
        title = _("The field %(field)s corrected") % {"field": edit.field}
        yield Step(edit.at, "pencil", title, who=edit.by.label, quotes=[edit.value[:300]])


def _of_removals(ids: list[int]) -> Iterator[Step]:
    for removal in Removal.objects.filter(record_id__in=ids).select_related("by__review", "undone_by__review"):
        title = _("Removed before screening: %(reason)s") % {"reason": removal.get_reason_display()}
        yield Step(removal.at, "x-circle", title, who=removal.by.label, quotes=[removal.note])
        if removal.undone_at is not None:
            yield Step(removal.undone_at, "arrow-counterclockwise", _("Put back into screening"), who=removal.undone_by.label)


VOTERS = ("reviewer__user", "reviewer__review", "primary_reason", "round__stage", "record")


def _of_votes(member: Member, ids: list[int]) -> Iterator[Step]:
    votes = visibility.decisions(member, record_ids=ids)
    for vote in votes.select_related(*VOTERS, "set_aside__by__review", "set_aside__undone_by__review"):
        facts = [f"{vote.round.name}."]
        if vote.primary_reason is not None:
            facts.append(_("Reason: %(reason)s.") % {"reason": vote.primary_reason.text})
        if not vote.independent:
            facts.append(_("Cast when others’ votes were open."))
        if vote.set_aside_id is not None:
            yield _of_aside(vote)
            continue
        if vote.verdict == Verdict.WITHDRAWN:
            title, sign = _("Vote taken back"), "arrow-counterclockwise"
        else:
            title = _("Vote, replaced later") if vote.superseded_at else _("Vote")
            sign = {"include": "check-lg", "exclude": "x-lg"}.get(vote.verdict, "question-lg")
        yield Step(
            vote.received_at, sign, title, who=vote.reviewer.label, verdict="" if vote.verdict == Verdict.WITHDRAWN else vote.verdict,
            lines=[" ".join(facts)], quotes=[vote.note, vote.why],
        )  # fmt: skip


def _of_aside(vote: Any) -> Step:
    """A vote was set aside by the owner, or counts again."""
    aside, gone = vote.set_aside, vote.verdict == Verdict.WITHDRAWN
    title = _("Vote of %(who)s set aside: the record is screened again") if gone else _("Vote of %(who)s counts again")
    return Step(
        vote.received_at, "arrow-counterclockwise" if gone else "check-lg", title % {"who": vote.reviewer.label},
        who=(aside.by if gone or aside.undone_by is None else aside.undone_by).label, verdict="" if gone else vote.verdict,
        lines=[f"{vote.round.name}."], quotes=[aside.why if gone else aside.undone_why or ""],
    )  # fmt: skip


def _of_resolutions(member: Member, ids: list[int]) -> Iterator[Step]:
    for found in visibility.resolutions(member, record_ids=ids):
        facts = [f"{found.round.name}, {Way(found.way).label}."]
        if found.primary_reason is not None:
            facts.append(_("Reason: %(reason)s.") % {"reason": found.primary_reason.text})
        title = _("Final decision, withdrawn later") if found.superseded_at else _("Final decision")
        yield Step(
            found.at, "chat-left-text", title, who=found.by.label, verdict=found.verdict, lines=[" ".join(facts)], quotes=[found.rationale]
        )


def _of_notes(member: Member, ids: list[int]) -> Iterator[Step]:
    told = {(vote.reviewer_id, vote.note) for vote in visibility.decisions(member, record_ids=ids) if vote.note}
    for note in visibility.notes(member, record_ids=ids):
        if (note.by_id, note.text) not in told:
            yield Step(note.at, "chat-left-text", _("Note"), who=note.by.label, lines=[f"{note.stage}."], quotes=[note.text])


def _outcomes(member: Member, record: Record) -> list[tuple[str, str, str]]:
    known = visibility.outcomes(member).filter(record=record, decides=True).select_related("stage").order_by("stage__order")
    found = []
    for row in known:
        verdict = Verdict.INCLUDE if row.outcome == Outcome.GOES_ON else Verdict.EXCLUDE
        word = _("included") if row.stage.is_full_text else _("goes on")
        found.append((str(row.stage).capitalize(), verdict.value, word if verdict == Verdict.INCLUDE else _("excluded")))
    return found


def _my_rounds(member: Member, record: Record) -> list[RoundRecord]:
    if not member.may(Right.SCREEN):
        return []
    rows = RoundRecord.objects.filter(record=record, is_live=True, round__team__member=member).select_related("round__stage")
    return list(rows.filter(~Q(stage__kind=StageKind.FULL_TEXT) | visibility.place_known(member)).order_by("pk"))


def names(member: Member) -> Callable[[int | None], str]:
    """Give a function: member number → how that person is called here."""
    labels = {one.number: one.label for one in Member.objects.filter(review=member.review).select_related("review")}
    return lambda number: labels.get(number, _("Somebody")) if number is not None else _("The software")


def round_names(member: Member) -> Callable[[int | None], str]:
    """Give a function: round number → its name."""
    found = dict(ScreeningRound.objects.for_review(member.review).values_list("number", "name"))
    return lambda number: found.get(number, "") if number is not None else ""


def told(member: Member, events: Iterable[Any]) -> list[Told]:
    """Give events as sentences."""
    name, round_name = names(member), round_names(member)
    return [tell(event, name=name, round_name=round_name) for event in events]


def my_votes(member: Member) -> Iterator[list[Any]]:
    """Give one's own votes of all rounds for a table: those that stand, and what they replaced."""
    rows = visibility.decisions(member).filter(reviewer=member).select_related("round__stage", "record", "primary_reason", "criteria")
    rows = rows.prefetch_related("further_reasons__reason")
    for vote in rows.iterator(chunk_size=1000):
        yield [
            vote.round.name, str(vote.round.stage), vote.record.number, vote.record.title, vote.verdict,
            vote.primary_reason.text if vote.primary_reason else "", vote.note, vote.why, vote.independent, vote.criteria.number,
            vote.cast_at or vote.received_at, vote.received_at, vote.superseded_at, "; ".join(map(str, vote.further_reasons.all())),
        ]  # fmt: skip


VOTE_COLUMNS = (
    "round", "stage", "record", "title", "verdict", "reason", "note", "why", "independent", "criteria version", "cast at", "received at",
    "replaced at", "further reasons",
)  # fmt: skip
