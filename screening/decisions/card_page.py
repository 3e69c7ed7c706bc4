"""What the views of the screening page share: whom and what a request means, and the page around a card."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.web.errors import DomainError, Invalid
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening import visibility
from screening.decisions import progress, queries, self_check
from screening.decisions.errors import AnotherVoteCame, RoundClosed, WhyNeeded
from screening.decisions.forms import AbstractForm
from screening.decisions.rules import verdicts_of
from screening.models import Record, Report, RoundRecord, ScreeningRound
from screening.queues import assignment
from screening.queues import queries as queues
from screening.vocabulary import RecusalKind

PAGE = "screening/decisions/screen.html#part"
MARKS = "marks_off"
TO_VOTE = "SELECT id, review_id, number, head_id FROM screening_record WHERE review_id = %s AND number = %s"


@dataclass(slots=True)
class Refusal:
    """Why a vote was not taken, and what was sent, for the notice above the card."""

    kind: str
    sentence: str
    verdict: str = ""
    reason: str = ""
    reason_text: str = ""
    note: str = ""
    why: str = ""
    key: str = ""


def round_of(member: Member, number: int, *parts: str) -> ScreeningRound:
    """Find a round by its number, with what belongs to it; Http404."""
    rounds = ScreeningRound.objects.for_review(member.review).select_related(*(parts or ("stage", "rules", "criteria")))
    round = get_object_or_404(rounds, number=number)
    round.review = member.review
    return round


def record_of(member: Member, number: int) -> Record:
    """Find a record by its number; Http404."""
    return get_object_or_404(Record.objects.for_review(member.review).select_related("head"), number=number)


def voted_on(member: Member, number: int) -> Record:
    """Find the record of a vote: no more than what a vote needs of it, as a card reads the rest."""
    for record in Record.objects.raw(TO_VOTE, [member.review_id, number]):
        return record
    raise Http404


def same_person(request: HttpRequest, member: Member) -> None:
    """Refuse what a page of somebody else sends: its votes wait on the device until that person has signed in again."""
    if request.POST.get("as", str(member.number)) != str(member.number):
        raise PermissionDenied(_("This page was opened by somebody else. Load it again."))


def page_of(
    request: HttpRequest, member: Member, round: ScreeningRound, record: Record, *, refusal: Refusal | None = None,
    paste: AbstractForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show one record's card, and after it the ones that follow."""
    row = queries.row_of(member, round, record)
    if row is None:
        if refusal is not None:
            raise Invalid(refusal.sentence)
        raise Http404
    waiting = queues.waiting_for(member, round)
    rows = [row, *queues.next_cards(member, round, n=queries.AHEAD, after=row, waiting=waiting)]
    return page_with(request, member, round, rows, waiting, refusal=refusal, paste=paste, status=status)


def page_with(
    request: HttpRequest, member: Member, round: ScreeningRound, rows: list[RoundRecord], waiting: QuerySet[RoundRecord], *,
    refusal: Refusal | None = None, paste: AbstractForm | None = None, mixed: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show the first of these rows as the card; the others wait behind it."""
    check = None
    if refusal is None and paste is None:
        rows, check = self_check.mixed_in(member, round, rows, ahead=queries.AHEAD) if mixed else (rows, None)
    found = queries.cards(member, round, rows, anew=check, queued=mixed)
    context: dict[str, Any] = {
        "card": found[0] if found else None,
        "ahead": found[1:],
        "order": [row.record.number for row in rows],
        "following": rows[1].record.number if len(rows) > 1 else None,
        "line": progress.line(member, round, waiting),
        "recent": queries.last_votes(member, round),
        "choices": queries.choices(round),
        "refusal": refusal,
        "paste": paste or AbstractForm(),
        "in_team": bool(rows) or queries.in_team(member, round),
        "stop": None if rows else assignment.stop_reached(member, round),
    }
    return page(request, PAGE, of_cards(request, round) | context, status=status)


def of_cards(request: HttpRequest, round: ScreeningRound) -> dict[str, Any]:
    """What every card is shown with."""
    return {
        "round": round,
        "verdicts": [verdict.value for verdict in verdicts_of(round.stage.kind)],
        "recusals": RecusalKind.choices,
        "marks_off": request.session.get(MARKS, False),
        "undo_key": uuid4().hex,
    }


def after_check(request: HttpRequest, member: Member, round: ScreeningRound, said: str) -> HttpResponse:
    """After a self-check: say that it was one, and go on."""
    if wants_part(request):
        return page(request, "screening/decisions/_said.html", {"said": said})
    messages.info(request, said)
    return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))


def card_again(request: HttpRequest, member: Member, round: ScreeningRound, record: Record) -> HttpResponse:
    """After a vote was taken back: its card again."""
    head = record.head or record
    if round.stage.is_full_text:
        return redirect_303(request, report_url(member, head))
    if wants_part(request):
        return page_of(request, member, round, head)
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, head.number]))


def refusal_of(error: DomainError, sent: dict[str, Any], note: str, reason_text: str) -> Refusal:
    """Keep what was sent beside the reason why it was not taken."""
    kind = "refused"
    if isinstance(error, AnotherVoteCame):
        kind = "changed"
    elif isinstance(error, RoundClosed):
        kind = "closed"
    elif isinstance(error, WhyNeeded):
        kind = "why"
    return Refusal(kind, str(error), str(sent["verdict"]), sent["reason"], reason_text, note, sent["why"], uuid4().hex)


def to_report(request: HttpRequest, member: Member, round: ScreeningRound) -> HttpResponse:
    """Full texts are read on the page of the report."""
    rows = queues.next_cards(member, round, n=1)
    if rows:
        return redirect_303(request, report_url(member, rows[0].record))
    return redirect_303(request, reverse("fulltext", args=[member.review.slug]))


def report_url(member: Member, record: Record) -> str:
    """Give the address of the page of a record's report; of the list of full texts, while there is none that the member may know of."""
    head = record.head or record
    known = Report.objects.for_review(member.review).filter(visibility.of_known_records(member))
    report = known.filter(record__in=[head.pk, record.pk]).order_by("number").first()
    if report is not None:
        return reverse("report", args=[member.review.slug, report.number])
    return reverse("fulltext", args=[member.review.slug])


def remember_marks(request: HttpRequest) -> None:
    """Keep for this session whether words are marked (``?marks=on`` or ``off``)."""
    if (asked := request.GET.get("marks")) in ("on", "off"):
        request.session[MARKS] = asked == "off"
