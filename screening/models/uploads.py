"""Files as they came, their entries, and the fields read from each entry."""

import re

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from reviewapp.db.constraints import SameReview
from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.models.searches import Search
from screening.vocabulary import EndingKind, UploadKind, UploadState, UploadStepKind

#: Covidence names its exports by the list in which the records stand: review_1_irrelevant_csv_….csv says what was decided on each.
_LIST = re.compile(r"\b(review_[0-9]+_)[a-z_]+?(?=(?:_[a-z]+)?(?:_[0-9]|\.|$))", re.I)


def name_of_file(filename: str) -> str:
    """Give the name of a search's file as people read it on pages: without the word that tells decisions of others."""
    return _LIST.sub(r"\1·····", filename)


class Upload(ReviewOwned):
    """One file of a search, kept byte for byte under the name of its digest."""

    number = models.PositiveIntegerField()
    search = models.ForeignKey("screening.Search", on_delete=models.RESTRICT, related_name="uploads")
    kind = models.CharField(max_length=6, choices=UploadKind.choices, default=UploadKind.FILE)
    filename = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    copy = models.PositiveSmallIntegerField(default=1)
    # What a person said it is, over what was recognised: encoding, dialect, database, platform, columns (label → field)
    read_as = models.JSONField(default=dict)
    replaces = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, related_name="read_again")
    uploaded_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    # What the reader found; one writer: importing.actions
    state = models.CharField(max_length=8, choices=UploadState.choices, default=UploadState.WAITING)
    refusal = models.TextField(blank=True)
    dialect = models.CharField(max_length=40, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    database = models.CharField(max_length=120, blank=True)
    platform = models.CharField(max_length=120, blank=True)
    remark = models.TextField(blank=True)
    found = models.PositiveIntegerField(default=0)
    controls_removed = models.PositiveIntegerField(default=0)
    letters_repaired = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    # Derived from the newest UploadStep; one writer: importing.withdrawing
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("search", "uploaded_by"),
            SameReview(field="replaces", name="screening_upload_replaces_same_review"),
            models.UniqueConstraint(fields=["review", "sha256", "copy"], name="screening_upload_same_bytes_once"),
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="screening_upload_state"),
        ]

    @property
    def name(self) -> str:
        """Its name as people read it (``name_of_file``)."""
        return name_of_file(self.filename)

    def __str__(self) -> str:
        return self.name


class UploadStep(ReviewOwned):
    """A file was withdrawn, or restored."""

    append_only: tuple[str, ...] = ()

    upload = models.ForeignKey(Upload, on_delete=models.RESTRICT, related_name="steps")
    kind = models.CharField(max_length=10, choices=UploadStepKind.choices)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(blank=True)
    replaced_by = models.ForeignKey(Upload, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = [*owned("upload", "by"), SameReview(field="replaced_by", name="screening_uploadstep_replaced_by_same_review")]


class Entry(ReviewOwned):
    """What was found in a file at a position. Immutable."""

    append_only: tuple[str, ...] = ()

    # Without an index of its own: PostgreSQL, that has no numbers of a young table yet, checks keys to (review, id) by it, row by row
    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="+", db_index=False)
    upload = models.ForeignKey(Upload, on_delete=models.RESTRICT, related_name="entries")
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.TextField()
    problem = models.TextField(blank=True)
    # The number that the platform gave it among the hits (Ovid: "12. " or "<12>"), where the file says it
    running = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["upload", "position"]
        constraints = [*owned("upload"), models.UniqueConstraint(fields=["upload", "position"], name="screening_entry_position")]
        indexes = [models.Index(fields=["upload"], condition=~Q(problem=""), name="screening_entry_problem")]


class Split(ReviewOwned):
    """A pooled library was split: its entries with a value of a field belong to the search named for that value.

    ``parts`` = [{"value": text, "search": number, "entries": how many}]; entries of no part stay in the search of their file. All searches
    are of one search round and arm, so that nothing follows but which source is named and counted.
    """

    append_only = ("undone_at", "undone_by")

    number = models.PositiveIntegerField()
    upload = models.ForeignKey(Upload, on_delete=models.RESTRICT, related_name="splits")
    field = models.CharField(max_length=120)
    parts = models.JSONField(default=list)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("upload", "by", "undone_by"),
            models.UniqueConstraint(fields=["upload"], condition=Q(undone_at=None), name="screening_split_one_live"),
        ]


