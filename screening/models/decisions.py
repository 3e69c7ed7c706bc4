"""Votes and what surrounds them. Imported only by decisions, outcomes and visibility (tests/architecture)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.vocabulary import Purpose, RecusalKind, StageKind, Verdict


class Decision(ReviewOwned):
    """One reviewer's vote on one record in one stage and round. A change is a new row that supersedes; undo is a row *withdrawn*."""

    append_only = ("superseded_at",)

    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="decisions")
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="decisions")
    stage = models.ForeignKey("screening.Stage", on_delete=models.RESTRICT, related_name="decisions")
    stage_kind = models.CharField(max_length=16, choices=StageKind.choices)
    reviewer = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="decisions")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.SCREENING)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    primary_reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    why = models.TextField(blank=True)
    independent = models.BooleanField()
    criteria = models.ForeignKey("screening.CriteriaVersion", on_delete=models.RESTRICT, related_name="+")
    key = models.CharField(max_length=64)
    cast_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.RESTRICT, null=True, related_name="superseded_by")
    superseded_at = models.DateTimeField(null=True)
    set_aside = models.ForeignKey("screening.SetAside", on_delete=models.RESTRICT, null=True, related_name="votes")
    votes_file = models.ForeignKey("screening.VotesFile", on_delete=models.RESTRICT, null=True, related_name="votes")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("record", "round", "stage", "reviewer", "primary_reason", "criteria", "supersedes", "set_aside", "votes_file"),
            models.UniqueConstraint(
                fields=["record", "reviewer", "stage", "purpose", "round"],
                condition=Q(superseded_at=None),
                name="screening_decision_one_current",
            ),
            models.UniqueConstraint(fields=["reviewer", "key"], name="screening_decision_key"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="screening_decision_verdict"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="screening_decision_purpose"),
            models.CheckConstraint(
                condition=~Q(stage_kind="full_text", verdict="exclude", primary_reason=None),
                name="screening_decision_full_text_exclusion_has_reason",
                violation_error_message=_("Choose the first criterion that fails."),
            ),
            models.CheckConstraint(
                condition=~Q(stage_kind="full_text", verdict="maybe"),
                name="screening_decision_no_maybe_at_full_text",
                violation_error_message=_("At full text a vote is include or exclude."),
            ),
            models.CheckConstraint(
                condition=Q(primary_reason=None) | Q(verdict="exclude"), name="screening_decision_reason_only_with_exclude"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "reviewer", "-id"], condition=Q(superseded_at=None), name="screening_decision_mine"),
            models.Index(fields=["record"], condition=Q(superseded_at=None), name="screening_decision_current"),
        ]


class SetAside(ReviewOwned):
    """Somebody's votes in a round decide no more, and their records are screened again; by the owner, with a why.

    Each vote gets a successor *withdrawn* that names this row; taken back, one with the verdict of old that names it too. The votes
    themselves stay as they were cast. ``since``, ``until``: only those received on these days.
    """

    append_only = ("undone_at", "undone_by", "undone_why")

    number = models.PositiveIntegerField()
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="+")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    why = models.TextField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    undone_why = models.TextField(null=True)  # noqa: DJ001 - NULL until it is taken back: the trigger lets it go once to a value

    class Meta:
        ordering = ["number"]
        constraints = numbered("round", "member", "by", "undone_by")


class VotesFile(ReviewOwned):
    """A file of another tool with decisions, kept as it came, whose votes are attached to a round: only once, when the owner says so.

    ``people`` = [{"person": name in the file, "member": number, "independent": "yes"|"no"|"unknown"}]; ``written``: how many votes.
    Each vote made of it names this row, and so does its successor *withdrawn* when all of them are taken back.
    """

    append_only = ("attached_at", "attached_by", "people", "written", "undone_at", "undone_by", "undone_why")

    number = models.PositiveIntegerField()
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="+")
    filename = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    attached_at = models.DateTimeField(null=True)
    attached_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    people = models.JSONField(null=True)
    written = models.PositiveIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    undone_why = models.TextField(null=True)  # noqa: DJ001 - NULL until it is taken back: the trigger lets it go once to a value

    class Meta:
        ordering = ["number"]
        constraints = numbered("round", "by", "attached_by", "undone_by")

    def __str__(self) -> str:
        return self.filename


class SelfCheck(ReviewOwned):
    """A record that came back to the person who judged it, and what they answered this time. Not a vote: it counts nowhere.

    ``decision``: the vote that stood when it came back. ``place``: after how many votes of this person it came, in steps of the rule.
    """

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="+")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="+")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.RESTRICT, related_name="+")
    place = models.PositiveIntegerField()
    asked_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, null=True, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("round", "record", "member", "decision", "reason"),
            models.UniqueConstraint(fields=["round", "record", "member"], name="screening_selfcheck_once"),
            models.UniqueConstraint(fields=["round", "member", "place"], name="screening_selfcheck_place"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="screening_selfcheck_verdict"),
        ]


class DecisionReason(ReviewOwned):
    """A further reason beside the primary one; with ``added_at``, one that its reviewer added later to an exclusion without any."""

    append_only: tuple[str, ...] = ()

    decision = models.ForeignKey(Decision, on_delete=models.RESTRICT, related_name="further_reasons")
    reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, related_name="+")
    added_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("decision", "reason"),
            models.UniqueConstraint(fields=["decision", "reason"], name="screening_decisionreason_once"),
        ]

    def __str__(self) -> str:
        if self.added_at is None:
            return self.reason.text
        return _("%(reason)s (added %(day)s)") % {"reason": self.reason.text, "day": timezone.localtime(self.added_at).date().isoformat()}


class Opened(ReviewOwned):
    """Something of another's on this record was open to this person in this round: from then on they are not independent here."""

    append_only: tuple[str, ...] = ()

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="+")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="+")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *owned("round", "record", "member"),
            models.UniqueConstraint(fields=["round", "record", "member"], name="screening_opened_once"),
        ]


class Recusal(ReviewOwned):
    """*Can't judge*: not a vote; the record is given to somebody else."""

    append_only = ("undone_at",)

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="recusals")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="recusals")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    kind = models.CharField(max_length=10, choices=RecusalKind.choices)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("round", "record", "member"),
            models.UniqueConstraint(fields=["round", "record", "member"], condition=Q(undone_at=None), name="screening_recusal_one_live"),
        ]


class Hold(ReviewOwned):
    """A card that was shown or prefetched is kept for this person for ten minutes; asking again renews. Not a fact: rows go."""

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="holds")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="holds")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [
            *owned("round", "record", "member"),
            models.UniqueConstraint(fields=["round", "record", "member"], name="screening_hold_once"),
        ]


class LateVote(ReviewOwned):
    """A vote that arrived after its round was closed: kept, no Decision. The owner may admit it, or leave it as it is."""

    append_only = ("admitted_at", "admitted_by", "left_at", "left_by")

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="late_votes")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="+")
    reviewer = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    primary_reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, null=True, related_name="+")
    note = models.TextField(blank=True)
    key = models.CharField(max_length=64)
    cast_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = [
            *owned("round", "record", "reviewer", "primary_reason", "admitted_by", "left_by"),
            models.UniqueConstraint(fields=["reviewer", "key"], name="screening_latevote_key"),
        ]
