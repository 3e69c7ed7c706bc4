"""Proposals and final decisions. Imported only by conflicts, outcomes and visibility (tests/architecture)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.vocabulary import ProposalState, ResolutionStepKind, StageKind, StudyStatus, Verdict, Way


class Resolution(ReviewOwned):
    """A final decision on a record in a round. The votes it settled stay as they were cast."""

    append_only = ("superseded_at",)

    number = models.PositiveIntegerField()
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="resolutions")
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="resolutions")
    stage_kind = models.CharField(max_length=16, choices=StageKind.choices)
    verdict = models.CharField(max_length=10, choices=[c for c in Verdict.choices if c[0] in ("include", "exclude")])
    study_status = models.CharField(max_length=10, choices=StudyStatus.choices, default=StudyStatus.INCLUDED)
    primary_reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, null=True, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    with_member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    rationale = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("record", "round", "primary_reason", "by", "with_member"),
            models.UniqueConstraint(fields=["record", "round"], condition=Q(superseded_at=None), name="screening_resolution_one_live"),
            models.CheckConstraint(condition=Q(verdict__in=["include", "exclude"]), name="screening_resolution_verdict"),
            models.CheckConstraint(
                condition=~Q(stage_kind="full_text", verdict="exclude", primary_reason=None),
                name="screening_resolution_full_text_exclusion_has_reason",
                violation_error_message=_("Choose the first criterion that fails."),
            ),
        ]


class ResolutionVote(ReviewOwned):
    """A vote that the final decision settled."""

    append_only: tuple[str, ...] = ()

    resolution = models.ForeignKey(Resolution, on_delete=models.RESTRICT, related_name="votes")
    decision = models.ForeignKey("screening.Decision", on_delete=models.RESTRICT, related_name="+")

    class Meta:
        constraints = [
            *owned("resolution", "decision"),
            models.UniqueConstraint(fields=["resolution", "decision"], name="screening_resolutionvote_once"),
        ]


class ResolutionStep(ReviewOwned):
    """A final decision was confirmed over a changed vote (``decisions``: the votes it now covers), or withdrawn, with a why."""

    append_only: tuple[str, ...] = ()

    resolution = models.ForeignKey(Resolution, on_delete=models.RESTRICT, related_name="steps")
    kind = models.CharField(max_length=10, choices=ResolutionStepKind.choices)
    decisions = models.JSONField(default=list)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(blank=True)

    class Meta:
        constraints = owned("resolution", "by")


class Proposal(ReviewOwned):
    """One reviewer proposes how a conflict ends; when everybody else who voted agrees it becomes the final decision."""

    number = models.PositiveIntegerField()
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="proposals")
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="proposals")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    verdict = models.CharField(max_length=10, choices=[c for c in Verdict.choices if c[0] in ("include", "exclude")])
    primary_reason = models.ForeignKey("screening.Reason", on_delete=models.RESTRICT, null=True, related_name="+")
    rationale = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("record", "round", "by", "primary_reason"),
            models.UniqueConstraint(fields=["record", "round"], condition=Q(state="open"), name="screening_proposal_one_open"),
        ]


class ProposalAnswer(ReviewOwned):
    """Somebody who voted agrees with a proposal."""

    append_only: tuple[str, ...] = ()

    proposal = models.ForeignKey(Proposal, on_delete=models.RESTRICT, related_name="answers")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [*owned("proposal", "by"), models.UniqueConstraint(fields=["proposal", "by"], name="screening_proposalanswer_once")]


class Message(ReviewOwned):
    """One contribution to the talk about a conflict."""

    append_only: tuple[str, ...] = ()

    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="messages")
    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="messages")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = owned("record", "round", "by")


class Mention(ReviewOwned):
    """Somebody is named in the talk about a conflict. ``seen_at``: when they opened it."""

    append_only = ("seen_at",)

    message = models.ForeignKey(Message, on_delete=models.RESTRICT, related_name="mentions")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("message", "member"),
            models.UniqueConstraint(fields=["message", "member"], name="screening_mention_once"),
        ]
        indexes = [models.Index(fields=["member"], condition=Q(seen_at=None), name="screening_mention_waits")]
