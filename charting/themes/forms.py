"""What the pages of themes send."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charting.models import Theme


class ThemeForm(forms.Form):
    """A theme: its sign, name, memo and place in the tree."""

    name = forms.CharField(label=_("Name"), max_length=200)
    label = forms.CharField(label=_("Sign"), max_length=8, required=False, help_text=_("Short, for tables: a1."))
    parent = forms.ChoiceField(label=_("Stands under"), required=False)
    memo = forms.CharField(label=_("Memo"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, data: Any = None, *, themes: list[Theme], theme: Theme | None = None) -> None:
        initial: dict[str, Any] = {}
        if theme is not None:
            parent = next((str(t.number) for t in themes if t.pk == theme.parent_id), "")
            initial = {"name": theme.name, "label": theme.label, "memo": theme.memo, "parent": parent}
        super().__init__(data, initial=initial)
        self.themes = {str(t.number): t for t in themes if theme is None or t.pk != theme.pk}
        field: Any = self.fields["parent"]
        field.choices = [("", _("– at the top –")), *((number, str(t)) for number, t in self.themes.items())]

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"parent": self.themes.get(self.cleaned_data["parent"])}


class PlacementForm(forms.Form):
    """Where a study stands."""

    study = forms.IntegerField(min_value=1)
    theme = forms.IntegerField(min_value=1)
    primary = forms.BooleanField(required=False)
    why = forms.CharField(required=False, max_length=4000)
