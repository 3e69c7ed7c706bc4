"""Who the people are: sign-in, names, and how each one likes to read."""
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "reviewapp.accounts"
    label = "accounts"
    verbose_name = _("people")
