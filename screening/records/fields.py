"""Fields of the search on a person's own votes, on rounds, and on outcomes as far as this person may know them (I13)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import RoundRecord, ScreeningRound
from screening.search.fields import Asker, Choice, Field, Unclear, register
from screening.vocabulary import Outcome, RoundKind, StageKind, Verdict

TRIALS = (RoundKind.PILOT, RoundKind.PRACTICE)
VERDICTS = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)
OUTCOMES = {
    "goes_on": (StageKind.TITLE_ABSTRACT, Outcome.GOES_ON), "excluded": (StageKind.TITLE_ABSTRACT, Outcome.EXCLUDED),
    "included": (StageKind.FULL_TEXT, Outcome.GOES_ON), "excluded_full_text": (StageKind.FULL_TEXT, Outcome.EXCLUDED),
}  # fmt: skip


def votes(asker: Asker) -> bool:
    return asker.member is not None and asker.member.may(Right.SCREEN)


def asks(asker: Asker) -> bool:
    return asker.member is not None


def _member(asker: Asker) -> Member:
    assert asker.member is not None  # the fields below are for members only
    return asker.member


def _unknown(value: str, known: Iterable[str]) -> Unclear:
    said = {"value": value, "known": ", ".join(known)}
    return Unclear(_("‘%(value)s’ is not known here: choose one of %(known)s.") % said)


# --- my own votes, in a stage


def by_my_vote(kind: StageKind, asker: Asker, value: str) -> Q:
    """``undecided`` or ``voted`` in a round of mine, or the verdict of a vote of mine that stands."""
    member, wanted = _member(asker), value.casefold()
    if wanted in _verdicts(kind):
        return Q(pk__in=_records_of(_my_votes(member, kind).filter(verdict=wanted)))
    if wanted == "voted":
        return Q(pk__in=_records_of(_my_votes(member, kind)))
    if wanted == "undecided":
        # each condition one that the database can turn into a join of whole tables, or into look-ups for one page
        votes = _my_votes(member, kind)
        own, followers = votes.filter(record=OuterRef("pk")), votes.filter(record__head=OuterRef("pk"))
        return Q(Exists(_placed(member, kind).filter(record=OuterRef("pk")))) & ~Q(Exists(own)) & ~Q(Exists(followers))
    raise _unknown(value, ["undecided", "voted", *(verdict.value for verdict in _verdicts(kind))])


def _verdicts(kind: StageKind) -> tuple[Verdict, ...]:
    return VERDICTS[:2] if kind == StageKind.FULL_TEXT else VERDICTS


def _rounds_of(member: Member, kind: StageKind) -> QuerySet[ScreeningRound]:
    """Rounds of a stage whose votes decide: what was voted on in a pilot waits for its vote again. Before there is one, the trials."""
    found: QuerySet[ScreeningRound] = ScreeningRound.objects.for_review(member.review).filter(stage__kind=kind).order_by()
    decide = ~Q(kind__in=TRIALS)
    return found.filter(decide | ~Q(Exists(found.filter(decide))))


def _placed(member: Member, kind: StageKind) -> QuerySet[RoundRecord]:
    """Places in my rounds of a stage; at full text as far as I may know of them."""
    mine = _rounds_of(member, kind).filter(team__member=member)
    found = RoundRecord.objects.filter(is_live=True, round__in=list(mine))
    return found.filter(visibility.place_known(member)) if kind == StageKind.FULL_TEXT else found


def _my_votes(member: Member, kind: StageKind) -> QuerySet[Any]:
    """One's own votes in a stage that stand, of records and of those merged into them."""
    found: QuerySet[Any] = visibility.my_votes_in(member, list(_rounds_of(member, kind)))
    return found.order_by()


def _records_of(votes: QuerySet[Any]) -> QuerySet[Any]:
    """Give the ids of the records of votes, and of the heads that speak for them."""
    return votes.values("record").union(votes.filter(record__head__isnull=False).values("record__head"), all=True)


def verdicts(kind: StageKind, asker: Asker) -> Iterable[Choice]:
    """The values that the list offers; nothing at full text before one has a round there."""
    if kind == StageKind.FULL_TEXT and not _rounds_of(_member(asker), kind).filter(team__member=asker.member).exists():
        return
    yield Choice("undecided", _("without my vote"))
    for verdict in _verdicts(kind):
        yield Choice(verdict.value, str(verdict.label))


