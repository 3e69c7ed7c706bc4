"""A card: one item folded once, so that thousands of comparisons need no further folding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from . import journals, names, pages
from . import normalise as fold
from .types import Item

GENERIC = fold.word_set(
    """
    a an and the of in to from for on at by with this our your us new editorial editorials introduction guest editor editors notes
    note comment comments letter letters erratum errata correction corrections corrigendum book books review reviews reviewer
    reviewers issue issues special preface foreword prologue epilogue news reply response author authors abstract abstracts
    content contents index announcement announcements calendar message chair chairs president presidents column columns opinion
    opinions report reports conference workshop symposium commentary annual meeting proceedings volume front back matter table
    acknowledgement acknowledgements acknowledgments obituary poster posters session sessions cover masthead research article
    articles paper papers invited award awards viewpoint viewpoints perspective perspectives interview discussion thanks list
    subject welcome program programme chief desk page pages journal award editorss section information summary summaries upcoming
    events call addendum retraction case leder lederartikkel redaksjonelt bokanmeldelse bokmelding anmeldelse ledare recension
    forord
    """
)


MOST = 40
FIRST = 8
"""Authors by whom a record is looked for."""
LONGEST = 2_000
"""Letters of a title that are looked at."""


@dataclass(slots=True, eq=False)
class Card:
    """The folded fields of one item. `key` is the title without spaces, '' when there is none worth comparing."""

    item: Item
    number: int
    title: str
    key: str
    other: str
    mark: str
    label: str
    generic: bool
    short: bool
    year: int
    journal: tuple[str, ...]
    meeting: bool
    preprint: bool
    volume: str
    issue: str
    supplement: bool
    page: pages.Page | None
    doi: str
    pmid: str
    accession: str
    kind: str
    file: str

    named: list[names.Name] | None = None

    @property
    def people(self) -> list[names.Name]:
        """The authors (the first forty), folded when they are first asked for: most items are compared with none."""
        if self.named is None:
            self.named = [found for text in self.item.authors[:MOST] if (found := names.name(text[:200]))]
        return self.named

    @property
    def ends(self) -> tuple[str, str]:
        """The surnames of the first and the last author, '' where there is none."""
        authors = self.item.authors[:MOST]
        first = next((found for text in authors if (found := names.surname(text[:200]))), "")
        last = next((found for text in reversed(authors) if (found := names.surname(text[:200]))), "") if len(authors) > 1 else first
        return first, last

    @property
    def surnames(self) -> list[str]:
        """The surnames of the first eight authors."""
        return [found for text in self.item.authors[:FIRST] if (found := names.surname(text[:200]))]

    @property
    def words(self) -> list[str]:
        """The words of the title."""
        return self.title.split()


def card(item: Item, number: int = 0) -> Card:
    """Fold one item."""
    raw = item.title[:LONGEST]
    other = mark = label = ""
    notice = False
    if raw:
        raw, label = fold.take_number(raw)
        if "[" in raw or "(" in raw or "..." in raw or "…" in raw or " = " in raw or raw[:1] in "RrWwEeCcAaPpTtDdKkIi":
            raw, other, notice = fold.split_title(raw)
            other = "".join(fold.title_words(other)) if other else ""
        if "/" in raw[:60]:
            raw = _without_running_head(raw, item.authors[:MOST])
        title_words = _in_digits(_said_once(fold.title_words(raw)))
        if len(title_words) > 4:
            mark = _cut_mark(title_words)
    else:
        title_words = []
    key = "".join(title_words)
    if item.journal:
        journal, meeting, preprint = journals.journal(item.journal)
        if key and len(title_words) < 24 and _is_journal(title_words, key, item.journal):
            title_words, key = [], ""
    else:
        journal, meeting, preprint = (), False, False
    volume, issue, supplement = pages.place(item.volume[:40], item.issue[:40]) if item.volume or item.issue else ("", "", False)
    if volume and issue and len(title_words) > 4 and _tells_place([*title_words, mark] if mark else title_words, volume, issue):
        title_words, mark = title_words[: -3 if mark else -4], ""
        key = "".join(title_words)
    doi = fold.clean_doi(item.doi) if item.doi else ""
    kind = fold.kind(item.type) if item.type else ""
    return Card(
        item=item,
        number=number,
        title=" ".join(title_words),
        key=key,
        other=other,
        mark=mark,
        label=label,
        generic=len(title_words) < 10 and _is_generic(title_words, journal),
        short=_is_short(title_words, key),
        year=item.year or 0,
        journal=journal,
        meeting=meeting or kind == "conference",
        preprint=preprint or kind == "preprint" or (doi != "" and _preprint_doi(doi)),
        volume=volume,
        issue=issue,
        supplement=supplement,
        page=pages.page(item.pages[:40], item.article_number[:40]) if item.pages or item.article_number else None,
        doi=doi,
        pmid=fold.clean_number(item.pmid) if item.pmid else "",
        accession=f"{item.database.casefold()}:{item.accession.strip().casefold()}" if item.accession and item.database else "",
        kind="erratum" if notice else kind if kind != "conference" else "",
        file=item.file,
    )


_COUNTED = fold.word_set(
    """
    part phase study type volume chapter experiment no number vol trial stage grade level day episode in of factor hiv il class group
    covid sars wave round year version edition model case figure table
    """
)


_SERIES = fold.word_set("phase part type class stage grade level trial study")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}


def _in_digits(words: list[str]) -> list[str]:
    """Roman numbers after 'phase', 'type', 'part' … as digits: 'phase I/II' becomes 'phase 1 2'."""
    if _SERIES.isdisjoint(words):
        return words
    counts = False
    for n, word in enumerate(words):
        if counts and word in _ROMAN:
            words[n] = _ROMAN[word]
        else:
            counts = word in _SERIES
    return words


def _cut_mark(words: list[str]) -> str:
    """Take footnote marks (single digits) off the end of a title and return them: 'Form1', 'Form 1, 2'."""
    mark = ""
    while len(words) > 4 and len(words[-1]) == 1 and words[-1].isdigit() and words[-2] not in _COUNTED and len(mark) < 2:
        mark = words.pop() + mark
    last = words[-1]
    if len(last) > 3 and last[-1].isdigit() and last[:-1].isalpha() and last[:-1] not in _COUNTED:
        words[-1], mark = last[:-1], last[-1] + mark
    return mark


def _said_once(words: list[str]) -> list[str]:
    """Leave out the start of a title that stands there twice, as extraction from a PDF leaves it: at least four words."""
    if len(words) < 8 or words[0] not in words[4:]:
        return words
    for length in range(len(words) // 2, 3, -1):
        if words[:length] == words[length : 2 * length]:
            return words[length:]
    return words


def _without_running_head(title: str, authors: Sequence[str]) -> str:
    """Take 'Author/' or 'Author & Other/' off the start of a title: the head of a page, as extraction from a PDF leaves it."""
    head, rest = title.split("/", 1)
    written = [word for word in fold.words(head) if word not in ("et", "al", "and")]
    if not written or not rest.strip():
        return title
    surnames = {found for text in authors if (found := names.surname(text[:200]))}
    return rest if surnames.issuperset(written) else title


def _tells_place(words: list[str], volume: str, issue: str) -> bool:
    """The title ends with the record's own volume and issue: '… Volume 28 Iss. 2', as a running head tells them."""
    vol, first, iss, second = words[-4:]
    return vol in ("volume", "vol") and first == volume and iss in ("issue", "iss", "number", "no", "nr") and second == issue


