"""The stage rail: the flow of the review with the counts that this person may see. Other apps add their stages with ``register``.

A rail is read from the facts once and kept until the review's history grows: the key holds the person and the hash at the end of the
chain of events, so what is kept can never be what another person may see, nor what was true before an action. What changes by time alone
(votes that open after ten minutes, holds) follows within ``KEPT``.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reviewapp.audit.models import ChainHead
from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import DuplicatePair, EntryEnding, Report, RoundRecord, ScreeningRound, SourceRecord, StudyLink, Upload
from screening.queues import queries as queues
from screening.vocabulary import CLASHES, Arm, EndingKind, Outcome, PairState, Retrieval, RoundKind, SourceKind, StageKind, WhoSettles

#: How long a rail is shown while nothing is done in the review.
KEPT = timedelta(seconds=30)


@dataclass(slots=True)
class Node:
    """One stage on the rail. ``state`` is done, open, none or shut."""

    key: str
    name: str
    short: str
    url: str
    count: str = "–"
    note: str = ""
    state: str = "none"
    waiting: bool = False
    current: bool = False


Extra = Callable[[Member], Node]
_extra: dict[str, Extra] = {}


def register(key: str, build: Extra) -> None:
    """Let an app above bring the node of its stage ('classification', 'charting')."""
    _extra[key] = build


def number(n: int) -> str:
    return f"{n:,}"


def rail(member: Member) -> list[Node]:
    """Give the nodes of the rail for a member, in the order of the flow."""
    nodes = _kept(member)
    live = set(Job.objects.filter(review=member.review, kind__in=("import", "dedupe"), state__in=LIVE).values_list("kind", flat=True))
    for node in nodes:
        if node.key == "import" and "import" in live:
            node.note, node.state = _("reading a file"), "open"
        elif node.key == "duplicates" and "dedupe" in live and node.count != "–":
            node.note, node.state = _("being compared"), "open"
    return nodes


def _kept(member: Member) -> list[Node]:
    """The rail as it was last read, if nothing was done in the review since; else read anew."""
    end = ChainHead.objects.filter(review=member.review).values_list("hash", flat=True).first()
    if not end:
        return _read(member)
    cache, now = caches["rails"], timezone.now()
    key = f"{member.pk}:{member.review_id}:{get_language()}:{end}"
    found = cache.get(key)
    if found is not None and timedelta(0) <= now - found[0] < KEPT:
        return list(found[1])
    nodes = _read(member)
    cache.set(key, (now, nodes), KEPT.total_seconds())
    return nodes


def _read(member: Member) -> list[Node]:
    rounds = list(ScreeningRound.objects.for_review(member.review).select_related("stage", "rules", "review"))
    mine = queues.my_rounds(member) if rounds else []
    settled = _settled(member, rounds) if rounds else Counter()
    nodes = [
        _import(member),
        _duplicates(member),
        _title_abstract(member, rounds, mine, settled),
        _conflicts(member, rounds),
        _full_text(member, rounds, mine, settled),
    ]
    nodes += [_extra[key](member) for key in ("classification", "charting") if key in _extra]
    return [*nodes, _report(member, rounds, settled)]


IN_DATABASES = [kind.value for kind in SourceKind if kind.arm == Arm.DATABASES]


def identified(member: Member) -> dict[Arm, int]:
    """Entries found that are references, in files of each arm that stand: the first boxes of the PRISMA figure."""
    standing = Upload.objects.for_review(member.review).filter(is_withdrawn=False)
    found = Counter(dict(standing.values_list("search__source__kind").annotate(n=Coalesce(Sum("found"), 0)).order_by()))
    gone = EntryEnding.objects.filter(kind=EndingKind.NOT_A_REFERENCE, superseded_at=None, entry__upload__in=standing)
    found.subtract(dict(gone.values_list("entry__upload__search__source__kind").annotate(n=Count("pk")).order_by()))
    return {arm: sum(found[kind.value] for kind in SourceKind if kind.arm == arm) for arm in Arm}


def _import(member: Member) -> Node:
    node = Node("import", _("Import"), _("Import"), reverse("searches", args=[member.review.slug]), note=_("not begun"))
    found = identified(member)
    n, other = found[Arm.DATABASES], found[Arm.OTHER]
    if n or other:
        node.count, node.note, node.state = number(n), _("records identified"), "done"
        if other:
            node.note = _("identified, and %(n)s otherwise") % {"n": number(other)}
    return node


def _duplicates(member: Member) -> Node:
    node = Node("duplicates", _("Duplicates"), _("Duplicates"), reverse("duplicates", args=[member.review.slug]), note=_("not begun"))
    sources = SourceRecord.objects.for_review(member.review).filter(
        upload__is_withdrawn=False, upload__search__source__kind__in=IN_DATABASES
    )
    if not sources.exists():
        return node
    node.count, node.note, node.state = number(_duplicates_removed(sources)), _("removed"), "done"
    if member.may(Right.DUPLICATES):
        waiting = DuplicatePair.objects.for_review(member.review).filter(state=PairState.OPEN).count()
        if waiting:
            node.note, node.waiting, node.state = _("%(n)s to look at") % {"n": number(waiting)}, True, "open"
    return node


def _duplicates_removed(sources: QuerySet[SourceRecord]) -> int:
    """Source records less the heads of groups that hold one (DESIGN.md section 4): counted where there are groups, not over all records."""
    followers = sources.filter(record__head__isnull=False)
    n = followers.aggregate(followers=Count("pk"), heads=Count("record__head", distinct=True))
    of_heads = sources.filter(record__in=followers.values("record__head")).count() if n["followers"] else 0
    return int(n["followers"]) + of_heads - int(n["heads"])


def _settled(member: Member, rounds: list[ScreeningRound]) -> Counter[tuple[str, str]]:
    """How many records are settled, as far as this member may know, by (kind of stage, outcome). One query."""
    known = visibility.outcomes(member, rounds=rounds).filter(decides=True)
    return Counter(
        {(kind, outcome): n for kind, outcome, n in known.values_list("stage__kind", "outcome").annotate(n=Count("pk")).order_by()}
    )


def _of_stage(settled: Counter[tuple[str, str]], kind: StageKind) -> int:
    return sum(n for (stage, _outcome), n in settled.items() if stage == kind)


def wait_for_you(n: int) -> str:
    """The note of a stage in which records wait for this member's vote."""
    return _("%(n)s wait for you") % {"n": number(n)}


