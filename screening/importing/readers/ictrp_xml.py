"""XML of the WHO's search portal for trials (ICTRP): one Trial element for each registration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import values
from .base import Fields, ReadEntry, Reader, letters
from .markup import Element, text_of
from .source import Source
from .xml_records import entries

_ROOT = re.compile(r"<Trials_downloaded_from_ICTRP\b|<Trial>\s*<(?:Export_date|Internal_Number|TrialID)\b")
_BREAK = re.compile(r"<br ?/?>", re.I)
_SUMMARY = (
    ("Condition", "Condition"),
    ("Intervention", "Intervention"),
    ("Primary_outcome", "Primary outcome"),
    ("Study_design", "Design"),
)
_USED = frozenset(("Public_title", "Scientific_title", "TrialID", "web_address", *(name for name, _ in _SUMMARY)))


def recognises(head: str) -> int:
    """The root is that of the portal, or a Trial with its first elements."""
    return 92 if head.lstrip("\ufeff \n\t")[:1] == "<" and _ROOT.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Give one entry for each Trial."""
    return entries(source, ("Trial",), fields_of)


def fields_of(trial: Element) -> Fields:
    """Map one trial to the normal form; what was planned stands where a paper has its abstract."""
    held = {one.tag: text for one in trial if (text := _text(one))}
    public, scientific = held.get("Public_title", ""), held.get("Scientific_title", "")
    date = held.get("Date_registration", "") or held.get("Date_registration3", "")
    return Fields(
        type="web page",
        title=values.tidy(scientific or public),
        title_other=values.tidy(public) if scientific and values.tidy(public) != values.tidy(scientific) else "",
        year=values.year_of(held.get("Date_registration3", "")) or values.year_of(date),
        date=date,
        journal=values.tidy(held.get("Source_Register", "")),
        accession=held.get("TrialID", ""),
        database="WHO ICTRP",
        abstract="\n".join(f"{label}: {held[name]}" for name, label in _SUMMARY if name in held),
        keywords=tuple(dict.fromkeys(values.split_terms(held.get("Condition", "")))) if "\n" not in held.get("Condition", "") else (),
        url=held.get("web_address", ""),
        other={name: [text] for name, text in held.items() if name not in _USED},
    )


def _text(element: Element) -> str:
    lines = _BREAK.sub("\n", letters(text_of(element))).split("\n")
    return "\n".join(line for one in lines if (line := one.strip()))


READER = Reader("ictrp", ("xml",), recognises, read, "WHO ICTRP XML")
