"""Formats in XML: each record is parsed by itself, so that one broken record costs no other, and a long file no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .base import CUT, Fields, ReadEntry, Strays, entry, safely, trouble
from .markup import Broken, Element, parse, records
from .source import Source

BROKEN = "The XML of this entry is not well-formed (its line {line}): complete the entry by hand, or export it again."


def entries(
    source: Source, names: tuple[str, ...], fields_of: Callable[[Element], Fields], *, plain: Callable[[str], str] = str
) -> Iterator[ReadEntry]:
    """Yield one entry for each element of these names, and for what stands between them in another format.

    `fields_of` maps an element to the normal form; `plain` makes the text of one record readable alone (prefixes, namespaces).
    """

    @safely
    def finish(position: int, line: int, raw: str, element: Element) -> ReadEntry:
        return entry(position, line, raw, fields_of(element))

    position = 0
    strays = Strays(in_xml=True)
    for line, text, whole in records(source, names, strays):
        if stray := strays.take(position + 1):
            position += 1
            yield stray
        position += 1
        if not whole:
            source.cut = True
            yield trouble(position, line, text, CUT)
            continue
        try:
            element = parse(plain(text), source.limits)
        except Broken as broken:
            yield trouble(position, line, text, BROKEN.format(line=line + int(broken.args[0]) - 1))
            continue
        yield finish(position, line, text, element)
    if stray := strays.take(position + 1):
        yield stray
