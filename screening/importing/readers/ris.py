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
from collections.abc import Iterator

from rispy.config import TAG_KEY_MAPPING

from . import values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, trouble, words
from .source import Source, clean

VENDOR_TAGS = (
    "A5 A6 A7 A8 A9 AF BT C9 CN CP CR CT D2 DI DS ED EI EM FN FT FU G2 GB H1 H2 IP IT JP KY L3 LG LI LK LL MC MH NS NT OT PA PD PG PI PM "
    "PN PP PS PT PU RA S1 S2 SI SO SU SV T4 T5 T6 T7 T8 T9 TO U1 U2 U3 U4 U5 U6 U7 U8 U9 UT VO W1 WE WC X1 X2 YR Z9 ZZ"
)
TAGS = (frozenset(TAG_KEY_MAPPING) - {"UK", "TY", "ER"}) | frozenset(words(VENDOR_TAGS))
CORE = frozenset(["TI", "T1", "AU", "A1", "AB", "N2", "DO", "PY", "Y1", "JF", "JO", "AN", "ID", "SN", "T2", "UR"])
REPEATING = tuple(words("JO T2 JF JA J2 T1 TI ST"))
LONG = frozenset(("AB", "N2", "N1", "RN"))

_TAG = re.compile(r"^[ \t\ufeff\"]{0,4}([A-Za-z][A-Za-z0-9]) {0,3}[-–](?: +|\t|$|(?=[^\s-]))")
_LONG_TAG = re.compile(r"^(PMID|PMCID|DOI|ISSN|ISBN) {0,2}- ")
_TY = re.compile(r"^[ \t\ufeff\"]{0,4}[Tt][Yy][ \xa0]{0,3}[-–](?:\s|$|(?=[A-Za-z]))", re.M)
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
        if self.parts is not None:
            note = self.tag in ("N1", "RN")
            self.last[-1] = "\n".join(map(str.strip, self.parts)).strip() if note else values.joined_lines(self.parts)
            self.parts = None


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield the entries of a RIS file."""
    position = ended = 0
    draft: Draft | None = None
    number = provider = ""
    known = TAGS
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        tag = line[:2]
        if line[2:6] == "  - " and tag in known:
            if draft is not None and not draft.waiting_end:  # nine lines in ten take this path: Draft.add, written out
                if draft.parts is not None:
                    draft.close_value()
                draft.raw.append(line)
                held = draft.tags.get(tag)
                if held is None:
                    draft.tags[tag] = draft.last = [line[6:]]
                else:
                    held.append(line[6:])
                    draft.last = held
                draft.tag = tag
                continue
            value = line[6:]
        elif line[2:5] == "  -" and tag in ("TY", "ER") and line[5:6] in ("", " "):
            value = line[6:].strip()
        elif "-" in line[:9] or "–" in line[:9]:
            tag, value = _odd_tag(line)
        elif draft is None:
            if line and (match := _NUMBERED.match(line)):
                number = match[1] or match[2]
            elif line and (match := _PROVIDER.match(line)):
                provider = match[1].strip()
            continue
        else:
            tag = ""
        if draft is not None and draft.waiting_end:  # an ER line with text: the end, unless the text goes on
            if tag == "TY" or not line.strip() or _NUMBERED.match(line):
                position, ended = position + 1, ended + 1
                yield finish(draft, position)
                draft, number = None, ""
            else:
                draft.waiting_end = False
                draft.go_on(draft.raw[-1])
        if tag == "TY":
            if draft is not None:
                number = draft.give_back()
                position += 1
                ends.note(draft.tags)
                yield finish(draft, position, NO_END if ended else "")
            draft = Draft(place, number, provider, started=True)
            number = ""
            draft.raw.append(line)
            draft.add("TY", value)
        elif draft is None:
            if tag in CORE and value:
                draft = Draft(place, number, provider, started=False)
                number = ""
                draft.raw.append(line)
                draft.add(tag, value)
            elif not tag and (match := _NUMBERED.match(line)):
                number = match[1] or match[2]
            elif not tag and (match := _PROVIDER.match(line)):
                provider = match[1].strip()
        elif tag == "ER":
            draft.raw.append(line)
            if value.strip(' "'):
                draft.waiting_end = True
                continue
            position, ended = position + 1, ended + 1
            yield finish(draft, position)
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
    if draft is not None:
        position += 1
        if draft.parts is not None and draft.parts[-1].strip() in ("E", "ER", "ER  -"):  # the end line itself is cut
            draft.parts.pop()
            draft.waiting_end = True
        if draft.waiting_end:
            yield finish(draft, position)
        elif not ended and not ends.cut(draft.tags, source):
            yield finish(draft, position, NO_END if source.open_end else "")
        else:
            source.cut = True
            yield finish(draft, position, CUT, complete=not source.open_end)


def _odd_tag(line: str) -> tuple[str, str]:
    """Read a tag written otherwise than `XX  - `: one space, three, none after the hyphen, lower case, quoted, four letters."""
    if "\xa0" in line[:9]:
        line = line.replace("\xa0", " ", 3)
    match = _TAG.match(line)
    if match is None:
        match = _LONG_TAG.match(line)
        if match is None:
            return "", ""
        return {"PMID": "PM", "PMCID": "PMCID", "DOI": "DO", "ISSN": "SN", "ISBN": "SN"}[match[1]], line[match.end() :].strip()
    tag = match[1].upper()
    gap = line[match.start(1) + 2 : match.end()]
    if tag not in TAGS and tag not in ("TY", "ER") and not gap.startswith("  - ") and gap != "  -":
        return "", ""
    if "-" not in gap or gap[:1] not in (" ", "-", "–"):
        return "", ""
    if gap[:1] != " " and not (tag in ("TY", "ER") and match[1].isupper()):
        return "", ""  # "AB-positive" is no tag
    if gap[-1:] in "-–" and gap[-1:] and line[match.end() : match.end() + 1] and not gap.startswith("  "):
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
    if "&" in text and "bvsalud" in text:  # BVS (LILACS) writes letters as HTML entities
        draft.tags = {name: [clean(html.unescape(one)) for one in held] for name, held in draft.tags.items()}
    fields = fields_of(draft.tags, draft.provider)
    if values.is_mojibake(fields.title) or ("Ã" in text and any(map(values.is_mojibake, fields.authors))):
        remarks = (*remarks, values.MOJIBAKE)
    return entry(position, line, text, fields, remarks)


def _first(tags: dict[str, list[str]], *names: str) -> str:
    """Take the first value that is not empty; tags of which nothing is left over leave the dict."""
    for name in names:
        held = tags.get(name)
        if held is None:
            continue
        if len(held) == 1:
            del tags[name]
            if value := held[0].strip():
                return value
            continue
        for value in held:
            if value := value.strip():
                _drop(tags, name, value)
                return value
        del tags[name]
    return ""


def _drop(tags: dict[str, list[str]], name: str, value: str) -> None:
    """Take a value that was used, and its repetitions, out of the tags."""
    left = [one for held in tags[name] if (one := held.strip()) and one != value]
    if left:
        tags[name] = left
    else:
        del tags[name]


def fields_of(tags: dict[str, list[str]], provider: str = "") -> Fields:
    """Map RIS tags to the normal form; what has no field of its own stays in `other`."""
    left = tags
    first = _first
    kind = first(left, "TY")
    title = first(left, "TI", "T1")
    if not title:
        title = first(left, "CT", "BT")
    if not title and "T2" in left and ("ST" in left):
        title = first(left, "ST")
    title = values.tidy(title)
    authors = _authors(left)
    year, date = _year(left)
    abstract = _abstract(left)
    journal = first(left, "JF", "T2", "JO", "JA", "J2", "SO", "BT")
    for name in REPEATING:
        if name in left:
            kept = [one for held in left[name] if (one := held.strip()) and one != journal and one != title]
            if kept:
                left[name] = kept
            else:
                del left[name]
    title_other = values.tidy(first(left, "TT", "OP")) if ("TT" in left or "OP" in left) else ""
    if not title_other and "U2" in left and "T2" in left and "JF" not in left and left["U2"][0].startswith("L"):
        title_other = values.tidy(first(left, "T2"))  # Embase.com: T2 is the title in the original language
    url, doi, more_urls = _links(left)
    if "T1" in left and not title:
        title = values.tidy(first(left, "T1"))
    start, end = first(left, "SP", "PG"), first(left, "EP")
    serials = left.pop("SN", ())
    serial = serials[0] if len(serials) == 1 else "; ".join(serials)
    issn, isbn = values.serials_of(serial) if serial else ("", "")
    if not issn and not isbn and serial.strip():
        left["SN"] = [serial]
    accession, database = _accession(left, url, more_urls, provider)
    pmid, pmcid = _pubmed(left, accession, database, url)
    keywords = [term for one in left.pop("KW", ()) if (term := one.strip())]
    if len(keywords) == 1 and ";" in keywords[0]:
        keywords = values.split_terms(keywords[0])
    notes = "\n".join([note for name in ("N1", "RN") if name in left for one in left.pop(name) if (note := one.strip())])
    number = first(left, "C7") if "C7" in left else ""
    return Fields(
        values.type_of(kind) if kind else "other",
        title,
        title_other,
        authors,
        year,
        date,
        journal,
        first(left, "VL", "VO"),
        first(left, "IS", "IP"),
        values.pages_of(start, end) if start or end else "",
        number,
        doi,
        pmid,
        pmcid,
        issn,
        isbn,
        accession,
        database,
        values.sections(abstract),
        tuple([term if term.isprintable() and "  " not in term else values.tidy(term) for term in keywords]),
        first(left, "LA", "LG"),
        url,
        notes,
        {name: kept for name, held in left.items() if (kept := [one for text in held if (one := text.strip())])},
    )


def _authors(tags: dict[str, list[str]]) -> tuple[str, ...]:
    """Give AU and A1; several names in one line are parted at ";". Editors are no authors and stay in `other`."""
    held = tags.pop("AU", None) or []
    if "A1" in tags:
        more = tags.pop("A1")
        held = held + [name for name in more if name not in held] if held else more
    names: list[str] = []
    for one in held:
        if ";" in one:
            names += [name for part in one.split(";") if (name := values.tidy(part))]
        elif name := one.strip():
            names.append(" ".join(name.split()) if "\n" in name or "  " in name else name)
    return tuple(names)


def _year(tags: dict[str, list[str]]) -> tuple[int | None, str]:
    """Give the year and the fullest date; a tag that names no year leaves the question to the next."""
    year = None
    date = ""
    for name in ("PY", "Y1", "DA", "YR", "PD"):
        if name in tags:
            held = next((one for one in tags[name] if one.strip(" /")), "").strip()
            if not held:
                del tags[name]
                continue
            if year is None:
                year = values.year_of(held)
            if len(trimmed := held.rstrip("/ ")) > len(date) and trimmed[:1] != "S":
                date = trimmed
            _drop(tags, name, held)
    return year, date


def _abstract(tags: dict[str, list[str]]) -> str:
    """Give AB, else N2; EBSCOhost's second AB is a copyright notice and no abstract, other repetitions are languages."""
    for name in ("AB", "N2"):
        held = tags.get(name)
        if held is None:
            continue
        texts = [one for one in held if one and not one.isspace()]
        if len(texts) > 1:
            notices = [one for one in texts[1:] if values.is_copyright(one.strip())]
            texts = [one for one in texts if one not in notices]
            if notices:
                tags["AB copyright"] = notices
        del tags[name]
        if texts:
            return "\n".join(one.strip() for one in dict.fromkeys(texts))
    return ""


