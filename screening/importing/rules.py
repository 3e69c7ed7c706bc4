"""What a value must be like to be stored, and how a typed reference is written as RIS. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from screening.importing.readers import Fields, plain_lines
from screening.importing.readers.values import RIS_TYPES

#: The width of the column of each field that has one; everything else is text without an end.
WIDTHS = {
    "type": 40, "date": 60, "volume": 60, "issue": 60, "pages": 120, "article_number": 60, "doi": 300, "pmid": 20, "pmcid": 20,
    "issn": 120, "isbn": 120, "accession": 200, "database": 200, "language": 60,
}  # fmt: skip
#: A piece of an identifier identifies something else: these are left empty rather than cut.
WHOLE_OR_NOTHING = ("doi", "pmid", "pmcid", "accession")
TEXTS = ("title", "title_other", "journal", "abstract", "url", "notes")
YEARS = range(-32768, 32768)

ENCODINGS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252", "windows-1252": "Windows-1252",
    "mac-roman": "MacRoman", "gb18030": "GB18030", "iso8859-1": "ISO 8859-1", "latin-1": "ISO 8859-1",
}  # fmt: skip

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBERED = re.compile(r"\s{0,8}(?:<\s?(\d{1,7})\.?\s?>|(\d{1,7})\.)\s{0,4}(?:\n|$)")


def clean(text: str) -> str:
    """Take out what PostgreSQL cannot hold: NUL and half surrogates."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def encoding_name(encoding: str) -> str:
    """Write an encoding as people do."""
    return ENCODINGS.get(encoding.lower().replace("_", "-"), encoding)


def tells_another(recognised: str, source: str) -> bool:
    """Say whether the database recognised in a file and the source of its search are two different ones."""
    a, b = ("".join(letter for letter in text.casefold() if letter.isalnum()) for text in (recognised, source))
    return bool(a and b) and a not in b and b not in a


def row_of(fields: Fields, remarks: Iterable[str] = ()) -> dict[str, Any]:
    """Give the columns of a SourceRecord. What a column is too narrow for goes whole into ``other`` under its field's name."""
    other = {clean(key): [clean(value) for value in values] for key, values in fields.other.items()}
    row: dict[str, Any] = {name: clean(getattr(fields, name)) for name in TEXTS}
    for name, width in WIDTHS.items():
        value = clean(getattr(fields, name))
        if len(value) > width:
            other.setdefault(name, []).append(value)
            value = "" if name in WHOLE_OR_NOTHING else value[:width]
        row[name] = value
    if said := [clean(remark) for remark in remarks]:
        other["remarks"] = said
    row["authors"] = [clean(author) for author in fields.authors]
    row["keywords"] = [clean(keyword) for keyword in fields.keywords]
    row["year"] = fields.year if fields.year in YEARS else None
    row["other"] = other
    return row


def running_number(fields: Fields | None, raw: str) -> int | None:
    """Give the number that the platform wrote over an entry, counted through all its hits: Ovid's "12. " or "<12>"; None without one."""
    if fields is not None:
        told = next(iter(fields.other.get("#", ())), "")
        return int(told) if told.isascii() and told.isdecimal() and len(told) <= 7 else None
    found = _NUMBERED.match(raw[:40])
    return int(found[1] or found[2]) if found else None


# --- what people type ------------------------------------------------------------------------------------------------

#: Field → RIS tag, in the order in which they are written.
TAGS = {
    "title": "TI", "authors": "AU", "year": "PY", "journal": "T2", "volume": "VL", "issue": "IS", "pages": "SP", "doi": "DO",
    "pmid": "PM", "url": "UR", "abstract": "AB", "keywords": "KW", "language": "LA", "notes": "N1",
}  # fmt: skip
TYPES = {name: code for code, name in reversed(RIS_TYPES.items())}
#: RIS and MEDLINE tag → field, for a first guess at an entry that could not be read.
GUESSES = {
    "TI": "title", "T1": "title", "AU": "authors", "A1": "authors", "FAU": "authors", "PY": "year", "Y1": "year", "DP": "year",
    "JO": "journal", "JF": "journal", "T2": "journal", "JT": "journal", "VL": "volume", "VI": "volume", "IS": "issue", "IP": "issue",
    "SP": "pages", "PG": "pages", "DO": "doi", "DI": "doi", "PMID": "pmid", "UR": "url", "AB": "abstract", "N2": "abstract",
}  # fmt: skip
_TAGGED = re.compile(r"^\s{0,3}([A-Za-z][A-Za-z0-9]{1,3})\s{0,3}-\s?(.*)$")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


def compose_ris(fields: Mapping[str, Any]) -> str:
    """Write one reference as RIS, from field → text (authors: a list or one a line)."""
    lines = [f"TY  - {TYPES.get(str(fields.get('type') or ''), 'GEN')}"]
    for name, tag in TAGS.items():
        value = fields.get(name) or ""
        values = _each(value) if name in ("authors", "keywords") else [value]
        lines += [f"{tag}  - {one}" for one in map(_one_line, values) if one]
    return "\n".join([*lines, "ER  - ", ""])


def _each(value: Any) -> list[str]:
    return value.split("\n") if isinstance(value, str) else list(value)


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def fields_from(form: Mapping[str, Any]) -> Fields:
    """Give the normal form of what a person typed into the fields of one reference."""
    texts: dict[str, Any] = {
        name: " ".join(str(form.get(name) or "").split())
        for name in ("title", "journal", "volume", "issue", "pages", "doi", "pmid", "language", "url")
    }
    return Fields(
        type=str(form.get("type") or "other"),
        authors=tuple(one for one in map(_one_line, _each(form.get("authors") or "")) if one),
        year=form.get("year") or None,
        abstract=str(form.get("abstract") or "").strip(),
        **texts,
    )


def guess(raw: str) -> dict[str, str]:
    """Give what can be made out in the raw text of an entry, so that a person need not type it again."""
    found: dict[str, list[str]] = {}
    for line in raw.split("\n", 400)[:400]:
        match = _TAGGED.match(line)
        field = GUESSES.get(match[1].upper()) if match else None
        if match and field and match[2].strip():
            found.setdefault(field, []).append(match[2].strip())
    if not found:
        return plain_lines.guess(raw)
    guessed = {field: "\n".join(values) if field == "authors" else values[0] for field, values in found.items()}
    if year := _YEAR.search(guessed.pop("year", "")):
        guessed["year"] = year[1]
    return guessed
