"""What a file of Rayyan, Covidence or ASReview tells: references with the decisions that stand on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from screening.importing.errors import NotTaken
from screening.importing.readers import Fields, FoundDecision, Limits, Refused, decisions_of, open_export, open_exports, read_log
from screening.importing.rules import row_of

#: More decisions than this are sent in parts: they are written in one go.
MOST = 20_000
#: More people or reasons than this is no team.
MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of the file, its fields as they would be stored, and its decisions."""

    position: int
    row: dict[str, Any]
    decisions: tuple[FoundDecision, ...]


@dataclass(frozen=True)
class Contents:
    """All references of a file that carry decisions, how many carry none, and the tools that wrote them."""

    references: list[Reference]
    without: int
    tools: tuple[str, ...]


def read(file: BinaryIO, filename: str, *, limits: Limits) -> Contents:
    """Read a file, or a zip of several (Rayyan's articles beside its log). Raises NotTaken with a sentence."""
    try:
        inside = [(name, opener()) for name, opener in open_exports(file, filename, limits=limits)]
        return _contents(inside, limits)
    except Refused as refused:
        raise NotTaken(str(refused)) from refused


def _contents(inside: list[tuple[str, BinaryIO]], limits: Limits) -> Contents:
    logs: dict[str, tuple[FoundDecision, ...]] = {}
    exports = []
    for name, file in inside:
        found = _log(file, name, limits)
        if found is None:
            exports.append((name, file))
        else:
            logs |= found
    references: list[Reference] = []
    seen: set[str] = set()
    without = many = 0
    for position, fields, decisions in _references(exports, limits):
        told = logs.get(fields.accession, ()) or decisions
        seen.add(fields.accession)
        if told:
            references.append(Reference(position, row_of(fields), told))
            many += len(told)
            _hold(many)
        else:
            without += 1
    for accession in logs.keys() - seen:  # a log alone: its articles may be here under their numbers
        references.append(Reference(0, row_of(Fields(accession=accession)), logs[accession]))
    if not references:
        raise NotTaken(_("No decision of anybody was found in the file. Export it with the decisions, or upload it as a search's file."))
    _hold(sum(len(one.decisions) for one in references))
    _hold_names(references)
    tools = dict.fromkeys(told.tool for one in references for told in one.decisions if told.tool)
    return Contents(references, without, tuple(tools))


def _hold(n: int) -> None:
    if n > MOST:
        raise NotTaken(_("The file holds more than %(n)s decisions. Send them in parts.") % {"n": f"{MOST:,}"})


def _hold_names(references: list[Reference]) -> None:
    told = [each for one in references for each in one.decisions]
    if max(len({each.person for each in told}), len({reason for each in told for reason in each.reasons})) > MOST_NAMES:
        sentence = _("The file names more than %(n)s people or reasons. Look whether its columns are what they should be.")
        raise NotTaken(sentence % {"n": MOST_NAMES})


def _log(file: BinaryIO, name: str, limits: Limits) -> dict[str, tuple[FoundDecision, ...]] | None:
    try:
        return read_log(file, name, limits=limits)
    except Refused:
        file.seek(0)
        return None


def _references(exports: list[tuple[str, BinaryIO]], limits: Limits) -> Iterator[tuple[int, Fields, tuple[FoundDecision, ...]]]:
    for name, file in exports:
        for one in open_export(file, name, limits=limits):
            if one.fields is not None:
                yield one.position, one.fields, decisions_of(one.fields, name)
