"""The tokens of look.css: text can be read on every ground, controls can be seen, in both themes."""
import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/look.css").read_text()
TOKEN = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall(CSS)}

GROUNDS = ("paper", "surface", "sunken", "raised")
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "include", "exclude", "maybe") for ground in GROUNDS]
TEXT += [(ink, f"{ink}-wash") for ink in ("accent", "include", "exclude", "maybe")]
TEXT += [(ink, f"{wash}-wash") for ink in ("ink", "ink-2") for wash in ("accent", "include", "exclude", "maybe")]
TEXT += [(f"on-{fill}", fill) for fill in ("accent", "include", "exclude", "maybe", "fill")]
TEXT += [("ink", f"heat-{step}") for step in range(1, 6)]
CONTROLS = [("line-strong", ground) for ground in GROUNDS] + [(sign, ground) for sign in ("accent", "exclude") for ground in GROUNDS]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT, ids=lambda name: name)
def test_text_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert ratio(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), CONTROLS, ids=lambda name: name)
def test_controls_can_be_seen(line: str, ground: str, theme: int) -> None:
    assert ratio(TOKENS[line][theme], TOKENS[ground][theme]) >= 3


def test_the_measure_is_right() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
