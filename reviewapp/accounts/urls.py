"""Addresses of the account pages: ours first, the rest is allauth's."""
from django.urls import include, path

from reviewapp.accounts import views

urlpatterns = [
    path("account/", views.account_settings, name="account_settings"),
    path("account/keys/", views.account_keys, name="account_keys"),
    path("account/email/", views.email, name="account_email"),
    path("account/signup/", views.signup, name="account_signup"),
    path("account/password/reset/", views.password_reset, name="account_reset_password"),
    path("account/", include("allauth.account.urls")),
]
