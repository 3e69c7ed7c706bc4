"""Split a pooled library: choose the field, see its values, say to which search each belongs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError
from reviewapp.web.shortcuts import page, redirect_303
from screening.importing import splitting
from screening.importing.views import found_upload
from screening.models import Search, Upload

NEW = "new"


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_split(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Which search each value of a field belongs to; first the page, then the split."""
    upload = found_upload(member, number)
    live = splitting.live(upload)
    context: dict[str, Any] = {"upload": upload, "live": live, "why_not": splitting.why_not(upload)}
    if live is not None:
        named = {search.number: search for search in Search.objects.for_review(member.review).select_related("source")}
        parts = [(part["value"], named.get(part["search"]), part["entries"]) for part in live.parts]
        return page(request, "screening/importing/split.html", context | {"parts": parts, "field": splitting.name_of(live.field)})
    if context["why_not"]:
        return page(request, "screening/importing/split.html", context)
    return _choose(request, member, upload, context)


def _choose(request: HttpRequest, member: Member, upload: Upload, context: dict[str, Any]) -> HttpResponse:
    choices = splitting.choices(upload)
    key = request.POST.get("by", "") or request.GET.get("by", "") or (choices[0].key if choices else "")
    if choices and key not in {choice.key for choice in choices}:
        raise Http404
    values = splitting.values(upload, key) if choices else splitting.Values("")
    targets = splitting.targets(upload)
    error, sent = "", [request.POST.get(f"to_{n}", "") for n in range(len(values.counts))]
    if request.method == "POST":
        try:
            splitting.split(member, upload, key, _wanted(values, sent, targets, request))
            messages.success(request, _("The entries belong to their searches now. It can be taken back."))
            return redirect_303(request, request.path)
        except DomainError as refused:
            error = str(refused)
    chosen = sent if request.method == "POST" else [_likely(value, key, targets) for value, _entries in values.counts]
    rows = [(n, value, entries, chosen[n]) for n, (value, entries) in enumerate(values.counts)]
    context |= {"choices": choices, "key": key, "values": values, "rows": rows, "targets": targets, "error": error}
    return page(request, "screening/importing/split.html", context, status=422 if error else 200)


def _wanted(values: splitting.Values, sent: list[str], targets: list[Search], request: HttpRequest) -> dict[str, Search | str]:
    """Give value → the chosen search, or the name of the source of a new one. The page shows values in this order; what came since goes by
    its text."""
    by_number = {str(search.number): search for search in targets}
    shown = {value: n for n, (value, _entries) in enumerate(values.counts)}
    wanted: dict[str, Search | str] = {}
    for n in range(splitting.MOST_VALUES):
        value, to = request.POST.get(f"value_{n}", ""), request.POST.get(f"to_{n}", "")
        if value not in shown or not to:
            continue
        if to != NEW and to not in by_number:
            raise splitting.CannotSplit(_("One of these searches is not there any more. Choose again."))
        wanted[value] = value if to == NEW else by_number[to]
    return wanted


def _likely(value: str, key: str, targets: list[Search]) -> str:
    """Propose the search whose source is named so, else a new one for a database; keywords stay."""
    plain = value.casefold()
    fits = [search for search in targets if search.source.name.casefold() in plain or plain in search.source.name.casefold()]
    return str(fits[0].number) if len(fits) == 1 else NEW if key != splitting.KEYWORDS and not fits else ""


@require_POST
@member_may(Right.SEARCHES)
def upload_join(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take a split back."""
    upload = found_upload(member, number)
    splitting.join(member, upload)
    messages.success(request, _("All entries belong to the search of their file again."))
    return redirect_303(request, reverse("upload_split", args=[member.review.slug, number]))
