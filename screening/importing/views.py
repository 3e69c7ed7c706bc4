"""Files of a search: send them, watch them being read, look at what could not be read, withdraw, restore, download."""
from typing import Any, BinaryIO, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web import files as kept_files
from reviewapp.web.keyset import slice_of
from reviewapp.web.shortcuts import page, redirect_303
from screening.importing import actions, along, endings, kept_back, known, queries, report, rules, seen, withdrawing
from screening.importing.by_source import receive_by_source
from screening.importing.errors import AlreadyHere, KeptBack, NotTaken, WhyNeeded
from screening.importing.forms import NewReferenceForm, ReferenceForm
from screening.models import Entry, Search, SearchRound, Upload
from screening.searches import queries as searches
from screening.searches.views import found_search, log_page, search_page
from screening.vocabulary import UploadState

PAGE = 50


# --- in ---------------------------------------------------------------------------------------------------------------


@require_POST
@member_may(Right.SEARCHES)
def uploads(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Take files into a search, or a second copy of one that is here."""
    search = found_search(member, number)
    files = request.FILES.getlist("files")
    if too_large := getattr(request, "upload_too_large", ""):
        outcomes = [actions.Outcome(too_large, sentence=actions.too_large())]
        return search_page(request, member, search, outcomes=outcomes, status=413)
    if again := request.POST.get("again", ""):
        return _again(request, member, search, again)
    if not files:
        nothing = actions.Outcome("", sentence=_("No file was chosen. Choose the export that the database gave you."))
        return search_page(request, member, search, outcomes=[nothing], status=422)
    outcomes = actions.receive_many(member, search, [(file.name or "", cast(BinaryIO, file.file)) for file in files])
    taken = [one.upload for one in outcomes if one.upload]
    if len(taken) < len(outcomes):
        return search_page(request, member, search, outcomes=outcomes, status=422)
    if len(taken) == 1 and taken[0]:
        asks = taken[0].state == UploadState.COLUMNS
        return redirect_303(request, address_of("upload_columns" if asks else "upload", taken[0]))
    return redirect_303(request, reverse("search", args=[member.review.slug, search.number]))


@require_POST
@member_may(Right.SEARCHES)
def uploads_by_source(request: HttpRequest, member: Member) -> HttpResponse:
    """Take files of several databases, each into the search of the one that it names."""
    files = request.FILES.getlist("files")
    if too_large := getattr(request, "upload_too_large", ""):
        return log_page(request, member, outcomes=[actions.Outcome(too_large, sentence=actions.too_large())], status=413)
    if not files:
        nothing = actions.Outcome("", sentence=_("No file was chosen. Choose the exports that the databases gave you."))
        return log_page(request, member, outcomes=[nothing], status=422)
    rounds = SearchRound.objects.for_review(member.review)
    asked = request.POST.get("round", "")
    into = get_object_or_404(rounds, number=int(asked)) if asked.isdecimal() and len(asked) < 9 else rounds.order_by("-number").first()
    outcomes = receive_by_source(member, into, [(file.name or "", cast(BinaryIO, file.file)) for file in files])
    refused = any(one.upload is None for one in outcomes)
    return log_page(request, member, outcomes=outcomes, status=422 if refused else 200)


def _again(request: HttpRequest, member: Member, search: Search, again: str) -> HttpResponse:
    same = get_object_or_404(Upload.objects.for_review(member.review), number=int(again) if again.isdecimal() and len(again) < 9 else 0)
    return redirect_303(request, address_of("upload", actions.copy_again(member, search, same)))


def address_of(name: str, upload: Upload, *more: int) -> str:
    """Give the address of a page of a file."""
    return reverse(name, args=[upload.review.slug, upload.number, *more])


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def reference_new(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Enter a paper that no database gave: typed field by field, or pasted."""
    search = found_search(member, number)
    form = NewReferenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            upload = actions.type_reference(member, search, form.text())
            return redirect_303(request, address_of("upload", upload))
        except (NotTaken, AlreadyHere) as refused:
            form.add_error("paste" if form.cleaned_data["paste"].strip() else None, str(refused))
    context = {"form": form, "search": search}
    return page(request, "screening/importing/reference_new.html", context, status=422 if form.is_bound else 200)


# --- the import report -------------------------------------------------------------------------------------------------


def found_upload(member: Member, number: int) -> Upload:
    """Give a file of the member's review, or answer 404."""
    upload: Upload = get_object_or_404(queries.uploads_of(member), number=number)
    return upload


@require_safe
@member_may(Right.READ)
def upload(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The import report of one file."""
    return page(request, "screening/importing/upload.html#report", _report(member, found_upload(member, number)))


@require_safe
@member_may(Right.READ)
def upload_progress(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The same report as a part, asked for every second while the file is being read."""
    return render(request, "screening/importing/upload.html#report", _report(member, found_upload(member, number)))


def _report(member: Member, upload: Upload) -> dict[str, Any]:
    progress = queries.progress_of(upload)
    may_change = member.may(Right.SEARCHES)
    is_read = upload.state == UploadState.READ
    entry = queries.next_waiting(upload) if is_read else None
    counts = searches.counts_of([upload])[upload.pk]
    line = searches.lines_of([upload.search])[0]
    context = {
        "upload": upload,
        "search": upload.search,
        "line": line,
        "parts": [part for part in line.went if part.upload == upload],
        "counts": counts,
        "progress": progress,
        "job_lives": progress is not None and not progress.error,
        "quality": queries.quality_of(upload) if is_read or upload.state == UploadState.STOPPED else None,
        "last_step": upload.steps.select_related("by__user", "by__review", "replaced_by").order_by("-pk").first(),
        "elsewhere": rules.tells_another(upload.database, upload.search.source.name),
        "may_change": may_change,
        "knows_bytes": kept_back.knows_bytes(member, upload),
    }
    return context | (_read_context(member, context) if is_read else {}) | (_entry_context(entry, may_change) if entry else {})


def _read_context(member: Member, context: dict[str, Any]) -> dict[str, Any]:
    """What the report of a file says once it is read: running numbers, what was here before, who signed it."""
    upload, search = context["upload"], context["search"]
    numbered = report.running_of([upload], batch=True)
    numbers = report.file_numbers(search, report.FileReport(upload, context["counts"], context["quality"]), numbered)
    told = {
        "running": numbered,
        "along": along.tools_in(upload),
        "may_attach": member.may(Right.MANAGE),
        "signatures": report.signatures(search, upload, numbers),
        "sign_url": address_of("upload_sign", upload),
        "may_sign": context["may_change"] and not upload.is_withdrawn,
    }
    if upload.is_withdrawn or not seen.has_earlier(search.search_round):
        return told
    since = seen.seen_of(upload.review, [upload], search.search_round)
    return told | {"seen": since, "stands": seen.standing_counts(member, since)}


@require_safe
@member_may(Right.READ)
def upload_entries(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Lists of a file's entries: needs a look, without title, abstract or year, the same one twice, all."""
    upload = found_upload(member, number)
    which = request.GET.get("show", "look")
    lists: dict[str, Any] = dict(queries.LISTS)
    about: dict[int, Any] = {}
    if seen.has_earlier(upload.search.search_round):
        lists |= seen.LISTS
    if which not in lists:
        raise Http404
    if which in seen.LISTS:
        since = seen.seen_of(upload.review, [upload], upload.search.search_round)
        part = slice_of(request, seen.entries_of(upload, since, which), order=("position",), size=PAGE)
        about = seen.told_of(member, since, [one.source_record.record_id for one in part.items])
    else:
        part = slice_of(request, queries.listed(upload, which), order=("position",), size=PAGE)
    cells = kept_back.in_cells(upload.pk)
    rows = [(one, about.get(one.source_record.record_id) if about else None, kept_back.raw_of(one, cells=cells)) for one in part.items]
    context = {
        "upload": upload, "which": which, "lists": lists, "title": lists[which], "slice": part, "rows": rows, "told": which in seen.TOLD,
        "may_change": member.may(Right.SEARCHES), "downloads": which in queries.LISTS,
    }  # fmt: skip
    return page(request, "screening/importing/entries.html", context)


# --- one entry --------------------------------------------------------------------------------------------------------


def _found_entry(member: Member, number: int, position: int) -> Entry:
    upload = found_upload(member, number)
    entry: Entry = get_object_or_404(queries.entries_of(upload), position=position)
    entry.upload = upload
    return entry


def _entry_context(entry: Entry, may_change: bool, form: ReferenceForm | None = None) -> dict[str, Any]:
    source = getattr(entry, "source_record", None)
    asked = form is None and source is None and may_change
    proposal = known.proposal_for(entry) if asked else known.Proposal({}, None)
    return {
        "entry": entry,
        "raw": queries.raw_of(entry),
        "source": source,
        "told": kept_back.shown(source) if source else None,
        "ending": queries.ending_of(entry) if entry.problem else None,
        "form": form or (ReferenceForm(initial=proposal.fields) if asked else None),
        "alike": proposal.record,
    }


def _entry_page(request: HttpRequest, member: Member, entry: Entry, form: ReferenceForm | None = None, status: int = 200) -> HttpResponse:
    before, after = queries.neighbours(entry)
    may_change = member.may(Right.SEARCHES)
    context = {"upload": entry.upload, "before": before, "after": after, "may_change": may_change}
    return page(request, "screening/importing/entry.html", context | _entry_context(entry, may_change, form), status=status)


@require_safe
@member_may(Right.READ)
def entry(request: HttpRequest, member: Member, number: int, position: int) -> HttpResponse:
    """An entry as it stands in the file beside what was read from it."""
    return _entry_page(request, member, _found_entry(member, number, position))


@require_POST
@member_may(Right.SEARCHES)
def entry_mend(request: HttpRequest, member: Member, number: int, position: int) -> HttpResponse:
    """Read an entry by hand."""
    entry = _found_entry(member, number, position)
    form = ReferenceForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, member, entry, form, status=422)
    endings.mend(member, entry, form.cleaned_data)
    return _to_next(request, entry)


@require_POST
@member_may(Right.SEARCHES)
def entry_unreadable(request: HttpRequest, member: Member, number: int, position: int) -> HttpResponse:
    """Say that nobody can read an entry."""
    entry = _found_entry(member, number, position)
    endings.mark_unreadable(member, entry, _why(request))
    return _to_next(request, entry)


@require_POST
@member_may(Right.SEARCHES)
def entry_not_reference(request: HttpRequest, member: Member, number: int, position: int) -> HttpResponse:
    """Say that an entry is no reference."""
    entry = _found_entry(member, number, position)
    endings.mark_not_a_reference(member, entry, _why(request))
    return _to_next(request, entry)


def _why(request: HttpRequest) -> str:
    return rules.clean(request.POST.get("why", ""))[:2000].strip()


def _to_next(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Go on with the next entry that waits, else back to the report."""
    following = queries.next_waiting(entry.upload, entry.position)
    return redirect_303(request, address_of("entry", entry.upload, following.position) if following else address_of("upload", entry.upload))


# --- the file ---------------------------------------------------------------------------------------------------------


@require_safe
@member_may(Right.SEARCHES)
def upload_file(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """The file as it came, byte for byte, as an attachment."""
    upload = found_upload(member, number)
    if not kept_back.may_have_bytes(member, upload):
        return page(request, "screening/importing/not_now.html", {"upload": upload, "sentence": str(KeptBack())}, status=KeptBack.status)
    try:
        file = kept_files.opened(upload.stored_as)
    except FileNotFoundError as gone:
        raise Http404 from gone
    note_access("download", user=request.user, review=member.review, path=request.path)
    response = FileResponse(file, as_attachment=True, filename=upload.filename, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponse, response)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_withdraw(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show what a withdrawal does (``?by=`` names the file that comes in its place), and do it."""
    upload = found_upload(member, number)
    error, why = "", _why(request)
    others = queries.may_replace(upload)
    asked = (request.POST if request.method == "POST" else request.GET).get("by", "")
    by = next((one for one in others if str(one.number) == asked), None)
    if request.method == "POST":
        try:
            withdrawing.withdraw(member, upload, why, replaced_by=by)
            return redirect_303(request, address_of("upload", upload))
        except WhyNeeded as needed:
            error = str(needed)
    context = {"upload": upload, "effect": queries.effect_of(upload, by), "others": others, "by": by, "error": error, "why": why}
    return page(request, "screening/importing/withdraw.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@member_may(Right.SEARCHES)
def upload_restore(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Show what lets a withdrawn file count again, and do it."""
    upload = found_upload(member, number)
    if request.method == "POST":
        withdrawing.restore(member, upload, _why(request))
        return redirect_303(request, address_of("upload", upload))
    context = {"upload": upload, "effect": queries.effect_of(upload), "stands_in": queries.stands_in(upload)}
    return page(request, "screening/importing/restore.html", context)


@require_POST
@member_may(Right.SEARCHES)
def upload_cancel(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Stop the reading of a file."""
    upload = found_upload(member, number)
    actions.stop(member, upload)
    return redirect_303(request, address_of("upload", upload))


@require_POST
@member_may(Right.SEARCHES)
def upload_read_on(request: HttpRequest, member: Member, number: int) -> HttpResponse:
    """Go on reading a file that stopped."""
    upload = found_upload(member, number)
    actions.read_on(member, upload)
    return redirect_303(request, address_of("upload", upload))
