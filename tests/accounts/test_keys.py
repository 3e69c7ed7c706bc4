"""Which key does what: presets, one's own, and what may not be."""
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from reviewapp.accounts.keys import OURS, PRESETS, keymap, room_keymap, twice, usable
from reviewapp.accounts.models import User


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_whole_and_without_conflict(preset: str) -> None:
    keys = PRESETS[preset]
    assert keys.keys() == OURS.keys()
    assert all(map(usable, keys.values()))
    assert twice(keys) is None


@pytest.mark.parametrize(("key", "may"), [("a", True), ("ø", True), (",", True), ("A", False), ("7", False), ("/", False), ("?", False),
                                          ("g", False), (" ", False), ("", False), ("ab", False), ("ß", False), ("\n", False)])  # fmt: skip
def test_which_keys_may_be_chosen(key: str, may: bool) -> None:
    assert usable(key) is may


@pytest.mark.parametrize(
    ("kept", "include", "maybe"),
    [
        ({}, "i", "m"),
        ({"include": "v"}, "v", "m"),
        ({"include": "m", "maybe": "i"}, "m", "i"),
        ({"include": "m"}, "i", "m"),  # two on one key: ours
        ({"include": "7", "unknown": "q"}, "i", "m"),
        ("nonsense", "i", "m"),
        (None, "i", "m"),
    ],
)
def test_what_was_kept_is_read_with_care(kept: Any, include: str, maybe: str) -> None:
    keys = keymap(kept)
    assert (keys["include"], keys["maybe"]) == (include, maybe)
    assert keys.keys() == OURS.keys()


@pytest.fixture
def client(client: Client, kari: User) -> Client:
    cache.clear()
    client.force_login(kari)
    return client


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_is_taken_over(client: Client, kari: User, preset: str) -> None:
    assert client.post("/account/keys/", {"preset": preset}).status_code == 303
    assert User.objects.get(pk=kari.pk).key == PRESETS[preset]
    assert "aria-pressed" in client.get("/account/").content.decode()


def test_keys_are_chosen_one_by_one(client: Client, kari: User) -> None:
    assert client.post("/account/keys/", OURS | {"include": "Å", "exclude": "x"}).status_code == 303
    kari.refresh_from_db()
    assert kari.keys == {"include": "å", "exclude": "x"}
    assert client.post("/account/keys/", OURS).status_code == 303
    kari.refresh_from_db()
    assert kari.keys == {}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"include": "e"}, "E stands for “Include” and for “Exclude”"),
        ({"undo": "G"}, "Choose a letter."),
        ({"undo": "5"}, "Choose a letter."),
        ({"undo": ""}, "Choose a key."),
        ({"preset": "gone"}, "Keys for screening"),
    ],
)
def test_keys_that_cannot_be_are_refused_with_a_sentence(client: Client, kari: User, wrong: dict[str, str], sentence: str) -> None:
    response = client.post("/account/keys/", OURS | wrong)
    kari.refresh_from_db()
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert kari.keys == {}


def test_nobody_else_changes_keys() -> None:
    assert Client().post("/account/keys/", {"preset": "vx"})["Location"] == "/account/login/?next=/account/keys/"


def test_width_and_swiping_are_kept_and_said_to_the_page(client: Client, kari: User) -> None:
    client.post("/account/", {"name": "Kari", "theme": "", "text_size": "17", "measure": "wide", "swipe_on": "on"})
    html = client.get("/account/").content.decode()
    assert 'data-measure="wide"' in html
    assert 'data-swipe="on"' in html
    assert client.post("/account/", {"name": "Kari", "theme": "", "text_size": "17", "measure": "huge"}).status_code == 422


def test_keys_of_the_conflict_room_are_those_of_the_person_and_never_twice() -> None:
    assert room_keymap(OURS) == {"include": "i", "exclude": "e", "next": "j", "back": "k", "hand_on": "s", "agree": "a", "abstract": "o"}
    assert room_keymap(PRESETS["vx"])["include"] == "v"
    chosen = keymap({"include": "s", "exclude": "a", "next": "t", "back": "p"})
    found = room_keymap(chosen)
    assert (found["include"], found["exclude"]) == ("s", "a")
    assert len(set(found.values())) == len(found)
