"""What goes into the PRISMA figure: counts of decided things, waiting terms, and numbers from elsewhere.

No database and no request. Keys of boxes are the names of the PRISMA2020 CSV (METHOD.md B10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

WEBSITES, ORGANISATIONS, CITATIONS, CONTACTS, OTHER = "websites", "organisations", "citation searching", "contacts", "other"
KIND_ROWS = {WEBSITES: "website_results", ORGANISATIONS: "organisation_results", CITATIONS: "citations_results"}
KIND_LABELS = {WEBSITES: "Websites", ORGANISATIONS: "Organisations", CITATIONS: "Citation searching"}

Counts = Mapping[str, int]
ArmT = TypeVar("ArmT", bound="Retrieval")


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """One arm from retrieval to inclusion, in reports. ``excluded`` holds primary reasons in their order."""

    sought: int = 0
    not_retrieved: int = 0
    waiting_retrieval: int = 0
    assessed: int = 0
    waiting_assessment: int = 0
    excluded: Counts = field(default_factory=dict)
    excluded_total: int | None = None  # counted on its own where possible; None: the sum of the reasons
    awaiting_classification: int = 0
    ongoing: int = 0
    included: int = 0
    further_reports: int = 0  # a second report of a record: one record, two reports
    same_document: int = 0  # two records that led to one document: the second report is paused


@dataclass(frozen=True, kw_only=True)
class DatabasesArm(Retrieval):
    """Databases and registers: entries per source in order, removals, and screening of unique records."""

    databases: Counts = field(default_factory=dict)
    registers: Counts = field(default_factory=dict)
    duplicates: int = 0
    duplicates_found_late: int = 0  # of ``duplicates``: recognised after screening, a footnote
    removed_automatic: int = 0
    removed_other: int = 0
    screened: int = 0  # decided at title and abstract
    waiting_screening: Counts = field(default_factory=dict)  # keys of WAITS
    excluded_human: int = 0
    excluded_automation: int = 0


@dataclass(frozen=True, kw_only=True)
class OtherSource:
    """One source of the other arm: its kind (WEBSITES … OTHER), its name, the entries found there."""

    kind: str
    name: str
    n: int


@dataclass(frozen=True, kw_only=True)
class OtherArm(Retrieval):
    """Other methods. The template has no screening box; what was removed or screened out is a line of the first box."""

    sources: Sequence[OtherSource] = ()
    also_in_databases: int = 0  # stays with the databases; footnote
    duplicates: int = 0
    removed_other: int = 0
    excluded_at_screening: int = 0
    waiting_screening: Counts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The published earlier version (updated template)."""

    studies: int
    reports: int
    studies_no_longer: int = 0
    reports_no_longer: int = 0
    why_no_longer: str = ""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A number from elsewhere (†), added to a box. ``label`` names the source or the reason where the box has parts."""

    box: str  # a CSV name of a count, e.g. "duplicates"
    n: int
    label: str = ""
    note: str = ""  # one sentence: tool, date, who


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the figure is made of. ``previous`` set: updated template; ``other`` set: with other methods."""

    databases: DatabasesArm
    other: OtherArm | None = None
    studies: int = 0  # new studies included
    reports: int | None = None  # reports of them, counted on its own; None: the sum of the arms
    companion_reports: int = 0  # included reports that are not the first of a new study
    previous: Previous | None = None
    total_studies: int | None = None  # counted on its own; None: previous − no longer included + new
    total_reports: int | None = None
    open_rounds: int = 0
    entries_to_look_at: int = 0
    open_pairs: int = 0
    also_waiting: Counts = field(default_factory=dict)  # sentence ("votes changed after a decision") → n
    declared: Sequence[Declared] = ()


# ------------------------------------------------------------------------------------------------ small sums
def identified(arm: DatabasesArm) -> int:
    """Records identified from databases and registers."""
    return sum(arm.databases.values()) + sum(arm.registers.values())


def removed(arm: DatabasesArm) -> int:
    """Records removed before screening, all three ways."""
    return arm.duplicates + arm.removed_automatic + arm.removed_other


def records_excluded(arm: DatabasesArm) -> int:
    """Records excluded at title and abstract, by people and by automation tools."""
    return arm.excluded_human + arm.excluded_automation


def reports_excluded(arm: Retrieval) -> int:
    """Reports excluded at full text: the arm's own total, else the sum of its reasons."""
    return sum(arm.excluded.values()) if arm.excluded_total is None else arm.excluded_total


