"""How allauth asks us: who may open an account, what goes into it, and in which words."""
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

#: Whoever opened a working invitation carries its e-mail in the session; reviews.invitations sets it.
INVITATION_EMAIL = "invitation_email"


def invited_email(request: HttpRequest) -> str:
    """Give the e-mail that a working invitation was made out to, or an empty text."""
    return str(request.session.get(INVITATION_EMAIL, ""))


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation, unless this server lets everybody in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail and password do not go together. Try again, or set a new password."),
        "username_password_mismatch": _("User name and password do not go together. Try again, or set a new password."),
        "username_email_password_mismatch": _("Name and password do not go together. Try again, or set a new password."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "account_inactive": _("This account is closed. Ask the owner of your review."),
        "email_taken": _("Somebody already has an account with this e-mail."),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say whether this visitor may open an account at all."""
        return settings.OPEN_SIGNUP or bool(invited_email(request))

    def clean_email(self, email: str) -> str:
        """Take at sign-up only the e-mail that was invited, where accounts are made by invitation."""
        email = super().clean_email(email)
        invited = invited_email(self.request) if self.request else ""
        signing_up = self.request is not None and not self.request.user.is_authenticated
        if signing_up and not settings.OPEN_SIGNUP and email.casefold() != invited.casefold():
            raise ValidationError(_("The invitation was made out to %(email)s. Use that e-mail."), params={"email": invited})
        return email

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Keep the name that the person wrote."""
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def format_email_subject(self, subject: str) -> str:
        """Write the subject of a mail as it is, on one line."""
        return " ".join(subject.split())
