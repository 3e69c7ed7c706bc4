"""Words of this package."""
from django.db import models
from django.utils.translation import gettext_lazy as _

TEXT_SIZE_SMALLEST, TEXT_SIZE_DEFAULT, TEXT_SIZE_LARGEST = 15, 17, 21


class Measure(models.TextChoices):
    """How long the lines of a record are."""

    NARROW = "narrow", _("Narrow")
    USUAL = "", _("Usual")
    WIDE = "wide", _("Wide")


class Theme(models.TextChoices):
    SYSTEM = "", _("As this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
