"""The stage rail: the flow of the review with the counts that this person may see. Other apps add their stages with ``register``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import DuplicatePair, EntryEnding, Report, RoundRecord, ScreeningRound, SourceRecord, StudyLink, Upload
from screening.queues import queries as queues
from screening.vocabulary import CLASHES, Arm, EndingKind, Outcome, PairState, Retrieval, RoundKind, SourceKind, StageKind


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
    nodes = [
        _import(member),
        _duplicates(member),
        _votes(member, StageKind.TITLE_ABSTRACT),
        _conflicts(member),
        _votes(member, StageKind.FULL_TEXT),
    ]
    nodes += [_extra[key](member) for key in ("classification", "charting") if key in _extra]
    return [*nodes, _report(member)]


IN_DATABASES = [kind.value for kind in SourceKind if kind.arm == Arm.DATABASES]


def identified(member: Member, *, arm: Arm = Arm.DATABASES) -> int:
    """Entries found that are references, in files of an arm that stand: the first box of the PRISMA figure."""
    kinds = [kind.value for kind in SourceKind if kind.arm == arm]
    standing = Upload.objects.for_review(member.review).filter(is_withdrawn=False, search__source__kind__in=kinds)
    found = standing.aggregate(n=Sum("found"))["n"] or 0
    gone = EntryEnding.objects.filter(kind=EndingKind.NOT_A_REFERENCE, superseded_at=None, entry__upload__in=standing)
    return int(found) - gone.count()


def _import(member: Member) -> Node:
    node = Node("import", _("Import"), _("Import"), reverse("searches", args=[member.review.slug]))
    n = identified(member)
    other = identified(member, arm=Arm.OTHER)
    if n or other:
        node.count, node.note, node.state = number(n), _("records identified"), "done"
        if other:
            node.note = _("identified, and %(n)s otherwise") % {"n": number(other)}
    else:
        node.note = _("not begun")
    if Job.objects.filter(review=member.review, kind="import", state__in=LIVE).exists():
        node.note, node.state = _("reading a file"), "open"
    return node


def _duplicates(member: Member) -> Node:
    node = Node("duplicates", _("Duplicates"), _("Duplicates"), reverse("duplicates", args=[member.review.slug]))
    sources = SourceRecord.objects.for_review(member.review).filter(
        upload__is_withdrawn=False, upload__search__source__kind__in=IN_DATABASES
    )
    if not sources.exists():
        node.note = _("not begun")
        return node
    heads = sources.aggregate(n=Count(Coalesce("record__head", "record"), distinct=True))["n"]
    node.count, node.note, node.state = number(sources.count() - heads), _("removed"), "done"
    waiting = DuplicatePair.objects.for_review(member.review).filter(state=PairState.OPEN).count()
    if waiting and member.may(Right.DUPLICATES):
        node.note, node.waiting, node.state = _("%(n)s to look at") % {"n": number(waiting)}, True, "open"
    if Job.objects.filter(review=member.review, kind="dedupe", state__in=LIVE).exists():
        node.note, node.state = _("being compared"), "open"
    return node


def _votes(member: Member, kind: StageKind) -> Node:
    full_text = kind == StageKind.FULL_TEXT
    name, short = (_("Full text"), _("Full text")) if full_text else (_("Title & abstract"), _("Title/abs."))
    url = reverse("fulltext" if full_text else "screening", args=[member.review.slug])
    node = Node("fulltext" if full_text else "screening", name, short, url)
    rounds = list(ScreeningRound.objects.for_review(member.review).filter(stage__kind=kind).select_related("stage", "rules", "review"))
    known = visibility.outcomes(member).filter(stage__kind=kind, decides=True)
    if not rounds and not full_text:
        node.note = _("not begun")
        return node
    settled = known.count()
    node.count = number(settled)
    node.note = _("settled")
    node.state = "open" if any(r.is_open for r in rounds) else "done" if rounds else "none"
    mine = sum(queues.waiting_for(member, r).count() for r in queues.my_rounds(member) if r.stage.kind == kind)
    if mine:
        node.note, node.waiting, node.state = _("%(n)s wait for you") % {"n": number(mine)}, True, "open"
    elif full_text:
        reports = Report.objects.for_review(member.review).filter(visibility.of_known_records(member))
        to_get = reports.filter(retrieval__in=(Retrieval.SOUGHT, Retrieval.REQUESTED)).count()
        if to_get and member.may(Right.FULL_TEXTS):
            node.note, node.waiting, node.state = _("%(n)s to get") % {"n": number(to_get)}, True, "open"
        elif not settled:
            node.count, node.note = ("–", _("not begun")) if not reports.exists() else (number(reports.count()), _("sought"))
    elif any(r.is_open for r in rounds) and (others := sum(visibility.vote_totals(member, r) or 0 for r in rounds if r.is_open)):
        node.note = _("%(n)s wait for the other") % {"n": number(others)}
    return node


def _conflicts(member: Member) -> Node:
    node = Node("conflicts", _("Conflicts"), _("Conflicts"), reverse("conflicts", args=[member.review.slug]))
    if not ScreeningRound.objects.for_review(member.review).exists():
        node.note = _("not begun")
        return node
    n = open_conflicts(member).count()
    node.count = number(n)
    node.note, node.state = (_("to settle"), "open") if n else (_("none open to you"), "done")
    node.waiting = bool(n)
    return node


def open_conflicts(member: Member) -> QuerySet[RoundRecord]:
    """RoundRecords in conflict that are open to this member."""
    deciding = visibility.open_round_records(member).exclude(round__kind__in=(RoundKind.PILOT, RoundKind.PRACTICE))
    return deciding.filter(is_live=True, outcome__in=CLASHES)


def _report(member: Member) -> Node:
    node = Node("report", _("Report"), _("Report"), reverse("prisma", args=[member.review.slug]), note=_("PRISMA and tables"))
    known = visibility.outcomes(member).filter(stage__kind=StageKind.FULL_TEXT, decides=True, outcome=Outcome.GOES_ON)
    links = StudyLink.objects.for_review(member.review).filter(undone_at=None, report__record__in=known.values("record"))
    n = links.values("study").distinct().count()
    if n:
        node.count, node.note, node.state = number(n), _("included so far"), "open"
        if not ScreeningRound.objects.for_review(member.review).filter(closed_at=None).exists():
            node.note, node.state = _("included"), "done"
    return node
