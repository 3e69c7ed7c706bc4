"""What a search tells, item by item of PRISMA-S, in words: for its page and for the appendix."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from screening.models import Search
from screening.searches.rules import completeness
from screening.vocabulary import Arm


@dataclass(frozen=True, slots=True)
class Fact:
    """One item: its name, the items of PRISMA-S, what is told ("": nothing), and whether it is owed and missing."""

    name: str
    prisma_s: str
    value: str
    missing: bool


def names() -> dict[str, str]:
    """Give item → its name."""
    return {
        "source": _("Source"),
        "searched_with": _("Searched together with"),
        "coverage": _("Dates the source covers"),
        "run_on": _("Date run"),
        "run_by": _("Run by"),
        "vocabulary": _("Controlled vocabulary"),
        "method": _("How it was searched"),
        "limits": _("Filters and limits"),
        "limits_reason": _("Reason for the limits"),
        "filters": _("Published search filters"),
        "prior_work": _("Earlier strategies used"),
        "updates": _("Kept up to date"),
        "peer_review": _("Peer review of the strategy"),
        "hits": _("Hits"),
        "hits_shown": _("Hits shown"),
        "hits_after_dedup": _("After the platform’s own duplicate removal"),
        "hits_exported": _("Exported"),
        "gap_reason": _("Why hits and entries differ"),
        "strategy": _("Strategy"),
        "notes": _("Notes"),
    }


#: Item of the list → item of PRISMA-S; the strategy itself stands below the list.
ORDER = (
    ("source", "1, 3–7"), ("searched_with", "2"), ("coverage", "1"), ("run_on", "13"), ("run_by", "13"), ("vocabulary", "8"),
    ("method", "3–7"), ("limits", "9"), ("limits_reason", "9"), ("filters", "10"), ("prior_work", "11"), ("updates", "12"),
    ("peer_review", "14"), ("hits_shown", "15"), ("hits_after_dedup", "16"), ("hits_exported", "15"), ("gap_reason", "15"),
    ("notes", ""),
)  # fmt: skip
#: Shown also when empty and not owed: so that a reader sees that it is not known.
ALWAYS = ("hits_shown", "hits_after_dedup", "hits_exported")


def facts_of(search: Search) -> list[Fact]:
    """Give the items of a search in the order of a search log: those that are told, and those that are owed and missing."""
    words, missing = names(), set(completeness(search, in_databases=search.source.arm == Arm.DATABASES).missing)
    found = []
    for key, prisma_s in ORDER:
        value = _value(search, key)
        owed = key in missing or (key == "hits_exported" and "hits" in missing)
        if value or owed or key in ALWAYS:
            found.append(Fact(words[key], prisma_s, value, owed))
    return found


def _value(search: Search, key: str) -> str:
    if key == "source":
        return f"{search.source.full_name}, {search.source.get_kind_display()}"
    if key == "run_on":
        return date_format(search.run_on, "j F Y") if search.run_on else ""
    if key.startswith("hits_"):
        number = getattr(search, key)
        return "" if number is None else f"{number:,}"
    text = str(getattr(search, key)).strip()
    if key in ("prior_work", "updates") and search.repeats is not None:
        return "\n".join(one for one in (text, _said_by_repeat(key, search.repeats)) if one)
    return text


def _said_by_repeat(key: str, repeated: Search) -> str:
    when = date_format(repeated.run_on, "j F Y") if repeated.run_on else _("unknown day")
    if key == "updates":
        return _("This run is an update of search %(n)s.") % {"n": repeated.number}
    return _("Repeats search %(n)s, run on %(day)s.") % {"n": repeated.number, "day": when}


def missing_words(keys: Iterable[str]) -> str:
    """Name the items that are not told yet, in one line of lower case."""
    words = names()
    return ", ".join(words[key][:1].lower() + words[key][1:] for key in keys)
