"""Many conflicts on one page: the agenda of a meeting, those that look alike, and the way back."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp.audit import actions as audit
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import Invalid
from reviewapp.web.shortcuts import page, redirect_303
from screening import visibility
from screening.conflicts import meeting as meetings
from screening.conflicts import room as rooms
from screening.conflicts import together as alike
from screening.conflicts.forms import TogetherForm
from screening.vocabulary import Verdict

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@member_may(Right.READ)
def meeting(request: HttpRequest, member: Member) -> HttpResponse:
    """The agenda of a meeting, to print or to take along."""
    found = meetings.agenda(member)
    visibility.note_all_opened(member, found.shown)
    return page(request, "screening/conflicts/meeting.html", {"agenda": found, "may_export": member.may(Right.EXPORT)})


@require_safe
@member_may(Right.EXPORT)
def meeting_file(request: HttpRequest, member: Member) -> HttpResponse:
    """The agenda as a Word document."""
    found = meetings.agenda(member)
    visibility.note_all_opened(member, found.shown)
    content = meetings.as_docx(_("Agenda: %(title)s") % {"title": member.review.title}, found)
    audit.note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    answer = HttpResponse(content, content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="agenda-{member.review.slug}.docx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "POST"])
@member_may(Right.SETTLE)
def together(request: HttpRequest, member: Member) -> HttpResponse:
    """Conflicts that look alike: the groups, the records of one group, and one act on all that are chosen."""
    asked = "alike" in request.GET
    found = alike.find(member, request.GET.get("round", ""), request.GET.get("alike", "")) if asked else None
    if request.method == "POST":
        return _end(request, member, found)
    context = {
        "groups": alike.groups(member), "group": found, "gone": asked and found is None, "at_once": alike.AT_ONCE,
        "reasons": list(enumerate(found.round.criteria.reasons, start=1)) if found is not None else [],
    }  # fmt: skip
    if found is not None:
        visibility.note_all_opened(member, found.shown)
    return page(request, "screening/conflicts/together.html", context)


def _end(request: HttpRequest, member: Member, group: alike.Group | None) -> HttpResponse:
    if group is None:
        raise Invalid(_("These conflicts are not open any more, or their votes changed. Load the page again."))
    form = TogetherForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
    sent = form.cleaned_data
    verdict = Verdict(sent["verdict"]) if sent["verdict"] else None
    if verdict is None and group.act != alike.AGREE:
        raise Invalid(_("Choose include or exclude."))
    reason = rooms.reason_named(group.round, sent["reason"]) if verdict == Verdict.EXCLUDE and sent["reason"] else None
    done = alike.end(member, group, _numbers(request.POST.getlist("record")), verdict=verdict, reason=reason, why=sent["text"])
    n = len(done.records)
    said = {
        alike.PROPOSE: ngettext("Proposed on %(n)s record.", "Proposed on %(n)s records.", n),
        alike.RULE: ngettext("Settled: %(n)s record.", "Settled: %(n)s records.", n),
        alike.AGREE: ngettext("Agreed on %(n)s record.", "Agreed on %(n)s records.", n),
    }
    return _told(request, member, done, said[group.act] % {"n": f"{n:,}"})


@require_http_methods(["GET", "POST"])
@member_may(Right.SETTLE)
def together_back(request: HttpRequest, member: Member) -> HttpResponse:
    """The way back: one's own proposals and final decisions that stand, to take back many of them with one why."""
    numbers = _numbers(request.GET.get("records", "").split(","))
    found = alike.to_take_back(member, numbers=numbers)
    if request.method == "POST":
        form = TogetherForm(request.POST)
        if not form.is_valid():
            raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
        wanted = set(request.POST.getlist("record"))
        chosen = [one for one in found if f"{one.row.round.number}-{one.row.record.number}" in wanted]
        if not chosen:
            raise Invalid(_("Choose the records first: tick them in the list."))
        if len(chosen) > alike.AT_ONCE:
            raise Invalid(_("At most %(n)s records at once.") % {"n": alike.AT_ONCE})
        done = alike.take_back(member, chosen, why=form.cleaned_data["text"])
        n = len(done.records)
        said = ngettext(
            "Taken back on %(n)s record. It stands as its votes say.", "Taken back on %(n)s records. They stand as their votes say.", n
        )
        return _told(request, member, done, said % {"n": f"{n:,}"}, back=False)
    context = {"found": found[: alike.AT_ONCE], "n": len(found), "named": bool(numbers), "at_once": alike.AT_ONCE}
    return page(request, "screening/conflicts/together_back.html", context)


def _told(request: HttpRequest, member: Member, done: alike.Done, sentence: str, *, back: bool = True) -> HttpResponse:
    """Say what was done and what was not, and go to where it can be taken back."""
    if done.records:
        messages.success(request, sentence)
    for number, why in done.refused[:10]:
        messages.warning(request, _("Record %(number)s was left: %(why)s") % {"number": f"{number:,}", "why": why})
    slug = member.review.slug
    if back and done.records:
        return redirect_303(request, f"{reverse('conflicts_back', args=[slug])}?records={','.join(map(str, done.records))}")
    return redirect_303(request, reverse("conflicts_together" if back else "conflicts_back", args=[slug]))


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
