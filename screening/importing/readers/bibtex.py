"""BibTeX of Zotero, Mendeley, Scopus, Web of Science, ACM, IEEE, Cochrane and the rest.

Own grammar, because the known parsers refuse a whole file for one entry: entries without key, with equal keys, with text between
them, with braces that do not balance, with quoted or bare values are all read, and the raw text of each is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from . import abstracts, latex, platforms, values
from .base import CUT, Fields, ReadEntry, Reader, Strays, entry, letters, safely, trouble
from .source import Source

MAX_MACRO = 100_000  # characters that names of @string may stand for in one value: more is no export
_OPEN = re.compile(r"^[ \t\ufeff]*@[ \t]*([A-Za-z][A-Za-z_]*)[ \t]*([{(])")
_HEAD = re.compile(r"^[ \t\ufeff]*@[ \t]*([A-Za-z][A-Za-z_]*)[ \t]*[{(]", re.M)
_KINDS = (
    "article|book|booklet|inbook|incollection|inproceedings|conference|manual|mastersthesis|masterthesis|phdthesis|misc|proceedings|"
    "techreport|unpublished|online|electronic|report|thesis|collection|dataset|software|patent|periodical|book_section|journal|"
    "mvbook|bookinbook|suppbook|mvcollection|suppcollection|reference|inreference|www|web_page|generic|data|webpage|standard"
)
_NEXT = re.compile(
    rf"^[ \t\ufeff]*@[ \t]*(?:(?:{_KINDS})[ \t]*[{{(]\s*(?:[^=\"{{}}]*$|[^=\"{{}},\s]*\s*,)|(?:comment|string|preamble)[ \t]*[{{(])", re.I
)
_KNOWN = re.compile(rf"^[ \t\ufeff]*@[ \t]*(?:{_KINDS}|comment|string|preamble)[ \t]*[{{(]", re.I | re.M)
_MARK = re.compile(r"[{}\\]")
_NAME = re.compile(r"[\s,]*([A-Za-z][\w.:+/ -]{0,60}?)\s*=\s*")
_SKIP = re.compile(r",\s*(?=[A-Za-z][\w.:+/-]{0,60}\s*=\s*[{\"\w])")
_BREAK = re.compile(r"\n[ \t]*(?=[A-Za-z][\w.:+/-]{0,60}[ \t]*=[ \t]*[{\"\w])")
_SEVERAL = re.compile(rf"(?<=[}})])[ \t,]*(?=@[ \t]*(?:{_KINDS})[ \t]*[{{(])", re.I)
_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"[^\s,#{}\"]+")
UNBALANCED = "The braces of the entry do not balance: look at what was read."
ODD = "A part of the entry is not in the form name = value: look at what was read."
VERBATIM = frozenset(["url", "doi", "file", "eprint", "pmid", "pmcid", "issn", "isbn", "unique-id", "eid", "howpublished", "link"])
MONTHS = {
    name[:3].lower(): str(place)
    for place, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}


def recognises(head: str) -> int:
    """An entry of a known kind opens a line."""
    if head.lstrip("\ufeff \n\t")[:1] in ("[", "{"):
        return 0
    if known := _KNOWN.search(head):
        return 40 if "\nTY  - " in head[: known.start()] or head.startswith("TY  - ") else 85
    return 30 if (match := _HEAD.search(head)) and "=" in head[match.end() : match.end() + 400] else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield the entries; comments, strings and preambles are no entries."""
    position = start = depth = 0
    raw: list[str] = []
    strings: dict[str, str] = dict(MONTHS)
    round_ = False
    strays = Strays()
    referred = _referred(source)
    for place, line in _parted(source.lines()):
        if raw and _NEXT.match(line):
            position, made = _finish(raw, position, start, strings, UNBALANCED, referred)
            if made:
                yield made
            raw, depth = [], 0
        if not raw:
            opened = _OPEN.match(line)
            if opened is None:
                strays.see(place, line)
                continue
            if found := strays.take(position + 1):
                position += 1
                yield found
            start = place
            raw = [line]
            round_ = opened[2] == "("
            depth = _depth(line[opened.end() :], 1, round_=round_)
        else:
            raw.append(line)
            depth = _depth(line, depth, round_=round_)
        if depth <= 0:
            position, made = _finish(raw, position, start, strings, "", referred)
            if made:
                yield made
            raw, depth = [], 0
    if found := strays.take(position + 1):
        position += 1
        yield found
    if raw:
        source.cut = True
        position, made = _finish(raw, position, start, strings, CUT, referred)
        if made:
            yield made


