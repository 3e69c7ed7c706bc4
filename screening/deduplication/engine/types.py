"""What goes into the engine and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Id = int | str
Verdict = Literal["same", "near", "against", "silent"]
Decision = Literal["same", "look", "different"]
Strictness = Literal["careful", "balanced"]


@dataclass(frozen=True, slots=True)
class Item:
    """One reference as a file gave it; the engine folds case, accents and punctuation itself."""

    id: Id
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str = ""
    pmid: str = ""
    accession: str = ""
    database: str = ""
    abstract: str = ""
    isbn: str = ""
    issn: str = ""
    type: str = ""
    language: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one field says about a pair, as a code and as a sentence."""

    field: str
    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A merge the engine makes: two ids, the rule that joined them and what spoke for it."""

    a: Id
    b: Id
    rule: str
    score: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PairToLook:
    """Two items that a person has to judge."""

    a: Id
    b: Id
    score: int
    evidence: tuple[Evidence, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer to 'why were these two not merged?'."""

    a: Id
    b: Id
    score: int
    rule: str | None
    decision: Decision
    why: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Edges made now (with `together` they are a forest that spans every group), pairs to look at, all groups."""

    edges: tuple[Edge, ...]
    look: tuple[PairToLook, ...]
    groups: tuple[tuple[Id, ...], ...]
