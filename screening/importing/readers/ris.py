"""RIS of every platform: ProQuest, EBSCOhost, Ovid, Scopus, Web of Science, Cochrane, EndNote, Zotero and all the rest.

The tags are those of rispy (`TAG_KEY_MAPPING`), with the ones that vendors add. The line grammar is our own, because rispy's
loses entries here: it wants `XX  - ` exactly and an ER for every TY, keeps one of several equal tags, and knows no raw text or lines.
Ours takes one or two spaces before the hyphen and any after it, tags in lower case, a TY that ends the entry before it, entries whose
TY is lost, values wrapped over lines with or without indent, keywords one a line without tag (EndNote, Rayyan), and lines before TY
(Ovid's running numbers, Cochrane's and JSTOR's headers).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from rispy.config import TAG_KEY_MAPPING

from . import abstracts
from .base import CUT, Ends, ReadEntry, Reader, Strays, entry, has_entities, letters, safely, trouble, words
from .ris_fields import fields_of
from .source import Source, clean

VENDOR_TAGS = (
    "A5 A6 A7 A8 A9 AF BT C9 CN CP CR CT D2 DI DS ED EI EM FN FT FU G2 GB H1 H2 IP IT JP KY L3 LG LI LK LL MC MH NS NT OT PA PD PG PI PM "
    "PN PP PS PT PU RA S1 S2 SI SO SU SV T4 T5 T6 T7 T8 T9 TO U1 U2 U3 U4 U5 U6 U7 U8 U9 UT VO W1 WE WC X1 X2 YR Z9 ZZ"
)
TAGS = (frozenset(TAG_KEY_MAPPING) - {"UK", "TY", "ER"}) | frozenset(words(VENDOR_TAGS))
CORE = frozenset(["TI", "T1", "AU", "A1", "AB", "N2", "DO", "PY", "Y1", "JF", "JO", "AN", "ID", "SN", "T2", "UR"])
LONG = frozenset(("AB", "N2", "N1", "RN"))

_TAG = re.compile(r"^[ \t\ufeff\"]{0,4}([A-Za-z][A-Za-z0-9]) {0,3}-(?: +|\t|$|(?=[^\s-]))")
_LONG_TAG = re.compile(r"^(PMID|PMCID|DOI|ISSN|ISBN|DESCRIPTORS) {0,2}- ")
_SHORT = {"PMID": "PM", "DOI": "DO", "ISSN": "SN", "ISBN": "SN"}
_TY = re.compile(r"^[ \t\ufeff\"]{0,4}[Tt][Yy][ \t\xa0]{0,3}[-–—−](?:\s|$|(?=[A-Za-z]))", re.M)
_NUMBERED = re.compile(r"^\s*(?:<?([0-9]{1,7})\s*\.\s*>?|Record #([0-9]{1,7}) of [0-9]+)\s*$")
_PROVIDER = re.compile(r"^(?:Provider|Database):\s*(.{1,120})$")

NO_END = "The entry has no end line (ER)."
NO_START = "The entry has no first line (TY)."
STRAY = "These lines stand outside any entry: say whether they are a reference."


def recognises(head: str) -> int:
    """A TY line among the first lines is enough; so are several core tags when the first TY is lost."""
    found = _TY.search(head)
    if found:
        return 80 if head.count("\n", 0, found.start()) < 50 else 50
    known = {match[1].upper() for line in head.split("\n", 400)[:400] if (match := _TAG.match(line))}
    return 40 if len(known & CORE) >= 3 and ("ER" in known or "TI" in known or "T1" in known) else 0


class Draft:
    """One entry while its lines come in."""

    __slots__ = ("last", "line", "number", "parts", "provider", "raw", "started", "tag", "tags", "waiting_end")

    def __init__(self, line: int, number: str, provider: str, *, started: bool) -> None:
        self.line = line
        self.number = number
        self.provider = provider
        self.started = started
        self.raw: list[str] = []
        self.tags: dict[str, list[str]] = {}
        self.tag = ""
        self.last: list[str] = []
        self.parts: list[str] | None = None
        self.waiting_end = False

    def only_begun(self) -> bool:
        """Say whether there is a TY line so far and nothing after it."""
        return self.started and self.parts is None and self.tags.keys() == {"TY"} and not any(line.strip() for line in self.raw[1:])

    def add(self, tag: str, value: str) -> None:
        """Begin a value."""
        if self.parts is not None:
            self.close_value()
        self.tag = tag
        try:
            self.last = self.tags[tag]
            self.last.append(value)
        except KeyError:
            self.last = self.tags[tag] = [value]

    def go_on(self, line: str) -> None:
        """Go on with the value above: a keyword of its own under KW, text elsewhere."""
        if not self.last:
            return
        if self.tag == "KW":
            if line.strip():
                self.last.append(line)
        elif self.parts is None:
            self.parts = [self.last[-1], line]
        else:
            self.parts.append(line)

    def give_back(self) -> str:
        """Take lines that stand before the next TY (blank, running number, header) off the end; gives the number among them."""
        number = ""
        while self.raw and (
            not (line := self.raw[-1].strip()) or _NUMBERED.match(line) or _PROVIDER.match(line) or line.startswith("Content: text")
        ):
            if line and (match := _NUMBERED.match(line)):
                number = match[1] or match[2]
            self.raw.pop()
            if self.parts is not None and len(self.parts) > 1:
                self.parts.pop()
            elif line and self.tag == "KW" and len(self.last) > 1:
                self.last.pop()
        return number

    def close_value(self) -> None:
        """Put the parts of a value that went on over lines together."""
        if self.parts is not None:
            note = self.tag in ("N1", "RN")
            self.last[-1] = "\n".join(map(str.strip, self.parts)).strip() if note else abstracts.joined_lines(self.parts)
            self.parts = None


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield the entries of a RIS file."""
    position = 0
    for one in _drafts(source):
        position += 1
        if isinstance(one, ReadEntry):
            yield replace(one, position=position)
            continue
        draft, remark, complete = one
        tags = draft.tags
        titles = tags["TI"] if "TI" in tags else tags.get("T1", ())
        if len(titles) < 2 or not complete:
            yield finish(draft, position, remark, complete=complete)
            continue
        for place, part in enumerate(_parts(draft), position):
            position = place
            yield finish(part, position, remark)


