"""What people type on the pages of the report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.models import DeclaredCount

MOST = 10_000_000


class SnapshotForm(forms.Form):
    """Freeze the numbers under a name."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What the numbers were used for, for example “Submitted manuscript”.")
    )


class DeclaredForm(forms.ModelForm):
    """A number of the flow that happened outside this software."""

    n = forms.IntegerField(label=_("Number"), min_value=1, max_value=MOST)
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = DeclaredCount
        fields = ("box", "n", "tool", "on")
        help_texts = {"tool": _("Where it happened, for example “Duplicate removal in EndNote 21”. It stands in the footnote.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["box"].help_text = _("The number is added to this box and marked †.")
