"""Conflicts: the list and the room. Whoever a record is not open to finds nothing here, and cannot tell that there is something."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import Invalid
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303, say, wants_part
from screening import visibility
from screening.conflicts import actions, queries
from screening.conflicts import room as rooms
from screening.conflicts.forms import CriteriaNoteForm, MindForm, SettleForm
from screening.conflicts.queries import Filter
from screening.decisions import actions as decisions
from screening.decisions import queries as votes
from screening.models import Record, RoundRecord
from screening.outcomes import groups
from screening.stages import actions as stages
from screening.vocabulary import StudyStatus, Verdict

PAGE = "screening/conflicts/conflicts.html#part"
LISTED = 50


@require_safe
@member_may(Right.READ)
def conflicts(request: HttpRequest, member: Member) -> HttpResponse:
    """List the conflicts that are open to the member."""
    return _page(request, member, None, queries.filter_of(request.GET))


@require_safe
@member_may(Right.READ)
def conflict(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Show one conflict: the votes side by side, the talk, and the ways to end it."""
    row = _row(member, round_number, number)
    if row.record.number != number:
        return redirect_303(request, _url(member, row, queries.filter_of(request.GET)))
    return _page(request, member, row, queries.filter_of(request.GET))


@require_POST
@member_may(Right.SETTLE)
def propose(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Propose how the conflict ends."""
    row, sent = _row(member, round_number, number), _sent(request)
    actions.propose(
        member, row.record, row.round, verdict=_verdict(sent), reason=_reason(row, sent), rationale=sent["text"]
    )  # fmt: skip
    return _stay(request, member, row, _("Proposed. It becomes the final decision when the others who voted agree."))


@require_POST
@member_may(Right.SETTLE)
def agree(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Agree to the open proposal that the page showed."""
    row, sent = _row(member, round_number, number), _sent(request)
    proposal = next((p for p in visibility.talk(member, row)[0] if p.number == sent["proposal"]), None)
    if proposal is None:
        raise actions.CannotSettle(_("This proposal is not open any more. Load the page again."))
    following = queries.after(member, _filter(request), row)
    resolution = actions.agree(member, proposal)
    if sent["text"]:
        actions.say(member, row.record, row.round, text=sent["text"])
    if resolution is None:
        return _stay(request, member, row, _("You agree. It becomes the final decision when everybody else who voted does."))
    return _go_on(request, member, following, _settled(row, Verdict(resolution.verdict)))


@require_POST
@member_may(Right.SETTLE)
def withdraw_proposal(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Take one's proposal back."""
    row, sent = _row(member, round_number, number), _sent(request)
    proposal = next((p for p in visibility.talk(member, row)[0] if p.number == sent["proposal"]), None)
    if proposal is None:
        raise actions.CannotSettle(_("This proposal is not open any more. Load the page again."))
    actions.withdraw_proposal(member, proposal)
    return _stay(request, member, row, _("Your proposal is taken back."))


@require_POST
@member_may(Right.SETTLE)
def hand_on(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Hand the conflict to the third reviewer."""
    row, sent = _row(member, round_number, number), _sent(request)
    following = queries.after(member, _filter(request), row)
    actions.hand_on(member, row.record, row.round, rationale=sent["text"])
    return _go_on(request, member, following, _("Record %(number)s is handed to the third reviewer.") % {"number": row.record.number})


@require_POST
@member_may(Right.SETTLE)
def rule(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """End the conflict as the third reviewer."""
    row, sent = _row(member, round_number, number), _sent(request)
    following = queries.after(member, _filter(request), row)
    verdict = _verdict(sent)
    status = StudyStatus(sent["study_status"] or StudyStatus.INCLUDED) if verdict == Verdict.INCLUDE else StudyStatus.INCLUDED
    actions.rule(member, row.record, row.round, verdict=verdict, rationale=sent["text"], reason=_reason(row, sent), study_status=status)
    return _go_on(request, member, following, _settled(row, verdict))


@require_POST
@member_may(Right.SETTLE)
def say_something(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Add to the talk."""
    row, sent = _row(member, round_number, number), _sent(request)
    actions.say(member, row.record, row.round, text=sent["text"])
    return _stay(request, member, row, "")


@require_POST
@member_may(Right.SETTLE)
def reopen(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Take the final decision back: the record stands again as its votes say."""
    row, sent = _row(member, round_number, number), _sent(request)
    for resolution in _resolutions(member, row):
        actions.withdraw(member, resolution, why=sent["text"])
    return _stay(request, member, row, _("The final decision is taken back. The record stands as its votes say."))


@require_POST
@member_may(Right.SETTLE)
def confirm(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Let the final decision stand over a vote that changed after it."""
    row, sent = _row(member, round_number, number), _sent(request)
    following = queries.after(member, _filter(request), row)
    for resolution in _resolutions(member, row):
        actions.confirm(member, resolution, why=sent["text"])
    return _go_on(request, member, following, _("The final decision on record %(number)s stands.") % {"number": row.record.number})


@require_POST
@member_may(Right.SCREEN)
def change_mind(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Change one's own vote after the talk, with a why; it is marked as not independent."""
    row = _row(member, round_number, number)
    form = MindForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
    sent = form.cleaned_data
    reason = _reason(row, sent)
    mine = votes.my_votes_on(member, row.round, [row.record_id]).get(row.record_id)
    if mine is not None and mine.key != sent["key"] and (mine.verdict, mine.reason) == (sent["verdict"], reason.key if reason else ""):
        raise Invalid(_("This is the vote that stands already. Choose another one."))
    decisions.cast(
        member=member, record=row.record, round=row.round, verdict=Verdict(sent["verdict"]), key=sent["key"],
        seen=votes.seen_vote(member, row.round, sent["seen"]), reason=reason, why=sent["why"],
    )  # fmt: skip
    return _stay(request, member, row, _("Your vote is changed. It is marked as cast while the votes were open."))


@require_http_methods(["GET", "POST"])
@member_may(Right.SETTLE)
def criteria_note(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Make a note to the criteria of what was said about a record."""
    row = _row(member, round_number, number)
    room = rooms.room(member, row, queries.filter_of(request.GET))
    said = actions.anonymous(member, room.talk)[:2000]
    form = CriteriaNoteForm(request.POST if request.method == "POST" else None, initial={"text": said})
    if form.is_valid():
        stages.note_criteria(member, row.round, row.record, text=form.cleaned_data["text"])
        messages.success(request, _("The note stands beside the criteria."))
        return redirect_303(request, _url(member, row, _filter(request)))
    context = {"form": form, "room": room, "back": _url(member, row, _filter(request))}
    return page(request, "screening/conflicts/criteria_note.html", context, status=422 if form.is_bound else 200)


def _row(member: Member, round_number: int, number: int) -> RoundRecord:
    """Give the place of a record's group in a round, if it is open to the member; else there is nothing."""
    record = Record.objects.for_review(member.review).filter(number=number).first()
    rows = visibility.open_round_records(member).select_related(
        "record", "stage", "reason", "round__stage", "round__rules", "round__criteria", "round__review"
    )
    row: RoundRecord | None = None
    if record is not None:
        row = rows.filter(is_live=True, round__number=round_number, record_id=record.head_id or record.pk).first()
    if row is None:
        raise Http404
    return row


def _resolutions(member: Member, row: RoundRecord) -> list[Any]:
    ids = groups.member_ids(row.record)
    found = list(
        visibility.resolutions(member, record_ids=ids).filter(round=row.round, superseded_at=None).select_related("record", "round")
    )
    if not found:
        raise actions.CannotSettle(_("There is no final decision on this record any more. Load the page again."))
    return found


def _sent(request: HttpRequest) -> dict[str, Any]:
    form = SettleForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data


def _verdict(sent: dict[str, Any]) -> Verdict:
    if not sent["verdict"]:
        raise Invalid(_("Choose include or exclude."))
    return Verdict(sent["verdict"])


def _reason(row: RoundRecord, sent: dict[str, Any]) -> Any:
    if sent["verdict"] != Verdict.EXCLUDE or not sent["reason"]:
        return None
    found = rooms.reason_named(row.round, sent["reason"])
    if found is None:
        raise Invalid(_("This reason is not in the list any more. Load the page again."))
    return found


def _filter(request: HttpRequest) -> Filter:
    """The list the room was reached from, sent along by its forms."""
    return queries.filter_of(request.GET)


def _url(member: Member, row: RoundRecord, wanted: Filter) -> str:
    return reverse("conflict", args=[member.review.slug, row.round.number, row.record.number]) + wanted.query


def _settled(row: RoundRecord, verdict: Verdict) -> str:
    if verdict == Verdict.EXCLUDE:
        return _("Settled: record %(number)s is excluded.") % {"number": row.record.number}
    if row.round.stage.is_full_text:
        return _("Settled: record %(number)s is included.") % {"number": row.record.number}
    return _("Settled: record %(number)s goes to full text.") % {"number": row.record.number}


def _stay(request: HttpRequest, member: Member, row: RoundRecord, sentence: str) -> HttpResponse:
    """Show the same room again after something was added to it."""
    wanted = _filter(request)
    fresh = visibility.open_round_records(member).filter(pk=row.pk).exists()
    return _arrive(request, member, row if fresh else None, wanted, sentence)


def _go_on(request: HttpRequest, member: Member, following: RoundRecord | None, sentence: str) -> HttpResponse:
    """Show the next conflict of the list; after the last one the list itself says what comes next."""
    return _arrive(request, member, following, _filter(request), sentence)


def _arrive(request: HttpRequest, member: Member, row: RoundRecord | None, wanted: Filter, sentence: str) -> HttpResponse:
    url = _url(member, row, wanted) if row else reverse("conflicts", args=[member.review.slug]) + wanted.query
    if not wants_part(request):
        if sentence:
            messages.success(request, sentence)
        return redirect_303(request, url)
    fresh = _row(member, row.round.number, row.record.number) if row else None
    response = _page(request, member, fresh, wanted)
    response["HX-Push-Url"] = url
    return say(response, sentence, toast=True) if sentence else response


def _page(request: HttpRequest, member: Member, row: RoundRecord | None, wanted: Filter) -> HttpResponse:
    mine = queries.for_me(member)
    rows = queries.rows_of(member, wanted, mine).select_related("record", "round__rules", "round__stage")
    part = slice_of(request, rows, order=queries.ORDER, size=LISTED)
    lists, kinds = queries.tabs(member, wanted, mine)
    room = rooms.room(member, row, wanted) if row is not None else None
    if room is not None and any(not card.is_mine for card in room.cards):
        visibility.note_opened(member, room.row)
    if room is not None and room.messages:
        actions.see_mentions(member, room.row)
    context = {
        "wanted": wanted,
        "lists": lists,
        "kinds": kinds,
        "slice": part,
        "list_url": reverse("conflicts", args=[member.review.slug]),
        "items": queries.items(member, part.items),
        "room": room,
        "first": part.items[0] if part.items else None,
        "statuses": StudyStatus.choices,
        "settles": member.may(Right.SETTLE),
    }
    return page(request, PAGE, context)
