"""Pages of the classification table."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from charting import queries as reads
from charting.classification_table import actions, queries, setup
from charting.classification_table.forms import RatingForm, RuleForm, ScaleForm
from charting.classification_table.queries import Cells, Row, Table
from charting.errors import Changed, Invalid
from charting.reporting import download
from charting.vocabulary import VALUES
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.keyset import slice_of_list
from reviewapp.web.shortcuts import HtmxRequest, page, redirect_303, wants_part
from screening.models import Report

TABLE = "charting/classification/table.html"
OWN, AGREED = "own", "agreed"
#: Parts of an address that say which rows the page shows.
KEPT = ("show", "at", "after", "before")
LISTED = 100


@dataclass(frozen=True)
class Choice:
    """The cell that the side panel shows. ``typed`` and ``problem`` stand when a save was refused."""

    row: Row
    cells: Cells
    who: str
    typed: dict[str, Any] | None = None
    problem: str = ""

    @property
    def value(self) -> int | None:
        if self.typed is not None:
            value: int | None = self.typed["value"]
            return value
        row = self.cells.own if self.who == OWN else self.cells.agreed
        return row.value if row else None

    @property
    def note(self) -> str:
        if self.typed is not None:
            return str(self.typed["note"])
        row = self.cells.own if self.who == OWN else self.cells.agreed
        return row.note if row else ""

    @property
    def seen(self) -> int:
        return self.cells.agreed.version if self.cells.agreed else 0


@require_http_methods(["GET"])
@member_may(Right.READ)
def classification(request: HtmxRequest, member: Member) -> HttpResponse:
    """The table; an htmx request gets the side panel of one cell."""
    table = queries.table(member)
    return page(request, f"{TABLE}#cell-panel", _context(request, table, _chosen(table, request.GET)))


def _context(request: HtmxRequest, table: Table, chosen: Choice | None) -> dict[str, Any]:
    member, review = table.member, table.member.review
    asked = _asked(request)
    show, at = asked.get("show", ""), _at(asked.get("at", ""))
    shown = table.shown(show, at)
    part = slice_of_list(asked, shown, key=lambda row: row.place, size=LISTED, holding=chosen.row if chosen else None)
    return {
        "member": member,
        "review": review,
        "table": table,
        "chosen": chosen,
        "keep": f"&{asked.urlencode()}" if asked else "",
        "rows": part.items,
        "slice": part,
        "shown": len(shown),
        "show": show,
        "at": at,
        "here": reverse("classification", args=[review.slug]),
        "may_export": member.may(Right.EXPORT),
        "may_manage": member.may(Right.MANAGE),
        "heads": [{"member": r, "sign": queries.sign(r), "is_me": r.pk == member.pk} for r in table.raters],
        "figures": [(scale, table.figures.get(scale.pk)) for scale in table.scales],
        "width": len(table.raters) + 2,
        "grounds": _grounds(table),
    }


def _asked(request: HtmxRequest) -> QueryDict:
    """What the address of the page asks for (a tab, or a cell of the matrix; a part of the list), also when a part of it answers."""
    address = urlsplit(request.htmx.current_url or "").query if wants_part(request) else ""
    sent = QueryDict(address) if address else request.GET
    found = QueryDict(mutable=True)
    for name in KEPT:
        if sent.get(name):
            found[name] = sent[name]
    return found


def _grounds(table: Table) -> list[tuple[int, str]]:
    found = {(row.advice.place, str(row.advice.ground.label)) for row in table.rows if row.advice.place}
    return sorted(found)


def _at(text: str) -> tuple[int, int] | None:
    """Read a cell of the matrix from the address (``3-2``); None where it is none."""
    parts = text.split("-")
    if len(parts) == 2 and all(part.isdigit() and int(part) in VALUES for part in parts):
        return int(parts[0]), int(parts[1])
    return None


def _chosen(table: Table, wanted: Any, *, typed: dict[str, Any] | None = None, problem: str = "") -> Choice | None:
    number = str(wanted.get("report", ""))
    row = table.row(int(number)) if number.isdigit() and len(number) < 10 else None
    cells = row.on(str(wanted.get("scale", ""))) if row else None
    if row is None or cells is None:
        return None
    who = OWN if wanted.get("who") == OWN and table.rates else AGREED
    return Choice(row, cells, who, typed, problem)


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def rating_save(request: HtmxRequest, member: Member) -> HttpResponse:
    """Keep one's own rating of one cell."""
    sent = _sent(request)
    report = _report(member, sent)
    note = sent["note"] if "note" in request.POST else _standing_note(member, sent, OWN)
    actions.rate(member=member, report=report, scale=sent["scale"], value=sent["value"], note=note)
    return _after(request, member, sent | {"who": OWN})


