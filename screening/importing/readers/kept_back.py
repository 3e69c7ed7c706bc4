"""Leave the decisions of others that came along (found_decisions) out of what was read, and out of raw text. Pure.

Rather a line too much than one too few: from the first mark of Rayyan or Covidence on, notes are left out to their end; in raw text, lines
are put out from the mark to the next field. Where the decision is a cell of a table, the whole row is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from . import columns
from .found_decisions import DECIDING, WHO, WHY

#: What stands in place of each line that is put out.
INSTEAD = "·····"

#: Texts in which one of these stands can hold a decision; to be looked for in a database too.
TRACES = ("RAYYAN-", "USER-NOTES:", "ASReview_", "xclusion reason:")
_ASREVIEW = re.compile(r"\bASReview_[a-z]")
_BEGINS = re.compile(
    r"(?:\|\s*)?\bRAYYAN-[A-Z-]{3,40}|(?:\|\s*)?\bUSER-NOTES:|\b[Ee]xclusion reason:"
    r"|[^\n;()]{0,100} ?\([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}[^()]{0,12}\) ?\("
)
#: How a line begins that is a field of its own: RIS and tagged text, refer, BibTeX, XML, JSON.
_FIELD = re.compile(
    r"""\s{0,8}(?:[A-Z][A-Z0-9]{1,3}\s{0,2}-(?:\s|$)|%[0-9A-Z*+@!?$>^&(]\s|[A-Za-z][\w-]{0,40}\s{0,4}=\s{0,4}[{"0-9]|</?[A-Za-z]|"[\w-]{1,40}"\s?:)"""
)
_OF_TOOL = ("label", "exportednotes1")


def without_decisions(notes: str, other: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, list[str]], bool]:
    """Give notes and other tags without decisions, and whether one of them was a cell of a table."""
    names = of_decisions(other)
    kept: dict[str, list[str]] = {}
    for name, held in other.items():
        if name not in names and (texts := [text for one in held if (text := _text(one)) or not one]):
            kept[name] = texts
    # ASReview writes what its users noted into the one column of notes
    tool = any(columns.key(name).startswith("asreview") for name in names)
    return "" if tool else _text(notes), kept, bool(names)


def of_decisions(names: Iterable[str]) -> set[str]:
    """Give those names of a table's columns under which somebody decided, and why, and who; nothing where none says what was decided."""
    keys = {name: columns.key(name) for name in names}
    tool = {name for name, key in keys.items() if key.startswith("asreview")}
    found = tool | {name for name, key in keys.items() if key in DECIDING}
    if "covidence" in keys.values():
        found |= {name for name, key in keys.items() if key == "tags"}
    if not found:
        return set()
    more = {*WHY, *WHO, *(_OF_TOOL if tool or "labelincluded" in keys.values() else ())}
    return found | {name for name, key in keys.items() if key in more}


def has_trace(text: str) -> bool:
    """Say whether a text holds a mark of a decision."""
    return bool(_BEGINS.search(text) or _ASREVIEW.search(text)) if _may_hold(text) else False


def _may_hold(text: str) -> bool:
    return any(trace in text for trace in TRACES) or ")(" in text or ") (" in text


def _text(text: str) -> str:
    if not has_trace(text):
        return text
    begins = _BEGINS.search(text)
    before = text[: begins.start()] if begins else text
    return "\n".join(line for line in before.split("\n") if not _ASREVIEW.search(line)).rstrip(" |\n")


def raw_without(raw: str, *, row: bool) -> str:
    """Give the raw text of an entry with INSTEAD for each line that tells a decision; ``row``: decisions are cells, and every line may."""
    if row:
        return "\n".join(INSTEAD for _line in raw.split("\n"))
    if not has_trace(raw):
        return raw
    lines, hides = [], False
    for line in raw.split("\n"):
        hides = has_trace(line) or (hides and not _FIELD.match(line))
        lines.append(INSTEAD if hides else line)
    return "\n".join(lines)
