"""What somebody who goes leaves unfinished in classification and charting: totals only."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from charting import queries, visibility
from charting.models import ChartingStep
from charting.vocabulary import StepKind
from reviewapp.reviews.models import Member


def unfinished(owner: Member, leaver: Member) -> Iterator[str]:
    """Say how many studies, of those whose inclusion the owner may know, the leaver began to chart and did not finish."""
    done = ChartingStep.objects.filter(study=OuterRef("pk"), by=leaver, kind=StepKind.CHARTED, undone_at=None)
    own = visibility.own_answers(leaver).exclude(value="").filter(study=OuterRef("pk"))
    n = queries.studies_for(owner).filter(Exists(own), ~Exists(done)).count()
    if n:
        yield ngettext(
            "%(n)s study was charted in part. The answers stay; whoever charts studies finishes it with answers of their own.",
            "%(n)s studies were charted in part. The answers stay; whoever charts studies finishes them with answers of their own.",
            n,
        ) % {"n": n}
    reports = queries.reports_for(owner)
    rated = visibility.ratings(leaver).filter(member=leaver, report=OuterRef("pk"))
    n = reports.filter(Exists(rated)).count()
    if n and (left := reports.count() - n) > 0:
        yield ngettext(
            "%(n)s report is rated by this person and %(left)s are not. The ratings stay; the others rate the rest.",
            "%(n)s reports are rated by this person and %(left)s are not. The ratings stay; the others rate the rest.",
            n,
        ) % {"n": n, "left": left}