def _links(tags: dict[str, list[str]]) -> tuple[str, str, list[str]]:
    """Give (link, DOI, further links); the DOI comes from DO, else from a link to the resolver, else from M3 or N1 that is one."""
    urls = [part for one in tags.pop("UR", ()) for part in _apart(one)]
    doi = ""
    for name in ("DO", "DI"):
        for held in tags.get(name, ()):
            doi = doi or values.doi_of(held)
            if doi:
                break
        if doi:
            others = [one for one in tags[name] if one.strip() and values.doi_of(one) != doi] if len(tags[name]) > 1 else []
            if others:
                tags[name] = others
            else:
                del tags[name]
            break
    if not doi:
        linked = (values.doi_in_link(one) for one in (*urls, *tags.get("L2", ()), *tags.get("L3", ()), *tags.get("LK", ())))
        doi = next(filter(None, linked), "")
    if not doi:
        for name in ("M3", "L3", "N1", "C1"):
            for one in tags.get(name, ()):
                if one.lstrip()[:4].lower() in ("doi:", "doi ", "10.1", "10.2", "10.3", "10.4", "10.5", "10.7"):
                    doi = doi or values.doi_of(one)
    urls = list(dict.fromkeys(urls))
    if len(urls) > 1:
        tags["UR"] = urls[1:]
    return (urls[0] if urls else ""), doi, urls[1:]