def _parts(draft: Draft) -> list[Draft]:
    """Part entries that only blank lines part (neither TY nor ER): each block has a title of its own and another tag."""
    name = "TI" if "TI" in draft.tags else "T1"
    blocks: list[Draft] = []
    raw: list[str] = []
    for place, line in enumerate([*draft.raw, ""], draft.line):
        if line.strip():
            raw.append(line)
        elif raw:
            block = _block(raw, place - len(raw), started=draft.started and not blocks)
            if name in block.tags or not blocks:
                blocks.append(block)
            else:
                blocks[-1] = _block([*blocks[-1].raw, "", *raw], blocks[-1].line, started=blocks[-1].started)
            raw = []
    return blocks if all(len(block.tags) > 1 and len(block.tags.get(name, ())) == 1 for block in blocks) else [draft]


def _block(lines: list[str], line: int, *, started: bool) -> Draft:
    """Read lines that are known to be one entry."""
    draft = Draft(line, "", "", started=started)
    for text in lines:
        tag, value = (text[:2], text[6:]) if text[2:6] == "  - " and text[:2] in TAGS else _odd_tag(text)
        draft.raw.append(text)
        if tag:
            draft.add(tag, value)
        else:
            draft.go_on(text)
    return draft


def _drafts(source: Source) -> Iterator[tuple[Draft, str, bool] | ReadEntry]:
    """Give each entry as (draft, remark, whether it is complete), and lines outside any as an entry to be looked at."""
    ended = 0
    draft: Draft | None = None
    number = provider = ""
    known = TAGS
    tags: dict[str, list[str]] = {}
    push: Callable[[str], None]
    ends = Ends()
    strays = Strays()
    ready = False  # whether tags and push are those of the draft
    current = ""  # the tag that the draft does not know of yet
    for place, line in enumerate(source.lines(), 1):
        tag = line[:2]
        if line[2:6] == "  - " and tag in known:
            if not ready and draft is not None and not draft.waiting_end:
                draft.close_value()
                tags, push, ready = draft.tags, draft.raw.append, True
            if ready:  # nine lines in ten take this path: Draft.add, written out
                push(line)
                held = tags.get(tag)
                if held is None:
                    tags[tag] = [line[6:]]
                else:
                    held.append(line[6:])
                current = tag
                continue
            value = line[6:]
        elif line[2:5] == "  -" and tag in ("TY", "ER") and line[5:6] in ("", " "):
            value = line[6:].strip()
        elif "-" in line[:9] or line.startswith("DESCRIPTORS") or not line[:9].isascii():
            tag, value = _odd_tag(line)
        elif draft is None:
            if line and (match := _NUMBERED.match(line)):
                number = match[1] or match[2]
            elif line and (match := _PROVIDER.match(line)):
                provider = match[1].strip()
            else:
                strays.see(place, line)
            continue
        elif line.rstrip() == "ER":  # the end line without its hyphen, unless the text goes on
            tag, value = "ER", line
        else:
            tag = ""
        ready = False
        if current and draft is not None:
            draft.tag, draft.last, current = current, tags[current], ""
        if draft is not None and draft.waiting_end:  # an ER line with text: the end, unless the text goes on
            if tag == "TY" or not line.strip() or _NUMBERED.match(line):
                ended += 1
                yield draft, "", True
                draft, number = None, ""
            else:
                draft.waiting_end = False
                draft.go_on(draft.raw[-1])
        if draft is None and (tag == "TY" or (tag in known and value)) and (found := strays.take(0)):
            yield found
        if tag == "TY":
            if draft is not None and draft.only_begun():  # the same line twice begins one entry
                draft.raw.append(line)
                draft.tags["TY"] = [value]
                continue
            if draft is not None:
                number = draft.give_back()
                ends.note(draft.tags)
                yield draft, NO_END if ended else "", True
            draft = Draft(place, number, provider, started=True)
            number = ""
            draft.raw.append(line)
            draft.add("TY", value)
        elif draft is None:
            if tag in known and value:
                draft = Draft(place, number, provider, started=False)
                number = ""
                draft.raw.append(line)
                draft.add(tag, value)
            elif not tag and (match := _NUMBERED.match(line)):
                number = match[1] or match[2]
            elif not tag and (match := _PROVIDER.match(line)):
                provider = match[1].strip()
            elif not tag:
                strays.see(place, line)
        elif tag == "ER":
            draft.raw.append(line)
            if value.strip(' "'):
                draft.waiting_end = not _TY.match(value)
                if not draft.waiting_end:  # the line end between ER and TY is lost
                    ended += 1
                    yield draft, "", True
                    draft = Draft(place, "", provider, started=True)
                    draft.raw.append(value)
                    draft.add("TY", value.partition("-")[2].strip())
                continue
            ended += 1
            yield draft, "", True
            draft = None
        else:
            draft.raw.append(line)
            if not tag:
                draft.go_on(line)
            elif tag in known:
                draft.add(tag, value)
            elif draft.tag in LONG and not value[:1].isupper():
                draft.go_on(line)
            else:
                draft.add(tag, value)
    if found := strays.take(0):
        yield found
    if draft is not None:
        if draft.parts is not None and draft.parts[-1].strip() in ("E", "ER", "ER  -"):  # the end line itself is cut
            draft.parts.pop()
            draft.waiting_end = True
        if draft.waiting_end:
            yield draft, "", True
        elif not ended and not ends.cut(draft.tags, source):
            yield draft, NO_END if source.open_end else "", True
        else:
            source.cut = True
            yield draft, CUT, not source.open_end


