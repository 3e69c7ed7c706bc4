"""The search log, and the pages of its searches, rounds and sources."""
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page, redirect_303
from screening.models import Search, SearchRound, Source
from screening.searches import actions, queries
from screening.searches.forms import SearchForm, SearchRoundForm, SourceForm
from screening.vocabulary import SourceKind


@require_safe
@member_may(Right.READ)
def searches(request: HttpRequest, member: Member) -> HttpResponse:
    """The search log by round."""
    rounds = queries.search_log(member.review)
    lines = [line for one in rounds for line in one.lines]
    context = {
        "rounds": rounds,
        "lines": lines,
        "total": queries.total_of(lines),
        "unused": queries.unused_sources(member.review),
        "reading": any(line.reading for line in lines),
        "may_change": member.may(Right.SEARCHES),
    }
    return page(request, "screening/searches/searches.html#log", context)


def found_search(member: Member, number: int) -> Search:
    """Give a search of the member's review, or answer 404."""
    wanted = Search.objects.for_review(member.review).select_related("source", "search_round", "review")
    search: Search = get_object_or_404(wanted, number=number)
    return search


@require_safe
@member_may(Right.READ)
def search(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """One search: how it was run, its files, the place to drop more."""
    return search_page(request, member, found_search(member, number))


def search_page(request: HttpRequest, member: Member, search: Search, *, outcomes: Sequence[Any] = (), status: int = 200) -> HttpResponse:
    """Answer with the page of a search; ``outcomes`` says what became of files that were just sent."""
    context = {
        "search": search,
        "line": queries.lines_of([search])[0],
        "files": queries.files_of(search),
        "outcomes": outcomes,
        "by_hand": search.source.kind not in (SourceKind.DATABASE, SourceKind.REGISTER),
        "may_change": member.may(Right.SEARCHES),
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
    number = request.GET.get("source", "")
    source = Source.objects.for_review(member.review).filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None
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


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(request: HttpRequest, template: str, form: Any, more: dict[str, Any]) -> HttpResponse:
    return page(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)
