"""The search log, and the pages of its searches, rounds and sources."""
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import Search, SearchRound, Source
from screening.searches import actions, appendix, queries
from screening.searches.compare import compare, differs
from screening.searches.forms import RepeatForm, SearchForm, SearchRoundForm, SourceForm
from screening.searches.told import facts_of, missing_words
from screening.vocabulary import SourceKind


@require_safe
@member_may(Right.READ)
def searches(request: HttpRequest, member: Member) -> HttpResponse:
    """The search log by round."""
    return log_page(request, member)


def log_page(request: HttpRequest, member: Member, *, outcomes: Sequence[Any] = (), status: int = 200) -> HttpResponse:
    """Answer with the search log; ``outcomes`` says what became of files that were just sent."""
    rounds = queries.search_log(member.review)
    lines = [line for one in rounds for line in one.lines]
    context = {
        "rounds": rounds,
        "lines": lines,
        "total": queries.total_of(lines),
        "unused": queries.unused_sources(member.review),
        "reading": any(line.reading for line in lines),
        "outcomes": outcomes,
        "may_change": member.may(Right.SEARCHES),
    }
    return page(request, "screening/searches/searches.html#log", context, status=status)


def found_search(member: Member, number: int) -> Search:
    """Give a search of the member's review, or answer 404."""
    wanted = Search.objects.for_review(member.review).select_related("source", "search_round", "review", "repeats")
    search: Search = get_object_or_404(wanted, number=number)
    return search


