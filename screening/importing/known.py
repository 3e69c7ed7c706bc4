"""What to propose for an entry that a person completes: what its text tells, and what a record with the same identifier tells."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from screening.importing import kept_back, rules
from screening.models import Entry, Record, SourceRecord

LOOKED_AT = 20_000
TAKEN = ("title", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "url", "type")


@dataclass(frozen=True)
class Proposal:
    """Fields for the form, and the record from which they were taken, if one has the same DOI or PMID."""

    fields: dict[str, Any]
    record: Record | None


def proposal_for(entry: Entry) -> Proposal:
    """Propose the fields of an entry; what its own text tells goes first."""
    told: dict[str, Any] = dict(rules.guess(kept_back.raw_of(entry)[:LOOKED_AT]))
    alike = _with_same_identifier(entry, told)
    if alike is None:
        return Proposal(told, None)
    taken = {name: getattr(alike, name) for name in TAKEN} | {"authors": "\n".join(alike.authors)}
    return Proposal(taken | told, alike.record)


def _with_same_identifier(entry: Entry, told: dict[str, Any]) -> SourceRecord | None:
    same = Q(pk__in=[])
    if told.get("doi"):
        same |= Q(doi__iexact=told["doi"])
    if told.get("pmid"):
        same |= Q(pmid=told["pmid"])
    if not same:
        return None
    found = SourceRecord.objects.for_review(entry.review).filter(same, upload__is_withdrawn=False).exclude(title="")
    first: SourceRecord | None = found.select_related("record").order_by("record__number").first()
    return first