def _node_of_votes(node: Node, member: Member, rounds: list[ScreeningRound], mine: list[ScreeningRound], settled: int) -> bool:
    """Fill what both voting stages have; say whether records wait for this member."""
    node.count, node.note = number(settled), _("settled")
    node.state = "open" if any(r.is_open for r in rounds) else "done" if rounds else "none"
    waiting = sum(queues.waiting_for(member, r).count() for r in mine if r in rounds)
    if waiting:
        node.note, node.waiting, node.state = wait_for_you(waiting), True, "open"
    return bool(waiting)


def _title_abstract(member: Member, rounds: list[ScreeningRound], mine: list[ScreeningRound], settled: Counter[tuple[str, str]]) -> Node:
    node = Node("screening", _("Title & abstract"), _("Title/abs."), reverse("screening", args=[member.review.slug]), note=_("not begun"))
    here = [r for r in rounds if r.stage.kind == StageKind.TITLE_ABSTRACT]
    if not here or _node_of_votes(node, member, here, mine, _of_stage(settled, StageKind.TITLE_ABSTRACT)):
        return node
    if others := sum(visibility.vote_totals(member, r) or 0 for r in here if r.is_open):
        node.note = _("%(n)s wait for the other") % {"n": number(others)}
    return node


def _full_text(member: Member, rounds: list[ScreeningRound], mine: list[ScreeningRound], settled: Counter[tuple[str, str]]) -> Node:
    node = Node("fulltext", _("Full text"), _("Full text"), reverse("fulltext", args=[member.review.slug]))
    here = [r for r in rounds if r.stage.kind == StageKind.FULL_TEXT]
    n = _of_stage(settled, StageKind.FULL_TEXT)
    if _node_of_votes(node, member, here, mine, n):
        return node
    reports = Report.objects.for_review(member.review).filter(visibility.of_known_records(member))
    counts = reports.aggregate(all=Count("pk"), to_get=Count("pk", filter=Q(retrieval__in=(Retrieval.SOUGHT, Retrieval.REQUESTED))))
    if counts["to_get"] and member.may(Right.FULL_TEXTS):
        node.note, node.waiting, node.state = _("%(n)s to get") % {"n": number(counts["to_get"])}, True, "open"
    elif not n:
        node.count, node.note = (number(counts["all"]), _("sought")) if counts["all"] else ("–", _("not begun"))
    return node


def _conflicts(member: Member, rounds: list[ScreeningRound]) -> Node:
    node = Node("conflicts", _("Conflicts"), _("Conflicts"), reverse("conflicts", args=[member.review.slug]), note=_("not begun"))
    if rounds:
        found = open_conflicts(member, rounds).aggregate(all=Count("pk"), to_settle=Count("pk", filter=may_settle(member, rounds)))
        n = found["all"]
        node.count, node.waiting = number(n), bool(found["to_settle"])
        node.note, node.state = (
            (_("to settle") if node.waiting else _("others settle them"), "open") if n else (_("none open to you"), "done")
        )
    return node


def open_conflicts(member: Member, rounds: list[ScreeningRound] | None = None) -> QuerySet[RoundRecord]:
    """RoundRecords in conflict that are open to this member. ``rounds``: all of the review, where they are at hand."""
    deciding = visibility.open_round_records(member, rounds=rounds).exclude(round__kind__in=(RoundKind.PILOT, RoundKind.PRACTICE))
    return deciding.filter(is_live=True, outcome__in=CLASHES)


def may_settle(member: Member, rounds: Iterable[ScreeningRound]) -> Q:
    """A condition on ``open_conflicts``: this member settles it, as one of the two or as the third reviewer (conflicts.actions)."""
    if not member.may(Right.SETTLE):
        return Q(pk__in=[])
    between = [round.pk for round in rounds if round.rules.who_settles != WhoSettles.THIRD]
    third = [round for round in rounds if visibility.settles(member, round)]
    lenient = [round.pk for round in third if round.rules.voters_may_settle]
    as_third = Q(round__in=[round.pk for round in third]) & (Q(mine=False) | Q(round__in=lenient))
    return Q(mine=True, round__in=between) | as_third


def _report(member: Member, rounds: list[ScreeningRound], settled: Counter[tuple[str, str]]) -> Node:
    node = Node("report", _("Report"), _("Report"), reverse("prisma", args=[member.review.slug]), note=_("PRISMA and tables"))
    if not settled[StageKind.FULL_TEXT, Outcome.GOES_ON]:
        return node
    known = visibility.outcomes(member, rounds=rounds).filter(stage__kind=StageKind.FULL_TEXT, decides=True, outcome=Outcome.GOES_ON)
    links = StudyLink.objects.for_review(member.review).filter(undone_at=None, report__record__in=known.values("record"))
    n = links.values("study").distinct().count()
    if n:
        node.count, node.note, node.state = number(n), _("included so far"), "open"
        if all(r.closed_at for r in rounds):
            node.note, node.state = _("included"), "done"
    return node
