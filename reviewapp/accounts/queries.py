"""Find people."""
from django.db.models import Q

from reviewapp.accounts.models import User


def person(name: str) -> User | None:
    """Give the active person with this user name or e-mail, whatever the case of its letters."""
    return User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).exclude(username="").first()