def _apart(text: str) -> list[str]:
    text = text.strip()
    if ";" in text and text.count("://") > 1:
        return [part for one in text.split(";") if (part := one.strip())]
    return [text] if text else []


_EBSCO_AN = re.compile(r"[?&]AN=([^&]+)")
_SCOPUS_EID = re.compile(r"eid=(2-s2\.0-[0-9]+)")
_OVID_AN = re.compile(r"[?&;]AN=([^&]+)")


def _accession(tags: dict[str, list[str]], url: str, more: list[str], provider: str) -> tuple[str, str]:
    """Give (accession number, database) from AN, U2, ID, the link, and DB; EndNote's ID is a row number and none."""
    first = _first
    database = values.database_name(first(tags, "DB")) if "DB" in tags else ""
    accession = first(tags, "AN", "UT") if "AN" in tags or "UT" in tags else ""
    links = (url, *more) if more else (url,) if url else ()
    if not accession:
        for link in links:
            if match := _SCOPUS_EID.search(link) or _EBSCO_AN.search(link) or _OVID_AN.search(link):
                accession = match[1]
                break
    if not accession and "U2" in tags and tags["U2"][0].strip()[:1] == "L":
        accession = first(tags, "U2")
        database = database or "Embase"
    told_platform = told = ""
    if not database:
        for link in (*links, *tags.get("L2", ())):
            told_platform, told = values.platform_of_link(link)
            if told_platform:
                break
        database = values.database_by_accession(accession) or told
        if not database and provider:
            database = "Cochrane Library" if "wiley" in provider.lower() else provider
        if not database and "WE" in tags and "PU" in tags:
            database = "Web of Science"
    if accession and tags.get("ID", [""])[0].strip() == accession:
        del tags["ID"]
    if not accession and "ID" in tags and (len(tags["ID"][0].strip()) > 5 or told_platform == "Ovid"):
        accession = first(tags, "ID")
        if accession == url:
            accession = ""
    return accession, database


