"""Rate, agree, and set up the classification table. One action, one transaction, one Event."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from charting import people, queries
from charting.classification_table import setup
from charting.errors import Changed, Invalid, Refused
from charting.models import AgreedRating, ClassificationRule, Rating, RatingOpened, RatingScale
from charting.vocabulary import VALUES, ScaleKey
from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right
from screening.models import Report

MOST_SCALES = 6
RATERS_TO_AGREE = 2


@transaction.atomic
def rate(*, member: Member, report: Report, scale: str, value: int | None, note: str = "") -> Rating | None:
    """Set one's own rating of a report on a scale; None takes it back. The same again changes nothing.

    Refused where the report is not under assessment, is the rater's own paper, or the scale does not exist.
    """
    _check(member, report, value)
    scales = setup.ensure_scales(member.review)
    chosen = _scale(scales, scale)
    _lock(report)
    current = Rating.objects.filter(report=report, scale=chosen, member=member, superseded_at=None).first()
    note = note.strip()
    if (current is None and value is None) or (current is not None and (current.value, current.note) == (value, note)):
        return current
    independent = not _was_open(member, report, chosen)
    now = timezone.now()
    if current is not None:
        Rating.objects.filter(pk=current.pk).update(superseded_at=now)
    fresh = Rating.objects.create(
        review=member.review,
        report=report,
        scale=chosen,
        member=member,
        value=value,
        note=note,
        independent=independent,
        at=now,
        supersedes=current,
    )
    _open_when_complete(member, report, scales)
    audit.log(
        "rating:set",
        review=member.review,
        actor=member,
        record=report.record,
        data={"report": report.number, "scale": chosen.key, "value": value},
    )
    return fresh


@transaction.atomic
def agree(*, member: Member, report: Report, scale: str, value: int | None, note: str = "", seen: int | None = None) -> AgreedRating | None:
    """Set the agreed value of a report on a scale; None takes it back. ``seen`` is the version that the page knew (0: none).

    Refused to who has not rated the report on every scale, and while fewer than two have rated it (or all, in a smaller team). The raters
    are counted only for who may see their ratings, so that the refusal tells nothing.
    """
    _check(member, report, value)
    chosen = _scale(setup.ensure_scales(member.review), scale)
    _lock(report)
    if not _was_open(member, report, chosen):
        raise Refused(_("Rate this report on every scale first. Then the others’ ratings open, and you can agree on a value."))
    current = AgreedRating.objects.filter(report=report, scale=chosen, superseded_at=None).select_related("by__review").first()
    standing = current if current is not None and current.value is not None else None
    note = note.strip()
    if (standing is None and value is None) or (standing is not None and (standing.value, standing.note) == (value, note)):
        return current
    if seen is not None and seen != (current.version if current else 0):
        raise Changed(_changed_sentence(current), current)
    if value is not None and not _enough_raters(report, chosen):
        raise Refused(
            _("Fewer than two authors have rated this report on %(scale)s. Agree when a second rating is in.") % {"scale": chosen.name}
        )
    now = timezone.now()
    if current is not None:
        AgreedRating.objects.filter(pk=current.pk).update(superseded_at=now)
    version = current.version + 1 if current else 1
    fresh = AgreedRating.objects.create(
        review=member.review, report=report, scale=chosen, version=version, value=value, note=note, by=member, at=now
    )
    audit.log(
        "classification:agreed", review=member.review, actor=member, record=report.record,
        data={"report": report.number, "scale": chosen.key, "value": value},
    )  # fmt: skip
    return fresh


def _check(member: Member, report: Report, value: int | None) -> None:
    if not member.may(Right.APPRAISE):
        raise Refused(_("Only reviewers rate reports."))
    if value is not None and value not in VALUES:
        raise Invalid(_("A rating is 0, 1, 2 or 3."))
    if not queries.reports_under_assessment(member.review).filter(pk=report.pk).exists():
        raise Refused(_("This report is not under assessment now. Its ratings are kept and count again when it goes on again."))
    if people.is_own_paper(member, report.record):
        raise Refused(_("You said that this is your own paper. The others rate it."))


def _scale(scales: Sequence[RatingScale], key: str) -> RatingScale:
    for scale in scales:
        if scale.key == key:
            return scale
    raise Invalid(_("There is no such scale in the classification table now. Reload the page."))


def _lock(report: Report) -> None:
    """Ratings and agreements of a report follow one another."""
    Report.objects.select_for_update(no_key=True).get(pk=report.pk)


def _was_open(member: Member, report: Report, scale: RatingScale) -> bool:
    """Say whether others' ratings are, or ever were, open to this member here. What was seen once stays seen."""
    opened = RatingOpened.objects.filter(report=report, scale=scale, member=member).exists()
    return opened or AgreedRating.objects.filter(report=report, scale=scale, value__isnull=False).exists()


def _open_when_complete(member: Member, report: Report, scales: Sequence[RatingScale]) -> None:
    rated = set(
        Rating.objects.filter(report=report, member=member, superseded_at=None, value__isnull=False).values_list("scale_id", flat=True)
    )
    if all(scale.pk in rated for scale in scales):
        now = timezone.now()
        rows = [RatingOpened(review=member.review, report=report, scale=scale, member=member, at=now) for scale in scales]
        RatingOpened.objects.bulk_create(rows, ignore_conflicts=True)