def _odd_tag(line: str) -> tuple[str, str]:
    """Read a tag written otherwise than `XX  - `: one space, three, none after the hyphen, lower case, quoted, four letters."""
    if "\xa0" in line[:9]:
        line = line.replace("\xa0", " ", 3)
    if not line[:9].isascii():
        line = line[:9].replace("–", "-").replace("—", "-").replace("−", "-") + line[9:]
    if "\t" in line[:9]:
        line = line[:9].replace("\t", " ") + line[9:]
    match = _TAG.match(line)
    if match is None:
        match = _LONG_TAG.match(line)
        if match is None:
            return "", ""
        return _SHORT.get(match[1], match[1]), line[match.end() :].strip()
    tag = match[1].upper()
    gap = line[match.start(1) + 2 : match.end()]
    if tag not in TAGS and tag not in ("TY", "ER") and not gap.startswith("  - ") and gap != "  -":
        return "", ""
    if "-" not in gap or gap[:1] not in (" ", "-"):
        return "", ""
    if gap[:1] != " " and not (tag in ("TY", "ER") and match[1].isupper()):
        return "", ""  # "AB-positive" is no tag
    if gap[-1:] == "-" and line[match.end() : match.end() + 1] and not gap.startswith("  "):
        return "", ""  # "IS -dependent" is no tag
    value = line[match.end() :].strip()
    return tag, value[:-1] if line[:1] == '"' and value[-1:] == '"' else value


def finish(draft: Draft, position: int, remark: str = "", *, complete: bool = True) -> ReadEntry:
    """Turn the lines of a draft into an entry."""
    draft.close_value()
    raw = draft.raw
    while raw and not raw[-1].strip():
        raw.pop()
    text = "\n".join(raw)
    if not complete:
        return trouble(position, draft.line, text, remark)
    remarks = (remark,) if remark else ()
    if not draft.started:
        if len(draft.tags) < 2:
            return trouble(position, draft.line, text, STRAY)
        remarks = (*remarks, NO_START)
    return _made(position, draft.line, text, draft, remarks)


@safely
def _made(position: int, line: int, text: str, draft: Draft, remarks: tuple[str, ...]) -> ReadEntry:
    if draft.number:
        draft.tags["#"] = [draft.number]
    if has_entities(text):  # BVS (LILACS) and some publishers write letters as HTML entities
        whole = "bvsalud" in text
        draft.tags = {name: [clean(html.unescape(one)) if whole else letters(one) for one in held] for name, held in draft.tags.items()}
    fields = fields_of(draft.tags, draft.provider)
    if abstracts.is_mojibake(fields.title) or ("Ã" in text and any(map(abstracts.is_mojibake, fields.authors))):
        remarks = (*remarks, abstracts.MOJIBAKE)
    return entry(position, line, text, fields, remarks, plain=True)


READER = Reader("ris", ("ris", "txt", "cgi"), recognises, read, "RIS")
