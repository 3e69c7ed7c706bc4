"""XML record by record: the text is parted at the record elements and each is parsed alone with defusedxml.

So the file is streamed, one broken record spoils neither file nor neighbours, raw text and line are kept, nothing outside is
fetched, and entities cannot be defined. A DOCTYPE that names an outside DTD is accepted and left alone.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # the element type only; parsing is defusedxml's
from collections.abc import Iterator
from html.entities import html5
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .base import Limits, Refused, Strays
from .source import Source, clean

_ENTITY_DEFINED = re.compile(r"<!ENTITY", re.I)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_NUMERIC = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,10}|#x[0-9A-Fa-f]{1,8}|amp|lt|gt|quot|apos);)")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
ENTITIES = "The XML defines entities of its own, which exports do not do and which can exhaust a computer: export it again."
_EMPTY = re.compile(r"<([A-Za-z]{1,40})\s*/>")  # thousands of them need no parser
MAX_GAP_LINE = 1 << 20
Element = ET.Element


class Broken(Exception):
    """One record is not well-formed."""


class _Guard(ET.TreeBuilder):
    """Build a tree inside limits of depth and attributes."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._count > self._limits.max_xml_elements:
            raise Refused(f"An entry has more than {self._limits.max_xml_elements:,} XML elements: this is no export of references.")
        if self._depth > self._limits.max_xml_depth:
            raise Refused(f"The XML nests deeper than {self._limits.max_xml_depth} levels: this is no export of references.")
        if len(attrs) > self._limits.max_xml_attributes:
            raise Refused(f"An XML element has more than {self._limits.max_xml_attributes} attributes: this is no export of references.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _named(match: re.Match[str]) -> str:
    if match[1] in _XML_ENTITIES:
        return match[0]
    letter = html5.get(match[1] + ";", "")
    return letter if letter and letter not in "<>&" else f"&amp;{match[1]};"


def _numeric(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    allowed = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if allowed and not 0x7F <= code <= 0x9F else ""


def parse(text: str, limits: Limits, namespaces: str = "") -> Element:
    """Parse one record; raises Broken with the place, or Refused for what no export does."""
    if empty := _EMPTY.fullmatch(text):
        return ET.Element(empty[1])
    if "&" in text:
        text = _NUMERIC.sub(_numeric, _NAMED.sub(_named, text))
    try:
        return _tree(f"<_{namespaces}>{text}</_>", limits)[0]
    except (ExpatError, ET.ParseError, IndexError, ValueError) as error:
        if (mended := _BARE_AMPERSAND.sub("&amp;", text)) != text:
            try:
                return _tree(f"<_{namespaces}>{mended}</_>", limits)[0]
            except (ExpatError, ET.ParseError, IndexError, ValueError):
                pass
        line = getattr(error, "position", (1, 0))[0]
        raise Broken(line) from None
    except DefusedXmlException:
        raise Refused(ENTITIES) from None


def _tree(text: str, limits: Limits) -> Element:
    parser = DefusedXMLParser(target=_Guard(limits), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.feed(text)
    return parser.close()


def records(source: Source, names: tuple[str, ...], strays: Strays | None = None) -> Iterator[tuple[int, str, bool]]:
    """Give (line, text, whole) of each element with one of the names, outermost first; the last may be cut.

    `strays` sees the lines between them: references of another format that were put behind the XML.
    """
    limits = source.limits
    alternatives = "|".join(map(re.escape, names))
    opening = re.compile(rf"<({alternatives})(?=[\s>/])|<!--")
    closings = {name: f"</{name}>" for name in names}
    buffer = ""
    line = 1
    name = ""
    for piece in source.pieces():
        at = 0  # where the part of the buffer begins that is not yet given out
        scan = max(0, len(buffer) - 80) if name else 0
        buffer += piece
        while True:
            if not name:
                match = opening.search(buffer, at)
                end_of_gap = match.start() if match else _kept_from(buffer, at)
                if _ENTITY_DEFINED.search(buffer, at, match.start() if match else len(buffer)):
                    raise Refused(ENTITIES)
                if strays is not None and end_of_gap > at:
                    strays.see_all(line, buffer[at:end_of_gap])
                line += buffer.count("\n", at, end_of_gap)
                at = scan = end_of_gap
                if match is None:
                    break
                if match[1] is None:  # a comment: what it holds are no records
                    end = buffer.find("-->", at)
                    if end < 0 and len(buffer) - at <= limits.max_entry_chars:
                        break
                    line += buffer.count("\n", at, end if end >= 0 else at + 4)
                    at = end if end >= 0 else at + 4
                    continue
                name = match[1]
            tag_end = buffer.find(">", at)
            if tag_end > 0 and buffer[tag_end - 1] == "/":  # <record/>
                end = tag_end + 1
            elif (closing := buffer.find(closings[name], scan)) >= 0:
                end = closing + len(closings[name])
            elif len(buffer) - at > limits.max_entry_chars:
                raise Refused(
                    f"An entry at line {line} has more than {limits.max_entry_chars:,} characters: this is no export of references."
                )
            else:
                break
            yield line, buffer[at:end], True
            line += buffer.count("\n", at, end)
            at = end
            name = ""
        buffer = buffer[at:]
    if name and buffer.strip():
        yield line, buffer, False
    elif strays is not None:
        strays.see_all(line, buffer)


def _kept_from(buffer: str, at: int) -> int:
    """Say up to where a buffer without the begin of an element was seen: whole lines, and not what may be the begin of a begin."""
    end = max(at, len(buffer) - 80)
    line = buffer.rfind("\n", at, end) + 1
    return max(at, line) if len(buffer) - at < MAX_GAP_LINE else end


def text_of(element: Element | None) -> str:
    """Give all text inside an element, with that of inner markup (style parts, sub and sup, italics)."""
    return clean("".join(element.itertext())).strip() if element is not None else ""
