"""Pure rules that bring one value into the normal form: years, DOIs, pages, types, names, abstracts, databases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

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
    """Join first and last page; Ovid's "No - Specified" means that none is given."""
    first, last = first.strip(), last.strip()
    if first in ("No", "no") and last.lower() in ("specified", "pagination", ""):
        return ""
    if first[:1] in "pPsS":
        first = _PAGES_WORD.sub("", first)
    first = first.replace("–", "-").replace("--", "-")
    if not last or last == first or "-" in first:
        return first or last
    return f"{first}-{last}" if first else last


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


# -- names and lists ------------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    """Fold all white space (line ends and U+2028 too) to single spaces."""
    return " ".join(text.split())


def split_names(text: str) -> list[str]:
    """Split a cell of names at ";", " and ", "|" or line ends; commas part names only where each part is whole."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]") and ("'" in text or '"' in text):
        return [tidy(name) for name in re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", text) for name in name if name]
    if ";" in text:
        parts = text.split(";")
    elif " and " in (flat := tidy(text)):
        parts = flat.split(" and ")
    elif "|" in text:
        parts = text.split("|")
    elif "\n" in text:
        parts = text.split("\n")
    else:
        parts = _by_commas(text)
    return [name for part in parts if (name := tidy(part))]


_INITIALS_LAST = re.compile(r"^[^\W\d_][^,]*\s(?:[^\W\d_]\.?[ -]?){1,4}$")
_SHORT_NAME = re.compile(r"^(?:[^\W\d_][\w'’-]*\.?\s){1,4}[^\W\d_][\w'’.-]+$")


def _by_commas(text: str) -> list[str]:
    """Part "Gao X., Ni W." and "Lim SM, Lau Y." and "Anna Demo, Bo Demo"; leave "Demo, Anna" whole."""
    parts = [part.strip() for part in text.rstrip(" .").split(",")]
    if len(parts) < 2:
        return [text]
    if all(" " in part for part in parts if part):
        dotted = text.rstrip().endswith(".") and "." in text.rstrip()[:-1]
        return [part + ("." if dotted and place == len(parts) - 1 else "") for place, part in enumerate(parts)]
    return [text]


def split_terms(text: str) -> list[str]:
    """Split a cell of keywords at ";" (else line ends, "|" or ",")."""
    for mark in (";", "\n", "|", ","):
        if mark in text:
            return [term for part in text.split(mark) if (term := tidy(part))]
    return [term] if (term := tidy(text)) else []


# -- abstracts ------------------------------------------------------------------------------------------------

_HEADINGS = (
    "BACKGROUND|INTRODUCTION|CONTEXT|PURPOSE|PURPOSES|OBJECTIVE|OBJECTIVES|AIM|AIMS|AIMS AND OBJECTIVES|HYPOTHESIS|RATIONALE|IMPORTANCE|"
    "METHOD|METHODS|METHODOLOGY|MATERIALS AND METHODS|MATERIAL AND METHODS|METHODS AND MATERIALS|PATIENTS AND METHODS|DESIGN|STUDY DESIGN|"
    "SETTING|PARTICIPANTS|PATIENTS|SUBJECTS|INTERVENTION|INTERVENTIONS|MEASUREMENTS|MAIN OUTCOME MEASURES|MAIN OUTCOME MEASURE|"
    "OUTCOME MEASURES|DATA SOURCES|SEARCH STRATEGY|SELECTION CRITERIA|DATA COLLECTION AND ANALYSIS|STATISTICAL ANALYSIS|DATA EXTRACTION|"
    "DATA SYNTHESIS|"
    "RESULT|RESULTS|MAIN RESULTS|FINDINGS|RESULTS AND DISCUSSION|METHODS AND RESULTS|METHODS AND FINDINGS|DISCUSSION|LIMITATIONS|"
    "CONCLUSION|CONCLUSIONS|CONCLUSIONS AND RELEVANCE|AUTHORS' CONCLUSIONS|INTERPRETATION|IMPLICATIONS|IMPLICATIONS FOR PRACTICE|"
    "RELEVANCE TO CLINICAL PRACTICE|SIGNIFICANCE|FUNDING|TRIAL REGISTRATION|REGISTRATION|KEYWORDS"
)
_SECTION_END = re.compile(rf"[.?!)\]%;] +(?=(?:{_HEADINGS})$)")
_HEADED_LINE = re.compile(r"^(?:[A-Z][A-Za-z'/&-]*(?: [A-Za-z'/&-]+){0,4}|[A-Z][A-Z '/&-]{3,45}):(?: |$)")


def sections(text: str) -> str:
    """Put each section of a structured abstract on a line of its own, where its heading is written in capitals."""
    if "\u2028" in text or "\u2029" in text:
        text = text.replace("\u2028", " ").replace("\u2029", " ")
    parts: list[str] = []
    begin = 0
    at = text.find(": ")
    while at > 0:
        if text[at - 1].isupper() and (match := _SECTION_END.search(text, max(begin, at - 60), at)):
            parts.append(text[begin : match.start() + 1])
            begin = match.end()
        at = text.find(": ", at + 2)
    return "\n".join([*parts, text[begin:]]) if parts else text


def joined_lines(lines: Iterable[str]) -> str:
    """Join the lines of one long value: wrapped lines by a space, paragraphs and headed sections by a line end."""
    kept = [line.strip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) < 2:
        return kept[0] if kept else ""
    wrapped = max(map(len, kept)) <= 110
    out = [kept[0]]
    for before, line in pairwise(kept):
        if not line:
            continue
        if not out[-1]:
            out[-1] = line
        elif not before or not wrapped or (_HEADED_LINE.match(line) and before[-1:] in ".?!)]:"):
            out.append("\n" + line)
        else:
            out.append(" " + line)
    return "".join(out)


_COPYRIGHT = re.compile(
    r"^(?:Copyright of .{0,400}? is the property of|\(?(?:c|C|©)\)? ?[0-9]{4}[^.]{0,120}(?:all rights reserved\.?)?$)", re.S
)


def is_copyright(text: str) -> bool:
    """Say whether a second abstract is only the platform's copyright notice."""
    return bool(_COPYRIGHT.match(text))


