"""The screening page: one card at a time, by key, click or thumb; and the stage page that leads there."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError, Invalid
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening import visibility
from screening.decisions import actions, card_page, progress, queries, self_check
from screening.decisions.errors import AnotherVoteCame, RoundClosed, WhyNeeded
from screening.decisions.forms import NextForm, VoteForm
from screening.queues import queries as queues
from screening.vocabulary import Verdict


@require_safe
@member_may(Right.READ)
def screening(request: HttpRequest, member: Member) -> HttpResponse:
    """Title and abstract: one's rounds with the way in, or what one may know of them."""
    return page(request, "screening/decisions/screening.html", progress.stage_page(member))


@require_safe
@gzip_page
@member_may(Right.SCREEN)
def screen(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Show the next card of a round."""
    round = card_page.round_of(member, round_number)
    card_page.remember_marks(request)
    if round.stage.is_full_text:
        return card_page.to_report(request, member, round)
    waiting = queues.waiting_for(member, round)
    rows = queues.next_cards(member, round, n=1 + queries.AHEAD, waiting=waiting)
    return card_page.page_with(request, member, round, rows, waiting, mixed=True)


@require_safe
@gzip_page
@member_may(Right.SCREEN)
def screen_record(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Show the card of one record, voted on or not."""
    round = card_page.round_of(member, round_number)
    card_page.remember_marks(request)
    record = card_page.record_of(member, number)
    if record.head is not None:
        return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, record.head.number]))
    if round.stage.is_full_text:
        return redirect_303(request, card_page.report_url(member, record))
    return card_page.page_of(request, member, round, record)


@require_safe
@gzip_page
@member_may(Right.SCREEN)
def next_cards(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Bring a page with scripts the cards that follow, but for those it ``have``s; with ``line``, one's own numbers too.

    ``soon``: only the next few, as somebody waits for them.
    """
    round = card_page.round_of(member, round_number)
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
    return page(request, "screening/decisions/_more.html", card_page.of_cards(request, round) | context)


@require_POST
@gzip_page
@member_may(Right.SCREEN)
def vote(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Take a vote, or say why it was not taken with both votes to choose from.

    A page with scripts holds its next cards and counts along by itself: that the vote is kept is all it is told (``next_cards`` brings
    cards). Without scripts the next card follows.
    """
    round, record = card_page.round_of(member, round_number, "stage", "rules"), card_page.voted_on(member, number)
    card_page.same_person(request, member)
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
        return card_page.after_check(request, member, round, said)
    try:
        decision = actions.cast(
            member=member, record=record, round=round, verdict=Verdict(sent["verdict"]), key=sent["key"],
            seen=queries.seen_vote(member, round, sent["seen"]), reason=primary,
            further=[reason for reason in reasons if reason != primary] if primary else [], note=note, why=sent["why"], cast_at=sent["at"],
        )  # fmt: skip
    except DomainError as error:
        if sent["next"] == "report":
            raise
        refusal = card_page.refusal_of(error, sent, note, primary.text if primary else "")
        return card_page.page_of(request, member, round, record, refusal=refusal, status=error.status)
    if decision.superseded_at is None and (note or "note" in request.POST) and note != actions.my_note(member, record, round):
        actions.write_note(member=member, record=record, round=round, text=note)
    if sent["next"] == "report":
        return redirect_303(request, card_page.report_url(member, record))
    if wants_part(request):
        return HttpResponse(status=204)
    if sent["verdict"] == Verdict.WITHDRAWN:
        return card_page.card_again(request, member, round, record)
    return redirect_303(request, reverse("screen", args=[member.review.slug, round.number]))


@require_POST
@member_may(Right.SCREEN)
def undo(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Take back one's newest vote that stands, then the one before, and show its card again."""
    round = card_page.round_of(member, round_number)
    key = request.POST.get("key", "").replace("\x00", "")[:64] or uuid4().hex
    why = request.POST.get("why", "").replace("\x00", "")[:5000]
    done = visibility.decisions(member, round=round).filter(reviewer=member, key=key, verdict=Verdict.WITHDRAWN).first()
    if done is not None:  # the same click again
        return card_page.card_again(request, member, round, done.record)
    newest = queries.newest_vote(member, round)
    check = self_check.taken_back(member, round, key)
    for answered in self_check.last(member, round, 1):
        if newest is None or (answered.answered_at or newest.at) > newest.at:
            check = answered
    if check is not None:
        said = self_check.answer(member, check, verdict=Verdict.WITHDRAWN, reason=None, key=key)
        return card_page.after_check(request, member, round, said)
    if newest is None:
        raise Invalid(_("There is no vote of yours in this round to take back."))
    record = card_page.record_of(member, newest.number)
    try:
        actions.cast(
            member=member, record=record, round=round, verdict=Verdict.WITHDRAWN, key=key,
            seen=queries.seen_vote(member, round, newest.key), why=why,
        )  # fmt: skip
    except (WhyNeeded, RoundClosed, AnotherVoteCame) as error:
        refusal = card_page.refusal_of(error, {"verdict": Verdict.WITHDRAWN, "reason": "", "why": why}, "", "")
        return card_page.page_of(request, member, round, record, refusal=refusal, status=error.status)
    return card_page.card_again(request, member, round, record)
