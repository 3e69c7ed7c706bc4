"""Open an export: recognise what it is from its content, refuse what is none, and read it entry by entry."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from . import ahead, foreign, kinds, platforms, rows, unknown_tables, xlsx
from .base import DEFAULT_LIMITS, OTHER_FORMAT, Fields, Limits, ReadEntry, Reader, Refused, trouble
from .source import Source
from .unknown_tables import Preview

PEEK = 40


@cache
def readers() -> tuple[Reader, ...]:
    """Collect the READERs of this folder's modules, so that a new file is a new reader."""
    found: list[Reader] = []
    package = __package__ or ""
    for module in pkgutil.iter_modules([str(PurePath(__file__).parent)]):
        loaded = importlib.import_module(f"{package}.{module.name}")
        found += getattr(loaded, "READERS", []) or ([loaded.READER] if hasattr(loaded, "READER") else [])
    return tuple(found)


_TOO_MANY = "The file holds more than {:,} entries: export it in parts."


class Reading:
    """One recognised export; iterate once. Refused may still come while iterating (a limit passed, a broken container).

    After iteration: `found`, `read`, `needs_look`, `controls_removed`, `letters_repaired`, `cut`.
    """

    def __init__(self, source: Source, reader: Reader) -> None:
        self._source = source
        self.dialect = reader.name
        self.label = reader.label or reader.name
        self.encoding = source.encoding
        self.extension_disagrees = _disagreement(reader, source.filename)
        self.found = self.read = self.needs_look = 0
        if ahead.more_than(source, reader.name, source.limits.max_entries):
            raise Refused(_TOO_MANY.format(source.limits.max_entries))
        if reader.name in foreign.WATCHED:
            source.watch = foreign.Watch(reader.name)
        self._entries = self._checked(reader.read(source))
        self._peeked = list(islice(self._entries, PEEK))
        if not self._peeked and (source.cut or reader.name not in _MAY_BE_EMPTY or (reader.name == "wos" and source.head.count("\n") > 4)):
            raise Refused(kinds.nothing(self.label, source.head))
        self.platform, self.database = _origin([one for one in self._peeked if one.fields])
        self.advice = _advice([one.fields for one in self._peeked if one.fields], self.platform)

    @property
    def source(self) -> str:
        """Say where the file comes from as people do: "CINAHL via EBSCOhost"; "" when it does not tell."""
        if (
            self.database
            and self.platform
            and self.platform != self.database
            and platforms.OWN_DATABASE.get(self.platform) != self.database
        ):
            return f"{self.database} via {self.platform}"
        return self.database or self.platform

    @property
    def columns(self) -> dict[str, str]:
        """How a table is read: label of a column → field; {} for what is no table."""
        return self._source.columns

    @property
    def guessed(self) -> bool:
        """Whether the columns of an unknown table were guessed."""
        return self._source.guessed

    @property
    def controls_removed(self) -> int:
        return self._source.controls_removed

    @property
    def letters_repaired(self) -> int:
        return self._source.letters_repaired

    @property
    def cut(self) -> bool:
        return self._source.cut

    def __iter__(self) -> Iterator[ReadEntry]:
        peeked, self._peeked = self._peeked, []
        for one in peeked:
            yield self._counted(one)
        for one in self._entries:
            yield self._counted(one)

    def _counted(self, one: ReadEntry) -> ReadEntry:
        self.found += 1
        if one.fields is None:
            self.needs_look += 1
        else:
            self.read += 1
        return one

    def _checked(self, entries: Iterator[ReadEntry]) -> Iterator[ReadEntry]:
        """Hold the limits, and let no error but Refused out of a reader."""
        limits = self._source.limits
        last = 0
        try:
            for one in entries:
                last = one.position
                self._source.mark = max(self._source.mark, self._source.consumed)
                if last > limits.max_entries:
                    raise Refused(_TOO_MANY.format(limits.max_entries))
                if one.fields is not None and (named := _runs_on(one.raw, self.dialect)):
                    one = trouble(
                        one.position, one.line, one.raw, f"The entry runs on into references of another format ({named}): part them."
                    )
                if one.fields is not None and len(one.raw) > limits.max_field_chars and (long := _too_long(one, limits.max_field_chars)):
                    one = trouble(one.position, one.line, one.raw, long)
                yield one
            for line, text in self._source.watch.segments if self._source.watch is not None else ():
                last += 1
                yield trouble(last, line, text, OTHER_FORMAT)
        except Refused:
            raise
        except Exception as error:  # a file must never take a page down: the cause goes on for the log
            raise Refused(
                f"The file could not be read beyond entry {last} ({self.label}): export it again, or in another format such as RIS."
            ) from error


