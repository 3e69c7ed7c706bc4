"""What people send about studies."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LinkForm(forms.Form):
    """A report by its number."""

    report = forms.IntegerField(
        min_value=1, error_messages={"required": _("Choose the report first."), "invalid": _("Choose a report of the list.")}
    )


class RenameForm(forms.Form):
    """The label of a study."""

    label = forms.CharField(
        label=_("Label"),
        max_length=120,
        help_text=_("Surname Year, with a letter where two would be alike."),
        error_messages={"required": _("A study needs a label, for example Surname Year.")},
    )
