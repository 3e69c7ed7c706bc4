"""Forms of a reference that a person types: to mend an entry, or to enter a paper that no database gave."""
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.importing.readers.values import RIS_TYPES
from screening.importing.rules import WIDTHS, YEARS, compose_ris

TYPES = [("", _("not said")), *((name, name) for name in dict.fromkeys(RIS_TYPES.values()))]


class ReferenceForm(forms.Form):
    """The fields of one reference. A title is enough."""

    title = forms.CharField(label=_("Title"), max_length=5000)
    authors = forms.CharField(
        label=_("Authors"),
        required=False,
        max_length=50_000,
        help_text=_("One a line: Demo, Åse"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1, max_value=min(2999, max(YEARS)))
    journal = forms.CharField(label=_("Journal or book"), required=False, max_length=2000)
    volume = forms.CharField(label=_("Volume"), required=False, max_length=WIDTHS["volume"])
    issue = forms.CharField(label=_("Issue"), required=False, max_length=WIDTHS["issue"])
    pages = forms.CharField(label=_("Pages"), required=False, max_length=WIDTHS["pages"])
    doi = forms.CharField(label=_("DOI"), required=False, max_length=WIDTHS["doi"])
    pmid = forms.RegexField(
        r"^\d{1,9}$", label=_("PMID"), required=False, error_messages={"invalid": _("A PMID is a number of up to nine digits.")}
    )
    url = forms.URLField(label=_("Address"), required=False, max_length=2000, assume_scheme="https")
    abstract = forms.CharField(label=_("Abstract"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 5}))
    type = forms.ChoiceField(label=_("Kind of paper"), choices=TYPES, required=False)


class NewReferenceForm(ReferenceForm):
    """A paper typed field by field, or pasted: an export, identifiers, references as lines."""

    title = forms.CharField(label=_("Title"), max_length=5000, required=False)
    paste = forms.CharField(
        label=_("Paste references or DOIs"),
        required=False,
        max_length=2_000_000,
        strip=False,
        help_text=_(
            "DOIs and PMIDs, one a line; references as they stand in a reference list, one a line or parted by blank lines; or RIS, "
            "BibTeX, PubMed’s format, CSL-JSON as it was copied. Identifiers and lines become entries that you complete one by one."
        ),
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get("title", "").strip() and not values.get("paste", "").strip() and not self.errors:
            self.add_error("title", _("Type the title, or paste the reference below."))
        return values

    def text(self) -> str:
        """Give the text that is kept: the paste as it came, or RIS made of the fields."""
        values = self.cleaned_data
        return values["paste"] if values["paste"].strip() else compose_ris(values)