class EntryPlace(ReviewOwned):
    """To which search an entry of a split file belongs. Derived from the live Split; one writer: importing.splitting."""

    entry = models.OneToOneField(Entry, on_delete=models.RESTRICT, related_name="place")
    split = models.ForeignKey(Split, on_delete=models.RESTRICT, related_name="places")
    search = models.ForeignKey("screening.Search", on_delete=models.RESTRICT, related_name="places")

    class Meta:
        constraints = owned("entry", "split", "search")


def of_search(path: str, *, entry: str = "entry__", upload: str = "upload__") -> Coalesce:
    """Give a column of the search to which an entry belongs: that of its place if its file was split, else that of its file.

    ``entry``, ``upload``: how the query reaches them; from an Entry itself ``entry=""``.
    """
    return Coalesce(f"{entry}place__search__{path}", f"{upload}search__{path}")


class EntryEnding(ReviewOwned):
    """How an entry that needed a look ended, by whom; the newest one counts."""

    append_only = ("superseded_at",)

    entry = models.ForeignKey(Entry, on_delete=models.RESTRICT, related_name="endings")
    kind = models.CharField(max_length=16, choices=EndingKind.choices)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *owned("entry", "by"),
            models.UniqueConstraint(fields=["entry"], condition=Q(superseded_at=None), name="screening_entryending_one_current"),
        ]


class SourceRecord(ReviewOwned):
    """The fields read from one Entry. Immutable, never deleted; born with a Record of its own."""

    append_only: tuple[str, ...] = ()

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="+", db_index=False)  # as for Entry
    entry = models.OneToOneField(Entry, on_delete=models.RESTRICT, related_name="source_record")
    upload = models.ForeignKey(Upload, on_delete=models.RESTRICT, related_name="source_records")
    record = models.OneToOneField("screening.Record", on_delete=models.RESTRICT, related_name="source_record")
    type = models.CharField(max_length=40, blank=True)
    title = models.TextField(_("title"), blank=True)
    title_other = models.TextField(blank=True)
    authors = models.JSONField(default=list)
    year = models.IntegerField(null=True)
    date = models.CharField(max_length=60, blank=True)
    journal = models.TextField(blank=True)
    volume = models.CharField(max_length=60, blank=True)
    issue = models.CharField(max_length=60, blank=True)
    pages = models.CharField(max_length=120, blank=True)
    article_number = models.CharField(max_length=60, blank=True)
    doi = models.CharField(max_length=300, blank=True)
    pmid = models.CharField(max_length=20, blank=True)
    pmcid = models.CharField(max_length=20, blank=True)
    issn = models.CharField(max_length=120, blank=True)
    isbn = models.CharField(max_length=120, blank=True)
    accession = models.CharField(max_length=200, blank=True)
    database = models.CharField(max_length=200, blank=True)
    abstract = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    language = models.CharField(max_length=60, blank=True)
    url = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    other = models.JSONField(default=dict)

    @property
    def search(self) -> Search:
        """The search to which its entry belongs."""
        place: EntryPlace | None = getattr(self.entry, "place", None)
        return place.search if place else self.upload.search

    class Meta:
        constraints = owned("entry", "upload", "record")
        indexes = [models.Index(fields=["upload", "record"], name="screening_sourcerecord_of_file")]


class ImportSignature(ReviewOwned):
    """Somebody signed the import report of a file, or of a whole search: its numbers as they were then. Later changes show beside it."""

    append_only: tuple[str, ...] = ()

    search = models.ForeignKey("screening.Search", on_delete=models.RESTRICT, related_name="signatures")
    upload = models.ForeignKey(Upload, on_delete=models.RESTRICT, null=True, related_name="signatures")
    numbers = models.JSONField()
    note = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [*owned("search", "by"), SameReview(field="upload", name="screening_importsignature_upload_same_review")]


class ColumnChoice(ReviewOwned):
    """Somebody said which column of a table holds what; remembered for the next table with the same header row. The newest counts."""

    append_only: tuple[str, ...] = ()

    header = models.CharField(max_length=64)  # SHA-256 of the names of the columns
    names = models.JSONField()
    columns = models.JSONField()  # label of a column → field
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = owned("by")
        indexes = [models.Index(fields=["review", "header"], name="screening_columnchoice_header")]
