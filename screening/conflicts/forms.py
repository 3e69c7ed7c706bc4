"""What people send from the conflict room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.vocabulary import StudyStatus, Verdict

LONGEST = 20_000


class SettleForm(forms.Form):
    """A proposal, a ruling, an agreement or a message: one text, a verdict from the button, a reason by its number."""

    verdict = forms.ChoiceField(choices=[(Verdict.INCLUDE.value, ""), (Verdict.EXCLUDE.value, "")], required=False)
    reason = forms.IntegerField(required=False, min_value=1, max_value=99)
    study_status = forms.ChoiceField(choices=StudyStatus.choices, required=False)
    proposal = forms.IntegerField(required=False, min_value=1)
    text = forms.CharField(
        max_length=LONGEST, required=False, error_messages={"max_length": _("A text here holds at most 20,000 characters. Shorten it.")}
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\x00", "").strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == Verdict.INCLUDE:
            data["reason"] = None
        return data
