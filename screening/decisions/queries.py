"""What the screening page shows: cards in batches, and one's own last votes. Nothing of others'."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from screening import visibility
from screening.decisions import self_check
from screening.decisions.highlights import WordList, mark, parse, total
from screening.decisions.rules import likely_own
from screening.decisions.sections import split
from screening.labels import queries as labels
from screening.labels.queries import Worn
from screening.models import HighlightList, Reason, Record, RoundRecord, ScreeningRound, SourceRecord, name_of_file, of_search
from screening.models.searches import on_platform
from screening.vocabulary import RoundKind, Verdict

AHEAD = 6
#: How far a page with scripts is told what comes next; it asks again while it still holds a few of them (screen.js: LOW).
MORE = 12
SOON = 1
RECENT = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason to exclude, with its key on the keyboard."""

    number: int
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own vote that stands on a record. ``key`` is the name it was sent with: the page sends it back as ``seen``."""

    number: int
    title: str
    key: str
    verdict: str
    reason: str
    reason_text: str
    note: str
    at: datetime
    is_check: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """A list of words in the legend, with how often it was found on the card."""

    kind: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a record was found: an entry of a file of a source."""

    source: str
    platform: str
    filename: str
    accession: str

    @property
    def full_name(self) -> str:
        return on_platform(self.source, self.platform)


@dataclass(slots=True)
class Card:
    """Everything the page shows of one record in one round."""

    record: Record
    row: RoundRecord
    title: SafeString
    sections: list[tuple[str, SafeString]]
    legend: list[Legend]
    sources: list[str]
    entries: list[Found]
    mine: Mine | None
    note: str
    recused: str = ""
    asks_own: bool = False
    labels: list[Worn] = field(default_factory=list)
    earlier: list[Mine] = field(default_factory=list)  # one's own votes in earlier rounds, where a re-look shows them
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def seen(self) -> str:
        return self.mine.key if self.mine else ""

    @property
    def is_open(self) -> bool:
        return self.row.is_live and (self.row.round.is_open or self.row.reopened)

    @property
    def web_url(self) -> str:
        """The record's link, if it is one of the web."""
        url = self.record.url.strip()
        return url if url.lower().startswith(("http://", "https://")) else ""

    @property
    def pmid_url(self) -> str:
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.record.pmid}/" if self.record.pmid.isdecimal() else ""


@lru_cache(maxsize=200)
def _parsed(kind: str, name: str, words: str) -> WordList:
    return parse(kind, name, words)


def word_lists(member: Member) -> list[WordList]:
    """Give the review's lists of words to mark, and after them one's own."""
    lists = [_parsed(found.kind, found.name, found.words) for found in HighlightList.objects.for_review(member.review)]
    return [*lists, _parsed("me", _("My words"), member.words)] if member.words.strip() else lists


def choices(round: ScreeningRound) -> list[Choice]:
    """Give the reasons of the criteria that hold in a round, numbered in their order."""
    return [Choice(number, reason["key"], reason["text"]) for number, reason in enumerate(round.criteria.reasons, start=1)]


def reasons_named(round: ScreeningRound, names: Iterable[str]) -> list[Reason] | None:
    """Find reasons by number in order or by key; None when one of them is not in the list."""
    names = list(names)
    if not names:
        return []
    listed = choices(round)
    wanted = [next((c.key for c in listed if name in (str(c.number), c.key)), None) for name in names]
    if None in wanted:
        return None
    found = {reason.key: reason for reason in Reason.objects.for_review(round.review).filter(key__in=wanted)}
    return [found[key] for key in wanted if key in found]


def cards(
    member: Member, round: ScreeningRound, rows: Sequence[RoundRecord], *, anew: int | None = None, queued: bool = False,
) -> list[Card]:  # fmt: skip
    """Give the cards of these rows, in their order, in a fixed number of queries. ``anew``: the record that comes as if never seen.

    ``queued``: all of them come from one's own queue, so one has handed none of them on, and voted on none that no merge brought back.
    """
    heads = [row.record_id for row in rows]
    if not heads:
        return []
    lists = word_lists(member)
    not_mine = set(member.not_mine)
    group = _heads_of_group(heads)
    entries = _found(group)
    mine = _my_votes_on(member, round, _merged(group) if queued else group)
    notes = {note.record_id: note.text for note in visibility.my_notes(member, round.stage, heads)}
    worn = labels.worn(member, [row.record for row in rows])
    earlier = my_earlier_votes(member, round, heads) if round.shows_own_votes else {}
    recused = visibility.recused(member, round).filter(record_id__in=heads)
    handed_on = {} if queued else dict(recused.values_list("record_id", "kind"))
    found = []
    for row in rows:
        row.round = round
        record = row.record
        title = mark(record.title, lists)
        parts = [(section.head, mark(section.text, lists)) for section in split(record.abstract)]
        counts = total([title.counts, *(marked.counts for _head, marked in parts)], len(lists))
        of_card = entries.get(row.record_id, [])
        found.append(
            Card(
                record=record,
                row=row,
                title=mark_safe(title.html),
                sections=[(head, mark_safe(marked.html)) for head, marked in parts],
                legend=[Legend(words.kind, words.name, n) for words, n in zip(lists, counts, strict=True)],
                sources=list(dict.fromkeys(entry.source for entry in of_card)),
                entries=of_card,
                mine=mine.get(row.record_id) if row.record_id != anew else None,
                note=notes.get(row.record_id, ""),
                recused=handed_on.get(row.record_id, ""),
                asks_own=record.number not in not_mine and likely_own(member.user.name, record.authors),
                labels=worn.get(row.record_id, []),
                earlier=earlier.get(row.record_id, []),
            )
        )
    return found


