"""Forms about people."""
from django import forms
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.vocabulary import Role


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class InviteForm(RolesForm):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The invitation works for this address only."))
    field_order = ["email", "roles"]
