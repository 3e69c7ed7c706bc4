"""The demo review itself: people, question, criteria, reasons, highlighted words and the search log."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from reviewapp.demo import layout, truth, writers

SLUG = "demo"
TITLE = "Social support and recovery from mental health problems: a scoping review (demo)"
QUESTION = "How are social support, mental health and recovery connected, and how do community mental health services make use of it?"
AIMS = (
    "To describe associations between social support, mental health and recovery.",
    "To describe features of community mental health services that integrate social support.",
)
PCC = {
    "population": "People with mental health problems",
    "concept": "Social support and recovery",
    "context": "Community mental health services and everyday life",
}
BANNER = (
    "Demonstration: the labels, years, countries and designs of the 29 included studies are real or assumed as stated in the method notes; "
    "all other records, votes, ratings and texts are invented."
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the demo."""

    username: str
    name: str
    roles: tuple[str, ...]


ACCOUNTS = (
    Account("author1", "Author One", ("owner", "reviewer")),
    Account("author2", "Author Two", ("reviewer",)),
    Account("author3", "Author Three", ("reviewer", "adjudicator")),
    Account("author4", "Author Four", ("reviewer",)),
    Account("librarian", "Librarian Demo", ("librarian",)),
    Account("observer", "Observer Demo", ("observer",)),
)
SCREENERS = ("author1", "author2")
"""They are assigned all main and update rounds; all four authors the pilot and the ratings."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the criteria; `kind` is include or exclude."""

    kind: str
    text: str


_VIEWPOINT_V1 = "Personal viewpoints."
_VIEWPOINT_V2 = "Personal viewpoints: editorials, letters and essays that report neither data nor a method for reading the literature."
_OTHERS = (
    Criterion("include", "Full text in a peer-reviewed journal."),
    Criterion("include", "Published from January 2000 to January 2020, in English, Norwegian, Swedish or Danish."),
    Criterion("include", "About social support in connection with mental health problems, recovery or community services."),
    Criterion("include", "Qualitative or quantitative studies, reviews and conceptual work."),
    Criterion("exclude", "Not relevant to the aims, or nothing new for them."),
    Criterion("exclude", "Poor study design (at full text)."),
)
CRITERIA = {1: (*_OTHERS, Criterion("exclude", _VIEWPOINT_V1)), 2: (*_OTHERS, Criterion("exclude", _VIEWPOINT_V2))}
"""Version to criteria. Version 2 follows the pilot and changes wording only."""
CRITERIA_CHANGE = ("wording", "The pilot showed two readings of 'viewpoint'.")

REASONS = (
    (truth.NOT_RELEVANT, "Not relevant to the aims"),
    (truth.VIEWPOINT, "Personal viewpoint"),
    (truth.POOR_DESIGN, "Poor study design"),
)
"""Key and words of the exclusion reasons, in their order."""

HIGHLIGHTS = {
    "include": ("social support", "social network*", "peer support", "recovery", "community", "loneliness", "belonging", "befriending"),
    "exclude": ("protocol", "erratum", "imaging", "electroconvulsive", "polypharmacy"),
}

NETWORK_SOURCE = "Research network"
ROUND_NAMES = {1: "Original search 2018", 2: "Update 2020"}


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source of the search log; `kind` as in screening.vocabulary."""

    key: str
    name: str
    platform: str
    kind: str


SOURCES = (
    SourceInfo(layout.PROQUEST, "Social Science Premium Collection", "ProQuest", "database"),
    SourceInfo(layout.CINAHL, "CINAHL", "EBSCOhost", "database"),
    SourceInfo(layout.PSYCINFO, "PsycINFO", "Ovid", "database"),
    SourceInfo(layout.SWEMED, "SweMed+", "SweMed+", "database"),
    SourceInfo(layout.IDUNN, "Idunn", "Scandinavian University Press", "database"),
    SourceInfo("network", NETWORK_SOURCE, "", "contacts"),
)


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One run of one strategy: a row of the search log. A count that is None is unknown, and `notes` says why."""

    round: int
    source_key: str
    database: str
    platform: str
    strategy: str
    coverage: str
    vocabulary: str
    limits: str
    limits_reason: str
    date_run: date
    who: str
    files: tuple[str, ...]
    hits_shown: int
    hits_after_platform: int | None
    hits_exported: int
    peer_reviewed_by: str
    notes: str


_DAYS = {1: (2018, 2, (12, 13, 14, 15, 15)), 2: (2020, 1, (20, 20, 21, 22, 22))}
_TEXT = '("social support" OR "social network*" OR "peer support") AND (recovery OR "mental health") AND (communit* OR service*)'
_STRATEGIES = {
    layout.PROQUEST: f"noft({_TEXT})",
    layout.CINAHL: f'(MH "Support, Psychosocial+") AND (MH "Community Mental Health Services") OR TI ({_TEXT}) OR AB ({_TEXT})',
    layout.PSYCINFO: (
        "1  exp Social Support/\n2  exp Community Mental Health Services/\n3  (recovery adj3 mental).ti,ab.\n4  (1 and 2) or 3"
    ),
    layout.SWEMED: 'mesh:"Social Support" AND (mesh:"Community Mental Health Services" OR psykisk hälsa OR psykisk helse)',
    layout.IDUNN: "sosial støtte AND (psykisk helse OR bedring OR recovery)",
}
#: What the update adds.
_ADDED = {layout.PSYCINFO: "\n5  limit 4 to up=20180214-20200121", layout.CINAHL: " AND EM 201802-202001"}
_COVERAGE = {
    layout.PROQUEST: "1952 to {year}, by part of the collection",
    layout.CINAHL: "1981 to {year}",
    layout.PSYCINFO: "1806 to {year}",
    layout.SWEMED: "1977 to {year}",
    layout.IDUNN: "2000 to {year}, by journal",
}
_VOCABULARY = {
    layout.PROQUEST: "free text only",
    layout.CINAHL: "CINAHL Headings and free text",
    layout.PSYCINFO: "APA Thesaurus and free text",
    layout.SWEMED: "Swedish MeSH and free text",
    layout.IDUNN: "free text only",
}


@cache
def searches() -> tuple[SearchRow, ...]:
    """Give the ten runs: five of February 2018, five of January 2020 (strategies are invented)."""
    return tuple(_row(number, index, source) for number in (1, 2) for index, source in enumerate(SOURCES[:5]))


def _row(round_number: int, index: int, source: SourceInfo) -> SearchRow:
    files = [file for file in writers.files() if (file.round, file.source_key) == (round_number, source.key)]
    hits = sum(file.hits for file in files)
    year, month, days = _DAYS[round_number]
    until = {1: "February 2018", 2: "January 2020"}[round_number]
    knows = source.key == layout.PROQUEST
    return SearchRow(
        round=round_number,
        source_key=source.key,
        database=source.name,
        platform=source.platform,
        strategy=_STRATEGIES[source.key] + (_ADDED.get(source.key, "") if round_number == 2 else ""),
        coverage=_COVERAGE[source.key].format(year=year),
        vocabulary=_VOCABULARY[source.key],
        limits=f"January 2000 to {until}; peer reviewed; English, Norwegian, Swedish, Danish" if source.key != layout.IDUNN else "none",
        limits_reason="As the criteria say." if source.key != layout.IDUNN else "The site offers no limits.",
        date_run=date(year, month, days[index]),
        who="librarian",
        files=tuple(file.name for file in files),
        hits_shown=hits,
        hits_after_platform=hits if knows else None,
        hits_exported=hits,
        peer_reviewed_by="A second librarian (invented)",
        notes="" if knows else "The platform does not show a count after its own duplicate removal.",
    )