def _parted(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Number the lines, and part those that hold several entries."""
    for place, line in enumerate(lines, 1):
        if line.count("@") > 1 and "}" in line:
            for part in _SEVERAL.split(line):
                yield place, part
        else:
            yield place, line


def _depth(line: str, depth: int, *, round_: bool) -> int:
    """Count braces; an entry opened by a parenthesis ends at the first ")" that closes a line."""
    skip = -1
    for mark in _MARK.finditer(line):
        if mark.start() == skip:
            skip = -1
        elif mark[0] == "\\":
            skip = mark.end()
        elif mark[0] == "{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return 0
    return 0 if round_ and depth == 1 and line.rstrip().endswith(")") else depth


_CROSS = re.compile(r"[{,]\s*crossref[ \t]*=[ \t]*[{\"]?([^{}\",\n]{1,200})", re.I)
_KEYED = re.compile(r"^[ \t\ufeff]*@[ \t]*[A-Za-z][A-Za-z_]*[ \t]*[{(]\s*([^\s,={}\"]{1,200})\s*,", re.M)
#: What an entry takes over from the one its crossref names, where it does not say it itself.
TAKEN_OVER = ("year", "date", "month", "publisher", "editor", "series", "volume", "number", "issn", "isbn", "address", "location")


def _referred(source: Source) -> dict[str, dict[str, list[str]]]:
    """Give what is taken over from each entry that a crossref names, by key: it may stand before or behind those that name it."""
    if source.size > source.limits.max_whole_bytes or not source.mentions(b"crossref"):
        return {}
    kept = source.controls_removed, source.letters_repaired, source.consumed, source.mark
    text = source.text()
    source.controls_removed, source.letters_repaired, source.consumed, source.mark = kept
    wanted = {key.strip().lower() for key in _CROSS.findall(text)}
    found: dict[str, dict[str, list[str]]] = {}
    opened = list(_KEYED.finditer(text))
    for place, match in enumerate(opened):
        if (key := match[1].lower()) in wanted and key not in found:
            end = opened[place + 1].start() if place + 1 < len(opened) else len(text)
            pairs = {name.lower(): value for name, value, whole in _pairs(_without_end(text[match.end() : end]), MONTHS) if whole}
            taken = {name: [value] for name, value in pairs.items() if name in TAKEN_OVER}
            if title := pairs.get("booktitle") or pairs.get("title"):
                taken["booktitle"] = [title]
            found[key] = taken
    return found


def _finish(
    raw: list[str], position: int, line: int, strings: dict[str, str], problem: str, referred: dict[str, dict[str, list[str]]]
) -> tuple[int, ReadEntry | None]:
    """Read one entry; gives the position it got (unchanged for comments and the like)."""
    while raw and not raw[-1].strip():
        raw.pop()
    text = "\n".join(raw)
    opened = _OPEN.match(text)
    assert opened is not None
    kind = opened[1].lower()
    body = text[opened.end() :]
    if kind in ("comment", "preamble"):
        return position, None
    if kind == "string":
        strings.update({name.lower(): value for name, value, _ in _pairs(body.strip().rstrip(")}"), strings)})
        return position, None
    position += 1
    key, comma, rest = body.partition(",")
    if "=" in key:
        key, rest = "", body
    elif not comma:
        return position, trouble(position, line, text, problem or "The entry holds a key and nothing else.")
    found: dict[str, list[str]] = {}
    odd = False
    for name, value, whole in _pairs(_without_end(rest), strings, loose=problem == UNBALANCED):
        odd = odd or not whole
        if value.strip():
            found.setdefault(name.lower(), []).append(value)
    if problem == CUT:
        return position, trouble(position, line, text, CUT)
    if (
        (named := found.get("crossref"))
        and (taken := referred.get(named[0].strip().lower()))
        and named[0].strip().lower() != key.strip().lower()
    ):
        found |= {name: list(held) for name, held in taken.items() if name not in found}
    remarks = tuple(filter(None, (problem, ODD if odd and not problem else "")))
    made = _made(position, line, text, kind, key.strip(), found, remarks)
    return position, made


@safely
def _made(position: int, line: int, raw: str, kind: str, key: str, found: dict[str, list[str]], remarks: tuple[str, ...]) -> ReadEntry:
    fields = fields_of(kind, key, found)
    if abstracts.is_mojibake(fields.title):
        remarks = (*remarks, abstracts.MOJIBAKE)
    return entry(position, line, raw, fields, remarks)


def _without_end(body: str) -> str:
    body = body.rstrip()
    return body[:-1] if body[-1:] in ("}", ")") else body


def _pairs(body: str, strings: dict[str, str], *, loose: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Give (name, raw value, well-formed) for each field of an entry's body.

    Once a brace or quotation mark is never closed, values end where the next line begins with `name =`.
    """
    at = 0
    whole = True
    while match := _NAME.match(body, at) or _next_name(body, at):
        if match.start() > at and body[at : match.start()].strip(" ,\n\t"):
            whole = False
        value, at, closed = _value(body, match.end(), strings, loose=loose)
        loose = loose or not closed
        yield match[1], value, whole
        whole = True


def _next_name(body: str, at: int) -> re.Match[str] | None:
    skip = _SKIP.search(body, at)
    return _NAME.match(body, skip.start()) if skip else None


def _value(body: str, at: int, strings: dict[str, str], *, loose: bool) -> tuple[str, int, bool]:
    """Read a value: braced, quoted, a number or a macro, or several joined by #; gives (value, place after it, closed)."""
    parts: list[str] = []
    while at < len(body):
        mark = body[at]
        if mark in '{"':
            end = -1 if loose else _closing(body, at) if mark == "{" else _quote_end(body, at + 1)
            if end < 0:
                broken = _BREAK.search(body, at + 1)
                end = broken.start() if broken else len(body)
                return "".join([*parts, body[at + 1 : end].rstrip().removesuffix(",").rstrip(' }"')]), end, False
            parts.append(body[at + 1 : end])
            at = end + 1
        elif match := _BARE.match(body, at):
            text = strings.get(match[0].lower(), match[0])
            parts.append(text if sum(map(len, parts)) + len(text) <= MAX_MACRO else match[0])
            at = match.end()
        else:
            break
        rest = _past_space(body, at)
        if rest < len(body) and body[rest] == "#":
            at = _past_space(body, rest + 1)
            continue
        break
    return "".join(parts), at, True


def _past_space(body: str, at: int) -> int:
    match = _SPACE.match(body, at)
    return match.end() if match else at


def _closing(body: str, at: int) -> int:
    """Find the brace that closes the one at `at`; -1 when none does."""
    depth = 0
    skip = -1
    for mark in _MARK.finditer(body, at):
        if mark.start() == skip:
            continue
        if mark[0] == "\\":
            skip = mark.end()
        elif mark[0] == "{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return mark.start()
    return -1


_QUOTE_MARK = re.compile(r'[{}\\"]')


def _quote_end(body: str, at: int) -> int:
    depth = 0
    skip = -1
    for mark in _QUOTE_MARK.finditer(body, at):
        if mark.start() == skip:
            continue
        if mark[0] == "\\":
            skip = mark.end()
        elif mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth <= 0:
            return mark.start()
    return -1


_AND = re.compile(r"\s+and\s+", re.I)


def names_of(text: str) -> tuple[str, ...]:
    """Part an author value at " and " outside braces; Cochrane's one list of "Name, I, Name, I, and Name, I" at every second comma."""
    flat = re.sub(r"\s+", " ", letters(text) if "&" in text else text).strip()
    parts = [part for part in _split_outside(flat) if part.strip()]
    if len(parts) <= 2 and parts and (pieces := [piece.strip() for piece in parts[0].rstrip(", ").split(",")]) and len(pieces) >= 4:
        pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
        if len(pieces) % 2 == 0 and all(re.fullmatch(r"[^\W\d_]{1,4}(?:[-. ][^\W\d_]{1,3})*\.?", given) for _, given in pairs):
            parts = [f"{family}, {given}" for family, given in pairs] + parts[1:]
    if len(parts) == 1 and ";" in parts[0]:
        parts = parts[0].split(";")
    return tuple(name for part in parts if (name := values.tidy(latex.decode(part)).rstrip(",").strip()))


def _split_outside(text: str) -> Iterator[str]:
    """Split at " and " where no brace is open."""
    begin = 0
    for match in _AND.finditer(text):
        before = text[begin : match.start()]
        if before.count("{") <= before.count("}"):
            yield before
            begin = match.end()
    yield text[begin:]


def fields_of(kind: str, key: str, found: dict[str, list[str]]) -> Fields:
    """Map BibTeX fields to the normal form."""

    def first(*names: str) -> str:
        for name in names:
            if held := found.get(name):
                value = held.pop(0)
                if not held:
                    del found[name]
                text = latex.plain(value) if name in VERBATIM else latex.decode(value)
                if text := values.tidy(text):
                    return text
        return ""

    title = first("title")
    authors: tuple[str, ...] = ()
    for name in ("author", "authors"):
        if name in found and not authors:
            authors = tuple(one for held in found.pop(name) for one in names_of(held))
    texts = found.pop("abstract", [])
    abstract = abstracts.sections(abstracts.joined_lines(latex.decode(texts[0]).strip().split("\n"))) if texts else ""
    if len(texts) > 1:
        found["abstract"] = texts[1:]
    dated, month = first("date", "year"), first("month")
    year_text = first("year") or dated
    doi_text = first("doi")
    url = first("url", "link")
    doi = values.doi_of(doi_text) or values.doi_in_link(url)
    if not doi and doi_text == "" and key.lower().startswith(("doi:10.", "https://doi.org/10.")):
        doi = values.doi_of(key)
    issn, isbn = values.serials_of("; ".join(filter(None, (first("issn"), first("eissn")))))
    isbn = values.serials_of(first("isbn"))[1] or isbn
    notes = "\n".join(filter(None, (first("note"), first("annote", "notes"))))
    pmid = values.pmid_of(first("pmid")) if "pmid" in found else ""
    if not pmid and notes.startswith("PMID:"):
        pmid = values.pmid_of(notes[5:].strip().split()[0] if notes[5:].strip() else "")
    if not pmid and (link := values.pmid_in_link(url)) and "pubmed" in url:
        pmid = link
    keywords = [latex.decode(held) for name in ("keywords", "author_keywords", "keyword", "keywords-plus") for held in found.pop(name, [])]
    unique = first("unique-id")
    accession = unique or (key if key.startswith(("WOS:", "ISI:", "rayyan-")) else "")
    source_named = first("source") if found.get("source", [""])[0].strip() == "Scopus" else ""
    accession = accession or platforms.scopus_eid(url)
    database = source_named or first("database") or platforms.database_by_accession(accession) or platforms.platform_of_link(url)[1]
    other = {name: [values.tidy(latex.decode(held)) for held in kept] for name, kept in found.items()}
    if key:
        other["key"] = [key]
    return Fields(
        type="preprint" if found.get("entrysubtype") == ["preprint"] else "web page" if kind == "online" else values.type_of(kind),
        title=title or _book_title(kind, other),
        title_other=first("titleaddon"),
        authors=authors,
        year=values.year_of(year_text),
        date=" ".join(filter(None, (month, dated))) if month and dated.isdigit() else dated,
        journal=first("journal", "journaltitle", "booktitle", "journal-full", "series") if kind != "book" else first("journal", "series"),
        volume=first("volume"),
        issue=first("number", "issue"),
        pages=values.pages_of(first("pages")),
        article_number=first("article-number", "art_number", "articleno", "eid"),
        doi=doi,
        pmid=pmid,
        pmcid=values.pmcid_of(first("pmcid", "pmc")) if "pmcid" in found or "pmc" in found else values.pmcid_of(notes),
        issn=issn,
        isbn=isbn,
        accession=accession,
        database=database,
        abstract=abstract,
        keywords=tuple(dict.fromkeys(term for held in keywords for term in values.split_terms(held))),
        language=first("language", "langid"),
        url=url,
        notes=notes,
        other={name: kept for name, kept in other.items() if name == "key" or name in found},
    )


def _book_title(kind: str, other: dict[str, list[str]]) -> str:
    return other["booktitle"][0] if kind == "proceedings" and other.get("booktitle") else ""


READER = Reader("bibtex", ("bib", "bibtex", "txt"), recognises, read, "BibTeX")