def count_my_votes(kind: StageKind, asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    """One query for the verdicts on heads, one for those on copies only, one for what is undecided."""
    member, heads = _member(asker), rows.order_by()
    votes, several = _my_votes(member, kind), _rounds_of(member, kind).count() > 1
    n = Count("record", distinct=True) if several else Count("pk")
    found = Counter(dict(votes.filter(record__in=heads.values("pk")).values_list("verdict").annotate(n=n)))
    same = votes.filter(record=OuterRef("record__head"), verdict=OuterRef("verdict"))
    copies = votes.filter(~Exists(same), record__head__in=heads.values("pk"))
    found.update(dict(copies.values_list("verdict").annotate(n=Count("record__head", distinct=True))))
    return found | {"undecided": heads.filter(by_my_vote(kind, asker, "undecided")).count()}


# --- rounds


def _rounds(asker: Asker) -> QuerySet[ScreeningRound]:
    found: QuerySet[ScreeningRound] = ScreeningRound.objects.for_review(asker.review).select_related("stage").order_by("number")
    return found


def by_round(asker: Asker, value: str) -> Q:
    """The number of a round or a part of its name; at full text only what this person may know of."""
    rounds = list(_rounds(asker))
    found = [r for r in rounds if str(r.number) == value] or [r for r in rounds if value.casefold() in r.name.casefold()]
    if not found:
        raise Unclear(_("There is no round ‘%(value)s’ in this review.") % {"value": value})
    condition = Q(pk__in=[])
    for one in found:
        condition |= Q(pk__in=visibility.placed(_member(asker), one).order_by().values("record"))
    return condition


def rounds(asker: Asker) -> Iterable[Choice]:
    for one in _rounds(asker):
        yield Choice(str(one.number), one.name)


def count_rounds(asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    heads = rows.order_by().values("pk")
    return {str(one.number): visibility.placed(_member(asker), one).filter(record__in=heads).count() for one in _rounds(asker)}


# --- outcomes


def by_outcome(asker: Asker, value: str) -> Q:
    """``goes_on``, ``excluded``, ``included`` or ``excluded_full_text``, of records whose outcome this person may know."""
    if value.casefold() not in OUTCOMES:
        raise _unknown(value, OUTCOMES)
    stage, outcome = OUTCOMES[value.casefold()]
    known = visibility.outcomes(_member(asker)).filter(decides=True, stage__kind=stage, outcome=outcome)
    return Q(pk__in=known.order_by().values("record"))


def outcomes(asker: Asker) -> Iterable[Choice]:
    yield Choice("goes_on", _("goes to full text"))
    yield Choice("excluded", _("excluded at title and abstract"))
    yield Choice("included", _("included"))
    yield Choice("excluded_full_text", _("excluded at full text"))


def count_outcomes(asker: Asker, rows: QuerySet[Any]) -> Mapping[str, int]:
    known = visibility.outcomes(_member(asker)).filter(decides=True, record__in=rows.order_by().values("pk"))
    counted = {(stage, outcome): n for stage, outcome, n in known.order_by().values_list("stage__kind", "outcome").annotate(n=Count("pk"))}
    return {name: counted.get(place, 0) for name, place in OUTCOMES.items()}


for _name, _label, _kind, _place in (
    ("mine", gettext_lazy("My votes"), StageKind.TITLE_ABSTRACT, 10),
    ("mine_ft", gettext_lazy("My votes at full text"), StageKind.FULL_TEXT, 12),
):  # fmt: skip
    _condition, _choices, _counts = partial(by_my_vote, _kind), partial(verdicts, _kind), partial(count_my_votes, _kind)
    register(Field(_name, _label, _condition, f"{_name}:undecided", _choices, _counts, votes, _place))
register(Field("outcome", gettext_lazy("Outcome"), by_outcome, "outcome:goes_on", outcomes, count_outcomes, asks, 20))
register(Field("round", gettext_lazy("Round"), by_round, "round:pilot", rounds, count_rounds, asks, 50))
