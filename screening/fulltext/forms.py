"""What people send about getting a full text."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from screening.vocabulary import Retrieval


class StepForm(forms.Form):
    """What was done to get a full text."""

    kind = forms.ChoiceField(
        label=_("What was done"),
        choices=[
            (Retrieval.REQUESTED.value, _("requested, from a library or the authors")),
            (Retrieval.RETRIEVED.value, _("retrieved, kept elsewhere")),
            (Retrieval.NOT_RETRIEVED.value, _("not retrieved")),
            (Retrieval.SOUGHT.value, _("still sought")),
        ],
        error_messages={"required": _("Choose what was done."), "invalid_choice": _("Choose what was done.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For not retrieved: what was tried. It is printed with the reports not retrieved."),
    )
    link = forms.CharField(
        label=_("Link to the full text"),
        required=False,
        max_length=1000,
        validators=[URLValidator(schemes=["http", "https"], message=_("Write a web address that begins with https://."))],
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    chase_on = forms.DateField(
        label=_("Ask again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("This date does not exist. Write it as 2018-02-28.")},
    )

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        return note.replace("\x00", "").strip()

    def clean(self) -> dict[str, Any]:
        """A date to ask again belongs to what is still awaited."""
        data = super().clean() or {}
        if data.get("kind") not in (Retrieval.REQUESTED, Retrieval.SOUGHT):
            data["chase_on"] = None
        return data


class PdfForm(forms.Form):
    """A PDF of the report."""

    file = forms.FileField(
        label=_("PDF"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Choose the PDF first."),
            "empty": _("This file is empty. Save the article as PDF and attach that."),
            "max_length": _("The name of this file is longer than 255 letters. Give it a shorter one."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.PDF_MAX_BYTES:
            limit = settings.PDF_MAX_BYTES // 1_000_000
            raise forms.ValidationError(
                _("This PDF is larger than %(limit)s MB, the most this server takes. Save a smaller version of it."),
                params={"limit": limit},
            )
        return file