def _pubmed(tags: dict[str, list[str]], accession: str, database: str, url: str) -> tuple[str, str]:
    """Give (PMID, PMCID) from the tags that platforms use for them."""
    pmid = pmcid = ""
    if "PM" in tags:
        pmid = values.pmid_of(_first(tags, "PM"))
    if "PMCID" in tags:
        pmcid = values.pmcid_of(_first(tags, "PMCID"))
    for name in ("C2", "C5", "U1", "C3", "C6"):
        for held in tags.get(name, ()):
            held = held.strip()
            if not pmcid and held[:3].upper() == "PMC":
                pmcid = values.pmcid_of(held)
            elif not pmid and name in ("C2", "C5") and held.isdigit():
                pmid = values.pmid_of(held)
            elif not pmid and "[PMID]" in held:
                pmid = values.pmid_of(held.partition("[")[0])
            elif not pmid and "PUBMED " in held:
                pmid = values.pmid_of(held.partition("PUBMED ")[2].partition(",")[0])
    if not pmid:
        low = database.lower()
        if ("medline" in low or "pubmed" in low or low == "nlm") and accession.isdigit():
            pmid = values.pmid_of(accession)
        elif "pubmed" in url:
            pmid = values.pmid_in_link(url)
        elif accession.startswith("MEDLINE:"):
            pmid = values.pmid_of(accession[8:])
    return pmid, pmcid


READER = Reader("ris", ("ris", "txt", "cgi"), recognises, read, "RIS")
