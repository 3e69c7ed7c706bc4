"""Make and change themes, and place studies under them. One action, one transaction, one Event."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from charting import queries
from charting.errors import Invalid, Refused
from charting.models import Placement, Theme
from charting.themes.rules import would_circle
from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right
from screening.models import Study

DEEPEST = 4


@transaction.atomic
def create_theme(*, member: Member, name: str, label: str = "", memo: str = "", parent: Theme | None = None) -> Theme:
    """Add a theme, under another one or at the top, as the last of its siblings. A live sibling of the same name is given back instead."""
    _may(member)
    name, label = _words(name, label)
    _lock(member.review)
    twin = _live(member.review).filter(parent=parent, name__iexact=name).first()
    if twin is not None:
        return twin
    _check_parent(None, parent)
    theme = Theme.objects.create(
        review=member.review, number=numbers.take(member.review, "theme"), parent=parent, name=name, label=label, memo=memo.strip(),
        order=_last(member.review, parent) + 1,
    )  # fmt: skip
    audit.log(
        "theme:created", review=member.review, actor=member, data={"theme": theme.number, "parent": parent.number if parent else None}
    )
    return theme


@transaction.atomic
def edit_theme(*, member: Member, theme: Theme, name: str, label: str = "", memo: str = "", parent: Theme | None = None) -> Theme:
    """Rename a theme, change its memo, or move it under another one."""
    _may(member)
    name, label = _words(name, label)
    _lock(member.review)
    _check_live(theme)
    _check_parent(theme, parent)
    moved = theme.parent_id != (parent.pk if parent else None)
    if (theme.name, theme.label, theme.memo, moved) == (name, label, memo.strip(), False):
        return theme
    if moved:
        theme.order = _last(member.review, parent) + 1
    theme.name, theme.label, theme.memo, theme.parent = name, label, memo.strip(), parent
    theme.save(update_fields=["name", "label", "memo", "parent", "order"])
    audit.log(
        "theme:changed", review=member.review, actor=member,
        data={"theme": theme.number, "parent": parent.number if parent else None, "moved": moved}, text=f"{label} {name}".strip(),
    )  # fmt: skip
    return theme


@transaction.atomic
def shift_theme(*, member: Member, theme: Theme, up: bool) -> Theme:
    """Change places with the sibling before (or after)."""
    _may(member)
    _lock(member.review)
    _check_live(theme)
    siblings = list(_live(member.review).filter(parent=theme.parent).order_by("order", "number"))
    at = [s.pk for s in siblings].index(theme.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(siblings):
        siblings[at], siblings[to] = siblings[to], siblings[at]
        for order, sibling in enumerate(siblings, start=1):
            Theme.objects.filter(pk=sibling.pk).update(order=order)
        audit.log("theme:moved", review=member.review, actor=member, data={"theme": theme.number, "up": up})
    theme.refresh_from_db()
    return theme


@transaction.atomic
def retire_theme(*, member: Member, theme: Theme) -> Theme:
    """Take an empty theme out of the code book; it keeps its history."""
    _may(member)
    _lock(member.review)
    if theme.retired_at is not None:
        return theme
    if Theme.objects.filter(parent=theme, retired_at=None).exists():
        raise Refused(_("%(theme)s has sub-themes. Move or retire them first.") % {"theme": theme})
    if Placement.objects.filter(theme=theme, undone_at=None).exists():
        raise Refused(_("Studies stand under %(theme)s. Place them elsewhere, or merge the theme into another.") % {"theme": theme})
    theme.retired_at = timezone.now()
    theme.save(update_fields=["retired_at"])
    audit.log("theme:retired", review=member.review, actor=member, data={"theme": theme.number})
    return theme


@transaction.atomic
def merge_theme(*, member: Member, theme: Theme, into: Theme, why: str = "") -> int:
    """Move every placement and sub-theme of a theme into another one, and retire it. Gives how many placements moved."""
    _may(member)
    _lock(member.review)
    _check_live(theme)
    _check_live(into)
    if theme.pk == into.pk or would_circle(theme.pk, into.pk, _parents(member.review)):
        raise Refused(_("A theme cannot be merged into itself or into one of its sub-themes."))
    now = timezone.now()
    moved = 0
    for place in Placement.objects.filter(theme=theme, undone_at=None).order_by("pk"):
        Placement.objects.filter(pk=place.pk).update(undone_at=now, undone_by=member)
        _put(member, place.study, into, place.is_primary, place.why)
        moved += 1
    Theme.objects.filter(parent=theme, retired_at=None).update(parent=into)
    theme.retired_at, theme.merged_into = now, into
    theme.save(update_fields=["retired_at", "merged_into"])
    audit.log(
        "theme:merged",
        review=member.review,
        actor=member,
        data={"theme": theme.number, "into": into.number, "moved": moved},
        text=why.strip(),
    )
    return moved


@transaction.atomic
def place(*, member: Member, study: Study, theme: Theme, primary: bool = False, why: str = "") -> Placement:
    """Place a study under a theme. A new primary place makes the earlier one a further one. The same again changes nothing."""
    _may(member)
    _check_study(member, study)
    _lock(member.review)
    _check_live(theme)
    there = Placement.objects.filter(study=study, theme=theme, undone_at=None).first()
    if there is not None and (there.is_primary == primary) and (not why.strip() or there.why == why.strip()):
        return there
    placement = _put(member, study, theme, primary, why.strip() or (there.why if there else ""), exactly=True)
    audit.log(
        "theme:placed",
        review=member.review,
        actor=member,
        data={"study": study.number, "theme": theme.number, "primary": primary},
        text=why.strip(),
    )
    return placement


def _put(member: Member, study: Study, theme: Theme, primary: bool, why: str, *, exactly: bool = False) -> Placement:
    """Write one live placement; where there is one already it stays primary unless ``exactly`` says otherwise."""
    now = timezone.now()
    there = Placement.objects.filter(study=study, theme=theme, undone_at=None).first()
    if there is not None:
        primary = primary if exactly else primary or there.is_primary
        Placement.objects.filter(pk=there.pk).update(undone_at=now, undone_by=member)
    earlier = Placement.objects.filter(study=study, is_primary=True, undone_at=None).select_related("theme").first() if primary else None
    if earlier is not None:
        Placement.objects.filter(pk=earlier.pk).update(undone_at=now, undone_by=member)
        _new(member, study, earlier.theme, False, earlier.why)
    return _new(member, study, theme, primary, why)


def _new(member: Member, study: Study, theme: Theme, primary: bool, why: str) -> Placement:
    return Placement.objects.create(
        review=member.review, study=study, theme=theme, is_primary=primary, why=why, by=member, at=timezone.now()
    )


@transaction.atomic
def unplace(*, member: Member, study: Study, theme: Theme, why: str = "") -> Placement | None:
    """Take a study from under a theme. None where it does not stand there."""
    _may(member)
    _check_study(member, study)
    _lock(member.review)
    there = Placement.objects.filter(study=study, theme=theme, undone_at=None).first()
    if there is None:
        return None
    Placement.objects.filter(pk=there.pk).update(undone_at=timezone.now(), undone_by=member)
    audit.log("theme:unplaced", review=member.review, actor=member, data={"study": study.number, "theme": theme.number}, text=why.strip())
    return there


def _may(member: Member) -> None:
    if not member.may(Right.APPRAISE):
        raise Refused(_("Only reviewers work on themes."))


def _lock(review: Review) -> None:
    """The code book of a review changes one step at a time."""
    Review.objects.select_for_update(no_key=True).get(pk=review.pk)


def _live(review: Review) -> Any:
    return Theme.objects.for_review(review).filter(retired_at=None)


def _parents(review: Review) -> dict[int, int | None]:
    return dict(Theme.objects.for_review(review).values_list("pk", "parent_id"))


def _last(review: Review, parent: Theme | None) -> int:
    orders = Theme.objects.for_review(review).filter(parent=parent).values_list("order", flat=True)
    return max(orders, default=0)


def _words(name: str, label: str) -> tuple[str, str]:
    name, label = " ".join(name.split()), " ".join(label.split())
    if not name:
        raise Invalid(_("A theme needs a name."))
    if len(name) > 200 or len(label) > 8:
        raise Invalid(_("A name has at most 200 characters, a sign at most 8."))
    return name, label


def _check_live(theme: Theme) -> None:
    if theme.retired_at is not None:
        raise Refused(_("%(theme)s is retired. Choose another theme.") % {"theme": theme})


def _check_parent(theme: Theme | None, parent: Theme | None) -> None:
    if parent is None:
        return
    _check_live(parent)
    parents = _parents(parent.review)
    if theme is not None and would_circle(theme.pk, parent.pk, parents):
        raise Refused(_("A theme cannot stand under itself or one of its sub-themes."))
    depth, above = 1, parents.get(parent.pk)
    while above is not None:
        depth, above = depth + 1, parents.get(above)
    if depth >= DEEPEST:
        raise Refused(_("Themes go %(n)s levels deep. Choose a higher place.") % {"n": DEEPEST})


def _check_study(member: Member, study: Study) -> None:
    if not queries.studies_charted(member.review).filter(pk=study.pk).exists():
        raise Refused(_("This study is not included now. Its places are kept and count again when it is included again."))
