"""The copies of a paper as the databases hold them: the same paper, written differently by each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from reviewapp.demo import layout
from reviewapp.demo.papers import Paper

NO_DOI = {layout.PROQUEST: 0.12, layout.CINAHL: 0.34, layout.PSYCINFO: 0.06, layout.SWEMED: 0.7, layout.IDUNN: 0.0}
FIRST_ACCESSION = {layout.PROQUEST: 1_804_117_300, layout.CINAHL: 103_211_400, layout.SWEMED: 5_210_000, layout.IDUNN: 40_100}
BARE = 14
SMALL_WORDS = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])


@dataclass(frozen=True, slots=True)
class Copy:
    """One entry of one source: whose it is, where it stands, and how this source writes the paper.

    `position` counts from 1 within source and round. The unreadable entry has a key and no paper. A `bare` copy is an early
    record: no volume or pages, the year before, and a DOI of its own, so that a person has to say what it is.
    """

    key: str
    source: str
    round: int
    position: int
    accession: str
    paper: Paper | None
    title: str
    year: int
    doi: str
    abstract: str
    initials: bool
    short_pages: bool
    short_journal: bool
    bare: bool


Found = Mapping[int, Sequence[tuple[Paper, layout.Sources]]]


def number_copies(found: Found, *, unreadable: tuple[str, int, str], random: Random) -> tuple[Copy, ...]:
    """Make the copies of every paper found in each round, shuffle each source's list and number it."""
    accessions: dict[tuple[str, str], str] = {}
    bare = _bare(found[1])
    copies: list[Copy] = []
    for round_number, papers in found.items():
        for source in layout.SOURCES:
            held = [paper for paper, sources in papers if source in sources]
            listed: list[Paper | None] = [*held, None] if unreadable[1:] == (round_number, source) else [*held]
            random.shuffle(listed)
            for position, paper in enumerate(listed, 1):
                if paper is None:
                    copies.append(Copy(unreadable[0], source, round_number, position, "", None, "", 0, "", "", False, False, False, False))
                    continue
                accession = accessions.setdefault((source, paper.key), _accession(source, paper, len(accessions)))
                copy = _copy(paper, source, round_number, position, accession, random)
                copies.append(_bared(copy) if paper.key in bare else copy)
    return tuple(copies)


def _bare(papers: Sequence[tuple[Paper, layout.Sources]]) -> frozenset[str]:
    """Choose the papers whose record in PsycINFO is so poor that a person has to look at it."""
    fit = [
        paper.key
        for paper, sources in papers
        if sources == layout.PQ_PSY and paper.role == "background" and paper.kind == "article" and 2004 < paper.year < 2016
        and paper.doi
    ]  # fmt: skip
    return frozenset(sorted(fit)[:BARE])


def _bared(copy: Copy) -> Copy:
    """Make PsycINFO's copy an early one, and let the other copy keep the DOI that differs from it."""
    paper = copy.paper
    if paper is None or copy.source != layout.PSYCINFO:
        return replace(copy, doi=paper.doi if paper else "")
    early = paper.doi.replace("demo.", "demo.early.")
    return replace(copy, title=f"{paper.title}." if paper.title[-1] != "?" else paper.title, year=paper.year - 1, doi=early, bare=True)


def _accession(source: str, paper: Paper, number: int) -> str:
    if source == layout.PSYCINFO:
        return f"{paper.year}-{10_000 + number * 7}-{1 + number % 9:03d}"
    digits = FIRST_ACCESSION[source] + number * 37
    return {layout.SWEMED: f"SM{digits}", layout.IDUNN: f"idunn-{digits}"}.get(source, str(digits))


def _copy(paper: Paper, source: str, round_number: int, position: int, accession: str, random: Random) -> Copy:
    return Copy(
        key=paper.key,
        source=source,
        round=round_number,
        position=position,
        accession=accession,
        paper=paper,
        title=_written(paper, source, random),
        year=_year(paper, source, random),
        doi="" if random.random() < NO_DOI[source] and not paper.label else paper.doi,
        abstract="" if source == layout.SWEMED and random.random() < 0.4 else paper.abstract,
        initials=source in (layout.SWEMED, layout.CINAHL) and random.random() < 0.4,
        short_pages=source in (layout.PSYCINFO, layout.SWEMED) and random.random() < 0.6,
        short_journal=source == layout.CINAHL and random.random() < 0.15,
        bare=False,
    )


def _year(paper: Paper, source: str, random: Random) -> int:
    """Now and then PsycINFO gives the year of the printed issue: one later."""
    late = source == layout.PSYCINFO and paper.kind == "article" and paper.role == "background" and 2001 < paper.year < 2017
    return paper.year + 1 if late and random.random() < 0.02 else paper.year


def _written(paper: Paper, source: str, random: Random) -> str:
    """Write the title as the source does: its capitals, its full stop, now and then a slip or no subtitle."""
    title = paper.title
    chance = random.random()
    plain = paper.kind == "article" and paper.role == "background" and not re.search(r"\d|[Pp]art ", title)
    if plain and source == layout.CINAHL and chance < 0.02 and title.count(": ") == 1 and len(title.split(": ")[0]) > 45:
        title = title.split(": ")[0]
    elif plain and source in (layout.PROQUEST, layout.PSYCINFO) and chance < 0.012:
        title = _slip(title, random)
    if source == layout.PROQUEST and paper.language == "eng" and chance > 0.65:
        title = _headline(title)
    if source == layout.PROQUEST and paper.language == "eng" and chance > 0.985:
        title = title.upper()
    if source in (layout.CINAHL, layout.PSYCINFO) and title[-1] not in "?.":
        title += "."
    return title.replace("“", '"').replace("”", '"') if source == layout.PSYCINFO else title


def _slip(title: str, random: Random) -> str:
    """Drop one letter inside a long word."""
    places = [match.start() + 3 for match in re.finditer(r"[a-z]{9,}", title)]
    place = random.choice(places) if places else len(title)
    return title[:place] + title[place + 1 :]


def _headline(title: str) -> str:
    return " ".join(word if word in SMALL_WORDS else word[:1].upper() + word[1:] for word in title.split(" "))
