"""The screening page: one card at a time, by key, click or thumb; and the stage page that leads there."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError, Invalid
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening import visibility
from screening.decisions import actions, progress, queries, self_check
from screening.decisions.errors import AnotherVoteCame, RoundClosed, WhyNeeded
from screening.decisions.forms import AbstractForm, NextForm, NoteForm, RecuseForm, VoteForm, WordsForm
from screening.decisions.rules import verdicts_of
from screening.models import Record, Report, RoundRecord, ScreeningRound
from screening.queues import assignment
from screening.queues import queries as queues
from screening.records.actions import edit_field
from screening.vocabulary import RecusalKind, Verdict

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


@require_GET
@member_may(Right.READ)
def screening(request: HttpRequest, member: Member) -> HttpResponse:
    """Title and abstract: one's rounds with the way in, or what one may know of them."""
    return page(request, "screening/decisions/screening.html", progress.stage_page(member))


@require_GET
@gzip_page
@member_may(Right.SCREEN)
def screen(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Show the next card of a round."""
    round = _round(member, round_number)
    _remember_marks(request)
    if round.stage.is_full_text:
        return _to_report(request, member, round)
    waiting = queues.waiting_for(member, round)
    rows = queues.next_cards(member, round, n=1 + queries.AHEAD, waiting=waiting)
    return _page(request, member, round, rows, waiting, mixed=True)


@require_GET
@gzip_page
@member_may(Right.SCREEN)
def screen_record(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Show the card of one record, voted on or not."""
    round = _round(member, round_number)
    _remember_marks(request)
    record = _record(member, number)
    if record.head is not None:
        return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, record.head.number]))
    if round.stage.is_full_text:
        return redirect_303(request, _report_url(member, record))
    return _page_of(request, member, round, record)


@require_GET
@gzip_page
@member_may(Right.SCREEN)
def next_cards(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Bring a page with scripts the cards that follow, but for those it ``have``s; with ``line``, one's own numbers too.

    ``soon``: only the next few, as somebody waits for them.
    """
    round = _round(member, round_number)
    if not wants_part(request) or round.stage.is_full_text:
        return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))
    form = NextForm(request.GET)
    if not form.is_valid():
        raise Invalid(_("Load the page again to go on."))
    have, counts = form.cleaned_data["have"], form.cleaned_data["line"]
    waiting = queues.waiting_for(member, round, few=not counts)
    n = min(len(have) + queries.SOON if form.cleaned_data["soon"] else queries.MORE, queries.MORE)
    rows = queues.next_cards(member, round, n=n, waiting=waiting)
    rows, check = self_check.mixed_in(member, round, rows, ahead=n)
    context = {
        "ahead": queries.cards(member, round, [row for row in rows if row.record.number not in have], anew=check, queued=True),
        "order": [row.record.number for row in rows],
        "line": progress.line(member, round, waiting) if counts else None,
        "recent": queries.last_votes(member, round) if counts else [],
    }
    return page(request, "screening/decisions/_more.html", _of_cards(request, round) | context)


@require_POST
@gzip_page
@member_may(Right.SCREEN)
def vote(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Take a vote, or say why it was not taken with both votes to choose from.

    A page with scripts holds its next cards and counts along by itself: that the vote is kept is all it is told (``next_cards`` brings
    cards). Without scripts the next card follows.
    """
    round, record = _round(member, round_number, "stage", "rules"), _voted_on(member, number)
    _same_person(request, member)
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
    sent = form.cleaned_data
    further = request.POST.getlist("further")
    reasons = queries.reasons_named(round, [name for name in [sent["reason"], *further] if name])
    if reasons is None:
        raise Invalid(_("This reason is not in the list any more. Load the page again."))
    primary = reasons[0] if sent["reason"] else None
    note = sent["note"].replace("\x00", "").strip()
    sent["key"] = sent["key"] or uuid4().hex
    if (check := self_check.asked(member, round, record, seen=sent["seen"], key=sent["key"])) is not None:
        said = self_check.answer(member, check, verdict=Verdict(sent["verdict"]), reason=primary, key=sent["key"])
        return _after_check(request, member, round, said)
    try:
        decision = actions.cast(
            member=member, record=record, round=round, verdict=Verdict(sent["verdict"]), key=sent["key"],
            seen=queries.seen_vote(member, round, sent["seen"]), reason=primary,
            further=[reason for reason in reasons if reason != primary] if primary else [], note=note, why=sent["why"], cast_at=sent["at"],
        )  # fmt: skip
    except DomainError as error:
        if sent["next"] == "report":
            raise
        refusal = _refusal(error, sent, note, primary.text if primary else "")
        return _page_of(request, member, round, record, refusal=refusal, status=error.status)
    if decision.superseded_at is None and (note or "note" in request.POST) and note != actions.my_note(member, record, round):
        actions.write_note(member=member, record=record, round=round, text=note)
    if sent["next"] == "report":
        return redirect_303(request, _report_url(member, record))
    if wants_part(request):
        return HttpResponse(status=204)
    if sent["verdict"] == Verdict.WITHDRAWN:
        return _answer(request, member, round, record)
    return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))


