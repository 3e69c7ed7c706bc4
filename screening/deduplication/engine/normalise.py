"""Fold the fields of a reference to forms that can be compared. Nothing here is shown to people."""

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


# ---- names ---------------------------------------------------------------------------------------------------------

_PARTICLES = word_set("van von der den de del della da di du la le el al ter ten dos das af av zu zur")
_NOBODY = word_set("anonymous anon unknown et al editor editors author authors none na")
_SUFFIX = word_set("jr sr phd md ii iii iv prof dr msc rn")
_COLLECTIVE = word_set(
    """
    group consortium committee society association institute inc ltd organization organisation university network collaboration
    investigators study pharmaceuticals center centre department ministry team trial agency college academy foundation corporation
    company force council gmbh hospital panel board
    """
)

Name = tuple[str, str, str]
_PLAIN_NAME = re.compile(r"([A-Za-z]{2,}), ?([A-Za-z][A-Za-z. ]*)")
_ET_AL = re.compile(r",?\s+(?:et\.? al\b|and others\b|m\.\s?fl\b).*$", re.IGNORECASE)
_SPECIAL_WORD = _PARTICLES | _NOBODY | _SUFFIX | _COLLECTIVE


@lru_cache(maxsize=100_000)
def name(text: str) -> Name | None:
    """(surname, first initial, given names and surname) of one author, folded; None for nobody; a collective has no initial."""
    if found := _PLAIN_NAME.fullmatch(text):
        last_name, given_names = found.group(1).lower(), found.group(2).lower().replace(".", " ").split()
        if last_name not in _SPECIAL_WORD and _SPECIAL_WORD.isdisjoint(given_names):
            return last_name, given_names[0][0], " ".join(given_names) + " " + last_name
    if found := _ET_AL.search(text):
        text = text[: found.start()]
    head, comma, rest = text.partition(",")
    last = [w for w in words(head) if w not in _PARTICLES] or words(head)
    given = [w for w in words(rest) if w not in _SUFFIX]
    if not last or (last[0] in _NOBODY and not given):
        return None
    if not _COLLECTIVE.isdisjoint(last) or not _COLLECTIVE.isdisjoint(given):
        return "".join(last + given), "", " ".join(last + given)
    if not comma or not given:
        last = [w for w in last if w not in _SUFFIX] or last
        raw = [w for w in re.split(r"[\s.]+", head) if w]
        if len(last) > 1 and _initials(raw[-1]) and not _initials(raw[0]):
            count = 1
            while count < len(last) - 1 and _initials(raw[-count - 1] if count < len(raw) else ""):
                count += 1
            last, given = last[:-count], last[-count:]
        elif len(last) > 1:
            last, given = last[-1:], last[:-1] + given
    return "".join(last), given[0][0] if given else "", " ".join(given + last)


def _initials(token: str) -> bool:
    token = token.strip(".-,")
    return 0 < len(token) <= 3 and token.isalpha() and token.isupper()


# ---- journals ------------------------------------------------------------------------------------------------------

_JOURNAL_STOP = word_set("the of and for in on de der die und et la le les des og i an a to fur del y e")
_CONFERENCE = word_set("conference congress symposium meeting workshop proceedings abstracts proc conf")
_NO_NAME = _CONFERENCE | word_set(
    """
    of the in on and int intl international national annual technical tech report reports rep paper papers working discussion thesis
    dissertation book chapter journal article unpublished submitted manuscript press online internet web website site preprint abstract
    poster
    """
)
_PREPRINT = word_set(
    """
    medrxiv biorxiv arxiv ssrn preprint preprints psyarxiv socarxiv chemrxiv authorea researchsquare
    """
)


@lru_cache(maxsize=100_000)
def journal(text: str) -> tuple[tuple[str, ...], bool, bool]:
    """(words that matter, names a conference, names a preprint server)."""
    every = words(text)
    conference = not _CONFERENCE.isdisjoint(every)
    preprint = not _PREPRINT.isdisjoint(every) or every[:2] == ["research", "square"]
    low = text.lower()
    for mark in (".conference", ". conference", "conference:", " (", "[", " = ", " : ", " / "):
        at = low.find(mark)
        if at > 2:
            text, low = text[:at], low[:at]
    core = tuple(w for w in words(text) if w not in _JOURNAL_STOP)
    if _NO_NAME.issuperset(core or every):
        return (), conference, preprint  # 'Proc. of the Int. Conf.', 'Technical report': no journal's name
    return core or tuple(every), conference, preprint


