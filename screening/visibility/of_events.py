"""Events of the history that a member may read."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reviewapp.audit.models import Event
from reviewapp.reviews.models import Member
from screening.models import StudyLink
from screening.visibility.of_outcomes import outcomes
from screening.visibility.opening import open_round_records
from screening.vocabulary import Outcome, StageKind

#: Kinds of events that say nothing of anybody's judgement, and so are open to every member.
NEUTRAL = (
    "review:", "member:", "invitation:", "search:", "source:", "search_round:", "upload:", "import:", "entry:", "merge:", "pair:",
    "removal:", "stage:", "rules:", "criteria:", "round:", "sharing:", "field:", "export:", "snapshot:", "highlights:",
    "decision:set_aside", "votes:", "declared:", "archive:", "scale", "form", "classification:rule", "classification:scale",
    "theme:created", "theme:changed", "theme:moved", "theme:retired", "theme:merged",
)  # fmt: skip
#: Kinds that tell that a record went on: open to who may know its outcome.
OF_OUTCOME = ("report:", "retrieval:", "fulltext:", "study:", "classification:agreed")
#: Kinds that tell that a study, named by its number, is included: open to who may know the outcome of one of its records at full text.
OF_INCLUSION = ("theme:placed", "theme:unplaced", "charting:")


def events(member: Member, *, record_numbers: Iterable[int] | None = None) -> QuerySet[Event]:
    """Events this member may read: neutral ones, one's own, and those on records open to them in that round."""
    open_rows = open_round_records(member).filter(round__number=OuterRef("round_number")).annotate(shown=F("record__number"))
    followers = open_rows.filter(record__followers__number=OuterRef("record_number"))
    readable = Exists(open_rows.filter(record__number=OuterRef("record_number"))) | Exists(followers)
    own = Q(actor_number=member.number)
    known = Exists(outcomes(member).filter(stage__kind=StageKind.TITLE_ABSTRACT, record__number=OuterRef("record_number")))
    told = _kinds(NEUTRAL) | (_kinds(OF_OUTCOME) & Q(known)) | (_kinds(OF_INCLUSION) & Q(data__study__in=_included(member)))
    found = Event.objects.filter(review=member.review).filter(told | own | Q(readable)).select_related("text")
    if record_numbers is not None:
        found = found.filter(record_number__in=list(record_numbers))
    return found.order_by("seq")


def _kinds(prefixes: Iterable[str]) -> Q:
    """A condition on Event: its kind begins with one of these."""
    return reduce(or_, (Q(kind__startswith=prefix) for prefix in prefixes))


def _included(member: Member) -> list[int]:
    """Numbers of the studies of which this member may know that they are included: that one is charted tells it."""
    known = outcomes(member).filter(stage__kind=StageKind.FULL_TEXT, outcome=Outcome.GOES_ON, decides=True)
    links = StudyLink.objects.for_review(member.review).filter(Exists(known.filter(record=OuterRef("report__record"))))
    return list(links.values_list("study__number", flat=True).distinct())