@require_POST
@member_may(Right.SCREEN)
def undo(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Take back one's newest vote that stands, then the one before, and show its card again."""
    round = _round(member, round_number)
    key = request.POST.get("key", "").replace("\x00", "")[:64] or uuid4().hex
    why = request.POST.get("why", "").replace("\x00", "")[:5000]
    done = visibility.decisions(member, round=round).filter(reviewer=member, key=key, verdict=Verdict.WITHDRAWN).first()
    if done is not None:  # the same click again
        return _answer(request, member, round, done.record)
    newest = queries.newest_vote(member, round)
    check = self_check.taken_back(member, round, key)
    for answered in self_check.last(member, round, 1):
        if newest is None or (answered.answered_at or newest.at) > newest.at:
            check = answered
    if check is not None:
        return _after_check(request, member, round, self_check.answer(member, check, verdict=Verdict.WITHDRAWN, reason=None, key=key))
    if newest is None:
        raise Invalid(_("There is no vote of yours in this round to take back."))
    record = _record(member, newest.number)
    try:
        actions.cast(
            member=member, record=record, round=round, verdict=Verdict.WITHDRAWN, key=key,
            seen=queries.seen_vote(member, round, newest.key), why=why,
        )  # fmt: skip
    except (WhyNeeded, RoundClosed, AnotherVoteCame) as error:
        refusal = _refusal(error, {"verdict": Verdict.WITHDRAWN, "reason": "", "why": why}, "", "")
        return _page_of(request, member, round, record, refusal=refusal, status=error.status)
    return _answer(request, member, round, record)


@require_POST
@member_may(Right.SCREEN)
def recuse(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Hand a record to somebody else."""
    round, record = _round(member, round_number), _record(member, number)
    form = RecuseForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say why you cannot judge this record: choose one of the three."))
    actions.recuse(member=member, record=record, round=round, kind=RecusalKind(form.cleaned_data["kind"]))
    if round.stage.is_full_text:
        return redirect_303(request, reverse("fulltext", args=[member.review.slug]))
    return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))


@require_POST
@member_may(Right.SCREEN)
def unrecuse(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Take *can't judge* back."""
    round, record = _round(member, round_number), _record(member, number)
    actions.unrecuse(member=member, record=record, round=round)
    if round.stage.is_full_text:
        return redirect_303(request, _report_url(member, record))
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, record.number]))


@require_POST
@member_may(Right.SCREEN)
def not_mine(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """An author of one's name is somebody else: the card does not ask again."""
    round, record = _round(member, round_number), _record(member, number)
    head = record.head or record
    actions.say_not_mine(member=member, record=head)
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, head.number]))


@require_http_methods(["GET", "POST"])
@member_may(Right.SCREEN)
def my_words(request: HttpRequest, member: Member) -> HttpResponse:
    """One's own words to mark. ``?round=`` is the round one came from."""
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"words": member.words})
    came = request.GET.get("round", "")
    number = int(came) if came.isdecimal() and len(came) < 7 else 0
    round = ScreeningRound.objects.for_review(member.review).filter(number=number).first()
    back = reverse("screen", args=[member.review.slug, round.number]) if round else reverse("screening", args=[member.review.slug])
    if form.is_valid():
        actions.keep_words(member=member, words=form.cleaned_data["words"])
        return redirect_303(request, back)
    return page(request, "screening/decisions/words.html", {"form": form, "back": back}, status=422 if form.is_bound else 200)


@require_POST
@member_may(Right.SCREEN)
def note_save(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Keep one's note as it is now; sent by itself while one writes."""
    round, record = _round(member, round_number), _record(member, number)
    _same_person(request, member)
    if not queries.in_team(member, round):
        raise Invalid(_("Only the team of this round writes notes in it. Ask the owner to add you."))
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("A note holds at most 20,000 characters. Shorten it; it stays on this page until then."))
    actions.write_note(member=member, record=record, round=round, text=form.cleaned_data["note"])
    if wants_part(request):
        return HttpResponse(status=204)
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, record.number]))


