"""Table 1 and the charts."""

from django.http import Http404, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from charting.reporting import download, queries, svg
from charting.reporting.download import TYPES
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import HtmxRequest, page


def title() -> str:
    """The title of Table 1."""
    return _("Table 1. Characteristics of the included studies")


@require_http_methods(["GET"])
@member_may(Right.READ)
def table1(request: HtmxRequest, member: Member) -> HttpResponse:
    """The studies that are charted, grouped by theme."""
    found = queries.table1(member)
    context = {
        "member": member, "review": member.review, "table": found, "title": title(), "may_export": member.may(Right.EXPORT),
        "width": len(found.columns) + 1, "may_manage": member.may(Right.MANAGE),
    }  # fmt: skip
    return page(request, "charting/reporting/table1.html", context)


@require_http_methods(["GET"])
@member_may(Right.EXPORT)
def table1_export(request: HtmxRequest, member: Member) -> HttpResponse:
    """Table 1 as a file (``?format=``): CSV and XLSX with every field, DOCX with the columns of the page."""
    form = request.GET.get("format", "csv")
    if form not in TYPES:
        raise Http404
    found = queries.table1(member)
    head, long, short = queries.export(found)
    notes = []
    if found.left_out:
        notes.append(
            ngettext(
                "%(n)s included study is not charted yet and not in this table.",
                "%(n)s included studies are not charted yet and not in this table.",
                found.left_out,
            )
            % {"n": found.left_out}
        )
    if form == "docx":
        head, long = [_("Study"), *(f.label for f in found.columns)], short
    answer: HttpResponse = download.answer(request, member, name="table-1", form=form, title=title(), head=head, rows=long, notes=notes)
    return answer


@require_http_methods(["GET"])
@member_may(Right.READ)
def charts(request: HtmxRequest, member: Member) -> HttpResponse:
    """Years, countries, designs, populations, designs by theme: each drawn, with the numbers beside."""
    found = queries.charts(member)
    figures = [
        (_("Years of publication"), svg.columns(found.years, _("Studies by year of publication")), found.years),
        (_("Countries"), svg.bars(found.countries, _("Studies by country")), found.countries),
        (_("Designs"), svg.bars(found.designs, _("Studies by research design")), found.designs),
        (_("Populations"), svg.bars(found.populations, _("Studies by population group")), found.populations),
    ]
    context = {
        "member": member, "review": member.review, "charts": found,
        "figures": [(name, mark_safe(drawn), counts, sum(c.n for c in counts)) for name, drawn, counts in figures],  # escaped in svg.py
        "heat": mark_safe(svg.heat_map(found.by_theme, _("Studies by research design and theme"))),
    }  # fmt: skip
    return page(request, "charting/reporting/charts.html", context)
