"""What an invented paper is, and the press that gives it a journal, a place and a DOI that no other paper has."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from reviewapp.demo import words

Role = Literal["included", "full_text_excluded", "not_retrieved", "conflict_excluded", "background", "before_2000", "notice"]
Kind = Literal["article", "erratum", "comment", "protocol"]


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a paper; the family name is Demo but for the surnames in the labels of the included studies."""

    family: str
    given: str

    @property
    def full(self) -> str:
        """'Demo, Kari Solveig'."""
        return f"{self.family}, {self.given}"

    @property
    def short(self) -> str:
        """'Demo, Kari S': the first given name and initials, as PsycINFO writes."""
        first, *others = self.given.split()
        return " ".join((f"{self.family},", first, *(name[0] for name in others)))

    @property
    def initials(self) -> str:
        """'Demo, K. S.'."""
        return f"{self.family}, " + " ".join(f"{name[0]}." for name in self.given.split())


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal that does not exist."""

    name: str
    short: str
    issn: str
    since: int


@dataclass(frozen=True, slots=True)
class Paper:
    """One distinct paper. `round` is where it was found first; `label` is set for the included studies only."""

    key: str
    round: int
    role: Role
    title: str
    authors: tuple[Author, ...]
    year: int
    month: int
    journal: Journal
    volume: str
    issue: str
    first_page: str
    last_page: str
    doi: str
    abstract: str
    keywords: tuple[str, ...]
    language: str
    kind: Kind
    label: str


class Press:
    """Prints papers: no two share a DOI, nor a volume and first page of one journal."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.journals = {
            "eng": [_journal(f"Demo Journal of {name}", number, random) for number, name in enumerate(words.JOURNALS)],
            **{
                language: [_journal(name, 50 + 10 * place + number, random) for number, name in enumerate(names)]
                for place, (language, names) in enumerate(words.NORDIC_JOURNALS.items())
            },
        }
        self._pages: set[tuple[str, str, int]] = set()
        self._dois = random.sample(range(10_000, 99_999), 4_000)

    def journal(self, language: str) -> Journal:
        """Choose a journal in a language."""
        return self.random.choice(self.journals[language])

    def print(
        self,
        *,
        title: str,
        authors: tuple[Author, ...],
        year: int,
        round_number: int,
        role: Role,
        abstract: str,
        keywords: tuple[str, ...],
        language: str = "eng",
        journal: Journal | None = None,
        kind: Kind = "article",
        label: str = "",
    ) -> Paper:
        """Give a paper its place; its key comes later."""
        journal = journal or self.journal(language)
        volume = str(year - journal.since)
        first = self._page(journal, volume)
        last = first + (0 if kind == "erratum" else self.random.randrange(3, 19))
        month = self.random.randrange(1, 3) if (year, round_number) in ((2018, 1), (2020, 2)) else self.random.randrange(1, 13)
        number = self._dois.pop()
        doi = "" if self.random.random() < (0.5 if language != "eng" else 0.09) and not label else f"10.5555/demo.{year}.{number}"
        return Paper(
            "", round_number, role, title, authors, year, month, journal, volume, str((month + 1) // 2), str(first), str(last),
            doi, abstract, keywords, language, kind, label,
        )  # fmt: skip

    def _page(self, journal: Journal, volume: str) -> int:
        while True:
            page = self.random.randrange(3, 1_950)
            if (journal.name, volume, page) not in self._pages:
                self._pages.add((journal.name, volume, page))
                return page


def _journal(name: str, number: int, random: Random) -> Journal:
    short = " ".join(word if len(word) < 5 else word[:4] for word in name.split() if word not in ("of", "and", "for", "och", "til"))
    digits = f"0000{number + 1:03d}"
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True)) % 11
    return Journal(name, short, f"0000-{digits[4:]}{'X' if rest == 10 else rest}", random.randrange(1955, 1990))
