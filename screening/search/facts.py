"""Fields that need nothing but the records and where they were found: year, source, language, what is missing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.models import Source, SourceRecord, Split, Upload, of_search
from screening.models.records import BY_YEAR
from screening.search.fields import Asker, Choice, Field, Unclear, register
from screening.search.languages import NAMES, code_of, codes_of
from screening.search.spellings import languages_of

NONE = "none"
_MISSING = (
    Choice("abstract", gettext_lazy("no abstract")), Choice("doi", gettext_lazy("no DOI")), Choice("year", gettext_lazy("no year")),
)  # fmt: skip
#: A source that holds more than one in so many entries is asked for record by record: it fits soon, wherever a page begins.
SHARE = 10
NAMES_OF_LANGUAGES = {
    "en": gettext_lazy("English"), "no": gettext_lazy("Norwegian"), "sv": gettext_lazy("Swedish"), "da": gettext_lazy("Danish"),
    "fi": gettext_lazy("Finnish"), "is": gettext_lazy("Icelandic"), "de": gettext_lazy("German"), "fr": gettext_lazy("French"),
    "es": gettext_lazy("Spanish"), "pt": gettext_lazy("Portuguese"), "it": gettext_lazy("Italian"), "nl": gettext_lazy("Dutch"),
    "pl": gettext_lazy("Polish"), "ru": gettext_lazy("Russian"), "zh": gettext_lazy("Chinese"), "ja": gettext_lazy("Japanese"),
    "ko": gettext_lazy("Korean"), "tr": gettext_lazy("Turkish"), "fa": gettext_lazy("Persian"), "ar": gettext_lazy("Arabic"),
}  # fmt: skip
#: What a record can have or lack → the condition that it lacks it.
LACKS = {
    "abstract": Q(abstract=""), "doi": Q(doi=""), "pmid": Q(pmid=""), "year": Q(year=None), "journal": Q(journal=""),
    "keywords": Q(keywords=[]), "authors": Q(authors=[]), "language": Q(language=""),
}  # fmt: skip


# --- year


def by_year(asker: Asker, value: str) -> Q:
    """``2010``, ``2010..``, ``..2015``, ``2010..2015`` (also 2010-2015), or ``none``."""
    if value.casefold() == NONE:
        return LACKS["year"]
    first, dots, last = value.replace("–", "..").replace("-", "..").partition("..")
    if not dots:
        last = first
    if not (first or last) or not all(part == "" or (part.isascii() and part.isdecimal() and len(part) == 4) for part in (first, last)):
        raise Unclear(_("‘%(value)s’ is no year: write year:2010, year:2010.. or year:2010..2015.") % {"value": value})
    # as the index has it, where no year is 0
    since, until = GreaterThanOrEqual(BY_YEAR, int(first or 1)), LessThanOrEqual(BY_YEAR, int(last)) if last else None
    return Q(since) & Q(until) if until is not None else Q(since)


def decades(asker: Asker, rows: QuerySet[Any]) -> Iterable[Choice]:
    """Count records by ten years, the newest first."""
    counted: dict[int | None, int] = {}
    for one in _profile(rows):
        counted[one["decade"]] = counted.get(one["decade"], 0) + one["n"]
    for decade in sorted((decade for decade in counted if decade is not None), reverse=True):
        first = decade * 10
        if 1000 <= first <= 9990:
            yield Choice(f"{first}..{first + 9}", f"{first}–{first + 9}", counted[decade])
    if None in counted:
        yield Choice(NONE, _("no year"), counted[None])


_profiles: WeakKeyDictionary[QuerySet[Any], list[dict[str, Any]]] = WeakKeyDictionary()


def _profile(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Count records by all that stands in themselves, in one walk, which several filters then read."""
    if rows not in _profiles:
        lacks = {f"no_{choice.value}": Case(When(LACKS[choice.value], then=1), default=0) for choice in _MISSING}
        parts = rows.order_by().annotate(decade=F("year") / 10, **lacks).values("decade", "language", *lacks)
        _profiles[rows] = list(parts.annotate(n=Count("pk")))
    return _profiles[rows]


# --- source


def by_source(asker: Asker, value: str) -> Q:
    """The number of a source, or a part of its name or platform. A record has every source of its group whose files stand."""
    wanted = value.casefold()
    sources = list(Source.objects.for_review(asker.review))
    found = [s.pk for s in sources if str(s.number) == wanted] or [s.pk for s in sources if wanted in s.full_name.casefold()]
    if not found:
        raise Unclear(_("There is no source ‘%(value)s’ in this review.") % {"value": value})
    files = _files(asker)
    if any(file.is_split for file in files):
        return Q(pk__in=_heads_of(_standing(files).filter(source__in=found)))
    held = [file for file in files if file.source in found]
    if SHARE * sum(file.entries for file in held) > sum(file.entries for file in files):
        ids = [file.pk for file in held]
        joined = SourceRecord.objects.filter(upload__in=ids, record__head__isnull=False).order_by()
        return Q(source_record__upload__in=ids) | Q(pk__in=joined.values("record__head"))
    return Q(pk__in=_heads_in(held))


@dataclass(frozen=True, slots=True)
class _File:
    """A file that stands: its id, the id and number of its source, how many entries it has, whether these belong to several sources."""

    pk: int
    source: int
    number: int
    entries: int
    is_split: bool


