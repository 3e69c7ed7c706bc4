"""Signing in and out, opening an account, and the ways back in."""
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from reviewapp.accounts import actions
from reviewapp.accounts.adapter import INVITATION_EMAIL
from reviewapp.accounts.forms import EmailForm, SignupForm
from reviewapp.accounts.models import User
from tests.accounts.conftest import PASSWORD

NEW = "another long password"


@pytest.fixture(autouse=True)
def no_failures_yet() -> None:
    cache.clear()


def sign_in(client: Client, name: str = "kari@example.org", password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": name, "password": password})


def sign_up(client: Client, email: str = "ola@example.org") -> Any:
    return client.post("/account/signup/", {"name": "Ola Demo", "email": email, "password1": NEW})


def invite(client: Client, email: str) -> None:
    session = client.session
    session[INVITATION_EMAIL] = email
    session.save()


def who(client: Client) -> str:
    return client.get("/").content.decode()


@pytest.mark.parametrize("name", ["kari@example.org", "KARI@EXAMPLE.ORG", "kari"])
def test_one_signs_in_by_email_or_user_name(client: Client, kari: User, name: str) -> None:
    response = sign_in(client, name)

    assert (response.status_code, response["Location"], who(client)) == (302, "/", "Kari Demo")


def test_wrong_password_says_so_in_our_words(client: Client, kari: User) -> None:
    html = sign_in(client, password="no").content.decode()

    assert "E-mail and password do not go together. Try again, or set a new password." in html
    assert 'aria-describedby="sign-in-error"' in html


def test_unknown_and_known_people_get_the_same_answer(client: Client, kari: User) -> None:
    known, unknown = sign_in(client, "kari@example.org", "no"), sign_in(client, "nobody@example.org", "no")

    assert known.status_code == unknown.status_code == 200
    assert "do not go together" in unknown.content.decode()


def test_guessing_is_stopped(client: Client, kari: User) -> None:
    for _ in range(12):
        last = sign_in(client, password="no")

    assert "Too many attempts" in last.content.decode() or last.status_code == 429
    assert sign_in(client).status_code != 302


def test_session_has_a_new_number_after_sign_in(client: Client, kari: User) -> None:
    invite(client, "x@example.org")
    before = client.session.session_key
    sign_in(client)

    assert client.session.session_key != before


def test_outside_address_is_not_followed_after_sign_in(client: Client, kari: User) -> None:
    response = client.post("/account/login/", {"login": "kari", "password": PASSWORD, "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"


def test_signing_out_needs_a_form(client: Client, kari: User) -> None:
    client.force_login(kari)

    assert "Sign out of this device?" in client.get("/account/logout/").content.decode()
    assert who(client) == "Kari Demo"
    client.post("/account/logout/")
    assert who(client) == "AnonymousUser"


def test_account_is_made_where_everybody_may(client: Client, settings: Any) -> None:
    settings.OPEN_SIGNUP = True
    sign_up(client, "Ola@Example.org")

    ola = User.objects.get(email="ola@example.org")
    assert (ola.name, ola.username, who(client)) == ("Ola Demo", "ola", "Ola Demo")


def test_nobody_makes_an_account_uninvited(client: Client, settings: Any) -> None:
    settings.OPEN_SIGNUP = False
    html = sign_up(client).content.decode()

    assert "Accounts are made by invitation" in html
    assert not User.objects.exists()


def test_invited_person_makes_their_account(client: Client, settings: Any) -> None:
    settings.OPEN_SIGNUP = False
    invite(client, "Ola@example.org")

    assert 'value="Ola@example.org"' in client.get("/account/signup/").content.decode()
    sign_up(client)
    assert User.objects.get().email == "ola@example.org"


def test_invitation_is_good_for_its_own_email_only(client: Client, settings: Any) -> None:
    settings.OPEN_SIGNUP = False
    invite(client, "ola@example.org")
    html = sign_up(client, "other@example.org").content.decode()

    assert "The invitation was made out to ola@example.org." in html
    assert not User.objects.exists()


def test_second_account_with_the_same_email_is_refused(client: Client, kari: User, settings: Any) -> None:
    settings.OPEN_SIGNUP = True
    html = sign_up(client, "Kari@example.org").content.decode()

    assert "Somebody already has an account with this e-mail." in html
    assert User.objects.count() == 1


def test_two_accounts_with_one_email_at_the_same_moment_are_one_and_a_sentence(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPEN_SIGNUP = True
    somebody_is_quicker(monkeypatch, SignupForm)
    response = sign_up(client)

    assert response.status_code == 200
    assert "Somebody already has an account with this e-mail." in response.content.decode()
    assert [user.username for user in User.objects.all()] == ["quicker"]
    assert who(client) == "AnonymousUser"


def test_an_email_that_somebody_takes_meanwhile_is_refused_in_words(client: Client, kari: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(kari)
    somebody_is_quicker(monkeypatch, EmailForm)
    response = client.post("/account/email/", {"email": "ola@example.org", "password": PASSWORD})

    assert response.status_code == 422
    assert "Somebody already has an account with this e-mail." in response.content.decode()
    kari.refresh_from_db()
    assert kari.email == "kari@example.org"


def somebody_is_quicker(monkeypatch: pytest.MonkeyPatch, form: Any) -> None:
    """Between the look of the form and its saving another account takes the e-mail."""
    look = form.is_valid

    def is_valid(self: Any) -> bool:
        fine: bool = look(self)
        assert fine
        User.objects.create_user("quicker", email="OLA@example.org")
        return fine

    monkeypatch.setattr(form, "is_valid", is_valid)


def test_short_password_is_refused(client: Client, settings: Any) -> None:
    settings.OPEN_SIGNUP = True
    html = client.post("/account/signup/", {"name": "Ola", "email": "o@example.org", "password1": "short"}).content.decode()

    assert "at least 10 characters" in html
    assert not User.objects.exists()


def test_without_mail_the_reset_page_says_who_can_help(client: Client, kari: User, settings: Any) -> None:
    settings.MAIL_WORKS = False
    for response in (client.get("/account/password/reset/"), client.post("/account/password/reset/", {"email": kari.email})):
        assert "This server sends no mail." in response.content.decode()

    assert mail.outbox == []


def test_reset_by_mail_leads_to_a_new_password(client: Client, kari: User, settings: Any) -> None:
    settings.MAIL_WORKS = True
    client.post("/account/password/reset/", {"email": kari.email})
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))

    assert use(client, link).status_code == 302
    assert sign_in(client, password=NEW).status_code == 302


def test_reset_tells_nobody_who_has_an_account(client: Client, kari: User, settings: Any) -> None:
    settings.MAIL_WORKS = True
    answers = [client.post("/account/password/reset/", {"email": email}) for email in ("kari@example.org", "nobody@example.org")]

    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]


def test_link_made_by_hand_works_once(client: Client, kari: User) -> None:
    link = actions.reset_link(kari)
    use(client, link)

    assert sign_in(client, password=NEW).status_code == 302
    assert "This link does not work any more" in Client().get(urlsplit(link).path).content.decode()


def use(client: Client, link: str) -> Any:
    """Open a reset link and set the new password."""
    form = client.get(urlsplit(link).path)
    return client.post(form["Location"], {"password1": NEW, "password2": NEW})


def test_command_prints_the_link(kari: User, settings: Any) -> None:
    out = StringIO()
    call_command("reset_link", "KARI@example.org", stdout=out)

    assert out.getvalue().startswith(f"{settings.BASE_URL}/account/password/reset/key/")


@pytest.mark.parametrize("name", ["nobody", ""])
def test_command_knows_nobody_else(kari: User, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("reset_link", name)


def test_new_password_ends_other_sessions_and_keeps_this_one(kari: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert (who(here), who(there)) == ("Kari Demo", "AnonymousUser")


def test_reset_ends_every_session(client: Client, kari: User) -> None:
    sign_in(client)
    kari.refresh_from_db()
    use(Client(), actions.reset_link(kari))

    assert who(client) == "AnonymousUser"
