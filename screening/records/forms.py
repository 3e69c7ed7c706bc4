"""What the list of records is asked, and what people correct."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.models import Source
from screening.outcomes.display import EDITABLE
from screening.vocabulary import RemovalReason

LONG = ("title", "abstract", "authors", "journal")


class ListForm(forms.Form):
    """Search and filters; the address holds it all."""

    q = forms.CharField(label=_("Words in title, abstract or authors"), max_length=200, required=False)
    mine = forms.ChoiceField(
        label=_("My votes"), choices=[("", _("all")), ("undecided", _("without my vote")), ("voted", _("with my vote"))], required=False
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            ("", _("any")), ("goes_on", _("goes to full text")), ("excluded", _("excluded at title and abstract")),
            ("included", _("included")), ("excluded_full_text", _("excluded at full text")),
        ],
        required=False,
    )  # fmt: skip
    source = forms.ChoiceField(label=_("Found in"), required=False)
    year_from = forms.IntegerField(label=_("From year"), min_value=1000, max_value=2200, required=False)
    year_to = forms.IntegerField(label=_("to year"), min_value=1000, max_value=2200, required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("records that count")), ("removed", _("removed before screening")),
            ("parked", _("parked: all their files are withdrawn")), ("no_abstract", _("without abstract")),
        ],
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, review: Any, votes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources: list[tuple[str, Any]] = [(str(source.number), source.full_name) for source in Source.objects.for_review(review)]
        self.fields["source"].choices = [("", _("any source")), *sources]  # type: ignore[attr-defined]
        if not votes:
            del self.fields["mine"]


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
