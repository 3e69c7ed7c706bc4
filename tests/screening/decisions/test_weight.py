"""What the screening page weighs, all of it, as it goes over the line: under 150 kB."""

import gzip
import random
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from screening.decisions.queries import AHEAD
from tests.screening.decisions.test_pages import Screen

LIMIT = 150_000
FONTS = ("inter-latin-wght", "source-serif-4-latin-400", "source-serif-4-latin-600")
SOUNDS = ("re", "co", "ve", "ry", "so", "ci", "al", "sup", "port", "net", "work", "men", "tal", "health", "in", "ter", "view")


def words(n: int) -> str:
    """Text as long and about as hard to press together as an abstract."""
    dice = random.Random(n)
    return " ".join("".join(dice.choices(SOUNDS, k=dice.randint(1, 4))) for _ in range(n))


@pytest.mark.django_db
def test_screening_page_is_light() -> None:
    screen = Screen(1)
    for n in range(AHEAD + 2):
        screen.world.record(words(14 + n), abstract=words(240 + n))
    url = screen.url("screen", screen.round.number)
    answer = screen.client().get(url, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    html = gzip.decompress(answer.content).decode()
    assert html.count('class="bundle"') == AHEAD
    names = {name for name in re.findall(r'(?:src|href)="/static/([^"#]+)', html) if "icon-apple" not in name}  # a phone that installs
    names |= {f"vendor/fonts/{font}.woff2" for font in FONTS}
    weights = {"the page": len(answer.content)}
    for name in names:
        data = Path(str(finders.find(name))).read_bytes()
        weights[name] = len(data) if name.endswith("woff2") else len(gzip.compress(data, 9))
    assert sum(weights.values()) < LIMIT, sorted(weights.items(), key=lambda item: -item[1])