@require_http_methods(["POST"])
@member_may(Right.APPRAISE)
def rating_agree(request: HtmxRequest, member: Member) -> HttpResponse:
    """Keep the agreed value of one cell; what somebody else set meanwhile is shown beside what was typed."""
    sent = _sent(request)
    report = _report(member, sent)
    note = sent["note"] if "note" in request.POST else _standing_note(member, sent, AGREED)
    try:
        actions.agree(member=member, report=report, scale=sent["scale"], value=sent["value"], note=note, seen=sent["seen"])
    except Changed as error:
        table = queries.table(member)
        chosen = _chosen(table, sent | {"who": AGREED}, typed={"value": sent["value"], "note": note}, problem=str(error))
        return page(request, f"{TABLE}#saved", _context(request, table, chosen), status=error.status)
    return _after(request, member, sent | {"who": AGREED})


def _sent(request: HtmxRequest) -> dict[str, Any]:
    form = RatingForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("A rating is 0, 1, 2 or 3."))
    return dict(form.cleaned_data)


def _report(member: Member, sent: dict[str, Any]) -> Report:
    """Any report that the member may know of: one not here yet, or a paused one of theirs, is refused with a sentence by the action."""
    report: Report = get_object_or_404(Report.objects.for_review(member.review).select_related("record"), number=sent["report"])
    if not reads.known(member).filter(pk=report.pk).exists():
        raise Http404
    return report


def _standing_note(member: Member, sent: dict[str, Any], who: str) -> str:
    chosen = _chosen(queries.table(member), sent | {"who": who})
    return chosen.note if chosen else ""


def _after(request: HtmxRequest, member: Member, place: dict[str, Any]) -> HttpResponse:
    if not wants_part(request):
        query = urlencode({name: place[name] for name in ("report", "scale", "who")})
        return redirect_303(request, f"{reverse('classification', args=[member.review.slug])}?{query}#cell-panel")
    table = queries.table(member)
    return page(request, f"{TABLE}#saved", _context(request, table, _chosen(table, place)))


# --- setting up ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def classification_rules(request: HtmxRequest, member: Member) -> HttpResponse:
    """The suggestion rule, the scales and their anchors."""
    scales, version = setup.scales(member.review), setup.rule_version(member.review)
    form = RuleForm(request.POST if request.method == "POST" else None, scales=scales, version=version)
    if form.is_valid():
        actions.set_rule(
            member=member, minimums=form.minimums, discuss_near=form.cleaned_data["discuss_near"], is_gate=form.cleaned_data["is_gate"]
        )
        return redirect_303(request, request.path)
    return _rules_page(request, member, rule_form=form)


@require_http_methods(["POST"])
@member_may(Right.MANAGE)
def scale_save(request: HtmxRequest, member: Member, key: str = "") -> HttpResponse:
    """Change a scale, or add one (without a key)."""
    form = ScaleForm(request.POST, prefix=key or "new")
    if not form.is_valid():
        return _rules_page(request, member, scale_form=form, key=key)
    if key:
        actions.set_scale(member=member, key=key, name=form.cleaned_data["name"], anchors=form.anchors)
    else:
        actions.add_scale(member=member, name=form.cleaned_data["name"], anchors=form.anchors)
    return redirect_303(request, reverse("classification_rules", args=[member.review.slug]))


@require_http_methods(["POST"])
@member_may(Right.MANAGE)
def scale_retire(request: HtmxRequest, member: Member, key: str) -> HttpResponse:
    """Take a further scale out of the table."""
    actions.retire_scale(member=member, key=key)
    return redirect_303(request, reverse("classification_rules", args=[member.review.slug]))


def _rules_page(
    request: HtmxRequest, member: Member, *, rule_form: RuleForm | None = None, scale_form: ScaleForm | None = None, key: str = ""
) -> HttpResponse:
    scales, version = setup.scales(member.review), setup.rule_version(member.review)
    forms = [(s, scale_form if scale_form and key == s.key else ScaleForm(scale=s, prefix=s.key), i > 1) for i, s in enumerate(scales)]
    context = {
        "member": member,
        "review": member.review,
        "rule_form": rule_form or RuleForm(scales=scales, version=version),
        "scale_forms": forms,
        "new_form": scale_form if scale_form and not key else ScaleForm(prefix="new"),
        "new_open": scale_form is not None and not key,
        "version": version,
        "versions": queries.rule_versions(member),
        "may_add": len(scales) < actions.MOST_SCALES,
    }
    failed = (rule_form is not None and rule_form.is_bound) or scale_form is not None
    return page(request, "charting/classification/rules.html", context, status=422 if failed else 200)


@require_http_methods(["GET"])
@member_may(Right.EXPORT)
def classification_export(request: HtmxRequest, member: Member) -> HttpResponse:
    """The table as a file: what this member may read."""
    table = queries.table(member)
    head, rows = queries.export_rows(table)
    scales = "; ".join(f"{s.name}: " + ", ".join(f"{a['value']} {a['text']}" for a in s.anchors) for s in table.scales)
    form = request.GET.get("format", "csv")
    answer: HttpResponse = download.answer(
        request, member, name="classification-table", form=form, title=_("Classification table"), head=head, rows=rows, notes=[scales]
    )
    return answer