_BEGINNINGS = (
    ("\nTY  - ", "RIS"),
    ("\nPMID- ", "PubMed"),
    ("\n%0 ", "EndNote"),
    ("\n@article{", "BibTeX"),
    ("\nFN Clarivate", "Web of Science"),
)
_BEGINS_HERE = {"nbib": "PubMed", "enw": "EndNote"} | dict.fromkeys(
    ("ovid-tagged", "ovid-text", "tagged", "refworks", "cochrane-text", "labelled", "noteexpress"), ""
)  # the others end their entries with a mark, and see what follows


def _runs_on(raw: str, dialect: str) -> str:
    """Name the format of which references were appended to an entry: files that were put together by hand."""
    if dialect not in _BEGINS_HERE:
        return ""
    return next((name for mark, name in _BEGINNINGS if mark in raw and name != _BEGINS_HERE[dialect]), "")


def _too_long(one: ReadEntry, limit: int) -> str:
    assert one.fields is not None
    for name in ("title", "abstract", "journal", "notes", "url", "title_other"):
        if len(getattr(one.fields, name)) > limit:
            return f"The field {name} has more than {limit:,} characters."
    if any(len(text) > limit for held in one.fields.other.values() for text in held):
        return f"A field has more than {limit:,} characters."
    return ""


def open_export(
    file: BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS, mapping: Mapping[str, str] | None = None, guess: bool = False
) -> Reading:
    """Recognise one export and make it ready for iteration; raises Refused with a sentence for people.

    `mapping` is for tables: label of a column (Preview.names) → field (FIELDS); it overrules what the header says. A table whose header is
    not known raises UnknownTable, with what a person needs to map it; with `guess` it is read by what its columns look like, if they
    look clear enough, each entry with a remark.
    """
    try:
        source, workbook = _arrived(file, filename, limits, mapping, guess=guess)
        return Reading(source, _named("xlsx") if workbook else _named("csv") if mapping is not None else _recognised(source))
    except Refused:
        raise
    except Exception as error:
        raise Refused("The file could not be opened as an export of references: export it again from the source.") from error


