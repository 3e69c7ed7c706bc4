"""What every page of a review knows: the member, the rail, and the links below it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.shortcuts import wants_part
from screening.labels.queries import WORKERS
from screening.overview.rail import Node, rail

#: Which stage of the rail a page belongs to, by the beginning of its address below /r/<slug>/.
STAGE_OF = {
    "import": "import", "searches": "import", "uploads": "import", "duplicates": "duplicates", "screening": "screening",
    "screen": "screening",
    "conflicts": "conflicts", "full-text": "fulltext", "reports": "fulltext", "studies": "fulltext", "classification": "classification",
    "charting": "charting", "table1": "charting", "themes": "charting", "charts": "charting", "report": "report", "prisma": "report",
}  # fmt: skip


def review(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing outside a review, little for a fragment, the whole frame for a page."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {}
    slug = member.review.slug
    context: dict[str, Any] = {
        "member": member,
        "review": member.review,
        "overview_url": reverse("overview", args=[slug]),
        "search_url": reverse("records", args=[slug]),
    }
    if wants_part(request):
        return context
    below = request.path.removeprefix(f"/r/{slug}/").split("/")[0]
    nodes: list[Node] = rail(member)
    for node in nodes:
        node.current = node.key == STAGE_OF.get(below)
    return context | {"rail": nodes, "rail_more": _more(member, below)}


def _more(member: Member, below: str) -> list[dict[str, Any]]:
    links = [
        ("overview", "diagram-3", _("Overview"), True),
        ("records", "search", _("Records"), True),
        ("labels", "tags", _("Labels"), bool(member.rights & set(WORKERS))),
        ("criteria", "journal-text", _("Criteria"), True),
        ("rounds", "list-ul", _("Rounds"), True),
        ("team", "people", _("Team"), True),
        ("history", "clock-history", _("History"), True),
        ("settings", "gear", _("Settings"), member.may(Right.MANAGE)),
    ]
    found = []
    for name, icon, label, shown in links:
        if shown:
            url = reverse(name, args=[member.review.slug])
            found.append({"url": url, "icon": icon, "label": label, "current": below == name or (name == "overview" and below == "")})
    return found
