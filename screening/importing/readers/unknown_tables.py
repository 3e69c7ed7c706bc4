"""Tables whose header is not known: what their columns may hold, for a person to confirm; and the mapping a person gave.

A table is unknown when (1) one delimiter parts at least four in five of the first hundred rows of a text into the same number of cells,
two or more (or a sheet of a workbook has two filled columns), and (2) no row among the first twelve (twenty in a sheet) names a title
(or abstract, DOI, PMID) and one more field that `columns` knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from . import columns, values
from .base import Refused
from .rows import DELIMITERS, logical_rows, split

SAMPLE = 50
MIN_SHARE = 0.8
#: What a column can be mapped to, in the order in which a page offers them.
FIELDS = tuple(columns.COLUMNS)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a table, for the page where a person says what the columns hold.

    `names` has one label a column, each different ("Column 3" where the header is empty or missing, "Note (2)" where it repeats).
    `proposed` is label → field of FIELDS. `key` is the same for every file with the same header: a mapping is remembered under it.
    """

    delimiter: str
    names: list[str]
    proposed: dict[str, str]
    rows: list[list[str]]
    has_header: bool
    before: int
    key: str


class UnknownTable(Refused):
    """A table whose header names no field that is known; `preview` has what a person needs to map it."""

    def __init__(self, sentence: str, preview: Preview) -> None:
        super().__init__(sentence)
        self.preview = preview


def refusal(preview: Preview) -> UnknownTable:
    """Say that the columns of a table are not known."""
    begin = ", ".join(preview.names[:6])[:120]
    return UnknownTable(
        f"The table does not say which columns hold title and authors (its columns are “{begin}”): choose what each column holds, or "
        "export the references as RIS.",
        preview,
    )


def labels(header: Sequence[str]) -> list[str]:
    """Give each column a label of its own."""
    seen: Counter[str] = Counter()
    out = []
    for place, name in enumerate(header, 1):
        label = values.tidy(name.lstrip("\ufeff"))[:200] or f"Column {place}"
        seen[label] += 1
        out.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return out


def places_of(names: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[int]]:
    """Say which columns feed which field, by a mapping label → field; labels that are not there and fields that do not exist feed none."""
    out: dict[str, list[int]] = {}
    for place, label in enumerate(labels(names)):
        if (field := mapping.get(label)) in columns.COLUMNS and field is not None:
            out.setdefault(field, []).append(place)
    return out


# -- text tables --------------------------------------------------------------------------------------------------


def of_text(head: str) -> Preview | None:
    """Look at the beginning of a text as a table with or without a known header; None where it is none."""
    if head.lstrip("\ufeff \n\t")[:1] in ("<", "{", "[", "@"):
        return None
    best: tuple[float, int, str, list[tuple[int, list[str]]]] = (0, 0, "", [])
    lines = head.lstrip("\ufeff").split("\n")
    if len(head) >= 60_000:
        lines.pop()  # the head ends somewhere in a line
    for delimiter in DELIMITERS:
        if delimiter in head:
            rows = [
                (place, cells)
                for place, text, whole in logical_rows(iter(lines[:400]), delimiter)
                if whole and text.strip() and len(text) < 200_000 and any(cells := split(text, delimiter))
            ][: 2 * SAMPLE]
            counts = Counter(len(cells) for _, cells in rows if len(cells) > 1)
            if counts:
                width, agreeing = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
                share = agreeing / len(rows)
                named = any(columns.key(cell) in columns.LOOKUP for cell in rows[0][1])
                rows_needed = 2 if width > 2 or delimiter == "\t" or named else 4  # two lines with a comma each are prose
                if share >= MIN_SHARE and agreeing >= rows_needed and (share, width) > best[:2]:
                    best = (share, width, delimiter, rows)
    if not best[2]:
        return None
    _, width, delimiter, rows = best
    begin = next(place for place, (_, cells) in enumerate(rows) if len(cells) == width)
    return of_rows([cells for _, cells in rows[begin:]], delimiter, rows[begin][0] - 1)


def of_rows(rows: list[list[str]], delimiter: str = "", before: int = 0) -> Preview:
    """Make the preview of rows of which the first may be the header."""
    headed = has_header(rows)
    first, body = (rows[0], rows[1:]) if headed else ([""] * max(map(len, rows)), rows)
    names = labels(first)
    body = [row + [""] * (len(names) - len(row)) for row in body[:SAMPLE]]
    digest = sha256("\x1f".join(columns.key(name) for name in first).encode()).hexdigest()[:32] if headed else ""
    return Preview(delimiter, names, propose(names, body), body, headed, before if headed else before - 1, digest)


_DATA = re.compile(r"^(?:https?://\S+|(?:1[89]|20)[0-9]{2}(?:\.0)?|\S*10\.[0-9]{4,9}/\S+|[0-9.,]+|.{120,})$")


def has_header(rows: list[list[str]]) -> bool:
    """Say whether the first row names columns: it holds no year, number, link, DOI or long text."""
    first = [cell.strip() for cell in rows[0]]
    return any(first) and not any(_DATA.match(cell) for cell in first)


# -- what columns may hold ----------------------------------------------------------------------------------------

