"""Which key does what on the screening page: ours, those of other programs, and what a person chose. Pure."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyAction(models.TextChoices):
    """What one does by a single key, in the order of the account page."""

    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Exclude")
    MAYBE = "maybe", _("Maybe")
    UNDO = "undo", _("Undo")
    NOTE = "note", _("Write a note")
    LABEL = "label", _("Label")
    NEXT = "next", _("Leave for later")
    BACK = "back", _("Back")
    HIGHLIGHTS = "highlights", _("Highlights on or off")


OURS: dict[str, str] = {
    "include": "i", "exclude": "e", "maybe": "m", "undo": "z", "note": "n", "label": "l", "next": "j", "back": "k", "highlights": "h",
}  # fmt: skip


class Preset(models.TextChoices):
    """Keys that people know from elsewhere."""

    OURS = "ours", _("I, E, M")
    RAYYAN = "rayyan", _("As in Rayyan: I, E, U")
    ASREVIEW = "asreview", _("As in ASReview: R, I, and U to undo")
    VX = "vx", _("V and X")


PRESETS: dict[str, dict[str, str]] = {
    Preset.OURS: OURS,
    Preset.RAYYAN: OURS | {"maybe": "u"},
    Preset.ASREVIEW: OURS | {"include": "r", "exclude": "i", "undo": "u"},
    Preset.VX: OURS | {"include": "v", "exclude": "x"},
}

#: What the pages need themselves: search, this help, G for the stages of the rail.
TAKEN = "/?g"


def usable(key: str) -> bool:
    """Say whether one may choose this key: one sign that is typed by one key, no digit (reasons), none that the pages need."""
    return len(key) == 1 and key.isprintable() and not key.isspace() and not key.isdigit() and key == key.lower() and key not in TAKEN \
        and len(key.upper()) == 1  # fmt: skip


def twice(keys: Mapping[str, str]) -> tuple[str, str] | None:
    """Give two actions that have the same key, if there are any."""
    seen: dict[str, str] = {}
    for action, key in keys.items():
        if key in seen:
            return seen[key], action
        seen[key] = action
    return None


def keymap(kept: Any) -> dict[str, str]:
    """Give action → key: ours, changed by what was kept. What cannot be used, or stands twice, gives ours."""
    chosen = {action: key for action, key in kept.items() if action in OURS and usable(str(key))} if isinstance(kept, dict) else {}
    keys = OURS | chosen
    return dict(OURS) if twice(keys) else keys


#: Keys of the conflict room that are its own; the others there are those of the screening page.
ROOM: dict[str, str] = {"hand_on": "s", "agree": "a", "abstract": "o"}
_SPARE = "tpwdcbfqy"


def room_keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """Give the keys of the conflict room for a person's keys: include, exclude, next and back as chosen; S, A and O step aside."""
    found = {action: keys[action] for action in ("include", "exclude", "next", "back")}
    for action, key in ROOM.items():
        taken = set(found.values())
        found[action] = next(one for one in (key, *_SPARE) if one not in taken and (one == key or one not in ROOM.values()))
    return found
