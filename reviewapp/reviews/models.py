"""Review, its members, invitations, and the counter rows behind its dense numbers."""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered
from reviewapp.reviews.policies import rights_of
from reviewapp.reviews.vocabulary import ReviewKind, Right, Role


class ReviewQuerySet(models.QuerySet["Review"]):
    def of(self, user: Any) -> "ReviewQuerySet":
        """Reviews that ``user`` is a member of now; a deleted one is gone from sight."""
        return self.filter(deleted_at=None, members__user=user, members__ended_at=None).distinct()


class Review(models.Model):
    """One scoping or systematic review."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=ReviewKind.choices, default=ReviewKind.SCOPING)
    question = models.TextField(_("question"), blank=True)
    framework = models.CharField(_("framework"), max_length=20, blank=True)
    aims = models.JSONField(_("aims"), default=list)
    author_word = models.CharField(
        _("people are called"), max_length=10, choices=[("Author", _("Author")), ("Reviewer", _("Reviewer"))], default="Author"
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Counter(models.Model):
    """The last number given in a review for one kind of thing. Locked while numbers are taken, so that they are dense."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "name"], name="reviews_counter_name")]


class Member(ReviewOwned):
    """A person in a review. The numbers are never given again."""

    user = models.ForeignKey("accounts.User", on_delete=models.RESTRICT, related_name="memberships")
    number = models.PositiveIntegerField()
    author_number = models.PositiveIntegerField(null=True, blank=True)
    roles = models.JSONField(default=list)
    joined_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(_("my own words to mark"), blank=True)  # nobody else's page shows them
    not_mine = models.JSONField(default=list, blank=True)  # numbers of records with an author of one's name who is somebody else

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered(),
            models.UniqueConstraint(fields=["review", "user"], name="reviews_member_user"),
            models.UniqueConstraint(fields=["review", "author_number"], name="reviews_member_author_number"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """*Author 1*; for who never was a reviewer, the role."""
        if self.author_number:
            return f"{self.review.author_word} {self.author_number}"
        return str(Role(self.roles[0]).label).capitalize() if self.roles else str(_("Member"))

    @property
    def screen_label(self) -> str:
        """*Author 1 · KB* on screens."""
        return f"{self.label} · {self.user.initials}"

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(self.roles) if self.ended_at is None else frozenset()

    def may(self, right: Right) -> bool:
        return right in self.rights

    def has_role(self, role: Role) -> bool:
        return role.value in self.roles


class Invitation(ReviewOwned):
    """An open door for one address: single use, expiring; the token is kept only as a digest."""

    number = models.PositiveIntegerField()
    email = models.EmailField()
    roles = models.JSONField(default=list)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.RESTRICT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Member, on_delete=models.RESTRICT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("invited_by", "accepted_by"),
            models.UniqueConstraint(
                "review", Lower("email"), condition=Q(accepted_at=None, withdrawn_at=None), name="reviews_invitation_one_open"
            ),
        ]
