"""The page on which people say how they read."""
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from reviewapp.accounts.models import User
from tests.accounts.conftest import PASSWORD

GOOD = {"name": "Kari D.", "theme": "dark", "text_size": "20"}


@pytest.fixture
def client(client: Client, kari: User) -> Client:
    cache.clear()
    client.force_login(kari)
    return client


def test_choices_are_kept(client: Client, kari: User) -> None:
    response = client.post("/account/", GOOD)
    kari.refresh_from_db()

    assert response.status_code == 303
    assert (kari.name, kari.theme, kari.text_size, kari.keys_on) == ("Kari D.", "dark", 20, False)


@pytest.mark.parametrize("wrong", [{"text_size": "40"}, {"theme": "pink"}, {"name": ""}])
def test_wrong_choice_changes_nothing(client: Client, kari: User, wrong: dict[str, str]) -> None:
    response = client.post("/account/", GOOD | wrong)
    kari.refresh_from_db()

    assert response.status_code == 422
    assert kari.name == "Kari Demo"
    assert "Kari Demo" in response.content.decode()


def test_nobody_else_sees_the_page() -> None:
    assert Client().get("/account/")["Location"] == "/account/login/?next=/account/"


def test_only_reading_and_sending_are_possible(client: Client) -> None:
    assert client.delete("/account/").status_code == 405


def test_rights_cannot_be_sent_along(client: Client, kari: User) -> None:
    client.post("/account/", GOOD | {"is_superuser": "on", "email": "other@example.org"})
    kari.refresh_from_db()

    assert (kari.is_superuser, kari.email) == (False, "kari@example.org")


def test_email_changes_with_the_password(client: Client, kari: User) -> None:
    response = client.post("/account/email/", {"email": "New@example.org", "password": PASSWORD})
    kari.refresh_from_db()

    assert response.status_code == 303
    assert kari.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "primary")) == [("new@example.org", True)]


def test_old_email_opens_nothing_any_more(client: Client, kari: User) -> None:
    client.post("/account/email/", {"email": "new@example.org", "password": PASSWORD})

    assert Client().post("/account/login/", {"login": "kari@example.org", "password": PASSWORD}).status_code == 200
    assert Client().post("/account/login/", {"login": "new@example.org", "password": PASSWORD}).status_code == 302


def test_email_stays_without_the_password(client: Client, kari: User) -> None:
    response = client.post("/account/email/", {"email": "new@example.org", "password": "guess"})
    kari.refresh_from_db()

    assert (response.status_code, kari.email) == (422, "kari@example.org")
    assert "This is not your present password." in response.content.decode()


def test_email_of_somebody_else_is_refused(client: Client, kari: User, django_user_model: Any) -> None:
    django_user_model.objects.create_user("ola", email="ola@example.org")
    response = client.post("/account/email/", {"email": "OLA@example.org", "password": PASSWORD})

    assert response.status_code == 422
    assert "Somebody already has an account with this e-mail." in response.content.decode()


@pytest.mark.parametrize("page", ["", "email/", "password/change/", "logout/"])
def test_pages_open(client: Client, page: str) -> None:
    html = client.get(f"/account/{page}").content.decode()

    assert html.count("<h1") == 1
    assert 'id="main"' in html


@pytest.mark.parametrize("page", ["login/", "signup/", "password/reset/", "password/reset/done/", "inactive/", "password/reset/key/1-x-y/"])
def test_pages_at_the_door_open(page: str, settings: Any) -> None:
    settings.OPEN_SIGNUP = True
    html = Client().get(f"/account/{page}").content.decode()

    assert html.count("<h1") == 1
    assert "please" not in html.lower()
