"""What people screen."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left, Lower
from django.utils.translation import gettext_lazy as _

from reviewapp.db.constraints import SameReview
from reviewapp.reviews.owned import ReviewOwned, ReviewQuerySet, numbered, owned
from screening.vocabulary import RemovalReason

#: What lists are sorted by, never null; under an index each.
BY_YEAR = Coalesce("year", 0)
BY_TITLE = Lower(Left("title", 80))
BY_AUTHOR = Lower(Left(Coalesce(KeyTextTransform("0", "authors"), Value("")), 60))


class RecordQuerySet(ReviewQuerySet):
    def heads(self) -> "RecordQuerySet":
        """Records that speak for their group."""
        return self.filter(head=None)

    def counted(self) -> "RecordQuerySet":
        """Heads that count: not parked, not removed before screening."""
        return self.filter(head=None, is_parked=False, is_removed=False)


class Record(ReviewOwned):
    """A reference as people see it. ``head`` is the root of its group (None: itself), written from the live merges only.

    The displayed fields are chosen from the members of the group by a stated rule plus people's FieldEdits (screening.outcomes.display).
    """

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="+", db_index=False)  # as for Entry
    number = models.PositiveIntegerField()
    head = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, related_name="followers")
    created_at = models.DateTimeField(auto_now_add=True)
    # Derived; written by outcomes.settle and outcomes.display only
    is_parked = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)
    title = models.TextField(blank=True)
    authors = models.JSONField(default=list)
    year = models.IntegerField(null=True)
    journal = models.TextField(blank=True)
    volume = models.CharField(max_length=60, blank=True)
    issue = models.CharField(max_length=60, blank=True)
    pages = models.CharField(max_length=120, blank=True)
    doi = models.CharField(max_length=300, blank=True)
    pmid = models.CharField(max_length=20, blank=True)
    abstract = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    language = models.CharField(max_length=60, blank=True)
    type = models.CharField(max_length=40, blank=True)
    url = models.TextField(blank=True)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("head"),
            # Merge ties its stored numbers to these, so that a circle of merges is impossible.
            models.UniqueConstraint(fields=["review", "id", "number"], name="screening_record_review_id_number"),
        ]
        indexes = [
            models.Index(fields=["review", "number"], condition=Q(head=None), name="screening_record_heads"),
            models.Index(fields=["head"], condition=~Q(head=None), name="screening_record_followers"),
            # What counts, without a look at the rows: for counting what fits.
            models.Index(
                fields=["review", "id"], condition=Q(head=None, is_parked=False, is_removed=False), name="screening_record_counted"
            ),
            models.Index(fields=["review", "language", "number"], condition=Q(head=None), name="screening_record_by_language"),
            models.Index("review", BY_YEAR, "number", condition=Q(head=None), name="screening_record_by_year"),
            models.Index("review", BY_TITLE, "number", condition=Q(head=None), name="screening_record_by_title"),
            models.Index("review", BY_AUTHOR, "number", condition=Q(head=None), name="screening_record_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    @property
    def author_line(self) -> str:
        return " · ".join(self.authors)

    @property
    def short_name(self) -> str:
        """*Surname Year*, as far as known."""
        surname = self.authors[0].split(",")[0] if self.authors else ""
        return " ".join(str(part) for part in (surname, self.year) if part) or str(_("Record %(number)s") % {"number": self.number})


class Removal(ReviewOwned):
    """A head was removed before screening, for a reason of the closed list; can be taken back."""

    append_only = ("undone_at", "undone_by")

    record = models.ForeignKey(Record, on_delete=models.RESTRICT, related_name="removals")
    reason = models.CharField(max_length=12, choices=RemovalReason.choices)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = [
            *owned("record", "by"),
            SameReview(field="undone_by", name="screening_removal_undone_by_same_review"),
            models.UniqueConstraint(fields=["record"], condition=Q(undone_at=None), name="screening_removal_one_live"),
        ]


class FieldEdit(ReviewOwned):
    """A person's change of a displayed field (a pasted abstract, a corrected year); the newest per field counts."""

    append_only: tuple[str, ...] = ()

    record = models.ForeignKey(Record, on_delete=models.RESTRICT, related_name="edits")
    field = models.CharField(max_length=20)
    value = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = owned("record", "by")


class Note(ReviewOwned):
    """A person's note on a record in a stage. Private until the record is open to the reader, or shared by its author."""

    append_only = ("superseded_at",)

    record = models.ForeignKey(Record, on_delete=models.RESTRICT, related_name="notes")
    stage = models.ForeignKey("screening.Stage", on_delete=models.RESTRICT, related_name="+")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("record", "stage", "by"),
            models.UniqueConstraint(fields=["record", "stage", "by"], condition=Q(superseded_at=None), name="screening_note_one_current"),
        ]
