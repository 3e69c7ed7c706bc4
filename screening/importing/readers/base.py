"""The shapes every reader of exports shares: fields, entries, limits, refusals."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from .source import Source


@dataclass(frozen=True, slots=True)
class Fields:
    """One reference in the normal form; every text may be "" when the source does not give it."""

    type: str = "other"
    title: str = ""
    title_other: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    issn: str = ""
    isbn: str = ""
    accession: str = ""
    database: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    url: str = ""
    notes: str = ""
    other: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """What was found at one position of a file: either `fields`, or the `problem` that asks for a look."""

    position: int
    line: int
    raw: str
    fields: Fields | None
    problem: str = ""
    remarks: tuple[str, ...] = ()


class Refused(Exception):
    """The whole file cannot be taken; str() is one sentence: what is wrong, where, what to do."""


class Archive(Refused):
    """The file is a zip of other files: `open_exports` gives what is inside."""


@dataclass(frozen=True)
class Limits:
    """How much a file may ask for, with the documented defaults."""

    max_bytes: int = 2_000_000_000
    max_entries: int = 1_000_000
    max_line_chars: int = 20_000_000
    max_field_chars: int = 3_000_000
    max_whole_bytes: int = 60_000_000  # formats that must be held whole (JSON, RDF, XLSX unpacked)
    max_entry_chars: int = 4_000_000
    max_xml_elements: int = 200_000  # in one entry
    max_xml_depth: int = 200
    max_xml_attributes: int = 1_000
    max_json_depth: int = 100
    max_zip_entries: int = 1_000
    max_zip_bytes: int = 1_000_000_000
    max_zip_ratio: int = 200
    max_sheet_cells: int = 20_000_000


DEFAULT_LIMITS = Limits()
P = ParamSpec("P")
Raw = TypeVar("Raw", str, list[str])


@dataclass(frozen=True)
class Reader:
    """One dialect family: how to know it from the first part of the text, and how to read it.

    `recognises(head)` gives 0 (not mine) to 100 (certain); the highest reader wins. `read(source)` yields entries.
    """

    name: str
    extensions: tuple[str, ...]
    recognises: Callable[[str], int]
    read: Callable[[Source], Iterator[ReadEntry]]
    label: str = ""  # what people call the format


def words(text: str) -> list[str]:
    """Part a text at its spaces: lists of tags are easier to read so."""
    return text.split()


ET_AL = "The list of authors is not complete (“et al.”): the source does not name them all."
OTHER_FORMAT = "These lines stand outside any entry and look like references in another format: put them into a file of their own."
NO_TITLE = "The entry has no title."
UNREADABLE = "The entry could not be read: complete it by hand, or export it again."
EMPTY = "The entry has no title, author, abstract or identifier."


CUT = "The file ends in the middle of this entry: export it again, or complete the entry by hand."


class Ends:
    """Tell whether the last entry of a format without end marks is cut: it lacks what all entries before it have."""

    def __init__(self) -> None:
        self._common: set[str] = set()
        self._count = 0

    def note(self, tags: Iterable[str]) -> None:
        """Remember the tags of one whole entry."""
        self._common = self._common & set(tags) if self._count else set(tags)
        self._count += 1

    def cut(self, tags: Iterable[str], source: Source) -> bool:
        """Decide on the last entry, and tell the source."""
        source.cut = source.open_end and self._count >= 3 and not self._common <= set(tags)
        return source.cut


_OTHER_FORMAT = re.compile(
    r"^\s{0,3}(?:@[A-Za-z]{3,20}\s*[{(]|PMID ?- ?[0-9]|%[0TA] \S|PT [A-Z]\s*$|TY {0,2}- ?[A-Z]|FN [A-Z]"
    r"|<(?:record|PubmedArticle)\b|RT [A-Z]|\{Reference Type|(?:Record: ?|Document )[0-9]"
    r"|\[?\s*\{\s*\"[A-Za-z]|\[\s*$|(?i:<(?:!DOCTYPE\s+)?html\b))"
)


def _is_header(line: str) -> bool:
    """Say whether a line is the header of a table of references."""
    from .rows import header_of  # which knows the names of columns, and those know this module

    return header_of(line)[0] > 0


_XML = re.compile(r"\s{0,3}<(?:\?xml\b|xml>|records>|PubmedArticleSet\b|modsCollection\b)")
_OTHER_XML = re.compile(r"<(?:record|PubmedArticle|PubmedBookArticle|mods|Trial)(?=[\s>])")


class Strays:
    """Lines outside any entry that begin a reference of another format: they are handed over to be looked at, not passed over."""

    def __init__(self, *, in_xml: bool = False) -> None:
        self._in_xml = in_xml
        self._line = 0
        self._raw: list[str] = []

    def see(self, place: int, line: str) -> bool:
        """Remember a line that belongs to no entry, from the first one that looks like a reference on; says whether it did."""
        if not line and not self._raw:
            return False
        begins = self._raw or _OTHER_FORMAT.match(line) or (not self._in_xml and _XML.match(line))
        if begins or (max(map(line.count, ",;\t")) > 1 and _is_header(line)):
            self._line = self._line or place
            self._raw.append(line)
            return True
        return False

    def see_all(self, place: int, text: str) -> None:
        """Look at each line of a text that stands between entries."""
        if not self._raw and (inside := _OTHER_XML.search(text)):
            place += text.count("\n", 0, inside.start())
            self._line, self._raw = place, text[inside.start() :].split("\n")
            return
        for offset, line in enumerate(text.split("\n")):
            self.see(place + offset, line)

    def take(self, position: int) -> ReadEntry | None:
        """Give what came together as one entry to be looked at, if anything did."""
        raw = "\n".join(self._raw).rstrip()
        line, self._line, self._raw = self._line, 0, []
        return trouble(position, line, raw, OTHER_FORMAT) if raw else None


def taker(tags: dict[str, list[str]]) -> Callable[..., str]:
    """Give a function that takes the first text of the first of some tags out of them, "" if none is left: nothing is used twice, and
    what is never taken can be kept."""

    def first(*names: str) -> str:
        for name in names:
            if held := tags.get(name):
                if len(held) == 1:
                    del tags[name]
                else:
                    tags[name] = held[1:]
                return held[0]
        return ""

    return first


def entry(position: int, line: int, raw: str, fields: Fields, remarks: tuple[str, ...] = (), *, plain: bool = False) -> ReadEntry:
    """Give the verdict on fields: read, with remarks; or to be looked at when nothing identifies the reference.

    `plain` says that the reader has turned entities into letters itself.
    """
    if not plain and has_entities(raw):
        fields = _unescaped(fields)
    if "<" in fields.abstract:
        fields = replace(fields, abstract=_unmarked(fields.abstract))
    if fields.authors and fields.authors[-1][-1:] in _LAST_OF_MORE and _MORE.search(fields.authors[-1]):
        fields, remarks = _without_et_al(fields), (*remarks, ET_AL)
    if fields.title:
        return ReadEntry(position, line, raw, fields, "", remarks)
    if fields.authors or fields.abstract or fields.doi or fields.pmid or fields.accession or fields.journal or fields.url or fields.isbn:
        return ReadEntry(position, line, raw, fields, "", (*remarks, NO_TITLE))
    return ReadEntry(position, line, raw, None, EMPTY, remarks)


# Letters written for a web page: &amp; and &#229; and &eacute; are nobody's text. Without ";" it may be a part of a link.
_ENTITY = re.compile(
    r"&(?:#[0-9]{2,6}|#[xX][0-9A-Fa-f]{2,5}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|deg|micro|middot|times|plusmn|shy|szlig|"
    r"thorn|THORN|eth|ETH|[lr]aquo|[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron)|(?:ae|AE|oe|OE)lig|"
    r"(?:[Aa]lpha|[Bb]eta|[Gg]amma|[Dd]elta|[Mm]u|[Kk]appa|[Ll]ambda|[Oo]mega|le|ge));"
)


def _unescaped(fields: Fields) -> Fields:
    """Turn the letters that were written for a web page into letters, twice escaped ones too."""
    made: dict[str, Any] = {}
    for name in _TEXTS:
        held = getattr(fields, name)
        if isinstance(held, tuple):
            if any("&" in one for one in held):
                made[name] = tuple(map(letters, held))
        elif "&" in held:
            made[name] = letters(held)
    return replace(fields, **made) if made else fields


# Attributes are written out, for "a<b and c>d" is no mark-up.
_INSIDE = r"""(?:\s{1,9}[A-Za-z:-]{1,30}\s?=\s?(?:"[^"<>]{0,200}"|'[^'<>]{0,200}')){0,9}\s?"""
_BLOCK = re.compile(rf"</?(?:jats:)?(?:p|div|sec|title|br|ul|ol|li|h[1-6]){_INSIDE}/?>", re.I)
_INLINE = re.compile(rf"</?(?:jats:)?(?:i|b|em|strong|sub|sup|u|italic|bold|sc|scp|span|font){_INSIDE}>", re.I)


def _unmarked(text: str) -> str:
    """Take the mark-up of web pages off a text: paragraphs become lines, italics nothing."""
    if ">" not in text:
        return text
    text, count = _BLOCK.subn("\n", _INLINE.sub("", text))
    return "\n".join(line for one in text.split("\n") if (line := one.strip())) if count else text


_TEXTS = ("title", "title_other", "authors", "journal", "abstract", "keywords", "notes", "url", "volume", "issue", "pages")


def has_entities(text: str) -> bool:
    """Say whether a text holds letters that were written for a web page."""
    return "&" in text and ";" in text and _ENTITY.search(text) is not None


def letters(text: str) -> str:
    """Turn entities into the letters they stand for; a reader that parts values at ";" does so before, the others leave it to `entry`."""
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(_letter, text)
    return text


def _letter(match: re.Match[str]) -> str:
    letter = html.unescape(match[0])
    return letter if letter.isprintable() and letter != "\ufffd" else " " if letter.isspace() else ""


_LAST_OF_MORE = "lL.,s…"
_MORE = re.compile(r"(?i:\bet\.? ?al\b\.?,?$)|^others$|^(?:…|\.\.\.)$")
_ET_AL = re.compile(r"[,;]?\s*(?:\bet\.? ?al\b\.?,?|^others|…|\.\.\.)$", re.I)


def _without_et_al(fields: Fields) -> Fields:
    """Take "et al." off the list of authors: it is nobody's name."""
    last = _ET_AL.sub("", fields.authors[-1]).strip()
    return replace(fields, authors=(*fields.authors[:-1], last) if last else fields.authors[:-1])


def trouble(position: int, line: int, raw: str, problem: str) -> ReadEntry:
    """Give an entry that a person must look at."""
    return ReadEntry(position, line, raw, None, problem)


def safely(finish: Callable[Concatenate[int, int, Raw, P], ReadEntry]) -> Callable[Concatenate[int, int, Raw, P], ReadEntry]:
    """Make of an error in one entry an entry to be looked at, so that it spoils neither file nor neighbours."""

    @wraps(finish)
    def finished(position: int, line: int, raw: Raw, /, *args: P.args, **named: P.kwargs) -> ReadEntry:
        try:
            return finish(position, line, raw, *args, **named)
        except Refused:
            raise
        except Exception:  # whatever a value nobody thought of sets off: the entry is kept, and said
            return trouble(position, line, raw if isinstance(raw, str) else "\n".join(raw), UNREADABLE)

    return finished