def preview_table(file: BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """Show the first rows of a table (text or workbook, header known or not) with a proposed mapping; raises Refused for what is none."""
    source, workbook = _arrived(file, filename, limits, None, guess=False)
    if workbook:
        found = xlsx.preview(source)
    else:
        points, before, delimiter, names = rows.header_of(source.head)
        found = unknown_tables.of_text(source.head) if not points else _known(source, before, delimiter, names)
    if found is None:
        raise Refused("The file is no table of rows and columns: choose the file that the database gave you.")
    return found


def _known(source: Source, before: int, delimiter: str, names: list[str]) -> Preview:
    """Show a table whose header is known."""
    lines = rows.logical_rows(source.lines(), delimiter)
    parted = (rows.split(text, delimiter) for place, text, whole in lines if whole and place > before + 1 and text.strip())
    return unknown_tables.of_rows([names, *islice(parted, unknown_tables.SAMPLE)], delimiter, before)


def _arrived(file: BinaryIO, filename: str, limits: Limits, mapping: Mapping[str, str] | None, *, guess: bool) -> tuple[Source, bool]:
    """Give the source of a file that may be an export, and whether it is a workbook; raises Refused for what is none."""
    file.seek(0)
    first = file.read(1 << 16)
    binary = kinds.binary_reader(first, file)
    if binary is None:
        kinds.refuse_bytes(first)
    source = Source(file, filename, limits, mapping, guess=guess)
    if binary is not None:
        source.encoding = ""
        return source, True
    if not source.head.strip():
        raise Refused("The file holds only white space, no reference: export it again from the source.")
    kinds.refuse_text(source.head)
    return source, False


def _recognised(source: Source) -> Reader:
    """Choose the reader that knows the text best; a table of unknown columns is one for the reader of tables."""
    points, reader = max(((reader.recognises(source.head), reader) for reader in readers()), key=lambda pair: pair[0])
    if points > 0:
        return reader
    if unknown_tables.of_text(source.head) is not None:
        return _named("csv")
    raise Refused(kinds.unknown(source.head, source.filename))


def _named(name: str) -> Reader:
    return next(reader for reader in readers() if reader.name == name)


def _disagreement(reader: Reader, filename: str) -> str:
    suffix = PurePath(filename.replace("\\", "/")).suffix.lower().lstrip(".")
    if not suffix or suffix in reader.extensions or suffix not in _KNOWN_EXTENSIONS:
        return ""
    return f"The name ends in .{suffix}, but the content is {reader.label or reader.name}: it is read as what it is."


_KNOWN_EXTENSIONS = frozenset(
    [
        "ris",
        "nbib",
        "bib",
        "enw",
        "xml",
        "csv",
        "tsv",
        "json",
        "rdf",
        "ciw",
        "medline",
        "xlsx",
        "xls",
        "txt",
        "zip",
        "pdf",
        "html",
        "htm",
        "doc",
        "docx",
        "enl",
        "isi",
        "bibtex",
        "ref",
        "tab",
    ]
) - {"txt"}


def _origin(entries: list[ReadEntry]) -> tuple[str, str]:
    """Vote on (platform, database) over the first entries; what fewer than four in five say is left open."""
    told: Counter[str] = Counter()
    databases: Counter[str] = Counter()
    for one in entries:
        assert one.fields is not None
        fields = one.fields
        other = fields.other
        platform = ""
        for text in other.get("platform", ()):
            platform = platform or ("" if text in _TOOLS else text)
        for text in (*other.get("DP", ()), *other.get("VN", ()), *other.get("M1", ())[:1]):
            platform = platform or platforms.platform_named(text)
        for link in (fields.url, *other.get("UR", ()), *other.get("L2", ()), *other.get("LK", ()), *other.get("XL", ())):
            platform = platform or platforms.platform_of_link(link)[0]
        platform = platform or _PLATFORM_BY_DATABASE.get(fields.database, "")
        told[platform] += 1
        databases[fields.database] += 1
    return _winner(told, len(entries)), _winner(databases, len(entries))


def _advice(found: list[Fields], platform: str) -> str:
    """Say what to do when a file has no abstracts; screening by title alone is slow."""
    if len(found) < 3 or any(fields.abstract for fields in found):
        return ""
    if platform == "PubMed":
        return "PubMed's CSV holds no abstracts: save the search in the format PubMed (.nbib) to get them."
    if platform == "SpringerLink":
        return "SpringerLink's CSV holds no abstracts: they can be fetched by DOI elsewhere, or added by hand."
    return "None of the first entries has an abstract: look whether the platform offers an export with abstracts."


_MAY_BE_EMPTY = frozenset(
    ("csv", "xlsx", "wos", "wos-tab", "endnote-xml", "pubmed-xml", "zotero-rdf", "csl-json")
)  # a search found nothing
_TOOLS = ("Rayyan", "Zotero", "Covidence", "ASReview")  # a file went through them; the references come from elsewhere
_PLATFORM_BY_DATABASE = {
    "Web of Science": "Web of Science",
    "Scopus": "Scopus",
    "PubMed": "PubMed",
    "Cochrane Library": "Cochrane Library",
    "Cochrane CENTRAL": "Cochrane Library",
    "Dimensions": "Dimensions",
    "Lens": "Lens",
    "ERIC": "",
}


def _winner(votes: Counter[str], total: int) -> str:
    if not votes:
        return ""
    name, count = votes.most_common(1)[0]
    return name if name and count >= 0.8 * total else ""
