"""Count entries ahead without reading them: a file of too many is refused in seconds, not after all up to the limit were read."""

from __future__ import annotations

import re

from .source import CHUNK, Source

# What begins (or ends) every entry of a format. With CR alone at the ends of lines these are not found, and the file is read as any other.
_MARKS = {
    "ris": "\nTY  -",
    "nbib": "\nPMID-",
    "enw": "\n%0 ",
    "wos": "\nPT ",
    "refworks": "\nRT ",
    "cochrane-text": "\nRecord #",
    "noteexpress": "\n{Reference Type}",
    "bibtex": "\n@article{",
    "ovid-tagged": "\nVN  - Ovid",
    "labelled": "\nRecord: ",
    "endnote-xml": "</record>",
    "pubmed-xml": "</PubmedArticle>",
    "mods": "</mods>",
    "ictrp": "</Trial>",
}
_ROWS = frozenset(("csv", "wos-tab"))
_EMPTY = re.compile(rb"\n\s*(?=\n)")
_LEAST = 5  # bytes of the shortest entry


def more_than(source: Source, dialect: str, limit: int) -> bool:
    """Say whether a file surely holds more entries than the limit; False where that takes reading it."""
    wide = source.encoding.startswith("utf-16")
    if source.size < limit * _LEAST or (dialect in _ROWS and wide):
        return False
    if dialect in _ROWS:
        return _rows(source, limit)
    mark = _MARKS.get(dialect, "")
    return bool(mark) and _marks(source, mark.encode(source.encoding if wide else "ascii"), limit)


def _marks(source: Source, mark: bytes, limit: int) -> bool:
    count = 0
    carry = b""
    source.file.seek(0)
    while chunk := source.file.read(CHUNK):
        chunk = carry + chunk
        count += chunk.count(mark)
        carry = chunk[len(chunk) - len(mark) + 1 :]
        if count > limit + 1:
            return True
    return False


def _rows(source: Source, limit: int) -> bool:
    """Count the line ends outside quotation marks, empty lines aside."""
    count = inside = 0
    source.file.seek(0)
    while chunk := source.file.read(CHUNK):
        parts = _EMPTY.sub(b"", chunk).split(b'"')
        count += sum(part.count(b"\n") for part in parts[inside::2])
        inside = (inside + len(parts) - 1) % 2
        if count > limit + 100:
            return True
    return False
