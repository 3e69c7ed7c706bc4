"""The words for people and reviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewKind(models.TextChoices):
    SCOPING = "scoping", _("scoping review")
    SYSTEMATIC = "systematic", _("systematic review")


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    REVIEWER = "reviewer", _("reviewer")
    ADJUDICATOR = "adjudicator", _("third reviewer")
    LIBRARIAN = "librarian", _("librarian")
    OBSERVER = "observer", _("observer")


class Right(models.TextChoices):
    """What a page or an action asks for; policies.py says which roles have it."""

    READ = "read", _("read the review")
    MANAGE = "manage", _("set up the review")
    SEARCHES = "searches", _("record searches and upload files")
    DUPLICATES = "duplicates", _("look after duplicates")
    REMOVE = "remove", _("remove records before screening")
    SCREEN = "screen", _("vote")
    SETTLE = "settle", _("settle conflicts")
    FULL_TEXTS = "full_texts", _("look after full texts")
    APPRAISE = "appraise", _("rate and chart")
    EXPORT = "export", _("export")