def waiting_for_screening(arm: DatabasesArm | OtherArm) -> int:
    """Records of an arm that title and abstract has not decided."""
    return sum(arm.waiting_screening.values())


def other_identified(arm: OtherArm) -> int:
    """Records identified through other methods, those also found by databases included."""
    return sum(source.n for source in arm.sources)


def new_reports(facts: Facts) -> int:
    """Reports of new included studies: the own count, else the sum of the arms."""
    if facts.reports is not None:
        return facts.reports
    return facts.databases.included + (facts.other.included if facts.other else 0)


def total_studies(facts: Facts) -> int:
    """Studies in the review: previous − no longer included + new, unless counted on its own."""
    if facts.total_studies is not None:
        return facts.total_studies
    before = facts.previous.studies - facts.previous.studies_no_longer if facts.previous else 0
    return before + facts.studies


def total_reports(facts: Facts) -> int:
    """Reports of the studies in the review, as ``total_studies``."""
    if facts.total_reports is not None:
        return facts.total_reports
    before = facts.previous.reports - facts.previous.reports_no_longer if facts.previous else 0
    return before + new_reports(facts)


# ------------------------------------------------------------------------------------------------ numbers from elsewhere
_DBR = {
    "duplicates": "duplicates",
    "excluded_automatic": "removed_automatic",
    "excluded_other": "removed_other",
    "records_screened": "screened",
    "records_excluded": "excluded_human",
    "dbr_sought_reports": "sought",
    "dbr_notretrieved_reports": "not_retrieved",
    "dbr_assessed": "assessed",
}
_DBR_PARTS = {"database_results": "databases", "register_results": "registers", "dbr_excluded": "excluded"}
_OTHER = {"other_sought_reports": "sought", "other_notretrieved_reports": "not_retrieved", "other_assessed": "assessed"}
_OTHER_KINDS = {row: kind for kind, row in KIND_ROWS.items()}
DECLARABLE = (*_DBR, *_DBR_PARTS, *_OTHER, *_OTHER_KINDS, "other_excluded", "dbr_included", "other_included", "new_studies")


def with_declared(facts: Facts) -> Facts:
    """Add the declared numbers to the counted ones. Raise ValueError for a box that takes none."""
    for declared in facts.declared:
        facts = _add(facts, declared)
    return replace(facts, declared=())


def _add(facts: Facts, declared: Declared) -> Facts:
    arm, box = facts.databases, declared.box
    if box in _DBR:
        return replace(facts, databases=_plus(arm, _DBR[box], declared.n))
    if box in _DBR_PARTS:
        return replace(facts, databases=_plus_part(arm, _DBR_PARTS[box], declared))
    if box == "dbr_included":
        return _plus_reports(replace(facts, databases=_plus(arm, "included", declared.n)), declared.n)
    if box == "new_studies":
        total = None if facts.total_studies is None else facts.total_studies + declared.n
        return replace(facts, studies=facts.studies + declared.n, total_studies=total)
    other = facts.other or OtherArm()
    if box in _OTHER:
        return replace(facts, other=_plus(other, _OTHER[box], declared.n))
    if box == "other_excluded":
        return replace(facts, other=_plus_part(other, "excluded", declared))
    if box == "other_included":
        return _plus_reports(replace(facts, other=_plus(other, "included", declared.n)), declared.n)
    if box in _OTHER_KINDS:
        source = OtherSource(kind=_OTHER_KINDS[box], name=declared.label or KIND_LABELS[_OTHER_KINDS[box]], n=declared.n)
        return replace(facts, other=replace(other, sources=(*other.sources, source)))
    raise ValueError(f"{box} is no box that takes a number from elsewhere.")


def _plus(arm: ArmT, name: str, n: int) -> ArmT:
    return replace(arm, **{name: getattr(arm, name) + n})


def _plus_reports(facts: Facts, n: int) -> Facts:
    reports = None if facts.reports is None else facts.reports + n
    return replace(facts, reports=reports, total_reports=None if facts.total_reports is None else facts.total_reports + n)


def _plus_part(arm: ArmT, name: str, declared: Declared) -> ArmT:
    parts: dict[str, int] = dict(getattr(arm, name))
    label = declared.label or "Other"
    parts[label] = parts.get(label, 0) + declared.n
    if name == "excluded" and arm.excluded_total is not None:
        arm = replace(arm, excluded_total=arm.excluded_total + declared.n)
    changes: dict[str, Any] = {name: parts}
    return replace(arm, **changes)
