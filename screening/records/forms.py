"""What people correct of a record, and why one is removed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.outcomes.display import EDITABLE
from screening.vocabulary import RemovalReason

LONG = ("title", "abstract", "authors", "journal")


class EditForm(forms.Form):
    """The displayed fields as a person corrects them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "title": _("Title"), "abstract": _("Abstract"), "year": _("Year"), "journal": _("Journal or publisher"), "volume": _("Volume"),
            "issue": _("Issue"), "pages": _("Pages"), "doi": _("DOI"), "pmid": _("PMID"), "language": _("Language"),
            "authors": _("Authors, one a line"),
        }  # fmt: skip
        for name in EDITABLE:
            rows = {"abstract": 10, "authors": 4, "title": 3}.get(name)
            widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
            self.fields[name] = forms.CharField(label=labels[name], required=False, max_length=50_000, widget=widget)

    def clean_year(self) -> str:
        value = str(self.cleaned_data["year"]).strip()
        if value and not (value.isascii() and value.isdecimal() and 1000 <= int(value) <= 2200):
            raise forms.ValidationError(_("Write the year with four digits, as 2018."))
        return value


class RemoveForm(forms.Form):
    """Why a record is removed before screening."""

    reason = forms.ChoiceField(label=_("Reason"), choices=RemovalReason.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
