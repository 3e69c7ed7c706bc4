"""What everybody in the demo decides, as data: who is a duplicate of whom, who votes how, what is settled, sought and excluded.

Keys are those of `corpus.build()`; `key_of` finds the key of an imported record again. Only strings of `screening.vocabulary` are used.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from reviewapp.demo import corpus, writers
from reviewapp.demo.papers import Paper, Role

AUTHORS = ("author1", "author2", "author3", "author4")
INCLUDE, EXCLUDE = "include", "exclude"
NOT_RELEVANT, VIEWPOINT, POOR_DESIGN = "not_relevant", "viewpoint", "poor_design"
REASONS = (NOT_RELEVANT, VIEWPOINT, POOR_DESIGN)
"""The keys of the reasons, in the order in which they count."""


# -- finding a record again -----------------------------------------------------------------------------------------


def fold(title: str) -> str:
    """Reduce a title to its letters and digits, without case and accents."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _known() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Accession, DOI and title of every paper and copy, each to its key."""
    accessions: dict[str, str] = {}
    dois: dict[str, str] = {}
    titles: dict[str, str] = {}
    built = corpus.build()
    for copy in built.copies:
        if copy.paper:
            accessions[copy.accession.casefold()] = copy.key
            titles[fold(copy.title)] = copy.key
            dois |= {copy.doi.casefold(): copy.key} if copy.doi else {}
    for key, paper in built.papers.items():
        titles[fold(paper.title)] = key
        if paper.doi:
            dois[paper.doi.casefold()] = key
    for new in network():
        titles[fold(new.title)] = new.key
        dois[new.doi.casefold()] = new.key
    return accessions, dois, titles


def key_of(title: str = "", doi: str = "", accession: str = "") -> str | None:
    """Say which paper an imported record is: by its accession number, else its DOI, else its title; None for a stranger."""
    accessions, dois, titles = _known()
    for part in re.split(r"[^\w-]+", accession.casefold()):
        if part in accessions:
            return accessions[part]
    found = re.search(r"10\.5555/[\w.-]+", doi.casefold())
    if found and found.group().rstrip(".") in dois:
        return dois[found.group().rstrip(".")]
    return titles.get(fold(title)) if title else None


def same(a: str, b: str) -> bool:
    """Say whether two keys are one paper: the truth for every pair in the hand queue."""
    return a == b


@cache
def rejected_pairs() -> tuple[tuple[str, str, str], ...]:
    """Give the nine look-alikes (key, key, why) that a person calls *not a duplicate*; the first has its notice in round 2."""
    return corpus.build().pairs


@cache
def unreadable() -> tuple[str, int]:
    """Name the entry that nobody could read: its file and its position there, from 1."""
    copy = next(copy for copy in corpus.build().copies if copy.key == corpus.UNREADABLE)
    name = next(file.name for file in writers.files() if (file.source_key, file.round) == (copy.source, copy.round))
    return name, copy.position


# -- before screening -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removal:
    """A record that leaves before screening: `reason` is dates or notice (unreadable: see `unreadable`)."""

    key: str
    round: int
    reason: str
    by: str
    note: str


@cache
def removals() -> tuple[Removal, ...]:
    """Give the three papers from before 2000 and the erratum notice; the unreadable entry is the fifth."""
    built = corpus.build()
    old = [Removal(paper.key, 1, "dates", "author1", f"Published {paper.year}.") for paper in built.with_role("before_2000")]
    notices = [Removal(paper.key, 2, "notice", "author1", "A notice, not a paper.") for paper in built.with_role("notice")]
    return (*old, *notices)


@cache
def to_screen(round_number: int) -> tuple[str, ...]:
    """Give the keys that a round screens at title and abstract: found there first and not removed."""
    removed = {removal.key for removal in removals()}
    return tuple(key for key, paper in corpus.build().papers.items() if paper.round == round_number and key not in removed)


# -- pilot ----------------------------------------------------------------------------------------------------------


@cache
def pilot_keys() -> tuple[str, ...]:
    """Choose 25 records of round 1 for the pilot, wanted ones and others; any other 25 do as well (see `pilot_votes`)."""
    random = Random("demo pilot")
    built = corpus.build()
    chosen = [
        *random.sample(_keys(built.with_role("included", 1)), 2),
        *random.sample(_keys(built.with_role("full_text_excluded", 1)), 2),
        *random.sample(_keys(built.with_role("conflict_excluded", 1)), 3),
        *random.sample(_keys(built.with_role("background", 1)), 18),
    ]
    random.shuffle(chosen)
    return tuple(chosen)


