"""Fold the text, numbers and identifiers of a reference to forms that can be compared. Nothing here is shown to people."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


_SPECIAL = str.maketrans(
    {
        "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "mu", "μ": "mu", "ω": "omega",
        "'": None, "’": None, "‘": None, "`": None, "´": None, "ʼ": None, "&": " and ", "\u00ad": None,
    }
)  # fmt: skip
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = re.compile(r"[^\W_]+")
_NUMBER_INSIDE = re.compile(r"[0-9][.,][0-9]")
_INSIDE_NUMBER = re.compile(r"(?<=\d)\.(?=\d)|(?<=\d),(?=\d{3}(?!\d))")
_SIGN_OR_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_NUMBER = re.compile(r"\d+")
_TAIL_BRACKET = re.compile(r"^(.*\S)\s*\[([^\[\]]*)\][\s.]*$", re.DOTALL)
_TAIL_SOURCE = re.compile(r"^(.{20,}?)\s?(?:\.{3}|…)\s?[A-Z(].*\d.*$", re.DOTALL)
_TAIL_ROUND = re.compile(
    r"^(.*\S)\s*"
    r"\((?:(?:vol(?:ume)?\b|see\b|reprinted|review|english|author|conference abstract|structured abstract|abstract|with discussion|letter"
    r"|multiple letters)[^()]*"
    r"|(?:article |text |published )?(?:in )?(?:norwegian|swedish|danish|german|french|spanish|italian|portuguese|dutch|finnish|chinese"
    r"|japanese|russian|polish|korean|turkish|czech|hungarian|hebrew|norsk|svensk|dansk)(?: language| version)?)\)[\s.]*$",
    re.DOTALL | re.IGNORECASE,
)
_LABEL = r"(?:panel|tutorial|demo|demonstration|poster|keynote|invited|experience|industrial|industry)"
_LABEL_INSIDE = re.compile(rf"\s*\({_LABEL}(?: (?:session|abstract|paper|talk|discussion|presentation|report|track))*\)", re.IGNORECASE)
_LABEL_HEAD = re.compile(
    rf"^{_LABEL}(?: (?:session|abstract|paper|talk|discussion|presentation))*\s*[:\u2013\u2014-]\s+(?=\S.{{8}})", re.IGNORECASE
)
_NOTE = re.compile(
    r"\s*\[\s*(?:erratum|published erratum|corrigend|comment|see comment|retract|corrected|republished|reprint)", re.IGNORECASE
)
_NOTICE_TAIL = re.compile(r"\s*\((?:vol(?:ume)?\.? ?\d|[^()]{4,80}\([^()]{0,20}[12]\d{3}[^()]{0,20}\)).*$", re.DOTALL | re.IGNORECASE)
_NOTICE_HEAD = re.compile(
    r"^\W*(?:published )?(?:erratum|errata|corrigendum|corrigenda|correction|addendum|retraction notice|retraction|rettelse)"
    r"(?: note| notice)?s?(?: to| for| of)?\s*[:.\-\u2013\u2014\])]+\s*(?=\S.{8})",
    re.IGNORECASE,
)
_NUMBERED = re.compile(  # the number of an abstract before its title: 'Abstract 123:', 'P-123:', 'OP045 -'
    r"^\W{0,2}(?:(?i:abstract|poster|paper|presentation)\W{1,3}(?i:no\.? ?|nr\.? ?|number )?([A-Z]{0,3}[-. ]?\d{1,5}[A-Za-z]?)"
    r"|((?:AB|ABS|BP|CP|EP|FP|FR|FRI|LB|LBA|LP|MO|MON|MP|OA|OC|OP|OR|OS|PA|PB|PC|PD|PE|PF|PM|PO|PP|PR|PS|PT|PU|PW|SA|SAT|SC|SP|SS|ST|SU"
    r"|SUN|SY|TH|THP|THU|TP|TU|TUE|WE|WED|WP)[-\u2010-\u2013. ]{0,2}\d{1,5}[a-z]?|[ABCEFLMNOPSTW][-\u2010-\u2013 ]?\d{3,5}[a-z]?"
    r"|[OPS][-\u2010-\u2013]\d{1,2}[a-z]?))"
    r"[\])]?\s*[:.|\u2013\u2014)\]-]\s*(?=\S.{15})"
)
_PARALLEL = re.compile(r"\D\s=\s(?=\D)")
_HEAD_RETRACTED = re.compile(r"^\s*\W?(?:retracted(?: article)?|withdrawn(?: article)?)\W+(?=\w)", re.IGNORECASE)


def fold(text: str) -> str:
    """Lower case without accents, apostrophes and mark-up; other characters stay."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
        if "&" in text and ";" in text:  # escaped on the way from one program to the next, and again
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = text.lower().translate(_SPECIAL)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded."""
    return _WORD.findall(fold(text))


def title_words(text: str) -> list[str]:
    """The words of a title, 2.5 and 1,200 as one word; Chinese and Japanese, which write no spaces, sign by sign."""
    folded = fold(text)
    if _NUMBER_INSIDE.search(folded):
        folded = _INSIDE_NUMBER.sub("", folded)
    return _WORD.findall(folded) if folded.isascii() else _SIGN_OR_WORD.findall(folded)


def take_number(title: str) -> tuple[str, str]:
    """(title without the number that a meeting gave its abstract, that number or '')."""
    if title[1:2].islower() and title[0] not in "AaPp":
        return title, ""
    found = _NUMBERED.match(title)
    return (title[found.end() :], "".join(words(found.group(1) or found.group(2)))) if found else (title, "")


def split_title(title: str) -> tuple[str, str, bool]:
    """(title without database notes, second title given in square brackets or '', it is that of an erratum or retraction notice)."""
    title = title.strip()
    other = ""
    notice = False
    if "[" in title[10:] and (note := _NOTE.search(title, 10)):
        title = title[: note.start()]
    if found := _NOTICE_HEAD.match(title):
        title, notice = title[found.end() :], True
    if "(" in title:
        title = _LABEL_INSIDE.sub("", title)
    if title[:1] in "PpTtDdKkIiEe":
        title = _LABEL_HEAD.sub("", title)
    if "(" in title and (found := _NOTICE_TAIL.search(title, 10)):
        title, notice = title[: found.start()], True
    if title[:1] == "[" and title.rstrip(". ").endswith("]") and title.count("[") == 1:
        return title.strip("[]. "), "", notice
    if " = " in title and (found := _PARALLEL.search(title)):  # the title again, in another language
        title, again = title[: found.start() + 1], title[found.end() :]
        if min(len(title.split()), len(again.split())) > 3:
            other = again
        else:
            title = f"{title} = {again}"
    while "[" in title and (found := _TAIL_BRACKET.match(title)):
        title, inside = found.group(1), found.group(2)
        if not other and len(inside.split()) > 3 and not _is_note(inside):
            other = inside
    if "(" in title and (found := _TAIL_ROUND.match(title)):
        title = found.group(1)
    if ("..." in title or "…" in title) and (found := _TAIL_SOURCE.match(title)):
        title = found.group(1)
    if title[:12].lower().lstrip("[(* ").startswith(("retracted", "withdrawn")):
        title = _HEAD_RETRACTED.sub("", title)
    if title[:1] == "[" and title.rstrip(". ").endswith("]"):
        title = title.strip("[]. ")
    return title, other, notice


def _is_note(text: str) -> bool:
    low = text.lower()
    return any(word in low for word in ("erratum", "comment", "refs", "review", "appears in", "see ", "published", "corrected"))


_PAGE_OF_DOI = ("/full", "/abstract", "/pdf", "/epdf", "/fulltext", "/html", "/meta", "/summary", ".full", ".pdf", ".full.pdf")[::-1]


def clean_doi(text: str) -> str:
    """A DOI in lower case without resolver, label and trailing punctuation; '' when it is none."""
    start = text.find("10.")
    if start < 0:
        return ""
    doi = text[start:].strip().split()[0].split("?")[0].lower().rstrip(".,;)/\"'")
    if "%" in doi or "&" in doi:
        doi = html.unescape(unquote(doi)).lower()
    if doi.endswith(_PAGE_OF_DOI):
        doi = next(doi.removesuffix(tail) for tail in _PAGE_OF_DOI if doi.endswith(tail))
    return doi if "/" in doi and len(doi) > 7 else ""


def plain(text: str) -> str:
    """An identifier without its punctuation."""
    return "".join(_WORD.findall(text))


def clean_number(text: str) -> str:
    """An identifier that is a number (PMID), '' when it is none."""
    found = _NUMBER.search(text)
    return found.group().lstrip("0") if found else ""


_LANGUAGE_NAMES = {
    "en": "en eng english",
    "no": "no nor nb nn nob nno norwegian norsk",
    "sv": "sv swe swedish svenska",
    "da": "da dan danish dansk",
    "de": "de ger deu german",
    "fr": "fr fre fra french",
    "es": "es spa spanish",
    "it": "it ita italian",
    "pt": "pt por portuguese",
    "nl": "nl dut nld dutch",
    "fi": "fi fin finnish",
    "zh": "zh chi zho chinese",
    "ja": "ja jpn japanese",
    "ru": "ru rus russian",
    "pl": "pl pol polish",
    "ko": "ko kor korean",
    "tr": "tr tur turkish",
}
_LANGUAGE = {name: code for code, names in _LANGUAGE_NAMES.items() for name in names.split()}


@lru_cache(maxsize=10_000)
def languages(text: str) -> frozenset[str]:
    """The known languages that a text names, as two letters."""
    return frozenset(_LANGUAGE[w] for w in words(text) if w in _LANGUAGE)


_TYPES = (
    ("erratum", ("erratum", "corrig", "correction", "retraction of", "retraction notice", "addendum")),
    ("reply", ("comment", "reply", "rejoinder")),
    ("protocol", ("protocol",)),
    ("preprint", ("preprint", "posted")),
    ("conference", ("conference", "meeting abstract", "cpaper", "conf", "proceeding", "abstract")),
    ("thesis", ("thes", "dissertation")),
)


@lru_cache(maxsize=10_000)
def kind(text: str) -> str:
    """The kind of publication that a type field names, '' for articles and everything else."""
    low = text.lower()
    return next((name_ for name_, marks in _TYPES if any(mark in low for mark in marks)), "")


@lru_cache(maxsize=50_000)
def folded_words(text: str) -> frozenset[str]:
    """The words of a short text as a set."""
    return frozenset(words(text))


@lru_cache(maxsize=50_000)
def glued(text: str) -> str:
    """The words of a short text without spaces."""
    return "".join(words(text))