def _enough_raters(report: Report, scale: RatingScale) -> bool:
    rated = Rating.objects.filter(report=report, scale=scale, superseded_at=None, value__isnull=False).count()
    return rated >= max(1, min(RATERS_TO_AGREE, len(people.raters(report.review))))


def _changed_sentence(current: AgreedRating | None) -> str:
    if current is None or current.value is None:
        return _("The agreed value was taken back while this page was open. Look again.")
    return _("%(who)s set the agreed value to %(value)s while this page was open. Look again, then set yours.") % {
        "who": current.by.label,
        "value": current.value,
    }


# --- setting up -----------------------------------------------------------------------------------------------------


@transaction.atomic
def set_rule(*, member: Member, minimums: Mapping[str, int], discuss_near: bool = False, is_gate: bool = False) -> ClassificationRule:
    """Publish the next version of the suggestion rule. A rule equal to the one in force changes nothing."""
    scales = setup.ensure_scales(member.review)
    for key, value in minimums.items():
        _scale(scales, key)
        if value not in VALUES:
            raise Invalid(_("A minimum is 0, 1, 2 or 3."))
    Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    now = setup.rule_version(member.review)
    if (now.minimums, now.discuss_near, now.is_gate) == (dict(minimums), discuss_near, is_gate):
        return now
    fresh = ClassificationRule.objects.create(
        review=member.review, number=now.number + 1, minimums=dict(minimums), discuss_near=discuss_near, is_gate=is_gate, by=member
    )
    audit.log(
        "classification:rule",
        review=member.review,
        actor=member,
        data={"version": fresh.number, "minimums": dict(minimums), "gate": is_gate},
    )
    return fresh


@transaction.atomic
def set_scale(*, member: Member, key: str, name: str, anchors: Sequence[str]) -> RatingScale:
    """Change the name and the anchors of a scale."""
    scale = _scale(setup.ensure_scales(member.review), key)
    name, texts = _scale_words(name, anchors)
    if (scale.name, scale.anchors) == (name, texts):
        return scale
    scale.name, scale.anchors = name, texts
    scale.save(update_fields=["name", "anchors"])
    audit.log("classification:scale", review=member.review, actor=member, data={"scale": scale.key})
    return scale


@transaction.atomic
def add_scale(*, member: Member, name: str, anchors: Sequence[str]) -> RatingScale:
    """Add a further scale. Others' ratings on it stay shut to each rater until she has rated it too."""
    Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    scales = setup.ensure_scales(member.review)
    if len(scales) >= MOST_SCALES:
        raise Refused(_("A classification table has at most %(n)s scales.") % {"n": MOST_SCALES})
    name, texts = _scale_words(name, anchors)
    taken = set(RatingScale.objects.for_review(member.review).values_list("key", flat=True))
    stem = slugify(name)[:30] or "scale"
    key = next(k for k in (stem, *(f"{stem}-{n}" for n in range(2, 100))) if k not in taken)
    order = max((scale.order for scale in scales), default=0) + 1
    scale = RatingScale.objects.create(review=member.review, key=key, name=name, order=order, anchors=texts)
    audit.log("classification:scale", review=member.review, actor=member, data={"scale": scale.key, "added": True})
    return scale


@transaction.atomic
def retire_scale(*, member: Member, key: str) -> RatingScale:
    """Take a further scale out of the table; its ratings are kept. The two first ones stay."""
    scale = _scale(setup.ensure_scales(member.review), key)
    if key in ScaleKey.values:
        raise Refused(_("Relevance and quality of study design stay: the matrix is made of them."))
    scale.retired_at = timezone.now()
    scale.save(update_fields=["retired_at"])
    _open_for_the_complete(member.review)
    audit.log("classification:scale", review=member.review, actor=member, data={"scale": scale.key, "retired": True})
    return scale


def _open_for_the_complete(review: Review) -> None:
    """Without the retired scale some raters have rated all: the others' ratings open to them."""
    scales = setup.ensure_scales(review)
    rated: dict[tuple[int, int], set[int]] = {}
    rows = Rating.objects.for_review(review).filter(superseded_at=None, value__isnull=False)
    for report, member, scale in rows.values_list("report_id", "member_id", "scale_id"):
        rated.setdefault((report, member), set()).add(scale)
    now = timezone.now()
    RatingOpened.objects.bulk_create(
        [
            RatingOpened(review=review, report_id=report, scale=scale, member_id=rater, at=now)
            for (report, rater), done in rated.items()
            if all(scale.pk in done for scale in scales)
            for scale in scales
        ],
        ignore_conflicts=True,
    )


def _scale_words(name: str, anchors: Sequence[str]) -> tuple[str, list[dict[str, object]]]:
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(_("A scale needs a name."))
    if len(anchors) != len(VALUES) or not all(str(text).strip() for text in anchors):
        raise Invalid(_("Say in words what 0, 1, 2 and 3 mean."))
    return name, setup.anchors_of(anchors)
