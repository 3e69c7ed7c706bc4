"""Every invented paper of the demo and every copy of it in an export file. Pure and seeded: the same corpus on every run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from reviewapp.demo import abstracts, layout, words
from reviewapp.demo.copies import Copy, number_copies
from reviewapp.demo.pairs import PAIRS, PairSpec
from reviewapp.demo.papers import Author, Journal, Paper, Press, Role
from reviewapp.demo.studies import INCLUDED, Study
from reviewapp.demo.titles import Theme, TitleMaker

SEED = "reviewapp demo 1"
UNREADABLE = "unreadable"
"""The key of the one entry that nobody could read; it has a copy and no paper."""

FULL_TEXT_EXCLUDED = {1: 21, 2: 3}
NOT_RETRIEVED = {1: 2, 2: 1}
CONFLICT_EXCLUDED = {1: 24, 2: 2}
BEFORE_2000 = ((1996, (layout.PROQUEST,)), (1998, (layout.CINAHL,)), (1999, (layout.PSYCINFO,)))
PAIR_THEME = Theme("", "everyday recovery", "the participants", "the district", "hopefulness", "a follow-up study")
PRINCE = "Prince et al. 2018"
SUN = "Sun et al. 2019"


@dataclass(frozen=True)
class Corpus:
    """All papers by key, all copies in the order of their files, and the look-alikes that are different papers.

    `seen_again` = the keys of round 1 that round 2 found too. `pairs` = (key, key, why they are two papers).
    """

    papers: Mapping[str, Paper]
    copies: tuple[Copy, ...]
    pairs: tuple[tuple[str, str, str], ...]
    seen_again: tuple[str, ...]

    def copies_of(self, key: str) -> tuple[Copy, ...]:
        """Give the copies of one paper, round 1 first."""
        return tuple(copy for copy in self.copies if copy.key == key)

    def with_role(self, role: Role, round_number: int | None = None) -> tuple[Paper, ...]:
        """Give the papers that play a part, by key; of one round when it is named."""
        return tuple(paper for paper in self.papers.values() if paper.role == role and round_number in (None, paper.round))


@dataclass(frozen=True, slots=True)
class Placed:
    """A paper before it has its key, with the sources that hold it in the round of its first search."""

    paper: Paper
    sources: layout.Sources


class Shelf:
    """The places of one round that are still free."""

    def __init__(self, round_number: int) -> None:
        self.free = dict(layout.slots(round_number))

    def take(self, sources: layout.Sources) -> layout.Sources:
        """Use up one place; the sources must have one left."""
        if not self.free.get(sources):
            raise ValueError(f"No place is left for a paper in {sources}.")
        self.free[sources] -= 1
        return sources

    def rest(self) -> Iterator[layout.Sources]:
        """Give every place that is left, as often as it is left."""
        for sources, count in self.free.items():
            for _ in range(count):
                yield sources


@cache
def build() -> Corpus:
    """Build the whole corpus."""
    return _Builder().corpus()


class _Builder:
    def __init__(self) -> None:
        self.random = Random(SEED)
        self.titles = TitleMaker(Random(f"{SEED}: titles"))
        for study in INCLUDED:
            self.titles.reserve(study.title)
        for spec in PAIRS:
            self.titles.reserve(spec.first.title)
            self.titles.reserve(spec.second.title)
        self.press = Press(Random(f"{SEED}: places"))
        self.special: dict[str, list[Paper]] = defaultdict(list)

    def corpus(self) -> Corpus:
        first = self._keyed(self._round_one(), start=1)
        second = self._keyed(self._round_two(), start=len(first) + 1)
        papers = {placed.paper.key: placed.paper for placed in (*first, *second)}
        again = self._seen_again(first)
        found = {
            1: [(placed.paper, placed.sources) for placed in first],
            2: [(placed.paper, placed.sources) for placed in second] + [(self._later(papers[key]), sources) for key, sources in again],
        }
        copies = number_copies(found, unreadable=(UNREADABLE, 1, layout.SWEMED), random=Random(f"{SEED}: copies"))
        by_title = {paper.title: key for key, paper in papers.items()}
        pairs = tuple((by_title[spec.first.title], by_title[spec.second.title], spec.why) for spec in PAIRS)
        return Corpus(papers, copies, pairs, tuple(sorted(key for key, _ in again)))

    # -- the two rounds -------------------------------------------------------------------------------------------

    def _round_one(self) -> list[Placed]:
        shelf = Shelf(1)
        shelf.take((layout.SWEMED,))  # the unreadable entry
        placed = [Placed(self._study(study), shelf.take(sources)) for study, sources in _where_included()]
        placed += self._parts(shelf, 1)
        placed += [Placed(self._english(year, 1, "before_2000"), shelf.take(sources)) for year, sources in BEFORE_2000]
        placed += self._look_alikes(shelf, 1)
        return placed + [Placed(self._ordinary(sources, 1), sources) for sources in shelf.rest()]

    def _round_two(self) -> list[Placed]:
        shelf = Shelf(2)
        for sources, count in layout.SEEN_AGAIN.items():
            for _ in range(count):
                shelf.take(sources)
        sun = next(study for study in INCLUDED if study.label == SUN)
        placed = [Placed(self._study(sun), shelf.take(layout.TRIPLE)), *self._parts(shelf, 2), *self._look_alikes(shelf, 2)]
        return placed + [Placed(self._ordinary(sources, 2), sources) for sources in shelf.rest()]

    def _parts(self, shelf: Shelf, round_number: int) -> list[Placed]:
        """Papers on the subject that go on or are argued about, and end as excluded or not retrieved."""
        counts: tuple[tuple[Role, int], ...] = (
            ("full_text_excluded", FULL_TEXT_EXCLUDED[round_number]),
            ("not_retrieved", NOT_RETRIEVED[round_number]),
            ("conflict_excluded", CONFLICT_EXCLUDED[round_number]),
        )
        where = (layout.PQ_PSY, layout.TRIPLE, (layout.PROQUEST,), layout.PQ_CIN, (layout.CINAHL,), layout.CIN_PSY, (layout.PSYCINFO,))
        roles = [role for role, count in counts for _ in range(count)]
        return [
            Placed(self._english(self._year(round_number), round_number, role), shelf.take(where[index % len(where)]))
            for index, role in enumerate(roles)
        ]

    def _look_alikes(self, shelf: Shelf, round_number: int) -> list[Placed]:
        placed = []
        for spec in PAIRS:
            first, second = self._pair(spec)
            for paper, half in ((first, spec.first), (second, spec.second)):
                if paper.round == round_number:
                    placed.append(Placed(paper, shelf.take(half.sources)))
        return placed

    def _seen_again(self, first: list[Placed]) -> list[tuple[str, layout.Sources]]:
        """Choose papers of round 1 that round 2 finds too, each in sources that held it before."""
        recent = [placed for placed in first if placed.paper.role == "background" and placed.paper.year >= 2016]
        prince = next(placed.paper.key for placed in first if placed.paper.label == PRINCE)
        wanted = [sources for sources, count in layout.SEEN_AGAIN.items() for _ in range(count)]
        wanted.remove(layout.TRIPLE)
        chosen: dict[str, layout.Sources] = {prince: layout.TRIPLE}
        for sources in wanted:
            candidates = [placed.paper.key for placed in recent if set(sources) <= set(placed.sources) and placed.paper.key not in chosen]
            chosen[self.random.choice(candidates)] = sources
        return list(chosen.items())

    def _later(self, paper: Paper) -> Paper:
        """What round 2 shows of a paper: Prince et al. is printed by then."""
        if paper.label != PRINCE:
            return paper
        return replace(paper, year=2018, volume="41", issue="2", first_page="118", last_page="129")

    def _keyed(self, placed: list[Placed], start: int) -> list[Placed]:
        order = list(placed)
        self.random.shuffle(order)
        return [replace(one, paper=replace(one.paper, key=f"p{number:04d}")) for number, one in enumerate(order, start)]

    # -- one paper ------------------------------------------------------------------------------------------------

    def _year(self, round_number: int) -> int:
        if round_number == 2:
            return self.random.choices((2017, 2018, 2019, 2020), (1, 9, 11, 1))[0]
        return self.random.choices(range(2000, 2019), (*range(4, 22), 2))[0]

    def _ordinary(self, sources: layout.Sources, round_number: int) -> Paper:
        year = self._year(round_number)
        if layout.IDUNN in sources:
            return self._nordic(self.random.choices(("nor", "swe", "dan"), (8, 1, 1))[0], year, round_number)
        if sources == (layout.SWEMED,) and self.random.random() < 0.7:
            return self._nordic(self.random.choices(("swe", "nor", "dan"), (5, 3, 2))[0], year, round_number)
        return self._english(year, round_number, "background")

    def _english(self, year: int, round_number: int, role: Role) -> Paper:
        core = role != "background" or self.random.random() < 0.12
        theme = self.titles.english(core=core)
        abstract = abstracts.english(theme, self.random) if role != "background" or self.random.random() < 0.91 else ""
        return self.press.print(
            title=theme.title, authors=self._authors(), year=year, round_number=round_number, role=role, abstract=abstract,
            keywords=self._keywords(core=core),
        )

    def _nordic(self, language: str, year: int, round_number: int) -> Paper:
        theme = self.titles.nordic(language)
        abstract = abstracts.nordic(language, theme, self.random) if self.random.random() < 0.75 else ""
        return self.press.print(
            title=theme.title, authors=self._authors(), year=year, round_number=round_number, role="background", abstract=abstract,
            keywords=self._keywords(core=False), language=language,
        )

    def _study(self, study: Study) -> Paper:
        named = tuple(_author(surname) for surname in study.surnames)
        authors = named + (self._authors(self.random.randrange(2, 5)) if study.et_al else ())
        early = study.label == PRINCE
        paper = self.press.print(
            title=study.title, authors=authors, year=2017 if early else study.year, round_number=2 if study.label == SUN else 1,
            role="included", abstract=abstracts.study(study.label, self.random), keywords=self._keywords(core=True), label=study.label,
        )
        return replace(paper, volume="", issue="", first_page="", last_page="") if early else paper

    def _pair(self, spec: PairSpec) -> tuple[Paper, Paper]:
        if spec.why not in self.special:
            authors, journal = self._authors(3), self.press.journal("eng")
            self.special[spec.why] = [
                self.press.print(
                    title=half.title, authors=authors, year=half.year, round_number=half.round,
                    role="notice" if half.kind == "erratum" else "background",
                    abstract="" if half.kind in ("erratum", "comment") else abstracts.english(PAIR_THEME, self.random),
                    keywords=self._keywords(core=True), journal=journal, kind=half.kind,
                )
                for half in (spec.first, spec.second)
            ]
            first, second = self.special[spec.why]
            if first.year == second.year:  # both stand in one issue
                self.special[spec.why][1] = replace(second, month=first.month, issue=first.issue)
        first, second = self.special[spec.why]
        return first, second

    def _authors(self, count: int | None = None) -> tuple[Author, ...]:
        number = count or self.random.choices(range(1, 7), (3, 6, 7, 5, 3, 2))[0]
        names = self.random.sample(words.GIVEN_NAMES, number * 2)
        return tuple(
            Author("Demo", given if self.random.random() < 0.55 else f"{given} {second}")
            for given, second in zip(names[::2], names[1::2], strict=True)
        )

    def _keywords(self, *, core: bool) -> tuple[str, ...]:
        fixed = ("Social support", "Mental health services") if core else ()
        return tuple(dict.fromkeys((*fixed, *self.random.sample(words.KEYWORDS, self.random.randrange(3, 7)))))


def _author(surname: str) -> Author:
    initial, _, family = surname.rpartition(". ")
    return Author(family, f"{initial}." if initial else "Demo")


def _where_included() -> list[tuple[Study, layout.Sources]]:
    """Where round 1 found each of its 28 included studies."""
    where = [layout.TRIPLE] * 15 + [layout.PQ_PSY] * 6 + [layout.PQ_CIN] * 3 + [layout.CIN_PSY] * 2 + [(layout.PROQUEST,), (layout.CINAHL,)]
    studies = [study for study in INCLUDED if study.label != SUN]
    return list(zip(studies, where, strict=True))


__all__ = ["UNREADABLE", "Author", "Copy", "Corpus", "Journal", "Paper", "build"]
