"""What the pages of the classification table send."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charting.classification_table.rules import Rule
from charting.models import ClassificationRule, RatingScale
from charting.vocabulary import LOWEST, VALUES


class RatingForm(forms.Form):
    """One cell. An empty value takes the rating back; without a note the one that stands is kept."""

    report = forms.IntegerField(min_value=1)
    scale = forms.SlugField(max_length=40)
    value = forms.TypedChoiceField(choices=[("", ""), *((str(v), str(v)) for v in VALUES)], coerce=int, empty_value=None, required=False)
    note = forms.CharField(required=False, max_length=4000)
    seen = forms.IntegerField(required=False, min_value=0)


class RuleForm(forms.Form):
    """The least agreed value for each scale, and what the rule does."""

    discuss_near = forms.BooleanField(required=False, label=_("One step below on one scale only: suggest to discuss"))
    is_gate = forms.BooleanField(
        required=False,
        label=_("The team follows the rule"),
        help_text=_("Said in the methods paragraph. Each final decision is still made and signed by people at full text."),
    )

    def __init__(self, data: Any = None, *, scales: list[RatingScale], version: ClassificationRule) -> None:
        super().__init__(data, initial={"discuss_near": version.discuss_near, "is_gate": version.is_gate})
        self.scales = scales
        rule = Rule(version.minimums)
        minimums = {
            f"min_{scale.key}": forms.TypedChoiceField(
                label=_("%(scale)s: at least") % {"scale": scale.name},
                choices=[
                    (str(a["value"]), f"{a['value']} {a['text']}" if a["value"] else str(_("0 asks for nothing"))) for a in scale.anchors
                ],
                coerce=int,
                initial=str(rule.minimums.get(scale.key, LOWEST)),
            )
            for scale in scales
        }
        self.fields = minimums | self.fields

    @property
    def minimums(self) -> dict[str, int]:
        return {s.key: self.cleaned_data[f"min_{s.key}"] for s in self.scales if self.cleaned_data[f"min_{s.key}"] > LOWEST}


class ScaleForm(forms.Form):
    """A scale: its name and what its four values mean."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, data: Any = None, *, scale: RatingScale | None = None, prefix: str | None = None) -> None:
        texts = {a["value"]: a["text"] for a in scale.anchors} if scale else {}
        initial = {"name": scale.name if scale else ""} | {f"text{v}": texts.get(v, "") for v in VALUES}
        super().__init__(data, initial=initial, prefix=prefix)
        for value in reversed(VALUES):
            self.fields[f"text{value}"] = forms.CharField(label=_("%(value)s means") % {"value": value}, max_length=200)

    @property
    def anchors(self) -> list[str]:
        return [self.cleaned_data[f"text{value}"] for value in VALUES]
