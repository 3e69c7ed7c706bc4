"""Write references as BibTeX in UTF-8, with TeX's special characters escaped; our reader and BibTeX itself read the same back.

Records are anything with the attributes of ``screening.importing.readers.Fields``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from .text import clean, one_line

TYPES = {
    "journal article": "article",
    "conference paper": "inproceedings",
    "book": "book",
    "book chapter": "incollection",
    "thesis": "phdthesis",
    "report": "techreport",
    "web page": "online",
    "dataset": "dataset",
    "preprint": "unpublished",
}
_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
}  # fmt: skip
_LONE_BRACES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_ESCAPE = re.compile(r"[\\~^&%$#_{}]")
_AND = re.compile(r"\band\b", re.I)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9:_.-]{0,80}")
_VERBATIM = {"{": "%7B", "}": "%7D", "\\": "%5C"}


def write(records: Iterable[Any]) -> Iterator[str]:
    """Yield one entry per record; keys are unique within the file."""
    used: set[str] = set()
    for record in records:
        kind = TYPES.get(record.type, "misc")
        lines = [f"  {name} = {{{value}}}" for name, value in _fields(record, kind) if value]
        yield f"@{kind}{{{_key(record, used)},\n" + ",\n".join(lines) + "\n}\n\n"


def escape(text: str) -> str:
    """Write text so that TeX shows it as it is. Braces that do not pair are named, because BibTeX counts escaped ones too."""
    braces = {} if _balanced(text) else _LONE_BRACES
    return _ESCAPE.sub(lambda match: braces.get(match[0]) or _SPECIAL[match[0]], text)


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return False
    return depth == 0


def verbatim(text: str) -> str:
    """Write a link or identifier, where TeX escapes nothing: braces and backslashes are percent-encoded."""
    return "".join(_VERBATIM.get(letter, letter) for letter in one_line(text))


def _fields(record: Any, kind: str) -> Iterator[tuple[str, str]]:
    yield "title", _text(record.title)
    yield "entrysubtype", "preprint" if record.type == "preprint" else ""
    yield "author", " and ".join(_name(name) for name in record.authors if one_line(name))
    yield "year", "" if record.year is None else str(record.year)
    yield "date", "" if record.date == str(record.year) else _text(record.date)
    yield {"inproceedings": "booktitle", "incollection": "booktitle", "book": "series"}.get(kind, "journal"), _text(record.journal)
    yield "volume", _text(record.volume)
    yield "number", _text(record.issue)
    yield "pages", _text(record.pages).replace("-", "--")
    yield "eid", verbatim(record.article_number)
    yield "doi", verbatim(record.doi)
    yield "pmid", verbatim(record.pmid)
    yield "pmcid", verbatim(record.pmcid)
    yield "issn", verbatim(record.issn)
    yield "isbn", verbatim(record.isbn)
    yield "unique-id", verbatim(record.accession)
    yield "database", _text(record.database)
    yield "titleaddon", _text(record.title_other)
    yield "abstract", _lines(record.abstract)
    yield "keywords", _keywords(record.keywords)
    yield "language", _text(record.language)
    yield "url", verbatim(record.url)
    yield "note", _text(record.notes)


def _text(value: str) -> str:
    return escape(one_line(value))


def _name(name: str) -> str:
    """A name with the word *and* in it is one name: it stands in braces."""
    text = _text(name)
    return f"{{{text}}}" if _AND.search(text) else text


def _keywords(keywords: Iterable[str]) -> str:
    """A single keyword gets its semicolon, so that a comma inside it parts nothing."""
    terms = [text for term in keywords if (text := _text(term))]
    return f"{terms[0]};" if len(terms) == 1 and re.search(r"[,|]", terms[0]) else "; ".join(terms)


def _lines(value: str) -> str:
    """Paragraphs are parted by an empty line; an @ that begins one is braced, so that no reader takes it for an entry."""
    paragraphs = (escape(line.strip()) for line in clean(value).split("\n"))
    return "\n\n".join(f"{{@}}{text[1:]}" if text.startswith("@") else text for text in paragraphs if text)


def _key(record: Any, used: set[str]) -> str:
    """Take the key that the record came with, else surname and year; letters are added until it is new."""
    own = next(iter((record.other or {}).get("key", ())), "")
    key = base = own if _KEY.fullmatch(own) else _made_key(record)
    tries = 0
    while key.lower() in used:
        tries += 1
        key = f"{base}{_letters(tries)}"
    used.add(key.lower())
    return key


def _made_key(record: Any) -> str:
    surname = record.authors[0].split(",")[0].split() if record.authors else []
    plain = unicodedata.normalize("NFKD", surname[-1] if surname else "").encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z]", "", plain) or "record"
    return f"{plain.lower()}{record.year or ''}"


def _letters(n: int) -> str:
    """Count a, b, … z, aa, ab, …"""
    text = ""
    while n:
        n, place = divmod(n - 1, 26)
        text = chr(ord("a") + place) + text
    return text
