"""The account pages that allauth has not."""
from typing import Any, cast

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.accounts import actions
from reviewapp.accounts.forms import EmailForm, KeysForm, ReadingForm
from reviewapp.accounts.keys import PRESETS, Preset
from reviewapp.accounts.models import User
from reviewapp.web.shortcuts import page, redirect_303


def _fresh(request: HttpRequest) -> User:
    """Give the person again from the database: a form that fails must not change the one shown in the frame."""
    return get_object_or_404(User, pk=request.user.pk)


@login_required
@require_http_methods(["GET", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Name, colours, text size, width, keys; the ways to e-mail and password."""
    user = _fresh(request)
    form = ReadingForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect_303(request, reverse("account_settings"))
    return _settings(request, user, form, KeysForm(initial=user.key))


@login_required
@require_POST
def account_keys(request: HttpRequest) -> HttpResponse:
    """Keep the keys: one of the presets, or each as it was written."""
    user = _fresh(request)
    form = KeysForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        actions.keep_keys(user, preset=sent["preset"], keys=sent)
        messages.success(request, _("Saved."))
        return redirect_303(request, f"{reverse('account_settings')}#keys")
    return _settings(request, user, ReadingForm(instance=user), form)


def _settings(request: HttpRequest, user: User, form: ReadingForm, keys: KeysForm) -> HttpResponse:
    presets = [(value, label, user.key == PRESETS[value]) for value, label in Preset.choices]
    bound = form.is_bound or keys.is_bound
    return page(request, "account/settings.html", {"form": form, "keys": keys, "presets": presets}, status=422 if bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Another e-mail. Guesses of the password are counted like those at sign-in."""
    user = _fresh(request)
    if request.method == "POST" and not ratelimit.consume(request, action="reauthenticate", user=user):
        form = EmailForm(request.POST, instance=user)
        form.add_error(None, get_adapter().error_messages["too_many_login_attempts"])
        return page(request, "account/email.html", {"form": form}, status=422)
    form = EmailForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        try:
            actions.change_email(user, form.cleaned_data["email"])
        except actions.EmailTaken as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Your e-mail is now %(email)s.") % {"email": user.email})
            return redirect_303(request, reverse("account_settings"))
    return page(request, "account/email.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; where the server sends none, say who can make one."""
    if settings.MAIL_WORKS:
        return cast(HttpResponse, allauth.password_reset(request))
    return page(request, "account/password_reset_no_mail.html")


class SignupView(allauth.SignupView):
    """Sign-up with the invitation's e-mail filled in."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.invited(self.request)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Open the account; when somebody opened one with the same e-mail since the form was looked at, say so beside the field."""
        try:
            with actions.one_account_each(form.cleaned_data["email"]):
                return cast(HttpResponse, super().form_valid(form))
        except actions.EmailTaken as error:
            form.add_error("email", str(error))
            return cast(HttpResponse, self.form_invalid(form))


signup = SignupView.as_view()
