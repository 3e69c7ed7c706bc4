"""Which source brought what: a picture, a table, both to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviewapp.audit.actions import note_access
from reviewapp.reviews.access import member_may
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import page
from screening.deduplication import overlap as counting
from screening.deduplication import picture
from screening.models import Record
from screening.writers import csv_table

TYPES = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml"}


@require_safe
@member_may(Right.READ)
def overlap(request: HttpRequest, member: Member) -> HttpResponse:
    """Which source brought what; kept after merges."""
    found = counting.overlap(member.review)
    places = range(len(found.lines))
    context: dict[str, object] = {
        "overlap": found,
        "lines": [
            (
                line,
                counting.asked(found, {n}),
                counting.asked(found, {n}, only=True),
                [(count, m == n, counting.asked(found, {n, m})) for m, count in enumerate(line.shared)],
            )
            for n, line in zip(places, found.lines, strict=True)
        ],
        "combinations": [
            ([found.names[place] for place in sources], n, counting.asked(found, sources, only=True)) for sources, n in found.sets
        ],
        "removed": Record.objects.for_review(member.review).heads().filter(is_removed=True).count(),
        "may_export": member.may(Right.EXPORT),
    }
    if found.lines:
        context["picture"] = _safe(_drawn(found, for_screen=True))
        context["small_picture"] = _safe(_drawn(found, for_screen=True, size=picture.PHONE))
    return page(request, "screening/deduplication/overlap.html", context)


def _safe(svg: str) -> SafeString:
    """Take our own picture as markup: ``picture.escape`` has escaped every text in it."""
    return SafeString(svg)


def _drawn(found: counting.Overlap, *, for_screen: bool, size: picture.Size = picture.WHOLE) -> str:
    return picture.upset(
        found,
        title=_("Overlap of the sources: how many papers each combination of sources brought"),
        papers=_("papers"),
        rest=_("{n} smaller combinations are in the table."),
        for_screen=for_screen,
        size=size,
    )


@require_safe
@member_may(Right.EXPORT)
def overlap_file(request: HttpRequest, member: Member, format: str) -> HttpResponse:
    """The overlap as a file: the table as CSV, the picture as SVG."""
    if format not in TYPES:
        raise Http404
    found = counting.overlap(member.review)
    if format == "svg":
        content = _drawn(found, for_screen=False)
    else:
        header = [_("source"), _("entries"), _("papers"), _("only here"), *found.names]
        content = "".join(csv_table.write(header, counting.table(found, (_("exactly these sources"), _("papers")))))
    note_access("download", user=request.user, review=member.review, path=request.get_full_path())
    answer = HttpResponse(content.encode(), content_type=TYPES[format])
    answer["Content-Disposition"] = f'attachment; filename="overlap-{member.review.slug}.{format}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
