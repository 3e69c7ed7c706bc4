"""The report: PRISMA, agreement, exports, frozen numbers, methods."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.audit import actions as audit
from reviewapp.db.moment import one_moment
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import DeclaredCount, SearchRound, Snapshot
from screening.reporting import actions, lists, methods_text
from screening.reporting import exports as files
from screening.reporting import snapshots as frozen
from screening.reporting.agreement import chart, self_check
from screening.reporting.agreement import report as agreements
from screening.reporting.forms import DeclaredForm, SnapshotForm
from screening.reporting.prisma import behind, figure, interop, queries, rounds, rules
from screening.reporting.rows import Rows
from screening.writers import csv_table

TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8", "json": "application/json"}

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class NoPicture(DomainError):
    """The server has no font to draw with."""

    status = 422


# ------------------------------------------------------------------------------------------------ PRISMA
@require_safe
@member_may(Right.READ)
def prisma(request: HttpRequest, member: Member) -> HttpResponse:
    """The figure, with a way to the records behind each number."""
    with one_moment():
        search_round, updated = _asked(request, member)
        flow = _flow(member, search_round, updated)
        all_rounds = list(SearchRound.objects.for_review(member.review))
        declared = list(DeclaredCount.objects.for_review(member.review).filter(withdrawn_at=None).select_related("by__review", "by__user"))
    slug = member.review.slug
    context = {
        "flow": flow,
        "empty": not flow.counts["database_results"] and not flow.counts["register_results"] and not flow.with_other,
        "svg": _svg(figure.svg(flow, links=behind.links(flow, slug, search_round), for_screen=True)),
        "said": figure.as_list(flow),
        "search_round": search_round,
        "updated": updated,
        "search_rounds": all_rounds,
        "waits": behind.waiting_links(flow, slug, search_round),
        "declared": declared if search_round is None else [],
        "query": _query(search_round, updated),
        "may_export": member.may(Right.EXPORT),
        "may_manage": member.may(Right.MANAGE),
        "tab": "prisma",
    }
    return page(request, "screening/reporting/prisma.html", context)


def _svg(text: str) -> SafeString:
    """The one place where the report hands markup to a template: figure.svg has escaped every text in it (tests/screening/reporting)."""
    return mark_safe(text)


def _asked(request: HttpRequest, member: Member) -> tuple[SearchRound | None, bool]:
    """Give the search round of the address, and whether the updated template is wanted; 404 for a round that is not there."""
    number = request.GET.get("search_round", "")
    if not number:
        return None, False
    if not (number.isdecimal() and len(number) < 9):
        raise Http404
    found = SearchRound.objects.for_review(member.review).filter(number=int(number)).first()
    if found is None:
        raise Http404
    return found, request.GET.get("template") == "updated"


def _query(search_round: SearchRound | None, updated: bool) -> str:
    if search_round is None:
        return ""
    return f"?search_round={search_round.number}" + ("&template=updated" if updated else "")


def _flow(member: Member, search_round: SearchRound | None, updated: bool) -> rules.Flow:
    if search_round is not None and updated:
        return rules.flow(queries.updated(member.review, search_round, member=member))
    return rules.flow(queries.facts_for(member, search_round=search_round))


@require_safe
@member_may(Right.READ)
def prisma_rounds(request: HttpRequest, member: Member) -> HttpResponse:
    """The numbers of each search round beside one another."""
    with one_moment():
        table = rounds.table(member)
    return page(request, "screening/reporting/prisma_rounds.html", {"table": table, "tab": "prisma"})


@require_safe
@member_may(Right.READ)
def prisma_records(request: HttpRequest, member: Member, key: str) -> HttpResponse:
    """The records that one number counts."""
    if key not in behind.KEYS:
        raise Http404
    with one_moment():
        search_round, _updated = _asked(request, member)
        gathered = queries.Gathered(member.review, member=member, search_round=search_round)
        gathered.facts()
        found = behind.behind(gathered, key, request.GET.get("part", "")[:300])
        shown = lists.slice_of_numbers(request, member.review, found.numbers)
    context = {
        "found": found,
        "slice": shown,
        "search_round": search_round,
        "back": reverse("prisma", args=[member.review.slug]),
        "tab": "prisma",
    }
    return page(request, "screening/reporting/records.html", context)


@require_safe
@member_may(Right.EXPORT)
def prisma_file(request: HttpRequest, member: Member, format: str) -> HttpResponse:
    """The figure as a file: svg, png, csv (for the PRISMA2020 R package), json."""
    if format not in TYPES:
        raise Http404
    with one_moment():
        flow = _flow(member, *_asked(request, member))
    try:
        content = _written(flow, format)
    except figure.NoFont as error:
        raise NoPicture(str(error)) from error
    audit.note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    return attachment(content, f"prisma-{member.review.slug}.{format}", TYPES[format])


def _written(flow: rules.Flow, format: str) -> bytes:
    match format:
        case "csv":
            return interop.as_csv(flow).encode()
        case "json":
            return json.dumps(interop.as_json(flow), ensure_ascii=False, indent=1).encode()
        case "png":
            return figure.png(figure.svg(flow, for_screen=False))
        case _:
            return figure.svg(flow, for_screen=False).encode()


def attachment(content: bytes, filename: str, type: str) -> HttpResponse:
    """Answer with a file to keep; slugs and sets are plain letters, so the name needs no quoting."""
    answer = HttpResponse(content, content_type=type)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ------------------------------------------------------------------------------------------------ agreement
@require_safe
@member_may(Right.READ)
def agreement(request: HttpRequest, member: Member) -> HttpResponse:
    """How far the reviewers agreed, on the records that are open to this member."""
    with one_moment():
        found = agreements.report(member.review, member=member)
    context = {"stages": found, "any": any(line.pairs for stage in found for line in stage.lines), "tab": "agreement"}
    context["own"] = self_check.own(member)
    return page(request, "screening/reporting/agreement.html", context | {"may_export": member.may(Right.EXPORT)})


@require_safe
@member_may(Right.READ)
def agreement_records(request: HttpRequest, member: Member) -> HttpResponse:
    """The records of one cell of a 2 × 2 table; without one named, back to the tables."""
    if "cell" not in request.GET:
        return redirect_303(request, reverse("agreement", args=[member.review.slug]))
    cell = request.GET.get("cell", "")
    with one_moment():
        stages = agreements.report(member.review, member=member)
        named = agreements.find(stages, request.GET.dict())
        if named is None or cell not in agreements.CELLS:
            raise Http404
        line, one = named
        numbers = sorted(one.pair.numbers(*agreements.CELLS[cell], maybe_counts_as_include=line.maybe_counts_as_include))
        shown = lists.slice_of_numbers(request, member.review, numbers)
    first, second = one.pair.first.label, one.pair.second.label
    titles = {
        "a": _("Both include"),
        "b": _("%(first)s includes, %(second)s excludes") % {"first": first, "second": second},
        "c": _("%(first)s excludes, %(second)s includes") % {"first": first, "second": second},
        "d": _("Both exclude"),
    }
    found = behind.Behind(f"{line.name}, {first} – {second}: {titles[cell]}", numbers)
    context = {
        "found": found,
        "slice": shown,
        "back": reverse("agreement", args=[member.review.slug]),
        "back_word": _("Agreement"),
        "tab": "agreement",
    }
    return page(request, "screening/reporting/records.html", context)


@require_safe
@member_may(Right.READ)
def agreement_time(request: HttpRequest, member: Member) -> HttpResponse:
    """The agreement of one pair over time, by week or by 200 records; without a pair named, back to the tables."""
    if "first" not in request.GET:
        return redirect_303(request, reverse("agreement", args=[member.review.slug]))
    every = 200 if request.GET.get("every") == "200" else None
    with one_moment():
        rows = Rows(member.review, member=member)
        named = agreements.find(agreements.report(member.review, member=member, rows=rows), request.GET.dict())
        if named is None or request.GET.get("without"):
            raise Http404
        line, one = named
        periods = agreements.over_time(rows, line, one, every=every)
    names = [
        _("%(year)s, week %(week)s") % {"year": period.year, "week": period.week} if every is None
        else _("records %(start)s–%(end)s") % {"start": f"{period.start:,}", "end": f"{period.end:,}"}
        for period in periods
    ]  # fmt: skip
    asked = {key: str(value) for key, value in request.GET.dict().items() if key in ("stage", "round", "arm", "first", "second")}
    context = {
        "line": line, "one": one, "periods": list(zip(names, periods, strict=True)), "chart": chart.chart(periods, names), "every": every,
        "by_week": f"?{urlencode(asked)}", "by_count": f"?{urlencode(asked | {'every': '200'})}", "tab": "agreement",
    }  # fmt: skip
    return page(request, "screening/reporting/agreement_time.html", context)


@require_safe
@member_may(Right.EXPORT)
def agreement_file(request: HttpRequest, member: Member) -> HttpResponse:
    """The agreement as a table."""
    with one_moment():
        rows = agreements.rows(agreements.report(member.review, member=member))
    audit.note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    return attachment("".join(csv_table.write(agreements.COLUMNS, rows)).encode(), f"agreement-{member.review.slug}.csv", TYPES["csv"])


# ------------------------------------------------------------------------------------------------ exports
@require_safe
@member_may(Right.EXPORT)
def exports(request: HttpRequest, member: Member) -> HttpResponse:
    """The sets that can be taken out, with how many there are for this member."""
    with one_moment():
        counts = files.Sets(member.review, member).counts()
    names = files.words()
    sets = [
        {"name": name, "title": names[name][0], "what": names[name][1], "n": n, "formats": files.formats_of(name)}
        for name, n in counts.items()
    ]
    return page(request, "screening/reporting/exports.html", {"sets": sets, "tab": "exports"})


@require_safe
@member_may(Right.EXPORT)
def export(request: HttpRequest, member: Member, set: str, format: str) -> FileResponse:
    """One set as a file, of one moment."""
    if set not in files.SETS or format not in files.formats_of(set):
        raise Http404
    with one_moment():
        file = files.write(files.Sets(member.review, member), set, format)
    audit.note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    answer = FileResponse(file, as_attachment=True, filename=f"{set}-{member.review.slug}.{format}", content_type=files.FORMATS[format])
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ------------------------------------------------------------------------------------------------ frozen numbers
@require_http_methods(["GET", "HEAD", "POST"])
@member_may(Right.READ)
def snapshots(request: HttpRequest, member: Member) -> HttpResponse:
    """The list of frozen numbers; the owner freezes."""
    form = SnapshotForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not member.may(Right.MANAGE):
            raise PermissionDenied(_("Only an owner of the review freezes its numbers."))
        if form.is_valid():
            made = actions.freeze(member, name=form.cleaned_data["name"])
            return redirect_303(request, reverse("snapshot", args=[member.review.slug, made.number]))
    found = Snapshot.objects.for_review(member.review).defer("data").select_related("by__review", "by__user").order_by("-number")
    context = {"snapshots": found, "form": form, "may_manage": member.may(Right.MANAGE), "tab": "snapshots"}
    return page(request, "screening/reporting/snapshots.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_may(Right.READ)
def snapshot(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One set of frozen numbers, and what changed since."""
    held = get_object_or_404(Snapshot.objects.for_review(member.review).select_related("by__review", "by__user", "review"), number=number)
    blind = frozen.still_blind(held)
    context = {"snapshot": held, "blind": blind, "tab": "snapshots"}
    if not blind:
        with one_moment():
            lines, more = frozen.events_since(held, member)
            changed = frozen.changes(held, member)
        data = held.data
        context |= {"numbers": frozen.numbers(held), "changes": changed, "lines": lines, "more": more, "draft": data["prisma"]["draft"]}
        context |= {"agreement": data["agreement"], "columns": data["agreement_columns"]}
    return page(request, "screening/reporting/snapshot.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_may(Right.MANAGE)
def declared_new(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a number that was counted elsewhere."""
    form = DeclaredForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.declare(member, **form.cleaned_data)
        return redirect_303(request, reverse("prisma", args=[member.review.slug]))
    return page(request, "screening/reporting/declared.html", {"form": form, "tab": "prisma"}, status=422 if form.is_bound else 200)


@require_POST
@member_may(Right.MANAGE)
def declared_withdraw(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take a number from elsewhere back."""
    actions.take_back(member, get_object_or_404(DeclaredCount.objects.for_review(member.review), number=number))
    return redirect_303(request, reverse("prisma", args=[member.review.slug]))


# ------------------------------------------------------------------------------------------------ methods
@require_safe
@member_may(Right.READ)
def methods(request: HttpRequest, member: Member) -> HttpResponse:
    """A methods paragraph from what really happened, the excluded full texts, and where PRISMA-ScR is answered."""
    with one_moment():
        text = methods_text.build(member)
    return page(request, "screening/reporting/methods.html", {"text": text, "may_export": member.may(Right.EXPORT), "tab": "methods"})


@require_safe
@member_may(Right.EXPORT)
def methods_file(request: HttpRequest, member: Member) -> HttpResponse:
    """The same as a Word document."""
    with one_moment():
        content = methods_text.as_docx(methods_text.build(member))
    audit.note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    return attachment(content, f"methods-{member.review.slug}.docx", DOCX)
