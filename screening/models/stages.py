"""Stages of a review, their rules and criteria, rounds and the records in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.vocabulary import ConflictKind, CriterionChange, HighlightKind, Opens, Outcome, RoundKind, StageKind, WhoSettles


class Stage(ReviewOwned):
    """A stage of screening; further ones (a title-only pass) are further rows."""

    kind = models.CharField(max_length=16, choices=StageKind.choices)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [*owned(), models.UniqueConstraint(fields=["review", "order"], name="screening_stage_order")]

    def __str__(self) -> str:
        return str(StageKind(self.kind).label)

    @property
    def is_full_text(self) -> bool:
        return self.kind == StageKind.FULL_TEXT


class RuleVersion(ReviewOwned):
    """The rules of a stage, one version. Never changed: a change is the next version."""

    append_only: tuple[str, ...] = ()

    stage = models.ForeignKey(Stage, on_delete=models.RESTRICT, related_name="rules")
    number = models.PositiveIntegerField()
    votes_needed = models.PositiveSmallIntegerField(_("votes needed"), default=2)
    majority = models.BooleanField(_("with three votes the majority decides"), default=False)
    maybe_counts_as_include = models.BooleanField(_("maybe counts as include"), default=True)
    reason_required = models.BooleanField(_("an exclusion needs a reason"), default=False)
    reasons_may_conflict = models.BooleanField(_("two different primary reasons are a conflict"), default=True)
    who_settles = models.CharField(_("who settles"), max_length=20, choices=WhoSettles.choices, default=WhoSettles.CONSENSUS_OR_THIRD)
    opens = models.CharField(_("others' votes open"), max_length=10, choices=Opens.choices, default=Opens.WHEN_IN)
    opens_after_minutes = models.PositiveSmallIntegerField(_("minutes after that"), default=10)
    voters_may_settle = models.BooleanField(_("a third reviewer may settle records they voted on"), default=False)
    show_totals = models.BooleanField(_("show how many votes others have cast, in total"), default=True)
    self_check = models.BooleanField(
        _("self-check: 2 % of one’s own records come back later"), default=False,
        help_text=_(
            "A record comes back after a day and 50 votes at the earliest, as a card like any other; only after the answer is it said. "
            "It counts nowhere. Each sees how often the two agree; the owner does once the round is revealed."
        ),
    )  # fmt: skip
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["stage", "number"]
        constraints = [
            *owned("stage", "by"),
            models.UniqueConstraint(fields=["stage", "number"], name="screening_ruleversion_number"),
            models.CheckConstraint(condition=Q(votes_needed__gte=1, votes_needed__lte=3), name="screening_ruleversion_votes_needed"),
        ]


class CriteriaVersion(ReviewOwned):
    """What is included and excluded, and the ordered reasons, as they read at one moment. ``reasons`` = [{"key", "text"}] in order."""

    append_only: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    include = models.JSONField(default=list)
    exclude = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    change = models.CharField(max_length=10, choices=CriterionChange.choices, default=CriterionChange.NEW)
    why = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("by")


class CriteriaNote(ReviewOwned):
    """How a version of the criteria is to be read, written after talk about a record. Everybody reads it, also before they vote."""

    append_only: tuple[str, ...] = ()

    criteria = models.ForeignKey(CriteriaVersion, on_delete=models.RESTRICT, related_name="notes")
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="+")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = owned("criteria", "round", "record", "by")


class Reason(ReviewOwned):
    """A reason to exclude: a stable key, its present text and place in the order (first failing criterion wins)."""

    key = models.SlugField(max_length=40)
    text = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [*owned(), models.UniqueConstraint(fields=["review", "key"], name="screening_reason_key")]

    def __str__(self) -> str:
        return self.text


class HighlightList(ReviewOwned):
    """Words to mark in titles and abstracts, one a line; ``*`` stands for any ending."""

    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=3, choices=HighlightKind.choices, default=HighlightKind.INCLUSION)
    words = models.TextField(_("words and phrases, one a line"), blank=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered()


class ScreeningRound(ReviewOwned):
    """One round of a stage. Open, then closed; revealed at the close or, with a why, earlier. Neither goes back."""

    number = models.PositiveIntegerField()
    stage = models.ForeignKey(Stage, on_delete=models.RESTRICT, related_name="rounds")
    kind = models.CharField(max_length=10, choices=RoundKind.choices, default=RoundKind.MAIN)
    name = models.CharField(max_length=120)
    search_round = models.ForeignKey("screening.SearchRound", on_delete=models.RESTRICT, null=True, related_name="rounds")
    rules = models.ForeignKey(RuleVersion, on_delete=models.RESTRICT, related_name="+")
    criteria = models.ForeignKey(CriteriaVersion, on_delete=models.RESTRICT, related_name="+")
    shows_own_votes = models.BooleanField(_("one's own earlier vote is shown"), default=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    revealed_at = models.DateTimeField(null=True)
    revealed_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("stage", "search_round", "rules", "criteria", "closed_by", "revealed_by"),
            models.CheckConstraint(condition=Q(closed_at=None) | ~Q(revealed_at=None), name="screening_screeninground_closed_is_revealed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def decides(self) -> bool:
        """Votes of main, update and re-look rounds decide; those of pilots and practice never do."""
        return self.kind in (RoundKind.MAIN, RoundKind.UPDATE, RoundKind.RELOOK)


class RoundMember(ReviewOwned):
    """One of the team of a round. ``offset`` and ``backwards`` give this person an order of their own through the shuffled records."""

    round = models.ForeignKey(ScreeningRound, on_delete=models.RESTRICT, related_name="team")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="rounds")
    offset = models.PositiveBigIntegerField()
    backwards = models.BooleanField(default=False)
    stop_after = models.PositiveIntegerField(_("stop after so many votes"), null=True)
    reads = models.JSONField(_("languages"), default=list)

    class Meta:
        constraints = [*owned("round", "member"), models.UniqueConstraint(fields=["round", "member"], name="screening_roundmember_once")]


class RoundRecord(ReviewOwned):
    """A record in a round, and where it stands there. Everything below ``part`` is derived and written by outcomes.settle only."""

    round = models.ForeignKey(ScreeningRound, on_delete=models.RESTRICT, related_name="round_records")
    stage = models.ForeignKey(Stage, on_delete=models.RESTRICT, related_name="+")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="round_records")
    needed = models.PositiveSmallIntegerField()
    shuffle = models.PositiveBigIntegerField()
    part = models.PositiveSmallIntegerField(default=0)  # of which list it is by the newest sharing; 0: of none
    is_live = models.BooleanField(default=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    conflict = models.CharField(max_length=10, choices=ConflictKind.choices, default="", blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.RESTRICT, null=True, related_name="+")
    votes_in_at = models.DateTimeField(null=True)
    settled_by_resolution = models.BooleanField(default=False)
    vote_changed_after = models.BooleanField(default=False)
    decides = models.BooleanField(default=False)
    reopened = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *owned("round", "stage", "record", "reason"),
            models.UniqueConstraint(fields=["round", "record"], name="screening_roundrecord_once"),
            models.UniqueConstraint(fields=["stage", "record"], condition=Q(decides=True), name="screening_roundrecord_one_decides"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="screening_roundrecord_outcome"),
            models.CheckConstraint(condition=Q(needed__gte=1), name="screening_roundrecord_needed"),
        ]
        indexes = [
            models.Index(F("round"), F("shuffle"), condition=Q(is_live=True), name="screening_roundrecord_queue"),
            models.Index(F("round"), F("outcome"), condition=Q(is_live=True), name="screening_roundrecord_outcome"),
            models.Index(fields=["record"], name="screening_roundrecord_record"),
        ]


class Reopening(ReviewOwned):
    """One record of a closed round was opened again for votes, with a why, until it is settled again."""

    append_only = ("ended_at",)

    round = models.ForeignKey(ScreeningRound, on_delete=models.RESTRICT, related_name="reopenings")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="reopenings")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("round", "record", "by"),
            models.UniqueConstraint(fields=["round", "record"], condition=Q(ended_at=None), name="screening_reopening_one_live"),
        ]
