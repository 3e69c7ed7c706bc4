"""Lists that people paste: DOIs, PMIDs and PMCIDs, one a line, and references as they stand in a reference list.

A file that holds nothing but identifiers is recognised by itself. Lines of references are taken only from what a person pasted
(`open_pasted`): any text would look like them. Nothing of a line is trusted: every entry needs a look, and `guess` proposes its fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from . import kinds, values
from .base import DEFAULT_LIMITS, Limits, ReadEntry, Reader, Refused, trouble
from .reading import Reading, open_export
from .source import Source

ONLY_AN_IDENTIFIER = "Only an identifier was given: complete title, authors and year."
AS_A_LINE = "The reference was pasted as a line of text: look at what was made out of it."
NO_REFERENCE = (
    "No reference was recognised in the text (it begins with “{begin}”): paste RIS, BibTeX or PubMed’s format, references with a year, "
    "or DOIs and PMIDs, one a line."
)
_MARK = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)]|[-*•–·])\s+")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(10\.\d{4,9}/[^\s,;\"<>]+)", re.I)
_PMID = re.compile(r"(?:PMID\s*:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)(\d{1,9})\b/?", re.I)
_PMCID = re.compile(r"(?:PMCID\s*:?\s*|https?://\S*?)?\b(PMC\d{1,9})\b/?", re.I)
_URL = re.compile(r"https?://\S+", re.I)
_YEAR = re.compile(r"(?<![\d/.])(1[5-9]\d\d|20\d\d)(?![\d/])")
_APA = re.compile(r"^(?P<authors>.{2,2000}?)\s*\((?P<year>1[5-9]\d\d|20\d\d)[a-z]?(?:,[^)]{0,40})?\)[.:,]?\s+(?P<rest>\S.*)$", re.S)
_VANCOUVER = re.compile(r"^(?P<authors>[^.]{2,2000}(?:\bet al)?)\.\s+(?P<title>.{5,2000}?[.?!])\s+(?P<rest>[^.].*)$", re.S)
_PLACE = re.compile(
    r"(?P<volume>\d{1,5})\s*(?:\((?P<issue>[^)]{1,20})\))?\s*[:,]\s*(?:pp?\.\s*)?(?P<pages>[A-Za-z]?\d[\w.]*(?:\s*[-–]\s*\w+)?)"
)
_INITIAL = re.compile(r",\s*(?:\w\.\s*)*\w$")
_GAP = re.compile(r"\S[^\S\n]*\n[^\S\n]*\n\s*\S")
#: A reference has at most so many lines.
LONGEST = 12
_SENTENCE = re.compile(r"(.+?[.?!])(?=\s+\S|$)(.*)$", re.S)


@dataclass(frozen=True, slots=True)
class _Found:
    """One reference of a list: the number of its first line, and its text as it stands."""

    line: int
    raw: str


def guess(raw: str) -> dict[str, str]:
    """Propose the fields of a reference that is a line of text: identifiers, and what its form lets one make out. Authors one a line."""
    text = " ".join(_MARK.sub("", raw[:4000]).split())
    found = _identifiers(text)
    bare = _URL.sub("", _PMCID.sub("", _PMID.sub("", _DOI.sub("", text)))).strip(" ,;")
    if apa := _APA.match(bare):
        found |= {"authors": _names_of_apa(apa["authors"]), "year": apa["year"]} | _title_and_place(apa["rest"])
    elif vancouver := _VANCOUVER.match(bare):
        found |= {"authors": "\n".join(_short_names(vancouver["authors"])), "title": vancouver["title"].rstrip(".")}
        found |= _place(vancouver["rest"])
    if "year" not in found and (years := _YEAR.findall(bare)):
        found["year"] = years[-1]
    return {name: value for name, value in found.items() if value}


def _identifiers(text: str) -> dict[str, str]:
    found = {}
    if match := _DOI.search(text):
        found["doi"] = values.doi_of(match[1])
    if match := _PMID.search(text):
        found["pmid"] = match[1]
    elif text.isdigit() and len(text) in range(5, 10):
        found["pmid"] = text
    if not found and (match := _URL.search(text)):
        found["url"] = match[0].rstrip(".,;")
    return found


def _names_of_apa(text: str) -> str:
    """Give *Demo, K., & Nord, Å.* one name a line."""
    parts = re.split(r"(?<=\.),\s*(?:&|and|og|och)?\s*|\s*(?:;|&|\band\b|\bog\b|\boch\b)\s*", text.rstrip(" ."))
    names = (part.strip(" ,") for part in parts)
    return "\n".join(name + "." if _INITIAL.search(name) else name for name in names if name)


def _short_names(text: str) -> list[str]:
    """Give *Demo K, Nord Å, et al* one name each, family name first."""
    names = [one.strip() for one in text.split(",")]
    return [re.sub(r"^(\S.*?)\s+(\w{1,4})$", r"\1, \2", one) for one in names if one and one.casefold() not in ("et al", "et al.")]


def _title_and_place(rest: str) -> dict[str, str]:
    match = _SENTENCE.match(rest)
    if match is None:
        return {"title": rest.strip()}
    return {"title": match[1].rstrip(".")} | _place(match[2].strip())


def _place(text: str) -> dict[str, str]:
    """Find journal, volume, issue and pages behind the title; the year of a Vancouver reference stands among them."""
    found = {}
    place = _PLACE.search(re.sub(r"\b(1[5-9]\d\d|20\d\d)\b[^;:,(]{0,12};", " ", text))
    if year := _YEAR.search(text):
        found["year"] = year[1]
    if place:
        found |= {name: value for name, value in place.groupdict().items() if value}
    journal = re.split(r"\s*[,.;]?\s*(?=\d)|\.\s", text, maxsplit=1)[0].strip(" ,.;")
    return found | ({"journal": journal} if journal and not journal.isdigit() else {})


def is_identifier(text: str) -> bool:
    """Say whether a line holds an identifier and nothing else."""
    bare = _MARK.sub("", text).strip(" \t.,;")
    wholly = (_DOI, _PMID, _PMCID)
    return any(one.fullmatch(bare) for one in wholly) or (bare.isdigit() and len(bare) in range(5, 10))


def _looks_like_a_reference(text: str) -> bool:
    return is_identifier(text) or bool(_DOI.search(text) or _PMID.search(text) or _YEAR.search(text))


def _parts(source: Source) -> Iterator[_Found]:
    """Part a list: a reference is a line; where blank lines stand between parts of several lines, a part."""
    in_blocks = bool(_GAP.search(source.head))
    block: list[tuple[int, str]] = []
    for number, text in enumerate(source.lines(), start=1):
        if text.strip():
            block.append((number, text))
        if block and (not text.strip() or len(block) > LONGEST):
            yield from _of_block(block, in_blocks)
            block = []
    if block:
        yield from _of_block(block, in_blocks)


def _of_block(block: list[tuple[int, str]], in_blocks: bool) -> Iterator[_Found]:
    of_lines = any(is_identifier(text) or _MARK.match(text) for _number, text in block[1:])
    if in_blocks and 1 < len(block) <= LONGEST and not of_lines:
        yield _Found(block[0][0], "\n".join(text for _number, text in block))
    else:
        yield from _lines(block)


def _lines(block: list[tuple[int, str]]) -> Iterator[_Found]:
    """Give a block line by line; one that is pushed in goes on from the line before."""
    held: _Found | None = None
    for number, text in block:
        if held is not None and text[:1].isspace() and not block[0][1][:1].isspace() and not _MARK.match(text) and not is_identifier(text):
            held = _Found(held.line, f"{held.raw}\n{text}")
            continue
        if held is not None:
            yield held
        held = _Found(number, text)
    if held is not None:
        yield held


def read(source: Source) -> Iterator[ReadEntry]:
    """Give every reference of the list as an entry that needs a look."""
    for position, one in enumerate(_parts(source), start=1):
        yield trouble(position, one.line, one.raw, ONLY_AN_IDENTIFIER if is_identifier(one.raw) else AS_A_LINE)


def recognises(head: str) -> int:
    """Know a list of identifiers: every line of it is one."""
    lines = [line for line in head[:20_000].split("\n") if line.strip()]
    whole = lines if len(head) <= 20_000 else lines[:-1]
    return 70 if whole and all(is_identifier(line) for line in whole) and any(_says_what(line) for line in whole) else 0


def _says_what(line: str) -> bool:
    return not line.strip(" \t.,;").isdigit()


READER = Reader("lines", ("txt",), recognises, read, "list of references")


def open_pasted(file: BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Open what a person pasted: an export like any other, or else a list of identifiers and references. Raises Refused for prose."""
    try:
        return open_export(file, filename, limits=limits)
    except Refused:
        file.seek(0)
        kinds.refuse_bytes(file.read(1 << 16))
        source = Source(file, filename, limits)
        kinds.refuse_text(source.head)
        if not any(_looks_like_a_reference(line) for line in source.head.split("\n")):
            if not source.head.strip():
                raise
            raise Refused(NO_REFERENCE.format(begin=" ".join(source.head.split())[:60])) from None
        return Reading(source, READER)