def pilot_votes(keys: Sequence[str] | None = None) -> dict[str, dict[str, str]]:
    """Give the four verdicts on each of 25 records: 2 all include, 18 all exclude, 3 split 1 to 3, 2 split 2 to 2.

    The records nearest to the subject get the includes. Raises ValueError when there are not 25 different keys.
    """
    chosen = list(pilot_keys() if keys is None else keys)
    if len(set(chosen)) != 25:
        raise ValueError("The pilot needs 25 different records.")
    rank = ("included", "full_text_excluded", "not_retrieved", "conflict_excluded", "background", "before_2000", "notice")
    papers = corpus.build().papers
    chosen.sort(key=lambda key: (rank.index(papers[key].role), key))
    for_it = [AUTHORS, AUTHORS, ("author1", "author3"), ("author2", "author4"), ("author1",), ("author2",), ("author4",)]
    for_it += [()] * 18
    return {
        key: {author: INCLUDE if author in those else EXCLUDE for author in AUTHORS} for key, those in zip(chosen, for_it, strict=True)
    }


# -- title and abstract ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resolution:
    """A final decision of author3. `reason` is set when it excludes at full text."""

    key: str
    round: int
    verdict: str
    rationale: str
    reason: str | None = None


@cache
def title_abstract_votes(round_number: int) -> dict[str, tuple[str, str]]:
    """Give the verdicts of author1 and author2 on every record of a round, in the order of the keys."""
    first, second = _one_sided(round_number)
    goes_on = {paper.key for paper in _sought(round_number)} - set(first) - set(second)
    votes = {}
    for key in to_screen(round_number):
        both = INCLUDE if key in goes_on else EXCLUDE
        votes[key] = (INCLUDE, EXCLUDE) if key in first else (EXCLUDE, INCLUDE) if key in second else (both, both)
    return votes