_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿]")
MOJIBAKE = "Letters look like UTF-8 that was saved as Windows-1252 before (for example Ã¥ for å): export the file again where you can."


def is_mojibake(text: str) -> bool:
    """Say whether letters were lost before the file came here: UTF-8 taken for Windows-1252 and saved again."""
    return ("Ã" in text or "Â" in text) and _MOJIBAKE.search(text) is not None


# -- databases and platforms ----------------------------------------------------------------------------------

_EBSCO = {
    "psyh": "PsycINFO",
    "psycinfo": "PsycINFO",
    "pdh": "PsycARTICLES",
    "ccm": "CINAHL",
    "rzh": "CINAHL",
    "cin20": "CINAHL",
    "cin": "CINAHL",
    "c8h": "CINAHL",
    "cul": "CINAHL",
    "jlh": "CINAHL",
    "byh": "CINAHL",
    "cmedm": "MEDLINE",
    "mnh": "MEDLINE",
    "mdc": "MEDLINE",
    "mdl": "MEDLINE",
    "aph": "Academic Search",
    "a9h": "Academic Search",
    "a2h": "Academic Search",
    "asn": "Academic Search",
    "afh": "Academic Search",
    "asx": "Academic Search",
    "ecn": "EconLit",
    "eoh": "EconLit",
    "eih": "Environment Index",
    "egh": "Environment Index",
    "8gh": "GreenFILE",
    "sih": "SocINDEX",
    "snh": "SocINDEX",
    "swh": "Social Work Abstracts",
    "ssf": "Social Work Abstracts",
    "eric": "ERIC",
    "eue": "Education Source",
    "ehh": "Education Research Complete",
    "bth": "Business Source",
    "buh": "Business Source",
    "heh": "Health Business",
    "hch": "Health Source",
    "lih": "LISTA",
    "lxh": "LISTA",
    "pbh": "Psychology and Behavioral Sciences Collection",
    "fsr": "FSTA",
    "s3h": "SPORTDiscus",
    "sph": "SPORTDiscus",
}
_OVID = (
    ("psyc", "PsycINFO"),
    ("emed", "Embase"),
    ("emc", "Embase"),
    ("oemez", "Embase"),
    ("med", "MEDLINE"),
    ("prem", "MEDLINE"),
    ("pmnm", "MEDLINE"),
    ("cctr", "Cochrane CENTRAL"),
    ("coch", "Cochrane Database of Systematic Reviews"),
    ("caba", "CAB Abstracts"),
    ("amed", "AMED"),
    ("hmic", "HMIC"),
    ("ovft", "Journals@Ovid"),
)
_HOSTS = (
    ("ebscohost.com", "EBSCOhost"),
    ("ebsco.com", "EBSCOhost"),
    ("proquest.com", "ProQuest"),
    ("ovid.com", "Ovid"),
    ("scopus.com", "Scopus"),
    ("embase.com", "Embase.com"),
    ("webofscience.com", "Web of Science"),
    ("webofknowledge.com", "Web of Science"),
    ("cochranelibrary.com", "Cochrane Library"),
    ("pubmed", "PubMed"),
    ("ieeexplore", "IEEE Xplore"),
    ("jstor.org", "JSTOR"),
    ("bvsalud.org", "BVS"),
    ("dimensions.ai", "Dimensions"),
    ("lens.org", "Lens"),
    ("eric.ed.gov", "ERIC"),
    ("trid.trb.org", "TRID"),
    ("idunn.no", "Idunn"),
    ("svemedplus", "SweMed+"),
    ("scholar.google", "Google Scholar"),
    ("openalex.org", "OpenAlex"),
)
OWN_DATABASE = {
    "Scopus": "Scopus",
    "Embase.com": "Embase",
    "Web of Science": "Web of Science",
    "Cochrane Library": "Cochrane Library",
    "PubMed": "PubMed",
    "IEEE Xplore": "IEEE Xplore",
    "JSTOR": "JSTOR",
    "Dimensions": "Dimensions",
    "Lens": "Lens",
    "ERIC": "ERIC",
    "TRID": "TRID",
    "Idunn": "Idunn",
    "SweMed+": "SweMed+",
    "Google Scholar": "Google Scholar",
    "OpenAlex": "OpenAlex",
}
_EBSCO_DB = re.compile(r"[?&]db=([A-Za-z0-9]{2,8})(?:&|$)")
_OVID_DB = re.compile(r"[?&;]D=([A-Za-z0-9]{2,8})", re.I)


