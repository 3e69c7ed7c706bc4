"""Part a source line as Ovid, Embase.com and PubMed write it into journal, volume, issue, pages, article number, year and date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .values import tidy


@dataclass(frozen=True, slots=True)
class Where:
    """Where a paper stands; "" for what the line does not say."""

    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    year: str = ""
    date: str = ""


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_WHEN = (
    rf"(?:(?:{_MONTH}|Spring|Summer|Fall|Autumn|Winter)(?:[/ -]{_MONTH}|[/ -](?:Spring|Summer|Fall|Autumn|Winter))? ?)?(?:[0-9]{{1,2}},? )?"
)
_YEAR = r"(?:1[89]|20)[0-9]{2}"
_PAGES = r"[A-Za-z]{0,3}[0-9][0-9A-Za-z]*(?: ?[-–] ?[A-Za-z]{0,3}[0-9][0-9A-Za-z]*)?"
_VOLUME = r"[0-9]{1,4}[A-Z]?(?:[-/][0-9]{1,4})?(?: ?(?:Suppl?|Spec)[a-z.]*(?: ?[0-9A-Z]{1,4})?)?"
# Endoscopic Ultrasound (2014) 3:3 (152-160)
_EMBASE = re.compile(
    rf"^(?P<journal>.+?)\.? ?\((?P<year>{_YEAR})\)\.? ?(?P<volume>{_VOLUME})?"
    rf"(?: ?: ?(?P<issue>[^\s(:]{{1,20}}(?: Suppl[a-z.]* ?[0-9A-Z]*)?))?(?: ?\((?P<pages>[^()]{{1,30}})\))?"
)
# Demo Journal August 2011;43(8):647-653 · J Demo. 2019 Mar 3;12(3):45-50
_SEMICOLON = re.compile(
    rf"^(?P<journal>.+?)\.? (?P<date>{_WHEN}{_YEAR}(?: {_MONTH})?(?:-{_MONTH})?(?: [0-9]{{1,2}}(?: {_MONTH})?)?) ?;"
    rf" ?(?P<volume>{_VOLUME}(?![0-9]|pp))?(?: ?\((?P<issue>[^()]{{1,30}})\))?(?: ?: ?(?P<pages>{_PAGES}))?"
)
# Demo Journal. 28(2):103-106, April 2015. · Demo Journal, Vol 28(2), Sep 2015, pp. 103-106. · Demo Journal. 12 (3) (pp 4-9), 2018.
_OVID = re.compile(
    rf"^(?P<journal>.+?)[.,]? (?:Vol\.? ?)?(?P<volume>{_VOLUME})(?: ?\((?!pp?[. ])(?P<issue>[^()]{{1,30}}(?:\([^()]{{1,10}}\))?)\))?"
    rf"(?: ?(?::|\(pp?\.?|,? pp?\.?) ?(?P<pages>{_PAGES})\)?)?(?=[.,;) ]|$)"
)
_VOL = re.compile(r"^(.+?)[.,]? Vol\.? ?([0-9]{1,4}[A-Z]?)(?: ?\(([^()]{1,30}(?:\([^()]{1,10}\))?)\))?")
# BMC Demo. Conference: 2nd Demo Conference: Part 2. Spain. 12 (Supplement 3), 2018.
_CONFERENCE = re.compile(r"\. Conference(?: Publication)?: .{0,1500}\. (?=[0-9]{1,4}[A-Z]? ?(?:\(|,|Suppl))", re.I)
_NO_PAGES = re.compile(r" ?\(no pagination\)", re.I)
_PP = re.compile(rf"\bpp\.? ?({_PAGES})")
_COLON_PAGES = re.compile(rf"\.? ?: ?({_PAGES}),")
_ARTICLE = re.compile(r"\bArt(?:icle (?:Number|No\.?)|ID):? ?([A-Za-z]{0,6}[0-9][\w.-]{0,30}?)(?=[.,;]?(?:\s|$))", re.I)
_PUBLISHED = re.compile(r"\b(?:Date of Publication|Publication Date):? ?([^.;]{4,40})", re.I)
_DATED = re.compile(rf"(?<![0-9-])({_YEAR})(?![0-9-])")


def parse_source(line: str) -> Where:
    """Part a line; what is in no known form is the journal, with the year that stands in it."""
    text = tidy(line[:3000])
    article = _ARTICLE.search(text)
    published = _PUBLISHED.search(text)
    begin = min((match.start() for match in (article, published) if match), default=len(text))
    text = _NO_PAGES.sub("", text[:begin]).strip(" ,;")
    if "onference" in text:
        text = _CONFERENCE.sub(". ", text)
    years = _DATED.findall(text)
    date = published[1].strip() if published else ""
    found = _parted(text)
    found["year"] = found.get("year") or (years[-1] if years else "") or next(iter(_DATED.findall(date)), "")
    if not found.get("pages") and (pages := _PP.search(text)):
        found["pages"] = pages[1]
    found["date"] = date or found.get("date", "")
    found["article_number"] = article[1].rstrip(".,;") if article else ""
    return Where(**{name: value.strip(" .,;") for name, value in found.items()})


def _parted(text: str) -> dict[str, str]:
    if match := _EMBASE.match(text):
        return _groups(match)
    if match := _SEMICOLON.match(text):
        found = _groups(match)
        return found | {"year": next(iter(_DATED.findall(found["date"])), "")}
    if match := _VOL.match(text):
        return {"journal": match[1], "volume": match[2], "issue": match[3] or "", "pages": _bare_pages(text[match.end() :])}
    if (match := _OVID.match(text)) and not _DATED.fullmatch(match["volume"]):
        return _groups(match)
    if pages := _COLON_PAGES.search(text):
        return {"journal": text[: pages.start()], "pages": pages[1]}
    year = _DATED.search(text)
    return {"journal": (text[: year.start()].rstrip(" .,;(") if year else "") or text}


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name: value or "" for name, value in match.groupdict().items()}


_LAST = re.compile(r"([0-9]{1,6} ?[-–] ?[0-9]{1,6})[. ]*$")


def _bare_pages(rest: str) -> str:
    """Find pages at the end of what follows a volume, unless they are years."""
    match = _LAST.search(rest[-40:])
    return match[1] if match and not re.fullmatch(rf"{_YEAR} ?[-–] ?{_YEAR}", match[1]) else ""
