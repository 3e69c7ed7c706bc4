"""Who may read decisions of others that came along in a search's file: nobody, on any page, in any list or export (I13).

They are no votes yet, and become some only by *attach votes*, which reads the kept bytes itself. Until then nobody who may still be asked
for a vote gets at them here. The bytes go to who sent the file, and to who looks after searches and neither votes nor settles.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.importing.readers import kept_back
from screening.models import Entry, SourceRecord, Upload

LOOKED_AT = 40
SLICE = 1000
_MARKED = [*kept_back.TRACES, ")(", ") ("]


@dataclass(frozen=True, slots=True)
class Shown:
    """Notes and other tags of an imported entry as people read them; ``hides`` when something was left out."""

    notes: str
    other: dict[str, list[str]]
    hides: bool = False


def shown(source: SourceRecord) -> Shown:
    """Give what may be read of an imported entry beside its fields."""
    notes, other, _row = kept_back.without_decisions(source.notes, source.other)
    return Shown(notes, other, notes != source.notes or other != source.other)


def raw_of(entry: Entry, *, cells: bool | None = None) -> str:
    """Give the raw text of an entry as it may be read. ``cells``: what ``in_cells`` says of its file, where it is at hand."""
    source = getattr(entry, "source_record", None)
    row = source is not None and bool(kept_back.of_decisions(source.other))
    if not row and (source is None or entry.problem):  # a row that was not read, or by hand: what its file is like
        row = in_cells(entry.upload_id) if cells is None else cells
    return kept_back.raw_without(entry.raw, row=row)


def in_cells(upload_id: int) -> bool:
    """Say whether decisions stand in cells of a file, a table, by its first rows."""
    rows = SourceRecord.objects.filter(upload=upload_id).order_by("entry_id").values_list("other", flat=True)
    return any(kept_back.of_decisions(other) for other in rows[:LOOKED_AT])


def carries(upload: Upload) -> bool:
    """Say whether any entry of a file carries a decision."""
    sources = SourceRecord.objects.filter(upload=upload).order_by("entry_id").values_list("notes", "other")
    if any(_hides(notes, other) for notes, other in sources.iterator(chunk_size=SLICE)):
        return True
    marked = reduce(or_, (Q(raw__contains=mark) for mark in _MARKED))
    unread = Entry.objects.filter(marked, upload=upload).exclude(problem="").values_list("raw", flat=True)
    return any(map(kept_back.has_trace, unread.iterator(chunk_size=SLICE)))


def _hides(notes: str, other: Mapping[str, Sequence[str]]) -> bool:
    texts = (notes, *(text for held in other.values() for text in held))
    return bool(kept_back.of_decisions(other)) or any(map(kept_back.has_trace, texts))


def knows_bytes(member: Member, upload: Upload) -> bool:
    """Say whether what bytes tell, like a checksum, is open to this member: who knows the rest of a file could try decisions out."""
    votes = member.may(Right.SCREEN) or member.may(Right.SETTLE)
    return member.may(Right.SEARCHES) and (upload.uploaded_by_id == member.pk or not votes)


def may_have_bytes(member: Member, upload: Upload) -> bool:
    """Say whether the file as it came is open to this member."""
    return knows_bytes(member, upload) or (member.may(Right.SEARCHES) and not carries(upload))


def rows_without(names: Sequence[str], rows: Collection[Sequence[str]]) -> list[list[str]]:
    """Give the first rows of a table with INSTEAD for each cell that tells a decision."""
    closed = kept_back.of_decisions(names)

    def told(name: str, cell: str) -> str:
        return kept_back.INSTEAD if cell and (name in closed or kept_back.has_trace(cell)) else cell

    return [[told(name, cell) for name, cell in zip(names, row, strict=False)] for row in rows]
