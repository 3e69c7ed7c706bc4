"""Decisions that came along in an export of Rayyan, Covidence or ASReview, in one normal form. Nothing here takes them as votes.

The tools write them in notes (`RAYYAN-INCLUSION: {"Anna"=>"Included"} | RAYYAN-LABELS: a,b`, `ASReview_relevant`,
`Exclusion reason: Wrong design; Anna Demo (2021-01-12 03:45:12)(Screen): a note`) or in columns (`included`, `asreview_label`).
Covidence says who goes on only by the name of the file (`review_1_irrelevant_csv_….csv`), so the name is asked too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from . import columns, values
from .base import Fields

TITLE_ABSTRACT, FULL_TEXT = "title_abstract", "full_text"
INCLUDE, EXCLUDE, MAYBE = "include", "exclude", "maybe"


@dataclass(frozen=True, slots=True)
class FoundDecision:
    """What one person (or the tool's one user) decided on one record, as the file tells it.

    `person` is the name as written, "" when the file names nobody. `stage` is title_abstract, full_text, or "" when the file does not
    say. `verdict` is include, exclude or maybe, or "" when there are only labels or a note. Reasons and labels that the tool keeps for
    the record and not for a person (Rayyan) stand at each excluder's and at everybody's decision.
    """

    tool: str
    person: str = ""
    stage: str = ""
    verdict: str = ""
    reasons: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    note: str = ""
    time: str = ""


def decisions_of(fields: Fields, filename: str = "") -> tuple[FoundDecision, ...]:
    """Give the decisions that stand in one reference, in the order of the file; () when none does. Never raises for what it reads."""
    notes = _notes(fields)
    cells = {columns.key(name): text.strip() for name, held in fields.other.items() for text in held[:1]}
    found = [*_of_rayyan(notes), *_of_asreview(notes, cells), *_of_covidence(notes, cells, fields, filename)]
    return tuple(dict.fromkeys(found or _of_columns(cells)))


def verdict_of(text: str) -> str:
    """Give include, exclude or maybe for the words that tools use; "" for undecided and for anything else."""
    return _VERDICTS.get(text.strip().strip(".\"'").lower().replace("_", " "), "")


_VERDICTS = (
    dict.fromkeys(("1", "1.0", "included", "include", "includes", "relevant", "yes", "true", "y", "in", "accept", "accepted"), INCLUDE)
    | dict.fromkeys(("0", "0.0", "excluded", "exclude", "irrelevant", "not relevant", "no", "false", "n", "out", "rejected"), EXCLUDE)
    | dict.fromkeys(("maybe", "unclear", "unsure", "uncertain", "?"), MAYBE)
)


def _notes(fields: Fields) -> str:
    """Put the texts in which tools write together, letters that were escaped on the way given back."""
    texts = [fields.notes, *(text for held in fields.other.values() for text in held if "RAYYAN-" in text or "ASReview_" in text)]
    joined = "\n".join(filter(None, texts))[:200_000]
    return html.unescape(joined) if "&" in joined else joined


# -- Rayyan -------------------------------------------------------------------------------------------------------

_MARK = re.compile(r"(?:\|\s*)?\b(RAYYAN-[A-Z-]{3,40}|USER-NOTES):")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.?)*)"?|[\[\]]', re.S)


def _of_rayyan(notes: str) -> Iterator[FoundDecision]:
    marks = list(_MARK.finditer(notes)) if "RAYYAN-" in notes or "USER-NOTES" in notes else []
    ends = [mark.start() for mark in marks[1:]] + [len(notes)]
    parts: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        parts.setdefault(mark[1], notes[mark.end() : end].strip(" |\n"))
    verdicts = _pairs(parts.get("RAYYAN-INCLUSION", ""))
    said = _pairs(parts.get("USER-NOTES", ""))
    labels = _commas(parts.get("RAYYAN-LABELS", ""))
    reasons = _commas(parts.get("RAYYAN-EXCLUSION-REASONS", ""))
    base = FoundDecision("Rayyan", labels=labels)
    for person in dict.fromkeys([*verdicts, *said]):
        verdict = verdict_of(verdicts.get(person, ""))
        yield replace(base, person=person, verdict=verdict, reasons=reasons if verdict == EXCLUDE else (), note=said.get(person, ""))
    if not verdicts and not said and (labels or reasons):
        yield replace(base, reasons=reasons)


def _pairs(text: str) -> dict[str, str]:
    """Read `{"name"=>"value", "name"=>["value", "value"]}`; several values are put on lines."""
    found: dict[str, str] = {}
    name = ""
    in_list = False
    for token in _TOKEN.finditer(text):
        if token[1] is None:
            in_list = token[0] == "["
            name = name if in_list else ""
            continue
        value = values.tidy(token[1].replace('\\"', '"').replace("\\\\", "\\"))
        if not name:
            name = value
        else:
            found[name] = "\n".join(filter(None, (found.get(name), value)))
            name = name if in_list else ""
    return found


def _commas(text: str) -> tuple[str, ...]:
    """Part Rayyan's lists at commas, up to the end of the line."""
    return tuple(dict.fromkeys(filter(None, map(values.tidy, text.partition("\n")[0].rstrip("}").split(",")))))


# -- ASReview -----------------------------------------------------------------------------------------------------

_TAG = re.compile(r"\bASReview_(relevant|irrelevant|not_relevant|not_seen|prior)\b")


def _of_asreview(notes: str, cells: dict[str, str]) -> Iterator[FoundDecision]:
    tags = set(_TAG.findall(notes))
    label = next((cells[name] for name in ("asreviewlabel", "labelincluded", "included") if cells.get(name)), "")
    verdict = INCLUDE if "relevant" in tags else EXCLUDE if tags & {"irrelevant", "not_relevant"} else verdict_of(label)
    ours = bool(tags) or "labelincluded" in cells or any(name.startswith("asreview") for name in cells)
    note = next((cells[name] for name in ("asreviewnote", "asreviewnotes") if cells.get(name)), "")
    if not ours or not (verdict or note):
        return
    person = cells.get("asreviewusername") or cells.get("asreviewuseremail") or ""
    prior = "prior" in tags or cells.get("asreviewprior") in ("1", "1.0")
    labels = tuple(name.removeprefix("asreviewtag") for name, text in cells.items() if name.startswith("asreviewtag") and text in _ON)
    labels = (*labels, *(("prior knowledge",) if prior else ()))
    time = cells.get("asreviewtime", "")
    yield FoundDecision("ASReview", person, TITLE_ABSTRACT, verdict, labels=labels, note=note, time=time)


_ON = ("1", "1.0", "True", "true")

# -- Covidence ----------------------------------------------------------------------------------------------------

_REASON = re.compile(r"\bExclusion reason:\s*([^;\n]{1,300})", re.I)
_SAID = re.compile(
    r"([^\n;()]{1,100}?) \(([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}[^()]{0,12})\) ?\(([A-Za-z &/-]{2,40})\): ?([^;\n]{0,5000})"
)
_LISTS = (
    ("irrelevant", TITLE_ABSTRACT, EXCLUDE),
    ("excluded", FULL_TEXT, EXCLUDE),
    ("included", FULL_TEXT, INCLUDE),
    ("extraction", FULL_TEXT, INCLUDE),
    ("select", TITLE_ABSTRACT, INCLUDE),
)
_LIST = re.compile(r"review_[0-9]+_[a-z]+_")
_WORD = re.compile(r"[a-z]+")


def _of_covidence(notes: str, cells: dict[str, str], fields: Fields, filename: str) -> Iterator[FoundDecision]:
    reasons = tuple(dict.fromkeys(map(values.tidy, _REASON.findall(notes)))) if "xclusion reason" in notes else ()
    said = _SAID.findall(notes) if ")(" in notes or ") (" in notes else []
    ours = "covidence" in cells or "Covidence" in fields.other.get("platform", ()) or _LIST.search(filename.lower())
    if not (reasons or said or ours):
        return
    named = _WORD.findall(filename.lower())
    stage, verdict = next(((stage, verdict) for word, stage, verdict in _LISTS if ours and word in named), ("", ""))
    if reasons:
        stage, verdict = FULL_TEXT, EXCLUDE
    labels = tuple(dict.fromkeys(values.split_terms(cells.get("tags", ""))))
    if verdict or labels:
        yield FoundDecision("Covidence", "", stage, verdict, reasons, labels)
    for person, time, where, note in said:
        at = TITLE_ABSTRACT if where.lower().startswith(("screen", "irrelevant", "title")) else FULL_TEXT
        yield FoundDecision("Covidence", values.tidy(person), at, "", note=values.tidy(note), time=time)


# -- tables of no tool in particular ------------------------------------------------------------------------------

DECIDING = ("decision", "screeningdecision", "finaldecision", "included", "include", "inclusion", "verdict", "labelincluded", "consensus")
WHY = ("reason", "exclusionreason", "reasonforexclusion", "excludereason", "exclusionreasons", "reasons")
WHO = ("reviewer", "screener", "screenedby", "decidedby", "reviewername")


def _of_columns(cells: dict[str, str]) -> Iterator[FoundDecision]:
    verdict = next((found for name in DECIDING if (found := verdict_of(cells.get(name, "")))), "")
    if verdict:
        reasons = next((tuple(values.split_terms(cells[name])) for name in WHY if cells.get(name)), ())
        person = next((cells[name] for name in WHO if cells.get(name)), "")
        yield FoundDecision("", person, "", verdict, reasons if verdict == EXCLUDE else ())


def people(found: Iterable[FoundDecision]) -> tuple[str, ...]:
    """Name the people of many decisions, each once, "" for decisions of nobody named."""
    return tuple(dict.fromkeys(one.person for one in found))
