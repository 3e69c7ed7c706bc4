"""Labels: the list of them, what one record wears, many records at once, and the agenda of what is to be discussed."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError, Invalid
from reviewapp.web.shortcuts import page, redirect_303
from screening.labels import actions, queries
from screening.labels.forms import ChangeForm, LabelForm
from screening.labels.queries import WORKERS
from screening.models import Label, Record
from screening.vocabulary import LabelColour, LabelUse


@require_http_methods(["GET", "POST"])
@member_may(*WORKERS)
def labels(request: HttpRequest, member: Member) -> HttpResponse:
    """List the labels with their counts, and make one."""
    form = LabelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            actions.make(member, name=sent["name"], colour=LabelColour(sent["colour"]), shared=sent["shared"] == "team")
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            return redirect_303(request, reverse("labels", args=[member.review.slug]))
    counts = queries.counts(member)
    rows = [{"label": one, "n": counts.get(one.pk, 0)} for one in queries.labels(member)]
    context = {"form": form, "rows": rows, "colours": LabelColour.choices}
    return page(request, "screening/labels/labels.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_may(*WORKERS)
def label_change(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Rename or recolour a label."""
    label, form = _label(member, number), ChangeForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("A label needs a name of at most 60 characters and one of the colours."))
    actions.change(member, label, name=form.cleaned_data["name"], colour=LabelColour(form.cleaned_data["colour"]))
    return redirect_303(request, reverse("labels", args=[member.review.slug]))


@require_POST
@member_may(*WORKERS)
def label_merge(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Merge a label into another."""
    label, into = _label(member, number), _chosen(member, request.POST.get("into", ""))
    n = actions.merge(member, label, into)
    said = ngettext("%(n)s record now has the label %(name)s.", "%(n)s records now have the label %(name)s.", n)
    messages.success(request, said % {"n": f"{n:,}", "name": into.name})
    return redirect_303(request, reverse("labels", args=[member.review.slug]))


@require_POST
@member_may(*WORKERS)
def label_end(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take a label out of use."""
    label = _label(member, number)
    n = actions.end(member, label)
    said = ngettext("The label %(name)s is off %(n)s record.", "The label %(name)s is off %(n)s records.", n)
    messages.success(request, said % {"n": f"{n:,}", "name": label.name})
    return redirect_303(request, reverse("labels", args=[member.review.slug]))


@require_http_methods(["GET", "POST"])
@member_may(*WORKERS)
def record_labels(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The labels of one record: put on, take off, or make a new one and put it on."""
    found = get_object_or_404(Record.objects.for_review(member.review).select_related("head"), number=number)
    head = found.head or found
    refusal = ""
    if request.method == "POST":
        try:
            _apply(request, member, [head])
        except DomainError as error:  # beside the field: the dialog covers the page's own notices
            refusal = str(error)
    worn = queries.worn(member, [head]).get(head.pk, [])
    mine = {one.label.pk for one in worn if one.mine}
    found_labels = list(queries.labels(member))
    context = {
        "record": head, "worn": worn, "choices": [{"label": one, "on": one.pk in mine} for one in found_labels],
        "has_to_discuss": any(one.use == LabelUse.DISCUSS for one in found_labels), "refusal": refusal,
        "name": request.POST.get("name", ""),
    }  # fmt: skip
    return page(request, "screening/labels/record.html#part", context, status=422 if refusal else 200)


@require_POST
@member_may(*WORKERS)
def labels_bulk(request: HttpRequest, member: Member) -> HttpResponse:
    """Put a label on the chosen records of a list, or take it off."""
    numbers = [n for n in map(_number, request.POST.getlist("record")) if n]
    if len(numbers) > actions.AT_ONCE:
        raise Invalid(_("At most %(n)s records at once. Narrow the list and go on from there.") % {"n": f"{actions.AT_ONCE:,}"})
    chosen = list(Record.objects.for_review(member.review).filter(number__in=numbers))
    if not chosen:
        raise Invalid(_("Choose the records first: tick them in the list."))
    _apply(request, member, chosen)
    return redirect_303(request, _back(request, member))


@require_safe
@member_may(Right.READ)
def agenda(request: HttpRequest, member: Member) -> HttpResponse:
    """What somebody wants to discuss, with the notes that are open to the member."""
    return page(request, "screening/labels/agenda.html", {"points": queries.agenda(member)})


def _apply(request: HttpRequest, member: Member, records: list[Record]) -> None:
    """Do what was sent: ``label`` and ``off`` or not, ``discuss``, or ``name`` (and ``shared``) of a new label."""
    with transaction.atomic():
        if request.POST.get("name", "").strip():
            label = actions.make(member, name=request.POST["name"], shared=request.POST.get("shared") == "team")
        elif "discuss" in request.POST:
            label = actions.to_discuss(member.review)
        else:
            label = _chosen(member, request.POST.get("label", ""))
        (actions.take if request.POST.get("off") else actions.put)(member, label, records)


def _chosen(member: Member, text: str) -> Label:
    """The label that was sent by its number."""
    if not _number(text):
        raise Invalid(_("Choose a label first."))
    return _label(member, _number(text))


def _label(member: Member, number: int) -> Label:
    return get_object_or_404(queries.labels(member), number=number)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _back(request: HttpRequest, member: Member) -> str:
    """The list one came from, if it is one of this review."""
    sent = urlsplit(request.POST.get("next", ""))
    inside = f"/r/{member.review.slug}/"
    if not sent.netloc and sent.path.startswith(inside):
        return sent.path + (f"?{sent.query}" if sent.query else "")
    return reverse("records", args=[member.review.slug])
