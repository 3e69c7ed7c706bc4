"""Record where records come from: sources, search rounds, searches. Each step is one transaction and one Event."""
from typing import Any

from django.db import transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web.errors import DomainError
from screening.models import Search, SearchRound, Source


@transaction.atomic
def add_source(member: Member, **values: Any) -> Source:
    """Add a source; ``values`` are its fields. The same name on the same platform is an IntegrityError: forms say it first."""
    source: Source = Source.objects.create(review=member.review, number=numbers.take(member.review, "source"), **values)
    audit.log("source:added", review=member.review, actor=member, data={"source": source.number, "kind": str(source.kind)})
    return source


@transaction.atomic
def add_search_round(member: Member, *, name: str, is_update: bool = False) -> SearchRound:
    """Add a search round: the original search, an update."""
    number = numbers.take(member.review, "search_round")
    search_round: SearchRound = SearchRound.objects.create(review=member.review, number=number, name=name, is_update=is_update)
    audit.log("search_round:added", review=member.review, actor=member, data={"search_round": number, "is_update": is_update})
    return search_round


@transaction.atomic
def add_search(member: Member, *, source: Source, search_round: SearchRound, **values: Any) -> Search:
    """Record one run of one strategy; every hit count may be left unknown (None)."""
    number = numbers.take(member.review, "search")
    search: Search = Search.objects.create(review=member.review, number=number, source=source, search_round=search_round, **values)
    data = {"search": number, "source": source.number, "search_round": search_round.number}
    if search.repeats is not None:
        data["repeats"] = search.repeats.number
    audit.log("search:added", review=member.review, actor=member, data=data)
    return search


@transaction.atomic
def add_search_with(
    member: Member, *, source: Source | None, search_round: SearchRound | None, new: dict[str, Any], **values: Any
) -> Search:
    """Record a search whose source or round may be new: ``new`` has source, platform, kind, round."""
    if source is None:
        source = add_source(member, name=new["source"], platform=new["platform"], kind=new["kind"])
    if search_round is None:
        is_update = SearchRound.objects.for_review(member.review).exists()
        search_round = add_search_round(member, name=new["round"], is_update=is_update)
    return add_search(member, source=source, search_round=search_round, **values)


#: What an event keeps of a search that was removed, beside its strategy.
KEPT = (
    "run_on", "run_by", "vocabulary", "limits", "limits_reason", "searched_with", "coverage", "filters", "prior_work", "method", "updates",
    "peer_review", "hits_shown", "hits_after_dedup", "hits_exported", "gap_reason", "notes",
)  # fmt: skip
#: What a later run of the same strategy takes over.
REPEATED = ("strategy", "vocabulary", "limits", "limits_reason", "filters", "searched_with", "method", "peer_review")


@transaction.atomic
def repeat_search(member: Member, search: Search, *, search_round: SearchRound | None, new_round: str = "", **values: Any) -> Search:
    """Record a later run of the same strategy in another round; without one, in a new update named ``new_round``."""
    if search_round is None:
        search_round = add_search_round(member, name=new_round, is_update=True)
    taken = {name: getattr(search, name) for name in REPEATED}
    return add_search(member, source=search.source, search_round=search_round, repeats=search, **taken | values)


@transaction.atomic
def change_source(member: Member, source: Source, **values: Any) -> Source:
    """Correct a source."""
    fresh: Source = _change(Source.objects.select_for_update(no_key=True).get(pk=source.pk), values)
    _say_changed("source:changed", member, fresh, {"source": fresh.number})
    return fresh


@transaction.atomic
def change_search(member: Member, search: Search, **values: Any) -> Search:
    """Correct a search. Hits that change are kept in the event, so that the report's difference can be explained; so is a strategy's
    wording of before."""
    held = Search.objects.select_for_update(no_key=True, of=("self",)).get(pk=search.pk)
    before = {name: getattr(held, name) for name in ("hits_shown", "hits_after_dedup", "hits_exported")}
    strategy = held.strategy
    fresh: Search = _change(held, values)
    hits = {name: [was, getattr(fresh, name)] for name, was in before.items() if was != getattr(fresh, name)}
    _say_changed("search:changed", member, fresh, {"search": fresh.number, **hits}, strategy if fresh.strategy != strategy else "")
    return fresh


class NotEmpty(DomainError):
    """The search holds something: it stays in the log."""

    status = 409


@transaction.atomic
def remove_search(member: Member, search: Search) -> None:
    """Take a search out of the log that was recorded by mistake: no file ever came for it. Its fields are kept in the event.

    Raises NotEmpty when a file, a part of one, a signature or a later run refers to it.
    """
    held = Search.objects.select_for_update(of=("self",)).select_related("source").get(pk=search.pk)
    kept = {name: str(value) for name in KEPT if (value := getattr(held, name)) not in ("", None)}
    data = {"search": held.number, "source": held.source.number, "search_round": held.search_round.number}
    try:
        held.delete()
    except RestrictedError:
        raise NotEmpty(_("Something refers to this search: a file, a part of one, a signed report or a later run. It stays in the log."))
    audit.log("search:removed", review=member.review, actor=member, data=data | {"fields": kept}, text=search.strategy)


def _change(thing: Any, values: dict[str, Any]) -> Any:
    thing.changed = sorted(name for name, value in values.items() if getattr(thing, name) != value)
    for name in thing.changed:
        setattr(thing, name, values[name])
    if thing.changed:
        thing.save(update_fields=thing.changed)
    return thing


def _say_changed(kind: str, member: Member, thing: Any, data: dict[str, Any], text: str = "") -> None:
    if thing.changed:
        audit.log(kind, review=member.review, actor=member, data=data | {"changed": thing.changed}, text=text)
