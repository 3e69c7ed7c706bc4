"""The sums of the PRISMA figure that must hold, and what is still undecided (METHOD.md B10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .facts import (
    DatabasesArm,
    Facts,
    OtherArm,
    Retrieval,
    identified,
    new_reports,
    other_identified,
    records_excluded,
    removed,
    reports_excluded,
    total_reports,
    total_studies,
    waiting_for_screening,
    with_declared,
)

WAITS = {
    "votes": "wait for votes",
    "conflicts": "are conflicts to settle",
    "reasons": "are conflicts of reasons to settle",
    "maybe": "stand on the Maybe list",
    "again": "are to settle again",
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something undecided: ``key`` is the CSV name of the box it waits for, ``text`` says it in words."""

    key: str
    n: int
    text: str


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
        as_sum=f"{arm.sought:,} sought − {arm.not_retrieved:,} not retrieved = {left:,} = {arm.assessed:,} assessed"
        + _more(waits, "waiting"),
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
        yield Waiting(
            key="entries",
            n=n,
            text=f"{n:,} {plural(n, 'entry', 'entries')} in the files could not be read and {plural(n, 'waits', 'wait')} for a look",
        )
    if n := facts.open_pairs:
        yield Waiting(key="duplicates", n=n, text=f"{n:,} possible {plural(n, 'duplicate waits', 'duplicates wait')} for an answer")


def _arm_waits(arm: DatabasesArm | OtherArm, screening: str, prefix: str, where: str) -> Iterable[Waiting]:
    for kind, n in arm.waiting_screening.items():
        if n:
            yield Waiting(key=screening, n=n, text=f"{n:,} {plural(n, 'record', 'records')}{where} {_agree(n, WAITS.get(kind, kind))}")
    if n := arm.waiting_retrieval:
        text = f"{n:,} {plural(n, 'report', 'reports')}{where} {plural(n, 'waits', 'wait')} for a full text"
        yield Waiting(key=f"{prefix}_sought_reports", n=n, text=text)
    if n := arm.waiting_assessment:
        text = f"{n:,} {plural(n, 'report', 'reports')}{where} {plural(n, 'waits', 'wait')} for a decision at full text"
        yield Waiting(key=f"{prefix}_assessed", n=n, text=text)


def plural(n: int, one: str, many: str) -> str:
    return one if n == 1 else many


def _agree(n: int, words: str) -> str:
    """Turn the plural verb of ``words`` into the singular for one."""
    if n != 1:
        return words
    for many, one in (("wait ", "waits "), ("are conflicts", "is a conflict"), ("are ", "is "), ("stand ", "stands ")):
        if words.startswith(many):
            return one + words.removeprefix(many)
    return words