_HINTS = (
    ("abstract", ("abstract", "summary", "sammendrag", "sammanfattning")),
    ("title", ("title", "tittel", "titel", "heading", "titre", "titulo")),
    ("authors", ("author", "forfatter", "författare", "verfasser", "auteur", "autor")),
    ("doi", ("doi",)),
    ("pmid", ("pmid", "pubmed")),
    ("year", ("year", "årstall", "jahr", "utgivelsesår", "année")),
    ("journal", ("journal", "tidsskrift", "tidskrift", "zeitschrift", "publishedin")),
    ("keywords", ("keyword", "subjectheading")),
    ("language", ("language", "språk")),
    ("volume", ("volume",)),
    ("pages", ("pages",)),
    ("url", ("url", "link")),
)
_NOT = {
    "title": ("journal", "book", "source", "series", "job", "short", "abbrev"),
    "authors": ("id", "affil", "address", "keyword", "count"),
}


def propose(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Propose label → field: by the known names, then by words in the names, then by what the cells look like."""
    out: dict[str, str] = {}
    for field, held in columns.plan(names).items():
        for place in held if field in ("keywords",) else held[:1]:
            out[names[place]] = field
    cells = {name: [text for row in rows if (text := row[place].strip())] for place, name in enumerate(names)}
    for field, hints in _HINTS:
        if field not in out.values():
            for name in names:
                folded = columns.key(name)
                wrong = any(word in folded for word in _NOT.get(field, ()))
                if name not in out and not wrong and any(columns.key(hint) in folded for hint in hints):
                    out[name] = field
                    break
    for field, looks in _LOOKS:
        if field not in out.values():
            scored = [(looks(held), name) for name, held in cells.items() if name not in out and held]
            best = max(scored, default=(0.0, ""))
            if best[0] > 0:
                out[best[1]] = field
    return out


def enough(preview: Preview) -> bool:
    """Say whether a proposal is good enough to read a table by, when nobody is there to ask: a title that looks like one, and more."""
    fields = {field: name for name, field in preview.proposed.items()}
    if "title" not in fields or not fields.keys() & {"authors", "year", "doi", "abstract", "pmid", "journal"}:
        return False
    place = preview.names.index(fields["title"])
    cells = [text for row in preview.rows if (text := row[place].strip())]
    named = any(hint in columns.key(fields["title"]) for hint in _HINTS[1][1])
    strong = fields.keys() & {"authors", "doi", "abstract", "pmid"}
    return bool(cells) and (bool(strong) or named) and (named or _title(cells) > 0)


def _share(cells: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.match(cell)) for cell in cells) / len(cells)


_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:? ?)?10\.[0-9]{4,9}/\S+$", re.I)
_YEAR = re.compile(r"^(?:1[6-9]|20)[0-9]{2}(?:\.0)?$")
_LINK = re.compile(r"^https?://\S+$", re.I)
_ISSN = re.compile(r"^[0-9]{4}-[0-9]{3}[0-9Xx](?:[;, ]+[0-9]{4}-[0-9]{3}[0-9Xx])*$")
_NAME = r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}"
_NAMES = re.compile(rf"^{_NAME}(?:, ?{_NAME})?(?:(?: ?[;|] ?| and | & |, ){_NAME}(?:, ?{_NAME})?){{0,40}}[.,;]?$")


def _doi(cells: Sequence[str]) -> float:
    share = _share(cells, _DOI)
    return share if share >= 0.6 else 0.0


def _year(cells: Sequence[str]) -> float:
    share = _share(cells, _YEAR)
    return share if share >= 0.8 else 0.0


def _link(cells: Sequence[str]) -> float:
    share = _share(cells, _LINK)
    return share if share >= 0.8 else 0.0


def _issn(cells: Sequence[str]) -> float:
    share = _share(cells, _ISSN)
    return share if share >= 0.8 else 0.0


def _mean(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / len(cells)


def _abstract(cells: Sequence[str]) -> float:
    return _mean(cells) if _mean(cells) >= 250 else 0.0


def _authors(cells: Sequence[str]) -> float:
    """Names have few small words, and commas, semicolons or initials."""
    short = [cell[:300] for cell in cells]
    marked = sum("," in cell or ";" in cell or " and " in cell or bool(re.search(r"\b[A-Z]\.?$|\b[A-Z]\.", cell)) for cell in short) / len(
        cells
    )
    named = _share([cell for cell in short if len(cell) < 300] or ["0"], _NAMES)
    small = sum(len(re.findall(r"(?<![\w'’-])[a-zæøåäö]{4,}(?![\w-])", cell)) for cell in short) / len(cells)
    return named * marked if named >= 0.6 and marked >= 0.5 and small < 0.5 else 0.0


def _title(cells: Sequence[str]) -> float:
    """Titles differ from row to row and have several words."""
    words = sum(len(cell.split()) for cell in cells) / len(cells)
    mean = _mean(cells)
    unique = len(set(cells)) / len(cells)
    letters = sum(letter.isalpha() for cell in cells for letter in cell[:200]) / max(1, sum(len(cell[:200]) for cell in cells))
    return mean if words >= 4 and 20 <= mean < 250 and unique >= 0.8 and letters >= 0.6 else 0.0


_LOOKS = (
    ("doi", _doi), ("year", _year), ("abstract", _abstract), ("authors", _authors), ("title", _title), ("url", _link), ("issn", _issn),
)  # fmt: skip
