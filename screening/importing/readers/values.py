"""Pure rules that bring one value into the normal form: years, DOIs, pages, types, lists."""

from __future__ import annotations

import re
from functools import lru_cache

# -- years ----------------------------------------------------------------------------------------------------

_YEAR = re.compile(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?![0-9])")
_COMPACT = re.compile(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])?(?![0-9])")


@lru_cache(maxsize=4096)
def year_of(text: str) -> int | None:
    """Find the first year between 1400 and 2099 written in ASCII digits; None rather than a guess."""
    match = _YEAR.search(text) or _COMPACT.search(text)
    return int(match[1]) if match else None


# -- identifiers ----------------------------------------------------------------------------------------------

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"]+")
_RESOLVER = re.compile(r"(?:dx\.)?doi\.org/(10\.[0-9]{4,9}/[^\s\"<>]+)", re.I)
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")


def doi_of(text: str) -> str:
    """Give the DOI inside a text in lower case without resolver, prefix or end punctuation, else ""."""
    if "10." not in text and "10%2E" not in text:
        return ""
    if "%2" in text or "%3" in text:
        text = _PERCENT.sub(lambda match: chr(int(match[1], 16)) if int(match[1], 16) < 128 else match[0], text)
    match = _DOI.search(text)
    return _trimmed(match[0]) if match and len(match[0]) < 1000 else ""


def _trimmed(doi: str) -> str:
    doi = doi.lower()
    if "\\" in doi:
        doi = doi.replace("\\_", "_")
    if "&" in doi:
        doi = doi.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if "<" in doi and (">" not in doi or "</" in doi or "::" not in doi):
        doi = doi.partition("<")[0]
    while doi and doi[-1] in ".,;:'})]" and _loose_end(doi):
        doi = doi[:-1]
    return doi if doi.partition("/")[2] else ""


def _loose_end(doi: str) -> bool:
    """Say whether the last letter is punctuation around the DOI; brackets that are paired belong to it."""
    if doi[-1] == ")":
        return doi.count("(") < doi.count(")")
    return doi[-1] != "]" or "[" not in doi


def doi_in_link(text: str) -> str:
    """Give the DOI of a link to the DOI resolver; other links are not trusted."""
    match = _RESOLVER.search(text)
    return doi_of(match[1]) if match else ""


_PMID = re.compile(r"(?<![0-9A-Za-z.])([1-9][0-9]{0,7})(?![0-9])")
_PMCID = re.compile(r"PMC[0-9]{3,9}", re.I)
_PMID_LINK = re.compile(r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(?:\?term=)?|pmid[:=/ ]{1,2})([1-9][0-9]{3,7})(?![0-9])", re.I)
_ISSN = re.compile(r"(?<![0-9])([0-9]{4})-?([0-9]{3}[0-9Xx])(?![0-9Xx-])")
_ISBN = re.compile(r"(?<![0-9])(97[89][- ]?(?:[0-9][- ]?){9}[0-9]|(?:[0-9][- ]?){9}[0-9Xx])(?![0-9])")


