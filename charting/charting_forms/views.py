"""Pages of charting."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from charting import queries as reads
from charting.charting_forms import actions, queries, setup
from charting.charting_forms.forms import NEW_ROWS, AnswerForm, read_rows
from charting.charting_forms.queries import Cell, Sheet
from charting.errors import Changed, Invalid
from charting.vocabulary import FieldKind, Mode
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import HtmxRequest, page, redirect_303, wants_part
from screening.models import Study

STUDY = "charting/charting/study.html"


@require_http_methods(["GET"])
@member_may(Right.READ)
def charting(request: HtmxRequest, member: Member) -> HttpResponse:
    """The list of studies and where each stands."""
    return page(request, STUDY, _context(member))


@require_http_methods(["GET"])
@member_may(Right.READ)
def study_chart(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """The form of one study; an htmx request with ``?field=`` gets that field as it stands."""
    sheet = queries.sheet(member, _study(member, number))
    cell = sheet.cell(request.GET.get("field", ""))
    if wants_part(request) and cell is not None:
        return page(request, f"{STUDY}#cell", _part(member, sheet, cell))
    return page(request, STUDY, _context(member, sheet))


def _study(member: Member, number: int) -> Study:
    study: Study = get_object_or_404(reads.studies_for(member), number=number)
    return study


def _context(member: Member, sheet: Sheet | None = None) -> dict[str, Any]:
    studies = queries.studies(member)
    context = {
        "member": member, "review": member.review, "studies": studies, "sheet": sheet, "form_version": studies.form,
        "may_manage": member.may(Right.MANAGE), "may_chart": member.may(Right.APPRAISE),
    }  # fmt: skip
    if sheet is not None:
        context["next"] = studies.after(sheet.study)
    return context


def _part(member: Member, sheet: Sheet, cell: Cell) -> dict[str, Any]:
    return _context(member, sheet) | {"cell": cell}


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def answer_save(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Keep one answer. What somebody else wrote meanwhile is shown beside what was typed (409)."""
    study = _study(member, number)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("This answer does not fit: a quote has at most 8,000 characters, a page 40."))
    sent = form.cleaned_data | {"value": "\n".join(request.POST.getlist("value"))}
    try:
        actions.answer(
            member=member, study=study, field_key=sent["field"], value=sent["value"], quote=sent["quote"], page=sent["page"],
            seen=sent["seen"], kind=sent["kind"] or None,
        )  # fmt: skip
    except Changed as error:
        return _not_kept(request, member, study, sent, error, clash=error.current)
    except Invalid as error:
        return _not_kept(request, member, study, sent, error)
    if not wants_part(request):
        return redirect_303(request, f"{_url(member, study)}#cell-{sent['field']}")
    sheet = queries.sheet(member, study)
    cell = sheet.cell(sent["field"])
    return page(request, f"{STUDY}#saved", _context(member, sheet) | {"cell": cell})


def _not_kept(request: HtmxRequest, member: Member, study: Study, sent: dict[str, Any], error: Any, clash: Any = None) -> HttpResponse:
    """Show the field again with what was typed and the sentence that says why it is not kept."""
    sheet = queries.sheet(member, study)
    cell = sheet.cell(sent["field"])
    if cell is None:
        raise error
    cell = replace(cell, typed=sent, clash=clash, problem=str(error))
    sheet = replace(sheet, cells=tuple(cell if one.field.key == cell.field.key else one for one in sheet.cells))
    return page(request, f"{STUDY}#meta", _context(member, sheet) | {"cell": cell}, status=error.status)


def _url(member: Member, study: Study) -> str:
    return reverse("study_chart", args=[member.review.slug, study.number])


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def study_charted(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Say that the study is charted."""
    study = _study(member, number)
    actions.chart(member=member, study=study)
    return redirect_303(request, _url(member, study))


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def study_verify(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Say that the study's answers, as this page showed them, are right."""
    study = _study(member, number)
    seen = request.POST.get("seen", "")
    actions.verify(member=member, study=study, seen=int(seen) if seen.isdigit() and len(seen) < 9 else None)
    following = queries.studies(member).after(study)
    return redirect_303(request, _url(member, following.study if following and "next" in request.POST else study))


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def study_take_back(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Take back one's own word that the study is charted or verified."""
    study = _study(member, number)
    actions.take_back(member=member, study=study)
    return redirect_303(request, _url(member, study))


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def charting_form(request: HtmxRequest, member: Member) -> HttpResponse:
    """The editor of the form: publishing makes the next version."""
    version = setup.form(member.review)
    fields = list(setup.fields(version))
    problem, status = "", 200
    mode = str(version.mode)
    if request.method == "POST":
        mode = request.POST.get("mode", mode)
        rows = min(
            int(request.POST.get("rows", "0") or 0) if request.POST.get("rows", "0").isdigit() else 0, actions.MOST_FIELDS + NEW_ROWS
        )
        sent = read_rows(request.POST, rows, fields)
        try:
            actions.publish_form(member=member, fields=sent, mode=mode, why=request.POST.get("why", "").replace("\x00", ""))
            return redirect_303(request, request.path)
        except (Invalid, Changed) as error:
            problem, status, fields = str(error), error.status, sent
    context = {
        "member": member, "review": member.review, "version": version, "versions": queries.versions(member), "problem": problem,
        "rows": [*fields, *[None] * NEW_ROWS], "kinds": FieldKind.choices, "modes": Mode.choices, "mode": mode,
        "numbers": [f for f in fields if f.kind == FieldKind.NUMBER], "n_rows": len(fields) + NEW_ROWS, "fields": fields,
    }  # fmt: skip
    return page(request, "charting/charting/form.html", context, status=status)
