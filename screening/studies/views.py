"""Included studies: which reports belong to one investigation, and what it is called."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import Invalid
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import Report
from screening.studies import actions, queries
from screening.studies.forms import LinkForm, RenameForm
from screening.studies.queries import Row

CHANGE = (Right.APPRAISE, Right.MANAGE)


@require_safe
@member_may(Right.READ)
def studies(request: HttpRequest, member: Member) -> HttpResponse:
    """List the included studies with their reports."""
    found = queries.rows(member)
    return page(request, "screening/studies/studies.html", {"rows": found, "reports": sum(len(row.links) for row in found)})


@require_safe
@member_may(Right.READ)
def study(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show one study: its reports, and the ways to link, unlink and rename."""
    return _page(request, member, _row(member, number))


@require_POST
@member_may(*CHANGE)
def study_link(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Make a report one of the reports of this study."""
    row, report = _row(member, number), _sent(request, member)
    actions.link(member, report, row.study)
    sentence = _("Report %(n)s is a report of %(label)s now.") % {"n": report.number, "label": row.study.label}
    messages.success(request, sentence)
    return redirect_303(request, _url(member, number))


@require_POST
@member_may(*CHANGE)
def study_unlink(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Give a companion report a study of its own again."""
    row, report = _row(member, number), _sent(request, member)
    if report.pk not in {link.report_id for link in row.links}:
        raise Http404
    own = actions.unlink(member, report)
    messages.success(request, _("Report %(n)s stands as a study of its own: %(label)s.") % {"n": report.number, "label": own.label})
    return redirect_303(request, _url(member, number))


@require_POST
@member_may(*CHANGE)
def study_rename(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Give the study another label."""
    row = _row(member, number)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _page(request, member, row, form=form, status=422)
    try:
        actions.rename(member, row.study, form.cleaned_data["label"])
    except actions.CannotLink as error:
        form.add_error("label", str(error))
        return _page(request, member, row, form=form, status=error.status)
    return redirect_303(request, _url(member, number))


def _row(member: Member, number: int) -> Row:
    found = queries.row(member, number)
    if found is None:
        raise Http404
    return found


def _sent(request: HttpRequest, member: Member) -> Report:
    form = LinkForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(str(error) for errors in form.errors.values() for error in errors))
    found = queries.report(member, form.cleaned_data["report"])
    if found is None:
        raise Http404
    return found


def _url(member: Member, number: int) -> str:
    return reverse("study", args=[member.review.slug, number])


def _page(request: HttpRequest, member: Member, row: Row, *, form: RenameForm | None = None, status: int = 200) -> HttpResponse:
    may_change = bool(member.rights & set(CHANGE))
    context = {
        "row": row,
        "study": row.study,
        "form": form or RenameForm(initial={"label": row.study.label}),
        "may_change": may_change,
        "others": queries.others(member, row.study) if may_change else [],
    }
    return page(request, "screening/studies/study.html", context, status=status)
