"""``label:`` in the search box, the filter of the list, and what is done with labels on many chosen records."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reviewapp.reviews.models import Member
from screening import visibility
from screening.labels import actions, queries
from screening.labels.queries import WORKERS
from screening.models import Label, Record
from screening.records.bulk import Bulk
from screening.records.bulk import register as register_bulk
from screening.search.fields import Asker, Choice, Field, Unclear, register


def by_label(asker: Asker, value: str) -> Q:
    """A label by its number or its name, in any case, on records where this person may see it."""
    if asker.member is None:
        return Q(pk__in=[])
    found = _named(asker.member, value)
    if not found and value.casefold() == _("To discuss").casefold():
        return Q(pk__in=[])  # every review has it: it is made when somebody first puts it on
    if not found:
        raise Unclear(_("There is no label ‘%(value)s’ here. The list of labels shows them all.") % {"value": value})
    rows = visibility.labellings(asker.member).filter(label__in=found).order_by()
    return Q(pk__in=rows.annotate(head=Coalesce("record__head", "record")).values("head"))


def _named(member: Member, value: str) -> list[Label]:
    all_labels = list(queries.labels(member))
    return [one for one in all_labels if str(one.number) == value] or [one for one in all_labels if one.name.casefold() == value.casefold()]


def choices(asker: Asker) -> Iterable[Choice]:
    """The labels this person may use."""
    return [Choice(str(label.number), label.name) for label in queries.labels(asker.member)] if asker.member else []


def counts(asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    """Of these records, how many wear each label that this person may see."""
    if asker.member is None:
        return {}
    worn = visibility.labellings(asker.member).order_by().annotate(head=Coalesce("record__head", "record"))
    found = worn.filter(head__in=rows.order_by().values("pk")).values("label__number").annotate(n=Count(F("head"), distinct=True))
    return {str(row["label__number"]): row["n"] for row in found}


def put_or_take(request: HttpRequest, member: Member, rows: QuerySet[Record]) -> str:
    """Put the chosen label on the chosen records, or take it off; gives what was done."""
    found = _named(member, request.POST.get("label", ""))
    if not found:
        return _("Choose a label first.")
    label = found[0]
    if request.POST.get("off"):
        n = actions.take(member, label, list(rows))
        said = ngettext("%(name)s is off %(n)s record.", "%(name)s is off %(n)s records.", n)
    else:
        n = actions.put(member, label, list(rows))
        said = ngettext("%(name)s is on %(n)s more record.", "%(name)s is on %(n)s more records.", n)
    return said % {"name": label.name, "n": f"{n:,}"}


def works(member: Member | None) -> bool:
    """Say whether this person uses labels."""
    return member is not None and bool(member.rights & set(WORKERS))


def offered(member: Member) -> dict[str, Any]:
    """What the bar below the list offers."""
    return {"labels": list(queries.labels(member))}


register(
    Field(
        "label", gettext_lazy("Label"), by_label, example="label:children", choices=choices, counts=counts,
        for_whom=lambda asker: works(asker.member), place=35,
    )
)  # fmt: skip
register_bulk(
    Bulk(
        "label", gettext_lazy("Label"), put_or_take, "tag", most=actions.AT_ONCE, for_whom=works, template="screening/labels/_bulk.html",
        context=offered,
    )
)  # fmt: skip