@cache
def _one_sided(round_number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the records that only author1, and those that only author2, wants to keep."""
    built = corpus.build()
    out = _keys(built.with_role("conflict_excluded", round_number))
    inside = _resolved_in(round_number)
    by_first, in_by_first = {1: (14, 5), 2: (1, 1)}[round_number]
    return (*out[:by_first], *inside[:in_by_first]), (*out[by_first:], *inside[in_by_first:])


def _resolved_in(round_number: int) -> list[str]:
    """Name the records that author3 sends on: 7 in round 1 (3 of them included in the end), 1 in round 2."""
    built = corpus.build()
    excluded = _keys(built.with_role("full_text_excluded", round_number))
    if round_number == 2:
        return excluded[:1]
    return [*excluded[:4], *_keys(built.with_role("included", 1))[5:8]]


WHY_IN = (
    "Support from others is a main part of the paper: the full text should decide.",
    "The abstract is short; the setting fits the aims.",
    "The population fits, and recovery is named as an outcome.",
)
WHY_OUT = (
    "Support is mentioned in passing only; the paper is about treatment.",
    "No link to recovery or to community services.",
    "The population lies outside the criteria.",
)


@cache
def title_abstract_resolutions(round_number: int) -> tuple[Resolution, ...]:
    """Give author3's decisions: round 1: 7 include and 24 exclude; round 2: 1 and 2."""
    inside = set(_resolved_in(round_number))
    clashes = [key for key, (first, second) in title_abstract_votes(round_number).items() if first != second]
    return tuple(
        Resolution(key, round_number, INCLUDE, WHY_IN[index % 3]) if key in inside
        else Resolution(key, round_number, EXCLUDE, WHY_OUT[index % 3])
        for index, key in enumerate(clashes)
    )  # fmt: skip


def _keys(papers: Sequence[Paper]) -> list[str]:
    return [paper.key for paper in papers]


# -- retrieval ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How the search for one full text ended; `note` says why it was not retrieved."""

    key: str
    round: int
    retrieved: bool
    note: str


def _sought(round_number: int) -> list[Paper]:
    built = corpus.build()
    roles: tuple[Role, ...] = ("included", "full_text_excluded", "not_retrieved")
    return sorted((paper for role in roles for paper in built.with_role(role, round_number)), key=lambda paper: paper.key)


@cache
def retrievals(round_number: int) -> tuple[Retrieval, ...]:
    """Give the reports sought: 51 in round 1 (2 not retrieved), 5 in round 2 (1 not retrieved)."""
    return tuple(
        Retrieval(paper.key, round_number, False, "Neither the library nor the authors could supply it.") if paper.role == "not_retrieved"
        else Retrieval(paper.key, round_number, True, "")
        for paper in _sought(round_number)
    )  # fmt: skip


# -- full text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FullTextVote:
    """One vote on a report; `reason` is the primary reason of an exclusion, else None."""

    verdict: str
    reason: str | None = None


FINAL_REASONS = {
    1: (NOT_RELEVANT,) * 6 + (VIEWPOINT,) * 5 + (POOR_DESIGN,) * 10,
    2: REASONS,
}
"""Reasons of the excluded reports of each round, as many as there are."""


@cache
def excluded_reports(round_number: int) -> dict[str, str]:
    """Give the reports excluded at full text with their final primary reason."""
    keys = _keys(corpus.build().with_role("full_text_excluded", round_number))
    Random(f"demo reasons {round_number}").shuffle(keys)
    return dict(sorted(zip(keys, FINAL_REASONS[round_number], strict=True)))


@cache
def included_reports(round_number: int | None = None) -> dict[str, str]:
    """Give the included reports, key to label."""
    return {paper.key: paper.label for paper in corpus.build().with_role("included", round_number)}


@cache
def full_text_votes(round_number: int) -> dict[str, tuple[FullTextVote, FullTextVote]]:
    """Give the votes of author1 and author2 on every retrieved report of a round."""
    votes = {key: (FullTextVote(INCLUDE), FullTextVote(INCLUDE)) for key in included_reports(round_number)}
    votes |= {key: (FullTextVote(EXCLUDE, why), FullTextVote(EXCLUDE, why)) for key, why in excluded_reports(round_number).items()}
    if round_number == 1:
        votes |= _disputed_reports()
    return dict(sorted(votes.items()))


def _disputed_reports() -> dict[str, tuple[FullTextVote, FullTextVote]]:
    """Give four clashes (two end included) and three exclusions with two reasons; the reason that counts comes first in the list."""
    inside = list(included_reports(1))[10:12]
    by_reason = {reason: [key for key, why in excluded_reports(1).items() if why == reason] for reason in REASONS}
    yes = FullTextVote(INCLUDE)
    irrelevant, opinion, design = (FullTextVote(EXCLUDE, reason) for reason in REASONS)
    return {
        inside[0]: (yes, design),
        inside[1]: (irrelevant, yes),
        by_reason[POOR_DESIGN][0]: (yes, design),
        by_reason[NOT_RELEVANT][0]: (yes, irrelevant),
        by_reason[NOT_RELEVANT][1]: (irrelevant, design),
        by_reason[NOT_RELEVANT][2]: (opinion, irrelevant),
        by_reason[VIEWPOINT][0]: (design, opinion),
    }


@cache
def full_text_resolutions(round_number: int) -> tuple[Resolution, ...]:
    """Give author3's decisions on clashes of verdicts (2 include, 2 exclude) and of reasons (3); none in round 2."""
    final = excluded_reports(round_number)
    return tuple(
        Resolution(key, round_number, EXCLUDE, "The first reason in the list that holds counts.", final[key]) if key in final
        else Resolution(key, round_number, INCLUDE, "Design and relevance are adequate after a second reading.")
        for key, (first, second) in full_text_votes(round_number).items()
        if first != second
    )  # fmt: skip


# -- research network -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NetworkPaper:
    """One of six papers known through the research network. `key` is that of the database record it matches, or n1, n2.

    `reason` is set for the two new ones: both reviewers exclude them at full text for it.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    year: int
    journal: str
    volume: str
    issue: str
    pages: str
    doi: str
    matches: bool
    reason: str | None

    def ris(self) -> str:
        """Write the paper as a person would paste it."""
        lines = ["TY  - JOUR", f"TI  - {self.title}", *(f"AU  - {author}" for author in self.authors), f"T2  - {self.journal}"]
        lines += [f"PY  - {self.year}", f"VL  - {self.volume}", f"IS  - {self.issue}", f"SP  - {self.pages}", f"DO  - {self.doi}", "ER  - "]
        return "\n".join(lines) + "\n"


@cache
def network() -> tuple[NetworkPaper, ...]:
    """Give the six papers from contacts: four that databases found too (three included, one excluded), two new ones."""
    built = corpus.build()
    printed = [paper for paper in built.with_role("included", 1) if paper.first_page][2:5]
    printed += [paper for paper in built.with_role("full_text_excluded", 1) if paper.doi][6:7]
    found = [
        NetworkPaper(
            paper.key, paper.title, tuple(author.full for author in paper.authors), paper.year, paper.journal.name, paper.volume,
            paper.issue, f"{paper.first_page}-{paper.last_page}", paper.doi, True, None,
        )
        for paper in printed
    ]  # fmt: skip
    return (*found, *_UNKNOWN_TO_DATABASES)


_UNKNOWN_TO_DATABASES = (
    NetworkPaper(
        "n1", "Village shops, chess tables and the art of waiting: notes for neighbourhood planners", ("Demo, Gunvor", "Demo, Einar"),
        2012, "Demo Journal of Welfare Research", "51", "3", "2012-2022", "10.5555/demo.n1", False, NOT_RELEVANT,
    ),
    NetworkPaper(
        "n2", "Why kindness cannot be scheduled: a personal view of helping", ("Demo, Þóra",),
        2016, "Demo Journal of Recovery Studies", "29", "1", "2101-2104", "10.5555/demo.n2", False, VIEWPOINT,
    ),
)  # fmt: skip


@cache
def network_ris() -> bytes:
    """Give all six as one RIS text to paste or upload."""
    return "\n".join(paper.ris() for paper in network()).encode()


__all__ = [
    "AUTHORS", "REASONS", "FullTextVote", "NetworkPaper", "Removal", "Resolution", "Retrieval", "excluded_reports", "full_text_resolutions",
    "full_text_votes", "included_reports", "key_of", "network", "network_ris", "pilot_keys", "pilot_votes", "rejected_pairs",
    "removals", "retrievals", "same", "title_abstract_resolutions", "title_abstract_votes", "to_screen", "unreadable",
]  # fmt: skip
