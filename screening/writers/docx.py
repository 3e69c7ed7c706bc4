"""Write a table as a Word document: A4 landscape, head row repeated on each page, rows unbroken, text only."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from .text import clean

PAGE = Mm(297), Mm(210)
MARGIN = Mm(15)
NARROWEST = 0.5  # of the mean column


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, notes: Sequence[str] = ()) -> bytes:
    """Build the document: title, table, notes below. Long cells wrap; widths follow the amount of text."""
    document = Document()
    _prepare(document, title)
    texts = [[_text(value) for value in row] for row in rows]
    if header:
        _fill(document, [_text(one) for one in header], texts)
    for note in notes:
        document.add_paragraph(_text(note)).paragraph_format.space_before = Pt(6)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


Part = Callable[[Any], None]  # adds itself to a document


def document(title: str, parts: Iterable[Part]) -> bytes:
    """Build a document of several parts: ``heading``, ``text``, ``grid``."""
    made = Document()
    _prepare(made, title)
    for part in parts:
        part(made)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def heading(words: str) -> Part:
    """A heading of the second level."""
    return lambda made: made.add_heading(_text(words), level=2)


def text(words: str) -> Part:
    """A paragraph."""

    def add(made: Any) -> None:
        made.add_paragraph(_text(words)).paragraph_format.space_after = Pt(6)

    return add


def verbatim(words: str) -> Part:
    """A text as it is, line by line, blanks too, in a face of fixed width."""

    def add(made: Any) -> None:
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(6)
        run = paragraph.add_run(_text(words))
        run.font.name, run.font.size = "Courier New", Pt(8.5)

    return add


def grid(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Part:
    """A table."""
    return lambda made: _fill(made, [_text(one) for one in header], [[_text(value) for value in row] for row in rows])


def _prepare(document: Any, title: str) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "", "", _text(title)[:255]
    properties.created = properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (python-docx wants a naive one; the same bytes each time)
    if _text(title):
        document.add_heading(_text(title), level=1)


def _fill(document: Any, header: list[str], texts: list[list[str]]) -> None:
    made = document.add_table(rows=1 + len(texts), cols=len(header))
    made.style, made.autofit = "Table Grid", False
    widths = _widths(header, texts)
    for place, (row, cells) in enumerate(zip(made.rows, [header, *texts], strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(row.cells, [*cells, *[""] * len(header)], widths, strict=False):
            cell.width = width
            cell.paragraphs[0].add_run(text).bold = place == 0 or None
            if place == 0:
                _shade(cell)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDEDED")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _widths(header: list[str], texts: list[list[str]]) -> list[int]:
    """Share the page: by the square root of each column's longest text, none under half the mean."""
    weights = []
    for place, title in enumerate(header):
        longest = max([len(row[place]) for row in texts if place < len(row)], default=0)
        weights.append(max(len(title), longest, 1) ** 0.5)
    least = NARROWEST * sum(weights) / len(weights)
    weights = [max(weight, least) for weight in weights]
    whole = PAGE[0] - 2 * MARGIN
    return [int(whole * weight / sum(weights)) for weight in weights]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean(str(value))
