"""PRISMA 2020 as arithmetic: plain counts in, boxes and the sums that must hold out.

No database and no request. ``Facts`` are counts of decided things; what is undecided stands in the waiting terms.
Keys of counts are the names of the PRISMA2020 CSV (METHOD.md B10); a part of a count is ``name:label``.
Box wording after Page et al. 2021, BMJ 372:n71 (CC BY).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

WEBSITES, ORGANISATIONS, CITATIONS, CONTACTS, OTHER = "websites", "organisations", "citation searching", "contacts", "other"
KIND_ROWS = {WEBSITES: "website_results", ORGANISATIONS: "organisation_results", CITATIONS: "citations_results"}
KIND_LABELS = {WEBSITES: "Websites", ORGANISATIONS: "Organisations", CITATIONS: "Citation searching"}
WAITS = {
    "votes": "wait for votes",
    "conflicts": "are conflicts to settle",
    "reasons": "are conflicts of reasons to settle",
    "maybe": "stand on the Maybe list",
    "again": "are to settle again",
}

Counts = Mapping[str, int]
ArmT = TypeVar("ArmT", bound="Retrieval")


# ------------------------------------------------------------------------------------------------ what goes in
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


# ------------------------------------------------------------------------------------------------ what comes out
@dataclass(frozen=True, kw_only=True)
class Row:
    """A count inside a box. ``level`` 0 is a head of its own, 1 a part, 2 a part of a part."""

    key: str
    label: str
    n: int | None
    level: int = 1
    declared: bool = False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something undecided: ``key`` is the CSV name of the box it waits for, ``text`` says it in words."""

    key: str
    n: int
    text: str


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
class Identity:
    """A sum that must hold. ``as_sum`` spells it out: ``2,819 identified − 844 − 5 removed = 1,970 = …``."""

    name: str
    left: int
    right: int
    as_sum: str

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The figure without its drawing. ``boxes`` by place; ``counts`` are the values of the CSV (None = absent)."""

    updated: bool
    with_other: bool
    with_registers: bool
    boxes: Mapping[str, Box]
    counts: Mapping[str, int | None | Mapping[str, int]]
    other_labels: Mapping[str, str]  # CSV row → text where the kind was renamed ("Research network")
    waiting: tuple[Waiting, ...]
    identities: tuple[Identity, ...]
    footnotes: tuple[str, ...]
    draft: bool

    @property
    def sums_hold(self) -> bool:
        return all(identity.holds for identity in self.identities)


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
    parts = dict(getattr(arm, name))
    label = declared.label or "Other"
    parts[label] = parts.get(label, 0) + declared.n
    if name == "excluded" and arm.excluded_total is not None:
        arm = replace(arm, excluded_total=arm.excluded_total + declared.n)
    return replace(arm, **{name: parts})


# ------------------------------------------------------------------------------------------------ sums that must hold
def identities(facts: Facts) -> tuple[Identity, ...]:
    """List every sum of METHOD.md B10, arm by arm, declared numbers added, waiting terms included."""
    facts = with_declared(facts)
    arms = [*_database_sums(facts.databases), *_retrieval_sums(facts.databases, "databases and registers")]
    if facts.other:
        arms += [_other_sought_sum(facts.other), *_retrieval_sums(facts.other, "other methods")]
    return (*arms, *_included_sums(facts), *_update_sums(facts))


def _database_sums(arm: DatabasesArm) -> Iterable[Identity]:
    found, waits = identified(arm), waiting_for_screening(arm)
    unique = found - removed(arm)
    removals = _less((arm.duplicates, arm.removed_automatic, arm.removed_other)) or " − 0"
    yield Identity(
        name="Records screened",
        left=unique,
        right=arm.screened + waits,
        as_sum=f"{found:,} identified{removals} removed = {unique:,} = {arm.screened:,} screened{_more(waits, 'waiting')}",
    )
    excluded = records_excluded(arm)
    left = arm.screened - excluded + arm.further_reports - arm.same_document
    who = f" ({arm.excluded_human:,} by people, {arm.excluded_automation:,} by automation tools)" if arm.excluded_automation else ""
    yield Identity(
        name="Reports sought for retrieval, databases and registers",
        left=left,
        right=arm.sought,
        as_sum=f"{arm.screened:,} screened − {excluded:,} excluded{who}{_links(arm)} = {left:,} = {arm.sought:,} sought",
    )


def _other_sought_sum(arm: OtherArm) -> Identity:
    found, waits = other_identified(arm), waiting_for_screening(arm)
    gone = arm.also_in_databases + arm.duplicates + arm.removed_other + arm.excluded_at_screening
    left = found - gone + arm.further_reports - arm.same_document
    terms = [(arm.also_in_databases, "also found by databases"), (arm.duplicates, "duplicates")]
    terms += [(arm.removed_other, "removed"), (arm.excluded_at_screening, "excluded at title and abstract")]
    less = "".join(f" − {n:,} {word}" for n, word in terms if n)
    return Identity(
        name="Reports sought for retrieval, other methods",
        left=left,
        right=arm.sought + waits,
        as_sum=f"{found:,} identified{less}{_links(arm)} = {left:,} = {arm.sought:,} sought{_more(waits, 'waiting')}",
    )


def _retrieval_sums(arm: Retrieval, name: str) -> Iterable[Identity]:
    waits, left = arm.waiting_retrieval + arm.waiting_assessment, arm.sought - arm.not_retrieved
    yield Identity(
        name=f"Reports assessed, {name}",
        left=left,
        right=arm.assessed + waits,
        as_sum=f"{arm.sought:,} sought − {arm.not_retrieved:,} not retrieved = {left:,} = {arm.assessed:,} assessed{_more(waits, 'waiting')}",
    )
    excluded, reasons = reports_excluded(arm), list(arm.excluded.values())
    yield Identity(
        name=f"Reasons for exclusion, {name}",
        left=sum(reasons),
        right=excluded,
        as_sum=f"{' + '.join(f'{n:,}' for n in reasons) or '0'} by reason = {sum(reasons):,} = {excluded:,} excluded",
    )
    left = arm.assessed - excluded - arm.awaiting_classification - arm.ongoing
    lines = [(arm.awaiting_classification, "awaiting classification"), (arm.ongoing, "ongoing")]
    less = "".join(f" − {n:,} {word}" for n, word in lines if n)
    yield Identity(
        name=f"Reports included, {name}",
        left=left,
        right=arm.included,
        as_sum=f"{arm.assessed:,} assessed − {excluded:,} excluded{less} = {left:,} = {arm.included:,} reports included",
    )


def _included_sums(facts: Facts) -> Iterable[Identity]:
    reports, other = new_reports(facts), facts.other
    left = facts.databases.included + (other.included if other else 0)
    terms = f"{facts.databases.included:,} from databases and registers" + (f" + {other.included:,} from other methods" if other else "")
    yield Identity(name="Reports of included studies", left=left, right=reports, as_sum=f"{terms} = {left:,} = {reports:,} reports")
    studies = reports - facts.companion_reports
    companions = f" − {facts.companion_reports:,} further reports of the same studies" if facts.companion_reports else ""
    yield Identity(
        name="Studies included",
        left=studies,
        right=facts.studies,
        as_sum=f"{reports:,} reports{companions} = {studies:,} = {facts.studies:,} studies",
    )


def _update_sums(facts: Facts) -> Iterable[Identity]:
    before = facts.previous
    if before is None:
        return
    studies = (before.studies, before.studies_no_longer, facts.studies, total_studies(facts))
    reports = (before.reports, before.reports_no_longer, new_reports(facts), total_reports(facts))
    for word, (old, gone, new, total) in (("studies", studies), ("reports", reports)):
        left, less = old - gone + new, f" − {gone:,} no longer included" if gone else ""
        as_sum = f"{old:,} previous{less} + {new:,} new = {left:,} = {total:,} {word} in total"
        yield Identity(name=f"Total {word}", left=left, right=total, as_sum=as_sum)


def _less(numbers: Iterable[int]) -> str:
    return "".join(f" − {n:,}" for n in numbers if n)


def _more(n: int, word: str) -> str:
    return f" + {n:,} {word}" if n else ""


def _links(arm: Retrieval) -> str:
    """The named terms for records and reports that differ in number."""
    further = f" + {arm.further_reports:,} further reports of a record" if arm.further_reports else ""
    same = f" − {arm.same_document:,} records of the same document" if arm.same_document else ""
    return further + same


# ------------------------------------------------------------------------------------------------ what waits
def waiting(facts: Facts) -> tuple[Waiting, ...]:
    """List what is undecided, in the order of the flow. An empty list and no open round end the draft."""
    lines = [*_early_waits(facts), *_arm_waits(facts.databases, "records_screened", "dbr", "")]
    if facts.other:
        lines += _arm_waits(facts.other, "other_identified", "other", " from other methods")
    lines += [Waiting(key="also", n=n, text=f"{n:,} {words}") for words, n in facts.also_waiting.items() if n]
    return tuple(lines)


def _early_waits(facts: Facts) -> Iterable[Waiting]:
    if n := facts.entries_to_look_at:
        yield Waiting(key="entries", n=n, text=f"{n:,} {_plural(n, 'entry', 'entries')} in the files could not be read and wait for a look")
    if n := facts.open_pairs:
        yield Waiting(key="duplicates", n=n, text=f"{n:,} possible {_plural(n, 'duplicate waits', 'duplicates wait')} for an answer")


def _arm_waits(arm: DatabasesArm | OtherArm, screening: str, prefix: str, where: str) -> Iterable[Waiting]:
    for kind, n in arm.waiting_screening.items():
        if n:
            yield Waiting(key=screening, n=n, text=f"{n:,} {_plural(n, 'record', 'records')}{where} {_agree(n, WAITS.get(kind, kind))}")
    if n := arm.waiting_retrieval:
        yield Waiting(key=f"{prefix}_sought_reports", n=n, text=f"{n:,} {_plural(n, 'report waits', 'reports wait')}{where} for a full text")
    if n := arm.waiting_assessment:
        text = f"{n:,} {_plural(n, 'report waits', 'reports wait')}{where} for a decision at full text"
        yield Waiting(key=f"{prefix}_assessed", n=n, text=text)


def _plural(n: int, one: str, many: str) -> str:
    return one if n == 1 else many


def _agree(n: int, words: str) -> str:
    """Turn the plural verb of ``words`` into the singular for one."""
    if n != 1:
        return words
    for many, one in (("wait ", "waits "), ("are conflicts", "is a conflict"), ("are ", "is "), ("stand ", "stands ")):
        if words.startswith(many):
            return one + words.removeprefix(many)
    return words


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
        footnotes=tuple(_footnotes(facts)),
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
    texts = (f"{n:,} {_plural(n, 'waits', 'wait')}",) if n else ()
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
    return (f"{n:,} {_plural(n, 'waits', 'wait')} {what}",) if n else ()


def _link_notes(arm: Retrieval) -> Iterable[str]:
    if n := arm.further_reports:
        yield f"{n:,} {_plural(n, 'is a further report', 'are further reports')} of a record"
    if n := arm.same_document:
        yield f"{n:,} {_plural(n, 'record', 'records')} led to a report counted once"


def _reports_excluded_box(arm: Retrieval, csv: str, marks: _Marks) -> Box:
    key = f"{csv}_excluded"
    reasons = [Row(key=f"{key}:{label}", label=label, n=n, declared=f"{key}:{label}" in marks) for label, n in arm.excluded.items() if n]
    others = [("awaiting_classification", "Awaiting classification", arm.awaiting_classification), ("ongoing", "Ongoing studies", arm.ongoing)]
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
        yield f"{arm.duplicates:,} of them {_plural(arm.duplicates, 'is a duplicate', 'are duplicates')} within this column"
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
        note = f"{_amount(before.studies_no_longer, 'study', 'studies')} and {_amount(before.reports_no_longer, 'report', 'reports')} no longer included"
        note += f": {before.why_no_longer}" if before.why_no_longer else ""
    head = "Studies included in previous version of review"
    return Box(key="previous_studies", label=head, n=before.studies, rows=tuple(rows), notes=(note,) if note else ())


def _amount(n: int, one: str, many: str) -> str:
    return f"{n:,} {_plural(n, one, many)}"


def _total_box(facts: Facts) -> Box:
    row = Row(key="total_reports", label="Reports of total included studies", n=total_reports(facts), level=0)
    return Box(key="total_studies", label="Total studies included in review", n=total_studies(facts), rows=(row,))


# ------------------------------------------------------------------------------------------------ counts and footnotes
def counts(facts: Facts) -> dict[str, int | None | Mapping[str, int]]:
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


def _retrieval_counts(arm: Retrieval | None, prefix: str) -> dict[str, int | None | Mapping[str, int]]:
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


def _footnotes(facts: Facts) -> Iterable[str]:
    for declared in facts.declared:
        name = f"{declared.box} ({declared.label})" if declared.label else declared.box
        note = f" {declared.note}" if declared.note else ""
        yield f"† {declared.n:,} of {_BOX_WORDS.get(declared.box, name)} are not counted here but declared.{note}"
    if n := facts.databases.duplicates_found_late:
        yield f"Of the {facts.databases.duplicates:,} duplicate records {n:,} {_plural(n, 'was', 'were')} recognised after screening."


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
