"""Attach votes: bring a file of another tool, see what it would write, write it, take it back."""

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web import files
from reviewapp.web.errors import DomainError
from reviewapp.web.shortcuts import page, redirect_303
from screening.attaching import actions, queries, rules
from screening.attaching.forms import FileForm, MappingForm
from screening.importing.actions import too_large
from screening.models import Upload, VotesFile


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def votes_attach(request: HttpRequest, member: Member) -> HttpResponse:
    """Bring a file with decisions; the files that came before."""
    initial = queries.open_rounds(member).filter(number=_number(request.GET.get("round", ""))).first()
    here = _here(member, request)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FileForm(*posted, member=member, here=here, initial={"round": initial})
    status = 422 if form.is_bound else 200
    if getattr(request, "upload_too_large", ""):
        form.add_error("file", too_large())
        status = 413
    elif form.is_valid():
        try:
            kept = _kept(member, form, here)
            return redirect_303(request, reverse("votes_file", args=[member.review.slug, kept.number]))
        except DomainError as error:
            form.add_error("file" if here is None else None, str(error))
    context = {"form": form, "here": here, "files": queries.files_of(member), "rounds": queries.open_rounds(member)}
    return page(request, "screening/attaching/attach.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _here(member: Member, request: HttpRequest) -> Upload | None:
    """Give the search's file whose decisions are meant, if one is (``file`` in the address, then ``upload`` in the form)."""
    number = _number(request.POST.get("upload", "") or request.GET.get("file", ""))
    found: Upload | None = Upload.objects.for_review(member.review).filter(number=number).first()
    return found


def _kept(member: Member, form: FileForm, here: Upload | None) -> VotesFile:
    round = form.cleaned_data["round"]
    if here is None:
        sent = form.cleaned_data["file"]
        return actions.keep(member, round, cast(BinaryIO, sent.file), sent.name or "")
    try:
        with files.opened(here.stored_as) as file:
            return actions.keep(member, round, file, here.filename)
    except FileNotFoundError as gone:
        raise actions.CannotAttach(_("The stored file is gone from the server’s disk.")) from gone


def _found(member: Member, number: int) -> VotesFile:
    found: VotesFile = get_object_or_404(queries.files_of(member), number=number)
    return found


@require_http_methods(["GET", "POST"])
@member_may(Right.MANAGE)
def votes_file(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """What the votes of a file would be, numbers only; on confirmation they are written."""
    file = _found(member, number)
    if file.attached_at is not None:
        return _attached(request, member, file)
    try:
        found = queries.matched(file)
    except (DomainError, FileNotFoundError) as gone:
        sentence = str(gone) if isinstance(gone, DomainError) else _("The stored file is gone from the server’s disk.")
        return page(request, "screening/attaching/file.html", {"file": file, "error": sentence}, status=422)
    form = MappingForm(
        request.POST if request.method == "POST" else None, people=found.people, reasons=found.reasons,
        team=queries.team_of(file.round), own=queries.reasons_of(file.round), several=queries.several_of(found),
    )  # fmt: skip
    form.full_clean()
    found = found.chosen(form.which())
    error = ""
    if form.is_bound and form.is_valid() and "attach" in request.POST:
        try:
            actions.attach(member, file, found, form.mapping(), form.chosen_reasons(), form.said(), form.which())
            return redirect_303(request, request.path)
        except DomainError as refused:
            error = str(refused)
    context = _preview(member, file, found, form) | {"error": error, "previewed": form.is_bound}
    return page(request, "screening/attaching/file.html", context, status=422 if error or (form.is_bound and form.errors) else 200)


def _preview(member: Member, file: VotesFile, found: queries.Matched, form: MappingForm) -> dict[str, Any]:
    people, told = form.mapping(), found.told()
    members = [one.member for one in people.values() if one.member is not None]
    plan = rules.plan(told, people, form.chosen_reasons(), queries.place_of(member, file.round, members))
    lines = queries.lines_of(plan, found.people, queries.told_of_existing(member, plan, told, people))
    return {
        "file": file, "found": found, "form": form, "lines": list(zip(lines, form.person_fields(), strict=True)),
        "to_write": sum(line.at_most for line, name in zip(lines, found.people, strict=True) if people[name].member is not None),
        "unsure": queries.unmatched_of(found), "may_attach": file.round.is_open, "names_nobody": not any(p.member for p in people.values()),
    }  # fmt: skip


def _attached(request: HttpRequest, member: Member, file: VotesFile) -> HttpResponse:
    members = {one.number: one for one in Member.objects.for_review(member.review).select_related("user", "review")}
    people = [(one["person"] or _("not named in the file"), members[one["member"]], one["independent"]) for one in file.people or ()]
    context = {"file": file, "people": people, "tells": file.round.revealed_at is not None, "attached": True}
    return page(request, "screening/attaching/file.html", context)


@require_POST
@member_may(Right.MANAGE)
def votes_take_back(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take the votes of a file back, all together."""
    file = _found(member, number)
    actions.take_back(member, file, request.POST.get("why", "").replace("\x00", "")[:500])
    messages.success(request, _("The votes of the file were taken back."))
    return redirect_303(request, reverse("votes_file", args=[member.review.slug, number]))
