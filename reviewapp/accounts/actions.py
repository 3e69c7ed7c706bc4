"""Changes to a person's account, and the way back in."""
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reviewapp.accounts.keys import OURS, PRESETS, KeyAction
from reviewapp.accounts.models import User
from reviewapp.web.errors import DomainError


class EmailTaken(DomainError):
    """Another account took the e-mail, maybe a moment ago: between the look of a form and its saving."""

    sentence = _("Somebody already has an account with this e-mail.")


def change_email(user: User, email: str) -> None:
    """Make this the person's one e-mail: for signing in, for invitations and for resetting the password. Raises EmailTaken."""
    with one_account_each(email):
        user.email = email
        user.save(update_fields=["email"])
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)


@contextmanager
def one_account_each(email: str) -> Iterator[None]:
    """Raise EmailTaken where the table refuses what is written in this block because of this e-mail."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if User.objects.filter(email__iexact=email).exists():
            raise EmailTaken from error
        raise


def keep_keys(user: User, *, preset: str = "", keys: dict[str, str] | None = None) -> None:
    """Keep a preset, or the key of each action; only what is not ours is written down."""
    chosen = PRESETS[preset] if preset else {action.value: (keys or {}).get(action.value, OURS[action.value]) for action in KeyAction}
    user.keys = {action: key for action, key in chosen.items() if key != OURS[action]}
    user.save(update_fields=["keys"])


def reset_link(user: User) -> str:
    """Give a link that lets this person set a new password, once, within three days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL}{path}"