def _files(asker: Asker) -> list[_File]:
    files = Upload.objects.for_review(asker.review).filter(is_withdrawn=False).order_by("pk")
    is_split = Exists(Split.objects.filter(upload=OuterRef("pk"), undone_at=None))
    return [_File(*row) for row in files.values_list("pk", "search__source", "search__source__number", "found", is_split)]


def _standing(files: Iterable[_File]) -> QuerySet[Any]:
    """Give the imported entries of these files with the source to which each belongs."""
    return SourceRecord.objects.filter(upload__in=[file.pk for file in files]).annotate(source=of_search("source_id")).order_by()


def _heads_in(files: Iterable[_File]) -> QuerySet[Any]:
    """Give the ids of the records that these files hold, and of the heads that speak for them."""
    return _heads_of(SourceRecord.objects.filter(upload__in=[file.pk for file in files]).order_by())


def _heads_of(entries: QuerySet[Any]) -> QuerySet[Any]:
    joined = entries.filter(record__head__isnull=False).values("record__head")
    return entries.values("record").union(joined, all=True)


def sources(asker: Asker) -> Iterable[Choice]:
    for source in Source.objects.for_review(asker.review):
        yield Choice(str(source.number), source.full_name)


def in_sources(asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    """Count records by source; one that was found in two counts in both."""
    standing = _files(asker)
    if any(file.is_split for file in standing):
        return _in_split_sources(asker, standing, rows)
    source_of, heads = {file.pk: file.number for file in standing}, rows.order_by().values("pk")
    entries = SourceRecord.objects.filter(upload__in=list(source_of)).order_by()
    found = Counter[str]()
    for upload, n in entries.filter(record__in=heads).values_list("upload").annotate(n=Count("pk")):
        found[str(source_of[upload])] += n
    # what was found again elsewhere: copies whose head is not itself of that source
    copies = entries.filter(record__head__isnull=False, record__head__in=heads)
    again = set(copies.values_list("record__head", "upload").distinct())
    if again:
        own = dict(entries.filter(record__in={head for head, upload in again}).values_list("record", "upload"))
        pairs = {(head, source_of[upload]) for head, upload in again}
        found.update(str(number) for head, number in pairs if source_of.get(own.get(head, 0)) != number)
    return found


def _in_split_sources(asker: Asker, files: Iterable[_File], rows: QuerySet[Any]) -> Mapping[str, int]:
    """Count as ``in_sources`` does, where a file's entries belong to several sources."""
    numbers = dict(Source.objects.for_review(asker.review).values_list("pk", "number"))
    heads = rows.order_by().values("pk")
    entries = _standing(files).annotate(speaks=Coalesce("record__head", "record")).filter(speaks__in=heads)
    pairs = set(entries.values_list("speaks", "source").distinct())
    return Counter(str(numbers[source]) for _head, source in pairs)


# --- language


def by_language(asker: Asker, value: str) -> Q:
    """A code (``no``) or a name of a language as exports write it; ``none`` where nothing says one."""
    if value.casefold() == NONE:
        return LACKS["language"]
    code, spelled = code_of(value), languages_of(asker.review.pk)
    return Q(language__in=[one for one in spelled if (code in codes_of(one) if code else one.casefold() == value.casefold())])


def in_languages(asker: Asker, rows: QuerySet[Any]) -> Iterable[Choice]:
    """Count records by language, however exports spell it; the most frequent first."""
    counted: dict[str, int] = {}
    for one in _profile(rows):
        for code in codes_of(one["language"]) or {one["language"] or NONE}:
            counted[code] = counted.get(code, 0) + one["n"]
    for code, n in sorted(counted.items(), key=lambda item: -item[1])[:12]:
        yield Choice(code, _("not said") if code == NONE else str(NAMES_OF_LANGUAGES.get(code, code)), n)


# --- what is there and what is missing


def by_presence(asker: Asker, value: str) -> Q:
    return ~by_absence(asker, value)


def by_absence(asker: Asker, value: str) -> Q:
    if value.casefold() not in LACKS:
        said = {"value": value, "names": ", ".join(LACKS)}
        raise Unclear(_("‘%(value)s’ is nothing that a record has or lacks here: choose one of %(names)s.") % said)
    return LACKS[value.casefold()]


def missing(asker: Asker) -> Iterable[Choice]:
    return [Choice(choice.value, str(choice.name)) for choice in _MISSING]


def count_missing(asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    profile = _profile(rows)
    return {choice.value: sum(one["n"] for one in profile if one[f"no_{choice.value}"]) for choice in missing(asker)}


register(Field("source", gettext_lazy("Found in"), by_source, "source:cinahl", choices=sources, counts=in_sources, place=30))
register(Field("year", gettext_lazy("Year"), by_year, "year:2010..2015", counts=decades, place=40))
register(Field("language", gettext_lazy("Language"), by_language, "language:norwegian", counts=in_languages, place=60))
register(Field("has", gettext_lazy("Has"), by_presence, "has:abstract", place=80))
register(Field("no", gettext_lazy("Lacks"), by_absence, "no:abstract", choices=missing, counts=count_missing, place=70))
assert set(NAMES_OF_LANGUAGES) == set(NAMES)
