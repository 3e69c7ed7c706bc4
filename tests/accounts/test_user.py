"""The person as a row."""
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reviewapp.accounts import queries
from reviewapp.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "username", "initials"),
    [("Kari Demo", "kari", "KD"), ("Åse Marie Demo", "aase", "ÅD"), ("Ola", "ola", "O"), ("", "ola.nordmann", "ON"), ("–", "x", "?")],
)
def test_initials_are_those_of_first_and_last_word(name: str, username: str, initials: str) -> None:
    assert User(name=name, username=username).initials == initials


def test_person_is_called_by_the_name_they_wrote(kari: User) -> None:
    assert (str(kari), str(User(username="ola"))) == ("Kari Demo", "ola")


@pytest.mark.parametrize(
    "other",
    [
        {"username": "other", "email": "KARI@example.org"},
        {"username": "KARI"},
        {"username": "other", "text_size": 40},
        {"username": "other", "theme": "pink"},
    ],
)
def test_table_refuses_what_cannot_be(kari: User, other: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(**other)


def test_twice_the_same_email_has_a_sentence(kari: User) -> None:
    with pytest.raises(ValidationError, match="Somebody already has an account with this e-mail"):
        User(username="other", email="Kari@example.org").full_clean(exclude=["password"])


def test_several_people_may_have_no_email() -> None:
    User.objects.create(username="one")
    User.objects.create(username="two")

    assert User.objects.filter(email="").count() == 2


@pytest.mark.parametrize("name", ["kari", "KARI", "Kari@Example.org"])
def test_person_is_found_by_either_name(kari: User, name: str) -> None:
    assert queries.person(name) == kari


def test_closed_account_is_not_found(kari: User) -> None:
    kari.is_active = False
    kari.save()

    assert queries.person("kari") is None