@require_POST
@member_may(Right.SCREEN)
def abstract_paste(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Keep a pasted abstract for a record that came without one."""
    round, record = _round(member, round_number), _record(member, number)
    if (record.head or record).abstract:
        raise Invalid(_("This record has an abstract now. Load the page again to read it."))
    form = AbstractForm(request.POST)
    if not form.is_valid():
        return _page_of(request, member, round, record, paste=form, status=422)
    edit_field(member, record, "abstract", form.cleaned_data["abstract"])
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, (record.head or record).number]))


def _round(member: Member, number: int, *parts: str) -> ScreeningRound:
    rounds = ScreeningRound.objects.for_review(member.review).select_related(*(parts or ("stage", "rules", "criteria")))
    round = get_object_or_404(rounds, number=number)
    round.review = member.review
    return round


def _record(member: Member, number: int) -> Record:
    return get_object_or_404(Record.objects.for_review(member.review).select_related("head"), number=number)


def _voted_on(member: Member, number: int) -> Record:
    """Find the record of a vote: no more than what a vote needs of it, as a card reads the rest."""
    for record in Record.objects.raw(TO_VOTE, [member.review_id, number]):
        return record
    raise Http404


def _same_person(request: HttpRequest, member: Member) -> None:
    """Refuse what a page of somebody else sends: its votes wait on the device until that person has signed in again."""
    if request.POST.get("as", str(member.number)) != str(member.number):
        raise PermissionDenied(_("This page was opened by somebody else. Load it again."))


def _page_of(
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
    return _page(request, member, round, rows, waiting, refusal=refusal, paste=paste, status=status)


def _page(
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
    return page(request, PAGE, _of_cards(request, round) | context, status=status)


def _of_cards(request: HttpRequest, round: ScreeningRound) -> dict[str, Any]:
    """What every card is shown with."""
    return {
        "round": round,
        "verdicts": [verdict.value for verdict in verdicts_of(round.stage.kind)],
        "recusals": RecusalKind.choices,
        "marks_off": request.session.get(MARKS, False),
        "undo_key": uuid4().hex,
    }


def _after_check(request: HttpRequest, member: Member, round: ScreeningRound, said: str) -> HttpResponse:
    """After a self-check: say that it was one, and go on."""
    if wants_part(request):
        return page(request, "screening/decisions/_said.html", {"said": said})
    messages.info(request, said)
    return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))


def _answer(request: HttpRequest, member: Member, round: ScreeningRound, record: Record) -> HttpResponse:
    """After a vote was taken back: its card again."""
    head = record.head or record
    if round.stage.is_full_text:
        return redirect_303(request, _report_url(member, head))
    if wants_part(request):
        return _page_of(request, member, round, head)
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, head.number]))


def _refusal(error: DomainError, sent: dict[str, Any], note: str, reason_text: str) -> Refusal:
    kind = "refused"
    if isinstance(error, AnotherVoteCame):
        kind = "changed"
    elif isinstance(error, RoundClosed):
        kind = "closed"
    elif isinstance(error, WhyNeeded):
        kind = "why"
    return Refusal(kind, str(error), str(sent["verdict"]), sent["reason"], reason_text, note, sent["why"], uuid4().hex)


def _to_report(request: HttpRequest, member: Member, round: ScreeningRound) -> HttpResponse:
    """Full texts are read on the page of the report."""
    rows = queues.next_cards(member, round, n=1)
    if rows:
        return redirect_303(request, _report_url(member, rows[0].record))
    return redirect_303(request, reverse("fulltext", args=[member.review.slug]))


def _report_url(member: Member, record: Record) -> str:
    head = record.head or record
    report = Report.objects.for_review(member.review).filter(record__in=[head.pk, record.pk]).order_by("number").first()
    try:
        if report is not None:
            return reverse("report", args=[member.review.slug, report.number])
        return reverse("fulltext", args=[member.review.slug])
    except NoReverseMatch:
        return reverse("screening", args=[member.review.slug])


def _remember_marks(request: HttpRequest) -> None:
    """Keep for this session whether words are marked (``?marks=on`` or ``off``)."""
    if (asked := request.GET.get("marks")) in ("on", "off"):
        request.session[MARKS] = asked == "off"