def _found(group: dict[int, int]) -> dict[int, list[Found]]:
    """Give head → where the records of its group were found, oldest first."""
    found: dict[int, list[Found]] = {}
    rows = SourceRecord.objects.filter(record__in=list(group), upload__is_withdrawn=False).order_by("pk")
    source = of_search("source__name"), of_search("source__platform")
    for record, name, platform, filename, accession in rows.values_list("record_id", *source, "upload__filename", "accession"):
        found.setdefault(group[record], []).append(Found(name, platform, name_of_file(filename), accession))
    return found


def _heads_of_group(heads: Collection[int]) -> dict[int, int]:
    """Give record → head, of all records that these heads speak for."""
    rows = Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by().values_list("pk", "head_id")
    return {pk: head or pk for pk, head in rows}


def _merged(group: dict[int, int]) -> dict[int, int]:
    """Of record → head, those whose head speaks for others too."""
    several = {head for record, head in group.items() if record != head}
    return {record: head for record, head in group.items() if head in several}


def my_votes_on(member: Member, round: ScreeningRound, heads: Collection[int]) -> dict[int, Mine]:
    """Give head → one's own newest vote that stands on its group."""
    return _my_votes_on(member, round, _heads_of_group(heads))


def _my_votes_on(member: Member, round: ScreeningRound, group: dict[int, int]) -> dict[int, Mine]:
    if not group:
        return {}
    votes = visibility.my_votes(member, round).filter(record__in=list(group))
    return {group[vote.record_id]: _mine(vote) for vote in reversed(votes)}


def my_earlier_votes(member: Member, round: ScreeningRound, heads: Collection[int]) -> dict[int, list[Mine]]:
    """Give head → one's own standing votes on its group in earlier rounds of the stage that decide, oldest first."""
    group = Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).values_list("pk", flat=True)
    votes = visibility.current(visibility.decisions(member, record_ids=group)).filter(reviewer=member, stage=round.stage)
    found: dict[int, list[Mine]] = {}
    for vote in votes.filter(round__number__lt=round.number).exclude(round__kind__in=(RoundKind.PILOT, RoundKind.PRACTICE)):
        found.setdefault(vote.record.head_id or vote.record_id, []).append(_mine(vote))
    return found


def last_votes(member: Member, round: ScreeningRound, n: int = RECENT) -> list[Mine]:
    """Give one's own newest votes that stand, and one's answers to self-checks among them."""
    found = [_mine(vote) for vote in visibility.my_votes(member, round).select_related("record__head", "primary_reason")[:n]]
    for check in self_check.last(member, round, n):
        reason, at = check.reason, check.answered_at or check.asked_at
        found.append(
            Mine(
                check.record.number, check.record.title, check.key, check.verdict, reason.key if reason else "",
                reason.text if reason else "", "", at, is_check=True,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)[:n]


def _mine(vote: Any) -> Mine:
    head = vote.record.head or vote.record if vote.record.head_id else vote.record
    reason = vote.primary_reason
    return Mine(
        head.number, head.title, vote.key, vote.verdict, reason.key if reason else "", reason.text if reason else "", vote.note,
        vote.received_at,
    )  # fmt: skip


def seen_vote(member: Member, round: ScreeningRound, seen: str) -> int | None:
    """Turn what the page knew into what ``cast`` asks for: None for no vote, else the id of that vote of one's own (-1: not standing)."""
    if not seen:
        return None
    found = visibility.my_votes(member, round).filter(key=seen).values_list("pk", flat=True).first()
    return -1 if found is None else int(found)


def row_of(member: Member, round: ScreeningRound, record: Record) -> RoundRecord | None:
    """Give the place of a record's group in a round."""
    row: RoundRecord | None = (
        RoundRecord.objects.filter(round=round, record_id=record.head_id or record.pk).select_related("record").first()
    )
    return row


def in_team(member: Member, round: ScreeningRound) -> bool:
    """Say whether this member votes in a round."""
    return bool(round.team.filter(member=member).exists())


def newest_vote(member: Member, round: ScreeningRound) -> Mine | None:
    """Give the vote that *undo* would take back."""
    vote = visibility.my_votes(member, round).select_related("record__head", "primary_reason").first()
    return _mine(vote) if vote is not None else None


def without_reason(member: Member, round: ScreeningRound) -> QuerySet[Any]:
    """One's own exclusions in a round of title and abstract that have no reason."""
    if round.stage.is_full_text:
        return visibility.my_votes(member, round).none()
    bare = visibility.my_votes(member, round).filter(verdict=Verdict.EXCLUDE, primary_reason=None, further_reasons=None)
    return bare.filter(record__is_parked=False, record__is_removed=False).order_by("record__number")
