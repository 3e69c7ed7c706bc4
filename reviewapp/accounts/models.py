"""The person who signs in. What one may do in a review belongs to reviews.Member, not here."""
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reviewapp.accounts.keys import keymap, room_keymap
from reviewapp.accounts.vocabulary import TEXT_SIZE_DEFAULT, TEXT_SIZE_LARGEST, TEXT_SIZE_SMALLEST, Measure, Theme


class User(AbstractUser):
    """A person: how to sign in, what to be called, how to read."""

    first_name = None  # type: ignore[assignment]  # one name as the person writes it
    last_name = None  # type: ignore[assignment]  # the same
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    text_size = models.PositiveSmallIntegerField(
        _("text size of abstracts"),
        default=TEXT_SIZE_DEFAULT,
        validators=[MinValueValidator(TEXT_SIZE_SMALLEST), MaxValueValidator(TEXT_SIZE_LARGEST)],
    )
    measure = models.CharField(_("width of a record"), max_length=6, choices=Measure, default=Measure.USUAL, blank=True)
    keys_on = models.BooleanField(_("keyboard shortcuts"), default=True)
    keys = models.JSONField(_("keys"), default=dict, blank=True)  # action → key, where it is not ours: reviewapp.accounts.keys
    swipe_on = models.BooleanField(_("votes by swiping"), default=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="accounts_user_email_once",
                violation_error_message=_("Somebody already has an account with this e-mail."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_once",
                violation_error_message=_("Somebody already has this user name."),
            ),
            models.CheckConstraint(
                condition=Q(text_size__gte=TEXT_SIZE_SMALLEST, text_size__lte=TEXT_SIZE_LARGEST),
                name="accounts_user_text_size_in_range",
                violation_error_message=_("The text size goes from 15 to 21."),
            ),
            models.CheckConstraint(
                condition=Q(theme__in=Theme.values),
                name="accounts_user_theme_known",
                violation_error_message=_("Choose a theme from the list."),
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values),
                name="accounts_user_measure_known",
                violation_error_message=_("Choose a width from the list."),
            ),
        ]

    @property
    def device_key(self) -> str:
        """What a device keeps this account's votes and cards under: the same on every sign-in, and no number of ours."""
        return salted_hmac("reviewapp.accounts.device_key", str(self.pk)).hexdigest()[:16]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Give the name to show: as the person wrote it, else the user name."""
        return self.name or self.username

    @property
    def initials(self) -> str:
        """Give one or two letters for the round sign: first and last word of the name."""
        words = [word for word in self.display_name.replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
        chosen = words if len(words) < 2 else [words[0], words[-1]]
        return "".join(word[0] for word in chosen).upper() or "?"

    @cached_property
    def key(self) -> dict[str, str]:
        """Give the key of each action on the screening page."""
        return keymap(self.keys)

    @cached_property
    def room_key(self) -> dict[str, str]:
        """Give the key of each action in the conflict room."""
        return room_keymap(self.key)

    def get_full_name(self) -> str:
        """Give the name to show (Django's own name for it)."""
        return self.display_name

    def get_short_name(self) -> str:
        """Give the first word of the name."""
        return self.display_name.split()[0] if self.display_name.split() else self.username
