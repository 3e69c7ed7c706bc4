"""What people say of a label."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.vocabulary import LabelColour


class LabelForm(forms.Form):
    """A name, a colour, and whose it is."""

    name = forms.CharField(label=_("Name"), max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), choices=LabelColour.choices, initial=LabelColour.BLUE)
    shared = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[("", _("only me")), ("team", _("the team"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("What others put on a record you still vote on shows to you only when the record opens to you."),
    )


class ChangeForm(forms.Form):
    """A new name or colour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), choices=LabelColour.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", False)
        super().__init__(*args, **kwargs)
