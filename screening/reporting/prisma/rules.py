"""PRISMA 2020 as arithmetic: plain counts in (``facts``), boxes and the sums that must hold (``sums``) out.

No database and no request. Keys of counts are the names of the PRISMA2020 CSV (METHOD.md B10); a part of a count is
``name:label``. Box wording after Page et al. 2021, BMJ 372:n71 (CC BY).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .facts import (
    CITATIONS,
    CONTACTS,
    DECLARABLE,
    KIND_LABELS,
    KIND_ROWS,
    ORGANISATIONS,
    OTHER,
    WEBSITES,
    DatabasesArm,
    Declared,
    Facts,
    OtherArm,
    OtherSource,
    Previous,
    Retrieval,
    identified,
    new_reports,
    records_excluded,
    reports_excluded,
    total_reports,
    total_studies,
    waiting_for_screening,
    with_declared,
)
from .sums import WAITS, Identity, Waiting, identities, plural, waiting

__all__ = [
    "CITATIONS", "CONTACTS", "DECLARABLE", "ORGANISATIONS", "OTHER", "WAITS", "WEBSITES",
    "Box", "DatabasesArm", "Declared", "Facts", "Flow", "Identity", "OtherArm", "OtherSource", "Previous", "Retrieval", "Row", "Waiting",
    "counts", "flow", "identities", "waiting",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """A count inside a box. ``level`` 0 is a head of its own, 1 a part, 2 a part of a part."""

    key: str
    label: str
    n: int | None
    level: int = 1
    declared: bool = False


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box: its head with its own number (None where only the rows have numbers), rows, what waits, small notes."""

    key: str
    label: str
    n: int | None
    rows: tuple[Row, ...] = ()
    waiting: int = 0
    waiting_texts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    declared: bool = False


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The figure without its drawing. ``boxes`` by place; ``counts`` are the values of the CSV (None = absent)."""

    updated: bool
    with_other: bool
    with_registers: bool
    boxes: Mapping[str, Box]
    counts: Mapping[str, int | Mapping[str, int] | None]
    other_labels: Mapping[str, str]  # CSV row → text where the kind was renamed ("Research network")
    waiting: tuple[Waiting, ...]
    identities: tuple[Identity, ...]
    footnotes: tuple[str, ...]
    open_rounds: int
    draft: bool

    @property
    def sums_hold(self) -> bool:
        return all(identity.holds for identity in self.identities)

    @property
    def notice(self) -> str:
        """What waits and the sum that shows it, in one paragraph; for a closed figure that nothing waits."""
        if not self.draft:
            return "Nothing waits, and all sums hold." if self.sums_hold else "Nothing waits, but not all sums hold."
        texts = [f"{one.text}." for one in self.waiting] or [
            f"{self.open_rounds:,} {plural(self.open_rounds, 'round is', 'rounds are')} open."
        ]
        sums = [f"{identity.as_sum}." for identity in self.identities if identity.as_sum.endswith(" waiting")]
        return " ".join(texts + sums)


# ------------------------------------------------------------------------------------------------ boxes
def flow(facts: Facts) -> Flow:
    """Build the figure: boxes by place, counts by CSV name, what waits, the sums, the footnotes.

    Places: ``previous``, ``identified``, ``removed``, ``screened``, ``excluded``, ``sought``, ``not_retrieved``, ``assessed``,
    ``reports_excluded``, ``included``, ``total``, and those of the other arm with ``other_`` before them.
    """
    waits, marked = waiting(facts), {(declared.box, declared.label) for declared in facts.declared}
    full = with_declared(facts)
    return Flow(
        updated=full.previous is not None,
        with_other=full.other is not None,
        with_registers=bool(full.databases.registers),
        boxes=_boxes(full, _Marks(marked)),
        counts=counts(full),
        other_labels=other_labels(full),
        waiting=waits,
        identities=identities(full),
        footnotes=tuple(_footnotes(full, facts.declared)),
        open_rounds=full.open_rounds,
        draft=bool(waits) or full.open_rounds > 0,
    )


class _Marks:
    """Which counts carry the dagger: a box, and the part of it that was named."""

    def __init__(self, marked: set[tuple[str, str]]) -> None:
        self.boxes = {box for box, _ in marked}
        self.parts = {f"{box}:{label or 'Other'}" for box, label in marked}

    def __contains__(self, key: str) -> bool:
        return key in self.boxes or key in self.parts


def _boxes(facts: Facts, marks: _Marks) -> dict[str, Box]:
    arm, update = facts.databases, facts.previous is not None
    boxes = {"identified": _identified_box(arm, marks), "removed": _removed_box(arm, marks), **_screening_boxes(arm, marks)}
    boxes |= _retrieval_boxes(arm, "dbr", "", marks)
    if facts.other:
        boxes |= {"other_identified": _other_identified_box(facts.other, marks), **_retrieval_boxes(facts.other, "other", "other_", marks)}
    boxes["included"] = _included_box(facts, marks, update=update)
    if facts.previous:
        boxes |= {"previous": _previous_box(facts.previous), "total": _total_box(facts)}
    return boxes


def _identified_box(arm: DatabasesArm, marks: _Marks) -> Box:
    groups = (("database_results", "Databases", arm.databases), ("register_results", "Registers", arm.registers))
    both = bool(arm.databases) and bool(arm.registers)
    rows: list[Row] = []
    for key, label, sources in groups:
        if sources and (both or key == "register_results"):
            rows.append(Row(key=key, label=label, n=sum(sources.values()), declared=key in marks))
        level = 2 if rows else 1
        rows += [Row(key=f"{key}:{name}", label=name, n=n, level=level, declared=f"{key}:{name}" in marks) for name, n in sources.items()]
    declared = "database_results" in marks or "register_results" in marks
    return Box(key="identified", label="Records identified", n=identified(arm), rows=tuple(rows), declared=declared)


def _removed_box(arm: DatabasesArm, marks: _Marks) -> Box:
    lines = [("duplicates", "Duplicate records", arm.duplicates)]
    lines += [("excluded_automatic", "Records marked as ineligible by automation tools", arm.removed_automatic)]
    lines += [("excluded_other", "Records removed for other reasons", arm.removed_other)]
    rows = tuple(Row(key=key, label=label, n=n, declared=key in marks) for key, label, n in lines)
    return Box(key="removed", label="Records removed before screening", n=None, rows=rows)


def _screening_boxes(arm: DatabasesArm, marks: _Marks) -> dict[str, Box]:
    n = waiting_for_screening(arm)
    texts = (f"{n:,} {plural(n, 'waits', 'wait')}",) if n else ()
    notes: tuple[str, ...] = ()
    if arm.excluded_automation:
        notes = (f"{arm.excluded_human:,} by people,", f"{arm.excluded_automation:,} by automation tools")
    declared = "records_screened" in marks
    screened = Box(key="records_screened", label="Records screened", n=arm.screened, waiting=n, waiting_texts=texts, declared=declared)
    declared = "records_excluded" in marks
    excluded = Box(key="records_excluded", label="Records excluded", n=records_excluded(arm), notes=notes, declared=declared)
    return {"screened": screened, "excluded": excluded}


def _retrieval_boxes(arm: Retrieval, csv: str, place: str, marks: _Marks) -> dict[str, Box]:
    sought, missing, assessed = f"{csv}_sought_reports", f"{csv}_notretrieved_reports", f"{csv}_assessed"
    return {
        f"{place}sought": Box(
            key=sought,
            label="Reports sought for retrieval",
            n=arm.sought,
            waiting=arm.waiting_retrieval,
            waiting_texts=_wait_text(arm.waiting_retrieval, "for a full text"),
            notes=tuple(_link_notes(arm)),
            declared=sought in marks,
        ),
        f"{place}not_retrieved": Box(key=missing, label="Reports not retrieved", n=arm.not_retrieved, declared=missing in marks),
        f"{place}assessed": Box(
            key=assessed,
            label="Reports assessed for eligibility",
            n=arm.assessed,
            waiting=arm.waiting_assessment,
            waiting_texts=_wait_text(arm.waiting_assessment, "for a decision"),
            declared=assessed in marks,
        ),
        f"{place}reports_excluded": _reports_excluded_box(arm, csv, marks),
    }


def _wait_text(n: int, what: str) -> tuple[str, ...]:
    return (f"{n:,} {plural(n, 'waits', 'wait')} {what}",) if n else ()


def _link_notes(arm: Retrieval) -> Iterable[str]:
    if n := arm.further_reports:
        yield f"{n:,} {plural(n, 'is a further report', 'are further reports')} of a record"
    if n := arm.same_document:
        yield f"{n:,} {plural(n, 'record', 'records')} led to a report counted once"


def _reports_excluded_box(arm: Retrieval, csv: str, marks: _Marks) -> Box:
    key = f"{csv}_excluded"
    reasons = [Row(key=f"{key}:{label}", label=label, n=n, declared=f"{key}:{label}" in marks) for label, n in arm.excluded.items() if n]
    others = [("awaiting_classification", "Awaiting classification", arm.awaiting_classification)]
    others += [("ongoing", "Ongoing studies", arm.ongoing)]
    rows = [Row(key=f"{csv}_{name}", label=label, n=n, level=0) for name, label, n in others if n]
    return Box(key=key, label="Reports excluded", n=reports_excluded(arm), rows=(*reasons, *rows), declared=key in marks)


def _other_identified_box(arm: OtherArm, marks: _Marks) -> Box:
    rows = [Row(key=key, label=label, n=n, declared=key.split(":")[0] in marks) for key, label, n in _other_rows(arm)]
    waits = waiting_for_screening(arm)
    return Box(
        key="other_identified",
        label="Records identified from",
        n=None,
        rows=tuple(rows),
        waiting=waits,
        waiting_texts=_wait_text(waits, "for votes"),
        notes=tuple(_other_notes(arm)),
    )


def _other_rows(arm: OtherArm) -> Iterable[tuple[str, str, int]]:
    """Key, label and count of a line per kind; contacts and what has no kind of its own go by their names."""
    for kind, row in KIND_ROWS.items():
        if numbers := [source.n for source in arm.sources if source.kind == kind]:
            yield row, KIND_LABELS[kind], sum(numbers)
    for source in arm.sources:
        if source.kind not in KIND_ROWS:
            yield f"organisation_results:{source.name}", source.name, source.n


def _other_notes(arm: OtherArm) -> Iterable[str]:
    if arm.also_in_databases:
        yield f"{arm.also_in_databases:,} of them also found by databases and counted there"
    if arm.duplicates:
        yield f"{arm.duplicates:,} of them {plural(arm.duplicates, 'is a duplicate', 'are duplicates')} within this column"
    if arm.removed_other:
        yield f"{arm.removed_other:,} of them removed for other reasons"
    if arm.excluded_at_screening:
        yield f"{arm.excluded_at_screening:,} of them excluded at title and abstract"


def _included_box(facts: Facts, marks: _Marks, *, update: bool) -> Box:
    studies, reports = ("New studies included in review", "Reports of new included studies")
    if not update:
        studies, reports = ("Studies included in review", "Reports of included studies")
    declared = any(name in marks for name in ("dbr_included", "other_included"))
    row = Row(key="new_reports", label=reports, n=new_reports(facts), level=0, declared=declared)
    return Box(key="new_studies", label=studies, n=facts.studies, rows=(row,), declared="new_studies" in marks)


def _previous_box(before: Previous) -> Box:
    label = "Reports of studies included in previous version of review"
    rows = [Row(key="previous_reports", label=label, n=before.reports, level=0)]
    note = ""
    if before.studies_no_longer or before.reports_no_longer:
        gone = _amount(before.studies_no_longer, "study", "studies"), _amount(before.reports_no_longer, "report", "reports")
        note = f"{gone[0]} and {gone[1]} no longer included" + (f": {before.why_no_longer}" if before.why_no_longer else "")
    head = "Studies included in previous version of review"
    return Box(key="previous_studies", label=head, n=before.studies, rows=tuple(rows), notes=(note,) if note else ())


def _amount(n: int, one: str, many: str) -> str:
    return f"{n:,} {plural(n, one, many)}"


def _total_box(facts: Facts) -> Box:
    row = Row(key="total_reports", label="Reports of total included studies", n=total_reports(facts), level=0)
    return Box(key="total_studies", label="Total studies included in review", n=total_studies(facts), rows=(row,))


# ------------------------------------------------------------------------------------------------ counts and footnotes
def counts(facts: Facts) -> dict[str, int | Mapping[str, int] | None]:
    """Return the values of the CSV by name: numbers, lists as name → n, None for what the review has not."""
    facts = with_declared(facts)
    arm, before, other = facts.databases, facts.previous, facts.other
    return {
        "previous_studies": before.studies if before else None,
        "previous_reports": before.reports if before else None,
        "database_results": sum(arm.databases.values()) if arm.databases else None,
        "database_specific_results": dict(arm.databases) or None,
        "register_results": sum(arm.registers.values()) if arm.registers else None,
        "register_specific_results": dict(arm.registers) or None,
        **_other_counts(other),
        "duplicates": arm.duplicates,
        "excluded_automatic": arm.removed_automatic,
        "excluded_other": arm.removed_other,
        "records_screened": arm.screened,
        "records_excluded": records_excluded(arm),
        **_retrieval_counts(arm, "dbr"),
        **_retrieval_counts(other, "other"),
        "new_studies": facts.studies,
        "new_reports": new_reports(facts),
        "total_studies": total_studies(facts),
        "total_reports": total_reports(facts),
        "total_studies_ma": None,
        "total_reports_ma": None,
    }


def _retrieval_counts(arm: Retrieval | None, prefix: str) -> dict[str, int | Mapping[str, int] | None]:
    return {
        f"{prefix}_sought_reports": arm.sought if arm else None,
        f"{prefix}_notretrieved_reports": arm.not_retrieved if arm else None,
        f"{prefix}_assessed": arm.assessed if arm else None,
        f"{prefix}_excluded": {label: n for label, n in arm.excluded.items() if n} if arm else None,
    }


def _other_counts(arm: OtherArm | None) -> dict[str, int | None]:
    numbers: dict[str, int | None] = dict.fromkeys(("website_results", "organisation_results", "citations_results"))
    for key, _, n in _other_rows(arm) if arm else ():
        name = key.split(":")[0]
        numbers[name] = (numbers[name] or 0) + n
    return numbers


def other_labels(facts: Facts) -> dict[str, str]:
    """Say which CSV rows of the other arm need a text of their own: contacts stand in the row of organisations."""
    if facts.other is None:
        return {}
    labels = [label for key, label, _ in _other_rows(facts.other) if key.startswith("organisation_results")]
    return {} if labels in ([], [KIND_LABELS[ORGANISATIONS]]) else {"organisation_results": "; ".join(dict.fromkeys(labels))}


def _footnotes(facts: Facts, declared: Iterable[Declared]) -> Iterable[str]:
    for one in declared:
        part = f" ({one.label})" if one.label else ""
        yield f"† {one.n:,} of {_BOX_WORDS[one.box]}{part} were counted elsewhere and are declared here. {one.note}".rstrip()
    if n := facts.databases.duplicates_found_late:
        yield f"Of the {facts.databases.duplicates:,} duplicate records {n:,} {plural(n, 'was', 'were')} recognised after screening."


_BOX_WORDS = {
    "database_results": "the records identified from databases",
    "register_results": "the records identified from registers",
    "website_results": "the records identified from websites",
    "organisation_results": "the records identified from organisations",
    "citations_results": "the records identified by citation searching",
    "duplicates": "the duplicate records",
    "excluded_automatic": "the records marked as ineligible by automation tools",
    "excluded_other": "the records removed for other reasons",
    "records_screened": "the records screened",
    "records_excluded": "the records excluded",
    "dbr_sought_reports": "the reports sought for retrieval",
    "dbr_notretrieved_reports": "the reports not retrieved",
    "dbr_assessed": "the reports assessed for eligibility",
    "dbr_excluded": "the reports excluded",
    "dbr_included": "the reports of included studies",
    "other_sought_reports": "the reports sought for retrieval (other methods)",
    "other_notretrieved_reports": "the reports not retrieved (other methods)",
    "other_assessed": "the reports assessed for eligibility (other methods)",
    "other_excluded": "the reports excluded (other methods)",
    "other_included": "the reports of included studies (other methods)",
    "new_studies": "the studies included in the review",
}