@require_safe
@member_may(Right.READ)
def search(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One search: how it was run, its files, the place to drop more."""
    return search_page(request, member, found_search(member, number))


def search_page(request: HttpRequest, member: Member, search: Search, *, outcomes: Sequence[Any] = (), status: int = 200) -> HttpResponse:
    """Answer with the page of a search; ``outcomes`` says what became of files that were just sent."""
    line = queries.lines_of([search])[0]
    context = {
        "search": search,
        "line": line,
        "facts": facts_of(search),
        "not_told": missing_words(line.completeness.missing),
        "comparable": bool(search.strategy and queries.comparable(search)),
        "repeated_by": search.repeated_by.select_related("search_round").order_by("number"),
        "files": queries.files_of(search),
        "outcomes": outcomes,
        "by_hand": search.source.kind not in (SourceKind.DATABASE, SourceKind.REGISTER),
        "may_change": member.may(Right.SEARCHES),
        "removable": member.may(Right.SEARCHES) and queries.is_empty(search),
    }
    return page(request, "screening/searches/search.html#files", context, status=status)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def search_new(request: HttpRequest, member: Member) -> HttpResponse:
    """Record a search."""
    form = SearchForm(_posted(request), review=member.review, initial={"source": _asked_source(request, member), "run_by": member.label})
    if form.is_valid():
        values = form.cleaned_data
        new = {name: values[f"new_{name}"] for name in ("source", "platform", "round")}
        new["kind"] = values["new_kind"] or SourceKind.DATABASE
        made = actions.add_search_with(
            member, source=values["source"], search_round=values["search_round"], new=new, **form.fields_of_search()
        )
        return redirect_303(request, reverse("search", args=[member.review.slug, made.number]))
    return _form(request, "screening/searches/search_form.html", form, {"back": reverse("searches", args=[member.review.slug])})


def _asked_source(request: HttpRequest, member: Member) -> int | None:
    source = Source.objects.for_review(member.review).filter(number=_number(request.GET.get("source", ""))).first()
    return source.pk if source else None


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def search_edit(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Correct a search."""
    search = found_search(member, number)
    back = reverse("search", args=[member.review.slug, number])
    form = SearchForm(_posted(request), review=member.review, instance=found_search(member, number))
    for name in ("new_source", "new_platform", "new_kind", "new_round"):
        form.fields[name].disabled = True
    if form.is_valid():
        values = form.cleaned_data
        actions.change_search(member, search, source=values["source"], search_round=values["search_round"], **form.fields_of_search())
        return redirect_303(request, back)
    return _form(request, "screening/searches/search_form.html", form, {"search": search, "back": back})


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def search_remove(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Ask before a search without files leaves the log, and take it out."""
    search = found_search(member, number)
    if request.method == "POST":
        actions.remove_search(member, search)
        return redirect_303(request, reverse("searches", args=[member.review.slug]))
    return page(request, "screening/searches/search_remove.html", {"search": search, "empty": queries.is_empty(search)})


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def source_new(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a source."""
    form = SourceForm(_posted(request), review=member.review)
    if form.is_valid():
        made = actions.add_source(member, **form.cleaned_data)
        return redirect_303(request, f"{reverse('search_new', args=[member.review.slug])}?source={made.number}")
    return _form(request, "screening/searches/source_form.html", form, {"back": reverse("searches", args=[member.review.slug])})


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def source_edit(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Correct a source."""
    source = get_object_or_404(Source.objects.for_review(member.review), number=number)
    back = reverse("searches", args=[member.review.slug])
    form = SourceForm(_posted(request), review=member.review, instance=Source.objects.get(pk=source.pk))
    if form.is_valid():
        actions.change_source(member, source, **form.cleaned_data)
        return redirect_303(request, back)
    return _form(request, "screening/searches/source_form.html", form, {"source": source, "back": back})


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def search_round_new(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a search round."""
    back = reverse("searches", args=[member.review.slug])
    form = SearchRoundForm(_posted(request), initial={"is_update": SearchRound.objects.for_review(member.review).exists()})
    if form.is_valid():
        actions.add_search_round(member, **form.cleaned_data)
        return redirect_303(request, back)
    return _form(request, "screening/searches/search_round_form.html", form, {"back": back})


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@require_safe
@member_may(Right.READ)
def search_compare(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The strategy of a search beside that of another one (``with``), line by line."""
    search = found_search(member, number)
    others = queries.comparable(search)
    wanted = _number(request.GET.get("with", ""))
    other = next((one for one in others if one.number == wanted), None) or queries.likely_before(search, others)
    rows = compare(other.strategy, search.strategy) if other else []
    context = {"search": search, "others": others, "other": other, "rows": rows, "differing": differs(rows)}
    return page(request, "screening/searches/compare.html", context | {"told": _told_apart(other, search) if other else []})


def _told_apart(left: Search, right: Search) -> list[tuple[str, str, str]]:
    """Give what else of two searches differs: name, left, right."""
    a, b = ({fact.name: fact.value for fact in facts_of(one)} for one in (left, right))
    return [(name, a.get(name, ""), b.get(name, "")) for name in dict.fromkeys([*a, *b]) if a.get(name, "") != b.get(name, "")]


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def search_repeat(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Record that a search was run again, or will be: its strategy becomes a search of an update."""
    search = found_search(member, number)
    form = RepeatForm(_posted(request), search=search, initial={"run_by": member.label})
    if form.is_valid():
        made = actions.repeat_search(member, search, **form.cleaned_data)
        return redirect_303(request, reverse("search", args=[member.review.slug, made.number]))
    back = reverse("search", args=[member.review.slug, number])
    return _form(request, "screening/searches/repeat.html", form, {"search": search, "back": back})


@require_safe
@member_may(Right.READ)
def search_appendix(request: HttpRequest, member: Member) -> HttpResponse:
    """Every search with all that is told of it, for print."""
    found = appendix.gather(member.review)
    *rows, total = appendix.hit_rows(found)
    context = {
        "appendix": found, "header": appendix.hit_header(), "rows": rows, "total": total,
        "duplicates": appendix.said_of_duplicates(found.duplicates), "may_change": member.may(Right.SEARCHES),
    }  # fmt: skip
    return page(request, "screening/searches/appendix.html", context)


@require_safe
@member_may(Right.READ)
def search_appendix_file(request: HttpRequest, member: Member) -> HttpResponse:
    """The same as a Word document."""
    made = appendix.as_docx(member.review, appendix.gather(member.review))
    note_access("download", user=request.user, review=member.review, path=request.path)
    response = HttpResponse(made, content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-search-appendix.docx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(request: HttpRequest, template: str, form: Any, more: dict[str, Any]) -> HttpResponse:
    return page(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)
