"""Where records come from, and each run of a search (PRISMA-S)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered
from screening.vocabulary import Arm, SourceKind


def on_platform(name: str, platform: str) -> str:
    """Name a source with the platform it was searched on."""
    return f"{name} ({platform})" if platform else name


class Source(ReviewOwned):
    """A database on a platform, a register, a website, contacts …; its kind says which arm of the flow it belongs to."""

    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    platform = models.CharField(_("platform"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=SourceKind.choices, default=SourceKind.DATABASE)
    straight_to_retrieval = models.BooleanField(_("papers from here go straight to retrieval"), default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered(),
            models.UniqueConstraint(fields=["review", "name", "platform"], name="screening_source_name"),
            models.CheckConstraint(condition=models.Q(kind__in=SourceKind.values), name="screening_source_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def arm(self) -> Arm:
        return SourceKind(self.kind).arm

    @property
    def full_name(self) -> str:
        return on_platform(self.name, self.platform)


class SearchRound(ReviewOwned):
    """*Original search 2018*, *Update 2020*."""

    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    is_update = models.BooleanField(_("an update"), default=False)

    class Meta:
        ordering = ["number"]
        constraints = numbered()

    def __str__(self) -> str:
        return self.name


class Search(ReviewOwned):
    """One run of one strategy in one source on one date. Each of the three hit counts may be unknown."""

    number = models.PositiveIntegerField()
    source = models.ForeignKey(Source, on_delete=models.RESTRICT, related_name="searches")
    search_round = models.ForeignKey(SearchRound, on_delete=models.RESTRICT, related_name="searches")
    run_on = models.DateField(_("date run"), null=True, blank=True)
    run_by = models.CharField(_("run by"), max_length=120, blank=True)
    strategy = models.TextField(_("strategy, word for word"), blank=True)
    vocabulary = models.CharField(_("controlled vocabulary"), max_length=120, blank=True)
    limits = models.TextField(_("filters and limits"), blank=True)
    limits_reason = models.TextField(_("reason for the limits"), blank=True)
    searched_with = models.CharField(_("searched together with"), max_length=200, blank=True)
    coverage = models.CharField(_("dates the source covers"), max_length=200, blank=True)
    filters = models.TextField(_("published search filters"), blank=True)
    prior_work = models.TextField(_("strategies of earlier work that were used"), blank=True)
    method = models.TextField(_("how it was searched, if not by a strategy"), blank=True)
    updates = models.TextField(_("how the search is kept up to date"), blank=True)
    repeats = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="repeated_by")
    peer_review = models.CharField(_("peer review of the strategy"), max_length=200, blank=True)
    hits_shown = models.PositiveIntegerField(_("hits shown"), null=True, blank=True)
    hits_after_dedup = models.PositiveIntegerField(_("hits after the platform's own duplicate removal"), null=True, blank=True)
    hits_exported = models.PositiveIntegerField(_("hits exported"), null=True, blank=True)
    gap_reason = models.TextField(_("why the numbers differ"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("source", "search_round", "repeats")

    def __str__(self) -> str:
        return f"{self.source}, {self.search_round}"

    @property
    def hits(self) -> int | None:
        """The number that the files should hold: exported, else what the platform last showed."""
        return next((n for n in (self.hits_exported, self.hits_after_dedup, self.hits_shown) if n is not None), None)