def pmid_of(text: str) -> str:
    """Give a PubMed number of one to eight digits, else ""."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        text = text.lstrip("0")
        return text if 0 < len(text) <= 8 else ""
    match = _PMID_LINK.search(text) or _PMID.search(text)
    return match[1] if match else ""


def pmid_in_link(text: str) -> str:
    match = _PMID_LINK.search(text)
    return match[1] if match else ""


def pmcid_of(text: str) -> str:
    match = _PMCID.search(text)
    return match[0].upper() if match else ""


@lru_cache(maxsize=4096)
def serials_of(text: str) -> tuple[str, str]:
    """Give (ISSNs, ISBNs) named in a text, each list joined by "; "."""
    isbns = [re.sub(r"[- ]", "", found).upper() for found in _ISBN.findall(text)]
    rest = _ISBN.sub(" ", text) if isbns else text
    issns = [f"{first}-{last.upper()}" for first, last in _ISSN.findall(rest)]
    return "; ".join(dict.fromkeys(issns)), "; ".join(dict.fromkeys(isbns))


# -- pages ----------------------------------------------------------------------------------------------------

_PAGES_WORD = re.compile(r"^(?:pp?\.?|s\.|pages?)\s*(?=[0-9ivxlceES])", re.I)


def pages_of(first: str, last: str = "") -> str:
    """Join first and last page; Ovid's "No - Specified" and EBSCOhost's "N.PAG" mean that none is given."""
    first, last = first.strip(), last.strip()
    if first[:1] in "NnpPsS-" and first:
        if first.lower() in _NO_PAGES and last.lower() in _NO_PAGES:
            return ""
        first = _PAGES_WORD.sub("", first)
    if not first.isascii():
        first = _DASHES.sub("-", first)
    first = first.replace("--", "-")
    if "-" in first and _SAME_PAGE.match(first):
        first = first.partition("-")[0]
    if not last or last == first or "-" in first:
        return first or last
    return f"{first}-{last}" if first else last


_SAME_PAGE = re.compile(r"^([A-Za-z]?[0-9]{1,9})-\1$")
_VOLUME_WORD = re.compile(r"^(?:v(?:ol(?:ume)?)?\.?\s*)+(?=[0-9])", re.I)


def volume_of(text: str) -> str:
    """Take the word off a volume: "v. 40" and "Vol. 40" are 40."""
    return _VOLUME_WORD.sub("", text) if text[:1] in ("v", "V") else text


_DASHES = re.compile(" ?[\u2010-\u2015\u2212] ?")
_NO_PAGES = frozenset(("", "no", "specified", "pagination", "no pagination", "n.pag", "n.pag.", "np", "n/a", "na", "not specified", "-"))


# -- types ----------------------------------------------------------------------------------------------------

_TYPES = {
    "journal article": "JOUR MGZN NEWS EJOUR JFULL INPR ABST ART JA",
    "conference paper": "CONF CPAPER",
    "book": "BOOK EDBOOK EBOOK WHOLE SER CLSWK ANCIENT",
    "book chapter": "CHAP ECHAP ENCYC DICT",
    "thesis": "THES",
    "report": "RPRT GOVDOC STAND",
    "web page": "ELEC BLOG ICOMM WEB",
    "dataset": "DATA DBASE AGGR",
}
RIS_TYPES = {code: name for name, codes in _TYPES.items() for code in codes.split()}
_WORDS = (
    ("preprint", "preprint"),
    ("posted-content", "preprint"),
    ("posted content", "preprint"),
    ("dissertation", "thesis"),
    ("thesis", "thesis"),
    ("book section", "book chapter"),
    ("book, section", "book chapter"),
    ("booksection", "book chapter"),
    ("chapter", "book chapter"),
    ("incollection", "book chapter"),
    ("inbook", "book chapter"),
    ("conference", "conference paper"),
    ("proceeding", "conference paper"),
    ("paper-conference", "conference paper"),
    ("meeting", "conference paper"),
    ("dataset", "dataset"),
    ("data set", "dataset"),
    ("report", "report"),
    ("government", "report"),
    ("web", "web page"),
    ("electronic source", "web page"),
    ("internet", "web page"),
    ("blog", "web page"),
    ("trial registry", "web page"),
    ("book", "book"),
    ("monograph", "book"),
    ("journal", "journal article"),
    ("article", "journal article"),
    ("review", "journal article"),
    ("editorial", "journal article"),
    ("letter", "journal article"),
    ("note", "journal article"),
    ("magazine", "journal article"),
    ("newspaper", "journal article"),
    ("online", "web page"),
    ("electronic", "web page"),
    ("www", "web page"),
)
_NOT_PAPERS = ("case reports", "review of", "book review")


@lru_cache(maxsize=2048)
def type_of(text: str) -> str:
    """Map a RIS code or the words of a source to one of the types of the normal form."""
    code = text.strip()
    if known := RIS_TYPES.get(code.upper()):
        return known
    low = code.lower().replace("_", " ")
    if any(word in low for word in _NOT_PAPERS):
        return "journal article"
    for word, name in _WORDS:
        if word in low:
            return name
    return "other"


# -- lists ------------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    """Fold all white space (line ends and U+2028 too) to single spaces."""
    return " ".join(text.split())


def split_terms(text: str) -> list[str]:
    """Split a cell of keywords at ";" (else line ends, "|" or ",")."""
    for mark in (";", "\n", "|", ","):
        if mark in text:
            return [term for part in text.split(mark) if (term := tidy(part))]
    return [term] if (term := tidy(text)) else []