@lru_cache(maxsize=4096)
def platform_of_link(url: str) -> tuple[str, str]:
    """Give (platform, database) told by a link; "" for what it does not tell."""
    low = url.lower()
    platform = next((name for host, name in _HOSTS if host in low), "")
    if not platform:
        return "", ""
    if platform == "EBSCOhost":
        match = _EBSCO_DB.search(url)
        return platform, _EBSCO.get(match[1].lower(), match[1]) if match else ""
    if platform == "Ovid":
        match = _OVID_DB.search(url)
        code = match[1].lower() if match else ""
        return platform, next((name for start, name in _OVID if code.startswith(start)), "") if code else ""
    return platform, OWN_DATABASE.get(platform, "")


_USUAL = {
    "medline": "MEDLINE",
    "pubmed": "PubMed",
    "embase": "Embase",
    "apa psycinfo": "PsycINFO",
    "psycinfo": "PsycINFO",
    "cinahl": "CINAHL",
    "scopus": "Scopus",
    "eric": "ERIC",
}


@lru_cache(maxsize=1024)
def database_name(text: str) -> str:
    """Write a database by its usual name: EBSCOhost's codes are spelled out, other names stay as given."""
    name = tidy(text)
    low = name.lower()
    if low in ("cochrane central register of controlled trials (central)", "cochrane central register of controlled trials"):
        return "Cochrane CENTRAL"
    return _USUAL.get(low) or _EBSCO.get(low, name)


@lru_cache(maxsize=1024)
def platform_named(text: str) -> str:
    """Give the platform that a provider's name (DP, "Provider:") stands for, else ""."""
    low = text.lower()
    for word, platform in (
        ("ebsco", "EBSCOhost"),
        ("proquest", "ProQuest"),
        ("ovid", "Ovid"),
        ("bvsalud", "BVS"),
        ("john wiley", "Cochrane Library"),
        ("jstor", "JSTOR"),
        ("elsevier", ""),
    ):
        if word in low:
            return platform
    return ""


def database_by_accession(accession: str) -> str:
    """Tell the database from the shape of an accession number, where the shape is its own."""
    if accession.startswith(("WOS:", "ISI:")):
        return "Web of Science"
    if accession.startswith("CN-0"):
        return "Cochrane CENTRAL"
    if accession.startswith("pub."):
        return "Dimensions"
    if accession.startswith("2-s2.0-"):
        return "Scopus"
    if accession.startswith(("ZOOREC:", "ZOOR")):
        return "Zoological Record"
    if accession.startswith(("MEDLINE:", "BIOABS:", "BCI:", "KJD:", "SCIELO:", "CABI:")):
        return accession.partition(":")[0]
    return ""
