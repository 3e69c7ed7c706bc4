"""What somebody does on a card beside voting: hand it on, note, mark words, add an abstract."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web import keyset
from reviewapp.web.errors import Invalid
from reviewapp.web.shortcuts import page, redirect_303, wants_part
from screening.decisions import actions, card_page, queries
from screening.decisions.forms import AbstractForm, NoteForm, RecuseForm, WordsForm
from screening.models import ScreeningRound
from screening.records.actions import edit_field
from screening.vocabulary import RecusalKind


@require_POST
@member_may(Right.SCREEN)
def recuse(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """Hand a record to somebody else."""
    round, record = card_page.round_of(member, round_number), card_page.record_of(member, number)
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
    round, record = card_page.round_of(member, round_number), card_page.record_of(member, number)
    actions.unrecuse(member=member, record=record, round=round)
    if round.stage.is_full_text:
        return redirect_303(request, card_page.report_url(member, record))
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, record.number]))


@require_POST
@member_may(Right.SCREEN)
def not_mine(request: HttpRequest, member: Member, round_number: int, number: int) -> HttpResponse:
    """An author of one's name is somebody else: the card does not ask again."""
    round, record = card_page.round_of(member, round_number), card_page.record_of(member, number)
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
    round, record = card_page.round_of(member, round_number), card_page.record_of(member, number)
    card_page.same_person(request, member)
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
    round, record = card_page.round_of(member, round_number), card_page.record_of(member, number)
    if (record.head or record).abstract:
        raise Invalid(_("This record has an abstract now. Load the page again to read it."))
    form = AbstractForm(request.POST)
    if not form.is_valid():
        return card_page.page_of(request, member, round, record, paste=form, status=422)
    edit_field(member, record, "abstract", form.cleaned_data["abstract"])
    return redirect_303(request, reverse("screen_record", args=[member.review.slug, round.number, (record.head or record).number]))


@require_http_methods(["GET", "POST"])
@member_may(Right.SCREEN)
def add_reasons(request: HttpRequest, member: Member, round_number: int) -> HttpResponse:
    """Add reasons to one's own exclusions that have none: as many as one likes at a time, dated."""
    round = card_page.round_of(member, round_number)
    bare = queries.without_reason(member, round)
    if request.method == "POST":
        chosen = {name.removeprefix("reason-"): str(value) for name, value in request.POST.items() if name.startswith("reason-") and value}
        votes = {str(vote.record.number): vote for vote in bare} if chosen else {}
        for number, value in chosen.items():
            reasons = queries.reasons_named(round, [value])
            if number not in votes or not reasons:
                raise Invalid(_("This list changed meanwhile. Load the page again."))
            actions.add_reason(member=member, record=votes[number].record, round=round, reason=reasons[0])
        if chosen:
            said = ngettext("%(n)s reason is added, with today’s date.", "%(n)s reasons are added, with today’s date.", len(chosen))
            messages.success(request, said % {"n": len(chosen)})
        return redirect_303(request, reverse("add_reasons", args=[member.review.slug, round.number]))
    found = keyset.slice_of(request, bare, order=("record__number",))
    context = {"round": round, "slice": found, "choices": queries.choices(round), "n": bare.count()}
    return page(request, "screening/decisions/reasons.html", context)
