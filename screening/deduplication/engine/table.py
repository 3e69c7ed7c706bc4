"""The engine on a table of references, without a database."""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from .normalise import word_set, words
from .types import Item, Result

_YEAR = re.compile(r"(1[5-9]|20|21)\d\d")


def open_text(path: Path) -> IO[str]:
    """A CSV file, gzipped or not, as text."""
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_items(path: Path) -> list[Item]:
    """The items of a table with the columns id, title, authors, year … ; missing columns are fine.

    The names of columns may be written large. Raises ValueError when there is no column id or an id comes twice. The column
    `source` is read as the file an item came from, unless it names one source only or its sources hold copies of their own (then it
    names no list of single records).
    """
    csv.field_size_limit(10_000_000)
    with open_text(path) as handle:
        reader = csv.DictReader(handle)
        reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or ()]
        if "id" not in reader.fieldnames:
            raise ValueError("The table has no column 'id'.")
        rows = list(_rows(reader))
    named = _names_files(rows)
    items = [_item(row, named) for row in rows]
    if len({item.id for item in items}) != len(items):
        raise ValueError("The column 'id' holds an id twice.")
    return items


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    for row in reader:
        yield {key: (value or "").strip() for key, value in row.items() if key and not isinstance(value, list)}


def _item(row: Mapping[str, str], named: bool) -> Item:
    get = row.get
    found = _YEAR.search(get("year") or "")
    return Item(
        id=row["id"],
        title=get("title", ""),
        authors=split_authors(html.unescape(get("authors", ""))),
        year=int(found.group()) if found else None,
        journal=get("journal", ""),
        volume=get("volume", ""),
        issue=get("issue", get("number", "")),
        pages=get("pages", ""),
        article_number=get("article_number", ""),
        doi=get("doi", ""),
        pmid=get("pmid", ""),
        accession=get("accession", ""),
        database=get("database", ""),
        abstract=get("abstract", ""),
        isbn=get("isbn", ""),
        issn=get("issn", ""),
        type=get("type", ""),
        language=get("language", ""),
        file=get("source", "") if named else "",
    )


_NOT_PEOPLE = word_set("of for group committee society association institute department ministry team trial council board centre center")
_INITIALS = re.compile(r"(?:\b[A-Z]{1,3}\b\.?[- ]?)+")


def split_authors(text: str) -> tuple[str, ...]:
    """The authors of one field: parted by semicolons or, where there is none, by 'and' or by commas between whole names."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) != 1:
        return tuple(parts)
    if " and " in text and _NOT_PEOPLE.isdisjoint(words(text)):
        return tuple(one for part in text.split(" and ") if part.strip(" ,") for one in split_authors(part.strip(" ,")))
    names = [part.strip() for part in text.split(",") if part.strip(" .\u2026") and part.strip(" .").casefold() != "et al"]
    whole = len(names) > 1 and all(" " in name for name in names)
    return tuple(names if whole and (len(names) > 2 or all(map(_INITIALS.search, names))) else parts)


def _names_files(rows: list[dict[str, str]]) -> bool:
    """Whether `source` can be read as a file: several sources, and (nearly) no source holds the same reference twice."""
    if len({row.get("source", "") for row in rows}) < 2:
        return False
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows:
        title = "".join(words(row.get("title", "")))
        if len(title) > 20:
            seen[title, *(row.get(name, "").casefold() for name in ("source", "year", "volume", "issue", "pages", "doi"))] += 1
    return sum(count - 1 for count in seen.values()) <= 0.01 * len(rows)


def write_clusters(path: Path, items: list[Item], result: Result) -> None:
    """`id,cluster` in the order of the table."""
    number = {one: n for n, group in enumerate(result.groups, 1) for one in group}
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(("id", "cluster"))
        out.writerows((item.id, number[item.id]) for item in items)


def write_look(path: Path, result: Result) -> None:
    """`id_a,id_b,score,why`, the surest first."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(("id_a", "id_b", "score", "why"))
        out.writerows((pair.a, pair.b, pair.score, pair.why) for pair in result.look)
