"""Changes to a person's account, and the way back in."""
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from reviewapp.accounts.models import User


@transaction.atomic
def change_email(user: User, email: str) -> None:
    """Make this the person's one e-mail: for signing in, for invitations and for resetting the password."""
    user.email = email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)


def reset_link(user: User) -> str:
    """Give a link that lets this person set a new password, once, within three days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL}{path}"
