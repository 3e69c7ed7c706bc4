"""Forms: a reference that a person types, what a file is, what the columns of a table hold, where a file belongs."""
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.importing import opening
from screening.importing.readers import FIELDS, Preview
from screening.importing.readers.values import RIS_TYPES
from screening.importing.rules import WIDTHS, YEARS, compose_ris
from screening.models import Search, Upload

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


class ReadAgainForm(forms.Form):
    """What a file is, over what was recognised. An empty field leaves it to the reader."""

    dialect = forms.ChoiceField(label=_("Kind of file"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding of its letters"), required=False)
    database = forms.CharField(
        label=_("Database"), required=False, max_length=120, help_text=_("Written to every entry; what the file says is kept beside it.")
    )
    platform = forms.CharField(label=_("Platform"), required=False, max_length=120)

    def __init__(self, data: Mapping[str, Any] | None, *, upload: Upload) -> None:
        said = upload.read_as
        initial = {name: said.get(name, "") for name in ("dialect", "encoding", "database", "platform")}
        super().__init__(data, initial=initial)
        as_found = _("as recognised: %(name)s")
        choices: Any = self.fields
        choices["dialect"].choices = [("", as_found % {"name": upload.dialect or "?"}), *opening.dialects().items()]
        choices["encoding"].choices = [("", as_found % {"name": upload.encoding or "?"}), *opening.ENCODINGS.items()]

    def said(self, upload: Upload) -> dict[str, Any]:
        """Give what is said of the file; columns that were chosen go with a kind that was not."""
        values = {name: value for name, value in self.cleaned_data.items() if value}
        columns = {} if values.get("dialect") else {"columns": upload.read_as.get("columns")}
        return values | columns


FIELD_WORDS = {
    "title": _("Title"), "title_other": _("Title in another language"), "authors": _("Authors"), "year": _("Year"), "date": _("Date"),
    "journal": _("Journal or book"), "volume": _("Volume"), "issue": _("Issue"), "pages": _("Pages"), "first_page": _("First page"),
    "last_page": _("Last page"), "article_number": _("Article number"), "doi": _("DOI"), "pmid": _("PMID"), "pmcid": _("PMCID"),
    "issn": _("ISSN"), "isbn": _("ISBN"), "accession": _("Accession number"), "database": _("Database"), "abstract": _("Abstract"),
    "keywords": _("Keywords"), "language": _("Language"), "url": _("Address"), "type": _("Kind of paper"), "notes": _("Notes"),
}  # fmt: skip


class ColumnsForm(forms.Form):
    """One choice for each column of a table: which field it holds, or none (then it is kept among the other tags)."""

    def __init__(self, data: Mapping[str, Any] | None, *, preview: Preview, chosen: Mapping[str, str]) -> None:
        super().__init__(data)
        self.preview = preview
        choices = [("", _("– kept, not read")), *((name, FIELD_WORDS.get(name, name)) for name in FIELDS)]
        for place, label in enumerate(preview.names):
            select = forms.Select(attrs={"class": "form-select form-select-sm"})
            field = forms.ChoiceField(label=label, choices=choices, required=False, initial=chosen.get(label, ""), widget=select)
            self.fields[f"column{place}"] = field

    def columns(self) -> dict[str, str]:
        """Give label → field."""
        values = self.cleaned_data
        return {label: values[f"column{n}"] for n, label in enumerate(self.preview.names) if values.get(f"column{n}")}


class MoveForm(forms.Form):
    """Which search a file belongs to."""

    search = forms.ModelChoiceField(queryset=Search.objects.none(), label=_("Move it to"), to_field_name="number", empty_label=None)

    def __init__(self, data: Mapping[str, Any] | None, *, upload: Upload) -> None:
        super().__init__(data)
        others = Search.objects.for_review(upload.review).exclude(pk=upload.search_id).select_related("source", "search_round")
        field: Any = self.fields["search"]
        field.queryset = others.order_by("search_round__number", "number")
        field.label_from_instance = lambda search: f"{search.source.full_name}, {search.search_round.name}"
