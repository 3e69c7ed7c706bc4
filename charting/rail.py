"""The two stages that charting brings to the rail: what this person may know, in a few counts."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from charting import people, queries, visibility
from charting.charting_forms import setup as forms
from charting.classification_table import setup
from charting.models import AgreedRating, ChartingStep
from charting.vocabulary import Mode, StepKind
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.models import Report
from screening.overview.rail import Node, number


def classification(member: Member) -> Node:
    """Reports under assessment; for a rater how many wait for her, else how many are agreed."""
    node = Node("classification", _("Classification"), _("Classify"), reverse("classification", args=[member.review.slug]))
    reports = queries.reports_for(member)
    n = reports.count()
    if not n:
        node.note = _("nothing yet")
        return node
    scales = [scale.pk for scale in setup.scales(member.review) if scale.pk]
    agreed = AgreedRating.objects.filter(report=OuterRef("pk"), superseded_at=None, value__isnull=False)
    done = (
        reports.filter(Exists(agreed.values("report").annotate(n=Count("pk")).filter(n__gte=len(scales)).order_by())).count()
        if scales
        else 0
    )
    node.count = number(n)
    node.state = "done" if done == n else "open" if done else "none"
    left = n - _rated(member, reports, len(scales)) if member.may(Right.APPRAISE) else 0
    if left:
        node.note, node.waiting = _("%(n)s to rate by you") % {"n": number(left)}, True
    else:
        node.note = _("all agreed") if done == n else _("%(n)s agreed") % {"n": number(done)}
    return node


def _rated(member: Member, reports: QuerySet[Report], scales: int) -> int:
    """How many of the reports this member has rated on every scale, or leaves to others as own papers."""
    mine = visibility.ratings(member).filter(member=member, report=OuterRef("pk"))
    rated = Q(Exists(mine.values("report").annotate(n=Count("pk")).filter(n__gte=scales).order_by())) if scales else Q(pk__in=[])
    return int(reports.filter(rated | Q(record__in=people.own_papers(member))).count())


def charting(member: Member) -> Node:
    """Studies charted, of those included."""
    node = Node("charting", _("Charting"), _("Charting"), reverse("charting", args=[member.review.slug]))
    studies = queries.studies_for(member)
    n = studies.count()
    if not n:
        node.note = _("nothing yet")
        return node
    steps = ChartingStep.objects.filter(study=OuterRef("pk"), kind=StepKind.CHARTED, undone_at=None)
    if member.may(Right.APPRAISE) and forms.form(member.review).mode == Mode.DOUBLE:
        steps = steps.filter(by=member)
    done = studies.filter(Exists(steps)).count()
    node.count = number(done)
    node.note = _("of %(n)s charted") % {"n": number(n)}
    node.state = "done" if done == n else "open" if done else "none"
    return node
