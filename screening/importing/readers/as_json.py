"""What `manage.py read_export --json` prints (DESIGN.md section 7): the whole reading as one JSON object, in flat memory where wanted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import Any, TextIO

from .base import ReadEntry
from .reading import Reading

CHUNK = 1 << 20


def to_json(reading: Reading) -> dict[str, Any]:
    """Read everything into one object."""
    records: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for one in reading:
        if one.fields is None:
            problems.append(problem_of(one))
        else:
            records.append(record_of(one))
    return {**summary_of(reading), "records": records, "problems": problems}


def pieces(reading: Reading) -> Iterator[str]:
    """Read everything, then give the text of the same object in pieces; Refused comes before the first of them."""
    with _spool() as records, _spool() as problems:
        for one in reading:
            target, value = (problems, problem_of(one)) if one.fields is None else (records, record_of(one))
            target.write((", " if target.tell() else "") + json.dumps(value))
        yield json.dumps(summary_of(reading))[:-1]
        for name, held in (("records", records), ("problems", problems)):
            yield f', "{name}": ['
            held.seek(0)
            while text := held.read(CHUNK):
                yield text
            yield "]"
        yield "}"


def _spool() -> TextIO:
    return tempfile.TemporaryFile("w+", encoding="ascii", newline="")


def record_of(one: ReadEntry) -> dict[str, Any]:
    """Give an entry that was read."""
    fields = one.fields
    assert fields is not None
    return {
        "position": one.position,
        "line": one.line,
        "type": fields.type,
        "title": fields.title,
        "authors": list(fields.authors),
        "year": fields.year,
        "journal": fields.journal,
        "volume": fields.volume,
        "issue": fields.issue,
        "pages": fields.pages,
        "doi": fields.doi,
        "pmid": fields.pmid,
        "abstract": fields.abstract,
        "keywords": list(fields.keywords),
        "language": fields.language,
        "accession": fields.accession,
        "database": fields.database,
        "url": fields.url,
        "remarks": list(one.remarks),
    }


def problem_of(one: ReadEntry) -> dict[str, Any]:
    """Give an entry that needs a look."""
    return {"position": one.position, "line": one.line, "message": one.problem, "raw": one.raw}


def summary_of(reading: Reading) -> dict[str, Any]:
    """Say what was recognised and counted, after the last entry."""
    return {
        "dialect": reading.dialect,
        "encoding": reading.encoding,
        "source": reading.source,
        "found": reading.found,
        "read": reading.read,
        "needs_look": reading.needs_look,
        "cut": reading.cut,
        "controls_removed": reading.controls_removed,
        "letters_repaired": reading.letters_repaired,
        "extension_disagrees": reading.extension_disagrees,
        "advice": reading.advice,
        "columns": reading.columns,
        "guessed": reading.guessed,
    }
