"""Pages of themes."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from charting import queries as reads
from charting.errors import Invalid, Refused
from charting.models import Theme
from charting.themes import actions, queries
from charting.themes.forms import PlacementForm, ThemeForm
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import HtmxRequest, page, redirect_303, wants_part
from screening.models import Study

THEMES = "charting/themes/themes.html"


@require_http_methods(["GET"])
@member_may(Right.READ)
def themes(request: HtmxRequest, member: Member) -> HttpResponse:
    """The code book, and which study stands where."""
    number = request.GET.get("study", "")
    return page(request, THEMES, _context(member, int(number) if number.isdigit() and len(number) < 9 else None))


def _context(member: Member, study: int | None = None) -> dict[str, Any]:
    book = queries.code_book(member)
    return {
        "member": member, "review": member.review, "book": book, "chosen": book.line(study) if study else None,
        "may_place": member.may(Right.APPRAISE),
    }  # fmt: skip


def _back(request: HtmxRequest, member: Member, study: Study | None = None) -> HttpResponse:
    if study is not None and wants_part(request):
        return page(request, f"{THEMES}#board", _context(member, study.number))
    url = reverse("themes", args=[member.review.slug])
    return redirect_303(request, f"{url}?study={study.number}#place-panel" if study else url)


@require_http_methods(["GET", "POST"])
@member_may(Right.APPRAISE)
def theme_new(request: HtmxRequest, member: Member) -> HttpResponse:
    """Add a theme."""
    form = ThemeForm(request.POST if request.method == "POST" else None, themes=queries.live_themes(member.review))
    if form.is_valid():
        actions.create_theme(member=member, **form.values)
        return _back(request, member)
    return _theme_page(request, member, form)


@require_http_methods(["GET", "POST"])
@member_may(Right.APPRAISE)
def theme_edit(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Rename a theme, write its memo, move it."""
    theme = _theme(member, number)
    form = ThemeForm(request.POST if request.method == "POST" else None, themes=queries.live_themes(member.review), theme=theme)
    if form.is_valid():
        actions.edit_theme(member=member, theme=theme, **form.values)
        return _back(request, member)
    return _theme_page(request, member, form, theme)


def _theme_page(request: HtmxRequest, member: Member, form: ThemeForm, theme: Theme | None = None) -> HttpResponse:
    others = [t for t in form.themes.values() if theme is not None]
    context = {"member": member, "review": member.review, "form": form, "theme": theme, "others": others}
    return page(request, "charting/themes/theme.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def theme_shift(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Move a theme one place up or down among its siblings."""
    actions.shift_theme(member=member, theme=_theme(member, number), up=request.POST.get("to") == "up")
    return redirect_303(request, reverse("theme_edit", args=[member.review.slug, number]))


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def theme_retire(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Take an empty theme out of the code book."""
    actions.retire_theme(member=member, theme=_theme(member, number))
    return _back(request, member)


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def theme_merge(request: HtmxRequest, member: Member, number: int) -> HttpResponse:
    """Merge a theme into another."""
    into = request.POST.get("into", "")
    if not into.isdigit() or len(into) > 8:
        raise Invalid(_("Choose the theme that takes the studies."))
    why = request.POST.get("why", "").replace("\x00", "")
    actions.merge_theme(member=member, theme=_theme(member, number), into=_theme(member, int(into)), why=why)
    return _back(request, member)


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def placement_save(request: HtmxRequest, member: Member) -> HttpResponse:
    """Place a study under a theme."""
    study, theme, sent = _place(request, member)
    actions.place(member=member, study=study, theme=theme, primary=sent["primary"], why=sent["why"])
    return _back(request, member, study)


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def placement_undo(request: HtmxRequest, member: Member) -> HttpResponse:
    """Take a study from under a theme."""
    study, theme, sent = _place(request, member)
    if actions.unplace(member=member, study=study, theme=theme, why=sent["why"]) is None:
        raise Refused(_("%(study)s does not stand under %(theme)s any more.") % {"study": study, "theme": theme})
    return _back(request, member, study)


def _place(request: HtmxRequest, member: Member) -> tuple[Study, Theme, dict[str, Any]]:
    form = PlacementForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose a study and a theme."))
    study: Study = get_object_or_404(reads.studies_for(member), number=form.cleaned_data["study"])
    return study, _theme(member, form.cleaned_data["theme"]), form.cleaned_data


def _theme(member: Member, number: int) -> Theme:
    theme: Theme | None = Theme.objects.for_review(member.review).select_related("parent", "review").filter(number=number).first()
    if theme is None:
        raise Http404
    return theme
