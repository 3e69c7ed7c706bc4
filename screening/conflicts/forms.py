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


class MindForm(forms.Form):
    """Another vote of one's own, with its why. ``seen``: the key of the vote that the page showed."""

    verdict = forms.ChoiceField(
        choices=[(verdict.value, "") for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)],
        error_messages={"required": _("Choose how you vote now.")},
    )
    reason = forms.IntegerField(required=False, min_value=1, max_value=99)
    why = forms.CharField(max_length=LONGEST, error_messages={"required": _("Say why you changed your mind; it is kept beside the vote.")})
    seen = forms.CharField(max_length=64)
    key = forms.CharField(max_length=64)


class CriteriaNoteForm(forms.Form):
    """How a criterion is to be read."""

    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Everybody reads this beside the criteria, also before they vote. Say how the criterion is to be read, not who voted what."
        ),
    )  # fmt: skip


class TogetherForm(forms.Form):
    """One act on many conflicts that look alike: a verdict from the button, a reason by its number, a why."""

    verdict = forms.ChoiceField(choices=[(Verdict.INCLUDE.value, ""), (Verdict.EXCLUDE.value, "")], required=False)
    reason = forms.IntegerField(required=False, min_value=1, max_value=99)
    text = forms.CharField(
        max_length=LONGEST, required=False, error_messages={"max_length": _("A text here holds at most 20,000 characters. Shorten it.")}
    )
