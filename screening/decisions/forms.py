"""What the screening page sends."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from screening.vocabulary import RecusalKind, Verdict

NEXT = [("screen", "screen"), ("report", "report")]


class VoteForm(forms.Form):
    """One vote. A reason without a verdict is an exclusion: its button sends only itself."""

    verdict = forms.ChoiceField(choices=Verdict.choices, required=False)
    reason = forms.CharField(max_length=40, required=False)
    note = forms.CharField(max_length=20_000, required=False)
    why = forms.CharField(max_length=5_000, required=False)
    key = forms.RegexField(r"\A[\w:\-]{1,64}\Z", required=False)
    seen = forms.CharField(max_length=64, required=False)
    next = forms.ChoiceField(choices=NEXT, required=False)
    at = forms.CharField(max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("verdict"):
            if not data.get("reason"):
                raise forms.ValidationError(_("Choose include, exclude or maybe."))
            data["verdict"] = Verdict.EXCLUDE.value
        if data["verdict"] != Verdict.EXCLUDE:
            data["reason"] = ""
        return data

    def clean_at(self) -> datetime | None:
        """When the vote was cast on the device; what cannot be, or lies ahead, counts as not said."""
        try:
            at = parse_datetime(self.cleaned_data["at"] or "")
        except ValueError:
            return None
        if at is None or timezone.is_naive(at) or at > timezone.now() or at.year < 2000:
            return None
        return at


class NextForm(forms.Form):
    """Which cards a page holds; whether somebody waits for the very next one; whether it wants its numbers counted."""

    have = forms.CharField(max_length=1000, required=False)
    soon = forms.BooleanField(required=False)
    line = forms.BooleanField(required=False)

    def clean_have(self) -> set[int]:
        return {int(part) for part in (self.cleaned_data["have"] or "").split(",") if part.isdecimal() and len(part) < 10}


class RecuseForm(forms.Form):
    """Why one cannot judge a record."""

    kind = forms.ChoiceField(choices=RecusalKind.choices)


class NoteForm(forms.Form):
    """One's own note."""

    note = forms.CharField(max_length=20_000, required=False)


class WordsForm(forms.Form):
    """One's own words to mark, one a line."""

    words = forms.CharField(
        label=_("Words and phrases, one a line"), max_length=5_000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )  # fmt: skip

    def clean_words(self) -> str:
        """Give the lines without empty ones."""
        return "\n".join(line.strip() for line in self.cleaned_data["words"].replace("\x00", "").splitlines() if line.strip())


class AbstractForm(forms.Form):
    """A pasted abstract."""

    abstract = forms.CharField(
        label=_("Abstract"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Paste the abstract, then keep it.")},
    )