@lru_cache(maxsize=200_000)
def journals_alike(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """2 the same words, 1 one may abbreviate, contain or be the acronym of the other, 0 neither."""
    if a == b or "".join(a) == "".join(b):
        return 2
    short, long = (a, b) if len("".join(a)) <= len("".join(b)) else (b, a)
    if _abbreviates(short, long) or _abbreviates(long, short):
        return 1
    glued = "".join(short)
    first = "".join(w[0] for w in long)
    if 2 <= len(glued) <= 8 and len(long) > 1 and (glued == first or (len(short) == 1 and first.startswith(glued) and len(glued) > 2)):
        return 1
    if len(short) > 1 and len(set(short) & set(long)) == len(set(short)):
        return 1
    if len(short) == 1 and len(glued) > 3 and glued in long:
        return 1
    if len(glued) > 7 and _close("".join(a), "".join(b)):
        return 1
    return 0


def _close(a: str, b: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(a, b) > 90


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Each word of `short` begins (or contracts) a word of `long`, in order, and the first words agree."""
    at = 0
    for number, word in enumerate(short):
        while at < len(long) and not _stands_for(word, long[at]):
            at += 1
            if number == 0:
                return False
        if at == len(long):
            return False
        at += 1
    return len(short) > 1 or len(long) == 1


def _stands_for(word: str, full: str) -> bool:
    if full.startswith(word) or (len(full) > 2 and word.startswith(full)):
        return True
    if word[0] != full[0] or len(word) > len(full) or len(word) < 2:
        return False
    rest = iter(full)
    return all(c in rest for c in word) and word[-1] == full[-1]


# ---- where in the journal ------------------------------------------------------------------------------------------

_PAGE = re.compile(r"([a-z]*)\s?0*(\d+)([a-z]?)(?:\s*[-\u2010-\u2015\u2212]+\s*[a-z]*0*(\d+))?")

Page = tuple[str, int, int, bool]


@lru_cache(maxsize=200_000)
def page(pages: str, article: str = "") -> Page | None:
    """(letters before, first, last or 0, electronic id); None when there is no number. 1008–12 becomes 1008, 1012."""
    for text, electronic in ((pages, False), (article, True)):
        low = text.lower().replace("pp.", "").replace("p.", "").replace("article", "").strip()
        found = _PAGE.search(low)
        if not found:
            continue
        head, first, _, last = found.groups()
        if found.start() and low[found.start() - 1] == "-" and low[: found.start() - 1].isalpha():
            continue  # 'Suppl-29', 't-8': a first page that was lost
        if head in ("p", "pp", "no", "pg"):
            head = ""
        if len(first) > 12 or len(last or "") > 12:
            continue
        start, end = int(first), int(last) if last else 0
        if last and len(last) < len(first):
            end = int(first[: len(first) - len(last)] + last)
        return (
            head,
            start,
            end,
            electronic or head in ("e", "article") or (not last and len(first) > (3 if len(head) == 1 and head != "s" else 4)),
        )
    return None


@lru_cache(maxsize=200_000)
def place(volume: str, issue: str) -> tuple[str, str, bool]:
    """(volume, issue, supplement) as first numbers; '31 (2)' in the volume gives both."""
    low, inside = volume.lower(), issue.lower()
    if ")" in low and "(" not in low:
        low = ""
    supplement = "sup" in low or "sup" in inside
    head, _, tail = low.partition("(")
    numbers = _NUMBER.findall(head)
    vol = numbers[0].lstrip("0") if numbers else "".join(words(head)) if len(head) < 8 else ""
    if not inside and tail:
        inside = tail
    numbers = _NUMBER.findall(inside)
    iss = numbers[0].lstrip("0") if numbers else ""
    if iss and "sup" in inside and inside.find("sup") < inside.find(iss):
        iss = "s" + iss
    return vol, iss, supplement


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