def _is_short(words: list[str], key: str) -> bool:
    """Too short to say by itself which paper it is; eight signs say as much as fourteen letters."""
    if key and not key.isascii() and len(words) > len(key) // 2:
        return len(key) < 8
    return len(key) < 14 or (len(words) < 3 and len(key) < 24)


def _is_generic(words: list[str], journal: tuple[str, ...]) -> bool:
    return all(w in GENERIC or w.isdigit() or w in journal for w in words)


def _is_journal(words: list[str], key: str, journal: str) -> bool:
    """The title is only the journal's name, with the name of a column or without, as extraction from a PDF leaves it."""
    every = fold.folded_words(journal)
    if words[0] in every or words[0] in GENERIC:
        named = sum(word in every for word in words)
        if named > 1 and named == len(words):
            return True
        if named > 3 and all(word in every or word in GENERIC for word in words):
            return True
    return len(key) > 16 and fuzz.ratio(key, fold.glued(journal)) > 84


def _preprint_doi(doi: str) -> bool:
    if doi.startswith("10.1101/"):
        return doi[8:10].isdigit()
    return doi.startswith(
        ("10.21203/", "10.48550/", "10.31234/", "10.2139/ssrn", "10.20944/preprints", "10.26434/", "10.31219/", "10.31235/", "10.22541/")
    )
