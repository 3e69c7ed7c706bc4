"""Forms of the account pages: allauth's with our words, and our own."""
from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

from reviewapp.accounts.adapter import invited_email
from reviewapp.accounts.keys import KeyAction, Preset, twice, usable
from reviewapp.accounts.models import User
from reviewapp.accounts.vocabulary import TEXT_SIZE_DEFAULT, TEXT_SIZE_LARGEST, TEXT_SIZE_SMALLEST, Measure, Theme

PASSWORD_HELP = _("At least 10 characters. Several words in a row are easy to keep in mind.")


def reword(form: forms.BaseForm, **labels: Any) -> None:
    """Give fields our labels; take away what is said inside the fields, and allauth's own help."""
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = PASSWORD_HELP if name == "password1" else ""
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, login=_("E-mail or user name"), password=_("Password"))
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class SignupForm(allauth.SignupForm):
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, email=_("E-mail"), password1=_("Password"))
        self.fields["name"].help_text = _("As it stands in the reviews you take part in.")

    def invited(self, request: Any) -> None:
        """Fill in the e-mail of the invitation, where there is one."""
        self.fields["email"].initial = invited_email(request) or None


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, email=_("E-mail"))


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, password1=_("New password"), password2=_("The same again"))


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, oldpassword=_("Present password"), password1=_("New password"), password2=_("The same again"))


class ReadingForm(forms.ModelForm):
    """What to be called, and how to read."""

    class Meta:
        model = User
        fields = ["name", "theme", "text_size", "measure", "keys_on", "swipe_on"]
        labels = {
            "name": _("Your name"), "text_size": _("Text size of abstracts"), "keys_on": _("Keyboard shortcuts"),
            "swipe_on": _("Votes by swiping"),
        }  # fmt: skip
        help_texts = {
            "name": _("Others in your reviews see it beside your author number."),
            "keys_on": _("Single keys for votes and moving about. The key ? lists those of a page."),
            "swipe_on": _("On a touch screen: swipe a record to the right to include it, to the left to exclude it. Undo takes it back."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["theme"] = forms.ChoiceField(label=_("Colours"), choices=Theme.choices, required=False, widget=forms.RadioSelect)
        self.fields["measure"] = forms.ChoiceField(
            label=_("Width of a record"), choices=Measure.choices, required=False, widget=forms.RadioSelect
        )
        usual = _("%(size)s, the usual one") % {"size": TEXT_SIZE_DEFAULT}
        sizes = [(size, usual if size == TEXT_SIZE_DEFAULT else size) for size in range(TEXT_SIZE_SMALLEST, TEXT_SIZE_LARGEST + 1)]
        self.fields["text_size"].widget = forms.Select(choices=sizes)


class KeysForm(forms.Form):
    """A key for each action, or one of the presets: its button sends its name, and the fields do not matter then."""

    preset = forms.ChoiceField(choices=Preset.choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for action in KeyAction:
            widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "size": 2})
            self.fields[action.value] = forms.CharField(label=action.label, max_length=1, required=False, widget=widget)

    def key_fields(self) -> list[forms.BoundField]:
        """Give the fields of the actions."""
        return [self[action.value] for action in KeyAction]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("preset") or self.errors:
            return data
        keys = {action.value: str(data.get(action.value, "")).lower() for action in KeyAction}
        for action, key in keys.items():
            if not key:
                self.add_error(action, _("Choose a key."))
            elif not usable(key):
                self.add_error(action, _("Choose a letter. Digits, /, ? and G are used by the pages themselves."))
        if not self.errors and (both := twice(keys)):
            names = {"key": keys[both[0]].upper(), "one": KeyAction(both[0]).label, "other": KeyAction(both[1]).label}
            self.add_error(both[1], _("%(key)s stands for “%(one)s” and for “%(other)s”. Give one of them another key.") % names)
        return data | keys


class EmailForm(forms.ModelForm):
    """Another e-mail, with the password as proof that it is the person."""

    password = forms.CharField(label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    class Meta:
        model = User
        fields = ["email"]
        labels = {"email": _("E-mail")}
        help_texts = {"email": _("You sign in with it, and invitations and links for a new password go there.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """Give the e-mail in small letters, as sign-up keeps it."""
        return self.cleaned_data["email"].lower()

    def clean_password(self) -> str:
        """Say so when the password is not theirs."""
        if not self.instance.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your present password."))
        return self.cleaned_data["password"]
